// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/out.h"
#include "tmpfile.h"
#include "view/view.h"
#include "view_facts.h"

#define TIME "{'time':'2026-11-22T16:07:01.072752345Z',"

/* What follows TIME; ' stands for " to keep the rows readable. */
static const struct {
	struct fact (*make)(void);
	const char *want;
} kinds[] = {
	{ fact_socket,
	  "'event':'socket','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':4,'laddr':'127.0.0.1','lport':9090,'raddr':'127.0.0.1',"
	  "'rport':40000,'state':'ESTABLISHED','owners':[{'pid':12715,"
	  "'comm':'java','fd':5},{'pid':99,'comm':'sh'}],'opts':{'nodelay':true,"
	  "'cork':false,'linger':30,'keepalive':[7200,75,9],'rcvbuf':131072,"
	  "'sndbuf':16384,'mss':1448,'congestion':'cubic'}}" },
	{ fact_connect,
	  "'event':'connect','pid':12761,'tid':12762,'comm':'java','fd':4,"
	  "'owner_src':'call','sk':'1002a','family':4,'laddr':'127.0.0.1',"
	  "'lport':40000,'raddr':'127.0.0.1','rport':9090,'state':'SYN_SENT'}" },
	{ fact_connected,
	  "'event':'connected','pid':12761,'tid':12762,'comm':'java','fd':4,"
	  "'owner_src':'call','sk':'1002a','family':4,'laddr':'127.0.0.1',"
	  "'lport':40000,'raddr':'127.0.0.1','rport':9090,'peer':{'pid':12715,"
	  "'comm':'java'},'opts':{'nodelay':true,'cork':false,'linger':false,"
	  "'keepalive':false},'latency_us':85}" },
	{ fact_listen,
	  "'event':'listen','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':6,'laddr':'::','lport':9090,'state':'LISTEN','backlog':2}" },
	{ fact_syn_recv,
	  "'event':'syn_recv','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':4,'laddr':'127.0.0.1','lport':9090,'raddr':'127.0.0.1',"
	  "'rport':40000,'listener':'feed','cookie':true}" },
	{ fact_accept,
	  "'event':'accept','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':4,'laddr':'127.0.0.1','lport':9090,'raddr':'127.0.0.1',"
	  "'rport':40000,'peer':{'pid':12761,'comm':'java'},'listener':'feed',"
	  "'queued_us':645,'queue_len':1,'queue_max':2}" },
	{ fact_state,
	  "'event':'state','pid':12761,'tid':12762,'comm':'java','fd':4,"
	  "'owner_src':'call','sk':'1002a','family':4,'laddr':'127.0.0.1',"
	  "'lport':40000,'raddr':'127.0.0.1','rport':9090,'state':'ESTABLISHED',"
	  "'old':'SYN_SENT','new':'ESTABLISHED','in_state_us':1249,"
	  "'cause':{'kind':'segment','what':'SYN-ACK'}}" },
	{ fact_send,
	  "'event':'send','pid':12761,'tid':12762,'comm':'java','fd':4,"
	  "'owner_src':'call','sk':'1002a','family':4,'laddr':'127.0.0.1',"
	  "'lport':40000,'raddr':'127.0.0.1','rport':9090,'bytes':5,'offset':10,"
	  "'call_us':12,'call':'write'}" },
	{ fact_recv,
	  "'event':'recv','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':4,'laddr':'127.0.0.1','lport':9090,'raddr':'127.0.0.1',"
	  "'rport':40000,'bytes':1,'offset':0,'call_us':3400000,"
	  "'call':'recvfrom','peek':true}" },
	{ fact_shutdown,
	  "'event':'shutdown','pid':12761,'tid':12762,'comm':'java','fd':4,"
	  "'owner_src':'call','sk':'1002a','family':4,'laddr':'127.0.0.1',"
	  "'lport':40000,'raddr':'127.0.0.1','rport':9090,'error':'ENOTCONN',"
	  "'how':'SHUT_WR'}" },
	{ fact_close,
	  "'event':'close','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':4,'laddr':'127.0.0.1','lport':9090,'raddr':'127.0.0.1',"
	  "'rport':40000,'opts':{'nodelay':false,'cork':false,'linger':0,"
	  "'keepalive':false},'via':'exit','unread':3,'linger':0,'bytes_sent':5,"
	  "'bytes_received':10,'duration_us':125000000}" },
	{ fact_destroy,
	  "'event':'destroy','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':4,'laddr':'127.0.0.1','lport':9090,'raddr':'127.0.0.1',"
	  "'rport':40000,'state':'CLOSE'}" },
	{ fact_packet_syn,
	  "'event':'packet','pid':12761,'tid':12762,'comm':'java','fd':4,"
	  "'owner_src':'call','sk':'1002a','family':4,'laddr':'127.0.0.1',"
	  "'lport':40000,'raddr':'127.0.0.1','rport':9090,'from':{'pid':12761,"
	  "'tid':12762,'comm':'java','fd':4,'sk':'1002a','state':'SYN_SENT'},"
	  "'to':{},'dir':'out','ifname':'lo','src':'127.0.0.1','sport':40000,"
	  "'dst':'127.0.0.1','dport':9090,'flags':'S','tcp_seq':4294967295,"
	  "'rel_seq':0,'win':65495,'len':0,'opts':{'mss':65495,'wscale':7,"
	  "'sackok':true,'tsval':1,'tsecr':0},'ttl':64}" },
	{ fact_packet_data,
	  "'event':'packet','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':4,'laddr':'127.0.0.1','lport':9090,'raddr':'127.0.0.1',"
	  "'rport':40000,'dir':'in','ifname':'lo','src':'127.0.0.1',"
	  "'sport':40000,'dst':'127.0.0.1','dport':9090,'flags':'P.',"
	  "'tcp_seq':1001,'tcp_ack':2001,'rel_seq':1,'rel_ack':1,'win':512,"
	  "'len':4,'opts':{'sack':[[11,21],[31,41]]},'gso':3}" },
	{ fact_retransmit,
	  "'event':'retransmit','pid':12761,'tid':12762,'comm':'java','fd':4,"
	  "'owner_src':'call','sk':'1002a','family':4,'laddr':'127.0.0.1',"
	  "'lport':40000,'raddr':'127.0.0.1','rport':9090,'tcp_seq':1001,"
	  "'kind':'rto'}" },
	{ fact_reset,
	  "'event':'reset','pid':12761,'tid':12762,'comm':'java','fd':4,"
	  "'owner_src':'call','sk':'1002a','family':4,'laddr':'127.0.0.1',"
	  "'lport':40000,'raddr':'127.0.0.1','rport':9090,'dir':'in',"
	  "'reason':'TCP_ABORT_ON_CLOSE'}" },
	{ fact_drop,
	  "'event':'drop','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':4,'laddr':'127.0.0.1','lport':9090,'raddr':'127.0.0.1',"
	  "'rport':40000,'reason':'TCP_INVALID_SEQUENCE',"
	  "'where':'tcp_validate_incoming'}" },
	{ fact_finding,
	  "'event':'finding','pid':12715,'tid':12715,'comm':'java','fd':5,"
	  "'family':4,'laddr':'127.0.0.1','lport':9090,'raddr':'127.0.0.1',"
	  "'rport':40000,'what':'leaked','why':'CLOSE_WAIT for long'}" },
	{ fact_lost,
	  "'event':'lost','what':'packet','why':'the ring buffer was full',"
	  "'count':12345678901234}" },
};

static void put_fact_at(struct out *out, const struct fact *f, int64_t offset)
{
	const struct view_opts opts = { .utc_offset_ns = offset };
	void *ctx = view_json.new(&opts);

	assert_non_null(ctx);
	view_json.fact(ctx, f, out);
	view_json.free(ctx);
}

static void put_fact(struct out *out, const struct fact *f)
{
	put_fact_at(out, f, FACT_UTC_OFFSET);
}

static void expect(const struct fact *f, const char *head, const char *tail)
{
	struct out *out = out__new_mem(), *want = out__new_mem();

	put_fact(out, f);
	out__printf(want, "%s%s\n", head, tail);
	for (char *p = (char *)out__data(want, NULL); *p; p++)
		if (*p == '\'')
			*p = '"';
	assert_string_equal(out__data(out, NULL), out__data(want, NULL));
	out__free(want);
	out__free(out);
}

static void every_kind_has_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct fact f = kinds[i].make();

		expect(&f, TIME, kinds[i].want);
	}
}

static void no_kind_is_left_out(void **state)
{
	uint32_t seen = 0;

	(void)state;
	for (size_t i = 0; i < FACT_KINDS; i++)
		seen |= 1u << fact_makers[i]().id;
	assert_int_equal(seen, (1u << EV_MAX) - 2);
	assert_int_equal(sizeof(kinds) / sizeof(kinds[0]), FACT_KINDS);
}

/* Everything in the struct is set, nothing is marked. */
static void absent_fields_are_not_told(void **state)
{
	struct fact f;

	(void)state;
	memset(&f, 0x41, sizeof(f));
	f.id = EV_accept;
	f.time_ns = FACT_TIME_NS;
	f.has[0] = f.has[1] = 0;
	expect(&f, TIME, "'event':'accept'}");
}

static void marked_but_empty_fields_are_not_told(void **state)
{
	struct fact f = fact_bare(EV_state);

	(void)state;
	fact_set(&f, F_COMM);
	fact_set(&f, F_OLD);
	fact_set(&f, F_CAUSE);
	fact_set(&f, F_PEER);
	expect(&f, TIME, "'event':'state'}");
	f.cause_kind = "timer";
	expect(&f, TIME, "'event':'state','cause':{'kind':'timer'}}");
}

static void an_end_tells_what_is_known_of_it(void **state)
{
	struct fact f = fact_bare(EV_packet);

	(void)state;
	fact_set(&f, F_FROM);
	fact_set(&f, F_TO);
	fact_set(&f, F_PEER);
	f.to.fd = 0;
	f.peer.sk = 0xabc;
	expect(&f, TIME,
	       "'event':'packet','peer':{'sk':'abc'},'from':{},'to':{'fd':0}}");
}

static void a_socket_without_owners_says_so(void **state)
{
	struct fact f = fact_bare(EV_socket);

	(void)state;
	fact_set(&f, F_OWNERS);
	expect(&f, TIME, "'event':'socket','owners':[]}");
}

static void numbers_keep_their_whole_range(void **state)
{
	struct fact f = fact_bare(EV_close);

	(void)state;
	SET(&f, F_PID, pid, UINT32_MAX);
	SET(&f, F_SK, sk, UINT64_MAX);
	SET(&f, F_LPORT, lport, UINT16_MAX);
	SET(&f, F_UNREAD, unread, 0);
	SET(&f, F_BYTES_SENT, bytes_sent, UINT64_MAX);
	SET(&f, F_BYTES_RECEIVED, bytes_received, UINT32_MAX);
	SET(&f, F_DURATION_US, duration_us, 10000000000);
	expect(&f, TIME,
	       "'event':'close','pid':4294967295,'sk':'ffffffffffffffff',"
	       "'lport':65535,'unread':0,'bytes_sent':18446744073709551615,"
	       "'bytes_received':4294967295,'duration_us':10000000000}");
}

static void addresses_are_dotted_if_mapped(void **state)
{
	static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	struct fact f = fact_bare(EV_connect);

	(void)state;
	SET(&f, F_FAMILY, family, 6);
	SET(&f, F_MAPPED, mapped, true);
	fact_v4(f.laddr, 192, 168, 100, 255);
	fact_set(&f, F_LADDR);
	memcpy(f.raddr, v6, sizeof(v6));
	fact_set(&f, F_RADDR);
	SET(&f, F_LATE, late, true);
	expect(&f, TIME,
	       "'event':'connect','family':6,'mapped':true,"
	       "'laddr':'192.168.100.255','raddr':'2001:db8::1','late':true}");
}

static void time_is_exact_on_both_sides_of_a_second(void **state)
{
	static const struct {
		uint64_t ns;
		int64_t offset;
		const char *want;
	} rows[] = {
		{ 999999999, 0, "{'time':'1970-01-01T00:00:00.999999999Z'," },
		{ 1000000000, 0, "{'time':'1970-01-01T00:00:01.000000000Z'," },
		{ 0, -1, "{'time':'1969-12-31T23:59:59.999999999Z'," },
	};
	struct fact f = fact_bare(EV_destroy);
	struct out *out = out__new_mem();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char want[64], *p = want;

		out__reset(out);
		f.time_ns = rows[i].ns;
		put_fact_at(out, &f, rows[i].offset);
		strcpy(want, rows[i].want);
		while ((p = strchr(p, '\'')))
			*p = '"';
		assert_memory_equal(out__data(out, NULL), want, strlen(want));
	}
	out__free(out);
}

static void the_stamp_follows_from_second_to_second(void **state)
{
	const struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET };
	void *ctx = view_json.new(&opts);
	struct out *out = out__new_mem();
	struct fact f = fact_bare(EV_destroy);

	(void)state;
	for (int i = 0; i < 3; i++, f.time_ns += i == 2 ? -1000000000 : 1000000000)
		view_json.fact(ctx, &f, out);
	assert_string_equal(
		out__data(out, NULL),
		"{\"time\":\"2026-11-22T16:07:01.072752345Z\",\"event\":\"destroy\"}\n"
		"{\"time\":\"2026-11-22T16:07:02.072752345Z\",\"event\":\"destroy\"}\n"
		"{\"time\":\"2026-11-22T16:07:01.072752345Z\",\"event\":\"destroy\"}\n");
	out__free(out);
	view_json.free(ctx);
}

static void an_unknown_event_is_no_line(void **state)
{
	struct fact f = fact_bare(0);
	struct out *out = out__new_mem();

	(void)state;
	put_fact(out, &f);
	f.id = EV_MAX;
	put_fact(out, &f);
	assert_string_equal(out__data(out, NULL), "");
	out__free(out);
}

static void views_are_found_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(view__by_name("json"), &view_json);
	assert_ptr_equal(view__by_name("text"), &view_text);
	assert_null(view__by_name("jso"));
	assert_null(view__by_name(""));
}

/*
 * The rest is read back by a parser that is not ours. It gets the file of
 * lines as its argument and one Python expression a line on stdin, each of
 * which must hold: d is the list of objects, mend() what a comm's bytes must
 * become. Bytes that are not UTF-8 and repeated names are errors.
 */
static const char reader[] =
	"import json, re, sys\n"
	"def once(pairs):\n"
	"    assert len(dict(pairs)) == len(pairs), pairs\n"
	"    return dict(pairs)\n"
	"def mend(h):\n"
	"    s = bytes.fromhex(h).decode(\"utf-8\", \"surrogateescape\")\n"
	"    return re.sub(\"[\\udc80-\\udcff]\", \"\\ufffd\", s)\n"
	"raw = open(sys.argv[1], \"rb\").read()\n"
	"assert raw.endswith(b\"\\n\")\n"
	"d = [json.loads(l.decode(\"utf-8\"), object_pairs_hook=once)\n"
	"     for l in raw.split(b\"\\n\")[:-1]]\n"
	"bad = [e for e in sys.stdin.read().split(\"\\n\") if e and not eval(e)]\n"
	"for e in bad: print(\"does not hold:\", e)\n"
	"sys.exit(bool(bad))\n";

static void check_by_reader(struct out *lines, struct out *expressions)
{
	char path[TMPFILE_PATH], script[TMPFILE_PATH], command[3 * TMPFILE_PATH];
	size_t len;
	const char *data = out__data(lines, &len);
	int fd = tmpfile_new(path, "test_view_json"), status;
	int script_fd = tmpfile_new(script, "test_view_reader");
	FILE *python;

	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(write(script_fd, reader, strlen(reader)), strlen(reader));
	close(fd);
	close(script_fd);
	snprintf(command, sizeof(command), "python3 %s %s", script, path);
	python = popen(command, "w");
	assert_non_null(python);
	fputs(out__data(expressions, NULL), python);
	status = pclose(python);
	unlink(path);
	unlink(script);
	assert_int_equal(status, 0);
}

static void a_real_parser_reads_every_kind(void **state)
{
	static const char *const hold[] = {
		"len(d) == 19",
		"all(o['time'] == '2026-11-22T16:07:01.072752345Z' for o in d)",
		"[o['event'] for o in d] == ['socket', 'connect', 'connected', "
		"'listen', 'syn_recv', 'accept', 'state', 'send', 'recv', "
		"'shutdown', 'close', 'destroy', 'packet', 'packet', "
		"'retransmit', 'reset', 'drop', 'finding', 'lost']",
		"d[0]['owners'] == [{'pid': 12715, 'comm': 'java', 'fd': 5}, "
		"{'pid': 99, 'comm': 'sh'}]",
		"d[0]['opts'] == {'nodelay': True, 'cork': False, 'linger': 30, "
		"'keepalive': [7200, 75, 9], 'rcvbuf': 131072, 'sndbuf': 16384, "
		"'mss': 1448, 'congestion': 'cubic'}",
		"d[1]['sk'] == '1002a' and d[1]['lport'] == 40000",
		"d[2]['peer'] == {'pid': 12715, 'comm': 'java'}",
		"d[2]['opts']['linger'] is False",
		"d[3]['laddr'] == '::' and 'raddr' not in d[3]",
		"d[4]['cookie'] is True and d[4]['listener'] == 'feed'",
		"(d[5]['queue_len'], d[5]['queue_max']) == (1, 2)",
		"d[6]['cause'] == {'kind': 'segment', 'what': 'SYN-ACK'}",
		"d[8]['peek'] is True and d[8]['offset'] == 0",
		"d[10]['opts']['linger'] == 0 and d[10]['linger'] == 0",
		"d[12]['from']['state'] == 'SYN_SENT' and d[12]['to'] == {}",
		"d[12]['opts'] == {'mss': 65495, 'wscale': 7, 'sackok': True, "
		"'tsval': 1, 'tsecr': 0}",
		"d[13]['opts'] == {'sack': [[11, 21], [31, 41]]}",
		"'pid' not in d[18] and d[18]['count'] == 12345678901234",
	};
	struct out *lines = out__new_mem(), *expressions = out__new_mem();

	(void)state;
	for (size_t i = 0; i < FACT_KINDS; i++) {
		struct fact f = fact_makers[i]();

		put_fact(lines, &f);
	}
	for (size_t i = 0; i < sizeof(hold) / sizeof(hold[0]); i++)
		out__printf(expressions, "%s\n", hold[i]);
	check_by_reader(lines, expressions);
	out__free(expressions);
	out__free(lines);
}

static void put_comm(struct out *lines, struct out *expressions, int row,
		     const char *comm)
{
	struct fact f = fact_bare(EV_connect);

	SET(&f, F_COMM, comm, comm);
	put_fact(lines, &f);
	out__printf(expressions, "d[%d]['comm'] == mend('", row);
	for (const char *p = comm; *p; p++)
		out__printf(expressions, "%02x", (unsigned char)*p);
	out__str(expressions, "')\n");
}

/* Every byte in four surroundings, and sequences that are nearly UTF-8. */
static void any_bytes_of_a_name_are_valid_json(void **state)
{
	static const char *const nearly[] = {
		"", "\xc0\x80", "\xc3", "\xe2\x82", "\xe0\x80\x80", "\xed\xa0\x80",
		"\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
		"caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\xa7", "\xc2\x9b" "31m",
		"\xe2\x80\xa8", "\"},{\"", "\\u0041", "a\xffz\xe2\x82z",
	};
	struct out *lines = out__new_mem(), *expressions = out__new_mem();
	char comm[TT_COMM_LEN];
	int row = 0;

	(void)state;
	for (unsigned int c = 1; c < 256; c++) {
		static const char *const around[] = { "%c", "a%cz", "\xc3%c", "\"%c\\" };

		for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
			size_t at = strcspn(around[i], "%");

			snprintf(comm, sizeof(comm), "%.*s%c%s", (int)at, around[i],
				 (int)c, around[i] + at + 2);
			put_comm(lines, expressions, row++, comm);
		}
	}
	for (size_t i = 0; i < sizeof(nearly) / sizeof(nearly[0]); i++)
		put_comm(lines, expressions, row++, nearly[i]);
	/* nor may the line itself drive a terminal: no control, C1 included */
	out__str(expressions,
		 "not re.search('[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]', raw.decode())\n");
	check_by_reader(lines, expressions);
	out__free(expressions);
	out__free(lines);
}

/* Far beyond the buffer in which a line is built. */
static void a_long_line_is_whole(void **state)
{
	struct out *lines = out__new_mem(), *expressions = out__new_mem();
	struct owner_ref *owners = calloc(5000, sizeof(*owners));
	struct fact f = fact_socket();
	char cgroup[20001];

	(void)state;
	for (int i = 0; i < 5000; i++)
		owners[i] = (struct owner_ref){ .pid = 1 + i, .fd = i, .comm = "sh" };
	f.owners = owners;
	f.nowners = 5000;
	memset(cgroup, 'g', sizeof(cgroup) - 1);
	cgroup[sizeof(cgroup) - 1] = '\0';
	SET(&f, F_CGROUP, cgroup, cgroup);
	put_fact(lines, &f);
	out__str(expressions, "d[0]['cgroup'] == 'g' * 20000\n"
			      "d[0]['owners'] == [{'pid': i + 1, 'comm': 'sh', "
			      "'fd': i} for i in range(5000)]\n");
	check_by_reader(lines, expressions);
	free(owners);
	out__free(expressions);
	out__free(lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_its_line),
		cmocka_unit_test(no_kind_is_left_out),
		cmocka_unit_test(absent_fields_are_not_told),
		cmocka_unit_test(marked_but_empty_fields_are_not_told),
		cmocka_unit_test(an_end_tells_what_is_known_of_it),
		cmocka_unit_test(a_socket_without_owners_says_so),
		cmocka_unit_test(numbers_keep_their_whole_range),
		cmocka_unit_test(addresses_are_dotted_if_mapped),
		cmocka_unit_test(time_is_exact_on_both_sides_of_a_second),
		cmocka_unit_test(the_stamp_follows_from_second_to_second),
		cmocka_unit_test(an_unknown_event_is_no_line),
		cmocka_unit_test(views_are_found_by_name),
		cmocka_unit_test(a_real_parser_reads_every_kind),
		cmocka_unit_test(any_bytes_of_a_name_are_valid_json),
		cmocka_unit_test(a_long_line_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
