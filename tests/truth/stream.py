# SPDX-License-Identifier: BSD-2-Clause
"""The stream, event by event, beside what it must hold."""
import calendar
import collections
import json
import time

from truth.record import CLOSED_PORT, SLACK_NS
from truth.expected import CALLS, VALUES, agree, expected_of
from truth.capture import LETTERS, Segment, is_reordered, retransmits_of


class Clock:
    """RFC 3339 to CLOCK_BOOTTIME."""

    def __init__(self):
        best = None
        for _ in range(50):
            a = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
            real = time.time_ns()
            b = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
            if best is None or b - a < best[0]:
                best = b - a, real - (a + b) // 2
        self.offset = best[1]
        self.seconds = {}

    def boottime(self, text):
        second = text[:19]
        if second not in self.seconds:
            self.seconds[second] = calendar.timegm(time.strptime(second, "%Y-%m-%dT%H:%M:%S"))
        return self.seconds[second] * 10 ** 9 + int(text[20:29]) - self.offset


class Comparison:
    """Takes a stream, line by line; then tells what is not as the record."""

    def __init__(self, record, netns, clock, report, witness, selected=None):
        self.witness = witness
        self.unseen = 0
        self.record, self.netns, self.clock, self.report = record, netns, clock, report
        self.selected = selected  # pids, None: all
        self.seen = collections.defaultdict(list)  # (kind, End) -> [(time, values, caller)]
        self.segments = []  # (time, Segment)
        self.retransmits = collections.Counter()
        self.drops = collections.Counter()
        self.strays = collections.Counter()  # RSTs from no socket
        self.late = self.lost = self.foreign = 0
        self.last_time = ""

    # --- one event

    def take(self, line):
        e = json.loads(line)
        kind = e["event"]
        if kind == "lost":
            if e.get("why") == "unseen":
                self.unseen += e["count"]
                return
            self.lost += e.get("count", 1)
            self.report.notes.append("lost: " + line.strip())
            return
        if not self.is_ours(e):
            self.foreign += 1
            return
        self.check_order(e)
        when = self.clock.boottime(e["time"])
        if kind == "packet":
            self.take_packet(e, when)
        elif kind == "drop":
            self.drops[e.get("reason")] += 1
        elif kind == "retransmit":
            key = (e.get("laddr"), e.get("lport")), (e.get("raddr"), e.get("rport"))
            self.retransmits[(*key, e.get("tcp_seq"))] += 1
        elif kind in VALUES:
            self.take_socket_event(kind, e, when)
        else:
            self.report.fault(kind, "other", lambda: line[:300])

    def is_ours(self, e):
        """A RST that no socket sent may have no namespace to tell."""
        if "netns" in e:
            return e["netns"] == self.netns
        here, there = (e.get("laddr"), e.get("lport")), (e.get("raddr"), e.get("rport"))
        return (there, here) in self.record.by_tuple

    def check_order(self, e):
        if e.get("late") is True:
            self.late += 1
        elif e["time"] < self.last_time:
            self.report.fault(e["event"], "wrong", lambda: "out of order: %s" % e)
        else:
            self.last_time = e["time"]

    def end_of(self, e, when):
        """By cookie. A request has none yet, and that of a child which nobody
        accepted the driver never saw: these by their addresses."""
        end = self.record.ends.get(e.get("sk"))
        if end:
            return end
        key = (e.get("laddr"), e.get("lport")), (e.get("raddr"), e.get("rport"))
        for end in self.record.by_tuple.get(key, ()):
            if end.role == "child":
                if e.get("sk") and not end.sk:
                    end.sk = e["sk"]
                    self.record.ends[end.sk] = end
                return end
            if "sk" not in e and end.accepted and end.accepted[1] > when:
                return end
        return None

    def take_socket_event(self, kind, e, when):
        end = self.end_of(e, when)
        if end is None:
            self.take_unknown(kind, e)
            return
        pid = e.get("pid")
        if pid is None:
            if kind != "socket":
                self.report.fault(kind, "none", lambda: "%s: %s" % (e, end))
        elif pid not in end.owners_at(when):
            self.report.fault(kind, "owner", lambda: "%s: %s holds it: %s" % (
                e, end.owners_at(when), end))
        self.check_names(kind, e, end)
        self.check_peer(kind, e, end, when)
        self.seen[kind, end].append((when, VALUES[kind](e),
                                     (pid, e.get("tid"), e.get("fd"))))

    def take_unknown(self, kind, e):
        if kind == "reset" and e.get("dir") == "out":
            self.strays[(e.get("laddr"), e.get("lport")),
                        (e.get("raddr"), e.get("rport"))] += 1
        else:
            self.report.fault(kind, "other", lambda: "no such socket: %s" % e)

    def check_names(self, kind, e, end):
        """Addresses, wherever they are told, are those of this socket."""
        for addr, port, truth in (("laddr", "lport", end.local),
                                  ("raddr", "rport", end.remote)):
            if not truth or e.get(port) is None:
                continue
            if e[port] != truth[1] or e.get(addr, truth[0]) not in (truth[0], "0.0.0.0", "::"):
                self.report.fault(kind, "wrong", lambda: "%s is %s: %s" % (addr, truth, e))

    def check_peer(self, kind, e, end, when):
        peer = e.get("peer")
        if not peer:
            return
        others = self.record.by_tuple.get((end.remote, end.local), ()) 
        fits = [o for o in others if peer.get("sk") in (None, o.sk)]
        if not fits and peer.get("sk"):
            fits = [o for o in others if o.role == "child" and o.sk is None]
        if not fits or peer.get("pid") not in {None}.union(*(o.owners_at(when) for o in fits)):
            self.report.fault(kind, "owner", lambda: "peer: %s: %s" % (e, others))

    # --- one segment

    def take_packet(self, e, when):
        src, dst = (e["src"], e["sport"]), (e["dst"], e["dport"])
        flags = "".join(sorted(e["flags"], key=LETTERS.index)) if e["flags"] != "none" else ""
        self.segments.append((when, Segment(src, dst, flags, e["tcp_seq"],
                                            e.get("tcp_ack", 0), e["len"])))
        self.check_packet_end(e, "from", src, dst, when)
        self.check_packet_end(e, "to", dst, src, when)
        if self.selected is None and "from" in e and \
                e.get("pid") != e["from"].get("pid"):
            self.report.fault("packet", "owner", lambda: "not the sender: %s" % e)

    def check_packet_end(self, e, side, here, there, when):
        told = e.get(side) or {}
        if here[1] == CLOSED_PORT:
            if told.get("pid"):
                self.report.fault("packet", "owner", lambda: "nobody listens: %s" % e)
            return
        ends = self.record.by_tuple.get((here, there), ())
        holders = set().union(*(o.answering_at(when, told.get("sk")) for o in ends))
        # a SYN is for the listener, which may be named by its own cookie
        cookies = {o.sk for o in ends} | {o.listener.sk for o in ends if o.listener}
        if told.get("pid") is None:
            self.report.fault("packet", "none", lambda: "%s of %s" % (side, e))
        elif told["pid"] not in holders or (told.get("sk") and told["sk"] not in cookies
                                            and None not in cookies):
            self.report.fault("packet", "owner", lambda: "%s of %s: %s" % (side, e, ends))

    # --- the sum

    def is_expected(self, kind, end, call):
        if self.selected is None:
            return True
        if kind in CALLS and kind != "close":
            return call.pid in self.selected
        holders = end.listener.holders if end.role == "child" else end.holders
        return bool(holders & self.selected)

    def compare_events(self):
        started = self.record.started
        for end in {id(x): x for x in [*self.record.ends.values(),
                                       *self.record.children]}.values():
            wanted = collections.defaultdict(list)
            for kind, values, call in expected_of(end, started):
                if self.is_expected(kind, end, call):
                    wanted[kind].append((values, call))
            for kind in VALUES:
                seen = self.seen.pop((kind, end), [])
                if wanted.get(kind) or seen:
                    self.compare_kind(kind, end, wanted.get(kind, []), seen)

    def compare_kind(self, kind, end, wanted, seen):
        row = self.report.row(kind)
        row.expected += len(wanted)
        row.seen += len(seen)
        seen.sort(key=lambda s: s[0])
        if len(seen) == len(wanted):
            for (values, call), one in zip(wanted, seen):
                self.compare_one(kind, end, values, call, one)
            return
        told = [s[1] for s in seen]
        missing = [v for v, _ in wanted]
        for values in told:
            for want in missing:
                if agree(kind, want, values, end):
                    missing.remove(want)
                    break
            else:
                again = any(agree(kind, v, values, end) for v, _ in wanted)
                self.report.fault(kind, "double" if again else "other",
                                  lambda: "%s: %s" % (values, end))
        for values in list(missing):
            if end.local and end.remote and self.witness.had_event(end.local, end.remote):
                missing.remove(values)
                row.hidden += 1
        if missing:
            self.report.fault(kind, "missing", lambda: "%s, there are %s: %s" % (
                missing, told, end), len(missing))

    def compare_one(self, kind, end, values, call, one):
        when, told, caller = one
        if not agree(kind, values, told, end):
            self.report.fault(kind, "wrong", lambda: "%s instead of %s: %s" % (
                told, values, end))
        if not call:
            return
        if caller != (call.pid, call.tid, call.fd):
            self.report.fault(kind, "owner", lambda: "%s instead of %s: %s" % (
                caller, call[:3], end))
        if not call.t0 - SLACK_NS <= when <= call.t1 + SLACK_NS:
            self.report.fault(kind, "wrong", lambda: "time %d us after the call began, "
                              "which took %d: %s" % ((when - call.t0) // 1000,
                                                     (call.t1 - call.t0) // 1000, end))

    def compare_strays(self, capture):
        """A RST that answers for a socket which is not there (a closed port, or
        a segment that came twice) has no cookie."""
        if self.selected is not None:
            return
        sent = collections.Counter((s.src, s.dst) for _, s in capture if "R" in s.flags)
        for end in [*self.record.ends.values(), *self.record.children]:
            if end.last.end == "rst_out" and sent[end.local, end.remote]:
                sent[end.local, end.remote] -= 1
        row = self.report.row("reset")
        row.expected += sum(sent.values())
        row.seen += sum(self.strays.values())
        for key, n in (sent - self.strays).items():
            if self.witness.had_event(*key) or self.witness.had_event(*reversed(key)):
                row.hidden += 1
                continue
            self.report.fault("reset", "missing", lambda: "from no socket: %s" % (key,), n)
        for key, n in (self.strays - sent).items():
            self.report.fault("reset", "other", lambda: "no such socket: %s" % (key,), n)

    def compare_drops(self):
        """Every SYN to the closed port is one; of others nothing is recorded."""
        if self.selected is not None:
            return
        row = self.report.row("drop")
        row.expected = sum(1 for e in self.record.ends.values() if e.last.end == "refused")
        row.seen = self.drops["NO_SOCKET"]
        if row.seen < row.expected:
            self.report.fault("drop", "missing", "NO_SOCKET", row.expected - row.seen)
        elif row.seen > row.expected:
            self.report.fault("drop", "double", "NO_SOCKET", row.seen - row.expected)

    def wants_segment(self, s):
        if self.selected is None:
            return True
        for key in ((s.src, s.dst), (s.dst, s.src)):
            for end in self.record.by_tuple.get(key, ()):
                if end.holders & self.selected:
                    return True
        return False

    def compare_packets(self, capture):
        row = self.report.row("packet")
        wanted = [p for p in capture if self.wants_segment(p[1])]
        told = sorted(self.segments, key=lambda p: p[0])
        row.expected, row.seen = len(wanted), len(told)
        want = collections.Counter(s for _, s in wanted)
        have = collections.Counter(s for _, s in told)
        for s, n in (want - have).items():
            for when in [t for t, other in wanted if other == s][:n]:
                if self.witness.had_segment(when - self.clock.offset):
                    row.hidden += 1
                    n -= 1
            if n:
                self.report.fault("packet", "missing", lambda: str(s), n)
        for s, n in (have - want).items():
            self.report.fault("packet", "double" if s in want else "other",
                              lambda: str(s), n)
        if want == have:
            self.compare_order(wanted, told)

    def compare_order(self, wanted, told):
        """One direction of a connection at a time. The stream has segments as
        they were sent, the capture as they were received: what two CPUs sent
        at the same time may change places between."""
        flows = [collections.defaultdict(list), collections.defaultdict(list)]
        for flow, segments in zip(flows, (wanted, told)):
            for when, s in segments:
                flow[s.src, s.dst].append((when, s))
        swapped = 0
        for key, segments in flows[0].items():
            captured = [s for _, s in segments]
            sent = [s for _, s in flows[1][key]]
            if sent == captured:
                continue
            swapped += 1
            if not is_reordered(segments, sent):
                self.report.fault("packet", "wrong", lambda: "order: %s, captured %s" % (
                    sent, captured))
        if swapped:
            self.report.notes.append("%d flows with segments that two CPUs sent at once, "
                                     "and the capture has in another order" % swapped)

    def compare_retransmits(self, capture):
        row = self.report.row("retransmit")
        want = retransmits_of(s for _, s in capture if self.wants_segment(s))
        row.expected, row.seen = sum(want.values()), sum(self.retransmits.values())
        for key, n in (want - self.retransmits).items():
            self.report.fault("retransmit", "missing", lambda: str(key), n)
        for key, n in (self.retransmits - want).items():
            self.report.fault("retransmit", "double", lambda: str(key), n)

    def finish(self, capture):
        self.compare_events()
        self.compare_strays(capture)
        self.compare_drops()
        self.compare_packets(capture)
        self.compare_retransmits(capture)
        self.report.notes.append("%d late, %d drops, %d of other namespaces, %d lost" % (
            self.late, sum(self.drops.values()), self.foreign, self.lost))
        if self.lost:
            self.report.failures.append("the tracer lost %d" % self.lost)
        rows = self.report.rows
        hidden = sum(rows[k].hidden for k in ("state", "destroy") if k in rows)
        if self.unseen > hidden:
            self.report.failures.append("%d changes told as unseen, of %d that were" % (
                self.unseen, hidden))
        if hidden or rows["packet"].hidden:
            self.report.notes.append(
                "%d changes and %d segments while a task was current in which this kernel "
                "runs no BPF program; the tracer told %d as unseen" % (
                    hidden, rows["packet"].hidden, self.unseen))
