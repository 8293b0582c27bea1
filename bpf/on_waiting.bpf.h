/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls that wait when tracing begins. A hook at the return of a function
 * shows calls that entered it hooked; those that were in it already are found
 * by an iterator, and their return is that of the system call.
 *
 * The iterator runs once everything else is attached, so a call of its list
 * may be seen by the other hook all the same: that one leaves a note, and the
 * system call's return, which comes after, tells what has none.
 */
#ifndef ON_WAITING_BPF_H
#define ON_WAITING_BPF_H

/* The hook at the function's return saw this call. */
static __always_inline void call_returned(void)
{
	__u32 tid = bpf_get_current_pid_tgid(), seen = 0;

	if (marking) {
		if (!bpf_map_update_elem(&waiters, &tid, &seen, BPF_NOEXIST))
			__sync_fetch_and_add(&waiting, 1);
		else
			bpf_map_update_elem(&waiters, &tid, &seen, BPF_EXIST);
	} else if (waiting && !bpf_map_delete_elem(&waiters, &tid)) {
		__sync_fetch_and_add(&waiting, -1);
	}
}

/* Which of TT_WAIT_* the call is. */
static __always_inline __u32 wait_of_call(__u32 nr)
{
	if (nr == SYS_accept || nr == SYS_accept4)
		return TT_WAIT_ACCEPT;
	if (is_send_call(nr))
		return TT_WAIT_SEND;
	return is_recv_call(nr) ? TT_WAIT_RECV : 0;
}

static __always_inline bool is_other_process(struct task_struct *t)
{
	__u32 pid;

	if (!(cfg.task_by & TT_BY_PID))
		return false;
	pid = pid_in_ns(t->group_leader, t->tgid);
	return !bpf_map_lookup_elem(&pids, &pid);
}

/* A task that is in no call at all shows its last one: its next return, of
 * whatever call, takes it off the list. */
static __always_inline int on_waiting_task(struct task_struct *t)
{
	struct pt_regs *regs;
	__u32 tid, wait;

	if (!t || (t->flags & PF_KTHREAD) || is_other_process(t))
		return 0;
	tid = t->pid;
	regs = task_regs(t);
	wait = wait_of_call(TASK_REG(regs, REG_NR)) & cfg.wait_for;
	if (!wait || is_compat_call(t) ||
	    !sock_of_fd(t, TASK_REG(regs, REG_ARG1), false))
		return 0;
	if (!bpf_map_update_elem(&waiters, &tid, &wait, BPF_NOEXIST))
		__sync_fetch_and_add(&waiting, 1);
	return 0;
}

/* What the list has for the current task; taken off it. */
static __always_inline __u32 take_waiter(void)
{
	__u32 tid = bpf_get_current_pid_tgid(), wait;
	__u32 *p = bpf_map_lookup_elem(&waiters, &tid);

	if (!p)
		return 0;
	wait = *p;
	if (!bpf_map_delete_elem(&waiters, &tid))
		__sync_fetch_and_add(&waiting, -1);
	return wait;
}

static __always_inline int on_waited(struct pt_regs *regs, long ret)
{
	const bool direct = true;
	__u32 nr, wait;

	if (!waiting)
		return 0;
	nr = RD(regs, REG_NR);
	wait = take_waiter() & wait_of_call(nr);
	if (wait & TT_WAIT_ACCEPT)
		return on_sys_exit(regs, ret);
	if (wait & TT_WAIT_SEND)
		return end_send(regs, nr, ret);
	return wait & TT_WAIT_RECV ? end_recv(regs, nr, ret) : 0;
}

/* One that was killed returns from nothing. */
static __always_inline int on_waiter_exit(void)
{
	if (waiting)
		take_waiter();
	return 0;
}

#endif
