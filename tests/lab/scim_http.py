# SPDX-License-Identifier: BSD-2-Clause
"""The HTTP in front of scim.Directory, Entra's pages, and the lab's control.

What it is to do wrong is said by the directory's faults.
"""

import email.utils
import hashlib
import hmac
import http.server
import json
import re
import socket
import ssl
import time
import urllib.parse

import idp
import people
from scim import BASE, LIST, Refused


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

    def _send(self, status, body, kind="application/scim+json", headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
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

    def _remember(self, authorized):
        directory = self.server.directory
        with directory.lock:
            directory.requests.append({
                "method": self.command, "path": self.path,
                "authorized": authorized,
                "conditional": "If-None-Match" in self.headers})

    def _dispatch(self):
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query, True))
        try:
            if parts.path.startswith("/lab/"):
                self._control(parts.path[5:])
            elif parts.path.startswith(BASE):
                self._remember(self._authorized())
                self._scim(parts.path[len(BASE):], query)
            else:
                self._entra(parts.path, query)
        except Refused as error:
            self._send(error.status, error.body, headers=error.headers)

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
        if path == "/Groups" and directory.faults["groups"]:
            self._groups(directory, query)
            return
        match = re.fullmatch(r"/Users(?:/([\w-]+))?", path)
        if not match:
            raise Refused(404, "Resource not found")    # /Groups, too
        if self.command == "GET" and self._fault(query):
            return
        with directory.lock:
            self._users(directory, match[1], query)

    def _users(self, directory, user_id, query):
        if user_id is None and self.command == "GET":
            self._listing(directory.serialize(directory.list(query)))
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

    def _groups(self, directory, query):
        if self.command != "GET":
            raise Refused(405, "method is not supported")
        if directory.faults["groups_status"]:
            raise Refused(directory.faults["groups_status"],
                          "the lab was told to")
        with directory.lock:
            page = directory.page_number(query)
            data = directory.serialize(directory.list(query, groups=True))
            self._busy(directory, 0)
        if directory.faults["die_groups"] == page:
            self._die(data)
        else:
            self._listing(data)

    def _listing(self, data):
        """A page, or 304 for who has it."""
        if not self.server.directory.faults["etags"]:
            self._send(200, data)
            return
        etag = 'W/"' + hashlib.sha256(data).hexdigest()[:27] + '"'
        if self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
        else:
            self._send(200, data, headers=[("ETag", etag)])

    def _fault(self, query):
        """Answers as it was told to, if it was."""
        directory = self.server.directory
        faults = directory.faults
        with directory.lock:
            page = directory.page_number(query)
            self._busy(directory, page)
            self._cursor(directory, query, page)
            if faults["grow_page"] == page and directory.once("grow_page"):
                directory.create({"userName": "hired@contoso.com", "name": {
                    "givenName": "Hired", "familyName": "Meanwhile"}})
        if faults["status"]:
            raise Refused(faults["status"], "the lab was told to")
        if faults["error_page"] == page:
            raise Refused(500, "the lab was told to")
        if faults["redirect"]:
            self._send(302, b"", headers=[("Location", faults["redirect"])])
        elif faults["html"]:
            self._send(200, b"<html><body>Sign in</body></html>", "text/html")
        elif faults["junk"]:
            self._send(200, b'{"schemas": ["' + LIST.encode() + b'"], ')
        elif faults["die_page"] == page:
            with directory.lock:
                data = directory.serialize(directory.list(query))
            self._die(data)
        else:
            return False
        return True

    @staticmethod
    def _busy(directory, page):
        status, _, rest = directory.faults["busy"].partition(":")
        times, _, after = rest.partition(":")
        if not status or directory.faults["busy_page"] not in (0, page) or \
                not directory.once("busy", int(times or 1)):
            return
        if after == "date":
            # In whole seconds: less than two from now.
            after = email.utils.formatdate(time.time() + 2, usegmt=True)
        raise Refused(int(status), "the lab is busy",
                      headers=[("Retry-After", after)] if after else ())

    @staticmethod
    def _cursor(directory, query, page):
        if "cursor" in query and directory.faults["cursor_expires"] == page \
                and directory.once("cursor_expires"):
            raise Refused(400, "the cursor has expired", "expiredCursor")

    def _die(self, data):
        self.send_response(200)
        self.send_header("Content-Type", "application/scim+json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:len(data) // 2])
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    # -- Entra's pages

    def _entra(self, path, query):
        metadata = f"/{people.TENANT}/federationmetadata/2007-06/" \
            "federationmetadata.xml"
        if path.lower() == metadata:
            faults = self.server.directory.faults
            self._remember(True)
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
            elif self.command == "POST":
                self._change(directory, verb)
                self._send(200, {})
            else:
                raise Refused(404, f"no control {verb}")

    def _change(self, directory, verb):
        body = self._body()
        if verb == "forget":
            directory.requests.clear()
        elif verb == "fill":
            directory.fill(int(body["count"]))
        elif verb == "vanish":
            directory.vanish(body["userName"])
        elif verb == "put":
            directory.put(body["name"], body["path"], body["value"])
        elif verb == "post":
            for user in body["users"]:
                directory.post(user)
        elif verb == "group":
            directory.group(body["name"], body["members"])
        else:
            raise Refused(404, f"no control {verb}")


class Server(http.server.ThreadingHTTPServer):
    """Listens on loopback, with TLS if there is a certificate; tls-expired,
    tls-other and tls-self beside it are for the fault of that name."""

    daemon_threads = True

    request_queue_size = 64

    def __init__(self, port, directory, key_directory, token, tls=None,
                 handler=Handler):
        super().__init__(("127.0.0.1", port), handler)
        self.directory = directory
        self.keys = key_directory
        self.token = token
        self.contexts = {}
        for name in ("", "-expired", "-other", "-self") if tls else ():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls + name + ".pem", tls + name + ".key")
            self.contexts[name[1:]] = context

    def get_request(self):
        connection, address = super().get_request()
        if self.contexts:
            fault = self.directory.faults["tls"] if self.directory else ""
            connection = self.contexts[fault].wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        pass
