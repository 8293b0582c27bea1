/* SPDX-License-Identifier: BSD-2-Clause */
/* State changes and what they mean: listen, connect, connected. */
#include "flow/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void set_error(struct fact *fact, int err)
{
	fact->error = errno_name(err);
	if (fact->error)
		fact_set(fact, F_ERROR);
}

static void set_us(struct fact *fact, enum field id, uint64_t *us,
		   uint64_t from_ns, uint64_t to_ns)
{
	if (!from_ns || to_ns < from_ns)
		return;
	*us = (to_ns - from_ns) / 1000;
	fact_set(fact, id);
}

static bool in_call(const struct tt_rec_state *r)
{
	return r->task.pid && (r->sock.flags & TT_SK_OWNED);
}

static bool named(int sysno, const char *call)
{
	const char *name = call_name(sysno);

	return name && !strcmp(name, call);
}

static void enter_state(struct flow *f, uint8_t state, uint64_t time_ns)
{
	f->state = state;
	f->state_ns = time_ns;
}

/* The local port of the attempt that this record began, 0 if unknown. */
static uint16_t take_attempt(struct flow *f, uint64_t ts_ns)
{
	uint16_t lport_be = 0;
	struct attempt *a;

	while ((a = f->attempts) && a->ts_ns <= ts_ns) {
		lport_be = a->ts_ns == ts_ns ? a->lport_be : 0;
		f->attempts = a->next;
		free(a);
	}
	return lport_be;
}

/* A new attempt on this socket: what the last one left counts no more. */
static void tell_connect(struct flow_table *t, struct flow *f,
			 const struct tt_rec_state *r, uint64_t time_ns)
{
	uint16_t lport_be = take_attempt(f, r->hdr.ts_ns);
	struct fact fact;

	f->open_ns = time_ns;
	f->ready_ns = 0;
	f->flags &= ~(FL_BASE | FL_PASSIVE | FL_AWAIT_ERROR | FL_PEER_FIN |
		      FL_REMNANT | FL_RX_BASE);
	f->flags |= FL_CONNECTING | FL_SEEN_BIRTH | FL_SEEN_OPEN;
	if (!f->tuple.lport_be && lport_be) {
		struct tt_tuple tuple = f->tuple;

		tuple.lport_be = lport_be;
		flow__set_tuple(t, f, &tuple);
	}
	fact__begin(t, &fact, EV_connect, time_ns, f);
	fact__caller(t, &fact, &r->task, SRC_CALL);
	fact__tell_call(t, &fact, f, &r->task);
}

static const char *who_aborted(const struct tt_task *task)
{
	if (task->flags & TT_TASK_EXITING)
		return "exit";
	return named(task->sysno, "connect") ? "connect" : "close";
}

/* The attempt is decided. */
static void tell_connected(struct flow_table *t, struct flow *f,
			   const struct tt_rec_state *r, uint64_t time_ns,
			   const struct tt_opts *opts)
{
	struct fact fact;

	f->flags &= ~FL_CONNECTING;
	if (r->new_state == ST_CLOSE && !r->err && in_call(r) &&
	    (r->seen & TT_SEEN_ATTEMPT)) {
		f->flags |= FL_AWAIT_ERROR; /* connect() is about to say why */
		return;
	}
	fact__begin(t, &fact, EV_connected, time_ns, f);
	set_us(&fact, F_LATENCY_US, &fact.latency_us, f->open_ns, time_ns);
	fact__opts(t, &fact, opts);
	if (r->new_state == ST_CLOSE && r->err) {
		set_error(&fact, r->err);
	} else if (r->new_state == ST_CLOSE && in_call(r)) {
		fact.aborted = who_aborted(&r->task);
		fact_set(&fact, F_ABORTED);
	}
	fact__tell(t, &fact, f);
}

static void tell_listen(struct flow_table *t, struct flow *f,
			const struct tt_rec_state *r, uint64_t time_ns)
{
	struct fact fact;

	f->flags |= FL_SEEN_BIRTH | FL_LISTEN_CALL;
	flow__set_v6only(f, r->sock.flags);
	f->queue_max = r->backlog;
	fact__begin(t, &fact, EV_listen, time_ns, f);
	fact__caller(t, &fact, &r->task, SRC_CALL);
	fact.backlog = r->backlog;
	fact_set(&fact, F_BACKLOG);
	fact__tell_call(t, &fact, f, &r->task);
}

/*
 * tcp_time_wait() hands over to a small socket and closes the full one, which
 * the kernel reports as a change to CLOSE. A FIN that came (SOCK_DONE) means
 * TIME_WAIT, and so does one on its way, as the small socket gets it; without
 * one FIN_WAIT2 goes on. A RST, a time-out or TCP_LINGER2
 * below 0 is a real end.
 */
static uint8_t true_state(const struct flow *f, const struct tt_rec_state *r)
{
	if (r->new_state != ST_CLOSE ||
	    (r->old_state != ST_FIN_WAIT2 && r->old_state != ST_CLOSING))
		return r->new_state;
	if ((r->seen & TT_SEEN_RST_IN) || r->err)
		return ST_CLOSE;
	if ((r->sock.flags & TT_SK_DONE) || (f->flags & FL_PEER_FIN))
		return ST_TIME_WAIT;
	return r->sock.flags & TT_SK_LINGER2 ? ST_CLOSE : ST_FIN_WAIT2;
}

static void tell_state(struct flow_table *t, struct flow *f,
		       const struct tt_rec_state *r, uint8_t new_state,
		       uint64_t time_ns, uint64_t since_ns)
{
	struct cause cause;
	struct fact fact;

	fact__begin(t, &fact, EV_state, time_ns, f);
	if (in_call(r) && (!t->opts.select.by_task ||
			   (r->task.flags & TT_TASK_SELECTED)))
		fact__caller(t, &fact, &r->task, SRC_CALL);
	fact.old_state = state_name(r->old_state);
	fact_set(&fact, F_OLD);
	fact.new_state = state_name(new_state);
	fact_set(&fact, F_NEW);
	set_us(&fact, F_IN_STATE_US, &fact.in_state_us, since_ns, time_ns);
	state_cause(r, new_state, &cause);
	if (!cause.kind && new_state == ST_CLOSE && (f->flags & FL_PASSIVE) &&
	    !(f->flags & FL_ACCEPTED)) {
		/* Nobody accepted it, and the listener goes. */
		const struct flow *l = flow__by_sk(t, f->listener);

		if (l && (l->flags & FL_CLOSED || l->state == ST_CLOSE))
			cause = (struct cause){ "call", "close" };
	}
	if (cause.kind) {
		fact.cause_kind = cause.kind;
		fact.cause_what = cause.what;
		fact_set(&fact, F_CAUSE);
	}
	fact__tell(t, &fact, f);
}

static struct flow *request_of(const struct flow_table *t,
			       const struct tt_rec_state *r)
{
	struct flow *f = flow__by_sk(t, r->hdr.sk);

	if (!f || !(f->flags & FL_REQUEST))
		f = flow__by_tuple(t, &r->sock.tuple);
	return f && (f->flags & FL_REQUEST) ? f : NULL;
}

/* The first that is heard of a child: the request it grew from becomes this flow. */
static void adopt_child(struct flow_table *t, const struct tt_rec_state *r,
			uint64_t time_ns)
{
	struct flow *f = request_of(t, r);

	if (!f && r->old_state == ST_SYN_RECV && flow__by_sk(t, r->hdr.sk))
		return;
	if (!f) {
		f = flow__get(t, r->hdr.sk, &r->sock.tuple);
		if (!f)
			return;
		enter_state(f, ST_SYN_RECV, 0);
		f->open_ns = time_ns;
	}
	flow__set_sk(t, f, r->hdr.sk);
	f->flags &= ~FL_REQUEST;
	f->flags |= FL_SEEN_BIRTH | FL_SEEN_OPEN | FL_PASSIVE;
	f->family = r->sock.family;
	if (!f->listener)
		flow__guess_listener(t, f);
}

static void note_established(struct flow *f, const struct tt_rec_state *r,
			     const struct tt_rec_state *full, uint64_t time_ns)
{
	f->ready_ns = time_ns;
	if (full && (full->seen & TT_SEEN_IO)) {
		f->rx_seq = full->io.rx_seq;
		f->rx_off = 0; /* nothing was read yet */
		f->flags |= FL_RX_BASE;
	}
	if (r->old_state != ST_SYN_RECV || !full)
		return;
	flow__set_listener(f, full->listener);
	f->queue_len = full->queue_len;
	f->queue_max = full->queue_max;
}

/* A socket without a tuple (given back, disconnected) keeps the last one. */
static void update_tuple(struct flow_table *t, struct flow *f,
			 const struct tt_rec_state *r)
{
	if (r->sock.tuple.lport_be &&
	    (r->sock.tuple.rport_be || r->new_state == ST_LISTEN ||
	     !f->tuple.rport_be))
		flow__set_tuple(t, f, &r->sock.tuple);
	else if (r->new_state == ST_SYN_SENT)
		flow__set_tuple(t, f, &r->sock.tuple);
	f->family = r->sock.family;
}

/* tcp_disconnect() follows and clears what the socket knew. */
static void keep_io(struct flow *f, const struct tt_rec_state *full)
{
	if (!full || !(full->seen & TT_SEEN_IO) || f->last_io ||
	    full->new_state != ST_CLOSE)
		return;
	f->last_io = malloc(sizeof(*f->last_io));
	if (f->last_io)
		*f->last_io = full->io;
}

void apply_state(struct flow_table *t, const struct tt_rec_state *r,
		 uint64_t time_ns)
{
	bool is_long = r->hdr.len >= sizeof(*r);
	const struct tt_rec_state *full = is_long ? r : NULL;
	uint64_t since_ns;
	uint8_t new_state;
	struct flow *f;

	if (r->old_state == ST_LISTEN && r->new_state == ST_SYN_RECV) {
		adopt_child(t, r, time_ns);
		return;
	}
	if (r->old_state == ST_SYN_RECV)
		adopt_child(t, r, time_ns);
	f = flow__get(t, r->hdr.sk, &r->sock.tuple);
	if (!f)
		return;
	unseen__state(t, f, r->old_state, time_ns);
	new_state = true_state(f, r);
	update_tuple(t, f, r);
	flow__set_ino(f, &r->sock);
	if (in_call(r))
		flow__own(t, f, &r->task, SRC_CALL);
	keep_io(f, full);
	since_ns = f->state == r->old_state ? f->state_ns : 0;
	if (new_state == ST_FIN_WAIT2 && r->old_state == ST_FIN_WAIT2) {
		f->flags |= FL_REMNANT;
		return;
	}
	enter_state(f, new_state, time_ns);
	if (new_state == ST_TIME_WAIT)
		f->flags |= FL_REMNANT;
	if (new_state == ST_ESTABLISHED)
		note_established(f, r, full, time_ns);
	if (r->new_state == ST_SYN_SENT)
		tell_connect(t, f, r, time_ns);
	else if (r->new_state == ST_LISTEN)
		tell_listen(t, f, r, time_ns);
	else if (r->old_state == ST_SYN_SENT &&
		 (new_state == ST_ESTABLISHED || new_state == ST_CLOSE))
		tell_connected(t, f, r, time_ns,
			       full && (r->seen & TT_SEEN_OPTS) ? &full->opts : NULL);
	tell_state(t, f, r, new_state, time_ns, since_ns);
}
