// SPDX-License-Identifier: BSD-2-Clause
/*
 * gen_corpus DIR: the corpus from which the fuzzers start, made from the
 * record layouts and from the rows of tests/packets.h. `make corpus` runs it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../packets.h"
#include "tcptrace/event.h"

#define ESTABLISHED 1
#define CLOSE_WAIT 8
#define LISTEN 10

static const char *dir;

static void die(const char *what)
{
	fprintf(stderr, "gen_corpus: %s: %s\n", what, strerror(errno));
	exit(1);
}

static FILE *create(const char *target, const char *name)
{
	char path[512], *p;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/", dir, target);
	p = path + strlen(path);
	for (; *name && p < path + sizeof(path) - 1; name++)
		if (isalnum((unsigned char)*name))
			*p++ = tolower((unsigned char)*name);
		else if (p[-1] != '-' && p[-1] != '/')
			*p++ = '-';
	*p = '\0';
	f = fopen(path, "wb");
	if (!f)
		die(path);
	return f;
}

static void put(FILE *f, const void *data, size_t len)
{
	if (fwrite(data, 1, len, f) != len)
		die("write");
}

static void finish(FILE *f)
{
	if (fclose(f))
		die("close");
}

static void write_packets(void)
{
	size_t i;

	for (i = 0; i < PACKET_ROWS; i++) {
		const struct packet_row *row = &packet_rows[i];
		FILE *f = create("parse", row->name);

		put(f, &row->wire_len, sizeof(row->wire_len));
		put(f, row->data, row->len);
		finish(f);
	}
}

#define HDR(rec_kind, rec_len)                                         \
	{ .kind = (rec_kind), .len = (rec_len), .cpu = 1,              \
	  .ts_ns = 123456789012ULL, .sk = 0x1001 }
#define MAPPED(d) { [10] = 0xff, 0xff, 127, 0, 0, (d) }
#define SOCK(st)                                                       \
	{ .tuple = { MAPPED(1), MAPPED(2), 0x8223, 0x3412, 4026531840u }, \
	  .family = 6, .state = (st), .ino = 4711 }
#define TASK { .pid = 812, .tid = 815, .uid = 1000, .fd = 7, \
	       .comm = "java", .sysno = 43 }
#define OPTS { .flags = TT_OPT_NODELAY | TT_OPT_LINGER, .rcvbuf = 2304, \
	       .sndbuf = 4608, .mss = 1448, .congestion = "cubic" }

static const struct tt_rec_state state_long = {
	.hdr = HDR(TT_REC_STATE, sizeof(state_long)),
	.sock = SOCK(ESTABLISHED), .task = TASK,
	.old_state = 3, .new_state = ESTABLISHED, .seen = TT_SEEN_OPTS,
	.listener = 0x1000, .queue_len = 1, .queue_max = 2, .opts = OPTS,
};

static const struct tt_rec_state state_short = {
	.hdr = HDR(TT_REC_STATE, TT_REC_STATE_MIN),
	.sock = SOCK(CLOSE_WAIT), .task = { .fd = -1, .sysno = -1 },
	.old_state = ESTABLISHED, .new_state = CLOSE_WAIT,
};

static const struct tt_rec_call call_long = {
	.hdr = HDR(TT_REC_CALL, sizeof(call_long)),
	.sock = SOCK(ESTABLISHED), .task = TASK, .call = TT_CALL_ACCEPT,
	.offset = ~0ULL, .listener = 0x1000, .opts = OPTS,
};

static const struct tt_rec_call call_short = {
	.hdr = HDR(TT_REC_CALL, TT_REC_CALL_MIN),
	.sock = SOCK(ESTABLISHED), .task = TASK, .call = TT_CALL_SEND,
	.enter_ns = 123456780000ULL, .ret = 20,
};

static const struct tt_rec_close close_rec = {
	.hdr = HDR(TT_REC_CLOSE, sizeof(close_rec)),
	.sock = SOCK(CLOSE_WAIT), .task = TASK,
	.io = { 20, 10, 0, 0 }, .opts = OPTS,
};

static const struct tt_rec_destroy destroy_rec = {
	.hdr = HDR(TT_REC_DESTROY, sizeof(destroy_rec)),
	.sock = SOCK(7), .task = TASK, .io = { 20, 10, 0, 0 },
};

static const struct tt_rec_packet packet_long = {
	.hdr = HDR(TT_REC_PACKET, sizeof(packet_long)),
	.netns = 4026531840u, .ifindex = 1, .wire_len = 168, .caplen = 160,
	.dir = TT_DIR_OUT, .flags = TT_PKT_LOOPBACK, .sk_state = ESTABLISHED,
	.ifname = "lo",
};

static const struct tt_rec_packet packet_short = {
	.hdr = HDR(TT_REC_PACKET, TT_REC_PACKET_HDR + TT_PKT_DATA_SHORT),
	.netns = 4026531840u, .ifindex = 2, .wire_len = 1500, .caplen = 40,
	.dir = TT_DIR_IN, .ifname = "eth0",
};

static const struct {
	struct tt_rec_packet rec;
	__u8 rest[56]; /* the link stands in data, which moves it on by as much */
} packet_link = {
	.rec = {
		.hdr = HDR(TT_REC_PACKET, sizeof(packet_link)),
		.netns = 4026531840u, .ifindex = 2, .wire_len = 1500,
		.caplen = 160, .dir = TT_DIR_OUT, .flags = TT_PKT_LINK,
		.ifname = "eth0",
		.data = { 1, 0, 8, 0, 0, 0, 0, 0, TT_PKTTYPE_OUTGOING, 6, 14,
			  TT_CSUM_PARTIAL },
	},
};

static const struct tt_rec_retransmit retransmit_rec = {
	.hdr = HDR(TT_REC_RETRANSMIT, sizeof(retransmit_rec)),
	.sock = SOCK(2), .seq = 0x81020304, .why = TT_RETRANS_SYN,
};

static const struct tt_rec_reset reset_rec = {
	.hdr = HDR(TT_REC_RESET, sizeof(reset_rec)),
	.sock = SOCK(ESTABLISHED), .task = TASK, .reason = 3,
	.dir = TT_DIR_OUT,
};

static const struct tt_rec_drop drop_rec = {
	.hdr = HDR(TT_REC_DROP, sizeof(drop_rec)),
	.sock = SOCK(0), .where = 0xffffffff81234567ULL, .reason = 5,
	.seq = 1, .len = 100, .tcp_flags = TT_TCP_ACK,
};

static const struct tt_rec_task task_rec = {
	.hdr = HDR(TT_REC_TASK, sizeof(task_rec)),
	.task = TASK, .what = TT_TASK_FORK, .parent = 811,
};

static const struct tt_rec_socket socket_rec = {
	.hdr = HDR(TT_REC_SOCKET, sizeof(socket_rec)),
	.sock = SOCK(LISTEN), .task = TASK, .opts = OPTS, .tx_queue = 2,
	.flags = TT_SCAN_FILE, .timer = 2,
};

static const struct tt_hdr later_kind = HDR(TT_REC_MAX + 40, sizeof(later_kind));

static const struct {
	const char *name;
	const struct tt_hdr *hdr;
} records[] = {
	{ "state long", &state_long.hdr },
	{ "state short", &state_short.hdr },
	{ "call long", &call_long.hdr },
	{ "call short", &call_short.hdr },
	{ "close", &close_rec.hdr },
	{ "destroy", &destroy_rec.hdr },
	{ "packet long", &packet_long.hdr },
	{ "packet short", &packet_short.hdr },
	{ "packet link", &packet_link.rec.hdr },
	{ "retransmit", &retransmit_rec.hdr },
	{ "reset", &reset_rec.hdr },
	{ "drop", &drop_rec.hdr },
	{ "task", &task_rec.hdr },
	{ "socket", &socket_rec.hdr },
	{ "later kind", &later_kind },
};

/* What they choose is of no matter, but that it is different things. */
static void write_choices(void)
{
	__u32 state = 1, i, n;

	for (i = 0; i < 8; i++) {
		char name[] = "choices 0";
		FILE *f;

		name[8] += i;
		f = create("filter", name);
		for (n = 0; n < 120; n++) {
			__u8 byte = (state = state * 1664525 + 1013904223) >> 24;

			put(f, &byte, 1);
		}
		finish(f);
	}
}

static void write_records(void)
{
	FILE *all = create("decode", "stream"), *f;
	size_t i;

	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		f = create("decode", records[i].name);
		put(f, records[i].hdr, records[i].hdr->len);
		finish(f);
		put(all, records[i].hdr, records[i].hdr->len);
	}
	finish(all);
	f = create("decode", "cut");
	put(f, &close_rec, sizeof(close_rec) - 1);
	finish(f);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: gen_corpus DIR\n");
		return 2;
	}
	dir = argv[1];
	write_packets();
	write_choices();
	write_records();
	return 0;
}
