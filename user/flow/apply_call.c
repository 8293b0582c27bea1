/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls, and the end of a socket. */
#include "flow/table.h"

#include <errno.h>
#include <string.h>

static void set_us(struct fact *fact, enum field id, uint64_t *us,
		   uint64_t from_ns, uint64_t to_ns)
{
	if (!from_ns || to_ns < from_ns)
		return;
	*us = (to_ns - from_ns) / 1000;
	fact_set(fact, id);
}

static void set_error(struct fact *fact, int64_t ret)
{
	fact->error = ret < 0 && ret >= -INT32_MAX ? errno_name(-ret) : NULL;
	if (fact->error)
		fact_set(fact, F_ERROR);
}

static void set_call(struct fact *fact, const struct tt_task *task)
{
	fact->call = call_name(task->sysno);
	if (fact->call)
		fact_set(fact, F_CALL);
}

static void tell_accept(struct flow_table *t, struct flow *f,
			const struct tt_rec_call *r, uint64_t time_ns)
{
	struct fact fact;

	f->flags |= FL_ACCEPTED | FL_PASSIVE;
	flow__set_listener(f, r->listener);
	fact__begin(t, &fact, EV_accept, time_ns, f);
	fact__caller(t, &fact, &r->task, SRC_CALL);
	set_us(&fact, F_QUEUED_US, &fact.queued_us, f->ready_ns, time_ns);
	fact.queue_len = f->queue_len;
	if (f->queue_len)
		fact_set(&fact, F_QUEUE_LEN);
	fact.queue_max = f->queue_max ? f->queue_max : r->queue_max;
	if (fact.queue_max)
		fact_set(&fact, F_QUEUE_MAX);
	fact__listener(&fact, f);
	if (r->hdr.len >= sizeof(*r))
		fact__opts(t, &fact, &r->opts);
	fact__tell_call(t, &fact, f, &r->task);
}

/* Refused before any SYN: the socket's state never changed. */
static void tell_refused(struct flow_table *t, struct flow *f,
			 const struct tt_rec_call *r, uint64_t time_ns)
{
	struct fact fact;

	fact__begin(t, &fact, EV_connect, time_ns, f);
	fact__caller(t, &fact, &r->task, SRC_CALL);
	fact__tell_call(t, &fact, f, &r->task);
	fact__begin(t, &fact, EV_connected, r->hdr.ts_ns, f);
	fact__caller(t, &fact, &r->task, SRC_CALL);
	set_us(&fact, F_LATENCY_US, &fact.latency_us, r->enter_ns, r->hdr.ts_ns);
	set_error(&fact, r->ret);
	fact__tell_call(t, &fact, f, &r->task);
}

/* The state change said that it failed, the call now says why. */
static void tell_failed(struct flow_table *t, struct flow *f,
			const struct tt_rec_call *r, uint64_t time_ns)
{
	struct fact fact;

	if (!(f->flags & FL_AWAIT_ERROR))
		return;
	f->flags &= ~FL_AWAIT_ERROR;
	fact__begin(t, &fact, EV_connected, time_ns, f);
	set_us(&fact, F_LATENCY_US, &fact.latency_us, f->open_ns, time_ns);
	set_error(&fact, r->ret);
	fact__tell(t, &fact, f);
}

/* listen() on a listener changes its backlog and no state. */
static void tell_relisten(struct flow_table *t, struct flow *f,
			  const struct tt_rec_call *r, uint64_t time_ns)
{
	struct fact fact;

	if (f->flags & FL_LISTEN_CALL) {
		f->flags &= ~FL_LISTEN_CALL;
		return;
	}
	if (r->ret < 0)
		return;
	fact__begin(t, &fact, EV_listen, time_ns, f);
	fact__caller(t, &fact, &r->task, SRC_CALL);
	fact.backlog = r->arg;
	fact_set(&fact, F_BACKLOG);
	fact__tell_call(t, &fact, f, &r->task);
}

static void tell_shutdown(struct flow_table *t, struct flow *f,
			  const struct tt_rec_call *r, uint64_t time_ns)
{
	static const char *const hows[] = { "SHUT_RD", "SHUT_WR", "SHUT_RDWR" };
	struct fact fact;

	fact__begin(t, &fact, EV_shutdown, time_ns, f);
	fact__caller(t, &fact, &r->task, SRC_CALL);
	if (r->arg >= 0 && r->arg <= 2) {
		fact.how = hows[r->arg];
		fact_set(&fact, F_HOW);
	}
	set_error(&fact, r->ret);
	fact__tell_call(t, &fact, f, &r->task);
}

/*
 * The kernel's 64-bit counter is not to be read while a softirq moves it. The
 * sequence number always is: from the last place that was known it tells the
 * same, if no more than 2 GB lie between.
 */
static uint64_t rx_offset(struct flow *f, uint64_t offset, uint32_t seq)
{
	if (offset == ~0ULL && (f->flags & FL_RX_BASE))
		offset = f->rx_off + (int32_t)(seq - f->rx_seq);
	if (offset == ~0ULL)
		return offset;
	f->rx_off = offset;
	f->rx_seq = seq;
	f->flags |= FL_RX_BASE;
	return offset;
}

static void tell_data(struct flow_table *t, struct flow *f,
		      const struct tt_rec_call *r, uint64_t time_ns)
{
	bool is_recv = r->call == TT_CALL_RECV;
	struct fact fact;

	fact__begin(t, &fact, is_recv ? EV_recv : EV_send, time_ns, f);
	fact__caller(t, &fact, &r->task, SRC_CALL);
	fact.bytes = r->ret > 0 ? r->ret : 0;
	if (r->ret >= 0)
		fact_set(&fact, F_BYTES);
	fact.offset = r->offset;
	if (is_recv && r->ret >= 0)
		fact.offset = rx_offset(f, r->offset, r->rx_seq);
	if (fact.offset != ~0ULL)
		fact_set(&fact, F_OFFSET);
	set_us(&fact, F_CALL_US, &fact.call_us, r->enter_ns, r->hdr.ts_ns);
	if (is_recv && (r->arg & 2 /* MSG_PEEK */)) {
		fact.peek = true;
		fact_set(&fact, F_PEEK);
	}
	set_error(&fact, r->ret);
	set_call(&fact, &r->task);
	fact__tell_call(t, &fact, f, &r->task);
}

static void update_tuple(struct flow_table *t, struct flow *f,
			 const struct tt_rec_call *r)
{
	if (r->sock.tuple.lport_be &&
	    (r->sock.tuple.rport_be || !f->tuple.rport_be))
		flow__set_tuple(t, f, &r->sock.tuple);
	else if (r->call == TT_CALL_CONNECT)
		flow__set_tuple(t, f, &r->sock.tuple);
	f->family = r->sock.family;
}

/* The child of a request whose birth was not seen has its tuple alone. */
static struct flow *flow_of_call(struct flow_table *t,
				 const struct tt_rec_call *r)
{
	struct flow *f = flow__by_sk(t, r->hdr.sk);

	if (f || r->call != TT_CALL_ACCEPT)
		return f ? f : flow__get(t, r->hdr.sk, &r->sock.tuple);
	f = flow__by_tuple(t, &r->sock.tuple);
	if (f && !f->sk) {
		flow__set_sk(t, f, r->hdr.sk);
		f->flags &= ~FL_REQUEST;
		return f;
	}
	return flow__get(t, r->hdr.sk, &r->sock.tuple);
}

void apply_call(struct flow_table *t, const struct tt_rec_call *r,
		uint64_t time_ns)
{
	struct flow *f = flow_of_call(t, r);

	if (!f)
		return;
	update_tuple(t, f, r);
	flow__set_ino(f, &r->sock);
	flow__own(t, f, &r->task, SRC_CALL);
	if (!f->state)
		f->state = r->sock.state;
	switch (r->call) {
	case TT_CALL_ACCEPT:
		tell_accept(t, f, r, time_ns);
		break;
	case TT_CALL_CONNECT:
		tell_refused(t, f, r, time_ns);
		break;
	case TT_CALL_CONNECT_END:
		tell_failed(t, f, r, time_ns);
		break;
	case TT_CALL_LISTEN:
		tell_relisten(t, f, r, time_ns);
		break;
	case TT_CALL_SHUTDOWN:
		tell_shutdown(t, f, r, time_ns);
		break;
	case TT_CALL_SEND:
	case TT_CALL_RECV:
		tell_data(t, f, r, time_ns);
		break;
	}
}

/* How the last reference went, from the call that the task was in. */
static const char *close_via(const struct tt_task *task)
{
	const char *name = call_name(task->sysno);

	if (!task->pid)
		return "unknown"; /* put off to a thread of the kernel */
	if (task->flags & TT_TASK_EXITING)
		return "exit";
	if (!name)
		return "unknown";
	if (!strncmp(name, "execve", 6))
		return "exec";
	if (task->flags & TT_TASK_PASSING)
		return "passed"; /* in flight in what was closed */
	if (!strncmp(name, "close", 5) || !strncmp(name, "dup", 3))
		return "close";
	return !strncmp(name, "recv", 4) ? "passed" : "unknown";
}

static void set_bytes(struct fact *fact, struct flow *f, const struct tt_io *io)
{
	uint64_t rx_off = rx_offset(f, io->rx_off, io->rx_seq);

	fact->bytes_sent = io->tx_off;
	fact_set(fact, F_BYTES_SENT);
	fact->unread = io->unread;
	fact_set(fact, F_UNREAD);
	fact->bytes_received = rx_off;
	if (rx_off != ~0ULL)
		fact_set(fact, F_BYTES_RECEIVED);
}

static void set_via(struct fact *fact, const char *via)
{
	fact->via = via;
	fact_set(fact, F_VIA);
}

void apply_close(struct flow_table *t, const struct tt_rec_close *r,
		 uint64_t time_ns)
{
	struct flow *f = flow__get(t, r->hdr.sk, &r->sock.tuple);
	struct fact fact;

	if (!f || (f->flags & FL_CLOSED))
		return;
	f->family = r->sock.family;
	if (r->sock.tuple.lport_be &&
	    (r->sock.tuple.rport_be || !f->tuple.rport_be))
		flow__set_tuple(t, f, &r->sock.tuple);
	if (!f->state)
		f->state = r->sock.state;
	if (r->task.pid)
		flow__own(t, f, &r->task, SRC_CALL);
	f->flags |= FL_CLOSED | FL_ACCEPTED;
	fact__begin(t, &fact, EV_close, time_ns, f);
	if (r->task.pid)
		fact__caller(t, &fact, &r->task, SRC_CALL);
	set_via(&fact, close_via(&r->task));
	set_bytes(&fact, f, &r->io);
	set_us(&fact, F_DURATION_US, &fact.duration_us, f->open_ns, time_ns);
	fact__opts(t, &fact, &r->opts);
	if (fact_has(&fact, F_OPTS) && fact.opts.linger_on) {
		fact.linger_s = fact.opts.linger_s;
		fact_set(&fact, F_LINGER);
	}
	if (r->task.pid)
		fact__tell_call(t, &fact, f, &r->task);
	else
		fact__tell(t, &fact, f);
}

/* A child that nobody accepted goes with its listener. */
static void tell_never_accepted(struct flow_table *t, struct flow *f,
				const struct tt_rec_destroy *r,
				uint64_t time_ns)
{
	struct fact fact;

	f->flags |= FL_CLOSED;
	fact__begin(t, &fact, EV_close, time_ns, f);
	set_via(&fact, "listener");
	set_bytes(&fact, f, f->last_io ? f->last_io : &r->io);
	set_us(&fact, F_DURATION_US, &fact.duration_us, f->open_ns, time_ns);
	fact__tell(t, &fact, f);
}

void apply_destroy(struct flow_table *t, const struct tt_rec_destroy *r,
		   uint64_t time_ns)
{
	struct flow *f = flow__by_sk(t, r->hdr.sk);
	struct fact fact;

	if (!f) {
		f = flow__get(t, r->hdr.sk, &r->sock.tuple);
		if (!f)
			return;
		f->family = r->sock.family;
		f->state = r->sock.state;
		if (r->task.pid)
			flow__own(t, f, &r->task, SRC_CALL);
	}
	if ((f->flags & FL_PASSIVE) && !(f->flags & (FL_ACCEPTED | FL_CLOSED)))
		tell_never_accepted(t, f, r, time_ns);
	f->flags |= FL_DESTROYED;
	fact__begin(t, &fact, EV_destroy, time_ns, f);
	fact__tell(t, &fact, f);
	flow__end(t, f);
}
