/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What parse_test.bpf.c and test_parse_run.c hand each other. */
#ifndef PARSE_TEST_H
#define PARSE_TEST_H

#include "tcptrace/parse.h"

struct parse_case {
	__u32 caplen;
	__u32 wire_len;
	__s32 ret;
	__u32 runs;
	struct tt_seg seg;
	__u8 data[TT_PKT_DATA_LONG];
};

#endif
