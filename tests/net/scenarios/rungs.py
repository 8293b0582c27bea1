# SPDX-License-Identifier: BSD-2-Clause
"""What hooks of one kind see and those of another may not, all in one stream.

tests/vm runs this with each kind of hooks and compares the streams. Each line
of "What a variant does not show" in docs/hooks.md shows itself here.
"""
import glob
import os
import socket
import time

import lib
from . import alone, scenario

# accept4, sendto, recvfrom, by machine
WAITING = {"x86_64": {"accept": 288, "send": 44, "recv": 45},
           "aarch64": {"accept": 242, "send": 206, "recv": 207}}


def wait_in_call(t, driver, op, count=1):
    """Until so many threads of the driver sleep in this system call."""
    number = str(WAITING[os.uname().machine][op])
    while t.left() > 0.2:
        waiting = 0
        for path in glob.glob("/proc/%d/task/*/syscall" % driver.pid):
            with open(path) as f:
                waiting += f.read().split(" ")[0] == number
        if waiting >= count:
            return
        time.sleep(0.005)
    raise lib.Fail("no %d threads of %s wait in %s()" % (count, driver.name, op))


def start_waiting(t, s, c):
    """A read, a write and an accept that wait when tracing starts; how each
    goes on, and what came of it."""
    full, empty = t.connect(s, c), t.connect(s, c)
    t.noisy.append(full.cport)
    c.do("sockopt", fd=full.cfd, level="SOL_SOCKET", name="SO_SNDBUF", value=4096)
    writing = c.start("send", fd=full.cfd, n=4 << 20, thread="w")
    wait_in_call(t, c, "send")
    reading = s.start("recv", fd=empty.sfd, thread="r")
    wait_in_call(t, s, "recv")
    listener = t.listen(s)
    accepting = s.start("accept", fd=listener[0], thread="a")
    wait_in_call(t, s, "accept")

    def go_on():
        c.do("send", fd=empty.cfd, n=7)
        reading.result()
        fd = c.do("socket")["fd"]
        c.do("connect", fd=fd, addr="127.0.0.1", port=listener[1])
        accepting.result()
        s.do("recv", fd=full.sfd, n=4 << 20, flags=socket.MSG_WAITALL)
        writing.result()
    return go_on


def talk(t, tr, s, c):
    conn = t.connect(s, c)
    c.do("send", fd=conn.cfd, n=5)
    s.do("recv", fd=conn.sfd, n=2, flags=socket.MSG_PEEK)
    s.do("recv", fd=conn.sfd)
    s.do("write", fd=conn.sfd, n=100)
    c.do("recv", fd=conn.cfd)
    c.do("sendfile", fd=conn.cfd, n=300)
    s.do("recv", fd=conn.sfd, n=300, flags=socket.MSG_WAITALL)
    c.do("shutdown", fd=conn.cfd, how="WR")
    tr.wait("state", new="FIN_WAIT2", lport=conn.cport)
    c.do("send", "EPIPE", fd=conn.cfd)
    c.do("shutdown", fd=conn.cfd, how="RD")
    s.do("recv", fd=conn.sfd)
    s.do("close", fd=conn.sfd)
    c.do("close", fd=conn.cfd)


def fail(t, c):
    """Attempts that come to nothing, and sockets that none was made with."""
    fd = c.do("socket")["fd"]
    c.do("connect", "ENETUNREACH", fd=fd, addr="10.99.0.1", port=80)
    c.do("close", fd=fd)
    fd = c.do("socket")["fd"]
    c.do("connect", "ECONNREFUSED", fd=fd, addr="127.0.0.1", port=1)
    c.do("close", fd=fd)
    fd = c.do("socket")["fd"]
    c.do("shutdown", "ENOTCONN", fd=fd, how="RDWR")
    c.do("close", fd=fd)


def talk_32(t, s, c):
    """The calls of a program of 32 bits."""
    lfd = s.do("socket")["fd"]
    port = s.do("bind", fd=lfd, addr="127.0.0.1")["lport"]
    s.do("call32", name="listen", fd=lfd, arg=4)
    fd = c.do("socket")["fd"]
    c.do("call32", name="connect", fd=fd, addr="127.0.0.1", port=port)
    c.do("so_error", fd=fd)
    sfd = s.do("call32", name="accept4", fd=lfd)["fd"]
    c.do("call32", name="write", fd=fd, n=9)
    s.do("call32", name="read", fd=sfd, n=9)
    c.do("call32", name="shutdown", fd=fd, arg=1)
    s.do("close", fd=sfd)
    c.do("close", fd=fd)
    s.do("close", fd=lfd)


@scenario
def every_kind_of_hooks(t):
    ns = t.netns()
    s, c = t.pair(ns)
    go_on = start_waiting(t, s, c)
    tr = t.trace(s, c)
    go_on()
    fail(t, c)
    talk(t, tr, s, c)
    if s.do("can_call32", fd=-1)["can"]:
        talk_32(t, s, c)
    last = c.do("socket")["fd"]
    port = c.do("bind", fd=last, addr="127.0.0.1")["lport"]
    c.do("close", fd=last)
    tr.wait("close", lport=port)
    t.stop(tr)


def wait_many(t, driver, op, fds, **args):
    """A thread for each, all waiting, in this order."""
    jobs = []
    for i, fd in enumerate(fds):
        jobs.append(driver.start(op, fd=fd, thread="w%d" % i, **args))
        wait_in_call(t, driver, op, len(jobs))
    return jobs


@alone  # who attaches to a function takes the fexit of calls that wait in it
@scenario
def many_waiting_calls(t):
    """More calls that wait at once than the kernel keeps returns of: it says how
    many it did not show, where it counts them."""
    count = 12
    t.alike = True
    s, c = t.pair()
    lfd, port = t.listen(s, backlog=count)
    tr = t.trace(s, c, options=("--events", "accept,recv,send"))
    accepts = wait_many(t, s, "accept", [lfd] * count)
    cfds = [c.do("socket")["fd"] for _i in range(count)]
    for fd in cfds:
        c.do("sockopt", fd=fd, level="SOL_SOCKET", name="SO_RCVBUF", value=8192)
        c.do("connect", fd=fd, addr="127.0.0.1", port=port)
    sfds = [job.result()["fd"] for job in accepts]
    reads = wait_many(t, s, "recv", sfds)
    for fd in cfds:
        c.do("send", fd=fd, n=3)
    for job in reads:
        job.result()
    for fd in sfds:
        s.do("sockopt", fd=fd, level="SOL_SOCKET", name="SO_SNDBUF", value=8192)
    writes = wait_many(t, s, "send", sfds, n=1 << 18)
    for fd in cfds:
        c.do("recv", fd=fd, n=1 << 18, flags=socket.MSG_WAITALL)
    for job in writes:
        job.result()
    tr.wait("recv", bytes=1 << 18, pid=c.pid, count=count)
    few = lib.lacks.has("event", "accept")
    t.stop(tr, lost=few)
    seen = len(tr.find("accept"))
    told = sum(e["count"] for e in tr.find("lost", why="returns"))
    if seen < count and not (few and (seen + told >= count or not told)):
        raise lib.Fail("%d of %d accepts, %d returns told as lost" % (seen, count, told))
