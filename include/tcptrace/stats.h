/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel programs count. */
#ifndef TCPTRACE_STATS_H
#define TCPTRACE_STATS_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "event.h"

/* Why a record was lost */
enum {
	TT_LOST_RING = 0,  /* the ring buffer was full */
	TT_LOST_TABLE = 1, /* a kernel table was full */
	TT_LOST_READ = 2,  /* kernel memory could not be read */
	TT_LOST_RETURN = 3, /* the return of a call was not shown */
	TT_LOST_MAX = 4,
};

struct tt_stats {
	__u64 lost[TT_LOST_MAX][TT_REC_MAX]; /* by cause and record kind */
};

/* Facts about the running kernel that a program reads once at start. */
struct tt_kernel {
	__u64 jiffies;
	__u64 mono_ns;
	__u32 pidns_level; /* 0: the initial pid namespace */
	__u32 pidns_ino;
	__u32 netns_ino;
	__u32 ready;
};

#endif
