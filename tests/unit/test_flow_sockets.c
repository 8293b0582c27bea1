// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/sockets.h"
#include "sockets.h"

static void add(struct socket_table *t, struct tt_rec_socket r)
{
	assert_int_equal(socket_table__add(t, &r), 0);
}

static struct socket_entry *by_sk(struct socket_table *t, uint64_t sk)
{
	for (size_t i = 0; i < socket_table__count(t); i++)
		if (socket_table__at(t, i)->rec.hdr.sk == sk)
			return socket_table__at(t, i);
	return NULL;
}

static struct tt_rec_socket listener(uint64_t sk, const char *laddr)
{
	return sock(sk, 4, ST_LISTEN, laddr, 80, "0.0.0.0", 0);
}

static struct tt_rec_socket child(uint64_t sk, uint16_t rport)
{
	return sock(sk, 4, ST_ESTABLISHED, "10.0.0.1", 80, "10.0.0.2", rport);
}

static void a_socket_appears_once(void **state)
{
	struct socket_table *t = socket_table__new(NULL);
	struct tt_rec_socket r = child(7, 5000), file = held(r, 20, 5, "b");
	struct socket_entry *e;

	(void)state;
	/* The descriptor's look is the older one: the tables' counts. */
	file.sock.state = ST_CLOSE_WAIT;
	add(t, file);
	add(t, r);
	add(t, held(r, 10, 9, "a"));
	add(t, held(r, 10, 3, "a"));
	add(t, held(r, 10, 3, "a")); /* a thread with a table of its own */
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_int_equal(socket_table__count(t), 1);
	e = socket_table__at(t, 0);
	assert_true(e->in_tables);
	assert_int_equal(socket_entry__state(e), ST_ESTABLISHED);
	assert_int_equal(e->nowners, 3);
	assert_int_equal(e->owners[0].pid, 10);
	assert_int_equal(e->owners[0].fd, 3);
	assert_int_equal(e->owners[1].fd, 9);
	assert_int_equal(e->owners[2].pid, 20);
	socket_table__free(t);
}

static void a_kernel_without_cookies_has_inodes(void **state)
{
	struct socket_table *t = socket_table__new(NULL);
	struct tt_rec_socket r = child(0, 5000), w = child(0, 5001);

	(void)state;
	r.sock.ino = 77;
	w.sock.ino = 0;
	add(t, r);
	add(t, held(r, 10, 3, "a"));
	add(t, w);
	add(t, w);
	assert_int_equal(socket_table__finish(t, true), 0);
	/* Without either nothing says that two are one. */
	assert_int_equal(socket_table__count(t), 3);
	socket_table__free(t);
}

static void a_hidden_task_is_no_owner(void **state)
{
	struct socket_table *t = socket_table__new(NULL);

	(void)state;
	add(t, held(child(7, 5000), 0, 5, "hidden"));
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_int_equal(socket_table__at(t, 0)->nowners, 0);
	socket_table__free(t);
}

static void a_child_is_its_listeners(void **state)
{
	struct socket_table *t = socket_table__new(NULL);
	const struct sock_owner *o;
	bool by_listener;

	(void)state;
	add(t, held(listener(1, "0.0.0.0"), 10, 3, "server"));
	add(t, without_file(child(2, 5000)));
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_ptr_equal(by_sk(t, 2)->listener, by_sk(t, 1));
	o = socket_entry__owner(by_sk(t, 2), &by_listener);
	assert_true(by_listener);
	assert_int_equal(o->pid, 10);
	socket_table__free(t);
}

static void of_several_listeners_none_is_guessed(void **state)
{
	struct socket_table *t = socket_table__new(NULL);
	struct tt_rec_socket request = without_file(child(4, 5001));
	bool by_listener;

	(void)state;
	request.sock.state = ST_NEW_SYN_RECV;
	request.listener = 2;
	add(t, held(listener(1, "10.0.0.1"), 10, 3, "one"));
	add(t, held(listener(2, "10.0.0.1"), 11, 3, "two"));
	add(t, without_file(child(3, 5000)));
	add(t, request);
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_null(socket_entry__owner(by_sk(t, 3), &by_listener));
	/* Of a request the kernel says it. */
	assert_int_equal(socket_entry__owner(by_sk(t, 4), &by_listener)->pid, 11);
	assert_int_equal(socket_entry__state(by_sk(t, 4)), ST_SYN_RECV);
	socket_table__free(t);
}

static void what_was_let_go_has_no_owner(void **state)
{
	struct socket_table *t = socket_table__new(NULL);
	struct tt_rec_socket orphan = without_file(child(2, 5000));
	struct tt_rec_socket remnant = without_file(child(3, 5001));
	bool by_listener;

	(void)state;
	orphan.sock.flags |= TT_SK_DEAD;
	orphan.sock.state = ST_FIN_WAIT1;
	remnant.sock.flags |= TT_SK_REQUEST;
	remnant.sock.state = ST_TIME_WAIT;
	remnant.substate = ST_FIN_WAIT2;
	add(t, held(listener(1, "0.0.0.0"), 10, 3, "server"));
	add(t, orphan);
	add(t, remnant);
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_null(socket_entry__owner(by_sk(t, 2), &by_listener));
	assert_null(socket_entry__owner(by_sk(t, 3), &by_listener));
	assert_int_equal(socket_entry__state(by_sk(t, 3)), ST_FIN_WAIT2);
	socket_table__free(t);
}

static struct tt_rec_socket in_netns(struct tt_rec_socket r, uint32_t netns)
{
	r.sock.tuple.netns = netns;
	return r;
}

static struct tt_rec_socket end(uint64_t sk, const char *laddr, uint16_t lport,
				const char *raddr, uint16_t rport, uint32_t netns)
{
	return in_netns(sock(sk, 4, ST_ESTABLISHED, laddr, lport, raddr, rport),
			netns);
}

static void peers_in_one_namespace(void **state)
{
	struct socket_table *t = socket_table__new(NULL);

	(void)state;
	for (uint32_t ns = 1; ns <= 2; ns++) {
		add(t, end(10 * ns, "127.0.0.1", 80, "127.0.0.1", 5000, ns));
		add(t, end(10 * ns + 1, "127.0.0.1", 5000, "127.0.0.1", 80, ns));
	}
	/* Alone on its loopback: the other ends are not its own. */
	add(t, end(30, "127.0.0.1", 80, "127.0.0.1", 5000, 3));
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_ptr_equal(by_sk(t, 10)->peer, by_sk(t, 11));
	assert_ptr_equal(by_sk(t, 21)->peer, by_sk(t, 20));
	assert_null(by_sk(t, 30)->peer);
	socket_table__free(t);
}

static void peers_across_namespaces(void **state)
{
	struct socket_table *t = socket_table__new(NULL);

	(void)state;
	add(t, end(1, "10.0.0.1", 80, "10.0.0.2", 5000, 1));
	add(t, end(2, "10.0.0.2", 5000, "10.0.0.1", 80, 2));
	/* Two pairs with the same addresses, and both ends apart. */
	add(t, end(3, "10.0.0.1", 81, "10.0.0.2", 5000, 1));
	add(t, end(4, "10.0.0.2", 5000, "10.0.0.1", 81, 2));
	add(t, end(5, "10.0.0.1", 81, "10.0.0.2", 5000, 3));
	add(t, end(6, "10.0.0.2", 5000, "10.0.0.1", 81, 4));
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_ptr_equal(by_sk(t, 1)->peer, by_sk(t, 2));
	assert_ptr_equal(by_sk(t, 2)->peer, by_sk(t, 1));
	for (uint64_t sk = 3; sk <= 6; sk++)
		assert_null(by_sk(t, sk)->peer);
	socket_table__free(t);
}

static void sorted_for_people(void **state)
{
	static const uint64_t want[] = { 4, 3, 2, 1, 5 };
	struct socket_table *t = socket_table__new(NULL);

	(void)state;
	add(t, end(1, "10.0.0.1", 9000, "10.0.0.2", 5000, 1));
	add(t, end(2, "10.0.0.1", 80, "10.0.0.2", 5001, 1));
	add(t, end(3, "10.0.0.1", 80, "10.0.0.2", 500, 1));
	add(t, sock(4, 4, ST_LISTEN, "0.0.0.0", 9000, "0.0.0.0", 0));
	add(t, end(5, "10.0.0.1", 22, "10.0.0.2", 5000, 2));
	assert_int_equal(socket_table__finish(t, true), 0);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(socket_table__at(t, i)->rec.hdr.sk, want[i]);
	socket_table__free(t);
}

static void any_selected_owner_selects(void **state)
{
	static const uint32_t pids[] = { 11 };
	struct select_task task = { .pids = pids, .npids = 1 };
	struct socket_table *t = socket_table__new(&task);
	struct select any = { 0 };
	bool by_listener;

	(void)state;
	add(t, held(listener(1, "0.0.0.0"), 10, 3, "server"));
	add(t, held(listener(1, "0.0.0.0"), 11, 3, "worker"));
	add(t, held(child(2, 5000), 10, 4, "server"));
	add(t, without_file(child(3, 5001)));
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_true(socket_entry__selected(by_sk(t, 1), &any, true));
	assert_false(socket_entry__selected(by_sk(t, 2), &any, true));
	assert_true(socket_entry__selected(by_sk(t, 2), &any, false));
	assert_true(socket_entry__selected(by_sk(t, 3), &any, true));
	/* The selected one speaks for a shared socket. */
	assert_int_equal(socket_entry__owner(by_sk(t, 1), &by_listener)->pid, 11);
	socket_table__free(t);
}

static void states_as_users_know_them(void **state)
{
	struct socket_table *t = socket_table__new(NULL);
	struct tt_rec_socket r = without_file(child(1, 5000));
	struct select s = { .states = 1u << ST_FIN_WAIT2 };

	(void)state;
	r.sock.state = ST_TIME_WAIT;
	r.substate = ST_FIN_WAIT2;
	add(t, r);
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_true(socket_entry__selected(by_sk(t, 1), &s, false));
	s.states = 1u << ST_TIME_WAIT;
	assert_false(socket_entry__selected(by_sk(t, 1), &s, false));
	socket_table__free(t);
}

static void tasks_are_selected_by_all_kinds(void **state)
{
	static const uint32_t pids[] = { 5, 6 };
	static const uint64_t cgroups[] = { 100, 101 };
	struct tt_task task = { .pid = 6, .uid = 33, .cgroup = 101, .comm = "nginx" };
	struct select_task s = { .pids = pids, .npids = 2, .comm = "ngin?",
				 .by_uid = true, .uid = 33, .by_cgroup = true,
				 .cgroups = cgroups, .ncgroups = 2 };

	(void)state;
	assert_false(select_task__any(&s));
	assert_true(select_task__match(&s, &task));
	task.cgroup = 102;
	assert_false(select_task__match(&s, &task));
	task.cgroup = 100;
	task.uid = 0;
	assert_false(select_task__match(&s, &task));
	s.by_uid = false;
	task.pid = 7;
	assert_false(select_task__match(&s, &task));
	s.npids = 0;
	assert_true(select_task__match(&s, &task));
	s.comm = "java*";
	assert_false(select_task__match(&s, &task));
	s = (struct select_task){ 0 };
	assert_true(select_task__any(&s));
	assert_true(select_task__match(&s, &task));
}

static const char *cgroup_path(void *ctx, uint64_t id)
{
	return id == 9 ? ctx : NULL;
}

static void fact_of_a_connection(void **state)
{
	struct socket_table *t = socket_table__new(NULL);
	struct tt_rec_socket r = sock(2, 6, ST_ESTABLISHED, "10.0.0.1", 80,
				      "10.0.0.2", 5000);
	struct socket_fact sf = { 0 };
	const struct fact *f = &sf.fact;

	(void)state;
	r.opts.flags = TT_OPT_LINGER | TT_OPT_KEEPALIVE;
	r.opts.linger_j = 2500;
	r.opts.ka_time_j = 30000;
	r.task.cgroup = 9;
	add(t, r);
	add(t, held(r, 10, 3, "server"));
	add(t, held(r, 10, 4, "server"));
	add(t, held(end(3, "10.0.0.2", 5000, "10.0.0.1", 80, 1), 20, 7, "client"));
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_int_equal(socket_fact__fill(&sf, by_sk(t, 2), 42, 250, cgroup_path,
					   "/a"), 0);
	assert_int_equal(f->id, EV_socket);
	assert_int_equal(f->time_ns, 42);
	assert_true(fact_has(f, F_MAPPED) && f->mapped);
	assert_int_equal(f->lport, 80);
	assert_int_equal(f->rport, 5000);
	assert_string_equal(f->state, "ESTABLISHED");
	assert_string_equal(f->owner_src, "scan");
	assert_string_equal(f->cgroup, "/a");
	assert_int_equal(f->fd, 3);
	assert_int_equal(f->nowners, 2);
	assert_int_equal(f->owners[1].fd, 4);
	assert_true(f->opts.linger_on);
	assert_int_equal(f->opts.linger_s, 10);
	assert_int_equal(f->opts.ka_time_s, 120);
	assert_true(fact_has(f, F_PEER));
	assert_int_equal(f->peer.pid, 20);
	assert_int_equal(f->peer.fd, 7);
	socket_fact__release(&sf);
	socket_table__free(t);
}

static void fact_without_what_is_unknown(void **state)
{
	struct socket_table *t = socket_table__new(NULL);
	struct tt_rec_socket r = without_file(child(2, 5000));
	struct socket_fact sf = { 0 };
	const struct fact *f = &sf.fact;

	(void)state;
	r.sock.state = ST_TIME_WAIT;
	r.substate = ST_TIME_WAIT;
	r.sock.flags |= TT_SK_REQUEST;
	add(t, r);
	add(t, listener(3, "0.0.0.0"));
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_int_equal(socket_fact__fill(&sf, by_sk(t, 2), 42, 250, NULL, NULL), 0);
	assert_false(fact_has(f, F_PID) || fact_has(f, F_COMM) ||
		     fact_has(f, F_UID) || fact_has(f, F_FD) ||
		     fact_has(f, F_OWNER_SRC) || fact_has(f, F_PEER) ||
		     fact_has(f, F_OPTS) || fact_has(f, F_MAPPED));
	assert_true(fact_has(f, F_OWNERS));
	assert_int_equal(f->nowners, 0);
	assert_int_equal(socket_fact__fill(&sf, by_sk(t, 3), 42, 0, NULL, NULL), 0);
	assert_false(fact_has(f, F_RADDR) || fact_has(f, F_RPORT) ||
		     fact_has(f, F_OPTS));
	socket_fact__release(&sf);
	socket_table__free(t);
}

static void many_sockets_and_owners(void **state)
{
	struct socket_table *t = socket_table__new(NULL);

	(void)state;
	for (uint32_t i = 1; i <= 2000; i++)
		add(t, child(i, (uint16_t)i));
	for (uint32_t pid = 300; pid > 0; pid--)
		add(t, held(child(1500, 1500), pid, 3, "worker"));
	assert_int_equal(socket_table__finish(t, true), 0);
	assert_int_equal(socket_table__count(t), 2000);
	assert_int_equal(by_sk(t, 1500)->nowners, 300);
	assert_int_equal(by_sk(t, 1500)->owners[0].pid, 1);
	assert_int_equal(by_sk(t, 1500)->owners[299].pid, 300);
	socket_table__free(t);
	socket_table__free(NULL);
}

/* MPTCP: one descriptor, and its inode at every subflow. */
static void an_inode_leads_to_all_who_have_it(void **state)
{
	struct socket_table *t = socket_table__new(NULL);
	struct tt_task task = { .pid = 7, .tid = 7, .fd = 5, .comm = "multi" };
	struct tt_rec_socket r;

	(void)state;
	for (uint64_t sk = 1; sk <= 5; sk++) {
		r = sock(sk, 4, ST_ESTABLISHED, "10.0.0.1", 80, "10.0.0.2", 5000 + sk);
		if (sk == 2 || sk == 4)
			r.sock.ino = 77;
		assert_int_equal(socket_table__add(t, &r), 0);
	}
	assert_false(socket_table__holds_inodes(t));
	assert_int_equal(socket_table__hold(t, 1ULL << 63 | 77, &task), 0);
	assert_int_equal(socket_table__hold(t, 1ULL << 63 | 78, &task), 0);
	task.fd = 6;
	assert_int_equal(socket_table__hold(t, 3, &task), 0);
	assert_true(socket_table__holds_inodes(t));
	assert_int_equal(socket_table__finish(t, true), 0);
	for (uint64_t sk = 1; sk <= 5; sk++)
		assert_int_equal(by_sk(t, sk)->nowners, sk == 1 || sk == 5 ? 0 : 1);
	assert_int_equal(by_sk(t, 2)->owners[0].fd, 5);
	assert_int_equal(by_sk(t, 4)->owners[0].fd, 5);
	assert_int_equal(by_sk(t, 3)->owners[0].fd, 6);
	socket_table__free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_appears_once),
		cmocka_unit_test(a_kernel_without_cookies_has_inodes),
		cmocka_unit_test(a_hidden_task_is_no_owner),
		cmocka_unit_test(a_child_is_its_listeners),
		cmocka_unit_test(of_several_listeners_none_is_guessed),
		cmocka_unit_test(what_was_let_go_has_no_owner),
		cmocka_unit_test(peers_in_one_namespace),
		cmocka_unit_test(peers_across_namespaces),
		cmocka_unit_test(sorted_for_people),
		cmocka_unit_test(any_selected_owner_selects),
		cmocka_unit_test(states_as_users_know_them),
		cmocka_unit_test(tasks_are_selected_by_all_kinds),
		cmocka_unit_test(fact_of_a_connection),
		cmocka_unit_test(fact_without_what_is_unknown),
		cmocka_unit_test(many_sockets_and_owners),
		cmocka_unit_test(an_inode_leads_to_all_who_have_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
