#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A substitute for nsscache with its SCIM source; not nsscache itself, which
this system's packages do not have.

	peer_nsscache.py URL TOKEN DIRECTORY

What it does, in a few lines of our own: pages by startIndex, which grows by
itemsPerPage; json for each; a map of entries with refusal of doubles; then
the file passwd.cache with its two sorted indexes of fixed-width lines, each
written beside its place, synced and renamed.  Ids come from a hash, because
the pages have none.
"""
import http.client
import json
import os
import sys
import urllib.parse
import zlib


def pages(url, token):
    parts = urllib.parse.urlsplit(url)
    server = http.client.HTTPConnection(parts.netloc, timeout=60)
    headers = {"Authorization": f"Bearer {token}",
               "Accept": "application/scim+json"}
    start = 1
    while True:
        server.request("GET", f"{parts.path}/Users?startIndex={start}",
                       headers=headers)
        answer = server.getresponse()
        data = answer.read()
        if answer.status != 200:
            sys.exit(f"status {answer.status}")
        page = json.loads(data)
        yield page.get("Resources", [])
        start = page.get("startIndex", 1) + page.get("itemsPerPage", 0)
        if start - 1 >= page.get("totalResults", 0):
            return


def entry(user):
    name = user["userName"].partition("@")[0].lower()
    person = user.get("name", {})
    number = 1879048192 + zlib.crc32(user["id"].encode()) % 268304384
    gecos = f"{person.get('givenName', '')} {person.get('familyName', '')}"
    return name, f"{name}:x:{number}:{number}:{gecos}:/home/{name}:/bin/bash\n"


def write(directory, name, lines):
    path = os.path.join(directory, name)
    with open(path + ".new", "w", encoding="utf-8") as out:
        out.writelines(lines)
        out.flush()
        os.fsync(out.fileno())
    os.rename(path + ".new", path)


def index(lines, column):
    """key NUL offset, padded, so that a reader can search it by halves."""
    rows = []
    offset = 0
    for line in lines:
        rows.append((line.split(":")[column], offset))
        offset += len(line.encode())
    rows.sort()
    width = max(len(f"{key}\0{at}") for key, at in rows) + 1
    return [f"{key}\0{at}".ljust(width, "\0") + "\n" for key, at in rows]


def main(url, token, directory):
    users = {}
    for page in pages(url, token):
        for user in page:
            name, line = entry(user)
            users.setdefault(name, line)
    lines = list(users.values())
    write(directory, "passwd.cache", lines)
    write(directory, "passwd.cache.ixname", index(lines, 0))
    write(directory, "passwd.cache.ixuid", index(lines, 2))
    print(len(lines))


main(*sys.argv[1:])
