/* SPDX-License-Identifier: BSD-2-Clause */
/* One fact of every kind, as the flow room would make it. */
#ifndef TESTS_UNIT_VIEW_FACTS_H
#define TESTS_UNIT_VIEW_FACTS_H

#include <string.h>

#include "event/fact.h"

/* 2026-11-22T16:07:01Z at boottime 1000 s */
#define FACT_TIME_NS 1000072752345ULL
#define FACT_UTC_OFFSET (1795363621000000000LL - 1000000000000LL)

#define SET(f, field, member, value) \
	do { \
		(f)->member = (value); \
		fact_set((f), (field)); \
	} while (0)

static inline void fact_v4(uint8_t addr[16], uint8_t a, uint8_t b, uint8_t c,
			   uint8_t d)
{
	memset(addr, 0, 16);
	addr[10] = addr[11] = 0xff;
	addr[12] = a;
	addr[13] = b;
	addr[14] = c;
	addr[15] = d;
}

static inline struct fact fact_bare(enum event_id id)
{
	struct fact f;

	memset(&f, 0, sizeof(f));
	f.id = id;
	f.time_ns = FACT_TIME_NS;
	f.fd = -1;
	f.peer.fd = f.from.fd = f.to.fd = -1;
	return f;
}

static inline void fact_ends(struct fact *f, uint16_t lport, uint16_t rport)
{
	SET(f, F_FAMILY, family, 4);
	fact_v4(f->laddr, 127, 0, 0, 1);
	fact_v4(f->raddr, 127, 0, 0, 1);
	fact_set(f, F_LADDR);
	fact_set(f, F_RADDR);
	SET(f, F_LPORT, lport, lport);
	SET(f, F_RPORT, rport, rport);
}

/* The client java/12761 on descriptor 4. */
static inline struct fact fact_client(enum event_id id)
{
	struct fact f = fact_bare(id);

	SET(&f, F_PID, pid, 12761);
	SET(&f, F_TID, tid, 12762);
	SET(&f, F_COMM, comm, "java");
	SET(&f, F_FD, fd, 4);
	SET(&f, F_OWNER_SRC, owner_src, "call");
	SET(&f, F_SK, sk, 0x1002a);
	fact_ends(&f, 40000, 9090);
	return f;
}

/* The server java/12715 on descriptor 5. */
static inline struct fact fact_server(enum event_id id)
{
	struct fact f = fact_bare(id);

	SET(&f, F_PID, pid, 12715);
	SET(&f, F_TID, tid, 12715);
	SET(&f, F_COMM, comm, "java");
	SET(&f, F_FD, fd, 5);
	fact_ends(&f, 9090, 40000);
	return f;
}

static inline void fact_peer(struct fact *f, uint32_t pid)
{
	f->peer.pid = pid;
	f->peer.comm = "java";
	fact_set(f, F_PEER);
}

static const struct owner_ref fact_owners[] = {
	{ .pid = 12715, .fd = 5, .comm = "java" },
	{ .pid = 99, .fd = -1, .comm = "sh" },
};

static inline struct fact fact_socket(void)
{
	struct fact f = fact_server(EV_socket);

	SET(&f, F_STATE, state, "ESTABLISHED");
	f.owners = fact_owners;
	SET(&f, F_OWNERS, nowners, 2);
	f.opts.nodelay = true;
	f.opts.linger_on = true;
	f.opts.linger_s = 30;
	f.opts.keepalive_on = true;
	f.opts.ka_time_s = 7200;
	f.opts.ka_intvl_s = 75;
	f.opts.ka_probes = 9;
	f.opts.rcvbuf = 131072;
	f.opts.sndbuf = 16384;
	f.opts.mss = 1448;
	f.opts.congestion = "cubic";
	fact_set(&f, F_OPTS);
	return f;
}

static inline struct fact fact_connect(void)
{
	struct fact f = fact_client(EV_connect);

	SET(&f, F_STATE, state, "SYN_SENT");
	return f;
}

static inline struct fact fact_connected(void)
{
	struct fact f = fact_client(EV_connected);

	SET(&f, F_LATENCY_US, latency_us, 85);
	f.opts.nodelay = true;
	fact_set(&f, F_OPTS);
	fact_peer(&f, 12715);
	return f;
}

static inline struct fact fact_listen(void)
{
	struct fact f = fact_server(EV_listen);

	memset(f.laddr, 0, sizeof(f.laddr));
	f.family = 6;
	fact_clear(&f, F_RADDR);
	fact_clear(&f, F_RPORT);
	SET(&f, F_BACKLOG, backlog, 2);
	SET(&f, F_STATE, state, "LISTEN");
	return f;
}

static inline struct fact fact_syn_recv(void)
{
	struct fact f = fact_server(EV_syn_recv);

	SET(&f, F_LISTENER, listener, 0xfeed);
	SET(&f, F_COOKIE, cookie, true);
	return f;
}

static inline struct fact fact_accept(void)
{
	struct fact f = fact_server(EV_accept);

	SET(&f, F_QUEUED_US, queued_us, 645);
	SET(&f, F_QUEUE_LEN, queue_len, 1);
	SET(&f, F_QUEUE_MAX, queue_max, 2);
	SET(&f, F_LISTENER, listener, 0xfeed);
	fact_peer(&f, 12761);
	return f;
}

static inline struct fact fact_state(void)
{
	struct fact f = fact_client(EV_state);

	SET(&f, F_OLD, old_state, "SYN_SENT");
	SET(&f, F_NEW, new_state, "ESTABLISHED");
	SET(&f, F_STATE, state, "ESTABLISHED");
	SET(&f, F_IN_STATE_US, in_state_us, 1249);
	f.cause_what = "SYN-ACK";
	SET(&f, F_CAUSE, cause_kind, "segment");
	return f;
}

static inline struct fact fact_send(void)
{
	struct fact f = fact_client(EV_send);

	SET(&f, F_BYTES, bytes, 5);
	SET(&f, F_OFFSET, offset, 10);
	SET(&f, F_CALL_US, call_us, 12);
	SET(&f, F_CALL, call, "write");
	return f;
}

static inline struct fact fact_recv(void)
{
	struct fact f = fact_server(EV_recv);

	SET(&f, F_BYTES, bytes, 1);
	SET(&f, F_OFFSET, offset, 0);
	SET(&f, F_CALL_US, call_us, 3400000);
	SET(&f, F_CALL, call, "recvfrom");
	SET(&f, F_PEEK, peek, true);
	return f;
}

static inline struct fact fact_shutdown(void)
{
	struct fact f = fact_client(EV_shutdown);

	SET(&f, F_HOW, how, "SHUT_WR");
	SET(&f, F_ERROR, error, "ENOTCONN");
	return f;
}

static inline struct fact fact_close(void)
{
	struct fact f = fact_server(EV_close);

	SET(&f, F_VIA, via, "exit");
	SET(&f, F_UNREAD, unread, 3);
	SET(&f, F_LINGER, linger_s, 0);
	SET(&f, F_BYTES_SENT, bytes_sent, 5);
	SET(&f, F_BYTES_RECEIVED, bytes_received, 10);
	SET(&f, F_DURATION_US, duration_us, 125000000);
	f.opts.linger_on = true;
	fact_set(&f, F_OPTS);
	return f;
}

static inline struct fact fact_destroy(void)
{
	struct fact f = fact_server(EV_destroy);

	SET(&f, F_STATE, state, "CLOSE");
	return f;
}

static inline void fact_wire(struct fact *f, uint16_t sport, uint16_t dport,
			     const char *flags)
{
	fact_v4(f->src, 127, 0, 0, 1);
	fact_v4(f->dst, 127, 0, 0, 1);
	fact_set(f, F_SRC);
	fact_set(f, F_DST);
	SET(f, F_SPORT, sport, sport);
	SET(f, F_DPORT, dport, dport);
	strcpy(f->tcp_flags, flags);
	fact_set(f, F_FLAGS);
	fact_set(f, F_LEN);
	fact_set(f, F_TCP_OPTS);
	SET(f, F_IFNAME, ifname, "lo");
}

/* The client's SYN. */
static inline struct fact fact_packet_syn(void)
{
	struct fact f = fact_client(EV_packet);

	SET(&f, F_DIR, dir, "out");
	fact_wire(&f, 40000, 9090, "S");
	SET(&f, F_TCP_SEQ, tcp_seq, 4294967295);
	SET(&f, F_REL_SEQ, rel_seq, 0);
	SET(&f, F_WIN, win, 65495);
	f.seg_opts = (struct seg_opts){
		.has_mss = true, .mss = 65495, .sackok = true,
		.has_ts = true, .tsval = 1, .tsecr = 0,
		.has_wscale = true, .wscale = 7,
	};
	f.from = (struct endpoint){ .pid = 12761, .tid = 12762, .comm = "java",
				    .fd = 4, .sk = 0x1002a, .state = "SYN_SENT" };
	fact_set(&f, F_FROM);
	fact_set(&f, F_TO);
	SET(&f, F_TTL, ttl, 64);
	return f;
}

/* Data that also tells of a hole, as the server gets it. */
static inline struct fact fact_packet_data(void)
{
	struct fact f = fact_server(EV_packet);

	SET(&f, F_DIR, dir, "in");
	fact_wire(&f, 40000, 9090, "P.");
	SET(&f, F_LEN, len, 4);
	SET(&f, F_TCP_SEQ, tcp_seq, 1001);
	SET(&f, F_TCP_ACK, tcp_ack, 2001);
	SET(&f, F_REL_SEQ, rel_seq, 1);
	SET(&f, F_REL_ACK, rel_ack, 1);
	SET(&f, F_WIN, win, 512);
	SET(&f, F_GSO, gso, 3);
	f.seg_opts = (struct seg_opts){
		.nsack = 2, .sack = { { 11, 21 }, { 31, 41 } },
	};
	return f;
}

static inline struct fact fact_retransmit(void)
{
	struct fact f = fact_client(EV_retransmit);

	SET(&f, F_TCP_SEQ, tcp_seq, 1001);
	SET(&f, F_KIND, kind, "rto");
	return f;
}

static inline struct fact fact_reset(void)
{
	struct fact f = fact_client(EV_reset);

	SET(&f, F_DIR, dir, "in");
	SET(&f, F_REASON, reason, "TCP_ABORT_ON_CLOSE");
	return f;
}

static inline struct fact fact_drop(void)
{
	struct fact f = fact_server(EV_drop);

	SET(&f, F_REASON, reason, "TCP_INVALID_SEQUENCE");
	SET(&f, F_WHERE, where, "tcp_validate_incoming");
	return f;
}

static inline struct fact fact_finding(void)
{
	struct fact f = fact_server(EV_finding);

	SET(&f, F_WHAT, what, "leaked");
	SET(&f, F_WHY, why, "CLOSE_WAIT for long");
	return f;
}

static inline struct fact fact_lost(void)
{
	struct fact f = fact_bare(EV_lost);

	SET(&f, F_WHAT, what, "packet");
	SET(&f, F_WHY, why, "the ring buffer was full");
	SET(&f, F_COUNT, count, 12345678901234ULL);
	return f;
}

/* In the order of events.def, both packets. */
static struct fact (*const fact_makers[])(void) = {
	fact_socket, fact_connect, fact_connected, fact_listen, fact_syn_recv,
	fact_accept, fact_state, fact_send, fact_recv, fact_shutdown,
	fact_close, fact_destroy, fact_packet_syn, fact_packet_data,
	fact_retransmit, fact_reset, fact_drop, fact_finding, fact_lost,
};

#define FACT_KINDS (sizeof(fact_makers) / sizeof(fact_makers[0]))

#endif
