#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""capinfos, tshark, tcpdump and editcap open a recording without a complaint and
find in it what the run told; tcpdump beside us saw the same packets."""
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lib  # noqa: E402
from lib import Dir, TOOL, record, tap  # noqa: E402

# Of every SLL2 file; of every root.
NOISE = (b"interface names might be incorrect", b"reading from file", b"Running as user",
         b"dropped privs to")


def recorded(d, *options):
    """The packet events of a run that was recorded to f."""
    lib.good(record("-w", d("f"), "-o", "json", "--log", d("live"), *options))
    events = [json.loads(line) for line in lib.content(d("live")).splitlines()]
    return [e for e in events if e["event"] == "packet"]


def quiet(*args):
    """Standard output of a tool that had no complaint."""
    done = lib.good(lib.run(*args))
    said = [line for line in done.stderr.split(b"\n")
            if line.strip() and not any(n in line for n in NOISE)]
    assert not said, said
    return done.stdout


def test_capinfos():
    lib.need("capinfos")
    with Dir() as d:
        told = recorded(d)
        text = quiet("capinfos", "-M", d("f")).decode()
        assert re.search(rf"Number of packets: +{len(told)}\n", text), text
        assert re.search(r"Strict time order: +True", text), text
        assert re.search(r"nanoseconds \(9\)", text), text
        assert re.search(r"Number of interfaces in file: 1\n", text), text
        assert "tcptrace-bpf" in text


def test_tcpdump_reads_it():
    lib.need("tcpdump")
    with Dir() as d:
        told = recorded(d)
        lines = quiet("tcpdump", "-nn", "-tt", "--nano", "-r", d("f")).decode().splitlines()
        assert len(lines) == len(told), (len(lines), len(told))
        for line, event in zip(lines, told):
            assert line.split(".")[1].split(" ")[0] == event["time"][20:29], (line, event)
            assert f"Flags [{event['flags']}]" in line and line.endswith(
                f"length {event['len']}"), (line, event)
            assert f".{event['sport']} > " in line and f".{event['dport']}: " in line
            assert " In " in line, line  # as tcpdump itself says of lo


def fields(path, *names):
    args = ["tshark", "-n", "-r", path, "-T", "fields"]
    for name in names:
        args += ["-e", name]
    return [line.split("\t") for line in quiet(*args).decode().splitlines()]


def test_tshark_reads_it():
    lib.need("tshark")
    with Dir() as d:
        told = recorded(d)
        rows = fields(d("f"), "frame.time_epoch", "tcp.srcport", "tcp.seq_raw", "tcp.len",
                      "frame.packet_flags_direction", "frame.comment", "frame.interface_name",
                      "_ws.malformed")
        assert len(rows) == len(told), (len(rows), len(told))
        for row, event in zip(rows, told):
            assert row[0].split(".")[1] == event["time"][20:29], (row, event)
            assert row[1:4] == [str(event[k]) for k in ("sport", "tcp_seq", "len")], row
            assert int(row[4], 0) == 2, row # on lo: as it leaves
            want = f"{event['comm']}/{event['pid']}" if "pid" in event else ""
            assert row[5].startswith(want) and bool(row[5]) == bool(want), (row, event)
            if "fd" in event:
                assert f" fd {event['fd']} " in row[5] + " ", (row, event)
            assert row[6:] == ["lo", ""], row
        assert sum("pid" in e for e in told) > len(told) * 0.9


def test_tshark_of_a_pipe_and_of_gzip():
    lib.need("tshark")
    with Dir() as d:
        told = recorded(d)
        with open(d("f"), "rb") as file:
            done = lib.good(lib.run("tshark", "-n", "-r", "-", stdin=file))
        assert done.stdout.count(b"\n") == len(told)
        lib.good(record("-w", d("g.gz"), load=("churn", "3")))
        assert len(fields(d("g.gz"), "frame.number")) > 20


def test_process_ids_are_in_their_option():
    with Dir() as d:
        told = recorded(d)
        for (time, _, _, options), event in zip(lib.packets(lib.content(d("f"))), told):
            ids = struct.unpack("=II", options[8][0]) if 8 in options else (0, 0)
            assert ids == (event.get("pid", 0), event.get("tid", 0)), event
            assert time % 1000000000 == int(event["time"][20:29])


def test_editcap_copies_it():
    lib.need("editcap", "capinfos")
    with Dir() as d:
        told = recorded(d)
        quiet("editcap", d("f"), d("copy"))
        text = quiet("capinfos", "-Mc", d("copy")).decode()
        assert re.search(rf"Number of packets: +{len(told)}\n", text), text
        # Our blocks are gone: what is left is a capture like any other.
        done = lib.good(lib.run(TOOL, "read", "-o", "json", d("copy")))
        assert done.stdout.count(b'"event":"packet"') == len(told)


# --- tcpdump beside us -------------------------------------------------------

class Capture:
    """tcpdump on a device of this namespace, from when it listens."""

    def __init__(self, prefix, device, path):
        self.path = path
        self.process = subprocess.Popen(
            [*prefix, "tcpdump", "-i", device, "-U", "--immediate-mode", "-B", "16384", "-w", path,
             "tcp"], stderr=subprocess.PIPE)
        while b"listening on" not in self.process.stderr.readline():
            assert self.process.poll() is None, "tcpdump ended"

    def stop(self, ours):
        """When it has written as many as our recording holds: what it has not
        fetched when it is told to end is lost."""
        want = sum(1 for _ in lib.packets(lib.content(ours)))
        end = time.monotonic() + 10
        while written(self.path) < want and time.monotonic() < end:
            time.sleep(0.02)
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=lib.LIMIT)


def written(path):
    """Whole packets in a pcap file."""
    data, at, count = lib.content(path), 24, 0
    while at + 16 <= len(data):
        at += 16 + struct.unpack_from("=I", data, at + 8)[0]
        count += at <= len(data)
    return count


def ready(args):
    process = subprocess.Popen(args, stderr=subprocess.PIPE)
    while not process.stderr.readline().startswith(b"tcptrace-bpf: ready"):
        assert process.poll() is None, "the tracer ended"
    return process


def decoded(path):
    """Of each packet, what its headers say, in tcpdump's words, times left out."""
    text = quiet("tcpdump", "-nn", "-t", "-v", "-S", "-r", path).decode()
    lines = re.sub(r"\n    +", " ", text).splitlines()
    # The checksum of what a device is to complete, and of cut payload.
    return [re.sub(r"^\S+ +(In|Out|  [BMP]) +|, cksum 0x\w+ \([^)]*\)", "", line)
            for line in lines]


class Namespace:
    """Two, joined by a veth pair."""

    def __enter__(self):
        lib.need("ip", "tc", "tcpdump")
        lib.need_root()
        self.names = [f"ttr{os.getpid()}{end}" for end in "ab"]
        a, b = self.names
        for line in (f"netns add {a}", f"netns add {b}",
                     f"-n {a} link add v0 type veth peer name v0 netns {b}"):
            self.ip(line)
        for end, name in enumerate(self.names, 1):
            for line in ("link set lo up", "link set v0 up", f"addr add 10.9.0.{end}/24 dev v0",
                         f"addr add fd09::{end}/64 dev v0 nodad",
                         f"addr add 10.9.7.{end}/24 dev v0"):
                self.ip(f"-n {name} {line}")
        return self

    def ip(self, words):
        lib.good(lib.run("ip", *words.split()))

    def inside(self, end):
        return ["ip", "netns", "exec", self.names[end]]

    def __exit__(self, *_):
        for name in self.names:
            lib.run("ip", "netns", "del", name)


SERVER = """
import socket, sys, threading
listeners = []
for family, address in ((2, '10.9.0.2'), (10, 'fd09::2'), (2, '10.9.7.2')):
    s = socket.socket(family); s.setsockopt(1, 2, 1); s.bind((address, 7000)); s.listen(64)
    listeners.append(s)
def serve(s):
    while True:
        c, _ = s.accept()
        try:
            while c.recv(65536): pass
            c.sendall(b'done')
        except OSError: pass
        c.close()
for s in listeners:
    threading.Thread(target=serve, args=(s,), daemon=True).start()
print('up', flush=True)
sys.stdin.read()
"""

CLIENT = """
import socket, struct
def one(address, size, reset=False):
    s = socket.create_connection((address, 7000))
    s.sendall(b'x' * size)
    if reset:
        s.setsockopt(1, 13, struct.pack('ii', 1, 0)); s.close(); return
    s.shutdown(1)
    while s.recv(100): pass
    s.close()
for address in ('10.9.0.2', 'fd09::2', '10.9.7.2'):
    one(address, 10); one(address, 200000); one(address, 5, True)
refused = socket.socket()
refused.connect_ex(('10.9.0.2', 7999))
"""


def compare(ours, theirs):
    """Packet by packet; two CPUs may number what crosses in either order."""
    a, b = decoded(ours), decoded(theirs)
    missing = [line for line in b if line not in set(a)]
    assert not missing, f"{len(missing)} of tcpdump's {len(b)} are not ours: {missing[:3]}"
    more = [line for line in a if line not in set(b)]
    assert not more, f"{len(more)} of our {len(a)} are not tcpdump's: {more[:3]}"
    assert len(a) == len(b), (len(a), len(b))
    return len(a)


def test_same_packets_on_a_veth_pair():
    """Handshakes, bulk, loss, resets, a refusal, IPv6."""
    with Namespace() as ns, Dir() as d:
        # Where the kernel has netem, some of it is lost.
        lib.run(*ns.inside(1), "tc", "qdisc", "add", "dev", "v0", "root", "netem", "loss", "2%",
                "delay", "1ms")
        with subprocess.Popen([*ns.inside(1), sys.executable, "-c", SERVER],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            server.stdout.readline()
            dump = Capture(ns.inside(0), "any", d("theirs"))
            netns = f"/run/netns/{ns.names[0]}"
            tracer = ready([TOOL, "-w", d("f"), "--packets", "all", "--netns", netns, "-s",
                            "2000"])
            lib.good(lib.run(*ns.inside(0), sys.executable, "-c", CLIENT))
            tracer.send_signal(signal.SIGINT)
            tracer.communicate(timeout=lib.LIMIT)
            dump.stop(d("f"))
            server.stdin.close()
        assert compare(d("f"), d("theirs")) > 60


def test_same_packets_on_lo():
    lib.need_root()
    lib.need("tcpdump")
    with Dir() as d:
        hold = subprocess.Popen(["unshare", "-n", "sh", "-c", "ip link set lo up; echo up; "
                                 "read x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        hold.stdout.readline()
        inside = ["nsenter", "-t", str(hold.pid), "-n"]
        dump = Capture(inside, "lo", d("theirs"))
        tracer = ready([TOOL, "-w", d("f"), "--packets", "all", "-s", "65000", "--netns",
                        f"/proc/{hold.pid}/ns/net"])
        lib.good(lib.run(*inside, sys.executable, lib.LOAD, "mixed"))
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=lib.LIMIT)
        dump.stop(d("f"))
        hold.communicate(b"\n", timeout=lib.LIMIT)
        assert compare(d("f"), d("theirs")) > 60


WORDS = {"lo": ["-q#A", "-veXX"], "any": ["-Se"]}


def words(device, options, folder):
    """(ours, tcpdump's) lines of the same connection, live, without times."""
    hold = subprocess.Popen(["unshare", "-n", "sh", "-c", "ip link set lo up; echo up; "
                             "read x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    hold.stdout.readline()
    inside = ["nsenter", "-t", str(hold.pid), "-n"]
    flags = ["-t", *options.split()]
    with open(folder("theirs"), "wb") as file:
        dump = subprocess.Popen([*inside, "tcpdump", "-nnl", "--immediate-mode", "-B", "16384",
                                 "-i", device, *flags, "tcp"], stdout=file, stderr=subprocess.PIPE)
    while b"listening on" not in dump.stderr.readline():
        assert dump.poll() is None, "tcpdump ended"
    tracer = ready([*inside, TOOL, "-i", device, "--packets", "all", "-s", "65000", "--netns",
                    f"/proc/{hold.pid}/ns/net", "-o", "tcpdump", "--log", folder("ours"),
                    *flags])
    lib.good(lib.run(*inside, sys.executable, lib.LOAD, "on", "7000"))
    tracer.send_signal(signal.SIGINT)
    tracer.communicate(timeout=lib.LIMIT)
    want = lib.content(folder("ours"))
    end = time.monotonic() + 10
    while len(lib.content(folder("theirs"))) < len(want) and time.monotonic() < end:
        time.sleep(0.02)
    got = lib.content(folder("theirs"))  # told to end, it prints an empty line
    dump.send_signal(signal.SIGINT)
    dump.communicate(timeout=lib.LIMIT)
    hold.communicate(b"\n", timeout=lib.LIMIT)
    return want, got


def test_live_words_are_tcpdumps():
    """With a named device and with any, byte for byte."""
    lib.need_root()
    lib.need("tcpdump")
    for device, each in WORDS.items():
        for options in each:
            with Dir() as d:
                ours, theirs = words(device, options, d)
                assert ours.count(b"\n") >= 8, (device, options, ours)
                lib.same(ours, theirs, f"-i {device} {options}")


if __name__ == "__main__":
    tap.main()
