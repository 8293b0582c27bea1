/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Control calls seen where they return: accept, connect, listen, shutdown. */
#ifndef ON_CALL_BPF_H
#define ON_CALL_BPF_H

/* Descriptor of the current task to its TCP socket, NULL if it is none. */
static __always_inline struct sock *sock_of_fd(struct task_struct *task,
					       __u32 fd, const bool direct)
{
	struct task_struct *t = FOUND(struct task_struct, task);
	struct files_struct *files = RDP(t, files);
	struct fdtable *fdt = RDP(files, fdt);
	struct file **slots = RDP(fdt, fd), *file = NULL;
	struct inode *inode;
	struct socket *sock;
	struct sock *sk;

	if (fd >= RD(fdt, max_fds))
		return NULL;
	if (direct) /* as a word: the type of what it leads to is known */
		file = (struct file *)CAST(struct timespec64___words,
					   &slots[fd])->tv_sec;
	else
		bpf_probe_read_kernel(&file, sizeof(file), &slots[fd]);
	if (!file)
		return NULL;
	file = FOUND(struct file, file);
	inode = RDP(file, f_inode);
	if ((RD(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	if (direct)
		sock = CAST(struct socket, file->private_data);
	else
		sock = BPF_CORE_READ(file, private_data);
	sk = RDP(sock, sk);
	return sk && is_tcp(sk, direct) ? sk : NULL;
}

static __always_inline void fill_accept(struct tt_rec_call *r,
					struct task_struct *t, __u32 listen_fd,
					const struct sock *sk,
					const bool direct)
{
	struct sock *lsk = sock_of_fd(t, listen_fd, direct);

	if (lsk) {
		r->listener = load_cookie(lsk, direct);
		r->queue_max = RD(lsk, sk_max_ack_backlog);
	}
	r->ret_fd = r->task.fd;
	load_opts(&r->opts, sk, FOUND(struct tcp_sock, sk), direct);
}

/*
 * One call returned. fd is the socket's own descriptor: for accept the new
 * one, and arg the listening one.
 */
static __always_inline int emit_control(struct who *w, struct sock *sk,
					__u16 call, __s64 ret, __s32 fd,
					__s32 arg, const struct pending *p,
					const bool direct)
{
	const bool is_long = call == TT_CALL_ACCEPT;
	__u64 ts = bpf_ktime_get_boot_ns();
	struct tt_rec_call *r;
	struct tt_sock s;

	load_sock(&s, sk, FOUND(struct tcp_sock, sk), direct);
	if (p && (call == TT_CALL_CONNECT)) {
		__builtin_memcpy(s.tuple.raddr_be, p->raddr_be, 16);
		s.tuple.rport_be = p->rport_be;
	}
	if (!sock_passes(&s.tuple, w, ts))
		return 0;
	if (is_long)
		r = emit_reserve(TT_REC_CALL, sizeof(*r));
	else
		r = emit_reserve(TT_REC_CALL, TT_REC_CALL_MIN);
	if (!r)
		return 0;
	emit_header(&r->hdr, TT_REC_CALL,
		    is_long ? sizeof(*r) : TT_REC_CALL_MIN, ts,
		    load_cookie(sk, direct));
	r->sock = s;
	fill_task(&r->task, w);
	r->task.fd = fd;
	fill_call(r, call, ret, arg);
	if (p && call == TT_CALL_ACCEPT && p->ts_ns)
		r->hdr.ts_ns = p->ts_ns;
	else if (p)
		r->enter_ns = p->ts_ns;
	if (call == TT_CALL_ACCEPT) {
		r->sock.ino = sock_ino(sk, direct);
		fill_accept(r, w->task, arg, sk, direct);
	}
	emit_submit(r);
	return 0;
}

static __always_inline int exit_accept(struct who *w, __u32 listen_fd, long ret,
				       const bool direct)
{
	struct pending *p, copy = {};
	struct sock *sk;

	p = cfg.have_accept_time ? find_pending(&accepts, w->tid) : NULL;
	if (p) {
		copy = *p;
		p->ts_ns = 0;
	}
	if (ret < 0)
		return 0;
	sk = sock_of_fd(w->task, ret, direct);
	if (!sk)
		return 0;
	if (copy.ptr != (__u64)sk)
		copy.ts_ns = 0;
	return emit_control(w, sk, TT_CALL_ACCEPT, 0, ret, listen_fd, &copy,
			    direct);
}

/* inet_csk_accept() hands a connection over: the moment it left TCP. */
static __always_inline int on_accepted(struct sock *sk)
{
	struct pending p = { .ptr = (__u64)sk };
	__u32 tid;

	if (!sk)
		return 0;
	tid = pid_in_ns((struct task_struct *)bpf_get_current_task(),
			bpf_get_current_pid_tgid());
	p.ts_ns = bpf_ktime_get_boot_ns();
	put_pending(&accepts, tid, &p);
	return 0;
}

static __always_inline bool is_failure(long ret)
{
	return ret < 0 && ret != -EINPROGRESS;
}

static __always_inline int forget_connect(void)
{
	drop_pending(&connects, pid_in_ns(current_task(),
					  bpf_get_current_pid_tgid()));
	return 0;
}

/*
 * Tells a connect() that failed. With a state change behind it the failure is
 * the kernel's after all (no free port); without, no SYN was ever sent. A call
 * that only collected a result left nothing pending.
 */
static __always_inline int exit_connect(struct who *w, __u32 fd, long ret,
					const bool direct)
{
	struct pending *p = find_pending(&connects, w->tid), copy;
	struct sock *sk;

	if (!p)
		return 0;
	copy = *p;
	p->ts_ns = 0;
	if (!is_failure(ret))
		return 0;
	sk = sock_of_fd(w->task, fd, direct);
	if (!sk || !is_pending(&copy, sk, load_cookie(sk, direct)))
		return 0;
	return emit_control(w, sk,
			    copy.started ? TT_CALL_CONNECT_END : TT_CALL_CONNECT,
			    ret, fd, 0, &copy, direct);
}

static __always_inline int exit_other(struct who *w, __u16 call, __u32 fd,
				      __s32 arg, long ret, const bool direct)
{
	struct sock *sk = sock_of_fd(w->task, fd, direct);
	struct pending *p, copy = {};

	if (!sk)
		return 0;
	p = call == TT_CALL_SHUTDOWN ? find_pending(&connects, w->tid) : NULL;
	if (p) {
		if (is_pending(p, sk, load_cookie(sk, direct)))
			copy = *p;
		p->ts_ns = 0;
	}
	return emit_control(w, sk, call, ret, fd, arg, &copy, direct);
}

static __always_inline int exit_call_as(struct who *w, __u32 nr, __u64 arg1,
					__u64 arg2, long ret, const bool direct)
{
	if (nr == SYS_connect)
		return exit_connect(w, arg1, ret, direct);
	if (nr == SYS_shutdown)
		return exit_other(w, TT_CALL_SHUTDOWN, arg1, arg2, ret, direct);
	if (nr == SYS_listen)
		return exit_other(w, TT_CALL_LISTEN, arg1, arg2, ret, direct);
	return exit_accept(w, arg1, ret, direct);
}

/* A descriptor leads to addresses, not to BTF pointers: casts make them that. */
static __always_inline int exit_call(struct who *w, __u32 nr, __u64 arg1,
				     __u64 arg2, long ret)
{
	if (cfg.have_cast)
		return exit_call_as(w, nr, arg1, arg2, ret, true);
	return exit_call_as(w, nr, arg1, arg2, ret, false);
}

/* An accept() of a task that is not selected counts if its port is watched. */
static __always_inline bool is_other_accept(long ret)
{
	const bool direct = true;
	struct sock *sk;
	__u16 lport;

	if (!cfg.have_cast || ret < 0)
		return ret < 0;
	sk = sock_of_fd(current_task(), ret, true);
	if (!sk)
		return true;
	lport = RD(sk, __sk_common.skc_num);
	return lport && !was_watched(bpf_htons(lport),
				     RD(sk, __sk_common.skc_dport));
}

static __always_inline int on_sys_exit(struct pt_regs *regs, long ret)
{
	const bool direct = true;
	__u32 nr = RD(regs, REG_NR), fd = RD(regs, REG_ARG1);
	struct who w;

	if (nr != SYS_accept4 && nr != SYS_accept && nr != SYS_connect &&
	    nr != SYS_shutdown && nr != SYS_listen)
		return 0;
	if (is_compat_call(current_task()))
		return 0;
	if (is_other_task() &&
	    ((nr != SYS_accept && nr != SYS_accept4) || is_other_accept(ret)))
		return 0;
	if (nr == SYS_connect && !is_failure(ret))
		return forget_connect();
	current_who(&w);
	if (cfg.task_by && !w.selected &&
	    nr != SYS_accept && nr != SYS_accept4)
		return 0;
	return exit_call(&w, nr, fd, RD(regs, REG_ARG2), ret);
}

/* The same calls, seen at the return of the function behind each of them. */
static __always_inline int on_call_return(__u32 nr, __u64 arg1, __u64 arg2,
					  long ret)
{
	struct who w;

	current_who(&w);
	if (cfg.task_by && !w.selected && nr != SYS_accept)
		return 0;
	return exit_call(&w, nr, arg1, arg2, ret);
}

/* At a return probe the arguments are gone from the registers, but those of
 * the system call still stand. */
static __always_inline int on_call_return_regs(__u32 nr, long ret)
{
	struct task_struct *t = current_task();
	struct pt_regs *regs = task_regs(t);
	bool compat = is_compat_call(t);
	__u64 arg1 = compat ? TASK_REG(regs, COMPAT_ARG1) :
			      TASK_REG(regs, REG_ARG1);
	__u64 arg2 = compat ? TASK_REG(regs, COMPAT_ARG2) :
			      TASK_REG(regs, REG_ARG2);

	return on_call_return(nr, arg1, arg2, ret);
}

/* shutdown() begins: it comes before what it causes. */
static __always_inline int on_shutdown_enter(__u32 fd)
{
	struct task_struct *t = current_task();
	struct sock *sk = sock_of_fd(t, fd, false);
	struct pending p = {};
	__u32 tid;

	if (!sk)
		return 0;
	tid = pid_in_ns(t, bpf_get_current_pid_tgid());
	p.ts_ns = bpf_ktime_get_boot_ns();
	p.sk = read_cookie(sk);
	p.ptr = (__u64)sk;
	put_pending(&connects, tid, &p);
	return 0;
}

/* connect() reached TCP with this address, before any route or port is
 * looked for. */
static __always_inline int on_attempt(struct sock *sk, void *uaddr, bool v6,
				      const bool direct)
{
	struct pending p = {};
	struct sockaddr_in6 a6;
	struct sockaddr_in a4;
	__u32 tid;

	if (v6) {
		if (bpf_probe_read_kernel(&a6, sizeof(a6), uaddr))
			return 0;
		p.rport_be = a6.sin6_port;
		__builtin_memcpy(p.raddr_be, &a6.sin6_addr, 16);
	} else {
		if (bpf_probe_read_kernel(&a4, sizeof(a4), uaddr))
			return 0;
		p.rport_be = a4.sin_port;
		map_v4(p.raddr_be, a4.sin_addr.s_addr);
	}
	tid = pid_in_ns((struct task_struct *)bpf_get_current_task(),
			bpf_get_current_pid_tgid());
	p.ts_ns = bpf_ktime_get_boot_ns();
	p.sk = cookie_of(sk, direct);
	p.ptr = (__u64)sk;
	put_pending(&connects, tid, &p);
	return 0;
}

/* An attempt is about to begin: cgroup/connect4 and connect6, before any
 * route or port is looked for. */
static __always_inline void on_connect_enter(struct bpf_sock_addr *ctx,
					     const __u8 *raddr)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct pending p = {};
	__u32 tid = pid_in_ns((struct task_struct *)bpf_get_current_task(), id);

	if (ctx->protocol != IPPROTO_TCP || is_other_task())
		return;
	p.ts_ns = bpf_ktime_get_boot_ns();
	p.sk = bpf_get_socket_cookie(ctx);
	p.rport_be = ctx->user_port;
	__builtin_memcpy(p.raddr_be, raddr, 16);
	put_pending(&connects, tid, &p);
}

#endif
