#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The kernel's types: covered, brought by --btf, of a kernel without IPv6."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TOOL = os.path.join(ROOT, os.environ.get("BUILD", "build"), "tcptrace-bpf")
sys.path.insert(0, os.path.join(HERE, "..", "scripts"))
import tap  # noqa: E402

KERNEL = "/sys/kernel/btf/vmlinux"
WITH_TYPES_COVERED = ["unshare", "-m", "sh", "-ec",
                      "mount -t tmpfs none /sys/kernel/btf; exec \"$@\"", "sh"]
# One connection to itself; and what it sees of the file system.
CLIENT = """
import os, socket
assert os.listdir("/sys/kernel/btf") == %r
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
client.send(b"x" * 10)
assert server.recv(100)
"""
EXPECTED = {"listen", "connect", "connected", "syn_recv", "accept", "send", "recv", "close",
            "state", "packet"}


def run(*argv, before=()):
    return subprocess.run([*before, TOOL, *argv], text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def trace(*options, before=(), sees=("vmlinux",)):
    """The events of one connection, as dicts."""
    done = run("run", "-o", "json", "--log", "/dev/stdout", *options, "--",
               "/usr/bin/python3", "-c", CLIENT % list(sees), before=before)
    assert done.returncode == 0, done
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_connection(events):
    assert EXPECTED <= {e["event"] for e in events}, events
    for e in events:
        if e["event"] == "accept":
            assert (e["family"], e["laddr"], e["raddr"]) == (4, "127.0.0.1", "127.0.0.1"), e
        if e["event"] == "send":
            assert e["bytes"] == 10 and e["comm"].startswith("python3"), e


def patched(*names):
    """A copy of the kernel's types in which these names are others."""
    with open(KERNEL, "rb") as f:
        data = f.read()
    for name in names:
        old = b"\0" + name.encode() + b"\0"
        assert old in data, name
        data = data.replace(old, b"\0no" + old[3:])
    out = tempfile.NamedTemporaryFile()
    out.write(data)
    out.flush()
    return out


def test_types_that_are_covered():
    check_connection(trace(before=WITH_TYPES_COVERED, sees=()))
    assert run("list", before=WITH_TYPES_COVERED).returncode == 0
    assert "load and attach" in run("doctor", before=WITH_TYPES_COVERED).stdout


def test_a_file_with_the_types_covered():
    with patched() as types:
        check_connection(trace("--btf", types.name, before=WITH_TYPES_COVERED, sees=()))
        done = run("list", "--btf", types.name, before=WITH_TYPES_COVERED)
        assert done.returncode == 0, done
        done = run("doctor", "--btf", types.name, before=WITH_TYPES_COVERED)
        assert types.name in done.stdout and "load and attach" in done.stdout, done


def one_line(done, words):
    assert done.returncode == 3, done
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("tcptrace-bpf: "), lines
    assert words in lines[0], lines


def test_without_types():
    """Covered, and the kernel is not to be asked."""
    before = [*WITH_TYPES_COVERED, "setpriv", "--bounding-set=-sys_admin", "--inh-caps=-all"]
    words = "cannot see the kernel's types: Operation not permitted: show /sys/kernel/btf"
    one_line(run("--events", "state", "--duration", "1", before=before), words)
    done = run("doctor", before=before)
    one_line(done, words)
    assert "NO" in done.stdout and "\nTo do: " in done.stdout, done.stdout


def test_a_file_that_has_none():
    for name, words in (("/dev/null", "no BTF in it"), (__file__, "name a file of BTF"),
                        ("/nowhere", "No such file or directory")):
        one_line(run("--btf", name, "--duration", "1"), words)
        one_line(run("doctor", "--btf", name), words)


def test_without_ipv6():
    """As CONFIG_IPV6=n leaves them: no v6 addresses, no tcp_v6_connect()."""
    with patched("skc_v6_daddr", "skc_v6_rcv_saddr", "tcp_v6_connect") as types:
        check_connection(trace("--btf", types.name))
        told = json.loads(run("doctor", "--json", "--btf", types.name).stdout)
        whole = json.loads(run("doctor", "--json").stdout)
        assert told["loads"] and told["snapshot"], told
        kinds = [[(h["hook"], h.get("kind")) for h in d["hooks"]] for d in (told, whole)]
        assert kinds[0] == kinds[1], kinds
        assert run("list", "--btf", types.name).returncode == 0


if __name__ == "__main__":
    if not os.access(TOOL, os.X_OK):
        print(f"{TOOL}: not built")
        sys.exit(77)
    if os.geteuid() or not os.access(KERNEL, os.R_OK):
        print("needs root and a kernel with BTF")
        sys.exit(77)
    tap.main()
