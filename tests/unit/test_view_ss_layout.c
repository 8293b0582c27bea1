// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/out.h"
#include "view/ss_layout.h"

static void put_row(struct ss_layout *l, const char *const cells[SS_COLUMNS])
{
	for (int k = 0; k < SS_COLUMNS; k++) {
		out__str(ss_layout__cell(l), cells[k]);
		ss_layout__next(l);
	}
}

/* Columns are as wide as the widest cell; addresses stand right, ports left of
 * them; the last row's last cell counts for no width. */
static void test_widths(void **state)
{
	static const char *const short_row[] = { "ESTAB", "0     ", "0     ", "10.0.0.1:",
						 "80", "10.0.0.2:", "4000", " x" };
	static const char *const long_row[] = { "FIN-WAIT-1", "0     ", "0     ", "[::1]:",
						"http", "[::1]:", "9", " longest of all" };
	struct out *out = out__new_mem();
	struct ss_layout *l = ss_layout__new(out, 0);

	(void)state;
	ss_layout__title(l);
	put_row(l, short_row);
	put_row(l, long_row);
	ss_layout__finish(l);
	assert_string_equal(out__data(out, NULL),
		"State      Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
		"ESTAB      0      0           10.0.0.1:80       10.0.0.2:4000 x     \n"
		"FIN-WAIT-1 0      0              [::1]:http        [::1]:9    longest of all\n");
	ss_layout__free(l);
	out__free(out);
}

/* On a terminal its lines are filled; the last column takes the remainder. */
static void test_terminal(void **state)
{
	static const char *const row[] = { "ESTAB", "0     ", "0     ", "10.0.0.1:", "80",
					   "10.0.0.2:", "4000", " x" };
	struct out *out = out__new_mem();
	struct ss_layout *l = ss_layout__new(out, 120);
	const char *line;
	size_t len;

	(void)state;
	ss_layout__title(l);
	put_row(l, row);
	ss_layout__finish(l);
	line = strchr(out__data(out, NULL), '\n') + 1;
	len = strcspn(line, "\n");
	assert_int_equal(len, 120);
	ss_layout__free(l);
	out__free(out);
}

/* What ss holds of 5 MB is printed when it is full: wider rows that come later
 * leave what was printed as it was. */
static void test_full(void **state)
{
	static const char *const row[] = { "ESTAB", "0     ", "0     ", "10.0.0.1:", "80",
					   "10.0.0.2:", "4000", " users:((\"x\",pid=1,fd=3))" };
	static const char *const wide[] = { "ESTAB", "0     ", "0     ",
					    "[2001:db8:1234:5678:9abc:def0:1234:5678]:", "80",
					    "10.0.0.2:", "4000", " x" };
	struct out *out = out__new_mem();
	struct ss_layout *l = ss_layout__new(out, 0);
	const char *text, *last;
	size_t len, first;

	(void)state;
	ss_layout__title(l);
	for (int i = 0; i < 80000; i++)
		put_row(l, row);
	put_row(l, wide);
	ss_layout__finish(l);
	text = out__data(out, &len);
	first = strcspn(text, "\n");
	last = memrchr(text, '\n', len - 1);
	assert_non_null(last);
	assert_true(strlen(last + 1) > first + 20);
	ss_layout__free(l);
	out__free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
