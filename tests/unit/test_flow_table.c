// SPDX-License-Identifier: BSD-2-Clause
/* What the table holds: the scan's sockets, its bound, what it lets go. */
#include "flow_records.h"

#define SECOND 1000000000ULL

static struct tt_rec_socket scanned(struct world *w, const struct side *s,
				    uint8_t state)
{
	struct tt_rec_socket r = sock(s->sk, s->family ? s->family : 4, state,
				      s->laddr, s->lport, s->raddr, s->rport);

	w->now += MS;
	r.hdr.ts_ns = w->now;
	r.task.sysno = -1;
	return r;
}

static void found(struct world *w, struct tt_rec_socket r)
{
	r.task.flags |= TT_TASK_SELECTED;
	flow_table__found(w->t, &r);
}

static void found_unselected(struct world *w, struct tt_rec_socket r)
{
	flow_table__found(w->t, &r);
}

static void tell_found(struct world *w)
{
	w->now += MS;
	flow_table__tell_found(w->t, w->now);
}

static void a_listener_and_its_holders(void **state)
{
	struct world *w = world();
	struct tt_rec_socket l = scanned(w, &listening, ST_LISTEN);
	const struct fact *f;

	(void)state;
	l.opts.flags = TT_OPT_NODELAY;
	found(w, held(l, SERVER, 3, "server"));
	found(w, held(l, SERVER, 4, "server"));
	found(w, held(l, OTHER, 3, "worker"));
	found(w, l);
	assert_int_equal(w->count, 0);
	tell_found(w);
	f = only(w, EV_socket);
	assert_int_equal(f->time_ns, w->now);
	assert_int_equal(f->nowners, 3);
	assert_int_equal(f->owners[0].pid, SERVER);
	assert_int_equal(f->owners[1].fd, 4);
	assert_int_equal(f->owners[2].pid, OTHER);
	assert_owner(f, SERVER, "scan");
	assert_string_equal(f->state, "LISTEN");
	assert_true(f->opts.nodelay);
	/* Once. */
	tell_found(w);
	assert_int_equal(w->count, 1);
	end_world(w);
}

static void children_orphans_and_remnants(void **state)
{
	static const struct side remnant = SIDE(31, "127.0.0.1", 80, "127.0.0.1", 5001);
	static const struct side orphan = SIDE(32, "127.0.0.1", 80, "127.0.0.1", 5002);
	static const struct side request = SIDE(0, "127.0.0.1", 80, "127.0.0.1", 5003);
	struct world *w = world();
	struct tt_rec_socket r;

	(void)state;
	found(w, held(scanned(w, &listening, ST_LISTEN), SERVER, 3, "server"));
	found(w, scanned(w, &listening, ST_LISTEN));
	found(w, without_file(scanned(w, &server_side, ST_ESTABLISHED)));
	r = without_file(scanned(w, &remnant, ST_TIME_WAIT));
	r.sock.flags |= TT_SK_REQUEST;
	r.substate = ST_FIN_WAIT2;
	found(w, r);
	r = without_file(scanned(w, &orphan, ST_FIN_WAIT1));
	r.sock.flags |= TT_SK_DEAD;
	found(w, r);
	r = without_file(scanned(w, &request, ST_NEW_SYN_RECV));
	r.sock.flags |= TT_SK_REQUEST;
	r.listener = listening.sk;
	found(w, r);
	tell_found(w);
	/* Small sockets are none. */
	assert_int_equal(told_of(w, EV_socket), 3);
	for (size_t i = 0; i < w->count; i++) {
		const struct fact *f = &w->told[i].f;

		if (f->sk == server_side.sk)
			assert_owner(f, SERVER, "listener");
		if (f->sk == orphan.sk)
			assert_owner(f, 0, NULL);
		if (f->sk != listening.sk)
			assert_int_equal(f->nowners, 0);
	}
	/* The remnant gets its FIN, the request its ACK. */
	forget(w);
	{
		struct side c = across(&remnant, 99);

		FEED(w, segment_of(w, &c, TT_TCP_FIN | TT_TCP_ACK, 5, 6, 0));
	}
	assert_change(last(w), "FIN_WAIT2", "TIME_WAIT", "segment", "FIN");
	forget(w);
	{
		struct side child = request;

		child.sk = 33;
		FEED(w, change(w, &child, ST_LISTEN, ST_SYN_RECV, no_task()));
		FEED(w, change(w, &child, ST_SYN_RECV, ST_ESTABLISHED, no_task()));
	}
	assert_owner(only(w, EV_state), SERVER, "listener");
	end_world(w);
}

/* The scan comes after the hooks: what is left of an older connection of the
 * same addresses is found after a new one began. */
static void a_found_remnant_is_no_peer(void **state)
{
	struct world *w = world();
	struct tt_rec_state birth = change(w, &client_side, ST_CLOSE, ST_SYN_SENT,
					   client_task(SYS_connect));
	struct tt_rec_socket r = without_file(scanned(w, &server_side, ST_TIME_WAIT));

	(void)state;
	r.sock.flags |= TT_SK_REQUEST;
	r.substate = ST_TIME_WAIT;
	found(w, r);
	flow_table__preview(w->t, &birth.hdr);
	flow_table__apply(w->t, &birth.hdr, birth.hdr.ts_ns, false);
	assert_false(fact_has(only(w, EV_connect), F_PEER));
	end_world(w);
}

/* Born between the hooks and the end of the scan: that birth is told. */
static void born_in_the_window(void **state)
{
	struct world *w = world();
	struct tt_rec_state birth = change(w, &client_side, ST_CLOSE, ST_SYN_SENT,
					   client_task(SYS_connect));

	(void)state;
	found(w, held(scanned(w, &client_side, ST_ESTABLISHED), CLIENT, 5, "client"));
	found(w, scanned(w, &client_side, ST_ESTABLISHED));
	flow_table__preview(w->t, &birth.hdr);
	flow_table__apply(w->t, &birth.hdr, birth.hdr.ts_ns, false);
	tell_found(w);
	assert_int_equal(told_of(w, EV_socket), 0);
	assert_int_equal(told_of(w, EV_connect), 1);
	end_world(w);
}

static void gone_in_the_window(void **state)
{
	struct world *w = world();

	(void)state;
	found(w, held(scanned(w, &client_side, ST_ESTABLISHED), CLIENT, 5, "client"));
	FEED(w, destroy_of(w, &client_side));
	tell_found(w);
	assert_int_equal(told_of(w, EV_socket), 0);
	end_world(w);
}

static void found_of_the_selected(void **state)
{
	struct world *w = world_of_tasks();

	(void)state;
	found_unselected(w, held(scanned(w, &client_side, ST_ESTABLISHED), CLIENT, 5,
				 "client"));
	found_unselected(w, held(scanned(w, &server_side, ST_ESTABLISHED), OTHER, 5,
				 "other"));
	found(w, held(scanned(w, &server_side, ST_ESTABLISHED), SERVER, 9, "server"));
	tell_found(w);
	assert_int_equal(only(w, EV_socket)->sk, server_side.sk);
	/* The selected one speaks for it. */
	assert_owner(only(w, EV_socket), SERVER, "scan");
	assert_true(flow_table__has_open(w->t));
	end_world(w);
}

static void count_port(void *ctx, uint16_t port)
{
	*(uint32_t *)ctx += port;
}

static void ports_of_the_selected(void **state)
{
	struct world *w = world_of_tasks();
	uint32_t sum = 0;

	(void)state;
	connected_pair(w, server_task(0), unselected(client_task(SYS_connect)));
	flow_table__each_port(w->t, count_port, &sum);
	assert_int_equal(sum, 80 + 80); /* the listener and its child */
	end_world(w);
}

static void open_until_closed(void **state)
{
	struct world *w = world();
	struct tt_rec_state r;
	struct flow_stats s;

	(void)state;
	assert_false(flow_table__has_open(w->t));
	connects(w, &client_side, client_task(SYS_connect));
	assert_true(flow_table__has_open(w->t));
	flow_table__stats(w->t, &s);
	assert_int_equal(s.open, 1);
	FEED(w, close_of(w, &client_side, ST_ESTABLISHED, client_task(SYS_close)));
	assert_false(flow_table__has_open(w->t));
	/* With its descriptor open, and in TIME_WAIT. */
	accepts(w, &server_side, server_task(SYS_accept));
	assert_true(flow_table__has_open(w->t));
	r = change(w, &server_side, ST_FIN_WAIT2, ST_CLOSE, no_task());
	r.sock.flags |= TT_SK_DONE;
	feed(w, &r);
	assert_false(flow_table__has_open(w->t));
	end_world(w);
}

static uint64_t flows(const struct world *w)
{
	struct flow_stats s;

	flow_table__stats(w->t, &s);
	return s.flows;
}

static void what_ended_is_let_go(void **state)
{
	struct world *w = world();
	struct tt_rec_state r;

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	assert_int_equal(flows(w), 3);
	FEED(w, destroy_of(w, &server_side));
	r = change(w, &client_side, ST_FIN_WAIT2, ST_CLOSE, no_task());
	feed(w, &r);
	FEED(w, destroy_of(w, &client_side));
	flow_table__expire(w->t, w->now);
	assert_int_equal(flows(w), 3);
	/* Late segments are explained for a second, remnants for their minute. */
	flow_table__expire(w->t, w->now + 2 * SECOND);
	assert_int_equal(flows(w), 2);
	flow_table__expire(w->t, w->now + 70 * SECOND);
	assert_int_equal(flows(w), 1);
	end_world(w);
}

/* Told as a remnant only after its end: it is in one queue, and leaves it. */
static void a_change_after_the_end(void **state)
{
	struct world *w = world();

	(void)state;
	connects(w, &client_side, client_task(SYS_connect));
	FEED(w, destroy_of(w, &client_side));
	FEED(w, change(w, &client_side, ST_FIN_WAIT2, ST_CLOSE, no_task()));
	FEED(w, destroy_of(w, &client_side));
	flow_table__expire(w->t, w->now + 70 * SECOND);
	assert_int_equal(flows(w), 0);
	flow_table__expire(w->t, w->now + 140 * SECOND);
	end_world(w);
}

static struct side numbered(uint32_t i)
{
	return (struct side)SIDE(1000 + i, "127.0.0.1", 80, "127.0.0.1", i);
}

/* A flood of SYNs that nobody completes, among sockets that stay. */
static void requests_without_an_ack(void **state)
{
	struct world *w = world_of((struct flow_opts){
		.select.events = 1u << EV_listen });

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	for (uint32_t i = 1; i <= 60000; i++) {
		struct side s = numbered(i);

		if (i % 3) {
			s.sk = 0;
			FEED(w, by_request(segment_of(w, &s, TT_TCP_SYN | TT_TCP_ACK,
						      1, 1, 0), listening.sk));
		} else {
			FEED(w, call_of(w, &s, TT_CALL_SEND, server_task(SYS_write),
					1, 0));
		}
	}
	assert_int_equal(flows(w), 60001);
	flow_table__expire(w->t, w->now + 300 * SECOND);
	assert_int_equal(flows(w), 20001);
	/* What stayed is still found, by cookie and by addresses. */
	for (uint32_t i = 3; i <= 60000; i += 3) {
		struct side s = numbered(i);

		FEED(w, call_of(w, &s, TT_CALL_SEND, server_task(SYS_write), 1, 0));
		FEED(w, segment_of(w, &s, TT_TCP_ACK, 1, 1, 0));
	}
	assert_int_equal(flows(w), 20001);
	end_world(w);
}

static void the_bound(void **state)
{
	struct world *w = world_of((struct flow_opts){
		.max_flows = 8, .select.events = 1u << EV_listen });

	(void)state;
	for (uint32_t i = 1; i <= 20; i++) {
		struct side s = numbered(i);

		FEED(w, call_of(w, &s, TT_CALL_SEND, server_task(SYS_write), 1, 0));
	}
	assert_int_equal(flows(w), 8);
	assert_int_equal(flow_table__evicted(w->t), 12);
	end_world(w);
}

/* What ended goes first, and nothing is lost with it. */
static void ended_ones_make_room(void **state)
{
	struct world *w = world_of((struct flow_opts){
		.max_flows = 2, .select.events = 1u << EV_listen });

	(void)state;
	for (uint32_t i = 1; i <= 20; i++) {
		struct side s = numbered(i);

		FEED(w, call_of(w, &s, TT_CALL_SEND, server_task(SYS_write), 1, 0));
		FEED(w, destroy_of(w, &s));
	}
	assert_int_equal(flows(w), 2);
	assert_int_equal(flow_table__evicted(w->t), 0);
	end_world(w);
}

/* A request takes the place of the very socket that its segment is for. */
static void no_room_in_the_middle_of_a_segment(void **state)
{
	struct world *w = world_of((struct flow_opts){ .max_flows = 1 });
	struct side request = server_side;

	(void)state;
	request.sk = 0;
	for (int i = 0; i < 4; i++) {
		connects(w, &client_side, client_task(SYS_connect));
		forget(w);
		FEED(w, by_request(segment_of(w, &request, TT_TCP_SYN | TT_TCP_ACK,
					      1, 1, 0), listening.sk));
		assert_has_not(only(w, EV_packet), F_TO);
		assert_int_equal(flows(w), 1);
		forget(w);
	}
	end_world(w);
}

/* The scan and the tap each brought one; the child has the cookie of both. */
static void two_claim_one_cookie(void **state)
{
	struct world *w = world();
	struct side request = server_side, elsewhere = server_side;

	(void)state;
	elsewhere.lport = 81;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	FEED(w, call_of(w, &elsewhere, TT_CALL_SEND, task(OTHER, 4, SYS_write), 1, 0));
	request.sk = 0;
	FEED(w, by_request(segment_of(w, &request, TT_TCP_SYN | TT_TCP_ACK, 1, 1, 0),
			   listening.sk));
	FEED(w, change(w, &server_side, ST_LISTEN, ST_SYN_RECV, no_task()));
	forget(w);
	FEED(w, change(w, &server_side, ST_SYN_RECV, ST_ESTABLISHED, no_task()));
	assert_owner(only(w, EV_state), SERVER, "listener");
	FEED(w, destroy_of(w, &server_side));
	flow_table__expire(w->t, w->now + 10 * SECOND);
	FEED(w, call_of(w, &server_side, TT_CALL_SEND, task(OTHER, 4, SYS_write), 1, 0));
	end_world(w);
}

/* Processes come and go by the thousand; the table keeps whom it needs. */
static void processes_are_let_go(void **state)
{
	struct world *w = world_of((struct flow_opts){
		.select.events = 1u << EV_listen });
	struct flow_stats before, after;

	(void)state;
	for (uint32_t i = 1; i <= 5000; i++) {
		struct side s = numbered(i);

		FEED(w, call_of(w, &s, TT_CALL_SEND, task(10000 + i, 4, SYS_write),
				1, 0));
		if (i > 1)
			FEED(w, destroy_of(w, &s));
	}
	flow_table__stats(w->t, &before);
	flow_table__expire(w->t, w->now + 100 * SECOND);
	flow_table__stats(w->t, &after);
	assert_int_equal(after.flows, 1);
	assert_true(after.bytes < 10000);
	assert_true(before.bytes > 100 * after.bytes);
	end_world(w);
}

static void losses(void **state)
{
	struct world *w = world_of((struct flow_opts){
		.select = { .by_task = true, .events = 1u << EV_send,
			    .states = 1u << ST_LISTEN } });
	const struct fact *f;

	(void)state;
	flow_table__lost(w->t, 77, "packet", "ring", 12);
	f = only(w, EV_lost);
	assert_int_equal(f->time_ns, 77);
	assert_string_equal(f->what, "packet");
	assert_string_equal(f->why, "ring");
	assert_int_equal(f->count, 12);
	assert_owner(f, 0, NULL);
	end_world(w);
}

static void late_is_marked(void **state)
{
	struct world *w = world();
	struct tt_rec_call r = call_of(w, &client_side, TT_CALL_SEND,
				       client_task(SYS_write), 1, 0);

	(void)state;
	flow_table__apply(w->t, &r.hdr, r.hdr.ts_ns, true);
	assert_has(last(w), F_LATE);
	assert_true(last(w)->late);
	flow_table__apply(w->t, &r.hdr, r.hdr.ts_ns, false);
	assert_has_not(last(w), F_LATE);
	end_world(w);
}

/* The moment a record is told at. */
static void calls_that_push_and_pull(void **state)
{
	static const struct {
		uint16_t call;
		bool at_entry;
	} rows[] = {
		{ TT_CALL_CONNECT, true }, { TT_CALL_SEND, true },
		{ TT_CALL_SHUTDOWN, true }, { TT_CALL_ACCEPT, false },
		{ TT_CALL_RECV, false }, { TT_CALL_CONNECT_END, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tt_rec_call r = { .hdr = { .kind = TT_REC_CALL, .ts_ns = 50 },
					 .enter_ns = 20, .call = rows[i].call };

		assert_int_equal(record_time(&r.hdr), rows[i].at_entry ? 20 : 50);
		r.enter_ns = 0; /* no hook saw it */
		assert_int_equal(record_time(&r.hdr), 50);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listener_and_its_holders),
		cmocka_unit_test(children_orphans_and_remnants),
		cmocka_unit_test(a_found_remnant_is_no_peer),
		cmocka_unit_test(born_in_the_window),
		cmocka_unit_test(gone_in_the_window),
		cmocka_unit_test(found_of_the_selected),
		cmocka_unit_test(ports_of_the_selected),
		cmocka_unit_test(open_until_closed),
		cmocka_unit_test(what_ended_is_let_go),
		cmocka_unit_test(a_change_after_the_end),
		cmocka_unit_test(requests_without_an_ack),
		cmocka_unit_test(the_bound),
		cmocka_unit_test(ended_ones_make_room),
		cmocka_unit_test(no_room_in_the_middle_of_a_segment),
		cmocka_unit_test(two_claim_one_cookie),
		cmocka_unit_test(processes_are_let_go),
		cmocka_unit_test(losses),
		cmocka_unit_test(late_is_marked),
		cmocka_unit_test(calls_that_push_and_pull),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
