// SPDX-License-Identifier: BSD-2-Clause
/* base/out: what is put is what leaves, once, in order, columns counted. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/out.h"
#include "tmpfile.h"

static void assert_holds(struct out *out, const char *want)
{
	size_t len;

	assert_string_equal(out__data(out, &len), want);
	assert_int_equal(len, strlen(want));
	out__reset(out);
}

static void numbers_equal_printf(void **state)
{
	static const uint64_t values[] = {
		0, 1, 9, 10, 99, 100, 12345, 0xdeadbeef, UINT32_MAX,
		10000000000000000000ULL, INT64_MAX, UINT64_MAX,
	};
	struct out *out = out__new_mem();
	char want[32];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(want, sizeof(want), "%" PRIu64, values[i]);
		out__u64(out, values[i]);
		assert_holds(out, want);
		snprintf(want, sizeof(want), "%" PRIx64, values[i]);
		out__hex(out, values[i]);
		assert_holds(out, want);
	}
	out__free(out);
}

static void text_is_kept_in_order(void **state)
{
	struct out *out = out__new_mem();

	(void)state;
	assert_holds(out, "");
	out__str(out, "a");
	out__char(out, 'b');
	out__put(out, "cdX", 2);
	out__str(out, "");
	out__printf(out, "%s-%d", "e", 5);
	assert_holds(out, "abcde-5");
	out__free(out);
}

static void grows_past_any_first_size(void **state)
{
	struct out *out = out__new_mem();
	char *big = malloc(300001);
	size_t len, i;

	(void)state;
	memset(big, 'x', 300000);
	big[300000] = '\0';
	for (i = 0; i < 5000; i++)
		out__char(out, '0' + i % 10);
	out__printf(out, "%s", big);
	out__put(out, big, 300000);
	assert_int_equal(strlen(out__data(out, &len)), 605000);
	assert_int_equal(len, 605000);
	assert_int_equal(out__data(out, NULL)[4999], '9');
	assert_int_equal(out__data(out, NULL)[5000], 'x');
	free(big);
	out__free(out);
}

static void column_counts_from_the_newline(void **state)
{
	struct out *out = out__new_mem();

	(void)state;
	assert_int_equal(out__column(out), 0);
	out__str(out, "abc");
	assert_int_equal(out__column(out), 3);
	out__pad_to(out, 6);
	assert_int_equal(out__column(out), 6);
	out__pad_to(out, 2); /* past it: no space, nothing taken away */
	out__str(out, "d\nef");
	assert_int_equal(out__column(out), 2);
	out__pad_to(out, 4);
	out__char(out, '|');
	assert_holds(out, "abc   d\nef  |");
	assert_int_equal(out__column(out), 0);
	out__free(out);
}

static size_t read_some(int fd, char *buf, size_t size)
{
	ssize_t n = read(fd, buf, size - 1);

	assert_true(n >= 0);
	buf[n] = '\0';
	return n;
}

static void flush_sends_all_once(void **state)
{
	struct out *out;
	char buf[64];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	out = out__new_fd(fds[1]);
	out__str(out, "one\ntw");
	assert_int_equal(out__flush(out), 0);
	read_some(fds[0], buf, sizeof(buf));
	assert_string_equal(buf, "one\ntw");

	/* The line goes on after the flush, and so does its column. */
	assert_int_equal(out__column(out), 2);
	out__char(out, 'o');
	assert_int_equal(out__flush(out), 0);
	assert_int_equal(out__column(out), 3);
	out__pad_to(out, 5);
	out__char(out, '\n');
	assert_int_equal(out__flush(out), 0);
	assert_int_equal(out__flush(out), 0);
	read_some(fds[0], buf, sizeof(buf));
	assert_string_equal(buf, "o  \n");
	assert_int_equal(out__column(out), 0);

	out__str(out, "last");
	out__free(out);
	read_some(fds[0], buf, sizeof(buf));
	assert_string_equal(buf, "last");
	close(fds[0]);
	close(fds[1]);
}

static void long_output_leaves_in_whole_lines(void **state)
{
	char path[TMPFILE_PATH];
	int fd = tmpfile_new(path, "test_base_out"), i;
	struct out *out = out__new_fd(fd);
	off_t size;
	char last;

	(void)state;
	unlink(path);
	for (i = 0; i < 20000; i++)
		out__printf(out, "line %d\n", i);
	out__str(out, "unfinished");
	size = lseek(fd, 0, SEEK_END);
	assert_true(size > 0);
	assert_int_equal(pread(fd, &last, 1, size - 1), 1);
	assert_int_equal(last, '\n');
	assert_int_equal(out__column(out), strlen("unfinished"));
	out__free(out);
	/* 10 + 90 + 900 + 9000 + 10000 numbers of 1 to 5 digits */
	assert_int_equal(lseek(fd, 0, SEEK_END),
			 20000 * strlen("line \n") + 10 + 180 + 2700 + 36000 +
				 50000 + strlen("unfinished"));
	close(fd);
}

static void first_error_stays(void **state)
{
	struct out *out;
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	out = out__new_fd(fds[1]);
	close(fds[0]);
	out__str(out, "x\n");
	assert_int_equal(out__error(out), 0);
	assert_int_equal(out__flush(out), -EPIPE);
	close(fds[1]);
	out__str(out, "y\n"); /* would be EBADF */
	assert_int_equal(out__flush(out), -EPIPE);
	assert_int_equal(out__error(out), -EPIPE);
	out__free(out);
	out__free(NULL);
}

static void nonblocking_pipe_is_waited_for(void **state)
{
	enum { SIZE = 200000 };
	char *big = malloc(SIZE);
	size_t got = 0;
	int fds[2], status;
	pid_t pid;

	(void)state;
	memset(big, 'z', SIZE);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		struct out *out = out__new_fd(fds[1]);

		close(fds[0]);
		fcntl(fds[1], F_SETFL, O_NONBLOCK);
		out__put(out, big, SIZE);
		_exit(out__flush(out) ? 1 : 0);
	}
	close(fds[1]);
	for (;;) {
		ssize_t n = read(fds[0], big, SIZE);

		assert_true(n >= 0);
		if (!n)
			break;
		got += n;
	}
	assert_int_equal(got, SIZE);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_equal_printf),
		cmocka_unit_test(text_is_kept_in_order),
		cmocka_unit_test(grows_past_any_first_size),
		cmocka_unit_test(column_counts_from_the_newline),
		cmocka_unit_test(flush_sends_all_once),
		cmocka_unit_test(long_output_leaves_in_whole_lines),
		cmocka_unit_test(first_error_stays),
		cmocka_unit_test(nonblocking_pipe_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
