# SPDX-License-Identifier: BSD-2-Clause
"""Whose socket it is: fork, dup, passing, exec, threads, older sockets."""
import os
import subprocess
import time

from lib import ABSENT, E, PRESENT
from . import scenario
from .ending import from_to, opened


@scenario
def both_ends_on_loopback(t):
    """Each end is told apart, and each knows the other as its peer."""
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    c.do("send", fd=conn.cfd, n=3)
    s.do("recv", fd=conn.sfd)
    s.do("send", fd=conn.sfd, n=4)
    c.do("recv", fd=conn.cfd)
    tr.wait("recv", count=2)
    t.stop(tr)
    client = dict(pid=c.pid, fd=conn.cfd, sk=conn.csk)
    server = dict(pid=s.pid, fd=conn.sfd, sk=conn.ssk)
    tr.one("send", **client, bytes=3, peer=server)
    tr.one("recv", **server, bytes=3, peer=client)
    tr.one("send", **server, bytes=4, peer=client)
    tr.one("recv", **client, bytes=4, peer=server)
    tr.one("packet", len=3, dir="out", **client, from_=client, to=server)
    tr.one("packet", len=4, dir="out", **server, from_=server, to=client)
    for e in tr.find("packet"):
        sender = c.pid if e["sport"] == conn.cport else s.pid
        assert e["dir"] == "out" and e["pid"] == sender and e["ifname"] == "lo", e


def one_end(t, which):
    s, c = t.pair()
    traced = {"server": s, "client": c}[which]
    tr = t.trace(traced)
    conn = t.connect(s, c)
    c.do("send", fd=conn.cfd, n=3)
    s.do("recv", fd=conn.sfd)
    tr.wait("packet", len=3)
    s.do("send", fd=conn.sfd, n=4)
    c.do("recv", fd=conn.cfd)
    tr.wait("packet", len=4)
    tr.wait("recv")
    tr.wait("send")
    t.stop(tr)
    for e in tr.events:
        assert e.get("pid", traced.pid) == traced.pid, e
    return tr, conn


@scenario
def only_the_server_is_selected(t):
    tr, conn = one_end(t, "server")
    tr.none("connect")
    me = dict(pid=conn.server.pid, fd=conn.sfd)
    tr.one("packet", len=3, dir="in", **me, to=me)
    tr.one("packet", len=4, dir="out", **me, from_=me)
    tr.one("packet", flags="S", dir="in", pid=conn.server.pid)
    tr.one("packet", flags="S.", dir="out", pid=conn.server.pid)


@scenario
def only_the_client_is_selected(t):
    tr, conn = one_end(t, "client")
    tr.none("accept")
    tr.none("listen")
    me = dict(pid=conn.client.pid, fd=conn.cfd)
    tr.one("packet", len=3, dir="out", **me, from_=me)
    tr.one("packet", len=4, dir="in", **me, to=me)
    tr.one("packet", flags="S", dir="out", pid=conn.client.pid)
    tr.one("packet", flags="S.", dir="in", pid=conn.client.pid)


@scenario
def threads_of_a_process(t):
    """A thread's id selects its process; the caller's tid is told."""
    s, c = t.pair()
    tid = c.do("ping", thread="worker")["tid"]
    assert tid != c.pid
    tr = t.tracer("-p", tid)
    lfd, port = t.listen(s)
    s.start("accept", fd=lfd)
    fd = c.do("socket")["fd"]
    c.do("connect", fd=fd, addr="127.0.0.1", port=port, thread="worker")
    c.do("send", fd=fd, n=2, thread="other")
    c.do("close", fd=fd)
    tr.wait("close")
    other = c.do("ping", thread="other")["tid"]
    t.stop(tr)
    tr.one("connect", pid=c.pid, tid=tid, fd=fd)
    tr.one("send", pid=c.pid, tid=other, fd=fd)
    tr.one("close", pid=c.pid, tid=c.pid, fd=fd, via="close")


@scenario
def fork_shared_listener(t):
    """Children accept from the parent's listener, each as itself."""
    s, c = t.pair()
    tr = t.trace(s, options=["-f"])
    listener = t.listen(s)
    children = [s.fork(), s.fork()]
    s.do("close", fd=listener[0])  # two references are left
    conns = [t.connect(child, c, listener=listener) for child in children]
    for child, conn in zip(children, conns):
        c.do("send", fd=conn.cfd, n=1)
        child.do("recv", fd=conn.sfd)
    tr.wait("recv", count=2)
    assert not tr.find("close"), "the listener is still held"
    children[0].do("close", fd=listener[0])
    children[1].do("close", fd=listener[0])
    tr.wait("close", lport=listener[1], rport=ABSENT)
    t.stop(tr)
    lsk = tr.one("listen", pid=s.pid)["sk"]
    for child, conn in zip(children, conns):
        accept = tr.one("accept", pid=child.pid, tid=child.pid, fd=conn.sfd,
                        rport=conn.cport, listener=lsk, owner_src="call")
        tr.one("recv", pid=child.pid, sk=accept["sk"], fd=conn.sfd)
        tr.one("packet", len=1, sport=conn.cport,
               to=dict(pid=child.pid, fd=conn.sfd, sk=accept["sk"]))
    tr.one("close", sk=lsk, pid=children[1].pid, fd=listener[0], via="close")


@scenario
def follow_children(t):
    s, c = t.pair()
    tr = t.trace(c, options=["-f"])
    child = c.fork()
    conn = t.connect(s, child)
    child.do("close", fd=conn.cfd)
    tr.wait("close", pid=child.pid)
    t.stop(tr)
    sk = tr.one("connect", pid=child.pid, tid=child.pid, fd=conn.cfd)["sk"]
    tr.one("close", pid=child.pid, fd=conn.cfd, sk=sk, via="close")


@scenario
def follow_existing_descendants(t):
    s, c = t.pair()
    child = c.fork()
    grandchild = child.fork()
    tr = t.trace(c, options=["-f"])
    conn = t.connect(s, grandchild)
    grandchild.do("close", fd=conn.cfd)
    tr.wait("close", pid=grandchild.pid)
    t.stop(tr)
    tr.one("connect", pid=grandchild.pid, fd=conn.cfd)


@scenario
def children_are_not_followed_unasked(t):
    s, c = t.pair()
    tr = t.trace(c)
    child = c.fork()
    conn = t.connect(s, child)
    child.do("close", fd=conn.cfd)
    mine = t.connect(s, c, listener=conn.listener)
    c.do("close", fd=mine.cfd)
    tr.wait("close", pid=c.pid)
    t.stop(tr)
    tr.one("connect", pid=c.pid)
    assert all(e.get("pid") != child.pid for e in tr.events)


@scenario
def forked_connection_outlives_parent(t):
    """The socket that a child still holds is not closed by the parent."""
    s, c = t.pair()
    tr = t.trace(s, c, options=["-f"])
    conn = t.connect(s, c)
    child = c.fork()
    c.do("close", fd=conn.cfd)
    child.do("send", fd=conn.cfd, n=3)
    s.do("recv", fd=conn.sfd)
    tr.wait("recv")
    child.exit()
    tr.wait("close")
    t.stop(tr)
    sk = tr.one("connect", pid=c.pid)["sk"]
    tr.ordered(E("connect", pid=c.pid, sk=sk),
               E("send", pid=child.pid, fd=conn.cfd, sk=sk, owner_src="call"),
               E("close", pid=child.pid, sk=sk, via="exit", fd=ABSENT))
    tr.one("packet", len=3, from_=dict(pid=child.pid, sk=sk))


@scenario
def dup_closes_once(t):
    tr, conn = opened(t)
    c = conn.client
    second = c.do("dup", fd=conn.cfd)["fd"]
    c.do("close", fd=conn.cfd)
    c.do("send", fd=second, n=2)
    tr.wait("packet", len=2)
    assert not tr.find("close") and not tr.find("state", new="FIN_WAIT1")
    c.do("close", fd=second)
    tr.wait("close")
    t.stop(tr)
    tr.ordered(E("send", pid=c.pid, fd=second, sk=conn.csk),
               E("close", pid=c.pid, fd=second, sk=conn.csk, via="close"))


def passing(t, giver, taker):
    """A unix connection from giver to taker: their two descriptors."""
    path = t.path("pass")
    lfd = taker.do("unix_listen", path=path)["fd"]
    out = giver.do("unix_connect", path=path)["fd"]
    return out, taker.do("unix_accept", fd=lfd)["fd"]


@scenario
def passed_descriptor(t):
    """After SCM_RIGHTS the events carry the receiver."""
    s, c = t.pair()
    r = t.driver(t.namespaces[0], "receiver")
    out, into = passing(t, s, r)
    tr = t.trace(s, c, r)
    conn = t.connect(s, c)
    s.do("pass_fd", via=out, fd=conn.sfd)
    fd = r.do("take_fd", via=into)["fd"]
    s.do("close", fd=conn.sfd)
    c.do("send", fd=conn.cfd, n=6)
    r.do("recv", fd=fd)
    r.do("send", fd=fd, n=7)
    c.do("recv", fd=conn.cfd)
    tr.wait("packet", len=7)
    assert not tr.find("close")
    r.do("close", fd=fd)
    tr.wait("close")
    t.stop(tr)
    sk = tr.one("accept", pid=s.pid, fd=conn.sfd)["sk"]
    me = dict(pid=r.pid, fd=fd, sk=sk)
    tr.ordered(E("accept", pid=s.pid), E("recv", **me, bytes=6), E("send", **me, bytes=7),
               E("packet", len=7, **me, from_=me), E("close", **me, via="close"))
    tr.one("recv", pid=c.pid, bytes=7, peer=dict(pid=r.pid, sk=sk))


@scenario
def passed_and_never_received(t):
    s, c = t.pair()
    out, into = passing(t, s, c)
    tr = t.trace(s, c)
    conn = t.connect(s, c)
    s.do("pass_fd", via=out, fd=conn.sfd)
    s.do("close", fd=conn.sfd)
    c.do("ping")
    s.do("close", fd=out)
    assert not tr.find("close")
    c.do("close", fd=into)  # the last reference was in flight
    tr.wait("close")
    t.stop(tr)
    sk = tr.one("accept", pid=s.pid)["sk"]
    tr.one("close", sk=sk, via="passed", fd=ABSENT)


@scenario
def exec_closes(t):
    """A close-on-exec socket ends with exec."""
    tr, conn = opened(t)
    c = conn.client.exec()
    tr.wait("close")
    c.do("ping")
    t.stop(tr)
    tr.one("close", sk=conn.csk, pid=c.pid, via="exec")


@scenario
def exec_keeps(t):
    """One without the flag stays, under the same pid, until the exit."""
    tr, conn = opened(t)
    conn.client.do("cloexec", fd=conn.cfd, on_=False)
    c = conn.client.exec()
    c.do("send", fd=conn.cfd, n=9)
    conn.server.do("recv", fd=conn.sfd)
    tr.wait("packet", len=9)
    c.exit()
    tr.wait("close")
    t.stop(tr)
    tr.ordered(E("send", sk=conn.csk, pid=c.pid, fd=conn.cfd, bytes=9),
               E("packet", len=9, **from_to(conn, True)),
               E("close", sk=conn.csk, pid=c.pid, via="exit", fd=ABSENT))
    tr.one("close")


@scenario
def older_sockets(t):
    """What existed before the tracer is announced, then traced as the rest."""
    s, c = t.pair()
    listener = t.listen(s)
    conn = t.connect(s, c, listener=listener)
    second = c.do("dup", fd=conn.cfd)["fd"]
    c.do("send", fd=conn.cfd, n=5)
    s.do("recv", fd=conn.sfd)
    tr = t.trace(s, c)
    c.do("send", fd=conn.cfd, n=6)
    s.do("recv", fd=conn.sfd)
    tr.wait("recv")
    c.do("close", fd=second)
    t.finish_connection(tr, conn)
    tr.wait("state", new="TIME_WAIT")
    tr.wait("close", count=2)
    t.stop(tr)
    lsk, ssk, csk = check_older(tr, conn, listener, {conn.cfd, second})
    client = dict(pid=c.pid, sk=csk)
    server = dict(pid=s.pid, fd=conn.sfd, sk=ssk)
    tr.one("packet", len=6, from_=client, to=server)
    tr.one("recv", **server, bytes=6)
    tr.one("send", **client, fd=conn.cfd, bytes=6)
    for e in tr.find("send") + tr.find("recv", bytes=6):
        assert e.get("offset", 5) == 5, e
    tr.one("close", **server, via="close")
    tr.one("close", **client, fd=conn.cfd, via="close")
    tr.expect_states(csk, "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT")
    assert lsk not in [e.get("sk") for e in tr.find("close")]


def check_older(tr, conn, listener, cfds):
    s, c = conn.server, conn.client
    tr.exactly(3, "socket")
    lsk = tr.one("socket", state="LISTEN", lport=conn.port)
    ssk = tr.one("socket", state="ESTABLISHED", lport=conn.port, rport=conn.cport)
    csk = tr.one("socket", state="ESTABLISHED", lport=conn.cport, rport=conn.port)
    for e, pid, fds in ((lsk, s.pid, {listener[0]}), (ssk, s.pid, {conn.sfd}),
                        (csk, c.pid, cfds)):
        owners = e["owners"]
        assert {(o["pid"], o["fd"]) for o in owners} == {(pid, fd) for fd in fds}, e
        assert all(o["comm"] for o in owners) and e["opts"] and e["netns"], e
    return lsk["sk"], ssk["sk"], csk["sk"]


# accept4 and recvfrom, by the numbers of x86 and of arm64
WAITING_IN = {"288": "accept", "242": "accept", "45": "recv", "207": "recv"}


def calls_of_threads(pid):
    """What the threads of a process are waiting in."""
    calls = set()
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/syscall" % (pid, task)) as f:
            calls.add(WAITING_IN.get(f.read().split()[0]))
    return calls


@scenario
def calls_that_wait_already(t):
    """accept() and recv() that were entered before tracing are told as any."""
    s, c = t.pair()
    conn = t.connect(s, c)
    reader = s.start("recv", fd=conn.sfd, thread="reader")
    acceptor = s.start("accept", fd=conn.listener[0], thread="acceptor")
    until = time.monotonic() + t.left()
    while not {"accept", "recv"} <= calls_of_threads(s.pid):
        assert time.monotonic() < until, calls_of_threads(s.pid)
        time.sleep(0.01)
    tr = t.trace(s, c)
    c.do("send", fd=conn.cfd, n=4)
    reader.result()
    cfd = c.do("socket", family=4)["fd"]
    c.do("connect", fd=cfd, addr="127.0.0.1", port=conn.port)
    accepted = acceptor.result()
    c.do("send", fd=cfd, n=3)
    s.do("recv", fd=accepted["fd"])
    tr.wait("recv", bytes=3)
    tr.wait("accept")
    t.stop(tr)
    tr.one("recv", pid=s.pid, fd=conn.sfd, bytes=4)
    tr.one("accept", pid=s.pid, tid=accepted["tid"], fd=accepted["fd"])
    tr.one("recv", pid=s.pid, fd=accepted["fd"], bytes=3)


@scenario
def older_listener(t):
    """Its new connections have an owner before they are accepted."""
    s, c = t.pair()
    listener = t.listen(s)
    tr = t.trace(s)
    conn = t.connect(s, c, listener=listener)
    tr.wait("accept")
    t.stop(tr)
    lsk = tr.one("socket", state="LISTEN")["sk"]
    tr.one("syn_recv", pid=s.pid, listener=lsk, rport=conn.cport)
    tr.one("state", old="SYN_RECV", new="ESTABLISHED", pid=s.pid)
    tr.one("accept", pid=s.pid, listener=lsk, queued_us=PRESENT)


@scenario
def older_forked_connection(t):
    """Every holder is found, not only the first."""
    s, c = t.pair()
    conn = t.connect(s, c)
    child = c.fork()
    tr = t.trace(c, child)
    c.do("close", fd=conn.cfd)
    child.do("send", fd=conn.cfd, n=3)
    s.do("recv", fd=conn.sfd)
    tr.wait("packet", len=3)
    child.do("close", fd=conn.cfd)
    tr.wait("close")
    t.stop(tr)
    owners = tr.one("socket", lport=conn.cport)["owners"]
    assert {o["pid"] for o in owners} == {c.pid, child.pid}, owners
    tr.one("close", pid=child.pid, fd=conn.cfd, via="close")


@scenario
def pid_namespace(t):
    """A process in a pid namespace carries the pid the tracer's ps shows."""
    ns = t.netns()
    s, c = t.pair(ns)
    inner = t.driver(ns, "inner", enter=["unshare", "--pid", "--fork", "--kill-child"])
    assert inner.inner_pid == 1, "it calls itself %d" % inner.inner_pid
    tr = t.trace(inner)
    conn = t.connect(s, inner)
    inner.do("close", fd=conn.cfd)
    tr.wait("close")
    t.stop(tr)
    tr.one("connect", pid=inner.pid, tid=inner.pid, fd=conn.cfd)
    tr.one("close", pid=inner.pid, tid=inner.pid, fd=conn.cfd)
    assert c.pid not in {e.get("pid") for e in tr.events}


@scenario
def a_pid_comes_round_again(t):
    """The new process of that number lends its name to no socket of the old one."""
    ns = t.netns()
    s, old = t.pair(ns)
    old.do("comm", name="the-first")
    tr = t.tracer("--netns", ns.path)
    conn = t.connect(s, old)
    old.do("close", fd=conn.cfd)
    tr.wait("state", new="FIN_WAIT2", lport=conn.cport)
    old.exit()
    new = s.fork_as(old.pid)
    new.do("comm", name="the-second")
    other = t.connect(s, new, listener=conn.listener)
    s.do("close", fd=conn.sfd)
    tr.wait("packet", flags="F.", sport=conn.port, dport=conn.cport)
    tr.wait("state", new="TIME_WAIT", lport=conn.cport)
    t.stop(tr)
    tr.one("connect", pid=new.pid, comm="the-second", lport=other.cport)
    tr.one("state", new="TIME_WAIT", comm="the-first", lport=conn.cport)
    tr.one("packet", flags="F.", sport=conn.port, to=dict(pid=old.pid, comm="the-first"))


def shared_port(t, *servers):
    """Each listens with SO_REUSEPORT; (descriptors, port)."""
    first, port = t.listen(servers[0], backlog=1024, share=True)
    return [first] + [t.listen(s, port=port, backlog=1024, share=True)[0]
                      for s in servers[1:]], port


def several(t, d, c, servers, options=()):
    """Connections to listeners that share a port; the stream of d."""
    fds, port = shared_port(t, *servers)
    tr = t.trace(d, options=options)
    for number, (server, fd) in enumerate(zip(servers, fds)):
        server.start("churn_accept", fd=fd, count=1000, thread="a%d" % number)
    ports = c.do("churn_connect", addr="127.0.0.1", port=port, count=24)["ports"]
    return tr, ports, port


def expect_right_listener(tr, accept, pid):
    """Told before accept() it is the one that accept() shows, or not told."""
    sk, cport = accept["listener"], accept["rport"]
    for e in tr.find("syn_recv", rport=cport) + tr.find("state", new="ESTABLISHED", rport=cport):
        assert e["pid"] == pid and e.get("listener", sk) == sk, e
    syn = tr.one("packet", flags="S", sport=cport)
    assert syn["to"]["pid"] == pid and syn["to"].get("sk", sk) == sk, syn


def several_of_one_process(t, cookies):
    ns = t.netns()
    s, c = t.pair(ns)
    subprocess.run(ns.enter() + ["sysctl", "-qw", "net.ipv4.tcp_syncookies=%d" % cookies],
                   check=True)
    tr, ports, _port = several(t, s, c, (s, s, s))
    tr.wait("accept", count=len(ports))
    t.stop(tr)
    accepts = tr.exactly(len(ports), "accept")
    listeners = {e["sk"] for e in tr.exactly(3, "socket", state="LISTEN")}
    assert {e["listener"] for e in accepts} <= listeners
    assert len({e["listener"] for e in accepts}) > 1, "one of them got all"
    for e in accepts:
        expect_right_listener(tr, e, s.pid)
    return tr


@scenario
def several_listeners_of_one_process(t):
    tr = several_of_one_process(t, 1)
    for e in tr.find("syn_recv"):
        assert "listener" in e, e


@scenario
def several_listeners_and_cookies(t):
    tr = several_of_one_process(t, 2)
    assert all(e["cookie"] for e in tr.find("syn_recv"))


@scenario
def one_of_several_listening_processes(t):
    """A SYN belongs to the process whose listener answers it, and to no other."""
    ns = t.netns()
    s, c = t.pair(ns)
    other = t.driver(ns, "other")
    both = t.trace(s, other)
    tr, ports, port = several(t, s, c, (s, other))
    both.wait("accept", count=len(ports))
    mine = {e["rport"] for e in both.find("accept", pid=s.pid)}
    assert mine and mine < set(ports), "one process got all of them"
    tr.wait("accept", count=len(mine))
    tr.wait("close", count=len(mine))
    t.stop(tr, pids={s.pid, c.pid})
    t.stop(both)
    assert {e["sport"] for e in tr.find("packet", flags="S")} == mine
    assert {e["pid"] for e in tr.events if "pid" in e} == {s.pid}
    for cport in ports:
        pid = s.pid if cport in mine else other.pid
        syn = both.one("packet", flags="S", sport=cport)
        assert syn["to"]["pid"] == syn["pid"] == pid, syn
        both.one("syn_recv", rport=cport, pid=pid, listener=syn["to"]["sk"])


@scenario
def one_of_two_holders_lets_go(t):
    """A parent that gave its connection to a child and closed it is no owner."""
    s, c = t.pair()
    both = t.tracer("--netns", t.namespaces[0].path, "--packets", "all")
    tr = t.trace(s)
    conn = t.connect(s, c)
    own = t.connect(s, c, listener=conn.listener)
    child = s.fork()
    c.do("send", fd=conn.cfd, n=2000)
    child.do("recv", fd=conn.sfd)
    tr.wait("packet", len=2000)  # the parent holds it as well
    s.do("close", fd=conn.sfd)
    sent = 2000

    def is_let_go():
        nonlocal sent
        sent += 1
        c.do("send", fd=conn.cfd, n=sent)
        child.do("recv", fd=conn.sfd)
        c.do("send", fd=own.cfd, n=sent)
        s.do("recv", fd=own.sfd)
        tr.wait("packet", len=sent, sport=own.cport)
        return not tr.find("packet", len=sent, sport=conn.cport)

    t.until("the parent to be no owner", is_let_go)
    child.do("close", fd=conn.sfd)
    both.wait("close", rport=conn.cport)
    c.do("send", fd=own.cfd, n=1)
    s.do("recv", fd=own.sfd)
    tr.wait("recv", pid=s.pid, bytes=1)
    t.stop(tr)
    t.stop(both, pids=None)
    tr.none("close", rport=conn.cport)
    tr.none("packet", sport=conn.port, dport=conn.cport, flags="F.")
    both.one("packet", len=2000, to=dict(pid=s.pid, fd=conn.sfd))
