/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets from the IP header on, and what tt_parse_segment() makes of them:
 * tests/unit/test_parse.c holds the user build against them,
 * tests/bpf/test_parse_run.c the kernel build against the user build.
 */
#ifndef TESTS_PACKETS_H
#define TESTS_PACKETS_H

#include "tcptrace/parse.h"

struct packet_row {
	const char *name;
	int ret;
	__u32 wire_len;
	struct tt_seg want;
	__u32 len;
	__u8 data[256];
};

#define BYTES(...)                                   \
	.len = sizeof((const __u8[]){ __VA_ARGS__ }), \
	.data = { __VA_ARGS__ }

#define B2(v) (__u8)((v) >> 8), (__u8)(v)
#define B8 0, 0, 0, 0, 0, 0, 0, 0

/* 10.1.2.3 to 10.4.5.6 */
#define V4_SRC 10, 1, 2, 3
#define V4_DST 10, 4, 5, 6
#define V4(ihl, total, frag, proto)                                        \
	0x40 | (ihl), 0, B2(total), 0xab, 0xcd, B2(frag), 64, (proto), 0, 0, \
		V4_SRC, V4_DST
#define V4_ADDRS                                                              \
	.saddr = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, V4_SRC },          \
	.daddr = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, V4_DST }
#define V4_WANT(total, l4) \
	.version = 4, .ttl = 64, .ip_len = (total), .l4_off = (l4), V4_ADDRS

/* fd01::2:3 to 2001:db8::9 */
#define V6_SRC 0xfd, 1, B8, 0, 0, 0, 2, 0, 3
#define V6_DST 0x20, 1, 0xd, 0xb8, B8, 0, 0, 0, 9
#define V6(payload, next) \
	0x6b, 0xcd, 0xef, 0x01, B2(payload), (next), 63, V6_SRC, V6_DST
#define V6_WANT(total, l4)                                               \
	.version = 6, .ttl = 63, .ip_len = (total), .l4_off = (l4),      \
	.saddr = { V6_SRC }, .daddr = { V6_DST }

/* 4660 to 9090 */
#define TCP(doff, flags)                                                   \
	0x12, 0x34, 0x23, 0x82, 0x81, 2, 3, 4, 0xf5, 6, 7, 8, (doff) << 4, \
		(flags), 0xfe, 0xdc, 0, 0, 0, 0
#define PORTS_BE(s, d) \
	.sport_be = __builtin_bswap16(s), .dport_be = __builtin_bswap16(d)
#define TCP_WANT(off, fl, payload)                                         \
	PORTS_BE(0x1234, 0x2382), .seq = 0x81020304, .ack = 0xf5060708,    \
	.data_off = (off), .tcp_flags = (fl), .win = 0xfedc,               \
	.payload_len = (payload)

#define ACK TT_TCP_ACK
#define SYN TT_TCP_SYN
/* MSS 1460, SACK permitted, timestamps, NOP, window scale 7 */
#define SYN_OPTS                                                           \
	2, 4, 5, 0xb4, 4, 2, 8, 10, 0xa, 0xb, 0xc, 0xd, 0, 0, 0, 0, 1, 3, 3, 7

/* next header, length in its own units, 6 bytes */
#define EXT8(next, len) (next), (len), 1, 4, 0, 0, 0, 0
#define FRAG(next, off) (next), 0, B2(off), 0, 0, 0, 1
#define HOP TT_IPPROTO_HOPOPTS
#define DST TT_IPPROTO_DSTOPTS

static const struct packet_row packet_rows[] = {
	{ "IPv4, bare ACK", 0, 40,
	  { V4_WANT(40, 20), TCP_WANT(40, ACK, 0) },
	  BYTES(V4(5, 40, 0x4000, 6), TCP(5, ACK)) },
	{ "IPv4, SYN with options", 0, 60,
	  { V4_WANT(60, 20), TCP_WANT(60, SYN, 0) },
	  BYTES(V4(5, 60, 0x4000, 6), TCP(10, SYN), SYN_OPTS) },
	{ "IPv4, payload not captured", 0, 1500,
	  { V4_WANT(1500, 20), TCP_WANT(40, ACK, 1460) },
	  BYTES(V4(5, 1500, 0x4000, 6), TCP(5, ACK)) },
	{ "IPv4, captured payload", 0, 43,
	  { V4_WANT(43, 20), TCP_WANT(40, ACK | TT_TCP_PSH, 3) },
	  BYTES(V4(5, 43, 0, 6), TCP(5, ACK | TT_TCP_PSH), 'a', 'b', 'c') },
	{ "IPv4, Ethernet padding is no payload", 0, 46,
	  { V4_WANT(40, 20), TCP_WANT(40, ACK, 0) },
	  BYTES(V4(5, 40, 0, 6), TCP(5, ACK), 0, 0, 0, 0, 0, 0) },
	{ "IPv4, every flag and AE", 0, 40,
	  { V4_WANT(40, 20), TCP_WANT(40, 0xff, 0), .ae = 1 },
	  BYTES(V4(5, 40, 0, 6), 0x12, 0x34, 0x23, 0x82, 0x81, 2, 3, 4, 0xf5, 6,
		7, 8, 0x51, 0xff, 0xfe, 0xdc, 0, 0, 0, 0) },
	{ "IPv4, reserved bits beside AE", 0, 40,
	  { V4_WANT(40, 20), TCP_WANT(40, 0, 0) },
	  BYTES(V4(5, 40, 0, 6), 0x12, 0x34, 0x23, 0x82, 0x81, 2, 3, 4, 0xf5, 6,
		7, 8, 0x5e, 0, 0xfe, 0xdc, 0, 0, 0, 0) },
	{ "IPv4, 4 bytes of options", 0, 44,
	  { V4_WANT(44, 24), TCP_WANT(44, ACK, 0) },
	  BYTES(V4(6, 44, 0, 6), 1, 1, 1, 0, TCP(5, ACK)) },
	{ "IPv4, 40 bytes of options, doff 15", 0, 130,
	  { V4_WANT(130, 60), TCP_WANT(120, ACK, 10) },
	  BYTES(V4(15, 130, 0, 6), B8, B8, B8, B8, B8, TCP(15, ACK), B8, B8, B8,
		B8, B8) },
	{ "IPv4, doff 15, options not captured", 0, 90,
	  { V4_WANT(90, 20), TCP_WANT(80, ACK, 10) },
	  BYTES(V4(5, 90, 0, 6), TCP(15, ACK)) },
	{ "IPv4, doff 6", 0, 44,
	  { V4_WANT(44, 20), TCP_WANT(44, ACK, 0) },
	  BYTES(V4(5, 44, 0, 6), TCP(6, ACK), 1, 1, 1, 1) },
	{ "IPv4, doff 4", -TT_PARSE_BAD_HEADER, 40,
	  { V4_WANT(40, 20) },
	  BYTES(V4(5, 40, 0, 6), TCP(4, ACK)) },
	{ "IPv4, doff 0", -TT_PARSE_BAD_HEADER, 40,
	  { V4_WANT(40, 20) },
	  BYTES(V4(5, 40, 0, 6), TCP(0, ACK)) },
	{ "IPv4, doff 6 past the packet", -TT_PARSE_BAD_HEADER, 44,
	  { V4_WANT(40, 20) },
	  BYTES(V4(5, 40, 0, 6), TCP(6, ACK), 1, 1, 1, 1) },
	{ "IPv4, total length ends in the TCP header", -TT_PARSE_BAD_HEADER, 40,
	  { V4_WANT(39, 20) },
	  BYTES(V4(5, 39, 0, 6), TCP(5, ACK)) },
	{ "IPv4, total length below its header", -TT_PARSE_BAD_HEADER, 40,
	  { .version = 0 },
	  BYTES(V4(5, 19, 0, 6), TCP(5, ACK)) },
	{ "IPv4, total length 65535", 0, 65535,
	  { V4_WANT(65535, 20), TCP_WANT(40, ACK, 65495) },
	  BYTES(V4(5, 65535, 0, 6), TCP(5, ACK)) },
	{ "IPv4, total length 0: an aggregate", 0, 131032,
	  { V4_WANT(131032, 20), TCP_WANT(40, ACK, 130992) },
	  BYTES(V4(5, 0, 0, 6), TCP(5, ACK)) },
	{ "IPv4, total length 0 and no other", -TT_PARSE_BAD_HEADER, 0,
	  { .version = 0 },
	  BYTES(V4(5, 0, 0, 6), TCP(5, ACK)) },
	{ "IPv4, ihl 4", -TT_PARSE_BAD_HEADER, 40,
	  { .version = 0 },
	  BYTES(V4(4, 40, 0, 6), TCP(5, ACK)) },
	{ "IPv4, ihl 0", -TT_PARSE_BAD_HEADER, 40,
	  { .version = 0 },
	  BYTES(V4(0, 40, 0, 6), TCP(5, ACK)) },
	{ "IPv4, UDP", -TT_PARSE_NOT_TCP, 40,
	  { V4_WANT(40, 20) },
	  BYTES(V4(5, 40, 0, 17), TCP(5, ACK)) },
	{ "IPv4, first fragment", 0, 60,
	  { V4_WANT(60, 20), TCP_WANT(40, ACK, 20) },
	  BYTES(V4(5, 60, 0x2000, 6), TCP(5, ACK), B8, B8, 0, 0, 0, 0) },
	{ "IPv4, later fragment", -TT_PARSE_FRAGMENT, 60,
	  { V4_WANT(60, 20), .frag = 1 },
	  BYTES(V4(5, 60, 0x2001, 6), TCP(5, ACK), B8, B8, 0, 0, 0, 0) },
	{ "IPv4, last fragment, highest offset", -TT_PARSE_FRAGMENT, 28,
	  { V4_WANT(28, 20), .frag = 1 },
	  BYTES(V4(5, 28, 0x1fff, 6), B8) },
	{ "IPv4, later fragment of UDP", -TT_PARSE_NOT_TCP, 28,
	  { V4_WANT(28, 20) },
	  BYTES(V4(5, 28, 0x0001, 17), B8) },
	{ "IPv4, evil bit and DF are no fragment", 0, 40,
	  { V4_WANT(40, 20), TCP_WANT(40, ACK, 0) },
	  BYTES(V4(5, 40, 0xc000, 6), TCP(5, ACK)) },
	{ "IPv6, bare ACK", 0, 60,
	  { V6_WANT(60, 40), TCP_WANT(60, ACK, 0) },
	  BYTES(V6(20, 6), TCP(5, ACK)) },
	{ "IPv6, SYN with options", 0, 80,
	  { V6_WANT(80, 40), TCP_WANT(80, SYN, 0) },
	  BYTES(V6(40, 6), TCP(10, SYN), SYN_OPTS) },
	{ "IPv6, payload", 0, 1500,
	  { V6_WANT(1500, 40), TCP_WANT(60, ACK, 1440) },
	  BYTES(V6(1460, 6), TCP(5, ACK)) },
	{ "IPv6, doff 15", 0, 100,
	  { V6_WANT(100, 40), TCP_WANT(100, ACK, 0) },
	  BYTES(V6(60, 6), TCP(15, ACK), B8, B8, B8, B8, B8) },
	{ "IPv6, doff 4", -TT_PARSE_BAD_HEADER, 60,
	  { V6_WANT(60, 40) },
	  BYTES(V6(20, 6), TCP(4, ACK)) },
	{ "IPv6, payload length ends in the TCP header", -TT_PARSE_BAD_HEADER, 60,
	  { V6_WANT(59, 40) },
	  BYTES(V6(19, 6), TCP(5, ACK)) },
	{ "IPv6, payload length 0: an aggregate", 0, 200000,
	  { V6_WANT(200000, 40), TCP_WANT(60, ACK, 199940) },
	  BYTES(V6(0, 6), TCP(5, ACK)) },
	{ "IPv6, jumbo payload option", 0, 100068,
	  { V6_WANT(100068, 48), TCP_WANT(68, ACK, 100000) },
	  BYTES(V6(0, HOP), 6, 0, 0xc2, 4, 0, 1, 0x86, 0xbc, TCP(5, ACK)) },
	{ "IPv6, UDP", -TT_PARSE_NOT_TCP, 60,
	  { V6_WANT(60, 40) },
	  BYTES(V6(20, 17), TCP(5, ACK)) },
	{ "IPv6, no next header", -TT_PARSE_NOT_TCP, 40,
	  { V6_WANT(40, 40) },
	  BYTES(V6(0, 59)) },
	{ "IPv6, hop-by-hop", 0, 68,
	  { V6_WANT(68, 48), TCP_WANT(68, ACK, 0) },
	  BYTES(V6(28, HOP), EXT8(6, 0), TCP(5, ACK)) },
	{ "IPv6, destination options of 16 bytes", 0, 76,
	  { V6_WANT(76, 56), TCP_WANT(76, ACK, 0) },
	  BYTES(V6(36, DST), EXT8(6, 1), B8, TCP(5, ACK)) },
	{ "IPv6, hop-by-hop, routing of 24, destination", 0, 100,
	  { V6_WANT(100, 80), TCP_WANT(100, ACK, 0) },
	  BYTES(V6(60, HOP), EXT8(43, 0), EXT8(DST, 2), B8, B8, EXT8(6, 0),
		TCP(5, ACK)) },
	{ "IPv6, authentication header of 24", 0, 84,
	  { V6_WANT(84, 64), TCP_WANT(84, ACK, 0) },
	  BYTES(V6(44, 51), EXT8(6, 4), B8, B8, TCP(5, ACK)) },
	{ "IPv6, six extension headers", 0, 116,
	  { V6_WANT(116, 88), TCP_WANT(108, ACK, 8) },
	  BYTES(V6(76, HOP), EXT8(DST, 0), EXT8(43, 0), FRAG(51, 0),
		EXT8(DST, 0), EXT8(DST, 0), EXT8(6, 0), TCP(5, ACK), B8) },
	{ "IPv6, seven extension headers", -TT_PARSE_NOT_TCP, 116,
	  { V6_WANT(116, 88) },
	  BYTES(V6(76, DST), EXT8(DST, 0), EXT8(DST, 0), EXT8(DST, 0),
		EXT8(DST, 0), EXT8(DST, 0), EXT8(DST, 0), EXT8(6, 0),
		TCP(5, ACK)) },
	{ "IPv6, extension header leads to UDP", -TT_PARSE_NOT_TCP, 68,
	  { V6_WANT(68, 48) },
	  BYTES(V6(28, HOP), EXT8(17, 0), TCP(5, ACK)) },
	{ "IPv6, extension header past the capture", -TT_PARSE_TRUNCATED, 68,
	  { V6_WANT(68, 2088) },
	  BYTES(V6(28, HOP), EXT8(6, 255), TCP(5, ACK)) },
	{ "IPv6, TCP header ends at the last byte kept", 0, 168,
	  { V6_WANT(168, 140), TCP_WANT(160, ACK, 8) },
	  BYTES(V6(128, 51), EXT8(6, 23), B8, B8, B8, B8, B8, B8, B8, B8, B8,
		B8, B8, 0, 0, 0, 0, TCP(5, ACK), B8) },
	{ "IPv6, TCP header beyond the bytes kept", -TT_PARSE_TRUNCATED, 172,
	  { V6_WANT(172, 144) },
	  BYTES(V6(132, DST), EXT8(6, 12), B8, B8, B8, B8, B8, B8, B8, B8, B8,
		B8, B8, B8, TCP(5, ACK), B8) },
	{ "IPv6, extension header at the last byte kept", -TT_PARSE_TRUNCATED, 180,
	  { V6_WANT(180, 160) },
	  BYTES(V6(140, DST), EXT8(DST, 13), B8, B8, B8, B8, B8, B8, B8, B8, B8,
		B8, B8, B8, B8, EXT8(6, 0), TCP(5, ACK)) },
	{ "IPv6, atomic fragment", 0, 68,
	  { V6_WANT(68, 48), TCP_WANT(68, ACK, 0) },
	  BYTES(V6(28, 44), FRAG(6, 0), TCP(5, ACK)) },
	{ "IPv6, first fragment", 0, 68,
	  { V6_WANT(68, 48), TCP_WANT(68, ACK, 0) },
	  BYTES(V6(28, 44), FRAG(6, 1), TCP(5, ACK)) },
	{ "IPv6, later fragment", -TT_PARSE_FRAGMENT, 68,
	  { V6_WANT(68, 48), .frag = 1 },
	  BYTES(V6(28, 44), FRAG(6, 8), TCP(5, ACK)) },
	{ "IPv6, reserved bits are no fragment offset", 0, 68,
	  { V6_WANT(68, 48), TCP_WANT(68, ACK, 0) },
	  BYTES(V6(28, 44), FRAG(6, 6), TCP(5, ACK)) },
	{ "IPv6, hop-by-hop and later fragment", -TT_PARSE_FRAGMENT, 76,
	  { V6_WANT(76, 56), .frag = 1 },
	  BYTES(V6(36, HOP), EXT8(44, 0), FRAG(6, 0xfff8), TCP(5, ACK)) },
	{ "IPv6, later fragment that began with options", -TT_PARSE_NOT_TCP, 68,
	  { V6_WANT(68, 48), .frag = 1 },
	  BYTES(V6(28, 44), FRAG(DST, 8), TCP(5, ACK)) },
	{ "version 0", -TT_PARSE_NOT_IP, 40,
	  { .version = 0 },
	  BYTES(B8, B8, B8, B8, B8) },
	{ "version 5", -TT_PARSE_NOT_IP, 40,
	  { .version = 0 },
	  BYTES(0x55, B8, B8, B8, B8) },
	{ "version 15", -TT_PARSE_NOT_IP, 1,
	  { .version = 0 },
	  BYTES(0xff) },
	{ "nothing", -TT_PARSE_TRUNCATED, 0,
	  { .version = 0 },
	  .len = 0 },
};

#undef ACK
#undef SYN
#undef HOP
#undef DST

#define PACKET_ROWS (sizeof(packet_rows) / sizeof(packet_rows[0]))

#endif
