/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The current task: who it is to the tracer, and what call it is in. */
#ifndef TASK_BPF_H
#define TASK_BPF_H

#include "facts.bpf.h"

/* Bit i: byte i of the word is c. Exact, byte by byte, without a carry. */
static __always_inline __u32 bytes_equal(__u64 word, __u8 c)
{
	const __u64 low7 = 0x7f7f7f7f7f7f7f7fULL;
	__u64 x = word ^ c * 0x0101010101010101ULL;
	__u64 zero = ~(((x & low7) + low7) | x | low7);

	return ((zero >> 7) * 0x0102040810204080ULL) >> 56;
}

/*
 * Shell glob of * and ?, the commonest; [...] is left to user space, which
 * sees what this lets through. The name comes as two words. The state is a set
 * of places and never an index, so that the verifier need not follow each path
 * through the loop.
 */
static __noinline int glob_match(__u64 lo, __u64 hi)
{
	__u32 end = bytes_equal(lo, 0) | bytes_equal(hi, 0) << 8 | 1 << 16;
	__u32 at = 1; /* bit i: the glob so far matches i characters */

	end &= -end;
	for (int i = 0; i < TT_MAX_GLOB && at; i++) {
		char g = cfg.comm_glob[i];

		if (!g)
			return !!(at & end);
		if (g == '[')
			return 1;
		if (g == '*')
			at = -(at & -at);
		else if (g == '?')
			at <<= 1;
		else
			at = (at & (bytes_equal(lo, g) |
				    bytes_equal(hi, g) << 8)) << 1;
		at &= 2 * end - 1;
	}
	return !!(at & end);
}

/* comm is the process's. True if every kind of process selection holds. */
static __always_inline bool task_selected(__u32 pid, __u32 uid,
					  const char *comm)
{
	/* Children of the selected, whatever they are called or run as. */
	if (cfg.follow && !(cfg.task_by & TT_BY_PID) &&
	    bpf_map_lookup_elem(&pids, &pid))
		return true;
	if ((cfg.task_by & TT_BY_PID) && !bpf_map_lookup_elem(&pids, &pid))
		return false;
	if ((cfg.task_by & TT_BY_UID) && uid != cfg.uid)
		return false;
	if (cfg.task_by & TT_BY_COMM) {
		__u64 words[TT_COMM_LEN / 8];

		__builtin_memcpy(words, comm, sizeof(words));
		if (!glob_match(words[0], words[1]))
			return false;
	}
	if ((cfg.task_by & TT_BY_CGROUP) &&
	    bpf_current_task_under_cgroup(&cgroups, 0) != 1)
		return false;
	return true;
}

/* Number of the call the task is in, or -1; its first two arguments. */
static __always_inline __s32 current_call(struct task_struct *t, __u64 *arg1,
					  __u64 *arg2, __u32 *flags)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(t);

	if (BPF_CORE_READ(t, flags) & PF_KTHREAD)
		return -1;
#ifdef TS_COMPAT
	if (t->thread_info.status & TS_COMPAT) {
		*flags |= TT_TASK_COMPAT;
		return -1;
	}
#endif
	*arg1 = REGS_ARG1(regs);
	*arg2 = REGS_ARG2(regs);
	return REGS_NR(regs);
}

/* The identity alone: enough to decide. Returns whether it is selected. */
struct who {
	struct task_struct *task;
	__u32 pid, tid, uid;
	bool selected;
	char comm[TT_COMM_LEN];
};

static __always_inline void current_who(struct who *w)
{
	struct task_struct *t = bpf_get_current_task_btf();
	__u64 id = bpf_get_current_pid_tgid();

	w->task = t;
	w->tid = pid_in_ns(t, (__u32)id);
	w->pid = w->tid ? pid_in_ns(t->group_leader, id >> 32) : 0;
	w->uid = t->cred->euid.val;
	bpf_probe_read_kernel(w->comm, sizeof(w->comm), &t->group_leader->comm);
	w->selected = w->pid && task_selected(w->pid, w->uid, w->comm);
}

/*
 * With a selection by pid, most tasks of a host are told apart by one look:
 * this comes first on every path that unselected tasks take.
 */
static __always_inline bool is_other_task(void)
{
	__u32 pid;

	if (!(cfg.task_by & TT_BY_PID))
		return false;
	pid = bpf_get_current_pid_tgid() >> 32;
	if (kernel_facts.pidns_level)
		pid = pid_in_ns(bpf_get_current_task_btf()->group_leader, pid);
	return !bpf_map_lookup_elem(&pids, &pid);
}

/* For a hook that runs in the task's own call. */
static __always_inline void fill_task(struct tt_task *out, const struct who *w)
{
	/* Not w->task: the verifier forgets what a merged stack slot held. */
	struct task_struct *t = bpf_get_current_task_btf();
	__u64 arg1 = 0, arg2 = 0;
	__u32 flags = w->selected ? TT_TASK_SELECTED : 0;

	out->pid = w->pid;
	out->tid = w->tid;
	out->uid = w->uid;
	out->cgroup = t->cgroups->dfl_cgrp->kn->id;
	__builtin_memcpy(out->comm, w->comm, sizeof(out->comm));
	if (t->flags & PF_EXITING)
		flags |= TT_TASK_EXITING;
	out->sysno = current_call(t, &arg1, &arg2, &flags);
	out->fd = -1;
	if (!(flags & TT_TASK_EXITING) && out->sysno >= 0) {
		if (out->sysno == SYS_dup2 || out->sysno == SYS_dup3)
			out->fd = arg2;
		else
			out->fd = arg1;
	}
	out->flags = flags;
}

#endif
