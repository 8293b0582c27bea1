/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libpcap's programs, as eBPF: the body of a function that gets a struct
 * frame (bpf/expr.bpf.h) in its first register and returns what the program
 * does, 0 or not.
 */
#ifndef FILTER_CODE_H
#define FILTER_CODE_H

#include <stddef.h>
#include <stdint.h>

/* As <linux/filter.h> and <linux/bpf.h> have them: fixed by the kernel's ABI,
 * and here by our own names, as libpcap's header has others for the same. */
struct cbpf_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

struct ebpf_insn {
	uint8_t code;
	uint8_t dst_reg : 4;
	uint8_t src_reg : 4;
	int16_t off;
	int32_t imm;
};

/* The frame as the kernel programs lay it out. */
#define FRAME_WIRE_LEN 0 /* u32: what `len` and `less` ask for */
#define FRAME_CAPLEN 4	 /* u32: bytes that are there, from the first on */
#define FRAME_START 8	 /* u32: where the first byte is, below 32 */
#define FRAME_PKTTYPE 12 /* u32: PACKET_* */
#define FRAME_BYTES 16
#define FRAME_LIMIT 2041 /* no load reaches beyond that many bytes */

struct filter_code {
	struct ebpf_insn *insns;
	size_t count;
	uint32_t need; /* bytes of the frame that the program may look at */
	uint8_t reads_macs; /* it looks at the link addresses */
};

/* 0 or -errno: -ENOTSUP for what cannot run in the kernel, with why. */
int filter_code__translate(struct filter_code *code,
			   const struct cbpf_insn *prog, size_t count,
			   const char **why);
void filter_code__clear(struct filter_code *code);

#endif
