// SPDX-License-Identifier: BSD-2-Clause
/*
 * The input is the length on the wire, 4 bytes, and the captured bytes of a
 * packet. What tt_parse_segment() accepts must add up, and a longer capture
 * of the same packet must never change an answer other than TRUNCATED.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "tcptrace/parse.h"

static int parse_exact(const uint8_t *data, size_t size, __u32 wire_len,
		       struct tt_seg *seg)
{
	uint8_t *block = malloc(size + !size);
	int ret;

	REQUIRE(block);
	memcpy(block, data, size);
	ret = tt_parse_segment(block, size, wire_len, seg);
	free(block);
	return ret;
}

static void check_options(const uint8_t *data, size_t size,
			  const struct tt_seg *seg)
{
	size_t end = seg->data_off < size ? seg->data_off : size;
	size_t len = end - seg->l4_off - TT_TCP_LEN;
	uint8_t *block = malloc(len + !len);
	struct tt_tcp_opts o;
	int ret;

	REQUIRE(block);
	memcpy(block, data + seg->l4_off + TT_TCP_LEN, len);
	ret = tt_parse_tcp_opts(block, len, &o);
	REQUIRE(!ret == !(o.malformed || o.cut));
	REQUIRE(o.nsack <= 4);
	REQUIRE(o.has_mss || !o.mss);
	REQUIRE(o.has_wscale || !o.wscale);
	REQUIRE(o.has_ts || !(o.tsval || o.tsecr));
	free(block);
}

static void check_segment(const struct tt_seg *seg)
{
	REQUIRE(seg->version == 4 || seg->version == 6);
	REQUIRE(!seg->frag);
	REQUIRE(seg->l4_off >= (seg->version == 4 ? TT_IPV4_LEN : TT_IPV6_LEN));
	REQUIRE(seg->l4_off + TT_TCP_LEN <= TT_PKT_DATA_LONG);
	REQUIRE(seg->data_off >= seg->l4_off + TT_TCP_LEN);
	REQUIRE(seg->data_off <= seg->l4_off + 60);
	REQUIRE(seg->data_off + seg->payload_len == seg->ip_len);
	REQUIRE(seg->ae <= 1);
}

static void check_shorter(const uint8_t *data, size_t size, __u32 wire_len,
			  int ret, const struct tt_seg *seg)
{
	size_t n, max = size < 200 ? size : 200;
	struct tt_seg less;

	for (n = 0; n < max; n++) {
		int got = parse_exact(data, n, wire_len, &less);

		REQUIRE(got == ret || got == -TT_PARSE_TRUNCATED);
		if (got == 0)
			REQUIRE(!memcmp(&less, seg, sizeof(less)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_seg seg;
	__u32 wire_len;
	int ret;

	if (size < sizeof(wire_len))
		return 0;
	memcpy(&wire_len, data, sizeof(wire_len));
	data += sizeof(wire_len);
	size -= sizeof(wire_len);
	ret = parse_exact(data, size, wire_len, &seg);
	REQUIRE(ret <= 0 && ret >= -TT_PARSE_FRAGMENT);
	REQUIRE(!seg.pad);
	if (ret == -TT_PARSE_FRAGMENT)
		REQUIRE(seg.frag);
	if (!ret) {
		check_segment(&seg);
		check_options(data, size, &seg);
	}
	check_shorter(data, size, wire_len, ret, &seg);
	return 0;
}
