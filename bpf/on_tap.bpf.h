/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Segments at the taps that stand on devices: tc (tcx or clsact), where a frame
 * enters or leaves the device's queue, and XDP, before the stack has it. They
 * tell the packets of their devices; the default tap goes on beside them for
 * what states need, and for devices where they do not stand (is_covered()).
 */
#ifndef ON_TAP_BPF_H
#define ON_TAP_BPF_H

#define TC_NEXT (-1) /* TC_ACT_UNSPEC, TCX_NEXT: whoever comes after us decides */
#define XDP_GO_ON 2  /* XDP_PASS */

/* Whether the stack is to hand it to a device above, whose tap tells it. */
static __always_inline bool is_last_in(const struct tap *tap)
{
	const bool direct = tap->direct;
	const struct sk_buff *skb = tap->skb;
	__u64 kind = kind_flags(tap->dev, direct);

	if (is_port(tap, kind) || macvlan_of(tap, kind))
		return false;
	/* A tag without a VLAN's number is a priority alone. */
	return !has_vlan_tag(skb, direct) || !(RD(skb, vlan_tci) & 0xfff);
}

static __always_inline int on_tc(struct __sk_buff *ctx,
				 const struct sk_buff *skb, __u8 dir,
				 const bool direct)
{
	struct tap tap = { .at = AT_TC, .direct = direct, .dir = dir,
			   .ctx = ctx, .skb = skb, .flags = TT_PKT_BESIDE };

	if (!is_ip(skb, direct))
		return TC_NEXT;
	tap.dev = RDP(skb, dev);
	if (dir == TT_DIR_OUT) {
		tap.sk = RDP(skb, sk);
		if (is_other_traffic(skb, tap.sk, direct) ||
		    is_plain(skb, tap.sk, direct))
			return TC_NEXT;
	}
	set_device(&tap, tap.dev, direct);
	if (!cfg.nifaces &&
	    !(dir == TT_DIR_OUT ? is_first_out(&tap) : is_last_in(&tap)))
		return TC_NEXT;
	note_loopback(&tap);
	if (tap.sk)
		load_sender(&tap);
	on_segment(&tap, find_l3(&tap));
	return TC_NEXT;
}

static __always_inline int on_tc_any(struct __sk_buff *ctx, __u8 dir)
{
	if (cfg.have_cast)
		return on_tc(ctx, CAST(struct sk_buff, ctx), dir, true);
	return on_tc(ctx, (const struct sk_buff *)ctx, dir, false);
}

struct xdp_rxq_info___tap {
	struct net_device *dev;
} __attribute__((preserve_access_index));

struct xdp_buff___tap {
	unsigned char *data;
	unsigned char *data_end;
	struct xdp_rxq_info___tap *rxq;
} __attribute__((preserve_access_index));

static __always_inline bool has_ethernet(const struct tap *tap)
{
	const bool direct = tap->direct;
	__u16 type = RD(tap->dev, type);

	return type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK;
}

/* Behind the link header, with two tags at the most. */
static __always_inline bool find_ip(struct tap *tap)
{
	__u16 word[2]; /* a tag and what comes next */

	tap->l3 = tap->l2;
	if (!has_ethernet(tap))
		return true;
	tap->l3 += ETH_HLEN;
	for (int i = 0; i < 3; i++) {
		if (bpf_probe_read_kernel(&word[1], sizeof(word[1]), tap->l3 - 2))
			return false;
		if (word[1] == bpf_htons(ETH_P_IP) ||
		    word[1] == bpf_htons(ETH_P_IPV6))
			return true;
		if (word[1] != bpf_htons(ETH_P_8021Q) &&
		    word[1] != bpf_htons(ETH_P_8021AD))
			return false;
		tap->tag_proto_be = word[1];
		if (bpf_probe_read_kernel(&word[0], sizeof(word[0]), tap->l3))
			return false;
		tap->tag_be = word[0];
		tap->l3 += 4;
	}
	return false;
}

static __always_inline int on_xdp(void *ctx)
{
	const struct xdp_buff___tap *xdp = ctx;
	struct tap tap = { .at = AT_XDP, .dir = TT_DIR_IN, .ctx = ctx,
			   .flags = TT_PKT_BESIDE };
	unsigned char *end = BPF_CORE_READ(xdp, data_end);
	__u32 wire_len;

	tap.l2 = BPF_CORE_READ(xdp, data);
	tap.dev = BPF_CORE_READ(xdp, rxq, dev);
	if (!find_ip(&tap) || tap.l3 >= end)
		return XDP_GO_ON;
	tap.linear = wire_len = end - tap.l3;
	if (cfg.have_xdp_frags)
		wire_len = bpf_xdp_get_buff_len(ctx) - (__u32)(tap.l3 - tap.l2);
	set_device(&tap, tap.dev, false);
	note_loopback(&tap);
	on_segment(&tap, wire_len);
	return XDP_GO_ON;
}

#endif
