/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The user's selection of sockets by what their tuple shows: a superset, since
 * what is not known yet may still become what was asked for. */
#ifndef SELECT_BPF_H
#define SELECT_BPF_H

static __always_inline bool port_in(const volatile __u16 *list, __u32 n,
				    __u16 a, __u16 b)
{
	for (int i = 0; i < TT_MAX_PORTS; i++) {
		if (i >= n)
			return false;
		if (list[i] == a || list[i] == b)
			return true;
	}
	return false;
}

static __always_inline __u32 word_mask(__u32 bits)
{
	return bits >= 32 ? ~0U : bpf_htonl(~(~0U >> bits));
}

static __always_inline bool in_prefix(const __u8 *addr,
				      const volatile struct tt_prefix *p)
{
	const __u32 *a = (const __u32 *)addr;
	const volatile __u32 *b = (const volatile __u32 *)p->addr_be;
	__u32 len = p->len;

	for (int i = 0; i < 4; i++) {
		__u32 left = len > 32 * i ? len - 32 * i : 0;

		if (left && ((a[i] ^ b[i]) & word_mask(left)))
			return false;
	}
	return true;
}

static __always_inline bool addr_in(const struct tt_tuple *t)
{
	for (int i = 0; i < TT_MAX_ADDRS; i++) {
		if (i >= cfg.naddrs)
			return false;
		if (in_prefix(t->laddr_be, &cfg.addrs[i]) ||
		    in_prefix(t->raddr_be, &cfg.addrs[i]))
			return true;
	}
	return false;
}

/* A port of 0 is not known yet: it may still become the one asked for. */
static __always_inline bool ports_pass(const struct tt_tuple *t)
{
	__u16 l = bpf_ntohs(t->lport_be), r = bpf_ntohs(t->rport_be);

	if (!l)
		return true;
	if ((cfg.sock_by & TT_BY_PORT) && !port_in(cfg.ports, cfg.nports, l, r))
		return false;
	if ((cfg.sock_by & TT_BY_LPORT) &&
	    !port_in(cfg.lports, cfg.nlports, l, r))
		return false;
	if ((cfg.sock_by & TT_BY_RPORT) &&
	    !port_in(cfg.rports, cfg.nrports, l, r))
		return false;
	return true;
}

static __always_inline bool is_v4_tuple(const struct tt_tuple *t)
{
	const __u32 *r = (const __u32 *)t->raddr_be;

	return !r[0] && !r[1] && r[2] == bpf_htonl(0xffff);
}

/* Socket selections. An unconnected socket has no remote address to test. */
static __always_inline bool tuple_passes(const struct tt_tuple *t)
{
	if (!cfg.sock_by)
		return true;
	if ((cfg.sock_by & TT_BY_NETNS) && t->netns != cfg.netns)
		return false;
	if (!ports_pass(t))
		return false;
	if (!t->rport_be)
		return true;
	if ((cfg.sock_by & TT_BY_FAMILY) &&
	    is_v4_tuple(t) != (cfg.family == 4))
		return false;
	if ((cfg.sock_by & TT_BY_ADDR) && !addr_in(t))
		return false;
	return true;
}

#endif
