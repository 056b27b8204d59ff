#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""SimpleSAMLphp (Debian's package, on PHP's own server) as identity provider,
with Entra's issuer and claims, and a person who signs in there.

  simplesamlphp.py serve DIR [PORT]   until it is killed; prints "ready"
  simplesamlphp.py respond DIR --user UPN {--url URL|--unsolicited}
                              [--both-signed]
                                      base64 of the SAML Response

DIR/idp.pem is its certificate; PORT is 8090 if not given.  The host in URL
does not matter: it is replaced by where the server listens.
"""

import argparse
import html.parser
import http.cookiejar
import os
import socket
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "..", "lab"))

import keys     # noqa: E402
import people   # noqa: E402

INSTALLED = "/usr/share/simplesamlphp"
SERVICE = "/simplesaml/saml2/idp/SSOService.php"
MICROSOFT = "http://schemas.microsoft.com"
XMLSOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
PASSWORD = "secret"

CONFIG = """<?php
$config = [
    'baseurlpath' => 'http://127.0.0.1:{port}/simplesaml/',
    'certdir' => '{directory}/', 'metadatadir' => '{directory}/metadata/',
    'loggingdir' => '{directory}/', 'datadir' => '{directory}/',
    'tempdir' => '{directory}/tmp',
    'timezone' => 'UTC', 'secretsalt' => 'the lab has no secrets',
    'auth.adminpassword' => '{password}', 'technicalcontact_email' => '',
    'technicalcontact_name' => '', 'logging.handler' => 'file',
    'enable.saml20-idp' => true, 'store.type' => 'phpsession',
    'session.phpsession.savepath' => '{directory}/tmp',
    'session.cookie.secure' => false,
    'module.enable' => ['core' => true, 'saml' => true,
        'exampleauth' => true],
];
"""

# What it signs is decided at every request: by a file that respond() makes.
HOSTED = """<?php
$metadata['{issuer}'] = [
    'host' => '__DEFAULT__', 'auth' => 'people',
    'privatekey' => 'idp.key', 'certificate' => 'idp.pem',
    'signature.algorithm' =>
        'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'saml20.sign.assertion' => true,
    'saml20.sign.response' => file_exists('{directory}/both-signed'),
    'NameIDFormat' =>
        'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    'authproc' => [1 => ['class' => 'saml:AttributeNameID',
        'attribute' => '{name}', 'Format' =>
        'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress']],
];
"""

REMOTE = """<?php
$metadata['{app}'] = ['entityid' => '{app}',
    'AssertionConsumerService' => [['index' => 0, 'Location' => '{app}',
        'Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST']]];
"""


def _php(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _claims(person):
    return {
        f"{MICROSOFT}/identity/claims/tenantid": people.TENANT,
        f"{MICROSOFT}/identity/claims/objectidentifier": person.oid,
        f"{MICROSOFT}/identity/claims/displayname": person.display,
        f"{MICROSOFT}/identity/claims/identityprovider": people.ISSUER,
        f"{MICROSOFT}/claims/authnmethodsreferences":
            f"{MICROSOFT}/ws/2008/06/identity/authenticationmethod/password",
        f"{XMLSOAP}/givenname": person.given,
        f"{XMLSOAP}/surname": person.family,
        f"{XMLSOAP}/emailaddress": person.upn,
        f"{XMLSOAP}/name": person.upn,
    }


def _sources():
    rows = "".join(
        f"{_php(person.upn + ':' + PASSWORD)} => [" + ", ".join(
            f"{_php(name)} => [{_php(value)}]"
            for name, value in _claims(person).items()) + "],\n"
        for person in people.PEOPLE.values())
    return f"<?php\n$config = ['people' => ['exampleauth:UserPass',\n{rows}]];"


def _write(directory, name, text):
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def serve(directory, port="8090"):
    directory = os.path.realpath(directory)
    os.makedirs(os.path.join(directory, "www"), exist_ok=True)
    os.makedirs(os.path.join(directory, "tmp"), exist_ok=True)
    keys.make(directory)
    words = {"directory": directory, "port": port, "password": PASSWORD,
             "issuer": people.ISSUER, "app": people.APP,
             "name": f"{XMLSOAP}/name"}
    for name, text in (("config.php", CONFIG),
                       ("metadata/saml20-idp-hosted.php", HOSTED),
                       ("metadata/saml20-sp-remote.php", REMOTE)):
        for word, value in words.items():
            text = text.replace("{" + word + "}", value)
        _write(directory, name, text)
    _write(directory, "authsources.php", _sources())
    _write(directory, "port", port)
    root = os.path.join(directory, "www")
    if not os.path.islink(os.path.join(root, "simplesaml")):
        os.symlink(f"{INSTALLED}/www", os.path.join(root, "simplesaml"))
    pid = os.fork()
    if pid == 0:
        # The child tells when the server, which takes this process's place,
        # can be reached.
        _announce(int(port))
        os._exit(0)
    os.environ["SIMPLESAMLPHP_CONFIG_DIR"] = directory
    log = os.open(os.path.join(directory, "php.log"),
                  os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.execvp("php", ["php", "-d", "display_errors=0", "-S",
                      f"127.0.0.1:{port}", "-t", root])


def _announce(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            print("ready", flush=True)
            return


# -- the person --------------------------------------------------------------

class Form(html.parser.HTMLParser):
    """The first form of a page: its address and its fields."""

    def __init__(self, page):
        super().__init__()
        self.action = None
        self.fields = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = attributes.get("action") or ""
        elif tag == "input" and attributes.get("name"):
            self.fields[attributes["name"]] = attributes.get("value") or ""


class Browser:
    """Cookies and redirects, no proxy."""

    def __init__(self):
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, url, fields=None):
        data = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self.opener.open(url, data, timeout=20) as answer:
                return answer.geturl(), Form(answer.read().decode())
        except urllib.error.HTTPError as error:
            raise SystemExit(f"simplesamlphp.py: {url}: {error}") from None


def respond(directory, *arguments):
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--user", required=True)
    parser.add_argument("--url")
    parser.add_argument("--unsolicited", action="store_true")
    parser.add_argument("--both-signed", action="store_true")
    options = parser.parse_args(arguments)
    if options.unsolicited == bool(options.url):
        parser.error("either --url or --unsolicited")
    flag = os.path.join(directory, "both-signed")
    if options.both_signed:
        _write(directory, "both-signed", "")
    elif os.path.exists(flag):
        os.unlink(flag)
    with open(os.path.join(directory, "port"), encoding="utf-8") as source:
        start = f"http://127.0.0.1:{source.read()}{SERVICE}?"
    start += urllib.parse.urlencode({"spentityid": people.APP}) \
        if options.unsolicited else urllib.parse.urlsplit(options.url).query
    browser = Browser()
    url, form = browser.open(start)
    form.fields.update(username=options.user, password=PASSWORD)
    url, form = browser.open(urllib.parse.urljoin(url, form.action),
                             form.fields)
    if "SAMLResponse" not in form.fields:
        raise SystemExit(f"simplesamlphp.py: no SAMLResponse at {url}, see "
                         f"{directory}/simplesamlphp.log")
    print(form.fields["SAMLResponse"])


if __name__ == "__main__":
    VERBS = {"serve": serve, "respond": respond}
    if len(sys.argv) < 3 or sys.argv[1] not in VERBS:
        raise SystemExit(__doc__)
    VERBS[sys.argv[1]](*sys.argv[2:])
