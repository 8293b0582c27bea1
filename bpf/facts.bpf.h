/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the tracer itself is to this kernel, and tasks as it names them. Needs
 * no map: every object defines kernel_facts and fills it once. */
#ifndef FACTS_BPF_H
#define FACTS_BPF_H

/* Runs in the tracer's own context. */
static __always_inline void load_facts(struct tt_kernel *k)
{
	struct task_struct *t = (struct task_struct *)bpf_get_current_task();
	struct pid *pid = BPF_CORE_READ(t, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct upid upid = {};

	k->jiffies = bpf_jiffies64();
	k->mono_ns = bpf_ktime_get_ns();
	if (level <= 32)
		bpf_probe_read_kernel(&upid, sizeof(upid), &pid->numbers[level]);
	k->pidns_level = level;
	if (upid.ns)
		k->pidns_ino = BPF_CORE_READ(upid.ns, ns.inum);
	k->netns_ino = BPF_CORE_READ(t, nsproxy, net_ns, ns.inum);
	k->ready = 1;
}

/*
 * A pid number in the tracer's pid namespace; 0 if the task has none there.
 * At level 0 every task has one, and the global number is it.
 */
static __always_inline __u32 pid_in_ns(struct task_struct *t, __u32 global)
{
	__u32 level = kernel_facts.pidns_level;
	struct upid upid;
	struct pid *p;

	if (!level)
		return global;
	p = BPF_CORE_READ(t, thread_pid);
	if (BPF_CORE_READ(p, level) < level || level > 32)
		return 0;
	if (bpf_probe_read_kernel(&upid, sizeof(upid), &p->numbers[level]))
		return 0;
	if (BPF_CORE_READ(upid.ns, ns.inum) != kernel_facts.pidns_ino)
		return 0;
	return upid.nr;
}

static __always_inline void no_task(struct tt_task *out)
{
	__builtin_memset(out, 0, sizeof(*out));
	out->fd = -1;
	out->sysno = -1;
}

#endif
