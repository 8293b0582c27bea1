#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""gen_captures.py DIR: small capture files from which the fuzzer starts."""
import itertools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "read"))
import packets as P  # noqa: E402

MOST = 3900  # the replayer takes 4096 bytes


def fitting(link, packets):
    """Frames of one file, as many as fit."""
    size = 0
    for n, packet in enumerate(packets):
        data = P.link_header(link, packet, n) + packet
        size += len(data) + 40
        if size > MOST:
            return
        yield 10**18 + n * 1000, data, len(data)


def options(names):
    return [P.seg4(flags=P.ACK, options=P.OPTIONS[name]) for name in names]


def blocks(order, link, packets):
    out = [P.section(order, [(4, b"tool")]),
           P.interface(order, link, 0, [(2, b"eth0"), (9, b"\t"), (14, b"\1" * 8)]),
           P.block(order, 0x80000001, b"local")]
    for n, (ns, data, wire) in enumerate(fitting(link, packets)):
        if n % 4 == 3:
            out.append(P.obsolete(order, 0, ns, data, wire))
        elif n % 4 == 2:
            out.append(P.simple(order, data, wire))
        else:
            out.append(P.enhanced(order, 0, ns, data, wire, [(1, b"why"), (2, b"\1\0\0\0")]))
    return b"".join(out)[:4096]


def files():
    names = list(P.OPTIONS)
    half = [n for n in names if n.startswith("mptcp")]
    rest = [n for n in names if not n.startswith("mptcp")]
    yield "mptcp", P.pcap(P.RAW, fitting(P.RAW, options(half)))
    yield "options", P.pcap(P.RAW, fitting(P.RAW, options(rest)), ">")
    yield "ip4", P.pcap(P.ETHERNET, fitting(P.ETHERNET, P.ip_packets()), nano=True)
    yield "ip6", P.pcap(P.SLL2, fitting(P.SLL2, P.ip6_packets()), patched=True)
    six = [P.seg6(ip={"nxt": n, "ext": e}) for n, e in P.IP6_EXT.values()]
    yield "extensions", P.pcap(P.NULL, fitting(P.NULL, six[:24]))
    yield "conversation", P.pcap(P.SLL, fitting(P.SLL, P.conversations()))
    yield "ng", blocks("<", P.RAW, itertools.islice(P.conversations(), 20))
    yield "ng-big-endian", blocks(">", P.ETHERNET, itertools.islice(P.conversations(), 20))


def main(folder):
    os.makedirs(folder, exist_ok=True)
    for name, data in files():
        assert len(data) <= 4096, name
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main(sys.argv[1])
