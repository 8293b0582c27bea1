// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "event/names.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* libc's enum is the kernel's; its names differ in one prefix only. */
static void states_as_netstat_prints_them(void **state)
{
	static const struct {
		unsigned int number;
		const char *name;
	} rows[] = {
		{ TCP_ESTABLISHED, "ESTABLISHED" }, { TCP_SYN_SENT, "SYN_SENT" },
		{ TCP_SYN_RECV, "SYN_RECV" },	    { TCP_FIN_WAIT1, "FIN_WAIT1" },
		{ TCP_FIN_WAIT2, "FIN_WAIT2" },	    { TCP_TIME_WAIT, "TIME_WAIT" },
		{ TCP_CLOSE, "CLOSE" },		    { TCP_CLOSE_WAIT, "CLOSE_WAIT" },
		{ TCP_LAST_ACK, "LAST_ACK" },	    { TCP_LISTEN, "LISTEN" },
		{ TCP_CLOSING, "CLOSING" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(state_name(rows[i].number), rows[i].name);
		assert_int_equal(state_by_name(rows[i].name), rows[i].number);
	}
	assert_string_equal(state_name(ST_NEW_SYN_RECV), "SYN_RECV");
	assert_null(state_name(ST_NONE));
	assert_null(state_name(ST_MAX));
	assert_null(state_name(~0u));
}

static void states_by_other_tools_spellings(void **state)
{
	static const struct {
		const char *name;
		unsigned int want;
	} rows[] = {
		{ "established", ST_ESTABLISHED }, { "Estab", ST_ESTABLISHED },
		{ "ESTAB", ST_ESTABLISHED },	   { "syn-sent", ST_SYN_SENT },
		{ "SYN-RECV", ST_SYN_RECV },	   { "FIN-WAIT-1", ST_FIN_WAIT1 },
		{ "fin_wait_2", ST_FIN_WAIT2 },	   { "time-wait", ST_TIME_WAIT },
		{ "timewait", ST_TIME_WAIT },	   { "UNCONN", ST_CLOSE },
		{ "closed", ST_CLOSE },		   { "close-wait", ST_CLOSE_WAIT },
		{ "LAST-ACK", ST_LAST_ACK },	   { "listening", ST_LISTEN },
		{ "closing", ST_CLOSING },	   { "SYN-RECEIVED", ST_SYN_RECV },
		{ "", ST_NONE },		   { "-", ST_NONE },
		{ "CLOS", ST_NONE },		   { "LISTENER", ST_NONE },
		{ "FIN_WAIT", ST_NONE },	   { "FIN_WAIT3", ST_NONE },
		{ "ESTABLISHED ", ST_NONE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (state_by_name(rows[i].name) != rows[i].want)
			fail_msg("state %s", rows[i].name);
	}
}

static void errors_by_name(void **state)
{
	(void)state;
	assert_string_equal(errno_name(1), "EPERM");
	assert_string_equal(errno_name(4), "EINTR");
	assert_string_equal(errno_name(11), "EAGAIN");
	assert_string_equal(errno_name(32), "EPIPE");
	assert_string_equal(errno_name(95), "EOPNOTSUPP");
	assert_string_equal(errno_name(104), "ECONNRESET");
	assert_string_equal(errno_name(110), "ETIMEDOUT");
	assert_string_equal(errno_name(111), "ECONNREFUSED");
	assert_string_equal(errno_name(133), "EHWPOISON");
	assert_string_equal(errno_name(512), "ERESTARTSYS");
	assert_null(errno_name(0));
	assert_null(errno_name(41)); /* a hole: EAGAIN's other name is no number */
	assert_null(errno_name(58));
	assert_null(errno_name(134));
	assert_null(errno_name(511));
	assert_null(errno_name(-111));
	assert_null(errno_name(INT32_MIN));
	assert_null(errno_name(INT32_MAX));
}

/* strerror knows every number that the kernel's headers name. */
static void no_error_is_missing(void **state)
{
	int err;

	(void)state;
	for (err = 1; err <= 200; err++) {
		const char *name = errno_name(err);
		int known = strncmp(strerror(err), "Unknown error", 13) != 0;

		if (known != (name != NULL))
			fail_msg("error %d: %s", err, strerror(err));
		if (name)
			assert_int_equal(name[0], 'E');
	}
}

static void calls_by_number(void **state)
{
	static const struct {
		int number;
		const char *name;
	} rows[] = {
		{ SYS_read, "read" },		{ SYS_readv, "readv" },
		{ SYS_write, "write" },		{ SYS_writev, "writev" },
		{ SYS_sendto, "sendto" },	{ SYS_sendmsg, "sendmsg" },
		{ SYS_sendmmsg, "sendmmsg" },	{ SYS_recvfrom, "recvfrom" },
		{ SYS_recvmsg, "recvmsg" },	{ SYS_recvmmsg, "recvmmsg" },
		{ SYS_sendfile, "sendfile" },	{ SYS_splice, "splice" },
		{ SYS_preadv2, "preadv2" },	{ SYS_pwritev2, "pwritev2" },
		{ SYS_connect, "connect" },	{ SYS_accept, "accept" },
		{ SYS_accept4, "accept4" },	{ SYS_listen, "listen" },
		{ SYS_shutdown, "shutdown" },	{ SYS_close, "close" },
		{ SYS_close_range, "close_range" }, { SYS_dup, "dup" },
		{ SYS_dup3, "dup3" },		{ SYS_execve, "execve" },
		{ SYS_execveat, "execveat" },	{ SYS_exit, "exit" },
		{ SYS_exit_group, "exit_group" },
		{ SYS_io_uring_enter, "io_uring_enter" },
#ifdef SYS_dup2
		{ SYS_dup2, "dup2" },
#endif
	};
	size_t i, named = 0;
	int n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(call_name(rows[i].number), rows[i].name);
	for (n = -10; n < 1000; n++)
		named += call_name(n) != NULL;
	assert_int_equal(named, ARRAY_SIZE(rows));
	assert_null(call_name(INT32_MAX));
	assert_null(call_name(INT32_MIN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_as_netstat_prints_them),
		cmocka_unit_test(states_by_other_tools_spellings),
		cmocka_unit_test(errors_by_name),
		cmocka_unit_test(no_error_is_missing),
		cmocka_unit_test(calls_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
