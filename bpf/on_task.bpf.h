/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes begin, change their program, end. */
#ifndef ON_TASK_BPF_H
#define ON_TASK_BPF_H

static __always_inline int emit_task(struct task_struct *t, __u32 pid,
				     __u32 parent, __u32 what, bool selected)
{
	struct tt_rec_task *r = emit_reserve(TT_REC_TASK, sizeof(*r));

	if (!r)
		return 0;
	emit_header(&r->hdr, TT_REC_TASK, sizeof(*r), bpf_ktime_get_boot_ns(), 0);
	no_task(&r->task);
	r->task.pid = pid;
	r->task.tid = pid;
	r->task.uid = BPF_CORE_READ(t, cred, euid.val);
	r->task.cgroup = BPF_CORE_READ(t, cgroups, dfl_cgrp, kn, id);
	bpf_probe_read_kernel(r->task.comm, sizeof(r->task.comm), &t->comm);
	r->task.flags = selected ? TT_TASK_SELECTED : 0;
	r->task.flags |= TT_TASK_START(BPF_CORE_READ(t, group_leader,
						     start_boottime));
	r->what = what;
	r->parent = parent;
	emit_submit(r);
	return 0;
}

/* Processes are known by pid: the named ones, and those that are followed. */
static __always_inline bool is_unknown(__u32 pid)
{
	return ((cfg.task_by & TT_BY_PID) || cfg.follow) &&
	       !bpf_map_lookup_elem(&pids, &pid);
}

/* The parent is the current task. */
static __always_inline bool is_followed(__u32 ppid)
{
	struct who w;

	if (cfg.task_by & TT_BY_PID)
		return bpf_map_lookup_elem(&pids, &ppid);
	current_who(&w);
	return w.selected;
}

/* The child is selected before it can make its first call. */
static __always_inline int on_fork(struct task_struct *parent,
				   struct task_struct *child)
{
	__u32 pid, ppid, one = 1;

	if (!cfg.follow || !cfg.task_by ||
	    BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	ppid = pid_in_ns(BPF_CORE_READ(parent, group_leader),
			 BPF_CORE_READ(parent, tgid));
	pid = pid_in_ns(child, BPF_CORE_READ(child, tgid));
	if (!is_followed(ppid))
		return 0;
	pid_hints[PID_HINT(pid)] = 1;
	if (bpf_map_update_elem(&pids, &pid, &one, BPF_ANY))
		count_lost(TT_LOST_TABLE, TT_REC_TASK);
	return emit_task(child, pid, ppid, TT_TASK_FORK, true);
}

static __always_inline int on_exec(struct task_struct *t)
{
	__u32 pid = pid_in_ns(t, BPF_CORE_READ(t, tgid));

	if (is_unknown(pid))
		return 0;
	return emit_task(t, pid, 0, TT_TASK_EXEC, true);
}

/* Descriptors are closed after this: exit_files() comes later in do_exit(). */
static __always_inline int on_exit(struct task_struct *t)
{
	__u32 pid;

	if (BPF_CORE_READ(t, signal, live.counter) > 0)
		return 0;
	pid = pid_in_ns(BPF_CORE_READ(t, group_leader), BPF_CORE_READ(t, tgid));
	if (is_unknown(pid))
		return 0;
	return emit_task(BPF_CORE_READ(t, group_leader), pid, 0, TT_TASK_EXIT,
			 true);
}

#endif
