# SPDX-License-Identifier: BSD-2-Clause
"""HTTP in front of oidc.py: Entra's endpoints, the page where a code is typed,
and the control interface; and the ways in which a server answers badly."""

import html
import http.server
import json
import socket
import ssl
import time
import urllib.parse

import oidc
import people
import scim
import scim_http

ENDPOINTS = {
    f"/{people.TENANT}/v2.0/.well-known/openid-configuration":
        ("GET", "discovery"),
    f"/{people.TENANT}/discovery/v2.0/keys": ("GET", "keys"),
    f"/{people.TENANT}/oauth2/v2.0/devicecode": ("POST", "devicecode"),
    f"/{people.TENANT}/oauth2/v2.0/token": ("POST", "token"),
}
JSON = "application/json; charset=utf-8"
HUGE = 10 * 1024 * 1024


# -- bad answers: what a name of `lab answer` does ---------------------------

def _status(handler, _, argument):
    """503 and 503:7 (with Retry-After)."""
    status, _, after = argument.partition(":")
    handler.answer(int(status), oidc.aadsts(90033)[1],
                   headers={"Retry-After": after} if after else {})


def _aadsts(handler, _, argument):
    """aadsts:50105, or with another error than usual aadsts:50105:NAME."""
    number, _, name = argument.partition(":")
    handler.answer(*oidc.aadsts(int(number), name or None))


def _error(handler, _, argument):
    """error:NAME, without a number."""
    handler.answer(400, oidc.error(argument))


def _html(handler, *_):
    handler.answer(200, b"<html><body>Sign in</body></html>", "text/html")


def _html_error(handler, *_):
    handler.answer(502, b"<html><body>Bad gateway</body></html>", "text/html")


def _redirect(handler, *_):
    handler.answer(302, b"", headers={
        "Location": f"{handler.base()}/elsewhere"})


def _huge(handler, *_):
    """10 MB that would be good JSON."""
    handler.answer(200, b'{"x":"' + b"A" * HUGE + b'"}')


def _half(handler, genuine, _):
    data = json.dumps(genuine()[1]).encode()
    handler.start(200, JSON, len(data), {})
    handler.wfile.write(data[:len(data) // 2])
    _close(handler)


def _close(handler, *_):
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def _junk(handler, *_):
    handler.answer(200, b'{"user_code": ')


def _empty(handler, *_):
    handler.answer(200, {})


def _array(handler, *_):
    handler.answer(200, [])


def _duplicate(handler, genuine, _):
    """Its first member twice."""
    status, body = genuine()
    name, value = next(iter(body.items()))
    text = json.dumps({name: value})[:-1] + "," + json.dumps(body)[1:]
    handler.answer(status, text.encode())


def _text(handler, genuine, _):
    """Good JSON that is said to be text."""
    status, body = genuine()
    handler.answer(status, json.dumps(body).encode(), "text/plain")


def _without(handler, genuine, argument):
    """without:MEMBER."""
    status, body = genuine()
    handler.answer(status, {k: v for k, v in body.items() if k != argument})


def _late(handler, genuine, argument):
    """late:SECONDS."""
    time.sleep(float(argument))
    handler.answer(*genuine())


def _usual(handler, genuine, _):
    handler.answer(*genuine())


BAD = {
    "status": _status, "aadsts": _aadsts, "error": _error, "html": _html,
    "html-error": _html_error, "redirect": _redirect, "huge": _huge,
    "half": _half, "close": _close, "junk": _junk, "empty": _empty,
    "array": _array, "duplicate": _duplicate, "text": _text,
    "without": _without, "late": _late, "usual": _usual,
}


# -- pages -------------------------------------------------------------------

PAGE = """<!DOCTYPE html>
<html><head><title>Sign in to your account</title></head>
<body><h1>{title}</h1>{body}</body></html>
"""
FORM = """<form method="post" action="/devicelogin">
<p><label>Code <input name="otc" id="otc" value="{code}"></label></p>
<p><label>User <input name="login" id="login"></label></p>
<button name="do" value="continue" id="continue">Continue</button>
<button name="do" value="cancel" id="cancel">Cancel</button>
</form>"""


class Handler(http.server.BaseHTTPRequestHandler):
    """One request.  /lab/ is the control interface; the rest is Entra."""

    protocol_version = "HTTP/1.1"
    server_version = "lab"

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def base(self):
        return self.server.base

    def start(self, status, kind, size, headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.send_header("Cache-Control", "no-store, no-cache")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def answer(self, status, body, kind=JSON, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.start(status, kind, len(data), headers or {})
        self.wfile.write(data)

    def _dispatch(self):
        self.data = self.rfile.read(int(self.headers.get("Content-Length",
                                                         0)))
        path = urllib.parse.urlsplit(self.path).path
        try:
            if path.startswith("/lab/"):
                self._control(path[5:])
            elif path == "/devicelogin":
                self._page()
            else:
                self._entra(path)
        except scim.Refused as error:
            self.answer(error.status, error.body)

    do_GET = do_POST = do_PUT = do_DELETE = _dispatch

    def _form(self):
        return dict(urllib.parse.parse_qsl(self.data.decode()))

    # -- Entra

    def _entra(self, path):
        tenant = self.server.tenant
        method, endpoint = ENDPOINTS.get(path, (None, None))
        form = self._form() if self.command == "POST" else {}
        with tenant.lock:
            flow = tenant.flows.get(form.get("device_code"))
            bad = tenant.take(endpoint, flow.user_code if flow else "")
            row = self._remember(endpoint, flow, bad)
            wait = tenant.settings["slow"]
        time.sleep(wait)
        if endpoint is None:
            self.answer(*oidc.aadsts(90002))
            return
        if method != self.command or method == "POST" and \
                self.headers.get_content_type() != \
                "application/x-www-form-urlencoded":
            self.answer(*oidc.aadsts(90014))
            return

        def genuine():
            with tenant.lock:
                status, body = self._genuine(endpoint, form)
            row["answer"] = bad or body.get("error", "ok")
            return status, body
        name, _, argument = (bad or "usual").partition(":")
        BAD[name](self, genuine, argument)

    def _genuine(self, endpoint, form):
        tenant = self.server.tenant
        issuer = f"{self.base()}/{people.TENANT}/v2.0"
        if endpoint == "discovery":
            return tenant.discovery(self.base(), issuer)
        if endpoint == "keys":
            names = filter(None, tenant.settings["keys"].split(","))
            return 200, oidc.jwks(tenant.directory, names, issuer)
        if endpoint == "devicecode":
            return tenant.begin(form, self.base())
        return tenant.poll(form, issuer)

    def _remember(self, endpoint, flow, bad):
        """When who asked what; `fast` is what no client may be."""
        tenant = self.server.tenant
        now = time.monotonic()
        fast = bool(flow and flow.polled and
                    now - flow.polled < flow.interval - 0.05)
        if flow:
            flow.polled = now
            if bad == "error:slow_down":
                flow.interval += 5
        row = {"time": round(now, 3), "method": self.command,
               "path": self.path, "endpoint": endpoint,
               "code": flow.user_code if flow else "-",
               "answer": bad or "-", "fast": fast}
        tenant.log.append(row)
        return row

    # -- the page

    def _page(self):
        if self.command == "GET":
            query = dict(urllib.parse.parse_qsl(
                urllib.parse.urlsplit(self.path).query))
            self._show(200, "Enter code", FORM.format(
                code=html.escape(query.get("otc", ""), quote=True)))
            return
        form = self._form()
        approves = form.get("do") == "continue"
        try:
            with self.server.tenant.lock:
                self.server.tenant.decide(
                    form.get("otc", ""),
                    form.get("login", "?") if approves else "")
        except scim.Refused as error:
            self._show(200, "Try again", html.escape(str(error)))
            return
        self._show(200, "You have signed in" if approves else
                   "You have declined", "<p>You may now close this window.")

    def _show(self, status, title, body):
        self.answer(status, PAGE.format(title=title, body=body).encode(),
                    "text/html; charset=utf-8")

    # -- control

    def _control(self, verb):
        tenant = self.server.tenant
        if self.headers.get("Authorization") != \
                f"Bearer {self.server.token}":
            raise scim.Refused(401, "the control interface wants the token")
        body = json.loads(self.data or b"{}")
        with tenant.lock:
            if verb not in CONTROL:
                raise scim.Refused(404, f"no control {verb}")
            self.answer(200, CONTROL[verb](tenant, body) or {})


def _answers(tenant, body):
    name, _, argument = body["answer"].partition(":")
    if name not in BAD or name == "aadsts" and \
            int(argument.partition(":")[0]) not in oidc.ERRORS:
        raise scim.Refused(400, f"no answer {body['answer']}")
    endpoint, _, code = body["endpoint"].partition(":")
    if code:
        endpoint += ":" + oidc.plain(code)
    tenant.next.setdefault(endpoint, []).append(
        [body["answer"], int(body["times"])])


CONTROL = {
    "decide": lambda tenant, body: tenant.decide(**body),
    "settings": lambda tenant, body: tenant.set(body),
    "answer": _answers,
    "usual": lambda tenant, _: tenant.next.clear(),
    "codes": lambda tenant, _: [f.user_code for f in tenant.flows.values()],
    "log": lambda tenant, _: tenant.log,
    "forget": lambda tenant, _: tenant.log.clear(),
    "secrets": lambda tenant, _: tenant.secrets,
}


class Server(scim_http.Server):
    """Listens on loopback, with TLS if there is a certificate."""

    def __init__(self, port, tenant, token, tls=None):
        super().__init__(port, None, tenant.directory, token, tls, Handler)
        self.tenant = tenant
        self.base = f"https://localhost:{port}" if tls \
            else f"http://127.0.0.1:{port}"
