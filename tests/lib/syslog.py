#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""syslog.py SOCKET FILE: writes what is logged on the socket to the file,
one message a line, byte for byte (a newline inside as \\n)."""

import os
import socket
import sys


def main(path, log):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    os.chmod(path, 0o666)
    with open(log, "ab", buffering=0) as out:
        while True:
            message = listener.recv(1 << 16).rstrip(b"\n\0")
            out.write(message.replace(b"\n", b"\\n") + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
