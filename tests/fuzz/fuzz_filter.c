// SPDX-License-Identifier: BSD-2-Clause
/*
 * The translation of FILTER against libpcap's own interpreter. The first half
 * of the input chooses an expression, the second is the packet; both answers
 * must be the same. What runs the translation here is an interpreter of the few
 * instructions it uses; tests/bpf/test_filter_run.c lets the kernel do it.
 */
#include <stdarg.h>
#include <string.h>

#include "filter/filter.h"
#include "fuzz.h"

enum { MAX_EXPR = 600, MAX_DEPTH = 3, L2 = 24, DATA = 2048, MAX_STEPS = 20000 };

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

/* --- the interpreter --- */

struct frame {
	uint32_t wire_len, caplen, start, pkttype;
	uint8_t bytes[L2 + DATA];
};

static uint64_t load(uint64_t addr, uint8_t size)
{
	const void *p = (const void *)(uintptr_t)addr;
	uint32_t w;
	uint16_t h;

	switch (size) {
	case 0x00:
		memcpy(&w, p, 4);
		return w;
	case 0x08:
		memcpy(&h, p, 2);
		return h;
	default:
		return *(const uint8_t *)p;
	}
}

static uint64_t calculate(uint8_t op, uint64_t a, uint64_t b, bool wide)
{
	uint32_t x = a, y = b;

	if (wide)
		return op == 0x00 ? a + b : b;
	switch (op) {
	case 0x00: return (uint32_t)(x + y);
	case 0x10: return (uint32_t)(x - y);
	case 0x20: return (uint32_t)(x * y);
	case 0x30: return y ? x / y : 0;
	case 0x40: return x | y;
	case 0x50: return x & y;
	case 0x60: return (uint32_t)(x << (y & 31));
	case 0x70: return x >> (y & 31);
	case 0x80: return (uint32_t)-x;
	case 0x90: return y ? x % y : x;
	case 0xa0: return x ^ y;
	case 0xb0: return y;
	default: REQUIRE(!"an operation we use"); return 0;
	}
}

static bool jumps(uint8_t op, uint32_t a, uint32_t b)
{
	switch (op) {
	case 0x10: return a == b;
	case 0x20: return a > b;
	case 0x30: return a >= b;
	case 0x40: return a & b;
	default: REQUIRE(!"a jump we use"); return false;
	}
}

static void run_alu(const struct ebpf_insn *i, uint64_t *r)
{
	if ((i->code & 0xf0) == 0xd0) {
		REQUIRE(i->imm == 16 || i->imm == 32);
		r[i->dst_reg] = i->imm == 16 ?
			__builtin_bswap16(r[i->dst_reg]) :
			__builtin_bswap32(r[i->dst_reg]);
		return;
	}
	r[i->dst_reg] = calculate(i->code & 0xf0, r[i->dst_reg],
				  i->code & 8 ? r[i->src_reg] : (uint32_t)i->imm,
				  (i->code & 7) == 7);
}

static bool run(const struct filter_code *code, const struct frame *frame)
{
	uint8_t stack[64];
	uint64_t r[11] = { [1] = (uintptr_t)frame,
			   [10] = (uintptr_t)(stack + sizeof(stack)) };
	uint32_t w;

	for (size_t pc = 0, steps = 0; pc < code->count; pc++, steps++) {
		const struct ebpf_insn *i = &code->insns[pc];

		REQUIRE(steps < MAX_STEPS);
		switch (i->code & 7) {
		case 1:
			r[i->dst_reg] = load(r[i->src_reg] + i->off, i->code & 0x18);
			break;
		case 3:
			w = r[i->src_reg];
			memcpy((void *)(uintptr_t)(r[i->dst_reg] + i->off), &w, 4);
			break;
		case 4:
		case 7:
			run_alu(i, r);
			break;
		case 5:
			if (i->code == 0x95)
				return (uint32_t)r[0] != 0;
			REQUIRE(i->code == 0x05 && i->off >= 0);
			pc += i->off;
			break;
		case 6:
			REQUIRE(i->off >= 0);
			if (jumps(i->code & 0xf0, r[i->dst_reg],
				  i->code & 8 ? r[i->src_reg] : (uint32_t)i->imm))
				pc += i->off;
			break;
		default:
			REQUIRE(!"an instruction we use");
		}
	}
	REQUIRE(!"it returns");
	return false;
}

/* --- both on one packet --- */

static bool asks_for_direction(const struct filter *f)
{
	size_t count;
	const struct cbpf_insn *p = filter__program(f, &count);

	for (size_t i = 0; i < count; i++)
		if (p[i].code <= 0x3f && p[i].k >= 0xfffff000)
			return true; /* libpcap's interpreter cannot answer it */
	return false;
}

/* 0: both say no, 1: both say yes; they may not differ. */
static void compare(const struct filter *f, const struct filter_code *code,
		    const uint8_t *packet, uint32_t caplen, uint32_t wire_len)
{
	struct frame *frame = calloc(1, sizeof(*frame));
	uint32_t start;

	for (start = 2; frame && start <= 24; start += start == 10 ? 14 : 4) {
		bool want = filter__matches(f, packet, caplen, wire_len);

		frame->wire_len = wire_len;
		frame->caplen = caplen;
		frame->start = start;
		memset(frame->bytes, 0x55, sizeof(frame->bytes));
		memcpy(frame->bytes + start, packet, caplen);
		if (run(code, frame) != want) {
			fprintf(stderr, "libpcap says %d\n", want);
			REQUIRE(!"the same answer");
		}
	}
	free(frame);
}

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

static void compare_all(const struct filter *f, const struct filter_code *code,
			struct source *s)
{
	uint8_t packet[256];
	uint32_t n = s->end - s->at, i, at;

	compare(f, code, s->at, n > 1000 ? 1000 : n, n + word(s) % 1500);
	for (i = 0; i < 6; i++) {
		bool v6 = i & 1;

		n = v6 ? sizeof(v6_packet) : sizeof(v4_packet);
		memcpy(packet, v6 ? v6_packet : v4_packet, n);
		if (v6 && (i & 2)) { /* without its tag */
			memmove(packet + 12, packet + 16, n - 16);
			n -= 4;
		}
		for (at = 0; i > 1 && at < 3; at++)
			packet[byte(s) % n] = byte(s);
		if (i > 3)
			n = byte(s) % (n + 1);
		compare(f, code, packet, n, n + (i > 2 ? word(s) % 1500 : 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source s = { data, data + size / 2, size };
	struct filter_code code;
	struct text expr = { .len = 0 };
	struct filter *f;
	const struct cbpf_insn *prog;
	const char *why;
	size_t count;

	put_expr(&s, &expr, MAX_DEPTH);
	s = (struct source){ data + size / 2, data + size, s.state };
	if (filter__new(&f, expr.s, FILTER_ETHERNET, NULL, 0))
		return 0;
	prog = filter__program(f, &count);
	if (!asks_for_direction(f) &&
	    !filter_code__translate(&code, prog, count, &why)) {
		compare_all(f, &code, &s);
		filter_code__clear(&code);
	}
	filter__free(f);
	return 0;
}
