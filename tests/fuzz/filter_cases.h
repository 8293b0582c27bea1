/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions of pcap-filter(7) and packets they may match, from bytes that
 * chance or a fuzzer chose; what asks for the interpreter of libpcap to agree
 * with a translation of it.
 */
#ifndef FILTER_CASES_H
#define FILTER_CASES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "filter/filter.h"

enum { MAX_EXPR = 600, MAX_DEPTH = 3, L2 = 24, DATA = 2048, MAX_PACKET = 256,
       PACKETS = 6 };

struct source {
	const uint8_t *at, *end;
	uint32_t state; /* of what follows the end: made of what stood before */
};

static uint8_t byte(struct source *s)
{
	if (s->at < s->end)
		s->state = (s->state ^ *s->at++) * 0x01000193;
	else
		s->state = s->state * 1664525 + 1013904223;
	return s->state >> 13;
}

static uint32_t word(struct source *s)
{
	uint32_t hi = byte(s);

	return hi << 8 | byte(s);
}

struct text {
	char s[MAX_EXPR];
	size_t len;
};

static void add(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(t->s + t->len, sizeof(t->s) - t->len, fmt, args);
	va_end(args);
	if (n > 0)
		t->len += n;
	if (t->len >= sizeof(t->s))
		t->len = sizeof(t->s) - 1;
}

#define PICK(s, words) words[byte(s) % (sizeof(words) / sizeof(words[0]))]

static const char *const dirs[] = { "", "src ", "dst ", "src or dst ", "src and dst " };
static const char *const protos[] = { "", "tcp ", "ip ", "ip6 ", "udp " };
static const char *const comparisons[] = { "=", "!=", "<", ">", "<=", ">=", "&" };
static const char *const operators[] = { "+", "-", "*", "/", "&", "|", "<<", ">>", "%", "^" };
static const char *const layers[] = { "tcp", "ip", "ether", "ip6", "icmp", "udp" };

static void put_value(struct source *s, struct text *t, int depth)
{
	static const int sizes[] = { 1, 2, 4 };

	switch (byte(s) % (depth ? 6 : 3)) {
	case 0:
		add(t, "%u", byte(s));
		break;
	case 1:
		add(t, "%s[%u:%d]", PICK(s, layers), byte(s) % 64, PICK(s, sizes));
		break;
	case 2:
		add(t, "len");
		break;
	case 3:
		add(t, "tcp[((tcp[12:1] & 0xf0) >> 2):%d]", PICK(s, sizes));
		break;
	case 4:
		add(t, "%s[", PICK(s, layers));
		put_value(s, t, depth - 1);
		add(t, ":%d]", PICK(s, sizes));
		break;
	default:
		add(t, "(");
		put_value(s, t, depth - 1);
		add(t, " %s ", PICK(s, operators));
		put_value(s, t, depth - 1);
		add(t, ")");
	}
}

static void put_test(struct source *s, struct text *t)
{
	uint32_t v;

	switch (byte(s) % 16) {
	case 0:
		add(t, "%shost 10.1.2.%u", PICK(s, dirs), byte(s) & 3);
		break;
	case 1:
		add(t, "ip6 %shost fd01::2:%u", PICK(s, dirs), byte(s) & 3);
		break;
	case 2:
		add(t, "%s%sport %u", PICK(s, protos), PICK(s, dirs), word(s));
		break;
	case 3:
		v = word(s);
		add(t, "%sportrange %u-%u", PICK(s, dirs), v, v | 0xff);
		break;
	case 4:
		v = byte(s) % 25;
		add(t, "net 10.%u.0.0/%u", v & 1, v & 1 ? 16 : 15);
		break;
	case 5:
		add(t, "%s %u", byte(s) & 1 ? "less" : "greater", word(s) % 1600);
		break;
	case 6:
		add(t, "tcp[tcpflags] & (tcp-syn|tcp-fin) %s %u", PICK(s, comparisons),
		    byte(s));
		break;
	case 7:
		add(t, "ether %shost 2:0:0:0:0:%x", byte(s) & 1 ? "src " : "", byte(s) & 3);
		break;
	case 8:
		add(t, "vlan %u", byte(s) & 7);
		break;
	case 9:
		add(t, "%s proto %u", byte(s) & 1 ? "ip" : "ip6", byte(s));
		break;
	case 10:
		add(t, "%s", byte(s) & 1 ? "tcp" : "ip6");
		break;
	case 11:
		add(t, "%s", byte(s) & 1 ? "inbound" : "outbound");
		break;
	case 12:
		add(t, "dst port 9090");
		break;
	default:
		put_value(s, t, 2);
		add(t, " %s ", PICK(s, comparisons));
		put_value(s, t, 2);
	}
}

static void put_expr(struct source *s, struct text *t, int depth)
{
	uint8_t how = depth ? byte(s) % 5 : 0;

	if (how == 1 || how == 2) {
		add(t, "(");
		put_expr(s, t, depth - 1);
		add(t, how == 1 ? " and " : " or ");
		put_expr(s, t, depth - 1);
		add(t, ")");
	} else if (how == 3) {
		add(t, "not (");
		put_expr(s, t, depth - 1);
		add(t, ")");
	} else {
		put_test(s, t);
	}
}

/* As the programs in the kernel have it: struct frame of maps.bpf.h. */
struct frame {
	uint32_t wire_len, caplen, start, pkttype;
	uint8_t bytes[L2 + DATA];
};

_Static_assert(offsetof(struct frame, bytes) == FRAME_BYTES, "struct frame");

static inline void frame_fill(struct frame *f, uint32_t start, const uint8_t *packet,
			      uint32_t caplen, uint32_t wire_len)
{
	f->wire_len = wire_len;
	f->caplen = caplen;
	f->start = start;
	f->pkttype = 0;
	memset(f->bytes, 0x55, sizeof(f->bytes));
	memcpy(f->bytes + start, packet, caplen);
}

/* Where a frame may begin: with 22, 14 or no bytes before its IP header. */
static const uint32_t starts[] = { 2, 6, 10, 24 };

/* What precedes mutations: an expression meets packets it may match. */
static const uint8_t v4_packet[] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
	0x45, 0, 0, 60, 0xab, 0xcd, 0x40, 0, 64, 6, 0, 0, 10, 1, 2, 3, 10, 1, 2, 1,
	0x12, 0x34, 0x23, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 0x50, 0x12, 1, 2, 0, 0, 0, 0,
	'G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P',
};

static const uint8_t v6_packet[] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 5, 0x86, 0xdd,
	0x60, 0, 0, 0, 0, 20, 6, 64, 0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1,
	0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2,
	0x12, 0x34, 0x23, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 0x50, 0x12, 1, 2, 0, 0, 0, 0,
};

/* One of PACKETS: bytes of it, and in *wire_len how long it was. */
static inline uint32_t put_packet(struct source *s, unsigned int i,
				  uint8_t packet[MAX_PACKET], uint32_t *wire_len)
{
	bool v6 = i & 1;
	uint32_t n = v6 ? sizeof(v6_packet) : sizeof(v4_packet);

	memcpy(packet, v6 ? v6_packet : v4_packet, n);
	if (v6 && (i & 2)) { /* without its tag */
		memmove(packet + 12, packet + 16, n - 16);
		n -= 4;
	}
	for (int at = 0; i > 1 && at < 3; at++)
		packet[byte(s) % n] = byte(s);
	if (i > 3)
		n = byte(s) % (n + 1);
	*wire_len = n + (i > 2 ? word(s) % 1500 : 0);
	return n;
}

/* libpcap's interpreter cannot answer what asks for a direction. */
static inline bool asks_for_direction(const struct filter *f)
{
	size_t count;
	const struct cbpf_insn *p = filter__program(f, &count);

	for (size_t i = 0; i < count; i++)
		if (p[i].code <= 0x3f && p[i].k >= 0xfffff000)
			return true;
	return false;
}

#endif
