/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Everything user space tells the kernel programs, fixed before they are
 * loaded: the verifier removes what a run does not use.
 */
#ifndef TCPTRACE_CONFIG_H
#define TCPTRACE_CONFIG_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define TT_MAX_PORTS 16
#define TT_MAX_ADDRS 16
#define TT_MAX_GLOB 32
#define TT_MAX_IFACES 16

/* struct tt_config.task_by: what selects a task; all that are set must hold */
#define TT_BY_PID (1u << 0)
#define TT_BY_COMM (1u << 1)
#define TT_BY_UID (1u << 2)
#define TT_BY_CGROUP (1u << 3)

/* struct tt_config.sock_by: what selects a socket; all that are set must hold */
#define TT_BY_PORT (1u << 0)
#define TT_BY_LPORT (1u << 1)
#define TT_BY_RPORT (1u << 2)
#define TT_BY_ADDR (1u << 3)
#define TT_BY_FAMILY (1u << 4)
#define TT_BY_NETNS (1u << 5)

/* struct tt_config.wait_for: calls whose return the chosen hooks do not see if
 * they were entered before the hooks were there */
#define TT_WAIT_ACCEPT (1u << 0)
#define TT_WAIT_SEND (1u << 1)
#define TT_WAIT_RECV (1u << 2)

/* struct tt_config.tap: what tells packets, where it stands */
enum { TT_TAP_SKB = 0, TT_TAP_TC = 1, TT_TAP_XDP = 2 };

enum { TT_PACKETS_NONE = 0, TT_PACKETS_CONTROL = 1, TT_PACKETS_ALL = 2 };

struct tt_prefix {
	__u8 addr_be[16]; /* v4-mapped for IPv4 */
	__u32 len;	  /* 0 to 128, of the mapped form */
};

/* An interface by its name: it may come and go. */
struct tt_iface {
	char name[16];
	__u32 netns; /* inode */
	__u32 pad;
};

struct tt_config {
	__u32 task_by;
	__u32 sock_by;
	__u32 follow; /* children of a selected process are selected */
	__u32 packets;
	__u32 events; /* bit per event id */
	__u32 tgid;   /* the tracer, never traced; 0: trace it too */
	__u64 cgroup; /* id of the one of --cgroup */
	__u32 uid;
	__u32 family; /* 4 or 6: of the packet or the dotted address */
	__u32 netns;  /* inode */
	__u32 link;   /* packets carry a struct tt_link */
	__u32 snaplen; /* bytes of payload, at most TT_SNAPLEN_MAX */
	__u32 tap; /* TT_TAP_* */
	__u32 nifaces; /* 0: any */
	struct tt_iface ifaces[TT_MAX_IFACES];
	__u32 expr;    /* there is a FILTER */
	__u32 expr_need; /* bytes from the IP header on that it may look at */
	__u32 expr_macs; /* it looks at link addresses */
	__u32 expr_tags; /* it names VLANs: put kept tags back into the frame */
	__u32 nports, nlports, nrports, naddrs;
	__u16 ports[TT_MAX_PORTS];  /* host order */
	__u16 lports[TT_MAX_PORTS];
	__u16 rports[TT_MAX_PORTS];
	struct tt_prefix addrs[TT_MAX_ADDRS];
	char comm_glob[TT_MAX_GLOB];
	/* what this kernel offers, found by probing */
	__u8 have_cookie_helper;
	__u8 kfree_skb_has_reason;
	__u8 kfree_skb_has_sk;
	__u8 send_reset_has_reason;
	__u8 recvmsg_args; /* of tcp_recvmsg: 4, 5 or 6 */
	__u8 have_task_btf; /* bpf_get_current_task_btf, in every program */
	__u8 have_task_regs; /* bpf_task_pt_regs */
	__u8 have_under_cgroup; /* bpf_current_task_under_cgroup */
	__u8 have_cast; /* bpf_rdonly_cast */
	__u8 have_skb_dynptr; /* bpf_dynptr_from_skb() for tracing: 6.12 */
	__u8 have_accept_time; /* inet_csk_accept() is hooked */
	__u8 preempts; /* the kernel preempts programs: twins are there */
	__u8 have_xdp_frags; /* packets in several buffers: 5.18 */
	__u8 pad[3];
	__u32 wait_for;
	__u32 drop_noise[4]; /* drop reasons not worth telling, by number */
};

#endif
