/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The programs on functions, where a kernel lets them be hooked: fentry and
 * fexit read the arguments themselves, kprobes what the registers hold.
 */
#ifndef FUNCTIONS_BPF_H
#define FUNCTIONS_BPF_H

TASK_PAIR(ATTEMPT, attempt4, fentry, "tcp_v4_connect",
	  on_attempt(sk, uaddr, false, true), struct sock *sk, void *uaddr)

TASK_PAIR(ATTEMPT, attempt6, fentry, "tcp_v6_connect",
	  on_attempt(sk, uaddr, true, true), struct sock *sk, void *uaddr)

/* The port is chosen by now: the SYN is next. */
TASK_PAIR(PORT, port, fentry, "tcp_connect", on_port_chosen(sk, true),
	  struct sock *sk)

TASK_PAIR(ACCEPTED, accepted, fexit, "inet_csk_accept", on_accepted(ret),
	  struct sock *sk, struct proto_accept_arg *arg, struct sock *ret)

/* Before 6.10 (92ef0fd55ac8): sk, flags, err, kern */
SEC("?fexit/inet_csk_accept")
int BPF_PROG(accepted4__fexit, struct sock *sk, int flags, int *err, bool kern,
	     struct sock *ret)
{
	return on_accepted(ret);
}

static __always_inline int accept_returned(int fd, int ret)
{
	call_returned();
	return on_call_return(SYS_accept, fd, 0, ret);
}

TASK_PAIR(ACCEPT, accept, fexit, "__sys_accept4", accept_returned(fd, ret),
	  int fd, void *addr, int *len, int flags, int ret)

TASK_PAIR(CONNECT, connect, fexit, "__sys_connect",
	  on_call_return(SYS_connect, fd, 0, ret), int fd, void *addr, int len,
	  int ret)

TASK_PAIR(LISTEN, listen, fexit, "__sys_listen",
	  on_call_return(SYS_listen, fd, backlog, ret), int fd, int backlog,
	  int ret)

TASK_PAIR(SHUTDOWN_BEGIN, shutdown, fentry, "__sys_shutdown",
	  on_shutdown_enter(fd), int fd)

TASK_PAIR(SHUTDOWN, shutdown, fexit, "__sys_shutdown",
	  on_call_return(SYS_shutdown, fd, how, ret), int fd, int how, int ret)

TASK_PAIR(SEND_BEGIN, send, fentry, "tcp_sendmsg",
	  on_data_enter(sk, TP(sk), 0, true), struct sock *sk)

SEC("?fexit/tcp_sendmsg")
int BPF_PROG(send__fexit, struct sock *sk, struct msghdr *msg, size_t size,
	     int ret)
{
	call_returned();
	return on_data(sk, TP(sk), TT_CALL_SEND, ret, msg->msg_flags, true);
}

SEC("?fentry/tcp_sendpage")
int BPF_PROG(sendpage__fentry, struct sock *sk)
{
	return on_data_enter(sk, TP(sk), 0, true);
}

SEC("?fexit/tcp_sendpage")
int BPF_PROG(sendpage__fexit, struct sock *sk, void *page, int offset,
	     size_t size, int flags, int ret)
{
	call_returned();
	return on_data(sk, TP(sk), TT_CALL_SEND, ret, flags, true);
}

TASK_PAIR(RECV_BEGIN, recv, fentry, "tcp_recvmsg",
	  on_data_enter(sk, TP(sk), 0, true), struct sock *sk)

/* nonblock went in 5.19 (ec095263a965), addr_len after 6.18: the flags and the
 * result move. Reads beyond the prototype are refused, so each stands behind
 * a constant. */
SEC("?fexit/tcp_recvmsg")
int BPF_PROG(recv__fexit, struct sock *sk)
{
	int ret, flags;

	call_returned();
	if (cfg.recvmsg_args == 6) {
		flags = CTX_WORD(4);
		ret = CTX_WORD(6);
	} else if (cfg.recvmsg_args == 5) {
		flags = CTX_WORD(3);
		ret = CTX_WORD(5);
	} else {
		flags = CTX_WORD(3);
		ret = CTX_WORD(4);
	}
	return on_data(sk, TP(sk), TT_CALL_RECV, ret, flags, true);
}

TASK_PAIR(CLOSE, close, fentry, "tcp_close",
	  on_close(sk, TP(sk), cookie_of(sk, true), true), struct sock *sk)

SEC("?kprobe/tcp_v4_connect")
int BPF_KPROBE(attempt4__kprobe, struct sock *sk, void *uaddr)
{
	return on_attempt(sk, uaddr, false, false);
}

SEC("?kprobe/tcp_v6_connect")
int BPF_KPROBE(attempt6__kprobe, struct sock *sk, void *uaddr)
{
	return on_attempt(sk, uaddr, true, false);
}

SEC("?kprobe/tcp_connect")
int BPF_KPROBE(port__kprobe, struct sock *sk)
{
	return on_port_chosen(sk, false);
}

SEC("?kretprobe/inet_csk_accept")
int BPF_KRETPROBE(accepted__kretprobe, struct sock *ret)
{
	return on_accepted(ret);
}

SEC("?kretprobe/__sys_accept4")
int BPF_KRETPROBE(accept__kretprobe, int ret)
{
	call_returned();
	return on_call_return_regs(SYS_accept, ret);
}

SEC("?kretprobe/__sys_connect")
int BPF_KRETPROBE(connect__kretprobe, int ret)
{
	return on_call_return_regs(SYS_connect, ret);
}

SEC("?kretprobe/__sys_listen")
int BPF_KRETPROBE(listen__kretprobe, int ret)
{
	return on_call_return_regs(SYS_listen, ret);
}

SEC("?kprobe/__sys_shutdown")
int BPF_KPROBE(shutdown__kprobe, int fd)
{
	return on_shutdown_enter(fd);
}

SEC("?kretprobe/__sys_shutdown")
int BPF_KRETPROBE(shutdown__kretprobe, int ret)
{
	return on_call_return_regs(SYS_shutdown, ret);
}

SEC("?kprobe/tcp_sendmsg")
int BPF_KPROBE(send__kprobe, struct sock *sk)
{
	return on_data_probed(sk, 0);
}

SEC("?kretprobe/tcp_sendmsg")
int BPF_KRETPROBE(send__kretprobe, int ret)
{
	call_returned();
	return on_data_return(TT_CALL_SEND, ret);
}

SEC("?kprobe/tcp_sendpage")
int BPF_KPROBE(sendpage__kprobe, struct sock *sk)
{
	return on_data_probed(sk, 0);
}

SEC("?kretprobe/tcp_sendpage")
int BPF_KRETPROBE(sendpage__kretprobe, int ret)
{
	call_returned();
	return on_data_return(TT_CALL_SEND, ret);
}

SEC("?kprobe/tcp_recvmsg")
int BPF_KPROBE(recv__kprobe, struct sock *sk, struct msghdr *msg, size_t len,
	       int arg4, int arg5)
{
	return on_data_probed(sk, cfg.recvmsg_args == 6 ? arg5 : arg4);
}

SEC("?kretprobe/tcp_recvmsg")
int BPF_KRETPROBE(recv__kretprobe, int ret)
{
	call_returned();
	return on_data_return(TT_CALL_RECV, ret);
}

SEC("?kprobe/tcp_close")
int BPF_KPROBE(close__kprobe, struct sock *sk)
{
	return on_close(sk, PROBED(sk), read_cookie(sk), false);
}

#endif
