// SPDX-License-Identifier: BSD-2-Clause
/* How connections end, why, and what the application had moved by then. */
#include "flow_records.h"

#include <errno.h>

static struct tt_rec_state from_segment(struct world *w, const struct side *s,
					uint8_t from, uint8_t to)
{
	return change(w, s, from, to, no_task());
}

/* The client closes first and is left with a small socket in FIN_WAIT2. */
static void close_client(struct world *w)
{
	struct tt_rec_state r;

	FEED(w, close_of(w, &client_side, ST_ESTABLISHED, client_task(SYS_close)));
	FEED(w, change(w, &client_side, ST_ESTABLISHED, ST_FIN_WAIT1,
		       client_task(SYS_close)));
	FEED(w, segment_of(w, &client_side, TT_TCP_FIN | TT_TCP_ACK, 1001, 9001, 0));
	FEED(w, from_segment(w, &server_side, ST_ESTABLISHED, ST_CLOSE_WAIT));
	FEED(w, segment_of(w, &server_side, TT_TCP_ACK, 9001, 1002, 0));
	FEED(w, from_segment(w, &client_side, ST_FIN_WAIT1, ST_FIN_WAIT2));
	r = from_segment(w, &client_side, ST_FIN_WAIT2, ST_CLOSE);
	feed(w, &r);
	FEED(w, destroy_of(w, &client_side));
}

static void told_states(const struct world *w, uint64_t sk, const char *const *want)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct fact *f = &w->told[i].f;

		if (f->id != EV_state || f->sk != sk)
			continue;
		assert_non_null(*want);
		assert_string_equal(f->new_state, *want++);
	}
	assert_null(*want);
}

/* The remnant's TIME_WAIT is shown by the segment alone. */
static void a_remnant_gets_its_fin(void **state)
{
	struct world *w = world();
	const struct fact *f;

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	close_client(w);
	told_states(w, client_side.sk,
		    (const char *[]){ "FIN_WAIT1", "FIN_WAIT2", NULL });
	assert_int_equal(told_of(w, EV_destroy), 1);
	forget(w);
	FEED(w, close_of(w, &server_side, ST_CLOSE_WAIT, server_task(SYS_close)));
	FEED(w, change(w, &server_side, ST_CLOSE_WAIT, ST_LAST_ACK,
		       server_task(SYS_close)));
	FEED(w, segment_of(w, &server_side, TT_TCP_FIN | TT_TCP_ACK, 9001, 1002, 0));
	f = last(w);
	assert_change(f, "FIN_WAIT2", "TIME_WAIT", "segment", "FIN");
	assert_int_equal(f->sk, client_side.sk);
	assert_owner(f, CLIENT, "socket");
	assert_has(f, F_IN_STATE_US);
	/* Its FIN again: no second TIME_WAIT. */
	FEED(w, segment_of(w, &server_side, TT_TCP_FIN | TT_TCP_ACK, 9001, 1002, 0));
	told_states(w, client_side.sk, (const char *[]){ "TIME_WAIT", NULL });
	FEED(w, from_segment(w, &server_side, ST_LAST_ACK, ST_CLOSE));
	assert_change(last(w), "LAST_ACK", "CLOSE", "segment", "ACK");
	FEED(w, destroy_of(w, &server_side));
	assert_int_equal(told_of(w, EV_close), 1);
	end_world(w);
}

/* A connection whose client has called close(). */
static struct world *client_has_closed(void)
{
	struct world *w = world();

	connected_pair(w, server_task(0), client_task(SYS_connect));
	FEED(w, change(w, &client_side, ST_ESTABLISHED, ST_FIN_WAIT1,
		       client_task(SYS_close)));
	return w;
}

/* The client's full socket ends there, with this flag. */
static void leaves_full_socket(struct world *w, int from, uint8_t flag)
{
	struct tt_rec_state r = from_segment(w, &client_side, from, ST_CLOSE);

	r.sock.flags |= flag;
	feed(w, &r);
}

/* The full socket got the FIN, and hands over right away. */
static void a_fin_that_the_full_socket_got(void **state)
{
	struct world *w = world();

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	FEED(w, call_of(w, &client_side, TT_CALL_SHUTDOWN,
			client_task(SYS_shutdown), 0, 1));
	assert_string_equal(only(w, EV_shutdown)->how, "SHUT_WR");
	FEED(w, change(w, &client_side, ST_ESTABLISHED, ST_FIN_WAIT1,
		       client_task(SYS_shutdown)));
	assert_change(last(w), "ESTABLISHED", "FIN_WAIT1", "call", "shutdown");
	FEED(w, from_segment(w, &client_side, ST_FIN_WAIT1, ST_FIN_WAIT2));
	leaves_full_socket(w, ST_FIN_WAIT2, TT_SK_DONE);
	assert_change(last(w), "FIN_WAIT2", "TIME_WAIT", "segment", "FIN");
	FEED(w, segment_of(w, &server_side, TT_TCP_FIN | TT_TCP_ACK, 9001, 1002, 0));
	told_states(w, client_side.sk,
		    (const char *[]){ "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", NULL });
	/* The descriptor is closed later, once. */
	FEED(w, close_of(w, &client_side, ST_CLOSE, client_task(SYS_close)));
	FEED(w, close_of(w, &client_side, ST_CLOSE, client_task(SYS_close)));
	assert_string_equal(only(w, EV_close)->state, "TIME_WAIT");
	end_world(w);
}

static void both_close_at_once(void **state)
{
	struct world *w = client_has_closed();

	(void)state;
	FEED(w, from_segment(w, &client_side, ST_FIN_WAIT1, ST_CLOSING));
	assert_change(last(w), "FIN_WAIT1", "CLOSING", "segment", "FIN");
	leaves_full_socket(w, ST_CLOSING, TT_SK_DONE);
	assert_change(last(w), "CLOSING", "TIME_WAIT", "segment", "ACK");
	end_world(w);
}

static void no_fin_wait2_by_linger2(void **state)
{
	struct world *w = client_has_closed();

	(void)state;
	FEED(w, from_segment(w, &client_side, ST_FIN_WAIT1, ST_FIN_WAIT2));
	leaves_full_socket(w, ST_FIN_WAIT2, TT_SK_LINGER2);
	assert_change(last(w), "FIN_WAIT2", "CLOSE", NULL, NULL);
	end_world(w);
}

static void causes(void **state)
{
	static const struct {
		uint8_t from, to, seen;
		int err, sysno;
		bool exiting;
		uint8_t retransmits, probes;
		const char *kind, *what;
	} rows[] = {
		{ .from = ST_ESTABLISHED, .to = ST_CLOSE, .seen = TT_SEEN_RST_IN,
		  .err = ECONNRESET, .kind = "segment", .what = "RST" },
		/* from the backlog, inside a call */
		{ .from = ST_ESTABLISHED, .to = ST_CLOSE, .seen = TT_SEEN_RST_IN,
		  .sysno = SYS_write, .kind = "segment", .what = "RST" },
		{ .from = ST_ESTABLISHED, .to = ST_CLOSE_WAIT,
		  .sysno = SYS_recvfrom, .kind = "segment", .what = "FIN" },
		{ .from = ST_ESTABLISHED, .to = ST_CLOSE, .err = ETIMEDOUT,
		  .retransmits = 3, .kind = "timer", .what = "retransmit" },
		{ .from = ST_ESTABLISHED, .to = ST_CLOSE, .err = ETIMEDOUT,
		  .probes = 3, .kind = "timer", .what = "probe" },
		{ .from = ST_ESTABLISHED, .to = ST_CLOSE, .sysno = SYS_close,
		  .kind = "call", .what = "close" },
		{ .from = ST_ESTABLISHED, .to = ST_CLOSE, .sysno = SYS_dup3,
		  .kind = "call", .what = "close" },
		{ .from = ST_ESTABLISHED, .to = ST_FIN_WAIT1, .sysno = SYS_execve,
		  .kind = "call", .what = "execve" },
		{ .from = ST_ESTABLISHED, .to = ST_FIN_WAIT1, .exiting = true,
		  .kind = "call", .what = "exit" },
		{ .from = ST_CLOSE_WAIT, .to = ST_LAST_ACK, .sysno = SYS_close,
		  .kind = "call", .what = "close" },
		{ .from = ST_FIN_WAIT1, .to = ST_FIN_WAIT2, .sysno = SYS_close,
		  .kind = "segment", .what = "ACK" },
		/* nothing shows why: nothing is said */
		{ .from = ST_ESTABLISHED, .to = ST_CLOSE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *w = world();
		struct tt_rec_state r;

		connected_pair(w, server_task(0), client_task(SYS_connect));
		r = change(w, &client_side, rows[i].from, rows[i].to,
			   rows[i].exiting ? exiting(CLIENT) :
			   rows[i].sysno ? client_task(rows[i].sysno) :
					   no_task());
		r.seen = rows[i].seen;
		r.err = rows[i].err;
		r.retransmits = rows[i].retransmits;
		r.probes = rows[i].probes;
		feed(w, &r);
		assert_change(only(w, EV_state), state_name(rows[i].from),
			      state_name(rows[i].to), rows[i].kind, rows[i].what);
		end_world(w);
	}
}

static void close_tells_the_way(void **state)
{
	static const struct {
		struct tt_task task;
		const char *via;
		int32_t fd;
	} rows[] = {
		{ { .pid = 9, .fd = 4, .sysno = SYS_close }, "close", 4 },
		{ { .pid = 9, .fd = 4, .sysno = SYS_dup3 }, "close", 4 },
		{ { .pid = 9, .fd = 4, .sysno = SYS_close_range }, "close", -1 },
		{ { .pid = 9, .fd = -1, .sysno = SYS_exit_group,
		    .flags = TT_TASK_EXITING }, "exit", -1 },
		{ { .pid = 9, .fd = 4, .sysno = SYS_execve }, "exec", -1 },
		{ { .pid = 9, .fd = -1, .sysno = SYS_close,
		    .flags = TT_TASK_PASSING }, "passed", -1 },
		{ { .pid = 0, .fd = -1, .sysno = -1 }, "unknown", -1 },
		{ { .pid = 9, .fd = -1, .sysno = -1 }, "unknown", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *w = world();
		const struct fact *f;

		FEED(w, close_of(w, &client_side, ST_ESTABLISHED, rows[i].task));
		f = only(w, EV_close);
		assert_string_equal(f->via, rows[i].via);
		assert_int_equal(fact_has(f, F_FD), rows[i].fd >= 0);
		if (rows[i].fd >= 0)
			assert_int_equal(f->fd, rows[i].fd);
		/* Older than the run: how long it was open is not known. */
		assert_has_not(f, F_DURATION_US);
		end_world(w);
	}
}

static void close_tells_the_bytes(void **state)
{
	struct world *w = world();
	struct tt_rec_close r;
	const struct fact *f;

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	r = close_of(w, &client_side, ST_ESTABLISHED, client_task(SYS_close));
	r.io.tx_off = 1ULL << 40;
	r.io.rx_off = 7;
	r.io.unread = 3;
	r.opts.flags = TT_OPT_LINGER | TT_OPT_NODELAY;
	r.opts.linger_j = 5000;
	strcpy(r.opts.congestion, "cubic");
	feed(w, &r);
	f = only(w, EV_close);
	assert_int_equal(f->bytes_sent, 1ULL << 40);
	assert_int_equal(f->bytes_received, 7);
	assert_int_equal(f->unread, 3);
	assert_int_equal(f->linger_s, 5);
	assert_true(f->opts.nodelay);
	assert_string_equal(f->opts.congestion, "cubic");
	assert_has(f, F_DURATION_US);
	end_world(w);
}

static void never_accepted(void **state)
{
	struct world *w = world();
	const struct fact *f;

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	connects(w, &client_side, client_task(SYS_connect));
	shakes_hands(w, &client_side, &server_side, listening.sk);
	FEED(w, close_of(w, &listening, ST_LISTEN,
			 task(SERVER, LISTEN_FD, SYS_close)));
	FEED(w, change(w, &listening, ST_LISTEN, ST_CLOSE,
		       task(SERVER, LISTEN_FD, SYS_close)));
	forget(w);
	FEED(w, change(w, &server_side, ST_ESTABLISHED, ST_CLOSE, no_task()));
	assert_change(last(w), "ESTABLISHED", "CLOSE", "call", "close");
	FEED(w, destroy_of(w, &server_side));
	f = only(w, EV_close);
	assert_string_equal(f->via, "listener");
	assert_owner(f, SERVER, "listener");
	assert_has(f, F_DURATION_US);
	assert_int_equal(last(w)->id, EV_destroy);
	end_world(w);
}

static void offsets_and_bytes(void **state)
{
	struct world *w = world();
	struct tt_rec_call r;
	const struct fact *f;

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	r = call_of(w, &client_side, TT_CALL_SEND, client_task(SYS_write), 10, 0);
	r.offset = 0;
	r.enter_ns = r.hdr.ts_ns - 30000;
	feed(w, &r);
	f = only(w, EV_send);
	assert_int_equal(f->time_ns, r.enter_ns);
	assert_int_equal(f->bytes, 10);
	assert_has(f, F_OFFSET);
	assert_int_equal(f->offset, 0);
	assert_int_equal(f->call_us, 30);
	assert_string_equal(f->call, "write");
	assert_has_not(f, F_ERROR);
	r = call_of(w, &client_side, TT_CALL_SEND, client_task(SYS_sendto), -EPIPE, 0);
	feed(w, &r);
	f = last(w);
	assert_string_equal(f->error, "EPIPE");
	assert_has_not(f, F_BYTES);
	assert_has_not(f, F_OFFSET);
	assert_has_not(f, F_CALL_US);
	r = call_of(w, &server_side, TT_CALL_RECV, server_task(SYS_recvfrom), 4,
		    2 /* MSG_PEEK */);
	r.offset = 6;
	r.enter_ns = r.hdr.ts_ns - 30000;
	feed(w, &r);
	f = last(w);
	assert_int_equal(f->time_ns, r.hdr.ts_ns);
	assert_true(f->peek);
	assert_int_equal(f->offset, 6);
	/* The end of the stream. */
	r = call_of(w, &server_side, TT_CALL_RECV, server_task(SYS_read), 0, 0);
	r.offset = 10;
	feed(w, &r);
	assert_has(last(w), F_BYTES);
	assert_int_equal(last(w)->bytes, 0);
	assert_has_not(last(w), F_PEEK);
	end_world(w);
}

/* Where the kernel's counter could not be read, the sequence number tells. */
static void offset_by_sequence_number(void **state)
{
	struct world *w = world();
	struct tt_rec_state full;
	struct tt_rec_call r;

	(void)state;
	connects(w, &client_side, client_task(SYS_connect));
	full = change(w, &client_side, ST_SYN_SENT, ST_ESTABLISHED, no_task());
	full.hdr.len = sizeof(full);
	full.seen = TT_SEEN_IO;
	full.io.rx_seq = 0xfffffff0;
	feed(w, &full);
	r = call_of(w, &client_side, TT_CALL_RECV, client_task(SYS_read), 5, 0);
	r.rx_seq = 0x10;
	feed(w, &r);
	assert_int_equal(last(w)->offset, 0x20);
	/* From the last place known, however far that is. */
	r.offset = (5ULL << 32) + 0xffffff20;
	r.rx_seq = 0xffffff10;
	feed(w, &r);
	assert_int_equal(last(w)->offset, r.offset);
	r.offset = ~0ULL;
	r.rx_seq = 0x10;
	feed(w, &r);
	assert_int_equal(last(w)->offset, (6ULL << 32) + 0x20);
	/* A read that failed has no place in the stream. */
	FEED(w, call_of(w, &client_side, TT_CALL_RECV, client_task(SYS_read),
			-ECONNRESET, 0));
	assert_string_equal(last(w)->error, "ECONNRESET");
	assert_has_not(last(w), F_OFFSET);
	/* The next attempt has other numbers. */
	FEED(w, change(w, &client_side, ST_ESTABLISHED, ST_CLOSE,
		       client_task(SYS_connect)));
	connects(w, &client_side, client_task(SYS_connect));
	FEED(w, change(w, &client_side, ST_SYN_SENT, ST_ESTABLISHED, no_task()));
	r.offset = ~0ULL;
	feed(w, &r);
	assert_has_not(last(w), F_OFFSET);
	end_world(w);
}

static const char *rst_reason(void *ctx, uint32_t reason)
{
	(void)ctx;
	return reason == 4 ? "TCP_FLAGS" : NULL;
}

static void resets(void **state)
{
	struct world *w = world_of((struct flow_opts){ .rst_reason = rst_reason });
	struct tt_rec_reset r = { .sock = tt_sock_of(&client_side, ST_ESTABLISHED),
				  .task = no_task(), .reason = ~0u,
				  .dir = TT_DIR_IN };

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	r.hdr = hdr_of(w, TT_REC_RESET, sizeof(r), client_side.sk);
	feed(w, &r);
	assert_string_equal(last(w)->dir, "in");
	assert_has_not(last(w), F_REASON);
	assert_owner(last(w), CLIENT, "socket");
	r.dir = TT_DIR_OUT;
	r.reason = 4;
	r.task = client_task(SYS_close);
	feed(w, &r);
	assert_string_equal(last(w)->dir, "out");
	assert_string_equal(last(w)->reason, "TCP_FLAGS");
	assert_owner(last(w), CLIENT, "call");
	/* No socket stood behind it: the tuple is all there is. */
	r.hdr.sk = 0;
	r.task = no_task();
	r.sock.tuple.lport_be = htons(9);
	feed(w, &r);
	assert_has_not(last(w), F_SK);
	assert_owner(last(w), 0, NULL);
	end_world(w);
}

static void retransmissions(void **state)
{
	static const char *const kinds[] = { NULL, "SYN", "SYN-ACK", "RTO",
					     "fast", "TLP" };
	struct world *w = world();

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	for (uint32_t why = TT_RETRANS_SYN; why <= TT_RETRANS_PROBE; why++) {
		struct tt_rec_retransmit r = {
			.sock = tt_sock_of(&client_side, ST_ESTABLISHED),
			.seq = 77, .why = why };

		r.hdr = hdr_of(w, TT_REC_RETRANSMIT, sizeof(r), client_side.sk);
		feed(w, &r);
		assert_string_equal(last(w)->kind, kinds[why]);
		assert_int_equal(last(w)->tcp_seq, 77);
		assert_owner(last(w), CLIENT, "socket");
	}
	end_world(w);
}

static uint64_t unseen_of(const struct world *w, const char *what)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct fact *f = &w->told[i].f;

		if (f->id != EV_lost || strcmp(f->what, what) != 0)
			continue;
		assert_string_equal(f->why, "unseen");
		n += f->count;
	}
	return n;
}

/* A softirq ran where the kernel runs no program: what follows shows it. */
static void what_no_program_saw(void **state)
{
	struct world *w = world();
	struct tt_rec_packet ack;

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	assert_int_equal(told_of(w, EV_lost), 0);
	FEED(w, change(w, &client_side, ST_ESTABLISHED, ST_FIN_WAIT1,
		       client_task(SYS_close)));
	FEED(w, segment_of(w, &server_side, TT_TCP_FIN | TT_TCP_ACK, 9001, 1002, 0));
	assert_int_equal(told_of(w, EV_lost), 0);
	ack = segment_of(w, &client_side, TT_TCP_ACK, 1002, 9002, 0);
	ack.flags |= TT_PKT_TX_SK;
	ack.sk_state = ST_TIME_WAIT;
	feed(w, &ack);
	assert_int_equal(unseen_of(w, "state"), 1);
	assert_int_equal(unseen_of(w, "destroy"), 1);
	feed(w, &ack); /* told once */
	assert_int_equal(told_of(w, EV_lost), 2);
	forget(w);
	FEED(w, from_segment(w, &server_side, ST_LAST_ACK, ST_CLOSE));
	assert_int_equal(unseen_of(w, "state"), 1);
	end_world(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_remnant_gets_its_fin),
		cmocka_unit_test(a_fin_that_the_full_socket_got),
		cmocka_unit_test(both_close_at_once),
		cmocka_unit_test(no_fin_wait2_by_linger2),
		cmocka_unit_test(causes),
		cmocka_unit_test(close_tells_the_way),
		cmocka_unit_test(close_tells_the_bytes),
		cmocka_unit_test(never_accepted),
		cmocka_unit_test(offsets_and_bytes),
		cmocka_unit_test(offset_by_sequence_number),
		cmocka_unit_test(resets),
		cmocka_unit_test(retransmissions),
		cmocka_unit_test(what_no_program_saw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
