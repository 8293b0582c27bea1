# SPDX-License-Identifier: BSD-2-Clause
"""Many connections at once: nothing missing, nothing twice, nothing mixed up."""
import os
import signal
import subprocess
from collections import Counter, defaultdict

from lib import BUILD, TRACER, Fail, Skip, brief, with_hooks
from . import scenario

COUNT = 2000
CLIENT = ["SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT"]
SERVER = ["SYN_RECV", "ESTABLISHED", "CLOSE_WAIT", "LAST_ACK", "CLOSE"]


@scenario
def two_thousand_connections(t):
    s, c = t.pair()
    tr = t.trace(s, c)
    lfd, port = t.listen(s, backlog=COUNT)  # no SYN is dropped
    job = s.start("churn_accept", fd=lfd, count=COUNT)
    ports = c.do("churn_connect", addr="127.0.0.1", port=port, count=COUNT)["ports"]
    assert sorted(job.result()["ports"]) == sorted(ports)
    tr.wait("close", count=2 * COUNT)
    tr.wait("destroy", count=2 * COUNT)
    tr.wait("state", new="TIME_WAIT", count=COUNT)
    t.stop(tr)
    lives = by_connection(tr, port)
    assert set(lives) == set(ports), "%d of %d connections" % (len(lives), len(ports))
    for cport, events in lives.items():
        check_life(events, cport, port, s, c)
    tr.exactly(1, "listen")


def by_connection(tr, port):
    """client's port -> its events. Cookies lead to ports, so an event that
    has no ports of its own counts as well."""
    port_of = {}
    for e in tr.events:
        cport = port_in(e, port)
        if cport and "sk" in e and e["event"] != "packet":
            if port_of.setdefault(e["sk"], cport) != cport:
                raise Fail("one cookie, two connections: " + brief(e))
    lives = defaultdict(list)
    for e in tr.in_time():
        cport = port_in(e, port) or port_of.get(e.get("sk"))
        if cport:
            lives[cport].append(e)
    return lives


def port_in(e, port):
    a, b = e.get("lport") or e.get("sport"), e.get("rport") or e.get("dport")
    if port not in (a, b):
        return None
    return b if a == port else a


def check_life(events, cport, port, s, c):
    mine = Counter()
    for e in events:
        side = {s.pid: "server", c.pid: "client"}.get(e.get("pid"))
        if e["event"] != "packet":
            mine[e["event"], side] += 1
    want = {("connect", "client"): 1, ("connected", "client"): 1, ("syn_recv", "server"): 1,
            ("accept", "server"): 1, ("send", "client"): 1, ("close", "client"): 1,
            ("close", "server"): 1, ("destroy", "client"): 1, ("destroy", "server"): 1,
            ("state", "client"): 5, ("state", "server"): 5}
    received = mine.pop(("recv", "server"), 0)
    if mine != want or received < 2:
        raise Fail("connection %d: %r\n%s" % (cport, dict(mine), "\n".join(map(brief, events))))
    check_states(events, s, c)
    check_segments(events, cport, port)


def check_states(events, s, c):
    for pid, want in ((c.pid, CLIENT), (s.pid, SERVER)):
        got = [e["new"] for e in events if e["event"] == "state" and e.get("pid") == pid]
        if got != want:
            raise Fail("states %s, not %s" % (got, want))


def check_segments(events, cport, port):
    flags = Counter((e["sport"], e["flags"]) for e in events if e["event"] == "packet")
    data = [e for e in events if e["event"] == "packet" and e["len"]]
    # the FIN of the client may carry the byte if it left late
    fins = sum(n for (sport, f), n in flags.items() if sport == cport and f.startswith("F"))
    once = (flags[cport, "S"], flags[port, "S."], flags[port, "F."], fins, len(data))
    if once != (1, 1, 1, 1, 1):
        raise Fail("segments of %d: %r" % (cport, dict(flags)))


@scenario
def many_clients_at_once(t):
    """Four client processes and two accepting ones on one listener."""
    ns = t.netns()
    s, first = t.pair(ns)
    lfd, port = t.listen(s, backlog=1024)
    accepting = [s, s.fork()]
    clients = [first] + [t.driver(ns, "client") for _i in range(3)]
    tr = t.trace(*(accepting + clients))
    each = 150
    # each child takes what it gets: as many accepts as connects in all
    accepts = [d.start("churn_accept", fd=lfd, count=each * len(clients) // 2)
               for d in accepting]
    connects = [d.start("churn_connect", addr="127.0.0.1", port=port, count=each)
                for d in clients]
    owner = {}
    for job in connects:
        owner.update({p: job.driver.pid for p in job.result()["ports"]})
    acceptor = {}
    for job in accepts:
        acceptor.update({p: job.driver.pid for p in job.result()["ports"]})
    assert set(owner) == set(acceptor)
    tr.wait("close", count=2 * len(owner))
    tr.wait("state", new="TIME_WAIT", count=len(owner))
    t.stop(tr)
    for e in tr.events:
        check_owner(e, port, owner, acceptor)
    for name, side in (("connect", owner), ("accept", acceptor)):
        got = Counter(e["pid"] for e in tr.find(name))
        assert got == Counter(side.values()), (name, got)


def check_owner(e, port, owner, acceptor):
    """The client's socket is the client's, always; the server's is the
    acceptor's from accept on."""
    cport = port_in(e, port)
    if cport not in owner or "pid" not in e:
        return
    if e["event"] == "packet":
        if e["sport"] == cport and e["pid"] != owner[cport]:
            raise Fail("wrong owner: " + brief(e))
    elif e.get("lport") == cport:
        if e["pid"] != owner[cport]:
            raise Fail("wrong owner: " + brief(e))
    elif e["event"] in ("accept", "recv", "close") and e["pid"] != acceptor[cport]:
        raise Fail("wrong owner: " + brief(e))


def load(ns, *argv):
    """What tests/bench/load says of a workload that it ran here."""
    tool = os.path.join(BUILD, "tests", "bench", "load")
    if not os.access(tool, os.X_OK):
        raise Skip("tests/bench/load is not built")
    done = subprocess.run(ns.enter() + [tool, *argv], text=True, stdout=subprocess.PIPE,
                          check=True)
    return dict(line.split("=") for line in done.stdout.split())


class Counts:
    """Events of each kind in a file that grows: too many to parse them all."""

    def __init__(self, path):
        self.file = open(path, "rb")
        self.of = Counter()
        self.rest = b""
        self.lost = []

    def look(self):
        lines = (self.rest + self.file.read()).split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            self.of[line.split(b'"event":"', 1)[1].split(b'"', 1)[0].decode()] += 1
            if b'"event":"lost"' in line and b'"unseen"' not in line:
                self.lost.append(line)
        return self.of


@scenario
def as_hard_as_it_goes(t):
    """As many short connections as this machine makes: with the buffers that
    one gets unasked, nothing is lost."""
    ns = t.netns()
    ready_r, ready_w = os.pipe()
    with open(t.path("stream"), "wb") as out:
        tr = t.popen([TRACER] + with_hooks(["--netns", ns.path, "-o", "json", "--events",
                                            "no-send,no-recv", "--ready-fd", ready_w]),
                     stdout=out, stderr=subprocess.DEVNULL, pass_fds=[ready_w])
    os.close(ready_w)
    assert os.read(ready_r, 1)
    os.close(ready_r)
    made = int(load(ns, "churn", "-t", "1", "-j", str(2 * os.cpu_count()),
                    "-a", "16")["connections"])
    counts = Counts(t.path("stream"))
    t.until("every socket's end", lambda: counts.look()["destroy"] >= 2 * made)
    tr.send_signal(signal.SIGINT)
    assert tr.wait(t.left()) == 0
    counts.look()
    assert not counts.lost, counts.lost
    assert counts.of["accept"] == counts.of["connected"] == made, (made, counts.of)
    assert counts.of["close"] >= 2 * made, (made, counts.of)
