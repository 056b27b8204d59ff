#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A provider with a device flow, on loopback, that can be told to misbehave.

    device_server.py DIR [CERT KEY]

writes its port to DIR/port and a line per request (milliseconds, path, form,
Accept) to DIR/requests.  The first part of the path is what it does, the
second device or token: /good/device.  Tokens are signed with DIR/sign.pem;
the answers to /NAME/token are those of TOKEN[NAME] in their order, the last
of them for ever.  With CERT and KEY it speaks TLS.
"""

import base64
import http.server
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import time

TENANT = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
CLIENT = "00001111-aaaa-2222-bbbb-3333cccc4444"
ISSUER = "https://login.microsoftonline.com/%s/v2.0" % TENANT
OBJECT = "99998888-7777-6666-5555-444433332222"
SECRET = "s3cr3t-dev1ce-c0de"
IDS = {"correlation_id": "01234567-89ab-cdef-0123-456789abcdef",
       "trace_id": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def error(name, number, text="\x1b[2J " + SECRET):
    return 400, dict(IDS, error=name, error_codes=[number],
                     error_description="AADSTS%d: %s" % (number, text))


def code(**changes):
    body = {"device_code": SECRET, "user_code": "C45FGVYJR",
            "verification_uri": "https://microsoft.com/devicelogin",
            "expires_in": 900, "interval": 5, "message": "\x1b[2JGo there"}
    body.update(changes)
    return 200, {key: value for key, value in body.items()
                 if value is not None}


PENDING = error("authorization_pending", 70016)
SLOW = error("slow_down", 70016)
PAGE = 200, b"<html>sign in to the network</html>"
HUGE = 200, b"[" + b" " * (10 << 20) + b"]"
JUNK = 200, b'{"token_type":"Bearer","id_token":"'
TWICE = 200, b'{"token_type":"Bearer","token_type":"Bearer"}'
MOVED = 302, b""
CLOSED = "closed"       # before an answer
HALF = "half"           # of an answer that says how long it is
RESET = "reset"         # in the middle of one
SILENT = "silent"       # for as long as the client likes
GOOD = "good"           # a token

DEVICE = {
    "strings": [code(expires_in="900", interval=None)],
    "busy": [(503, b""), code()],
    "lower": [code(user_code="c45fgvyjr")],
    "uri": [code(verification_uri="https://evil.example/")],
    "escape": [code(user_code="\x1b[2JABCD")],
    "slow": [code(interval=301)],
    "page": [PAGE], "huge": [HUGE], "junk": [JUNK], "moved": [MOVED],
    "twice": [TWICE],
    "closed": [CLOSED, HALF, code()],
    "dead": [CLOSED],
    "flow_off": [error("invalid_client", 7000218)],
    "tenant": [error("invalid_request", 90002)],
    "brief": [code(expires_in=7)],
}

TOKEN = {
    "good": [PENDING, GOOD],
    "slow_down": [SLOW, GOOD],
    "lossy": [HALF, GOOD],
    "hung_up": [PENDING, CLOSED, GOOD],
    "page_token": [PAGE, GOOD], "huge_token": [HUGE, GOOD],
    "junk_token": [JUNK, GOOD], "moved_token": [MOVED, GOOD],
    "twice_token": [TWICE, GOOD],
    "no_token": [(200, {"token_type": "Bearer"}), GOOD],
    "created": [(201, {"token_type": "Bearer", "id_token": "a.b.c"}), GOOD],
    "garbage": [(200, {"token_type": "Bearer", "id_token": "a.b.c"})],
    "declined": [error("authorization_declined", 4711), GOOD],
    "lost": [error("bad_verification_code", 70018), GOOD],
    "unassigned": [error("invalid_grant", 50105), GOOD],
    "silent": [SILENT],
    "pending": [PENDING],
    "brief": [PENDING],
}


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that hangs up is no news."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    asked = {}

    def log_message(self, *args):
        pass

    def token(self):
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": CLIENT, "tid": TENANT, "oid": OBJECT,
                  "sub": "s", "ver": "2.0", "uti": "u%d" % now,
                  "iat": now - 300, "nbf": now - 300, "exp": now + 3600,
                  "preferred_username": "b.simon@contoso.example"}
        head = {"typ": "JWT", "alg": "RS256", "kid": "k1"}
        text = (b64(json.dumps(head).encode()) + b"." +
                b64(json.dumps(claims).encode()))
        done = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign",
             os.path.join(self.server.directory, "sign.pem")],
            input=text, stdout=subprocess.PIPE, check=True)
        return 200, {"token_type": "Bearer", "scope": "openid profile",
                     "expires_in": 3600, "access_token": "opaque",
                     "id_token": (text + b"." + b64(done.stdout)).decode()}

    def send_all(self, status, body):
        content_type = "application/json; charset=utf-8"
        if isinstance(body, bytes):
            if body.startswith(b"<html"):
                content_type = "text/html"
        else:
            body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/good/token")
        self.end_headers()
        self.wfile.write(body)

    def send_part(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"token_type":"Bearer"')
        self.close_connection = True

    def misbehave(self, how):
        if how == HALF:
            self.send_part()
        elif how == RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack("ii", 1, 0))
            self.send_part()
        elif how == SILENT:
            time.sleep(120)
        self.close_connection = True

    def do_POST(self):
        size = int(self.headers.get("Content-Length", "0"))
        form = self.rfile.read(size).decode()
        with open(os.path.join(self.server.directory, "requests"), "a",
                  encoding="utf-8") as log:
            log.write("%d %s %s %s\n" % (
                time.monotonic() * 1000, self.path, form,
                self.headers.get("Accept")))
        name, kind = self.path.strip("/").split("/")
        if kind == "device":
            steps = DEVICE.get(name, [code()])
        else:
            steps = TOKEN.get(name, [GOOD])
        count = Handler.asked.get(self.path, 0)
        Handler.asked[self.path] = count + 1
        step = steps[min(count, len(steps) - 1)]
        if step == GOOD:
            step = self.token()
        if isinstance(step, str):
            self.misbehave(step)
        else:
            self.send_all(*step)


def main():
    directory = sys.argv[1]
    server = Server(("127.0.0.1", 0), Handler)
    server.directory = directory
    if len(sys.argv) == 4:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    port = os.path.join(directory, "port")
    with open(port + ".new", "w", encoding="ascii") as out:
        out.write(str(server.server_address[1]))
    os.rename(port + ".new", port)
    server.serve_forever()


if __name__ == "__main__":
    main()
