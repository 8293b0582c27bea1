# SPDX-License-Identifier: BSD-2-Clause
"""What is traced: filters, events, packets."""
import os

from lib import E, PRESENT
from . import scenario
from .ending import opened


def one_life(t, tr, s, c, **how):
    """A connection from begin to end, some bytes in it."""
    conn = t.connect(s, c, **how)
    c.do("send", fd=conn.cfd, n=3)
    s.do("recv", fd=conn.sfd)
    c.do("close", fd=conn.cfd)
    s.do("recv", fd=conn.sfd)
    s.do("close", fd=conn.sfd)
    return conn


def expect_only(tr, conn, others):
    """conn is in the stream, whole; none of the others is."""
    tr.one("connect", rport=conn.port)
    tr.one("accept", lport=conn.port, rport=conn.cport)
    tr.one("packet", flags="S", sport=conn.cport)
    tr.exactly(2, "close", lport={conn.port, conn.cport}, rport=PRESENT)
    for other in others:
        for e in tr.events:
            ports = {e.get(k) for k in ("lport", "rport", "sport", "dport")}
            assert not ports & {other.cport}, "not selected: %r" % e


@scenario
def unfiltered_host(t):
    """Without a selection: every namespace, no send and recv, control packets."""
    ns = t.netns()
    s, c = t.pair(ns)
    tr = t.tracer()
    conn = one_life(t, tr, s, c)
    tr.wait("state", new="TIME_WAIT", netns=ns.inode)
    tr.wait("close", lport=conn.port, rport=conn.cport, netns=ns.inode)
    tr.wait("state", new="CLOSE", lport=conn.port, netns=ns.inode)
    tr.stop()
    tr.check(pids=None, lost=True)
    here = dict(netns=ns.inode)
    expect_lifecycle(tr, conn, here)
    for name in ("send", "recv", "drop"):
        tr.none(name)
    for e in tr.find("packet", **here):
        assert e["len"] == 0, "not a control packet: %r" % e
    for flags, count in (("S", 1), ("S.", 1), ("F.", 2)):
        tr.exactly(count, "packet", flags=flags, **here)
    assert len(tr.find("packet", **here)) <= 8
    for e in tr.find(**here):
        assert e.get("pid", s.pid) in (s.pid, c.pid), e


def expect_lifecycle(tr, conn, here):
    s, c = conn.server, conn.client
    tr.ordered(E("listen", pid=s.pid, **here), E("connect", pid=c.pid, **here),
               E("packet", flags="S", **here), E("accept", pid=s.pid, **here),
               E("close", pid=c.pid, **here), E("close", pid=s.pid, **here))
    csk = tr.one("connect", **here)["sk"]
    tr.expect_states(csk, "CLOSE", "SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2",
                     "TIME_WAIT")


def two_lives(t, options, wanted=0):
    """Two connections to two listeners; the stream of the wanted one."""
    ns = t.netns()
    s, c = t.pair(ns)
    listeners = [t.listen(s), t.listen(s)]
    ports = [port for _fd, port in listeners]
    tr = t.tracer("--netns", ns.path, *options(ports))
    conns = [one_life(t, tr, s, c, listener=listener) for listener in listeners[::-1]][::-1]
    tr.wait("close", count=2, rport=PRESENT)
    t.stop(tr)
    expect_only(tr, conns[wanted], [conns[1 - wanted]])
    return tr, conns


@scenario
def by_port(t):
    two_lives(t, lambda ports: ["--port", ports[0]])


@scenario
def by_two_ports(t):
    ns = t.netns()
    s, c = t.pair(ns)
    listeners = [t.listen(s) for _i in range(3)]
    ports = [port for _fd, port in listeners]
    tr = t.tracer("--netns", ns.path, "--port", "%d,%d" % (ports[0], ports[2]))
    conns = [one_life(t, tr, s, c, listener=listener) for listener in
             (listeners[1], listeners[0], listeners[2])]
    tr.wait("close", count=4, rport=PRESENT)
    t.stop(tr)
    expect_only(tr, conns[1], [conns[0]])
    expect_only(tr, conns[2], [conns[0]])


@scenario
def by_lport(t):
    """As the socket sees itself: the server's end only."""
    ns = t.netns()
    s, c = t.pair(ns)
    listener = t.listen(s)
    tr = t.tracer("--netns", ns.path, "--lport", listener[1])
    one_life(t, tr, s, c, listener=listener)
    tr.wait("close", rport=PRESENT)
    t.stop(tr)
    tr.one("accept", pid=s.pid)
    tr.none("connect")
    assert {e.get("pid", s.pid) for e in tr.events} == {s.pid}


@scenario
def by_rport(t):
    ns = t.netns()
    s, c = t.pair(ns)
    listener = t.listen(s)
    tr = t.tracer("--netns", ns.path, "--rport", listener[1])
    one_life(t, tr, s, c, listener=listener)
    tr.wait("close")
    t.stop(tr)
    tr.one("connect", pid=c.pid)
    tr.none("accept")
    assert {e.get("pid", c.pid) for e in tr.events} == {c.pid}


def two_addresses(t, options, wanted, other, family_other=4, family_wanted=4):
    ns = t.netns()
    s, c = t.pair(ns)
    tr = t.tracer("--netns", ns.path, *options)
    no = one_life(t, tr, s, c, addr=other, listen_addr=other, family=family_other)
    yes = one_life(t, tr, s, c, addr=wanted, listen_addr=wanted, family=family_wanted)
    tr.wait("close", count=2, rport=PRESENT)
    t.stop(tr)
    expect_only(tr, yes, [no])


@scenario
def by_address(t):
    two_addresses(t, ["--addr", "127.0.0.2"], "127.0.0.2", "127.0.0.3")


@scenario
def by_prefix(t):
    two_addresses(t, ["--addr", "127.8.0.0/16"], "127.8.1.1", "127.9.1.1")


@scenario
def by_family_6(t):
    two_addresses(t, ["-6"], "::1", "127.0.0.1", family_wanted=6)


@scenario
def by_family_4(t):
    two_addresses(t, ["-4"], "127.0.0.1", "::1", family_other=6)


def expect_one_client(t, tr, s, yes, no, listener):
    for c in (no, yes):
        one_life(t, tr, s, c, listener=listener)
    tr.wait("close", pid=yes.pid)
    t.stop(tr)
    tr.one("connect", pid=yes.pid)
    tr.one("send", pid=yes.pid)
    assert {e.get("pid", yes.pid) for e in tr.events} == {yes.pid}


def clients(t):
    ns = t.netns()
    s, yes = t.pair(ns)
    return ns, s, yes, t.driver(ns, "another"), t.listen(s)


@scenario
def by_comm(t):
    ns, s, yes, no, listener = clients(t)
    yes.do("comm", name="tt-alpha")
    no.do("comm", name="tt-beta")
    tr = t.tracer("--netns", ns.path, "--comm", "tt-al*")
    expect_one_client(t, tr, s, yes, no, listener)
    tr.one("connect", comm="tt-alpha")


@scenario
def by_comm_with_children(t):
    """-f: the children of a named process, whatever their own names."""
    s, c = t.pair()
    c.do("comm", name="tt-alpha")
    old = c.fork()
    old.do("comm", name="tt-old")
    tr = t.tracer("--netns", t.namespaces[0].path, "--comm", "tt-al*", "-f")
    new = c.fork()
    new.do("comm", name="tt-new")
    grandchild = new.fork()
    listener = t.listen(s)
    for client in (old, new, grandchild):
        conn = t.connect(s, client, listener=listener)
        client.do("close", fd=conn.cfd)
    tr.wait("close", count=3)
    t.stop(tr)
    assert [e["pid"] for e in tr.find("connect")] == [old.pid, new.pid, grandchild.pid]
    assert {e.get("pid") for e in tr.events} <= {old.pid, new.pid, grandchild.pid, None}


@scenario
def by_uid(t):
    ns, s, yes, no, listener = clients(t)
    yes.do("setuid", uid=54321)
    tr = t.tracer("--netns", ns.path, "--uid", "54321")
    expect_one_client(t, tr, s, yes, no, listener)
    tr.one("connect", uid=54321)


def cgroup2():
    with open("/proc/self/mounts", encoding="utf-8") as f:
        for line in f:
            if line.split()[2] == "cgroup2":
                return line.split()[1]
    return None


def make_cgroups(t, *names):
    """Folders of the hierarchy, each in the one before unless it begins with /."""
    from lib import Skip
    root = cgroup2()
    if not root or not os.access(root, os.W_OK):
        raise Skip("no writable cgroup2 mount")
    paths = []
    for name in names:
        paths.append(os.path.join(root, t.prefix + name[1:]) if name[0] == "/" else
                     os.path.join(paths[-1], name))
        os.mkdir(paths[-1])
        t.later(remove_cgroup, t, paths[-1])
    return paths


def remove_cgroup(t, path):
    """Once the last forked driver in it is gone."""
    def is_removed():
        try:
            os.rmdir(path)
        except OSError:
            return False
        return True

    t.until("the cgroup to be empty", is_removed)


def move(driver, group):
    with open(os.path.join(group, "cgroup.procs"), "w", encoding="utf-8") as f:
        f.write(str(driver.pid))


@scenario
def by_cgroup(t):
    """Descendants of the group are included."""
    group, inner = make_cgroups(t, "/g", "inner")
    ns, s, yes, no, listener = clients(t)
    move(yes, inner)
    tr = t.tracer("--netns", ns.path, "--cgroup", group)
    expect_one_client(t, tr, s, yes, no, listener)
    tr.one("connect", cgroup=lambda g: "inner" in g)


@scenario
def follow_out_of_a_cgroup(t):
    """Children of the group's processes, though they were moved elsewhere."""
    group, other = make_cgroups(t, "/g", "/h")
    ns, s, parent, no, listener = clients(t)
    move(parent, group)
    child = parent.fork()
    move(child, other)
    tr = t.tracer("--netns", ns.path, "--cgroup", group, "-f")
    expect_one_client(t, tr, s, child, no, listener)
    child.exit()  # a cgroup with nobody in it can be removed


@scenario
def by_netns_of_a_process(t):
    a, b = t.netns("a"), t.netns("b")
    pairs = [t.pair(b), t.pair(a)]
    tr = t.tracer("--netns", pairs[1][0].pid)
    no, yes = [one_life(t, tr, s, c) for s, c in pairs]
    tr.wait("close", count=2, rport=PRESENT)
    t.stop(tr, netns={a.inode}, pids={d.pid for d in pairs[1]})
    expect_only(tr, yes, [])
    assert no.client.pid not in {e.get("pid") for e in tr.events}


@scenario
def events_named(t):
    tr, conn = opened(t, options=["--events", "accept,close,connect"])
    conn.client.do("send", fd=conn.cfd, n=3)
    conn.server.do("recv", fd=conn.sfd)
    conn.client.do("close", fd=conn.cfd)
    conn.server.do("recv", fd=conn.sfd)
    conn.server.do("close", fd=conn.sfd)
    tr.wait("close", count=2)
    t.stop(tr)
    names = sorted(e["event"] for e in tr.events)
    assert names == ["accept", "close", "close", "connect"], names


@scenario
def events_removed(t):
    tr, conn = opened(t, options=["--events", "no-packet,no-state"])
    conn.client.do("send", fd=conn.cfd, n=3)
    conn.server.do("recv", fd=conn.sfd)
    tr.wait("recv")
    t.stop(tr)
    names = {e["event"] for e in tr.events}
    assert names >= {"listen", "connect", "connected", "accept", "send", "recv"}, names
    assert not names & {"packet", "state"}, names


@scenario
def time_wait_without_packets(t):
    """Selecting state attaches the tap, whatever --packets says."""
    tr, conn = opened(t, options=["--packets", "none"])
    t.finish_connection(tr, conn)
    tr.wait("state", new="TIME_WAIT")
    t.stop(tr)
    tr.none("packet")
    tr.expect_states(conn.csk, "CLOSE", "SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2",
                     "TIME_WAIT")
    tr.one("syn_recv", pid=conn.server.pid)


@scenario
def control_packets(t):
    """SYN, FIN, RST and what completes a handshake or a teardown."""
    tr, conn = opened(t, options=["--packets", "control"])
    for _i in range(3):
        conn.client.do("send", fd=conn.cfd, n=3)
        conn.server.do("recv", fd=conn.sfd)
    t.finish_connection(tr, conn)
    tr.wait("state", new="TIME_WAIT")
    tr.wait("state", old="LAST_ACK", new="CLOSE")
    t.stop(tr)
    tr.exactly(3, "send")
    assert all(e["len"] == 0 for e in tr.find("packet")), "data"
    kinds = [e["flags"] for e in tr.find("packet")]
    assert kinds in (["S", "S.", ".", "F.", ".", "F.", "."], ["S", "S.", ".", "F.", "F.", "."]), kinds
