# SPDX-License-Identifier: BSD-2-Clause
"""What happens where the kernel runs no BPF program.

A kernel may keep BPF out of tasks that it protects even from root (their
/proc/PID/ns cannot be read). A softirq that interrupts such a task sends and
receives segments of others, and no program of any tracer runs for them. The
kernel's own trace events do: restricted to those tasks, they tell which
events no tracer could have had."""
import collections
import os
import re
import subprocess

TRACEFS = "/sys/kernel/tracing"
SOCKET_EVENTS = ("sock/inet_sock_set_state", "tcp/tcp_destroy_sock", "tcp/tcp_send_reset",
                 "tcp/tcp_receive_reset", "tcp/tcp_retransmit_skb")
XMIT = "net/net_dev_start_xmit"
LINE = re.compile(r" (\d+)\.(\d{6}): (\w+): (.*)")
# From the send to the capture's time, which on lo is that of the arrival: after
# the other timers of that softirq. Both are in microseconds.
NEAR_NS = -5000, 1000000


def hidden_tasks():
    """Threads of processes that even root may not look into."""
    tids = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            os.readlink("/proc/%s/ns/net" % pid)
        except PermissionError:
            try:
                tids += os.listdir("/proc/%s/task" % pid)
            except OSError:
                pass
        except OSError:
            pass
    return tids


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


class Witness:
    """Inactive, and without evidence, where every task can be seen. It counts
    segments on one device, or on all but the host's own."""

    def __init__(self, device=None):
        self.device = device
        self.host_devices = set(os.listdir("/sys/class/net")) - {"lo"}
        self.sockets = collections.Counter()  # (sport, dport)
        self.sent = []  # CLOCK_BOOTTIME of segments on the device
        self.dir = None
        self.since = 0

    def start(self):
        tids = hidden_tasks()
        if not tids:
            return
        if not os.path.isdir(TRACEFS + "/instances"):
            subprocess.run(["mount", "-t", "tracefs", "tracefs", TRACEFS], check=False)
        path = "%s/instances/tt-witness-%d" % (TRACEFS, os.getpid())
        try:
            os.mkdir(path)
        except OSError:
            return
        self.dir = path
        write(path + "/trace_clock", "boot")
        write(path + "/buffer_size_kb", "4096")
        write(path + "/set_event_pid", " ".join(tids))
        for event in (*SOCKET_EVENTS, XMIT):
            if os.path.isdir("%s/events/%s" % (path, event)):
                write("%s/events/%s/enable" % (path, event), "1")

    def stop(self):
        if not self.dir:
            return
        write(self.dir + "/tracing_on", "0")
        self.read()
        for event in (*SOCKET_EVENTS, XMIT):
            path = "%s/events/%s/enable" % (self.dir, event)
            if os.path.exists(path):
                write(path, "0")
        os.rmdir(self.dir)
        self.dir = None

    def read(self):
        with open(self.dir + "/trace", errors="replace") as trace:
            for line in trace:
                self.take(line)

    def count_since(self, when):
        """Events and segments since then (CLOCK_BOOTTIME, ns)."""
        if not self.dir:
            return 0
        self.sockets.clear()
        self.sent.clear()
        self.since = when
        self.read()
        return len(self.sent) + sum(self.sockets.values())

    def is_ours(self, text):
        device = re.search(r"dev=(\S+)", text)[1]
        return device == self.device if self.device else device not in self.host_devices

    def take(self, line):
        found = LINE.search(line)
        if not found:
            return
        seconds, micros, event, text = found.groups()
        when = int(seconds) * 10 ** 9 + int(micros) * 1000
        if when < self.since:
            return
        if event == "net_dev_start_xmit":
            if self.is_ours(text):
                self.sent.append(when)
            return
        ports = re.search(r"sport=(\d+) dport=(\d+)", text)
        if ports:
            self.sockets[int(ports[1]), int(ports[2])] += 1

    def had_event(self, local, remote):
        """Something happened there to the socket of these ends; once each."""
        key = local[1], remote[1]
        if not self.sockets[key]:
            return False
        self.sockets[key] -= 1
        return True

    def had_segment(self, when):
        """A segment left there at about this time; once each."""
        for sent in self.sent:
            if NEAR_NS[0] <= when - sent <= NEAR_NS[1]:
                self.sent.remove(sent)
                return True
        return False
