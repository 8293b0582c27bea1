# SPDX-License-Identifier: BSD-2-Clause
"""What the stream must hold, by the record, and the count of what it lacks."""
import collections
import sys

from truth.record import ANY, Call

EVENTS = ("socket,connect,connected,listen,syn_recv,accept,state,send,recv,shutdown,close,"
          "destroy,packet,retransmit,reset,drop")
SAMPLES = 2
PATHS = {
    "active": ["FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT"],
    "passive": ["CLOSE_WAIT", "LAST_ACK", "CLOSE"],
    "rst_out": ["CLOSE"], "rst_in": ["CLOSE"], "listener": ["CLOSE"],
}
OPENING = {"client": ["CLOSE", "SYN_SENT"], "server": [None, "SYN_RECV"],
           "child": [None, "SYN_RECV"], "listener": ["CLOSE", "LISTEN"]}


def state_path(end):
    if end.role == "unused":
        return []
    if end.last.end == "refused":
        return ["CLOSE", "SYN_SENT", "CLOSE"]
    path = list(OPENING[end.role])
    if end.role != "listener":
        path.append("ESTABLISHED")
    if end.old:
        path = path[-1:]
    return path + PATHS[end.last.end]


def expect_calls(end, started):
    for kind, calls in end.calls.items():
        for c in calls:
            if c.t0 > started:
                yield kind, c.values, c


def expect_beginning(end):
    if end.old:
        yield "socket", (("LISTEN" if end.role == "listener" else "ESTABLISHED"),
                         tuple(sorted(end.fds))), None
    elif end.role == "client":
        refused = end.last.end == "refused"
        yield "connected", ("ECONNREFUSED" if refused else None, *end.local,
                            *end.remote), None
    elif end.role in ("server", "child"):
        yield "syn_recv", (*end.local, *end.remote, end.listener.sk, False), None


def expect_end(end):
    last = end.last
    talks = end.role in ("client", "server", "child") and last.end != "refused"
    caller = Call(last.pid, last.tid, last.fd, last.t0, last.t1, ()) \
        if last.via == "close" else None
    yield "close", (last.via, last.unread if talks else ANY,
                    last.linger if last.linger >= 0 else None,
                    end.sent if talks else ANY, end.received if talks else ANY), caller
    yield "destroy", (), None
    if last.end in ("rst_out", "rst_in"):
        yield "reset", (last.end[4:],), None
    elif last.end == "refused":
        yield "reset", ("in",), None


def expected_of(end, started):
    """(kind, values, call or None), in order of time within a kind."""
    yield from expect_calls(end, started)
    yield from expect_beginning(end)
    path = state_path(end)
    for old, new in zip(path, path[1:]):
        yield "state", (old, new), None
    yield from expect_end(end)


def owners_of(event):
    return tuple(sorted((o.get("pid"), o.get("fd")) for o in event.get("owners", [])))


def get(*names):
    return lambda e: tuple(e.get(n) for n in names)


# The same values from an event as from the record.
VALUES = {
    "socket": lambda e: (e.get("state"), owners_of(e)),
    "connect": get("raddr", "rport", "lport"),
    "connected": get("error", "laddr", "lport", "raddr", "rport"),
    "listen": get("backlog", "laddr", "lport"),
    "syn_recv": get("laddr", "lport", "raddr", "rport", "listener", "cookie"),
    "accept": get("laddr", "lport", "raddr", "rport", "listener"),
    "state": get("old", "new"),
    "send": get("bytes", "offset", "error"),
    "recv": lambda e: (e.get("bytes"), e.get("offset"), e.get("error"), bool(e.get("peek"))),
    "shutdown": get("how", "error"),
    "close": get("via", "unread", "linger", "bytes_sent", "bytes_received"),
    "destroy": lambda e: (),
    "reset": get("dir"),
}
# What may be absent of a socket older than the run (the contract's rule 10), or
# of a child that no application ever held.
MAY_LACK = {"send": (1,), "recv": (1,), "close": (1, 3, 4)}
CALLS = ("connect", "listen", "accept", "send", "recv", "shutdown", "close")


def agree(kind, want, seen, end):
    for i, (w, s) in enumerate(zip(want, seen)):
        if w is ANY or w == s:
            continue
        lacking = s is None and (end.old or end.role == "child")
        if not (lacking and i in MAY_LACK.get(kind, ())):
            return False
    return len(want) == len(seen)


class Row:
    faults = ("owner", "none", "missing", "double", "other", "wrong")
    columns = ("expected", "seen", *faults, "hidden")

    def __init__(self):
        for name in self.columns:
            setattr(self, name, 0)

    def is_clean(self):
        return not any(getattr(self, n) for n in self.faults)


class Report:
    def __init__(self, mode):
        self.mode = mode
        self.rows = {}
        self.samples = collections.defaultdict(list)
        self.notes = []
        self.failures = []

    def row(self, kind):
        if kind not in self.rows:
            self.rows[kind] = Row()
        return self.rows[kind]

    def fault(self, kind, column, text, count=1):
        row = self.row(kind)
        setattr(row, column, getattr(row, column) + count)
        samples = self.samples[kind, column]
        if len(samples) < SAMPLES:
            samples.append(text() if callable(text) else text)

    def print(self):
        print("\n%s\n%-11s" % (self.mode, "") + "".join("%10s" % c for c in Row.columns))
        for kind in EVENTS.split(","):
            if kind in self.rows:
                row = self.rows[kind]
                print("%-11s" % kind + "".join("%10d" % getattr(row, c) for c in row.columns))
        for note in self.notes:
            print("  " + note)
        for (kind, column), samples in self.samples.items():
            for text in samples:
                print("  %s, %s: %s" % (kind, column, text[:600]))
        for failure in self.failures:
            print("  FAILED: " + failure)
        sys.stdout.flush()

    def is_clean(self):
        return not self.failures and all(r.is_clean() for r in self.rows.values())
