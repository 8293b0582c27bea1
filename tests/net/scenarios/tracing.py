# SPDX-License-Identifier: BSD-2-Clause
"""The tracer itself: run, limits, ends, neighbours, failures."""
import collections
import json
import os
import re
import signal
import subprocess
import time

import lib
from lib import ABSENT, E, Fail, Skip
from . import scenario
from .ending import opened

CONNECT = """
import os, signal, socket, sys
s = socket.socket()
s.connect(("127.0.0.1", int(sys.argv[1])))
s.send(b"hello")
print("pid", os.getpid(), flush=True)
if sys.argv[2] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "fork":
    if os.fork() == 0:
        s.send(b"child")
        print("pid", os.getpid(), flush=True)
        os._exit(0)
    os.wait()
os._exit(int(sys.argv[3]))  # exit() would close the socket first
"""


def run_command(t, how, status):
    """`run -- python` against a listening driver: events, its pids, stdout."""
    ns = t.netns()
    s = t.driver(ns, "server")
    _lfd, port = t.listen(s)
    log = t.path("run.json")
    argv = ns.enter() + [lib.TRACER] + lib.with_hooks(["run", "-o", "json", "--log", log, "--"])
    argv += lib.PYTHON + ["-c", CONNECT, port, how, status]
    proc = t.popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = proc.communicate(timeout=t.left())
    pids = [int(p) for p in re.findall(r"^pid (\d+)$", out, re.M)]
    assert pids, "COMMAND's stdout is not there: %r %r" % (out, err)
    stream = lib.Stream()
    with open(log, "rb") as f:
        stream.feed(f.read())
    stream.finish()
    stream.parse()
    stream.check(pids=set(pids) | {s.pid}, netns={ns.inode})
    return proc.returncode, stream, pids, port


@scenario
def run_from_the_first_instruction(t):
    status, stream, pids, port = run_command(t, "exit", 7)
    assert status == 7, status
    stream.ordered(E("connect", pid=pids[0], tid=pids[0], rport=port),
                   E("connected", pid=pids[0], error=ABSENT),
                   E("send", pid=pids[0], bytes=5, offset=0),
                   E("packet", len=5, pid=pids[0], dir="out"),
                   E("close", pid=pids[0], via="exit"))


@scenario
def run_follows_children(t):
    status, stream, pids, _port = run_command(t, "fork", 0)
    assert status == 0 and len(pids) == 2, (status, pids)
    sk = stream.one("connect", pid=pids[0])["sk"]
    stream.one("send", pid=pids[1], sk=sk, bytes=5, offset=5)
    stream.one("close", sk=sk, via="exit", pid=pids[0])


@scenario
def run_tells_a_signal(t):
    status, stream, pids, _port = run_command(t, "kill", 0)
    assert status == 128 + 9, status
    stream.one("close", pid=pids[0], via="exit")


@scenario
def run_passes_signals_on(t):
    """SIGTERM goes to COMMAND, whose status it is then."""
    script = "import signal, sys, time\n" \
        "signal.signal(15, lambda *_: sys.exit(9))\n" \
        "print('armed', flush=True)\n" \
        "signal.pause()\n"
    proc = t.popen([lib.TRACER, "run", "--log", t.path("log"), "--"] + lib.PYTHON +
                   ["-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert proc.stdout.readline() == "armed\n"
    proc.send_signal(signal.SIGTERM)
    assert proc.wait(t.left()) == 9, proc.returncode


def run_that_ends_early(t, options, **how):
    """A COMMAND that outlives the tracing: it is left alone and waited for."""
    fifo = t.path("go")
    os.mkfifo(fifo)
    script = "ip link set lo up; exec 3<>/dev/tcp/127.0.0.1/1; read word <%s; exit 7" % fifo
    proc = t.popen(["unshare", "-n", lib.TRACER] + lib.with_hooks(["run"] + options) +
                   ["--", "bash", "-c", script], stderr=subprocess.PIPE, text=True, **how)
    return proc, fifo


def expect_its_status(t, proc, fifo):
    for line in proc.stderr:
        if "COMMAND goes on" in line:
            break
    else:
        raise Fail("it does not say that COMMAND goes on")
    assert proc.poll() is None
    attached = [os.readlink("/proc/%d/fd/%s" % (proc.pid, fd))
                for fd in os.listdir("/proc/%d/fd" % proc.pid)]
    assert not [link for link in attached if "bpf" in link], attached
    with open(fifo, "w", encoding="utf-8") as f:
        f.write("go\n")
    assert proc.wait(t.left()) == 7, proc.returncode


@scenario
def count_leaves_the_command_alone(t):
    proc, fifo = run_that_ends_early(t, ["--log", t.path("log"), "-c", "1"])
    expect_its_status(t, proc, fifo)


@scenario
def a_closed_pipe_leaves_the_command_alone(t):
    r, w = os.pipe()
    os.close(r)
    proc, fifo = run_that_ends_early(t, [], stdout=w)
    os.close(w)
    expect_its_status(t, proc, fifo)


@scenario
def run_statuses_of_env(t):
    plain = t.path("plain")
    with open(plain, "w", encoding="utf-8"):
        pass
    for command, status in (("/nonexistent/program", 127), (plain, 126), ("true", 0),
                            ("false", 1)):
        done = t.tool("run", "--log", t.path("log"), "--", command)
        assert done.returncode == status, (command, done.returncode, done.stderr)


@scenario
def nohup_is_meant(t):
    """As tcpdump: whom nohup(1) has started, no hang-up ends."""
    s, c = t.pair()
    proc = t.popen(["nohup", lib.TRACER, "-p", s.pid, "--events", "listen", "-c", "1"],
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "tcptrace-bpf: ready" in proc.stderr.readline()
    proc.send_signal(signal.SIGHUP)
    t.listen(s)
    out, err = proc.communicate(timeout=t.left())
    assert proc.returncode == 0 and "listen" in out, (out, err)


@scenario
def count_ends_the_run(t):
    s, c = t.pair()
    tr = t.trace(s, c, options=["-c", "5"])
    t.connect(s, c)
    tr.ended()
    t.check(tr)
    assert len(tr.events) == 5, len(tr.events)


@scenario
def duration_ends_the_run(t):
    c = t.driver(t.netns())
    begin = time.monotonic()
    tr = t.trace(c, options=["--duration", "0.5"])
    tr.ended()
    assert time.monotonic() - begin >= 0.5


@scenario
def ready_line_comes_first(t):
    c = t.driver(t.netns())
    tr = t.trace(c)
    tr.stop()
    lines = tr.stderr().splitlines()
    assert lines and lines[0].startswith("tcptrace-bpf: ready"), lines


@scenario
def closed_pipe_ends_quietly(t):
    """As `| head -1` does."""
    s, c = t.pair()
    ready_r, ready_w = os.pipe()
    proc = t.popen([lib.TRACER, "-o", "json", "-p", s.pid, "--ready-fd", ready_w],
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[ready_w])
    os.close(ready_w)
    assert os.read(ready_r, 1), proc.stderr.read()
    os.close(ready_r)
    lfd, port = t.listen(s)
    assert json.loads(proc.stdout.readline())
    proc.stdout.close()
    c.do("connect", fd=c.do("socket")["fd"], addr="127.0.0.1", port=port)
    s.do("accept", fd=lfd)
    err = proc.stderr.read().decode()
    assert proc.wait(t.left()) == 0, (proc.returncode, err)
    assert "roken pipe" not in err, err


@scenario
def closed_pipe_is_no_failure(t):
    """Of the other commands: what they have to say is said."""
    for words in (["list"], ["list", "-o", "json"], ["--help"], ["--version"], ["doctor"],
                  ["read", os.path.join(lib.ROOT, "tests/golden/connection.pcapng")]):
        ours, theirs = os.pipe()
        os.close(ours)
        want = t.tool(*words).returncode
        done = subprocess.run([lib.TRACER] + words, stdin=subprocess.DEVNULL, stdout=theirs,
                              stderr=subprocess.PIPE, text=True, timeout=t.left())
        os.close(theirs)
        assert done.returncode == want < 4 and "roken pipe" not in done.stderr, (words, done)


def essence(e):
    return tuple(e.get(k) for k in ("event", "pid", "tid", "fd", "sk", "old", "new", "bytes",
                                    "flags", "tcp_seq", "via", "dir"))


@scenario
def two_tracers_at_once(t):
    """Both see all of it, and the end of one is nothing to the other."""
    s, c = t.pair()
    one, two = t.trace(s, c), t.trace(s, c)
    conn = t.connect(s, c)
    for tr in (one, two):
        tr.wait("accept")
        tr.wait("connected")
        tr.wait("packet", flags=".")
    t.stop(two)
    c.do("send", fd=conn.cfd, n=5)
    s.do("recv", fd=conn.sfd)
    t.finish_connection(one, conn)
    one.wait("state", new="TIME_WAIT")
    one.wait("close", count=2)
    t.stop(one)
    first = collections.Counter(map(essence, one.events))
    second = collections.Counter(map(essence, two.events))
    assert not second - first, second - first
    one.ordered(E("accept", pid=s.pid), E("send", pid=c.pid), E("packet", len=5),
                E("close", pid=c.pid), E("close", pid=s.pid))


def bpf_ids(pid):
    """(kind, id) of every program, link and map the process holds."""
    found = set()
    for fd in os.listdir("/proc/%d/fdinfo" % pid):
        try:
            with open("/proc/%d/fdinfo/%s" % (pid, fd), encoding="utf-8") as f:
                text = f.read()
        except OSError:
            continue
        for kind, ident in re.findall(r"^(prog|link|map)_id:\s*(\d+)$", text, re.M):
            found.add((kind, int(ident)))
    return found


def bpf_now(kinds):
    found = set()
    for kind in kinds:
        done = subprocess.run(["bpftool", "-j", kind, "list"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise Skip("bpftool %s list: %s" % (kind, (done.stderr or done.stdout).strip()[:80]))
        found |= {(kind, row["id"]) for row in json.loads(done.stdout)}
    return found


@scenario
def killed_tracer_leaves_nothing(t):
    if not any(os.access(os.path.join(d, "bpftool"), os.X_OK)
               for d in os.environ.get("PATH", "").split(":")):
        raise Skip("no bpftool")
    c = t.driver(t.netns())
    tr = t.trace(c)
    mine = bpf_ids(tr.pid)
    kinds = {kind for kind, _id in mine}
    assert kinds == {"prog", "link", "map"}, kinds
    assert mine <= bpf_now(kinds)
    tr.proc.kill()
    tr.proc.wait()
    while mine & bpf_now(kinds):  # the kernel frees them after a grace period
        if time.monotonic() > t.deadline:
            raise Fail("still there: %s" % sorted(mine & bpf_now(kinds)))
        time.sleep(0.05)


@scenario
def rate_limit_is_told(t):
    """What --rate leaves out is lost, and --strict makes that status 5."""
    s, c = t.pair()
    lfd, port = t.listen(s)
    tr = t.trace(s, c, options=["--rate", "20", "--strict"])
    job = s.start("churn_accept", fd=lfd, count=50)
    c.do("churn_connect", addr="127.0.0.1", port=port, count=50)
    job.result()
    tr.wait("lost")
    tr.stop(status=5)
    tr.check_time()
    lost = tr.find("lost")
    assert all(e["count"] > 0 and e["what"] and e["why"] for e in lost), lost
    assert any("rate" in e["why"] for e in lost), lost
    told = sum(e["event"] != "lost" for e in tr.events)
    assert told < 1000 < told + sum(e["count"] for e in lost), (told, lost)


@scenario
def log_file(t):
    s, c = t.pair()
    path = t.path("log")
    tr = t.trace(s, c, options=["--log", path])
    t.connect(s, c)

    def logged():
        with open(path, encoding="utf-8") as f:
            return f.read()
    while '"accept"' not in logged():
        assert time.monotonic() < t.deadline, logged()
        time.sleep(0.02)
    tr.stop()
    assert not tr.events, "stdout has events as well"
    assert all(json.loads(line) for line in logged().splitlines())


def complaint(done, status):
    """One line on stderr, the right status, nothing on stdout."""
    lines = done.stderr.strip().splitlines()
    assert done.returncode == status, (done.args[1:], done.returncode, lines)
    assert done.stdout == "", done.stdout
    assert len(lines) == 1 and lines[0].startswith("tcptrace-bpf: "), (done.args[1:], lines)


@scenario
def usage_errors(t):
    for argv in (["--no-such-option"], ["-p", "abc"], ["-p", "0"], ["--port", "70000"],
                 ["--port", "x"], ["--addr", "1.2.3"], ["--addr", "10.0.0.0/33"],
                 ["--events", "nonsense"], ["--packets", "some"], ["-o", "nothing"],
                 ["--hooks", "magic"], ["--duration", "-1"], ["-c", "x"],
                 ["run"], ["run", "--"],
                 ["--uid", "no-such-user"], ["top"], ["report"], ["serve"]):
        complaint(t.tool(*argv), 2)


@scenario
def no_such_process(t):
    proc = subprocess.Popen(["true"])
    proc.wait()
    complaint(t.tool("-p", proc.pid), 1)
    complaint(t.tool("--netns", proc.pid), 1)
    complaint(t.tool("--netns", "/nonexistent"), 1)


@scenario
def process_that_exits_at_once(t):
    """Between -p and the attach: status 0 with nothing, or 1; no hang."""
    for _i in range(3):
        proc = t.popen(["sleep", "0.02"])
        done = t.tool("-p", proc.pid)
        proc.wait()
        assert done.returncode in (0, 1), (done.returncode, done.stderr)


@scenario
def without_privileges(t):
    done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                           lib.TRACER, "-p", "1"], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=t.left())
    if done.returncode == 126 and "xec" in done.stderr:
        raise Skip("the build directory is closed to others")
    complaint(done, 3)


@scenario
def demanded_hooks(t):
    """fentry where the kernel refuses it: status 3; else it works."""
    done = t.tool("--hooks", "fentry", "--duration", "0.2", "-p", os.getpid())
    if done.returncode != 0:
        complaint(done, 3)
        assert "fentry" in done.stderr, done.stderr


@scenario
def doctor_names_what_is_missing(t):
    """Without a capability: which, and what to do. With all: nothing to do."""
    full = t.tool("doctor")
    assert "all that is needed" in full.stdout, full.stdout
    assert "run it as root" not in full.stdout, full.stdout
    less = subprocess.run(
        ["setpriv", "--bounding-set=-net_admin,-sys_ptrace", "--inh-caps=-all",
         lib.TRACER, "doctor"], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=60)
    assert "missing: CAP_NET_ADMIN (" in less.stdout, less.stdout
    assert "CAP_SYS_PTRACE (" in less.stdout, less.stdout
    assert "CAP_BPF" not in less.stdout, less.stdout
    assert "run it as root" in less.stdout, less.stdout


@scenario
def doctor_names_protected_processes(t):
    """Those whose namespaces root may not read, no other."""
    protected = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            os.readlink("/proc/%s/ns/net" % pid)
        except PermissionError:
            protected.add(int(pid))
        except OSError:
            pass
    answer = json.loads(t.tool("doctor", "--json").stdout)
    told = {p["pid"] for p in answer["protected"] if p["comm"]}
    alive = {pid for pid in protected | told if os.path.exists("/proc/%d" % pid)}
    assert told & alive == protected & alive, (told, protected)
    assert answer["missing_capabilities"] == [], answer


@scenario
def doctor_knows_every_event(t):
    done = t.tool("doctor", "-o", "json")
    assert done.returncode in (0, 3), (done.returncode, done.stderr)
    answer = json.loads(done.stdout)
    names = {hook["hook"] for hook in answer["hooks"]}
    for hook in answer["hooks"]:
        assert "kind" in hook or hook["refused"], hook
        for refused in hook["refused"]:
            assert refused["why"], hook
    seen = {}
    for event in answer["events"]:
        seen[event["event"]] = event
        assert event["hooks"] or not event["possible"], event
        assert set(event["hooks"]) <= names, event
    missing = lib.EVENTS - set(seen) - {"finding", "lost"}
    assert not missing, missing
    assert all(e["possible"] for e in seen.values()) == (done.returncode == 0)


@scenario
def dry_run_attaches_nothing(t):
    done = t.tool("--dry-run", "-p", os.getpid())
    assert done.returncode == 0, (done.returncode, done.stderr)
    assert "tcptrace-bpf: ready" not in done.stderr


@scenario
def verbose_says_more(t):
    """What is done without: here the priority, which needs a capability."""
    argv = ["setpriv", "--bounding-set=-sys_nice", lib.TRACER, "--duration", "0.1", "--log",
            t.path("log"), "-p", str(os.getpid())]
    said = [subprocess.run(argv + more, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                           text=True, timeout=t.left(), check=True).stderr
            for more in ([], ["-v"])]
    assert "cannot raise the priority" not in said[0], said[0]
    assert "cannot raise the priority" in said[1], said[1]
    assert "hook state " in said[1], said[1]


@scenario
def list_as_json(t):
    ns = t.netns()
    s, c = t.pair(ns)
    conn = t.connect(s, c)
    done = t.tool("list", "-o", "json", "--netns", ns.path)
    assert done.returncode == 0, done.stderr
    stream = lib.Stream()
    stream.feed(done.stdout.encode())
    stream.finish()
    stream.parse()
    stream.check(pids=t.pids, netns={ns.inode})
    assert {e["event"] for e in stream.events} == {"socket"}, done.stdout
    for lport, rport, pid, fd in ((conn.port, ABSENT, s.pid, conn.listener[0]),
                                  (conn.port, conn.cport, s.pid, conn.sfd),
                                  (conn.cport, conn.port, c.pid, conn.cfd)):
        row = stream.one("socket", lport=lport, rport=rport)
        assert [(o["pid"], o["fd"]) for o in row["owners"]] == [(pid, fd)], row


@scenario
def text_on_a_pipe(t):
    """Text mode prints a line an event, without colour on a pipe."""
    s, c = t.pair()
    proc = t.popen([lib.TRACER, "-p", "%d,%d" % (s.pid, c.pid), "-c", "6"],
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert "tcptrace-bpf: ready" in proc.stderr.readline()
    t.connect(s, c)
    out, err = proc.communicate(timeout=t.left())
    assert proc.returncode == 0, err
    assert "\x1b" not in out and len(out.splitlines()) >= 6, out
    assert "%d" % s.pid in out and "%d" % c.pid in out, out
