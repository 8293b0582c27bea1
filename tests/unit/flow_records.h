/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flow table and records for it, made by hand: each builder takes what the
 * test is about and fills in a plain rest. Time goes on by a millisecond a
 * record. What the table tells is kept for the test to look at.
 */
#ifndef UNIT_FLOW_RECORDS_H
#define UNIT_FLOW_RECORDS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "flow/flow.h"
#include "sockets.h"
#include "tcptrace/parse.h"

#define MS 1000000ULL
#define START (1000 * MS)
#define EVERY_EVENT (~0u)

enum { TOLD_MAX = 64, TOLD_OWNERS = 4 };

/* A fact and the texts that it borrowed. */
struct told {
	struct fact f;
	char comm[TT_COMM_LEN];
	char from_comm[TT_COMM_LEN], to_comm[TT_COMM_LEN];
	char ifname[TT_COMM_LEN];
	struct owner_ref owners[TOLD_OWNERS];
};

struct world {
	struct flow_table *t;
	uint64_t now;
	struct told told[TOLD_MAX];
	size_t count;
};

static inline void keep_text(char *to, const char **from)
{
	if (!*from)
		return;
	strncpy(to, *from, TT_COMM_LEN - 1);
	*from = to;
}

static inline void keep_fact(void *ctx, const struct fact *f)
{
	struct world *w = ctx;
	struct told *to = &w->told[w->count++];

	assert_true(w->count < TOLD_MAX);
	memset(to, 0, sizeof(*to));
	to->f = *f;
	keep_text(to->comm, &to->f.comm);
	keep_text(to->from_comm, &to->f.from.comm);
	keep_text(to->to_comm, &to->f.to.comm);
	keep_text(to->ifname, &to->f.ifname);
	assert_true(f->nowners <= TOLD_OWNERS);
	for (uint32_t i = 0; i < f->nowners; i++)
		to->owners[i] = f->owners[i];
	to->f.owners = to->owners;
}

static inline struct world *world_of(struct flow_opts opts)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->now = START;
	if (!opts.select.events)
		opts.select.events = EVERY_EVENT;
	opts.hz = 1000;
	opts.sink = keep_fact;
	opts.sink_ctx = w;
	w->t = flow_table__new(&opts);
	assert_non_null(w->t);
	return w;
}

static inline struct world *world(void)
{
	return world_of((struct flow_opts){ 0 });
}

static inline struct world *world_of_tasks(void)
{
	return world_of((struct flow_opts){ .select.by_task = true });
}

static inline void end_world(struct world *w)
{
	flow_table__free(w->t);
	free(w);
}

static inline void forget(struct world *w)
{
	w->count = 0;
}

static inline size_t told_of(const struct world *w, enum event_id id)
{
	size_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		n += w->told[i].f.id == id;
	return n;
}

/* The only fact of its event, since the last forget(). */
static inline const struct fact *only(const struct world *w, enum event_id id)
{
	const struct fact *found = NULL;

	assert_int_equal(told_of(w, id), 1);
	for (size_t i = 0; i < w->count; i++)
		if (w->told[i].f.id == id)
			found = &w->told[i].f;
	return found;
}

static inline const struct fact *last(const struct world *w)
{
	assert_true(w->count);
	return &w->told[w->count - 1].f;
}

/* One end of a connection, as its own socket sees it. */
struct side {
	uint64_t sk;
	const char *laddr;
	uint16_t lport;
	const char *raddr;
	uint16_t rport;
	uint8_t family; /* 0: 4 */
	uint32_t netns; /* 0: 1 */
};

/* family and netns may follow, by name. */
#define SIDE(sk_, laddr_, lport_, raddr_, rport_, ...)                   \
	{ .sk = sk_, .laddr = laddr_, .lport = lport_, .raddr = raddr_,  \
	  .rport = rport_, __VA_ARGS__ }

static inline struct side across(const struct side *s, uint64_t sk)
{
	return (struct side){ sk, s->raddr, s->rport, s->laddr, s->lport,
			      s->family, s->netns };
}

static inline struct tt_tuple tuple_of(const struct side *s)
{
	struct tt_tuple t = { .lport_be = htons(s->lport),
			      .rport_be = htons(s->rport),
			      .netns = s->netns ? s->netns : 1 };

	set_end(t.laddr_be, s->laddr);
	set_end(t.raddr_be, s->raddr);
	return t;
}

static inline struct tt_sock tt_sock_of(const struct side *s, uint8_t state)
{
	return (struct tt_sock){ .tuple = tuple_of(s),
				 .family = s->family ? s->family : 4,
				 .state = state };
}

static inline struct tt_hdr hdr_of(struct world *w, uint16_t kind, size_t len,
				   uint64_t sk)
{
	w->now += MS;
	return (struct tt_hdr){ .kind = kind, .len = len, .ts_ns = w->now,
				.sk = sk };
}

/* A task in a call, of the process selection if there is one. */
static inline struct tt_task task(uint32_t pid, int32_t fd, int sysno)
{
	struct tt_task t = { .pid = pid, .tid = pid + 1, .fd = fd,
			     .sysno = sysno, .flags = TT_TASK_SELECTED };

	strcpy(t.comm, "proc-");
	t.comm[5] = 'a' + pid % 26;
	return t;
}

static inline struct tt_task unselected(struct tt_task t)
{
	t.flags &= ~TT_TASK_SELECTED;
	return t;
}

static inline struct tt_task exiting(uint32_t pid)
{
	struct tt_task t = task(pid, -1, SYS_exit_group);

	t.flags |= TT_TASK_EXITING;
	return t;
}

static inline struct tt_task no_task(void)
{
	return (struct tt_task){ .fd = -1, .sysno = -1 };
}

static inline struct tt_rec_state change(struct world *w, const struct side *s,
					 uint8_t from, uint8_t to,
					 struct tt_task task)
{
	struct tt_rec_state r = { .sock = tt_sock_of(s, to), .task = task,
				  .old_state = from, .new_state = to };

	r.hdr = hdr_of(w, TT_REC_STATE, TT_REC_STATE_MIN, s->sk);
	if (task.pid)
		r.sock.flags |= TT_SK_OWNED;
	return r;
}

static inline struct tt_rec_call call_of(struct world *w, const struct side *s,
					 uint16_t call, struct tt_task task,
					 int64_t ret, int32_t arg)
{
	struct tt_rec_call r = { .sock = tt_sock_of(s, ST_ESTABLISHED),
				 .task = task, .offset = ~0ULL, .ret = ret,
				 .call = call, .arg = arg };

	r.hdr = hdr_of(w, TT_REC_CALL, TT_REC_CALL_MIN, s->sk);
	return r;
}

static inline struct tt_rec_close close_of(struct world *w, const struct side *s,
					   uint8_t state, struct tt_task task)
{
	struct tt_rec_close r = { .sock = tt_sock_of(s, state), .task = task };

	r.hdr = hdr_of(w, TT_REC_CLOSE, sizeof(r), s->sk);
	return r;
}

static inline struct tt_rec_destroy destroy_of(struct world *w,
					       const struct side *s)
{
	struct tt_rec_destroy r = { .sock = tt_sock_of(s, ST_CLOSE),
				    .task = no_task() };

	r.hdr = hdr_of(w, TT_REC_DESTROY, sizeof(r), s->sk);
	return r;
}

static inline struct tt_rec_task task_of(struct world *w, uint32_t what,
					 struct tt_task task)
{
	struct tt_rec_task r = { .task = task, .what = what };

	r.hdr = hdr_of(w, TT_REC_TASK, sizeof(r), 0);
	return r;
}

/* A segment that the side sends, at the tap of its own namespace, on lo
 * unless flags say otherwise. */
static inline struct tt_rec_packet segment_of(struct world *w, const struct side *s,
					      uint8_t tcp_flags, uint32_t seq,
					      uint32_t ack, uint16_t len)
{
	struct tt_rec_packet r = { .netns = s->netns ? s->netns : 1,
				   .dir = TT_DIR_OUT, .flags = TT_PKT_LOOPBACK };
	struct tt_tuple t = tuple_of(s);
	bool is_v4 = !strchr(s->laddr, ':');
	uint8_t *ip = r.data, *tcp = r.data + (is_v4 ? 20 : 40);
	uint16_t total = htons((is_v4 ? 40 : 20) + len);
	uint32_t be;

	if (is_v4) {
		ip[0] = 0x45;
		memcpy(ip + 2, &total, 2);
		ip[8] = 64;
		ip[9] = 6;
		memcpy(ip + 12, t.laddr_be + 12, 4);
		memcpy(ip + 16, t.raddr_be + 12, 4);
	} else {
		ip[0] = 0x60;
		memcpy(ip + 4, &total, 2);
		ip[6] = 6;
		ip[7] = 64;
		memcpy(ip + 8, t.laddr_be, 16);
		memcpy(ip + 24, t.raddr_be, 16);
	}
	memcpy(tcp, &t.lport_be, 2);
	memcpy(tcp + 2, &t.rport_be, 2);
	be = htonl(seq);
	memcpy(tcp + 4, &be, 4);
	be = htonl(ack);
	memcpy(tcp + 8, &be, 4);
	tcp[12] = 5 << 4;
	tcp[13] = tcp_flags;
	r.caplen = is_v4 ? 40 : 60;
	r.wire_len = r.caplen + len;
	strcpy(r.ifname, "lo");
	r.hdr = hdr_of(w, TT_REC_PACKET, TT_REC_PACKET_HDR + r.caplen, s->sk);
	return r;
}

/* The same on a device that leads elsewhere. */
static inline struct tt_rec_packet on_wire(struct tt_rec_packet r, uint8_t dir,
					   uint32_t netns)
{
	r.flags &= ~TT_PKT_LOOPBACK;
	r.dir = dir;
	if (dir == TT_DIR_IN)
		r.hdr.sk = 0;
	r.netns = netns;
	strcpy(r.ifname, "veth0");
	return r;
}

static inline struct tt_rec_packet by_request(struct tt_rec_packet r,
					      uint64_t listener)
{
	r.flags |= TT_PKT_TX_SK;
	r.sk_state = ST_NEW_SYN_RECV;
	r.listener = listener;
	return r;
}

static inline void feed(struct world *w, const void *rec)
{
	const struct tt_hdr *h = rec;

	flow_table__preview(w->t, h);
	flow_table__apply(w->t, h, record_time(h), false);
}

/* Evaluates the record once: a builder moves the time on. */
#define FEED(w, rec)                                                     \
	do {                                                             \
		__typeof__(rec) rec_ = (rec);                            \
		feed(w, &rec_);                                          \
	} while (0)

#define assert_has(f, field) assert_true(fact_has(f, field))
#define assert_has_not(f, field) assert_false(fact_has(f, field))

static inline void assert_change(const struct fact *f, const char *from,
				 const char *to, const char *kind, const char *what)
{
	assert_int_equal(f->id, EV_state);
	if (from)
		assert_string_equal(f->old_state, from);
	else
		assert_has_not(f, F_OLD);
	assert_string_equal(f->new_state, to);
	if (!kind) {
		assert_has_not(f, F_CAUSE);
		return;
	}
	assert_has(f, F_CAUSE);
	assert_string_equal(f->cause_kind, kind);
	assert_string_equal(f->cause_what, what);
}

static inline void assert_owner(const struct fact *f, uint32_t pid, const char *src)
{
	if (!pid) {
		assert_has_not(f, F_PID);
		return;
	}
	assert_has(f, F_PID);
	assert_int_equal(f->pid, pid);
	assert_string_equal(f->owner_src, src);
}

/* --- what many tests begin with -------------------------------------------- */

enum { SERVER = 100, CLIENT = 200, OTHER = 300, LISTEN_FD = 3, ACCEPT_FD = 7,
       CLIENT_FD = 5 };

static const struct side listening = SIDE(10, "0.0.0.0", 80, "0.0.0.0", 0);
static const struct side client_side = SIDE(20, "127.0.0.1", 5000, "127.0.0.1", 80);
static const struct side server_side = SIDE(30, "127.0.0.1", 80, "127.0.0.1", 5000);

static inline void listens(struct world *w, const struct side *l, struct tt_task t)
{
	FEED(w, change(w, l, ST_CLOSE, ST_LISTEN, t));
}

/* The client's SYN, with the port that it got just before. */
static inline void connects(struct world *w, const struct side *c, struct tt_task t)
{
	FEED(w, change(w, c, ST_CLOSE, ST_SYN_SENT, t));
	FEED(w, segment_of(w, c, TT_TCP_SYN, 1000, 0, 0));
}

/* From the SYN-ACK to the end of the handshake; the server's side, without a
 * cookie while it is a request. */
static inline void shakes_hands(struct world *w, const struct side *c,
				const struct side *s, uint64_t listener)
{
	struct side request = *s;

	request.sk = 0;
	FEED(w, by_request(segment_of(w, &request, TT_TCP_SYN | TT_TCP_ACK, 9000,
				      1001, 0), listener));
	FEED(w, change(w, c, ST_SYN_SENT, ST_ESTABLISHED, no_task()));
	FEED(w, segment_of(w, c, TT_TCP_ACK, 1001, 9001, 0));
	FEED(w, change(w, s, ST_LISTEN, ST_SYN_RECV, no_task()));
	FEED(w, change(w, s, ST_SYN_RECV, ST_ESTABLISHED, no_task()));
}

static inline void accepts(struct world *w, const struct side *s, struct tt_task t)
{
	FEED(w, call_of(w, s, TT_CALL_ACCEPT, t, t.fd, LISTEN_FD));
}

/* A connection on lo, with nothing told of it yet. */
static inline void connected_pair(struct world *w, struct tt_task server,
				  struct tt_task client)
{
	server.fd = LISTEN_FD;
	server.sysno = SYS_listen;
	listens(w, &listening, server);
	connects(w, &client_side, client);
	shakes_hands(w, &client_side, &server_side, listening.sk);
	server.fd = ACCEPT_FD;
	server.sysno = SYS_accept4;
	accepts(w, &server_side, server);
	forget(w);
}

static inline struct tt_task server_task(int sysno)
{
	return task(SERVER, ACCEPT_FD, sysno);
}

static inline struct tt_task client_task(int sysno)
{
	return task(CLIENT, CLIENT_FD, sysno);
}

#endif
