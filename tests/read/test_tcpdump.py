#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`read -o tcpdump` against `tcpdump -r`, byte for byte, up to "length N".

What tcpdump says of the payload behind that is cut off before the lines are
compared; the ports of the packets are of no protocol it decodes, but for what
chance makes of them in the mutants.
"""
import gzip
import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import packets as P

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scripts"))
import tap  # noqa: E402

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
TOOL = os.path.join(ROOT, os.environ.get("BUILD", "build"), "tcptrace-bpf")
LENGTH = re.compile(rb"^(.*Flags \[.*, length \d+).*$")
STAMP = re.compile(rb"^\d+\.\d{6} ")
T0 = 1700000000 * 10**9 + 123456789

# Each alone and some together; every letter meets -v and -e once.
OPTIONS = ["", "-n", "-nn", "-S", "-v", "-vv", "-vvv", "-e", "-q", "-qq", "-A", "-AA",
           "-x", "-xx", "-X", "-XX", "-xX", "-xXX", "-xA", "-#", "-t", "-tt", "-ttt",
           "-tttt", "-ttttt", "--nano", "-tt --nano", "-ttt --nano", "-tttt --nano",
           "-ttttt --nano", "-nnSv", "-nnvve", "-eq", "-eqv", "-e -# -tttt -vv -XX",
           "-Sev", "-Sevvt", "-qtX", "-ttt -A -e -#", "-vv -e -xx --nano"]


def run(*args, stdin=None):
    done = subprocess.run(args, stdin=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def cut(line):
    match = LENGTH.match(line)
    return match[1] if match else line


def lines(output):
    return [cut(line) for line in output.removesuffix(b"\n").split(b"\n")]


def theirs(path, *options):
    return lines(run("tcpdump", "-n", *options, "-r", path))


def ours(path, *options):
    return lines(run(TOOL, "read", path, "-o", "tcpdump", *options))


def same(path, options):
    want, got = theirs(path, *options.split()), ours(path, *options.split())
    for number, pair in enumerate(itertools.zip_longest(want, got)):
        assert pair[0] == pair[1], \
            f"{os.path.basename(path)} {options}: line {number}\n-{pair[0]}\n+{pair[1]}"


class Files:
    """Capture files in a directory of their own."""

    def __init__(self):
        self.dir = tempfile.mkdtemp()

    def path(self, name):
        return os.path.join(self.dir, name)

    def put(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)


def frames(link, packets, tags=b"", step=1234567891):
    for n, packet in enumerate(packets):
        data = P.link_header(link, packet, n, tags) + packet
        yield T0 + n * step, data, len(data)


def need_tcpdump():
    if not shutil.which("tcpdump"):
        raise tap.Skip("there is no tcpdump")


def with_files(test):
    def wrapped():
        need_tcpdump()
        files = Files()
        try:
            test(files)
        finally:
            shutil.rmtree(files.dir)
    wrapped.__name__ = test.__name__
    return wrapped


@with_files
def test_every_option(files):
    path = files.put("all.pcap", P.pcap(P.ETHERNET, frames(P.ETHERNET, P.all_packets())))
    for options in OPTIONS:
        same(path, options)


LINKS = {"ethernet": P.ETHERNET, "raw": P.RAW, "raw_bsd": 12, "loop": P.LOOP,
         "null": P.NULL, "sll": P.SLL, "sll2": P.SLL2, "ipv4": P.IPV4, "ipv6": P.IPV6}
LINK_OPTIONS = ["", "-e", "-eq", "-vve", "-x", "-XX", "-A"]


@with_files
def test_every_link_type(files):
    some = list(P.conversations()) + list(P.ip6_packets())
    for name, link in LINKS.items():
        path = files.put(name, P.pcap(link, frames(link, some)))
        for options in LINK_OPTIONS:
            same(path, options)


@with_files
def test_vlan_tags(files):
    some = list(P.conversations())
    q, ad = P.vlan_tag(0x8100, 0x3005), P.vlan_tag(0x88a8, 0xb00a)
    tags = {P.ETHERNET: [q, ad + q, P.vlan_tag(0x9100, 1) + q + q, P.vlan_tag(0x9200, 9)],
            P.SLL: [q], P.SLL2: [q]}
    for link, kinds in tags.items():
        for n, tag in enumerate(kinds):
            path = files.put(f"vlan{link}.{n}", P.pcap(link, frames(link, some, tag)))
            for options in LINK_OPTIONS:
                same(path, options)


@with_files
def test_byte_orders_and_resolutions(files):
    some = list(P.conversations())
    for order, nano, patched in itertools.product("<>", (False, True), (False, True)):
        if nano and patched:
            continue
        name = f"pcap{order == '<'}{nano}{patched}"
        path = files.put(name, P.pcap(P.RAW, frames(P.RAW, some), order, nano,
                                      patched=patched))
        for options in "-tttt --nano", "-ttt", "-tt --nano":
            same(path, options)


def ng_blocks(order, some, resolution):
    units = 2**(resolution & 0x7f) if resolution & 0x80 else 10**resolution
    yield P.section(order, [(4, b"somebody else")])
    yield P.interface(order, P.ETHERNET, 0, [(2, b"eth9"), (9, bytes([resolution]))])
    for n, (ns, data, wire) in enumerate(frames(P.ETHERNET, some)):
        ticks = ns * units // 10**9
        if n % 7 == 3:
            yield P.block(order, 0x80000077, b"a block of nobody's")
            yield P.block(order, 5, b"\0" * 12)
            yield P.block(order, 0x0bad, b"\0\0\0\1custom")
        if n % 5 == 4:
            yield P.obsolete(order, 0, ticks, data, wire)
        else:
            yield P.enhanced(order, 0, ticks, data, wire, [(1, b"a comment"),
                                                           (2, b"\1\0\0\0")])


@with_files
def test_pcapng(files):
    some = list(P.conversations()) + list(P.payload_packets())
    for order, resolution in itertools.product("<>", (6, 9, 3, 0x80 | 10)):
        path = files.put(f"ng{order == '<'}{resolution}",
                         b"".join(ng_blocks(order, some, resolution)))
        for options in "-tttt --nano", "-vve", "-X", "-ttt":
            same(path, options)


@with_files
def test_pcapng_simple_packets_and_offset(files):
    some = list(P.conversations())
    data = [P.section(), P.interface("<", P.RAW, 40)]
    data += [P.simple("<", p[:40], len(p)) for p in some]
    same(files.put("simple", b"".join(data)), "-t")
    data = [P.section(), P.interface("<", P.RAW, 0, [(14, (3600).to_bytes(8, "little"))])]
    data += [P.enhanced("<", 0, 10**15 + n, p, len(p)) for n, p in enumerate(some)]
    same(files.put("offset", b"".join(data)), "-tttt")


@with_files
def test_snapshot_length(files):
    path = files.put("snap", P.pcap(P.RAW, frames(P.RAW, P.option_packets()), snaplen=64))
    same(path, "-v")


@with_files
def test_lengths_that_cannot_be(files):
    packet = P.seg4(payload=b"x" * 20)
    bad = [(T0, packet, 30), (T0, packet, 0), (T0, packet, 300000), (T0, packet, 60)]
    same(files.put("bad", P.pcap(P.RAW, bad)), "-#")


@with_files
def test_time_zones(files):
    stamps = [1700000000, 1690000000, 1690000003, 0, 1720000000, 2**31 - 1]
    path = files.put("tz", P.pcap(P.RAW, [(s * 10**9 + 5, P.seg4(), 40) for s in stamps]))
    for zone in "UTC", "America/New_York", "Asia/Kathmandu":
        os.environ["TZ"] = zone
        for options in "", "-tttt", "-ttt", "-ttttt":
            same(path, options)
    del os.environ["TZ"]


@with_files
def test_from_a_pipe_and_gzipped(files):
    data = P.pcap(P.RAW, frames(P.RAW, P.conversations()))
    want = theirs(files.put("plain", data))
    zipped = files.put("zipped.gz", gzip.compress(data[:999]) + gzip.compress(data[999:]))
    assert ours(zipped) == want
    for name in "plain", "zipped.gz":
        with open(files.path(name), "rb") as file:
            with subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) as cat:
                got = lines(run(TOOL, "read", "-", "-o", "tcpdump", stdin=cat.stdout))
        assert got == want, name


def by_stamp(all_lines):
    """The lines of each packet, under its time."""
    packets, here = {}, None
    for line in all_lines:
        match = STAMP.match(line)
        if match:
            here = packets.setdefault(match[0], [])
        if here is not None:
            here.append(line)
    return packets


def compare_packets(path, options):
    """Ours leaves out what tcpdump cannot tell to be TCP."""
    want = by_stamp(theirs(path, "-tt", *options.split()))
    got = by_stamp(ours(path, "-tt", *options.split()))
    for stamp, text in got.items():  # decoded payload may go on in lines of its own
        assert text == want.get(stamp, [])[:len(text)], \
            f"{options}: {stamp}\n-{want.get(stamp)}\n+{text}"
    for stamp in set(want) - set(got):
        assert b"Flags [" not in b" ".join(want[stamp]), want[stamp]
    return len(got)


@with_files
def test_cut_at_every_byte(files):
    cuts = [(T0 + n * 1000, p[:size], len(p)) for n, (p, size) in
            enumerate(P.cut_packets())]
    path = files.put("cut", P.pcap(P.RAW, cuts))
    for options in "", "-v", "-vve", "-q", "-X":
        assert compare_packets(path, options) > 900


def mutant_frames(count, seed):
    rng = random.Random(seed)
    for n, packet in enumerate(P.mutants(count, seed)):
        size = rng.randrange(1, len(packet) + 1) if rng.random() < .3 else len(packet)
        data, wire = packet[:size], len(packet)
        if size == len(packet) and rng.random() < .1:
            data += bytes(rng.randrange(30))  # what pads a short Ethernet frame
        yield T0 + n * 1000, data, max(wire, len(data))


@with_files
def test_mutants(files):
    for seed in int(os.environ.get("SEED", 1)), 2:
        path = files.put("mutants", P.pcap(P.RAW, mutant_frames(10000, seed)))
        for options in "", "-vv":
            assert compare_packets(path, options) > 9000


if __name__ == "__main__":
    tap.main()
