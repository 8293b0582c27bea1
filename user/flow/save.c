// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the table knows, out and in again: a file of a rotated recording
 * starts with it.
 */
#include <stdlib.h>
#include <string.h>

#include "flow/table.h"
#include "tcptrace/recording.h"

#define NO_PROC ~0u

/* --- out ------------------------------------------------------------------- */

struct saver {
	void (*fn)(void *ctx, uint16_t what, const void *data, size_t len);
	void *ctx;
	const struct flow_table *table;
	uint32_t nprocs;
	uint32_t round; /* marks those that this save has told */
	uint8_t *buf;
	size_t size;
};

static bool is_current(const struct flow_table *t, const struct proc *p)
{
	return hashmap__find(&t->procs, hash_u64(p->pid), &p->pid) == p;
}

static void save_proc(struct saver *s, struct proc *p)
{
	struct tt_saved_proc saved = {
		.cgroup = p->cgroup,
		.id = s->nprocs,
		.pid = p->pid,
		.uid = p->uid,
		.flags = (p->selected ? TT_PROC_SELECTED : 0) |
			 (p->exited ? TT_PROC_EXITED : 0) |
			 (is_current(s->table, p) ? TT_PROC_CURRENT : 0) |
			 p->start,
	};

	memcpy(saved.comm, p->comm, sizeof(saved.comm));
	p->saved_round = s->round;
	p->saved_id = s->nprocs++;
	s->fn(s->ctx, TT_BLK_PROCESS, &saved, sizeof(saved));
}

static void save_proc_once(struct saver *s, struct proc *p)
{
	if (p && p->saved_round != s->round)
		save_proc(s, p);
}

static struct tt_saved_owner saved_owner(const struct owner *o)
{
	return (struct tt_saved_owner){
		.proc = o->proc ? o->proc->saved_id : NO_PROC,
		.tid = o->tid,
		.fd = o->fd,
	};
}

static uint16_t count_attempts(const struct flow *f)
{
	uint16_t n = 0;

	for (const struct attempt *a = f->attempts; a && n < UINT16_MAX; a = a->next)
		n++;
	return n;
}

static void fill_flow(const struct flow *f, struct tt_saved_flow *s)
{
	*s = (struct tt_saved_flow){
		.sk = f->sk,
		.tuple = f->tuple,
		.listener = f->listener,
		.state_ns = f->state_ns,
		.open_ns = f->open_ns,
		.ready_ns = f->ready_ns,
		.end_ns = f->end_ns,
		.rx_off = f->rx_off,
		.base_l = f->base_l,
		.base_r = f->base_r,
		.rx_seq = f->rx_seq,
		.queue_len = f->queue_len,
		.queue_max = f->queue_max,
		.flags = f->flags,
		.family = f->family,
		.state = f->state,
		.owner_src = f->owner_src,
		.has = (f->found_opts ? TT_FLOW_OPTS : 0) |
		       (f->last_io ? TT_FLOW_IO : 0),
		.nowners = 1 + f->nmore,
		.nattempts = count_attempts(f),
	};
}

static uint8_t *append(uint8_t *at, const void *data, size_t len)
{
	memcpy(at, data, len);
	return at + len;
}

static bool reserve(struct saver *s, size_t size)
{
	uint8_t *buf;

	if (size <= s->size)
		return true;
	buf = realloc(s->buf, size);
	if (!buf)
		return false;
	s->buf = buf;
	s->size = size;
	return true;
}

static uint8_t *append_owners(uint8_t *at, const struct flow *f)
{
	struct tt_saved_owner o = saved_owner(&f->owner);

	at = append(at, &o, sizeof(o));
	for (int i = 0; i < f->nmore; i++) {
		o = saved_owner(&f->more[i]);
		at = append(at, &o, sizeof(o));
	}
	return at;
}

static uint8_t *append_attempts(uint8_t *at, const struct flow *f, uint16_t n)
{
	for (const struct attempt *a = f->attempts; n--; a = a->next) {
		struct tt_saved_attempt saved = { a->ts_ns, a->lport_be, 0 };

		at = append(at, &saved, sizeof(saved));
	}
	return at;
}

static void save_flow(struct saver *s, const struct flow *f)
{
	struct tt_saved_flow saved;
	uint8_t *at;

	fill_flow(f, &saved);
	if (!reserve(s, sizeof(saved) +
			saved.nowners * sizeof(struct tt_saved_owner) +
			saved.nattempts * sizeof(struct tt_saved_attempt) +
			sizeof(struct tt_opts) + sizeof(struct tt_io)))
		return;
	save_proc_once(s, f->owner.proc);
	for (int i = 0; i < f->nmore; i++)
		save_proc_once(s, f->more[i].proc);
	at = append(s->buf, &saved, sizeof(saved));
	at = append_owners(at, f);
	at = append_attempts(at, f, saved.nattempts);
	if (f->found_opts)
		at = append(at, f->found_opts, sizeof(*f->found_opts));
	if (f->last_io)
		at = append(at, f->last_io, sizeof(*f->last_io));
	s->fn(s->ctx, TT_BLK_FLOW, s->buf, at - s->buf);
}

static void save_queue(struct saver *s, const struct ended *q)
{
	for (const struct flow *f = q->head; f; f = f->next_ended)
		save_flow(s, f);
}

/* What lives first, then what ended in the order of its end. */
void flow_table__save(struct flow_table *t,
		      void (*fn)(void *ctx, uint16_t what, const void *data,
				 size_t len), void *ctx)
{
	struct tt_saved_table table = { t->now_ns, t->swept_ns, t->requests };
	struct saver s = { .fn = fn, .ctx = ctx, .table = t,
			   .round = ++t->save_round };
	struct proc *p;
	struct flow *f;
	size_t pos = 0;

	while ((p = hashmap__next(&t->procs, &pos)))
		save_proc_once(&s, p);
	pos = 0;
	while ((f = hashmap__next(&t->by_tuple, &pos)))
		for (; f; f = f->next_tuple)
			if (!f->end_ns)
				save_flow(&s, f);
	save_queue(&s, &t->closed);
	save_queue(&s, &t->remnants);
	fn(ctx, TT_BLK_TABLE, &table, sizeof(table));
	free(s.buf);
}

/* --- in -------------------------------------------------------------------- */

void flow_table__load_proc(struct flow_table *t, const struct tt_saved_proc *s)
{
	struct proc **procs, *p;

	if (s->id != t->nloaded || !s->pid)
		return;
	procs = realloc(t->loaded, (t->nloaded + 1) * sizeof(*procs));
	if (!procs)
		return;
	t->loaded = procs;
	p = calloc(1, sizeof(*p));
	if (!p)
		return;
	p->pid = s->pid;
	p->uid = s->uid;
	p->cgroup = s->cgroup;
	p->start = s->flags & TT_TASK_START_MASK;
	p->selected = s->flags & TT_PROC_SELECTED;
	p->exited = s->flags & TT_PROC_EXITED;
	memcpy(p->comm, s->comm, sizeof(p->comm) - 1);
	p->refs = 1; /* ours, until all are in */
	procs[t->nloaded++] = p;
	if (s->flags & TT_PROC_CURRENT &&
	    !hashmap__find(&t->procs, hash_u64(p->pid), &p->pid))
		hashmap__insert(&t->procs, hash_u64(p->pid), p);
}

static bool is_whole(const struct tt_saved_flow *s, size_t len)
{
	return len >= sizeof(*s) && s->nowners && s->nowners <= OWNERS_MAX + 1 &&
	       s->state < ST_MAX && s->owner_src <= SRC_LISTENER &&
	       len >= sizeof(*s) +
		      s->nowners * sizeof(struct tt_saved_owner) +
		      s->nattempts * sizeof(struct tt_saved_attempt) +
		      (s->has & TT_FLOW_OPTS ? sizeof(struct tt_opts) : 0) +
		      (s->has & TT_FLOW_IO ? sizeof(struct tt_io) : 0);
}

static const uint8_t *load_owners(struct flow_table *t, struct flow *f,
				  const uint8_t *at, uint16_t n)
{
	struct tt_saved_owner o;

	for (; n--; at += sizeof(o)) {
		memcpy(&o, at, sizeof(o));
		if (o.proc < t->nloaded)
			flow__add_owner(t, f, t->loaded[o.proc], o.tid, o.fd);
	}
	return at;
}

static const uint8_t *load_attempts(struct flow *f, const uint8_t *at, uint16_t n)
{
	struct attempt **tail = &f->attempts;
	struct tt_saved_attempt s;

	for (; n--; at += sizeof(s)) {
		struct attempt *a = calloc(1, sizeof(*a));

		memcpy(&s, at, sizeof(s));
		if (!a)
			continue;
		a->ts_ns = s.ts_ns;
		a->lport_be = s.lport_be;
		*tail = a;
		tail = &a->next;
	}
	return at;
}

static void *copy_of(const void *data, size_t len)
{
	void *copy = malloc(len);

	return copy ? memcpy(copy, data, len) : NULL;
}

static void set_flow(struct flow *f, const struct tt_saved_flow *s)
{
	f->listener = s->listener;
	f->state_ns = s->state_ns;
	f->open_ns = s->open_ns;
	f->ready_ns = s->ready_ns;
	f->rx_off = s->rx_off;
	f->base_l = s->base_l;
	f->base_r = s->base_r;
	f->rx_seq = s->rx_seq;
	f->queue_len = s->queue_len;
	f->queue_max = s->queue_max;
	f->flags = s->flags;
	f->family = s->family;
	f->state = s->state;
	f->owner_src = s->owner_src;
}

void flow_table__load_flow(struct flow_table *t, const void *data, size_t len)
{
	const uint8_t *at = data;
	struct tt_saved_flow s = { 0 };
	struct flow *f;

	if (len >= sizeof(s))
		memcpy(&s, at, sizeof(s));
	if (!is_whole(&s, len) || (s.sk && flow__by_sk(t, s.sk)))
		return;
	f = flow__get_last(t, s.sk, &s.tuple);
	if (!f)
		return;
	set_flow(f, &s);
	at = load_owners(t, f, at + sizeof(s), s.nowners);
	at = load_attempts(f, at, s.nattempts);
	if (s.has & TT_FLOW_OPTS) {
		f->found_opts = copy_of(at, sizeof(struct tt_opts));
		at += sizeof(struct tt_opts);
	}
	if (f->found_opts)
		f->found_opts->congestion[TT_CA_NAME_LEN - 1] = 0;
	if (s.has & TT_FLOW_IO)
		f->last_io = copy_of(at, sizeof(struct tt_io));
	if (s.end_ns)
		flow__end_at(t, f, s.end_ns);
}

void flow_table__load_table(struct flow_table *t, const struct tt_saved_table *s)
{
	t->now_ns = s->now_ns;
	t->swept_ns = s->swept_ns;
	t->requests = s->requests;
	flow_table__end_load(t);
}

/* The references that loading held go. */
void flow_table__end_load(struct flow_table *t)
{
	for (uint32_t i = 0; i < t->nloaded; i++)
		proc__unref(t, t->loaded[i]);
	free(t->loaded);
	t->loaded = NULL;
	t->nloaded = 0;
}
