/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The application's last reference goes: once a socket, whoever drops it. */
#ifndef ON_CLOSE_BPF_H
#define ON_CLOSE_BPF_H

/*
 * Inside close(2) the result is still unset (-ENOSYS on x86); where that holds
 * for every close of a socket, a release after the result is set is that of a
 * socket in flight, freed with the descriptor that was closed.
 */
static __always_inline bool is_in_close(void)
{
#ifdef __TARGET_ARCH_x86
	struct pt_regs *regs = task_regs(current_task());

	return TASK_REG(regs, REG_NR) != SYS_close ||
	       (long)TASK_REG(regs, REG_RET) == -ENOSYS;
#else
	return true;
#endif
}

static __always_inline bool is_tracer(void)
{
	struct task_struct *leader = task_leader(current_task());

	return pid_in_ns(leader, bpf_get_current_pid_tgid() >> 32) == cfg.tgid;
}

/*
 * inet_release() runs in the task that dropped the last reference, before the
 * protocol's close: counters, queues and options still stand. A thread of the
 * kernel is no owner: it drops what a process could not any more (delayed_fput),
 * or what was in flight when nobody was left to receive it.
 */
static __always_inline int on_close(struct sock *sk, struct tcp_sock *tp,
				    __u64 cookie, const bool direct)
{
	__u64 ts = bpf_ktime_get_boot_ns();
	struct tt_rec_close *r;
	struct tt_tuple tuple;
	struct who w;

	if (!tp || !is_tcp(sk, direct) || is_kernel_sock(sk, direct))
		return 0;
	if (is_tracer()) {
		close_is_sync = is_in_close();
		return 0;
	}
	load_tuple(&tuple, sk, tp, direct);
	if (is_other_task() && !was_watched(tuple.lport_be, tuple.rport_be))
		return 0;
	current_who(&w);
	if (!sock_passes(&tuple, &w, ts))
		return 0;
	r = emit_reserve(TT_REC_CLOSE, sizeof(*r));
	if (!r)
		return 0;
	emit_header(&r->hdr, TT_REC_CLOSE, sizeof(*r), ts, cookie);
	load_sock_as(&r->sock, &tuple, sk, tp, direct);
	r->sock.ino = sock_ino(sk, direct);
	if (TASK(current_task(), flags) & PF_KTHREAD)
		no_task(&r->task);
	else
		fill_task(&r->task, &w);
	if (close_is_sync && !is_in_close()) {
		r->task.flags |= TT_TASK_PASSING;
		r->task.fd = -1;
	}
	load_io(&r->io, tp, r->sock.state, r->sock.flags, direct);
	load_opts(&r->opts, sk, tp, direct);
	emit_submit(r);
	return 0;
}

#endif
