# SPDX-License-Identifier: BSD-2-Clause
"""Raw TCP packets of every sort and the capture files that hold them.

Everything is made from bytes, by the standard library alone and with no shared
code with the tool: what is compared is two readers of the same bytes.
"""
import random
import struct

ETHERNET, RAW, LOOP, NULL, SLL, SLL2, IPV4, IPV6 = 1, 101, 108, 0, 113, 276, 228, 229

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE = (1 << n for n in range(9))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def addr4(text):
    return bytes(int(n) for n in text.split("."))


def addr6(text):
    left, _, right = text.partition("::")
    head = [int(w, 16) for w in left.split(":") if w]
    tail = [int(w, 16) for w in right.split(":") if w]
    words = head + [0] * (8 - len(head) - len(tail)) + tail
    return struct.pack(">8H", *words)


def tcp(sport=40000, dport=50000, seq=1000, ack=0, flags=ACK, win=512, urg=0,
        options=b"", payload=b"", off=None, pseudo=None, bad_sum=False, pad=True):
    """A segment; pseudo: the pseudo header's addresses, for the checksum."""
    if pad and len(options) % 4:
        options += b"\0" * (4 - len(options) % 4)
    if off is None:
        off = 5 + len(options) // 4
    head = struct.pack(">HHIIHHHH", sport, dport, seq & 0xffffffff,
                       ack & 0xffffffff, off << 12 | flags, win, 0, urg)
    data = head + options + payload
    if pseudo:
        src, dst = pseudo
        length = struct.pack(">I" if len(src) == 16 else ">H", len(data))
        if len(src) == 16:
            front = src + dst + length + b"\0\0\0\6"
        else:
            front = src + dst + b"\0\6" + length
        value = checksum(front + data)
        if bad_sum:
            value ^= 0x1234
        data = data[:16] + struct.pack(">H", value) + data[18:]
    return data


def ip4(data, src="10.1.2.3", dst="10.9.8.7", options=b"", ttl=64, ident=77,
        frag=0x4000, tos=0, length=None, ihl=None, proto=6, bad_sum=False, version=4):
    while len(options) % 4:
        options += b"\0"
    hlen = 20 + len(options)
    if ihl is None:
        ihl = hlen // 4
    if length is None:
        length = hlen + len(data)
    head = struct.pack(">BBHHHBBH4s4s", version << 4 | ihl, tos, length & 0xffff,
                       ident, frag, ttl, proto, 0, addr4(src), addr4(dst)) + options
    value = checksum(head) ^ (0x55 if bad_sum else 0)
    return head[:10] + struct.pack(">H", value) + head[12:] + data


def ip6(data, src="2001:db8::1", dst="2001:db8::2", nxt=6, hlim=64, flow=0, tclass=0,
        length=None, ext=b"", version=6):
    if length is None:
        length = len(ext) + len(data)
    return struct.pack(">IHBB", version << 28 | tclass << 20 | flow, length & 0xffff, nxt,
                       hlim) + addr6(src) + addr6(dst) + ext + data


def seg4(src="10.1.2.3", dst="10.9.8.7", ip=None, **kw):
    """IPv4 and TCP, with a right checksum unless said otherwise."""
    return ip4(tcp(pseudo=(addr4(src), addr4(dst)), **kw), src, dst, **(ip or {}))


def seg6(src="2001:db8::1", dst="2001:db8::2", ip=None, **kw):
    return ip6(tcp(pseudo=(addr6(src), addr6(dst)), **kw), src, dst, **(ip or {}))


# --- TCP options ---

def opt(kind, value=b"", length=None):
    return bytes([kind, len(value) + 2 if length is None else length]) + value


def h(text):
    return bytes.fromhex(text.replace(" ", ""))


def table(text):
    """A line each: a name, and bytes in hex."""
    rows = (line.split(None, 1) for line in text.strip().splitlines())
    return {name: h(data) for name, data in rows}


NOP, EOL = b"\1", b"\0"
MSS = opt(2, h("05b4"))
WSCALE = opt(3, b"\7")
SACKOK = opt(4)
TS = opt(8, h("00112233 44556677"))


def sack(*edges):
    return opt(5, b"".join(struct.pack(">I", e & 0xffffffff) for e in edges))


OPTIONS = {
    "none": b"",
    "syn": MSS + SACKOK + TS + NOP + WSCALE,
    "ts": NOP + NOP + TS,
    "sack1": NOP + NOP + sack(5000, 6000),
    "sack3": NOP + NOP + TS + NOP + NOP + sack(5000, 6000, 7000, 8000, 9000, 9001),
    "sack4": sack(1, 2, 3, 4, 5, 6, 7, 8),
    "sack_bad": opt(5, h("000102")),
    "sack_empty": opt(5),
    "mss_long": opt(2, h("05b40000")),
    "mss_short": opt(2, h("05")),
    "mss_none": opt(2),
    "wscale_long": opt(3, h("0708")),
    "wscale_none": opt(3),
    "sackok_long": opt(4, b"\1"),
    "ts_short": opt(8, h("00112233")),
    "ts_shorter": opt(8, h("001122")),
    "ts_long": opt(8, h("00112233 44556677 88")),
    "echo": opt(6, h("01020304")) + opt(7, h("05060708")),
    "cc": opt(11, h("01020304")) + opt(12, h("00000001")) + opt(13, h("ffffffff")),
    "cc_short": opt(11, h("0102")),
    "partial_order": opt(9) + opt(10, b"\xc0"),
    "altcksum": opt(14, b"\1") + opt(15, b"\1\2\3"),
    "skeeter": opt(16) + opt(17) + opt(18, b"\1") + opt(20, b"\2\3"),
    "md5": opt(19, bytes(range(16))),
    "md5_short": opt(19, bytes(range(10))),
    "md5_long": opt(19, bytes(range(18))),
    "scps": opt(20, b"\x81\3"),
    "uto_s": opt(28, h("003c")),
    "uto_m": opt(28, h("803d")),
    "uto_long": opt(28, h("803d00")),
    "ao": opt(29, h("0102") + bytes(range(12))),
    "ao_bare": opt(29, h("0102")),
    "ao_short": opt(29, h("01")),
    "ao_empty": opt(29),
    "tfo_req": opt(34),
    "tfo": opt(34, bytes(range(8))),
    "tfo_min": opt(34, bytes(range(4))),
    "tfo_max": opt(34, bytes(range(16))),
    "tfo_odd": opt(34, bytes(range(5))),
    "tfo_short": opt(34, bytes(range(2))),
    "tfo_long": opt(34, bytes(range(18))),
    "exp_tfo_req": opt(254, h("f989")),
    "exp_tfo": opt(254, h("f989") + bytes(range(8))),
    "exp_tfo_odd": opt(254, h("f989") + bytes(range(5))),
    "exp_other": opt(254, h("e2d4 0102")),
    "exp_none": opt(254),
    "exp_short": opt(254, b"\1"),
    "exp1": opt(253, h("f989 0102")),
    "unknown": opt(99, h("0102030405")),
    "unknown_bare": opt(99),
    "unknown_many": opt(31, b"\1") + opt(200, b"\2\3") + opt(255),
    "acc_ecn": opt(172, h("000102 030405 060708")) + opt(174),
    "len0": h("0500"),
    "len1": h("0501 0000"),
    "past_end": h("0205 0102"),
    "past_end2": NOP + h("08ff 01020304 0506"),
    "eol_first": EOL + h("020304"),
    "eol_later": MSS + EOL + h("ffffff"),
    "nops": NOP * 4,
    "last_kind": NOP * 3 + b"\2",
    "full": NOP * 40,
    "enc": opt(69, h("0102")),
    "mptcp_capable": opt(30, h("0081 0001020304050607")),
    "mptcp_capable_v1": opt(30, h("01a1")),
    "mptcp_capable_v1_key": opt(30, h("01a1 0001020304050607")),
    "mptcp_capable_ack": opt(30, h("0081 0001020304050607 08090a0b0c0d0e0f")),
    "mptcp_capable_data": opt(30, h("0181 0001020304050607 08090a0b0c0d0e0f 0064")),
    "mptcp_capable_csum": opt(30, h("0181 0001020304050607 08090a0b0c0d0e0f 0064 abcd")),
    "mptcp_capable_bad": opt(30, h("0081 0102")),
    "mptcp_capable_v2": opt(30, h("0281 0001020304050607")),
    "mptcp_join_syn": opt(30, h("1105 01020304 05060708")),
    "mptcp_join_synack": opt(30, h("1005 0102030405060708 090a0b0c")),
    "mptcp_join_ack": opt(30, h("1000") + bytes(range(20))),
    "mptcp_join_bad": opt(30, h("1000 01")),
    "mptcp_dss_0": opt(30, h("2000")),
    "mptcp_dss_a4": opt(30, h("2001 01020304")),
    "mptcp_dss_a8": opt(30, h("2003 0102030405060708")),
    "mptcp_dss_m4": opt(30, h("2004 01020304 05060708 0064")),
    "mptcp_dss_m8": opt(30, h("200c 0102030405060708 05060708 0064")),
    "mptcp_dss_m4c": opt(30, h("2004 01020304 05060708 0064 beef")),
    "mptcp_dss_a4m4": opt(30, h("2005 01020304 05060708 090a0b0c 0064 beef")),
    "mptcp_dss_all": opt(30, h("201f 0102030405060708 1112131415161718 05060708 0064 beef")),
    "mptcp_dss_fin": opt(30, h("2011 01020304")),
    "mptcp_dss_bad": opt(30, h("2001 0102")),
    "mptcp_dss_long": opt(30, h("2001 01020304 050607")),
    "mptcp_add": opt(30, h("3407 0a010203")),
    "mptcp_add_port": opt(30, h("3407 0a010203 1f90")),
    "mptcp_add_v6": opt(30, h("3607 20010db8000000000000000000000001")),
    "mptcp_add_v6_port": opt(30, h("3607 20010db8000000000000000000000001 1f90")),
    "mptcp_add_hmac": opt(30, h("3007 0a010203 0102030405060708")),
    "mptcp_add_hmac_port": opt(30, h("3007 0a010203 1f90 0102030405060708")),
    "mptcp_add_echo": opt(30, h("3107 0a010203")),
    "mptcp_add_bad": opt(30, h("3407 0a0102")),
    "mptcp_remove": opt(30, h("4001")),
    "mptcp_remove_3": opt(30, h("4001 02 03")),
    "mptcp_remove_0": opt(30, h("40")),
    "mptcp_prio": opt(30, h("5001")),
    "mptcp_prio_id": opt(30, h("5101 05")),
    "mptcp_prio_bad": opt(30, h("5001 0506")),
    "mptcp_fail": opt(30, h("6000 0102030405060708")),
    "mptcp_fail_bad": opt(30, h("6000 01020304")),
    "mptcp_fastclose": opt(30, h("7000 0102030405060708")),
    "mptcp_fastclose_bad": opt(30, h("7000 01020304")),
    "mptcp_tcprst": opt(30, h("8001")),
    "mptcp_tcprst_r": opt(30, h("8105")),
    "mptcp_tcprst_u": opt(30, h("8f77")),
    "mptcp_unknown": opt(30, h("9001 0203")),
    "mptcp_empty": opt(30),
    "mptcp_f": opt(30, h("f001")),
}


# --- IP options ---

IP_OPTIONS = table("""
    ra         94040000
    ra_value   94040001
    ra_short   9403 00
    nop        01010101
    eol        00
    rr         070b04 0a010101 00000000
    rr_full    07070a 0a010101 01
    rr_badptr  070702 0a010101
    rr_badlen  070604 0a0101
    rr_short   0702
    lsrr       830b04 0a020202 0a030303
    lsrr_done  830b0c 0a020202 0a030303
    ssrr       890704 0a020202
    lsrr_short 830504 0a02
    ts         440c05 00 00000001 00000000
    ts_addr    440c0d 01 0a010101 00000123
    ts_pre     440c05 23 0a010101 00000000
    ts_badtype 440805 05 00000001
    ts_badlen  440705 00 000000
    ts_short   440305
    security   820b 000000000000000000
    traceroute 520c 0102 0304 0506 01020304
    unknown    5f040102
    len0       0700
    past       0728 04
    stream     88040001
""")

# --- IPv6 extension headers: (first next-header, bytes that end in TCP) ---


def hbh(nxt, body):
    while (len(body) + 2) % 8:
        body += b"\0"
    return bytes([nxt, (len(body) + 2) // 8 - 1]) + body


def ext_frag(nxt, off=0, more=0, ident=0x1234):
    return struct.pack(">BBHI", nxt, 0, off | more, ident)


def ext_route(nxt, kind, left, body):
    return bytes([nxt, len(body) // 8, kind, left]) + body[:4] + body[4:]


A6 = addr6("2001:db8:1::5")
IP6_EXT = {
    "hbh_pad": (0, hbh(6, h("0104 00000000"))),
    "hbh_pad1": (0, hbh(6, h("000000000000"))),
    "hbh_ra": (0, hbh(6, h("05020000 0100"))),
    "hbh_jumbo": (0, hbh(6, h("c2040001 0000"))),
    "hbh_unknown": (0, hbh(6, h("1e021234 0100"))),
    "hbh_bad": (0, hbh(6, h("050a0000 0100"))),
    "hbh_long": (0, hbh(6, h("05020000 0100 0106 000000000000"))),
    "dst_pad": (60, hbh(6, h("0104 00000000"))),
    "dst_home": (60, hbh(6, h("0102 0000 c910") + A6)),
    "dst_tunnel": (60, hbh(6, h("0401 04 0101 00"))),
    "hbh_dst": (0, hbh(60, h("0104 00000000")) + hbh(6, h("0104 00000000"))),
    "frag_first": (44, ext_frag(6, 0, 1)),
    "frag_whole": (44, ext_frag(6, 0, 0)),
    "frag_later": (44, ext_frag(6, 1448, 0)),
    "frag_mid": (44, ext_frag(6, 1448, 1)),
    "rt0": (43, bytes([6, 2, 0, 1]) + h("00000000") + A6),
    "rt2": (43, bytes([6, 2, 2, 1]) + h("00000000") + A6),
    "srh": (43, bytes([6, 2, 4, 0]) + h("00000000") + A6),
    "srh_tlv": (43, bytes([6, 3, 4, 0]) + h("00010005") + A6 + h("0406000000000000")),
    "rt_odd": (43, bytes([6, 1, 0, 1]) + h("00000000") + A6[:8]),
    "rt_other": (43, bytes([6, 0, 99, 0]) + h("01020304")),
    "ah": (51, bytes([6, 4, 0, 0]) + h("00001001 00000007") + bytes(range(12))),
    "hbh_ah_dst": (0, hbh(51, h("0104 00000000")) + bytes([60, 4, 0, 0]) +
                   h("00001001 00000007") + bytes(range(12)) +
                   hbh(6, h("0104 00000000"))),
}


# --- the packets ---

def flag_packets():
    yield from (seg4(flags=f, ack=7 if f & ACK else 0) for f in range(512))


def conversation(make, sport, dport, payload=b"", isn=0xfffffff0, jsn=5):
    """A handshake, data both ways over the wrap, and an end."""
    a = dict(sport=sport, dport=dport)
    z = dict(sport=dport, dport=sport, src=None)
    z.pop("src")
    yield make(flags=SYN, seq=isn, options=OPTIONS["syn"], **a), False
    yield make(flags=SYN | ACK, seq=jsn, ack=isn + 1, options=OPTIONS["syn"], **z), True
    yield make(flags=ACK, seq=isn + 1, ack=jsn + 1, options=OPTIONS["ts"], **a), False
    yield make(flags=PSH | ACK, seq=isn + 1, ack=jsn + 1, payload=payload or b"x" * 40,
               **a), False
    yield make(flags=ACK, seq=jsn + 1, ack=isn + 41,
               options=NOP + NOP + sack(isn + 50, isn + 60), **z), True
    yield make(flags=FIN | ACK, seq=jsn + 1, ack=isn + 41, **z), True
    yield make(flags=RST, seq=isn + 41, **a), False
    yield make(flags=RST | ACK, seq=isn + 41, ack=jsn + 2, **a), False
    # the same ports again: a SYN with ACK sets the base anew
    yield make(flags=SYN, seq=isn + 9000, **a), False
    yield make(flags=SYN | ACK, seq=jsn + 777, ack=isn + 9001, **z), True
    yield make(flags=ACK, seq=isn + 9001, ack=jsn + 778, **a), False


def conversations():
    def make4(swap, **kw):
        ends = dict(src="10.9.8.7", dst="10.1.2.3") if swap else {}
        return seg4(**ends, **kw)

    def make6(swap, **kw):
        ends = dict(src="2001:db8::2", dst="2001:db8::1") if swap else {}
        return seg6(**ends, **kw)

    for make in make4, make6:
        for sport, dport in ((40001, 6000), (6001, 40002), (7777, 7777)):
            plan = list(conversation(lambda **kw: kw, sport, dport))
            yield from (make(swap, **kw) for kw, swap in plan)
    # one that began before the capture
    for seq in 100, 200, 300:
        yield seg4(sport=1111, dport=2222, seq=seq, ack=50, payload=b"y" * 100)
    yield seg4(src="10.9.8.7", dst="10.1.2.3", sport=2222, dport=1111, seq=50, ack=300,
               options=NOP + NOP + sack(400, 500))
    # both ends the same
    yield seg4(src="10.0.0.1", dst="10.0.0.1", sport=5, dport=5, seq=9, ack=3)
    yield seg4(src="10.0.0.1", dst="10.0.0.1", sport=5, dport=5, seq=10, ack=4)


def option_packets():
    for n, (name, options) in enumerate(OPTIONS.items()):
        kinds = [ACK]
        if name.startswith("mptcp") or name.startswith("tfo"):
            kinds = [SYN, SYN | ACK, ACK, RST]
        for flags in kinds:
            yield seg4(flags=flags, sport=20000 + n, seq=4242, ack=99,
                       options=options, payload=b"")
            yield seg6(flags=flags, sport=20000 + n, seq=4242, ack=99,
                       options=options, payload=b"pay")


def ip_packets():
    for options in IP_OPTIONS.values():
        yield seg4(ip=dict(options=options), payload=b"abc")
    for tos in 0, 1, 2, 3, 0x10, 0xb8, 0xff:
        yield seg4(ip=dict(tos=tos))
    for ttl in 0, 1, 255:
        yield seg4(ip=dict(ttl=ttl))
    for frag in 0, 0x2000, 0x4000, 0x6000, 0x8000, 0xe000, 0x2001, 0x00b9, 0x40b9:
        yield seg4(ip=dict(frag=frag), payload=b"frag" * 10)
    yield seg4(bad_sum=True)
    yield seg4(bad_sum=True, payload=b"odd")
    yield seg4(ip=dict(bad_sum=True))
    for length in 0, 1, 19, 20, 30, 39, 40, 45, 60, 2000, 65535:
        yield seg4(ip=dict(length=length), payload=b"0123456789")
    for ihl in 0, 4, 6, 15:
        yield seg4(ip=dict(ihl=ihl), payload=b"0123456789")
    for off in 0, 4, 6, 15:
        yield seg4(off=off)
        yield seg4(off=off, payload=b"z" * 60)
        yield seg6(off=off, payload=b"z" * 20)
    yield seg4(flags=URG | ACK, urg=77, payload=b"u")
    yield seg4(flags=ACK, urg=77)
    yield seg4(flags=SYN, ack=12345)
    yield seg4(flags=0, ack=1)
    yield seg4(flags=PSH, payload=b"no ack")
    for text in b"", b"why it was reset", b"x" * 50, b"\x01\x02 odd \xff\n":
        yield seg4(flags=RST, payload=text)
        yield seg4(flags=RST | ACK, payload=text)


def ip6_packets():
    for nxt, ext in IP6_EXT.values():
        yield seg6(ip=dict(nxt=nxt, ext=ext), payload=b"six")
        yield seg6(ip=dict(nxt=nxt, ext=ext), flags=SYN, options=OPTIONS["syn"])
    yield seg6(ip=dict(flow=0x12345))
    yield seg6(ip=dict(tclass=0xb8))
    yield seg6(ip=dict(tclass=0x03, flow=1, hlim=0))
    yield seg6(ip=dict(hlim=255), bad_sum=True)
    for length in 0, 1, 19, 20, 24, 100, 65535:
        yield seg6(ip=dict(length=length), payload=b"0123456789")
    for src in "::1", "::", "fe80::1", "1:2:3:4:5:6:7:8", "1:0:0:4::8", "::ffff:a01:203", \
            "0:0:1::", "2001:db8:0:1:1:1:1:1", "::1.2.3.4".replace("1.2.3.4", "102:304"):
        yield seg6(src=src, dst="ff02::1")


def payload_packets():
    for size in (1, 2, 7, 15, 16, 17, 31, 32, 33, 100, 1460):
        yield seg4(payload=bytes(range(256)) * 6 if size > 256 else bytes(range(size)))
    yield seg4(payload=b"GET / HTTP/1.0\r\nHost: x\r\n\r\n\ttab\rcr\nlf \x7f\x80\xff")
    yield seg6(payload=b"line one\r\nline two\r")


def cut_points(packet, step=1):
    return range(1, len(packet), step)


def all_packets():
    yield from conversations()
    yield from flag_packets()
    yield from option_packets()
    yield from ip_packets()
    yield from ip6_packets()
    yield from payload_packets()


def cut_packets():
    """(packet, bytes captured) of some packets at every place."""
    whole = [
        seg4(flags=SYN, options=OPTIONS["syn"]),
        seg4(options=OPTIONS["sack3"], seq=5, ack=6, payload=b"0123456789"),
        seg4(options=OPTIONS["mptcp_dss_all"], payload=b"0123456789"),
        seg4(options=OPTIONS["ao"]), seg4(options=OPTIONS["md5"]),
        seg4(options=OPTIONS["exp_tfo"]), seg4(options=OPTIONS["tfo"]),
        seg4(options=OPTIONS["unknown"]),
        seg4(options=OPTIONS["mptcp_add_v6_port"]),
        seg4(ip=dict(options=IP_OPTIONS["lsrr"] + IP_OPTIONS["ts"])),
        seg4(flags=RST, payload=b"why it was reset"),
        seg4(ip=dict(frag=0x2000), payload=b"0123456789"),
        seg4(ip=dict(frag=0x00b9), payload=b"0123456789"),
        seg6(options=OPTIONS["syn"], payload=b"0123456789"),
        seg6(ip=dict(nxt=0, ext=IP6_EXT["hbh_dst"][1]), options=OPTIONS["ts"]),
        seg6(ip=dict(nxt=43, ext=IP6_EXT["rt0"][1])),
        seg6(ip=dict(nxt=43, ext=IP6_EXT["srh_tlv"][1])),
        seg6(ip=dict(nxt=44, ext=IP6_EXT["frag_first"][1])),
        seg6(ip=dict(nxt=51, ext=IP6_EXT["ah"][1])),
    ]
    for packet in whole:
        yield from ((packet, n) for n in cut_points(packet))


# --- link layers ---

def ether_type(packet):
    return 0x86dd if packet and packet[0] >> 4 == 6 else 0x0800


MACS = h("020000000002 020000000001")


def vlan_tag(kind, tci):
    return struct.pack(">HH", kind, tci)


def link_header(link, packet, n=0, tags=b""):
    kind = ether_type(packet)
    if link == ETHERNET:
        return MACS + tags + struct.pack(">H", kind)
    if link == SLL:
        head = struct.pack(">HHH6s2s", n % 5, 1, 6 if n % 3 else 0,
                           MACS[6:] if n % 3 else b"\0" * 6, b"\0\0")
        return head + tags + struct.pack(">H", kind)
    if link == SLL2:
        first, rest = struct.pack(">H", kind), b""
        if tags:
            first, rest = tags[:2], tags[2:] + first
        return first + struct.pack(">HIHBB6s2s", 0, (1, 1, 77, 0)[n % 4], 1, n % 5,
                                   6 if n % 3 else 0,
                                   MACS[6:] if n % 3 else b"\0" * 6, b"\0\0") + rest
    if link in (NULL, LOOP):
        family = 2 if kind == 0x0800 else (24, 28, 30)[n % 3]
        return struct.pack("<I" if link == NULL and n % 2 else ">I", family)
    return b""


# --- files ---

def pcap(link, frames, order="<", nano=False, snaplen=262144, patched=False):
    """frames: (ns, bytes, length on the wire)."""
    magic = 0xa1b23c4d if nano else 0xa1b2cd34 if patched else 0xa1b2c3d4
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)]
    for ns, data, wire in frames:
        frac = ns % 10**9 if nano else ns % 10**9 // 1000
        out.append(struct.pack(order + "IIII", ns // 10**9, frac, len(data), wire))
        if patched:
            out.append(b"\0" * 8)
        out.append(data)
    return b"".join(out)


def block(order, kind, body):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def options_of(order, items):
    out = b""
    for code, value in items:
        out += struct.pack(order + "HH", code, len(value)) + value
        out += b"\0" * (-len(value) % 4)
    return out + struct.pack(order + "HH", 0, 0) if items else out


def section(order="<", items=()):
    return block(order, 0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1) +
                 options_of(order, items))


def interface(order, link, snaplen=0, items=()):
    return block(order, 1, struct.pack(order + "HHI", link, 0, snaplen) +
                 options_of(order, items))


def enhanced(order, n, ticks, data, wire, items=()):
    return block(order, 6, struct.pack(order + "IIIII", n, ticks >> 32,
                                       ticks & 0xffffffff, len(data), wire) + data +
                 b"\0" * (-len(data) % 4) + options_of(order, items))


def obsolete(order, n, ticks, data, wire):
    return block(order, 2, struct.pack(order + "HHIIII", n, 0, ticks >> 32,
                                       ticks & 0xffffffff, len(data), wire) + data)


def simple(order, data, wire):
    return block(order, 3, struct.pack(order + "I", wire) + data)


def mutate(packet, rng):
    """The packet with a few bytes changed, and still TCP."""
    data = bytearray(packet)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data))
        data[at] = rng.choice([0, 1, 2, 5, 8, 30, 0xff, rng.randrange(256)])
    if data[0] >> 4 == 4 or packet[0] >> 4 == 4:
        data[0] = 0x40 | data[0] & 0xf
        data[9] = 6
    else:
        data[0] = 0x60 | data[0] & 0xf
        data[6] = packet[6]
    return bytes(data)


def mutants(count, seed=1):
    rng = random.Random(seed)
    pool = list(option_packets()) + list(ip_packets()) + list(ip6_packets())
    for _ in range(count):
        yield mutate(rng.choice(pool), rng)
