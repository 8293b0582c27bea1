// SPDX-License-Identifier: BSD-2-Clause
/* The shape of the command line: every rule, and for every refusal its one line. */
#include "cli_parse.h"

#include "base/time.h"

static void test_defaults(void **state)
{
	(void)state;
	accepts("");
	assert_int_equal(conf.command, CMD_TRACE);
	assert_int_equal(conf.packets, PACKETS_DEFAULT);
	assert_int_equal(conf.orphan_wait_ns, 2 * NS_PER_SEC);
	assert_int_equal(conf.ready_fd, -1);
	assert_int_equal(conf.hooks, HOOKS_AUTO);
	assert_int_equal(conf.color, COLOR_AUTO);
	assert_null(conf.output);
	assert_null(conf.command_argv);
	assert_int_equal(conf.count, 0);
	assert_int_equal(conf.npids + conf.nports + conf.naddrs, 0);
}

static void test_commands(void **state)
{
	(void)state;
	accepts("trace -v");
	assert_int_equal(conf.command, CMD_TRACE);
	accepts("list");
	assert_int_equal(conf.command, CMD_LIST);
	accepts("doctor");
	assert_int_equal(conf.command, CMD_DOCTOR);
	accepts("-p 7 list -6");
	assert_int_equal(conf.command, CMD_LIST);
	assert_int_equal(conf.pids[0], 7);
	assert_int_equal(conf.family, 6);
}

static void test_later_commands(void **state)
{
	static const char *const later[] = { "explain", "top", "report", "serve" };
	char line[64], message[128];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		snprintf(line, sizeof(line), "%s --anything x", later[i]);
		snprintf(message, sizeof(message),
			 "%s: not in this release: use trace, run, list, read or doctor",
			 later[i]);
		refuses(line, message);
	}
}

static void test_read(void **state)
{
	static const struct refusal r[] = {
		{ "read", "read: no FILE: say tcptrace-bpf read FILE... [options]; - is "
			  "standard input" },
		{ "read - -", "read: - is given twice: leave one out" },
		{ "read f -tttttt", "-t: given more than five times: -t to -ttttt are known" },
	};

	(void)state;
	REFUSES(r);
	accepts("read one -o json two.pcap ./three - four.gz");
	assert_int_equal(conf.command, CMD_READ);
	assert_int_equal(conf.nfiles, 5);
	assert_string_equal(conf.files[0], "one");
	assert_string_equal(conf.files[2], "./three");
	assert_string_equal(conf.files[3], "-");
	/* a first word is a file, whatever it is called */
	accepts("read list");
	assert_string_equal(conf.files[0], "list");
	accepts("read f -nnSttXX -xxx -qe# --nano -A --clock-fix");
	assert_int_equal(conf.time_form, 2);
	assert_int_equal(conf.hex_ascii_dump, 2);
	assert_int_equal(conf.hex_dump, 3);
	assert_int_equal(conf.quiet, 1);
	assert_int_equal(conf.link_header, 1);
	assert_int_equal(conf.ascii_dump, 1);
	assert_true(conf.number_lines);
	assert_true(conf.nanoseconds);
	assert_true(conf.absolute_seq);
	assert_true(conf.clock_fix);
}

static void test_run(void **state)
{
	(void)state;
	accepts("run -o json -- ls -l -p");
	assert_int_equal(conf.command, CMD_RUN);
	assert_ptr_equal(conf.command_argv, args + 5);
	assert_string_equal(conf.command_argv[1], "-l");
	assert_string_equal(conf.command_argv[2], "-p");
	assert_null(conf.command_argv[3]);

	/* the first word begins COMMAND, as it does for strace and env */
	accepts("run --port 80 list -n");
	assert_string_equal(conf.command_argv[0], "list");
	assert_string_equal(conf.command_argv[1], "-n");

	accepts("run -- -- x");
	assert_string_equal(conf.command_argv[0], "--");
}

static void test_run_refusals(void **state)
{
	static const struct refusal r[] = {
		{ "run", "run: no COMMAND: say tcptrace-bpf run [options] -- COMMAND [ARG...]" },
		{ "run -v --",
		  "run: no COMMAND: say tcptrace-bpf run [options] -- COMMAND [ARG...]" },
		{ "run -p 4 -- ls", "-p: not an option of run: it belongs to trace, list, read" },
		{ "--pid=4 run ls", "--pid: not an option of run: it belongs to trace, list, read" },
	};

	(void)state;
	REFUSES(r);
}

static void test_filter(void **state)
{
	static char line[MAX_FILTER + 64];

	(void)state;
	accepts("port 80");
	assert_string_equal(conf.filter, "port 80");
	accepts("-p 1 tcp and port 80 -n");
	assert_string_equal(conf.filter, "tcp and port 80 -n");
	accepts("list host 10.0.0.1");
	assert_string_equal(conf.filter, "host 10.0.0.1");
	accepts("trace -- -x");
	assert_string_equal(conf.filter, "-x");
	accepts("trace --");
	assert_string_equal(conf.filter, "");
	refuses("lsit", "'lsit': no such command: did you mean list?");
	refuses("doctor now", "doctor: 'now': it takes options only: leave it out");
	memset(line, 'x', MAX_FILTER);
	args[1] = line;
	args[2] = NULL;
	assert_int_equal(parse_args(2), 2);
	assert_non_null(strstr(said, "FILTER: longer than 8191 bytes: shorten it"));
	line[MAX_FILTER - 1] = 0;
	assert_int_equal(parse_args(2), 0);
	assert_string_equal(conf.filter, line);
}

static void test_forms_of_options(void **state)
{
	(void)state;
	accepts("-p123 --port=80 --lport 81 -c 5");
	assert_int_equal(conf.pids[0], 123);
	assert_int_equal(conf.ports[0], 80);
	assert_int_equal(conf.lports[0], 81);
	assert_int_equal(conf.count, 5);

	accepts("-nnSv");
	assert_true(conf.absolute_seq);
	assert_int_equal(conf.verbose, 1);
	accepts("-vvnc7");
	assert_int_equal(conf.verbose, 2);
	assert_int_equal(conf.count, 7);
	accepts("-fp 9 -v");
	assert_true(conf.follow);
	assert_int_equal(conf.pids[0], 9);
	assert_int_equal(conf.verbose, 1);

	accepts("--dry-run --strict --ascii");
	assert_true(conf.dry_run && conf.strict && conf.ascii);
	accepts("-o text -o json");
	assert_string_equal(conf.output, "json");
}

static void test_malformed_options(void **state)
{
	static const struct refusal r[] = {
		{ "-p", "-p: no value: give it PID[,PID...]" },
		{ "--pid", "--pid: no value: give it PID[,PID...]" },
		{ "-vp", "-p: no value: give it PID[,PID...]" },
		{ "--log", "--log: no value: give it FILE" },
		{ "--strict=yes", "--strict: takes no value: leave '=' out" },
		{ "--strict=", "--strict: takes no value: leave '=' out" },
		{ "-z", "'-z': no such option: see tcptrace-bpf --help" },
		{ "-vz", "'-z': no such option: see tcptrace-bpf --help" },
		{ "--prot 80", "'--prot': no such option: did you mean --port?" },
		{ "--prot=80", "'--prot': no such option: did you mean --port?" },
		{ "--evnts x", "'--evnts': no such option: did you mean --events?" },
		{ "--dur 1", "'--dur': no such option: did you mean --duration?" },
		{ "--foo", "'--foo': no such option: see tcptrace-bpf --help" },
		{ "--=x", "'--': no such option: see tcptrace-bpf --help" },
		{ "-pid 4", "-pid: no such option: did you mean --pid?" },
		{ "-port 80", "-port: no such option: did you mean --port?" },
	};

	(void)state;
	REFUSES(r);
}

/* A message is one line whatever was typed. */
static void test_message_stays_one_line(void **state)
{
	char longest[600];

	(void)state;
	split("--addr x");
	args[2] = "a\nb\033[31m";
	assert_int_equal(parse_args(3), 2);
	assert_string_equal(said, PREFIX "--addr: 'a?b?[31m' is not an address: give a "
				  "numeric one such as 10.0.0.0/8 or 2001:db8::1\n");

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	args[2] = longest;
	assert_int_equal(parse_args(3), 2);
	assert_non_null(strstr(said, "xxx...' is too long\n"));
	assert_true(strlen(said) < 120);
	split("x");
	args[1] = longest;
	longest[0] = longest[1] = '-';
	assert_int_equal(parse_args(2), 2);
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void test_recording_refusals(void **state)
{
	static const struct refusal r[] = {
		{ "-w", "-w: no value: give it FILE" },
		{ "-C 1", "-C: nothing to rotate: add -w FILE" },
		{ "-W 3 -w f", "-W: says how many, not when: add -C or -G" },
		{ "-w - -C 1", "-C: standard output cannot be rotated: give -w a file" },
		{ "-w f -C 0", "-C: '0' is not possible: give a number from 1 to 4294967295" },
		{ "-w f -G x", "-G: 'x' is not possible: give a number from 1 to 2147483647" },
		{ "list --at 1", "--at: the past is in recordings: add -r FILE" },
		{ "list -r f --netns all", "-r: --netns is of this host now: use -p, --comm or "
					   "--uid" },
		{ "-r f", "-r: not an option of trace: it belongs to list" },
		{ "-w - -o json",
		  "-w -: standard output takes the recording or the events: add --log FILE, or "
		  "leave -o out" },
	};

	(void)state;
	REFUSES(r);
}

static void test_interfaces(void **state)
{
	(void)state;
	accepts("");
	assert_int_equal(conf.nifaces, 0);
	accepts("-i lo -i eth0@blue");
	assert_int_equal(conf.nifaces, 2);
	assert_string_equal(conf.ifaces[1], "eth0@blue");
	assert_false(conf.any_iface);
	accepts("-i any");
	assert_true(conf.any_iface);
}

static void test_snaplen(void **state)
{
	static const struct refusal r[] = {
		{ "-s 65001", "-s: '65001' is not possible: give a number from 0 to 65000" },
		{ "-s -1", "-s: '-1' is not possible: give a number from 0 to 65000" },
		{ "list -s 1", "-s: not an option of list: it belongs to trace, run" },
	};

	(void)state;
	accepts("");
	assert_int_equal(conf.snaplen, 0);
	accepts("-s 96");
	assert_int_equal(conf.snaplen, 96);
	accepts("-nSs65000");
	assert_int_equal(conf.snaplen, 65000);
	REFUSES(r);
}

static void test_later_options(void **state)
{
	static const struct refusal r[] = {
		{ "--names", "--names: not an option of trace: it belongs to list" },
		{ "--container x",
		  "--container: not in this release: use --cgroup with the container's "
		  "cgroup" },
		{ "-i x@", "-i: 'x@' is not an interface: give a name such as eth0, or "
			   "eth0@NETNS for one in another network namespace" },
		{ "-o ladder", "-o: ladder is not in this release: use one of text, json, "
			 "csv, tcpdump" },
		{ "--events finding",
		  "--events: finding events are not in this release: leave finding out" },
		{ "--events no-finding",
		  "--events: finding events are not in this release: leave no-finding out" },
	};

	(void)state;
	REFUSES(r);
}

/* Everything the table holds back is refused: by letter, by name. */
static void test_every_later_row(void **state)
{
	char line[64], start[128];

	(void)state;
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->set)
			continue;
		if (row->name)
			snprintf(line, sizeof(line), "--%s", row->name);
		else
			snprintf(line, sizeof(line), "-%c", row->letter);
		snprintf(start, sizeof(start), PREFIX "%s: not in this release", line);
		assert_int_equal(parse(line), 2);
		assert_memory_equal(said, start, strlen(start));
	}
}

static void test_options_of_other_commands(void **state)
{
	static const struct refusal r[] = {
		{ "list -c 3", "-c: not an option of list: it belongs to trace, run, read" },
		{ "-c 3 list", "-c: not an option of list: it belongs to trace, run, read" },
		{ "list --events state",
		  "--events: not an option of list: it belongs to trace, run, read" },
		{ "doctor -p 1", "-p: not an option of doctor: it belongs to trace, list, read" },
		{ "--timers", "--timers: not an option of trace: it belongs to list" },
		{ "run --wide ls", "--wide: not an option of run: it belongs to list" },
		{ "--json", "--json: not an option of trace: it belongs to doctor" },
		{ "read f --duration 1",
		  "--duration: not an option of read: it belongs to trace, run" },
		{ "--clock-fix", "--clock-fix: not an option of trace: it belongs to read" },
	};

	(void)state;
	REFUSES(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_later_commands),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_run_refusals),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_forms_of_options),
		cmocka_unit_test(test_malformed_options),
		cmocka_unit_test(test_message_stays_one_line),
		cmocka_unit_test(test_recording_refusals),
		cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_snaplen),
		cmocka_unit_test(test_later_options),
		cmocka_unit_test(test_every_later_row),
		cmocka_unit_test(test_options_of_other_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
