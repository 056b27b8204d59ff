# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for Entra ID as SAML 2.0 identity provider.

respond() answers an AuthnRequest as Entra does: FACTS.md says which fact is
imitated where.  A variant bends the answer in one named way.
"""

import base64
import copy
import datetime
import hashlib
import urllib.parse
import uuid
import zlib
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

import keys
import people

SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
MICROSOFT = "http://schemas.microsoft.com"
XMLSOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
POST_BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
EMAIL_NAME_ID = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
NAME_ID_FORMATS = {
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", EMAIL_NAME_ID,
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}
PASSWORD = f"{MICROSOFT}/ws/2008/06/identity/authenticationmethod/password"
MFA = f"{MICROSOFT}/claims/multipleauthn"
SIGNATURE_METHODS = {
    "sha256": (hashes.SHA256, hashlib.sha256,
               "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
               "http://www.w3.org/2001/04/xmlenc#sha256"),
    "sha1": (hashes.SHA1, hashlib.sha1,
             "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
             "http://www.w3.org/2000/09/xmldsig#sha1"),
}
GROUPS = f"{MICROSOFT}/ws/2008/06/identity/claims/groups"
GROUPS_MAX = 150
MINUTE = datetime.timedelta(minutes=1)


class SignInError(Exception):
    """What Entra shows on its page instead of answering."""

    def __init__(self, code, text):
        super().__init__(f"AADSTS{code}: {text}")


@dataclass
class Request:
    """What matters of an AuthnRequest."""
    id: str
    issuer: str
    acs: str
    force_authn: bool


# -- the request -------------------------------------------------------------

def parse_request(url):
    """The AuthnRequest in a sign-on URL; SignInError if Entra would refuse."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    if len(query.get("SAMLRequest", [])) != 1:
        raise SignInError(750054, "SAMLRequest or SAMLResponse must be "
                          "present as query string parameters in HTTP "
                          "request for SAML Redirect binding.")
    try:
        packed = base64.b64decode(query["SAMLRequest"][0], validate=True)
        inflater = zlib.decompressobj(-15)
        xml = inflater.decompress(packed, 1 << 16)
        if not inflater.eof or inflater.unused_data:
            raise ValueError("not one DEFLATE stream")
        root = etree.fromstring(xml, etree.XMLParser(
            resolve_entities=False, no_network=True))
    except (ValueError, zlib.error, etree.XMLSyntaxError) as error:
        raise SignInError(75005, "The request is not a valid Saml2 protocol "
                          f"message ({error}).") from error
    return _check_request(root, url.partition("?")[0])


def _check_request(root, endpoint):
    if root.tag != f"{{{SAMLP}}}AuthnRequest" or root.get("Version") != "2.0" \
            or not root.get("IssueInstant") or not root.get("ID"):
        raise SignInError(75005, "The request is not a valid Saml2 protocol "
                          "message.")
    if root.get("ID")[0].isdigit():
        raise SignInError(7500529, f"The value '{root.get('ID')}' is not a "
                          "valid SAML ID. The ID must not begin with a "
                          "number.")
    if root.get("Destination", endpoint) != endpoint:
        raise SignInError(75008, "The request from the application was "
                          "denied since the request had an unexpected "
                          "destination.")
    if root.get("ProtocolBinding", POST_BINDING) != POST_BINDING:
        raise SignInError(75003, "The application returned an error related "
                          "to unsupported binding.")
    if root.find(f"{{{SAML}}}Subject") is not None:
        raise SignInError(900236, "The SAML authentication request property "
                          "'Subject' is not supported and must not be set.")
    issuer = root.findtext(f"{{{SAML}}}Issuer", "")
    if issuer != people.APP:
        raise SignInError(700016, f"Application with identifier '{issuer}' "
                          "was not found in the directory 'Contoso'.")
    acs = root.get("AssertionConsumerServiceURL", people.APP)
    if acs != people.APP:
        raise SignInError(50011, f"The reply URL '{acs}' specified in the "
                          "request does not match the reply URLs configured "
                          f"for the application '{issuer}'.")
    policy = root.find(f"{{{SAMLP}}}NameIDPolicy")
    if policy is not None and policy.get("Format") is not None \
            and policy.get("Format") not in NAME_ID_FORMATS:
        raise SignInError(75006, "NameIDPolicy format "
                          f"'{policy.get('Format')}' is not supported.")
    return Request(root.get("ID"), issuer, acs,
                   root.get("ForceAuthn") in ("true", "1"))


# -- the answer --------------------------------------------------------------

@dataclass
class Draft:
    """An answer before it is written down; variants change it."""
    person: people.Person
    now: datetime.datetime
    in_response_to: str                 # "": unsolicited
    directory: str                      # of the keys
    issuer: str = people.ISSUER
    tenant: str = people.TENANT
    audience: str = people.APP
    recipient: str = people.APP
    destination: str = people.APP
    response_id: str = ""
    assertion_id: str = ""
    issued: datetime.datetime = None
    not_before: datetime.datetime = None
    not_on_or_after: datetime.datetime = None
    authn_instant: datetime.datetime = None
    session_end: datetime.datetime = None       # not Entra's
    name_id: str = ""
    claims: list = field(default_factory=list)
    status: str = ""
    extra: str = ""                     # behind the assertion
    key: str = "idp"
    key_info: str = "idp"
    method: str = "sha256"
    sign_assertion: bool = True
    sign_response: bool = False
    after: list = field(default_factory=list)   # bytes -> bytes

    def __post_init__(self):
        self.response_id = "_" + str(uuid.uuid4())
        self.assertion_id = "_" + str(uuid.uuid4())
        self.issued = self.now
        self.not_before = self.now - 5 * MINUTE
        self.not_on_or_after = self.now + 60 * MINUTE
        self.name_id = escape(self.person.upn)
        self.claims = self._claims()

    def _claims(self):
        claims = [
            (f"{MICROSOFT}/identity/claims/tenantid", [self.tenant]),
            (f"{MICROSOFT}/identity/claims/objectidentifier",
             [self.person.oid]),
            (f"{MICROSOFT}/identity/claims/displayname",
             [self.person.display]),
            (f"{MICROSOFT}/identity/claims/identityprovider",
             ["live.com" if self.person.guest else self.issuer]),
            (f"{MICROSOFT}/claims/authnmethodsreferences", [PASSWORD]),
            (f"{XMLSOAP}/givenname", [self.person.given]),
            (f"{XMLSOAP}/surname", [self.person.family]),
            (f"{XMLSOAP}/emailaddress", [self.person.upn]),
            (f"{XMLSOAP}/name", [self.person.upn]),
        ]
        return [(name, [escape(value) for value in values])
                for name, values in claims]

    def claim(self, suffix, values):
        """Replaces a claim's values (None: removes the claim)."""
        self.claims = [
            (name, values if name.endswith(suffix) else old)
            for name, old in self.claims
            if values is not None or not name.endswith(suffix)]


def _time(moment):
    """Milliseconds and Z, as Entra writes its times."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") \
        + f"{moment.microsecond // 1000:03d}Z"


def _assertion(draft):
    answered = f" InResponseTo={quoteattr(draft.in_response_to)}" \
        if draft.in_response_to else ""
    until = _time(draft.not_on_or_after)
    session = f' SessionNotOnOrAfter="{_time(draft.session_end)}"' \
        if draft.session_end else ""
    attributes = "".join(
        f"<Attribute Name={quoteattr(name)}>" + "".join(
            f"<AttributeValue>{value}</AttributeValue>" for value in values)
        + "</Attribute>" for name, values in draft.claims)
    return (
        f'<Assertion ID="{draft.assertion_id}" '
        f'IssueInstant="{_time(draft.issued)}" Version="2.0" '
        f'xmlns="{SAML}"><Issuer>{escape(draft.issuer)}</Issuer>'
        f'<Subject><NameID Format="{EMAIL_NAME_ID}">{draft.name_id}</NameID>'
        '<SubjectConfirmation '
        'Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<SubjectConfirmationData{answered} NotOnOrAfter="{until}" '
        f'Recipient={quoteattr(draft.recipient)}/></SubjectConfirmation>'
        f'</Subject><Conditions NotBefore="{_time(draft.not_before)}" '
        f'NotOnOrAfter="{until}"><AudienceRestriction>'
        f'<Audience>{escape(draft.audience)}</Audience>'
        '</AudienceRestriction></Conditions>'
        f'<AttributeStatement>{attributes}</AttributeStatement>'
        f'<AuthnStatement AuthnInstant="{_time(draft.authn_instant)}" '
        f'SessionIndex="{draft.assertion_id}"{session}><AuthnContext>'
        '<AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:'
        'Password</AuthnContextClassRef></AuthnContext></AuthnStatement>'
        '</Assertion>')


def _response(draft, content):
    answered = f" InResponseTo={quoteattr(draft.in_response_to)}" \
        if draft.in_response_to else ""
    written = draft.issued + datetime.timedelta(milliseconds=4)
    status = draft.status or f'<samlp:StatusCode Value="{SUCCESS}"/>'
    return (
        f'<samlp:Response ID="{draft.response_id}" Version="2.0" '
        f'IssueInstant="{_time(written)}" '
        f'Destination={quoteattr(draft.destination)}{answered} '
        f'xmlns:samlp="{SAMLP}"><Issuer xmlns="{SAML}">'
        f'{escape(draft.issuer)}</Issuer>'
        f'<samlp:Status>{status}</samlp:Status>{content}{draft.extra}'
        '</samlp:Response>')


def _behind_issuer(xml, element_id):
    start = xml.index(f'ID="{element_id}"')
    return xml.index("</Issuer>", start) + len("</Issuer>")


def _sign(xml, element_id, place, draft):
    """The document with an enveloped signature over the element with this
    ID, inserted at this place."""
    hash_class, digest_of, signature_uri, digest_uri = \
        SIGNATURE_METHODS[draft.method]
    root = etree.fromstring(xml.encode())
    signed = next(e for e in root.iter() if e.get("ID") == element_id)
    digest = digest_of(_c14n(signed)).digest()
    info = (
        f'<SignedInfo xmlns="{DSIG}"><CanonicalizationMethod '
        f'Algorithm="{EXC_C14N}"></CanonicalizationMethod><SignatureMethod '
        f'Algorithm="{signature_uri}"></SignatureMethod>'
        f'<Reference URI="#{element_id}"><Transforms><Transform '
        f'Algorithm="{DSIG}enveloped-signature"></Transform><Transform '
        f'Algorithm="{EXC_C14N}"></Transform></Transforms><DigestMethod '
        f'Algorithm="{digest_uri}"></DigestMethod><DigestValue>'
        f'{base64.b64encode(digest).decode()}</DigestValue></Reference>'
        '</SignedInfo>')
    key, _ = keys.load(draft.directory, draft.key)
    value = key.sign(info.encode(), padding.PKCS1v15(), hash_class())
    signature = (
        f'<Signature xmlns="{DSIG}">'
        + info.replace(f' xmlns="{DSIG}"', "").replace(
            "></CanonicalizationMethod>", "/>").replace(
            "></SignatureMethod>", "/>").replace(
            "></Transform>", "/>").replace("></DigestMethod>", "/>")
        + f'<SignatureValue>{base64.b64encode(value).decode()}'
        '</SignatureValue><KeyInfo><X509Data><X509Certificate>'
        f'{certificate_base64(draft.directory, draft.key_info)}'
        '</X509Certificate></X509Data></KeyInfo></Signature>')
    return xml[:place] + signature + xml[place:]


def _c14n(element):
    return etree.tostring(copy.deepcopy(element), method="c14n",
                          exclusive=True, with_comments=False)


def certificate_base64(directory, name):
    """Base64 of the certificate's DER, on one line."""
    _, certificate = keys.load(directory, name)
    return base64.b64encode(certificate.public_bytes(
        serialization.Encoding.DER)).decode()


def write(draft):
    """The bytes of the Response."""
    content = "" if draft.status else _assertion(draft)
    xml = _response(draft, content)
    if content and draft.sign_assertion:
        xml = _sign(xml, draft.assertion_id,
                    _behind_issuer(xml, draft.assertion_id), draft)
    if draft.sign_response:
        xml = _sign(xml, draft.response_id,
                    _behind_issuer(xml, draft.response_id), draft)
    data = xml.encode()
    for change in draft.after:
        data = change(data)
    return data


# -- variants ----------------------------------------------------------------

def _shift(draft, minutes):
    for name in ("issued", "not_before", "not_on_or_after", "authn_instant"):
        setattr(draft, name, getattr(draft, name) + minutes * MINUTE)


def _set(**values):
    return lambda draft: [setattr(draft, *item) for item in values.items()]


def _after(old, new):
    def change(data):
        if old not in data:
            raise ValueError(f"variant finds no {old!r}")
        return data.replace(old, new, 1)
    return lambda draft: draft.after.append(change)


def _failed(draft):
    draft.status = (
        '<samlp:StatusCode '
        'Value="urn:oasis:names:tc:SAML:2.0:status:Requester">'
        '<samlp:StatusCode '
        'Value="urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported"/>'
        '</samlp:StatusCode><samlp:StatusMessage>AADSTS75006: An error '
        'occurred while processing a SAML2 Authentication request.'
        '</samlp:StatusMessage>')


def _forged_copy(data):
    """(assertion as signed, the same for somebody else and unsigned)."""
    start = data.index(b"<Assertion ")
    end = data.index(b"</Assertion>") + len(b"</Assertion>")
    genuine = data[start:end]
    sign_start = genuine.index(b"<Signature ")
    sign_end = genuine.index(b"</Signature>") + len(b"</Signature>")
    forged = genuine[:sign_start] + genuine[sign_end:]
    old_id = forged.split(b'"')[1]
    return genuine, forged.replace(old_id, b"_" + old_id[1:][::-1])


def _wrap(how):
    """Signature wrapping: the forgery says J.Smith was B.Simon and so on;
    what is signed stays in the document."""
    def change(data):
        genuine, forged = _forged_copy(data)
        other = next(p for p in people.PEOPLE.values()
                     if p.upn.encode() not in genuine)
        for person in people.PEOPLE.values():
            if person.upn.encode() in genuine:
                forged = forged.replace(person.upn.encode(),
                                        other.upn.encode())
                forged = forged.replace(person.oid.encode(),
                                        other.oid.encode())
        return data.replace(genuine, how(genuine, forged))
    return lambda draft: draft.after.append(change)


def _in_object(genuine, forged):
    place = forged.index(b"</Issuer>") + len(b"</Issuer>")
    sign_start = genuine.index(b"<Signature ")
    sign_end = genuine.index(b"</Signature>")
    signature = genuine[sign_start:sign_end]
    bare = genuine[:sign_start] \
        + genuine[sign_end + len(b"</Signature>"):]
    return forged[:place] + signature + b"<Object>" + bare \
        + b"</Object></Signature>" + forged[place:]


def _rewritten(draft):
    """The answer to another request; nobody signs what the Response says."""
    wanted = draft.in_response_to.encode()
    draft.in_response_to = "_" + uuid.uuid4().hex
    draft.after.append(lambda data: data.replace(
        draft.in_response_to.encode(), wanted, 1))


def _session(minutes):
    return lambda draft: setattr(draft, "session_end",
                                 draft.now + minutes * MINUTE)


def _weeks_ago(draft):
    draft.authn_instant = draft.now - datetime.timedelta(days=81)


VARIANTS = {
    # who signs, and how
    "wrong-key": _set(key="stranger", key_info="stranger"),
    "forged-key": _set(key="stranger"),
    "unsigned": _set(sign_assertion=False),
    "both-signed": _set(sign_response=True),
    "response-signed": _set(sign_assertion=False, sign_response=True),
    "sha1": _set(method="sha1"),
    "next-key": _set(key="next", key_info="next"),
    "tampered": _after(b"<AuthnContextClassRef>", b"<AuthnContextClassRef>x"),
    # for whom, by whom, when
    "wrong-audience": _set(audience="https://other.contoso.com/saml2"),
    "wrong-recipient": _set(recipient="https://other.contoso.com/saml2"),
    "wrong-destination": _set(destination="https://other.contoso.com/saml2"),
    "wrong-issuer": _set(
        issuer="https://sts.windows.net/11111111-2222-3333-4444-"
               "555555555555/"),
    "wrong-tenant": lambda d: d.claim(
        "/tenantid", ["11111111-2222-3333-4444-555555555555"]),
    "other-request": lambda d: setattr(d, "in_response_to",
                                       "_" + uuid.uuid4().hex),
    "rewritten-request": _rewritten,
    "expired": lambda d: _shift(d, -120),
    "not-yet": lambda d: _shift(d, 120),
    "stale": lambda d: _shift(d, -30),
    "authn-old": _weeks_ago,
    "session-end": _session(60),
    "session-ended": _session(-1),
    "status-fail": _failed,
    # what it says
    "mfa": lambda d: d.claim("/authnmethodsreferences", [PASSWORD, MFA]),
    "groups": lambda d: d.claims.append((GROUPS, [
        str(uuid.uuid4()) for _ in range(GROUPS_MAX)])),
    "no-oid": lambda d: d.claim("/objectidentifier", None),
    "two-oids": lambda d: d.claims.append(d.claims[1]),
    "comment-in-name": lambda d: (
        d.claim("/claims/name", [d.name_id + "<!---->.example"]),
        setattr(d, "name_id", d.name_id + "<!---->.example")),
    # how it is written
    "xsw-before": _wrap(lambda genuine, forged: forged + genuine),
    "xsw-after": _wrap(lambda genuine, forged: genuine + forged),
    "xsw-object": _wrap(_in_object),
    "doctype": lambda d: d.after.append(
        lambda data: b'<!DOCTYPE r [<!ENTITY e "x">]>' + data),
    "pi": _after(b"<samlp:Status>", b"<?a b?><samlp:Status>"),
    "trailing": lambda d: d.after.append(lambda data: data + b"<a/>"),
    "late-end": _after(b"</samlp:Response>", b"</samlp:Response >"),
    "not-xml": lambda d: d.after.append(lambda data: data[:-20]),
}


def respond(directory, person, url=None, variants=()):
    """base64 of the Response to this sign-on URL (None: unsolicited).
    SignInError where Entra shows an error page; KeyError for an unknown
    variant."""
    now = datetime.datetime.utcnow()
    request = parse_request(url) if url is not None else None
    draft = Draft(person, now, request.id if request else "", directory)
    draft.authn_instant = now
    if request and not request.force_authn:
        _weeks_ago(draft)
    for name in variants:
        VARIANTS[name](draft)
    return base64.b64encode(write(draft)).decode()


# -- metadata ----------------------------------------------------------------

def metadata(directory, names):
    """Federation metadata in the shape of Entra's, with the keys of these
    names; starts with a byte order mark and is signed by the first key."""
    def key_descriptors():
        return "".join(
            f'<KeyDescriptor use="signing"><KeyInfo xmlns="{DSIG}">'
            '<X509Data><X509Certificate>'
            f'{certificate_base64(directory, name)}</X509Certificate>'
            '</X509Data></KeyInfo></KeyDescriptor>' for name in names)

    def role(kind):
        return (
            '<RoleDescriptor '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            'xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" '
            f'xsi:type="fed:{kind}" protocolSupportEnumeration='
            '"http://docs.oasis-open.org/wsfed/federation/200706">'
            f'{key_descriptors()}'
            '<fed:PassiveRequestorEndpoint><wsa:EndpointReference '
            'xmlns:wsa="http://www.w3.org/2005/08/addressing"><wsa:Address>'
            f'https://login.microsoftonline.com/{people.TENANT}/wsfed'
            '</wsa:Address></wsa:EndpointReference>'
            '</fed:PassiveRequestorEndpoint></RoleDescriptor>')

    binding = "urn:oasis:names:tc:SAML:2.0:bindings:"
    entity_id = "_" + str(uuid.uuid4())
    xml = (
        f'<EntityDescriptor ID="{entity_id}" entityID="{people.ISSUER}" '
        'xmlns="urn:oasis:names:tc:SAML:2.0:metadata">'
        f'{role("SecurityTokenServiceType")}{role("ApplicationServiceType")}'
        f'<IDPSSODescriptor protocolSupportEnumeration="{SAMLP}">'
        f'{key_descriptors()}'
        f'<SingleLogoutService Binding="{binding}HTTP-Redirect" '
        f'Location="{people.LOGIN_URL}"/>'
        f'<SingleSignOnService Binding="{binding}HTTP-Redirect" '
        f'Location="{people.LOGIN_URL}"/>'
        f'<SingleSignOnService Binding="{binding}HTTP-POST" '
        f'Location="{people.LOGIN_URL}"/>'
        '</IDPSSODescriptor></EntityDescriptor>')
    draft = Draft(people.find("B.Simon@contoso.com"),
                  datetime.datetime.utcnow(), "", directory,
                  key=names[0], key_info=names[0])
    signed = _sign(xml, entity_id, xml.index("<RoleDescriptor"), draft)
    return ('<?xml version="1.0" encoding="utf-8"?>' + signed).encode(
        "utf-8-sig")
