#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A SCIM server of one file, on loopback, that can be told to misbehave.

    scim_server.py DIR [CERT KEY]

writes its port to DIR/port and a line per request (method, path, and the
headers of interest) to DIR/requests.  The first part of the path is what it
does, the second how many users it has and, perhaps, how many groups:
/good/250/Users lists 250 users, /good/250+7/Groups 7 groups.  Without the
second number there is no /Groups.
/metadata/good is what DIR/metadata.xml holds at that moment, for everybody,
/oidc/good/.well-known/openid-configuration is DIR/discovery.json and
/keys/good DIR/jwks.json; good may be something worse here, too.  With CERT and
KEY it speaks TLS.
"""

import email.utils
import hashlib
import http.server
import json
import os
import ssl
import sys
import time
import urllib.parse

TOKEN = "s3cr3t-T0k3n"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
EIGHT = "urn:ietf:params:scim:schemas:extension:8x8:1.1:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
# What is for everybody: the file and its type.
FILES = {
    "metadata": ("metadata.xml", "application/samlmetadata+xml"),
    "oidc": ("discovery.json", "application/json"),
    "keys": ("jwks.json", "application/jwk-set+json"),
}


def user(n):
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", EIGHT],
        "id": "id-%08d" % n,
        "userName": "user%d@contoso.example" % n,
        "externalId": "ext-%d" % n,
        "active": n % 50 != 7,
        "title": "Agent",
        "name": {"givenName": "G\u00f6%d" % n, "familyName": "F%d" % n},
        "emails": [{"value": "user%d@contoso.example" % n, "type": "work"}],
        ENTERPRISE: {"department": "Department %d" % (n % 20)},
        EIGHT: {"site": "Main"},
        "meta": {"resourceType": "User",
                 "created": "2026-01-02T03:04:05.%03dZ" % (n % 1000)},
    }


POSIX = "urn:ietf:params:scim:schemas:extension:posix:2.0:"


def posix_user(n):
    """uidNumber in the places and types that servers choose."""
    resource = user(n)
    number = 100000 + n
    shapes = [
        {POSIX + "User": {"uidNumber": number}},
        {POSIX + "User": {"uidNumber": str(number)}},
        {POSIX + "User:uidNumber": number},
        {POSIX.upper() + "USER": {"UIDNUMBER": number}},
        {},
        {POSIX + "User": {"uidNumber": -5}},
        {POSIX + "User": {"uidNumber": "root"}},
        {POSIX + "User": [number]},
    ]
    resource.update(shapes[n % len(shapes)])
    return resource


def group(n):
    """Members are users and, of every third, another group."""
    members = [{"value": "id-%08d" % m, "display": "B. Simon",
                "type": "User"} for m in range(n, n + 3)]
    if n % 3 == 2:
        members.append({"value": "group-%d" % (n - 1)})
    resource = {"id": "group-%d" % n, "displayName": "Group %d" % n,
                POSIX + "Group": {"gidNumber": 200000 + n}}
    if n % 5 != 4:
        resource["members"] = members
    return resource


def shout(value):
    """The same document with every name in capitals."""
    if isinstance(value, dict):
        return {name.upper(): shout(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shout(item) for item in value]
    return value


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that hangs up is no news."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    busy_once = set()
    told = 0

    def log_message(self, *args):
        pass

    def record(self):
        with open(os.path.join(self.server.directory, "requests"), "a",
                  encoding="utf-8") as log:
            words = [self.command, self.path,
                     str(self.headers.get("Authorization")),
                     str(self.headers.get("User-Agent"))]
            if "If-None-Match" in self.headers:
                words.append(self.headers["If-None-Match"])
            log.write(" ".join(words) + "\n")

    def answer(self, status, body, content_type="application/scim+json",
               headers=()):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def error(self, status, detail, headers=()):
        self.answer(status, {"schemas": [ERROR], "status": str(status),
                             "detail": detail}, headers=headers)

    def page(self, total, first, count, make=user):
        make = group if self.groups else make
        last = min(first + count, total)
        return {"schemas": [LIST], "totalResults": total,
                "startIndex": first + 1, "itemsPerPage": count,
                "Resources": [make(n) for n in range(first, last)]}

    def once(self, what):
        """True the first time that this happens to these users."""
        what = "%s %s" % (what, self.path)
        if what in self.busy_once:
            return False
        self.busy_once.add(what)
        return True

    def do_GET(self):
        self.record()
        where = urllib.parse.urlsplit(self.path)
        first, second = where.path.split("/")[1:3]
        if first in FILES:
            name, content_type = FILES[first]
            with open(os.path.join(self.server.directory, name),
                      "rb") as source:
                getattr(self, "file_" + second)(source.read(), content_type)
            return
        query = dict(urllib.parse.parse_qsl(where.query))
        _, scenario, size, endpoint = where.path.split("/")
        self.groups = endpoint == "Groups"
        size = size.split("+") + [None]
        first = int(query.get("startIndex", 1)) - 1
        self.cursor = query.get("cursor")
        count = min(int(query.get("count", 20)), 1000)
        if self.headers.get("Authorization") != "Bearer " + TOKEN:
            self.error(401, "got " + str(self.headers.get("Authorization")))
            return
        size = size[1 if self.groups else 0]
        if size is None:
            self.error(404, "no such endpoint")
            return
        getattr(self, "do_" + scenario)(int(size), first, count)

    def do_POST(self):
        self.record()
        self.error(405, "read only")

    do_PUT = do_PATCH = do_DELETE = do_HEAD = do_POST

    # What the first part of the path may be.

    def do_good(self, size, first, count):
        self.answer(200, self.page(size, first, count))

    def do_blind(self, size, _first, count):
        self.answer(200, self.page(size, 0, count))

    def do_wraps(self, size, first, count):
        page = self.page(size, first if first < size else 0, count)
        page["totalResults"] = size + 1000
        self.answer(200, page)

    def do_breaks(self, size, first, count):
        """The connection is lost in the second page, once."""
        if first > 0 and "breaks" not in self.busy_once:
            self.busy_once.add("breaks")
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"totalResults": 1,')
            self.close_connection = True
            return
        self.do_good(size, first, count)

    def do_busy(self, size, first, count):
        """429 in the second page, once."""
        if first > 0 and "busy" not in self.busy_once:
            self.busy_once.add("busy")
            self.error(429, "slow down", [("Retry-After", "1")])
            return
        self.do_good(size, first, count)

    def do_later(self, size, first, count):
        """The same, until a date."""
        if first > 0 and self.once("later"):
            self.error(429, "slow down", [("Retry-After", email.utils.
                                           formatdate(time.time() + 2,
                                                      usegmt=True))])
            return
        self.do_good(size, first, count)

    def do_tired(self, size, first, count):
        """503 in the second page, once, without a word about when."""
        if first > 0 and self.once("tired"):
            self.error(503, "tired")
            return
        self.do_good(size, first, count)

    def do_never(self, size, first, count):
        self.error(429, "slow down", [("Retry-After", "86400")])

    def do_grows(self, size, first, count):
        """Somebody is added between the first and the second page, once."""
        known = "grows %d" % size
        if first > 0:
            self.busy_once.add(known)
        self.do_good(size + (known in self.busy_once), first, count)

    def do_shouts(self, size, first, count):
        self.answer(200, shout(self.page(size, first, count)))

    def do_posix(self, size, first, count):
        self.answer(200, self.page(size, first, count, posix_user))

    def do_bare(self, size, first, count):
        """No Resources where there are none."""
        page = self.page(size, first, count)
        if not page["Resources"]:
            del page["Resources"]
        self.answer(200, page)

    def do_cursors(self, size, _first, count):
        """RFC 9865, though nobody asked; pages of 20 at most."""
        first = int(self.cursor or 0)
        page = self.page(size, first, min(count, 20))
        del page["startIndex"]
        if first + 20 < size:
            page["nextCursor"] = str(first + 20)
        self.answer(200, page)

    def do_expires(self, size, first, count):
        """Its third page is too late, once."""
        if self.cursor == "40" and self.once("expires"):
            self.answer(400, {"schemas": [ERROR], "status": "400",
                              "scimType": "expiredCursor"})
            return
        self.do_cursors(size, first, count)

    def do_expired(self, size, first, count):
        if self.cursor:
            self.answer(400, {"schemas": [ERROR], "status": "400",
                              "scimType": "invalidCursor",
                              "detail": "what cursor?"})
            return
        self.do_cursors(size, first, count)

    def tagged(self, page, weak=""):
        body = json.dumps(page).encode()
        edited = os.path.join(self.server.directory, "edited")
        if os.path.exists(edited):
            with open(edited, "rb") as words:
                old, new = words.read().split()
            body = body.replace(old, new)
        tag = '%s"%s"' % (weak, hashlib.sha1(body).hexdigest())
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
            return
        self.answer(200, body, headers=[("ETag", tag)])

    def do_tagged(self, size, first, count):
        self.tagged(self.page(size, first, count))

    def do_weak(self, size, first, count):
        self.tagged(self.page(size, first, count), "W/")

    def do_halftagged(self, size, first, count):
        """The second page has no tag."""
        (self.do_good if first > 0 else self.do_tagged)(size, first, count)

    def do_oddtagged(self, size, first, count):
        """Tags that nobody should send back."""
        self.answer(200, self.page(size, first, count), headers=[
            ("ETag", '"a"b"' if first else '"\x01"')])

    def do_liar(self, size, first, count):
        """304 to everybody."""
        self.send_response(304)
        self.end_headers()

    # Where only /Groups is wrong.

    def users_only(self, size, first, count, wrong):
        (wrong if self.groups else self.do_good)(size, first, count)

    def do_groups403(self, size, first, count):
        self.users_only(size, first, count,
                        lambda *_: self.error(403, "no groups for you"))

    def do_groups501(self, size, first, count):
        self.users_only(size, first, count,
                        lambda *_: self.error(501, "what is a group?"))

    def do_groupsmove(self, size, first, count):
        self.users_only(size, first, count, self.do_moves)

    def do_groupshtml(self, size, first, count):
        self.users_only(size, first, count, self.do_html)

    def do_groupsfail(self, size, first, count):
        self.users_only(size, first, count, self.do_fails)

    def do_fails(self, size, first, count):
        """Page two never comes."""
        if first > 0:
            self.error(501, "page two\x1b[31m is lost")
            return
        self.do_good(size, first, count)

    def do_moves(self, size, first, count):
        self.answer(302, b"", headers=[
            ("Location", "http://127.0.0.1:1/stolen")])

    def do_tells(self, size, first, count):
        """The token, in a different place every time."""
        Handler.told += 1
        if Handler.told == 1:
            self.answer(302, b"", headers=[
                ("Location", "http://127.0.0.1:1/?token=" + TOKEN)])
        elif Handler.told == 2:
            self.answer(200, b"{}", "text/" + TOKEN)
        elif Handler.told == 3:
            self.answer(400, b'{"detail": "\\u0073%s"}' %
                        TOKEN[1:].encode())
        elif Handler.told == 4:
            self.error(400, 192 * "x" + TOKEN)
        else:
            self.answer(200, {"totalResults": 1,
                              "Resources": [{"id": TOKEN}]})

    def do_html(self, size, first, count):
        self.answer(200, b"<html>hello</html>", "text/html")

    def do_huge(self, size, first, count):
        self.answer(200, b"[" + b" " * (17 << 20) + b"]")

    def do_junk(self, size, first, count):
        self.answer(200, b'{"totalResults": 2, "Resources": [{"id": "x"')

    def do_twice(self, size, first, count):
        self.answer(200, b'{"totalResults":0,"totalResults":0}')

    def do_noid(self, size, first, count):
        page = self.page(size, first, count)
        del page["Resources"][1]["id"]
        self.answer(200, page)


    # What the second part may be where the first is one of FILES.

    def file_good(self, document, content_type):
        self.answer(200, document, content_type)

    def file_missing(self, document, content_type):
        self.answer(404, document, content_type)

    def file_other(self, document, content_type):
        self.answer(203, document, content_type)

    def file_moved(self, document, _content_type):
        self.answer(302, document, headers=[
            ("Location", self.path.replace("moved", "good"))])

    def file_html(self, document, _content_type):
        self.answer(200, document, "text/html; charset=utf-8")

    def file_huge(self, document, content_type):
        self.answer(200, document + b" " * (10 << 20), content_type)

    def file_empty(self, _document, content_type):
        self.answer(200, b"", content_type)

    def file_cut(self, document, _content_type):
        """The connection is lost before the end."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(document)))
        self.end_headers()
        self.wfile.write(document[:-100])
        self.close_connection = True

    def file_half(self, document, content_type):
        self.answer(200, document[:-100], content_type)


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
