# SPDX-License-Identifier: BSD-2-Clause
"""FILTER: the packets that tcpdump takes with the same expression."""
import re
import signal
import struct
import subprocess
import time

from lib import Fail, sh
from . import scenario

ADDRESSES = """\
tcp
ip
ip6
not ip6
tcp port {port}
port {port}
src port {port}
dst port {port}
not port {port}
portrange 1-65535
portrange {port}-{port}
src portrange {port}-65535
port {port} and dst host 10.98.0.2
host 10.98.0.1
src host 10.98.0.1
dst host 10.98.0.2
host 10.98.0.77
src or dst host 10.98.0.2
src and dst host 10.98.0.2
net 10.98.0.0/16
src net 10.98.0.0/24
net 10.99
ip6 host fd98::1
ip6 src host fd98::2
net fd98::/64
ip proto 6
ip6 proto 6
proto 6
""".splitlines()

BYTES = """\
less 80
greater 80
less 66
greater 500
len > 100
len <= 74
tcp[tcpflags] & (tcp-syn|tcp-fin) != 0
tcp[tcpflags] == tcp-ack
tcp[tcpflags] & tcp-push != 0
tcp[13] = 18
tcp[13] & 2 != 0
tcp[tcpflags] & tcp-rst == 0
tcp[0:2] = {port}
tcp[2:2] = {port}
tcp[14:2] > 100
tcp[12] >> 4 > 8
tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x61616161
ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2) != 0
ip[8] = 64
ip[6] & 0x40 != 0
ip6[7] = 64
ip[0] & 0xf = 5
""".splitlines()

LINKS = """\
ether host {mac}
ether src {mac}
ether dst {mac}
ether proto 0x0800
ether[0] & 1 = 0
ether[12:2] = 0x86dd
vlan
vlan 5
vlan 6
not vlan
vlan 5 and tcp port {port}
tcp port {port} and not host 10.98.0.2
(tcp[13] & 1 != 0 or greater 300) and ip
ip and tcp[4:4] != 0
""".splitlines()


PORT = 7799


def network(t):
    a, b = t.netns("a"), t.netns("b")
    t.veth(a, b)
    a.address("va", "10.98.0.1/24", "fd98::1/64")
    b.address("vb", "10.98.0.2/24", "fd98::2/64")
    return a, b


class Tcpdump:
    """tcpdump -i DEV EXPRESSION, to a file."""

    def __init__(self, t, ns, number, expression, dev="va"):
        self.path = t.path("dump.%d" % number)
        self.proc = t.popen(ns.enter() + ["tcpdump", "-i", dev, "-U", "--immediate-mode",
                                          "-w", self.path, "-Z", "root", expression],
                            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.t = t

    def ready(self):
        line = b""
        while b"listening on" not in line:
            line = self.proc.stderr.readline()
            if not line:
                raise Fail("tcpdump does not start")

    def packets(self):
        self.proc.send_signal(signal.SIGINT)
        self.proc.wait(self.t.left())
        with open(self.path, "rb") as f:
            data = f.read()
        at, found = 24, []
        while at < len(data):
            size = struct.unpack_from("<IIII", data, at)[2]
            found.append(segment(data[at + 16:at + 16 + size]))
            at += 16 + size
        return sorted(s for s in found if s)


def segment(frame):
    """What both tell: addresses, ports, flags, sequence number, payload."""
    at = 12
    while struct.unpack_from(">H", frame, at)[0] == 0x8100:
        at += 4
    kind, at = struct.unpack_from(">H", frame, at)[0], at + 2
    if kind == 0x0800:
        if frame[at + 9] != 6:
            return None
        total = struct.unpack_from(">H", frame, at + 2)[0]
        l4, end = at + (frame[at] & 15) * 4, at + total
    elif kind == 0x86dd:
        if frame[at + 6] != 6:
            return None
        l4, end = at + 40, at + 40 + struct.unpack_from(">H", frame, at + 4)[0]
    else:
        return None
    sport, dport, seq = struct.unpack_from(">HHI", frame, l4)
    return sport, dport, seq, frame[l4 + 13], end - l4 - (frame[l4 + 12] >> 4) * 4


LETTERS = dict(zip("FSRP.UEW", (1, 2, 4, 8, 16, 32, 64, 128)))


def ours(tr):
    return sorted((p["sport"], p["dport"], p["tcp_seq"],
                   sum(LETTERS[c] for c in p["flags"]), p["len"])
                  for p in tr.find("packet"))


def talk(t, s, c, addr, family=4):
    conn = t.connect(s, c, addr=addr, family=family,
                     listen_addr="" if family == 4 else "::", port=PORT)
    c.do("send", fd=conn.cfd, n=700)
    s.do("recv", fd=conn.sfd)
    s.do("send", fd=conn.sfd, n=20)
    c.do("recv", fd=conn.cfd)
    c.do("close", fd=conn.cfd)
    s.do("close", fd=conn.sfd)
    s.do("close", fd=conn.listener[0])


def compare(t, expressions):
    a, b = network(t)
    s, c = t.driver(b, "server"), t.driver(a, "client")
    mac = re.search(r"ether ([0-9a-f:]+)", a.ip("link", "show", "dev", "va"))[1]
    runs = []
    for i, e in enumerate(expressions):
        e = e.format(port=PORT, mac=mac)
        runs.append((e, Tcpdump(t, a, i, e),
                     t.tracer("-i", "va@" + a.name, "--buffer", "1", "--events", "packet",
                              "--packets", "all", e, ready=False)))
    for e, dump, tr in runs:
        dump.ready()
        while "ready" not in tr.stderr():
            if tr.proc.poll() is not None or not t.left() > 1:
                raise Fail("%s: %s" % (e, tr.stderr()))
            time.sleep(0.02)
    talk(t, s, c, "10.98.0.2")
    talk(t, s, c, "fd98::2", 6)
    bad = []
    for e, dump, tr in runs:
        want = dump.packets()
        tr.stop()
        got = ours(tr)
        if got != want:
            bad.append("%s: tcpdump took %d, we %d\n  only tcpdump: %s\n  only we: %s" % (
                e, len(want), len(got), [p for p in want if p not in got],
                [p for p in got if p not in want]))
    if bad:
        raise Fail("\n".join(bad))


# Each tracer loads programs of its own, which takes its time: a few at once.

@scenario
def filters_of_protocols_and_ports(t):
    compare(t, ADDRESSES[:14])


@scenario
def filters_of_addresses(t):
    compare(t, ADDRESSES[14:])


@scenario
def filters_of_lengths_and_flags(t):
    compare(t, BYTES[:11])


@scenario
def filters_of_bytes(t):
    compare(t, BYTES[11:])


@scenario
def filters_of_the_link_layer(t):
    compare(t, LINKS)


@scenario
def filter_selects_sockets(t):
    """Socket events of the connection that passes, and nothing in the ring of
    another; of flags, packets only."""
    ns = t.netns()
    s, c = t.driver(ns, "server"), t.driver(ns, "client")
    one, other = t.listen(s), t.listen(s)
    tr = t.tracer("tcp port %d" % one[1])
    syns = t.tracer("tcp[tcpflags] & tcp-syn != 0 and port %d" % one[1])
    for listener in (one, other):
        conn = t.connect(s, c, listener=listener)
        c.do("send", fd=conn.cfd, n=10)
        s.do("recv", fd=conn.sfd)
        c.do("close", fd=conn.cfd)
        s.do("close", fd=conn.sfd)
    tr.wait("state", new="TIME_WAIT")
    t.stop(tr)
    for e in tr.find():
        ports = {e.get(k) for k in ("lport", "rport", "sport", "dport")}
        if e["event"] not in ("lost", "socket") and one[1] not in ports:
            raise Fail("of the other connection: %s" % e)
    tr.exactly(2, "state", new="ESTABLISHED", rport=lambda p: p)
    for event in ("accept", "send", "recv", "connected", "syn_recv"):
        tr.one(event)
    syns.wait("packet", 2)
    syns.stop()
    if {e["event"] for e in syns.find()} != {"packet"}:
        raise Fail("flags select packets only")
    syns.exactly(2, "packet", flags=lambda f: "S" in f)


@scenario
def filter_that_is_none(t):
    """libpcap's words, the column, and status 2."""
    for text, column in (("tcp portt 80", 5), ("port 80 and (host", 18),
                         ("tcp[13] ==", 11), ("host 1.2.3.4.5.6", 6)):
        run = t.tool(text)
        if run.returncode != 2 or ", at column %d\n" % column not in run.stderr:
            raise Fail("%s: status %d: %s" % (text, run.returncode, run.stderr))
