/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The application's last reference goes: once a socket, whoever drops it. */
#ifndef ON_CLOSE_BPF_H
#define ON_CLOSE_BPF_H

/*
 * inet_release() runs in the task that dropped the last reference, before the
 * protocol's close: counters, queues and options still stand. The garbage
 * collector of passed descriptors is a kernel thread and no owner.
 */
static __always_inline int on_close(struct sock *sk, struct tcp_sock *tp,
				    __u64 cookie, const bool direct)
{
	__u64 ts = bpf_ktime_get_boot_ns();
	struct tt_rec_close *r;
	struct tt_tuple tuple;
	struct who w;

	if (!is_tcp(sk, direct) || is_kernel_sock(sk, direct))
		return 0;
	load_tuple(&tuple, sk, tp, direct);
	current_who(&w);
	if (!sock_passes(&tuple, &w, ts))
		return 0;
	r = emit_reserve(TT_REC_CLOSE, sizeof(*r));
	if (!r)
		return 0;
	emit_header(&r->hdr, TT_REC_CLOSE, sizeof(*r), ts, cookie);
	load_sock(&r->sock, sk, tp, direct);
	r->sock.ino = sock_ino(sk);
	if (w.task->flags & PF_KTHREAD)
		no_task(&r->task);
	else
		fill_task(&r->task, &w);
	load_io(&r->io, tp, r->sock.state, r->sock.flags, direct);
	load_opts(&r->opts, sk, tp, direct);
	emit_submit(r);
	return 0;
}

#endif
