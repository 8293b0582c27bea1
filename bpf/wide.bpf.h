/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A segment's record with its link layer, and with payload if -s asks for it:
 * only where an output needs them, as they cost a second copy.
 */
#ifndef WIDE_BPF_H
#define WIDE_BPF_H

extern int bpf_dynptr_from_skb(struct __sk_buff *skb, __u64 flags,
			       struct bpf_dynptr *ptr) __ksym __weak;

static __always_inline void load_l2(struct tt_link *l, const struct tap *tap)
{
	const unsigned char *l2 = frame_start(tap);
	__u32 len = tap->l3 - l2;

	if (len > sizeof(l->l2))
		len = 0;
	asm volatile("" : "+r"(len));
	len &= 0x3f;
	if (len > sizeof(l->l2) || bpf_probe_read_kernel(l->l2, len, l2))
		len = 0;
	l->l2_len = len;
	/* The sender's address stands behind the receiver's. */
	if ((l->hatype == ARPHRD_ETHER || l->hatype == ARPHRD_LOOPBACK) &&
	    len >= ETH_HLEN) {
		__builtin_memcpy(l->addr, l->l2 + 6, 6);
		l->addr_len = 6;
	}
}

/* The two addresses of an Ethernet header, to their place in the frame: 0 on
 * what has none. */
static __always_inline void load_macs(__u8 *l2, const struct tap *tap, bool tag)
{
	const unsigned char *from = frame_start(tap);
	__u8 *to = l2 + FRAME_L2 - ETH_HLEN - (tag ? 4 : 0);

	if (tap->l3 - from < ETH_HLEN || bpf_probe_read_kernel(to, 12, from))
		__builtin_memset(to, 0, 12);
}

static __always_inline __u8 pkttype(const struct tap *tap)
{
	const struct sk_buff *skb = tap->skb;

	if (tap->flags & TT_PKT_LOOPBACK)
		return TT_PKTTYPE_HOST; /* as received there, too */
	if (tap->dir == TT_DIR_OUT)
		return TT_PKTTYPE_OUTGOING;
	if (tap->at == AT_XDP)
		return TT_PKTTYPE_HOST;
	return (tap->direct ? BPF_CORE_READ_BITFIELD(skb, pkt_type) :
			      BPF_CORE_READ_BITFIELD_PROBED(skb, pkt_type)) &
	       TT_PKTTYPE_OTHERHOST;
}

static __always_inline void load_link(struct tt_link *l, const struct tap *tap,
				      __u8 version)
{
	const bool direct = tap->direct;
	const struct sk_buff *skb = tap->skb;

	__builtin_memset(l, 0, sizeof(*l));
	l->hatype = RD(tap->dev, type);
	l->protocol_be = version == 4 ? bpf_htons(ETH_P_IP) :
					bpf_htons(ETH_P_IPV6);
	l->pkttype = pkttype(tap);
	load_l2(l, tap);
	if (tap->at == AT_XDP) /* tags stand in the frame; TT_CSUM_NONE */
		return;
	if (has_vlan_tag(skb, direct)) {
		l->vlan_tci = RD(skb, vlan_tci);
		l->vlan_proto_be = RD(skb, vlan_proto);
	}
	l->csum = direct ? BPF_CORE_READ_BITFIELD(skb, ip_summed) :
			   BPF_CORE_READ_BITFIELD_PROBED(skb, ip_summed);
}

/* Paged bytes too. A function of its own: clang would give the stack that the
 * dynptr holds to the next variable, and the verifier keeps it for the dynptr. */
static __noinline int load_paged(const struct sk_buff *skb, __u8 *to,
				 __u32 max, __u32 n, __u32 off)
{
	struct bpf_dynptr ptr;

	if (!n || n > max)
		return -1;
	if (bpf_dynptr_from_skb((struct __sk_buff *)skb, 0, &ptr))
		return -1;
	return bpf_dynptr_read(to, n, &ptr, off, 0);
}

/* Written out: the compiler tests a copy of the number, and older verifiers
 * (6.1) do not carry the answer over. */
static __always_inline __u64 at_most(__u64 n, const __u32 max)
{
	asm volatile("if %0 <= %1 goto +1\n\t%0 = %1" : "+r"(n) : "i"(max));
	return n;
}

/* The same for a helper that takes no 0: 5.10 forgets that n is none. */
static __always_inline __u64 one_to(__u64 n, const __u32 max)
{
	asm volatile("if %0 > 0 goto +1\n\t%0 = 1" : "+r"(n));
	return at_most(n, max);
}

/* n bytes of the packet, or without a way to those that are paged, of the
 * others. How many were read. */
static __always_inline __u32 load_packet(__u8 *to, __u32 max,
					 const struct tap *tap, __u32 n)
{
	bool all = tap->at == AT_TC || (tap->at == AT_TRACE && cfg.have_skb_dynptr);
	int err;

	if (!all && n > tap->linear)
		n = tap->linear;
	asm volatile("" : "+r"(n));
	if (!n || n > max)
		return 0;
	if (tap->at == AT_TC)
		err = bpf_skb_load_bytes(tap->ctx, tap->l3 - frame_start(tap), to,
					 one_to(n, max));
	else if (all)
		err = load_paged(tap->skb, to, max, n, tap->l3 - tap->skb->data);
	else
		err = bpf_probe_read_kernel(to, at_most(n, max), tap->l3);
	return err ? 0 : n;
}

static __always_inline void emit_wide_packet(struct wide_packet *w,
					     const struct tap *tap, __u32 n)
{
	struct tt_rec_packet *r = (struct tt_rec_packet *)w;
	__u32 size = TT_REC_PACKET_HDR + sizeof(w->link) + n;

	emit_header(&r->hdr, TT_REC_PACKET, size, tap->ts, tap->cookie);
	if (active && bpf_ringbuf_output(&events, w, at_most(size, sizeof(*w)),
					 wake_up()))
		count_lost(TT_LOST_RING, TT_REC_PACKET);
}

static __always_inline int emit_wide(struct tap *tap, struct tap_scratch *s,
				     __u32 wire_len, __u64 listener)
{
	__u32 cpu = bpf_get_smp_processor_id(), n;
	struct wide_packet *w = bpf_map_lookup_elem(&wide, &cpu);

	if (!w)
		return 0;
	n = s->seg.data_off + cfg.snaplen;
	if (n > wire_len)
		n = wire_len;
	if (n > TT_PKT_DATA_MAX)
		n = TT_PKT_DATA_MAX;
	n = load_packet(w->data, TT_PKT_DATA_MAX, tap, n);
	if (!n || n > TT_PKT_DATA_MAX) {
		count_lost(TT_LOST_READ, TT_REC_PACKET);
		return 0;
	}
	tap->flags |= TT_PKT_LINK;
	fill_packet((struct tt_rec_packet *)w, tap, n, wire_len, listener);
	load_link(&w->link, tap, s->seg.version);
	emit_wide_packet(w, tap, n);
	return 0;
}

/* A tag that FILTER is to find in the frame, whether or not it stood there. */
static __always_inline void find_tag(const struct tap *tap, __u16 *tag_be,
				     __u16 *proto_be)
{
	const bool direct = tap->direct;
	const struct sk_buff *skb = tap->skb;

	*tag_be = *proto_be = 0;
	if (tap->at == AT_XDP) {
		*tag_be = tap->tag_be;
		*proto_be = tap->tag_proto_be;
	} else if (has_vlan_tag(skb, direct)) {
		*tag_be = bpf_htons(RD(skb, vlan_tci));
		*proto_be = RD(skb, vlan_proto);
	}
}

/* The frame as FILTER is to see it, from the headers that were read and more
 * where it may look beyond them. */
static __always_inline bool takes_segment(struct tap *tap, struct tap_scratch *s,
					  __u32 caplen, __u32 wire_len)
{
	struct frame *f = &s->frame;
	__u16 tag_be = 0, tag_proto = 0;
	__u32 n = cfg.expr_need;

	if (n > wire_len)
		n = wire_len;
	if (n > caplen) {
		n = load_packet(f->data, FRAME_DATA, tap, n);
		if (n > caplen)
			caplen = n;
	}
	if (cfg.expr_tags)
		find_tag(tap, &tag_be, &tag_proto);
	make_ethernet(f, s->seg.version, tag_be, tag_proto);
	if (cfg.expr_macs)
		load_macs(f->l2, tap, tag_proto != 0);
	f->wire_len = wire_len + ETH_HLEN;
	f->caplen = caplen + FRAME_L2 - f->start;
	f->pkttype = pkttype(tap);
	return expr_takes_frame(f);
}

#endif
