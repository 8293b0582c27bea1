/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the handlers are attached: one line a program, named <event>__<kind>.
 * user/live/hooks.c chooses which of them are loaded; none is by itself.
 */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "tcptrace/config.h"
#include "tcptrace/event.h"
#include "tcptrace/parse.h"
#include "tcptrace/stats.h"

enum {
#define EVENT(id, name, group, meaning) EV_##name = (id),
#include "tcptrace/events.def"
#undef EVENT
};

#include "compat.bpf.h"
#include "maps.bpf.h"
#include "emit.bpf.h"
#include "twin.bpf.h"
#include "pending.bpf.h"
#include "requests.bpf.h"
#include "task.bpf.h"
#include "sock.bpf.h"
#include "filter.bpf.h"
#include "on_state.bpf.h"
#include "on_data.bpf.h"
#include "on_call.bpf.h"
#include "on_syscall.bpf.h"
#include "on_waiting.bpf.h"
#include "on_close.bpf.h"
#include "on_segment.bpf.h"
#include "on_task.bpf.h"
#include "on_packet.bpf.h"
#include "on_tap.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define TP(sk)                                                         \
	({                                                             \
		struct tcp_sock *__tp;                                 \
		if (cfg.have_cast)                                     \
			__tp = CAST(struct tcp_sock, sk);              \
		else                                                   \
			__tp = bpf_skc_to_tcp_sock((void *)(sk));      \
		__tp;                                                  \
	})
#define PROBED(sk) ((struct tcp_sock *)(sk))

/* Run once by BPF_PROG_TEST_RUN: what the tracer itself is to this kernel. */
SEC("?raw_tp")
int kernel_facts__raw_tp(void *ctx)
{
	load_facts(&kernel_facts);
	return 0;
}

/* --- state --- */

static __always_inline bool is_owned(const struct sock *sk)
{
	return sk->sk_lock.owned != 0;
}

/* Addresses are used again, cookies are not; it must not change in between. */
static __always_inline __u64 change_id(__u64 cookie, int from, int to)
{
	return cookie << 16 | from << 8 | to;
}

static __always_inline bool is_other_sock(struct sock *sk)
{
	__u16 lport;

	if (!cfg.task_by)
		return false;
	lport = sk->__sk_common.skc_num;
	return lport && /* else it was given back: inet_sport has it */
	       !was_watched(bpf_htons(lport), sk->__sk_common.skc_dport) &&
	       (!is_owned(sk) || is_other_task());
}

/*
 * The end of an attempt may be the first sign of its port. A child that is just
 * cloned from its listener has neither its addresses nor the cookie that it
 * keeps, which is the request's: its next change tells more.
 */
static __always_inline bool is_other_change(struct sock *sk, int from, int to)
{
	if (from == TCP_LISTEN && to == TCP_SYN_RECV)
		return true;
	return from != TCP_SYN_SENT && is_tcp(sk, true) && is_other_sock(sk);
}

static __always_inline int on_change(struct sock *sk, __u64 cookie, int from,
				     int to)
{
	return is_tcp(sk, true) ?
		       on_state(sk, TP(sk), cookie, from, to, true) : 0;
}

SEC("?tp_btf/inet_sock_set_state")
int BPF_PROG(state__tp_btf, struct sock *sk, int oldstate, int newstate)
{
	__u64 cookie;

	if (is_other_change(sk, oldstate, newstate))
		return 0;
	cookie = cookie_of(sk, true);
	note_twin(TWIN_STATE, is_owned(sk), sk,
		  change_id(cookie, oldstate, newstate));
	return on_change(sk, cookie, oldstate, newstate);
}

SEC("?tp_btf/inet_sock_set_state")
int BPF_PROG(state_twin__tp_btf, struct sock *sk, int oldstate, int newstate)
{
	if (is_other_change(sk, oldstate, newstate) ||
	    already_seen(TWIN_STATE, is_owned(sk), sk,
			 change_id(load_cookie(sk, true), oldstate, newstate)))
		return 0;
	return on_change(sk, cookie_of(sk, true), oldstate, newstate);
}

SEC("?tp_btf/tcp_destroy_sock")
int BPF_PROG(destroy__tp_btf, struct sock *sk)
{
	__u64 cookie;

	if (is_other_sock(sk))
		return 0;
	cookie = cookie_of(sk, true);
	note_twin(TWIN_DESTROY, is_owned(sk), sk, cookie);
	return on_destroy(sk, TP(sk), cookie, true);
}

SEC("?tp_btf/tcp_destroy_sock")
int BPF_PROG(destroy_twin__tp_btf, struct sock *sk)
{
	if (is_other_sock(sk) ||
	    already_seen(TWIN_DESTROY, is_owned(sk), sk, load_cookie(sk, true)))
		return 0;
	return on_destroy(sk, TP(sk), cookie_of(sk, true), true);
}

/* --- data --- */

TASK_PAIR(SEND_CHUNK, send_enter, tp_btf, "tcp_sendmsg_locked",
	  on_data_chunk(sk, TP(sk), msg, true), struct sock *sk,
	  struct msghdr *msg)

static __always_inline int moved(struct sock *sk, __u16 call, int ret, int flags)
{
	return is_tcp(sk, true) ? on_data(sk, TP(sk), call, ret, flags, true) : 0;
}

TASK_PAIR(SEND, send, tp_btf, "sock_send_length",
	  moved(sk, TT_CALL_SEND, ret, flags), struct sock *sk, int ret, int flags)

TASK_PAIR(RECV, recv, tp_btf, "sock_recv_length",
	  moved(sk, TT_CALL_RECV, ret, flags), struct sock *sk, int ret, int flags)

SEC("?tp_btf/sys_enter")
int BPF_PROG(send_begin__tp_btf, struct pt_regs *regs, long nr)
{
	return on_send_begin(regs, nr);
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(send_end__tp_btf, struct pt_regs *regs, long ret)
{
	return on_send_end(regs, ret);
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(recv_end__tp_btf, struct pt_regs *regs, long ret)
{
	return on_recv_end(regs, ret);
}

/* --- cookies, where the other programs may not make any --- */

SEC("?cgroup/sock_create")
int cookie_create__cgroup(struct bpf_sock *ctx)
{
	if (ctx->protocol == IPPROTO_TCP)
		bpf_get_socket_cookie(ctx);
	return 1;
}

/* For a listener this runs with the request, whose cookie becomes the child's,
 * before the SYN-ACK; after a SYN cookie with the child. Says nothing in
 * reply: another program's, or the kernel's default, stands. */
SEC("?sockops")
int cookie_request__cgroup(void *ctx)
{
	bpf_get_socket_cookie(ctx);
	return 1;
}

/* --- calls that wait when tracing begins --- */

SEC("?iter/task")
int waiting__iter(struct bpf_iter__task *ctx)
{
	return on_waiting_task(ctx->task);
}

TASK_PAIR(WAITED, waited, tp_btf, "sys_exit", on_waited(regs, ret),
	  struct pt_regs *regs, long ret)

TASK_PAIR(WAITER_EXIT, waiter_exit, tp_btf, "sched_process_exit", on_waiter_exit(),
	  struct task_struct *t)

/* --- control calls --- */

TASK_PAIR(CALL, call, tp_btf, "sys_exit", on_sys_exit(regs, ret),
	  struct pt_regs *regs, long ret)

SEC("?cgroup/connect4")
int connect4__cgroup(struct bpf_sock_addr *ctx)
{
	__u8 raddr[16];

	map_v4(raddr, ctx->user_ip4);
	on_connect_enter(ctx, raddr);
	return 1;
}

SEC("?cgroup/connect6")
int connect6__cgroup(struct bpf_sock_addr *ctx)
{
	__u32 raddr[4] = { ctx->user_ip6[0], ctx->user_ip6[1],
			   ctx->user_ip6[2], ctx->user_ip6[3] };

	on_connect_enter(ctx, (__u8 *)raddr);
	return 1;
}

SEC("?cgroup/sock_release")
int close__cgroup(struct bpf_sock *ctx)
{
	__u64 cookie;

	if (ctx->protocol != IPPROTO_TCP)
		return 1;
	cookie = bpf_get_socket_cookie(ctx);
	if (cfg.have_cast)
		on_close(CAST(struct sock, ctx), CAST(struct tcp_sock, ctx),
			 cookie, true);
	else
		on_close((struct sock *)ctx, PROBED(ctx), cookie, false);
	return 1;
}

#include "functions.bpf.h"

/* --- segments --- */

SEC("?tp_btf/tcp_retransmit_skb")
int BPF_PROG(retransmit__tp_btf, struct sock *sk, struct sk_buff *skb)
{
	note_twin(TWIN_RETRANSMIT, is_owned(sk), sk, (__u64)skb);
	return on_retransmit(sk, TP(sk), skb, true);
}

SEC("?tp_btf/tcp_retransmit_skb")
int BPF_PROG(retransmit_twin__tp_btf, struct sock *sk, struct sk_buff *skb)
{
	if (already_seen(TWIN_RETRANSMIT, is_owned(sk), sk, (__u64)skb))
		return 0;
	return on_retransmit(sk, TP(sk), skb, true);
}

SEC("?tp_btf/tcp_retransmit_synack")
int BPF_PROG(retransmit_synack__tp_btf, const struct sock *sk,
	     const struct request_sock *req)
{
	return on_retransmit_synack(sk, req);
}

SEC("?tp_btf/tcp_receive_reset")
int BPF_PROG(reset_in__tp_btf, struct sock *sk)
{
	note_twin(TWIN_RESET_IN, is_owned(sk), sk, 0);
	return on_receive_reset(sk, TP(sk), true);
}

SEC("?tp_btf/tcp_receive_reset")
int BPF_PROG(reset_in_twin__tp_btf, struct sock *sk)
{
	if (already_seen(TWIN_RESET_IN, is_owned(sk), sk, 0))
		return 0;
	return on_receive_reset(sk, TP(sk), true);
}

SEC("?tp_btf/tcp_send_reset")
int BPF_PROG(reset_out__tp_btf, struct sock *sk, struct sk_buff *skb)
{
	__u32 reason = cfg.send_reset_has_reason ? (__u32)ctx[2] : ~0U;

	note_twin(TWIN_RESET_OUT, false, sk, (__u64)skb);
	return on_send_reset(sk, skb, reason);
}

SEC("?tp_btf/tcp_send_reset")
int BPF_PROG(reset_out_twin__tp_btf, struct sock *sk, struct sk_buff *skb)
{
	__u32 reason = cfg.send_reset_has_reason ? (__u32)ctx[2] : ~0U;

	if (already_seen(TWIN_RESET_OUT, false, sk, (__u64)skb))
		return 0;
	return on_send_reset(sk, skb, reason);
}

static __always_inline int dropped(unsigned long long *ctx)
{
	__u32 reason = cfg.kfree_skb_has_reason ? (__u32)ctx[2] : 0;
	struct sock *sk = cfg.kfree_skb_has_sk ? (struct sock *)ctx[3] : NULL;

	if (reason == cfg.drop_noise[0] || reason == cfg.drop_noise[1] ||
	    reason == cfg.drop_noise[2] || reason == cfg.drop_noise[3])
		return 0;
	return on_drop((struct sk_buff *)ctx[0], ctx[1], reason, sk);
}

SEC("?tp_btf/kfree_skb")
int drop__tp_btf(unsigned long long *ctx)
{
	note_twin(TWIN_DROP, false, (void *)ctx[0], 0);
	return dropped(ctx);
}

SEC("?tp_btf/kfree_skb")
int drop_twin__tp_btf(unsigned long long *ctx)
{
	return already_seen(TWIN_DROP, false, (void *)ctx[0], 0) ? 0 : dropped(ctx);
}

/* --- packets --- */

SEC("?tp_btf/net_dev_start_xmit")
int BPF_PROG(packet_out__tp_btf, const struct sk_buff *skb,
	     const struct net_device *dev)
{
	return on_xmit(skb, dev);
}

SEC("?tp_btf/netif_receive_skb")
int BPF_PROG(packet_in__tp_btf, struct sk_buff *skb)
{
	return on_receive(skb);
}

SEC("?tc")
int packet_out__tc(struct __sk_buff *ctx)
{
	return on_tc_any(ctx, TT_DIR_OUT);
}

SEC("?tc")
int packet_in__tc(struct __sk_buff *ctx)
{
	return on_tc_any(ctx, TT_DIR_IN);
}

SEC("?xdp")
int packet_in__xdp(void *ctx)
{
	return on_xdp(ctx);
}

/* --- processes --- */

TASK_PAIR(FORK, fork, tp_btf, "sched_process_fork", on_fork(parent, child),
	  struct task_struct *parent, struct task_struct *child)

TASK_PAIR(EXEC, exec, tp_btf, "sched_process_exec", on_exec(t),
	  struct task_struct *t)

TASK_PAIR(EXIT, exit, tp_btf, "sched_process_exit", on_exit(t),
	  struct task_struct *t)
