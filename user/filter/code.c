// SPDX-License-Identifier: BSD-2-Clause
/*
 * One pass over the classic program. Registers: r1 the frame, r2 A, r3 X, r4
 * caplen, r5 scratch, r6 the first byte, r0 the result; M[] is on the stack.
 * All arithmetic is that of 32 bits, which clears the upper half. Every load is
 * checked against caplen, as classic BPF does it (beyond it the program returns
 * 0), and against FRAME_LIMIT, which is what the verifier goes by.
 *
 * Jumps of classic BPF are forward and count instructions; where those end up
 * is known after the pass, so jumps are mended then.
 */
#include "filter/code.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Classic and extended BPF share these. */
enum {
	CLASS_LD = 0, CLASS_LDX = 1, CLASS_ST = 2, CLASS_STX = 3, CLASS_ALU = 4,
	CLASS_JMP = 5, CLASS_RET = 6, CLASS_MISC = 7, /* extended: 6 is JMP32 */
	SIZE_W = 0x00, SIZE_H = 0x08, SIZE_B = 0x10,
	MODE_IMM = 0x00, MODE_ABS = 0x20, MODE_IND = 0x40, MODE_MEM = 0x60,
	MODE_LEN = 0x80, MODE_MSH = 0xa0,
	OP_ADD = 0x00, OP_SUB = 0x10, OP_MUL = 0x20, OP_DIV = 0x30, OP_OR = 0x40,
	OP_AND = 0x50, OP_LSH = 0x60, OP_RSH = 0x70, OP_NEG = 0x80, OP_MOD = 0x90,
	OP_XOR = 0xa0, OP_MOV = 0xb0, OP_END = 0xd0,
	JMP_JA = 0x00, JMP_EQ = 0x10, JMP_GT = 0x20, JMP_GE = 0x30, JMP_SET = 0x40,
	JMP_EXIT = 0x90,
	SRC_K = 0x00, SRC_X = 0x08,
	RVAL_A = 0x10, MISC_TAX = 0x00, MISC_TXA = 0x80,
	EBPF_LDX = 1, EBPF_STX = 3, EBPF_ALU = 4, EBPF_JMP = 5, EBPF_JMP32 = 6,
	EBPF_ALU64 = 7, SIZE_DW = 0x18,
};

enum { R_RET, R_FRAME, R_A, R_X, R_CAPLEN, R_TMP, R_BASE, R_STACK = 10 };

enum { MEMWORDS = 16, MAX_PROG = 4096, PER_INSN = 12, PROLOGUE = 8 + MEMWORDS };

/* Loads of the kernel's own facts: negative offsets */
#define AD_OFF 0xfffff000u
#define AD_PKTTYPE (AD_OFF + 4)

struct jump {
	uint32_t at;   /* its instruction */
	uint32_t to;   /* classic index; count: the `return 0` at the end */
};

struct translation {
	struct filter_code *code;
	const struct cbpf_insn *prog;
	size_t count;
	uint32_t *starts; /* of each classic instruction */
	struct jump *jumps;
	size_t njumps;
	bool x_free; /* X may hold more than the length of an IP header */
};

static void put(struct translation *t, uint8_t code, uint8_t dst, uint8_t src,
		int16_t off, int32_t imm)
{
	t->code->insns[t->code->count++] = (struct ebpf_insn){
		.code = code, .dst_reg = dst, .src_reg = src, .off = off, .imm = imm,
	};
}

static void put_jump(struct translation *t, uint8_t code, uint8_t dst,
		     uint8_t src, uint32_t imm, size_t to)
{
	t->jumps[t->njumps++] = (struct jump){ t->code->count, to };
	put(t, code, dst, src, 0, imm);
}

static void reject_if(struct translation *t, uint8_t op, uint8_t dst,
		      uint8_t src, uint32_t imm)
{
	put_jump(t, EBPF_JMP32 | op, dst, src, imm, t->count);
}

static void move(struct translation *t, uint8_t dst, uint8_t src)
{
	put(t, EBPF_ALU | OP_MOV | SRC_X, dst, src, 0, 0);
}

static void move_imm(struct translation *t, uint8_t dst, uint32_t imm)
{
	put(t, EBPF_ALU | OP_MOV | SRC_K, dst, 0, 0, imm);
}

static void put_prologue(struct translation *t)
{
	put(t, EBPF_LDX | MODE_MEM | SIZE_W, R_TMP, R_FRAME, FRAME_START, 0);
	put(t, EBPF_ALU | OP_AND | SRC_K, R_TMP, 0, 0, 31);
	put(t, EBPF_LDX | MODE_MEM | SIZE_W, R_CAPLEN, R_FRAME, FRAME_CAPLEN, 0);
	put(t, EBPF_ALU64 | OP_MOV | SRC_X, R_BASE, R_FRAME, 0, 0);
	put(t, EBPF_ALU64 | OP_ADD | SRC_X, R_BASE, R_TMP, 0, 0);
	put(t, EBPF_ALU64 | OP_ADD | SRC_K, R_BASE, 0, 0, FRAME_BYTES);
	move_imm(t, R_A, 0);
	move_imm(t, R_X, 0);
}

static void clear_memory(struct translation *t)
{
	uint32_t used = 0;

	for (size_t i = 0; i < t->count; i++) {
		uint16_t c = t->prog[i].code;

		if (((c & 7) <= CLASS_LDX && (c & 0xe0) == MODE_MEM) ||
		    (c & 7) == CLASS_ST || (c & 7) == CLASS_STX)
			used |= 1u << t->prog[i].k % MEMWORDS;
	}
	for (int i = 0; i < MEMWORDS; i++)
		if (used >> i & 1) /* A is 0 here */
			put(t, EBPF_STX | MODE_MEM | SIZE_W, R_STACK, R_A,
			    -4 * (i + 1), 0);
}

static uint32_t size_of(uint16_t code)
{
	switch (code & 0x18) {
	case SIZE_W:
		return 4;
	case SIZE_H:
		return 2;
	default:
		return 1;
	}
}

static void from_network(struct translation *t, uint8_t reg, uint32_t size)
{
	if (size > 1)
		put(t, EBPF_ALU | OP_END | SRC_X, reg, 0, 0, 8 * size);
}

static void note_need(struct translation *t, uint64_t off, uint32_t size)
{
	if (off + size > t->code->need)
		t->code->need = off + size > FRAME_LIMIT ? FRAME_LIMIT : off + size;
	if (off < 12)
		t->code->reads_macs = 1;
}

static void load_at(struct translation *t, uint8_t dst, uint8_t ptr,
		    uint32_t off, uint16_t code)
{
	put(t, EBPF_LDX | MODE_MEM | (code & 0x18), dst, ptr, off, 0);
	from_network(t, dst, size_of(code));
}

static int load_abs(struct translation *t, uint8_t dst, uint32_t k, uint16_t code)
{
	uint32_t size = size_of(code);

	if (k == AD_PKTTYPE) {
		put(t, EBPF_LDX | MODE_MEM | SIZE_W, dst, R_FRAME, FRAME_PKTTYPE, 0);
		return 0;
	}
	if (k >= 0x80000000)
		return -ENOTSUP;
	if (k > FRAME_LIMIT - size) {
		note_need(t, k, size);
		put_jump(t, EBPF_JMP | JMP_JA, 0, 0, 0, t->count);
		return 0;
	}
	note_need(t, k, size);
	move_imm(t, R_TMP, k + size);
	reject_if(t, JMP_GT | SRC_X, R_TMP, R_CAPLEN, 0);
	load_at(t, dst, R_BASE, k, code);
	return 0;
}

static void load_ind(struct translation *t, uint32_t k, uint16_t code)
{
	uint32_t size = size_of(code);

	if (t->x_free || k > FRAME_LIMIT)
		note_need(t, FRAME_LIMIT, 0);
	else
		note_need(t, k + 60, size);
	if (k < 12)
		t->code->reads_macs = 1;
	/* X + k + size in 32 bits: neither may be near their end. */
	if (k > FRAME_LIMIT - size) {
		put_jump(t, EBPF_JMP | JMP_JA, 0, 0, 0, t->count);
		return;
	}
	reject_if(t, JMP_GT | SRC_K, R_X, 0, FRAME_LIMIT - size - k);
	move(t, R_TMP, R_X);
	put(t, EBPF_ALU | OP_ADD | SRC_K, R_TMP, 0, 0, k + size);
	reject_if(t, JMP_GT | SRC_X, R_TMP, R_CAPLEN, 0);
	move(t, R_TMP, R_X);
	put(t, EBPF_ALU64 | OP_ADD | SRC_X, R_TMP, R_BASE, 0, 0);
	load_at(t, R_A, R_TMP, k, code);
}

static int put_load(struct translation *t, const struct cbpf_insn *i)
{
	uint8_t dst = (i->code & 7) == CLASS_LDX ? R_X : R_A;

	switch (i->code & 0xe0) {
	case MODE_IMM:
		move_imm(t, dst, i->k);
		t->x_free |= dst == R_X;
		return 0;
	case MODE_ABS:
		return load_abs(t, dst, i->k, i->code);
	case MODE_IND:
		load_ind(t, i->k, i->code);
		return 0;
	case MODE_MEM:
		put(t, EBPF_LDX | MODE_MEM | SIZE_W, dst, R_STACK,
		    -4 * ((int)(i->k % MEMWORDS) + 1), 0);
		t->x_free |= dst == R_X;
		return 0;
	case MODE_LEN:
		put(t, EBPF_LDX | MODE_MEM | SIZE_W, dst, R_FRAME, FRAME_WIRE_LEN, 0);
		t->x_free |= dst == R_X;
		return 0;
	case MODE_MSH: /* the length of an IPv4 header */
		if (load_abs(t, R_X, i->k, SIZE_B))
			return -ENOTSUP;
		put(t, EBPF_ALU | OP_AND | SRC_K, R_X, 0, 0, 0xf);
		put(t, EBPF_ALU | OP_LSH | SRC_K, R_X, 0, 0, 2);
		return 0;
	default:
		return -ENOTSUP;
	}
}

/* Shifts by more than 31 give 0 in classic BPF, of which extended BPF takes
 * the low bits; division by 0 ends the program. */
static int put_alu(struct translation *t, const struct cbpf_insn *i)
{
	uint8_t op = i->code & 0xf0, src = i->code & SRC_X;

	switch (op) {
	case OP_LSH:
	case OP_RSH:
		if (!src && i->k > 31) {
			move_imm(t, R_A, 0);
			return 0;
		}
		if (src) {
			put(t, EBPF_JMP32 | JMP_GT | SRC_K, R_X, 0, 2, 31);
			put(t, EBPF_ALU | op | SRC_X, R_A, R_X, 0, 0);
			put(t, EBPF_JMP | JMP_JA, 0, 0, 1, 0);
			move_imm(t, R_A, 0);
			return 0;
		}
		break;
	case OP_DIV:
	case OP_MOD:
		if (src)
			reject_if(t, JMP_EQ | SRC_K, R_X, 0, 0);
		else if (!i->k)
			return -ENOTSUP;
		break;
	case OP_NEG:
		put(t, EBPF_ALU | OP_NEG, R_A, 0, 0, 0);
		return 0;
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_OR:
	case OP_AND:
	case OP_XOR:
		break;
	default:
		return -ENOTSUP;
	}
	put(t, EBPF_ALU | op | src, R_A, src ? R_X : 0, 0, src ? 0 : i->k);
	return 0;
}

static int put_branch(struct translation *t, const struct cbpf_insn *i, size_t at)
{
	uint8_t op = i->code & 0xf0, src = i->code & SRC_X;

	if (op == JMP_JA) {
		if (i->k >= t->count - at - 1) /* backward, too: it is signed */
			return -ELOOP;
		put_jump(t, EBPF_JMP | JMP_JA, 0, 0, 0, at + 1 + i->k);
		return 0;
	}
	if (op > JMP_SET || at + 1 + i->jt >= t->count ||
	    at + 1 + i->jf >= t->count)
		return -ENOTSUP;
	put_jump(t, EBPF_JMP32 | op | src, R_A, src ? R_X : 0, src ? 0 : i->k,
		 at + 1 + i->jt);
	if (i->jf)
		put_jump(t, EBPF_JMP | JMP_JA, 0, 0, 0, at + 1 + i->jf);
	return 0;
}

static int put_one(struct translation *t, size_t at)
{
	const struct cbpf_insn *i = &t->prog[at];

	switch (i->code & 7) {
	case CLASS_LD:
	case CLASS_LDX:
		return put_load(t, i);
	case CLASS_ST:
	case CLASS_STX:
		put(t, EBPF_STX | MODE_MEM | SIZE_W, R_STACK,
		    (i->code & 7) == CLASS_ST ? R_A : R_X,
		    -4 * ((int)(i->k % MEMWORDS) + 1), 0);
		return 0;
	case CLASS_ALU:
		return put_alu(t, i);
	case CLASS_JMP:
		return put_branch(t, i, at);
	case CLASS_RET:
		if ((i->code & 0x18) == RVAL_A)
			move(t, R_RET, R_A);
		else
			move_imm(t, R_RET, i->k);
		put(t, EBPF_JMP | JMP_EXIT, 0, 0, 0, 0);
		return 0;
	default: /* CLASS_MISC */
		if ((i->code & 0xf8) == MISC_TXA) {
			move(t, R_A, R_X);
		} else {
			move(t, R_X, R_A);
			t->x_free = true;
		}
		return 0;
	}
}

static int mend_jumps(struct translation *t)
{
	for (size_t i = 0; i < t->njumps; i++) {
		const struct jump *j = &t->jumps[i];
		int64_t off = (int64_t)t->starts[j->to] - j->at - 1;

		if (off > INT16_MAX)
			return -E2BIG;
		t->code->insns[j->at].off = off;
	}
	return 0;
}

/* Whether X ever holds what is no header's length, wherever that stands: what
 * is said of the bytes a load may need must hold for all paths. */
static bool sets_x_freely(const struct cbpf_insn *prog, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint16_t c = prog[i].code;

		if ((c & 7) == CLASS_LDX && (c & 0xe0) != MODE_MSH)
			return true;
		if ((c & 7) == CLASS_MISC && (c & 0xf8) == MISC_TAX)
			return true;
	}
	return false;
}

static int translate(struct translation *t)
{
	int err = 0;

	put_prologue(t);
	clear_memory(t);
	t->x_free = sets_x_freely(t->prog, t->count);
	for (size_t i = 0; !err && i < t->count; i++) {
		t->starts[i] = t->code->count;
		err = put_one(t, i);
	}
	if (err)
		return err;
	t->starts[t->count] = t->code->count;
	/* The verifier refuses what no jump leads to. */
	for (size_t i = 0; i < t->njumps; i++)
		if (t->jumps[i].to == t->count) {
			move_imm(t, R_RET, 0);
			put(t, EBPF_JMP | JMP_EXIT, 0, 0, 0, 0);
			break;
		}
	return mend_jumps(t);
}

int filter_code__translate(struct filter_code *code, const struct cbpf_insn *prog,
			   size_t count, const char **why)
{
	struct translation t = { .code = code, .prog = prog, .count = count };
	int err = -E2BIG;

	memset(code, 0, sizeof(*code));
	if (count && count <= MAX_PROG) {
		code->insns = calloc(PROLOGUE + PER_INSN * count + 2,
				     sizeof(*code->insns));
		t.starts = calloc(count + 1, sizeof(*t.starts));
		t.jumps = calloc(3 * count, sizeof(*t.jumps));
		err = code->insns && t.starts && t.jumps ? translate(&t) : -ENOMEM;
	}
	*why = err == -ELOOP ? "it has a loop, which cannot run in the kernel" :
	       err == -E2BIG ? "it is too long to run in the kernel" :
	       err == -ENOMEM ? "out of memory" :
	       "it asks for what the kernel side does not know";
	free(t.starts);
	free(t.jumps);
	if (err)
		filter_code__clear(code);
	return err;
}

void filter_code__clear(struct filter_code *code)
{
	free(code->insns);
	memset(code, 0, sizeof(*code));
}
