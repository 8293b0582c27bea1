/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writes and reads. */
#ifndef ON_DATA_BPF_H
#define ON_DATA_BPF_H

/* A call that moves bytes begins. */
static __always_inline int on_data_enter(struct sock *sk, struct tcp_sock *tp,
					 int flags, const bool direct)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct pending p = {};
	struct tt_io io;
	struct who w;

	if (is_other_task() || !tp || is_kernel_sock(sk, direct))
		return 0;
	if (cfg.task_by) {
		current_who(&w);
		if (!w.selected)
			return 0;
	}
	p.sk = cookie_of(sk, direct);
	p.ptr = (__u64)sk;
	p.msg_flags = flags;
	load_io(&io, tp, RD(sk, __sk_common.skc_state),
		sock_flags(sk, tp, direct), direct);
	p.offset = io.tx_off;
	p.ts_ns = bpf_ktime_get_boot_ns();
	put_pending(&sends, tid, &p);
	return 0;
}

/* What waits for the return of a kretprobe: if the thread's last call is still
 * there, the kernel had no place for its return address. */
static __always_inline int on_data_probed(struct sock *sk, int flags)
{
	__u32 tid = bpf_get_current_pid_tgid();

	if (find_pending(&sends, tid))
		count_lost(TT_LOST_RETURN, TT_REC_CALL);
	return on_data_enter(sk, (struct tcp_sock *)sk, flags, false);
}

/* The tracepoint inside tcp_sendmsg_locked fires for each chunk: the first
 * hit in a call counts, unless the call began before the hook was there. */
static __always_inline int on_data_chunk(struct sock *sk, struct tcp_sock *tp,
					 const struct msghdr *msg,
					 const bool direct)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct pending *p;

	if (is_other_task() || RD(msg, msg_iter.iov_offset))
		return 0;
	p = find_pending(&sends, tid);
	if (p && is_pending(p, sk, cookie_of(sk, direct)))
		return 0;
	return on_data_enter(sk, tp, 0, direct);
}

/* No record will take what the entry left behind. */
static __always_inline int forget_pending(void)
{
	drop_pending(&sends, bpf_get_current_pid_tgid());
	return 0;
}

/* What the entry left behind, if it was this socket's; taken once. */
static __always_inline void take_pending(const struct sock *sk,
					 struct tt_rec_call *r)
{
	struct pending *p = find_pending(&sends, bpf_get_current_pid_tgid());

	if (!p)
		return;
	if (is_pending(p, sk, r->hdr.sk)) {
		r->enter_ns = p->ts_ns;
		r->offset = p->offset;
	}
	p->ts_ns = 0;
}

static __always_inline void fill_call(struct tt_rec_call *r, __u16 call,
				      __s64 ret, __s32 arg)
{
	r->enter_ns = 0;
	r->offset = ~0ULL;
	r->ret = ret;
	r->listener = 0;
	r->call = call;
	r->flags = 0;
	r->pad = 0;
	r->arg = arg;
	r->queue_max = 0;
	r->ret_fd = 0;
}

static __always_inline int on_data(struct sock *sk, struct tcp_sock *tp,
				   __u16 call, int ret, int flags,
				   const bool direct)
{
	__u64 ts;
	struct tt_rec_call *r;
	struct tt_io io;
	struct who w;

	if (is_other_task() || !tp || is_kernel_sock(sk, direct))
		return 0;
	ts = bpf_ktime_get_boot_ns();
	if (call == TT_CALL_RECV && (ret == -EAGAIN || ret == -EINTR ||
				     ret == -ERESTARTSYS))
		return forget_pending();
	current_who(&w);
	if (cfg.task_by && !w.selected)
		return 0;
	r = emit_reserve(TT_REC_CALL, TT_REC_CALL_MIN);
	if (!r)
		return forget_pending();
	load_sock(&r->sock, sk, tp, direct);
	if (!sock_passes(&r->sock.tuple, &w, ts)) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		return forget_pending();
	}
	emit_header(&r->hdr, TT_REC_CALL, TT_REC_CALL_MIN, ts,
		    cookie_of(sk, direct));
	fill_task(&r->task, &w);
	fill_call(r, call, ret, flags);
	take_pending(sk, r);
	if (call == TT_CALL_RECV)
		r->offset = ~0ULL;
	if (call == TT_CALL_RECV && ret >= 0) {
		load_io(&io, tp, r->sock.state, r->sock.flags, direct);
		r->offset = io.rx_off;
		r->rx_seq = io.rx_seq;
		if (!(flags & MSG_PEEK))
			r->rx_seq -= ret;
		if (!(flags & MSG_PEEK) && io.rx_off != ~0ULL &&
		    io.rx_off >= ret)
			r->offset -= ret;
	}
	emit_submit(r);
	return 0;
}

/* The return of a call whose entry left its socket behind. */
static __always_inline int on_data_return(__u16 call, int ret)
{
	struct pending *p = find_pending(&sends, bpf_get_current_pid_tgid());
	struct sock *sk;

	if (!p)
		return 0;
	sk = (struct sock *)p->ptr;
	return on_data(sk, (struct tcp_sock *)sk, call, ret, p->msg_flags, false);
}

#endif
