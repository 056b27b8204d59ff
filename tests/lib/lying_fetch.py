#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Stands in for an 8x8sso-fetch that was taken over: whatever it is asked, it
answers what the file `answer` beside it says, a message a line:

    USER ID | GROUP ID | MEMBER ID | LISTED UNCHANGED HAS_GROUPS ETAGS |
    END COUNT TOTAL | PROGRESS DONE TOTAL
"""

import os
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
with open(os.path.join(HERE, "lib"), encoding="utf-8") as place:
    sys.path.insert(0, place.read().strip())

from ask_fetch import MESSAGES, encode  # noqa: E402


def message(words):
    name, values = words[0], words[1:]
    _, fields, kinds = MESSAGES[name]
    everything = {field: "" if kind == "t" else 0
                  for field, kind in zip(fields.split(), kinds)}
    if name == "USER":
        everything["user_name"] = values[0] + "@contoso.example"
        everything["active"] = 1
    everything.update(zip(fields.split(), values))
    return encode(name, everything)


def main():
    stream = socket.socket(fileno=0)
    stream.recv(1 << 20)
    with open(os.path.join(HERE, "answer"), encoding="utf-8") as answer:
        for line in answer:
            stream.sendall(message(line.split()))


if __name__ == "__main__":
    main()
