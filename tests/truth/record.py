# SPDX-License-Identifier: BSD-2-Clause
"""What the driver wrote down: every socket, and who did what to it."""
import collections
import errno
import glob
import os

SLACK_NS = 200000  # two clocks' offset, read by two processes
ANY = object()  # as an expected value
CLOSED_PORT = 1  # the driver's, for connections that are refused


class Failed(Exception):
    pass


class End:
    """One socket: what the driver wrote about it, all processes together."""

    def __init__(self, sk, role="unused"):
        self.sk, self.role = sk, role
        self.family, self.mapped = None, False
        self.local = self.remote = None
        self.holders = set()
        self.fds = set()
        self.listener = None  # an End
        self.accepted = None  # (t0, t1, pid)
        self.old = False
        self.calls = collections.defaultdict(list)
        self.sent = self.received = 0
        self.last = None  # the close

    def owners_at(self, when):
        """Who may be told as the owner: before accept(), the listener's."""
        if self.role == "child":
            return self.listener.holders
        if not self.accepted or when > self.accepted[1] + SLACK_NS:
            return self.holders
        if when < self.accepted[0] - SLACK_NS:
            return self.listener.holders
        return self.holders | self.listener.holders

    def answering_at(self, when, sk):
        """Once the child is gone the listener is who gets a late segment."""
        if self.listener and sk == self.listener.sk and self.last.t0 and \
                when > self.last.t0 - SLACK_NS:
            return self.listener.holders
        return self.owners_at(when)

    def __repr__(self):
        return "%s %s %s>%s %s" % (self.sk, self.role, self.local, self.remote, self.last)


Call = collections.namedtuple("Call", "pid tid fd t0 t1 values")
Last = collections.namedtuple("Last", "pid tid fd via unread linger end t0 t1")


def place(text):
    addr, port = text.rsplit(",", 1)
    return addr, int(port)


def error_name(number):
    return errno.errorcode[number] if number else None


class Record:
    """The driver's files: ends by cookie, unaccepted children, processes."""

    def __init__(self, directory, started):
        self.ends, self.children, self.roles = {}, [], collections.defaultdict(list)
        self.started = started
        self.by_tuple = collections.defaultdict(list)
        lines = []
        for path in glob.glob(os.path.join(directory, "rec.*")):
            with open(path) as f:
                lines += [line.split() for line in f]
        for kinds in ("P", "O", "N", "CA", "H", "U", "SRD", "LX"):
            for words in lines:
                if words[0] in kinds:
                    getattr(self, "take_" + words[0])(*words[1:])
        for end in [*self.ends.values(), *self.children]:
            if end.remote:
                self.by_tuple[end.local, end.remote].append(end)
            self.add_offsets(end)
        for ends in self.by_tuple.values():  # the same addresses again: in order
            ends.sort(key=lambda e: e.accepted or (0, 0))

    def call(self, kind, end, who, t0, t1, *values):
        pid, tid, fd = who
        end.calls[kind].append(Call(int(pid), int(tid), int(fd), int(t0), int(t1), values))

    def take_P(self, role, pid):
        self.roles[role].append(int(pid))

    def take_O(self, pid, tid, fd, sk, family, mapped, t0, t1):
        end = self.ends[sk] = End(sk)
        end.family, end.mapped = int(family), mapped == "1"
        end.holders.add(int(pid))
        end.fds.add((int(pid), int(fd)))
        end.old = int(t1) < self.started

    def take_N(self, pid, tid, fd, sk, backlog, local, t0, t1):
        end = self.ends[sk]
        end.role, end.local = "listener", place(local)
        self.call("listen", end, (pid, tid, fd), t0, t1, int(backlog), *end.local)

    def take_C(self, pid, tid, fd, sk, error, local, remote, t0, t1):
        end = self.ends[sk]
        end.role, end.local, end.remote = "client", place(local), place(remote)
        if end.local[0] in ("0.0.0.0", "::"):  # refused: forgotten since
            end.local = ("::1" if end.remote[0] == "::1" else "127.0.0.1"), end.local[1]
        self.call("connect", end, (pid, tid, fd), t0, t1, *end.remote, end.local[1])

    def take_A(self, pid, tid, fd, sk, listener, local, remote, t0, t1):
        end = self.ends[sk] = End(sk, "server")
        end.listener, end.local, end.remote = self.ends[listener], place(local), place(remote)
        end.holders.add(int(pid))
        end.fds.add((int(pid), int(fd)))
        end.accepted = (int(t0), int(t1), int(pid))
        end.old = int(t1) < self.started
        self.call("accept", end, (pid, tid, fd), t0, t1, *end.local, *end.remote, listener)

    def take_H(self, pid, fd, sk):
        self.ends[sk].holders.add(int(pid))
        self.ends[sk].fds.add((int(pid), int(fd)))

    def take_X(self, pid, sk):
        assert int(pid) in self.ends[sk].holders

    def take_U(self, listener, local, remote, unread):
        end = End(None, "child")
        end.listener, end.local, end.remote = self.ends[listener], place(local), place(remote)
        end.last = Last(None, None, None, "listener", int(unread), -1, "rst_out", 0, 0)
        self.children.append(end)

    def take_S(self, pid, tid, fd, sk, count, error, t0, t1):
        self.call("send", self.ends[sk], (pid, tid, fd), t0, t1, int(count), int(error))

    def take_R(self, pid, tid, fd, sk, count, error, peek, t0, t1):
        self.call("recv", self.ends[sk], (pid, tid, fd), t0, t1, int(count), int(error),
                  peek == "1")

    def take_D(self, pid, tid, fd, sk, how, error, t0, t1):
        self.call("shutdown", self.ends[sk], (pid, tid, fd), t0, t1,
                  ("SHUT_RD", "SHUT_WR", "SHUT_RDWR")[int(how)], error_name(int(error)))

    def take_L(self, pid, tid, fd, sk, via, unread, linger, end, t0, t1):
        self.ends[sk].last = Last(int(pid), int(tid), int(fd), via, int(unread), int(linger),
                                  end, int(t0) if t0 != "-" else 0,
                                  int(t1) if t1 != "-" else 0)

    @staticmethod
    def add_offsets(end):
        """send and recv get the place of their first byte."""
        for calls in end.calls.values():
            calls.sort(key=lambda c: c.t0)
        sends = end.calls.get("send", [])
        for i, c in enumerate(sends):
            count, error = c.values
            sends[i] = c._replace(values=(count, end.sent, error_name(error)))
            end.sent += count
        recvs = end.calls.get("recv", [])
        for i, c in enumerate(recvs):
            count, error, peek = c.values
            recvs[i] = c._replace(values=(
                ANY if error else count, ANY if error else end.received,
                error_name(error), peek))
            end.received += 0 if peek else count
