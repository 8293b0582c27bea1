/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Segments at the default tap: net_dev_start_xmit for what leaves,
 * netif_receive_skb for what arrives. One frame is told once for each
 * namespace that holds an end of it: at the sender's first device and the
 * receiver's last.
 */
#ifndef ON_PACKET_BPF_H
#define ON_PACKET_BPF_H

#include "device.bpf.h"

static __always_inline void load_sender(struct tap *tap)
{
	const bool direct = tap->direct;

	tap->sk_state = RD(tap->sk, __sk_common.skc_state);
	if (tap->at == AT_TC)
		tap->cookie = bpf_get_socket_cookie((struct __sk_buff *)tap->ctx);
	else
		tap->cookie = load_cookie(tap->sk, direct);
	tap->flags |= TT_PKT_TX_SK;
}

/* Where the IP header is, and how much of the packet can be read there. Returns
 * the packet's length. */
static __always_inline __u32 find_l3(struct tap *tap)
{
	const bool direct = tap->direct;
	const struct sk_buff *skb = tap->skb;
	__u32 len = RD(skb, len);

	if (tap->at == AT_TRACE && tap->dir == TT_DIR_IN) {
		tap->l3 = RDP(skb, data);
		tap->linear = len - RD(skb, data_len);
		return len;
	}
	tap->l3 = RDP(skb, head) + RD(skb, network_header);
	tap->linear = RD(skb, tail) - RD(skb, network_header);
	return len - (__u32)(tap->l3 - RDP(skb, data));
}

/* The headers, without payload, to s->frame.data. Returns their length or 0. */
static __always_inline __u32 load_headers(const struct tap *tap,
					  struct tap_scratch *s)
{
	__u32 linear = tap->linear;

	if (linear > TT_PKT_DATA_LONG)
		linear = TT_PKT_DATA_LONG;
	asm volatile("" : "+r"(linear));
	linear &= 0xff;
	if (bpf_probe_read_kernel(s->frame.data, linear, tap->l3))
		return 0;
	return linear;
}

static __always_inline void make_key(struct tt_tuple *k, const __u8 *from,
				     __u16 from_be, const __u8 *to,
				     __u16 to_be, __u32 netns)
{
	__builtin_memcpy(k->laddr_be, from, 16);
	__builtin_memcpy(k->raddr_be, to, 16);
	k->lport_be = from_be;
	k->rport_be = to_be;
	k->netns = netns;
}

/*
 * The first segment after the SYN of the side that opened the connection. Its
 * bytes_acked is 1 then: tcp_ack() counts the SYN as a byte, and only there.
 */
static __always_inline bool ends_handshake(const struct sock *sk,
					   const bool direct)
{
	const struct tcp_sock *tp = FOUND(const struct tcp_sock, sk);

	return RD(tp, segs_out) - RD(tp, total_retrans) == 2 &&
	       RD(tp, bytes_acked) == 1;
}

/* What the sender's socket says of a plain segment: it may complete
 * something, or cannot. */
static __always_inline bool may_complete(const struct sock *sk, __u8 state,
					 const bool direct)
{
	switch (state) {
	case TCP_TIME_WAIT:
		return true;
	case TCP_ESTABLISHED:
		return cfg.have_cast ? ends_handshake(sk, true) :
				       ends_handshake(sk, false);
	case TCP_NEW_SYN_RECV:
		return false;
	default:
		/* The peer's FIN came: what is left to say is its ACK. */
		return RD(sk, __sk_common.skc_flags) & (1UL << SOCK_DONE);
	}
}

static __always_inline __u64 bytes_sent(const struct sock *sk,
					const bool direct)
{
	const struct tcp_sock *tp = FOUND(const struct tcp_sock, sk);

	return RD(tp, bytes_sent);
}

static __always_inline bool completes(const struct tap *tap,
				      const struct tt_seg *seg)
{
	__u64 sent;

	if (!may_complete(tap->sk, tap->sk_state, tap->direct))
		return false;
	if (tap->sk_state == TCP_ESTABLISHED) {
		sent = cfg.have_cast ? bytes_sent(tap->sk, true) :
				       bytes_sent(tap->sk, false);
		return sent == seg->payload_len;
	}
	return tap->sk_state == TCP_TIME_WAIT || !seg->payload_len;
}

/* A SYN or FIN whose ACK will come from another host or namespace: there is no
 * socket of its sender to ask then. */
static __always_inline void expect_ack(struct tap *tap, struct tap_scratch *s)
{
	const struct tt_seg *seg = &s->seg;
	__u32 end = seg->seq + seg->payload_len + 1;

	if (tap->dir != TT_DIR_OUT ||
	    ((tap->flags & TT_PKT_LOOPBACK) && cfg.tap != TT_TAP_XDP))
		return;
	make_key(&s->key, seg->daddr, seg->dport_be, seg->saddr, seg->sport_be,
		 tap->netns);
	bpf_map_update_elem(&unacked, &s->key, &end, BPF_ANY);
}

static __always_inline bool is_expected(struct tap_scratch *s, __u32 netns)
{
	const struct tt_seg *seg = &s->seg;
	__u32 *expected;

	make_key(&s->key, seg->saddr, seg->sport_be, seg->daddr, seg->dport_be,
		 netns);
	expected = bpf_map_lookup_elem(&unacked, &s->key);
	if (!expected || (__s32)(seg->ack - *expected) < 0)
		return false;
	bpf_map_delete_elem(&unacked, &s->key);
	return true;
}

/*
 * Control segments, and those that complete a handshake or a teardown: the
 * sender's socket tells where there is one, else what waits for an ACK.
 */
static __always_inline bool is_control(struct tap *tap, struct tap_scratch *s)
{
	__u8 flags = s->seg.tcp_flags;
	bool first;

	if (flags & (TT_TCP_SYN | TT_TCP_FIN)) {
		if (tap->dir == TT_DIR_IN && (flags & TT_TCP_ACK))
			is_expected(s, tap->netns); /* it covers what waited */
		expect_ack(tap, s);
		return true;
	}
	if (flags & TT_TCP_RST)
		return true;
	first = tap->sk ? completes(tap, &s->seg) : is_expected(s, tap->netns);
	if (first)
		tap->flags |= TT_PKT_COMPLETES;
	return first;
}

/* A socket in connect() of a selected task sends its SYN: now its port is
 * known. */
static __always_inline bool is_selected_attempt(struct tap *tap, __u16 sport_be)
{
	/* A copy: of a tap that has an address no member is a constant. */
	__u64 cookie = tap->cookie;

	if (!tap->sk || tap->sk_state != TCP_SYN_SENT ||
	    !bpf_map_lookup_elem(&connecting, &cookie))
		return false;
	watch_port(sport_be, tap->ts);
	return true;
}

static __always_inline bool segment_passes(struct tap *tap,
					   struct tap_scratch *s)
{
	const struct tt_seg *seg = &s->seg;

	if (cfg.task_by && !is_watched(seg->sport_be, seg->dport_be, tap->ts) &&
	    !is_selected_attempt(tap, seg->sport_be))
		return false;
	if (!cfg.sock_by && !cfg.expr)
		return true;
	make_key(&s->key, seg->saddr, seg->sport_be, seg->daddr, seg->dport_be,
		 tap->netns);
	return tuple_passes(&s->key);
}

/* A listener answers: remember which, for the child that is to come. */
static __always_inline __u64 note_request(struct tap *tap,
					  struct tap_scratch *s)
{
	const bool direct = tap->direct;
	const struct tt_seg *seg = &s->seg;
	struct sock *lsk;
	__u64 listener;

	if (tap->sk_state != TCP_NEW_SYN_RECV || !tap->sk)
		return 0;
	lsk = RDP(tap->sk, __sk_common.skc_listener);
	if (!lsk)
		return 0;
	listener = cfg.have_cast ?
		load_cookie(CAST(struct sock, lsk), true) : read_cookie(lsk);
	make_key(&s->key, seg->saddr, seg->sport_be, seg->daddr, seg->dport_be,
		 tap->netns);
	put_request(&s->key, listener, lsk, tap->ts);
	return listener;
}

static __always_inline void load_gso(struct tt_rec_packet *r,
				     const struct tap *tap)
{
	const bool direct = tap->direct;
	const struct sk_buff *skb = tap->skb;
	struct skb_shared_info *si;

	r->gso_segs = 0;
	r->gso_size = 0;
	if (r->wire_len <= 576 || tap->at == AT_XDP)
		return;
	si = (struct skb_shared_info *)(RDP(skb, head) + RD(skb, end));
	r->gso_size = BPF_CORE_READ(si, gso_size);
	if (r->gso_size)
		r->gso_segs = BPF_CORE_READ(si, gso_segs);
}

static __always_inline void fill_packet(struct tt_rec_packet *r,
					struct tap *tap, __u32 hdr_len,
					__u32 wire_len, __u64 listener)
{
	r->listener = listener;
	r->netns = tap->netns;
	r->ifindex = tap->ifindex;
	r->wire_len = wire_len;
	load_gso(r, tap);
	r->caplen = hdr_len;
	r->dir = tap->dir;
	r->flags = tap->flags;
	r->sk_state = tap->sk_state;
	__builtin_memset(r->pad, 0, sizeof(r->pad));
	COPY16(r->ifname, tap->ifname);
}

static __always_inline int emit_packet(struct tap *tap, struct tap_scratch *s,
				       __u32 hdr_len, __u32 wire_len,
				       __u64 listener)
{
	const __u32 small = TT_REC_PACKET_HDR + TT_PKT_DATA_SHORT;
	struct tt_rec_packet *r;

	if (hdr_len <= TT_PKT_DATA_SHORT) {
		r = emit_reserve(TT_REC_PACKET, small);
		if (!r)
			return 0;
		emit_header(&r->hdr, TT_REC_PACKET, small, tap->ts, tap->cookie);
		fill_packet(r, tap, hdr_len, wire_len, listener);
		__builtin_memcpy(r->data, s->frame.data, TT_PKT_DATA_SHORT);
	} else {
		r = emit_reserve(TT_REC_PACKET, sizeof(*r));
		if (!r)
			return 0;
		emit_header(&r->hdr, TT_REC_PACKET, sizeof(*r), tap->ts,
			    tap->cookie);
		fill_packet(r, tap, hdr_len, wire_len, listener);
		if (hdr_len > TT_PKT_DATA_LONG)
			hdr_len = TT_PKT_DATA_LONG;
		bpf_probe_read_kernel(r->data, hdr_len, s->frame.data);
	}
	emit_submit(r);
	return 0;
}

#include "wide.bpf.h"

/* FILTER. A segment that it does not take may still be needed, to follow the
 * states of a connection that it does take. */
static __always_inline bool expr_passes(struct tap *tap, struct tap_scratch *s,
					__u32 caplen, __u32 wire_len)
{
	if (!(tap->flags & TT_PKT_STATE_ONLY) &&
	    (!cfg.expr || takes_segment(tap, s, caplen, wire_len)))
		return true;
	if (!(s->seg.tcp_flags & (TT_TCP_SYN | TT_TCP_FIN | TT_TCP_RST)) ||
	    !expr_takes_tuple(&s->key))
		return false;
	tap->flags |= TT_PKT_STATE_ONLY;
	return true;
}

/* Of wire_len bytes that begin at tap->l3. */
static __always_inline int on_segment(struct tap *tap, __u32 wire_len)
{
	__u32 zero = 0, caplen, hdr_len;
	struct tap_scratch *s = bpf_map_lookup_elem(&scratch, &zero);
	__u64 listener = 0;
	int err;

	if (!s)
		return 0;
	caplen = load_headers(tap, s);
	if (!caplen) {
		count_lost(TT_LOST_READ, TT_REC_PACKET);
		return 0;
	}
	err = tt_parse_segment(s->frame.data, caplen, wire_len, &s->seg);
	if (err) {
		if (err == -TT_PARSE_TRUNCATED)
			count_lost(TT_LOST_READ, TT_REC_PACKET);
		return 0;
	}
	tap->ts = bpf_ktime_get_boot_ns();
	if (!segment_passes(tap, s) || !expr_passes(tap, s, caplen, wire_len))
		return 0;
	if (cfg.packets != TT_PACKETS_ALL && !is_control(tap, s))
		return 0;
	if ((s->seg.tcp_flags & (TT_TCP_SYN | TT_TCP_ACK)) ==
		    (TT_TCP_SYN | TT_TCP_ACK) && tap->dir == TT_DIR_OUT)
		listener = note_request(tap, s);
	if (cfg.link || cfg.snaplen)
		return emit_wide(tap, s, wire_len, listener);
	hdr_len = s->seg.data_off;
	if (hdr_len > caplen)
		hdr_len = caplen;
	if (hdr_len > TT_PKT_DATA_LONG)
		hdr_len = TT_PKT_DATA_LONG;
	asm volatile("" : "+r"(hdr_len));
	hdr_len &= 0xff;
	return emit_packet(tap, s, hdr_len, wire_len, listener);
}

static __always_inline bool is_ip(const struct sk_buff *skb, const bool direct)
{
	__u16 proto = RD(skb, protocol);

	return proto == bpf_htons(ETH_P_IP) || proto == bpf_htons(ETH_P_IPV6);
}

/*
 * The stack has just built the TCP header: its ports alone dismiss what a
 * selection of processes has nothing to do with, before anything is copied. A
 * SYN may be the first sign of a port.
 */
static __always_inline bool is_other_traffic(const struct sk_buff *skb,
					     const struct sock *sk,
					     const bool direct)
{
	__u16 ports[2], l4 = RD(skb, transport_header);

	if (!cfg.task_by || !sk || l4 == 0xffff ||
	    RD(sk, __sk_common.skc_state) == TCP_SYN_SENT)
		return false;
	if (bpf_probe_read_kernel(ports, sizeof(ports), RDP(skb, head) + l4))
		return false;
	return !was_watched(ports[0], ports[1]);
}

/* Most segments neither begin nor end anything: their header's flags and the
 * sender's socket tell, before anything is copied. */
static __always_inline bool is_plain(const struct sk_buff *skb,
				     const struct sock *sk, const bool direct)
{
	const struct in6_addr *words;
	__u8 flags;

	if (!cfg.have_cast || cfg.packets == TT_PACKETS_ALL || !sk ||
	    RD(skb, transport_header) == 0xffff)
		return false;
	words = CAST(struct in6_addr, RDP(skb, head) + RD(skb, transport_header));
	flags = bpf_ntohl(words->in6_u.u6_addr32[3]) >> 16;
	if (flags & (TT_TCP_SYN | TT_TCP_FIN | TT_TCP_RST))
		return false;
	return !may_complete(sk, RD(sk, __sk_common.skc_state), direct);
}

static __always_inline void note_loopback(struct tap *tap)
{
	const bool direct = tap->direct;

	if (RD(tap->dev, flags) & IFF_LOOPBACK)
		tap->flags |= TT_PKT_LOOPBACK;
}

static __always_inline int on_xmit(const struct sk_buff *skb,
				   const struct net_device *dev)
{
	struct tap tap = { .at = AT_TRACE, .direct = true, .dir = TT_DIR_OUT,
			   .skb = skb, .dev = dev };
	const bool direct = true;

	if (!is_ip(skb, true))
		return 0;
	tap.sk = RDP(skb, sk);
	if (is_other_traffic(skb, tap.sk, true) || is_plain(skb, tap.sk, true))
		return 0;
	set_device(&tap, dev, true);
	if (!is_device_wanted(&tap, is_first_out(&tap)))
		return 0;
	note_loopback(&tap);
	if (tap.sk)
		load_sender(&tap);
	return on_segment(&tap, find_l3(&tap));
}

/*
 * On lo this is the frame that was seen leaving. skb->sk, where there is one,
 * is the sender's socket of the other end of a veth pair: no owner here. What
 * arrives for a macvlan passes this hook on the device below alone, which may
 * be of another namespace.
 */
static __always_inline int on_receive(const struct sk_buff *skb)
{
	struct tap tap = { .at = AT_TRACE, .direct = true, .dir = TT_DIR_IN,
			   .skb = skb };
	const bool direct = true;
	const struct net_device *dev = RDP(skb, dev);
	__u64 kind, above;
	__u32 wire_len;

	if (!is_ip(skb, true) || (dev->flags & IFF_LOOPBACK))
		return 0;
	tap.dev = dev;
	wire_len = find_l3(&tap);
	set_device(&tap, dev, true);
	kind = kind_flags(dev, true);
	above = macvlan_of(&tap, kind);
	if (above && !(cfg.nifaces && is_named(&tap)))
		set_device(&tap, (const struct net_device *)above, false);
	if (!is_device_wanted(&tap, !(kind & IFF_BRIDGE_PORT)))
		return 0;
	if (RDP(skb, sk))
		tap.flags |= TT_PKT_FOREIGN_SK;
	return on_segment(&tap, wire_len);
}

#endif
