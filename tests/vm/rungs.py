# SPDX-License-Identifier: BSD-2-Clause
"""The same scenario under two kinds of hooks: what of the streams differs.

Events are compared without what differs run by run: times and durations,
sequence numbers, bare ACKs; processes, ports and descriptors are compared by
the parts they play. What is left must be equal but for what one of the two
declares not to show (`lacks` of `doctor --hooks KIND --json`).
"""
import collections
import glob
import json
import os

# Run by run another value; whether the field is there is compared.
ANY_VALUE = {"call_us", "latency_us", "in_state_us", "queued_us", "duration_us", "sk",
             "listener", "cgroup", "rcvbuf", "sndbuf", "owners"}
# Not compared: how soon a thing was known or told is no truth about it.
NOT_COMPARED = {"time", "late", "tcp_seq", "tcp_ack", "rel_seq", "rel_ack", "win", "ttl", "gso",
                "tsval", "tsecr", "queue_len"}
# What hangs on microseconds: how far the other end is (None: an end in another
# event, compared by its process), whether a segment comes inside a call, whether a port is known by the
# end of the window, whose thread was the last to call.
RACING = {
    None: {"state", "tid", "sk"}, "packet": {"state", "tid", "owner_src"},
    "destroy": {"state", "owner_src", "peer"}, "state": {"owner_src"},
    "shutdown": {"state", "peer"}, "connect": {"lport"},
}

# While a connection ends, the other end may be gone, and forgotten after a second.
ENDING = {"FIN_WAIT1", "FIN_WAIT2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "CLOSE"}

# Who is who, where a scenario's connections and threads are all alike.
INTERCHANGEABLE = {"fd", "tid", "lport", "rport", "peer"}


class Roles:
    """Numbers of one run as parts that are the same in each."""

    def __init__(self, who):
        self.parts = {"netns": self.count(who["netns"]), "pid": self.count(who["pid"]),
                      "tid": self.count(who["pid"] + who["tid"]),
                      "port": self.count(who["port"])}

    @staticmethod
    def count(numbers):
        return {n: i for i, n in reversed(list(enumerate(numbers)))}

    def part(self, name, value):
        kind = "port" if name in ("lport", "rport", "sport", "dport") else name
        known = self.parts.get(kind)
        if known is None or not isinstance(value, int):
            return value
        return "%s %s" % (kind, known.get(value, "other"))

    def plain(self, value):
        """An event without what differs run by run."""
        if not isinstance(value, dict):
            return value
        racing = RACING.get(value.get("event"), set())
        if value.get("event") == "state" and value["new"] == "SYN_SENT":
            racing = racing | {"lport"}
        if value.get("state") in ENDING:
            racing = racing | {"peer"}
        return {k: True if k in ANY_VALUE else
                self.plain(v) if isinstance(v, dict) else self.part(k, v)
                for k, v in value.items() if k not in NOT_COMPARED | racing}


def is_chance(e, sent):
    """A bare ACK, or what was sent again because this machine was slow. sent:
    the segments before it. What is told as lost shows itself in other events."""
    if e["event"] == "lost":
        return True
    if e["event"] == "retransmit":
        return e.get("kind") == "TLP"
    if e["event"] != "packet":
        return False
    segment = tuple(e.get(k) for k in ("src", "sport", "dst", "dport", "tcp_seq", "flags", "len"))
    if segment in sent:
        return True
    sent.add(segment)
    return e.get("flags") == "." and not e.get("len")


class Run:
    """One stream."""

    def __init__(self, base, path):
        with open(base + ".who") as f:
            who = json.load(f)
        roles = Roles(who)
        self.events = []
        with open(path) as f:
            events = sorted((json.loads(line) for line in f), key=lambda e: e["time"])
        sent = set()
        for e in events:
            ends = {e.get("sport"), e.get("dport")}
            if not is_chance(e, sent) and not ends & set(who["noisy"]):
                self.events.append(roles.plain(e))
        self.alike = who["alike"]
        if self.alike:
            self.events = [{k: v for k, v in e.items() if k not in INTERCHANGEABLE}
                           for e in self.events]


def text(e):
    return json.dumps(e, sort_keys=True)


def distance(a, b):
    return sum(a.get(k) != b.get(k) for k in set(a) | set(b))


def pair(ours, theirs):
    """Events that are in one only: [(ours or None, theirs or None)]."""
    left, right = (list((collections.Counter(map(text, x)) -
                         collections.Counter(map(text, y))).elements())
                   for x, y in ((ours, theirs), (theirs, ours)))
    left, right = [json.loads(x) for x in left], [json.loads(x) for x in right]
    pairs = []
    while left:
        a = left.pop(0)
        like = [b for b in right if b["event"] == a["event"] and distance(a, b) <= 4]
        best = min(like, key=lambda b: distance(a, b), default=None)
        if best is not None:
            right.remove(best)
        pairs.append((a, best))
    return pairs + [(None, b) for b in right]


def differences(ours, theirs):
    """[(which run lacks it: 0 or 1, kind, event, field, words)]; which is None
    if both tell it, differently."""
    found = []
    for a, b in pair(ours.events, theirs.events):
        if a is None or b is None:
            there = a or b
            found.append((0 if a is None else 1, "event", there["event"], None, text(there)))
            continue
        for k in sorted(set(a) | set(b)):
            if a.get(k) != b.get(k):
                side = 0 if k not in a else 1 if k not in b else None
                found.append((side, "field", a["event"], k, "%s against %s in %s" % (
                    a.get(k), b.get(k), text(a))))
    return found


# --- order --------------------------------------------------------------------

def socket_of(e):
    """Steps of one socket have an order; those of two ends may race."""
    if e["event"] == "packet":
        return str(e.get("sport")), str(e.get("dport"))
    return str(e.get("lport")), str(e.get("rport"))


def step_of(e):
    return " ".join(str(e[k]) for k in ("event", "pid", "old", "new", "flags", "len", "bytes")
                    if k in e)


def orders(run, leave_out):
    """socket -> its steps in time, without these events."""
    out = collections.defaultdict(list)
    for e in run.events:
        if e["event"] not in leave_out | {"socket", "destroy"}:
            out[socket_of(e)].append(step_of(e))
    return out


def order_differs(ours, theirs, leave_out=frozenset()):
    """The first socket whose steps come in another order, in words."""
    if ours.alike:
        return None  # one socket cannot be told from the other
    a, b = orders(ours, leave_out), orders(theirs, leave_out)
    for key in sorted(set(a) & set(b)):
        common = collections.Counter(a[key]) & collections.Counter(b[key])
        lists = []
        for steps in (a[key], b[key]):
            left, kept = collections.Counter(common), []
            for step in steps:
                if left[step] > 0:
                    left[step] -= 1
                    kept.append(step)
            lists.append(kept)
        if lists[0] != lists[1]:
            at = next(i for i, (x, y) in enumerate(zip(*lists)) if x != y)
            return "%s: %s against %s" % (" ".join(key), lists[0][at:at + 3],
                                          lists[1][at:at + 3])
    return None


# --- against what is declared -------------------------------------------------

class Declared:
    """The lacks of what `doctor` chose, and which of them showed themselves."""

    def __init__(self, doctor):
        self.lacks = [dict(lack, hook=h["hook"], by=h["kind"] + " " + h["target"])
                      for h in doctor["hooks"] for lack in h.get("lacks", [])]
        self.seen = set()

    def key(self, lack):
        return (lack["by"], lack["hook"], lack["kind"], lack["event"], lack.get("field"))

    def keys(self):
        """Those that a comparison can show."""
        return {self.key(k) for k in self.lacks if k["kind"] != "moment"}

    def take(self, kind, event, field):
        fits = [k for k in self.lacks if k["kind"] == kind and k["event"] == event and
                k.get("field") == field]
        self.seen.update(self.key(k) for k in fits)
        return bool(fits)

    def timed(self):
        return {k["event"] for k in self.lacks if k["kind"] in ("time", "moment")}


def undeclared(ours, theirs, declared):
    """What differs though neither declares it. declared: of ours, of theirs."""
    bad = []
    for side, kind, event, field, words in differences(ours, theirs):
        if side is None or not declared[side].take(kind, event, field):
            where = "" if side is None else " missing in the %s" % ("first", "second")[side]
            bad.append("%s %s%s: %s" % (event, field or "", where, words))
    timed = declared[0].timed() | declared[1].timed()
    worse = order_differs(ours, theirs, timed)
    if worse:
        bad.append("order: " + worse)
    for side in (0, 1):
        for event in declared[side].timed():
            if order_differs(ours, theirs, timed - {event}):
                declared[side].take("time", event, None)
    return bad


def streams(folder, rung):
    """(scenario, number) -> Run"""
    out = {}
    for path in sorted(glob.glob(os.path.join(folder, "streams", rung, "*.json"))):
        scenario, number, _ = os.path.basename(path).rsplit(".", 2)
        base = os.path.join(os.path.dirname(path), scenario)
        out[scenario, number] = Run(base, path)
    return out
