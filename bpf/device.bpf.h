/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A frame on its way past a tap, and whether this device is the one to tell it
 * at: the sender's first, the receiver's last. It is a matter of what the
 * device is and of what the frame has on it, without a table.
 */
#ifndef DEVICE_BPF_H
#define DEVICE_BPF_H

/* Where a program stands: what its pointers are, and where skb->data points. */
enum tap_at { AT_TRACE, AT_TC, AT_XDP };

struct tap {
	enum tap_at at;
	bool direct; /* as compat.bpf.h has it, of skb, dev and sk */
	__u8 dir;
	__u8 flags;
	__u8 sk_state;
	void *ctx;		       /* of a program at tc or XDP */
	const struct sk_buff *skb;     /* not at XDP */
	const unsigned char *l2, *l3;  /* of the frame; l2 at XDP only */
	const struct net_device *dev;
	const struct sock *sk; /* the sender's, egress only */
	const char *ifname;
	__u32 ifindex;
	__u32 netns;
	__u32 linear; /* bytes that can be read at l3 */
	__u16 tag_be, tag_proto_be;   /* at XDP: the last one in the frame */
	__u64 ts;
	__u64 cookie;
};

/* Until 6.2 (354259fa73e2) a bit told whether the tag is there. */
struct sk_buff___vlan {
	__u8 vlan_present : 1;
} __attribute__((preserve_access_index));

/* Of net/core/dev.c: its devices hang in lists of these. */
struct netdev_adjacent___list {
	struct net_device *dev;
	struct list_head list;
} __attribute__((preserve_access_index));

static __always_inline bool has_vlan_tag(const struct sk_buff *skb,
					 const bool direct)
{
	const struct sk_buff___vlan *old = (const void *)skb;

	if (bpf_core_field_exists(old->vlan_present))
		return BPF_CORE_READ_BITFIELD_PROBED(old, vlan_present);
	return RD(skb, vlan_all) != 0;
}

static __always_inline __u64 kind_flags(const struct net_device *dev,
					const bool direct)
{
	return direct ? BPF_CORE_READ_BITFIELD(dev, priv_flags) :
			BPF_CORE_READ_BITFIELD_PROBED(dev, priv_flags);
}

/* It carries frames for the device it belongs to. */
static __always_inline bool is_port(const struct tap *tap, __u64 kind)
{
	const bool direct = tap->direct;

	return (kind & (IFF_BRIDGE_PORT | IFF_TEAM_PORT)) ||
	       (RD(tap->dev, flags) & IFF_SLAVE);
}

static __always_inline const unsigned char *frame_start(const struct tap *tap)
{
	const bool direct = tap->direct;
	const struct sk_buff *skb = tap->skb;

	if (tap->at == AT_XDP)
		return tap->l2;
	if (tap->at == AT_TC || tap->dir == TT_DIR_OUT)
		return RDP(skb, data);
	if (RD(skb, mac_header) == 0xffff)
		return tap->l3;
	return RDP(skb, head) + RD(skb, mac_header);
}

#define MAX_ABOVE 64

/*
 * The device above this one that has the address which stands at mac: of two
 * with one address, macvlan's mode passthru, it is the upper that uses it. Few
 * ways out: the verifier follows each of them from each round of the loop.
 */
static __noinline __u64 device_above(__u64 dev, __u64 mac)
{
	__u64 head = dev + bpf_core_field_offset(struct net_device, adj_list.upper);
	const struct list_head *pos = (const struct list_head *)head;
	__u64 wanted = 0, addr, found = 0;

	if (bpf_probe_read_kernel(&wanted, ETH_ALEN, (const void *)mac))
		return 0;
	for (int i = 0; i < MAX_ABOVE; i++) {
		const struct netdev_adjacent___list *adj;
		struct net_device *above;

		pos = BPF_CORE_READ(pos, next);
		if ((__u64)pos == head)
			break;
		adj = (const void *)pos -
		      bpf_core_field_offset(struct netdev_adjacent___list, list);
		above = BPF_CORE_READ(adj, dev);
		addr = ~0ULL;
		bpf_probe_read_kernel(&addr, ETH_ALEN,
				      BPF_CORE_READ(above, dev_addr));
		if (addr << 16 == wanted << 16) {
			found = (__u64)above;
			break;
		}
	}
	return found;
}

/* Whose frame it is, of the macvlans on this device; 0 its own. */
static __always_inline __u64 macvlan_of(const struct tap *tap, __u64 kind)
{
	const unsigned char *mac;

	if (!(kind & IFF_MACVLAN_PORT))
		return 0;
	mac = frame_start(tap);
	if (tap->dir == TT_DIR_OUT)
		mac += 6; /* the sender's stands behind the receiver's */
	return device_above((__u64)tap->dev, (__u64)mac);
}

/*
 * Sent here, and not seen on the way out before? A frame that is forwarded
 * has no socket of this namespace; a lower device is reached with a tag, with
 * the address of a macvlan, or as port or slave of the device that was first.
 */
static __always_inline bool is_first_out(const struct tap *tap)
{
	const bool direct = tap->direct;
	const struct sk_buff *skb = tap->skb;
	__u64 kind = kind_flags(tap->dev, direct);

	if (is_port(tap, kind) || has_vlan_tag(skb, direct) ||
	    macvlan_of(tap, kind))
		return false;
	if (!tap->sk)
		return RD(skb, skb_iif) == 0;
	return RDP(tap->sk, __sk_common.skc_net.net) == RDP(tap->dev, nd_net.net);
}

static __always_inline void set_device(struct tap *tap,
				       const struct net_device *dev,
				       const bool direct)
{
	const struct net *net = RDP(dev, nd_net.net);

	tap->ifname = (const char *)dev +
		      bpf_core_field_offset(struct net_device, name);
	tap->ifindex = RD(dev, ifindex);
	tap->netns = RD(net, ns.inum);
}

/* With -i, by name: an interface may come and go. */
static __always_inline bool is_named(const struct tap *tap)
{
	__u64 name[2];

	if (bpf_probe_read_kernel(name, sizeof(name), tap->ifname))
		return false;
	for (int i = 0; i < TT_MAX_IFACES; i++) {
		const volatile __u64 *want = (const volatile __u64 *)cfg.ifaces[i].name;

		if (i >= cfg.nifaces)
			return false;
		if (cfg.ifaces[i].netns == tap->netns && want[0] == name[0] &&
		    want[1] == name[1])
			return true;
	}
	return false;
}

/* A program on the device itself tells it. */
static __always_inline bool is_covered(const struct tap *tap)
{
	struct tap_dev key = { .netns = tap->netns, .ifindex = tap->ifindex };
	__u32 *dirs;

	if (cfg.tap == TT_TAP_SKB)
		return false;
	dirs = bpf_map_lookup_elem(&tap_devs, &key);
	return dirs && (*dirs & tap->dir);
}

/* Of the default tap. What -i leaves out, and what another tap tells, is needed
 * still where states follow from it. */
static __always_inline bool is_device_wanted(struct tap *tap, bool first)
{
	bool named = cfg.nifaces && is_named(tap);

	if (!named && !first)
		return false;
	if ((cfg.nifaces && !named) || is_covered(tap)) {
		tap->flags |= TT_PKT_STATE_ONLY;
		return first;
	}
	return true;
}

#endif
