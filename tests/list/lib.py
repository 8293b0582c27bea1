# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of list share: zoos of sockets, each in a network namespace of
its own, and comparing outputs line by line. As root."""
import ctypes
import json
import os
import shutil
import subprocess
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TOOL = os.environ.get("TCPTRACE") or os.path.join(
    ROOT, os.environ.get("BUILD", "build"), "tcptrace-bpf")
CLONE_NEWNET = 0x40000000
LONG6 = "2001:db8:1234:5678:9abc:def0:1234:5678"
DEVICE = "verylongifname0"
ENV = dict(os.environ, LC_ALL="C.UTF-8")
libc = ctypes.CDLL(None, use_errno=True)


class Skip(Exception):
    """Raised with the reason."""


def output(*argv, status=0):
    done = subprocess.run(argv, capture_output=True, env=ENV)
    assert status is None or done.returncode == status, \
        f"{argv}: status {done.returncode}: {done.stderr.decode()}"
    return done.stdout


def ours(*options, **kw):
    return output(TOOL, "list", *options, **kw)


def events(*options):
    """list -o json of this namespace, read by a real parser."""
    return [json.loads(line) for line in
            ours("-o", "json", "--netns", str(os.getpid()), *options).splitlines()]


def same_lines(mine, theirs):
    a, b = mine.split(b"\n"), theirs.split(b"\n")
    assert len(b) > 3, f"nothing to compare with: {theirs!r}"
    assert a[0] == b[0], f"title\n  ours   {a[0]!r}\n  theirs {b[0]!r}"
    a, b = sorted(a), sorted(b)
    only = ([b"  ours   " + x for x in a if x not in b] +
            [b"  theirs " + x for x in b if x not in a])
    assert a == b, "lines differ\n" + b"\n".join(only).decode(errors="replace")


def same_around(mask, options, *theirs):
    """What ours prints, masked, is what theirs printed before it or prints after
    it: a timer may go off between two runs, and then both tell another number."""
    for _ in range(20):
        before = output(*theirs)
        mine = ours(*options)
        after = output(*theirs)
        if mask(mine) in (mask(before), mask(after)):
            return mine
    same_lines(b"\n".join(mask(mine)), b"\n".join(mask(after)))
    raise AssertionError("the same lines in another order")


def in_its_order(text):
    return text.split(b"\n")


def nameless():
    """Pids, each as a list of one word, of processes without a name."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", "rb") as f:
                if f.read() == b"\n":
                    found.append([pid.encode()])
        except OSError:
            pass
    return found


class Zoo:
    def __init__(self, kind, outside):
        self.kind = kind
        self.outside = outside  # the namespace the test came from

    def __enter__(self):
        self.proc = subprocess.Popen(
            [sys.executable, "-S", "-E", os.path.join(HERE, "zoo.py"), self.kind],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.proc.stdout.readline().rstrip("\n").split(" ")
        assert line[0] == "ready", line
        self.pid, self.words = line[1], line[2].split(",")
        return self

    def __exit__(self, *_):
        self.proc.stdin.close()
        self.proc.wait()


def make_namespace():
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    for command in ("link set lo up", "addr add 10.9.8.7/24 dev lo",
                    f"addr add {LONG6}/64 dev lo nodad",
                    f"link add {DEVICE} type veth peer name other0",
                    f"link set {DEVICE} arp off up", "link set other0 arp off up",
                    f"addr add fe80::1:2/64 dev {DEVICE} nodad",
                    "addr add 10.9.6.1/24 dev " + DEVICE):
        subprocess.run(["ip", *command.split()], check=True)


def run_tests(zoo, tests, number):
    failed = 0
    for test in tests:
        number += 1
        line = f"ok {number} - {test.__name__}"
        try:
            test(zoo)
        except Skip as reason:
            line += f" # SKIP {reason}"
        except Exception:
            failed += 1
            line = "not " + line
            print("# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
        print(line, flush=True)
    return failed


def run_kind(kind, tests, number):
    """In a child, which keeps its namespace to itself."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] != 0
    status = 1
    try:
        outside = os.open("/proc/self/ns/net", os.O_RDONLY)
        make_namespace()
        with Zoo(kind, outside) as zoo:
            status = 1 if run_tests(zoo, tests, number) else 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def skip_reason(tools):
    if os.geteuid():
        return "not root"
    for tool in (*tools, "ip", "nsenter", "setpriv"):
        if not shutil.which(tool):
            return f"no {tool}"
    done = subprocess.run([TOOL, "list"], capture_output=True, text=True)
    return done.stderr.strip() if done.returncode == 3 else None


def main(tools=(), **kinds):
    """kinds: for each kind of zoo the tests that look at it."""
    why = skip_reason(tools)
    if why:
        print(f"1..0 # SKIP {why}")
        return 0
    print(f"1..{sum(map(len, kinds.values()))}", flush=True)
    failed, number = 0, 0
    for kind, tests in kinds.items():
        failed += run_kind(kind, tests, number)
        number += len(tests)
    return 1 if failed else 0
