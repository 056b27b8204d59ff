#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Validators by others as validators of the bench (bench.h).

	tests/bench/peers.py PEER N FILE...
"""
import os
import re
import resource
import sys
import time

ENV = os.environ
HOST = re.match("https://([^/]+)(/.*)", ENV["BENCH_ACS"])


def command():
    """One process of xmlsec1 for each; it checks the signature only."""
    quiet = os.open("/dev/null", os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, quiet, 1), (os.POSIX_SPAWN_DUP2, quiet, 2)]
    files = {}
    for path in sys.argv[3:]:
        with open(path, "rb") as f:
            files[f.read()] = path[:-4] + ".xml"

    def validate(text):
        pid = os.posix_spawnp("xmlsec1", [
            "xmlsec1", "--verify", "--enabled-reference-uris", "same-doc",
            "--pubkey-cert-pem", ENV["BENCH_CERT"], "--id-attr:ID",
            "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", files[text]],
            ENV, file_actions=actions)
        return os.waitpid(pid, 0)[1] == 0
    return validate


def onelogin():
    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings
    with open(ENV["BENCH_CERT"]) as f:
        cert = "".join(f.read().split("\n")[1:-2])
    settings = OneLogin_Saml2_Settings({
        "strict": True,
        "sp": {"entityId": ENV["BENCH_SP"],
               "assertionConsumerService": {"url": ENV["BENCH_ACS"]}},
        "idp": {"entityId": ENV["BENCH_IDP"], "x509cert": cert,
                "singleSignOnService": {"url": ENV["BENCH_ACS"]}},
        "security": {"wantAssertionsSigned": True},
    })
    request = {"https": "on", "http_host": HOST.group(1),
               "script_name": HOST.group(2), "get_data": {}, "post_data": {}}

    def validate(text):
        r = OneLogin_Saml2_Response(settings, text.decode())
        return (r.is_valid(request, ENV["BENCH_REQUEST_ID"])
                and r.get_nameid() and len(r.get_attributes()) > 3)
    return validate


def pysaml2():
    import logging
    logging.disable(logging.CRITICAL)
    from saml2 import BINDING_HTTP_POST
    from saml2.client import Saml2Client
    from saml2.config import SPConfig
    config = SPConfig()
    config.load({
        "entityid": ENV["BENCH_SP"], "allow_unknown_attributes": True,
        "metadata": {"local": [ENV["BENCH_METADATA"]]},
        "service": {"sp": {
            "endpoints": {"assertion_consumer_service": [
                (ENV["BENCH_ACS"], BINDING_HTTP_POST)]},
            "want_assertions_signed": True, "want_response_signed": False}},
    })
    client = Saml2Client(config)

    def validate(text):
        r = client.parse_authn_request_response(
            text.decode(), BINDING_HTTP_POST,
            outstanding={ENV["BENCH_REQUEST_ID"]: "/"})
        return r is not None and r.get_subject().text and len(r.ava) > 3
    return validate


def pyjwt():
    import json
    import jwt
    with open(ENV["BENCH_JWKS"]) as f:
        keys = {k["kid"]: jwt.PyJWK(k).key for k in json.load(f)["keys"]}

    def validate(text):
        token = text.decode()
        claims = jwt.decode(
            token, keys[jwt.get_unverified_header(token)["kid"]],
            algorithms=["RS256"], audience=ENV["BENCH_AUD"],
            issuer=ENV["BENCH_ISS"], leeway=60)
        return (claims["nonce"] == ENV["BENCH_NONCE"]
                and claims["preferred_username"])
    return validate


PEERS = {"xmlsec1": command, "onelogin": onelogin, "pysaml2": pysaml2,
         "pyjwt": pyjwt}


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time_ns() + int((used.ru_utime + used.ru_stime) * 1e9)


def main():
    n = int(sys.argv[2])
    validate = PEERS[sys.argv[1]]()
    files = []
    for path in sys.argv[3:]:
        with open(path, "rb") as f:
            files.append(f.read())
    for text in files if n > 1 else []:
        validate(text)
    used, start = cpu(), time.monotonic_ns()
    accepted = sum(bool(validate(files[i % len(files)])) for i in range(n))
    print("ok=%d n=%d ns=%.1f cpu=%.1f" % (
        accepted, n, (time.monotonic_ns() - start) / n, (cpu() - used) / n))
    return 0 if accepted == n else 1


sys.exit(main())
