// SPDX-License-Identifier: BSD-2-Clause
/* tcpdump's options in the text view: times, numbers, words, dumps. */
#include "tcptrace/event.h"
#include "view_text.h"

static const uint8_t bytes[] = {
	0x45, 0, 0, 43, 0, 7, 0x40, 0, 64, 6, 0x8c, 0xc7, 127, 0, 0, 1, 127, 0, 0, 1,
	0x9c, 0x40, 0x23, 0x82, 0, 0, 3, 0xe9, 0, 0, 7, 0xd1, 0x50, 0x18, 2, 0, 0, 0, 0, 0,
	'a', 'b', 'c',
};

static struct tt_rec_packet record = {
	.hdr = { .kind = TT_REC_PACKET },
	.ifindex = 1,
	.wire_len = sizeof(bytes),
	.caplen = sizeof(bytes),
	.dir = TT_DIR_OUT,
	.ifname = "lo",
};

static struct fact packet(void)
{
	struct fact f = fact_packet_syn();

	memcpy(record.data, bytes, sizeof(bytes));
	record.hdr.len = TT_REC_PACKET_HDR + sizeof(bytes);
	f.packet = &record;
	SET(&f, F_STATE, state, "SYN_SENT");
	return f;
}

static void expect_form(struct packet_form form, const char *want)
{
	struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET, .form = form };
	struct fact f = packet();

	expect_opts(&opts, &f, want);
}

#define OWNER "java/12761.12762      4   > "
#define ENDS "127.0.0.1.40000 > 127.0.0.1.9090: "

static void the_state_stands_behind_the_words(void **state)
{
	(void)state;
	expect_form((struct packet_form){ 0 },
		    OWNER "IP " ENDS "Flags [S], seq 4294967295, win 65495, options [mss "
		    "65495,sackOK,TS val 1 ecr 0,wscale 7], length 0, SYN_SENT");
}

static void words_are_tcpdumps(void **state)
{
	(void)state;
	expect_form((struct packet_form){ .quiet = 1 },
		    OWNER "IP " ENDS "tcp 3, SYN_SENT");
	expect_form((struct packet_form){ .link_header = 1 },
		    OWNER "00:00:00:00:00:00 > 00:00:00:00:00:00, ethertype IPv4 (0x0800), "
		    "length 57: " ENDS "Flags [P.], seq 1001:1004, ack 2001, win 512, "
		    "length 3, SYN_SENT");
	expect_form((struct packet_form){ .verbose = 1 },
		    OWNER "IP (tos 0x0, ttl 64, id 7, offset 0, flags [DF], proto TCP (6), "
		    "length 43, bad cksum 8cc7 (->3cc4)!)\n    " ENDS "Flags [P.], cksum "
		    "0x0000 (incorrect -> 0x1fe8), seq 1001:1004, ack 2001, win 512, "
		    "length 3, SYN_SENT");
}

static void dumps_stand_below(void **state)
{
	(void)state;
	expect_form((struct packet_form){ .quiet = 1, .hex = 1 },
		    OWNER "IP " ENDS "tcp 3, SYN_SENT\n"
		    "\t0x0000:  4500 002b 0007 4000 4006 8cc7 7f00 0001\n"
		    "\t0x0010:  7f00 0001 9c40 2382 0000 03e9 0000 07d1\n"
		    "\t0x0020:  5018 0200 0000 0000 6162 63");
	expect_form((struct packet_form){ .quiet = 1, .hex_ascii = 2 },
		    OWNER "IP " ENDS "tcp 3, SYN_SENT\n"
		    "\t0x0000:  0000 0000 0000 0000 0000 0000 0800 4500  ..............E.\n"
		    "\t0x0010:  002b 0007 4000 4006 8cc7 7f00 0001 7f00  .+..@.@.........\n"
		    "\t0x0020:  0001 9c40 2382 0000 03e9 0000 07d1 5018  ...@#.........P.\n"
		    "\t0x0030:  0200 0000 0000 6162 63                   ......abc");
}

static void expect_stamp(struct packet_form form, const char *want)
{
	struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET, .form = form };
	struct fact f = fact_destroy();
	struct out *out = put(&opts, &f);

	assert_string_equal(out__data(out, NULL), want);
	out__free(out);
}

#define DESTROY "java/12715            5 destroy    :9090 <> 127.0.0.1:40000\n"

static void every_line_has_the_time_that_was_asked_for(void **state)
{
	(void)state;
	expect_stamp((struct packet_form){ .time_form = 1 }, DESTROY);
	expect_stamp((struct packet_form){ .time_form = 2 }, "1795363621.072752 " DESTROY);
	expect_stamp((struct packet_form){ .time_form = 3 }, " 00:00:00.000000 " DESTROY);
	expect_stamp((struct packet_form){ .time_form = 4, .nanoseconds = true },
		     "2026-11-22 16:07:01.072752345 " DESTROY);
	expect_stamp((struct packet_form){ .time_form = 5, .number = true },
		     "    1   00:00:00.000000 " DESTROY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_state_stands_behind_the_words),
		cmocka_unit_test(words_are_tcpdumps),
		cmocka_unit_test(dumps_stand_below),
		cmocka_unit_test(every_line_has_the_time_that_was_asked_for),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
