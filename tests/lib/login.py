#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Answers the prompts of a login, as a person or as a program would.

  login.py [OPTION]... ssh USER [COMMAND...]   OpenSSH's client; pieces of 1000
  login.py [OPTION]... tty COMMAND...          at a terminal; pieces of 4000
  login.py [OPTION]... pam SERVICE USER [authenticate|account]...
                                  a conversation of its own; everything at once
  --respond SHELL   its output is the answer; $URL is the address that the
                    prompt shows ("" if it shows none)
  --say TEXT        the answer (default: "")
  --type SHELL      its output is what is typed at one prompt; may be repeated,
                    for the next one, and then "" is typed
  --act SHELL       runs when a code is shown that is to be typed in a browser:
                    $CODE; $N is 1, and 2 for the next code
  --pause N         seconds before each answer
  --hang-up         the terminal is closed, or ssh killed, after --act
  --piece N         so many bytes a prompt
  --size CxR      (tty) a terminal of so many columns and rows, in UTF-8
  --rhost HOST      (pam) where the person is; "" for this host
  --identity FILE   (ssh) log in with this key instead
  --both            (ssh) the key first, and then by prompts
  --port N          (ssh) default 22
  --timeout N       seconds for everything (default 60)

Ends with 0 when the login succeeded.  Prints what a person would see; an
answer is shown as its length only.  An answer that takes several prompts is
ended by an empty one.
"""

import argparse
import ctypes
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

URL = re.compile(rb"https?://[^\s\"'<>]*[?&]SAMLRequest=[^\s\"'<>]+")
# "  Enter  C45FGVYJR   (C45 FGV YJR)", a line that is whole.
CODE = re.compile(rb"^ *Enter +([A-Z0-9-]{4,16})\b(?=[^\n]*\n)", re.MULTILINE)
ASKPASS = "LOGIN_ASKPASS"
IUTF8 = 0o40000                         # Linux; termios lacks it


class Answers:
    """The pieces of one answer.  They are computed at the first prompt, for
    which the address is needed, and kept in a folder, because SSH_ASKPASS is
    a new process at every prompt."""

    def __init__(self, folder):
        self.folder = folder

    def _path(self, name):
        return os.path.join(self.folder, name)

    def prepare(self, options, piece):
        with open(self._path("options"), "w", encoding="utf-8") as out:
            json.dump({"respond": options.respond or "",
                       "say": options.say or "", "piece": piece,
                       "type": options.type, "act": options.act or "",
                       "pause": options.pause,
                       "hang_up": options.hang_up}, out)

    def option(self, name):
        with open(self._path("options"), encoding="utf-8") as source:
            return json.load(source)[name]

    def _count(self, name):
        """How often this was called with this name."""
        with open(self._path(name), "ab") as out:
            out.write(b".")
            return out.tell()

    @staticmethod
    def _environment(**values):
        environment = dict(os.environ, **values)
        environment.pop(ASKPASS, None)
        return environment

    def _output(self, command, shown):
        match = URL.search(shown)
        done = subprocess.run(
            ["sh", "-c", command], stdout=subprocess.PIPE, check=False,
            env=self._environment(URL=match[0].decode() if match else ""))
        if done.returncode != 0:
            raise SystemExit(f"login.py: {command} failed")
        return done.stdout.rstrip(b"\n")

    def _compute(self, shown):
        respond = self.option("respond")
        if not respond:
            return self.option("say").encode()
        return self._output(respond, shown)

    def act(self, shown):
        """Starts what is to be done about a code that is shown; returns the
        process, or None if this was done already."""
        codes = CODE.findall(shown)
        command = self.option("act")
        if not codes or not command:
            return None
        done = self._path("code-" + codes[-1].hex())
        if os.path.exists(done):
            return None
        with open(done, "wb"):
            pass
        return subprocess.Popen(
            ["sh", "-c", command], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, env=self._environment(
                CODE=codes[-1].decode(), N=str(self._count("codes"))))

    def next(self, shown):
        """The answer to the prompt; shown is all that was seen so far."""
        action = self.act(shown)
        if action and action.wait() != 0:
            raise SystemExit("login.py: --act failed")
        time.sleep(self.option("pause"))
        commands = self.option("type")
        if commands is not None:
            count = self._count("typed")
            return self._output(commands[count - 1], shown) \
                if count <= len(commands) else b""
        rest = self._path("rest")
        if not os.path.exists(rest):
            answer = self._compute(shown)
        else:
            with open(rest, "rb") as source:
                answer = source.read()
        piece = self.option("piece")
        with open(rest, "wb") as out:
            out.write(answer[piece:])
        return answer[:piece]


# -- OpenSSH -----------------------------------------------------------------

def askpass(folder, prompt):
    """What OpenSSH starts at every prompt."""
    with open(os.path.join(folder, "shown"), "ab") as out:
        out.write(prompt.encode() + b"\n")
    with open(os.path.join(folder, "shown"), "rb") as source:
        shown = source.read()
    answers = Answers(folder)
    if answers.option("hang_up"):
        action = answers.act(shown)
        if action and action.wait() == 0:
            os.kill(os.getppid(), signal.SIGKILL)
    answer = answers.next(shown)
    with open(os.path.join(folder, "shown"), "ab") as out:
        out.write(b"<%d bytes>\n" % len(answer))
    sys.stdout.buffer.write(answer + b"\n")


def ssh(options, folder):
    command = [
        "ssh", "-F", "none", "-p", str(options.port),
        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
        "-o", "LogLevel=ERROR", "-o", "NumberOfPasswordPrompts=1",
        "-o", "IdentitiesOnly=yes", "-o", "PreferredAuthentications="
        + ("publickey,keyboard-interactive" if options.both else "publickey"
           if options.identity else "keyboard-interactive")]
    if options.identity:
        command += ["-i", options.identity]
    command += ["-l", options.arguments[0], "127.0.0.1"]
    command += options.arguments[1:] or ["true"]
    environment = dict(os.environ, SSH_ASKPASS=os.path.realpath(__file__),
                       SSH_ASKPASS_REQUIRE="force", **{ASKPASS: folder})
    done = subprocess.run(command, env=environment, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=options.timeout)
    if os.path.exists(os.path.join(folder, "shown")):
        with open(os.path.join(folder, "shown"), "rb") as source:
            sys.stdout.buffer.write(source.read())
    sys.stdout.buffer.write(done.stdout)
    return done.returncode


# -- a terminal --------------------------------------------------------------

def tty(options, folder):
    answers = Answers(folder)
    pid, master = pty.fork()
    if pid == 0:
        if options.size:
            _shape(0, *map(int, options.size.split("x")))
        os.execvp(options.arguments[0], options.arguments)
    end = time.monotonic() + options.timeout
    shown = b""
    while True:
        waiting = shown and not shown.endswith(b"\n")
        ready, _, _ = select.select([master], [], [], 0.2 if waiting else 1)
        if ready:
            try:
                data = os.read(master, 65536)
            except OSError:
                data = b""
            if not data:
                break
            shown += data
            action = answers.act(shown)
            if action and options.hang_up:
                action.wait()
                os.close(master)
                break
        elif waiting:
            answer = answers.next(shown)
            shown += b"<%d bytes>\n" % len(answer)
            _write_line(master, answer)
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            break
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _shape(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ,
                struct.pack("HHHH", rows, columns, 0, 0))
    settings = termios.tcgetattr(terminal)
    settings[0] |= IUTF8
    termios.tcsetattr(terminal, termios.TCSANOW, settings)


def _write_line(terminal, line):
    """Types the line and swallows its echo, if there is one."""
    echo = termios.tcgetattr(terminal)[3] & termios.ECHO
    os.write(terminal, line + b"\n")
    rest = len(line) + 2 if echo else 0
    while rest > 0 and select.select([terminal], [], [], 1)[0]:
        rest -= len(os.read(terminal, rest))


# -- libpam ------------------------------------------------------------------

class Message(ctypes.Structure):
    _fields_ = [("style", ctypes.c_int), ("text", ctypes.c_char_p)]


class Response(ctypes.Structure):
    _fields_ = [("text", ctypes.c_void_p), ("zero", ctypes.c_int)]


CONVERSE = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.POINTER(Message)),
    ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p)


class Conversation(ctypes.Structure):
    _fields_ = [("function", CONVERSE), ("data", ctypes.c_void_p)]


PAM_RHOST = 4
PAM_CONV_ERR = 19
PROMPTS = (1, 2)        # PAM_PROMPT_ECHO_OFF, PAM_PROMPT_ECHO_ON
OPERATIONS = {"authenticate": "pam_authenticate", "account": "pam_acct_mgmt"}


def pam(options, folder):
    libc = ctypes.CDLL(None)
    libc.calloc.restype = ctypes.c_void_p
    libc.calloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
    libpam = ctypes.CDLL("libpam.so.0")
    libpam.pam_strerror.restype = ctypes.c_char_p
    answers = Answers(folder)
    shown = b""

    def converse(count, messages, ret_responses, _):
        nonlocal shown
        size = ctypes.sizeof(Response)
        block = libc.calloc(count, size)
        for index in range(count):
            message = messages[index].contents
            kind = {3: "error: ", 4: "info: "}.get(message.style, "prompt: ")
            print(kind + message.text.decode(errors="replace"), flush=True)
            shown += message.text + b"\n"
            answers.act(shown)
            if message.style in PROMPTS:
                try:
                    text = answers.next(shown)
                except SystemExit as error:
                    print(error)
                    return PAM_CONV_ERR
                copy = libc.calloc(len(text) + 1, 1)
                ctypes.memmove(copy, text, len(text))
                Response.from_address(block + index * size).text = copy
                print(f"<{len(text)} bytes>")
        ret_responses[0] = block
        return 0

    conversation = Conversation(CONVERSE(converse), None)
    handle = ctypes.c_void_p()
    service, user, *operations = options.arguments
    status = libpam.pam_start(service.encode(), user.encode(),
                              ctypes.byref(conversation),
                              ctypes.byref(handle))
    if options.rhost:
        libpam.pam_set_item(handle, PAM_RHOST, options.rhost.encode())
    for operation in operations or ["authenticate"]:
        if status == 0:
            status = getattr(libpam, OPERATIONS[operation])(handle, 0)
    print("PAM:", libpam.pam_strerror(handle, status).decode())
    libpam.pam_end(handle, status)
    return status


PIECES = {"ssh": 1000, "tty": 4000, "pam": 1 << 30}
WAYS = {"ssh": ssh, "tty": tty, "pam": pam}


def main():
    if ASKPASS in os.environ:
        askpass(os.environ[ASKPASS], sys.argv[1])
        return 0
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--respond")
    parser.add_argument("--say")
    parser.add_argument("--type", action="append")
    parser.add_argument("--act")
    parser.add_argument("--pause", type=float, default=0)
    parser.add_argument("--hang-up", action="store_true")
    parser.add_argument("--piece", type=int)
    parser.add_argument("--size")
    parser.add_argument("--rhost", default="192.0.2.7")
    parser.add_argument("--identity")
    parser.add_argument("--both", action="store_true")
    parser.add_argument("--port", type=int, default=22)
    parser.add_argument("--timeout", type=int, default=60)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    # No alarm: sshd's own is what its password prompt is known by.
    watchdog = threading.Timer(options.timeout + 5, os._exit, (14,))
    watchdog.daemon = True
    watchdog.start()
    folder = tempfile.mkdtemp()
    try:
        Answers(folder).prepare(options,
                                options.piece or PIECES[options.way])
        status = WAYS[options.way](options, folder)
        sys.stdout.flush()
        return 0 if status == 0 else 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
