/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Writes and reads where only the system call can be seen: before the
 * tracepoints of sock_sendmsg and sock_recvmsg (6e6eda44b939, 6.3).
 */
#ifndef ON_SYSCALL_BPF_H
#define ON_SYSCALL_BPF_H

static __always_inline bool is_send_call(__u32 nr)
{
	return nr == SYS_write || nr == SYS_sendto || nr == SYS_sendmsg ||
	       nr == SYS_writev || nr == SYS_sendfile || nr == SYS_splice ||
	       nr == SYS_sendmmsg || nr == SYS_pwritev2;
}

static __always_inline bool is_recv_call(__u32 nr)
{
	return nr == SYS_read || nr == SYS_recvfrom || nr == SYS_recvmsg ||
	       nr == SYS_readv || nr == SYS_recvmmsg || nr == SYS_preadv2;
}

/* splice() writes to its third argument. */
static __always_inline struct sock *sock_of_call(struct pt_regs *regs, __u32 nr)
{
	const bool direct = true;
	struct task_struct *t = current_task();
	__u32 fd = nr == SYS_splice ? RD(regs, REG_ARG3) : RD(regs, REG_ARG1);

	return is_compat_call(t) ? NULL : sock_of_fd(t, fd, false);
}

static __always_inline int msg_flags_of(struct pt_regs *regs, __u32 nr)
{
	const bool direct = true;

	if (nr == SYS_recvfrom || nr == SYS_recvmmsg)
		return RD(regs, REG_ARG4);
	return nr == SYS_recvmsg ? RD(regs, REG_ARG3) : 0;
}

/* struct mmsghdr of include/linux/socket.h: user space sees it so too. */
#define MMSG_SIZE 64
#define MMSG_LEN 56
#define MAX_MMSG 1024 /* UIO_MAXIOV */

/*
 * What sendmmsg() and recvmmsg() moved: they return a number of messages. Not
 * static: the verifier then looks at it once, and not at all that follows for
 * each way out of the loop.
 */
__noinline __u64 sum_of_messages(__u64 vec, __u32 count)
{
	__u64 at = vec + MMSG_LEN, sum = 0;
	__u32 len;

	for (int i = 0; i < MAX_MMSG; i++) {
		if (i >= count)
			break;
		if (bpf_probe_read_user(&len, sizeof(len), (void *)at))
			break;
		sum += len;
		at += MMSG_SIZE;
	}
	return sum;
}

static __always_inline int on_send_begin(struct pt_regs *regs, __u32 nr)
{
	struct sock *sk;

	if (!is_send_call(nr) || is_other_task())
		return 0;
	sk = sock_of_call(regs, nr);
	return sk ? on_data_enter(sk, (struct tcp_sock *)sk, 0, false) : 0;
}

static __always_inline int end_send(struct pt_regs *regs, __u32 nr, long ret)
{
	const bool direct = true;
	struct sock *sk;

	if (is_other_task())
		return 0;
	if (nr == SYS_writev && !ret)
		return forget_pending(); /* nothing to write: it went nowhere */
	sk = sock_of_call(regs, nr);
	if (!sk)
		return forget_pending();
	if (nr == SYS_sendmmsg && ret > 0)
		ret = sum_of_messages(RD(regs, REG_ARG2), ret);
	return on_data(sk, (struct tcp_sock *)sk, TT_CALL_SEND, ret, 0, false);
}

static __always_inline bool is_at_end(const struct sock *sk)
{
	return (BPF_CORE_READ(sk, __sk_common.skc_flags) & (1UL << SOCK_DONE)) ||
	       (BPF_CORE_READ(sk, sk_shutdown) & RCV_SHUTDOWN) ||
	       BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE;
}

static __always_inline int end_recv(struct pt_regs *regs, __u32 nr, long ret)
{
	const bool direct = true;
	struct sock *sk;

	if (is_other_task())
		return 0;
	sk = sock_of_call(regs, nr);
	if (!sk)
		return 0;
	/* A read of no bytes does not get as far as TCP. */
	if (!ret && (nr == SYS_read || nr == SYS_readv) && !is_at_end(sk))
		return 0;
	if (nr == SYS_recvmmsg && ret > 0)
		ret = sum_of_messages(RD(regs, REG_ARG2), ret);
	return on_data(sk, (struct tcp_sock *)sk, TT_CALL_RECV, ret,
		       msg_flags_of(regs, nr), false);
}

static __always_inline int on_send_end(struct pt_regs *regs, long ret)
{
	const bool direct = true;
	__u32 nr = RD(regs, REG_NR);

	return is_send_call(nr) ? end_send(regs, nr, ret) : 0;
}

static __always_inline int on_recv_end(struct pt_regs *regs, long ret)
{
	const bool direct = true;
	__u32 nr = RD(regs, REG_NR);

	return is_recv_call(nr) ? end_recv(regs, nr, ret) : 0;
}

#endif
