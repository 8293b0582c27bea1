# SPDX-License-Identifier: BSD-2-Clause
"""What a network scenario is made of: namespaces, drivers, a tracer, a stream.

A scenario is a function of one Scenario `t`. It steps its drivers, waits for
what the stream must show (never for time), stops the tracer and asserts. Every
stream is held, besides, to what is true of all of them: see Stream.check().
"""
import fcntl
import glob
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
TRACER = os.environ.get("TCPTRACE", os.path.join(BUILD, "tcptrace-bpf"))
LOGS = os.path.join(BUILD, "test-logs", "net")
DRIVER = os.path.join(HERE, "driver.py")
PYTHON = [sys.executable, "-S", "-E"]
# How much slower than a machine of metal this one is.
SLOW = float(os.environ.get("TT_SLOW", "1"))
DEADLINE = 50 * SLOW  # seconds a scenario may wait for, all in all
HOOKS = os.environ.get("TT_HOOKS")  # for --hooks, of every tracer that has none
STREAMS = os.environ.get("TT_STREAMS")  # a folder where every stream is kept


class Skip(Exception):
    pass


class Fail(AssertionError):
    pass


# --- matching ---------------------------------------------------------------

class Absent:
    def __repr__(self):
        return "ABSENT"


class Present:
    def __repr__(self):
        return "PRESENT"


ABSENT = Absent()
PRESENT = Present()


def fits(value, want):
    if want is ABSENT:
        return value is None
    if value is None:
        return False
    if want is PRESENT:
        return True
    if isinstance(want, dict):
        return isinstance(value, dict) and match(value, want)
    if isinstance(want, (set, frozenset)):
        return value in want
    if callable(want):
        return bool(want(value))
    return value == want and isinstance(value, bool) == isinstance(want, bool)


class Lacks:
    """What the hooks that the suite runs with are declared not to show: the
    words of `doctor`, which tests/vm/rungs.py holds to the streams."""

    def __init__(self):
        self.known = None

    def load(self):
        self.known = []
        if HOOKS:
            told = subprocess.run([TRACER, "doctor", "--hooks", HOOKS, "--json"], text=True,
                                  stdout=subprocess.PIPE).stdout
            self.known = [lack for hook in json.loads(told)["hooks"]
                          for lack in hook.get("lacks", [])]

    def has(self, kind, event, field=None):
        if self.known is None:
            self.load()
        return any(lack["kind"] == kind and lack["event"] == event and
                   lack.get("field") == field for lack in self.known)


lacks = Lacks()


def match(event, spec):
    """spec: field -> value, set, predicate, nested spec, ABSENT or PRESENT.
    from_ stands for from. A field that these hooks may leave out may be, but for
    the identity of the socket."""
    for name, want in spec.items():
        value = event.get(name.rstrip("_"))
        if not fits(value, want) and not (
                value is None and name != "sk" and lacks.has("field", event.get("event"), name)):
            return False
    return True


def E(event, **fields):
    return dict(fields, event=event)


def state(old, new, **fields):
    return E("state", old=old, new=new, **fields)


def call(what):
    return {"kind": "call", "what": what}


SEGMENT = {"kind": "segment"}


def show(spec):
    return " ".join("%s=%s" % (k.rstrip("_"), getattr(v, "__name__", None) or v)
                    for k, v in spec.items())


def brief(ev):
    """One event on one line, for people who read a failure."""
    ev = dict(ev)
    head = "%s %-10s %s.%s/%s sk=%s" % (
        ev.pop("time", "-")[14:], ev.pop("event", "-"), ev.pop("pid", "-"),
        ev.pop("tid", "-"), ev.pop("fd", "-"), ev.pop("sk", "-"))
    for dull in ("comm", "uid", "cgroup", "netns", "opts", "family"):
        ev.pop(dull, None)
    return head + " " + " ".join(
        "%s=%s" % (k, json.dumps(v, separators=(",", ":")) if isinstance(v, dict) else v)
        for k, v in ev.items())


# --- the stream -------------------------------------------------------------

EVENTS = set("socket connect connected listen syn_recv accept state send recv "
             "shutdown close destroy packet retransmit reset drop finding lost".split())
STATES = set("ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE "
             "CLOSE_WAIT LAST_ACK LISTEN CLOSING".split())
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")
NEVER_ZERO = ("pid", "tid", "netns", "lport", "rport", "sport", "dport")


class Stream:
    """The events of one tracer, parsed as they come. `events` keeps the order
    of printing; in_time() is the order the assertions use."""

    def __init__(self, deadline=None):
        self.events = []
        self.deadline = deadline or time.monotonic() + DEADLINE
        self.cond = threading.Condition()
        self.raw = bytearray()
        self.eof = False

    def feed(self, data):
        with self.cond:
            self.raw += data
            self.cond.notify_all()

    def finish(self):
        with self.cond:
            self.eof = True
            self.cond.notify_all()

    def parse(self):
        """Under the lock: whole lines to events."""
        end = self.raw.rfind(b"\n") + 1
        if not end:
            return
        lines = bytes(self.raw[:end]).split(b"\n")[:-1]
        del self.raw[:end]
        for line in lines:
            try:
                self.events.append(json.loads(line))
            except ValueError:
                raise Fail("not JSON: %r" % line[:300]) from None

    def wait(self, event, count=1, **fields):
        """Until count such events came; they are returned."""
        spec = E(event, **fields)
        with self.cond:
            seen = 0
            found = []
            while True:
                self.parse()
                found += [e for e in self.events[seen:] if match(e, spec)]
                seen = len(self.events)
                if len(found) >= count:
                    return found
                left = self.deadline - time.monotonic()
                if self.eof or left <= 0:
                    raise Fail("%s waiting for %d of: %s (saw %d)" % (
                        "the stream ended" if self.eof else "gave up",
                        count, show(spec), len(found)))
                self.cond.wait(left)

    def in_time(self):
        return sorted(self.events, key=lambda e: e["time"])

    def find(self, event=None, **fields):
        spec = E(event, **fields) if event else fields
        return [e for e in self.in_time() if match(e, spec)]

    def exactly(self, count, event, **fields):
        found = self.find(event, **fields)
        if len(found) != count:
            like = found or self.find(event)
            raise Fail("%d instead of %d: %s\n%s" % (
                len(found), count, show(E(event, **fields)),
                "\n".join("  " + brief(e) for e in like[:12])))
        return found

    def one(self, event, **fields):
        return self.exactly(1, event, **fields)[0]

    def none(self, event, **fields):
        self.exactly(0, event, **fields)

    def ordered(self, *specs):
        """Each spec is matched by an event later in time (or printed later at
        the same time) than the one before; other events may lie between."""
        events = self.in_time()
        at = 0
        found = []
        for spec in specs:
            start = at
            if lacks.has("time", spec.get("event")):
                found.append(self.anywhere(spec))
                continue
            while at < len(events) and not match(events[at], spec):
                at += 1
            if at == len(events):
                earlier = [e for e in events[:start] if match(e, spec)]
                raise Fail("missing in order: %s\n after: %s\n%s" % (
                    show(spec), brief(found[-1]) if found else "the start",
                    "".join("  but earlier: %s\n" % brief(e) for e in earlier[:3])))
            found.append(events[at])
            at += 1
        return found

    def anywhere(self, spec):
        """One whose time these hooks do not know well."""
        found = self.find(**spec)
        if not found:
            raise Fail("missing: %s" % show(spec))
        return found[0]

    def states(self, sk):
        """The states this socket went through, first `old` included."""
        path = []
        for e in self.find("state", sk=sk):
            if not path and "old" in e:
                path.append(e["old"])
            path.append(e["new"])
        return path

    def expect_states(self, sk, *path):
        got = self.states(sk)
        if got != list(path):
            raise Fail("states of %s: %s, not %s" % (sk, " ".join(got), " ".join(path)))

    # --- what holds for every stream

    def check(self, pids, netns=None, lost=False):
        """pids: every process that may own a socket here; None for any.
        netns: the inodes that may appear; None for any."""
        closed = {}
        state_of = {}
        for e in self.in_time():
            self.check_shape(e, lost)
            if pids is not None:
                self.check_owner(e, pids)
            if netns is not None and e.get("netns", next(iter(netns))) not in netns:
                raise Fail("an event of another namespace: " + brief(e))
            if e["event"] == "close":
                if e.get("sk") in closed:
                    raise Fail("closed twice: " + brief(e))
                closed[e.get("sk")] = e
            if e["event"] == "state":
                self.check_step(e, state_of)
        self.check_time()

    def check_shape(self, e, lost):
        if e.get("event") not in EVENTS:
            raise Fail("an unknown event: %r" % e)
        if not TIME.match(e.get("time", "")):
            raise Fail("time is not RFC 3339 with 9 digits: " + repr(e))
        if e["event"] == "lost" and not lost:
            raise Fail("lost: %r" % e)
        for name in NEVER_ZERO:
            if e.get(name) == 0:
                raise Fail("%s 0 instead of absent: %s" % (name, brief(e)))
        for name in ("state", "old", "new"):
            if e.get(name, "CLOSE") not in STATES:
                raise Fail("%s is no state: %s" % (name, brief(e)))
        for sk in (e.get("sk"), e.get("listener")):
            if sk is not None and not re.fullmatch("[1-9a-f][0-9a-f]*", sk):
                raise Fail("a cookie in another form: " + brief(e))
        if e["event"] == "state" and e.get("old") == e["new"]:
            raise Fail("a transition to the same state: " + brief(e))

    def check_owner(self, e, pids):
        ends = [e] + [e[k] for k in ("peer", "from", "to") if k in e] + e.get("owners", [])
        for end in ends:
            if end.get("pid", None) not in pids | {None}:
                raise Fail("a wrong owner, %s: %s" % (end["pid"], brief(e)))

    def check_step(self, e, state_of):
        sk = e.get("sk")
        if sk is None:
            return
        if sk in state_of and e.get("old") != state_of[sk]:
            raise Fail("%s was in %s: %s" % (sk, state_of[sk], brief(e)))
        state_of[sk] = e["new"]

    def check_time(self):
        last = ""
        for e in self.events:
            if e.get("late") is True:
                continue
            if e["time"] < last:
                raise Fail("out of order and not late: " + brief(e))
            last = e["time"]


# --- namespaces -------------------------------------------------------------

def sh(*argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Fail("%s: %s" % (" ".join(argv), done.stdout.strip()))
    return done.stdout


class Netns:
    def __init__(self, name):
        self.name = name
        self.path = "/run/netns/" + name
        sh("ip", "netns", "add", name)
        self.inode = os.stat(self.path).st_ino
        self.ip("link", "set", "lo", "up")

    def ip(self, *argv):
        return sh("ip", "-n", self.name, *argv)

    def enter(self):
        """argv prefix; unlike `ip netns exec` it leaves /sys as it is."""
        return ["nsenter", "--net=" + self.path]

    def sysctl(self, name, value):
        sh(*self.enter(), "sh", "-c", 'echo "$1" >"/proc/sys/$2"', "sh",
           str(value), name.replace(".", "/"))

    def address(self, dev, *addresses):
        for a in addresses:
            self.ip("addr", "add", a, "dev", dev, *(["nodad"] if ":" in a else []))
        self.ip("link", "set", dev, "up")

    def unanswered(self, dev="void", net="10.99.0.1/24", host="10.99.0.2"):
        """A device whose frames nobody receives, and a neighbour behind it."""
        self.ip("link", "add", dev, "type", "veth", "peer", "name", dev + "x")
        self.ip("link", "set", dev + "x", "up")
        self.address(dev, net)
        self.ip("neigh", "add", host, "lladdr", "02:00:00:00:00:99", "dev", dev,
                "nud", "permanent")
        return host


def delete_netns(prefix):
    for path in glob.glob("/run/netns/%s*" % prefix):
        subprocess.run(["ip", "netns", "del", os.path.basename(path)],
                       stderr=subprocess.DEVNULL)


# --- drivers ----------------------------------------------------------------

class Job:
    def __init__(self, driver, ident, op):
        self.driver, self.ident, self.op = driver, ident, op

    def result(self, error=None):
        """The answer; an error that was not announced fails the scenario."""
        answer = self.driver.answer(self.ident, self.op)
        if answer.get("error") != error:
            raise Fail("driver %s: %s gave %s, expected %s" % (
                self.driver.name, self.op, answer.get("error", "success"),
                error or "success"))
        self.driver.scenario.know(answer)
        return answer


class Driver:
    """The test's end of one driver process."""

    def __init__(self, name, conn, scenario):
        self.name, self.conn, self.scenario = name, conn, scenario
        self.answers = {}
        self.cond = threading.Condition()
        self.next = 0
        self.gone = False
        threading.Thread(target=self.read, daemon=True).start()
        self.inner_pid = self.answer(0, "hello")["pid"]  # as it calls itself
        cred = conn.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        self.pid = struct.unpack("iII", cred)[0]
        self.popen = None

    def read(self):
        try:
            for line in self.conn.makefile("r"):
                answer = json.loads(line)
                with self.cond:
                    self.answers[answer["id"]] = answer
                    self.cond.notify_all()
        except (OSError, ValueError):
            pass
        with self.cond:
            self.gone = True
            self.cond.notify_all()

    def answer(self, ident, op):
        with self.cond:
            ok = self.cond.wait_for(lambda: ident in self.answers or self.gone,
                                    self.scenario.left())
            if ident in self.answers:
                return self.answers.pop(ident)
        raise Fail("driver %s: %s: %s" % (self.name, op, "it ended" if ok else "no answer"))

    def start(self, op, **args):
        self.next += 1
        self.conn.sendall(json.dumps(dict(args, op=op, id=self.next)).encode() + b"\n")
        return Job(self, self.next, op)

    def do(self, op, error=None, **args):
        return self.start(op, **args).result(error)

    def fork(self):
        """The child's own Driver."""
        self.do("fork")
        return self.scenario.hello(self.name + "'s child")

    def fork_as(self, pid):
        """A child with this number."""
        self.do("fork_as", pid=pid)
        return self.scenario.hello("the new %d" % pid)

    def exec(self):
        """The same process, with its program begun anew."""
        self.start("exec")
        after = self.scenario.hello(self.name)
        after.popen = self.popen
        return after

    def exit(self, status=0):
        self.start("exit", status=status)
        self.wait_gone()

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        self.wait_gone()

    def wait_gone(self):
        """Dead, and reaped if it is ours: its descriptors are closed."""
        if self.popen:
            self.popen.wait(self.scenario.left())
            return
        with self.cond:
            self.cond.wait_for(lambda: self.gone, self.scenario.left())


# --- tracers ----------------------------------------------------------------

def with_hooks(argv):
    """The tool's arguments, with the hooks that this run of the suite asks for."""
    argv = [str(a) for a in argv]
    if not HOOKS or "--hooks" in argv:
        return argv
    at = 1 if argv[:1] in (["run"], ["trace"]) else 0
    return argv[:at] + ["--hooks", HOOKS] + argv[at:]


class Tracer(Stream):
    """A running tcptrace-bpf and its stream."""

    def __init__(self, scenario, argv, ns=None, ready=True, enter=None):
        super().__init__(scenario.deadline)
        self.scenario = scenario
        self.number = len(scenario.tracers)
        scenario.tracers.append(self)
        base = scenario.log_base + (".%d" % self.number if self.number else "")
        self.log = base + ".json"
        self.err_path = base + ".err"
        ready_r, ready_w = os.pipe()
        argv = [TRACER] + [a.replace("READY", str(ready_w)) for a in with_hooks(argv)]
        prefix = (enter or []) + (ns.enter() if ns else [])
        with open(self.err_path, "wb") as err:
            self.proc = scenario.popen(prefix + argv, stdout=subprocess.PIPE, stderr=err,
                                       pass_fds=[ready_w])
        os.close(ready_w)
        fcntl.fcntl(self.proc.stdout, 1031, 1 << 20)  # F_SETPIPE_SZ: absorb bursts
        self.reader = threading.Thread(target=self.pump, daemon=True)
        self.reader.start()
        if ready:
            self.wait_ready(ready_r)
        os.close(ready_r)

    @property
    def pid(self):
        return self.proc.pid

    def pump(self):
        with open(self.log, "wb") as log:
            while True:
                data = os.read(self.proc.stdout.fileno(), 1 << 18)
                if not data:
                    break
                log.write(data)
                self.feed(data)
        self.finish()

    def wait_ready(self, fd):
        import select
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        if not poll.poll(self.scenario.left() * 1000) or len(os.read(fd, 2)) != 1:
            status = self.proc.poll()
            raise Fail("the tracer did not become ready, status %s: %s" % (status, self.stderr()))

    def stderr(self):
        with open(self.err_path, encoding="utf-8", errors="replace") as f:
            return f.read().strip()

    def ended(self, status=0):
        """Wait until it ends by itself."""
        try:
            got = self.proc.wait(self.scenario.left())
        except subprocess.TimeoutExpired:
            raise Fail("the tracer did not end") from None
        self.reader.join(self.scenario.left())
        with self.cond:
            self.parse()
        if got != status:
            raise Fail("the tracer's status is %d, not %d: %s" % (got, status, self.stderr()))
        return self

    def stop(self, status=0):
        self.proc.send_signal(signal.SIGINT)
        return self.ended(status)


class Connection:
    """Two drivers' ends of one connection: numbers only."""

    def __init__(self, listener, server, sfd, client, cfd, names):
        self.listener, self.server, self.sfd = listener, server, sfd
        self.client, self.cfd = client, cfd
        self.port, self.cport = names["rport"], names["lport"]


class Scenario:
    def __init__(self, name):
        self.name = name
        self.prefix = "tt-%d-" % os.getpid()
        self.deadline = time.monotonic() + DEADLINE
        self.dir = tempfile.mkdtemp(prefix=self.prefix)
        os.makedirs(LOGS, exist_ok=True)
        self.log_base = os.path.join(LOGS, name)
        for old in glob.glob(glob.escape(self.log_base) + ".*"):
            os.unlink(old)
        self.drivers, self.tracers, self.procs, self.cleanups = [], [], [], []
        self.namespaces = []
        self.known = {"port": [], "tid": []}
        self.alike = False  # its connections and threads may change places
        self.noisy = []  # ports of connections whose segments differ run by run
        self.pids = set()
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.control.bind(os.path.join(self.dir, "ctl"))
        os.chmod(self.dir, 0o755)
        os.chmod(os.path.join(self.dir, "ctl"), 0o777)
        self.control.listen(64)

    def left(self):
        return max(0.1, self.deadline - time.monotonic())

    def until(self, what, holds):
        """Looks again and again until holds()."""
        while not holds():
            if time.monotonic() > self.deadline:
                raise Fail("gave up waiting for " + what)
            time.sleep(0.01)

    def know(self, answer):
        """Ports and threads in the order of the steps, for keep_streams()."""
        for kind in ("lport", "rport", "tid"):
            number = answer.get(kind)
            if number and number not in self.known[kind[-4:]]:
                self.known[kind[-4:]].append(number)

    def later(self, function, *args):
        """Run at the end of the scenario, last registered first."""
        self.cleanups.append((function, args))

    # --- pieces

    def netns(self, name="a"):
        ns = Netns(self.prefix + name)
        self.namespaces.append(ns)
        return ns

    def veth(self, a, b, name_a="va", name_b="vb"):
        sh("ip", "link", "add", name_a, "netns", a.name, "type", "veth",
           "peer", "name", name_b, "netns", b.name)

    def path(self, name):
        return os.path.join(self.dir, name)

    def hello(self, name):
        self.control.settimeout(self.left())
        try:
            conn = self.control.accept()[0]
        except socket.timeout:
            raise Fail("driver %s did not start" % name) from None
        conn.settimeout(None)
        driver = Driver(name, conn, self)
        self.drivers.append(driver)
        self.pids.add(driver.pid)
        return driver

    def popen(self, argv, **how):
        """A process that is killed at the end, if it is still there."""
        how.setdefault("stdin", subprocess.DEVNULL)
        proc = subprocess.Popen([str(a) for a in argv], **how)
        self.procs.append(proc)
        return proc

    def driver(self, ns=None, name="driver", enter=()):
        popen = self.popen((ns.enter() if ns else []) + list(enter) + PYTHON +
                           [DRIVER, self.path("ctl")])
        driver = self.hello(name)
        driver.popen = popen
        return driver

    def pair(self, ns=None):
        """A server and a client in ns; a fresh one if none is given."""
        ns = ns or self.netns()
        return self.driver(ns, "server"), self.driver(ns, "client")

    def tracer(self, *argv, **how):
        argv = [str(a) for a in argv]
        return Tracer(self, ["-o", "json", "--ready-fd", "READY"] + argv, **how)

    def trace(self, *drivers, options=(), **how):
        """-p on these drivers."""
        return self.tracer("-p", ",".join(str(d.pid) for d in drivers), *options, **how)

    def tool(self, *argv, **how):
        """Any other use of the binary, to its end."""
        return subprocess.run([TRACER] + [str(a) for a in argv], text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=self.left(), **how)

    # --- steps many scenarios share

    def listen(self, server, addr="", family=4, port=0, backlog=8, share=False):
        fd = server.do("socket", family=family)["fd"]
        server.do("bind", fd=fd, addr=addr, port=port, share=share)
        return fd, server.do("listen", fd=fd, backlog=backlog)["lport"]

    def connect(self, server, client, addr="127.0.0.1", listen_addr="", family=4, port=0,
                thread=None, listener=None):
        """One accepted connection: the server accepts in `thread`."""
        if listener is None:
            listener = self.listen(server, listen_addr, family, port)
        lfd, port = listener
        extra = {"thread": thread} if thread else {}
        job = server.start("accept", fd=lfd, **extra)
        cfd = client.do("socket", family=family)["fd"]
        names = client.do("connect", fd=cfd, addr=addr, port=port)
        accepted = job.result()
        conn = Connection(listener, server, accepted["fd"], client, cfd, names)
        conn.stid = accepted["tid"]
        return conn

    def finish_connection(self, tr, conn):
        """The client closes first, the server on the end of the stream; each
        step once the stream shows the one before."""
        conn.client.do("close", fd=conn.cfd)
        conn.server.do("recv", fd=conn.sfd)
        tr.wait("state", new="FIN_WAIT2", lport=conn.cport)
        conn.server.do("close", fd=conn.sfd)

    def stop(self, tr, **how):
        """SIGINT, status 0, and what every stream is held to."""
        tr.stop()
        self.check(tr, **how)

    def check(self, tr, **how):
        how.setdefault("pids", self.pids)
        how.setdefault("netns", {ns.inode for ns in self.namespaces} or None)
        tr.check(**how)

    # --- the end

    def report(self):
        """The streams, for a failure."""
        lines = []
        for tr in self.tracers:
            with tr.cond:
                try:
                    tr.parse()
                except Fail:
                    pass
            lines.append("stream %d, %d events, kept in %s" % (
                tr.number, len(tr.events), os.path.relpath(tr.log, ROOT)))
            lines += ["  " + brief(e) for e in tr.events[:100]]
            if len(tr.events) > 100:
                lines.append("  ...")
            if tr.stderr():
                lines += ["  stderr: " + line for line in tr.stderr().splitlines()[:20]]
        return lines

    def keep_logs(self, keep):
        if not keep:
            for path in glob.glob(glob.escape(self.log_base) + ".*"):
                os.unlink(path)

    def keep_streams(self):
        """For a comparison with other runs: the events, and who was who."""
        base = os.path.join(STREAMS, self.name)
        os.makedirs(STREAMS, exist_ok=True)
        for tr in self.tracers:
            shutil.copy(tr.log, "%s.%d.json" % (base, tr.number))
        with open(base + ".who", "w") as f:
            json.dump({"pid": [d.pid for d in self.drivers],
                       "tid": self.known["tid"], "port": self.known["port"],
                       "noisy": self.noisy, "alike": self.alike,
                       "netns": [ns.inode for ns in self.namespaces]}, f)

    def cleanup(self):
        for proc in self.procs:
            if proc.poll() is None:
                proc.kill()
                proc.wait()
        for d in self.drivers:
            if d.popen is None and not d.gone:
                os.kill(d.pid, signal.SIGKILL)  # a forked one
                d.wait_gone()
            d.conn.close()
        while self.cleanups:
            function, args = self.cleanups.pop()
            function(*args)
        delete_netns(self.prefix)
        shutil.rmtree(self.dir, ignore_errors=True)
