# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for Entra ID as OpenID provider with the device flow (RFC 8628).

Tenant is the data and the rules; oidc_http.py is in front of it.  Two things
can be changed while it runs: the settings, and what the next requests of an
endpoint are answered with.  FACTS.md says which fact is imitated where.
"""

import base64
import datetime
import hashlib
import hmac
import json
import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

import keys
import people
import scim

CLIENT = "4a0d8f6e-5a3c-4a6e-9d63-0d6d6c6f8f10"     # of the public client
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
OTHER_TENANT = "11111111-2222-3333-4444-555555555555"
CODE_LENGTH = 9
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
BACKDATED = 300
LIFETIME = 3900
GROUPS_MAX = 200

# name: (default, what it does)
SETTINGS = {
    "interval": ("5", "seconds between polls; empty: not said"),
    "expires_in": (900, "seconds that a code lives"),
    "text_numbers": (False, "expires_in and interval are texts, as in v1"),
    "user_code": ("", "every code, as it stands in the answer"),
    "verification_uri": ("", "the address, as it stands in the answer"),
    "keys": ("jwt,jwt-next,tenant", "the keys that are published"),
    "signer": ("jwt", "the key that signs"),
    "skew": (0, "seconds that the clock is ahead"),
    "token": ("", "variants of the next tokens, with commas"),
    "issuer": ("", "issuer in the discovery document"),
    "endpoint_host": ("", "scheme, host and port of its endpoints"),
    "slow": (0, "seconds before every answer"),
}

# AADSTS number: (error, text, status)
ERRORS = {
    50005: ("interaction_required", "User tried to log in to a device from a "
            "platform that's currently not supported through Conditional "
            "Access policy.", 400),
    50034: ("invalid_grant", "The user account does not exist in the "
            "directory.", 400),
    50053: ("invalid_grant", "The account is locked, you've tried to sign in "
            "too many times with an incorrect user ID or password.", 400),
    50055: ("invalid_grant", "The password is expired.", 400),
    50056: ("invalid_grant", "Invalid or null password: password does not "
            "exist in the directory for this user.", 400),
    50057: ("invalid_grant", "The user account is disabled.", 400),
    50072: ("interaction_required", "Due to a configuration change made by "
            "your administrator, you must enroll in multi-factor "
            "authentication.", 400),
    50074: ("interaction_required", "Strong Authentication is required.", 400),
    50076: ("interaction_required", "Due to a configuration change made by "
            "your administrator, you must use multi-factor authentication.",
            400),
    50078: ("interaction_required", "Presented multi-factor authentication "
            "has expired.", 400),
    50079: ("interaction_required", "Due to a configuration change made by "
            "your administrator, you must enroll in multi-factor "
            "authentication.", 400),
    50097: ("interaction_required", "Device authentication is required.", 400),
    50105: ("invalid_grant", "Your administrator has configured the "
            "application to block users unless they are specifically granted "
            "('assigned') access.", 400),
    50131: ("interaction_required", "Device is not in required device state.",
            400),
    50133: ("invalid_grant", "Session is invalid due to expiration or recent "
            "password change.", 400),
    50158: ("interaction_required", "External security challenge not "
            "satisfied.", 400),
    50173: ("invalid_grant", "The provided grant has expired due to it being "
            "revoked.", 400),
    50194: ("invalid_request", "Application is not configured as a "
            "multi-tenant application.", 400),
    50196: ("invalid_grant", "The server terminated an operation because it "
            "encountered a client request loop.", 400),
    53000: ("interaction_required", "Device is not in required device state: "
            "compliant.", 400),
    53001: ("interaction_required", "Device is not in required device state: "
            "domain_joined.", 400),
    53002: ("interaction_required", "The application used is not an approved "
            "application for Conditional Access.", 400),
    53003: ("access_denied", "Access has been blocked by Conditional Access "
            "policies. The access policy does not allow token issuance.", 400),
    53004: ("interaction_required", "User needs to complete multi-factor "
            "authentication registration process before accessing this "
            "content.", 400),
    53011: ("interaction_required", "User blocked due to risk on home "
            "tenant.", 400),
    530032: ("access_denied", "Tenant security policy does not allow token "
             "issuance.", 400),
    530034: ("access_denied", "A delegated administrator was blocked from "
             "accessing the tenant due to account risk.", 400),
    530035: ("access_denied", "Access has been blocked by security defaults.",
             400),
    54005: ("invalid_grant", "OAuth2 Authorization code was already redeemed.",
            400),
    65001: ("invalid_grant", "The user or administrator has not consented to "
            "use the application.", 400),
    70008: ("invalid_grant", "The provided authorization code or refresh "
            "token has expired due to inactivity.", 400),
    70016: ("authorization_pending", "OAuth 2.0 device flow error. "
            "Authorization is pending. Continue polling.", 400),
    70018: ("bad_verification_code", "Bad verification code received from "
            "the device.", 400),
    70019: ("expired_token", "Verification code expired. Have the user retry "
            "the sign-in.", 400),
    70043: ("invalid_grant", "The refresh token has expired or is invalid due "
            "to sign-in frequency checks by Conditional Access.", 400),
    700016: ("unauthorized_client", "Application with identifier was not "
             "found in the directory 'Contoso'.", 400),
    700025: ("invalid_client", "Client is public so neither "
             "'client_assertion' nor 'client_secret' should be presented.",
             401),
    700082: ("invalid_grant", "The refresh token has expired due to "
             "inactivity.", 400),
    7000218: ("invalid_client", "The request body must contain the following "
              "parameter: 'client_assertion' or 'client_secret'.", 401),
    90002: ("invalid_request", "Tenant not found. Check to make sure you have "
            "the correct tenant ID and are signing into the correct cloud.",
            400),
    90006: ("temporarily_unavailable", "Service is temporarily unavailable. "
            "Please retry later.", 503),
    90014: ("invalid_request", "The required field is missing from the "
            "credential.", 400),
    90033: ("temporarily_unavailable", "A transient error has occurred. "
            "Please try again.", 503),
    90038: ("invalid_request", "The requested tenant belongs to another "
            "national cloud.", 400),
}


def error(name, number=None, text="The request was denied."):
    """The body of an error, as Entra writes it."""
    now = datetime.datetime.utcnow().strftime("%Y-%m-%d %H:%M:%SZ")
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    label = f"AADSTS{number}: " if number else ""
    body = {"error": name,
            "error_description": f"{label}{text}\r\nTrace ID: {trace}\r\n"
            f"Correlation ID: {correlation}\r\nTimestamp: {now}",
            "error_codes": [number] if number else [],
            "timestamp": now, "trace_id": trace,
            "correlation_id": correlation}
    if number:
        body["error_uri"] = "https://login.microsoftonline.com/error?code=" \
            f"{number}"
    return body


def aadsts(number, name=None):
    """(status, body) of a numbered error."""
    usual, text, status = ERRORS[number]
    return status, error(name or usual, number, text)


# -- tokens ------------------------------------------------------------------

def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _integer(number):
    return b64(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def kid(certificate):
    """Entra's: the certificate's SHA-1 thumbprint."""
    return b64(certificate.fingerprint(hashes.SHA1()))


def jwks(directory, names, issuer):
    """The key set; the key named tenant signs for another one only."""
    template = issuer.replace(people.TENANT, "{tenantid}")
    rows = []
    for name in names:
        key, certificate = keys.load(directory, name)
        numbers = key.public_key().public_numbers()
        rows.append({
            "kty": "RSA", "use": "sig", "kid": kid(certificate),
            "x5t": kid(certificate), "n": _integer(numbers.n),
            "e": _integer(numbers.e),
            "x5c": [base64.b64encode(certificate.public_bytes(
                serialization.Encoding.DER)).decode()],
            "cloud_instance_name": "microsoftonline.com",
            "issuer": template.replace("{tenantid}", CONSUMERS)
            if name == "tenant" else template})
    return {"keys": rows}


@dataclass
class Draft:
    """A token before it is written down; variants change it."""
    directory: str
    signer: str
    claims: dict
    header: dict = field(default_factory=dict)
    sign: str = "rs256"
    after: list = field(default_factory=list)       # text -> text

    def __post_init__(self):
        _, certificate = keys.load(self.directory, self.signer)
        self.header = {"typ": "JWT", "alg": "RS256", "kid": kid(certificate)}


def claims_of(person, issuer, client, now):
    """The claims of a v2.0 id_token with the scopes openid and profile."""
    begin = int(now) - BACKDATED
    found = {
        "aud": client, "iss": issuer, "iat": begin, "nbf": begin,
        "exp": begin + LIFETIME, "aio": b64(secrets.token_bytes(60)),
        "name": person.display, "oid": person.oid,
        "preferred_username": person.upn,
        "rh": "1." + b64(secrets.token_bytes(40)) + ".",
        "sub": b64(hashlib.sha256((client + person.oid).encode()).digest()),
        "tid": people.TENANT, "uti": b64(secrets.token_bytes(16)),
        "ver": "2.0"}
    if person.guest:
        found["idp"] = f"https://sts.windows.net/{OTHER_TENANT}/"
        found["preferred_username"] = found["email"] = \
            "x.guest@fabrikam.com"
    return found


def _set(**values):
    return lambda draft: draft.claims.update(values)


def _drop(name):
    return lambda draft: draft.claims.pop(name)


def _move(seconds):
    def change(draft):
        for name in ("iat", "nbf", "exp"):
            draft.claims[name] += seconds
    return change


def _header(**values):
    return lambda draft: draft.header.update(values)


def _hs256(draft):
    draft.header["alg"] = "HS256"
    draft.sign = "hs256"


def _none(draft):
    draft.header["alg"] = "none"
    draft.sign = "none"


def _foreign(draft):
    draft.signer = "stranger"


def _consumers(draft):
    draft.signer = "tenant"
    _, certificate = keys.load(draft.directory, draft.signer)
    draft.header["kid"] = kid(certificate)


def _overage(draft):
    draft.claims["_claim_names"] = {"groups": "src1"}
    draft.claims["_claim_sources"] = {"src1": {
        "endpoint": "https://graph.windows.net/" + people.TENANT +
        f"/users/{draft.claims['oid']}/getMemberObjects"}}


def _padded(draft):
    draft.after.append(lambda token: token + "=")


def _duplicate(draft):
    draft.sign = "duplicate"


def _tampered(draft):
    draft.after.append(lambda token: token[:-8] + (
        "AAAAAAAA" if token[-8:] != "AAAAAAAA" else "BBBBBBBB"))


VARIANTS = {
    "wrong-aud": _set(aud="00000000-0000-0000-0000-000000000001"),
    "two-auds": lambda d: d.claims.update(aud=[d.claims["aud"], "other"]),
    "wrong-iss": lambda d: d.claims.update(iss=d.claims["iss"].replace(
        people.TENANT, OTHER_TENANT)),
    "wrong-tid": _set(tid=OTHER_TENANT),
    "no-tid": _drop("tid"),
    "no-oid": _drop("oid"),
    "no-exp": _drop("exp"),
    "no-kid": lambda d: d.header.pop("kid"),
    "v1": _set(ver="1.0"),
    "nonce": _set(nonce="a-nonce-that-nobody-sent"),
    "expired": _move(-2 * LIFETIME),
    "future": _move(2 * LIFETIME),
    "old": lambda d: d.claims.update(iat=d.claims["iat"] - 3600),
    "text-exp": lambda d: d.claims.update(exp=str(d.claims["exp"])),
    "hs256": _hs256,
    "none": _none,
    "foreign-key": _foreign,
    "consumers-key": _consumers,
    "tampered": _tampered,
    "unknown-kid": _header(kid="no-such-key"),
    "path-kid": _header(kid="../../etc/passwd"),
    "crit": _header(crit=["exp"]),
    "jwk": _header(jwk={"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
    "at-jwt": _header(typ="at+jwt"),
    "no-typ": lambda d: d.header.pop("typ"),
    "padded": _padded,
    "duplicate": _duplicate,
    "guest": _set(idp=f"https://sts.windows.net/{OTHER_TENANT}/", acct=1),
    "groups": lambda d: d.claims.update(groups=[
        str(uuid.uuid4()) for _ in range(GROUPS_MAX)]),
    "overage": _overage,
    "acrs": _set(acrs=["c1"]),
    "auth-time": lambda d: d.claims.update(auth_time=d.claims["iat"]),
    "ipaddr": _set(ipaddr="203.0.113.9"),
    "wrong-at-hash": _set(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "escape": _set(name="\x1b[2J\x07", preferred_username="a\n\x1b[31mb"),
    "huge": _set(name="x" * 20000),
}


def write(draft):
    """The token in compact serialisation."""
    payload = json.dumps(draft.claims, separators=(",", ":"))
    if draft.sign == "duplicate":
        payload = '{"oid":"x",' + payload[1:]
    text = b64(json.dumps(draft.header, separators=(",", ":")).encode()) \
        + "." + b64(payload.encode())
    key, _ = keys.load(draft.directory, draft.signer)
    if draft.sign == "none":
        signature = b""
    elif draft.sign == "hs256":
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo)
        signature = hmac.new(public, text.encode(), hashlib.sha256).digest()
    else:
        signature = key.sign(text.encode(), padding.PKCS1v15(),
                             hashes.SHA256())
    text += "." + b64(signature)
    for change in draft.after:
        text = change(text)
    return text


def check_variants(text):
    unknown = {v for v in text.split(",") if v} - set(VARIANTS)
    if unknown:
        raise scim.Refused(400, f"no variant {', '.join(unknown)}")


# -- the tenant --------------------------------------------------------------

def plain(user_code):
    """As people may write it."""
    return "".join(c for c in user_code.upper() if c.isalnum())


@dataclass
class Flow:
    """One device authorization."""
    device_code: str
    user_code: str
    client: str
    scope: str
    interval: int
    expires: float
    person: people.Person = None
    declined: bool = False
    redeemed: bool = False
    polled: float = 0
    variants: str = ""


class Tenant:
    """Contoso's, with the flows that are under way."""

    def __init__(self, directory):
        self.directory = directory
        self.lock = threading.Lock()
        self.flows = {}         # by device_code
        self.log = []
        self.secrets = []
        self.settings = {name: row[0] for name, row in SETTINGS.items()}
        self.next = {}          # endpoint or endpoint:CODE:
        #                         [[answer, times], ...]

    def set(self, changes):
        for name, value in changes.items():
            if name not in SETTINGS:
                raise scim.Refused(400, f"there is no setting {name}")
            if name == "token":
                check_variants(value)
            self.settings[name] = type(SETTINGS[name][0])(value)

    def take(self, endpoint, user_code):
        """What the next request of this endpoint (of this code) is answered
        with, if it is not the usual."""
        queue = self.next.get(f"{endpoint}:{plain(user_code)}") \
            or self.next.get(endpoint)
        if not queue:
            return None
        answer = queue[0][0]
        queue[0][1] -= 1
        if queue[0][1] == 0:
            queue.pop(0)
        return answer

    def find(self, user_code):
        """The newest flow of this code, as people write it."""
        for flow in reversed(self.flows.values()):
            if plain(flow.user_code) == plain(user_code):
                return flow
        raise scim.Refused(404, f"no code {user_code}")

    def decide(self, user_code, upn, variants=""):
        """The person with this name approves, and gets such a token; ""
        declines."""
        flow = self.find(user_code)
        check_variants(variants)
        flow.variants = variants
        if flow.expires < time.monotonic():
            raise scim.Refused(410, "The code has expired.")
        if upn:
            try:
                flow.person = people.find(upn)
            except KeyError:
                raise scim.Refused(403, "AADSTS50034: The user account does "
                                   "not exist in the directory.") from None
        else:
            flow.declined = True

    # -- the endpoints: (status, body)

    def begin(self, form, base):
        if form.get("client_id") != CLIENT:
            return aadsts(700016)
        if "openid" not in form.get("scope", "").split():
            return aadsts(90014)
        if "client_secret" in form:
            return aadsts(700025)
        settings = self.settings
        flow = Flow(secrets.token_urlsafe(150),
                    settings["user_code"] or "".join(
                        secrets.choice(CODE_LETTERS)
                        for _ in range(CODE_LENGTH)),
                    form["client_id"], form["scope"],
                    int(settings["interval"] or 5),
                    time.monotonic() + settings["expires_in"])
        self.flows[flow.device_code] = flow
        self.secrets.append(flow.device_code)
        uri = settings["verification_uri"] or f"{base}/devicelogin"
        body = {"user_code": flow.user_code, "device_code": flow.device_code,
                "verification_uri": uri, "expires_in": settings["expires_in"],
                "interval": flow.interval,
                "message": "To sign in, use a web browser to open the page "
                f"{uri} and enter the code {flow.user_code} to "
                "authenticate."}
        if not settings["interval"]:
            del body["interval"]
        if settings["text_numbers"]:
            body.update({name: str(body[name]) for name in
                         ("interval", "expires_in") if name in body})
        return 200, body

    def poll(self, form, issuer):
        if form.get("grant_type") != GRANT:
            return aadsts(90014)
        flow = self.flows.get(form.get("device_code"))
        if flow is None or flow.redeemed:
            return aadsts(70018)
        if form.get("client_id") != flow.client:
            return aadsts(700016)
        if flow.expires < time.monotonic():
            return aadsts(70019)
        if flow.declined:
            return 400, error("authorization_declined", None,
                              "The user declined to authenticate.")
        if flow.person is None:
            return aadsts(70016)
        flow.redeemed = True
        return 200, self._tokens(flow, issuer)

    def _tokens(self, flow, issuer):
        settings = self.settings
        draft = Draft(self.directory, settings["signer"], claims_of(
            flow.person, issuer, flow.client,
            time.time() + settings["skew"]))
        for name in filter(None, (flow.variants or
                                  settings["token"]).split(",")):
            VARIANTS[name](draft)
        body = {"token_type": "Bearer", "scope": flow.scope,
                "expires_in": LIFETIME - 1, "ext_expires_in": LIFETIME - 1,
                "access_token": "EwB" + b64(secrets.token_bytes(900)),
                "id_token": write(draft)}
        if "offline_access" in flow.scope.split():
            body["refresh_token"] = "0.A" + b64(secrets.token_bytes(600))
        self.secrets += [body["access_token"], body["id_token"]]
        return body

    def discovery(self, base, issuer):
        settings = self.settings
        base = settings["endpoint_host"] or base
        root = f"{base}/{people.TENANT}"
        return 200, {
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": [
                "client_secret_post", "private_key_jwt",
                "client_secret_basic"],
            "jwks_uri": f"{root}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token",
                                         "id_token token"],
            "scopes_supported": ["openid", "profile", "email",
                                 "offline_access"],
            "issuer": settings["issuer"] or issuer,
            "request_uri_parameter_supported": False,
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            "http_logout_supported": True,
            "frontchannel_logout_supported": True,
            "end_session_endpoint": f"{root}/oauth2/v2.0/logout",
            "claims_supported": [
                "sub", "iss", "cloud_instance_name", "aud", "exp", "iat",
                "auth_time", "acr", "nonce", "preferred_username", "name",
                "tid", "ver", "at_hash", "c_hash", "email"],
            "kerberos_endpoint": f"{root}/kerberos",
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
            "rbac_url": "https://pas.windows.net"}
