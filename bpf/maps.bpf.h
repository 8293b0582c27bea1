/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every map: who inserts, who deletes, who reads, why this size. */
#ifndef MAPS_BPF_H
#define MAPS_BPF_H

/* Config is fixed before load; the verifier drops what a run does not use. */
const volatile struct tt_config cfg = {};

/* Filled by kernel_facts__raw_tp, run once after load. */
struct tt_kernel kernel_facts = {};

/*
 * User space sets idle before it sleeps; the first record after that wakes it
 * and clears the flag. Otherwise records wake nobody: a wake-up per event
 * costs three times what the event costs.
 */
__u32 idle = 0;

/* Set when everything is attached: before that, half of what belongs together
 * would be missing. */
__u32 active = 0;

/*
 * close(2) drops the file before it returns (kernel commit 021a160abf62, 6.6)
 * or on the way back to user space. Learned from the tracer's own socket; it
 * tells a close() of the socket from one that freed it with something else.
 */
__u32 close_is_sync = 0;

/*
 * Local ports of selected sockets, in units of 2^30 ns when last seen, 0
 * never. It turns a process selection into a test that softirq work and
 * packets can afford: what touches no such port is dropped at once. The test
 * may pass too much (another socket on the same port), never too little; user
 * space knows owners and decides exactly. Handlers set, user space refreshes
 * the ports of live sockets, entries age out after WATCH_AGE.
 */
__u32 watched[65536] = {};
#define WATCH_UNIT 30
#define WATCH_AGE 240

/* One ring keeps the kernel's own order. User space sets its size. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} events SEC(".maps");

/*
 * All handlers add, user space reads. Not a map: while a task of a CPU is in a
 * map's system call, the kernel runs none of our programs for what interrupts
 * it there, and counts that nowhere. Nothing that user space does again and
 * again may be such a call.
 */
struct tt_stats stats = {};

/*
 * Selected processes by pid as the tracer sees it. User space inserts the
 * named ones, fork the children of a followed one; user space deletes after
 * the process is gone and its sockets were closed. 32768 is the kernel's
 * default pid_max.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 32768);
	__type(key, __u32);
	__type(value, __u32);
} pids SEC(".maps");

/*
 * Most tasks are told apart by this: 0 where no selected pid ends so. Set
 * before the pid is inserted above, never cleared.
 */
__u8 pid_hints[8192] = {};
#define PID_HINT(pid) ((pid) & 8191)

/* The one cgroup of --cgroup, by fd. User space inserts. */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} cgroups SEC(".maps");

/*
 * Sockets of a selected task between connect() and the moment their port is
 * known, by cookie. The state handler inserts and deletes; the tap reads. LRU:
 * an attempt whose end is never seen must not fill the table.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, __u32);
} connecting SEC(".maps");

/*
 * A call that a task is in, by tid: set where the call enters TCP, taken where
 * it returns (pending.bpf.h). An entry stays for the thread's next call.
 */
struct pending {
	__u64 ts_ns; /* 0: nothing is pending */
	__u64 sk;
	__u64 offset;
	__u64 ptr; /* struct sock *, where it is known */
	__u32 started; /* connect: the state changed, the attempt is on its way */
	__u16 rport_be;
	__u16 msg_flags; /* of a read, for a return probe without arguments */
	__u8 raddr_be[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct pending);
} connects SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct pending);
} sends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct pending);
} accepts SEC(".maps");

/*
 * Calls that waited when tracing began, by tid: which of TT_WAIT_* it is, or 0
 * for one that another hook saw return. The iterator and, while marking is
 * set, the hooks insert; returns and exits of tasks delete. waiting is their
 * number: at 0 user space detaches what is there for them alone.
 */
__u32 marking = 0;
__u32 waiting = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, __u32);
} waiters SEC(".maps");

/*
 * Requests that a listener answered, from the SYN-ACK to the child's
 * ESTABLISHED, by the hash of the tuple as the listener's side sees it. The
 * tap puts them in, the state handler takes them out (requests.bpf.h).
 */
#define REQUEST_SETS 4096
#define REQUEST_WAYS 4

struct request {
	__u64 key;	/* 0: free */
	__u64 listener; /* cookie */
	__u64 sk;	/* kernel address of the listener, to read its queue */
	__u64 check;	/* two CPUs may have written a part each */
};

struct request_set {
	struct request way[REQUEST_WAYS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, REQUEST_SETS);
	__type(key, __u32);
	__type(value, struct request_set);
} requests SEC(".maps");

/*
 * SYNs and FINs that wait for an ACK from elsewhere, by the tuple of the side
 * that must send it: what completes a handshake or a teardown. The tap inserts,
 * reads and deletes. LRU as above.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct tt_tuple);
	__type(value, __u32);
} unacked SEC(".maps");

/*
 * What is going on on this CPU: the socket that tcp_receive_reset saw last, as
 * the state change that follows has its cause; and what the first of two twin
 * programs is at, see twin.bpf.h.
 */
enum twin {
	TWIN_STATE,
	TWIN_DESTROY,
	TWIN_RETRANSMIT,
	TWIN_RESET_IN,
	TWIN_RESET_OUT,
	TWIN_DROP,
	TWIN_CPU_MAX,
	/* of tasks only */
	TWIN_CALL = TWIN_CPU_MAX,
	TWIN_ACCEPTED,
	TWIN_ACCEPT,
	TWIN_CONNECT,
	TWIN_LISTEN,
	TWIN_SHUTDOWN_BEGIN,
	TWIN_SHUTDOWN,
	TWIN_ATTEMPT,
	TWIN_PORT,
	TWIN_CLOSE,
	TWIN_SEND_BEGIN,
	TWIN_SEND_CHUNK,
	TWIN_SEND,
	TWIN_RECV_BEGIN,
	TWIN_RECV,
	TWIN_WAITED,
	TWIN_WAITER_EXIT,
	TWIN_FORK,
	TWIN_EXEC,
	TWIN_EXIT,
};

struct in_hand {
	__u64 rst_sk, rst_cookie; /* addresses are used again */
	struct {
		__u64 object, what;	    /* sock or skb, and what of it */
		__u64 old_object, old_what; /* what this one interrupted */
	} twin[TWIN_CPU_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct in_hand);
} in_hand SEC(".maps");

/*
 * The same of tasks, by the end of their id. The first of two programs sets,
 * the twin clears: two tasks of one entry would have to be between the two at
 * the same moment.
 */
#define TASK_NOTES 32768
__u32 task_notes[TASK_NOTES] = {};

/*
 * A packet as FILTER sees it: wire_len and caplen count from the frame's first
 * byte, which is bytes start of l2. user/filter/code.h knows this layout, and
 * the translated expression relies on it that FRAME_L2 + FRAME_DATA bytes are
 * there.
 */
#define FRAME_L2 24
#define FRAME_DATA 2048

struct frame {
	__u32 wire_len;
	__u32 caplen;
	__u32 start;
	__u32 pkttype;
	__u8 l2[FRAME_L2];
	__u8 data[FRAME_DATA];
};

#define BARE_FRAMES 3 /* a task, a softirq, a hard interrupt */

struct bare_frames {
	__u64 depth;
	struct frame frames[BARE_FRAMES];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bare_frames);
} bare_frames SEC(".maps");

/*
 * Devices where a program of --tap stands, and the directions (TT_DIR_*) in
 * which it tells their segments. User space inserts and deletes (live/taps.c);
 * the default tap reads.
 */
struct tap_dev {
	__u32 netns, ifindex;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct tap_dev);
	__type(value, __u32);
} tap_devs SEC(".maps");

/* The tap's work space: too big for the stack. */
struct tap_scratch {
	struct frame frame; /* what was read, from the IP header on, in data */
	struct tt_seg seg;
	struct tt_tuple key;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tap_scratch);
} scratch SEC(".maps");

/*
 * A packet's record with the link layer or payload: of a size that no
 * reservation can have, so it is put together here and copied. One entry a
 * CPU: user space says how many, 1 where no such record is wanted. Not a
 * per-CPU map, whose values end at 32 KiB.
 */
struct wide_packet {
	__u8 head[TT_REC_PACKET_HDR]; /* of a struct tt_rec_packet */
	struct tt_link link;
	__u8 data[TT_PKT_DATA_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wide_packet);
} wide SEC(".maps");

#endif
