#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Asks 8x8sso-fetch, speaking wire.h's protocol from its description.

    ask_fetch.py WORKER users [url=URL] [token=T] [ca_file=F] [proxy=P]
        [page_size=N] [max_users=N] [timeout=S] [first_page_only=N]
        [file=SAVED] [user=ACCOUNT]
    ask_fetch.py WORKER idp [certificate=FILE] [metadata=FILE] [issuer=URI]
        [now=SECONDS]
    ask_fetch.py WORKER oidc [url=URL] [jwks_uri=URL] [issuer=URI]
        [hosts=LINES] [ca_file=F] [proxy=P]
    ask_fetch.py WORKER raw HEX

Prints one line per message: its name, and its fields as JSON.  At the end, on
stderr, the most memory that the worker was seen to have resident, in kB.
"""

import json
import os
import socket
import struct
import subprocess
import sys

# name: (type, field names, kinds: u = U64, t = TEXT, b = BYTES)
MESSAGES = {
    "REFUSE": (20, "reason detail", "tt"),
    "JWK": (28, "kid n e issuer", "tbbt"),
    "FETCH_USERS": (32, "url token ca_file proxy page_size max_users timeout "
                    "first_page_only groups uid_attribute gid_attribute etags",
                    "tbttuuuuuttt"),
    "USER": (33, "id external_id user_name active given_name family_name "
             "title department site created number", "tttuttttttt"),
    "PROGRESS": (34, "done total", "uu"),
    "END": (35, "count total", "uu"),
    "FETCH_IDP": (36, "certificate metadata url ca_file proxy issuer now",
                  "bbttttu"),
    "IDP": (37, "entity_id login_url logout_url valid_until keys_weak",
            "tttuu"),
    "IDP_KEY": (38, "n e cert_sha256 subject not_before not_after", "bbbtuu"),
    "FETCH_OIDC": (39, "url jwks_uri issuer hosts ca_file proxy", "tttttt"),
    "OIDC": (40, "device_endpoint token_endpoint jwks_uri keys_left_out",
             "tttu"),
    "GROUP": (41, "id display_name number", "ttt"),
    "MEMBER": (42, "id", "t"),
    "LISTED": (43, "unchanged has_groups etags ignored remark",
               "uutut"),
}


def encode(name, values):
    number, fields, kinds = MESSAGES[name]
    payload = b""
    for field, kind in zip(fields.split(), kinds):
        value = values[field]
        if kind == "u":
            data = struct.pack(">Q", int(value))
        elif kind == "t":
            data = value.encode() + b"\0"
        else:
            data = value
        payload += struct.pack(">I", len(data)) + data
    return struct.pack(">BBHI", 1, number, 0, len(payload)) + payload


def decode(number, payload):
    for name, (known, fields, kinds) in MESSAGES.items():
        if known == number:
            break
    else:
        raise ValueError("message type %d" % number)
    values = {}
    for field, kind in zip(fields.split(), kinds):
        size = struct.unpack(">I", payload[:4])[0]
        data, payload = payload[4:4 + size], payload[4 + size:]
        if kind == "u":
            values[field] = struct.unpack(">Q", data)[0]
        elif kind == "t":
            assert data[-1:] == b"\0" and b"\0" not in data[:-1]
            values[field] = data[:-1].decode()
        else:
            values[field] = data.hex()
    assert payload == b""
    return name, values


def read_exactly(stream, size):
    data = stream.read(size)
    if data and len(data) != size:
        raise ValueError("short message")
    return data


def request(kind, options):
    if kind == "users":
        values = dict(url="", token="", ca_file="", proxy="", page_size=100,
                      max_users=20000, timeout=60, first_page_only=0,
                      groups=0, uid_attribute="", gid_attribute="", etags="")
        values.update(options)
        values["token"] = values["token"].encode()
        return encode("FETCH_USERS", values)
    if kind == "oidc":
        values = dict(url="", jwks_uri="", issuer="", hosts="", ca_file="",
                      proxy="")
        values.update(options)
        return encode("FETCH_OIDC", values)
    values = dict(certificate=b"", metadata=b"", url="", ca_file="", proxy="",
                  issuer="", now=0)
    values.update(options)
    for name in "certificate", "metadata":
        if values[name]:
            with open(values[name], "rb") as file:
                values[name] = file.read()
    return encode("FETCH_IDP", values)


def most_resident(pid):
    """VmHWM; 0 when the process is gone."""
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def main():
    worker, kind, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
    if kind == "raw":
        options, message = {}, bytes.fromhex(rest[0])
    else:
        options = dict(word.split("=", 1) for word in rest)
        message = None
    # Descriptor 3 is the saved file, 0 the socket.
    saved = os.open(options.pop("file", "/dev/null"), os.O_RDONLY)
    user = options.pop("user", "")
    message = message or request(kind, options)
    ours, theirs = socket.socketpair()
    child = subprocess.Popen(
        ["/bin/sh", "-c", 'exec "$0" "$1" 3<&"$2"', worker, user,
         str(saved)],
        stdin=theirs.fileno(), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env={}, pass_fds=[saved])
    theirs.close()
    ours.sendall(message)
    stream = ours.makefile("rb")
    header = read_exactly(stream, 8)
    resident = 0
    before = None
    while header:
        version, number, zero, size = struct.unpack(">BBHI", header)
        assert (version, zero) == (1, 0)
        name, values = decode(number, read_exactly(stream, size))
        print(name, json.dumps(values, sort_keys=True))
        # After every page, and once they are all there.
        if name == "PROGRESS" or name != before:
            resident = max(resident, most_resident(child.pid))
        before = name
        header = read_exactly(stream, 8)
    print(resident, file=sys.stderr)
    return child.wait()


if __name__ == "__main__":
    sys.exit(main())
