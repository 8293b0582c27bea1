#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""list against netstat, lsof and ss, byte for byte after sorting, as root.

Everything happens in a private network namespace. A timer moves between two
runs: of each row its seconds, rounded down, may differ by two.
"""
import ctypes
import json
import os
import re
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
ENV = dict(os.environ, LC_ALL="C.UTF-8")
libc = ctypes.CDLL(None, use_errno=True)


def output(*argv, status=0):
    done = subprocess.run(argv, capture_output=True, env=ENV)
    assert status is None or done.returncode == status, \
        f"{argv}: status {done.returncode}: {done.stderr.decode()}"
    return done.stdout


def ours(*options, **kw):
    return output(TOOL, "list", *options, **kw)


def same_lines(mine, theirs):
    a, b = mine.split(b"\n"), theirs.split(b"\n")
    assert len(b) > 3, f"nothing to compare with: {theirs!r}"
    assert a[0] == b[0], f"title\n  ours   {a[0]!r}\n  theirs {b[0]!r}"
    a, b = sorted(a), sorted(b)
    only = ([b"  ours   " + x for x in a if x not in b] +
            [b"  theirs " + x for x in b if x not in a])
    assert a == b, "lines differ\n" + b"\n".join(only).decode(errors="replace")


class Moving:
    """Rows with their timers taken out, and the timers' seconds."""

    TIMER = re.compile(rb"\((\d+\.\d\d)/")

    def __init__(self, text):
        rows = sorted(text.split(b"\n"), key=lambda r: self.TIMER.sub(b"(", r))
        self.text = b"\n".join(self.TIMER.sub(b"(-/", r) for r in rows)
        self.seconds = [float(s) for r in rows for s in self.TIMER.findall(r)]


class Zoo:
    def __init__(self, outside):
        self.outside = outside  # the namespace the test came from

    def __enter__(self):
        self.proc = subprocess.Popen(
            [sys.executable, "-S", "-E", os.path.join(HERE, "zoo.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        word, pid = self.proc.stdout.readline().split()
        assert word == "ready"
        self.pid = pid
        return self

    def __exit__(self, *_):
        self.proc.stdin.close()
        self.proc.wait()


def netstat(zoo):
    same_lines(ours("-o", "netstat"), output("netstat", "-natp"))


def netstat_in_its_order(zoo):
    mine = ours("-o", "netstat")
    assert mine == output("netstat", "-natp"), mine.decode()


def netstat_wide_extended(zoo):
    mine = ours("-o", "netstat", "--wide", "--extended")
    same_lines(mine, output("netstat", "-natpWe"))
    assert LONG6.encode() in mine


def netstat_listening(zoo):
    same_lines(ours("-o", "netstat", "--listening"), output("netstat", "-ntlp"))


def netstat_timers(zoo):
    mine = Moving(ours("-o", "netstat", "--timers"))
    theirs = Moving(output("netstat", "-natpo"))
    assert mine.text == theirs.text, "\n".join(set(mine.text.decode().split("\n")) ^ set(theirs.text.decode().split("\n")))
    assert len(mine.seconds) == len(theirs.seconds) > 5
    assert any(s > 7000 for s in mine.seconds), "no keep-alive"
    # Sorted without the timer, rows that are otherwise equal may swap.
    for a, b in zip(sorted(mine.seconds), sorted(theirs.seconds)):
        assert abs(a - b) <= 2, f"{a} and {b}"


def masked(text, *names):
    """Rows of ss, sorted, without what runs on by itself and so their padding."""
    text = re.sub(rb" timer:\((\w+),[^,]*,", rb" timer:(\1,-,", text)
    for name in names:
        text = re.sub(rb" %b:\d+" % name.encode(), b"", text)
    rows = text.replace(b"\n\t", b"\t\t").split(b"\n")
    return sorted(re.sub(rb" +(\t|$)", rb"\1", row) for row in rows)


def ss(options, letters, *names):
    """Ours is what ss says before or after it; timers go off between two runs."""
    for _ in range(20):
        before = output("ss", letters)
        mine = ours("-o", "ss", *options)
        after = output("ss", letters)
        found = masked(mine, *names)
        if found in (masked(before, *names), masked(after, *names)):
            return mine, (before, after)
    same_lines(b"\n".join(found), b"\n".join(masked(after, *names)))


# Milliseconds since then.
SINCE = ("lastsnd", "lastrcv", "lastack")


def ss_rows(zoo):
    mine, _ = ss((), "-tanpe")
    for part in (LONG6.encode(), b'("with space",pid=', b" timer:(keepalive,",
                 b" timer:(timewait,", b" uid:65534 ", b" v6only:0 ", b" --> "):
        assert part in mine, part


def ss_info(zoo):
    mine, _ = ss(("--info",), "-tanpei", *SINCE)
    assert b" wscale:" in mine and b" retrans:" in mine and b" bbr:(" in mine


def ss_memory(zoo):
    ss(("--memory",), "-tanpem")


def ss_all_of_it(zoo):
    ss(("--info", "--memory", "--timers"), "-tanpeimo", *SINCE)


def ss_listening(zoo):
    ss(("--listening",), "-tlnpe")


def lsof_of_all(zoo):
    same_lines(ours("-o", "lsof"), output("lsof", "-nP", "-iTCP"))


def lsof_of_a_process(zoo):
    same_lines(ours("-o", "lsof", "-p", zoo.pid),
               output("lsof", "-nP", "-a", "-iTCP", "-op", zoo.pid))


def lsof_among_other_files(zoo):
    """The rows of -op PID, whose columns are as wide as other files need."""
    rows = [r for r in output("lsof", "-nP", "-op", zoo.pid).split(b"\n")
            if b" TCP " in r]
    mine = ours("-o", "lsof", "-p", zoo.pid).split(b"\n")[1:-1]
    assert rows and sorted(r.split() for r in rows) == \
        sorted(r.split() for r in mine)


def lsof_several_processes(zoo):
    pids = zoo.pid + "," + str(os.getpid())
    same_lines(ours("-o", "lsof", "-p", pids),
               output("lsof", "-nP", "-a", "-iTCP", "-op", pids))


def events(*options):
    return [json.loads(line) for line in
            ours("-o", "json", "--netns", str(os.getpid()), *options).splitlines()]


def json_has_every_socket(zoo):
    found = events()
    assert {e["event"] for e in found} == {"socket"}
    cookies = [e["sk"] for e in found]
    assert len(set(cookies)) == len(cookies), "a socket twice"
    by_state = {}
    for e in found:
        by_state.setdefault(e["state"], []).append(e)
    for state in ("LISTEN", "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT2", "TIME_WAIT",
                  "SYN_SENT", "CLOSE"):
        assert by_state.get(state), f"no {state}"
    table = output("netstat", "-nat").split(b"\n")[2:-1]
    unconnected = by_state["CLOSE"]
    assert len(found) == len(table) + len(unconnected), \
        f"{len(found)} events, {len(table)} rows, {len(unconnected)} in no table"
    assert all("pid" not in e for e in by_state["TIME_WAIT"])


def json_has_every_owner(zoo):
    [listener] = [e for e in events("--port", "7000") if e["state"] == "LISTEN"]
    mine = [o for o in listener["owners"] if o["pid"] == int(zoo.pid)]
    # The listener, its dup, the high descriptor; and all of them in 4 children.
    assert len(mine) == 3 and 12345 in [o["fd"] for o in mine], mine
    assert len(listener["owners"]) == 15, listener["owners"]
    assert {o["comm"] for o in listener["owners"]} >= {"with space", "other"}


def json_names_the_listener_of_a_child(zoo):
    waiting = [e for e in events("--lport", "7000") if
               e["state"] == "ESTABLISHED" and not e["owners"]]
    assert len(waiting) == 1, waiting
    assert waiting[0]["owner_src"] == "listener", waiting
    assert waiting[0]["pid"] == int(zoo.pid), waiting
    assert waiting[0]["peer"]["pid"] == int(zoo.pid), waiting


def selections(zoo):
    pid = zoo.pid
    for option, test in (
            (("-p", pid), lambda e: e["state"] != "TIME_WAIT"),
            (("--comm", "oth*"), lambda e: any(o["comm"] == "other"
                                               for o in e["owners"])
             or e["owner_src"] == "listener"),
            (("--uid", "nobody"), lambda e: e["pid"] != int(pid)),
            (("--port", "7002"), lambda e: 7002 in (e["lport"], e.get("rport"))),
            (("--lport", "7002"), lambda e: e["lport"] == 7002),
            (("--rport", "7002"), lambda e: e["rport"] == 7002),
            (("--addr", "10.9.8.0/24"), lambda e: e["laddr"] == "10.9.8.7"),
            (("-6",), lambda e: e["family"] == 6 and not e.get("mapped")),
            (("-4",), lambda e: e["family"] == 4 or e.get("mapped")
             or e["laddr"] == "::"),
            (("--state", "listen"), lambda e: e["state"] == "LISTEN"),
            (("--state", "fin_wait2"), lambda e: e["state"] == "FIN_WAIT2"),
            (("--listening",), lambda e: e["state"] == "LISTEN")):
        found = events(*option)
        assert 0 < len(found) < len(events()), (option, len(found))
        wrong = [e for e in found if not test(e)]
        assert not wrong, (option, wrong)


def other_namespaces(zoo):
    """From outside: table and json see the zoo, netstat and lsof do not."""
    argv = ["nsenter", f"--net=/proc/{os.getpid()}/fd/{zoo.outside}", TOOL, "list",
            "--port", "7000"]
    ino = os.stat("/proc/self/ns/net").st_ino
    assert os.fstat(zoo.outside).st_ino != ino, "not in a namespace of its own"
    everywhere = [json.loads(line) for line in output(*argv, "-o", "json").splitlines()]
    here = [e for e in everywhere if e["netns"] == ino]
    assert len(here) == len(events("--port", "7000")) > 3
    assert b"python3" not in output(*argv, "-o", "netstat")
    assert b":7000" not in output(*argv, "-o", "lsof", "-p", zoo.pid)
    named = output(*argv, "-o", "lsof", "-p", zoo.pid, "--netns", zoo.pid)
    assert b":7000 (LISTEN)" in named, named


def table_is_aligned(zoo):
    lines = ours("--netns", zoo.pid).decode().splitlines()
    at = lines[0].index("LOCAL")
    assert len(lines) > 20
    for line in lines[1:]:
        assert line[at - 1] == " " != line[at], line
        assert line == line.rstrip() and line.isprintable(), repr(line)


def bad_requests(zoo):
    for options, status, words in (
            (("-p", "4194303"), 1, "no such process"),
            (("--netns", "/etc/passwd"), 1, "not a network namespace"),
            (("-o", "lsof", "--timers"), 2, "no such columns"),
            (("--info",), 2, "use -o ss"),
            (("--cgroup", "/no/such/cgroup"), 1, "--cgroup /no/such/cgroup")):
        done = subprocess.run([TOOL, "list", *options], capture_output=True, text=True)
        assert done.returncode == status, (options, done.returncode, done.stderr)
        assert words in done.stderr and done.stderr.count("\n") == 1, done.stderr
        assert not done.stdout, done.stdout


def without_privileges(zoo):
    done = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", TOOL,
                           "list"], capture_output=True, text=True)
    assert done.returncode == 3, done
    assert done.stderr.count("\n") == 1 and "root" in done.stderr, done.stderr


TESTS = (netstat, netstat_in_its_order, netstat_wide_extended, netstat_listening,
         netstat_timers, ss_rows, ss_info, ss_memory, ss_all_of_it,
         ss_listening, lsof_of_all, lsof_of_a_process, lsof_among_other_files,
         lsof_several_processes, json_has_every_socket, json_has_every_owner,
         json_names_the_listener_of_a_child, selections, other_namespaces,
         table_is_aligned, bad_requests, without_privileges)


def skip_reason():
    if os.geteuid():
        return "not root"
    for tool in ("netstat", "lsof", "ss", "ip", "nsenter", "setpriv"):
        if not shutil.which(tool):
            return f"no {tool}"
    done = subprocess.run([TOOL, "list"], capture_output=True, text=True)
    return done.stderr.strip() if done.returncode == 3 else None


def main():
    why = skip_reason()
    if why:
        print(f"1..0 # SKIP {why}")
        return 0
    outside = os.open("/proc/self/ns/net", os.O_RDONLY)
    if libc.unshare(CLONE_NEWNET):
        print("1..0 # SKIP no network namespace")
        return 0
    for command in ("link set lo up", "addr add 10.9.8.7/24 dev lo",
                    f"addr add {LONG6}/64 dev lo nodad"):
        subprocess.run(["ip", *command.split()], check=True)
    print(f"1..{len(TESTS)}")
    failed = 0
    with Zoo(outside) as zoo:
        for n, test in enumerate(TESTS, 1):
            try:
                test(zoo)
                print(f"ok {n} - {test.__name__}", flush=True)
            except Exception:
                failed += 1
                print(f"not ok {n} - {test.__name__}", flush=True)
                print("# " + traceback.format_exc().replace("\n", "\n# "),
                      flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
