/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A recording's blocks beside those of every pcapng file: docs/recording.md
 * says what they are for and promises what stays. Readers that do not know
 * the type skip them. Numbers are in the byte order of the section. Structs
 * only grow at their end: a reader takes what is there and fills the rest
 * with 0; an unknown `what` is skipped.
 */
#ifndef TCPTRACE_RECORDING_H
#define TCPTRACE_RECORDING_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "config.h"
#include "event.h"

#define TT_RECORDING_VERSION 1

/* Both of the ranges that pcapng leaves to local use. */
#define TT_BLOCK_TYPE 0x80746370u
#define TT_OPTION_RECORD 0x8074u /* of a packet block: its record up to data */

#define TT_BLOCK_MAGIC 0x74706374u /* "tcpt" where the section is little endian */

/* The body of each block begins so. */
struct tt_block {
	__u32 magic;
	__u16 what;
	__u16 flags; /* TT_BLK_LATE */
};

#define TT_BLK_LATE 1u /* the record came after its place in the order */

/*
 * In the order of the file these are the inputs of the run: applied one by
 * one to an empty table of flows they make what the run told.
 */
enum {
	TT_BLK_SETTINGS = 1,  /* struct tt_blk_settings; first in a file */
	TT_BLK_TEXT = 2,      /* lines "name value", for people */
	TT_BLK_RECORD = 3,    /* a record in its place */
	TT_BLK_EARLY = 4,     /* a look ahead at a record that waits for its turn */
	TT_BLK_FOUND = 5,     /* a struct tt_rec_socket of the scan at start */
	TT_BLK_FOUND_END = 6, /* struct tt_blk_time: `socket` events are told */
	TT_BLK_LOST = 7,      /* struct tt_blk_lost */
	TT_BLK_NAME = 8,      /* struct tt_blk_name and the name */
	TT_BLK_EXPIRE = 9,    /* struct tt_blk_time: what ended is forgotten */
	TT_BLK_RATE = 10,     /* struct tt_blk_time: a second of --rate is over */
	TT_BLK_PROCESS = 11,  /* struct tt_saved_proc */
	TT_BLK_FLOW = 12,     /* struct tt_saved_flow and what it counts */
	TT_BLK_TABLE = 13,    /* struct tt_saved_table: all flows are told */
	TT_BLK_END = 14,      /* struct tt_blk_end: the last of a whole file */
	TT_BLK_FILTER = 15,   /* the run's FILTER, a text; after the settings */
};

struct tt_blk_time {
	__u64 time_ns;
};

#define TT_LOST_NAME_LEN 32

struct tt_blk_lost {
	__u64 time_ns;
	__u64 count;
	char what[TT_LOST_NAME_LEN], why[TT_LOST_NAME_LEN];
};

enum { TT_NAME_CGROUP = 1, TT_NAME_RST = 2, TT_NAME_DROP = 3, TT_NAME_SYMBOL = 4 };

/* What a number stands for on that host, len bytes; none: it has no name. */
struct tt_blk_name {
	__u64 id;
	__u32 kind;
	__u32 len;
};

struct tt_blk_settings {
	__u32 version; /* TT_RECORDING_VERSION */
	__u32 hz;      /* of jiffies in records, 0 unknown */
	__s64 utc_offset_ns; /* added to a record's time gives UTC */
	__u64 start_ns;
	__u32 netns; /* inode, the tracer's own */
	__u32 file;  /* which one of a rotation, from 0 */
	/* what was selected */
	__u32 events;
	__u32 by_task; /* tasks carry TT_TASK_SELECTED */
	__u32 states;
	__u32 sel_netns;
	__u32 family;
	__u32 nports, nlports, nrports, naddrs;
	__u32 pad;
	__u16 ports[TT_MAX_PORTS], lports[TT_MAX_PORTS], rports[TT_MAX_PORTS];
	struct tt_prefix addrs[TT_MAX_ADDRS];
	/* -c and --rate, and how far they had come when the file began */
	__u64 count, rate;
	__u64 told, rate_second, rate_used, rate_dropped;
	char tool[32];	 /* version */
	char kernel[64]; /* uname -sr */
};

/* A process as the table of flows knew it when the file began. */
struct tt_saved_proc {
	__u64 cgroup;
	__u32 id; /* flows refer to it by this; from 0 in the order of the file */
	__u32 pid;
	__u32 uid;
	__u32 flags; /* TT_PROC_* */
	char comm[TT_COMM_LEN];
};

#define TT_PROC_SELECTED (1u << 0)
#define TT_PROC_EXITED (1u << 1)
#define TT_PROC_CURRENT (1u << 2) /* the one that has the pid now */
/* and the bits of TT_TASK_START_MASK, as struct tt_task has them */

struct tt_saved_owner {
	__u32 proc; /* struct tt_saved_proc.id, ~0: none */
	__u32 tid;
	__s32 fd;
	__u32 pad;
};

struct tt_saved_attempt {
	__u64 ts_ns;
	__u32 lport_be;
	__u32 pad;
};

/* struct tt_saved_flow.has */
#define TT_FLOW_OPTS (1u << 0)
#define TT_FLOW_IO (1u << 1)

/* Followed by its owners, attempts, struct tt_opts and struct tt_io. */
struct tt_saved_flow {
	__u64 sk;
	struct tt_tuple tuple;
	__u64 listener;
	__u64 state_ns, open_ns, ready_ns, end_ns;
	__u64 rx_off;
	__u32 base_l, base_r;
	__u32 rx_seq;
	__u32 queue_len, queue_max;
	__u32 flags; /* enum of user/flow/table.h: a bit never changes its meaning */
	__u8 family, state, owner_src, has;
	__u16 nowners, nattempts;
};

struct tt_saved_table {
	__u64 now_ns, swept_ns, requests;
};

struct tt_blk_end {
	__u64 packets; /* in this file */
	__u64 records;
	__u64 lost; /* in the run, up to here */
	__u32 more; /* another file of the rotation follows */
	__u32 pad;
};

TT_ASSERT_SIZE(tt_block, 8);
TT_ASSERT_SIZE(tt_blk_lost, 80);
TT_ASSERT_SIZE(tt_blk_name, 16);
TT_ASSERT_SIZE(tt_blk_settings, 632);
TT_ASSERT_SIZE(tt_saved_proc, 40);
TT_ASSERT_SIZE(tt_saved_owner, 16);
TT_ASSERT_SIZE(tt_saved_attempt, 16);
TT_ASSERT_SIZE(tt_saved_flow, 128);
TT_ASSERT_SIZE(tt_blk_end, 32);

#endif
