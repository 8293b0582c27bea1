// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/out.h"
#include "sockets.h"
#include "view/list.h"

#define NET_TITLE "Active Internet connections (servers and established)\n"
#define NET_HEAD "Proto Recv-Q Send-Q Local Address           " \
		 "Foreign Address         State      "

struct rows {
	struct socket_table *table;
	const struct socket_entry *list[16];
	struct out *out;
};

static int set_up(void **state)
{
	struct rows *r = test_calloc(1, sizeof(*r));

	r->table = socket_table__new(NULL);
	r->out = out__new_mem();
	*state = r;
	return r->table && r->out ? 0 : -1;
}

static int tear_down(void **state)
{
	struct rows *r = *state;

	socket_table__free(r->table);
	out__free(r->out);
	test_free(r);
	return 0;
}

static void add(struct rows *r, struct tt_rec_socket rec)
{
	assert_int_equal(socket_table__add(r->table, &rec), 0);
}

static const char *print(struct rows *r, const char *view, struct list_opts opts)
{
	size_t n = socket_table__count(r->table), len;

	assert_true(n <= 16);
	assert_int_equal(socket_table__finish(r->table, true), 0);
	for (size_t i = 0; i < n; i++)
		r->list[i] = socket_table__at(r->table, i);
	list_view__by_name(view)->print(r->list, n, &opts, r->out);
	return out__data(r->out, &len);
}

static const char *program(void *ctx, uint32_t pid)
{
	return pid == 10 ? ctx : NULL;
}

static const char *user(void *ctx, uint32_t uid)
{
	(void)ctx;
	return uid == 0 ? "root" : uid == 1 ? "systemd-network" : NULL;
}

static struct tt_rec_socket listener(void)
{
	struct tt_rec_socket r = sock(1, 4, ST_LISTEN, "0.0.0.0", 80, "0.0.0.0", 0);

	r.rx_queue = 3;
	r.tx_queue = 128;
	return r;
}

static struct tt_rec_socket connection(uint64_t sk, uint16_t rport)
{
	return sock(sk, 4, ST_ESTABLISHED, "10.0.0.1", 80, "10.0.0.2", rport);
}

static void netstat_rows(void **state)
{
	struct rows *r = *state;
	struct tt_rec_socket c = connection(2, 5000);

	c.rx_queue = 1234567;
	c.tx_queue = 9;
	add(r, sock(3, 6, ST_CLOSE_WAIT, "10.0.0.1", 80, "10.0.0.3", 6000));
	add(r, listener());
	add(r, held(listener(), 11, 3, "worker"));
	add(r, held(listener(), 10, 3, "server"));
	add(r, c);
	add(r, sock(4, 4, ST_CLOSE, "10.0.0.1", 81, "0.0.0.0", 0));
	assert_string_equal(
		print(r, "netstat", (struct list_opts){ .program = program,
							.ctx = "nginx: master process" }),
		NET_TITLE NET_HEAD " PID/Program name    \n"
		"tcp        3      0 0.0.0.0:80              0.0.0.0:*               LISTEN      10/nginx: master pr \n"
		"tcp   1234567      9 10.0.0.1:80             10.0.0.2:5000           ESTABLISHED -                   \n"
		"tcp6       0      0 10.0.0.1:80             10.0.0.3:6000           CLOSE_WAIT  -                   \n");
}

static void netstat_cuts_addresses(void **state)
{
	static const char cut[] =
		"tcp6       0      0 2001:db8:1234:5678:9:80 2001:db8::1:50000       ESTABLISHED -                   \n";
	static const char wide[] =
		"tcp6       0      0 2001:db8:1234:5678:9abc:def0:1234:5678:80 2001:db8::1:50000       ESTABLISHED -                   \n";
	struct rows *r = *state;
	const char *text;

	add(r, sock(1, 6, ST_ESTABLISHED, "2001:db8:1234:5678:9abc:def0:1234:5678", 80,
		    "2001:db8::1", 50000));
	text = print(r, "netstat", (struct list_opts){ 0 });
	assert_non_null(strstr(text, cut));
	out__reset(r->out);
	text = print(r, "netstat", (struct list_opts){ .wide = true });
	assert_non_null(strstr(text, wide));
}

static void netstat_of_listeners(void **state)
{
	struct rows *r = *state;

	add(r, listener());
	add(r, connection(2, 5000));
	assert_string_equal(
		print(r, "netstat", (struct list_opts){ .listening = true }),
		"Active Internet connections (only servers)\n"
		NET_HEAD " PID/Program name    \n"
		"tcp        3      0 0.0.0.0:80              0.0.0.0:*               LISTEN      -                   \n");
}

static void netstat_timers_and_users(void **state)
{
	static const struct {
		uint8_t timer;
		uint32_t expires_j;
		uint8_t retransmits, probes;
		const char *want;
	} rows[] = {
		{ 0, 77, 0, 0, "off (0.00/0/0)" },
		{ 1, 51, 3, 0, "on (0.20/3/0)" },
		{ 2, 1800000, 0, 2, "keepalive (7200.00/0/2)" },
		{ 3, 14999, 0, 0, "timewait (59.99/0/0)" },
		{ 4, 1, 0, 5, "probe (0.00/0/5)" },
	};
	struct rows *r = *state;
	char line[256];
	const char *text;

	for (uint16_t i = 0; i < 5; i++) {
		struct tt_rec_socket c = connection(10 + i, 5000 + i);

		c.timer = rows[i].timer;
		c.expires_j = rows[i].expires_j;
		c.retransmits = rows[i].retransmits;
		c.probes = rows[i].probes;
		c.uid = 33;
		add(r, c);
	}
	text = print(r, "netstat", (struct list_opts){ .timers = true, .extended = true,
						       .hz = 250 });
	assert_non_null(strstr(text, NET_HEAD " User       Inode      PID/Program "
					      "name     Timer\n"));
	for (int i = 0; i < 5; i++) {
		snprintf(line, sizeof(line),
			 "10.0.0.2:%-14d ESTABLISHED 33         %-10d -                    %s\n",
			 5000 + i, 1010 + i, rows[i].want);
		assert_non_null(strstr(text, line));
	}
}

static void a_program_cannot_drive_the_terminal(void **state)
{
	struct rows *r = *state;

	add(r, held(listener(), 10, 3, "server"));
	assert_non_null(strstr(print(r, "netstat",
				     (struct list_opts){ .program = program,
							 .screen = 200,
							 .ctx = "a\nb\033[2J" }),
			       " 10/a?b?[2J          \n"));
}

static void lsof_rows(void **state)
{
	struct rows *r = *state;
	struct tt_rec_socket c = sock(2, 6, ST_ESTABLISHED, "::1", 80, "::1", 5000);
	struct tt_rec_socket high = held(c, 123456, 12345, "a b c d e f");

	high.task.uid = 1;
	add(r, listener());
	add(r, held(listener(), 10, 3, "server"));
	add(r, held(listener(), 10, 14, "server"));
	add(r, c);
	add(r, high);
	/* Nobody holds the one, /proc/net/tcp does not know the other. */
	add(r, connection(3, 5001));
	add(r, held(sock(4, 4, ST_CLOSE, "10.0.0.1", 81, "0.0.0.0", 0), 10, 5, "server"));
	assert_string_equal(
		print(r, "lsof", (struct list_opts){ .user = user }),
		"COMMAND    PID     USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n"
		"server      10     root    3u  IPv4   1001      0t0  TCP *:80 (LISTEN)\n"
		"server      10     root   14u  IPv4   1001      0t0  TCP *:80 (LISTEN)\n"
		"a\\x20b  123456 systemd- *345u  IPv6   1002      0t0  TCP [::1]:80->[::1]:5000 (ESTABLISHED)\n");
}

static void lsof_offsets_and_mapped(void **state)
{
	struct rows *r = *state;
	struct tt_rec_socket c = sock(2, 6, ST_CLOSE_WAIT, "10.0.0.1", 80, "10.0.0.2",
				      5000);

	c = held(c, 7, 1, "x\t\x01\xff");
	c.task.uid = 12345;
	add(r, c);
	assert_string_equal(
		print(r, "lsof", (struct list_opts){ .user = user, .offsets = true }),
		"COMMAND   PID     USER   FD   TYPE DEVICE OFFSET NODE NAME\n"
		"x\\t^A\\xff   7    12345    1u  IPv6   1002    0t0  TCP 10.0.0.1:80->10.0.0.2:5000 (CLOSE_WAIT)\n");
}

static void lsof_of_nothing(void **state)
{
	struct rows *r = *state;

	add(r, connection(3, 5001));
	assert_string_equal(print(r, "lsof", (struct list_opts){ 0 }), "");
}

static void table_rows(void **state)
{
	struct rows *r = *state;
	struct tt_rec_socket child = without_file(connection(2, 5000));
	struct tt_rec_socket client = sock(3, 6, ST_ESTABLISHED, "10.0.0.2", 5000,
					   "10.0.0.1", 80);

	add(r, listener());
	add(r, held(listener(), 10, 3, "server"));
	add(r, held(listener(), 11, 3, "server"));
	add(r, child);
	add(r, held(client, 20, 7, "cl\033ient"));
	add(r, sock(4, 6, ST_TIME_WAIT, "::1", 90, "2001:db8::1", 443));
	assert_string_equal(
		print(r, "table", (struct list_opts){ 0 }),
		"STATE        RECV-Q  SEND-Q  LOCAL          REMOTE             FD  OWNER         PEER\n"
		"LISTEN        3/128       -  0.0.0.0:80     -                   3  server/10 +1  -\n"
		"ESTABLISHED       0       0  10.0.0.1:80    10.0.0.2:5000       -  (server/10)   cl?ient/20 fd 7\n"
		"TIME_WAIT         0       0  [::1]:90       [2001:db8::1]:443   -  -             -\n"
		"ESTABLISHED       0       0  10.0.0.2:5000  10.0.0.1:80         7  cl?ient/20    (server/10)\n");
}

static void table_with_more_columns(void **state)
{
	struct rows *r = *state;
	struct tt_rec_socket c = connection(0xabc, 5000), other = connection(2, 5001);

	c.timer = 1;
	c.expires_j = 60;
	c.retransmits = 2;
	c.uid = 33;
	other.sock.tuple.netns = 4026532177u;
	other.sock.ino = 0;
	add(r, c);
	add(r, other);
	assert_string_equal(
		print(r, "table", (struct list_opts){ .timers = true, .extended = true,
						      .hz = 250 }),
		"STATE        RECV-Q  SEND-Q  LOCAL        REMOTE         FD  OWNER  TIMER              UID  INODE   SK       NETNS  OWNERS  NOTE\n"
		"ESTABLISHED       0       0  10.0.0.1:80  10.0.0.2:5000   -  -      on 0.2s 2 retries   33   3748  abc           1  -       ! retransmitting x2\n"
		"ESTABLISHED       0       0  10.0.0.1:80  10.0.0.2:5001   -  -      -                    0      -    2  4026532177  -       -\n");
}

/* Longer than the line that a cell is made in. */
static void table_with_very_many_owners(void **state)
{
	struct rows *r = *state;
	struct tt_rec_socket l = sock(1, 4, ST_LISTEN, "10.0.0.1", 80, "0.0.0.0", 0);
	const char *text;

	for (uint32_t pid = 1; pid <= 1000; pid++)
		add(r, held(l, pid, 3, "worker"));
	text = print(r, "table", (struct list_opts){ .extended = true });
	assert_non_null(strstr(text, "  worker/1 fd 3, worker/2 fd 3,"));
	assert_non_null(strstr(text, ", worker/1000 fd 3\n"));
	assert_ptr_equal(strchr(strchr(text, '\n') + 1, '\n') + 1, text + strlen(text));
}

static void views_by_name(void **state)
{
	(void)state;
	assert_string_equal(list_view__by_name("table")->name, "table");
	assert_true(list_view__by_name("lsof")->files_only);
	assert_true(list_view__by_name("netstat")->own_netns);
	assert_null(list_view__by_name("json"));
}

#define ROWS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROWS(netstat_rows),
		ROWS(netstat_cuts_addresses),
		ROWS(netstat_of_listeners),
		ROWS(netstat_timers_and_users),
		ROWS(a_program_cannot_drive_the_terminal),
		ROWS(lsof_rows),
		ROWS(lsof_offsets_and_mapped),
		ROWS(lsof_of_nothing),
		ROWS(table_rows),
		ROWS(table_with_more_columns),
		ROWS(table_with_very_many_owners),
		cmocka_unit_test(views_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
