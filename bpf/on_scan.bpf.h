/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One entry of an iterator to one record in its output. */
#ifndef ON_SCAN_BPF_H
#define ON_SCAN_BPF_H

/* Iterators run in the context of who reads them: the tracer. */
static __always_inline void know_facts(void)
{
	if (!kernel_facts.ready)
		load_facts(&kernel_facts);
}

/* include/net/inet_connection_sock.h: what the retransmit timer is set for */
#define ICSK_TIME_RETRANS 1
#define ICSK_TIME_PROBE0 3
#define ICSK_TIME_LOSS_PROBE 5
#define ICSK_TIME_REO_TIMEOUT 6

/* As the second field of "tr tm->when" in /proc/net/tcp */
enum { TIMER_OFF, TIMER_ON, TIMER_KEEPALIVE, TIMER_TIMEWAIT, TIMER_PROBE };

/* Older kernels kept the moment beside the timer; 6.18 has the timer alone. */
struct inet_connection_sock___timeout {
	unsigned long icsk_timeout;
} __attribute__((preserve_access_index));

/* Later kernels renamed and moved both timers of a socket. */
struct sock___timers {
	struct timer_list tcp_retransmit_timer;
} __attribute__((preserve_access_index));

struct inet_connection_sock___timers {
	struct timer_list icsk_keepalive_timer;
} __attribute__((preserve_access_index));

static __always_inline __u32 jiffies_until(unsigned long expires)
{
	__s64 left = expires - bpf_jiffies64();

	return left > 0 ? left : 0;
}

static __always_inline unsigned long retransmit_at(const struct tcp_sock *tp,
						   const bool direct)
{
	const struct inet_connection_sock___timeout *old = (const void *)tp;
	const struct sock___timers *later = (const void *)tp;

	if (bpf_core_field_exists(old->icsk_timeout))
		return BPF_CORE_READ(old, icsk_timeout);
	if (bpf_core_field_exists(tp->inet_conn.icsk_retransmit_timer))
		return RD(tp, inet_conn.icsk_retransmit_timer.expires);
	if (bpf_core_field_exists(later->tcp_retransmit_timer))
		return BPF_CORE_READ(later, tcp_retransmit_timer.expires);
	return 0;
}

/* When the socket's own timer runs out; false if it is not set. */
static __always_inline bool keepalive_at(const struct sock *sk,
					 unsigned long *expires,
					 const bool direct)
{
	const struct inet_connection_sock___timers *later = (const void *)sk;

	if (bpf_core_field_exists(later->icsk_keepalive_timer)) {
		*expires = BPF_CORE_READ(later, icsk_keepalive_timer.expires);
		return BPF_CORE_READ(later, icsk_keepalive_timer.entry.pprev);
	}
	*expires = RD(sk, sk_timer.expires);
	return BPF_CORE_READ(sk, sk_timer.entry.pprev);
}

/* get_tcp4_sock() of net/ipv4/tcp_ipv4.c, word by word. */
static __always_inline void load_timer(struct tt_rec_socket *r,
				       const struct sock *sk,
				       const struct tcp_sock *tp,
				       const bool direct)
{
	__u8 pending = RD(tp, inet_conn.icsk_pending);
	unsigned long expires;

	if (pending == ICSK_TIME_RETRANS || pending == ICSK_TIME_REO_TIMEOUT ||
	    pending == ICSK_TIME_LOSS_PROBE) {
		r->timer = TIMER_ON;
		r->expires_j = jiffies_until(retransmit_at(tp, direct));
	} else if (pending == ICSK_TIME_PROBE0) {
		r->timer = TIMER_PROBE;
		r->expires_j = jiffies_until(retransmit_at(tp, direct));
	} else if (keepalive_at(sk, &expires, direct)) {
		r->timer = TIMER_KEEPALIVE;
		r->expires_j = jiffies_until(expires);
	}
	r->retransmits = RD(tp, inet_conn.icsk_retransmits);
	r->probes = RD(tp, inet_conn.icsk_probes_out);
}

static __always_inline void load_queues(struct tt_rec_socket *r,
					const struct sock *sk,
					const struct tcp_sock *tp,
					const bool direct)
{
	__s32 unread = RD(tp, rcv_nxt) - RD(tp, copied_seq);

	if (r->sock.state == TCP_LISTEN) {
		r->rx_queue = RD(sk, sk_ack_backlog);
		r->tx_queue = RD(sk, sk_max_ack_backlog);
		return;
	}
	r->rx_queue = unread > 0 ? unread : 0;
	r->tx_queue = RD(tp, write_seq) - RD(tp, snd_una);
}

static __always_inline void begin_record(struct tt_rec_socket *r, __u64 cookie)
{
	__builtin_memset(r, 0, sizeof(*r));
	r->hdr.kind = TT_REC_SOCKET;
	r->hdr.len = sizeof(*r);
	if (!scan.lean)
		r->hdr.ts_ns = bpf_ktime_get_boot_ns();
	r->hdr.sk = cookie;
	r->task.fd = -1;
	r->task.sysno = -1;
}

/* The iterator holds the socket's lock: that is no one's call. */
static __always_inline void load_full(struct tt_rec_socket *r,
				      const struct sock *sk,
				      const struct tcp_sock *tp,
				      const bool direct)
{
	load_sock(&r->sock, sk, tp, direct);
	r->sock.flags &= ~TT_SK_OWNED;
	r->sock.ino = sock_ino(sk, direct);
	if (!scan.lean) {
		load_io(&r->io, tp, r->sock.state, r->sock.flags, direct);
		load_opts(&r->opts, sk, tp, direct);
	}
	load_queues(r, sk, tp, direct);
	load_timer(r, sk, tp, direct);
	r->bound_if = RD(sk, __sk_common.skc_bound_dev_if);
}

/* Every member is read by a helper: it is done once a task. */
static __always_inline void load_task(struct tt_scan_task *out,
				      struct task_struct *t)
{
	struct task_struct *leader = BPF_CORE_READ(t, group_leader);

	out->kind = TT_SCAN_TASK;
	out->len = sizeof(*out);
	out->pid = pid_in_ns(leader, t->tgid);
	out->tid = pid_in_ns(t, t->pid);
	out->uid = BPF_CORE_READ(t, real_cred, euid.val);
	out->cgroup = BPF_CORE_READ(t, cgroups, dfl_cgrp, kn, id);
	out->start = TT_TASK_START(BPF_CORE_READ(leader, start_boottime));
	out->pad = 0;
	bpf_probe_read_kernel_str(out->comm, sizeof(out->comm), &leader->comm);
}

static __always_inline bool is_walked(__u32 netns)
{
	__u32 slot = tt_scan_slot(netns);

	for (int i = 0; i < TT_SCAN_TRIES; i++)
		if (shared.walked[(slot + i) % TT_SCAN_NETNS_SLOTS] == netns)
			return true;
	return false;
}

static __always_inline bool is_pair_wanted(__u16 lport, __u16 rport)
{
	__u32 bit = tt_scan_pair(lport, rport);

	return shared.pairs[bit >> 6] >> (bit & 63) & 1;
}

/* By what user space found out before this walk, and by the user's words. */
static __always_inline bool is_wanted(const struct sock *sk,
				      const struct tcp_sock *tp, bool has_file,
				      const bool direct)
{
	__u16 lport = RD(sk, __sk_common.skc_num);
	__u16 rport = bpf_ntohs(RD(sk, __sk_common.skc_dport));
	struct tt_tuple tuple;

	if (shared.by_pair && !is_pair_wanted(lport, rport) &&
	    (has_file || !(shared.children[lport >> 6] >> (lport & 63) & 1)))
		return false;
	if (scan.states &&
	    !(scan.states >> RD(sk, __sk_common.skc_state) & 1))
		return false;
	if (!cfg.sock_by)
		return true;
	load_tuple(&tuple, sk, tp, direct);
	return tuple_passes(&tuple);
}

/* A task and a socket of it, in one write: the kernel repeats whole entries
 * that its buffer has no room for. */
struct scan_file {
	struct tt_scan_task task;
	union {
		struct tt_scan_holds holds;
		struct tt_rec_socket rec;
	};
};

static __always_inline int write_file(struct seq_file *seq,
				      struct task_struct *t, struct scan_file *f,
				      __u32 len)
{
	__u32 tid = t->pid;

	if (shared.last_tid == tid) {
		bpf_seq_write(seq, &f->holds, len);
		return 0;
	}
	load_task(&f->task, t);
	if (!bpf_seq_write(seq, f, sizeof(f->task) + len))
		shared.last_tid = tid;
	return 0;
}

/* A closed socket is in no table. */
static __always_inline bool is_in_tables(const struct sock *sk, const bool direct)
{
	if (RD(sk, __sk_common.skc_state) == TCP_CLOSE)
		return false;
	if (direct)
		return is_walked(sk->__sk_common.skc_net.net->ns.inum);
	return is_walked(BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum));
}

/* The kernel visits the leaders' tables, and those of threads that have one
 * of their own. */
static __always_inline int on_held(struct seq_file *seq, struct task_struct *t,
				   __u32 fd, struct sock *sk,
				   struct tcp_sock *tp, const bool direct)
{
	struct scan_file f;
	__u64 cookie;

	if (!is_wanted(sk, tp, true, direct))
		return 0;
	cookie = cookie_of(sk, direct);
	if (!shared.full && cookie && is_in_tables(sk, direct)) {
		f.holds.kind = TT_SCAN_HOLDS;
		f.holds.len = sizeof(f.holds);
		f.holds.fd = fd;
		f.holds.sk = cookie;
		return write_file(seq, t, &f, sizeof(f.holds));
	}
	begin_record(&f.rec, cookie);
	load_full(&f.rec, sk, tp, direct);
	f.rec.uid = RD(sk, sk_uid.val);
	f.rec.task.fd = fd;
	f.rec.flags = TT_SCAN_FILE;
	return write_file(seq, t, &f, sizeof(f.rec));
}

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static __always_inline bool is_mptcp(const struct sock *sk, const bool direct)
{
	__u16 family = RD(sk, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) &&
	       RD(sk, sk_protocol) == IPPROTO_MPTCP;
}

/* What TCP's tables show of it are its subflows, which have its inode. */
static __always_inline int on_mptcp(struct seq_file *seq, struct task_struct *t,
				    __u32 fd, const struct sock *sk,
				    const bool direct)
{
	struct scan_file f;

	f.holds.kind = TT_SCAN_HOLDS;
	f.holds.len = sizeof(f.holds);
	f.holds.fd = fd;
	f.holds.sk = TT_SCAN_BY_INODE | sock_ino(sk, direct);
	return write_file(seq, t, &f, sizeof(f.holds));
}

struct super_block___magic {
	unsigned long s_magic;
} __attribute__((preserve_access_index));

/*
 * Before bpf_sock_from_file (4f19cab76136, 5.11): on the filesystem of sockets
 * a file's private data is its socket, or nothing for a mere path (O_PATH).
 */
static __always_inline struct sock *sock_of_file(const struct file *file)
{
	struct super_block___magic *sb =
		(void *)BPF_CORE_READ(file, f_inode, i_sb);
	struct socket *sock;

	if (BPF_CORE_READ(sb, s_magic) != SOCKFS_MAGIC)
		return NULL;
	sock = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(sock, sk);
}

static __always_inline int on_file(struct seq_file *seq, struct task_struct *t,
				   __u32 fd, struct file *file)
{
	struct socket *sock;
	struct tcp_sock *tp;
	struct sock *sk;

	if (!t || !file)
		return 0;
	if (!cfg.have_cookie_helper) {
		sk = sock_of_file(file);
		if (sk && is_mptcp(sk, false))
			return on_mptcp(seq, t, fd, sk, false);
		if (!sk || !is_tcp(sk, false))
			return 0;
		return on_held(seq, t, fd, sk, (struct tcp_sock *)sk, false);
	}
	sock = bpf_sock_from_file(file);
	if (!sock)
		return 0;
	sk = sock->sk;
	if (sk && is_mptcp(sk, true))
		return on_mptcp(seq, t, fd, sk, true);
	if (!sk || !is_tcp(sk, true))
		return 0;
	tp = bpf_skc_to_tcp_sock(sk);
	return tp ? on_held(seq, t, fd, sk, tp, true) : 0;
}

/* A request or a TIME_WAIT remnant is no struct sock behind its sock_common. */
static __always_inline void load_small(struct tt_rec_socket *r,
				       struct sock_common *skc)
{
	load_addrs(&r->sock.tuple, (struct sock *)skc, skc->skc_family, true);
	r->sock.tuple.lport_be = bpf_htons(skc->skc_num);
	r->sock.tuple.rport_be = skc->skc_dport;
	r->sock.tuple.netns = BPF_CORE_READ(skc, skc_net.net, ns.inum);
	r->sock.family = skc->skc_family == AF_INET6 ? 6 : 4;
	r->sock.state = skc->skc_state;
	r->sock.flags = TT_SK_REQUEST | TT_SK_NOFILE;
	r->bound_if = skc->skc_bound_dev_if;
}

static __always_inline void load_timewait(struct tt_rec_socket *r,
					  struct sock_common *skc)
{
	struct tcp_timewait_sock *tw = bpf_skc_to_tcp_timewait_sock(skc);

	load_small(r, skc);
	r->timer = TIMER_TIMEWAIT;
	if (!tw)
		return;
	r->substate = tw->tw_sk.tw_substate;
	r->expires_j = jiffies_until(tw->tw_sk.tw_timer.expires);
}

static __always_inline void load_request(struct tt_rec_socket *r,
					 struct sock_common *skc)
{
	struct tcp_request_sock *req = bpf_skc_to_tcp_request_sock(skc);

	load_small(r, skc);
	r->timer = TIMER_ON;
	if (!req)
		return;
	r->expires_j = jiffies_until(req->req.req.rsk_timer.expires);
	r->retransmits = BPF_CORE_READ_BITFIELD(&req->req.req, num_timeout);
	r->listener = BPF_CORE_READ(skc, skc_listener,
				    __sk_common.skc_cookie.counter);
}

/* What is no struct sock has no file and no tuple but its sock_common's. */
static __always_inline bool is_table_wanted(struct sock_common *skc)
{
	struct sock *sk = (struct sock *)skc;
	bool small = skc->skc_state == TCP_TIME_WAIT ||
		     skc->skc_state == TCP_NEW_SYN_RECV;

	return is_wanted(sk, NULL, !small && BPF_CORE_READ(sk, sk_socket), true);
}

/* uid is the kernel's own answer: of a request, its listener's. */
static __always_inline int on_table_entry(struct seq_file *seq,
					  struct sock_common *skc, __u32 uid)
{
	struct tt_rec_socket r;
	struct tcp_sock *tp;

	if (!skc || !is_table_wanted(skc))
		return 0;
	begin_record(&r, cookie_of((struct sock *)skc, true));
	if (skc->skc_state == TCP_TIME_WAIT) {
		load_timewait(&r, skc);
	} else if (skc->skc_state == TCP_NEW_SYN_RECV) {
		load_request(&r, skc);
	} else {
		tp = bpf_skc_to_tcp_sock(skc);
		if (!tp)
			return 0;
		load_full(&r, (struct sock *)tp, tp, true);
	}
	r.uid = uid;
	bpf_seq_write(seq, &r, sizeof(r));
	return 0;
}

/* What /proc/PID/ns/net says of every task, where it is not the tracer's. */
static __always_inline int on_task_netns(struct seq_file *seq,
					 struct task_struct *t)
{
	struct tt_scan_netns n = {};

	if (!t)
		return 0;
	n.kind = TT_SCAN_NETNS;
	n.len = sizeof(n);
	n.netns = BPF_CORE_READ(t, nsproxy, net_ns, ns.inum);
	if (!n.netns || n.netns == kernel_facts.netns_ino)
		return 0;
	n.pid = pid_in_ns(BPF_CORE_READ(t, group_leader), t->tgid);
	n.tid = pid_in_ns(t, t->pid);
	bpf_seq_write(seq, &n, sizeof(n));
	return 0;
}

#endif
