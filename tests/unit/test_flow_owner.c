// SPDX-License-Identifier: BSD-2-Clause
/* Whose a socket is, and who is shown. */
#include "flow_records.h"

static void sends(struct world *w, const struct side *s, struct tt_task t)
{
	FEED(w, call_of(w, s, TT_CALL_SEND, t, 1, 0));
}

static void fin_comes(struct world *w, const struct side *s)
{
	FEED(w, change(w, s, ST_ESTABLISHED, ST_CLOSE_WAIT, no_task()));
}

/* Two that share a socket: the caller is shown, else the last that called. */
static void shared_by_fork(void **state)
{
	struct world *w = world();

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	sends(w, &server_side, task(OTHER, ACCEPT_FD, SYS_write));
	assert_owner(last(w), OTHER, "call");
	fin_comes(w, &server_side);
	assert_owner(last(w), OTHER, "socket");
	end_world(w);
}

static void the_selected_owner_is_preferred(void **state)
{
	struct world *w = world_of_tasks();

	(void)state;
	connected_pair(w, server_task(0), unselected(client_task(SYS_connect)));
	/* Who is not selected is not shown, what he shares is. */
	sends(w, &server_side, unselected(task(OTHER, ACCEPT_FD, SYS_write)));
	assert_int_equal(w->count, 0);
	fin_comes(w, &server_side);
	assert_owner(only(w, EV_state), SERVER, "socket");
	FEED(w, close_of(w, &server_side, ST_CLOSE_WAIT,
			 unselected(task(OTHER, ACCEPT_FD, SYS_close))));
	assert_int_equal(told_of(w, EV_close), 0);
	end_world(w);
}

static struct tt_rec_task lets_go(struct world *w, const struct side *s, uint32_t pid)
{
	struct tt_rec_task r = task_of(w, TT_TASK_LET_GO, task(pid, -1, -1));

	r.hdr.sk = s->sk;
	return r;
}

/* What goes on without the process is not its own: until it acts again. */
static void one_that_lets_go(void **state)
{
	struct world *w = world_of_tasks();

	(void)state;
	connected_pair(w, server_task(0), unselected(client_task(SYS_connect)));
	FEED(w, lets_go(w, &server_side, SERVER));
	fin_comes(w, &server_side);
	assert_int_equal(w->count, 0);
	FEED(w, close_of(w, &server_side, ST_CLOSE_WAIT,
			 unselected(task(OTHER, ACCEPT_FD, SYS_close))));
	FEED(w, segment_of(w, &server_side, TT_TCP_FIN | TT_TCP_ACK, 9001, 1002, 0));
	assert_int_equal(w->count, 0);
	sends(w, &server_side, server_task(SYS_write));
	assert_owner(only(w, EV_send), SERVER, "call");
	end_world(w);
}

/* Nobody else turned up: who held it last is told of its end. */
static void the_last_one_counts_at_the_end(void **state)
{
	struct world *w = world_of_tasks();

	(void)state;
	connected_pair(w, server_task(0), unselected(client_task(SYS_connect)));
	FEED(w, lets_go(w, &server_side, SERVER));
	FEED(w, close_of(w, &server_side, ST_ESTABLISHED, no_task()));
	assert_owner(only(w, EV_close), SERVER, "socket");
	end_world(w);
}

static void a_change_in_an_unselected_call(void **state)
{
	struct world *w = world_of_tasks();

	(void)state;
	connected_pair(w, server_task(0), unselected(client_task(SYS_connect)));
	FEED(w, change(w, &server_side, ST_ESTABLISHED, ST_FIN_WAIT1,
		       unselected(task(OTHER, ACCEPT_FD, SYS_shutdown))));
	assert_owner(only(w, EV_state), SERVER, "socket");
	end_world(w);
}

static void the_unselected_are_not_shown(void **state)
{
	struct world *w = world_of_tasks();

	(void)state;
	listens(w, &listening, unselected(task(SERVER, LISTEN_FD, SYS_listen)));
	connects(w, &client_side, unselected(client_task(SYS_connect)));
	shakes_hands(w, &client_side, &server_side, listening.sk);
	accepts(w, &server_side, unselected(server_task(SYS_accept4)));
	sends(w, &server_side, unselected(server_task(SYS_write)));
	fin_comes(w, &server_side);
	FEED(w, close_of(w, &server_side, ST_CLOSE_WAIT,
			 unselected(server_task(SYS_close))));
	assert_int_equal(w->count, 0);
	end_world(w);
}

/* A selected listener's children are selected before anybody accepts them. */
static void a_child_is_selected_as_its_listener(void **state)
{
	struct world *w = world_of_tasks();

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	connects(w, &client_side, unselected(client_task(SYS_connect)));
	forget(w);
	shakes_hands(w, &client_side, &server_side, listening.sk);
	assert_owner(only(w, EV_syn_recv), SERVER, "listener");
	assert_int_equal(told_of(w, EV_connected), 0);
	/* Another process takes it: it is that one's now. */
	forget(w);
	accepts(w, &server_side, unselected(task(OTHER, 9, SYS_accept4)));
	fin_comes(w, &server_side);
	assert_int_equal(w->count, 0);
	end_world(w);
}

/* A selected process gets a socket that nobody selected made. */
static void a_passed_descriptor(void **state)
{
	struct world *w = world_of_tasks();

	(void)state;
	connected_pair(w, unselected(server_task(0)),
		       unselected(client_task(SYS_connect)));
	FEED(w, call_of(w, &server_side, TT_CALL_RECV, task(OTHER, 12, SYS_read),
			1, 0));
	assert_owner(only(w, EV_recv), OTHER, "call");
	assert_int_equal(only(w, EV_recv)->fd, 12);
	forget(w);
	fin_comes(w, &server_side);
	assert_owner(only(w, EV_state), OTHER, "socket");
	end_world(w);
}

static void threads_are_one_owner(void **state)
{
	struct world *w = world();
	struct tt_task t = server_task(SYS_write);

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	t.tid = 777;
	sends(w, &server_side, t);
	assert_int_equal(last(w)->tid, 777);
	fin_comes(w, &server_side);
	assert_int_equal(last(w)->pid, SERVER);
	assert_int_equal(last(w)->tid, 777);
	end_world(w);
}

/* The last owner stands for the socket after its end; another process that
 * gets its pid is not it. */
static void a_pid_comes_round_again(void **state)
{
	static const struct side s = SIDE(50, "127.0.0.1", 6000, "127.0.0.1", 80);
	struct tt_task again = task(CLIENT, 4, SYS_connect);
	struct world *w = world_of_tasks();

	(void)state;
	strcpy(again.comm, "another");
	connected_pair(w, server_task(0), client_task(SYS_connect));
	FEED(w, close_of(w, &client_side, ST_ESTABLISHED, exiting(CLIENT)));
	FEED(w, task_of(w, TT_TASK_EXIT, exiting(CLIENT)));
	connects(w, &s, unselected(again));
	forget(w);
	FEED(w, change(w, &client_side, ST_FIN_WAIT1, ST_FIN_WAIT2, no_task()));
	assert_owner(only(w, EV_state), CLIENT, "socket");
	assert_string_equal(only(w, EV_state)->comm, "proc-s");
	/* The new one is not selected, nor does it end the old one's selection. */
	forget(w);
	sends(w, &s, unselected(again));
	assert_int_equal(w->count, 0);
	end_world(w);
}

/* Of the same user, and nobody saw the first one's end: when they began tells
 * them apart. */
static void told_apart_by_their_beginning(void **state)
{
	static const struct side s = SIDE(50, "127.0.0.1", 6000, "127.0.0.1", 80);
	struct tt_task first = client_task(SYS_connect), again = first;
	struct world *w = world();

	(void)state;
	first.flags |= TT_TASK_START(100ULL << 24);
	again.flags |= TT_TASK_START(200ULL << 24);
	strcpy(again.comm, "another");
	connected_pair(w, server_task(0), first);
	connects(w, &s, again);
	assert_string_equal(only(w, EV_connect)->comm, "another");
	forget(w);
	FEED(w, change(w, &client_side, ST_FIN_WAIT1, ST_FIN_WAIT2, no_task()));
	assert_string_equal(only(w, EV_state)->comm, "proc-s");
	end_world(w);
}

/* exec gives the process another name, and its sockets with it. */
static void exec_renames(void **state)
{
	struct tt_task renamed = task(CLIENT, -1, SYS_execve);
	struct world *w = world();

	(void)state;
	strcpy(renamed.comm, "renamed");
	connected_pair(w, server_task(0), client_task(SYS_connect));
	FEED(w, task_of(w, TT_TASK_EXEC, renamed));
	fin_comes(w, &client_side);
	assert_owner(last(w), CLIENT, "socket");
	assert_string_equal(last(w)->comm, "renamed");
	end_world(w);
}

/* A selection of sockets, by each of its kinds. */
static void selected_sockets(void **state)
{
	static const struct side v6 = SIDE(60, "::1", 7000, "::1", 7001, .family = 6);
	static const struct side mapped = SIDE(61, "10.0.0.1", 7000, "10.0.0.2", 7001,
					       .family = 6, .netns = 2);
	struct select_prefix ten = { .len = 104 };
	struct {
		struct select s;
		bool client, server, v6, mapped;
	} rows[] = {
		{ { .ports = { 80 }, .nports = 1 }, true, true, false, false },
		{ { .lports = { 80 }, .nlports = 1 }, false, true, false, false },
		{ { .rports = { 80 }, .nrports = 1 }, true, false, false, false },
		{ { .ports = { 80 }, .nports = 1, .rports = { 80 }, .nrports = 1 },
		  true, false, false, false },
		{ { .naddrs = 1 }, false, false, false, true },
		{ { .family = 4 }, true, true, false, true },
		{ { .family = 6 }, false, false, true, false },
		{ { .netns = 2 }, false, false, false, true },
		{ { .ports = { 9, 7001 }, .nports = 2 }, false, false, true, true },
	};
	const struct side *const sides[] = { &client_side, &server_side, &v6,
					     &mapped };

	(void)state;
	set_end(ten.addr, "10.0.0.0");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const bool want[] = { rows[i].client, rows[i].server, rows[i].v6,
				      rows[i].mapped };
		struct flow_opts opts = { .select = rows[i].s };
		struct world *w;

		opts.select.addrs[0] = ten;
		w = world_of(opts);
		for (int j = 0; j < 4; j++) {
			forget(w);
			sends(w, sides[j], task(OTHER, 4, SYS_write));
			assert_int_equal(w->count, want[j]);
		}
		end_world(w);
	}
}

static void selected_states(void **state)
{
	struct world *w = world_of((struct flow_opts){
		.select.states = 1u << ST_CLOSE_WAIT });

	(void)state;
	connected_pair(w, server_task(0), client_task(SYS_connect));
	sends(w, &server_side, server_task(SYS_write));
	assert_int_equal(w->count, 0);
	fin_comes(w, &server_side);
	assert_int_equal(w->count, 1);
	sends(w, &server_side, server_task(SYS_write));
	assert_int_equal(w->count, 2);
	/* The old state is named. */
	FEED(w, change(w, &server_side, ST_CLOSE_WAIT, ST_LAST_ACK,
		       server_task(SYS_close)));
	assert_int_equal(w->count, 3);
	sends(w, &server_side, server_task(SYS_write));
	assert_int_equal(w->count, 3);
	end_world(w);
}

static void selected_events(void **state)
{
	struct world *w = world_of((struct flow_opts){
		.select.events = 1u << EV_accept });

	(void)state;
	listens(w, &listening, task(SERVER, LISTEN_FD, SYS_listen));
	connects(w, &client_side, client_task(SYS_connect));
	shakes_hands(w, &client_side, &server_side, listening.sk);
	assert_int_equal(w->count, 0);
	accepts(w, &server_side, server_task(SYS_accept));
	assert_int_equal(only(w, EV_accept)->listener, listening.sk);
	assert_int_equal(w->count, 1);
	end_world(w);
}

static const char *cgroup_path(void *ctx, uint64_t id)
{
	return id == 42 ? ctx : NULL;
}

static void cgroups_have_names(void **state)
{
	struct world *w = world_of((struct flow_opts){
		.cgroup_path = cgroup_path, .names_ctx = "/system.slice" });
	struct tt_task t = client_task(SYS_connect);

	(void)state;
	t.cgroup = 42;
	connects(w, &client_side, t);
	assert_string_equal(w->told[0].f.cgroup, "/system.slice");
	t.cgroup = 43;
	sends(w, &client_side, t);
	assert_has_not(last(w), F_CGROUP);
	end_world(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_by_fork),
		cmocka_unit_test(the_selected_owner_is_preferred),
		cmocka_unit_test(one_that_lets_go),
		cmocka_unit_test(the_last_one_counts_at_the_end),
		cmocka_unit_test(a_change_in_an_unselected_call),
		cmocka_unit_test(the_unselected_are_not_shown),
		cmocka_unit_test(a_child_is_selected_as_its_listener),
		cmocka_unit_test(a_passed_descriptor),
		cmocka_unit_test(threads_are_one_owner),
		cmocka_unit_test(a_pid_comes_round_again),
		cmocka_unit_test(told_apart_by_their_beginning),
		cmocka_unit_test(exec_renames),
		cmocka_unit_test(selected_sockets),
		cmocka_unit_test(selected_states),
		cmocka_unit_test(selected_events),
		cmocka_unit_test(cgroups_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
