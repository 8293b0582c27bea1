#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`doctor`: one screen, with the truth about this host and these privileges."""
import ctypes
import functools
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TOOL = os.path.join(ROOT, os.environ.get("BUILD", "build"), "tcptrace-bpf")
sys.path.insert(0, os.path.join(HERE, "..", "scripts"))
import tap  # noqa: E402

# Of nobody else: its programs can be told from those of other tracers.
UID = 54321
EVENTS = """socket connect connected listen syn_recv accept state send recv shutdown
	close destroy packet retransmit reset drop""".split()
NEEDED = ("bpf", "perfmon", "net_admin", "sys_ptrace", "sys_admin")


def run(*argv, before=(), tool=TOOL):
    return subprocess.run([*before, tool, "doctor", *argv], text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@functools.lru_cache
def whole():
    """With all privileges."""
    return run()


@functools.lru_cache
def whole_json():
    return json.loads(run("--json").stdout)


def with_caps(*caps):
    """A user that has these and no other."""
    if not shutil.which("setpriv"):
        raise tap.Skip("no setpriv")
    words = "-all" + "".join(",+" + c for c in caps)
    return ["setpriv", "--reuid=%d" % UID, "--clear-groups", "--inh-caps=" + words,
            "--ambient-caps=" + words, "--bounding-set=" + words]


class Copy:
    """The tool where every user may run it."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        os.chmod(self.folder.name, 0o755)
        return shutil.copy(TOOL, self.folder.name)

    def __exit__(self, *_):
        self.folder.cleanup()


def rows(text):
    """event -> what its row says, of a screen"""
    return dict(re.findall(r"^(%s) +(.*)" % "|".join(EVENTS), text, re.M))


def check_screen(text):
    lines = text.splitlines()
    assert len(lines) <= 40, len(lines)
    assert max(map(len, lines)) <= 80, max(lines, key=len)
    assert list(rows(text)) == EVENTS, text


def test_one_screen():
    done = whole()
    assert done.returncode in (0, 3), done
    check_screen(done.stdout)
    for what in ("Kernel types", "Lockdown", "Privileges", "BPF programs", "Ring buffer",
                 "Locked memory", "Tap", "Other tracers"):
        assert re.search("^%s +[^ ]" % what, done.stdout, re.M), (what, done.stdout)
    seen = [e for e, row in rows(done.stdout).items() if not row.startswith("NO")]
    assert (seen == EVENTS) == (done.returncode == 0), done.stdout


def test_details_with_v():
    short, long, told = whole().stdout, run("-v").stdout, whole_json()
    assert len(long.splitlines()) > len(short.splitlines()) + 10, long
    words = " ".join(long.split())
    for hook in told["hooks"]:
        if hook.get("target"):
            assert "%s %s %s" % (hook["hook"], hook["kind"], hook["target"]) in words, hook
        for refused in hook["refused"]:
            assert "not %(kind)s %(target)s: %(why)s" % refused in words, refused
        for lack in hook.get("lacks", ()):
            assert lack["what"] in words, lack


def test_json_says_the_same():
    screen, told = whole(), whole_json()
    assert [e["event"] for e in told["events"]] == EVENTS, told
    for event in told["events"]:
        row = rows(screen.stdout)[event["event"]]
        assert event["possible"] == (not row.startswith("NO")), (event, row)
    assert told["loads"] and told["ring_buffer_bytes"] == 16 << 20, told
    assert told["map_bytes"] >= told["ring_buffer_bytes"], told
    assert " ".join(told["advice"]) in " ".join(
        screen.stdout.replace("To do:", " ").split()), (told["advice"], screen.stdout)


def test_without_privileges_nothing_is_possible():
    with Copy() as tool:
        done = run(before=with_caps(), tool=tool)
        told = json.loads(run("--json", before=with_caps(), tool=tool).stdout)
    assert done.returncode == 3, done
    check_screen(done.stdout)
    assert all(row.startswith("NO") for row in rows(done.stdout).values()), done.stdout
    assert not any(e["possible"] for e in told["events"]), told
    assert told["missing_capabilities"] == ["CAP_" + c.upper() for c in NEEDED], told
    assert re.search("^To do: +run it as root", done.stdout, re.M), done.stdout
    assert re.fullmatch("tcptrace-bpf: cannot load BPF programs: .*CAP_BPF.*\n",
                        done.stderr), done.stderr


def test_without_net_admin_the_others_are():
    with Copy() as tool:
        told = json.loads(run("--json", before=with_caps("bpf", "perfmon", "sys_ptrace"),
                              tool=tool).stdout)
    assert told["missing_capabilities"] == ["CAP_NET_ADMIN", "CAP_SYS_ADMIN"], told
    by_cgroup = {e for h in whole_json()["hooks"] if h.get("kind") == "cgroup" for e in h["events"]}
    for event in told["events"]:
        assert event["possible"] == (event["event"] not in by_cgroup), (event, by_cgroup)


def programs_of(uid):
    done = subprocess.run(["bpftool", "-j", "prog", "list"], text=True, check=True,
                          stdout=subprocess.PIPE)
    return [p["name"] for p in json.loads(done.stdout) if p.get("uid") == uid]


def wait_for(what, seconds=20):
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


def test_leaves_nothing_behind():
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if not shutil.which("bpftool"):
        raise tap.Skip("no bpftool")
    before = with_caps(*NEEDED, "dac_override")
    with Copy() as tool:
        # a tracer of this user is seen, so doctor's would be
        ready, told = os.pipe()
        tracer = subprocess.Popen(
            [*before, tool, "--events", "listen", "--duration", "30",
             "--ready-fd", str(told)], pass_fds=[told],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(told)
        try:
            assert os.read(ready, 1), "no tracer"
            assert programs_of(UID)
        finally:
            tracer.terminate()
            tracer.wait()
            os.close(ready)
        assert wait_for(lambda: not programs_of(UID)), programs_of(UID)
        done = run(before=before, tool=tool)
        assert "load and attach" in done.stdout, done.stdout + done.stderr
        assert wait_for(lambda: not programs_of(UID)), programs_of(UID)


# --- XDP ----------------------------------------------------------------------

def bpf(command, attr):
    """bpf(2) in this process; a descriptor."""
    number = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(number, command, attr, len(attr))
    if fd < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return fd


def load_xdp_pass():
    """`return XDP_PASS;`"""
    code = struct.pack("<BBhi", 0xb7, 0, 0, 2) + struct.pack("<BBhi", 0x95, 0, 0, 0)
    insns, licence = ctypes.create_string_buffer(code), ctypes.create_string_buffer(b"GPL")
    attr = struct.pack("<IIQQ", 6, 2, ctypes.addressof(insns), ctypes.addressof(licence))
    return bpf(5, attr + bytes(100))


def in_netns_of_our_own():
    """Runs the rest of the test there: unshare(CLONE_NEWNET)."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):
        raise OSError(ctypes.get_errno(), "unshare")


def test_names_an_xdp_program():
    pid = os.fork()
    if not pid:
        try:
            xdp_on_a_veth()
            os._exit(0)
        except BaseException as e:  # pylint: disable=broad-except
            print("# %r" % e, flush=True)
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0


def xdp_on_a_veth():
    in_netns_of_our_own()
    subprocess.run("ip link add ttx0 type veth peer name ttx1".split(), check=True)
    assert "XDP" not in run().stdout
    index = socket.if_nametoindex("ttx0")
    prog = load_xdp_pass()
    link = bpf(28, struct.pack("<IIII", prog, index, 37, 0) + bytes(48))  # BPF_XDP
    screen, told = run().stdout, json.loads(run("--json").stdout)
    assert [x["ifname"] for x in told["xdp"]] == ["ttx0"], told["xdp"]
    assert re.search(r"^XDP program +on ttx0 \(id %d\): " % told["xdp"][0]["program"],
                     screen, re.M), screen
    assert "ip link set dev ttx0 xdp off" in " ".join(screen.split()), screen
    check_screen(screen)
    os.close(link)
    assert json.loads(run("--json").stdout)["xdp"] == []


# --- what the kernel tells of itself, told by a mount of our own ----------------

def with_mounts(script):
    """Runs in a mount namespace of its own, after script."""
    return ["unshare", "-m", "sh", "-c", "set -e; %s; exec \"$@\"" % script, "sh"]


def test_advice_on_lockdown():
    done = run(before=with_mounts(
        "mount -t tmpfs none /sys/kernel/security; "
        "echo 'none integrity [confidentiality]' > /sys/kernel/security/lockdown"))
    assert re.search("^Lockdown +confidentiality$", done.stdout, re.M), done
    assert "lockdown=integrity" in done.stdout, done.stdout


if __name__ == "__main__":
    if not os.access(TOOL, os.X_OK):
        print(f"{TOOL}: not built")
        sys.exit(77)
    if os.geteuid():
        print("needs root")
        sys.exit(77)
    tap.main()
