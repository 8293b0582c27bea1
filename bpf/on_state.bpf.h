/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* State changes, and the end of the full socket. */
#ifndef ON_STATE_BPF_H
#define ON_STATE_BPF_H

static __always_inline bool rst_in_hand(const struct sock *sk, __u64 cookie)
{
	__u32 zero = 0;
	struct in_hand *h = bpf_map_lookup_elem(&in_hand, &zero);

	if (!h || h->rst_sk != (__u64)sk || h->rst_cookie != cookie)
		return false;
	h->rst_sk = 0;
	return true;
}

/* The listener of a child whose handshake just ended, and its queue, which
 * holds the child by now (inet_csk_complete_hashdance comes first). */
static __always_inline void load_queue_of(struct tt_rec_state *r,
					  const struct request *req,
					  const bool direct)
{
	const struct sock *lsk =
		FOUND(const struct sock, (const void *)req->sk);

	r->listener = req->listener;
	if (load_cookie(lsk, direct) != req->listener)
		return; /* closed since, and its memory is another's */
	r->queue_len = RD(lsk, sk_ack_backlog);
	r->queue_max = RD(lsk, sk_max_ack_backlog);
}

static __always_inline void load_queue(struct tt_rec_state *r,
				       const struct tt_tuple *tuple)
{
	struct request req;

	if (!take_request(tuple, &req))
		return;
	if (cfg.have_cast)
		load_queue_of(r, &req, true);
	else
		load_queue_of(r, &req, false);
}

/* An attempt of a selected task: its port is not chosen yet, so the socket
 * itself is remembered until it is. */
static __always_inline void watch_attempt(__u64 cookie, __u16 lport_be, int old,
					  int new, bool selected, __u64 ts)
{
	__u32 one = 1;

	if (!cfg.task_by)
		return;
	if (new == TCP_SYN_SENT) {
		if (selected)
			bpf_map_update_elem(&connecting, &cookie, &one, BPF_ANY);
	} else if (old == TCP_SYN_SENT) {
		if (bpf_map_lookup_elem(&connecting, &cookie))
			watch_port(lport_be, ts);
		if (new != TCP_SYN_RECV)
			bpf_map_delete_elem(&connecting, &cookie);
	}
}

/*
 * What the task's call did, for the hook that sees the call return: a
 * connect() that got as far as a state change, the moment a shutdown() acted.
 * Returns whether the change lies in the connect() that began the attempt.
 */
static __always_inline bool note_call(const struct who *w,
				      const struct sock *sk, __u64 cookie,
				      int new, __u64 ts)
{
	struct pending p = {}, *old;
	__u32 nr = w->nr;

	if (nr != SYS_connect && nr != SYS_shutdown)
		return false;
	old = find_pending(&connects, w->tid);
	if (old && !is_pending(old, sk, cookie))
		old = NULL;
	if (nr == SYS_connect) {
		if (!old)
			return false;
		if (new == TCP_SYN_SENT)
			old->started = 1;
		return true;
	}
	if (nr == SYS_shutdown && wants(EV_shutdown) && !old) {
		p.sk = cookie;
		p.ts_ns = ts - 1; /* the call comes before what it causes */
		put_pending(&connects, w->tid, &p);
	}
	return false;
}

/* What a state change looked like before any of it is written out. */
struct change {
	struct sock *sk;
	struct tcp_sock *tp;
	int old, new;
	__u64 ts, cookie;
	bool owned, in_attempt;
	struct tt_tuple tuple __attribute__((aligned(8)));
	struct who who;
};

static __always_inline void fill_state(struct tt_rec_state *r, __u16 len,
				       const struct change *c, const bool direct)
{
	const struct sock *sk = c->sk;
	const struct tcp_sock *tp = c->tp;

	emit_header(&r->hdr, TT_REC_STATE, len, c->ts, c->cookie);
	r->sock.tuple = c->tuple;
	r->sock.family = RD(sk, __sk_common.skc_family) == AF_INET6 ? 6 : 4;
	r->sock.state = c->new;
	r->sock.shutdown = RD(sk, sk_shutdown);
	r->sock.flags = sock_flags(sk, tp, direct);
	r->sock.ino = c->new == TCP_SYN_SENT ? sock_ino(sk, direct) : 0;
	if (c->owned)
		fill_task(&r->task, &c->who);
	else
		no_task(&r->task);
	r->old_state = c->old;
	r->new_state = c->new;
	r->seen = c->in_attempt ? TT_SEEN_ATTEMPT : 0;
	if (c->new == TCP_CLOSE && rst_in_hand(sk, c->cookie)) /* tcp_reset() closes */
		r->seen |= TT_SEEN_RST_IN;
	r->retransmits = RD(tp, inet_conn.icsk_retransmits);
	r->probes = RD(tp, inet_conn.icsk_probes_out);
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	r->err = RD(sk, sk_err);
	r->backlog = c->new == TCP_LISTEN ? RD(sk, sk_max_ack_backlog) : 0;
}

static __always_inline int emit_state(const struct change *c, const bool direct)
{
	struct tt_rec_state *r =
		emit_reserve(TT_REC_STATE, TT_REC_STATE_MIN);

	if (!r)
		return 0;
	fill_state(r, TT_REC_STATE_MIN, c, direct);
	emit_submit(r);
	return 0;
}

/* A connection stands: its options, and the queue that a child is in. */
static __always_inline int emit_established(const struct change *c,
					    const bool direct)
{
	struct tt_rec_state *r = emit_reserve(TT_REC_STATE, sizeof(*r));

	if (!r)
		return 0;
	fill_state(r, sizeof(*r), c, direct);
	r->listener = 0;
	r->queue_len = 0;
	r->queue_max = 0;
	if (c->old == TCP_SYN_RECV)
		load_queue(r, &c->tuple);
	r->seen |= TT_SEEN_OPTS;
	load_opts(&r->opts, c->sk, c->tp, direct);
	load_io(&r->io, c->tp, c->new, r->sock.flags, direct);
	r->seen |= TT_SEEN_IO;
	emit_submit(r);
	return 0;
}

/*
 * A child that nobody accepted ends. When its listener goes, tcp_disconnect()
 * clears the counters before the socket is destroyed: this is the last moment
 * that knows them.
 */
static __always_inline int emit_unaccepted(const struct change *c,
					   const bool direct)
{
	struct tt_rec_state *r = emit_reserve(TT_REC_STATE, sizeof(*r));

	if (!r)
		return 0;
	fill_state(r, sizeof(*r), c, direct);
	r->listener = 0;
	r->queue_len = 0;
	r->queue_max = 0;
	__builtin_memset(&r->opts, 0, sizeof(r->opts));
	load_io(&r->io, c->tp, c->old, r->sock.flags, direct);
	r->seen |= TT_SEEN_IO;
	emit_submit(r);
	return 0;
}

static __always_inline bool is_unaccepted(const struct sock *sk,
					  const bool direct)
{
	return !PTR(sk, sk_socket) &&
	       !(RD(sk, __sk_common.skc_flags) & (1UL << SOCK_DEAD));
}

static __always_inline int on_state(struct sock *sk, struct tcp_sock *tp,
				    __u64 cookie, int old, int new,
				    const bool direct)
{
	struct change c = { .sk = sk, .tp = tp, .old = old, .new = new,
			    .cookie = cookie };

	if (old == new || !tp || is_kernel_sock(sk, direct))
		return 0;
	c.ts = bpf_ktime_get_boot_ns();
	c.owned = RD(sk, sk_lock.owned);
	load_tuple(&c.tuple, sk, tp, direct);
	/* The port of the last attempt may still stand in inet_sport. */
	if (new == TCP_SYN_SENT)
		c.tuple.lport_be = bpf_htons(RD(sk, __sk_common.skc_num));
	if (c.owned) {
		current_who(&c.who);
		c.in_attempt = note_call(&c.who, sk, c.cookie, new, c.ts);
	}
	watch_attempt(c.cookie, c.tuple.lport_be, old, new, c.who.selected, c.ts);
	if (!sock_passes(&c.tuple, c.owned ? &c.who : NULL, c.ts))
		return 0;
	if (new == TCP_ESTABLISHED)
		return emit_established(&c, direct);
	if (new == TCP_CLOSE && is_unaccepted(sk, direct))
		return emit_unaccepted(&c, direct);
	return emit_state(&c, direct);
}

/* tcp_connect() has the port that the state change did not. */
static __always_inline int on_port_chosen(struct sock *sk, const bool direct)
{
	__u64 cookie = cookie_of(sk, direct);

	if (cfg.task_by && bpf_map_lookup_elem(&connecting, &cookie))
		watch_port(bpf_htons(RD(sk, __sk_common.skc_num)),
			   bpf_ktime_get_boot_ns());
	return 0;
}

static __always_inline int on_destroy(struct sock *sk, struct tcp_sock *tp,
				      __u64 cookie, const bool direct)
{
	__u64 ts = bpf_ktime_get_boot_ns();
	struct tt_rec_destroy *r;
	struct tt_tuple tuple;
	struct who w = {};
	bool owned;

	if (!tp || is_kernel_sock(sk, direct))
		return 0;
	owned = RD(sk, sk_lock.owned);
	load_tuple(&tuple, sk, tp, direct);
	if (owned)
		current_who(&w);
	if (!sock_passes(&tuple, owned ? &w : NULL, ts))
		return 0;
	r = emit_reserve(TT_REC_DESTROY, sizeof(*r));
	if (!r)
		return 0;
	emit_header(&r->hdr, TT_REC_DESTROY, sizeof(*r), ts, cookie);
	load_sock_as(&r->sock, &tuple, sk, tp, direct);
	if (owned)
		fill_task(&r->task, &w);
	else
		no_task(&r->task);
	load_io(&r->io, tp, r->sock.state, r->sock.flags, direct);
	emit_submit(r);
	return 0;
}

/* Runs inside tcp_reset(), before the state changes. */
static __always_inline void take_rst_in_hand(const struct sock *sk,
					     __u64 cookie)
{
	__u32 zero = 0;
	struct in_hand *h = bpf_map_lookup_elem(&in_hand, &zero);

	if (h) {
		h->rst_sk = (__u64)sk;
		h->rst_cookie = cookie;
	}
}

#endif
