/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the stack does with segments: resets, retransmissions, drops. */
#ifndef ON_SEGMENT_BPF_H
#define ON_SEGMENT_BPF_H

#define CA_RECOVERY 3
#define CA_LOSS 4

static __always_inline int on_retransmit(struct sock *sk, struct tcp_sock *tp,
					 const struct sk_buff *skb,
					 const bool direct)
{
	__u64 ts = bpf_ktime_get_boot_ns();
	struct tt_rec_retransmit *r;
	struct tt_tuple tuple;
	__u8 ca_state;

	if (!tp)
		return 0;
	load_tuple(&tuple, sk, tp, direct);
	if (!sock_passes(&tuple, NULL, ts))
		return 0;
	r = emit_reserve(TT_REC_RETRANSMIT, sizeof(*r));
	if (!r)
		return 0;
	emit_header(&r->hdr, TT_REC_RETRANSMIT, sizeof(*r), ts,
		    cookie_of(sk, direct));
	load_sock_as(&r->sock, &tuple, sk, tp, direct);
	r->listener = 0;
	r->seq = BPF_CORE_READ((struct tcp_skb_cb *)&skb->cb[0], seq);
	ca_state = direct ?
		BPF_CORE_READ_BITFIELD(tp, inet_conn.icsk_ca_state) :
		BPF_CORE_READ_BITFIELD_PROBED(tp, inet_conn.icsk_ca_state);
	if (r->sock.state == TCP_SYN_SENT)
		r->why = TT_RETRANS_SYN;
	else if (ca_state == CA_LOSS || RD(tp, inet_conn.icsk_retransmits))
		r->why = TT_RETRANS_RTO;
	else if (ca_state == CA_RECOVERY)
		r->why = TT_RETRANS_FAST;
	else
		r->why = TT_RETRANS_PROBE;
	emit_submit(r);
	return 0;
}

static __always_inline void load_request(struct tt_sock *s,
					 const struct request_sock *req)
{
	const struct sock *sk = (const struct sock *)req;

	__builtin_memset(s, 0, sizeof(*s));
	load_addrs(&s->tuple, sk, BPF_CORE_READ(sk, __sk_common.skc_family),
		   false);
	s->tuple.lport_be = bpf_htons(BPF_CORE_READ(sk, __sk_common.skc_num));
	s->tuple.rport_be = BPF_CORE_READ(sk, __sk_common.skc_dport);
	s->tuple.netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	s->family = BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET6 ? 6 : 4;
	s->state = TCP_NEW_SYN_RECV;
	s->flags = TT_SK_REQUEST | TT_SK_NOFILE;
}

static __always_inline int on_retransmit_synack(const struct sock *lsk,
						const struct request_sock *req)
{
	__u64 ts = bpf_ktime_get_boot_ns();
	struct tt_rec_retransmit *r;
	struct tt_sock s;

	load_request(&s, req);
	if (!sock_passes(&s.tuple, NULL, ts))
		return 0;
	r = emit_reserve(TT_REC_RETRANSMIT, sizeof(*r));
	if (!r)
		return 0;
	emit_header(&r->hdr, TT_REC_RETRANSMIT, sizeof(*r), ts,
		    read_cookie((const struct sock *)req));
	r->sock = s;
	r->listener = read_cookie(lsk);
	r->seq = BPF_CORE_READ((const struct tcp_request_sock *)req, snt_isn);
	r->why = TT_RETRANS_SYNACK;
	emit_submit(r);
	return 0;
}

/* Addresses and ports of a segment that was received, seen from its receiver. */
static __always_inline bool load_received(struct tt_tuple *t,
					  const struct sk_buff *skb,
					  struct tcphdr *th)
{
	unsigned char *head = BPF_CORE_READ(skb, head);
	void *l3 = head + BPF_CORE_READ(skb, network_header);
	struct ipv6hdr ip6;
	struct iphdr ip;

	if (bpf_probe_read_kernel(&ip, sizeof(ip), l3))
		return false;
	if (ip.version == 4) {
		if (ip.protocol != IPPROTO_TCP)
			return false;
		map_v4(t->laddr_be, ip.daddr);
		map_v4(t->raddr_be, ip.saddr);
	} else {
		if (bpf_probe_read_kernel(&ip6, sizeof(ip6), l3) ||
		    ip6.nexthdr != IPPROTO_TCP)
			return false;
		__builtin_memcpy(t->laddr_be, &ip6.daddr, 16);
		__builtin_memcpy(t->raddr_be, &ip6.saddr, 16);
	}
	if (bpf_probe_read_kernel(th, sizeof(*th),
				  head + BPF_CORE_READ(skb, transport_header)))
		return false;
	t->lport_be = th->dest;
	t->rport_be = th->source;
	return true;
}

static __always_inline int emit_reset(const struct tt_sock *s, __u64 cookie,
				      bool owned, __u8 dir, __u32 reason)
{
	__u64 ts = bpf_ktime_get_boot_ns();
	struct tt_rec_reset *r;
	struct who w = {};

	if (owned)
		current_who(&w);
	if (!sock_passes(&s->tuple, owned ? &w : NULL, ts))
		return 0;
	r = emit_reserve(TT_REC_RESET, sizeof(*r));
	if (!r)
		return 0;
	emit_header(&r->hdr, TT_REC_RESET, sizeof(*r), ts, cookie);
	r->sock = *s;
	if (owned)
		fill_task(&r->task, &w);
	else
		no_task(&r->task);
	r->reason = reason;
	r->dir = dir;
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	emit_submit(r);
	return 0;
}

static __always_inline int on_receive_reset(struct sock *sk,
					    struct tcp_sock *tp,
					    const bool direct)
{
	__u64 cookie = cookie_of(sk, direct);
	struct tt_sock s;

	take_rst_in_hand(sk, cookie);
	if (!tp || !wants(EV_reset))
		return 0;
	load_sock(&s, sk, tp, direct);
	return emit_reset(&s, cookie, false, TT_DIR_IN, ~0U);
}

/* No socket stood behind the segment that is answered: its own namespace and
 * tuple are all there is. */
static __always_inline int reset_without_sock(const struct sk_buff *skb,
					      __u32 reason)
{
	struct tt_sock s = {};
	struct tcphdr th;

	if (!skb || !load_received(&s.tuple, skb, &th))
		return 0;
	s.tuple.netns = BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);
	s.family = is_v4_tuple(&s.tuple) ? 4 : 6;
	return emit_reset(&s, 0, false, TT_DIR_OUT, reason);
}

static __always_inline int on_send_reset(const struct sock *sk,
					 const struct sk_buff *skb,
					 __u32 reason)
{
	struct tt_sock s;
	bool full;

	if (!sk)
		return reset_without_sock(skb, reason);
	full = (1 << BPF_CORE_READ(sk, __sk_common.skc_state)) &
	       ~((1 << TCP_TIME_WAIT) | (1 << TCP_NEW_SYN_RECV));
	if (!full) {
		load_request(&s, (const struct request_sock *)sk);
		s.state = BPF_CORE_READ(sk, __sk_common.skc_state);
		return emit_reset(&s, read_cookie(sk), false, TT_DIR_OUT, reason);
	}
	/* A listener that refuses a segment answers for the segment's tuple. */
	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN)
		return reset_without_sock(skb, reason);
	load_sock(&s, sk, (const struct tcp_sock *)sk, false);
	return emit_reset(&s, read_cookie(sk), s.flags & TT_SK_OWNED,
			  TT_DIR_OUT, reason);
}

static __always_inline int on_drop(const struct sk_buff *skb, __u64 where,
				   __u32 reason, const struct sock *sk)
{
	__u64 ts = bpf_ktime_get_boot_ns();
	struct tt_rec_drop *r;
	struct tt_sock s = {};
	struct tcphdr th = {};
	__u16 proto = BPF_CORE_READ(skb, protocol);
	__u64 cookie = 0;

	if (proto != bpf_htons(ETH_P_IP) && proto != bpf_htons(ETH_P_IPV6))
		return 0;
	if (BPF_CORE_READ(skb, transport_header) == 0xffff ||
	    !load_received(&s.tuple, skb, &th))
		return 0;
	s.tuple.netns = BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);
	s.family = is_v4_tuple(&s.tuple) ? 4 : 6;
	if (!sock_passes(&s.tuple, NULL, ts))
		return 0;
	if (sk)
		cookie = read_cookie(sk);
	r = emit_reserve(TT_REC_DROP, sizeof(*r));
	if (!r)
		return 0;
	emit_header(&r->hdr, TT_REC_DROP, sizeof(*r), ts, cookie);
	r->sock = s;
	r->where = where;
	r->reason = reason;
	r->seq = bpf_ntohl(th.seq);
	r->len = BPF_CORE_READ(skb, len);
	r->tcp_flags = ((__u8 *)&th)[13];
	emit_submit(r);
	return 0;
}

#endif
