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
#include "task.bpf.h"
#include "sock.bpf.h"
#include "filter.bpf.h"
#include "on_state.bpf.h"
#include "on_data.bpf.h"
#include "on_call.bpf.h"
#include "on_close.bpf.h"
#include "on_segment.bpf.h"
#include "on_task.bpf.h"
#include "on_packet.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define TP(sk) ((struct tcp_sock *)bpf_skc_to_tcp_sock((void *)(sk)))
#define PROBED(sk) ((struct tcp_sock *)(sk))

/* Run once by BPF_PROG_TEST_RUN: what the tracer itself is to this kernel. */
SEC("?raw_tp")
int kernel_facts__raw_tp(void *ctx)
{
	load_facts(&kernel_facts);
	return 0;
}

/* --- state --- */

SEC("?tp_btf/inet_sock_set_state")
int BPF_PROG(state__tp_btf, struct sock *sk, int oldstate, int newstate)
{
	return is_tcp(sk, true) ? on_state(sk, TP(sk), oldstate, newstate, true) : 0;
}

SEC("?tp_btf/tcp_destroy_sock")
int BPF_PROG(destroy__tp_btf, struct sock *sk)
{
	return on_destroy(sk, TP(sk), true);
}

/* --- data --- */

SEC("?tp_btf/tcp_sendmsg_locked")
int BPF_PROG(send_enter__tp_btf, struct sock *sk)
{
	return on_send_enter(sk, TP(sk), true);
}

SEC("?tp_btf/sock_send_length")
int BPF_PROG(send__tp_btf, struct sock *sk, int ret, int flags)
{
	return is_tcp(sk, true) ? on_data(sk, TP(sk), TT_CALL_SEND, ret, flags, true) : 0;
}

SEC("?tp_btf/sock_recv_length")
int BPF_PROG(recv__tp_btf, struct sock *sk, int ret, int flags)
{
	return is_tcp(sk, true) ? on_data(sk, TP(sk), TT_CALL_RECV, ret, flags, true) : 0;
}

/* --- control calls --- */

SEC("?tp_btf/sys_exit")
int BPF_PROG(call__tp_btf, struct pt_regs *regs, long ret)
{
	return on_sys_exit(regs, ret);
}

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
	struct sock *sk = (struct sock *)ctx;

	if (ctx->protocol == IPPROTO_TCP)
		on_close(sk, PROBED(sk), bpf_get_socket_cookie(ctx), false);
	return 1;
}

/* --- segments --- */

SEC("?tp_btf/tcp_retransmit_skb")
int BPF_PROG(retransmit__tp_btf, struct sock *sk, struct sk_buff *skb)
{
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
	return on_receive_reset(sk, TP(sk), true);
}

SEC("?tp_btf/tcp_send_reset")
int BPF_PROG(reset_out__tp_btf, struct sock *sk, struct sk_buff *skb)
{
	__u32 reason = cfg.send_reset_has_reason ? (__u32)ctx[2] : ~0U;

	return on_send_reset(sk, skb, reason);
}

SEC("?tp_btf/kfree_skb")
int BPF_PROG(drop__tp_btf, struct sk_buff *skb, void *location)
{
	__u32 reason = cfg.kfree_skb_has_reason ? (__u32)ctx[2] : 0;
	struct sock *sk = cfg.kfree_skb_has_sk ? (struct sock *)ctx[3] : NULL;

	if (reason == cfg.drop_noise[0] || reason == cfg.drop_noise[1] ||
	    reason == cfg.drop_noise[2] || reason == cfg.drop_noise[3])
		return 0;
	return on_drop(skb, (__u64)location, reason, sk);
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

/* --- processes --- */

SEC("?tp_btf/sched_process_fork")
int BPF_PROG(fork__tp_btf, struct task_struct *parent, struct task_struct *child)
{
	return on_fork(parent, child);
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(exec__tp_btf, struct task_struct *t)
{
	return on_exec(t);
}

SEC("?tp_btf/sched_process_exit")
int BPF_PROG(exit__tp_btf, struct task_struct *t)
{
	return on_exit(t);
}
