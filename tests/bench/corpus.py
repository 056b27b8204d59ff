#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes what make bench measures with: Responses as Entra posts them, and its
id_tokens.

	tests/bench/corpus.py DIRECTORY

saN/*.b64	base64 of signed assertions with N groups, *.xml beside it
login.b64	one that answers no request, for a login
rsN/*.jwt	id_tokens with N groups, signed with RS256
jwks.json	the keys that may sign them
env		the settings that every validator of the bench reads

Everything is dated now and good for a day, so it is made anew for each run;
only the keys stay.  Debian: python3-lxml, python3-cryptography.
"""
import base64
import datetime
import hashlib
import json
import os
import sys
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

COUNT = 16
TENANT = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
ISSUER = "https://sts.windows.net/%s/" % TENANT
AUDIENCE = "https://sso.example.com/saml2"
ACS = "https://sso.example.com/acs"
CLIENT = "6731de76-14a6-49ae-97bc-6eba6914391e"
ISSUER_V2 = "https://login.microsoftonline.com/%s/v2.0" % TENANT
NONCE = "n-0S6_WzA2MjLrD7BXtdjo8Q"
REQUEST = "_a74c3f0e9d2b48c1a74c3f0e9d2b48c1"
USER = "b.simon@contoso.example"
LOGIN_URL = "https://login.microsoftonline.com/%s/saml2" % TENANT

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
MS = "http://schemas.microsoft.com/"

NOW = datetime.datetime.utcnow()


def instant(**offset):
    return (NOW + datetime.timedelta(**offset)).strftime(
        "%Y-%m-%dT%H:%M:%S.000Z")


def b64(data):
    return base64.b64encode(data).decode()


def canonical(text):
    return etree.tostring(etree.fromstring(text), method="c14n",
                          exclusive=True, with_comments=False)


class Directory:
    def __init__(self, path):
        self.path = path
        os.makedirs(path, exist_ok=True)

    def put(self, name, data):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data.encode() if isinstance(data, str) else data)
        return path

    def key(self, name, subject):
        """An RSA key and its certificate, made once."""
        path = os.path.join(self.path, name + ".key")
        cert = os.path.join(self.path, name + ".pem")
        if not os.path.exists(cert):
            key = rsa.generate_private_key(65537, 2048)
            who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME,
                                                subject)])
            made = (x509.CertificateBuilder().subject_name(who)
                    .issuer_name(who).public_key(key.public_key())
                    .serial_number(x509.random_serial_number())
                    .not_valid_before(NOW - datetime.timedelta(days=1))
                    .not_valid_after(NOW + datetime.timedelta(days=3650))
                    .sign(key, hashes.SHA256()))
            self.put(name + ".key", key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption()))
            self.put(name + ".pem", made.public_bytes(
                serialization.Encoding.PEM))
        with open(path, "rb") as f:
            key = serialization.load_pem_private_key(f.read(), None)
        with open(cert, "rb") as f:
            made = x509.load_pem_x509_certificate(f.read())
        return key, b64(made.public_bytes(serialization.Encoding.DER))


def signature(text, ident, key, cert):
    """The Signature of an element that has none yet."""
    info = (
        '<SignedInfo xmlns="%s"><CanonicalizationMethod Algorithm="%s"/>'
        '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#'
        'rsa-sha256"/><Reference URI="#%s"><Transforms><Transform Algorithm='
        '"%senveloped-signature"/><Transform Algorithm="%s"/></Transforms>'
        '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        '<DigestValue>%s</DigestValue></Reference></SignedInfo>' % (
            DSIG, C14N, ident, DSIG, C14N,
            b64(hashlib.sha256(canonical(text)).digest())))
    value = key.sign(canonical(info), padding.PKCS1v15(), hashes.SHA256())
    return (
        '<Signature xmlns="%s">%s<SignatureValue>%s</SignatureValue><KeyInfo>'
        '<X509Data><X509Certificate>%s</X509Certificate></X509Data></KeyInfo>'
        '</Signature>' % (DSIG, info.replace(' xmlns="%s"' % DSIG, "", 1),
                          b64(value), cert))


def attribute(name, *values):
    return '<Attribute Name="%s">%s</Attribute>' % (name, "".join(
        "<AttributeValue>%s</AttributeValue>" % v for v in values))


def response(groups, key, cert, request=REQUEST):
    ident = "_%s" % uuid.uuid4()
    answers = ' InResponseTo="%s"' % request if request else ""
    issuer = "<Issuer>%s</Issuer>" % ISSUER
    head = ('<Assertion xmlns="%s" ID="%s" IssueInstant="%s" Version="2.0">%s'
            % (SAML, ident, instant(), issuer))
    body = (
        '<Subject><NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:'
        'emailAddress">%s</NameID><SubjectConfirmation Method="urn:oasis:'
        'names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData%s NotOnOrAfter'
        '="%s" Recipient="%s"/></SubjectConfirmation></Subject><Conditions '
        'NotBefore="%s" NotOnOrAfter="%s"><AudienceRestriction><Audience>%s'
        '</Audience></AudienceRestriction></Conditions><AttributeStatement>%s'
        '</AttributeStatement><AuthnStatement AuthnInstant="%s" SessionIndex='
        '"%s"><AuthnContext><AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0'
        ':ac:classes:Password</AuthnContextClassRef></AuthnContext>'
        '</AuthnStatement></Assertion>' % (
            USER, answers, instant(hours=23), ACS, instant(minutes=-5),
            instant(hours=23), AUDIENCE, "".join((
                attribute(MS + "identity/claims/tenantid", TENANT),
                attribute(MS + "identity/claims/objectidentifier",
                          "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"),
                attribute(MS + "identity/claims/displayname",
                          "Br\u00edtta Simon"),
                attribute(MS + "ws/2008/06/identity/claims/groups",
                          *[uuid.uuid4() for _ in range(groups)]),
                attribute(MS + "identity/claims/identityprovider", ISSUER),
                attribute(MS + "claims/authnmethodsreferences",
                          MS + "ws/2008/06/identity/authenticationmethod/"
                          "password", MS + "claims/multipleauthn"),
                attribute(CLAIMS + "givenname", "Br\u00edtta"),
                attribute(CLAIMS + "surname", "Simon &amp; Co"),
                attribute(CLAIMS + "emailaddress", USER),
                attribute(CLAIMS + "name", USER))), instant(), ident))
    return (
        '<samlp:Response ID="_%s" Version="2.0" IssueInstant="%s" Destination'
        '="%s"%s xmlns:samlp="%s"><Issuer xmlns="%s">%s</Issuer><samlp:Status>'
        '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"'
        '/></samlp:Status>%s%s%s</samlp:Response>' % (
            uuid.uuid4(), instant(), ACS, answers, SAMLP, SAML, ISSUER, head,
            signature(head + body, ident, key, cert), body))


def metadata(*certs):
    return (
        '<?xml version="1.0" encoding="utf-8"?><EntityDescriptor ID="_%s" '
        'entityID="%s" xmlns="%s"><IDPSSODescriptor '
        'protocolSupportEnumeration="%s">%s%s</IDPSSODescriptor>'
        '</EntityDescriptor>' % (uuid.uuid4(), ISSUER, METADATA, SAMLP, "".join(
            '<KeyDescriptor use="signing"><KeyInfo xmlns="%s"><X509Data>'
            '<X509Certificate>%s</X509Certificate></X509Data></KeyInfo>'
            '</KeyDescriptor>' % (DSIG, cert) for cert in certs), "".join(
                '<SingleSignOnService Binding="%s%s" Location="%s"/>'
                % (BINDINGS, binding, LOGIN_URL)
                for binding in ("HTTP-Redirect", "HTTP-POST"))))


def sp_metadata():
    return (
        '<?xml version="1.0"?><EntityDescriptor entityID="%s" xmlns="%s">'
        '<SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned='
        '"false" protocolSupportEnumeration="%s"><AssertionConsumerService '
        'index="0" isDefault="true" Binding="%sHTTP-POST" Location="%s"/>'
        '</SPSSODescriptor></EntityDescriptor>' % (
            AUDIENCE, METADATA, SAMLP, BINDINGS, ACS))


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwk(key, kid):
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "use": "sig", "kid": kid, "issuer": ISSUER_V2,
            "n": b64url(numbers.n.to_bytes(256, "big")), "e": "AQAB"}


def token(groups, key, kid):
    now = int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp())
    claims = {
        "aud": CLIENT, "iss": ISSUER_V2, "iat": now - 300, "nbf": now - 300,
        "exp": now + 23 * 3600, "aio": "AXQAi/8TAAAA" + b64(os.urandom(64)),
        "groups": [str(uuid.uuid4()) for _ in range(groups)],
        "name": "Br\u00edtta Simon", "nonce": NONCE,
        "oid": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "preferred_username": USER, "rh": "1." + b64url(os.urandom(32)) + ".",
        "sid": str(uuid.uuid4()), "sub": b64url(os.urandom(32)),
        "tid": TENANT, "uti": b64url(os.urandom(16)), "ver": "2.0",
    }
    text = ".".join(b64url(json.dumps(part, separators=(",", ":"),
                                      ensure_ascii=False).encode())
                    for part in ({"typ": "JWT", "alg": "RS256", "kid": kid},
                                 claims))
    return text + "." + b64url(key.sign(
        text.encode(), padding.PKCS1v15(), hashes.SHA256()))


def tokens(out, key, coming):
    """As Entra serves them: the key that signs is not the first."""
    for groups in (5, 150):
        for n in range(COUNT):
            out.put("rs%d/%02d.jwt" % (groups, n),
                    token(groups, key, "kid-of-now"))
    return out.put("jwks.json", json.dumps({"keys": [
        jwk(coming, "kid-to-come"), jwk(key, "kid-of-now")]}))


def main():
    out = Directory(sys.argv[1])
    key, cert = out.key("idp", "Identity provider of the bench")
    next_key, coming = out.key("next", "Its next key")
    out.key("sp", "Service provider of the bench")
    for groups in (5, 150):
        for n in range(COUNT):
            text = response(groups, key, cert)
            name = "sa%d/%02d" % (groups, n)
            out.put(name + ".xml", text)
            out.put(name + ".b64", b64(text.encode()))
    out.put("login.b64", b64(response(5, key, cert, None).encode()))
    settings = {
        "IDP": ISSUER, "SP": AUDIENCE, "ACS": ACS, "REQUEST_ID": REQUEST,
        "TENANT": TENANT, "USER": USER,
        "ISS": ISSUER_V2, "AUD": CLIENT, "NONCE": NONCE,
        "JWKS": tokens(out, key, next_key),
        "METADATA": out.put("metadata.xml", metadata(coming, cert)),
        "SP_METADATA": out.put("sp-metadata.xml", sp_metadata()),
        "SP_KEY": os.path.join(out.path, "sp.key"),
        "CERT": os.path.join(out.path, "idp.pem"),
    }
    out.put("env", "".join("BENCH_%s=%s\n" % s for s in settings.items()))


main()
