// SPDX-License-Identifier: BSD-2-Clause
/* The command line: every rule, and for every refusal its one line. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/time.h"
#include "cli/options.h"
#include "event/desc.h"
#include "event/names.h"

#define PREFIX "tcptrace-bpf: "
#define EVENTS_LISTED                                                          \
	"socket, connect, connected, listen, syn_recv, accept, state, send, "  \
	"recv, shutdown, close, destroy, packet, retransmit, reset, drop, lost"
#define STATES_LISTED                                                          \
	"ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, "   \
	"CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING"

static struct run_config conf;
static char words[1024];
static char *args[300];
static char said[4096], printed[16384];

/* Splits line at blanks into args; ~ stands for an empty word. */
static int split(const char *line)
{
	int n = 0;
	char *save, *word;

	args[n++] = "tcptrace-bpf";
	snprintf(words, sizeof(words), "%s", line);
	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		args[n++] = strcmp(word, "~") == 0 ? "" : word;
	args[n] = NULL;
	return n;
}

static int divert(int fd, int *saved)
{
	int mem = memfd_create("captured", 0);

	assert_true(mem >= 0);
	*saved = fcntl(fd, F_DUPFD_CLOEXEC, 100);
	assert_int_equal(dup2(mem, fd), fd);
	return mem;
}

static void restore(int fd, int saved, int mem, char *buf, size_t size)
{
	ssize_t n;

	dup2(saved, fd);
	close(saved);
	n = pread(mem, buf, size - 1, 0);
	assert_true(n >= 0);
	buf[n] = '\0';
	close(mem);
}

static int parse_args(int argc)
{
	int out, err, saved_out, saved_err, status;

	fflush(stdout);
	err = divert(STDERR_FILENO, &saved_err);
	out = divert(STDOUT_FILENO, &saved_out);
	status = options__parse(argc, args, &conf);
	restore(STDOUT_FILENO, saved_out, out, printed, sizeof(printed));
	restore(STDERR_FILENO, saved_err, err, said, sizeof(said));
	return status;
}

static int parse(const char *line)
{
	return parse_args(split(line));
}

static void accepts(const char *line)
{
	int status = parse(line);

	if (status || *said || *printed)
		fail_msg("'%s': status %d, said '%s', printed '%s'", line, status, said,
			 printed);
}

/* Exactly this line on stderr, nothing on stdout, status 2. */
static void refuses(const char *line, const char *message)
{
	int status = parse(line);
	char want[1024];

	snprintf(want, sizeof(want), PREFIX "%s\n", message);
	if (status != 2 || strcmp(said, want) != 0 || *printed)
		fail_msg("'%s': status %d\n said '%s'\n want '%s'", line, status, said,
			 want);
}

struct refusal {
	const char *line, *message;
};

static void refuses_each(const struct refusal *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		refuses(r[i].line, r[i].message);
}

#define REFUSES(table) refuses_each(table, sizeof(table) / sizeof((table)[0]))

/* --- shape of the command line --- */

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
		{ "list -r f -o ss", "-r: a recording has not what ss prints: use -o table or "
				     "netstat" },
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
		{ "--names", "--names: not in this release: addresses are shown as numbers" },
		{ "--container x",
		  "--container: not in this release: use --cgroup with the container's "
		  "cgroup" },
		{ "list --all-fields", "--all-fields: not in this release" },
		{ "--tap tc", "--tap: tc is not in this release: use auto or skb" },
		{ "--tap=xdp", "--tap: xdp is not in this release: use auto or skb" },
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

/* --- values --- */

static void test_pids(void **state)
{
	static const struct refusal r[] = {
		{ "-p 0", "-p: '0' is not a process id: give a number from 1 to 4194304" },
		{ "-p -1", "-p: '-1' is not a process id: give a number from 1 to 4194304" },
		{ "--pid java",
		  "--pid: 'java' is not a process id: give a number from 1 to 4194304" },
		{ "-p 4194305",
		  "-p: '4194305' is not a process id: give a number from 1 to 4194304" },
		{ "-p 99999999999999999999",
		  "-p: '99999999999999999999' is not a process id: give a number from 1 to "
		  "4194304" },
		{ "-p 1,,2", "-p: '' is not a process id: give a number from 1 to 4194304" },
		{ "-p 1,", "-p: '' is not a process id: give a number from 1 to 4194304" },
		{ "-p ~", "-p: '' is not a process id: give a number from 1 to 4194304" },
		{ "-p 1x", "-p: '1x' is not a process id: give a number from 1 to 4194304" },
		{ "-f", "-f: no process to follow: add -p, --comm, --uid or --cgroup" },
		{ "--follow --port 1",
		  "--follow: no process to follow: add -p, --comm, --uid or --cgroup" },
	};

	(void)state;
	REFUSES(r);
	accepts("-p 1,4194304 --pid=3 -p 1");
	assert_int_equal(conf.npids, 3);
	assert_int_equal(conf.pids[0], 1);
	assert_int_equal(conf.pids[1], 4194304);
	assert_int_equal(conf.pids[2], 3);
	accepts("run -f -- ls");
	accepts("--uid 0 -f");
}

static void test_too_many_pids(void **state)
{
	static char list[2048];
	size_t len = 0;

	(void)state;
	for (int i = 1; i <= MAX_PIDS; i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%d", i > 1 ? "," : "", i);
	split("-p x");
	args[2] = list;
	assert_int_equal(parse_args(3), 0);
	assert_int_equal(conf.npids, MAX_PIDS);
	snprintf(list + len, sizeof(list) - len, ",%d", MAX_PIDS + 1);
	assert_int_equal(parse_args(3), 2);
	assert_string_equal(said, PREFIX "-p: more than 256 processes: select them with "
				  "--comm, --uid or --cgroup\n");
}

static void test_processes_by_other_means(void **state)
{
	static const struct refusal r[] = {
		{ "--comm 12345678901234567890123456789012",
		  "--comm: '12345678901234567890123456789012' is too long: give at most 31 "
		  "characters" },
		{ "--comm ~", "--comm: is empty: give a GLOB" },
		{ "--uid no-such-user",
		  "--uid: 'no-such-user' is no user here: give a name that 'getent passwd' "
		  "lists, or a number" },
		{ "--uid 4294967295",
		  "--uid: '4294967295' is no user here: give a name that 'getent passwd' "
		  "lists, or a number" },
		{ "--uid ~", "--uid: '' is no user here: give a name that 'getent passwd' "
			     "lists, or a number" },
		{ "--cgroup=", "--cgroup: is empty: give a PATH" },
		{ "--netns blue", "--netns: 'blue' is no process id, path or 'all': a named "
				  "one is /run/netns/NAME" },
		{ "--netns 0", "--netns: '0' is no process id, path or 'all': a named one is "
			       "/run/netns/NAME" },
	};

	(void)state;
	REFUSES(r);
	accepts("--comm 1234567890123456789012345678901 --uid root --cgroup a/b");
	assert_int_equal(strlen(conf.comm), 31);
	assert_true(conf.by_uid);
	assert_int_equal(conf.uid, 0);
	assert_string_equal(conf.cgroup, "a/b");
	accepts("--uid 4294967294");
	assert_int_equal(conf.uid, 4294967294u);
	accepts("--netns all");
	assert_string_equal(conf.netns, "all");
	accepts("--netns 12");
	accepts("--netns ./blue");
	assert_string_equal(conf.netns, "./blue");
}

static void test_ports(void **state)
{
	static const struct refusal r[] = {
		{ "--port 0", "--port: '0' is not a port: give a number from 1 to 65535" },
		{ "--lport 65536",
		  "--lport: '65536' is not a port: give a number from 1 to 65535" },
		{ "--rport http",
		  "--rport: 'http' is not a port: give a number from 1 to 65535" },
		{ "--port 1,2,", "--port: '' is not a port: give a number from 1 to 65535" },
		{ "--port 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
		  "--port: more than 16 ports: give fewer" },
	};

	(void)state;
	REFUSES(r);
	accepts("--port 1,65535 --port 80 --lport 81 --rport 82,83 --port 80");
	assert_int_equal(conf.nports, 3);
	assert_int_equal(conf.ports[1], 65535);
	assert_int_equal(conf.ports[2], 80);
	assert_int_equal(conf.nlports, 1);
	assert_int_equal(conf.lports[0], 81);
	assert_int_equal(conf.nrports, 2);
	assert_int_equal(conf.rports[1], 83);
}

static void test_addresses(void **state)
{
	static const uint8_t net10[16] = { [10] = 0xff, [11] = 0xff, 10, 128 };
	static const uint8_t doc[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	static const struct refusal r[] = {
		{ "--addr 10.0.0.0/33",
		  "--addr: '10.0.0.0/33' has no such prefix: give a length from 0 to 32" },
		{ "--addr ::1/129",
		  "--addr: '::1/129' has no such prefix: give a length from 0 to 128" },
		{ "--addr 10.0.0.0/",
		  "--addr: '10.0.0.0/' has no such prefix: give a length from 0 to 32" },
		{ "--addr 10.0.0.0/-1",
		  "--addr: '10.0.0.0/-1' has no such prefix: give a length from 0 to 32" },
		{ "--addr 10.0.0", "--addr: '10.0.0' is not an address: give a numeric one "
				   "such as 10.0.0.0/8 or 2001:db8::1" },
		{ "--addr ~", "--addr: '' is not an address: give a numeric one such as "
			      "10.0.0.0/8 or 2001:db8::1" },
		{ "--addr localhost",
		  "--addr: 'localhost' is not an address: give a numeric one such as "
		  "10.0.0.0/8 or 2001:db8::1" },
	};

	(void)state;
	REFUSES(r);
	accepts("--addr 10.129.2.3/9 --addr 2001:db8::1/32,::1 --addr 1.2.3.4");
	assert_int_equal(conf.naddrs, 4);
	assert_int_equal(conf.addrs[0].len, 105);
	assert_memory_equal(conf.addrs[0].addr, net10, 16);
	assert_int_equal(conf.addrs[1].len, 32);
	assert_memory_equal(conf.addrs[1].addr, doc, 16);
	assert_int_equal(conf.addrs[2].len, 128);
	assert_int_equal(conf.addrs[3].len, 128);
	accepts("--addr 0.0.0.0/0");
	assert_int_equal(conf.addrs[0].len, 96);
	refuses("--addr 1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,"
		"1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1",
		"--addr: more than 16 addresses: give fewer, or a prefix");
}

static void test_family(void **state)
{
	static const struct refusal r[] = {
		{ "-4 -6", "-4: conflicts with -6: leave both out for both families" },
		{ "-64", "-4: conflicts with -6: leave both out for both families" },
		{ "-4 --addr ::1", "-4: conflicts with the IPv6 address of --addr: leave one of "
				   "them out" },
		{ "--addr 10.0.0.1,2001:db8::/32 -4",
		  "-4: conflicts with the IPv6 address of --addr: leave one of them out" },
		{ "list -6 --addr 10.0.0.0/8",
		  "-6: conflicts with the IPv4 address of --addr: leave one of them out" },
	};

	(void)state;
	REFUSES(r);
	accepts("-44");
	assert_int_equal(conf.family, 4);
	accepts("-4 --addr 10.0.0.1");
	accepts("-4 --addr ::ffff:10.0.0.1");
	accepts("-4 --addr ::/0");
	accepts("-4 --addr ::/80");
	accepts("-6 --addr ::/0");
	/* ::ffff:0:0/96 has its first bit at 80 */
	refuses("-4 --addr ::/81", "-4: conflicts with the IPv6 address of --addr: leave one "
				   "of them out");
	refuses("-4 --addr 8000::/1", "-4: conflicts with the IPv6 address of --addr: leave "
				      "one of them out");
}

static void test_states(void **state)
{
	(void)state;
	accepts("--state LISTEN,TIME_WAIT --state CLOSE");
	assert_int_equal(conf.states, 1u << ST_LISTEN | 1u << ST_TIME_WAIT | 1u << ST_CLOSE);
	accepts("list --state SYN_RECV");
	assert_int_equal(conf.states, 1u << ST_SYN_RECV | 1u << ST_NEW_SYN_RECV);
	refuses("--state OPEN", "--state: 'OPEN' is not a TCP state: use " STATES_LISTED);
	refuses("--state LISTEN,", "--state: '' is not a TCP state: use " STATES_LISTED);
}

static void test_words(void **state)
{
	static const struct refusal r[] = {
		{ "--packets some",
		  "--packets: 'some' is not possible: use one of none, control, all" },
		{ "--color yes", "--color: 'yes' is not possible: use one of auto, always, "
				 "never" },
		{ "--hooks fexit", "--hooks: 'fexit' is not possible: use one of auto, fentry, "
				   "kprobe, tracepoint" },
		{ "--tap ebpf", "--tap: 'ebpf' is not possible: use one of auto, skb" },
		{ "-o xml", "-o: 'xml' is not an output of trace: use one of text, json, "
			 "csv, tcpdump" },
		{ "-o table", "-o: 'table' is not an output of trace: use one of text, json, "
			 "csv, tcpdump" },
		{ "list -o text", "-o: 'text' is not an output of list: use one of table, "
				  "netstat, lsof, ss, json, csv" },
		{ "doctor -o csv", "-o: 'csv' is not an output of doctor: use one of text, "
				   "json" },
	};

	(void)state;
	REFUSES(r);
	accepts("--packets control --color never --hooks tracepoint --tap skb -i any");
	assert_int_equal(conf.packets, PACKETS_CONTROL);
	assert_int_equal(conf.color, COLOR_NEVER);
	assert_int_equal(conf.hooks, HOOKS_TRACEPOINT);
	accepts("--packets none --color always --hooks kprobe --tap auto");
	assert_int_equal(conf.packets, PACKETS_NONE);
	assert_int_equal(conf.color, COLOR_ALWAYS);
	assert_int_equal(conf.hooks, HOOKS_KPROBE);
	accepts("--packets all --color auto --hooks fentry");
	assert_int_equal(conf.packets, PACKETS_ALL);
	assert_int_equal(conf.color, COLOR_AUTO);
	assert_int_equal(conf.hooks, HOOKS_FENTRY);
	accepts("list -o netstat");
	assert_string_equal(conf.output, "netstat");
	accepts("list -o lsof -p 1");
	accepts("doctor --json");
	assert_string_equal(conf.output, "json");
}

static void test_limits(void **state)
{
	static const struct refusal r[] = {
		{ "-c 0", "-c: '0' is not possible: give a number from 1 up" },
		{ "-c five", "-c: 'five' is not possible: give a number from 1 up" },
		{ "--rate 0", "--rate: '0' is not possible: give a number from 1 up" },
		{ "--buffer 0", "--buffer: '0' is not possible: give a number from 1 to 1024" },
		{ "--buffer 1025",
		  "--buffer: '1025' is not possible: give a number from 1 to 1024" },
		{ "--buffer 8M", "--buffer: '8M' is not possible: give a number from 1 to 1024" },
		{ "--duration 0", "--duration: '0' is not a duration: give seconds above 0, such "
				  "as 10 or 1.5" },
		{ "--duration 1m", "--duration: '1m' is not a duration: give seconds above 0, "
				   "such as 10 or 1.5" },
		{ "--duration -1", "--duration: '-1' is not a duration: give seconds above 0, "
				   "such as 10 or 1.5" },
		{ "--duration 99999999999", "--duration: '99999999999' is not a duration: give "
					    "seconds above 0, such as 10 or 1.5" },
		{ "--orphan-wait x",
		  "--orphan-wait: 'x' is not a time: give seconds, such as 0 or 2.5" },
		{ "--log=", "--log: is empty: give a FILE" },
		{ "--btf=", "--btf: is empty: give a FILE" },
	};

	(void)state;
	REFUSES(r);
	accepts("-c 18446744073709551615 --rate 100 --buffer 1024 --duration 1.5 "
		"--orphan-wait 0 --log ev --btf vm");
	assert_true(conf.count == UINT64_MAX);
	assert_int_equal(conf.rate, 100);
	assert_int_equal(conf.buffer_mb, 1024);
	assert_true(conf.duration_ns == 1500000000);
	assert_int_equal(conf.orphan_wait_ns, 0);
	assert_string_equal(conf.log_file, "ev");
	assert_string_equal(conf.btf_file, "vm");
}

static void test_ready_fd(void **state)
{
	char line[64], message[128];
	int in = open("/dev/null", O_RDONLY), out = open("/dev/null", O_WRONLY);

	(void)state;
	assert_true(in >= 3 && out >= 3);
	snprintf(line, sizeof(line), "--ready-fd %d", out);
	accepts(line);
	assert_int_equal(conf.ready_fd, out);
	snprintf(line, sizeof(line), "--ready-fd %d", in);
	snprintf(message, sizeof(message), "--ready-fd: '%d' is open for reading only: open it "
					   "for writing", in);
	refuses(line, message);
	close(in);
	close(out);
	refuses("--ready-fd 1000", "--ready-fd: '1000' is not an open descriptor: open it in "
				   "the shell, as in 3>file");
	refuses("--ready-fd 2", "--ready-fd: '2' is not possible: give a descriptor from 3 up: "
				"0 to 2 are the standard streams");
	refuses("--ready-fd x", "--ready-fd: 'x' is not possible: give a descriptor from 3 up: "
				"0 to 2 are the standard streams");
}

static void test_list_switches(void **state)
{
	(void)state;
	accepts("list --listening --wide");
	assert_true(conf.list_listening && conf.list_wide);
	assert_false(conf.list_timers || conf.list_extended);
	accepts("list --timers --extended");
	assert_true(conf.list_timers && conf.list_extended);
	assert_false(conf.list_listening || conf.list_wide);
}

/* --- what the options add up to --- */

#define BIT(name) (1u << EV_##name)
#define EVERY (((1u << EV_MAX) - 2) & ~BIT(finding)) /* bit 0 is no event */

static void test_selects(void **state)
{
	static const char *const selecting[] = {
		"-p 1", "--comm x", "--uid 0", "--cgroup /x", "--netns 1", "--netns /x",
		"--port 1", "--lport 1", "--rport 1", "--addr ::1", "-4", "-6",
		"--state LISTEN", "run ls",
	};
	static const char *const others[] = {
		"", "--netns all", "-v", "--events state", "--packets all", "-c 1",
		"-i any",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(selecting) / sizeof(selecting[0]); i++) {
		accepts(selecting[i]);
		if (!run_config__selects(&conf))
			fail_msg("'%s' selects nothing", selecting[i]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		accepts(others[i]);
		if (run_config__selects(&conf))
			fail_msg("'%s' selects", others[i]);
	}
}

static void adds_up_to(const char *line, uint32_t events, enum packets packets)
{
	accepts(line);
	if (run_config__events(&conf) != events || run_config__packets(&conf) != packets)
		fail_msg("'%s': events %#x, want %#x; packets %d, want %d", line,
			 run_config__events(&conf), events, run_config__packets(&conf),
			 packets);
}

static void test_default_events(void **state)
{
	uint32_t whole_host = EVERY & ~(BIT(send) | BIT(recv) | BIT(drop));

	(void)state;
	adds_up_to("", whole_host, PACKETS_CONTROL);
	adds_up_to("-p 1", EVERY & ~BIT(drop), PACKETS_ALL);
	adds_up_to("run ls", EVERY & ~BIT(drop), PACKETS_ALL);
	adds_up_to("--packets all", whole_host, PACKETS_ALL);
	adds_up_to("-4 --packets control", EVERY & ~BIT(drop), PACKETS_CONTROL);
	adds_up_to("--packets none", whole_host & ~BIT(packet), PACKETS_NONE);
}

static void test_named_events(void **state)
{
	uint32_t whole_host = EVERY & ~(BIT(send) | BIT(recv) | BIT(drop));

	(void)state;
	adds_up_to("--events state,close", BIT(state) | BIT(close) | BIT(lost),
		   PACKETS_NONE);
	adds_up_to("--events state --events=close", BIT(state) | BIT(close) | BIT(lost),
		   PACKETS_NONE);
	adds_up_to("--events lost", BIT(lost), PACKETS_NONE);
	adds_up_to("--events drop", BIT(drop) | BIT(lost), PACKETS_NONE);
	adds_up_to("--events packet", BIT(packet) | BIT(lost), PACKETS_CONTROL);
	adds_up_to("--events packet -p 1", BIT(packet) | BIT(lost), PACKETS_ALL);
	adds_up_to("--events connect --packets control",
		   BIT(connect) | BIT(packet) | BIT(lost), PACKETS_CONTROL);
	adds_up_to("--events connect --packets none", BIT(connect) | BIT(lost),
		   PACKETS_NONE);
	adds_up_to("--events no-state", whole_host & ~BIT(state), PACKETS_CONTROL);
	adds_up_to("--events no-packet,no-send -p 1",
		   EVERY & ~(BIT(drop) | BIT(packet) | BIT(send)), PACKETS_NONE);
	adds_up_to("--events state,no-close", BIT(state) | BIT(lost), PACKETS_NONE);
	adds_up_to("--events no-packet --packets none", whole_host & ~BIT(packet),
		   PACKETS_NONE);
}

static void test_event_refusals(void **state)
{
	static const struct refusal r[] = {
		{ "--events conect",
		  "--events: 'conect' is not an event: use " EVENTS_LISTED
		  ", or no- and one of them" },
		{ "--events no-conect",
		  "--events: 'no-conect' is not an event: use " EVENTS_LISTED
		  ", or no- and one of them" },
		{ "--events state,",
		  "--events: '' is not an event: use " EVENTS_LISTED
		  ", or no- and one of them" },
		{ "--events no-lost",
		  "--events: losses are always told: leave no-lost out" },
		{ "--events state,no-state",
		  "--events: state conflicts with no-state: leave one of them out" },
		{ "--events packet --packets none",
		  "--packets: none conflicts with --events packet: leave one of them out" },
		{ "--packets all --events no-packet",
		  "--packets: conflicts with --events no-packet: leave one of them out" },
	};

	(void)state;
	REFUSES(r);
}

static void test_every_event_by_name(void **state)
{
	char line[64];

	(void)state;
	for (size_t i = 0; i < event_desc_count; i++) {
		const struct event_desc *e = &event_descs[i];

		snprintf(line, sizeof(line), "--events %s", e->name);
		if (e->group == GROUP_LATER)
			assert_int_equal(parse(line), 2);
		else
			adds_up_to(line, 1u << e->id | BIT(lost),
				   e->id == EV_packet ? PACKETS_CONTROL : PACKETS_NONE);
	}
}

/* --- help --- */

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
		cmocka_unit_test(test_pids),
		cmocka_unit_test(test_too_many_pids),
		cmocka_unit_test(test_processes_by_other_means),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_ready_fd),
		cmocka_unit_test(test_list_switches),
		cmocka_unit_test(test_selects),
		cmocka_unit_test(test_default_events),
		cmocka_unit_test(test_named_events),
		cmocka_unit_test(test_event_refusals),
		cmocka_unit_test(test_every_event_by_name),
		cmocka_unit_test(test_help_follows_the_table),
		cmocka_unit_test(test_help_fits_80_columns),
		cmocka_unit_test(test_help_forms),
		cmocka_unit_test(test_table_is_sound),
		cmocka_unit_test(test_edit_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
