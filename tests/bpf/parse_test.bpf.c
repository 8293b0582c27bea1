// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tt_parse_segment() in the kernel, as the packet tap uses it: on a copy of
 * the headers in a map value. Run by BPF_PROG_TEST_RUN, never attached.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "parse_test.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct parse_case);
} cases SEC(".maps");

SEC("raw_tp")
int parse_one(void *ctx)
{
	__u32 zero = 0;
	struct parse_case *c = bpf_map_lookup_elem(&cases, &zero);

	if (!c)
		return 0;
	c->ret = tt_parse_segment(c->data, c->caplen, c->wire_len, &c->seg);
	c->runs++;
	return 0;
}

/* The tap bounds caplen itself: clang then knows more than the verifier. */
SEC("raw_tp")
int parse_bounded(void *ctx)
{
	__u32 zero = 0;
	struct parse_case *c = bpf_map_lookup_elem(&cases, &zero);
	struct tt_seg seg;
	__u32 caplen;

	if (!c)
		return 0;
	caplen = c->caplen;
	if (caplen > TT_PKT_DATA_LONG)
		caplen = TT_PKT_DATA_LONG;
	c->ret = tt_parse_segment(c->data, caplen, c->wire_len, &seg);
	c->seg = seg;
	c->runs++;
	return 0;
}
