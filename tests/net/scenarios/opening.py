# SPDX-License-Identifier: BSD-2-Clause
"""How connections begin, and how they fail to."""
import calendar
import time

from lib import ABSENT, E, PRESENT, SEGMENT, Skip, call, state
from . import scenario


def expect_open(tr, conn, mapped=ABSENT, family=4, addr="127.0.0.1"):
    """The whole opening of a loopback connection, both ends traced: the
    cookies of the client and of the accepted socket."""
    s, c = conn.server, conn.client
    connect = tr.one("connect", pid=c.pid, fd=conn.cfd, rport=conn.port)
    accept = tr.one("accept", pid=s.pid, fd=conn.sfd)
    csk, ssk = connect["sk"], accept["sk"]
    out = dict(netns=PRESENT, src=addr, sport=conn.cport, dst=addr, dport=conn.port)
    back = dict(netns=PRESENT, src=addr, sport=conn.port, dst=addr, dport=conn.cport)
    client = dict(sk=csk, pid=c.pid, fd=conn.cfd, family=family, mapped=mapped,
                  raddr=addr, rport=conn.port)
    server = dict(pid=s.pid, family=family, mapped=mapped, laddr=addr, lport=conn.port,
                  raddr=addr, rport=conn.cport)
    tr.ordered(
        E("connect", **client, tid=c.pid, owner_src="call"),
        state("CLOSE", "SYN_SENT", **client, cause=call("connect")),
        E("packet", flags="S", len=0, dir="out", **out,
          from_=dict(pid=c.pid, fd=conn.cfd, sk=csk), to=dict(pid=s.pid),
          opts=dict(mss=PRESENT)),
        E("packet", flags="S.", **back, to=dict(pid=c.pid, fd=conn.cfd, sk=csk)),
        state("SYN_SENT", "ESTABLISHED", **client, laddr=addr, lport=conn.cport,
              cause=SEGMENT),
        E("packet", flags=".", len=0, **out, rel_seq=1, rel_ack=1),
        state("SYN_RECV", "ESTABLISHED", sk=ssk, **server, cause=SEGMENT),
        E("accept", sk=ssk, fd=conn.sfd, **server, state="ESTABLISHED", owner_src="call"))
    tr.ordered(
        E("packet", flags="S", **out),
        E("syn_recv", **server, cookie=lambda v: v is False, state="SYN_RECV"),
        E("packet", flags=".", **out))
    tr.ordered(
        E("packet", flags="S", **out),
        E("state", new="SYN_RECV", old=ABSENT, **server),
        state("SYN_RECV", "ESTABLISHED", sk=ssk))
    tr.ordered(E("packet", flags="S.", **back),
               E("connected", **client, error=ABSENT, aborted=ABSENT,
                 latency_us=lambda v: v >= 0))
    for ev in tr.find("syn_recv", rport=conn.cport) + tr.find("state", new="SYN_RECV"):
        assert ev.get("sk", ssk) == ssk, "the request has another cookie: %r" % ev
    listener = tr.find("listen", pid=s.pid)
    if listener:
        assert accept["listener"] == listener[0]["sk"], accept
        assert tr.one("syn_recv", **server)["listener"] == listener[0]["sk"]
    return csk, ssk


@scenario
def accept_by_thread(t):
    s, c = t.pair()
    tr = t.trace(s, c)
    conn = t.connect(s, c, thread="acceptor", listener=t.listen(s, backlog=3))
    assert conn.stid != s.pid
    tr.wait("accept", pid=s.pid)
    t.stop(tr)
    tr.one("listen", pid=s.pid, tid=s.pid, fd=conn.listener[0], backlog=3, lport=conn.port,
           state="LISTEN")
    tr.one("state", old="CLOSE", new="LISTEN", pid=s.pid, cause=call("listen"))
    expect_open(tr, conn)
    tr.one("accept", tid=conn.stid, pid=s.pid, queue_len=1, queue_max=3,
           queued_us=lambda v: v >= 0, comm=PRESENT, uid=0)
    tr.ordered(E("listen"), E("connect"), E("accept"))


@scenario
def ipv6(t):
    s, c = t.pair()
    tr = t.trace(s, c)
    conn = t.connect(s, c, addr="::1", listen_addr="::1", family=6)
    tr.wait("accept", pid=s.pid)
    t.stop(tr)
    expect_open(tr, conn, family=6, addr="::1")


@scenario
def v4_mapped(t):
    """Java's default: IPv6 sockets that speak IPv4."""
    s, c = t.pair()
    tr = t.trace(s, c)
    conn = t.connect(s, c, addr="::ffff:127.0.0.1", listen_addr="::", family=6)
    tr.wait("accept", pid=s.pid)
    t.stop(tr)
    tr.one("listen", family=6, laddr="::")
    expect_open(tr, conn, family=6, mapped=True)


@scenario
def cookie_is_what_ss_prints(t):
    ns = t.netns()
    s, c = t.pair(ns)
    tr = t.trace(s, c)
    conn = t.connect(s, c)
    tr.wait("accept", pid=s.pid)
    from lib import sh
    rows = sh(*ns.enter(), "ss", "-Htane").splitlines()
    t.stop(tr)
    for spec, lport in ((E("connect"), conn.cport), (E("accept"), conn.port)):
        sk = tr.one(**spec)["sk"]
        row = [r for r in rows if r.split()[3].endswith(":%d" % lport) and "ESTAB" in r]
        assert len(row) == 1 and "sk:%s " % sk in row[0] + " ", "%s: %r" % (sk, rows)


@scenario
def nonblocking_connect(t):
    s, c = t.pair()
    tr = t.trace(s, c)
    lfd, port = t.listen(s)
    job = s.start("accept", fd=lfd)
    cfd = c.do("socket", nonblock=True)["fd"]
    c.do("connect", "EINPROGRESS", fd=cfd, addr="127.0.0.1", port=port)
    c.do("wait_writable", fd=cfd)
    c.do("connect", fd=cfd, addr="127.0.0.1", port=port)  # collects the result
    c.do("connect", "EISCONN", fd=cfd, addr="127.0.0.1", port=port)
    job.result()
    tr.wait("accept", pid=s.pid)
    c.do("ping")
    t.stop(tr)
    sk = tr.one("connect", pid=c.pid, tid=c.pid, fd=cfd)["sk"]
    tr.one("connected", pid=c.pid, fd=cfd, sk=sk, error=ABSENT, aborted=ABSENT,
           latency_us=PRESENT)
    tr.expect_states(sk, "CLOSE", "SYN_SENT", "ESTABLISHED")


def closed_port(t, driver):
    """A port that was just free; it stays bound, not listening."""
    fd = driver.do("socket")["fd"]
    return driver.do("bind", fd=fd, addr="127.0.0.1")["lport"]


def expect_refused(tr, c, fd, port):
    sk = tr.one("connect", pid=c.pid, fd=fd, rport=port)["sk"]
    tr.ordered(
        E("connect", sk=sk),
        state("CLOSE", "SYN_SENT", sk=sk, pid=c.pid, cause=call("connect")),
        E("packet", flags="S", dport=port, from_=dict(pid=c.pid, fd=fd, sk=sk)),
        E("packet", flags="R.", sport=port, to=dict(pid=c.pid, fd=fd, sk=sk)),
        state("SYN_SENT", "CLOSE", sk=sk, pid=c.pid, cause=SEGMENT))
    tr.one("connected", pid=c.pid, fd=fd, sk=sk, error="ECONNREFUSED", aborted=ABSENT)
    tr.one("reset", dir="in", sk=sk, pid=c.pid)
    tr.exactly(2, "packet")


@scenario
def refused(t):
    s, c = t.pair()
    port = closed_port(t, s)
    tr = t.trace(c)
    fd = c.do("socket")["fd"]
    c.do("connect", "ECONNREFUSED", fd=fd, addr="127.0.0.1", port=port)
    tr.wait("connected")
    t.stop(tr)
    expect_refused(tr, c, fd, port)


@scenario
def drop_tells_why_and_where(t):
    """The SYN to a port that nobody listens at; nobody's, so by its port."""
    probe = t.tool("--dry-run", "--events", "drop")
    if probe.returncode == 3:
        raise Skip(probe.stderr.strip().splitlines()[-1])
    s, c = t.pair()
    port = closed_port(t, s)
    tr = t.tracer("--port", port, "--events", "drop")
    c.do("connect", "ECONNREFUSED", fd=c.do("socket")["fd"], addr="127.0.0.1", port=port)
    tr.wait("drop", lport=port)
    tr.stop()
    drop = tr.one("drop", lport=port, laddr="127.0.0.1", raddr="127.0.0.1", rport=PRESENT,
                  family=4, reason="NO_SOCKET", where=PRESENT, pid=ABSENT, sk=ABSENT)
    assert drop["where"].startswith("tcp_v4_rcv"), drop


def nanoseconds(event):
    day, fraction = event["time"].rstrip("Z").split(".")
    return calendar.timegm(time.strptime(day, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(fraction)


@scenario
def times_add_up(t):
    """in_state_us is what lies between two changes; call_us no more than the call."""
    s, c = t.pair()
    tr = t.trace(s, c)
    conn = t.connect(s, c)
    begin = time.monotonic_ns()
    c.do("send", fd=conn.cfd, n=5)
    took_us = (time.monotonic_ns() - begin) // 1000
    s.do("recv", fd=conn.sfd)
    t.finish_connection(tr, conn)
    tr.wait("state", new="TIME_WAIT")
    t.stop(tr)
    for lport in conn.port, conn.cport:
        changes = [e for e in tr.find("state", lport=lport) if "rport" in e]
        assert len(changes) > 3, changes
        for before, after in zip(changes, changes[1:]):
            between = (nanoseconds(after) - nanoseconds(before)) // 1000
            assert after["in_state_us"] == between, (before, after)
    send = tr.one("send", lport=conn.cport, bytes=5, call_us=PRESENT)
    assert send.get("call_us", 0) <= took_us, (send, took_us)


def listen_v6only(server, port=0):
    fd = server.do("socket", family=6, v6only=True)["fd"]
    server.do("bind", fd=fd, addr="::", port=port)
    return server.do("listen", fd=fd)["lport"]


@scenario
def v6only_listener_has_no_v4(t):
    """IPV6_V6ONLY: an IPv4 SYN to its port is not for it, known from the scan or
    from its listen()."""
    s, c = t.pair()
    before = listen_v6only(s)
    tr = t.trace(s, c)
    ports = [before, listen_v6only(s)]
    for port in ports:
        fd = c.do("socket")["fd"]
        c.do("connect", "ECONNREFUSED", fd=fd, addr="127.0.0.1", port=port)
    six = c.do("socket", family=6)["fd"]
    c.do("connect", fd=six, addr="::1", port=before)
    tr.wait("connected", fd=six, pid=c.pid)
    t.stop(tr)
    for port in ports:
        for ev in tr.find("packet", flags="S", dst="127.0.0.1", dport=port):
            assert "pid" not in ev.get("to", {}), ev
    assert tr.one("packet", flags="S", dst="::1", dport=before)["to"]["pid"] == s.pid


@scenario
def refused_again_and_again(t):
    """One socket, one attempt after the other within the window: each connect
    has the port of its own SYN, and nothing was sent."""
    s, c = t.pair()
    port = closed_port(t, s)
    tr = t.trace(c)
    fd = c.do("socket")["fd"]
    for _ in range(5):
        c.do("connect", "ECONNREFUSED", fd=fd, addr="127.0.0.1", port=port)
    c.do("close", fd=fd)
    tr.wait("close")
    t.stop(tr)
    syns = [e["sport"] for e in tr.find("packet", flags="S")]
    assert len(syns) == 5, syns
    assert [e.get("lport") for e in tr.find("connect")] == syns, syns
    tr.exactly(5, "connected", error="ECONNREFUSED")
    tr.one("close", bytes_sent=0, bytes_received=0)


@scenario
def refused_nonblocking(t):
    s, c = t.pair()
    port = closed_port(t, s)
    tr = t.trace(c)
    fd = c.do("socket", nonblock=True)["fd"]
    c.do("connect", "EINPROGRESS", fd=fd, addr="127.0.0.1", port=port)
    c.do("wait_writable", fd=fd)
    c.do("connect", "ECONNREFUSED", fd=fd, addr="127.0.0.1", port=port)  # collects it
    tr.wait("connected")
    t.stop(tr)
    expect_refused(tr, c, fd, port)


@scenario
def unreachable(t):
    """No route: the attempt ends before any SYN and any state."""
    c = t.driver(t.netns())
    tr = t.trace(c)
    fd = c.do("socket")["fd"]
    c.do("connect", "ENETUNREACH", fd=fd, addr="10.99.0.1", port=80)
    tr.wait("connected")
    t.stop(tr)
    sk = tr.one("connect", pid=c.pid, tid=c.pid, fd=fd, raddr="10.99.0.1", rport=80)["sk"]
    tr.one("connected", pid=c.pid, fd=fd, sk=sk, error="ENETUNREACH")
    tr.ordered(E("connect"), E("connected"))
    tr.none("state")
    tr.none("packet")


@scenario
def no_port_left(t):
    """Two connections of one address to the same port, one port to give."""
    ns = t.netns()
    s, c = t.pair(ns)
    ns.sysctl("net.ipv4.ip_local_port_range", "40000 40000")
    listener = t.listen(s, port=5000)
    tr = t.trace(c)
    t.connect(s, c, listener=listener)
    fd = c.do("socket")["fd"]
    c.do("connect", "EADDRNOTAVAIL", fd=fd, addr="127.0.0.1", port=5000)
    tr.wait("connected", count=2)
    t.stop(tr)
    sk = tr.one("connect", fd=fd, pid=c.pid)["sk"]
    tr.one("connected", sk=sk, pid=c.pid, error="EADDRNOTAVAIL")
    tr.none("packet", from_=dict(sk=sk))


def unanswered(t):
    ns = t.netns()
    host = ns.unanswered()
    c = t.driver(ns)
    tr = t.trace(c)
    fd = c.do("socket", nonblock=True)["fd"]
    return ns, c, tr, fd, host


def expect_syns(tr, c, fd, host):
    """The SYN, and as many more as were sent again."""
    sk = tr.one("connect", pid=c.pid, fd=fd, raddr=host)["sk"]
    syns = tr.find("packet", flags="S", dir="out", dst=host, dport=80, pid=c.pid, sk=sk,
                   ifname="void", from_=dict(pid=c.pid, fd=fd, sk=sk), to=ABSENT)
    again = tr.find("retransmit", sk=sk, pid=c.pid, fd=fd, kind="SYN")
    assert again and len(syns) == len(again) + 1 == len(tr.find("packet")), (syns, again)
    assert len({e["tcp_seq"] for e in syns + again}) == 1, (syns, again)
    return sk


@scenario
def unanswered_syn(t):
    _ns, c, tr, fd, host = unanswered(t)
    c.do("connect", "EINPROGRESS", fd=fd, addr=host, port=80)
    tr.wait("retransmit")
    tr.wait("packet", count=2)
    c.do("close", fd=fd)
    tr.wait("destroy")
    t.stop(tr)
    sk = expect_syns(tr, c, fd, host)
    tr.one("connected", sk=sk, pid=c.pid, aborted="close", error=ABSENT)
    tr.one("close", sk=sk, pid=c.pid, fd=fd, via="close")
    tr.one("state", old="SYN_SENT", new="CLOSE", sk=sk, cause=call("close"))
    tr.expect_states(sk, "CLOSE", "SYN_SENT", "CLOSE")
    tr.one("destroy", sk=sk)


@scenario
def unanswered_syn_killed(t):
    _ns, c, tr, fd, host = unanswered(t)
    c.do("connect", "EINPROGRESS", fd=fd, addr=host, port=80)
    tr.wait("packet")
    c.kill()
    tr.ended()
    t.check(tr)
    sk = tr.one("connect", pid=c.pid, fd=fd)["sk"]
    tr.one("connected", sk=sk, pid=c.pid, aborted="exit", error=ABSENT)
    tr.one("close", sk=sk, pid=c.pid, via="exit", fd=ABSENT)
    tr.expect_states(sk, "CLOSE", "SYN_SENT", "CLOSE")


@scenario
def unanswered_syn_times_out(t):
    ns, c, tr, fd, host = unanswered(t)
    c.do("sockopt", fd=fd, level="IPPROTO_TCP", name="TCP_SYNCNT", value=1)
    c.do("connect", "EINPROGRESS", fd=fd, addr=host, port=80)
    tr.wait("connected")
    assert c.do("so_error", fd=fd)["so_error"] == "ETIMEDOUT"
    t.stop(tr)
    sk = expect_syns(tr, c, fd, host)
    tr.one("connected", sk=sk, pid=c.pid, error="ETIMEDOUT", aborted=ABSENT,
           latency_us=lambda v: v > 1000000)
    gone = tr.one("state", old="SYN_SENT", new="CLOSE", sk=sk, pid=c.pid)
    assert gone.get("cause", {}).get("kind", "timer") == "timer", gone


@scenario
def backlog_overflow(t):
    """listen(1) queues two; the third SYN is not answered until one of them
    was accepted and the SYN came again."""
    s, c = t.pair()
    tr = t.trace(s, c)
    lfd, port = t.listen(s, backlog=1)
    fds = [c.do("socket", nonblock=True)["fd"] for _i in range(3)]
    cports = []
    for n, fd in enumerate(fds[:2]):
        c.do("connect", "EINPROGRESS", fd=fd, addr="127.0.0.1", port=port)
        established = tr.wait("state", old="SYN_RECV", new="ESTABLISHED", count=n + 1)[n]
        cports.append(established["rport"])
    c.do("connect", "EINPROGRESS", fd=fds[2], addr="127.0.0.1", port=port)
    third = tr.wait("packet", flags="S", count=3)[2]["sport"]
    first = s.do("accept", fd=lfd)
    tr.wait("connected", count=3)
    second, last = s.do("accept", fd=lfd), s.do("accept", fd=lfd)
    tr.wait("accept", count=3)
    t.stop(tr)
    assert [first["rport"], second["rport"], last["rport"]] == cports + [third]
    sk = tr.one("connect", fd=fds[2])["sk"]
    tr.ordered(E("packet", flags="S", sport=third), E("accept", fd=first["fd"]),
               E("packet", flags="S", sport=third), E("syn_recv", rport=third, pid=s.pid),
               E("connected", sk=sk))
    tr.one("retransmit", kind="SYN", sk=sk, pid=c.pid, fd=fds[2])
    tr.exactly(1, "syn_recv", rport=third)
    tr.one("connected", sk=sk, latency_us=lambda v: v > 900000)
    for fd, rport, queued in ((first, cports[0], 1), (second, cports[1], 2), (last, third, 2)):
        tr.one("accept", fd=fd["fd"], rport=rport, queue_len=queued, queue_max=1)


@scenario
def syn_cookie(t):
    ns = t.netns()
    ns.sysctl("net.ipv4.tcp_syncookies", 2)
    s, c = t.pair(ns)
    tr = t.trace(s, c)
    conn = t.connect(s, c)
    tr.wait("accept")
    t.stop(tr)
    tr.one("syn_recv", lport=conn.port, rport=conn.cport, cookie=True, pid=s.pid)
    tr.one("accept", fd=conn.sfd, rport=conn.cport, pid=s.pid)
    tr.one("state", new="ESTABLISHED", lport=conn.port, rport=conn.cport)


@scenario
def connect_unspec(t):
    """connect(AF_UNSPEC) ends an attempt; the next one starts anew."""
    s, c = t.pair()
    tr = t.trace(s, c)
    listener = t.listen(s)
    conn = t.connect(s, c, listener=listener)
    c.do("send", fd=conn.cfd, n=5)
    s.do("recv", fd=conn.sfd)
    c.do("connect_unspec", fd=conn.cfd)
    tr.wait("state", old="ESTABLISHED", new="CLOSE", lport=conn.port)
    job = s.start("accept", fd=listener[0])
    c.do("connect", fd=conn.cfd, addr="127.0.0.1", port=conn.port)
    again = job.result()["fd"]
    c.do("send", fd=conn.cfd, n=7)
    s.do("recv", fd=again)
    c.do("close", fd=conn.cfd)
    tr.wait("close", pid=c.pid)
    t.stop(tr)
    sk = tr.exactly(2, "connect", pid=c.pid, fd=conn.cfd)[0]["sk"]
    tr.exactly(2, "connect", sk=sk)
    tr.exactly(2, "connected", sk=sk, error=ABSENT, aborted=ABSENT)
    assert tr.states(sk)[:5] == ["CLOSE", "SYN_SENT", "ESTABLISHED", "CLOSE", "SYN_SENT"]
    tr.ordered(E("connect", sk=sk), E("send", sk=sk, bytes=5, offset=0),
               state("ESTABLISHED", "CLOSE", sk=sk, cause={"kind": "call"}),
               E("connect", sk=sk), E("send", sk=sk, bytes=7, offset=0),
               E("close", sk=sk, bytes_sent=7))


@scenario
def connect_unspec_during_attempt(t):
    """The first attempt is decided by no one but the program."""
    _ns, c, tr, fd, host = unanswered(t)
    c.do("connect", "EINPROGRESS", fd=fd, addr=host, port=80)
    c.do("connect_unspec", fd=fd)
    c.do("close", fd=fd)
    tr.wait("destroy")
    t.stop(tr)
    sk = tr.one("connect", pid=c.pid)["sk"]
    tr.one("connected", sk=sk, error=ABSENT, aborted=PRESENT)
    tr.expect_states(sk, "CLOSE", "SYN_SENT", "CLOSE")


@scenario
def listen_again(t):
    """A second listen() only changes the backlog."""
    s = t.driver(t.netns())
    tr = t.trace(s)
    fd, port = t.listen(s, backlog=5)
    s.do("listen", fd=fd, backlog=9)
    tr.wait("listen", count=2)
    t.stop(tr)
    first, second = tr.exactly(2, "listen", pid=s.pid, tid=s.pid, fd=fd, lport=port)
    assert (first["backlog"], second["backlog"]) == (5, 9)
    assert first["sk"] == second["sk"]
    tr.exactly(1, "state", new="LISTEN")


@scenario
def queue_wait_is_told(t):
    """queued_us runs from the end of the handshake to accept()."""
    s, c = t.pair()
    tr = t.trace(s, c)
    lfd, port = t.listen(s)
    fd = c.do("socket")["fd"]
    c.do("connect", fd=fd, addr="127.0.0.1", port=port)
    done = tr.wait("state", old="SYN_RECV", new="ESTABLISHED")[0]
    s.do("accept", fd=lfd)
    accept = tr.wait("accept")[0]
    t.stop(tr)
    between = micros(accept) - micros(done)
    assert abs(accept["queued_us"] - between) <= 2, (accept["queued_us"], between)


def micros(ev):
    clock = ev["time"][11:-1].split(":")
    return (int(clock[0]) * 3600 + int(clock[1]) * 60 + float(clock[2])) * 1e6
