/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the iterators write besides struct tt_rec_socket. Not recorded. */
#ifndef TCPTRACE_SCAN_H
#define TCPTRACE_SCAN_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* A task in a network namespace other than the tracer's. */
struct tt_scan_netns {
	__u32 netns; /* inode */
	__u32 pid, tid;
};

_Static_assert(sizeof(struct tt_scan_netns) == 12, "tt_scan_netns has no holes");

#endif
