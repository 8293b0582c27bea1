# SPDX-License-Identifier: BSD-2-Clause
"""--tap: the packets are the same wherever they are taken, and nothing of ours
stays where others have theirs."""
import glob
import re
import signal
import subprocess
import time

from lib import PRESENT, Fail, Skip, sh
from . import scenario
from .filters import Tcpdump, ours, talk, network
from .interfaces import over_macvlan
from .wire import expect_each_once_an_end, linked


def until(t, what, is_so):
    while not is_so():
        if t.left() < 1:
            raise Fail("never: " + what)
        time.sleep(0.02)


def links(pid):
    """kind, ifindex and program of what hangs on devices by a link of pid's."""
    found = []
    for path in glob.glob("/proc/%d/fdinfo/*" % pid):
        try:
            with open(path) as f:
                text = f.read()
        except OSError:
            continue
        kind = re.search(r"^link_type:\t(tcx|xdp)", text, re.M)
        if kind:
            found.append((kind[1], int(re.search(r"ifindex:\t(\d+)", text)[1]),
                          int(re.search(r"prog_id:\t(\d+)", text)[1])))
    return found


def index(ns, dev):
    return int(ns.ip("-o", "link", "show", "dev", dev).split(":")[0])


def filters(ns, dev):
    """The programs of clsact's filters, and whether there is a clsact."""
    text = "".join(sh(*ns.enter(), "tc", "filter", "show", "dev", dev, way)
                   for way in ("ingress", "egress"))
    return (re.findall(r"packet_\w+__tc", text),
            "clsact" in sh(*ns.enter(), "tc", "qdisc", "show", "dev", dev))


def has_tcx(t):
    return "tap-tc              tcx" in t.tool("--tap", "tc", "--dry-run").stderr


@scenario
def tap_tc_over_veth(t):
    expect_each_once_an_end(t, options=("--tap", "tc"))


@scenario
def tap_clsact_over_veth(t):
    expect_each_once_an_end(t, options=("--tap", "clsact"), addr="fd97::2", family=6)


@scenario
def tap_tc_over_a_bridge(t):
    expect_each_once_an_end(t, options=("--tap", "tc"), bridge=True)


@scenario
def tap_tc_beside_macvlan(t):
    expect_each_once_an_end(t, options=("--tap", "tc"), ends=over_macvlan(t))


@scenario
def tap_xdp_over_veth(t):
    """What arrives; what leaves is seen by the default tap."""
    ends = linked(t)
    expect_each_once_an_end(t, ends=ends, options=(
        "--tap", "xdp", "-i", "va@" + ends[0].name, "-i", "vb@" + ends[1].name))


def agree(t, a, s, c, dev, addr, taps):
    """Each tap against tcpdump, all on the same traffic."""
    dump = Tcpdump(t, a, 0, "tcp", dev)
    runs = [(tap, t.tracer("-i", dev + "@" + a.name, "--tap", tap, "--events", "packet",
                           "--packets", "all", "--buffer", "1", ready=False)) for tap in taps]
    dump.ready()
    for tap, tr in runs:
        until(t, "ready: " + tap, lambda tr=tr: "ready" in tr.stderr())
    talk(t, s, c, addr)
    want = dump.packets()
    for tap, tr in runs:
        tr.wait("packet", len(want))
        tr.stop()
        got = ours(tr)
        if got != want:
            raise Fail("%s: tcpdump took %d, we %d\n  only tcpdump: %s\n  only we: %s" % (
                tap, len(want), len(got), [p for p in want if p not in got],
                [p for p in got if p not in want]))
        tr.one("packet", len=700, from_=dict(pid=c.pid))
        tr.one("packet", len=20, to=dict(pid=c.pid))


@scenario
def taps_agree_with_tcpdump_over_veth(t):
    a, b = network(t)
    agree(t, a, t.driver(b, "server"), t.driver(a, "client"), "va", "10.98.0.2",
          ("skb", "tc", "clsact", "xdp"))


@scenario
def taps_agree_with_tcpdump_on_lo(t):
    """Each frame once."""
    a = t.netns("a")
    s, c = t.pair(a)
    agree(t, a, s, c, "lo", "127.0.0.1", ("skb", "tc", "clsact", "xdp"))


@scenario
def taps_leave_others_alone(t):
    """A filter of somebody else's acts beside ours, and is there when we are
    gone. What it takes away we saw before: so these packets are tc's."""
    a, _b, s, c = linked(t)
    a.unanswered()
    a.ip("neigh", "add", "10.97.0.2", "lladdr", "02:00:00:00:00:99", "dev", "va",
         "nud", "permanent")
    lfd, port = t.listen(s, "10.97.0.2")
    tc = a.enter() + ["tc"]
    sh(*tc, "qdisc", "add", "dev", "va", "clsact")
    try:
        sh(*tc, "filter", "add", "dev", "va", "egress", "pref", "1", "protocol", "all", "bpf",
           "bytecode", "1,6 0 0 4294967295,", "action", "mirred", "egress", "redirect",
           "dev", "void")
    except Fail as e:
        raise Skip("no filter to redirect with: %s" % e) from None
    theirs = sh(*tc, "filter", "show", "dev", "va", "egress")
    for tap in ("tc", "clsact"):
        tr = t.trace(c, options=("--tap", tap, "-i", "va@" + a.name))
        fd = c.do("socket", nonblock=True)["fd"]
        c.do("connect", "EINPROGRESS", fd=fd, addr="10.97.0.2", port=port)
        tr.wait("packet", flags="S", ifname="va", dir="out", from_=dict(pid=c.pid))
        c.do("close", fd=fd)
        tr.stop()
        tr.none("packet", flags="S.")
    assert filters(a, "va") == ([], True)
    assert sh(*tc, "filter", "show", "dev", "va", "egress") == theirs


def is_loaded(prog):
    return subprocess.run(["bpftool", "prog", "show", "id", str(prog)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


@scenario
def taps_end_with_kill(t):
    """kill -9, and nothing stays attached."""
    a = t.netns("a")
    a.ip("link", "add", "va", "type", "veth", "peer", "name", "vb")
    for dev in ("va", "vb"):
        a.ip("link", "set", dev, "up")
    sh(*a.enter(), "tc", "qdisc", "add", "dev", "vb", "clsact")
    runs = [t.tracer("--tap", tap, "-i", "va@" + a.name, "-i", "vb@" + a.name)
            for tap in (["tc"] if has_tcx(t) else []) + ["clsact"]]
    runs.append(t.tracer("--tap", "xdp", "-i", "va@" + a.name))
    hung = [link for tr in runs for link in links(tr.pid)]
    assert ("xdp", index(a, "va")) in [link[:2] for link in hung], hung
    assert "xdp" in a.ip("link", "show", "dev", "va")
    for dev in ("va", "vb"):
        names, there = filters(a, dev)
        assert sorted(names) and there, (dev, names)
    for tr in runs:
        tr.proc.send_signal(signal.SIGKILL)
        tr.proc.wait(t.left())
    until(t, "va without a filter", lambda: filters(a, "va") == ([], False))
    until(t, "vb with its clsact alone", lambda: filters(a, "vb") == ([], True))
    until(t, "no xdp", lambda: "xdp" not in a.ip("link", "show", "dev", "va"))
    for _kind, _ifindex, prog in hung:
        until(t, "program %d gone" % prog, lambda prog=prog: not is_loaded(prog))


@scenario
def tap_follows_devices(t):
    """An interface that comes, goes and comes again while tracing."""
    a, b = t.netns("a"), t.netns("b")
    s, c = t.driver(b, "server"), t.driver(a, "client")
    tr = t.trace(s, c, options=("--tap", "tc", "-i", "va@" + a.name))
    for n in (11, 12):
        t.veth(a, b)
        a.address("va", "10.97.0.1/24")
        b.address("vb", "10.97.0.2/24")
        if has_tcx(t):
            until(t, "a program on va", lambda: index(a, "va") in [
                link[1] for link in links(tr.pid)])
        conn = t.connect(s, c, addr="10.97.0.2")
        c.do("send", fd=conn.cfd, n=n)
        tr.wait("packet", len=n, ifname="va", dir="out", from_=dict(pid=c.pid))
        a.ip("link", "del", "va")
    until(t, "no link stays", lambda: not links(tr.pid))
    t.stop(tr)
    for n in (11, 12):
        tr.one("packet", len=n, dir="out", ifname="va", src=PRESENT)


@scenario
def tap_xdp_refuses(t):
    """A device that has a program, and none named."""
    a = t.netns("a")
    a.ip("link", "add", "va", "type", "veth", "peer", "name", "vb")
    t.tracer("--tap", "xdp", "-i", "va@" + a.name)
    run = t.tool("--tap", "xdp", "-i", "va@" + a.name)
    assert run.returncode == 3 and "va: it has an XDP program already" in run.stderr, run
    for argv in (["--tap", "xdp"], ["--tap", "xdp", "-i", "any"]):
        run = t.tool(*argv)
        assert run.returncode == 2 and "-i NAME" in run.stderr, run
