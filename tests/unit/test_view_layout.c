// SPDX-License-Identifier: BSD-2-Clause
/* Columns, colour, and lines that are too long for a terminal. */
#include <time.h>

#include "view_text.h"

static void a_wide_owner_moves_the_columns_for_good(void **state)
{
	struct fact wide = fact_destroy(), narrow = fact_destroy();
	struct out *out = out__new_mem();
	void *ctx = view_text.new(&plain);

	(void)state;
	wide.comm = "systemd-resolve";
	wide.pid = 1234567;
	wide.tid = 1234568;
	view_text.fact(ctx, &narrow, out);
	view_text.fact(ctx, &wide, out);
	view_text.fact(ctx, &narrow, out);
	assert_string_equal(
		out__data(out, NULL),
		CLOCK "java/12715            5 destroy    :9090 <> 127.0.0.1:40000\n"
		CLOCK "systemd-resolve/1234567.1234568    5 destroy    "
		":9090 <> 127.0.0.1:40000\n"
		CLOCK "java/12715                         5 destroy    "
		":9090 <> 127.0.0.1:40000\n");
	out__free(out);
	view_text.free(ctx);
}

static void a_wide_descriptor_is_whole(void **state)
{
	struct fact f = fact_destroy();

	(void)state;
	f.fd = 1048576;
	expect(&f, "java/12715         1048576 destroy    :9090 <> 127.0.0.1:40000");
	f.fd = 1024;
	expect(&f, "java/12715         1024 destroy    :9090 <> 127.0.0.1:40000");
}

static void colour_is_restrained(void **state)
{
	const struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET,
					.color = true };
	struct fact f = fact_state();

	(void)state;
	expect_opts(&opts, &f,
		    "java/12761.12762      4 \033[1mSYN_SENT\033[0m -> "
		    "\033[1mESTABLISHED\033[0m   :40000 <> 127.0.0.1:9090   "
		    "after 1.2 ms [SYN-ACK]");
	f = fact_shutdown();
	expect_opts(&opts, &f,
		    "java/12761.12762      4 shutdown   :40000 <> 127.0.0.1:9090   "
		    "SHUT_WR, \033[31mfailed ENOTCONN\033[0m");
	f = fact_packet_data();
	fact_clear(&f, F_GSO);
	fact_clear(&f, F_TCP_OPTS);
	expect_opts(&opts, &f,
		    "java/12715            5 \033[2m  < IP 127.0.0.1.40000 > "
		    "127.0.0.1.9090: Flags [P.], seq 1:5, ack 1, win 512, length 4"
		    "\033[0m");
	f = fact_send();
	expect_opts(&opts, &f,
		    "java/12761.12762      4 send       :40000 <> 127.0.0.1:9090   "
		    "5 bytes 10:15, write 12 us");
}

static void arrows_are_drawn_on_request(void **state)
{
	const struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET,
					.unicode = true };
	struct fact f = fact_state();

	(void)state;
	expect_opts(&opts, &f,
		    "java/12761.12762      4 SYN_SENT → ESTABLISHED    "
		    ":40000 ↔ 127.0.0.1:9090    after 1.2 ms [SYN-ACK]");
	f = fact_connect();
	expect_opts(&opts, &f, "java/12761.12762      4 connect    "
			       "127.0.0.1:40000 → 127.0.0.1:9090");
	f = fact_syn_recv();
	f.cookie = false;
	expect_opts(&opts, &f, "java/12715            5 syn_recv   "
			       "127.0.0.1:9090 ← 127.0.0.1:40000");
}

/* Columns of the widest row; a UTF-8 tail and an escape take none. */
static size_t widest(const char *s)
{
	size_t max = 0, n = 0;

	for (; *s; s++) {
		if (*s == '\033')
			s = strchr(s, 'm');
		else if (*s == '\n')
			n = 0;
		else if ((*s & 0xc0) != 0x80 && ++n > max)
			max = n;
	}
	return max;
}

/* The busiest lines of an ordinary connection between two hosts. */
static void ordinary_lines_fit_in_120_columns(void **state)
{
	struct fact (*const makers[])(void) = {
		fact_connect, fact_connected, fact_listen, fact_syn_recv,
		fact_accept, fact_state, fact_send, fact_recv, fact_shutdown,
		fact_close, fact_destroy, fact_retransmit, fact_reset,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		struct fact f = makers[i]();
		struct out *out;

		fact_v4(f.laddr, 192, 168, 10, 20);
		fact_v4(f.raddr, 192, 168, 10, 21);
		fact_clear(&f, F_PEER);
		fact_clear(&f, F_LINGER);
		fact_clear(&f, F_VIA);
		fact_clear(&f, F_UNREAD);
		f.opts.linger_on = false;
		out = put(&plain, &f);
		assert_in_range(widest(out__data(out, NULL)), 40, 120);
		out__free(out);
	}
}

static void a_terminal_never_breaks_a_line_itself(void **state)
{
	(void)state;
	for (int width = 70; width <= 200; width++) {
		const struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET,
						.width = width,
						.color = width & 1,
						.unicode = width & 2 };

		for (size_t i = 0; i < FACT_KINDS; i++) {
			struct fact f = fact_makers[i]();
			struct out *out = put(&opts, &f);
			const char *text = out__data(out, NULL);

			if (widest(text) > (size_t)width)
				fail_msg("width %d: %s", width, text);
			out__free(out);
		}
	}
}

static void long_lines_are_folded_under_their_body(void **state)
{
	struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET, .width = 120 };
	struct fact f = fact_packet_syn();

	(void)state;
	expect_opts(&opts, &f,
		    "java/12761.12762      4   > IP 127.0.0.1.40000 > "
		    "127.0.0.1.9090: Flags [S], seq 4294967295, win 65495,\n"
		    "                                            "
		    "options [mss 65495,sackOK,TS val 1 ecr 0,wscale 7], length 0");
	opts.width = 80;
	f = fact_accept();
	expect_opts(&opts, &f,
		    "java/12715         5 accept     :9090 < 127.0.0.1:40000\n"
		    "                                         "
		    "queued 645 us, queue 1/2,\n"
		    "                                         "
		    "peer java/12761");
	f = fact_connect();
	expect_opts(&opts, &f, "java/12761.12762   4 connect    "
			       "127.0.0.1:40000 > 127.0.0.1:9090");
}

/* Nothing is known of the reader, or there is no room to fold into. */
static void other_lines_are_one_row(void **state)
{
	static const int widths[] = { 0, 1, 40, 67, 1000, -1 };

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		const struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET,
						.width = widths[i] };

		for (size_t k = 0; k < FACT_KINDS; k++) {
			struct fact f = fact_makers[k]();
			struct out *out = put(&opts, &f);
			size_t len;
			const char *text = out__data(out, &len);

			assert_ptr_equal(strchr(text, '\n'), text + len - 1);
			out__free(out);
		}
	}
}

/* Beyond the buffer in which a line is built: whole, and not folded. */
static void a_very_long_line_is_whole(void **state)
{
	static const size_t sizes[] = { 3990, 4000, 4010, 4096, 4097, 9000 };
	const struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET,
					.width = 100 };
	struct fact f = fact_bare(EV_lost);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *why = calloc(1, sizes[i] + 1);
		struct out *out;

		memset(why, 'w', sizes[i]);
		SET(&f, F_WHY, why, why);
		out = put(&opts, &f);
		assert_non_null(strstr(out__data(out, NULL), why));
		out__free(out);
		free(why);
	}
}

static void columns_count_what_has_left_the_buffer(void **state)
{
	struct fact f = fact_bare(EV_close);
	struct out *out;
	const char *text;
	char comm[4091]; /* a little of it is left in the buffer */

	(void)state;
	memset(comm, 'c', sizeof(comm) - 1);
	comm[sizeof(comm) - 1] = '\0';
	SET(&f, F_PID, pid, 1);
	SET(&f, F_COMM, comm, comm);
	out = put(&plain, &f);
	text = out__data(out, NULL);
	assert_string_equal(strstr(text, "/1"), "/1    - close      -\n");
	out__free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wide_owner_moves_the_columns_for_good),
		cmocka_unit_test(a_wide_descriptor_is_whole),
		cmocka_unit_test(colour_is_restrained),
		cmocka_unit_test(arrows_are_drawn_on_request),
		cmocka_unit_test(ordinary_lines_fit_in_120_columns),
		cmocka_unit_test(a_terminal_never_breaks_a_line_itself),
		cmocka_unit_test(long_lines_are_folded_under_their_body),
		cmocka_unit_test(other_lines_are_one_row),
		cmocka_unit_test(a_very_long_line_is_whole),
		cmocka_unit_test(columns_count_what_has_left_the_buffer),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
