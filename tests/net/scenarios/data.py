# SPDX-License-Identifier: BSD-2-Clause
"""Bytes: sends, receives, offsets, segments."""
import socket

from lib import ABSENT, E
from . import scenario
from .ending import from_to, opened


@scenario
def bytes_both_ways(t):
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    for n in (5, 7):
        c.do("send", fd=conn.cfd, n=n)
        s.do("recv_all", fd=conn.sfd, n=n)
    s.do("send", fd=conn.sfd, n=11)
    c.do("recv_all", fd=conn.cfd, n=11)
    t.finish_connection(tr, conn)
    tr.wait("close", count=2)
    t.stop(tr)
    tr.ordered(
        E("send", pid=c.pid, tid=c.pid, fd=conn.cfd, sk=conn.csk, bytes=5, offset=0,
          error=ABSENT),
        E("packet", flags="P.", len=5, rel_seq=1, rel_ack=1, **from_to(conn, True)),
        E("recv", pid=s.pid, fd=conn.sfd, sk=conn.ssk, bytes=5, offset=0),
        E("send", pid=c.pid, bytes=7, offset=5),
        E("packet", flags="P.", len=7, rel_seq=6, **from_to(conn, True)),
        E("recv", pid=s.pid, bytes=7, offset=5),
        E("send", pid=s.pid, fd=conn.sfd, sk=conn.ssk, bytes=11, offset=0),
        E("packet", flags="P.", len=11, rel_seq=1, rel_ack=13, **from_to(conn, False)),
        E("recv", pid=c.pid, bytes=11, offset=0),
        E("close", pid=c.pid, bytes_sent=12, bytes_received=11),
        E("recv", pid=s.pid, bytes=0, offset=12),
        E("close", pid=s.pid, bytes_sent=11, bytes_received=12))
    for name, count in (("send", 3), ("recv", 4)):
        tr.exactly(count, name)


@scenario
def one_byte_a_write(t):
    tr, conn = opened(t)
    conn.client.do("sockopt", fd=conn.cfd, level="IPPROTO_TCP", name="TCP_NODELAY", value=1)
    for _i in range(10):
        conn.client.do("write", fd=conn.cfd, n=1)
    conn.server.do("recv_all", fd=conn.sfd, n=10)
    tr.wait("packet", len=1, count=10)
    t.stop(tr)
    sends = tr.exactly(10, "send", pid=conn.client.pid, bytes=1, call="write")
    assert [e["offset"] for e in sends] == list(range(10)), sends
    packets = tr.exactly(10, "packet", len=1, **from_to(conn, True))
    assert [e["rel_seq"] for e in packets] == list(range(1, 11))
    assert sum(e["bytes"] for e in tr.find("recv", pid=conn.server.pid)) == 10


@scenario
def peek(t):
    """MSG_PEEK is told and does not advance the offset."""
    tr, conn = opened(t)
    s = conn.server
    conn.client.do("send", fd=conn.cfd, n=10)
    tr.wait("packet", len=10)
    s.do("recv", fd=conn.sfd, n=10, flags=socket.MSG_PEEK)
    s.do("recv", fd=conn.sfd, n=4)
    s.do("recv", fd=conn.sfd, n=6)
    s.do("close", fd=conn.sfd)
    tr.wait("close", pid=s.pid)
    t.stop(tr)
    looked, first, second = tr.exactly(3, "recv", pid=s.pid, fd=conn.sfd, sk=conn.ssk)
    assert looked["peek"] is True and (looked["bytes"], looked["offset"]) == (10, 0), looked
    assert not first.get("peek") and (first["bytes"], first["offset"]) == (4, 0), first
    assert (second["bytes"], second["offset"]) == (6, 4), second
    tr.one("close", sk=conn.ssk, bytes_received=10, unread=0)


@scenario
def would_block_is_no_event(t):
    tr, conn = opened(t)
    s = conn.server
    s.do("recv", "EAGAIN", fd=conn.sfd, flags=socket.MSG_DONTWAIT)
    conn.client.do("send", fd=conn.cfd, n=1)
    s.do("recv", fd=conn.sfd)
    tr.wait("recv")
    t.stop(tr)
    tr.one("recv", pid=s.pid, bytes=1, offset=0)


@scenario
def sendfile(t):
    tr, conn = opened(t)
    job = conn.server.start("recv_all", fd=conn.sfd, n=20000)
    conn.client.do("sendfile", fd=conn.cfd, n=20000)
    job.result()
    t.finish_connection(tr, conn)
    tr.wait("close", count=2)
    t.stop(tr)
    sends = tr.find("send", pid=conn.client.pid, fd=conn.cfd, sk=conn.csk, call="sendfile")
    assert sum(e["bytes"] for e in sends) == 20000, sends
    at = 0
    for e in sends:
        assert e["offset"] == at, e
        at += e["bytes"]
    tr.one("close", sk=conn.csk, bytes_sent=20000)
    tr.one("close", sk=conn.ssk, bytes_received=20000)


@scenario
def bulk(t):
    """3 MB: every byte in the sends, the receives and the segments, in place."""
    total = 3 << 20
    tr, conn = opened(t)
    job = conn.server.start("recv_all", fd=conn.sfd, n=total)
    conn.client.do("send", fd=conn.cfd, n=total)
    job.result()
    t.finish_connection(tr, conn)
    tr.wait("close", count=2)
    t.stop(tr)
    for name, sk in (("send", conn.csk), ("recv", conn.ssk)):
        at = 0
        for e in tr.find(name, sk=sk):
            assert e["offset"] == at, "%s at %d: %r" % (name, at, e)
            at += e["bytes"]
        assert at == total, (name, at)
    covered = 0
    for e in sorted(tr.find("packet", sport=conn.cport, len=lambda v: v > 0),
                    key=lambda e: e["rel_seq"]):
        assert e["rel_seq"] - 1 <= covered, "a hole at %d: %r" % (covered, e)
        covered = max(covered, e["rel_seq"] - 1 + e["len"])
    assert covered == total, covered
    tr.one("close", sk=conn.csk, bytes_sent=total)
    tr.one("close", sk=conn.ssk, bytes_received=total)


@scenario
def send_after_reset(t):
    """A write that fails is an event too."""
    tr, conn = opened(t)
    s, c = conn.server, conn.client
    s.do("linger", fd=conn.sfd, seconds=0)
    s.do("close", fd=conn.sfd)
    tr.wait("state", old="ESTABLISHED", new="CLOSE", sk=conn.csk)
    c.do("send", "ECONNRESET", fd=conn.cfd)
    c.do("send", "EPIPE", fd=conn.cfd)
    tr.wait("send", count=2)
    t.stop(tr)
    tr.one("send", pid=c.pid, fd=conn.cfd, error="ECONNRESET")
    tr.one("send", pid=c.pid, fd=conn.cfd, error="EPIPE")


@scenario
def options_of_the_socket(t):
    s, c = t.pair()
    tr = t.trace(s, c)
    lfd, port = t.listen(s)
    fd = c.do("socket")["fd"]
    for name, value in (("TCP_NODELAY", 1), ("TCP_KEEPIDLE", 100), ("TCP_KEEPINTVL", 20),
                        ("TCP_KEEPCNT", 3)):
        c.do("sockopt", fd=fd, level="IPPROTO_TCP", name=name, value=value)
    c.do("sockopt", fd=fd, level="SOL_SOCKET", name="SO_KEEPALIVE", value=1)
    sndbuf = c.do("sockopt", fd=fd, level="SOL_SOCKET", name="SO_SNDBUF", value=20)["value"]
    job = s.start("accept", fd=lfd)
    c.do("connect", fd=fd, addr="127.0.0.1", port=port)
    sfd = job.result()["fd"]
    c.do("close", fd=fd)
    s.do("close", fd=sfd)
    tr.wait("close", count=2)
    t.stop(tr)
    for name in ("connected", "close"):
        opts = tr.one(name, pid=c.pid)["opts"]
        assert opts["nodelay"] is True and opts["cork"] is False, opts
        assert opts["keepalive"] == [100, 20, 3] and opts["sndbuf"] == sndbuf, opts
        assert opts["mss"] > 500 and opts["congestion"] and opts["rcvbuf"] > 0, opts
    opts = tr.one("accept", pid=s.pid)["opts"]
    assert opts["nodelay"] is False and not opts.get("keepalive"), opts
