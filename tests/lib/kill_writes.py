#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Kills a sync at each of its state writes, and looks at what is left.

    kill_writes.py STATE MOST RESULTS COMMAND... LISTING

COMMAND with LISTING as its last argument is a sync of the state directory
STATE.  It is run once to the end, and then, each time from what was there
before, up to the k-th call of each kind that changes a file, at whose entry it
is killed; of a kind with more than MOST calls, MOST are tried, evenly spread.
Then users and cache must be whole, the old or the new ones, and never a new
cache of old users; and the next sync must give what an undisturbed one gives.

Writes a line per kind to RESULTS: NAME TRIED CALLS, and what was wrong, if
anything.
"""

import collections
import os
import re
import shutil
import sqlite3
import subprocess
import sys

CALLS = ("openat", "mkdir", "write", "pwrite64", "ftruncate", "fsync",
         "fdatasync", "rename", "unlink", "fchmod")


class World:
    """The state directory, and the command that changes it."""

    def __init__(self, state, command):
        self.state = state
        self.kept = state + ".kept"
        self.command = command
        self.tool = command[:command.index("sync")]

    def keep(self):
        shutil.rmtree(self.kept, ignore_errors=True)
        if os.path.exists(self.state):
            shutil.copytree(self.state, self.kept, symlinks=True)

    def restore(self):
        shutil.rmtree(self.state, ignore_errors=True)
        if os.path.exists(self.kept):
            shutil.copytree(self.kept, self.state, symlinks=True)

    def sync(self, *before):
        return subprocess.run([*before, *self.command], check=False,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)

    def ask(self, *arguments):
        done = subprocess.run([*self.tool, "--json", *arguments], check=False,
                              capture_output=True)
        return done.stdout if done.returncode == 0 else b""

    def users(self):
        return self.ask("user", "list")

    def cache(self):
        try:
            with open(os.path.join(self.state, "nss.cache"), "rb") as source:
                return source.read()
        except FileNotFoundError:
            return b""

    def has_database(self):
        path = os.path.join(self.state, "state", "state.db")
        return os.path.exists(path) and os.path.getsize(path) > 0

    def integrity(self):
        """What SQLite says of a copy, as it finds it after a crash."""
        copy = self.state + ".copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(os.path.join(self.state, "state"), copy)
        database = sqlite3.connect(os.path.join(copy, "state.db"))
        try:
            return database.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            database.close()


def count_calls(world):
    """How often an undisturbed sync makes each call."""
    log = world.state + ".strace"
    done = world.sync("strace", "-qq", "-o", log, "-e",
                      "trace=" + ",".join(CALLS))
    if done.returncode:
        sys.exit(done.stderr.decode())
    with open(log, encoding="utf-8", errors="replace") as source:
        return collections.Counter(
            match[1] for match in map(re.compile(r"(\w+)\(").match, source)
            if match)


def judge(world, old, new):
    """What is wrong after a kill; None if nothing is."""
    if world.has_database():
        if world.integrity() != "ok":
            return "the database is damaged"
        users = world.users()
        if users not in (old[0], new[0]) and (old[0] or users.strip() !=
                                              b"[]"):
            return "the users are neither the old nor the new ones"
        if b'"cache":{"state":"ok"' not in world.ask("status") and old[1]:
            return "the cache is not whole"
    else:
        users = b""
        if old[0]:
            return "the database is gone"
    cache = world.cache()
    if cache not in (old[1], new[1]):
        return "the cache is neither the old nor the new one"
    if cache == new[1] != old[1] and users != new[0]:
        return "the cache is new, and the users are old"
    done = world.sync()
    if done.returncode:
        return "the next sync fails: " + done.stderr.decode().strip()
    if (world.users(), world.cache()) != new:
        return "the next sync makes something else"
    return None


def try_kind(world, kind, calls, old, new):
    """The first of these calls at which being killed does harm."""
    for k in calls:
        world.restore()
        done = world.sync("strace", "-qq", "-o", "/dev/null", "-e",
                          "trace=" + kind, "-e",
                          f"inject={kind}:signal=SIGKILL:when={k}")
        if done.returncode == 0:
            return f"call {k} did not come"
        wrong = judge(world, old, new)
        if wrong:
            return f"call {k}: {wrong}"
    return ""


def main():
    world = World(sys.argv[1], sys.argv[4:])
    most = int(sys.argv[2])
    world.keep()
    old = world.users() if world.has_database() else b"", world.cache()
    counts = count_calls(world)
    new = world.users(), world.cache()
    if old == new or not new[1]:
        sys.exit("the sync changes nothing")
    with open(sys.argv[3], "w", encoding="utf-8") as results:
        for kind in CALLS:
            number = counts[kind]
            tried = min(number, most)
            calls = sorted({1 + i * (number - 1) // max(1, tried - 1)
                            for i in range(tried)})
            print(kind, len(calls), number,
                  try_kind(world, kind, calls, old, new), file=results)


if __name__ == "__main__":
    main()
