// SPDX-License-Identifier: BSD-2-Clause
/* The help follows the table of options. */
#include "cli_parse.h"
static void help(const char *line)
{
	assert_int_equal(parse(line), 0);
	assert_string_equal(said, "");
	assert_int_equal(conf.command, CMD_HELP);
}

static bool help_names(const struct option_row *row)
{
	char label[64];

	if (row->name)
		snprintf(label, sizeof(label), "%c%c%s --%s", row->letter ? '-' : ' ',
			 row->letter ? row->letter : ' ', row->letter ? "," : " ", row->name);
	else
		snprintf(label, sizeof(label), "\n  -%c ", row->letter);
	return strstr(printed, label);
}

static void test_help_follows_the_table(void **state)
{
	static const char *const names[] = { "trace", "run", "list", "doctor" };
	char line[32];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		snprintf(line, sizeof(line), "%s --help", names[i]);
		help(line);
		for (size_t j = 0; j < option_row_count; j++) {
			const struct option_row *row = &option_rows[j];
			unsigned int command = 1u << command_row__by_name(names[i])->command;
			bool want = row->set && row->commands & command;

			if (help_names(row) != want)
				fail_msg("%s: -%c --%s: wanted %d", line, row->letter,
					 row->name, want);
		}
	}
}

static void test_help_fits_80_columns(void **state)
{
	static const char *const lines[] = { "--help", "run -h", "list -h", "doctor -h" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char *save, *row;

		help(lines[i]);
		for (row = strtok_r(printed, "\n", &save); row; row = strtok_r(NULL, "\n", &save)) {
			if (strlen(row) > 80 || row[strlen(row) - 1] == ' ')
				fail_msg("%s: '%s'", lines[i], row);
		}
	}
}

static void test_help_forms(void **state)
{
	(void)state;
	help("--help");
	assert_non_null(strstr(printed, "\nCommands:\n  trace  "));
	help("list -vh -c");
	assert_memory_equal(printed, "usage: tcptrace-bpf list ", 25);
	help("--help list");
	assert_memory_equal(printed, "usage: tcptrace-bpf list ", 25);
	help("run --help");
	assert_memory_equal(printed, "usage: tcptrace-bpf run ", 24);
	help("--help nothing");
	assert_non_null(strstr(printed, "\nCommands:\n"));
	assert_int_equal(parse("--version"), 0);
	assert_int_equal(conf.command, CMD_VERSION);
	assert_memory_equal(printed, "tcptrace-bpf ", 13);
	assert_ptr_equal(strchr(printed, '\n'), printed + strlen(printed) - 1);
	assert_int_equal(parse("-c 0 --help"), 2);
}

static void test_table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *a = &option_rows[i];

		assert_true(a->letter || a->name);
		assert_true(!a->set || a->help);
		assert_true(!a->name || strlen(a->name) < 20);
		assert_true((a->set == set_switch || a->set == set_count_of) ==
			    (a->member != 0));
		for (size_t j = 0; j < i; j++) {
			const struct option_row *b = &option_rows[j];

			assert_false(a->letter && a->letter == b->letter);
			assert_false(a->name && b->name && !strcmp(a->name, b->name));
		}
	}
}

static void test_edit_distance(void **state)
{
	(void)state;
	assert_int_equal(edit_distance("", ""), 0);
	assert_int_equal(edit_distance("", "abc"), 3);
	assert_int_equal(edit_distance("port", "port"), 0);
	assert_int_equal(edit_distance("prot", "port"), 1);
	assert_int_equal(edit_distance("ports", "port"), 1);
	assert_int_equal(edit_distance("kitten", "sitting"), 3);
	assert_int_equal(edit_distance("1234567890123456789012345678901",
				       "123456789012345678901234567890"), 1);
	assert_int_equal(edit_distance("12345678901234567890123456789012", "1"), 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help_follows_the_table),
		cmocka_unit_test(test_help_fits_80_columns),
		cmocka_unit_test(test_help_forms),
		cmocka_unit_test(test_table_is_sound),
		cmocka_unit_test(test_edit_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
