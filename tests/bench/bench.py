#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the bench (make bench) in the build directory and prints its tables.

	tests/bench/bench.py [saml] [jwt] [login] [attacks] [sync]

saml	 validations in a process that stays, ours and those of the peers that
	 are installed, interleaved; medians of CPU time, since other processes
	 of the machine take from the wall clock
jwt	 the same of id_tokens
login	 the processes of one login, and what they are made of
attacks	 what it costs to refuse what is made to cost
sync	 what a large directory costs; only if it is asked for: see sync.py

BENCH_ROUNDS (9), BENCH_SLICE (seconds of one sample, 0.2) and BENCH_CPU (the
processor to measure on; all) may be set.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.path.abspath("tests/bench")
DATA = os.path.join(WORK, "data")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
SLICE = float(os.environ.get("BENCH_SLICE", "0.2"))
TITLES = ("5 groups", "150 groups")
PYTHON = "/usr/bin/python3"

os.environ.setdefault("top_srcdir", os.path.dirname(os.path.dirname(HERE)))


def pin():
    if "BENCH_CPU" in os.environ:
        os.sched_setaffinity(0, {int(os.environ["BENCH_CPU"])})


def make_corpus():
    subprocess.run([PYTHON, os.path.join(HERE, "corpus.py"), DATA],
                   check=True)
    with open(os.path.join(DATA, "env")) as f:
        for line in f:
            name, value = line.rstrip("\n").split("=", 1)
            os.environ[name] = value


# -- the peers --------------------------------------------------------------

def built(name):
    return lambda: [os.path.join(WORK, name)]


def program(name):
    return shutil.which(name) is not None


def python_peer(name, *modules, needs=None):
    def command():
        found = subprocess.run(
            [PYTHON, "-c", "import " + ", ".join(modules)],
            stderr=subprocess.DEVNULL).returncode == 0
        if not found or (needs and not program(needs)):
            return None
        return [PYTHON, os.path.join(HERE, "peers.py"), name]
    return command


def lasso():
    found = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "lasso", "gobject-2.0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if found.returncode != 0:
        return None
    flags = found.stdout.split()
    path = os.path.join(WORK, "peer_lasso")
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-w", "-o", path,
                    os.path.join(HERE, "peer_lasso.c"),
                    os.path.join(HERE, "bench.c")] + flags, check=True)
    return [path]


def simplesamlphp():
    if not program("php") or not os.path.exists(
            "/usr/share/simplesamlphp/lib/_autoload.php"):
        return None
    config = os.path.join(DATA, "simplesamlphp")
    os.makedirs(config, exist_ok=True)
    with open(os.path.join(config, "config.php"), "w") as f:
        f.write("<?php $config = ['baseurlpath' => 'https://%s/', "
                "'secretsalt' => 'bench', 'timezone' => 'UTC', "
                "'logging.level' => 0, 'logging.handler' => 'errorlog', "
                "'technicalcontact_email' => 'a@example.com', "
                "'store.type' => 'phpsession', "
                "'module.enable' => ['saml' => true]];\n"
                % os.environ["BENCH_ACS"].split("/")[2])
    os.environ["SIMPLESAMLPHP_CONFIG_DIR"] = config
    return ["php", os.path.join(HERE, "peer_simplesamlphp.php")]


# Name, its command or None, and whether it does the whole job; the second is
# the least that the libraries of ours can do.
SAML_PEERS = (
    ("ours", built("saml_bench"), True),
    ("xmlsec, key preset, least", built("peer_xmlsec"), False),
    ("xmlsec1 command", python_peer("xmlsec1", "os", needs="xmlsec1"), False),
    ("lasso", lasso, True),
    ("SimpleSAMLphp", simplesamlphp, True),
    ("python3-saml", python_peer("onelogin", "onelogin.saml2.response",
                                 needs="xmlsec1"), True),
    ("pysaml2", python_peer("pysaml2", "saml2", needs="xmlsec1"), True),
)
JWT_PEERS = (
    ("ours", built("jwt_bench"), True),
    ("EVP and jansson, least", built("peer_jwt"), False),
    ("PyJWT", python_peer("pyjwt", "jwt", "cryptography"), True),
)


# -- validations ------------------------------------------------------------

def run(command, n, directory):
    """CPU nanoseconds for one, or None when not all are accepted."""
    path = os.path.join(DATA, directory)
    files = sorted(os.path.join(path, name) for name in os.listdir(path)
                   if name.endswith((".b64", ".jwt")))
    done = subprocess.run(command + [str(n)] + files, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    found = re.match(r"ok=(\d+) n=(\d+) ns=[\d.]+ cpu=([\d.]+)", done.stdout)
    if done.returncode != 0 or not found or found.group(1) != found.group(2):
        return None
    return float(found.group(3))


def enough(command, sets):
    """How many validations a sample takes, by set; None: it refuses."""
    count = {}
    for name in sets:
        cost = run(command, 16, name)
        if cost is None:
            return None
        count[name] = max(4, int(SLICE * 1e9 / max(cost, 1)))
    return count


def sample(commands, sets):
    counts = {}
    for name, command in commands.items():
        counts[name] = enough(command, sets)
        if counts[name] is None:
            print("%-28s does not accept the corpus" % name)
    samples = {(name, s): [] for name in counts if counts[name]
               for s in sets}
    for _ in range(ROUNDS):
        for name, s in samples:
            samples[name, s].append(run(commands[name], counts[name][s], s))
    return {key: statistics.median(v) / 1000 for key, v in samples.items()}


def compare(peers, sets):
    commands = {}
    for name, find, _ in peers:
        command = find()
        if command is None:
            print("%-28s not installed" % name)
        else:
            commands[name] = command
    cost = sample(commands, sets)
    print("%-28s" % "" + "".join("%18s" % t for t in TITLES))
    for name, _, whole in peers:
        if (name, sets[0]) not in cost:
            continue
        print("%-28s" % name + "".join("%10.0f %6.2fx" % (
            cost[name, s], cost[name, s] / cost["ours", s]) for s in sets)
            + ("" if whole else "   (not the whole job)"))
    least = peers[1][0]
    print("\nours to the least that the libraries do: %s" % ", ".join(
        "%.2f (%s)" % (cost["ours", s] / cost[least, s], t)
        for s, t in zip(sets, TITLES)))
    return True


def saml():
    print("SAML validation: microseconds of CPU, and how many times ours\n")
    return compare(SAML_PEERS, ("sa5", "sa150"))


def jwt():
    print("id_tokens: microseconds of CPU, and how many times ours\n")
    return compare(JWT_PEERS, ("rs5", "rs150"))


# -- the rest ---------------------------------------------------------------

def login():
    print("One login, from the start of the helper to its result\n",
          flush=True)
    return subprocess.run([os.path.join(WORK, "login"), "40",
                           DATA]).returncode == 0


def attacks():
    print("Refusing what is made to cost: 50 ms and 32 MiB are too much\n",
          flush=True)
    return subprocess.run([os.path.join(WORK, "attacks")]).returncode == 0


def sync():
    return subprocess.run([PYTHON, os.path.join(HERE, "sync.py")]
                          ).returncode == 0


PARTS = {"saml": saml, "jwt": jwt, "login": login, "attacks": attacks,
         "sync": sync}
LONG = ("sync",)


def main():
    wanted = sys.argv[1:] or [part for part in PARTS if part not in LONG]
    if any(part not in PARTS for part in wanted):
        sys.exit(__doc__)
    pin()
    if wanted != ["sync"]:
        make_corpus()
    good = True
    for part in wanted:
        good = PARTS[part]() and good
        print(flush=True)
    return 0 if good else 1


sys.exit(main())
