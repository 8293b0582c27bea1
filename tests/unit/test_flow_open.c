// SPDX-License-Identifier: BSD-2-Clause
/* How connections begin: connect, listen, syn_recv, connected, accept. */
#include "flow_records.h"

#include <errno.h>

static void active_open(void **state)
{
	struct world *w = world();
	const struct fact *f;

	(void)state;
	FEED(w, change(w, &client_side, ST_CLOSE, ST_SYN_SENT,
		       client_task(SYS_connect)));
	f = only(w, EV_connect);
	assert_owner(f, CLIENT, "call");
	assert_int_equal(f->tid, CLIENT + 1);
	assert_int_equal(f->fd, CLIENT_FD);
	assert_int_equal(f->lport, 5000);
	assert_int_equal(f->rport, 80);
	assert_int_equal(f->time_ns, w->now);
	assert_change(only(w, EV_state), "CLOSE", "SYN_SENT", "call", "connect");
	assert_has_not(only(w, EV_state), F_IN_STATE_US);
	forget(w);
	FEED(w, change(w, &client_side, ST_SYN_SENT, ST_ESTABLISHED, no_task()));
	f = only(w, EV_connected);
	assert_owner(f, CLIENT, "socket");
	assert_has_not(f, F_ERROR);
	assert_int_equal(f->latency_us, 1000);
	assert_change(only(w, EV_state), "SYN_SENT", "ESTABLISHED", "segment",
		      "SYN-ACK");
	assert_int_equal(only(w, EV_state)->in_state_us, 1000);
	end_world(w);
}

static void passive_open(void **state)
{
	struct world *w = world();
	const struct fact *f;

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	assert_int_equal(only(w, EV_listen)->lport, 80);
	assert_has_not(only(w, EV_listen), F_RPORT);
	connects(w, &client_side, client_task(SYS_connect));
	forget(w);
	shakes_hands(w, &client_side, &server_side, listening.sk);
	f = only(w, EV_syn_recv);
	assert_int_equal(f->listener, listening.sk);
	assert_owner(f, SERVER, "listener");
	assert_has_not(f, F_FD);
	assert_false(f->cookie);
	/* Two changes of the child, none of the clone's own. */
	assert_int_equal(told_of(w, EV_state), 3);
	assert_change(last(w), "SYN_RECV", "ESTABLISHED", "segment", "ACK");
	assert_int_equal(last(w)->sk, server_side.sk);
	assert_owner(last(w), SERVER, "listener");
	assert_has(last(w), F_IN_STATE_US);
	forget(w);
	accepts(w, &server_side, server_task(SYS_accept4));
	f = only(w, EV_accept);
	assert_owner(f, SERVER, "call");
	assert_int_equal(f->fd, ACCEPT_FD);
	assert_int_equal(f->listener, listening.sk);
	assert_int_equal(f->queued_us, 1000);
	assert_int_equal(f->peer.sk, client_side.sk);
	assert_int_equal(f->peer.pid, CLIENT);
	end_world(w);
}

/* The first state of a request has no old one, and comes with its segment. */
static void a_request_begins_with_its_syn_ack(void **state)
{
	struct world *w = world();
	struct side request = SIDE(0, "127.0.0.1", 80, "127.0.0.1", 5000);

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	forget(w);
	FEED(w, by_request(segment_of(w, &request, TT_TCP_SYN | TT_TCP_ACK, 1, 2,
				      0), listening.sk));
	assert_int_equal(w->told[0].f.id, EV_syn_recv);
	assert_change(&w->told[1].f, NULL, "SYN_RECV", "segment", "SYN");
	assert_int_equal(w->told[2].f.id, EV_packet);
	assert_has_not(&w->told[0].f, F_SK);
	/* Again: a retransmission is no second request. */
	forget(w);
	FEED(w, by_request(segment_of(w, &request, TT_TCP_SYN | TT_TCP_ACK, 1, 2,
				      0), listening.sk));
	assert_int_equal(w->count, 1);
	end_world(w);
}

static void the_queue_is_told(void **state)
{
	struct world *w = world();
	struct tt_rec_state full;

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	FEED(w, change(w, &server_side, ST_LISTEN, ST_SYN_RECV, no_task()));
	full = change(w, &server_side, ST_SYN_RECV, ST_ESTABLISHED, no_task());
	full.hdr.len = sizeof(full);
	full.listener = listening.sk;
	full.queue_len = 2;
	full.queue_max = 5;
	feed(w, &full);
	forget(w);
	accepts(w, &server_side, server_task(SYS_accept));
	assert_int_equal(last(w)->queue_len, 2);
	assert_int_equal(last(w)->queue_max, 5);
	end_world(w);
}

static void v4_mapped(void **state)
{
	static const struct side l = SIDE(10, "::", 80, "::", 0, .family = 6);
	static const struct side s = SIDE(30, "127.0.0.1", 80, "127.0.0.1", 5000, .family = 6);
	struct world *w = world();

	(void)state;
	listens(w, &l, task(SERVER, LISTEN_FD, SYS_listen));
	assert_has_not(last(w), F_MAPPED);
	connects(w, &client_side, client_task(SYS_connect));
	forget(w);
	shakes_hands(w, &client_side, &s, l.sk);
	assert_int_equal(only(w, EV_syn_recv)->family, 6);
	assert_true(only(w, EV_syn_recv)->mapped);
	assert_has_not(only(w, EV_connected), F_MAPPED);
	assert_int_equal(last(w)->family, 6);
	assert_has(last(w), F_MAPPED);
	assert_int_equal(last(w)->peer.pid, CLIENT);
	end_world(w);
}

static void listener_of_two_families(void **state)
{
	static const struct side any6 = SIDE(10, "::", 80, "::", 0, .family = 6);
	static const struct side own = SIDE(11, "127.0.0.1", 80, "0.0.0.0", 0, .family = 4);
	struct world *w = world();

	(void)state;
	listens(w, &any6, task(SERVER, LISTEN_FD, SYS_listen));
	listens(w, &own, task(OTHER, LISTEN_FD, SYS_listen));
	/* The one with the very address is reached. */
	forget(w);
	FEED(w, change(w, &server_side, ST_LISTEN, ST_SYN_RECV, no_task()));
	FEED(w, change(w, &server_side, ST_SYN_RECV, ST_ESTABLISHED, no_task()));
	assert_owner(last(w), OTHER, "listener");
	end_world(w);
}

static void refused(void **state)
{
	struct world *w = world();
	struct tt_rec_state r;

	(void)state;
	connects(w, &client_side, client_task(SYS_connect));
	forget(w);
	/* On lo the RST is handled inside the call. */
	r = change(w, &client_side, ST_SYN_SENT, ST_CLOSE,
		   client_task(SYS_connect));
	r.seen = TT_SEEN_RST_IN | TT_SEEN_ATTEMPT;
	r.err = ECONNREFUSED;
	feed(w, &r);
	assert_string_equal(only(w, EV_connected)->error, "ECONNREFUSED");
	assert_has_not(only(w, EV_connected), F_ABORTED);
	assert_change(only(w, EV_state), "SYN_SENT", "CLOSE", "segment", "RST");
	end_world(w);
}

static void no_route(void **state)
{
	static const struct side s = SIDE(20, "0.0.0.0", 0, "10.9.9.9", 80);
	struct world *w = world();
	struct tt_rec_call r;
	const struct fact *f;

	(void)state;
	r = call_of(w, &s, TT_CALL_CONNECT, client_task(SYS_connect),
		    -ENETUNREACH, 0);
	r.enter_ns = r.hdr.ts_ns - 5000;
	r.sock.state = ST_CLOSE;
	feed(w, &r);
	f = only(w, EV_connect);
	assert_int_equal(f->time_ns, r.enter_ns);
	assert_has_not(f, F_LPORT);
	assert_has_not(f, F_LADDR);
	assert_int_equal(f->rport, 80);
	f = only(w, EV_connected);
	assert_int_equal(f->time_ns, r.hdr.ts_ns);
	assert_string_equal(f->error, "ENETUNREACH");
	assert_int_equal(f->latency_us, 5);
	assert_int_equal(told_of(w, EV_state), 0);
	end_world(w);
}

/* No port was free: the state changed, and the call's result says why. */
static void the_call_says_why(void **state)
{
	struct world *w = world();
	struct tt_rec_state r;

	(void)state;
	FEED(w, change(w, &client_side, ST_CLOSE, ST_SYN_SENT,
		       client_task(SYS_connect)));
	forget(w);
	r = change(w, &client_side, ST_SYN_SENT, ST_CLOSE,
		   client_task(SYS_connect));
	r.seen = TT_SEEN_ATTEMPT;
	feed(w, &r);
	assert_int_equal(told_of(w, EV_connected), 0);
	FEED(w, call_of(w, &client_side, TT_CALL_CONNECT_END,
			client_task(SYS_connect), -EADDRNOTAVAIL, 0));
	assert_string_equal(only(w, EV_connected)->error, "EADDRNOTAVAIL");
	/* Once an attempt. */
	FEED(w, call_of(w, &client_side, TT_CALL_CONNECT_END,
			client_task(SYS_connect), -EADDRNOTAVAIL, 0));
	assert_int_equal(told_of(w, EV_connected), 1);
	end_world(w);
}

static void aborted(void **state)
{
	static const struct {
		int sysno;
		bool exiting;
		const char *aborted;
	} rows[] = {
		{ SYS_close, false, "close" },
		{ SYS_exit_group, true, "exit" },
		{ SYS_connect, false, "connect" }, /* connect(AF_UNSPEC) */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *w = world();

		connects(w, &client_side, client_task(SYS_connect));
		forget(w);
		FEED(w, change(w, &client_side, ST_SYN_SENT, ST_CLOSE,
			       rows[i].exiting ? exiting(CLIENT) :
						 client_task(rows[i].sysno)));
		assert_string_equal(only(w, EV_connected)->aborted,
				    rows[i].aborted);
		assert_has_not(only(w, EV_connected), F_ERROR);
		assert_string_equal(only(w, EV_state)->cause_kind, "call");
		end_world(w);
	}
}

static void timed_out(void **state)
{
	struct world *w = world();
	struct tt_rec_state r;

	(void)state;
	connects(w, &client_side, client_task(SYS_connect));
	forget(w);
	r = change(w, &client_side, ST_SYN_SENT, ST_CLOSE, no_task());
	r.err = ETIMEDOUT;
	r.retransmits = 6;
	feed(w, &r);
	assert_string_equal(only(w, EV_connected)->error, "ETIMEDOUT");
	assert_change(only(w, EV_state), "SYN_SENT", "CLOSE", "timer",
		      "retransmit");
	end_world(w);
}

/* A port that is chosen inside the window belongs to the connect before it. */
static void the_port_comes_later(void **state)
{
	static const struct side before = SIDE(20, "127.0.0.1", 0, "127.0.0.1", 80);
	struct world *w = world();
	struct tt_rec_state r = change(w, &before, ST_CLOSE, ST_SYN_SENT,
				       client_task(SYS_connect));
	struct tt_rec_packet syn = segment_of(w, &client_side, TT_TCP_SYN, 1, 0, 0);

	(void)state;
	syn.sk_state = ST_SYN_SENT;
	flow_table__preview(w->t, &r.hdr);
	flow_table__preview(w->t, &syn.hdr);
	flow_table__apply(w->t, &r.hdr, r.hdr.ts_ns, false);
	assert_int_equal(only(w, EV_connect)->lport, 5000);
	end_world(w);
}

/* One socket tries three times inside the window, each time from a new port,
 * the second of which nobody saw. */
static void each_attempt_has_its_own_port(void **state)
{
	static const uint16_t ports[] = { 5001, 0, 5003 };
	struct side s = SIDE(20, "127.0.0.1", 0, "127.0.0.1", 9);
	struct tt_rec_state begin[3], end[3];
	struct world *w = world();

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct tt_rec_packet syn;

		s.lport = 0;
		begin[i] = change(w, &s, ST_CLOSE, ST_SYN_SENT,
				  client_task(SYS_connect));
		flow_table__preview(w->t, &begin[i].hdr);
		s.lport = ports[i];
		syn = segment_of(w, &s, TT_TCP_SYN, 1, 0, 0);
		syn.sk_state = ST_SYN_SENT;
		if (ports[i])
			flow_table__preview(w->t, &syn.hdr);
		end[i] = change(w, &s, ST_SYN_SENT, ST_CLOSE, no_task());
		end[i].err = ECONNREFUSED;
		flow_table__preview(w->t, &end[i].hdr);
	}
	for (int i = 0; i < 3; i++) {
		forget(w);
		flow_table__apply(w->t, &begin[i].hdr, begin[i].hdr.ts_ns, false);
		assert_int_equal(fact_has(only(w, EV_connect), F_LPORT),
				 ports[i] != 0);
		assert_int_equal(only(w, EV_connect)->lport, ports[i]);
		flow_table__apply(w->t, &end[i].hdr, end[i].hdr.ts_ns, false);
	}
	end_world(w);
}

/* connect(AF_UNSPEC) ends the connection; the next attempt counts anew. */
static void a_second_attempt_begins_anew(void **state)
{
	struct side again = client_side;
	struct world *w = world();

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	FEED(w, change(w, &client_side, ST_ESTABLISHED, ST_CLOSE,
		       client_task(SYS_connect)));
	assert_change(only(w, EV_state), "ESTABLISHED", "CLOSE", "call",
		      "connect");
	assert_int_equal(told_of(w, EV_connected), 0);
	again.lport = 6000;
	connects(w, &again, client_task(SYS_connect));
	forget(w);
	FEED(w, close_of(w, &again, ST_SYN_SENT, client_task(SYS_close)));
	assert_int_equal(only(w, EV_close)->duration_us, 2000);
	assert_int_equal(only(w, EV_close)->lport, 6000);
	end_world(w);
}

static void listen_again(void **state)
{
	struct world *w = world();

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	assert_int_equal(told_of(w, EV_listen), 1);
	/* The call that made the change has been told. */
	FEED(w, call_of(w, &listening, TT_CALL_LISTEN,
			task(SERVER, LISTEN_FD, SYS_listen), 0, 8));
	assert_int_equal(told_of(w, EV_listen), 1);
	forget(w);
	FEED(w, call_of(w, &listening, TT_CALL_LISTEN,
			task(SERVER, LISTEN_FD, SYS_listen), 0, 20));
	assert_int_equal(only(w, EV_listen)->backlog, 20);
	assert_int_equal(told_of(w, EV_state), 0);
	end_world(w);
}

static void syn_cookie(void **state)
{
	static const struct side s = SIDE(0, "127.0.0.1", 80, "127.0.0.1", 5000);
	struct world *w = world();

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	forget(w);
	/* No socket sent it: the kernel keeps nothing. */
	FEED(w, segment_of(w, &s, TT_TCP_SYN | TT_TCP_ACK, 1, 2, 0));
	assert_true(only(w, EV_syn_recv)->cookie);
	assert_owner(only(w, EV_syn_recv), SERVER, "listener");
	assert_int_equal(told_of(w, EV_state), 0);
	/* The child comes out of nothing. */
	forget(w);
	FEED(w, change(w, &server_side, ST_LISTEN, ST_SYN_RECV, no_task()));
	FEED(w, change(w, &server_side, ST_SYN_RECV, ST_ESTABLISHED, no_task()));
	assert_change(only(w, EV_state), "SYN_RECV", "ESTABLISHED", "segment",
		      "ACK");
	assert_owner(only(w, EV_state), SERVER, "listener");
	end_world(w);
}

/* Of two processes that listen on one port none is guessed. */
static void of_two_listeners_none_is_guessed(void **state)
{
	static const struct side second = SIDE(11, "0.0.0.0", 80, "0.0.0.0", 0);
	struct world *w = world();

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	listens(w, &second, task(OTHER, LISTEN_FD, SYS_listen));
	connects(w, &client_side, client_task(SYS_connect));
	assert_has_not(last(w), F_TO);
	forget(w);
	FEED(w, change(w, &server_side, ST_LISTEN, ST_SYN_RECV, no_task()));
	FEED(w, change(w, &server_side, ST_SYN_RECV, ST_ESTABLISHED, no_task()));
	assert_owner(only(w, EV_state), 0, NULL);
	/* The kernel says which: no guess. */
	forget(w);
	{
		static const struct side s = SIDE(31, "127.0.0.1", 80, "127.0.0.1", 5001);
		static const struct side c = SIDE(21, "127.0.0.1", 5001, "127.0.0.1", 80);

		connects(w, &c, client_task(SYS_connect));
		shakes_hands(w, &c, &s, second.sk);
	}
	assert_owner(only(w, EV_syn_recv), OTHER, "listener");
	end_world(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(active_open),
		cmocka_unit_test(passive_open),
		cmocka_unit_test(a_request_begins_with_its_syn_ack),
		cmocka_unit_test(the_queue_is_told),
		cmocka_unit_test(v4_mapped),
		cmocka_unit_test(listener_of_two_families),
		cmocka_unit_test(refused),
		cmocka_unit_test(no_route),
		cmocka_unit_test(the_call_says_why),
		cmocka_unit_test(aborted),
		cmocka_unit_test(timed_out),
		cmocka_unit_test(the_port_comes_later),
		cmocka_unit_test(each_attempt_has_its_own_port),
		cmocka_unit_test(a_second_attempt_begins_anew),
		cmocka_unit_test(listen_again),
		cmocka_unit_test(syn_cookie),
		cmocka_unit_test(of_two_listeners_none_is_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
