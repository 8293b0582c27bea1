/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a listing and its iterators say to each other. Not recorded.
 *
 * An iterator writes records that begin with kind and len. Descriptors come as
 * a task, once, and then the sockets it holds: the cookie alone of one that the
 * walk of TCP's tables shows, a struct tt_rec_socket of any other.
 */
#ifndef TCPTRACE_SCAN_H
#define TCPTRACE_SCAN_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "config.h"
#include "event.h"
#include "stats.h"

enum {
	TT_SCAN_SOCKET = TT_REC_SOCKET,
	TT_SCAN_TASK = 64,
	TT_SCAN_HOLDS,
	TT_SCAN_NETNS,
};

/* The task whose descriptors follow. */
struct tt_scan_task {
	__u16 kind, len;
	__u32 pid, tid, uid;
	__u64 cgroup;
	char comm[TT_COMM_LEN];
	__u32 start; /* as in struct tt_task.flags */
	__u32 pad;
};

/* In tt_scan_holds.sk: an inode, not a cookie. */
#define TT_SCAN_BY_INODE (1ULL << 63)

/* It holds this socket: by cookie, or the subflows of MPTCP by inode. */
struct tt_scan_holds {
	__u16 kind, len;
	__s32 fd;
	__u64 sk;
};

/* A task in a network namespace other than the tracer's. */
struct tt_scan_netns {
	__u16 kind, len;
	__u32 netns; /* inode */
	__u32 pid, tid;
};

/* Fixed before load. */
struct tt_scan_config {
	struct tt_config common; /* sock_by and what it needs, have_cookie_helper */
	__u32 states;		 /* enum tcp_state, a bit each; 0: all */
	__u32 lean;		 /* without io and opts */
};

/* Namespaces whose tables are walked: a hash of inodes, each at most
 * TT_SCAN_TRIES slots from where it belongs. */
#define TT_SCAN_NETNS_SLOTS 1024
#define TT_SCAN_TRIES 4
#define TT_SCAN_PAIR_BITS 19

/* Both sides read and write it between walks. */
struct tt_scan_shared {
	struct tt_kernel kernel; /* filled by whatever program runs first */
	__u32 full;		 /* each descriptor's socket as tt_rec_socket */
	__u32 by_pair;		 /* only what pairs and children name */
	__u32 last_tid;		 /* whose tt_scan_task was written; 0: none */
	__u32 pad;
	__u32 walked[TT_SCAN_NETNS_SLOTS];
	/* Pairs of ports, a bit each by hash. */
	__u64 pairs[1 << (TT_SCAN_PAIR_BITS - 6)];
	/* Local ports of listeners whose children are wanted. */
	__u64 children[65536 / 64];
};

static inline __u32 tt_scan_slot(__u32 netns)
{
	return netns * 0x9e3779b1u >> 22;
}

/* Ports in host order. */
static inline __u32 tt_scan_pair(__u32 lport, __u32 rport)
{
	return (lport << 16 | rport) * 0x9e3779b1u >> (32 - TT_SCAN_PAIR_BITS);
}

TT_ASSERT_SIZE(tt_scan_task, 48);
TT_ASSERT_SIZE(tt_scan_holds, 16);
TT_ASSERT_SIZE(tt_scan_netns, 16);

#endif
