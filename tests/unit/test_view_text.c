// SPDX-License-Identifier: BSD-2-Clause
/* The words of every kind of line. */
#include <time.h>

#include "view_text.h"

static const struct {
	struct fact (*make)(void);
	const char *want; /* after CLOCK */
} kinds[] = {
	{ fact_socket,
	  "java/12715            5 socket     ESTABLISHED 127.0.0.1:9090 <> 127.0.0.1:40000  owners "
	  "java/12715 fd 5; sh/99, nodelay, linger 30, keepalive 7200/75/9" },
	{ fact_connect,
	  "java/12761.12762      4 connect    127.0.0.1:40000 > 127.0.0.1:9090" },
	{ fact_connected,
	  "java/12761.12762      4 connected  :40000 > 127.0.0.1:9090  after 85 us, nodelay, peer "
	  "java/12715" },
	{ fact_listen,
	  "java/12715            5 listen     [::]:9090  backlog 2" },
	{ fact_syn_recv,
	  "java/12715            5 syn_recv   127.0.0.1:9090 < 127.0.0.1:40000  SYN cookie" },
	{ fact_accept,
	  "java/12715            5 accept     :9090 < 127.0.0.1:40000  queued 645 us, queue 1/2, peer "
	  "java/12761" },
	{ fact_state,
	  "java/12761.12762      4 SYN_SENT -> ESTABLISHED   :40000 <> 127.0.0.1:9090   after 1.2 ms "
	  "[SYN-ACK]" },
	{ fact_send,
	  "java/12761.12762      4 send       :40000 <> 127.0.0.1:9090   5 bytes 10:15, write 12 us" },
	{ fact_recv,
	  "java/12715            5 recv       :9090 <> 127.0.0.1:40000   1 byte 0:1, peek, recvfrom "
	  "3.4 s" },
	{ fact_shutdown,
	  "java/12761.12762      4 shutdown   :40000 <> 127.0.0.1:9090   SHUT_WR, failed ENOTCONN" },
	{ fact_close,
	  "java/12715            5 close      :9090 <> 127.0.0.1:40000   via exit, sent 5, received 10,"
	  " unread 3, linger 0, after 2m05s" },
	{ fact_destroy,
	  "java/12715            5 destroy    :9090 <> 127.0.0.1:40000" },
	{ fact_packet_syn,
	  "java/12761.12762      4   > IP 127.0.0.1.40000 > 127.0.0.1.9090: Flags [S], seq 4294967295, "
	  "win 65495, options [mss 65495,sackOK,TS val 1 ecr 0,wscale 7], length 0" },
	{ fact_packet_data,
	  "java/12715            5   < IP 127.0.0.1.40000 > 127.0.0.1.9090: Flags [P.], seq 1:5, ack 1,"
	  " win 512, options [sack 2 {11:21}{31:41}], length 4 (3 segments)" },
	{ fact_retransmit,
	  "java/12761.12762      4 retransmit :40000 <> 127.0.0.1:9090   rto, seq 1001" },
	{ fact_reset,
	  "java/12761.12762      4 reset      :40000 <> 127.0.0.1:9090   received, TCP_ABORT_ON_CLOSE" },
	{ fact_drop,
	  "java/12715            5 drop       :9090 <> 127.0.0.1:40000   TCP_INVALID_SEQUENCE, in "
	  "tcp_validate_incoming" },
	{ fact_finding,
	  "java/12715            5 finding    :9090 <> 127.0.0.1:40000   leaked, CLOSE_WAIT for long" },
	{ fact_lost,
	  "-                     - lost       12345678901234 packet events: the ring buffer was full" },
};

static void every_kind_has_its_line(void **state)
{
	(void)state;
	assert_int_equal(sizeof(kinds) / sizeof(kinds[0]), FACT_KINDS);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct fact f = kinds[i].make();

		expect(&f, kinds[i].want);
	}
}

/* What is unknown is a dash or is not mentioned. */
static void bare_facts_show_dashes(void **state)
{
	static const char *const want[EV_MAX] = {
		[EV_socket] = "socket     -           -",
		[EV_connect] = "connect    - > -",
		[EV_connected] = "connected  - > -",
		[EV_listen] = "listen     -",
		[EV_syn_recv] = "syn_recv   - < -",
		[EV_accept] = "accept     - < -",
		[EV_state] = "- -> -                    -",
		[EV_send] = "send       -",
		[EV_recv] = "recv       -",
		[EV_shutdown] = "shutdown   -",
		[EV_close] = "close      -",
		[EV_destroy] = "destroy    -",
		[EV_packet] = "  - IP -.- > -.-: Flags [-], length -",
		[EV_retransmit] = "retransmit -",
		[EV_reset] = "reset      -",
		[EV_drop] = "drop       -",
		[EV_finding] = "finding    -",
		[EV_lost] = "lost       - -",
	};

	(void)state;
	for (unsigned int id = 1; id < EV_MAX; id++) {
		struct fact f = fact_bare(id);
		char line[128];

		assert_non_null(want[id]);
		snprintf(line, sizeof(line), "-                     - %s", want[id]);
		expect(&f, line);
	}
}

static void unknown_owners_and_ports_are_dashes(void **state)
{
	struct fact f = fact_connect();

	(void)state;
	fact_clear(&f, F_LPORT);
	fact_clear(&f, F_COMM);
	fact_clear(&f, F_FD);
	expect(&f, "-/12761.12762         - connect    127.0.0.1:- > 127.0.0.1:9090");
	fact_clear(&f, F_PID);
	fact_set(&f, F_COMM);
	expect(&f, "java/-.12762          - connect    127.0.0.1:- > 127.0.0.1:9090");
}

static void attempts_that_end_badly(void **state)
{
	struct fact f = fact_connected();

	(void)state;
	fact_clear(&f, F_PEER);
	fact_clear(&f, F_OPTS);
	SET(&f, F_ERROR, error, "ECONNREFUSED");
	expect(&f, "java/12761.12762      4 connect    :40000 > 127.0.0.1:9090  "
		   "failed ECONNREFUSED, after 85 us");
	fact_clear(&f, F_ERROR);
	SET(&f, F_ABORTED, aborted, "exit");
	expect(&f, "java/12761.12762      4 connect    :40000 > 127.0.0.1:9090  "
		   "given up by exit, after 85 us");
}

static void reads_and_writes_in_all_their_ends(void **state)
{
	struct fact f = fact_recv();

	(void)state;
	f.peek = false;
	f.bytes = 0;
	f.offset = 77;
	expect(&f, "java/12715            5 recv       :9090 <> 127.0.0.1:40000   "
		   "EOF at 77, recvfrom 3.4 s");
	fact_clear(&f, F_OFFSET);
	fact_clear(&f, F_CALL);
	expect(&f, "java/12715            5 recv       :9090 <> 127.0.0.1:40000   "
		   "EOF, 3.4 s");
	SET(&f, F_ERROR, error, "ECONNRESET");
	SET(&f, F_CALL, call, "read");
	fact_clear(&f, F_CALL_US);
	expect(&f, "java/12715            5 recv       :9090 <> 127.0.0.1:40000   "
		   "failed ECONNRESET, read");
	f = fact_send();
	f.bytes = 0;
	expect(&f, "java/12761.12762      4 send       :40000 <> 127.0.0.1:9090   "
		   "0 bytes 10:10, write 12 us");
}

static void states_without_a_past_or_a_cause(void **state)
{
	struct fact f = fact_state();

	(void)state;
	fact_clear(&f, F_OLD);
	fact_clear(&f, F_IN_STATE_US);
	f.new_state = "SYN_RECV";
	f.cause_what = NULL;
	expect(&f, "java/12761.12762      4 - -> SYN_RECV             "
		   ":40000 <> 127.0.0.1:9090 [segment]");
	f.cause_kind = "timer";
	f.cause_what = "retransmit";
	expect(&f, "java/12761.12762      4 - -> SYN_RECV             "
		   ":40000 <> 127.0.0.1:9090 [timer retransmit]");
	f.cause_kind = "call";
	f.cause_what = "connect";
	expect(&f, "java/12761.12762      4 - -> SYN_RECV             "
		   ":40000 <> 127.0.0.1:9090 [connect]");
	fact_clear(&f, F_CAUSE);
	expect(&f, "java/12761.12762      4 - -> SYN_RECV             "
		   ":40000 <> 127.0.0.1:9090");
}

static void durations_suit_their_size(void **state)
{
	static const struct {
		uint64_t us;
		const char *want;
	} rows[] = {
		{ 0, "0 us" }, { 999, "999 us" }, { 1000, "1.0 ms" },
		{ 999999, "999.9 ms" }, { 1000000, "1.0 s" },
		{ 59999999, "59.9 s" }, { 60000000, "1m00s" },
		{ 3599999999, "59m59s" }, { 3600000000, "1h00m" },
		{ 86399999999, "23h59m" }, { 86400000000, "1d00h" },
		{ 10000000000000, "115d17h" },
	};
	struct fact f = fact_bare(EV_close);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char want[128];

		SET(&f, F_DURATION_US, duration_us, rows[i].us);
		snprintf(want, sizeof(want),
			 "-                     - close      -%25s after %s", "",
			 rows[i].want);
		expect(&f, want);
	}
}

static void owners_of_a_socket(void **state)
{
	static const struct owner_ref own = { .pid = 12715, .fd = 5, .comm = "java" };
	struct owner_ref many[10];
	struct fact f = fact_socket();

	(void)state;
	fact_clear(&f, F_OPTS);
	f.nowners = 0;
	expect(&f, "java/12715            5 socket     ESTABLISHED 127.0.0.1:9090 <> "
		   "127.0.0.1:40000  no owner");
	f.nowners = 1;
	f.owners = &own;
	expect(&f, "java/12715            5 socket     ESTABLISHED 127.0.0.1:9090 <> "
		   "127.0.0.1:40000");
	for (int i = 0; i < 10; i++)
		many[i] = (struct owner_ref){ .pid = 1, .fd = i, .comm = "a" };
	f.owners = many;
	f.nowners = 10;
	expect(&f, "java/12715            5 socket     ESTABLISHED 127.0.0.1:9090 <> "
		   "127.0.0.1:40000  owners a/1 fd 0; a/1 fd 1; a/1 fd 2; a/1 fd 3; "
		   "a/1 fd 4; a/1 fd 5; a/1 fd 6; a/1 fd 7; and 2 more");
}

static void options_only_where_they_matter(void **state)
{
	struct fact f = fact_accept();

	(void)state;
	fact_clear(&f, F_PEER);
	f.opts = (struct sock_opts){ .cork = true, .linger_on = true, .linger_s = 9,
				     .keepalive_on = true };
	fact_set(&f, F_OPTS);
	expect(&f, "java/12715            5 accept     :9090 < 127.0.0.1:40000  "
		   "queued 645 us, queue 1/2, keepalive");
	f.opts.linger_s = 0;
	fact_clear(&f, F_QUEUE_MAX);
	expect(&f, "java/12715            5 accept     :9090 < 127.0.0.1:40000  "
		   "queued 645 us, queue 1/-, linger 0, keepalive");
}

/* An end on another address is told in full. */
static void addresses_that_differ(void **state)
{
	static const uint8_t v6[16] = { 0xfe, 0x80, [15] = 1 };
	struct fact f = fact_accept();

	(void)state;
	fact_clear(&f, F_PEER);
	fact_v4(f.raddr, 10, 0, 0, 7);
	expect(&f, "java/12715            5 accept     127.0.0.1:9090 < "
		   "10.0.0.7:40000  queued 645 us, queue 1/2");
	memcpy(f.raddr, v6, sizeof(v6));
	f.id = EV_destroy;
	expect(&f, "java/12715            5 destroy    :9090 <> [fe80::1]:40000");
}

static void losses_in_plain_words(void **state)
{
	struct fact f = fact_lost();

	(void)state;
	f.count = 1;
	f.why = "table";
	expect(&f, "-                     - lost       1 packet event: a table was full");
	f.count = 7;
	f.what = "records";
	f.why = "something new";
	expect(&f, "-                     - lost       7 records: something new");
}

static void late_is_marked(void **state)
{
	struct fact f = fact_destroy();

	(void)state;
	SET(&f, F_LATE, late, true);
	expect(&f, "java/12715            5 destroy    :9090 <> 127.0.0.1:40000 (late)");
	f.late = false;
	expect(&f, "java/12715            5 destroy    :9090 <> 127.0.0.1:40000");
}

#define SEGMENT "java/12715            5   < IP 127.0.0.1.40000 > 127.0.0.1.9090: "

static void segments_as_tcpdump_prints_them(void **state)
{
	struct fact f = fact_packet_data();

	(void)state;
	fact_clear(&f, F_GSO);
	fact_clear(&f, F_TCP_OPTS);
	expect(&f, SEGMENT "Flags [P.], seq 1:5, ack 1, win 512, length 4");
	/* no payload, no SYN, FIN or RST: no sequence number */
	f.len = 0;
	strcpy(f.tcp_flags, ".");
	expect(&f, SEGMENT "Flags [.], ack 1, win 512, length 0");
	strcpy(f.tcp_flags, "F.");
	expect(&f, SEGMENT "Flags [F.], seq 1, ack 1, win 512, length 0");
	/* the handshake, and what acknowledges nothing, is absolute */
	strcpy(f.tcp_flags, "S.");
	expect(&f, SEGMENT "Flags [S.], seq 1001, ack 2001, win 512, length 0");
	strcpy(f.tcp_flags, "R");
	expect(&f, SEGMENT "Flags [R], seq 1001, win 512, length 0");
	strcpy(f.tcp_flags, "none");
	expect(&f, SEGMENT "Flags [none], win 512, length 0");
}

static void sequence_numbers_absolute_on_request(void **state)
{
	const struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET,
					.absolute_seq = true };
	struct fact f = fact_packet_data();

	(void)state;
	fact_clear(&f, F_GSO);
	expect_opts(&opts, &f,
		    SEGMENT "Flags [P.], seq 1001:1005, ack 2001, win 512, "
			    "options [sack 2 {2011:2021}{2031:2041}], length 4");
	/* and where no base is known */
	fact_clear(&f, F_REL_SEQ);
	fact_clear(&f, F_REL_ACK);
	expect(&f, SEGMENT "Flags [P.], seq 1001:1005, ack 2001, win 512, "
			   "options [sack 2 {11:21}{31:41}], length 4");
	f.tcp_seq = UINT32_MAX;
	expect(&f, SEGMENT "Flags [P.], seq 4294967295:3, ack 2001, win 512, "
			   "options [sack 2 {11:21}{31:41}], length 4");
}

static void interfaces_other_than_lo_are_named(void **state)
{
	struct fact f = fact_packet_data();

	(void)state;
	fact_clear(&f, F_GSO);
	fact_clear(&f, F_TCP_OPTS);
	f.ifname = "eth0";
	f.dir = "out";
	memset(f.src, 0, sizeof(f.src));
	memset(f.dst, 0, sizeof(f.dst));
	f.src[15] = f.dst[15] = 1;
	expect(&f, "java/12715            5   > eth0 IP6 ::1.40000 > ::1.9090: "
		   "Flags [P.], seq 1:5, ack 1, win 512, length 4");
}

/* Names are chosen by whoever is traced, and the terminal is not his. */
static void hostile_names_are_harmless(void **state)
{
	static const struct {
		const char *comm, *want;
	} rows[] = {
		{ "\033[2J\a\n", "?[2J?" "?/1              - destroy    -" },
		{ "\xff\xc3", "?" "?/1                  - destroy    -" },
		{ "\xc2\x9b" "31m", "?31m/1                - destroy    -" },
		{ "\xe2\x80\xae" "x", "?x/1                  - destroy    -" },
		{ "caf\xc3\xa9", "caf\xc3\xa9/1                - destroy    -" },
	};
	struct fact f = fact_bare(EV_destroy);

	(void)state;
	SET(&f, F_PID, pid, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		SET(&f, F_COMM, comm, rows[i].comm);
		expect(&f, rows[i].want);
	}
}

static void no_byte_of_a_name_is_a_control(void **state)
{
	struct fact f = fact_bare(EV_destroy);

	(void)state;
	SET(&f, F_PID, pid, 1);
	for (unsigned int c = 1; c < 256; c++) {
		char comm[] = { 'a', (char)c, 'z', '\0' };
		struct out *out;

		SET(&f, F_COMM, comm, comm);
		out = put(&plain, &f);
		for (const char *p = out__data(out, NULL); *p != '\n'; p++)
			assert_in_range((unsigned char)*p, 0x20, 0x7e);
		out__free(out);
	}
}

static void the_clock_is_local(void **state)
{
	struct fact f = fact_bare(EV_destroy);
	struct out *out;

	(void)state;
	setenv("TZ", "IST-5:30", 1);
	tzset();
	f.time_ns += 60000000000; /* zones change with the minute */
	out = put(&plain, &f);
	setenv("TZ", "UTC", 1);
	tzset();
	assert_string_equal(out__data(out, NULL),
			    "21:38:01.072752 -                     - destroy    -\n");
	out__free(out);
}

static void an_unknown_event_is_no_line(void **state)
{
	struct fact f = fact_bare(EV_MAX);
	struct out *out = put(&plain, &f);

	(void)state;
	assert_string_equal(out__data(out, NULL), "");
	out__free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_its_line),
		cmocka_unit_test(bare_facts_show_dashes),
		cmocka_unit_test(unknown_owners_and_ports_are_dashes),
		cmocka_unit_test(attempts_that_end_badly),
		cmocka_unit_test(reads_and_writes_in_all_their_ends),
		cmocka_unit_test(states_without_a_past_or_a_cause),
		cmocka_unit_test(durations_suit_their_size),
		cmocka_unit_test(owners_of_a_socket),
		cmocka_unit_test(options_only_where_they_matter),
		cmocka_unit_test(addresses_that_differ),
		cmocka_unit_test(losses_in_plain_words),
		cmocka_unit_test(late_is_marked),
		cmocka_unit_test(segments_as_tcpdump_prints_them),
		cmocka_unit_test(sequence_numbers_absolute_on_request),
		cmocka_unit_test(interfaces_other_than_lo_are_named),
		cmocka_unit_test(hostile_names_are_harmless),
		cmocka_unit_test(no_byte_of_a_name_is_a_control),
		cmocka_unit_test(the_clock_is_local),
		cmocka_unit_test(an_unknown_event_is_no_line),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
