/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The current task: who it is to the tracer, and what call it is in. */
#ifndef TASK_BPF_H
#define TASK_BPF_H

#include "facts.bpf.h"

/*
 * The current task. Where the kernel hands out a BTF pointer (3ca1032ab7ab,
 * 5.11) its members are loads, else each is a call of a helper: TASK() does
 * what fits. The flag is a constant of the run, so one of the two is compiled.
 */
static __always_inline struct task_struct *current_task(void)
{
	if (cfg.have_task_btf)
		return bpf_get_current_task_btf();
	return (struct task_struct *)bpf_get_current_task();
}

#define TASK(t, member)                                                \
	({                                                             \
		const bool direct = cfg.have_task_btf;                 \
		RD(t, member);                                         \
	})

/* The same for members that are pointers. */
#define TASK_PTR(t, member)                                            \
	({                                                             \
		const bool direct = cfg.have_task_btf;                 \
		RDP(t, member);                                        \
	})

static __always_inline struct task_struct *task_leader(struct task_struct *t)
{
	return TASK_PTR(t, group_leader);
}

static __always_inline __u32 task_euid(struct task_struct *t)
{
	const struct cred *cred = TASK_PTR(t, cred);

	return TASK(cred, euid.val);
}

/* Of the process: its threads have its leader's. */
static __always_inline __u32 task_start(struct task_struct *leader)
{
	return TT_TASK_START(cfg.have_task_btf ?
				     leader->start_boottime :
				     BPF_CORE_READ(leader, start_boottime));
}

static __always_inline struct cgroup *task_cgroup(struct task_struct *t)
{
	struct css_set *set = TASK_PTR(t, cgroups);

	return TASK_PTR(set, dfl_cgrp);
}

static __always_inline __u64 task_cgroup_id(struct task_struct *t)
{
	struct cgroup *cgrp = task_cgroup(t);
	struct kernfs_node *kn = TASK_PTR(cgrp, kn);

	return TASK(kn, id);
}

/*
 * A task's stack, where bpf_task_pt_regs (dd6e10fbd9fb, 5.15) does not spare us
 * from knowing its size: 16 KiB, but twice or four times as much with KASAN,
 * and so x86's stacks for interrupts, which BTF knows.
 */
#define STACK_SIZE 16384

struct irq_stack___size {
	char stack[1];
} __attribute__((preserve_access_index));

/* The registers of the call that the task is in: at the top of its stack. */
static __always_inline struct pt_regs *task_regs(struct task_struct *t)
{
	__u64 size = STACK_SIZE;

	if (cfg.have_task_regs)
		return (struct pt_regs *)bpf_task_pt_regs(t);
	if (bpf_core_type_exists(struct irq_stack___size))
		size = bpf_core_type_size(struct irq_stack___size);
	return (struct pt_regs *)((__u64)BPF_CORE_READ(t, stack) + size -
				  bpf_core_type_size(struct pt_regs));
}

#define TASK_REG(regs, reg)                                            \
	({                                                             \
		const bool direct = cfg.have_task_regs;                \
		(__u64)RD(regs, reg);                                  \
	})

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

#define MAX_CGROUP_DEPTH 32

/* Where the program may not ask the kernel; a cgroup's id is that of its
 * folder, and the first thing in it is where it hangs among the others. */
static __always_inline bool is_under_cgroup(struct cgroup *cgrp, __u64 id)
{
	for (int i = 0; i < MAX_CGROUP_DEPTH && cgrp; i++) {
		if (BPF_CORE_READ(cgrp, kn, id) == id)
			return true;
		cgrp = (struct cgroup *)BPF_CORE_READ(cgrp, self.parent);
	}
	return false;
}

static __always_inline bool in_selected_cgroup(void)
{
	if (cfg.have_under_cgroup)
		return bpf_current_task_under_cgroup(&cgroups, 0) == 1;
	return is_under_cgroup(task_cgroup(current_task()), cfg.cgroup);
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
	return !(cfg.task_by & TT_BY_CGROUP) || in_selected_cgroup();
}

/* A call of a 32-bit program: numbers and registers are others. */
static __always_inline bool is_compat_call(struct task_struct *t)
{
#ifdef TS_COMPAT
	return TASK(t, thread_info.status) & TS_COMPAT;
#else
	return false;
#endif
}

/* The identity alone: enough to decide. */
struct who {
	struct task_struct *task;
	__u32 pid, tid, uid;
	__u32 nr; /* of its call, as in the registers */
	__u64 arg1, arg2;
	bool selected;
	char comm[TT_COMM_LEN] __attribute__((aligned(8)));
};

static __always_inline void current_who(struct who *w)
{
	struct task_struct *t = current_task(), *leader = task_leader(t);
	struct pt_regs *regs = task_regs(t);
	__u64 id = bpf_get_current_pid_tgid();

	w->task = t;
	w->tid = pid_in_ns(t, (__u32)id);
	w->pid = w->tid ? pid_in_ns(leader, id >> 32) : 0;
	w->uid = task_euid(t);
	COPY16(w->comm, &leader->comm);
	w->selected = w->pid && task_selected(w->pid, w->uid, w->comm);
	w->nr = TASK_REG(regs, REG_NR);
	w->arg1 = TASK_REG(regs, REG_ARG1);
	w->arg2 = TASK_REG(regs, REG_ARG2);
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
		pid = pid_in_ns(task_leader(current_task()), pid);
	return !pid_hints[PID_HINT(pid)] || !bpf_map_lookup_elem(&pids, &pid);
}

/* Number of the call the task is in, or -1. */
static __always_inline __s32 call_of(const struct who *w, struct task_struct *t,
				     __u32 *flags)
{
	if (TASK(t, flags) & PF_KTHREAD)
		return -1;
	if (is_compat_call(t)) {
		*flags |= TT_TASK_COMPAT;
		return -1;
	}
	return w->nr;
}

/* For a hook that runs in the task's own call. */
static __always_inline void fill_task(struct tt_task *out, const struct who *w)
{
	/* Not w->task: the verifier forgets what a merged stack slot held. */
	struct task_struct *t = current_task();
	__u32 flags = w->selected ? TT_TASK_SELECTED : 0;

	flags |= task_start(task_leader(t));
	out->pid = w->pid;
	out->tid = w->tid;
	out->uid = w->uid;
	out->cgroup = task_cgroup_id(t);
	__builtin_memcpy(out->comm, w->comm, sizeof(out->comm));
	if (TASK(t, flags) & PF_EXITING)
		flags |= TT_TASK_EXITING;
	out->sysno = call_of(w, t, &flags);
	out->fd = -1;
	if (!(flags & TT_TASK_EXITING) && out->sysno >= 0) {
		if (out->sysno == SYS_dup2 || out->sysno == SYS_dup3)
			out->fd = w->arg2;
		else if (out->sysno != SYS_splice) /* may be the pipe */
			out->fd = w->arg1;
	}
	out->flags = flags;
}

#endif
