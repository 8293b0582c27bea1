// SPDX-License-Identifier: BSD-2-Clause
/* The expressions of list --wait-for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/match.h"
#include "sockets.h"

static struct sock_owner owner = { .pid = 42, .uid = 1000, .fd = 7, .comm = "java" };

static struct socket_entry entry(void)
{
	return (struct socket_entry){
		.rec = sock(1, 4, ST_ESTABLISHED, "10.1.2.3", 9090, "192.0.2.1", 4000),
		.owners = &owner,
		.nowners = 1,
	};
}

static bool holds(const char *text)
{
	struct socket_entry e = entry();
	struct match_error error;
	struct match *m = match__new(text, &error);
	bool held;

	if (!m)
		fail_msg("%s: %s %s", text, error.word, error.why);
	held = match__socket(m, &e);
	match__free(m);
	return held;
}

static void words_of_a_socket(void **state)
{
	(void)state;
	assert_true(holds("state ESTABLISHED"));
	assert_true(holds("established"));
	assert_true(holds("state LISTEN,ESTAB"));
	assert_false(holds("LISTEN"));
	assert_true(holds("port 9090"));
	assert_true(holds("port 4000"));
	assert_true(holds("lport 80,9090"));
	assert_false(holds("lport 4000"));
	assert_true(holds("rport 4000"));
	assert_true(holds("addr 10.0.0.0/8"));
	assert_true(holds("addr 192.0.2.1"));
	assert_false(holds("addr 10.2.0.0/16"));
	assert_false(holds("addr 2001:db8::/32"));
	assert_true(holds("pid 42"));
	assert_false(holds("pid 7"));
	assert_true(holds("comm ja*"));
	assert_true(holds("uid 1000"));
	assert_false(holds("uid 0"));
}

static void words_joined(void **state)
{
	(void)state;
	assert_true(holds("LISTEN or ESTABLISHED and port 9090"));
	assert_true(holds("port 1 and port 2 or port 9090"));
	assert_false(holds("port 1 and (port 2 or port 9090)"));
	assert_true(holds("port 9090 and not LISTEN"));
	assert_true(holds("port 9090 && !(LISTEN || pid 1)"));
	assert_false(holds("port 9090 and not not LISTEN"));
}

/* At the front it is no filter: what is told is whether the rest matches. */
static void not_of_the_whole(void **state)
{
	struct match_error error;
	struct match *m = match__new("not port 9090", &error);

	(void)state;
	assert_non_null(m);
	assert_true(match__asks_for_none(m));
	match__free(m);
	assert_true(holds("not port 9090"));
	m = match__new("(not port 9090)", &error);
	assert_non_null(m);
	assert_false(match__asks_for_none(m));
	match__free(m);
	assert_false(holds("(not port 9090)"));
}

static void wrong_ones(void **state)
{
	static const char *const texts[] = {
		"", "foo", "port", "port 0", "port 65536", "port 1,,2", "port x",
		"state", "state FOO", "LISTEN port 80", "(LISTEN", "LISTEN)", "not",
		"and", "LISTEN and", "addr 10.0.0.0/33", "addr host", "pid 0",
	};
	struct match_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (match__new(texts[i], &error))
			fail_msg("%s was taken", texts[i]);
		assert_non_null(error.why);
	}
}

static void deep_and_long_ones(void **state)
{
	struct match_error error;
	char deep[200];

	(void)state;
	memset(deep, '(', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	assert_null(match__new(deep, &error));
	memset(deep, '!', sizeof(deep) - 1);
	assert_null(match__new(deep, &error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_a_socket),
		cmocka_unit_test(words_joined),
		cmocka_unit_test(not_of_the_whole),
		cmocka_unit_test(wrong_ones),
		cmocka_unit_test(deep_and_long_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
