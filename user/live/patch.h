/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FILTER into programs that were written without it: where they have a mark
 * (bpf/expr.bpf.h) stands a call of the translated expression, which is put
 * behind their last instruction.
 */
#ifndef LIVE_PATCH_H
#define LIVE_PATCH_H

#include <stddef.h>

struct bpf_program;
struct btf;

/* The instructions of a function of its own; none: it takes nothing. */
struct expr_code {
	const void *insns;
	size_t count;
};

enum { EXPR_FRAME, EXPR_BARE, EXPR_CODES };

/*
 * Loads the program again, with the expressions, in the place of the one that
 * libbpf loaded: under the same descriptor, so that whatever attaches it
 * attaches this. One without a mark is left as it is. 0 or -errno.
 */
int patch__expr(struct bpf_program *prog, const struct btf *btf,
		const struct expr_code code[EXPR_CODES]);

#endif
