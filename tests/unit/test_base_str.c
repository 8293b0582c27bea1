// SPDX-License-Identifier: BSD-2-Clause
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void numbers(void **state)
{
	static const struct {
		const char *s;
		uint64_t min, max;
		int err;
		uint64_t want;
	} rows[] = {
		{ "0", 0, 10, 0, 0 },
		{ "10", 0, 10, 0, 10 },
		{ "007", 0, 10, 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", 0, UINT64_MAX, -ERANGE, 0 },
		{ "99999999999999999999999", 0, UINT64_MAX, -ERANGE, 0 },
		{ "11", 0, 10, -ERANGE, 0 },
		{ "0", 1, 65535, -ERANGE, 0 },
		{ "", 0, 10, -EINVAL, 0 },
		{ "-1", 0, 10, -EINVAL, 0 },
		{ "+1", 0, 10, -EINVAL, 0 },
		{ " 1", 0, 10, -EINVAL, 0 },
		{ "1 ", 0, 10, -EINVAL, 0 },
		{ "1x", 0, 10, -EINVAL, 0 },
		{ "0x1", 0, 10, -EINVAL, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t v = 4711;
		int err = str_to_u64(rows[i].s, rows[i].min, rows[i].max, &v);

		assert_int_equal(err, rows[i].err);
		assert_int_equal(v, err ? 4711 : rows[i].want);
	}
}

static void seconds(void **state)
{
	static const struct {
		const char *s;
		int err;
		uint64_t want;
	} rows[] = {
		{ "0", 0, 0 },
		{ "2", 0, 2000000000 },
		{ "1.5", 0, 1500000000 },
		{ "0.000000001", 0, 1 },
		{ "0.0000000019", 0, 1 },
		{ ".25", 0, 250000000 },
		{ "3.", 0, 3000000000 },
		{ "18446744073.709551615", 0, UINT64_MAX },
		{ "18446744073.709551616", -EINVAL, 0 },
		{ "18446744074", -EINVAL, 0 },
		{ "99999999999999999999", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ ".", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 },
		{ "1..5", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t ns = 4711;
		int err = str_to_ns(rows[i].s, &ns);

		assert_int_equal(err, rows[i].err);
		assert_int_equal(ns, err ? 4711 : rows[i].want);
	}
}

static void copies_are_terminated(void **state)
{
	char buf[5] = "....";
	char full[4] = { 'a', 'b', 'c', 'd' }; /* as a comm that is not */

	(void)state;
	assert_ptr_equal(str_copy(buf, "abcdefgh", sizeof(buf)), buf);
	assert_string_equal(buf, "abcd");
	assert_string_equal(str_copy(buf, full, sizeof(buf)), "abcd");
	assert_string_equal(str_copy(buf, "", sizeof(buf)), "");
	buf[0] = 'k';
	str_copy(buf, "x", 0);
	assert_int_equal(buf[0], 'k');
}

static void prefixes(void **state)
{
	(void)state;
	assert_true(str_starts("no-send", "no-"));
	assert_true(str_starts("no-", "no-"));
	assert_true(str_starts("x", ""));
	assert_false(str_starts("no", "no-"));
	assert_false(str_starts("yes", "no"));
}

static void globs(void **state)
{
	static const struct {
		const char *pattern, *s;
		bool want;
	} rows[] = {
		{ "java", "java", true },	{ "java", "javac", false },
		{ "java", "jav", false },	{ "", "", true },
		{ "", "x", false },		{ "*", "", true },
		{ "*", "anything", true },	{ "j*", "java", true },
		{ "*a", "java", true },		{ "*v*", "java", true },
		{ "*x*", "java", false },	{ "j*a*a", "java", true },
		{ "j*a*a*a", "java", false },	{ "a*b*c", "aXbXbYc", true },
		{ "*ab", "aaab", true },	{ "*abab", "abaabab", true },
		{ "?", "", false },		{ "j??a", "java", true },
		{ "j?a", "java", false },	{ "[a-j]ava", "java", true },
		{ "[k-z]ava", "java", false },	{ "[!k-z]ava", "java", true },
		{ "[!a-j]ava", "java", false },	{ "[]]x", "]x", true },
		{ "[!]]x", "]x", false },	{ "[a-]x", "-x", true },
		{ "[", "[", true },		{ "[ab", "[ab", true },
		{ "\\*", "*", true },		{ "\\*", "x", false },
		{ "a\\?b", "a?b", true },	{ "a\\?b", "axb", false },
		{ "a\\", "a\\", true },		{ "[\xc3]", "\xc3", true },
		{ "*[0-9]", "kworker/3", true }, { "*[0-9]", "kworker", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (str_glob(rows[i].pattern, rows[i].s) != rows[i].want)
			fail_msg("glob %s on %s", rows[i].pattern, rows[i].s);
	}
}

static void glob_with_many_stars_is_quick(void **state)
{
	char pattern[65], s[4001];
	size_t i;

	(void)state;
	for (i = 0; i < 64; i += 2)
		memcpy(pattern + i, "*a", 2);
	pattern[64] = '\0';
	memset(s, 'a', 4000);
	s[3999] = 'b';
	s[4000] = '\0';
	/* Backtracking over every star would not end in a lifetime. */
	assert_false(str_glob(pattern, s));
}

static void lists(void **state)
{
	static const struct {
		const char *list, *items; /* bracketed */
	} rows[] = {
		{ "a", "[a]" },		    { "a,bc,d", "[a][bc][d]" },
		{ "a,,b", "[a][][b]" },	    { ",a", "[][a]" },
		{ "a,", "[a][]" },	    { "", "[]" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *rest = rows[i].list, *item;
		char got[64] = "";
		size_t len, at = 0;

		while ((item = str_next_item(&rest, &len)))
			at += snprintf(got + at, sizeof(got) - at, "[%.*s]",
				       (int)len, item);
		assert_string_equal(got, rows[i].items);
		assert_null(str_next_item(&rest, &len));
	}
}

static void addresses(void **state)
{
	static const struct {
		const char *addr;
		bool dotted;
		const char *want;
	} rows[] = {
		{ "::ffff:127.0.0.1", true, "127.0.0.1" },
		{ "::ffff:0.0.0.0", true, "0.0.0.0" },
		{ "::ffff:255.255.255.255", true, "255.255.255.255" },
		{ "::ffff:10.99.100.209", true, "10.99.100.209" },
		{ "::ffff:127.0.0.1", false, "::ffff:127.0.0.1" },
		{ "::1", true, "::1" },
		{ "::", true, "::" },
		{ "fe80::1", true, "fe80::1" },
		{ "2001:db8:1:2:3:4:5:6", true, "2001:db8:1:2:3:4:5:6" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true,
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t addr[16];
		char buf[46];

		assert_int_equal(inet_pton(AF_INET6, rows[i].addr, addr), 1);
		assert_string_equal(str_addr(addr, rows[i].dotted, buf),
				    rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(seconds),
		cmocka_unit_test(copies_are_terminated),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(globs),
		cmocka_unit_test(glob_with_many_stars_is_quick),
		cmocka_unit_test(lists),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
