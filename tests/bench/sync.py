#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a large directory costs (make bench BENCH=sync), in the build
directory.

First `8x8sso sync` of BENCH_USERS (100,000) people, from the listing to the
published cache, beside curl and jansson that fetch and parse the same pages,
and beside a substitute for nsscache; once from a server that only sends pages
that are ready, once from the lab's, which makes them when it is asked.  Then
the stages behind a listing of BENCH_MANY (1,000,000) people, without a
server.  Wall clock, CPU time of all processes, and the most memory of one.
"""
import os
import re
import socketserver
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.path.abspath("tests/bench")
USERS = int(os.environ.get("BENCH_USERS", "100000"))
MANY = int(os.environ.get("BENCH_MANY", "1000000"))
PAGE = 100
TOKEN = "bench-token-of-40-bytes-0123456789abcdef"
PYTHON = "/usr/bin/python3"

sys.dont_write_bytecode = True


# -- servers ----------------------------------------------------------------

def page_of(first):
    out = subprocess.run([os.path.join(WORK, "scale"), "page", str(USERS),
                          str(first), str(max(0, min(PAGE, USERS - first)))],
                         check=True, stdout=subprocess.PIPE)
    return out.stdout


class Ready(socketserver.StreamRequestHandler):
    """Sends what was made beforehand."""

    pages = {}

    def handle(self):
        while True:
            line = self.rfile.readline()
            if not line:
                return
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            start = int(re.search(rb"startIndex=(\d+)", line)[1])
            body = self.pages[(start - 1) // PAGE]
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: "
                             b"application/scim+json\r\nContent-Length: %d"
                             b"\r\n\r\n" % len(body) + body)


def serve_ready():
    Ready.pages = {n: page_of(n * PAGE)
                   for n in range((USERS + PAGE - 1) // PAGE + 1)}
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Ready)
    server.daemon_threads = True
    return server, ""


def serve_lab():
    sys.path.insert(0, os.path.join(HERE, "..", "lab"))
    # pylint: disable=import-outside-toplevel
    import scim
    import scim_http

    class Directory(scim.Directory):
        """The lab's, filled at once and without a search through all."""

        def list(self, query, *_):
            first = int(query.get("startIndex", 1)) - 1
            rows = self.rows[first:first + PAGE]
            return {"schemas": [scim.LIST], "totalResults": len(self.rows),
                    "startIndex": first + 1, "itemsPerPage": len(rows),
                    "Resources": [self._shown(row) for row in rows]}

    directory = Directory()
    one = scim.Directory()
    for n in range(USERS):
        one.users.clear()
        one.create({"userName": f"agent{n:06d}@contoso.com",
                    "externalId": f"agent{n:06d}",
                    "name": {"givenName": "Agent", "familyName": f"No{n:06d}"},
                    scim.ENTERPRISE: {"department": f"Department {n % 100}"}})
        directory.users.update(one.users)
    directory.rows = list(directory.users.values())
    return scim_http.Server(0, directory, "/nonexistent", TOKEN), scim.BASE


class Served:
    """A server in a process of its own."""

    def __init__(self, make):
        ours, theirs = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            server, base = make()
            os.write(theirs, f"{server.server_address[1]}{base}\n".encode())
            server.serve_forever()
            os._exit(0)
        os.close(theirs)
        with os.fdopen(ours) as source:
            port = source.readline().strip()
        self.url = f"http://127.0.0.1:{port}"

    def __enter__(self):
        return self.url

    def __exit__(self, *_):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)


# -- measuring --------------------------------------------------------------

class Cost:
    """Of one command, and of what it starts."""

    def __init__(self, command):
        begin = time.monotonic()
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(command, stdout=out, stderr=out)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.wall = time.monotonic() - begin
            out.seek(0)
            self.text = out.read().decode(errors="replace").strip()
        if status != 0:
            sys.exit(f"{command[0]}: {self.text}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024


def row(name, cost, floor):
    print(f"{name:<34} {cost.wall:8.2f} {cost.cpu:8.2f} {cost.memory:8.0f} "
          f"{cost.wall / floor.wall:8.2f} {cost.cpu / floor.cpu:8.2f}",
          flush=True)


def identity(path):
    status = os.stat(path)
    return status.st_ino, status.st_mtime_ns


def configure(directory, url):
    conf = os.path.join(directory, "conf")
    token = os.path.join(directory, "token")
    with open(token, "w", encoding="ascii") as out:
        out.write(TOKEN)
    os.chmod(token, 0o600)
    with open(conf, "w", encoding="ascii") as out:
        out.write(f"[scim]\nurl = {url}\ntoken_file = {token}\n"
                  f"max_users = {2 * USERS}\npage_size = {PAGE}\n"
                  f"timeout = 3600s\n[groups]\nattributes = department\n"
                  f"[host]\nstate_dir = {directory}/state\n"
                  f"libexec_dir = {os.getcwd()}\nuser =\n")
    os.chmod(conf, 0o644)
    return conf


def compare(title, make):
    print(f"{USERS} users, {title}")
    print(f"{'':<34} {'wall s':>8} {'CPU s':>8} {'MiB':>8} {'wall x':>8} "
          f"{'CPU x':>8}")
    with tempfile.TemporaryDirectory() as directory, Served(make) as url:
        sync = ["./8x8sso", "--config", configure(directory, url), "sync"]
        cache = os.path.join(directory, "state", "nss.cache")
        fetch = [os.path.join(WORK, "peer_scim"), url, TOKEN, str(PAGE)]
        Cost(fetch)         # nobody pays for what is cold
        floor = Cost(fetch)
        row("curl and jansson", floor, floor)
        row("8x8sso sync, the first", Cost(sync), floor)
        before = identity(cache)
        row("8x8sso sync, nothing new", Cost(sync), floor)
        if identity(cache) != before:
            print("the cache was published again")
        row("substitute for nsscache", Cost(
            [PYTHON, os.path.join(HERE, "peer_nsscache.py"), url, TOKEN,
             directory]), floor)
    print(flush=True)


def stages():
    scale = os.path.join(WORK, "scale")
    with tempfile.TemporaryDirectory() as directory:
        for title, command in (
                ("the cache's writer", ["writer", str(MANY)]),
                ("the first sync", ["fill", directory, str(MANY)]),
                ("10 of them changed", ["change", directory, str(MANY), "10"]),
                ("nothing changed", ["change", directory, str(MANY), "10"])):
            print(f"{MANY} users, {title}: wall ms, CPU ms, most KiB so far")
            print(Cost([scale] + command).text, flush=True)
            print()


def main():
    compare("pages that are ready", serve_ready)
    compare("the lab's server", serve_lab)
    stages()


main()
