// SPDX-License-Identifier: BSD-2-Clause
/* What the values of options may be, and what they add up to. */
#include "cli_parse.h"

#include "base/time.h"
#include "event/desc.h"
#include "event/names.h"

#define EVENTS_LISTED                                                          \
	"socket, connect, connected, listen, syn_recv, accept, state, send, "  \
	"recv, shutdown, close, destroy, packet, retransmit, reset, drop, lost"
#define STATES_LISTED                                                          \
	"ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, "   \
	"CLOSE, CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING"

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
	accepts("read f --netns 4026532177");
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
		{ "--tap ebpf", "--tap: 'ebpf' is not possible: use one of auto, skb, tc, clsact, xdp" },
		{ "-o xml", "-o: 'xml' is not an output of trace: use one of text, json, "
			 "csv, tcpdump" },
		{ "-o table", "-o: 'table' is not an output of trace: use one of text, json, "
			 "csv, tcpdump" },
		{ "list -o text", "-o: 'text' is not an output of list: use one of table, "
				  "netstat, lsof, ss, json, csv" },
		{ "-o json -x", "-x: words of a line, which -o json has not: use -o text or "
				"tcpdump" },
		{ "read f --output=csv -tt", "-t: words of a line, which --output csv has not: use -o text "
					       "or tcpdump" },
		{ "doctor -o csv", "-o: 'csv' is not an output of doctor: use one of text, "
				   "json" },
	};

	(void)state;
	REFUSES(r);
	accepts("--packets control --color never --hooks tracepoint --tap skb -i any");
	assert_int_equal(conf.packets, PACKETS_CONTROL);
	assert_int_equal(conf.color, COLOR_NEVER);
	assert_int_equal(conf.hooks, HOOKS_TRACEPOINT);
	assert_int_equal(conf.tap, TAP_SKB);
	accepts("--tap tc");
	assert_int_equal(conf.tap, TAP_TC);
	accepts("--tap xdp -i eth0");
	assert_int_equal(conf.tap, TAP_XDP);
	refuses("--tap xdp", "--tap xdp: on which device? name it with -i NAME");
	refuses("--tap xdp -i any", "--tap xdp: on which device? name it with -i NAME");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
