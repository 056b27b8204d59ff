# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for 8x8's SCIM service, and Entra as its client.

Directory is the data and the rules, Handler the HTTP in front of it.  Faults
are settings of the directory, changed while it runs; FACTS.md says which
fact is imitated where.
"""

import base64
import copy
import datetime
import hmac
import http.server
import json
import os
import re
import socket
import ssl
import threading
import time
import urllib.parse
import urllib.request

import idp
import people

CUSTOMER = "0012J00042NkZQIQA3"
BASE = f"/udi/customers/{CUSTOMER}/scim/v2"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SITE = "urn:ietf:params:scim:schemas:extension:8x8:1.1:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER_NAME = re.compile(r"[\w.@/#-]{3,70}")
PAGE_MAX = 100

# name: (default, what it does)
FAULTS = {
    "die_page": (0, "page N breaks off in the middle"),
    "error_page": (0, "page N is answered with status 500"),
    "slow": (0, "seconds before every answer"),
    "status": (0, "every request of /Users is answered with this status"),
    "redirect": ("", "every request of /Users is sent there"),
    "html": (False, "every request of /Users gets a login page, status 200"),
    "total_more": (0, "totalResults promises so many more"),
    "active_text": (False, 'active is the text "True" or "False"'),
    "active_absent": (False, "active is left out"),
    "page_one_again": (False, "startIndex behind the end gives page 1"),
    "items_requested": (False, "itemsPerPage is the count asked for"),
    "repeat": (False, "each page repeats the last resource of the one before"),
    "junk": (False, "the body is not JSON"),
    "metadata": ("", "keys in the application's metadata, with commas"),
    "metadata_status": (0, "metadata is answered with this status"),
    "duplicate_keys": (False, "every resource has userName twice"),
}


class Refused(Exception):
    """An HTTP error with a SCIM body."""

    def __init__(self, status, detail, scim_type=None):
        super().__init__(detail)
        self.status = status
        self.body = {"schemas": [ERROR], "status": str(status),
                     "detail": detail}
        if scim_type:
            self.body["scimType"] = scim_type


def _now():
    return datetime.datetime.utcnow().strftime("%Y-%m-%dT%H:%M:%S.") + "000Z"


class Directory:
    """The users of one 8x8 customer."""

    def __init__(self):
        self.lock = threading.Lock()
        self.users = {}
        self.requests = []
        self.faults = {name: row[0] for name, row in FAULTS.items()}

    def set_faults(self, changes):
        for name, value in changes.items():
            if name not in FAULTS:
                raise Refused(400, f"there is no fault {name}")
            self.faults[name] = type(FAULTS[name][0])(value)

    def get(self, user_id):
        if user_id not in self.users:
            raise Refused(404, f"User {user_id} not found")
        return self.users[user_id]

    def create(self, data):
        name = data.get("userName", "")
        if not isinstance(name, str) or not USER_NAME.fullmatch(name):
            raise Refused(400, "userName is missing or malformed",
                          "invalidValue")
        person = data.get("name", {})
        if not person.get("givenName") or not person.get("familyName"):
            raise Refused(400, "name is missing", "invalidValue")
        if any(u["userName"].lower() == name.lower()
               for u in self.users.values()):
            raise Refused(409, "userName is taken", "uniqueness")
        now = _now()
        user = {key: value for key, value in data.items()
                if key not in ("id", "meta", "groups")}
        user["id"] = base64.urlsafe_b64encode(os.urandom(16)).decode()[:22]
        user["schemas"] = [CORE, ENTERPRISE, SITE]
        user.setdefault("active", True)
        user.setdefault("emails", [{"value": "noreply@8x8.com",
                                    "type": "work", "primary": True}])
        user["meta"] = {"resourceType": "User", "created": now,
                        "lastModified": now,
                        "location": f"{BASE}/Users/{user['id']}"}
        self.users[user["id"]] = user
        return user

    def patch(self, user_id, data):
        user = copy.deepcopy(self.get(user_id))
        if PATCH_OP not in data.get("schemas", []):
            raise Refused(400, "not a PatchOp", "invalidSyntax")
        for change in data.get("Operations", []):
            if change.get("op", "").lower() not in ("add", "replace"):
                raise Refused(400, "op is not supported", "invalidSyntax")
            self._set(user, change.get("path", ""), change.get("value"))
        user["meta"]["lastModified"] = _now()
        self.users[user_id] = user
        return user

    @staticmethod
    def _set(user, path, value):
        if path.startswith(SITE):
            if user.get(SITE, {}).get("site") not in (None, value):
                raise Refused(400, "site cannot be changed", "mutability")
            user.setdefault(SITE, {})["site"] = value
        elif path.startswith(ENTERPRISE + ":"):
            user.setdefault(ENTERPRISE, {})[path[len(ENTERPRISE) + 1:]] = value
        elif path == "active":
            # Entra sends the text "False" unless told not to.
            user["active"] = str(value).lower() == "true"
        elif path in ("userName", "externalId", "title", "displayName"):
            user[path] = value
        elif path in ("name.givenName", "name.familyName"):
            user.setdefault("name", {})[path[5:]] = value
        else:
            raise Refused(400, f"no attribute {path}", "invalidPath")

    def deactivate(self, user_id):
        self.get(user_id)["active"] = False

    # -- the listing

    def list(self, query):
        users = [u for u in self.users.values()
                 if self._matches(u, query.get("filter"))]
        start = max(1, _number(query, "startIndex", 1))
        asked = max(0, _number(query, "count", PAGE_MAX))
        count = min(asked, PAGE_MAX)
        first = start - 1
        if self.faults["repeat"] and first:
            first -= 1
        if self.faults["page_one_again"] and first >= len(users):
            first = 0
        page = [self._shown(u) for u in users[first:first + count]]
        return {"schemas": [LIST],
                "totalResults": len(users) + self.faults["total_more"],
                "startIndex": start,
                "itemsPerPage": asked if self.faults["items_requested"]
                else len(page),
                "Resources": page}

    @staticmethod
    def _matches(user, condition):
        if not condition:
            return True
        match = re.fullmatch(r'(userName|externalId|id) eq "([^"]*)"',
                             condition)
        if not match:
            raise Refused(400, "filter is not supported", "invalidFilter")
        return str(user.get(match[1], "")).lower() == match[2].lower()

    def _shown(self, user):
        user = dict(user)
        if self.faults["active_absent"]:
            user.pop("active", None)
        elif self.faults["active_text"]:
            user["active"] = str(user["active"])
        return user

    def fill(self, count):
        """Adds so many more people, so that there are several pages."""
        for number in range(count):
            self.create({"userName": f"agent{number:05d}@contoso.com",
                         "externalId": f"agent{number:05d}",
                         "name": {"givenName": "Agent",
                                  "familyName": f"No{number:05d}"},
                         ENTERPRISE: {"department": "Support"}})


def _number(query, name, default):
    try:
        return int(query.get(name, default))
    except ValueError as error:
        raise Refused(400, f"{name} is no number", "invalidValue") from error


# -- HTTP --------------------------------------------------------------------

class Handler(http.server.BaseHTTPRequestHandler):
    """One request.  /lab/ is the control interface; the rest is the cloud."""

    protocol_version = "HTTP/1.1"
    server_version = "lab"

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def _send(self, status, body, kind="application/scim+json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        self.end_headers()
        self.wfile.write(data)

    def _body(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            return json.loads(data or b"{}")
        except ValueError as error:
            raise Refused(400, "not JSON", "invalidSyntax") from error

    def _dispatch(self):
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        try:
            if parts.path.startswith("/lab/"):
                self._control(parts.path[5:])
            elif parts.path.startswith(BASE):
                with self.server.directory.lock:
                    self.server.directory.requests.append(
                        {"method": self.command, "path": self.path,
                         "authorized": self._authorized()})
                self._scim(parts.path[len(BASE):], query)
            else:
                self._entra(parts.path, query)
        except Refused as error:
            self._send(error.status, error.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _dispatch

    # -- SCIM

    def _authorized(self):
        return hmac.compare_digest(
            self.headers.get("Authorization", "").encode(),
            b"Bearer " + self.server.token.encode())

    def _scim(self, path, query):
        directory = self.server.directory
        time.sleep(directory.faults["slow"])
        if not self._authorized():
            raise Refused(401, "Authentication failed")
        match = re.fullmatch(r"/Users(?:/([\w-]+))?", path)
        if not match:
            raise Refused(404, "Resource not found")    # /Groups, too
        if self.command == "GET" and self._fault(query):
            return
        with directory.lock:
            self._users(directory, match[1], query)

    def _users(self, directory, user_id, query):
        if user_id is None and self.command == "GET":
            self._send(200, self._listing(directory.list(query)))
        elif user_id is None and self.command == "POST":
            self._send(201, directory.create(self._body()))
        elif user_id and self.command == "GET":
            self._send(200, directory.get(user_id))
        elif user_id and self.command == "PATCH":
            self._send(200, directory.patch(user_id, self._body()))
        elif user_id and self.command == "DELETE":
            directory.deactivate(user_id)
            self._send(204, b"")
        else:
            raise Refused(405, "method is not supported")

    def _listing(self, body):
        data = json.dumps(body).encode()
        if self.server.directory.faults["duplicate_keys"]:
            data = data.replace(b'"userName":', b'"userName": "x", '
                                                b'"userName":')
        return data

    def _fault(self, query):
        faults = self.server.directory.faults
        page = 1 + (_number(query, "startIndex", 1) - 1) \
            // max(1, min(PAGE_MAX, _number(query, "count", PAGE_MAX)))
        if faults["status"]:
            raise Refused(faults["status"], "the lab was told to")
        if faults["error_page"] == page:
            raise Refused(500, "the lab was told to")
        if faults["redirect"]:
            self.send_response(302)
            self.send_header("Location", faults["redirect"])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif faults["html"]:
            self._send(200, b"<html><body>Sign in</body></html>", "text/html")
        elif faults["junk"]:
            self._send(200, b'{"schemas": ["' + LIST.encode() + b'"], ')
        elif faults["die_page"] == page:
            with self.server.directory.lock:
                data = json.dumps(self.server.directory.list(query)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/scim+json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:len(data) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            return False
        return True

    # -- Entra's pages

    def _entra(self, path, query):
        metadata = f"/{people.TENANT}/federationmetadata/2007-06/" \
            "federationmetadata.xml"
        if path.lower() == metadata:
            faults = self.server.directory.faults
            with self.server.directory.lock:
                self.server.directory.requests.append(
                    {"method": self.command, "path": self.path,
                     "authorized": True})
            if faults["metadata_status"]:
                raise Refused(faults["metadata_status"], "no metadata")
            names = ["tenant"]
            if "appid" in query:
                names = (faults["metadata"] or "idp,next").split(",")
            self._send(200, idp.metadata(self.server.keys, names),
                       "application/samlmetadata+xml")
        elif path == f"/{people.TENANT}/saml2" and self.command == "GET":
            self._sign_in(query)
        else:
            raise Refused(404, "no such page")

    def _sign_in(self, query):
        url = people.LOGIN_URL + "?" + urllib.parse.urlsplit(self.path).query
        try:
            answer = idp.respond(self.server.keys,
                                 people.find(query.get("login_hint", "")),
                                 url)
        except (idp.SignInError, KeyError) as error:
            text = str(error) if isinstance(error, idp.SignInError) else \
                "AADSTS50034: The user account does not exist in the directory."
            self._send(200, text.encode(), "text/plain")
            return
        self._send(200, (
            f'<html><body><form method="POST" action="{people.APP}">'
            f'<input type="hidden" name="SAMLResponse" value="{answer}"/>'
            '</form><script>document.forms[0].submit()</script></body>'
            '</html>').encode(), "text/html")

    # -- control

    def _control(self, verb):
        directory = self.server.directory
        if not self._authorized():
            raise Refused(401, "the control interface wants the token, too")
        with directory.lock:
            if verb == "faults" and self.command == "POST":
                directory.set_faults(self._body())
                self._send(200, directory.faults)
            elif verb == "requests" and self.command == "GET":
                self._send(200, directory.requests)
            elif verb == "forget" and self.command == "POST":
                directory.requests.clear()
                self._send(200, {})
            elif verb == "fill" and self.command == "POST":
                directory.fill(int(self._body()["count"]))
                self._send(200, {})
            elif verb == "vanish" and self.command == "POST":
                self._vanish(directory, self._body()["userName"])
                self._send(200, {})
            else:
                raise Refused(404, f"no control {verb}")

    @staticmethod
    def _vanish(directory, name):
        """What deleting in the Admin Console does; SCIM cannot."""
        for user in list(directory.users.values()):
            if user["userName"].lower() == name.lower():
                del directory.users[user["id"]]


class Server(http.server.ThreadingHTTPServer):
    """Listens on loopback, with TLS if there is a certificate."""

    daemon_threads = True

    request_queue_size = 64

    def __init__(self, port, directory, key_directory, token, tls=None,
                 handler=Handler):
        super().__init__(("127.0.0.1", port), handler)
        self.directory = directory
        self.keys = key_directory
        self.token = token
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls + ".pem", tls + ".key")
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request, client_address):
        pass


# -- Entra as provisioning client --------------------------------------------

class Entra:
    """Pushes people to a SCIM server the way Entra's provisioning does."""

    def __init__(self, url, token):
        self.url = url.rstrip("/")
        self.token = token

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}",
                     "Content-Type": "application/scim+json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            data = answer.read()
        return json.loads(data) if data else None

    def _find(self, upn):
        query = urllib.parse.quote(f'userName eq "{upn}"')
        found = self.call("GET", f"/Users?filter={query}")["Resources"]
        return found[0]["id"] if found else None

    def provision(self, person):
        user_id = self._find(person.upn)
        if user_id:
            return self.patch(user_id, active="True")
        return self.call("POST", "/Users", {
            "schemas": [CORE, ENTERPRISE, SITE],
            "userName": person.upn, "externalId": person.nickname,
            "active": True, "title": person.title,
            "name": {"givenName": person.given, "familyName": person.family},
            "emails": [{"value": person.upn, "type": "work",
                        "primary": True}],
            ENTERPRISE: {"department": person.department},
            SITE: {"site": person.site}})

    def patch(self, user_id, **values):
        return self.call("PATCH", f"/Users/{user_id}", {
            "schemas": [PATCH_OP],
            "Operations": [{"op": "Replace", "path": path, "value": value}
                           for path, value in values.items()]})

    def disable(self, person):
        return self.patch(self._find(person.upn), active="False")
