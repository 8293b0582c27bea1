# SPDX-License-Identifier: BSD-2-Clause
"""tcpdump's capture of the same traffic."""
import collections
import socket
import struct

from truth.record import Failed

REORDER_NS = 10000000  # how long a CPU may be away between two looks at a segment


LETTERS = "FSRP.UEW"  # of the bits, in tcpdump's order
Segment = collections.namedtuple("Segment", "src dst flags seq ack len")


def read_capture(path):
    """(time, segment) of every TCP segment of an Ethernet capture, in its order."""
    with open(path, "rb") as f:
        data = f.read()
    magic = struct.unpack_from("<I", data)[0]
    if magic not in (0xa1b2c3d4, 0xa1b23c4d):
        raise Failed("%s: not a capture of this machine" % path)
    if struct.unpack_from("<I", data, 20)[0] & 0xffff != 1:
        raise Failed("%s: not a capture of lo" % path)
    unit = 1 if magic == 0xa1b23c4d else 1000
    names, at, segments = {}, 24, []
    while at + 16 <= len(data):
        seconds, part, caplen = struct.unpack_from("<III", data, at)
        segment = read_segment(data, at + 16 + 14, names)
        if segment:
            segments.append((seconds * 10 ** 9 + part * unit, segment))
        at += 16 + caplen
    return segments


def read_segment(data, ip, names):
    version = data[ip] >> 4
    if version == 4 and data[ip + 9] == 6:
        length = struct.unpack_from(">H", data, ip + 2)[0]
        tcp = ip + (data[ip] & 15) * 4
        addrs = data[ip + 12:ip + 16], data[ip + 16:ip + 20]
    elif version == 6 and data[ip + 6] == 6:
        length = struct.unpack_from(">H", data, ip + 4)[0] + 40
        tcp = ip + 40
        addrs = data[ip + 8:ip + 24], data[ip + 24:ip + 40]
    else:
        return None
    sport, dport, seq, ack, offset, bits = struct.unpack_from(">HHIIBB", data, tcp)
    for a in addrs:
        if a not in names:
            names[a] = socket.inet_ntop(socket.AF_INET if len(a) == 4 else socket.AF_INET6, a)
    flags = "".join(c for i, c in enumerate(LETTERS) if bits >> i & 1)
    return Segment((names[addrs[0]], sport), (names[addrs[1]], dport), flags, seq,
                   ack if "." in flags else 0, ip + length - tcp - (offset >> 4) * 4)


def retransmits_of(segments):
    """(src, dst, seq) of each segment that was on the wire before."""
    highest, found = {}, collections.Counter()
    for s in segments:
        key = s.src, s.dst
        span = s.len + ("S" in s.flags) + ("F" in s.flags)
        if not span or "R" in s.flags:
            continue
        last = highest.get(key)
        if "S" in s.flags and last is not None and s.seq != (last - 1) & 0xffffffff:
            last = None  # the same addresses again
        if last is not None and (s.seq - last) & 0x80000000:
            found[s.src, s.dst, s.seq] += 1
        if last is None or not (s.seq + span - last) & 0x80000000:
            highest[key] = (s.seq + span) & 0xffffffff
    return found


def is_reordered(captured, sent):
    """Whether only close neighbours of a capture changed places in sent."""
    at = {}
    for when, s in captured:
        at.setdefault(s, []).append(when)
    latest = 0
    for s in sent:
        when = at[s].pop(0)
        if when < latest - REORDER_NS:
            return False
        latest = max(latest, when)
    return True
