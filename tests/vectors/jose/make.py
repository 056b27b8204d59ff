#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the tokens and key sets beside it, and the table of what has to become
of them (see ORIGIN).

Debian: python3-cryptography.  Shares no code with the product.  The keys are
those of tests/vectors/saml; times are fixed, RSA PKCS #1 v1.5 is
deterministic: a second run changes nothing.

	tests/vectors/jose/make.py
"""
import base64
import hashlib
import hmac
import json
import os

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = os.path.join(HERE, "..", "saml")

TENANT = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
OTHER = "9188040d-6c67-4c5b-b112-36a304b66dad"
OBJECT = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
CLIENT = "6731de76-14a6-49ae-97bc-6eba6914391e"
GROUP = "2a1d5c8e-1f5b-4c53-8a4e-0a8f6a9d7b11"
ISSUER = "https://login.microsoftonline.com/%s/v2.0" % TENANT
KID = "test-key-1"
NOW = 1795176000        # 2026-11-20T12:00:00Z
DAY = 24 * 3600
ROWS = []


def b64(data):
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def private(name):
    with open(os.path.join(KEYS, name + "-key.pem"), "rb") as f:
        return serialization.load_pem_private_key(f.read(), None)


IDP, OTHER_KEY, SMALL = private("idp"), private("other"), private("small")


def number(n):
    return b64(n.to_bytes((n.bit_length() + 7) // 8, "big"))


def jwk(key=IDP, kid=KID, **changes):
    """changes: a member that is None is left out."""
    numbers = key.public_key().public_numbers()
    made = {"kty": "RSA", "use": "sig", "kid": kid, "n": number(numbers.n),
            "e": number(numbers.e), "issuer": ISSUER}
    made.update(changes)
    return {name: v for name, v in made.items() if v is not None}


HEADER = {"typ": "JWT", "alg": "RS256", "kid": KID}
CLAIMS = {
    "aud": CLIENT, "iss": ISSUER, "iat": NOW - 320, "nbf": NOW - 320,
    "exp": NOW + 3580, "name": "B. Simon", "oid": OBJECT,
    "preferred_username": "b.simon@contoso.example", "rh": "0.AAAA.",
    "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "tid": TENANT,
    "uti": "fqiBqXLPj0eQa82S-IYFAA", "ver": "2.0",
}


def member(changes, base):
    made = dict(base)
    made.update(changes)
    return {name: v for name, v in made.items() if v is not None}


def header(**changes):
    return compact(member(changes, HEADER))


def claims(**changes):
    return compact(member(changes, CLAIMS))


def rs256(text, key=IDP):
    return key.sign(text.encode("latin-1"), padding.PKCS1v15(),
                    hashes.SHA256())


def hs(text, secret, digest="sha256"):
    return hmac.new(secret, text.encode(), digest).digest()


def token(head=None, body=None, sign=rs256):
    """head and body are what is encoded."""
    text = b64(head or header()) + "." + b64(
        claims() if body is None else body)
    return text + "." + b64(sign(text))


def signed(text):
    """What is in the first two parts is signed as it is."""
    return text + "." + b64(rs256(text))


def put(name, text):
    data = text.encode("latin-1") if isinstance(text, str) else text
    with open(os.path.join(HERE, name), "wb") as f:
        f.write(data)


def case(name, reason, text, keys="keys", options="claims"):
    put(name + ".jwt", text)
    same(name, reason, name, keys, options)


def same(name, reason, file, keys="keys", options="claims"):
    """Another question about a file."""
    ROWS.append((name, reason, keys + ".json", file + ".jwt", options))


def keyset(name, *keys):
    put(name + ".json", compact({"keys": list(keys)}) + "\n")


def claim(name, reason, /, options="claims", **changes):
    case(name, reason, token(body=claims(**changes)), options=options)


def head(name, reason, /, **changes):
    case(name, reason, token(header(**changes)))


# -- what the RFCs print ----------------------------------------------------

def rfc():
    joe = ("eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
           "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ")
    put("rfc7515-a2.json", compact({
        "kty": "RSA", "e": "AQAB",
        "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQ"
        "p-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6"
        "b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KX"
        "BdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5Ihl"
        "JH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FR"
        "WyuXpoQ"}) + "\n")
    case("rfc7515-a1", "jwt-hmac",
         "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + joe +
         ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "rfc7515-a2",
         "signature")
    case("rfc7515-a2", "ok", "eyJhbGciOiJSUzI1NiJ9." + joe +
         ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AA"
         "uHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynR"
         "FdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB"
         "_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6"
         "IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlU"
         "PQGe77Rw", "rfc7515-a2", "signature")
    case("rfc7515-a3", "jwt-algorithm", "eyJhbGciOiJFUzI1NiJ9." + joe +
         ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApm"
         "WQxfKTUJqPP3-Kg6NU1Q", "rfc7515-a2", "signature")
    case("rfc7515-a5", "jwt-none", "eyJhbGciOiJub25lIn0." + joe + ".",
         "rfc7515-a2", "signature")
    business = (
        "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIg"
        "ZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVw"
        "IHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJl"
        "IHN3ZXB0IG9mZiB0by4")
    keyset("rfc7520-3.3", {
        "kty": "RSA", "kid": "bilbo.baggins@hobbiton.example", "use": "sig",
        "n": "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRo"
        "jdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzc"
        "Ee6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZc"
        "D1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L"
        "_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gH"
        "drNP5zw", "e": "AQAB"})
    case("rfc7520-4.1", "ok",
         "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXB"
         "sZSJ9." + business +
         ".MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopd"
         "HM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3l"
         "fWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocS"
         "adnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12pod"
         "GU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y"
         "18kDquDg", "rfc7520-3.3", "signature")
    case("rfc7520-4.2", "jwt-algorithm",
         "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXB"
         "sZSJ9." + business +
         ".cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-"
         "tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-U"
         "D8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0"
         "TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLA"
         "eQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DY"
         "M-X72Eaw", "rfc7520-3.3", "signature")
    case("rfc7520-4.4", "jwt-hmac",
         "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjM"
         "xNGJjNzAzNyJ9." + business +
         ".s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0", "rfc7520-3.3",
         "signature")
    same("rfc7515-a2-needs-a-kid", "jwt-kid", "rfc7515-a2", "keys")
    same("rfc7520-4.1-needs-another-kid", "jwt-kid", "rfc7520-4.1", "keys")
    same("rfc7515-a2-by-another-key", "jwt-signature", "rfc7515-a2",
         "rfc7520-3.3", "signature")
    same("rfc7520-4.1-by-another-key", "jwt-key-unknown", "rfc7520-4.1",
         "rfc7515-a2", "signature")


# -- ours -------------------------------------------------------------------

def good():
    keyset("keys", jwk(), jwk(OTHER_KEY, "test-key-2"))
    case("good", "ok", token())
    same("good-signature", "ok", "good", options="signature")
    head("good-no-typ", "ok", typ=None)
    head("good-x5t", "ok", x5t="mIPGdMzHgRoPaRi4TLEHV-yRzEU")
    claim("good-full", "ok", upn="b.simon@contoso.example", idp=None,
          email="b.simon@contoso.example", ipaddr="192.0.2.7", acct=0,
          auth_time=NOW - 600, acrs=["c1", "c2"], groups=[GROUP, OBJECT],
          name="Br\u00edtta Simon", amr=["pwd", "mfa"], sid="a-b-c",
          options="claims --acrs c2 --group %s --auth-max-age 630" % GROUP)
    claim("good-audience-in-array", "ok", aud=[CLIENT])
    claim("good-azp", "ok", azp=CLIENT)
    claim("good-no-uti", "ok", uti=None)
    claim("good-nonce", "ok", nonce="n-0S6_WzA2Mj",
          options="claims --nonce n-0S6_WzA2Mj")
    case("good-begun", "ok", token(),
         options="claims --begun %d" % (NOW - 40))


def j1():
    none = b64(header(alg="none")) + "." + b64(claims()) + "."
    case("j1-none", "jwt-none", none)
    for alg in ("None", "NONE", "nOnE"):
        case("j1-" + alg, "jwt-none",
             b64(header(alg=alg)) + "." + b64(claims()) + ".")
    head("j1-none-signed", "jwt-none", alg="none")
    text = token()
    case("j1-empty-signature", "jwt-none", text[:text.rindex(".") + 1])
    short = rs256(text[:text.rindex(".")])
    case("j1-short-signature", "jwt-signature",
         text[:text.rindex(".") + 1] + b64(short[:-1]))
    case("j1-long-signature", "jwt-signature",
         text[:text.rindex(".") + 1] + b64(b"\0" + short))
    case("j1-other-bit", "jwt-signature",
         text[:text.rindex(".") + 1] + b64(short[:-1] + bytes([short[-1] ^ 1])))
    case("j1-other-payload", "jwt-signature", ".".join((
        text.split(".")[0], b64(claims(oid=OTHER)), text.split(".")[2])))
    case("j1-other-header", "jwt-signature", ".".join((
        b64(header(typ=None)), *text.split(".")[1:])))
    case("j1-other-key", "jwt-signature",
         token(sign=lambda text: rs256(text, OTHER_KEY)))
    case("j1-kid-of-another-key", "jwt-signature",
         token(header(kid="test-key-2")))
    size = IDP.key_size // 8
    n = IDP.public_key().public_numbers().n
    value = int.from_bytes(short, "big")
    case("j1-signature-is-zero", "jwt-signature",
         text[:text.rindex(".") + 1] + b64(bytes(size)))
    case("j1-signature-is-one", "jwt-signature",
         text[:text.rindex(".") + 1] + b64((1).to_bytes(size, "big")))
    case("j1-signature-is-modulus", "jwt-signature",
         text[:text.rindex(".") + 1] + b64(n.to_bytes(size, "big")))
    if value + n < 1 << (8 * size):
        case("j1-signature-plus-modulus", "jwt-signature",
             text[:text.rindex(".") + 1] +
             b64((value + n).to_bytes(size, "big")))


def raw_rsa(block):
    """block to the power of d: any PKCS #1 padding one likes."""
    numbers = IDP.private_numbers()
    size = IDP.key_size // 8
    return pow(int.from_bytes(block, "big"), numbers.d,
               numbers.public_numbers.n).to_bytes(size, "big")


def padded(name, make):
    """J1: the padding of the signature is not the one that there is."""
    prefix = bytes.fromhex("3031300d060960864801650304020105000420")
    size = IDP.key_size // 8

    def sign(text):
        digest = hashlib.sha256(text.encode()).digest()
        block = make(prefix, digest)
        if b"FILL" in block:
            block = block.replace(
                b"FILL", b"\xff" * (size - len(block) + 4))
        assert len(block) == size, len(block)
        return raw_rsa(block)
    case("j1-padding-" + name, "jwt-signature", token(sign=sign))


def j1_padding():
    padded("type-2", lambda p, d: b"\0\2FILL\0" + p + d)
    padded("no-separator", lambda p, d: b"\0\1FILL" + p + d)
    padded("garbage-behind", lambda p, d: b"\0\1" + b"\xff" * 8 + b"\0" + p
           + d + bytes(IDP.key_size // 8 - 11 - len(p + d)))
    padded("no-null", lambda p, d: b"\0\1FILL\0" + bytes.fromhex(
        "302f300b0609608648016503040201") + b"\4\x20" + d)
    padded("long-length", lambda p, d: b"\0\1FILL\0" + bytes.fromhex(
        "308131300d060960864801650304020105000420") + d)
    padded("bare-digest", lambda p, d: b"\0\1FILL\0" + d)
    padded("sha1-oid", lambda p, d: b"\0\1FILL\0" + bytes.fromhex(
        "3021300906052b0e03021a05000414") + d[:20])
    padded("short-digest", lambda p, d: b"\0\1FILL\0" + p + d[:31])
    padded("one-zero-in-it", lambda p, d: b"\0\1\xff\0FILL\0" + p + d)


def j2():
    public = IDP.public_key().public_bytes(
        serialization.Encoding.PEM,
        serialization.PublicFormat.SubjectPublicKeyInfo)
    for name, secret, alg in (
            ("j2-public-key", public, "HS256"), ("j2-no-key", b"", "HS256"),
            ("j2-hs384", public, "HS384"), ("j2-hs512", public, "HS512")):
        case(name, "jwt-hmac", token(
            header(alg=alg), sign=lambda text: hs(
                text, secret, "sha" + alg[2:])))
    head("j2-rsa-signature", "jwt-hmac", alg="HS256")


def j3():
    case("j3-es256-zeros", "jwt-algorithm",
         token(header(alg="ES256"), sign=lambda text: bytes(64)))
    case("j3-ps256", "jwt-algorithm", token(
        header(alg="PS256"), sign=lambda text: IDP.sign(
            text.encode(), padding.PSS(padding.MGF1(hashes.SHA256()), 0),
            hashes.SHA256())))
    for alg in ("RS384", "RS512", "rs256", "RS256 ", "EdDSA", ""):
        head("j3-alg-%s" % (alg.strip() + "-blank" * alg.endswith(" ")
                            or "empty"), "jwt-algorithm", alg=alg)
    head("j3-alg-missing", "jwt-algorithm", alg=None)
    head("j3-alg-is-a-number", "jwt-algorithm", alg=256)
    head("j3-alg-in-array", "jwt-algorithm", alg=["RS256"])
    case("j3-alg-is-null", "jwt-algorithm", token(
        '{"typ":"JWT","alg":null,"kid":"%s"}' % KID))
    case("j3-rs512", "jwt-algorithm", token(
        header(alg="RS512"), sign=lambda text: IDP.sign(
            text.encode(), padding.PKCS1v15(), hashes.SHA512())))
    case("j3-rs512-says-rs256", "jwt-signature", token(
        sign=lambda text: IDP.sign(text.encode(), padding.PKCS1v15(),
                                   hashes.SHA512())))


def j4():
    embedded = jwk(OTHER_KEY, KID)
    case("j4-jwk", "jwt-header", token(
        header(jwk=embedded), sign=lambda text: rs256(text, OTHER_KEY)))
    for name, value in (
            ("jku", "https://keys.example/"), ("x5u", "https://keys.example/"),
            ("x5c", ["MIIB"]), ("zip", "DEF"), ("enc", "A128GCM"),
            ("b64", False), ("cty", "JWT"), ("x5t#S256", "AAAA"),
            ("other", 1), ("Alg", "RS256")):
        head("j4-" + name.replace("#", "-"), "jwt-header", **{name: value})


def j5():
    for name, kid in (
            ("missing", None), ("empty", ""), ("path", "../../etc/passwd"),
            ("sql", "x' OR '1'='1"), ("at", "a@b.example"), ("long", "k" * 129),
            ("a-number", 1), ("in-array", [KID]), ("blank", KID + " ")):
        head("j5-kid-" + name, "jwt-kid", kid=kid)
    case("j5-kid-is-null", "jwt-kid", token(
        '{"typ":"JWT","alg":"RS256","kid":null}'))


def j6():
    for name, crit in (("empty", []), ("exp", ["exp"]), ("b64", ["b64"]),
                       ("a-string", "b64")):
        head("j6-crit-" + name, "jwt-crit", crit=crit)


def j7():
    for typ in ("at+jwt", "logout+jwt", "secevent+jwt", "JOSE", "jwt", ""):
        head("j7-typ-" + (typ.replace("+", "-") or "empty"), "jwt-type",
             typ=typ)
    head("j7-typ-is-a-number", "jwt-type", typ=1)
    claim("j7-access-token", "jwt-type", scp="User.Read")
    claim("j7-application", "jwt-type", appid=CLIENT)
    case("j7-jwe", "jwt-type", token() + ".AAAA.AAAA")
    three = token().split(".")
    case("j7-json", "jwt-type", compact({
        "protected": three[0], "payload": three[1], "signature": three[2]}))
    case("j7-json-with-dots", "jwt-type", compact({
        "payload": three[1], "signatures": [
            {"protected": three[0], "signature": three[2]}], "a.b": "."}))


def j8():
    body = claims()[1:]
    case("j8-header", "json", token(
        '{"alg":"none","typ":"JWT","alg":"RS256","kid":"%s"}' % KID))
    case("j8-header-escaped", "json", token(
        '{"typ":"JWT","alg":"RS256","kid":"%s","\\u0061lg":"RS256"}' % KID))
    case("j8-payload", "json", token(body='{"oid":"%s",%s' % (OTHER, body)))
    case("j8-payload-escaped", "json",
         token(body='{"\\u006fid":"%s",%s' % (OTHER, body)))
    case("j8-nested", "json", token(body='{"x":{"a":1,"a":2},%s' % body))


def j9():
    body = claims()[1:]
    deep = '{"x":%s%s,%s'
    case("j9-deep", "jwt-limits", token(body=deep % ("[" * 8, "]" * 8, body)))
    case("j9-not-too-deep", "ok", token(body=deep % ("[" * 7, "]" * 7, body)))
    case("j9-crowded", "jwt-limits", token(body="{%s,%s" % (
        ",".join('"m%d":1' % i for i in range(129 - len(CLAIMS))), body)))
    case("j9-not-too-crowded", "ok", token(body="{%s,%s" % (
        ",".join('"m%d":1' % i for i in range(128 - len(CLAIMS))), body)))
    claim("j9-long-string", "jwt-limits", name="n" * 4097)
    claim("j9-not-too-long-string", "ok", name="n" * 4096)
    for name, start in (
            ("nan", '"x":NaN,'), ("comment", '/* */'), ("quotes", "'x':1,"),
            ("large", '"x":9223372036854775808,'), ("infinite", '"x":1e999,'),
            ("nul", '"x":"\\u0000",'), ("surrogate", '"x":"\\ud800",'),
            ("comma", '"x":[1,],')):
        case("j9-" + name, "json", token(body="{" + start + body))
    case("j9-not-utf8", "json",
         token(body=b'{"x":"\xff",' + body.encode()))
    case("j9-bom", "json", token(body="\ufeff{" + body))
    case("j9-behind", "json", token(body=claims() + "{}"))
    case("j9-not-json", "json", token(body="hello"))
    case("j9-array", "json", token(body="[]"))
    case("j9-nothing", "json", token(body=b""))


def j10():
    def again(h=lambda t: t, p=lambda t: t, s=lambda t: t):
        text = h(b64(header())) + "." + p(b64(claims()))
        return text + "." + s(b64(rs256(text)))

    def unused(text):
        """The same bytes with a bit where none belongs."""
        alphabet = ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                    "0123456789-_")
        assert len(text) % 4
        return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]
    case("j10-padding-header", "jwt-base64",
         again(h=lambda t: t + "=" * (-len(t) % 4 or 4)))
    case("j10-padding-payload", "jwt-base64", again(p=lambda t: t + "="))
    case("j10-padding-signature", "jwt-base64", again(s=lambda t: t + "=="))
    case("j10-unused-signature", "jwt-base64", again(s=unused))
    body = claims(name="B. Simon" + "x" * (-(len(claims()) + 1) % 3))
    assert len(body) % 3
    text = b64(header()) + "." + unused(b64(body))
    case("j10-unused-payload", "jwt-base64", signed(text))
    case("j10-blank", "jwt-base64", again(p=lambda t: t[:9] + " " + t[9:]))
    case("j10-newline", "jwt-base64", again(s=lambda t: t[:9] + "\n" + t[9:]))
    case("j10-nul", "jwt-base64", again(p=lambda t: t + "\0"))
    case("j10-other", "jwt-base64", again(p=lambda t: "?" + t))
    case("j10-high", "jwt-base64", again(p=lambda t: t + "\xe9"))
    sign = token().replace("-", "+").replace("_", "/")
    case("j10-other-alphabet", "jwt-base64", sign)
    assert len(token().split(".")[2]) % 4 == 2
    case("j10-no-such-length", "jwt-base64", token()[:-1])


def j11():
    room = 16384 - len(token(body=claims(x="")))
    longest = token(body=claims(x=["a" * 4000] * (room * 3 // 4 // 4003)))
    assert len(longest) <= 16384
    case("j11-long", "ok", longest)
    case("j11-longer", "jwt-too-long", token(body=claims(
        x=["a" * 4000] * (room * 3 // 4 // 4003 + 1))))
    head("j11-header", "jwt-too-long", x5t="a" * 1000)


def j12():
    three = token().split(".")
    for name, text in (
            ("empty", ""), ("one", three[0]), ("two", ".".join(three[:2])),
            ("four", token() + "."),
            ("four-full", token() + ".AAAA")):
        case("j12-" + name, "jwt-segments", text)
    case("j12-no-header", "json", "." + ".".join(three[1:]))
    case("j12-dots", "json", "..")
    case("j12-blank-before", "jwt-base64", " " + token())
    case("j12-blank-behind", "jwt-base64", token() + " ")
    case("j12-two-newlines", "jwt-base64", token() + "\n\n")
    case("j12-return", "jwt-base64", token() + "\r\n")
    case("j12-newline-of-the-file", "ok", token() + "\n")


def roca():
    """A modulus with the mark of ROCA, of nobody's primes."""
    m = 1
    for p in range(2, 702):
        if all(p % q for q in range(2, p)):
            m *= p
    return (1 << 2047) // m * m + m + pow(65537, 4711, m)


def j13():
    numbers = IDP.public_key().public_numbers()
    n = numbers.n
    for name, key in (
            ("small", jwk(SMALL)), ("exponent-1", jwk(e="AQ")),
            ("exponent-3", jwk(e="Aw")), ("exponent-even", jwk(e="AQAC")),
            ("exponent-long", jwk(e=b64(b"\1" * 9))),
            ("even", jwk(n=number(n + 1))), ("roca", jwk(n=number(roca()))),
            ("enc", jwk(use="enc")), ("ops", jwk(key_ops=["encrypt"])),
            ("alg", jwk(alg="PS256")), ("alg-hs256", jwk(alg="HS256")),
            ("oct", {"kty": "oct", "kid": KID, "k": "AAAA"}),
            ("ec", {"kty": "EC", "kid": KID, "crv": "P-256", "x": "AAAA",
                    "y": "AAAA"}),
            ("private", jwk(d="AQAB")), ("no-kid", jwk(kid=None)),
            ("kid", jwk(kid="a@b.example")), ("modulus-base64", jwk(n="*")),
            ("only-x5c", jwk(n=None, e=None, x5c=["MIIB"]))):
        keyset("j13-" + name, key)
        same("j13-" + name, "jwks", "good", "j13-" + name)
    for name, key in (
            ("good-alg", jwk(alg="RS256")), ("good-no-use", jwk(use=None)),
            ("good-ops", jwk(use=None, key_ops=["verify"])),
            ("good-x5c", jwk(x5c=["bm8gY2VydGlmaWNhdGU"], x5t="AAAA"))):
        keyset("j13-" + name, key)
        same("j13-" + name, "ok", "good", "j13-" + name)
    keyset("j13-kid-twice", jwk(), jwk(OTHER_KEY))
    same("j13-kid-twice", "jwks", "good", "j13-kid-twice")
    keyset("j13-private-beside", jwk(), jwk(OTHER_KEY, "k2", d="AQAB"))
    same("j13-private-beside", "jwks", "good", "j13-private-beside")
    keyset("j13-others-beside", {"kty": "OKP", "kid": "k3"}, jwk(),
           jwk(SMALL, "k4"))
    same("j13-others-beside", "ok", "good", "j13-others-beside")
    put("j13-member-twice.json", '{"keys":[{"kty":"EC",%s]}\n'
        % compact(jwk())[1:])
    same("j13-member-twice", "json", "good", "j13-member-twice")
    put("j13-not-a-set.json", "[]\n")
    same("j13-not-a-set", "jwks", "good", "j13-not-a-set")
    put("j13-one-key.json", compact(jwk()) + "\n")
    same("j13-one-key", "ok", "good", "j13-one-key")


def j14():
    v1 = "https://sts.windows.net/%s/" % TENANT
    for name, iss in (
            ("missing", None), ("other", ISSUER.replace(TENANT, OTHER)),
            ("v1", v1), ("slash", ISSUER + "/"), ("in-array", [ISSUER]),
            ("template", ISSUER.replace(TENANT, "{tenantid}")),
            ("upper-case", ISSUER.upper()), ("prefix", ISSUER[:-1]),
            ("http", "http" + ISSUER[5:])):
        claim("j14-" + name, "jwt-issuer", iss=iss)


def j15():
    for name, issuer, reason in (
            ("other", ISSUER.replace(TENANT, OTHER), "jwt-key-issuer"),
            ("prefix", ISSUER[:-1], "jwt-key-issuer"),
            ("government", "https://login.microsoftonline.us/%s/v2.0"
             % TENANT, "jwt-key-issuer"),
            ("template", ISSUER.replace(TENANT, "{tenantid}"), "ok"),
            ("none", None, "ok")):
        keyset("j15-" + name, jwk(issuer=issuer))
        same("j15-" + name, reason, "good", "j15-" + name)


def j16():
    for name, tid in (("missing", None), ("other", OTHER), ("a-name", "x"),
                      ("in-array", [TENANT])):
        claim("j16-tenant-" + name, "jwt-tenant", tid=tid)
    claim("j16-guest-by-idp", "link-guest",
          idp="https://sts.windows.net/%s/" % OTHER)
    claim("j16-guest-by-acct", "link-guest", acct=1)
    same("j16-guest-welcome", "ok", "j16-guest-by-acct",
         options="claims --guests")
    same("j16-guest-by-idp-welcome", "ok", "j16-guest-by-idp",
         options="claims --guests")
    claim("j16-idp-is-issuer", "ok", idp=ISSUER)


def j17():
    for name, aud in (
            ("missing", None), ("other", OTHER), ("two", [CLIENT, OTHER]),
            ("twice", [CLIENT, CLIENT]), ("none", []), ("a-number", 1),
            ("nested", [[CLIENT]]), ("upper-case", CLIENT.upper()),
            ("uri", "api://" + CLIENT)):
        claim("j17-" + name, "jwt-audience", aud=aud)
    claim("j17-azp", "jwt-audience", azp=OTHER)


def j18():
    for name in ("exp", "nbf", "iat"):
        for what, value in (
                ("missing", None), ("string", str(CLAIMS[name])),
                ("real", CLAIMS[name] + 0.5), ("early", 1), ("array", []),
                ("late", 4102444801 + 366 * DAY)):
            claim("j18-%s-%s" % (name, what), "jwt-time", **{name: value})
    claim("j18-expired", "jwt-expired", exp=NOW - 30)
    claim("j18-just-not-expired", "ok", exp=NOW - 29)
    claim("j18-not-yet", "jwt-not-yet-valid", nbf=NOW + 31)
    claim("j18-just-valid", "ok", nbf=NOW + 30)
    claim("j18-from-the-future", "jwt-not-yet-valid", iat=NOW + 31)
    claim("j18-too-long", "jwt-stale", exp=NOW - 320 + DAY + 301)
    claim("j18-not-too-long", "ok", exp=NOW - 320 + DAY + 300)
    same("j18-before-the-flow", "jwt-stale", "good",
         options="claims --begun %d" % (NOW + 11))
    same("j18-in-the-flow", "ok", "good",
         options="claims --begun %d" % (NOW + 10))


def j19():
    claim("j19-missing", "jwt-nonce", options="claims --nonce a")
    claim("j19-other", "jwt-nonce", nonce="b", options="claims --nonce a")
    claim("j19-not-sent", "jwt-nonce", nonce="a")
    claim("j19-a-number", "jwt-nonce", nonce=1, options="claims --nonce 1")


def j20():
    for name in ("sub", "oid"):
        claim("j20-%s-missing" % name, "jwt-subject", **{name: None})
        claim("j20-%s-empty" % name, "jwt-subject", **{name: ""})
        claim("j20-%s-a-number" % name, "jwt-subject", **{name: 1})
    claim("j20-oid-is-no-guid", "jwt-subject", oid="b.simon@contoso.example")
    for name, ver in (("missing", None), ("1", "1.0"), ("a-number", 2.0)):
        claim("j20-version-" + name, "jwt-version", ver=ver)


def j22():
    same("j22-acrs-missing", "jwt-acrs", "good", options="claims --acrs c1")
    claim("j22-acrs-other", "jwt-acrs", acrs=["c2"],
          options="claims --acrs c1")
    claim("j22-acrs-longer", "jwt-acrs", acrs=["c11"],
          options="claims --acrs c1")
    same("j22-auth-time-missing", "jwt-auth-old", "good",
         options="claims --auth-max-age 600")
    claim("j22-auth-time-old", "jwt-auth-old", auth_time=NOW - 631,
          options="claims --auth-max-age 600")
    claim("j22-auth-time-not-old", "ok", auth_time=NOW - 630,
          options="claims --auth-max-age 600")
    claim("j22-auth-time-a-string", "jwt-auth-old", auth_time=str(NOW),
          options="claims --auth-max-age 600")


def j23():
    at_hash = b64(hashlib.sha256(b"access").digest()[:16])
    claim("j23-at-hash", "ok", at_hash=at_hash,
          options="claims --access-token access")
    claim("j23-at-hash-other", "jwt-hash", at_hash=b64(bytes(16)),
          options="claims --access-token access")
    claim("j23-at-hash-whole", "jwt-hash",
          at_hash=b64(hashlib.sha256(b"access").digest()),
          options="claims --access-token access")
    claim("j23-c-hash", "jwt-hash", c_hash=at_hash)
    claim("j23-at-hash-of-nothing", "jwt-hash",
          at_hash=b64(hashlib.sha256(b"").digest()[:16]))
    claim("j23-at-hash-a-number", "jwt-hash", at_hash=1,
          options="claims --access-token access")


def j24():
    wanted = "claims --group " + GROUP
    same("j24-no-groups", "jwt-groups", "good", options=wanted)
    claim("j24-other-group", "jwt-groups", groups=[OTHER], options=wanted)
    claim("j24-group-by-name", "jwt-groups", groups=["wheel"],
          options="claims --group wheel")
    claim("j24-overage", "jwt-groups", options=wanted,
          _claim_names={"groups": "src1"}, _claim_sources={
              "src1": {"endpoint": "https://graph.example/"}})
    claim("j24-hasgroups", "jwt-groups", hasgroups=True, options=wanted)
    claim("j24-one-of-two", "ok", groups=[OTHER, GROUP],
          options=wanted + " --group " + OBJECT)


def j27():
    head("j27-unknown", "jwt-key-unknown", kid="test-key-3")
    head("j27-other-case", "jwt-key-unknown", kid=KID.upper())


def j29():
    others = [{"kty": "EC", "kid": "k%d" % i} for i in range(64)]
    keyset("j29-crowded", jwk(), *others)
    same("j29-crowded", "jwks-limits", "good", "j29-crowded")
    keyset("j29-not-too-crowded", jwk(), *others[:63])
    same("j29-not-too-crowded", "ok", "good", "j29-not-too-crowded")


def main():
    for part in (rfc, good, j1, j1_padding, j2, j3, j4, j5, j6, j7, j8, j9,
                 j10, j11, j12, j13, j14, j15, j16, j17, j18, j19, j20, j22,
                 j23, j24, j27, j29):
        part()
    names = [row[0] for row in ROWS]
    assert len(names) == len(set(names)), "a name twice"
    put("table.tsv", "# SPDX-License-Identifier: BSD-2-Clause\n"
        "# Written by make.py: name, reason, keys, token, question\n" +
        "".join("\t".join(row) + "\n" for row in ROWS))


main()
