# SPDX-License-Identifier: BSD-2-Clause
"""The Java pair of the demo: an RST instead of the four-way teardown."""
import os
import shutil
import subprocess

import lib
from lib import ABSENT, E, PRESENT, SEGMENT, Skip, call, state
from . import scenario

PORT = 9090  # in a namespace of its own


class Java:
    """One of the pair, its stdout read line by line."""

    def __init__(self, t, ns, name, *args):
        self.t = t
        self.proc = t.popen(ns.enter() + ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                                          "-cp", t.path("classes"), name, PORT, *args],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.proc.pid

    def says(self, words):
        for line in self.proc.stdout:
            if words in line:
                return line
        raise lib.Fail("%r was not said" % words)

    def type(self, text):
        self.proc.stdin.write(text)
        self.proc.stdin.flush()


@scenario
def java_pair(t):
    if not shutil.which("javac") or not shutil.which("java"):
        raise Skip("no JDK")
    demo = os.path.join(lib.ROOT, "scripts", "demo")
    lib.sh("javac", "-d", t.path("classes"), os.path.join(demo, "Server.java"),
           os.path.join(demo, "Client.java"))
    ns = t.netns()
    server = Java(t, ns, "Server")
    server.says("listening")
    tr = t.tracer("-p", server.pid)
    client = Java(t, ns, "Client")
    client.says("connected")
    server.says("accepted")
    client.type("hello")
    server.says("5 in all")
    client.proc.stdin.close()
    server.says("end of stream")
    tr.wait("state", new="CLOSE_WAIT")
    server.type("\n")
    server.says("closed")
    tr.wait("destroy")
    server.proc.terminate()
    tr.ended()
    tr.check(pids={server.pid, client.pid}, netns={ns.inode})
    check_story(tr, server.pid)


def check_story(tr, pid):
    listener = tr.one("socket", state="LISTEN", lport=PORT, family=6)
    assert [o["pid"] for o in listener["owners"]] == [pid], listener
    accept = tr.one("accept", pid=pid, lport=PORT, family=6, mapped=True, laddr="127.0.0.1",
                    queue_len=1, queue_max=2, listener=listener["sk"])
    sk, me = accept["sk"], dict(pid=pid, sk=accept["sk"])
    assert accept["tid"] != pid, "java's main thread is not its first"
    tr.ordered(
        E("packet", flags="S", dir="in", dport=PORT, pid=pid),
        E("packet", flags="S.", dir="out", sport=PORT, pid=pid),
        E("packet", flags=".", dir="in", dport=PORT),
        E("accept", **me),
        E("packet", flags="P.", len=1, dir="in", rel_seq=1, to=me),
        E("packet", flags="P.", len=1, dir="in", rel_seq=5),
        E("packet", flags="F.", dir="in", dport=PORT),
        state("ESTABLISHED", "CLOSE_WAIT", **me, cause=SEGMENT),
        E("recv", **me, bytes=0, offset=5),
        E("close", **me, via="close", linger=0, bytes_received=5, bytes_sent=0, fd=PRESENT),
        state("CLOSE_WAIT", "CLOSE", **me, cause=call("close")),
        E("packet", flags="R.", dir="out", sport=PORT, from_=me))
    tr.ordered(E("packet", len=1, rel_seq=1), E("recv", **me, offset=0))
    tr.one("reset", dir="out", **me)
    tr.none("packet", flags="F.", sport=PORT)
    # a tail loss probe may send the last byte again
    assert {e["rel_seq"] for e in tr.find("packet", len=1, dir="in")} == set(range(1, 6))
    read = tr.find("recv", bytes=lambda n: n > 0, **me)
    assert sum(e["bytes"] for e in read) == 5, read
    reader = {e["tid"] for e in read}
    assert len(reader) == 1 and accept["tid"] not in reader, "a thread a client"
    tr.expect_states(sk, "SYN_RECV", "ESTABLISHED", "CLOSE_WAIT", "CLOSE")
    tr.one("close", sk=listener["sk"], pid=pid, via="exit", fd=ABSENT)
