// SPDX-License-Identifier: BSD-2-Clause
/*
 * The translation of FILTER against libpcap's own interpreter. The first half
 * of the input chooses an expression, the second is the packet; both answers
 * must be the same. What runs the translation here is an interpreter of the few
 * instructions it uses; tests/bpf/test_filter_run.c lets the kernel do it.
 */
#include <string.h>

#include "filter_cases.h"
#include "fuzz.h"

enum { MAX_STEPS = 20000 };

/* --- the interpreter --- */

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

static struct { unsigned long expressions, pairs, taken; } told;

/* How much was compared. */
static __attribute__((destructor)) void tell(void)
{
	printf("# %lu expressions, %lu pairs with a packet, %lu of them taken\n",
	       told.expressions, told.pairs, told.taken);
}

/* Both say yes, or both say no. */
static void compare(const struct filter *f, const struct filter_code *code,
		    const uint8_t *packet, uint32_t caplen, uint32_t wire_len)
{
	struct frame *frame = malloc(sizeof(*frame));
	bool want = filter__matches(f, packet, caplen, wire_len);

	for (size_t i = 0; frame && i < sizeof(starts) / sizeof(starts[0]); i++) {
		frame_fill(frame, starts[i], packet, caplen, wire_len);
		if (run(code, frame) != want) {
			fprintf(stderr, "libpcap says %d\n", want);
			REQUIRE(!"the same answer");
		}
	}
	told.pairs++;
	told.taken += want;
	free(frame);
}

static void compare_all(const struct filter *f, const struct filter_code *code,
			struct source *s)
{
	uint8_t packet[MAX_PACKET];
	uint32_t n = s->end - s->at, i, wire_len;

	compare(f, code, s->at, n > 1000 ? 1000 : n, n + word(s) % 1500);
	for (i = 0; i < PACKETS; i++) {
		n = put_packet(s, i, packet, &wire_len);
		compare(f, code, packet, n, wire_len);
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
	told.expressions++;
	if (!asks_for_direction(f) &&
	    !filter_code__translate(&code, prog, count, &why)) {
		compare_all(f, &code, &s);
		filter_code__clear(&code);
	}
	filter__free(f);
	return 0;
}
