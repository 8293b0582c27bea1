// SPDX-License-Identifier: BSD-2-Clause
/* The sockets of this moment, as a scan would have found them. */
#include <string.h>

#include "flow/table.h"

/* To take out what is gone costs little, but not nothing. */
enum { HELD_STEPS = 4096 };

static bool stands(const struct flow *f)
{
	return f->flags & FL_REMNANT || !(f->flags & FL_DESTROYED);
}

static void fill_sock(const struct flow *f, struct tt_rec_socket *r)
{
	*r = (struct tt_rec_socket){
		.hdr = { .kind = TT_REC_SOCKET, .len = sizeof(*r), .sk = f->sk },
		.sock = { .tuple = f->tuple, .family = f->family,
			  .state = f->state },
		.task = { .fd = -1, .sysno = -1 },
		.listener = f->listener,
	};
	if (f->state == ST_LISTEN)
		r->tx_queue = f->queue_max;
	if (f->flags & FL_CLOSED)
		r->sock.flags |= TT_SK_DEAD;
	if (f->flags & FL_PASSIVE && !(f->flags & FL_ACCEPTED))
		r->sock.flags |= TT_SK_NOFILE;
	if (f->flags & FL_REQUEST) {
		r->sock.state = ST_NEW_SYN_RECV;
		r->sock.flags |= TT_SK_REQUEST;
	}
	if (f->flags & FL_REMNANT) {
		r->sock.state = ST_TIME_WAIT;
		r->sock.flags |= TT_SK_REQUEST;
		r->substate = f->state == ST_FIN_WAIT2 ? ST_FIN_WAIT2 :
							 ST_TIME_WAIT;
	}
}

static void tell_owner(const struct owner *o, struct tt_rec_socket *r,
		       void (*fn)(void *ctx, const struct tt_rec_socket *r),
		       void *ctx)
{
	const struct proc *p = o->proc;

	if (!p || p->exited || o->fd < 0)
		return;
	r->flags = TT_SCAN_FILE;
	r->uid = p->uid;
	r->task.pid = p->pid;
	r->task.tid = o->tid;
	r->task.uid = p->uid;
	r->task.fd = o->fd;
	r->task.cgroup = p->cgroup;
	memcpy(r->task.comm, p->comm, sizeof(r->task.comm));
	fn(ctx, r);
}

static void tell_one(const struct flow *f,
		     void (*fn)(void *ctx, const struct tt_rec_socket *r),
		     void *ctx)
{
	struct tt_rec_socket r;

	fill_sock(f, &r);
	if (f->state != ST_CLOSE) { /* in the tables of TCP */
		r.uid = f->owner.proc ? f->owner.proc->uid : 0;
		fn(ctx, &r);
	}
	if (f->flags & (FL_CLOSED | FL_REQUEST | FL_REMNANT))
		return;
	tell_owner(&f->owner, &r, fn, ctx);
	for (int i = 0; i < f->nmore; i++)
		tell_owner(&f->more[i], &r, fn, ctx);
}

void flow_table__each_socket(const struct flow_table *t,
			     void (*fn)(void *ctx, const struct tt_rec_socket *r),
			     void *ctx)
{
	const struct flow *f;
	size_t pos = 0;

	while ((f = hashmap__next(&t->by_tuple, &pos)))
		for (; f; f = f->next_tuple)
			if (stands(f) && f->state && select__flow(t, f))
				tell_one(f, fn, ctx);
}

static void tell_holding(const struct flow *f, const struct owner *o,
			 void (*fn)(void *ctx, const struct holding *h), void *ctx)
{
	const struct holding h = { .sk = f->sk, .pid = o->proc->pid, .tid = o->tid,
				   .ino = f->ino, .fd = o->fd };

	if (o->proc->selected && !o->proc->exited)
		fn(ctx, &h);
}

static bool is_done(const struct flow *f)
{
	return !f->owner.proc || f->flags & (FL_CLOSED | FL_DESTROYED | FL_REMNANT);
}

void flow_table__each_holding(struct flow_table *t, size_t *pos, unsigned int most,
			      void (*fn)(void *ctx, const struct holding *h), void *ctx)
{
	struct held_list *held = &t->held;
	struct flow *f;

	for (int steps = 0; most && steps < HELD_STEPS && *pos < held->count; steps++) {
		f = flow__by_sk(t, held->sks[*pos]);
		if (!f || is_done(f)) {
			if (f)
				f->flags &= ~FL_HELD;
			held->sks[*pos] = held->sks[--held->count];
			continue;
		}
		++*pos;
		if (!f->ino || f->flags & FL_LET_GO)
			continue;
		most--;
		tell_holding(f, &f->owner, fn, ctx);
		for (int i = 0; i < f->nmore; i++)
			tell_holding(f, &f->more[i], fn, ctx);
	}
	if (*pos >= held->count)
		*pos = 0;
}
