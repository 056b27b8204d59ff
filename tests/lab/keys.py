# SPDX-License-Identifier: BSD-2-Clause
"""Keys and certificates of the lab: an IdP's, a stranger's, and a TLS CA."""

import datetime
import ipaddress
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

# Entra's application certificates have exactly this subject, are self-signed,
# run for three years and have no extensions.
ENTRA_SUBJECT = "Microsoft Azure Federated SSO Certificate"


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _certificate(key, subject, issuer, signer, days, extensions=()):
    """For so many days from now, or, if they are less than none, before."""
    now = datetime.datetime.utcnow().replace(microsecond=0)
    start = now + datetime.timedelta(days=min(0, 2 * days), hours=-1)
    builder = (x509.CertificateBuilder()
               .subject_name(_name(subject)).issuer_name(_name(issuer))
               .public_key(key.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(start)
               .not_valid_after(now + datetime.timedelta(days=days)))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, hashes.SHA256())


def _write(path, data, mode):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode),
                   "wb") as out:
        out.write(data)


def _save(directory, name, key, certificate):
    _write(os.path.join(directory, name + ".key"), key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()), 0o600)
    _write(os.path.join(directory, name + ".pem"),
           certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def make(directory):
    """Writes idp, next (the key of the coming rollover), tenant (signs for
    other applications), jwt, jwt-next, jwt-new (sign id_tokens), stranger, ca,
    tls, tls-expired, tls-other (another host's) and tls-self (signed by
    itself) as NAME.key and NAME.pem."""
    for name in ("idp", "next", "tenant", "jwt", "jwt-next", "jwt-new",
                 "stranger"):
        key = _new_key()
        _save(directory, name, key, _certificate(
            key, ENTRA_SUBJECT, ENTRA_SUBJECT, key, 3 * 365))
    ca_key = _new_key()
    ca_name = "Lab CA"
    _save(directory, "ca", ca_key, _certificate(
        ca_key, ca_name, ca_name, ca_key, 30,
        [(x509.BasicConstraints(True, 0), True)]))
    _make_tls(directory, ca_name, ca_key)


def _make_tls(directory, ca_name, ca_key):
    """tls, and what is wrong with it in three ways."""
    key = _new_key()
    for name, host, issuer, signer, days in (
            ("tls", "localhost", ca_name, ca_key, 30),
            ("tls-expired", "localhost", ca_name, ca_key, -2),
            ("tls-other", "scim.example.com", ca_name, ca_key, 30),
            ("tls-self", "localhost", "localhost", key, 30)):
        names = [x509.DNSName(host)]
        if host == "localhost":
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        _save(directory, name, key, _certificate(
            key, host, issuer, signer, days,
            [(x509.SubjectAlternativeName(names), False),
             (x509.BasicConstraints(False, None), True)]))


def load(directory, name):
    """(private key, certificate) of this name."""
    with open(os.path.join(directory, name + ".key"), "rb") as source:
        key = serialization.load_pem_private_key(source.read(), None)
    with open(os.path.join(directory, name + ".pem"), "rb") as source:
        certificate = x509.load_pem_x509_certificate(source.read())
    return key, certificate
