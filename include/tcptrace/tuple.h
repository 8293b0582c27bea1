/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The flow key: one TCP connection as one of its ends sees it.
 *
 * IPv4 addresses are held v4-mapped (::ffff:a.b.c.d), whatever the family of
 * the socket, so that a dual-stack socket and its IPv4 packets share one key.
 */
#ifndef TCPTRACE_TUPLE_H
#define TCPTRACE_TUPLE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

struct tt_tuple {
	__u8 laddr_be[16];
	__u8 raddr_be[16];
	__u16 lport_be;
	__u16 rport_be;
	__u32 netns; /* inode of the network namespace */
};

_Static_assert(sizeof(struct tt_tuple) == 40, "tt_tuple has no holes");

#endif
