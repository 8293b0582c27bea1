# SPDX-License-Identifier: BSD-2-Clause
"""Segments on devices, and namespaces that must not be mixed up."""
from lib import ABSENT, E, PRESENT
from . import scenario


def linked(t, bridge=False):
    """Two namespaces on one link, straight or through a third's bridge; a
    server in b, a client in a."""
    a, b = t.netns("a"), t.netns("b")
    if bridge:
        middle = t.netns("m")
        t.veth(a, middle, "va", "pa")
        t.veth(b, middle, "vb", "pb")
        middle.ip("link", "add", "br0", "type", "bridge")
        for port in ("pa", "pb"):
            middle.ip("link", "set", port, "master", "br0", "up")
        middle.ip("link", "set", "br0", "up")
    else:
        t.veth(a, b)
    a.address("va", "10.97.0.1/24", "fd97::1/64")
    b.address("vb", "10.97.0.2/24", "fd97::2/64")
    return a, b, t.driver(b, "server"), t.driver(a, "client")


def routed(t):
    """Two namespaces with a router between them, itself a namespace."""
    a, b, middle = t.netns("a"), t.netns("b"), t.netns("m")
    t.veth(a, middle, "va", "ra")
    t.veth(b, middle, "vb", "rb")
    a.address("va", "10.97.1.2/24")
    b.address("vb", "10.97.2.2/24")
    middle.address("ra", "10.97.1.1/24")
    middle.address("rb", "10.97.2.1/24")
    a.ip("route", "add", "default", "via", "10.97.1.1")
    b.ip("route", "add", "default", "via", "10.97.2.1")
    middle.sysctl("net.ipv4.ip_forward", "1")
    return a, b, t.driver(b, "server"), t.driver(a, "client")


def expect_each_once_an_end(t, bridge=False, addr="10.97.0.2", family=4, ends=None,
                            options=()):
    a, b, s, c = ends or linked(t, bridge)
    tr = t.trace(s, c, options=options)
    conn = t.connect(s, c, addr=addr, family=family, listen_addr="" if family == 4 else "::")
    c.do("send", fd=conn.cfd, n=100)
    s.do("recv", fd=conn.sfd)
    s.do("send", fd=conn.sfd, n=50)
    c.do("recv", fd=conn.cfd)
    t.finish_connection(tr, conn)
    tr.wait("state", new="TIME_WAIT")
    tr.wait("state", new="CLOSE")
    t.stop(tr)
    t.check(tr, netns={a.inode, b.inode})
    client = dict(netns=a.inode, ifname="va", pid=c.pid)
    server = dict(netns=b.inode, ifname="vb", pid=s.pid)
    out = dict(src=PRESENT, dst=addr, sport=conn.cport, dport=conn.port)
    back = dict(src=addr, sport=conn.port, dport=conn.cport)
    for seg in (dict(flags="S"), dict(flags="P.", len=100), dict(flags="F.")):
        tr.exactly(2, "packet", **out, **seg)
        tr.one("packet", dir="out", from_=dict(pid=c.pid), **client, **out, **seg)
        tr.one("packet", dir="in", to=dict(pid=s.pid), **server, **out, **seg)
    for seg in (dict(flags="S."), dict(flags="P.", len=50), dict(flags="F.")):
        tr.exactly(2, "packet", **back, **seg)
        tr.one("packet", dir="out", from_=dict(pid=s.pid), **server, **back, **seg)
        tr.one("packet", dir="in", to=dict(pid=c.pid), **client, **back, **seg)
    for spec in (dict(flags="S", **out), dict(flags="S.", **back)):
        tr.ordered(E("packet", dir="out", **spec), E("packet", dir="in", **spec))
    expect_segments_pair_up(tr)


def expect_segments_pair_up(tr):
    """Out and in are the same segments."""
    seen = {}
    for e in tr.find("packet"):
        key = (e["sport"], e["flags"], e["tcp_seq"], e.get("tcp_ack"), e["len"])
        seen.setdefault(key, []).append(e["dir"])
    odd = {k: v for k, v in seen.items() if sorted(v) != ["in", "out"]}
    assert not odd, odd


@scenario
def veth_between_namespaces(t):
    expect_each_once_an_end(t)


@scenario
def veth_ipv6(t):
    expect_each_once_an_end(t, addr="fd97::2", family=6)


@scenario
def bridge_between_namespaces(t):
    expect_each_once_an_end(t, bridge=True)


@scenario
def router_between_namespaces(t):
    expect_each_once_an_end(t, addr="10.97.2.2", ends=routed(t))


@scenario
def router_holds_no_end(t):
    """The whole host: what a router forwards is none of its own."""
    a, b, s, c = routed(t)
    lfd, port = t.listen(s, "10.97.2.2")
    tr = t.tracer("--port", port, "--packets", "all")
    conn = t.connect(s, c, addr="10.97.2.2", listener=(lfd, port))
    c.do("send", fd=conn.cfd, n=7)
    tr.wait("packet", len=7, dir="in")
    t.stop(tr)
    assert {e["netns"] for e in tr.find("packet")} == {a.inode, b.inode}
    for spec in (dict(flags="S"), dict(flags="S."), dict(len=7)):
        tr.exactly(2, "packet", **spec)


@scenario
def own_address_stays_on_lo(t):
    """A connection to an address of a veth of the same namespace."""
    a, _b, _s, c = linked(t)
    s = t.driver(a, "server")
    tr = t.trace(s, c)
    conn = t.connect(s, c, addr="10.97.0.1")
    c.do("send", fd=conn.cfd, n=9)
    s.do("recv", fd=conn.sfd)
    tr.wait("recv")
    t.stop(tr)
    tr.one("packet", len=9, ifname="lo", dir="out", pid=c.pid, from_=dict(pid=c.pid),
           to=dict(pid=s.pid))
    tr.one("packet", flags="S")


@scenario
def same_addresses_in_two_namespaces(t):
    """The same four numbers twice, at once: only the namespace differs."""
    spaces = [t.netns("a"), t.netns("b")]
    pairs = [t.pair(ns) for ns in spaces]
    tr = t.trace(*[d for pair in pairs for d in pair])
    conns = []
    for s, c in pairs:
        lfd, port = t.listen(s, port=5000)
        fd = c.do("socket")["fd"]
        c.do("bind", fd=fd, addr="127.0.0.1", port=6000)
        c.do("connect", fd=fd, addr="127.0.0.1", port=port)
        conns.append((s, c, s.do("accept", fd=lfd)["fd"], fd))
    for n, (s, c, sfd, cfd) in enumerate(conns):
        c.do("send", fd=cfd, n=10 + n)
        s.do("recv", fd=sfd)
    for s, c, sfd, cfd in conns:
        c.do("close", fd=cfd)
        s.do("recv", fd=sfd)
        s.do("close", fd=sfd)
    tr.wait("close", count=4)
    t.stop(tr)
    cookies = set()
    for n, ((s, c, sfd, cfd), ns) in enumerate(zip(conns, spaces)):
        here = dict(netns=ns.inode)
        csk = tr.one("connect", pid=c.pid, fd=cfd, lport=6000, rport=5000, **here)["sk"]
        ssk = tr.one("accept", pid=s.pid, fd=sfd, lport=5000, rport=6000, **here)["sk"]
        cookies |= {csk, ssk}
        tr.one("packet", len=10 + n, from_=dict(pid=c.pid, sk=csk),
               to=dict(pid=s.pid, sk=ssk), **here)
        tr.one("packet", flags="S", from_=dict(pid=c.pid, sk=csk), **here)
        tr.one("recv", pid=s.pid, bytes=10 + n, sk=ssk, peer=dict(pid=c.pid, sk=csk), **here)
        tr.one("close", pid=c.pid, sk=csk, **here)
        tr.one("close", pid=s.pid, sk=ssk, **here)
    assert len(cookies) == 4, cookies


@scenario
def rst_to_a_closed_port_over_veth(t):
    """Refused by a machine where nobody listens: the RST has no socket."""
    a, b, _s, c = linked(t)
    tr = t.trace(c)
    fd = c.do("socket")["fd"]
    c.do("connect", "ECONNREFUSED", fd=fd, addr="10.97.0.2", port=81)
    tr.wait("connected")
    t.stop(tr, netns={a.inode, b.inode})
    tr.one("connected", pid=c.pid, error="ECONNREFUSED")
    tr.one("packet", flags="S", dir="out", pid=c.pid, netns=a.inode, to=ABSENT)
    tr.one("packet", flags="R.", dir="in", pid=c.pid, netns=a.inode, from_=ABSENT)


@scenario
def lost_data_is_sent_again(t):
    """A neighbour that is gone for a while: data, its retransmit, its end."""
    a, _b, s, c = linked(t)
    tr = t.trace(c)
    conn = t.connect(s, c, addr="10.97.0.2")
    a.ip("neigh", "replace", "10.97.0.2", "lladdr", "02:00:00:00:00:99", "dev", "va",
         "nud", "permanent")
    c.do("send", fd=conn.cfd, n=77)
    again = tr.wait("retransmit")[0]
    a.ip("neigh", "del", "10.97.0.2", "dev", "va")
    assert s.do("recv", fd=conn.sfd)["bytes"] == 77
    t.stop(tr)
    first = tr.find("packet", len=77, dir="out")[0]
    assert again["tcp_seq"] == first["tcp_seq"] and again["pid"] == c.pid, again
    assert again["fd"] == conn.cfd and again["kind"] != "SYN", again
    assert len(tr.find("packet", len=77, dir="out", tcp_seq=first["tcp_seq"])) >= 2
