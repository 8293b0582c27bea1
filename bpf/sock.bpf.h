/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * struct sock to facts. `direct` says whether sk is a BTF pointer (compat.bpf.h).
 */
#ifndef SOCK_BPF_H
#define SOCK_BPF_H

static __always_inline bool is_tcp(const struct sock *sk, const bool direct)
{
	__u16 family = RD(sk, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) &&
	       RD(sk, sk_protocol) == IPPROTO_TCP &&
	       RD(sk, sk_type) == SOCK_STREAM;
}

/* A socket of the kernel itself (NFS, an MPTCP subflow) has no owner to tell. */
static __always_inline bool is_kernel_sock(const struct sock *sk,
					   const bool direct)
{
	return direct ? BPF_CORE_READ_BITFIELD(sk, sk_kern_sock) :
			BPF_CORE_READ_BITFIELD_PROBED(sk, sk_kern_sock);
}

static __always_inline __u64 load_cookie(const struct sock *sk,
					 const bool direct)
{
	return RD(sk, __sk_common.skc_cookie.counter);
}

static __always_inline __u64 read_cookie(const struct sock *sk)
{
	return load_cookie(sk, false);
}

/* Makes the cookie where the kernel lets us ask for one. */
static __always_inline __u64 cookie_of(struct sock *sk, const bool direct)
{
	__u64 cookie;

	if (!direct || !cfg.have_cookie_helper)
		return load_cookie(sk, direct);
	cookie = HAVE_CAST ? load_cookie(sk, direct) : 0;
	return cookie ? cookie : bpf_get_socket_cookie(sk);
}

static __always_inline void map_v4(__u8 *out, __be32 addr)
{
	__u32 *w = (__u32 *)out;

	w[0] = 0;
	w[1] = 0;
	w[2] = bpf_htonl(0xffff);
	w[3] = addr;
}

static __always_inline void load_addrs(struct tt_tuple *t,
				       const struct sock *sk, __u16 family,
				       const bool direct)
{
	__u32 *l = (__u32 *)t->laddr_be, *r = (__u32 *)t->raddr_be;

	if (family == AF_INET) {
		map_v4(t->laddr_be, RD(sk, __sk_common.skc_rcv_saddr));
		map_v4(t->raddr_be, RD(sk, __sk_common.skc_daddr));
		return;
	}
	/* A kernel without CONFIG_IPV6 has no such members, and no such socket. */
	if (!bpf_core_field_exists(sk->__sk_common.skc_v6_daddr)) {
		__builtin_memset(t->laddr_be, 0, sizeof(t->laddr_be));
		__builtin_memset(t->raddr_be, 0, sizeof(t->raddr_be));
		return;
	}
	l[0] = RD(sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[0]);
	l[1] = RD(sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[1]);
	l[2] = RD(sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[2]);
	l[3] = RD(sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[3]);
	r[0] = RD(sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[0]);
	r[1] = RD(sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[1]);
	r[2] = RD(sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[2]);
	r[3] = RD(sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[3]);
}

static __always_inline __u32 netns_of(const struct sock *sk, const bool direct)
{
	const struct net *net = PTR(sk, __sk_common.skc_net.net);

	if (direct && HAVE_CAST)
		return net->ns.inum;
	return BPF_CORE_READ(net, ns.inum);
}

/* tp is sk as a struct tcp_sock: inet_sport outlives skc_num, which is 0 as
 * soon as the port is given back. */
static __always_inline void load_tuple(struct tt_tuple *t,
				       const struct sock *sk,
				       const struct tcp_sock *tp,
				       const bool direct)
{
	load_addrs(t, sk, RD(sk, __sk_common.skc_family), direct);
	t->lport_be = bpf_htons(RD(sk, __sk_common.skc_num));
	if (!t->lport_be && tp)
		t->lport_be = RD(tp, inet_conn.icsk_inet.inet_sport);
	t->rport_be = RD(sk, __sk_common.skc_dport);
	t->netns = netns_of(sk, direct);
}

static __always_inline __u8 sock_flags(const struct sock *sk,
				       const struct tcp_sock *tp,
				       const bool direct)
{
	unsigned long f = RD(sk, __sk_common.skc_flags);
	__u8 flags = 0;

	if (RD(sk, sk_lock.owned))
		flags |= TT_SK_OWNED;
	if (f & (1UL << SOCK_DEAD))
		flags |= TT_SK_DEAD;
	if (f & (1UL << SOCK_DONE))
		flags |= TT_SK_DONE;
	if (!PTR(sk, sk_socket))
		flags |= TT_SK_NOFILE;
	if (tp && RD(tp, linger2) < 0)
		flags |= TT_SK_LINGER2;
	/* The state may be the old one still: a listener has no remote end. */
	if (!RD(sk, __sk_common.skc_dport) &&
	    RD(sk, __sk_common.skc_family) == AF_INET6 &&
	    BPF_CORE_READ_BITFIELD_PROBED(sk, __sk_common.skc_ipv6only))
		flags |= TT_SK_V6ONLY;
	return flags;
}

/* The inode number: a member of the sock since 6.18, before that of the inode
 * that lies behind its socket. */
struct sock___ino {
	unsigned long sk_ino;
} __attribute__((preserve_access_index));

static __always_inline __u32 sock_ino(const struct sock *sk, const bool direct)
{
	const struct sock___ino *with_ino = (const void *)sk;
	struct socket *sock;

	if (bpf_core_field_exists(struct sock___ino, sk_ino))
		return RD(with_ino, sk_ino);
	sock = BPF_CORE_READ(sk, sk_socket);
	if (!sock)
		return 0;
	return BPF_CORE_READ((struct socket_alloc *)sock, vfs_inode.i_ino);
}

/* With the tuple at hand, which a filter has looked at before. */
static __always_inline void load_sock_as(struct tt_sock *out,
					 const struct tt_tuple *tuple,
					 const struct sock *sk,
					 const struct tcp_sock *tp,
					 const bool direct)
{
	out->tuple = *tuple;
	out->family = RD(sk, __sk_common.skc_family) == AF_INET6 ? 6 : 4;
	out->state = RD(sk, __sk_common.skc_state);
	out->shutdown = RD(sk, sk_shutdown);
	out->flags = sock_flags(sk, tp, direct);
	out->ino = 0;
}

static __always_inline void load_sock(struct tt_sock *out,
				      const struct sock *sk,
				      const struct tcp_sock *tp,
				      const bool direct)
{
	struct tt_tuple tuple;

	load_tuple(&tuple, sk, tp, direct);
	load_sock_as(out, &tuple, sk, tp, direct);
}

static __always_inline bool fin_was_queued(__u8 state)
{
	return state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 ||
	       state == TCP_CLOSING || state == TCP_LAST_ACK;
}

#define RX_TRIES 8

/*
 * tcp_rcv_nxt_update() moves bytes_received and then rcv_nxt, under the lock
 * that a softirq takes on another CPU while we read. With that lock free and
 * rcv_nxt unmoved around it, bytes_received belongs to rcv_nxt. Returns false
 * if no try came to that.
 */
static __always_inline bool load_rx(const struct tcp_sock *tp, __u32 *nxt,
				    __u64 *received, const bool direct)
{
	for (int i = 0; i < RX_TRIES; i++) {
		*nxt = RD(tp, rcv_nxt);
		barrier();
		*received = RD(tp, bytes_received);
		barrier();
		if (RD(tp, inet_conn.icsk_inet.sk.sk_lock.slock.rlock.raw_lock
				   .val.counter))
			continue;
		barrier();
		if (RD(tp, rcv_nxt) == *nxt)
			return true;
	}
	return false;
}

/*
 * The application's place in both streams, from the kernel's own 64-bit
 * counters: right for sockets older than the tracer too.
 *
 * Sent: bytes_sent counts every payload byte transmitted, bytes_retrans those
 * of them that were repeats; snd_nxt..write_seq was written and not sent yet.
 * A FIN that waits in the queue is the last of that range and no byte.
 * tcp_disconnect() clears the counters, but moves write_seq away from snd_nxt:
 * what it left has no remote port.
 * Read: bytes_received follows rcv_nxt and counts a FIN as one; what lies
 * between copied_seq and rcv_nxt was not read, and a FIN in it cancels out.
 * One that the reader saw as end of stream lies before copied_seq.
 */
static __always_inline void load_io(struct tt_io *io, const struct tcp_sock *tp,
				    __u8 state, __u8 flags, const bool direct)
{
	__u32 unsent = RD(tp, write_seq) - RD(tp, snd_nxt), unread, nxt;
	__u64 received;
	bool consistent;

	__builtin_memset(io, 0, sizeof(*io));
	if (state == TCP_LISTEN || state == TCP_SYN_SENT)
		return;
	if (state == TCP_CLOSE &&
	    !RD(tp, inet_conn.icsk_inet.sk.__sk_common.skc_dport))
		return;
	if (unsent && fin_was_queued(state))
		unsent--;
	if (unsent > 1U << 30)
		unsent = 0;
	io->tx_off = RD(tp, bytes_sent) - RD(tp, bytes_retrans) + unsent;
	consistent = load_rx(tp, &nxt, &received, direct);
	io->rx_seq = RD(tp, copied_seq);
	unread = nxt - io->rx_seq;
	if (unread > 1U << 31)
		unread = 0;
	io->rx_off = received > unread ? received - unread : 0;
	io->unread = unread;
	if (flags & TT_SK_DONE) {
		if (unread) {
			io->unread--;
		} else {
			io->rx_seq--;
			if (io->rx_off)
				io->rx_off--;
		}
	}
	if (!consistent)
		io->rx_off = ~0ULL;
}

/* Values of 0 mean the namespace's default. */
static __always_inline void load_keepalive(struct tt_opts *o,
					   const struct sock *sk,
					   const struct tcp_sock *tp,
					   const bool direct)
{
	const struct net *net = BPF_CORE_READ(sk, __sk_common.skc_net.net);

	o->ka_time_j = RD(tp, keepalive_time);
	o->ka_intvl_j = RD(tp, keepalive_intvl);
	o->ka_probes = RD(tp, keepalive_probes);
	if (!o->ka_time_j)
		o->ka_time_j = BPF_CORE_READ(net, ipv4.sysctl_tcp_keepalive_time);
	if (!o->ka_intvl_j)
		o->ka_intvl_j = BPF_CORE_READ(net, ipv4.sysctl_tcp_keepalive_intvl);
	if (!o->ka_probes)
		o->ka_probes = BPF_CORE_READ(net, ipv4.sysctl_tcp_keepalive_probes);
}

static __always_inline void load_opts(struct tt_opts *o, const struct sock *sk,
				      const struct tcp_sock *tp,
				      const bool direct)
{
	unsigned long f = RD(sk, __sk_common.skc_flags);
	__u8 nonagle = direct ? BPF_CORE_READ_BITFIELD(tp, nonagle) :
				BPF_CORE_READ_BITFIELD_PROBED(tp, nonagle);
	const struct tcp_congestion_ops *ca =
		PTR(tp, inet_conn.icsk_ca_ops);

	__builtin_memset(o, 0, sizeof(*o));
	if (nonagle & TCP_NAGLE_OFF)
		o->flags |= TT_OPT_NODELAY;
	if (nonagle & TCP_NAGLE_CORK)
		o->flags |= TT_OPT_CORK;
	if (f & (1UL << SOCK_LINGER)) {
		o->flags |= TT_OPT_LINGER;
		o->linger_j = RD(sk, sk_lingertime);
	}
	if (f & (1UL << SOCK_KEEPOPEN)) {
		o->flags |= TT_OPT_KEEPALIVE;
		load_keepalive(o, sk, tp, direct);
	}
	o->rcvbuf = RD(sk, sk_rcvbuf);
	o->sndbuf = RD(sk, sk_sndbuf);
	o->mss = RD(tp, mss_cache);
	if (ca)
		COPY16(o->congestion, &ca->name);
}

#endif
