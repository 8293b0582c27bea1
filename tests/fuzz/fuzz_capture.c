// SPDX-License-Identifier: BSD-2-Clause
/*
 * The input is a capture file. Whatever its bytes, the reader stays inside
 * them, and every frame it hands out can be looked at, made a record, and
 * printed in tcpdump's grammar with all that it may be asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "event/decode.h"
#include "event/frame.h"
#include "fuzz.h"
#include "replay/capture.h"
#include "replay/clocks.h"
#include "view/tcpdump.h"

enum { MAX_ITEMS = 512 };

static void check_record(const struct frame *f, const struct frame_ip *ip)
{
	const struct tt_hdr *rec;
	struct tt_rec_packet r;

	frame__to_record(f, ip, &r);
	REQUIRE(decode_record(&r, r.hdr.len, &rec) == DECODE_OK);
}

static void check_frame(const struct frame *f, struct tcpdump *const *printers,
			struct clocks *clocks, struct out *out)
{
	uint8_t *copy = malloc(f->caplen ? f->caplen : 1); /* ASan guards it */
	struct frame own = *f;
	struct frame_ip ip;

	REQUIRE(copy);
	memcpy(copy, f->data, f->caplen);
	own.data = copy;
	if (frame__ip(&own, &ip) && frame__is_tcp(&own, &ip)) {
		check_record(&own, &ip);
		clocks__first(clocks, &own, &ip);
		clocks__second(clocks, &own, &ip);
		for (int i = 0; i < 3; i++)
			tcpdump__frame(printers[i], &own, out);
		out__reset(out);
	}
	free(copy);
}

static void check_options(const struct pcapng_options *o)
{
	const uint8_t *value;
	uint16_t code, len;
	uint32_t at = 0;

	while (pcapng_next_option(o, &at, &code, &value, &len))
		fuzz_touch(value, len);
}

static void read_all(struct capture *c, struct tcpdump *const *printers,
		     struct clocks *clocks, struct out *out)
{
	struct capture_item item;
	int ret, n = 0;

	while ((ret = capture__next(c, &item)) > 0 && n++ < MAX_ITEMS) {
		if (item.kind == CAPTURE_FRAME) {
			fuzz_touch(item.frame.data, item.frame.caplen);
			REQUIRE(capture__interface(c, item.interface));
			check_frame(&item.frame, printers, clocks, out);
		} else if (item.kind == CAPTURE_BLOCK) {
			fuzz_touch(item.body, item.body_len);
		}
		check_options(&item.options);
	}
	REQUIRE(ret >= 0 || *capture__error(c));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct view_opts opts[3] = {
		{ .form = { .verbose = 2, .link_header = 1, .hex_ascii = 2 } },
		{ .form = { .time_form = 3, .ascii = 1, .number = true } },
		{ .form = { .quiet = 1, .hex = 1, .nanoseconds = true },
		  .absolute_seq = true },
	};
	struct tcpdump *printers[3];
	static struct clocks *clocks; /* large: one for all inputs */
	struct out *out = out__new_mem();
	struct clocks_estimate e;
	struct capture *c;

	if (!clocks)
		clocks = clocks__new();
	clocks__restart(clocks);
	for (int i = 0; i < 3; i++)
		printers[i] = tcpdump__new(&opts[i]);
	if (!capture__open_mem(&c, data, size))
		read_all(c, printers, clocks, out);
	else
		REQUIRE(*capture__error(c));
	clocks__estimate(clocks, &e);
	capture__free(c);
	for (int i = 0; i < 3; i++)
		tcpdump__free(printers[i]);
	out__free(out);
	return 0;
}
