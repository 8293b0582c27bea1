/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/table.h"

#include <stdlib.h>
#include <string.h>

void proc__unref(struct flow_table *t, struct proc *p)
{
	if (!p || --p->refs)
		return;
	if (hashmap__find(&t->procs, hash_u64(p->pid), &p->pid) == p)
		return; /* current: the table's own reference */
	free(p);
}

static struct proc *new_proc(struct flow_table *t, const struct tt_task *task)
{
	struct proc *p = calloc(1, sizeof(*p)), *old;
	uint32_t hash = hash_u64(task->pid);

	if (!p)
		return NULL;
	p->pid = task->pid;
	old = hashmap__remove(&t->procs, hash, &task->pid);
	if (old && !old->refs)
		free(old);
	if (hashmap__insert(&t->procs, hash, p)) {
		free(p);
		return NULL;
	}
	return p;
}

static bool is_known_as_other(const struct proc *p, const struct tt_task *task)
{
	uint32_t start = task->flags & TT_TASK_START_MASK;

	return p->start && start && p->start != start;
}

/* A pid comes round again. Where it is not known when they began, one of
 * another name that no exec explains is another process. */
static bool is_other(const struct proc *p, const struct tt_task *task)
{
	if (is_known_as_other(p, task))
		return true;
	if (task->flags & TT_TASK_EXITING)
		return false;
	if (p->exited)
		return true;
	return !p->start && p->comm[0] && p->uid != task->uid &&
	       strncmp(p->comm, task->comm, TT_COMM_LEN);
}

struct proc *proc__get(struct flow_table *t, const struct tt_task *task)
{
	struct proc *p;

	if (!task->pid)
		return NULL;
	p = hashmap__find(&t->procs, hash_u64(task->pid), &task->pid);
	if (!p || is_other(p, task))
		p = new_proc(t, task);
	if (!p)
		return NULL;
	memcpy(p->comm, task->comm, TT_COMM_LEN);
	p->start = task->flags & TT_TASK_START_MASK;
	p->uid = task->uid;
	p->cgroup = task->cgroup;
	p->selected = task->flags & TT_TASK_SELECTED;
	return p;
}

int32_t task_fd(const struct tt_task *task)
{
	static const char *const prefixes[] = {
		"accept", "connect", "dup", "getsockopt", "listen", "preadv",
		"pwritev", "read", "recv", "send", "setsockopt", "shutdown",
		"write",
	};
	const char *name = call_name(task->sysno);

	if (!name || task->fd < 0)
		return -1;
	if (!strcmp(name, "close"))
		return task->fd;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return task->fd;
	return -1;
}

static bool same_owner(const struct owner *o, const struct proc *p, int32_t fd)
{
	return o->proc == p && (o->fd == fd || fd < 0 || o->fd < 0);
}

static void note_held(struct flow_table *t, struct flow *f, const struct proc *p)
{
	struct held_list *held = &t->held;

	if (!t->opts.select.by_task || !p->selected || !f->sk || f->flags & FL_HELD)
		return;
	if (held->count == held->size) {
		size_t size = held->size ? 2 * held->size : 64;
		uint64_t *sks = reallocarray(held->sks, size, sizeof(*sks));

		if (!sks)
			return;
		held->sks = sks;
		held->size = size;
	}
	held->sks[held->count++] = f->sk;
	f->flags |= FL_HELD;
}

void flow__add_owner(struct flow_table *t, struct flow *f, struct proc *p,
		     uint32_t tid, int32_t fd)
{
	struct owner *more;

	if (!p || same_owner(&f->owner, p, fd))
		return;
	note_held(t, f, p);
	if (!f->owner.proc) {
		f->owner = (struct owner){ p, tid, fd };
		p->refs++;
		return;
	}
	for (int i = 0; i < f->nmore; i++)
		if (same_owner(&f->more[i], p, fd))
			return;
	if (f->nmore == OWNERS_MAX)
		return;
	more = realloc(f->more, (f->nmore + 1) * sizeof(*more));
	if (!more)
		return;
	f->more = more;
	f->more[f->nmore++] = (struct owner){ p, tid, fd };
	p->refs++;
}

void flow__own(struct flow_table *t, struct flow *f, const struct tt_task *task,
	       enum owner_src src)
{
	struct proc *p = proc__get(t, task);
	struct owner old = f->owner;
	int32_t fd = task_fd(task);

	if (!p)
		return;
	f->owner_src = src == SRC_SCAN ? SRC_SCAN : SRC_SOCKET;
	f->flags |= FL_ACCEPTED;
	note_held(t, f, p);
	if (old.proc == p) {
		f->flags &= ~FL_LET_GO;
		f->owner.tid = task->tid;
		if (fd >= 0)
			f->owner.fd = fd;
		if (old.fd >= 0 && fd >= 0 && old.fd != fd)
			flow__add_owner(t, f, p, old.tid, old.fd);
		return;
	}
	f->owner = (struct owner){ p, task->tid, fd };
	p->refs++;
	if (old.proc && !(f->flags & FL_LET_GO))
		flow__add_owner(t, f, old.proc, old.tid, old.fd);
	proc__unref(t, old.proc);
	f->flags &= ~FL_LET_GO;
}

void flow__release_owners(struct flow_table *t, struct flow *f)
{
	proc__unref(t, f->owner.proc);
	for (int i = 0; i < f->nmore; i++)
		proc__unref(t, f->more[i].proc);
	free(f->more);
	f->more = NULL;
	f->nmore = 0;
	f->owner = (struct owner){ .fd = -1 };
}

static void remove_owner(struct flow_table *t, struct flow *f, struct owner *o)
{
	proc__unref(t, o->proc);
	*o = f->more[--f->nmore];
}

/* The last one stays known, until another one shows itself. */
static void let_go(struct flow_table *t, struct flow *f, const struct proc *p)
{
	for (int i = f->nmore - 1; i >= 0; i--)
		if (f->more[i].proc == p)
			remove_owner(t, f, &f->more[i]);
	if (f->owner.proc != p)
		return;
	if (f->nmore)
		remove_owner(t, f, &f->owner);
	else
		f->flags |= FL_LET_GO;
}

static const struct owner *best_owner(const struct flow_table *t,
				      const struct flow *f)
{
	if (!f->owner.proc || (f->flags & (FL_LET_GO | FL_CLOSED)) == FL_LET_GO)
		return NULL;
	if (!t->opts.select.by_task || f->owner.proc->selected)
		return &f->owner;
	for (int i = 0; i < f->nmore; i++)
		if (f->more[i].proc->selected)
			return &f->more[i];
	return &f->owner;
}

const struct owner *flow__owner(const struct flow_table *t,
				const struct flow *f, enum owner_src *src)
{
	const struct owner *o = best_owner(t, f);
	const struct flow *l;

	*src = f->owner_src;
	if (o || (f->flags & FL_ACCEPTED))
		return o;
	l = flow__by_sk(t, f->listener);
	if (!l)
		return NULL;
	*src = SRC_LISTENER;
	return best_owner(t, l);
}

void apply_task(struct flow_table *t, const struct tt_rec_task *r)
{
	struct proc *p = hashmap__find(&t->procs, hash_u64(r->task.pid),
				       &r->task.pid);
	struct flow *f;

	if (!p || is_known_as_other(p, &r->task))
		return;
	if (r->what == TT_TASK_EXEC)
		memcpy(p->comm, r->task.comm, TT_COMM_LEN);
	if (r->what == TT_TASK_EXIT)
		p->exited = true;
	f = flow__by_sk(t, r->hdr.sk);
	if (r->what == TT_TASK_LET_GO && f)
		let_go(t, f, p);
}
