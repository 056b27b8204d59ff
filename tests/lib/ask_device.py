#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Asks 8x8sso-device, speaking wire.h's protocol from its description.

    ask_device.py WORKER [FIELD=VALUE...] [key=PEM] [copies=N] [count=N]
        [leave=MESSAGE] [after=SECONDS]

FIELD is one of DEVICE_START's.  key is the key that signs tokens, given (so
many times; and so many are said to be) when the worker wants k1; without it
there is none.  leave hangs up when so many
seconds have passed after this message.  Prints one line per message: its name,
and its fields as JSON; then how long the worker took to end, in whole seconds,
and its exit status.
"""

import json
import select
import socket
import struct
import subprocess
import sys
import time

import ask_fetch
from device_server import CLIENT, ISSUER, TENANT

ask_fetch.MESSAGES.update({
    "CLAIM": (18, "name value", "tt"),
    "ACCEPT": (19, "issuer assertion_id name_id name_id_format "
               "in_response_to not_on_or_after authn_instant "
               "session_not_on_or_after", "tttttuuu"),
    "DEVICE_START": (24, "device_endpoint token_endpoint client_id ca_file "
                     "proxy uris seconds issuer tenant skew acrs "
                     "auth_max_age groups flags", "ttttttuttututu"),
    "DEVICE_CODE": (25, "user_code uri expires_in interval", "ttuu"),
    "DEVICE_PENDING": (26, "seconds", "u"),
    "DEVICE_KID": (27, "kid", "t"),
    "JWK": (28, "kid n e issuer", "tbbt"),
})

START = dict(device_endpoint="", token_endpoint="", client_id=CLIENT,
             ca_file="", proxy="", uris="https://microsoft.com/devicelogin",
             seconds=60, issuer=ISSUER, tenant=TENANT, skew=30, acrs="",
             auth_max_age=0, groups="", flags=0)


def end(count):
    return ask_fetch.encode("END", dict(count=count, total=count))


def keys(pem, copies, count):
    """JWK and END."""
    if not pem:
        return end(0)
    text = subprocess.run(["openssl", "rsa", "-in", pem, "-noout",
                           "-modulus"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True).stdout
    n = bytes.fromhex(text.decode().strip().partition("=")[2])
    return (ask_fetch.encode("JWK", dict(kid="k1", n=n, e=b"\1\0\1",
                                         issuer="")) * copies +
            end(count))


def talk(ours, options, leave, after):
    stream = ours.makefile("rb", buffering=0)
    while True:
        try:
            header = ask_fetch.read_exactly(stream, 8)
        except ConnectionResetError:
            return      # it did not want all that it was sent
        if not header:
            return
        number, size = struct.unpack(">xBxxI", header)
        payload = b""
        while len(payload) < size:
            payload += stream.read(size - len(payload))
        name, values = ask_fetch.decode(number, payload)
        print(name, json.dumps(values, sort_keys=True), flush=True)
        if name == leave:
            # Unless it ends by itself.
            select.select([ours], [], [], after)
            return
        if name == "DEVICE_KID":
            ours.sendall(keys(options.get("key"),
                              int(options.get("copies", 1)),
                              int(options.get("count", 1))))


def main():
    options = dict(word.split("=", 1) for word in sys.argv[2:])
    start = {name: options.get(name, value) for name, value in START.items()}
    ours, theirs = socket.socketpair()
    child = subprocess.Popen([sys.argv[1]], stdin=theirs.fileno(),
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env={})
    theirs.close()
    ours.sendall(ask_fetch.encode("DEVICE_START", start))
    talk(ours, options, options.get("leave"), float(options.get("after", 0)))
    ours.shutdown(socket.SHUT_RDWR)
    ours.close()
    begun = time.monotonic()
    status = child.wait()
    print("END_OF_WORKER", int(time.monotonic() - begun), status)


if __name__ == "__main__":
    sys.exit(main())
