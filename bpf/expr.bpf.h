/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * FILTER in the kernel. The two functions here stand for the expression: user
 * space translates what libpcap compiled and puts it in the place of the marked
 * instruction before the programs are loaded (user/filter, live/patch.c). It
 * sees a packet as a struct frame, in a map.
 */
#ifndef EXPR_BPF_H
#define EXPR_BPF_H

/* What a segment is, its Ethernet header included. */
static __noinline __u32 expr_takes_frame(const struct frame *f)
{
	__u32 taken;

	asm volatile("%0 = 0x54744631" : "=r"(taken) : "r"(f) : "memory");
	return taken;
}

/* What a connection is: a bare segment from the IP header on. */
static __noinline __u32 expr_takes_bare(const struct frame *f)
{
	__u32 taken;

	asm volatile("%0 = 0x54744632" : "=r"(taken) : "r"(f) : "memory");
	return taken;
}

/* 14 bytes, or 4 more with a tag, end where the IP header begins. */
static __always_inline void make_ethernet(struct frame *f, __u8 version,
					  __u16 tag_be, __u16 tag_proto_be)
{
	__u8 *end = f->l2 + FRAME_L2;

	*(__u16 *)(end - 2) = version == 4 ? bpf_htons(ETH_P_IP) :
					     bpf_htons(ETH_P_IPV6);
	f->start = FRAME_L2 - ETH_HLEN;
	if (!tag_proto_be)
		return;
	*(__u16 *)(end - 4) = tag_be;
	*(__u16 *)(end - 6) = tag_proto_be;
	f->start -= 4;
}

static __always_inline void put_addrs(__u8 *to, const __u8 *a, const __u8 *b,
				      bool v4)
{
	if (v4) {
		__builtin_memcpy(to + 12, a + 12, 4);
		__builtin_memcpy(to + 16, b + 12, 4);
	} else {
		__builtin_memcpy(to + 8, a, 16);
		__builtin_memcpy(to + 24, b, 16);
	}
}

static __always_inline void make_bare(struct frame *f, const struct tt_tuple *t,
				      bool v4, bool reverse)
{
	__u32 l4 = v4 ? TT_IPV4_LEN : TT_IPV6_LEN;
	__u8 *tcp = f->data + l4;

	__builtin_memset(f->data, 0, TT_IPV6_LEN + TT_TCP_LEN);
	f->data[0] = v4 ? 0x45 : 0x60;
	if (v4)
		f->data[3] = TT_IPV4_LEN + TT_TCP_LEN;
	else
		f->data[5] = TT_TCP_LEN;
	f->data[v4 ? 9 : 6] = TT_IPPROTO_TCP;
	if (reverse)
		put_addrs(f->data, t->raddr_be, t->laddr_be, v4);
	else
		put_addrs(f->data, t->laddr_be, t->raddr_be, v4);
	*(__u16 *)tcp = reverse ? t->rport_be : t->lport_be;
	*(__u16 *)(tcp + 2) = reverse ? t->lport_be : t->rport_be;
	tcp[12] = (TT_TCP_LEN / 4) << 4;
	tcp[13] = TT_TCP_ACK;
	f->wire_len = f->caplen = l4 + TT_TCP_LEN;
	f->start = FRAME_L2;
	f->pkttype = 0;
}

static __noinline bool bare_passes(struct frame *f, const struct tt_tuple *t)
{
	bool v4 = is_v4_tuple(t);

	if (v4)
		make_bare(f, t, true, false);
	else
		make_bare(f, t, false, false);
	if (expr_takes_bare(f))
		return true;
	if (v4)
		make_bare(f, t, true, true);
	else
		make_bare(f, t, false, true);
	return expr_takes_bare(f);
}

/*
 * Whether a bare segment of the connection would pass, either way. What is not
 * known yet, and a listener, is left to user space. A program that interrupts
 * another on this CPU has its own place to work.
 */
static __noinline bool expr_takes_tuple(const struct tt_tuple *t)
{
	struct bare_frames *b;
	__u32 zero = 0, depth;
	bool passes = true;

	if (!cfg.expr || !t->lport_be || !t->rport_be)
		return true;
	b = bpf_map_lookup_elem(&bare_frames, &zero);
	if (!b)
		return true;
	depth = b->depth;
	if (depth < BARE_FRAMES) {
		b->depth = depth + 1;
		passes = bare_passes(&b->frames[depth], t);
		b->depth = depth;
	}
	return passes;
}

#endif
