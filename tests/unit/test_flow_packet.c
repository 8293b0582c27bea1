// SPDX-License-Identifier: BSD-2-Clause
/* Segments: their ends, their numbers, which selection they pass. */
#include "flow_records.h"

#define ACK TT_TCP_ACK
#define PSH_ACK (TT_TCP_PSH | TT_TCP_ACK)
#define SYN_ACK (TT_TCP_SYN | TT_TCP_ACK)

static struct world *connected_world(struct world *w, bool server, bool client)
{
	struct tt_task s = server_task(0), c = client_task(SYS_connect);

	connected_pair(w, server ? s : unselected(s), client ? c : unselected(c));
	return w;
}

static void from_and_to_on_lo(void **state)
{
	struct world *w = connected_world(world(), true, true);
	const struct fact *f;

	(void)state;
	FEED(w, segment_of(w, &server_side, PSH_ACK, 9001, 1001, 3));
	f = only(w, EV_packet);
	assert_int_equal(f->from.pid, SERVER);
	assert_int_equal(f->from.fd, ACCEPT_FD);
	assert_int_equal(f->from.sk, server_side.sk);
	assert_string_equal(f->from.state, "ESTABLISHED");
	assert_int_equal(f->to.pid, CLIENT);
	assert_int_equal(f->to.sk, client_side.sk);
	assert_string_equal(f->dir, "out");
	assert_owner(f, SERVER, "socket");
	assert_int_equal(f->sk, server_side.sk);
	assert_int_equal(f->len, 3);
	assert_string_equal(f->tcp_flags, "P.");
	assert_string_equal(f->ifname, "lo");
	assert_has_not(f, F_GSO);
	assert_has_not(f, F_PEER);
	end_world(w);
}

/* Rule 9: the flat end is the selected one; of both, or none, the sender. */
static void the_flat_end(void **state)
{
	static const struct {
		bool server, client;
		const char *dir;
		uint32_t pid;
	} rows[] = {
		{ true, true, "out", SERVER },
		{ true, false, "out", SERVER },
		{ false, true, "in", CLIENT },
		{ false, false, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *w = connected_world(world_of_tasks(), rows[i].server,
						  rows[i].client);
		const struct fact *f;

		FEED(w, segment_of(w, &server_side, PSH_ACK, 9001, 1001, 3));
		if (!rows[i].pid) {
			assert_int_equal(w->count, 0);
		} else {
			f = only(w, EV_packet);
			assert_string_equal(f->dir, rows[i].dir);
			assert_owner(f, rows[i].pid, "socket");
			/* Whoever is selected, both ends are told. */
			assert_int_equal(f->from.pid, SERVER);
			assert_int_equal(f->to.pid, CLIENT);
		}
		end_world(w);
	}
}

static void either_local_end_passes(void **state)
{
	struct world *w = world_of((struct flow_opts){
		.select = { .lports = { 5000 }, .nlports = 1 } });

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	FEED(w, segment_of(w, &server_side, PSH_ACK, 9001, 1001, 3));
	assert_string_equal(only(w, EV_packet)->dir, "in");
	assert_int_equal(only(w, EV_packet)->lport, 5000);
	/* The same segment where that end is not local. */
	forget(w);
	FEED(w, on_wire(segment_of(w, &server_side, PSH_ACK, 9001, 1001, 3),
			TT_DIR_OUT, 1));
	assert_int_equal(w->count, 0);
	end_world(w);
}

static void an_unknown_end_is_absent(void **state)
{
	static const struct side s = SIDE(0, "10.0.0.9", 22, "10.0.0.8", 40000);
	struct world *w = world();
	const struct fact *f;

	(void)state;
	FEED(w, on_wire(segment_of(w, &s, ACK, 1, 1, 0), TT_DIR_IN, 1));
	f = only(w, EV_packet);
	assert_has_not(f, F_FROM);
	assert_has_not(f, F_TO);
	assert_owner(f, 0, NULL);
	assert_string_equal(f->dir, "in");
	assert_int_equal(f->lport, 40000);
	assert_int_equal(f->sport, 22);
	end_world(w);
}

static void a_syn_is_for_the_listener(void **state)
{
	struct world *w = world();

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	connects(w, &client_side, client_task(SYS_connect));
	assert_int_equal(last(w)->to.pid, SERVER);
	assert_int_equal(last(w)->to.sk, listening.sk);
	assert_string_equal(last(w)->to.state, "LISTEN");
	assert_string_equal(last(w)->from.state, "SYN_SENT");
	assert_has_not(last(w), F_TCP_ACK);
	assert_string_equal(last(w)->tcp_flags, "S");
	end_world(w);
}

static void numbers(const struct world *w, bool known, uint32_t seq, uint32_t ack)
{
	const struct fact *f = last(w);

	assert_int_equal(f->id, EV_packet);
	assert_int_equal(fact_has(f, F_REL_SEQ), known);
	assert_int_equal(fact_has(f, F_REL_ACK), known);
	if (!known)
		return;
	assert_int_equal(f->rel_seq, seq);
	assert_int_equal(f->rel_ack, ack);
}

/* tcpdump: SYN and SYN-ACK as they are, what follows counts from them. */
static void relative_from_the_handshake(void **state)
{
	static const struct side request = SIDE(0, "127.0.0.1", 80, "127.0.0.1", 5000);
	struct world *w = world();

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	connects(w, &client_side, client_task(SYS_connect));
	numbers(w, false, 0, 0);
	FEED(w, by_request(segment_of(w, &request, SYN_ACK, 9000, 1001, 0),
			   listening.sk));
	numbers(w, false, 0, 0);
	FEED(w, segment_of(w, &client_side, ACK, 1001, 9001, 0));
	numbers(w, true, 1, 1);
	FEED(w, segment_of(w, &client_side, PSH_ACK, 1001, 9001, 10));
	numbers(w, true, 1, 1);
	FEED(w, segment_of(w, &request, ACK, 9001, 1011, 0));
	numbers(w, true, 1, 11);
	/* The SYN-ACK again sets the base again. */
	FEED(w, by_request(segment_of(w, &request, SYN_ACK, 9000, 1001, 0),
			   listening.sk));
	numbers(w, false, 0, 0);
	end_world(w);
}

/* tcpdump: a connection first seen amid its life counts from that segment. */
static void relative_from_the_middle(void **state)
{
	struct world *w = world();

	(void)state;
	FEED(w, call_of(w, &client_side, TT_CALL_SEND, client_task(SYS_write), 1, 0));
	FEED(w, segment_of(w, &client_side, PSH_ACK, 0xfffffff0, 700, 32));
	numbers(w, false, 0, 0);
	FEED(w, segment_of(w, &server_side, ACK, 700, 0x10, 0));
	numbers(w, true, 1, 0x20);
	/* The other end becomes known: nothing jumps. */
	FEED(w, call_of(w, &server_side, TT_CALL_RECV, server_task(SYS_read), 1, 0));
	FEED(w, segment_of(w, &server_side, PSH_ACK, 700, 0x10, 5));
	numbers(w, true, 1, 0x20);
	FEED(w, segment_of(w, &client_side, ACK, 0x10, 705, 0));
	numbers(w, true, 0x20, 6);
	end_world(w);
}

static void sacks_count_as_acks_do(void **state)
{
	struct world *w = connected_world(world(), true, true);
	struct tt_rec_packet r = segment_of(w, &server_side, ACK, 9001, 1001, 0);
	static const uint8_t sack[12] = { 1, 1, 5, 10, 0, 0, 0x03, 0xf3,
					  0, 0, 0x03, 0xfd };
	uint16_t total = htons(52);

	(void)state;
	memcpy(r.data + 2, &total, 2);
	r.data[20 + 12] = 8 << 4;
	memcpy(r.data + 40, sack, sizeof(sack));
	r.caplen = r.wire_len = 52;
	r.hdr.len += 12;
	feed(w, &r);
	assert_int_equal(last(w)->len, 0);
	assert_int_equal(last(w)->seg_opts.nsack, 1);
	/* 1011 and 1021, from the client's 1000 */
	assert_int_equal(last(w)->seg_opts.sack[0].left, 11);
	assert_int_equal(last(w)->seg_opts.sack[0].right, 21);
	end_world(w);
}

static void a_window_of_segments(void **state)
{
	struct world *w = connected_world(world(), true, true);
	struct tt_rec_packet r = segment_of(w, &server_side, PSH_ACK, 9001, 1001, 30000);

	(void)state;
	r.gso_segs = 21;
	r.gso_size = 1448;
	feed(w, &r);
	assert_int_equal(last(w)->gso, 21);
	assert_int_equal(last(w)->len, 30000);
	end_world(w);
}

/* --- namespaces ------------------------------------------------------------ */

static const struct side near = SIDE(70, "10.1.0.1", 5000, "10.1.0.2", 80, .netns = 1);
static const struct side far = SIDE(71, "10.1.0.2", 80, "10.1.0.1", 5000, .netns = 2);
static const struct side far_too = SIDE(72, "10.1.0.2", 80, "10.1.0.1", 5000,
					.netns = 3);

static void two_namespaces_talk(void **state)
{
	struct world *w = world();
	const struct fact *f;

	(void)state;
	connects(w, &near, client_task(SYS_connect));
	accepts(w, &far, server_task(SYS_accept));
	assert_int_equal(last(w)->peer.pid, CLIENT);
	forget(w);
	/* Once for each namespace that holds an end. */
	FEED(w, on_wire(segment_of(w, &near, PSH_ACK, 1, 1, 9), TT_DIR_OUT, 1));
	FEED(w, on_wire(segment_of(w, &near, PSH_ACK, 1, 1, 9), TT_DIR_IN, 2));
	assert_int_equal(w->count, 2);
	f = &w->told[0].f;
	assert_string_equal(f->dir, "out");
	assert_owner(f, CLIENT, "socket");
	assert_int_equal(f->netns, 1);
	assert_int_equal(f->to.pid, SERVER);
	f = &w->told[1].f;
	assert_string_equal(f->dir, "in");
	assert_owner(f, SERVER, "socket");
	assert_int_equal(f->netns, 2);
	assert_int_equal(f->from.pid, CLIENT);
	end_world(w);
}

/* Addresses that two other namespaces use say nothing of who talks to whom. */
static void the_same_addresses_twice(void **state)
{
	struct world *w = world();

	(void)state;
	connects(w, &near, client_task(SYS_connect));
	accepts(w, &far, server_task(SYS_accept));
	accepts(w, &far_too, task(OTHER, 8, SYS_accept));
	forget(w);
	FEED(w, call_of(w, &near, TT_CALL_SEND, client_task(SYS_write), 1, 0));
	assert_has_not(last(w), F_PEER);
	FEED(w, on_wire(segment_of(w, &near, PSH_ACK, 1, 1, 9), TT_DIR_OUT, 1));
	assert_has_not(last(w), F_TO);
	assert_int_equal(last(w)->from.pid, CLIENT);
	/* In its own namespace an end is itself. */
	FEED(w, on_wire(segment_of(w, &near, PSH_ACK, 1, 1, 9), TT_DIR_IN, 3));
	assert_owner(last(w), OTHER, "socket");
	end_world(w);
}

static void loopback_stays_in_its_namespace(void **state)
{
	static const struct side elsewhere = SIDE(73, "127.0.0.1", 80, "127.0.0.1",
						  5000, .netns = 2);
	struct world *w = world();

	(void)state;
	accepts(w, &elsewhere, server_task(SYS_accept));
	connects(w, &client_side, client_task(SYS_connect));
	assert_has_not(last(w), F_TO);
	FEED(w, call_of(w, &client_side, TT_CALL_SEND, client_task(SYS_write), 1, 0));
	assert_has_not(last(w), F_PEER);
	end_world(w);
}

/* An earlier connection of the same addresses is not the peer of a later. */
static void who_ended_before_is_no_peer(void **state)
{
	static const struct side again = SIDE(21, "127.0.0.1", 5000, "127.0.0.1", 80);
	struct world *w = connected_world(world(), true, true);

	(void)state;
	FEED(w, close_of(w, &server_side, ST_ESTABLISHED, server_task(SYS_close)));
	FEED(w, destroy_of(w, &server_side));
	FEED(w, destroy_of(w, &client_side));
	/* What the two had to do with each other stays. */
	FEED(w, call_of(w, &client_side, TT_CALL_SEND, client_task(SYS_write), 1, 0));
	assert_int_equal(last(w)->peer.pid, SERVER);
	connects(w, &again, client_task(SYS_connect));
	forget(w);
	FEED(w, call_of(w, &again, TT_CALL_SEND, client_task(SYS_write), 1, 0));
	assert_has_not(last(w), F_PEER);
	end_world(w);
}

static void a_segment_that_is_none(void **state)
{
	struct world *w = world();
	struct tt_rec_packet r = segment_of(w, &client_side, ACK, 1, 1, 0);

	(void)state;
	for (uint16_t len = 0; len < 40; len++) {
		r.caplen = len;
		feed(w, &r);
	}
	assert_int_equal(w->count, 0);
	end_world(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_and_to_on_lo),
		cmocka_unit_test(the_flat_end),
		cmocka_unit_test(either_local_end_passes),
		cmocka_unit_test(an_unknown_end_is_absent),
		cmocka_unit_test(a_syn_is_for_the_listener),
		cmocka_unit_test(relative_from_the_handshake),
		cmocka_unit_test(relative_from_the_middle),
		cmocka_unit_test(sacks_count_as_acks_do),
		cmocka_unit_test(a_window_of_segments),
		cmocka_unit_test(two_namespaces_talk),
		cmocka_unit_test(the_same_addresses_twice),
		cmocka_unit_test(loopback_stays_in_its_namespace),
		cmocka_unit_test(who_ended_before_is_no_peer),
		cmocka_unit_test(a_segment_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
