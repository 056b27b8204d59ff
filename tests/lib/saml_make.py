#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the SAML Responses in tests/vectors/saml (see ORIGIN there).

Debian: python3-lxml, python3-cryptography.  Shares no code with the product.
Keys are made once and kept; times are fixed, RSA PKCS #1 v1.5 is
deterministic: a second run changes nothing.

	tests/lib/saml_make.py tests/vectors/saml
"""
import base64
import datetime
import hashlib
import os
import re
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.x509.oid import NameOID
from lxml import etree

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = DSIG + "enveloped-signature"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

TENANT = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
OBJECT = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
ISSUER = "https://sts.windows.net/%s/" % TENANT
AUDIENCE = "https://sso.example.com/saml2"
ACS = "https://host.example.com/saml2/acs"
REQUEST = "_a74c3f0e9d2b48c1a74c3f0e9d2b48c1"
RESPONSE_ID = "_0c8f2e1d-7b6a-4f5e-9d3c-2b1a09f8e7d6"
ASSERTION_ID = "_5d1e7f3a-2c4b-4e6d-8f90-a1b2c3d4e500"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
MS = "http://schemas.microsoft.com/"

DIR = None


# -- keys -------------------------------------------------------------------

def certificate(key, subject, signer=None, issuer=None):
    """Self-signed, unless there is a signer."""
    name = lambda text: x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, text)])
    return (x509.CertificateBuilder().subject_name(name(subject))
            .issuer_name(name(issuer or subject)).public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime(2026, 1, 1))
            .not_valid_after(datetime.datetime(2029, 1, 1))
            .sign(signer, hashes.SHA256()))


def kept_certificate(name, make):
    """NAME-cert.pem; made once, for serial numbers are random."""
    path = os.path.join(DIR, name + "-cert.pem")
    if not os.path.exists(path):
        with open(path, "wb") as f:
            f.write(make().public_bytes(serialization.Encoding.PEM))
    with open(path, "rb") as f:
        return x509.load_pem_x509_certificate(f.read())


def key_pair(name, bits=2048, subject="Microsoft Azure Federated SSO "
             "Certificate (TEST KEY)"):
    path = os.path.join(DIR, name + "-key.pem")
    if not os.path.exists(path):
        key = (rsa.generate_private_key(65537, bits) if bits else
               ec.generate_private_key(ec.SECP256R1()))
        with open(path, "wb") as f:
            f.write(key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption()))
    with open(path, "rb") as f:
        key = serialization.load_pem_private_key(f.read(), None)
    return key, kept_certificate(
        name, lambda: certificate(key.public_key(), subject, key))


def b64(data):
    return base64.b64encode(data).decode()


def der64(cert):
    return b64(cert.public_bytes(serialization.Encoding.DER))


# -- signing ----------------------------------------------------------------

def canonical(node, prefixes=None, exclusive=True, comments=False):
    return etree.tostring(node, method="c14n", exclusive=exclusive,
                          with_comments=comments,
                          inclusive_ns_prefixes=prefixes)


def find_id(root, ident):
    return [n for n in root.iter() if n.get("ID") == ident][0]


def value_of(key, method, data):
    if method.endswith("hmac-sha256"):
        # The public key as the secret: what C2 is about.
        secret = key.public_key().public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo)
        mac = HMAC(secret, hashes.SHA256())
        mac.update(data)
        return mac.finalize()
    algorithm = {"rsa-sha1": hashes.SHA1, "rsa-sha512": hashes.SHA512}.get(
        method.split("#")[1], hashes.SHA256)()
    return key.sign(data, padding.PKCS1v15(), algorithm)


def sign(text, mark, ident, key, cert, **opt):
    """Puts a Signature of element ident where text has mark."""
    method = opt.get("method", RSA_SHA256)
    digest = opt.get("digest", SHA256)
    c14n = opt.get("c14n", C14N)
    hide = lambda t: re.sub("@SIG.@", "", t)
    target = find_id(etree.fromstring(hide(text).encode()), ident)
    prefixes = opt.get("prefixes")
    data = opt.get("data") or canonical(target, prefixes)
    hasher = hashlib.sha1 if digest.endswith("#sha1") else hashlib.sha256
    keyinfo = opt.get("keyinfo", "<KeyInfo><X509Data><X509Certificate>%s"
                      "</X509Certificate></X509Data></KeyInfo>" % der64(cert))
    inclusive = ""
    if prefixes:
        inclusive = ("<InclusiveNamespaces xmlns=\"%s\" PrefixList=\"%s\"/>"
                     % (C14N, " ".join(prefixes)))
    transforms = opt.get("transforms", (
        '<Transform Algorithm="%s"/><Transform Algorithm="%s">%s</Transform>'
        % (ENVELOPED, C14N, inclusive)))
    uri = opt.get("uri", 'URI="#%s"' % ident)
    digest_value = b64(hasher(data).digest())
    if opt.get("fold"):
        digest_value = "\n%s\n%s\n" % (digest_value[:20], digest_value[20:])
    reference = opt.get("reference", (
        '<Reference %s><Transforms>%s</Transforms><DigestMethod Algorithm='
        '"%s"/><DigestValue>%s</DigestValue></Reference>'
        % (uri, transforms, digest, digest_value)))
    reference = opt.get("references", "%s") % ((reference,) * opt.get(
        "references", "%s").count("%s"))
    c14n_inside = opt.get("c14n_inside", "")
    signature = (
        '<Signature xmlns="%s"><SignedInfo><CanonicalizationMethod Algorithm='
        '"%s">%s</CanonicalizationMethod><SignatureMethod Algorithm="%s"/>%s'
        '</SignedInfo><SignatureValue>@VALUE@</SignatureValue>%s%s'
        '</Signature>' % (DSIG, c14n, c14n_inside, method, reference, keyinfo,
                          opt.get("extra", "")))
    signature = opt.get("edit", str)(signature)
    text = text.replace(mark, signature, 1)
    root = etree.fromstring(hide(text).encode())
    info = [n for n in root.iter("{%s}SignedInfo" % DSIG)
            if n.getnext().text == "@VALUE@"][0]
    value = value_of(key, method, canonical(info, exclusive=c14n == C14N))
    return text.replace("@VALUE@", b64(value))


# -- shapes -----------------------------------------------------------------

def attribute(name, *values):
    return '<Attribute Name="%s">%s</Attribute>' % (
        name, "".join("<AttributeValue>%s</AttributeValue>" % v
                      for v in values))


def default_attributes(**opt):
    methods = [MS + "ws/2008/06/identity/authenticationmethod/password",
               MS + "claims/multipleauthn"]
    if opt.get("mfa") is False:
        methods.pop()
    return [
        attribute(MS + "identity/claims/tenantid", opt.get("tid", TENANT)),
        attribute(MS + "identity/claims/objectidentifier",
                  opt.get("oid", OBJECT)),
        attribute(MS + "identity/claims/displayname", "B.Simon"),
        attribute(MS + "identity/claims/identityprovider", ISSUER),
        attribute(MS + "claims/authnmethodsreferences", *methods),
        attribute(CLAIMS + "givenname", "B."),
        attribute(CLAIMS + "surname", "Simon"),
        attribute(CLAIMS + "emailaddress", "B.Simon@contoso.com"),
        attribute(CLAIMS + "name", "B.Simon@contoso.com"),
    ]


def entra(**opt):
    """The shape of a genuine one; @SIGA@ and @SIGR@ are for signatures."""
    get = opt.get
    irt = get("irt", REQUEST)
    outer_irt = get("outer_irt", irt)
    attr = lambda name, value: "" if value is None else ' %s="%s"' % (
        name, value)
    data = "<SubjectConfirmationData%s%s%s%s/>" % (
        attr("InResponseTo", irt),
        attr("NotOnOrAfter", get("confirmed", "2026-11-20T13:00:00.123Z")),
        attr("Recipient", get("recipient", ACS)), get("data_extra", ""))
    confirmation = get("confirmation", (
        '<SubjectConfirmation Method="%s">%s</SubjectConfirmation>' % (
            get("method", "urn:oasis:names:tc:SAML:2.0:cm:bearer"), data)))
    subject = get("subject", '<Subject><NameID Format="%s"%s>%s</NameID>%s'
                  '</Subject>' % (
                      get("format", "urn:oasis:names:tc:SAML:1.1:"
                          "nameid-format:emailAddress"),
                      get("name_extra", ""),
                      get("name", "B.Simon@contoso.com"), confirmation))
    restriction = get("restriction", (
        "<AudienceRestriction><Audience>%s</Audience></AudienceRestriction>"
        % get("audience", AUDIENCE)))
    conditions = get("conditions", (
        '<Conditions%s%s>%s%s</Conditions>' % (
            attr("NotBefore", get("not_before", "2026-11-20T11:55:00.123Z")),
            attr("NotOnOrAfter", get("until", "2026-11-20T13:00:00.123Z")),
            restriction, get("more_conditions", ""))))
    statement = get("attribute_statement", (
        "<AttributeStatement>%s</AttributeStatement>" % "".join(
            get("attributes") or default_attributes(**opt))))
    authn = get("authn", (
        '<AuthnStatement%s SessionIndex="%s"%s><AuthnContext>'
        '<AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password'
        '</AuthnContextClassRef></AuthnContext></AuthnStatement>' % (
            attr("AuthnInstant", get("instant", "2026-11-20T11:59:50.456Z")),
            ASSERTION_ID, get("authn_extra", ""))))
    assertion = (
        '<Assertion xmlns="%s" ID="%s" IssueInstant="%s" Version="%s"%s>'
        '<Issuer%s>%s</Issuer>@SIGA@%s%s%s%s%s</Assertion>' % (
            SAML, get("assertion_id", ASSERTION_ID),
            get("issued", "2026-11-20T12:00:00.123Z"),
            get("version", "2.0"), get("assertion_extra", ""),
            get("issuer_extra", ""), get("issuer", ISSUER), subject,
            conditions, get("before", ""), statement, authn))
    status = get("status", (
        '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"'
        '/>'))
    return (
        '<samlp:Response ID="%s" Version="2.0" IssueInstant='
        '"2026-11-20T12:00:00.129Z"%s%s%s xmlns:samlp="%s">'
        '<Issuer xmlns="%s">%s</Issuer>@SIGR@<samlp:Status>%s</samlp:Status>'
        '%s</samlp:Response>' % (
            get("response_id", RESPONSE_ID),
            attr("Destination", get("destination", ACS)),
            attr("InResponseTo", outer_irt), get("response_extra", ""),
            SAMLP, SAML, get("outer_issuer", get("issuer", ISSUER)), status,
            assertion))


def simplesamlphp(**opt):
    """Prefixes, xsi:type, qualifiers, line breaks: SimpleSAMLphp 1.19."""
    values = "".join(
        '<saml:Attribute Name="%s" NameFormat="urn:oasis:names:tc:SAML:2.0:'
        'attrname-format:uri" FriendlyName="x"><saml:AttributeValue xsi:type='
        '"xs:string">%s</saml:AttributeValue></saml:Attribute>' % (n, v)
        for n, v in (("uid", "b.simon"), ("mail", "b.simon@contoso.com")))
    return (
        '<?xml version="1.0"?>\n<samlp:Response xmlns:samlp="%s" xmlns:saml='
        '"%s" ID="%s" Version="2.0" IssueInstant="2026-11-20T12:00:00Z" '
        'Destination="%s" InResponseTo="%s"><saml:Issuer>%s</saml:Issuer>'
        '@SIGR@<samlp:Status>\n  <samlp:StatusCode Value="urn:oasis:names:tc:'
        'SAML:2.0:status:Success"/>\n</samlp:Status><saml:Assertion xmlns:xsi='
        '"http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.'
        'org/2001/XMLSchema" ID="%s" Version="2.0" IssueInstant="2026-11-20T'
        '12:00:00Z"><saml:Issuer>%s</saml:Issuer>@SIGA@<saml:Subject>'
        '<saml:NameID SPNameQualifier="%s" Format="urn:oasis:names:tc:SAML:'
        '2.0:nameid-format:persistent">opaque-b-simon</saml:NameID>'
        '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:'
        'bearer"><saml:SubjectConfirmationData NotOnOrAfter="2026-11-20T12:05:'
        '00Z" Recipient="%s" InResponseTo="%s"/></saml:SubjectConfirmation>'
        '</saml:Subject><saml:Conditions NotBefore="2026-11-20T11:59:30Z" '
        'NotOnOrAfter="2026-11-20T12:05:00Z"><saml:AudienceRestriction>'
        '<saml:Audience>%s</saml:Audience></saml:AudienceRestriction>'
        '</saml:Conditions><saml:AuthnStatement AuthnInstant="2026-11-20T11:59'
        ':55Z" SessionNotOnOrAfter="2026-11-20T20:00:00Z" SessionIndex='
        '"_3f"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:'
        'tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>'
        '<saml:AuthenticatingAuthority>%s</saml:AuthenticatingAuthority>'
        '</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>%s'
        '</saml:AttributeStatement></saml:Assertion></samlp:Response>\n' % (
            SAMLP, SAML, RESPONSE_ID, ACS, REQUEST, ISSUER, ASSERTION_ID,
            ISSUER, AUDIENCE, ACS, REQUEST, AUDIENCE, ISSUER, values))


def provider(proto, saml, attrs, **opt):
    """The shape of one more provider: two prefixes and what it adds."""
    template = (
        '<{p}Response xmlns{pc}="%s"{response} ID="%s" Version="2.0" '
        'IssueInstant="2026-11-20T12:00:00.1Z" Destination="%s" InResponseTo='
        '"%s"><{a}Issuer{issuer}>%s</{a}Issuer>@SIGR@<{p}Status><{p}StatusCode'
        ' Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></{p}Status>'
        '<{a}Assertion xmlns{ac}="%s"{assertion} ID="%s" IssueInstant='
        '"2026-11-20T12:00:00.1Z" Version="2.0"><{a}Issuer{format}>%s</{a}'
        'Issuer>@SIGA@<{a}Subject><{a}NameID Format="urn:oasis:names:tc:SAML:'
        '2.0:nameid-format:persistent"{name}>b.simon</{a}NameID><{a}Subject'
        'Confirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><{a}'
        'SubjectConfirmationData{data} InResponseTo="%s" NotOnOrAfter="2026-11'
        '-20T12:05:00.1Z" Recipient="%s"/></{a}SubjectConfirmation></{a}'
        'Subject><{a}Conditions NotBefore="2026-11-20T11:55:00.1Z" '
        'NotOnOrAfter="2026-11-20T12:05:00.1Z"><{a}AudienceRestriction><{a}'
        'Audience>%s</{a}Audience></{a}AudienceRestriction>{conditions}</{a}'
        'Conditions><{a}AuthnStatement AuthnInstant="2026-11-20T11:59:55Z" '
        'SessionIndex="1::2.3"{authn}><{a}AuthnContext><{a}'
        'AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password'
        'ProtectedTransport</{a}AuthnContextClassRef></{a}AuthnContext></{a}'
        'AuthnStatement><{a}AttributeStatement><{a}Attribute Name="uid"{attr}>'
        '<{a}AttributeValue{value}>b.simon</{a}AttributeValue></{a}Attribute>'
        '</{a}AttributeStatement></{a}Assertion></{p}Response>' % (
            SAMLP, RESPONSE_ID, ACS, REQUEST, ISSUER, SAML, ASSERTION_ID,
            ISSUER, REQUEST, ACS, AUDIENCE))
    colon = lambda prefix: prefix and ":" + prefix[:-1]
    fields = dict.fromkeys("response issuer assertion format name data "
                           "conditions authn attr value".split(), "")
    fields.update(attrs, p=proto, a=saml, pc=colon(proto), ac=colon(saml))
    return (opt.get("before", "") + template.format(**fields)
            + opt.get("after", ""))


def with_prefix(prefix):
    """An edit: the Signature's elements have a prefix."""
    def edit(text):
        text = re.sub("<(/?)(?!Inclusive)(?=[A-Z])", r"<\g<1>%s:" % prefix,
                      text).replace("xmlns=", "xmlns:%s=" % prefix, 1)
        return text.replace("<InclusiveNamespaces xmlns=",
                            "<ec:InclusiveNamespaces xmlns:ec=")
    return edit


# -- the list ---------------------------------------------------------------

class Maker:
    def __init__(self):
        self.key, self.cert = key_pair("idp")
        self.other_key, self.other_cert = key_pair("other")
        self.texts = {}

    def signed(self, text, **opt):
        opt.setdefault("key", self.key)
        opt.setdefault("cert", self.cert)
        text = sign(text, "@SIGA@", opt.pop("ident", ASSERTION_ID),
                    opt.pop("key"), opt.pop("cert"), **opt)
        return text.replace("@SIGR@", "")

    def both(self, text, **opt):
        text = sign(text, "@SIGA@", ASSERTION_ID, self.key, self.cert, **opt)
        return sign(text, "@SIGR@", RESPONSE_ID, self.key, self.cert, **opt)

    def put(self, name, text):
        assert name not in self.texts, name
        self.texts[name] = text

    def sem(self, name, /, **opt):
        """A well signed Response that says something else."""
        self.put(name, self.signed(entra(**opt)))

    def sig(self, name, /, **opt):
        """A Response whose signature is odd."""
        self.put(name, self.signed(entra(), **opt))

    def mutate(self, name, old, new, base="good"):
        text = self.texts[base]
        assert text.count(old) >= 1, (name, old)
        self.put(name, text.replace(old, new, 1))


def positives(m):
    m.put("good", m.signed(entra()))
    m.put("good-both", m.both(entra()))
    m.put("good-no-keyinfo", m.signed(entra(), keyinfo=""))
    m.put("good-unsolicited", m.signed(entra(irt=None)))
    m.put("good-unsolicited-both", m.both(entra(irt=None)))
    m.put("good-prefixes", m.signed(simplesamlphp(), prefixes=["xs"]))
    text = simplesamlphp()
    text = sign(text, "@SIGA@", ASSERTION_ID, m.key, m.cert)
    m.put("good-simplesamlphp", sign(text, "@SIGR@", RESPONSE_ID, m.key,
                                     m.cert))
    groups = default_attributes() + [attribute(
        MS + "ws/2008/06/identity/claims/groups",
        *["%08x-0000-4000-8000-000000000000" % i for i in range(150)])]
    m.put("good-150-groups", m.signed(entra(attributes=groups)))
    folded = re.sub(
        "<(SignatureValue|X509Certificate)>([^<]*)<",
        lambda f: "<%s>\n%s\n<" % (f.group(1), "\n".join(
            re.findall(".{1,76}", f.group(2)))), m.texts["good"])
    m.put("good-folded", folded)
    # As Java's libraries write it: CR is a reference, lines are folded.
    java = lambda names, text: re.sub(
        "(<(?:%s)>)([^<]*)<" % names, lambda f: f.group(1) + "&#13;\n".join(
            [""] + re.findall(".{1,30}", f.group(2)) + [""]) + "<", text)
    text = m.signed(entra().replace("><", ">\r\n  <"), edit=lambda s: java(
        "DigestValue|X509Certificate", s.replace("><", ">\n\t  <")))
    m.put("good-pretty", "<?xml version='1.0' encoding=\"UTF-8\" ?>\n"
          + java("SignatureValue", text) + "\n")
    m.sem("good-qualifiers", name_extra=' NameQualifier="%s" SPNameQualifier='
          '"%s"' % (ISSUER, AUDIENCE))
    m.sem("good-one-time-use", more_conditions="<OneTimeUse/>",
          data_extra=' Address="192.0.2.1"',
          issuer_extra=' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:'
          'entity"')
    m.sem("good-escaped", name="a&amp;b&#x27;&#233;@contoso.com")


def providers(m):
    """As their documentation and public samples show them."""
    xs = ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    xsi = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    typed = xs + xsi + ' xsi:type="xs:string"'
    entity = ' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity"'
    named = ' NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:%s"'
    here = lambda p: ' xmlns%s="%s"' % (p, SAML)
    declared = '<?xml version="1.0" encoding="UTF-8"?>'
    m.put("good-shape-okta", m.both(provider(
        "saml2p:", "saml2:", {
            "response": xs, "issuer": here(":saml2") + entity,
            "assertion": xs, "format": entity, "value": typed,
            "attr": named % "unspecified"}, before=declared),
        edit=with_prefix("ds"), prefixes=["xs"]))
    m.put("good-shape-keycloak", m.both(provider(
        "samlp:", "saml:", {
            "response": here(":saml"), "assertion": here(""),
            "conditions": "<saml:OneTimeUse/>", "value": typed,
            "authn": ' SessionNotOnOrAfter="2026-11-20T22:00:00Z"',
            "attr": ' FriendlyName="uid"' + named % "basic"}),
        edit=with_prefix("dsig")))
    m.put("good-shape-adfs", m.signed(provider(
        "samlp:", "", {
            "response": ' Consent="urn:oasis:names:tc:SAML:2.0:consent:'
                        'unspecified"', "issuer": here("")}),
        edit=lambda s: with_prefix("ds")(s).replace(
            "<ds:KeyInfo>", '<KeyInfo xmlns="%s">' % DSIG).replace(
                "</ds:KeyInfo>", "</KeyInfo>")))
    m.put("good-shape-onelogin", m.signed(provider(
        "samlp:", "saml:", {
            "response": here(":saml"), "assertion": xs + xsi,
            "value": ' xsi:type="xs:string"', "attr": named % "basic"}),
        edit=with_prefix("ds")))
    m.put("good-shape-shibboleth", m.both(provider(
        "saml2p:", "saml2:", {
            "issuer": here(":saml2"), "assertion": xs.replace("xs=", "xsd="),
            "data": ' Address="192.0.2.7"', "name":
            ' NameQualifier="%s" SPNameQualifier="%s"' % (ISSUER, AUDIENCE),
            "attr": named % "uri"}, before=declared + "\n", after="\n"),
        edit=with_prefix("ds"), prefixes=["xsd"]))


def parsing(m):
    good = m.texts["good"]
    m.put("a4-two-roots", good + "<x/>")
    m.put("a5-doctype", "<!DOCTYPE x>" + good)
    m.put("a5-external-entity", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/'
          'passwd">]>' + good.replace("B.Simon@contoso.com", "&e;", 1))
    m.mutate("a6-entity", "B.Simon@", "&b;@")
    m.mutate("a6-entity-in-id", 'ID="_5d1e', 'ID="&e;_5d1e')
    m.put("a8-version-1.1", '<?xml version="1.1"?>' + good)
    m.put("a8-latin-1", '<?xml version="1.0" encoding="ISO-8859-1"?>' + good)
    m.put("a8-standalone", '<?xml version="1.0" standalone="yes"?>' + good)
    m.mutate("a9-undeclared-prefix", "<Subject>", '<Subject x:y="1">')
    m.mutate("a9-attribute-twice-by-prefix", "<Subject>",
             '<Subject xmlns:a="%s" xmlns:b="%s" a:c="1" b:c="2">'
             % (SAML, SAML))
    m.mutate("a9-unclosed", "</samlp:Response>", "")
    m.mutate("a10-relative-namespace", "<Subject>",
             '<Subject xmlns:x="relative">')
    m.mutate("a10-foreign-namespace", "<Subject>",
             '<Subject xmlns:x="urn:x">')
    m.mutate("a11-comment-in-name-id", "B.Simon@contoso.com</NameID>",
             "B.Simon@contoso.com<!-- -->.evil.example</NameID>")
    m.mutate("a11-comment-in-digest", "<DigestValue>",
             "<DigestValue><!-- x -->")
    m.mutate("a11-comment-at-end", "</samlp:Response>",
             "<!-- --></samlp:Response>")
    m.mutate("a12-instruction", "B.Simon@contoso.com</NameID>",
             "B.Simon@contoso.com<?x y?></NameID>")
    m.put("a12-instruction-before", "<?x y?>" + good)
    m.mutate("a13-cdata", "B.Simon@contoso.com</NameID>",
             "<![CDATA[B.Simon@contoso.com]]></NameID>")
    m.mutate("a14-element-in-leaf", "B.Simon@contoso.com</NameID>",
             "B.Simon@contoso.com<NameID>x</NameID></NameID>")
    m.mutate("a14-mixed", "<Conditions", "text<Conditions")
    m.sem("a14-empty-leaf", name="")
    m.put("a14-name-id-in-attribute", m.signed(entra(
        attributes=default_attributes() + [attribute(
            "x", "<NameID>admin</NameID>")])))
    m.mutate("a1-deep", "<samlp:Status>", "<a>" * 40 + "</a>" * 40
             + "<samlp:Status>")
    m.mutate("a1-nodes", "<samlp:Status>", "<a/>" * 2001 + "<samlp:Status>")
    m.mutate("a1-attributes", "<samlp:Status>", "<samlp:Status %s>"
             % " ".join('a%d=""' % i for i in range(33)))
    m.mutate("a1-many-attributes", "<samlp:Status>", "<samlp:Status %s>"
             % " ".join('a%d=""' % i for i in range(5000)))
    m.mutate("a1-namespaces", "<samlp:Status>", "<samlp:Status %s>"
             % " ".join('xmlns:a%d="%s"' % (i, SAML) for i in range(65)))


def wrapping(m):
    """XSW1-XSW8 as SAML Raider numbers them, and some more."""
    good = m.texts["good"]
    assertion = re.search("<Assertion.*</Assertion>", good).group(0)
    signature = re.search("<Signature.*</Signature>", assertion).group(0)
    bare = assertion.replace(signature, "")
    evil = bare.replace("B.Simon", "admin").replace(ASSERTION_ID,
                                                    "_evil-evil-evil-evil")
    both = m.texts["good-both"]
    outer = re.search("<Signature.*?</Signature>", both).group(0)
    inner = both.replace(outer, "")
    wrap = lambda s, what: s.replace("</Signature>",
                                     "<Object>%s</Object></Signature>" % what)
    new_id = lambda t: t.replace(RESPONSE_ID, "_evil-response-evil-response",
                                 1)
    evil_response = new_id(good.replace("B.Simon", "admin"))
    m.put("b1-xsw1", evil_response.replace(
        "<samlp:Status>", wrap(outer, inner) + "<samlp:Status>", 1))
    m.put("b1-xsw2", evil_response.replace(
        "<samlp:Status>", inner + outer + "<samlp:Status>", 1))
    m.put("b1-xsw3", good.replace(assertion, evil + assertion))
    m.put("b1-xsw4", good.replace(assertion, evil.replace(
        "</Assertion>", assertion + "</Assertion>")))
    m.put("b1-xsw5", good.replace(assertion, evil.replace(
        "</Issuer>", "</Issuer>" + signature, 1) + bare))
    m.put("b1-xsw6", good.replace(assertion, evil.replace(
        "</Issuer>", "</Issuer>" + wrap(signature, bare), 1)))
    m.put("b1-xsw7", good.replace(
        assertion, "<samlp:Extensions>%s</samlp:Extensions>%s"
        % (evil, assertion)))
    m.put("b1-xsw8", good.replace(signature, wrap(signature, evil)))
    m.put("b2-evil-after", good.replace(assertion, assertion + evil))
    m.put("b2-encrypted-too", good.replace(
        assertion, assertion + '<EncryptedAssertion xmlns="%s"/>' % SAML))
    m.put("d17-encrypted", good.replace(
        assertion, '<EncryptedAssertion xmlns="%s"/>' % SAML))
    m.put("b1-no-assertion", good.replace(assertion, ""))
    m.put("b1-root-is-assertion", assertion)
    m.put("b1-swapped-content", good.replace(assertion, evil.replace(
        "</Issuer>", "</Issuer>" + signature, 1)))
    m.put("b3-signature-elsewhere", good.replace(signature, "").replace(
        "</Subject>", "</Subject>" + signature))
    m.put("b3-signature-in-subject", good.replace(signature, "").replace(
        "<Subject>", "<Subject>" + signature))
    m.put("b4-unsigned", good.replace(signature, ""))
    m.put("b4-response-only", sign(entra().replace("@SIGA@", ""), "@SIGR@",
                                   RESPONSE_ID, m.key, m.cert))
    m.put("b4-response-signature-broken", both.replace(
        'Destination="', 'Consent="urn:x" Destination="', 1))
    m.put("b5-two-signatures", good.replace(signature, signature * 2))
    info = re.search("<SignedInfo>.*</SignedInfo>", signature).group(0)
    m.put("b5-two-signed-infos", good.replace(info, info * 2))
    m.put("b9-same-id", good.replace(RESPONSE_ID, ASSERTION_ID))
    m.put("b9-id-on-other-element", good.replace(
        "<Subject>", '<Subject ID="%s">' % ASSERTION_ID))
    m.put("b9-xml-id", good.replace(
        "<samlp:Status>", '<samlp:Status xml:id="%s">' % ASSERTION_ID))
    prefixed = 'xmlns:x="%s" x:' % SAML
    m.put("b10-prefixed-id", good.replace(
        'ID="%s" IssueInstant' % ASSERTION_ID, '%sID="%s" ID="%s" '
        'IssueInstant' % (prefixed, "_evil-evil-evil-evil", ASSERTION_ID), 1))
    m.put("b10-only-prefixed-id", good.replace(
        'ID="%s" IssueInstant' % ASSERTION_ID, '%sID="%s" IssueInstant'
        % (prefixed, ASSERTION_ID), 1))
    m.put("b10-lower-case-id", good.replace(
        'ID="%s" IssueInstant' % ASSERTION_ID,
        'Id="x" ID="%s" IssueInstant' % ASSERTION_ID, 1))
    m.put("b10-prefixed-uri", good.replace(
        "<Reference URI", '<Reference %sURI="#evil" URI' % prefixed))
    m.put("b10-signature-id", good.replace(
        "<Signature xmlns", '<Signature Id="x" xmlns'))
    m.put("b18-assertion-in-keyinfo", good.replace(
        "</KeyInfo>", bare + "</KeyInfo>"))
    m.put("b17-manifest", good.replace(
        "</Signature>", "<Object><Manifest/></Object></Signature>"))
    m.put("b6-digest-with-blank", good.replace("<DigestValue>",
                                               "<DigestValue> "))
    m.put("b6-digest-url-alphabet", re.sub(
        "<DigestValue>.", "<DigestValue>_", good))
    m.put("b6-digest-short", re.sub(
        "<DigestValue>.*</DigestValue>",
        "<DigestValue>AAAA</DigestValue>", good))
    m.put("b6-signature-short", re.sub(
        "<SignatureValue>.*</SignatureValue>",
        "<SignatureValue>AAAA</SignatureValue>", good))
    value = re.search("<SignatureValue>(.*)</SignatureValue>", good).group(1)
    raw = base64.b64decode(value)
    m.put("c5-signature-with-zero-in-front", good.replace(
        value, b64(b"\0" + raw)))
    m.put("b21-signature-wrong", good.replace(
        value, b64(raw[:-1] + bytes([raw[-1] ^ 1]))))
    m.put("b21-content-changed", good.replace("B.Simon", "A.Simon"))


def references(m):
    ident = ASSERTION_ID
    m.sig("b8-two-references", references="%s%s")
    m.sig("b8-no-reference", references="")
    m.sig("b11-injection", uri='URI="#%s\') | id(\'a2"' % ident)
    m.sig("b11-two-ids", uri='URI="#%s _b"' % ident)
    m.sig("b11-other-id", uri='URI="#%s"' % RESPONSE_ID)
    m.sig("b12-xpointer", uri='URI="#xpointer(//*[@ID=\'%s\'])"' % ident)
    m.sig("b12-xpointer-root", uri='URI="#xpointer(/)"')
    m.sig("b12-xpointer-id", uri='URI="#xpointer(id(\'%s\'))"' % ident)
    m.sig("b13-empty", uri='URI=""')
    m.sig("b13-absent", uri="")
    m.sig("b14-file", uri='URI="file:///etc/passwd"')
    m.sig("b14-http", uri='URI="http://127.0.0.1/"')
    one = '<Transform Algorithm="%s"/>'
    m.sig("b15-three-transforms",
          transforms=one % ENVELOPED + one % C14N + one % C14N)
    m.sig("b15-no-c14n", transforms=one % ENVELOPED)
    m.sig("b15-order", transforms=one % C14N + one % ENVELOPED)
    m.sig("b15-enveloped-twice", transforms=one % ENVELOPED * 2)
    m.sig("b15-inclusive", transforms=one % ENVELOPED + one % INCLUSIVE)
    m.sig("b15-with-comments",
          transforms=one % ENVELOPED + one % (C14N + "WithComments"))
    m.sig("b15-xpath", transforms='<Transform Algorithm="http://www.w3.org/TR/'
          '1999/REC-xpath-19991116"><XPath>false()</XPath></Transform>'
          + one % C14N)
    m.sig("b15-xslt", transforms=one % ENVELOPED + one
          % "http://www.w3.org/TR/1999/REC-xslt-19991116")
    m.sig("b15-base64", transforms=one % ENVELOPED + one
          % (DSIG + "base64"))
    m.sig("b15-no-transforms", transforms="")
    m.sig("b16-digest-of-nothing", data=b" ")
    m.sig("b19-inclusive-signed-info", c14n=INCLUSIVE)
    m.sig("b19-with-comments", c14n=C14N + "WithComments")
    m.sig("b19-prefixes-on-signed-info",
          c14n_inside='<InclusiveNamespaces xmlns="%s" PrefixList="xs"/>'
          % C14N)
    m.sig("b19-nine-prefixes", prefixes=["p%d" % i for i in range(9)])
    m.sig("b19-default-prefix", prefixes=["#default"])
    m.sig("b15-prefixes-on-enveloped", transforms=(
        '<Transform Algorithm="%s"><InclusiveNamespaces xmlns="%s" PrefixList='
        '"xs"/></Transform><Transform Algorithm="%s"/>'
        % (ENVELOPED, C14N, C14N)))


def keys(m):
    attacker = dict(key=m.other_key, cert=m.other_cert)
    m.sig("c1-attackers-key-and-certificate", **attacker)
    m.sig("c1-attackers-key-no-certificate", keyinfo="", **attacker)
    m.sig("c1-attackers-key-our-certificate", key=m.other_key, cert=m.cert)
    m.sig("c1-our-key-attackers-certificate", key=m.key, cert=m.other_cert)
    numbers = m.other_key.public_key().public_numbers()
    value = ("<KeyInfo><KeyValue><RSAKeyValue><Modulus>%s</Modulus><Exponent>"
             "AQAB</Exponent></RSAKeyValue></KeyValue></KeyInfo>"
             % b64(numbers.n.to_bytes(256, "big")))
    m.sig("c1-key-value", keyinfo=value, **attacker)
    m.sig("c1-empty-keyinfo", keyinfo="<KeyInfo/>")
    one = "<X509Certificate>%s</X509Certificate>"
    m.sig("c1-two-certificates", keyinfo="<KeyInfo><X509Data>%s%s</X509Data>"
          "</KeyInfo>" % (one % der64(m.cert), one % der64(m.other_cert)))
    m.sig("c1-retrieval-method", keyinfo='<KeyInfo><RetrievalMethod URI='
          '"file:///etc/passwd"/></KeyInfo>')
    m.sig("c1-key-name", keyinfo="<KeyInfo><KeyName>idp</KeyName></KeyInfo>")
    m.sig("c2-hmac", method="http://www.w3.org/2001/04/xmldsig-more#"
          "hmac-sha256")
    m.sig("c4-rsa-sha1", method=DSIG + "rsa-sha1")
    m.sig("c4-digest-sha1", digest=DSIG + "sha1")
    sha1 = dict(method=DSIG + "rsa-sha1", digest=DSIG + "sha1")
    m.sig("c4-sha1", **sha1)
    small, small_cert = key_pair("small", 1024, "too small (TEST KEY)")
    m.sig("c4-sha1-small-key", key=small, cert=small_cert, **sha1)
    m.sig("c4-small-key", key=small, cert=small_cert)
    m.sig("c4-rsa-sha512",
          method="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512")


def meaning(m):
    m.sem("d1-other-issuer", issuer="https://sts.windows.net/evil/",
          outer_issuer=ISSUER)
    m.sem("d1-other-outer-issuer", outer_issuer="https://evil.example/")
    m.sem("d1-issuer-with-blank", issuer=" " + ISSUER)
    m.sem("d1-issuer-format", issuer_extra=' Format="urn:oasis:names:tc:SAML:'
          '2.0:nameid-format:transient"')
    m.sem("d2-other-tenant-claim",
          tid="00000000-0000-4000-8000-000000000000")
    m.sem("d2-issuer-of-another-tenant", issuer=ISSUER.replace(
        TENANT, "00000000-0000-4000-8000-000000000000"))
    consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"
    m.sem("d2-consumers", issuer=ISSUER.replace(TENANT, consumers),
          tid=consumers)
    m.sem("d2-no-tenant-claim", attributes=default_attributes()[1:])
    m.sem("d2-no-object-claim", attributes=[
        a for a in default_attributes() if "objectidentifier" not in a])
    m.sem("a15-object-is-no-guid", oid="6f9619ff8b864d01b42d00cf4fc964ff")
    m.sem("d3-other-audience", audience="https://other.example.com/saml2")
    m.sem("d3-audience-prefix", audience=AUDIENCE + "/")
    restriction = ("<AudienceRestriction><Audience>%s</Audience>"
                   "</AudienceRestriction>")
    m.sem("d3-second-restriction-not-us",
          restriction=restriction % AUDIENCE + restriction % "urn:x")
    m.sem("d3-no-restriction", restriction="")
    m.sem("good-two-audiences", restriction="<AudienceRestriction><Audience>"
          "urn:x</Audience><Audience>%s</Audience></AudienceRestriction>"
          % AUDIENCE)
    m.sem("d4-other-recipient", recipient="https://evil.example/acs")
    m.sem("d4-no-recipient", recipient=None)
    m.sem("d4-other-destination", destination="https://evil.example/acs")
    m.sem("d4-empty-destination", destination="")
    m.sem("good-no-destination", destination=None)
    m.sem("d5-other-request", irt="_0000000000000000000000000000000f")
    m.sem("d5-empty-request", irt="")
    m.sem("d5-outer-other-request",
          outer_irt="_0000000000000000000000000000000f")
    m.sem("d5-only-outer", irt=None, outer_irt=REQUEST)
    m.sem("d5-rewritten-request", irt="_0000000000000000000000000000000f",
          outer_irt=REQUEST)
    m.sem("good-only-inner", outer_irt=None)
    m.sem("d6-holder-of-key",
          method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key")
    m.sem("d6-sender-vouches",
          method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches")
    m.sem("d6-not-before", data_extra=' NotBefore="2026-11-20T11:55:00Z"')
    m.sem("d6-no-not-on-or-after", confirmed=None)
    m.sem("d6-no-confirmation", confirmation="")
    one = entra(audience=AUDIENCE)
    two = re.search("<SubjectConfirmation .*</SubjectConfirmation>",
                    one).group(0)
    m.sem("d6-two-confirmations", confirmation=two * 2)
    m.sem("d6-key-info-in-data", confirmation=two.replace(
        "/></SubjectConfirmation>", '><KeyInfo xmlns="%s"/>'
        '</SubjectConfirmationData></SubjectConfirmation>' % DSIG))
    m.sem("d7-no-conditions", conditions="")
    m.sem("d7-no-not-before", not_before=None)
    m.sem("d7-no-not-on-or-after", until=None)
    m.sem("d7-not-before-later", not_before="2026-11-20T12:01:00Z")
    m.sem("d7-window-backwards", until="2026-11-20T11:55:00Z")
    m.sem("d7-window-too-long", until="2026-11-21T12:00:01Z")
    m.sem("good-lifetime-of-a-day", until="2026-11-21T12:00:00Z")
    m.sem("d7-confirmation-ends-first", confirmed="2026-11-20T12:00:40Z")
    for name, text in (
            ("offset", "2026-11-20T12:00:00+01:00"), ("no-zone",
                                                      "2026-11-20T12:00:00"),
            ("leap", "2026-11-20T12:00:60Z"), ("hour-24",
                                               "2026-11-20T24:00:00Z"),
            ("date", "2026-02-30T12:00:00Z"), ("year", "1999-11-20T12:00:00Z"),
            ("blank", " 2026-11-20T12:00:00Z"), ("empty", "")):
        m.sem("d8-" + name, issued=text)
    m.sem("d8-not-before", not_before="yesterday")
    m.sem("d8-confirmation", confirmed="2026-11-20")
    m.sem("d8-authn-instant", instant="2026-11-20")
    m.sem("d9-old-authn", instant="2026-09-01T12:00:00Z")
    m.sem("d9-no-authn-instant", instant=None)
    m.sem("d9-no-authn-statement", authn="")
    authn = re.search("<AuthnStatement.*</AuthnStatement>", one).group(0)
    m.sem("d9-two-authn-statements", authn=authn * 2)
    m.sem("d9-future-authn", instant="2026-11-20T12:10:00Z")
    m.sem("d9-session-ended",
          authn_extra=' SessionNotOnOrAfter="2026-11-20T12:00:10Z"')
    m.sem("d9-session-malformed", authn_extra=' SessionNotOnOrAfter="never"')
    m.sem("d10-no-mfa", mfa=False)
    m.sem("d12-proxy-restriction",
          more_conditions='<ProxyRestriction Count="1"/>')
    m.sem("d12-typed-condition", more_conditions=(
        '<Condition xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:type="x"/>'))
    m.sem("d12-advice", before="<Advice/>")
    requester = "urn:oasis:names:tc:SAML:2.0:status:Requester"
    success = "urn:oasis:names:tc:SAML:2.0:status:Success"
    code = '<samlp:StatusCode Value="%s">%s</samlp:StatusCode>'
    m.sem("d13-requester", status=code % (requester, ""))
    m.sem("d13-nested", status=code % (success, code % (requester, "")))
    m.sem("d13-success-with-message", status=code % (success, "")
          + "<samlp:StatusMessage>x</samlp:StatusMessage>")
    m.sem("d13-no-code", status="")
    failure = m.texts["d13-requester"]
    m.put("d13-error-response", re.sub(
        "<Assertion.*</Assertion>", "", failure).replace(
            "</samlp:Status>", "<samlp:StatusMessage>AADSTS75006: no"
            "</samlp:StatusMessage></samlp:Status>"))
    m.sem("d14-version", version="1.1")
    m.put("d14-short-id", m.signed(entra(assertion_id="_short"),
                                   ident="_short"))
    long_id = "_" + "a" * 128
    m.put("d14-long-id", m.signed(entra(assertion_id=long_id), ident=long_id))
    digit = "5d1e7f3a-2c4b-4e6d-8f90-a1b2c3d4e500"
    m.put("d14-id-with-digit-first", m.signed(entra(assertion_id=digit),
                                              ident=digit))
    m.sem("d14-response-id", response_id="short")
    m.sem("d15-transient",
          format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient")
    m.sem("d15-unknown-format", format="urn:x")
    m.sem("d15-name-qualifier", name_extra=' NameQualifier="urn:x"')
    m.sem("d15-sp-name-qualifier", name_extra=' SPNameQualifier="urn:x"')
    m.sem("d15-long-name-id", name="a" * 1025)
    m.sem("d15-provided-id", name_extra=' SPProvidedID="admin"')
    m.sem("d15-no-subject", subject="")
    m.sem("d15-no-name-id", subject="<Subject>%s</Subject>" % two)
    m.sem("d18-encrypted-id", subject="<Subject><EncryptedID/>%s</Subject>"
          % two)
    attrs = default_attributes()
    m.sem("d16-same-name-twice", attributes=attrs + [attrs[1].replace(
        OBJECT, "00000000-0000-4000-8000-000000000000")])
    m.sem("d16-any-name-twice", attributes=attrs + [attrs[5]])
    m.sem("d16-two-objects", attributes=[attrs[0], attribute(
        MS + "identity/claims/objectidentifier", OBJECT, OBJECT)] + attrs[2:])
    for what, name in (("tenants", MS + "identity/claims/tenantid"),
                       ("providers", MS + "identity/claims/identityprovider"),
                       ("names", CLAIMS + "name")):
        m.sem("d16-two-" + what, attributes=[
            a for a in attrs if 'Name="%s"' % name not in a]
            + [attribute(name, "x", "y")])
    m.sem("d16-no-statement", attribute_statement="")
    m.sem("d16-no-value", attributes=attrs + ['<Attribute Name="x"/>'])
    m.sem("d16-no-name", attributes=attrs + [
        "<Attribute><AttributeValue>x</AttributeValue></Attribute>"])
    m.sem("d16-too-many-names", attributes=attrs + [
        attribute("n%d" % i, "x") for i in range(64)])
    m.sem("d18-encrypted-attribute", attributes=attrs
          + ["<EncryptedAttribute/>"])
    m.sem("d16-two-statements", attribute_statement=(
        "<AttributeStatement>%s</AttributeStatement>" % "".join(attrs)) * 2)
    m.sem("b1-decision-statement", before="<AuthzDecisionStatement/>")
    m.sem("b10-xsi-type-other", attributes=attrs + [
        '<Attribute Name="x"><AttributeValue xmlns:xsi="http://www.w3.org/'
        '2001/XMLSchema-instance" xsi:type="xs:anyType">x</AttributeValue>'
        '</Attribute>'])
    m.sem("b10-type-of-another-namespace", attributes=attrs + [
        '<Attribute Name="x"><AttributeValue xmlns:a="%s" a:type="xs:string">x'
        '</AttributeValue></Attribute>' % SAML])
    m.sem("b10-xml-lang", assertion_extra=' xml:lang="en"')


def rows(m):
    """What the other parts leave of the catalogue."""
    # Markup that is text: nothing of it is a declaration, a comment ...
    m.sem("good-markup-in-text", name="&lt;!DOCTYPE x>&lt;!ENTITY y>"
          "&lt;!-- x -->&lt;?x?>&lt;![CDATA[x]]&gt;@contoso.com")
    m.put("good-indented", m.signed(re.sub("><", ">\n\t<", entra())))
    m.sem("good-upper-guids", tid=TENANT.upper(), oid=OBJECT.upper())
    m.sem("good-nine-digits", issued="2026-11-20T12:00:00.123456789Z")
    m.sig("good-folded-digest", fold=True)
    m.sig("good-eight-prefixes", prefixes=["p%d" % i for i in range(8)])
    for name, ident in (("xpointer", "xpointer-5d1e7f3a2c4b"),
                        ("16", "_1.a-" + "b" * 11), ("128", "_" * 128)):
        m.put("good-id-" + name, m.signed(entra(assertion_id=ident),
                                          ident=ident))
    m.put("d14-id-of-15", m.signed(entra(assertion_id="_" * 15),
                                   ident="_" * 15))
    m.put("d14-id-with-colon", m.signed(
        entra(assertion_id="x:" + "b" * 16), ident="x:" + "b" * 16))
    m.sem("good-formats", format=(
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
        name_extra=' NameQualifier="%s" SPNameQualifier="%s"'
        % (ISSUER, AUDIENCE), name="a" * 1024)
    good = m.texts["good"]
    m.put("a7-defaults", "<!DOCTYPE a [<!ATTLIST Assertion ID CDATA '%s'>]>"
          % ASSERTION_ID + good)
    value = re.search("<DigestValue>.*?</DigestValue>", good).group(0)
    m.put("b7-digest-in-status", good.replace(
        "</samlp:Status>", '<samlp:StatusDetail>%s</samlp:StatusDetail>'
        '</samlp:Status>' % value.replace("DigestValue>", 'DigestValue xmlns='
                                          '"%s">' % DSIG, 1)))
    m.sig("b7-two-digest-values", reference=(
        '<Reference URI="#%s"><Transforms><Transform Algorithm="%s"/>'
        '<Transform Algorithm="%s"/></Transforms><DigestMethod Algorithm="%s"'
        '/>%s%s</Reference>' % (ASSERTION_ID, ENVELOPED, C14N, SHA256, value,
                                value)))
    m.sem("d2-tenant-in-a-longer-segment",
          issuer=ISSUER.replace(TENANT, TENANT + "x"))
    m.sem("d2-tenant-is-no-guid", tid="x" * 36,
          issuer=ISSUER.replace(TENANT, "x" * 36))
    m.sig("b16-missing-id", uri='URI="#_nobody-has-this-id"')
    m.sig("b19-prefix-with-digit-first", prefixes=["1a"])
    child = kept_certificate("child", lambda: certificate(
        m.other_key.public_key(), "issued by the pinned one (TEST KEY)",
        m.key, m.cert.subject.rfc4514_string()[3:]))
    m.sig("c3-issued-by-the-pinned-one", key=m.other_key, cert=child)
    raw = base64.b64decode(re.search(
        "<SignatureValue>(.*)</SignatureValue>", good).group(1))
    m.put("c5-signature-a-byte-short", re.sub(
        "<SignatureValue>.*</SignatureValue>", "<SignatureValue>%s"
        "</SignatureValue>" % b64(raw[1:]), good))
    for root in ("LogoutResponse", "LogoutRequest", "AuthnRequest",
                 "ArtifactResponse"):
        m.put("d19-" + re.sub("(?<=.)([A-Z])", r"-\1", root).lower(),
              good.replace("samlp:Response", "samlp:" + root))
    m.put("d19-artifact-with-response", '<samlp:ArtifactResponse xmlns:samlp='
          '"%s">%s</samlp:ArtifactResponse>' % (SAMLP, good))
    other = "https://other.example.com/saml2"
    m.sem("d22-of-another-host", audience=other, recipient=other + "/acs",
          destination=other + "/acs")
    m.sem("d22-acs-of-another-host", recipient=other + "/acs",
          destination=other + "/acs")
    # Keys beyond the limits; the numbers need not be anybody's key.
    for name, n, e in (("large", (1 << 8192) + 1, 65537),
                       ("largest", (1 << 8191) + 1, 65537),
                       ("exponent-3", (1 << 2047) + 1, 3),
                       ("exponent-long", (1 << 2047) + 1, (1 << 64) + 1)):
        kept_certificate(name, lambda: certificate(
            rsa.RSAPublicNumbers(e, n).public_key(), name + " (TEST KEY)",
            m.key))


def metadata(m):
    cert = der64(m.cert)
    other = der64(m.other_cert)
    login = "https://login.microsoftonline.com/%s/saml2" % TENANT
    descriptor = (
        '<KeyDescriptor use="%s"><KeyInfo xmlns="' + DSIG + '"><X509Data>'
        '<X509Certificate>%s</X509Certificate></X509Data></KeyInfo>'
        '</KeyDescriptor>')
    role = (
        '<RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" '
        'xsi:type="fed:%s" protocolSupportEnumeration="http://docs.oasis-open.'
        'org/wsfed/federation/200706">' + descriptor % ("signing", other)
        + '<fed:ClaimTypesOffered><auth:ClaimType xmlns:auth="http://docs.'
        'oasis-open.org/wsfed/authorization/200706" Uri="x"><auth:DisplayName>'
        'Name</auth:DisplayName></auth:ClaimType></fed:ClaimTypesOffered>'
        '</RoleDescriptor>')
    bindings = "urn:oasis:names:tc:SAML:2.0:bindings:"
    text = (
        '<?xml version="1.0" encoding="utf-8"?><EntityDescriptor ID="_4c" '
        'entityID="%s" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">'
        '@SIGM@%s%s<IDPSSODescriptor protocolSupportEnumeration="%s">%s%s'
        '<SingleLogoutService Binding="%sHTTP-Redirect" Location="%s"/>'
        '<SingleSignOnService Binding="%sHTTP-Redirect" Location="%s"/>'
        '<SingleSignOnService Binding="%sHTTP-POST" Location="%s"/>'
        '</IDPSSODescriptor></EntityDescriptor>' % (
            ISSUER, role % "SecurityTokenServiceType",
            role % "ApplicationServiceType", SAMLP,
            descriptor % ("signing", cert), descriptor % ("signing", other),
            bindings, login, bindings, login, bindings, login))
    signed = sign(text.split("?>", 1)[1], "@SIGM@", "_4c", m.key, m.cert)
    m.meta = {"metadata-entra": "\ufeff" + text.split("?>", 1)[0] + "?>"
              + signed}
    folded = "\n".join("            " + line
                       for line in re.findall(".{1,64}", cert))
    m.meta["metadata-simplesamlphp"] = (
        '<?xml version="1.0"?>\n<md:EntityDescriptor xmlns:md="urn:oasis:names'
        ':tc:SAML:2.0:metadata" xmlns:ds="%s" entityID="%s" validUntil='
        '"2026-11-27T12:00:00Z">\n  <md:IDPSSODescriptor '
        'protocolSupportEnumeration="%s">\n    <md:KeyDescriptor use='
        '"signing">\n      <ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n%s\n'
        '      </ds:X509Certificate></ds:X509Data></ds:KeyInfo>\n    '
        '</md:KeyDescriptor>\n    <md:KeyDescriptor use="encryption">'
        '<ds:KeyInfo><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate>'
        '</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\n    '
        '<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
        '</md:NameIDFormat>\n    <md:SingleSignOnService Binding="%sHTTP-'
        'Redirect" Location="https://idp.example.com/SSOService.php"/>\n  '
        '</md:IDPSSODescriptor>\n  <md:Organization><md:OrganizationName '
        'xml:lang="en">x</md:OrganizationName></md:Organization>\n'
        '</md:EntityDescriptor>\n' % (DSIG, ISSUER, SAMLP, folded, other,
                                      bindings))
    # The provider's metadata, signed by its key, in place of the assertion.
    good = m.texts["good"]
    assertion = re.search("<Assertion.*</Assertion>", good).group(0)
    m.put("b3-signed-metadata-wrapped", good.replace(assertion, signed))


def main():
    global DIR
    DIR = sys.argv[1]
    m = Maker()
    positives(m)
    for part in (providers, parsing, wrapping, references, keys, meaning,
                 rows, metadata):
        part(m)
    key_pair("ec", 0, "no RSA (TEST KEY)")
    for name, pad, algorithm in (
            ("rs256", padding.PKCS1v15(), hashes.SHA256()),
            ("rs512", padding.PKCS1v15(), hashes.SHA512()),
            ("ps256", padding.PSS(padding.MGF1(hashes.SHA256()), 32),
             hashes.SHA256())):
        path = os.path.join(DIR, name + ".sig")
        if not os.path.exists(path):
            with open(path, "wb") as f:
                f.write(m.key.sign(b"abc", pad, algorithm))
    for name, text in list(m.texts.items()) + list(m.meta.items()):
        with open(os.path.join(DIR, name + ".xml"), "wb") as f:
            f.write(text.encode())
    print(len(m.texts), "responses")


main()
