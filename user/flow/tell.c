/* SPDX-License-Identifier: BSD-2-Clause */
/* From what the table knows to a fact. */
#include "flow/table.h"

#include <string.h>

static const char *const src_names[] = {
	[SRC_CALL] = "call",
	[SRC_SOCKET] = "socket",
	[SRC_SCAN] = "scan",
	[SRC_LISTENER] = "listener",
};

static void set_proc(struct flow_table *t, struct fact *fact,
		     const struct proc *p, uint32_t tid, int32_t fd,
		     enum owner_src src)
{
	fact->pid = p->pid;
	fact_set(fact, F_PID);
	if (tid) {
		fact->tid = tid;
		fact_set(fact, F_TID);
	}
	fact->comm = p->comm;
	fact_set(fact, F_COMM);
	fact->uid = p->uid;
	fact_set(fact, F_UID);
	fact->fd = fd;
	if (fd >= 0)
		fact_set(fact, F_FD);
	if (p->cgroup && t->opts.cgroup_path)
		fact->cgroup = t->opts.cgroup_path(t->opts.names_ctx, p->cgroup);
	if (fact->cgroup)
		fact_set(fact, F_CGROUP);
	fact->owner_src = src_names[src];
	if (fact->owner_src)
		fact_set(fact, F_OWNER_SRC);
}

static void set_owner(struct flow_table *t, struct fact *fact,
		      const struct flow *f)
{
	enum owner_src src;
	const struct owner *o = flow__owner(t, f, &src);

	if (o)
		set_proc(t, fact, o->proc, o->tid,
			 src == SRC_LISTENER ? -1 : o->fd, src);
}

static void clear_owner(struct fact *fact)
{
	static const enum field fields[] = { F_PID, F_TID, F_COMM, F_UID,
					     F_FD, F_CGROUP, F_OWNER_SRC };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		fact_clear(fact, fields[i]);
	fact->cgroup = NULL;
}

static bool is_unspecified(const uint8_t addr[16])
{
	static const uint8_t any[16] = { 0 };
	static const uint8_t any4[16] = { [10] = 0xff, 0xff };

	return !memcmp(addr, any, 16) || !memcmp(addr, any4, 16);
}

static void set_tuple(struct fact *fact, const struct tt_tuple *tuple)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

	memcpy(fact->laddr, tuple->laddr_be, 16);
	memcpy(fact->raddr, tuple->raddr_be, 16);
	fact->lport = __builtin_bswap16(tuple->lport_be);
	fact->rport = __builtin_bswap16(tuple->rport_be);
	if (fact->lport)
		fact_set(fact, F_LPORT);
	if (fact->lport || !is_unspecified(fact->laddr))
		fact_set(fact, F_LADDR);
	if (fact->rport) {
		fact_set(fact, F_RADDR);
		fact_set(fact, F_RPORT);
	}
	fact->netns = tuple->netns;
	if (fact->netns)
		fact_set(fact, F_NETNS);
	if (fact->family == 6 && !memcmp(tuple->laddr_be, mapped, 12)) {
		fact->mapped = true;
		fact_set(fact, F_MAPPED);
	}
}

static bool endpoint_known(const struct endpoint *e)
{
	return e->pid || e->sk;
}

void fact__endpoint(const struct flow_table *t, struct endpoint *e,
		    const struct flow *f, bool with_state)
{
	enum owner_src src;
	const struct owner *o;

	*e = (struct endpoint){ .fd = -1 };
	if (!f)
		return;
	o = flow__owner(t, f, &src);
	if (o) {
		e->pid = o->proc->pid;
		e->tid = o->tid;
		e->comm = o->proc->comm;
		e->fd = src == SRC_LISTENER ? -1 : o->fd;
	}
	e->sk = f->sk;
	if (with_state && f->state)
		e->state = state_name(f->state);
}

/* What ended before this one began only had the same addresses. A remnant
 * that was found ended at some time before. */
static bool is_older_connection(const struct flow *peer, const struct flow *f)
{
	if (!peer->end_ns)
		return false;
	return peer->end_ns <= f->open_ns ||
	       ((f->flags & FL_SEEN_OPEN) && !(peer->flags & FL_SEEN_BIRTH));
}

static void set_peer(struct flow_table *t, struct fact *fact,
		     const struct flow *f)
{
	const struct flow *peer = flow__peer(t, &f->tuple);

	if (peer && is_older_connection(peer, f))
		peer = NULL;
	fact__endpoint(t, &fact->peer, peer, false);
	if (endpoint_known(&fact->peer))
		fact_set(fact, F_PEER);
}

void fact__begin(struct flow_table *t, struct fact *fact, enum event_id id,
		 uint64_t time_ns, const struct flow *f)
{
	memset(fact, 0, sizeof(*fact));
	fact->id = id;
	fact->time_ns = time_ns;
	fact->late = t->late;
	if (t->late)
		fact_set(fact, F_LATE);
	if (!f)
		return;
	if (f->sk) {
		fact->sk = f->sk;
		fact_set(fact, F_SK);
	}
	if (f->family) {
		fact->family = f->family;
		fact_set(fact, F_FAMILY);
	}
	set_tuple(fact, &f->tuple);
	fact->state = state_name(f->state);
	if (fact->state)
		fact_set(fact, F_STATE);
	set_owner(t, fact, f);
	if (id != EV_packet)
		set_peer(t, fact, f);
}

void fact__caller(struct flow_table *t, struct fact *fact,
		  const struct tt_task *task, enum owner_src src)
{
	const struct proc *p = proc__get(t, task);

	clear_owner(fact);
	if (p)
		set_proc(t, fact, p, task->tid, task_fd(task), src);
}

/* Jiffies to whole seconds; without a rate they say nothing. */
static uint32_t seconds(const struct flow_table *t, uint32_t jiffies)
{
	return t->opts.hz ? jiffies / t->opts.hz : 0;
}

void fact__opts(struct flow_table *t, struct fact *fact,
		const struct tt_opts *o)
{
	if (!o || !t->opts.hz)
		return;
	fact->opts = (struct sock_opts){
		.nodelay = o->flags & TT_OPT_NODELAY,
		.cork = o->flags & TT_OPT_CORK,
		.linger_on = o->flags & TT_OPT_LINGER,
		.keepalive_on = o->flags & TT_OPT_KEEPALIVE,
		.linger_s = seconds(t, o->linger_j),
		.ka_time_s = seconds(t, o->ka_time_j),
		.ka_intvl_s = seconds(t, o->ka_intvl_j),
		.ka_probes = o->ka_probes,
		.rcvbuf = o->rcvbuf,
		.sndbuf = o->sndbuf,
		.mss = o->mss,
		.congestion = o->congestion[0] ? o->congestion : NULL,
	};
	fact_set(fact, F_OPTS);
}

static bool state_passes(const struct select *s, const struct fact *fact)
{
	static const enum field fields[] = { F_STATE, F_OLD, F_NEW };
	const char *names[] = { fact->state, fact->old_state, fact->new_state };

	if (!s->states)
		return true;
	for (int i = 0; i < 3; i++)
		if (fact_has(fact, fields[i]) && names[i] &&
		    s->states >> state_by_name(names[i]) & 1)
			return true;
	return false;
}

static void sink(struct flow_table *t, struct fact *fact)
{
	if (select__wants(t, fact->id) &&
	    state_passes(&t->opts.select, fact) &&
	    state_passes(&t->opts.also, fact))
		t->opts.sink(t->opts.sink_ctx, fact);
}

void fact__tell(struct flow_table *t, struct fact *fact, const struct flow *f)
{
	if (f && (fact->id == EV_packet ? select__packets_of(t, f) :
					  select__flow(t, f)))
		sink(t, fact);
}

/* A selected task may act on a socket that was never selected before. */
void fact__tell_call(struct flow_table *t, struct fact *fact,
		     const struct flow *f, const struct tt_task *task)
{
	if (t->opts.select.by_task && !(task->flags & TT_TASK_SELECTED))
		return;
	if (select__both(t, &f->tuple, f->family) && select__filter(t, f))
		sink(t, fact);
}
