// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../packets.h"

/* On a heap block of exactly the captured size: one byte further is an error
 * of the address sanitizer. shift moves the packet off its alignment. */
static int parse_copy(const struct packet_row *row, __u32 caplen, size_t shift,
		      struct tt_seg *seg)
{
	__u8 *block = malloc(caplen + shift + !caplen);
	int ret;

	assert_non_null(block);
	memcpy(block + shift, row->data, caplen);
	memset(seg, 0xaa, sizeof(*seg));
	ret = tt_parse_segment(block + shift, caplen, row->wire_len, seg);
	free(block);
	return ret;
}

static void check_row(const struct packet_row *row, size_t shift)
{
	struct tt_seg seg;
	int ret = parse_copy(row, row->len, shift, &seg);

	if (ret != row->ret)
		fail_msg("%s: %d, not %d", row->name, ret, row->ret);
	if (memcmp(&seg, &row->want, sizeof(seg))) {
		print_error("%s\n", row->name);
		assert_memory_equal(&seg, &row->want, sizeof(seg));
	}
}

static void rows_parse_as_written(void **state)
{
	size_t i, shift;

	(void)state;
	for (i = 0; i < PACKET_ROWS; i++)
		for (shift = 0; shift < 4; shift++)
			check_row(&packet_rows[i], shift);
}

/* Less of a packet gives the same answer or TRUNCATED, never another. */
static void every_truncation_is_told(void **state)
{
	size_t i;
	__u32 n;

	(void)state;
	for (i = 0; i < PACKET_ROWS; i++) {
		const struct packet_row *row = &packet_rows[i];
		int seen_full = 0;

		for (n = 0; n < row->len; n++) {
			struct tt_seg seg;
			int ret = parse_copy(row, n, 0, &seg);

			if (ret == row->ret && ret != -TT_PARSE_TRUNCATED)
				seen_full = 1;
			else if (ret != -TT_PARSE_TRUNCATED || seen_full)
				fail_msg("%s, %u bytes: %d", row->name, n, ret);
		}
	}
}

static void tcp_header_needs_20_bytes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < PACKET_ROWS; i++) {
		const struct packet_row *row = &packet_rows[i];
		__u32 need = row->want.l4_off + TT_TCP_LEN;
		struct tt_seg seg;

		if (row->ret)
			continue;
		assert_int_equal(parse_copy(row, need - 1, 0, &seg),
				 -TT_PARSE_TRUNCATED);
		assert_int_equal(parse_copy(row, need, 0, &seg), 0);
		assert_memory_equal(&seg, &row->want, sizeof(seg));
	}
}

struct opt_row {
	const char *name;
	struct tt_tcp_opts want;
	__u32 len;
	__u8 data[40];
};

#define MSS 2, 4, 5, 0xb4
#define TS 8, 10, 0x80, 1, 2, 3, 0x90, 5, 6, 7
#define TS_WANT .has_ts = 1, .tsval = 0x80010203, .tsecr = 0x90050607
#define BLOCK(n) 0xf0, 0, 0, (n), 0xf1, 0, 0, (n)
#define BLOCK_WANT(n) { 0xf0000000 + (n), 0xf1000000 + (n) }

static const struct opt_row opt_rows[] = {
	{ "none", { .cut = 0 }, .len = 0 },
	{ "end of list hides what follows", { .cut = 0 }, BYTES(0, MSS, 0, 0, 0) },
	{ "NOPs", { .cut = 0 }, BYTES(1, 1, 1, 1) },
	{ "a Linux SYN",
	  { .has_mss = 1, .mss = 1460, .sackok = 1, .has_ts = 1,
	    .tsval = 0x0a0b0c0d, .has_wscale = 1, .wscale = 7 },
	  BYTES(SYN_OPTS) },
	{ "timestamps", { TS_WANT }, BYTES(1, 1, TS) },
	{ "one SACK block", { .nsack = 1, .sack = { BLOCK_WANT(1) } },
	  BYTES(1, 1, 5, 10, BLOCK(1)) },
	{ "four SACK blocks",
	  { .nsack = 4, .sack = { BLOCK_WANT(1), BLOCK_WANT(2), BLOCK_WANT(3),
				  BLOCK_WANT(4) } },
	  BYTES(1, 1, 5, 34, BLOCK(1), BLOCK(2), BLOCK(3), BLOCK(4)) },
	{ "timestamps and three SACK blocks",
	  { TS_WANT, .nsack = 3,
	    .sack = { BLOCK_WANT(1), BLOCK_WANT(2), BLOCK_WANT(3) } },
	  BYTES(1, 1, TS, 1, 1, 5, 26, BLOCK(1), BLOCK(2), BLOCK(3)) },
	{ "the last of two counts", { .has_mss = 1, .mss = 1460 },
	  BYTES(2, 4, 1, 1, MSS) },
	{ "window scale as sent", { .has_wscale = 1, .wscale = 255 },
	  BYTES(3, 3, 255, 1) },
	{ "an unknown kind is passed over", { .has_mss = 1, .mss = 1460 },
	  BYTES(254, 6, 1, 2, 3, 4, MSS) },
	{ "an unknown kind without a value", { .has_mss = 1, .mss = 1460 },
	  BYTES(253, 2, MSS) },
	{ "MSS of 3 bytes, the rest counts", { .malformed = 1, TS_WANT },
	  BYTES(2, 3, 5, TS) },
	{ "window scale of 4", { .malformed = 1 }, BYTES(3, 4, 7, 7) },
	{ "SACK permitted of 3", { .malformed = 1 }, BYTES(4, 3, 0, 1) },
	{ "timestamps of 9", { .malformed = 1 },
	  BYTES(8, 9, 1, 2, 3, 4, 5, 6, 7) },
	{ "SACK without a block", { .malformed = 1 }, BYTES(5, 2) },
	{ "SACK of a block and a half", { .malformed = 1 },
	  BYTES(5, 14, BLOCK(1), 1, 2, 3, 4) },
	{ "length 0", { .malformed = 1 }, BYTES(2, 0, 5, 0xb4) },
	{ "length 1", { .malformed = 1 }, BYTES(2, 1, 5, 0xb4) },
	{ "kind without a length", { .cut = 1 }, BYTES(1, 1, 1, 2) },
	{ "MSS past the end", { .cut = 1 }, BYTES(1, 2, 4, 5) },
	{ "five SACK blocks cannot be", { .cut = 1 },
	  BYTES(5, 42, BLOCK(1), BLOCK(2), BLOCK(3), BLOCK(4)) },
	{ "good, then past the end", { .has_mss = 1, .mss = 1460, .cut = 1 },
	  BYTES(MSS, 8, 10, 1, 2) },
};

static int parse_opts_copy(const struct opt_row *row, __u32 len,
			   struct tt_tcp_opts *o)
{
	__u8 *block = malloc(len + !len);
	int ret;

	assert_non_null(block);
	memcpy(block, row->data, len);
	memset(o, 0xaa, sizeof(*o));
	ret = tt_parse_tcp_opts(block, len, o);
	free(block);
	return ret;
}

static void options_parse_as_written(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(opt_rows) / sizeof(opt_rows[0]); i++) {
		const struct opt_row *row = &opt_rows[i];
		int want = row->want.malformed || row->want.cut ?
				   -TT_PARSE_BAD_HEADER : 0;
		struct tt_tcp_opts o;

		if (parse_opts_copy(row, row->len, &o) != want)
			fail_msg("%s: not %d", row->name, want);
		if (memcmp(&o, &row->want, sizeof(o)))
			print_error("%s\n", row->name);
		assert_memory_equal(&o, &row->want, sizeof(o));
	}
}

/* Cut anywhere, options lose values and never gain or change one. */
static void options_cut_anywhere(void **state)
{
	static const struct opt_row syn = { .len = 20, .data = { SYN_OPTS } };
	struct tt_tcp_opts o;
	__u32 n;

	(void)state;
	for (n = 0; n <= syn.len; n++) {
		int ret = parse_opts_copy(&syn, n, &o);

		assert_int_equal(o.has_mss, n >= 4);
		assert_int_equal(o.sackok, n >= 6);
		assert_int_equal(o.has_ts, n >= 16);
		assert_int_equal(o.has_wscale, n >= 20);
		assert_int_equal(o.malformed, 0);
		assert_int_equal(ret, o.cut ? -TT_PARSE_BAD_HEADER : 0);
		assert_int_equal(o.cut, n != 0 && n != 4 && n != 6 && n != 16 &&
						n != 17 && n != 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_parse_as_written),
		cmocka_unit_test(every_truncation_is_told),
		cmocka_unit_test(tcp_header_needs_20_bytes),
		cmocka_unit_test(options_parse_as_written),
		cmocka_unit_test(options_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
