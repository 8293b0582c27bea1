#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`read` and its files: what is bad, cut off, or several; clocks apart."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import packets as P

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scripts"))
import tap  # noqa: E402

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
TOOL = os.path.join(ROOT, os.environ.get("BUILD", "build"), "tcptrace-bpf")
T0 = 1700000000 * 10**9


def read(*args):
    """Status, standard output in lines, standard error."""
    done = subprocess.run([TOOL, "read", *args], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False)
    return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()


def in_folder(test):
    def wrapped():
        folder = tempfile.mkdtemp()
        here = os.getcwd()
        os.chdir(folder)
        try:
            test()
        finally:
            os.chdir(here)
            shutil.rmtree(folder)
    wrapped.__name__ = test.__name__
    return wrapped


def put(name, data):
    with open(name, "wb") as file:
        file.write(data)
    return name


def raw(packets, start=T0, step=10**6):
    return P.pcap(P.RAW, [(start + n * step, p, len(p)) for n, p in enumerate(packets)],
                  nano=True)


PACKETS = list(P.conversations())


@in_folder
def test_bad_files_are_status_4_and_one_line():
    bad = {"empty": b"", "short": b"ab", "text": b"hello, this is no capture at all",
           "version": raw([])[:4] + b"\7\0" + raw([])[6:],
           "link": P.pcap(147, []), "head": raw([])[:20],
           "ng_order": P.section()[:8] + b"xxxx" + P.section()[12:],
           "ng_length": P.section() + b"\1\0\0\0\7\0\0\0" + b"\0" * 8}
    for name, data in bad.items():
        status, out, err = read(put(name, data))
        assert status == 4, (name, status)
        assert not out, (name, out)
        lines = [x for x in err.splitlines() if x.startswith(f"tcptrace-bpf: {name}: ")]
        assert len(lines) == 1, err
    for name in "missing", ".":
        status, _out, err = read(name)
        assert status == 4 and len(err.splitlines()) == 1, err


@in_folder
def test_bad_in_the_middle_is_told_that_far():
    data = raw(PACKETS[:3])
    data += data[24:40][:8] + b"\xff\xff\xff\x7f" * 2 + b"x" * 100
    status, out, err = read(put("f", data))
    assert status == 4 and len(out) == 3, (status, out)
    assert "at byte" in err


@in_folder
def test_cut_off_at_every_byte():
    whole = raw(PACKETS[:4])
    ends = [24]
    for packet in PACKETS[:4]:
        ends.append(ends[-1] + 16 + len(packet))
    for size in range(24, len(whole) + 1, 3):
        status, out, err = read(put("f", whole[:size]))
        want = sum(size >= end for end in ends) - 1
        assert status == 0 and len(out) == want, (size, status, len(out), want)
        assert ("cut off" in err) == (size not in ends), (size, err)


@in_folder
def test_cut_off_pcapng():
    blocks = [P.section(), P.interface("<", P.RAW)]
    blocks += [P.enhanced("<", 0, 1, p, len(p)) for p in PACKETS[:3]]
    whole = b"".join(blocks)
    for size in range(len(blocks[0]), len(whole), 7):
        status, out, err = read(put("f", whole[:size]))
        ends = [len(b"".join(blocks[:n])) for n in range(len(blocks) + 1)]
        assert status == 0, (size, err)
        assert len(out) == max(0, sum(size >= e for e in ends[1:]) - 2), size
        assert ("cut off" in err) == (size not in ends), (size, err)


@in_folder
def test_others_are_left_out_and_counted():
    udp = P.ip4(b"\0" * 20, proto=17)
    status, out, err = read(put("f", raw([PACKETS[0], udp, PACKETS[1], b"\x11", udp])))
    assert status == 0 and len(out) == 2
    assert "2 packets of TCP read, 3 others left out" in err, err


@in_folder
def test_several_interfaces_and_sections():
    ether = P.link_header(P.ETHERNET, PACKETS[1]) + PACKETS[1]
    data = P.section(">") + P.interface(">", P.RAW, 0, [(2, b"tun0")])
    data += P.interface(">", P.ETHERNET, 0, [(2, b"eth7"), (9, b"\t")])
    data += P.enhanced(">", 1, 2000, ether, len(ether), [(2, b"\0\0\0\2")])
    data += P.enhanced(">", 0, 3, PACKETS[0], len(PACKETS[0]))
    data += P.section("<") + P.interface("<", P.RAW, 0, [(2, b"wg0")])
    data += P.enhanced("<", 0, 4, PACKETS[2], len(PACKETS[2]))
    status, out, _err = read(put("f", data), "-o", "json")
    events = [json.loads(line) for line in out]
    assert status == 0
    assert [e["ifname"] for e in events] == ["eth7", "tun0", "wg0"]
    assert [e["time"][-10:] for e in events] == ["000002000Z", "000003000Z",
                                                  "000004000Z"]
    assert events[0]["dir"] == "out" and "dir" not in events[1]


@in_folder
def test_selection_by_socket():
    status, out, _err = read(put("f", raw(PACKETS)), "--port", "2222", "-o", "json")
    assert status == 0 and len(out) == 4
    status, out, _err = read("f", "--port", "2222", "-o", "tcpdump", "-t")
    assert len(out) == 4 and all("2222" in line for line in out)
    status, out, _err = read("f", "-6", "--packets", "control")
    assert out and all("IP6" in line for line in out)
    status, out, _err = read("f", "-c", "5")
    assert len(out) == 5


@in_folder
def test_files_are_merged_by_time():
    put("one.pcap", raw(PACKETS[0:40:2], step=2 * 10**6))
    put("two.pcap", raw(PACKETS[1:40:2], T0 + 10**6, 2 * 10**6))
    _status, out, _err = read("one.pcap", "two.pcap", "-o", "json")
    events = [json.loads(line) for line in out]
    assert len(events) == 40
    assert [e["file"] for e in events[:4]] == ["one.pcap", "two.pcap"] * 2
    assert sorted(e["time"] for e in events) == [e["time"] for e in events]


def two_sides(ahead, delay):
    """One connection as its two hosts captured it, the second's clock ahead."""
    client, server, now = [], [], T0
    for n, (swap, packet) in enumerate(sides()):
        now += 10**6 + n * 1000
        arrives = now + delay + (n * 7919) % 20000
        left, right = (server, client) if swap else (client, server)
        extra = {id(client): 0, id(server): ahead}
        left.append((now + extra[id(left)], packet))
        right.append((arrives + extra[id(right)], packet))
    for name, side in ("client.pcap", client), ("server.pcap", server):
        put(name, P.pcap(P.RAW, [(t, p, len(p)) for t, p in sorted(side)], nano=True))


def sides():
    for n in range(20):
        yield False, P.seg4(seq=1000 + 10 * n, ack=5000 + 10 * n, payload=b"q" * 10)
        yield True, P.seg4("10.9.8.7", "10.1.2.3", sport=50000, dport=40000,
                           seq=5000 + 10 * n, ack=1010 + 10 * n, payload=b"a" * 10)


@in_folder
def test_clocks_apart_are_told_and_put_right():
    for ahead in 0, 1500000000, -37000000, 7 * 10**12:
        two_sides(ahead, 200000)
        _status, _out, err = read("client.pcap", "server.pcap", "-o", "json")
        match = re.search(r"server.pcap: its clock is (\d+\.\d+) s (ahead of|behind) "
                          r"that of client.pcap, give or take (\d+\.\d+) s", err)
        assert match, err
        told = float(match[1]) * (1 if match[2] == "ahead of" else -1)
        assert abs(told - ahead / 1e9) <= float(match[3]) + 1e-9 < 0.001, (ahead, err)
        _status, out, err = read("client.pcap", "server.pcap", "-o", "json", "--clock-fix")
        assert "put right" in err
        events = [json.loads(line) for line in out]
        assert len(events) == 80
        for a, b in zip(events[::2], events[1::2]):  # each once from each side
            assert (a["tcp_seq"], a["src"]) == (b["tcp_seq"], b["src"])
            sender = "client.pcap" if a["src"] == "10.1.2.3" else "server.pcap"
            assert a["file"] == sender != b["file"]


@in_folder
def test_clocks_leave_pipes_alone():
    """What is read once is there for the reading itself."""
    two_sides(1500000000, 200000)
    with open("server.pcap", "rb") as file:
        data = file.read()
    _status, _out, err = read("client.pcap", "server.pcap")
    assert "clock" in err, err
    for more in [], ["--clock-fix"]:
        ours, theirs = os.pipe()
        os.write(theirs, data)
        os.close(theirs)
        done = subprocess.run([TOOL, "read", "client.pcap", f"/dev/fd/{ours}", *more],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              pass_fds=[ours], check=False)
        os.close(ours)
        err = done.stderr.decode()
        assert done.returncode == 0, err
        assert len(done.stdout.splitlines()) == 80, err
        assert ("cannot be read twice" in err) == bool(more), err


def waiting(*argv):
    """`read -` that has read all there is in its pipe, and sleeps."""
    proc = subprocess.Popen([*argv, TOOL, "read", "-"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    proc.stdin.write(raw(PACKETS[:2]))
    proc.stdin.flush()
    deadline = time.monotonic() + 30
    status = {}
    while not status.get("State", "").startswith("S") or \
            not int(status["SigCgt"], 16) >> signal.SIGINT - 1 & 1:
        assert time.monotonic() < deadline and proc.poll() is None, status
        with open(f"/proc/{proc.pid}/status", encoding="utf-8") as file:
            status = dict(line.split(":\t", 1) for line in file)
    return proc


def test_interrupt_ends_a_pipe_that_is_silent():
    proc = waiting()
    proc.send_signal(signal.SIGINT)
    assert proc.wait(30) == 0
    err = proc.stderr.read().decode()
    assert len(proc.stdout.read().splitlines()) == 2 and "cut off" not in err, err


def test_no_color():
    golden = os.path.join(ROOT, "tests/golden/connection.pcapng")
    for value, coloured in (None, True), ("", True), ("1", False):
        ours, theirs = os.openpty()
        env = {name: v for name, v in os.environ.items() if name != "NO_COLOR"}
        if value is not None:
            env["NO_COLOR"] = value
        subprocess.run([TOOL, "read", "-c", "3", golden], stdout=theirs, check=True,
                       stderr=subprocess.DEVNULL, timeout=60, env=env)
        text = os.read(ours, 65536)
        os.close(ours)
        os.close(theirs)
        assert (b"\x1b" in text) == coloured, (value, text)


def test_nohup_is_meant():
    proc = waiting("nohup")
    proc.send_signal(signal.SIGHUP)
    out, err = proc.communicate(raw(PACKETS[:3])[len(raw(PACKETS[:2])):], timeout=30)
    assert proc.returncode == 0 and len(out.splitlines()) == 3, err


@in_folder
def test_clocks_of_strangers():
    put("a.pcap", raw(PACKETS[:10]))
    put("b.pcap", raw(PACKETS[40:]))
    _status, _out, err = read("a.pcap", "b.pcap")
    assert "clock" not in err, err


if __name__ == "__main__":
    tap.main()
