# SPDX-License-Identifier: BSD-2-Clause
"""How connections end: FIN, RST, death, and who told it."""
from lib import ABSENT, E, PRESENT, SEGMENT, call, state
from . import scenario


def opened(t, *drivers, **how):
    """A traced pair with one connection: tracer, connection, both cookies."""
    s, c = drivers or t.pair()
    tr = t.trace(s, c, **how)
    conn = t.connect(s, c)
    conn.ssk = tr.wait("accept", pid=s.pid)[0]["sk"]
    conn.csk = tr.wait("connect", pid=c.pid)[0]["sk"]
    return tr, conn


def from_to(conn, client_sends):
    ends = [dict(pid=conn.client.pid, fd=conn.cfd, sk=conn.csk),
            dict(pid=conn.server.pid, fd=conn.sfd, sk=conn.ssk)]
    if not client_sends:
        ends.reverse()
    return dict(from_=ends[0], to=ends[1])


@scenario
def four_way_close(t):
    """TIME_WAIT is told when a segment shows it (the contract's rule 6)."""
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    t.finish_connection(tr, conn)
    tr.wait("state", new="TIME_WAIT")
    tr.wait("destroy", count=2)
    t.stop(tr)
    tr.ordered(
        E("close", pid=c.pid, tid=c.pid, fd=conn.cfd, sk=conn.csk, via="close", unread=0,
          bytes_sent=0, bytes_received=0, duration_us=PRESENT),
        state("ESTABLISHED", "FIN_WAIT1", sk=conn.csk, pid=c.pid, cause=call("close")),
        E("packet", flags="F.", sport=conn.cport, pid=c.pid),
        state("ESTABLISHED", "CLOSE_WAIT", sk=conn.ssk, pid=s.pid, cause=SEGMENT),
        E("recv", sk=conn.ssk, pid=s.pid, fd=conn.sfd, bytes=0),
        E("close", pid=s.pid, fd=conn.sfd, sk=conn.ssk, via="close"),
        state("CLOSE_WAIT", "LAST_ACK", sk=conn.ssk, pid=s.pid, cause=call("close")),
        E("packet", flags="F.", sport=conn.port, pid=s.pid),
        E("packet", flags=".", sport=conn.cport, len=0),
        state("LAST_ACK", "CLOSE", sk=conn.ssk, pid=s.pid, cause=SEGMENT),
        E("destroy", sk=conn.ssk))
    tr.ordered(
        state("ESTABLISHED", "FIN_WAIT1", sk=conn.csk),
        state("FIN_WAIT1", "FIN_WAIT2", sk=conn.csk, pid=c.pid, cause=SEGMENT),
        E("packet", flags="F.", sport=conn.port),
        state("FIN_WAIT2", "TIME_WAIT", sk=conn.csk, pid=c.pid, cause=SEGMENT))
    tr.expect_states(conn.csk, "CLOSE", "SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2",
                     "TIME_WAIT")
    tr.expect_states(conn.ssk, "SYN_RECV", "ESTABLISHED", "CLOSE_WAIT", "LAST_ACK", "CLOSE")
    tr.one("destroy", sk=conn.csk)
    tr.none("reset")
    tr.exactly(2, "packet", flags="F.")


@scenario
def half_close(t):
    """shutdown(SHUT_WR), then data the other way."""
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    c.do("shutdown", fd=conn.cfd, how="WR")
    assert s.do("recv", fd=conn.sfd)["bytes"] == 0
    tr.wait("state", new="FIN_WAIT2", sk=conn.csk)
    s.do("send", fd=conn.sfd, n=100)
    assert c.do("recv_all", fd=conn.cfd, n=100)["bytes"] == 100
    s.do("close", fd=conn.sfd)
    assert c.do("recv", fd=conn.cfd)["bytes"] == 0
    tr.wait("state", new="TIME_WAIT")
    c.do("close", fd=conn.cfd)
    tr.wait("destroy", count=2)
    t.stop(tr)
    tr.ordered(
        E("shutdown", pid=c.pid, tid=c.pid, fd=conn.cfd, sk=conn.csk, how="SHUT_WR",
          error=ABSENT),
        state("ESTABLISHED", "FIN_WAIT1", sk=conn.csk, pid=c.pid, cause=call("shutdown")),
        state("FIN_WAIT1", "FIN_WAIT2", sk=conn.csk, cause=SEGMENT),
        E("send", pid=s.pid, fd=conn.sfd, bytes=100, offset=0),
        E("packet", len=100, **from_to(conn, False)),
        E("recv", pid=c.pid, fd=conn.cfd, bytes=100, offset=0),
        E("close", sk=conn.ssk, pid=s.pid, bytes_sent=100, bytes_received=0),
        state("FIN_WAIT2", "TIME_WAIT", sk=conn.csk, pid=c.pid, cause=SEGMENT),
        E("close", sk=conn.csk, pid=c.pid, fd=conn.cfd, via="close", bytes_sent=0,
          bytes_received=100))
    tr.exactly(1, "shutdown")


@scenario
def shutdown_unconnected(t):
    c = t.driver(t.netns())
    tr = t.trace(c)
    fd = c.do("socket")["fd"]
    c.do("shutdown", "ENOTCONN", fd=fd, how="RDWR")
    tr.wait("shutdown")
    t.stop(tr)
    tr.one("shutdown", pid=c.pid, tid=c.pid, fd=fd, how="SHUT_RDWR", error="ENOTCONN")
    tr.none("state")


@scenario
def simultaneous_close(t):
    """Both ends close before either sees the other's FIN: over a veth whose
    far end is down for the while."""
    a, b = t.netns("a"), t.netns("b")
    t.veth(a, b)
    a.address("va", "10.98.0.1/24")
    b.address("vb", "10.98.0.2/24")
    s, c = t.driver(b, "server"), t.driver(a, "client")
    tr = t.trace(s, c)
    conn = t.connect(s, c, addr="10.98.0.2")
    csk, ssk = tr.wait("connect")[0]["sk"], tr.wait("accept")[0]["sk"]
    for ns, dev, other in ((a, "va", "10.98.0.2"), (b, "vb", "10.98.0.1")):
        ns.ip("neigh", "replace", other, "lladdr", "02:00:00:00:00:99", "dev", dev,
              "nud", "permanent")
    c.do("close", fd=conn.cfd)
    s.do("close", fd=conn.sfd)
    tr.wait("state", new="FIN_WAIT1", count=2)
    for ns, dev, other in ((a, "va", "10.98.0.2"), (b, "vb", "10.98.0.1")):
        ns.ip("neigh", "del", other, "dev", dev)
    tr.wait("state", new="TIME_WAIT", count=2)
    t.stop(tr)
    paths = [tr.states(csk)[3:], tr.states(ssk)[2:]]
    assert ["FIN_WAIT1", "CLOSING", "TIME_WAIT"] in paths, paths
    tr.exactly(2, "close", via="close")


@scenario
def rst_by_linger_0(t):
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    c.do("linger", fd=conn.cfd, seconds=0)
    c.do("close", fd=conn.cfd)
    s.do("recv", "ECONNRESET", fd=conn.sfd)
    s.do("close", fd=conn.sfd)
    tr.wait("close", count=2)
    tr.wait("destroy", count=2)
    t.stop(tr)
    tr.ordered(
        E("close", sk=conn.csk, pid=c.pid, fd=conn.cfd, via="close", linger=0, unread=0),
        state("ESTABLISHED", "CLOSE", sk=conn.csk, pid=c.pid, cause=call("close")),
        E("packet", flags="R.", sport=conn.cport, pid=c.pid))
    tr.ordered(
        E("packet", flags="R.", sport=conn.cport),
        state("ESTABLISHED", "CLOSE", sk=conn.ssk, pid=s.pid, cause=SEGMENT),
        E("recv", sk=conn.ssk, pid=s.pid, fd=conn.sfd, error="ECONNRESET"),
        E("close", sk=conn.ssk, pid=s.pid, fd=conn.sfd, via="close", linger=ABSENT))
    tr.one("reset", dir="out", sk=conn.csk, pid=c.pid, fd=conn.cfd, reason=PRESENT)
    tr.one("reset", dir="in", sk=conn.ssk, pid=s.pid, fd=conn.sfd)
    tr.exactly(1, "packet", flags="R.")
    tr.none("packet", flags="F.")


@scenario
def rst_by_unread_data(t):
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    c.do("send", fd=conn.cfd, n=5)
    tr.wait("packet", len=5)
    s.do("close", fd=conn.sfd)
    c.do("recv", "ECONNRESET", fd=conn.cfd)
    c.do("close", fd=conn.cfd)
    tr.wait("close", count=2)
    t.stop(tr)
    tr.ordered(
        E("send", pid=c.pid, bytes=5),
        E("packet", len=5, **from_to(conn, True)),
        E("close", sk=conn.ssk, pid=s.pid, fd=conn.sfd, via="close", unread=5,
          bytes_received=0),
        state("ESTABLISHED", "CLOSE", sk=conn.ssk, pid=s.pid, cause=call("close")),
        E("packet", flags="R.", sport=conn.port, pid=s.pid),
        state("ESTABLISHED", "CLOSE", sk=conn.csk, pid=c.pid, cause=SEGMENT),
        E("recv", pid=c.pid, error="ECONNRESET"),
        E("close", sk=conn.csk, pid=c.pid, bytes_sent=5))
    tr.one("reset", dir="out", sk=conn.ssk, pid=s.pid)
    tr.one("reset", dir="in", sk=conn.csk, pid=c.pid)


@scenario
def unread_fin_is_no_data(t):
    """A FIN that nobody read is not unread data."""
    tr, conn = opened(t)
    conn.client.do("close", fd=conn.cfd)
    tr.wait("state", new="CLOSE_WAIT")
    conn.server.do("close", fd=conn.sfd)
    tr.wait("close", count=2)
    t.stop(tr)
    tr.one("close", sk=conn.ssk, unread=0)
    tr.none("reset")


@scenario
def sigkill_client(t):
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    c.kill()
    assert s.do("recv", fd=conn.sfd)["bytes"] == 0
    s.do("close", fd=conn.sfd)
    tr.wait("destroy", count=2)
    t.stop(tr)
    tr.one("close", sk=conn.csk, pid=c.pid, via="exit", fd=ABSENT)
    tr.one("state", old="ESTABLISHED", new="FIN_WAIT1", sk=conn.csk, pid=c.pid,
           cause={"kind": "call"})
    tr.one("packet", flags="F.", sport=conn.cport, pid=c.pid)
    tr.one("close", sk=conn.ssk, pid=s.pid, fd=conn.sfd, via="close")


@scenario
def sigkill_server_with_unread_data(t):
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    c.do("send", fd=conn.cfd, n=3)
    tr.wait("packet", len=3)
    s.kill()
    c.do("recv", "ECONNRESET", fd=conn.cfd)
    c.do("close", fd=conn.cfd)
    tr.wait("close", sk=conn.csk)
    tr.wait("close", sk=conn.ssk)
    t.stop(tr)
    tr.one("close", sk=conn.ssk, pid=s.pid, via="exit", fd=ABSENT, unread=3)
    tr.one("reset", dir="out", sk=conn.ssk, pid=s.pid)
    tr.one("reset", dir="in", sk=conn.csk, pid=c.pid)
    tr.one("close", pid=s.pid, lport=conn.port, rport=ABSENT, via="exit")  # the listener


@scenario
def exit_without_close(t):
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    c.exit(3)
    s.do("recv", fd=conn.sfd)
    s.do("close", fd=conn.sfd)
    tr.wait("close", count=2)
    t.stop(tr)
    tr.one("close", sk=conn.csk, pid=c.pid, via="exit", fd=ABSENT)
    tr.one("close", sk=conn.ssk, pid=s.pid, via="close", fd=conn.sfd)


@scenario
def ends_with_the_last_process(t):
    """-p: the tracer ends by itself once the traced are gone and their
    sockets closed."""
    s, c = t.pair()
    tr, conn = opened(t, s, c)
    c.exit()
    s.do("recv", fd=conn.sfd)
    s.exit()
    tr.ended()
    t.check(tr)
    tr.one("close", sk=conn.csk, via="exit")
    tr.one("close", sk=conn.ssk, via="exit", pid=s.pid)
    tr.one("close", lport=conn.port, rport=ABSENT, via="exit", pid=s.pid)


@scenario
def never_accepted(t):
    """A child that nobody accepted goes with its listener."""
    s, c = t.pair()
    tr = t.trace(s, c)
    lfd, port = t.listen(s)
    fd = c.do("socket")["fd"]
    cport = c.do("connect", fd=fd, addr="127.0.0.1", port=port)["lport"]
    ssk = tr.wait("state", old="SYN_RECV", new="ESTABLISHED")[0]["sk"]
    s.do("close", fd=lfd)
    c.do("recv", "ECONNRESET", fd=fd)
    tr.wait("close", count=2)
    tr.wait("destroy", sk=ssk)
    t.stop(tr)
    lsk = tr.one("listen")["sk"]
    tr.one("close", sk=lsk, pid=s.pid, fd=lfd, via="close")
    tr.one("close", sk=ssk, pid=s.pid, fd=ABSENT, via="listener")
    tr.one("state", old="SYN_RECV", new="ESTABLISHED", sk=ssk, pid=s.pid, rport=cport,
           owner_src="listener")
    tr.one("packet", flags="R.", sport=port, dport=cport, from_=dict(pid=s.pid))
    tr.none("accept")


@scenario
def accepted_dead(t):
    """accept() returns a connection that was reset while it waited."""
    s, c = t.pair()
    tr = t.trace(s, c)
    lfd, port = t.listen(s)
    fd = c.do("socket")["fd"]
    cport = c.do("connect", fd=fd, addr="127.0.0.1", port=port)["lport"]
    c.do("linger", fd=fd, seconds=0)
    tr.wait("state", old="SYN_RECV", new="ESTABLISHED")
    c.do("close", fd=fd)
    ssk = tr.wait("state", old="ESTABLISHED", new="CLOSE", lport=port)[0]["sk"]
    sfd = s.do("accept", fd=lfd)["fd"]
    s.do("close", fd=sfd)
    tr.wait("close", sk=ssk)
    t.stop(tr)
    tr.one("accept", sk=ssk, pid=s.pid, fd=sfd, laddr="127.0.0.1", lport=port,
           raddr="127.0.0.1", rport=cport, state="CLOSE")
    tr.one("close", sk=ssk, pid=s.pid, fd=sfd, via="close")


@scenario
def never_connected(t):
    """A socket that only lived; and one that was bound."""
    c = t.driver(t.netns())
    tr = t.trace(c)
    plain, bound = c.do("socket")["fd"], c.do("socket")["fd"]
    port = c.do("bind", fd=bound, addr="127.0.0.1")["lport"]
    c.do("close", fd=plain)
    c.do("close", fd=bound)
    tr.wait("close", count=2)
    t.stop(tr)
    tr.one("close", pid=c.pid, fd=plain, via="close")
    tr.one("close", pid=c.pid, fd=bound, via="close")
    assert port
    tr.none("state")
