# SPDX-License-Identifier: BSD-2-Clause
"""Recordings: a load in a network namespace of its own, the tool on it."""
import os
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(ROOT, "tests/scripts"))
import tap  # noqa: E402

TOOL = os.path.join(ROOT, os.environ.get("BUILD", "build"), "tcptrace-bpf")
LOAD = os.path.join(HERE, "load.py")
OURS = 0x80746370
LIMIT = 60


def need_root():
    if os.geteuid():
        raise tap.Skip("needs root")


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise tap.Skip(f"needs {tool}")


class Dir:
    """A folder for one test's files."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="tt-record-")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def __call__(self, name):
        return os.path.join(self.path, name)


def run(*args, **kwargs):
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(args, capture_output=True, timeout=LIMIT, check=False, **kwargs)


def record(*options, load=("mixed",), env=None):
    """`run` of a load with these options; the finished process."""
    need_root()
    return run("unshare", "-n", TOOL, "run", *options, "--", sys.executable, LOAD, *load,
               env=env)


def good(done, status=0):
    assert done.returncode == status, \
        f"status {done.returncode}, not {status}: {done.stderr.decode()[-600:]}"
    return done


def read(*args, status=0):
    """What `read` prints."""
    return good(run(TOOL, "read", *args), status).stdout


def content(path):
    with open(path, "rb") as file:
        return file.read()


def blocks(data):
    """(offset, type, bytes) of each whole block of a pcapng of this machine."""
    at = 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("=II", data, at)
        if size < 12 or at + size > len(data):
            return
        yield at, kind, data[at:at + size]
        at += size


def options(block, at):
    """{code: [value]} of a block's options from offset at."""
    found = {}
    while at + 4 <= len(block) - 4:
        code, size = struct.unpack_from("=HH", block, at)
        if code == 0:
            break
        found.setdefault(code, []).append(block[at + 4:at + 4 + size])
        at += 4 + (size + 3) // 4 * 4
    return found


def packets(data):
    """(time ns, captured bytes, length, options) of each packet block."""
    for _, kind, block in blocks(data):
        if kind != 6:
            continue
        _, high, low, caplen, length = struct.unpack_from("=IIIII", block, 8)
        end = 28 + (caplen + 3) // 4 * 4
        yield (high << 32 | low), block[28:28 + caplen], length, options(block, end)


def first_difference(a, b):
    for number, (x, y) in enumerate(zip(a.split(b"\n"), b.split(b"\n")), 1):
        if x != y:
            return f"line {number}:\n  {x.decode(errors='replace')}\n  " \
                   f"{y.decode(errors='replace')}"
    return f"{len(a)} and {len(b)} bytes: {a[-120:]} {b[-120:]}"


def same(a, b, what):
    assert a == b, f"{what}: {first_difference(a, b)}"
