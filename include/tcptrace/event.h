/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The records that the kernel programs hand to user space, and that a
 * recording keeps. Records carry what one hook saw, in numbers; what the
 * reader is told (events.def) is made from them in user/flow.
 *
 * Every record starts with struct tt_hdr. len makes an unknown kind skippable,
 * kinds are append-only and a record only ever grows at its end: a reader
 * accepts any len at or above the size it knows. Unknown numbers are 0 unless
 * a member says otherwise. Members that end in _be are in network order.
 */
#ifndef TCPTRACE_EVENT_H
#define TCPTRACE_EVENT_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "tuple.h"

#define TT_COMM_LEN 16
#define TT_IFNAME_LEN 16
#define TT_CA_NAME_LEN 16

enum {
	TT_REC_STATE = 1,
	TT_REC_CALL = 2,
	TT_REC_CLOSE = 3,
	TT_REC_DESTROY = 4,
	TT_REC_PACKET = 5,
	TT_REC_RETRANSMIT = 6,
	TT_REC_RESET = 7,
	TT_REC_DROP = 8,
	TT_REC_TASK = 9,
	TT_REC_SOCKET = 10,
	TT_REC_MAX,
};

/* ts_ns is CLOCK_BOOTTIME when the hook ran; sk the socket cookie. */
struct tt_hdr {
	__u16 kind;
	__u16 len;
	__u32 cpu;
	__u64 ts_ns;
	__u64 sk;
};

/* struct tt_task.flags */
#define TT_TASK_SELECTED (1u << 0) /* the process selection takes this task */
#define TT_TASK_EXITING (1u << 1)  /* PF_EXITING: descriptors go with the task */
#define TT_TASK_COMPAT (1u << 2)   /* a 32-bit call: sysno is of that table */
#define TT_TASK_PASSING (1u << 3)  /* close() of what held the socket */

/*
 * The rest of the flags tells processes apart that had the same pid: when it
 * began, in units of 2^24 ns since boot, modulo 2^24. 0 if unknown.
 */
#define TT_TASK_START_SHIFT 8
#define TT_TASK_START(start_ns) \
	((__u32)((start_ns) >> 24) << TT_TASK_START_SHIFT)
#define TT_TASK_START_MASK (~0u << TT_TASK_START_SHIFT)

/*
 * The task in whose call the hook ran; pid 0 if the hook ran in no call of
 * its own (softirq, timer, another task's backlog). pid and tid are those of
 * the tracer's pid namespace. comm is the process's (its leader's) name.
 */
struct tt_task {
	__u32 pid;
	__u32 tid;
	__u32 uid; /* effective */
	__s32 fd;  /* first argument of a call that takes a descriptor, else -1 */
	__u64 cgroup;
	char comm[TT_COMM_LEN];
	__s32 sysno; /* -1 if unknown */
	__u32 flags;
};

/* struct tt_sock.flags */
#define TT_SK_OWNED (1u << 0)	 /* sk_lock.owned: a task is in a call on it */
#define TT_SK_DEAD (1u << 1)	 /* SOCK_DEAD: the application let go */
#define TT_SK_DONE (1u << 2)	 /* SOCK_DONE: the peer's FIN arrived */
#define TT_SK_NOFILE (1u << 3)	 /* no struct socket: not accepted, or orphan */
#define TT_SK_LINGER2 (1u << 4)	 /* TCP_LINGER2 below 0: no FIN_WAIT2 */
#define TT_SK_REQUEST (1u << 5)	 /* a request or a TIME_WAIT remnant */
#define TT_SK_V6ONLY (1u << 6)	 /* a listener with IPV6_V6ONLY */

struct tt_sock {
	struct tt_tuple tuple;
	__u8 family; /* 4 or 6, the socket's own; a mapped tuple may be 6 */
	__u8 state;  /* enum tcp_state, after the event */
	__u8 shutdown; /* RCV_SHUTDOWN 1, SEND_SHUTDOWN 2 */
	__u8 flags;
	__u32 ino;
};

/* The application's place in both streams; 0 is the first byte. */
struct tt_io {
	__u64 tx_off; /* bytes taken from writes */
	__u64 rx_off; /* bytes handed to reads; ~0: not to be had just then */
	__u32 unread; /* received and not read, FIN not counted */
	__u32 rx_seq; /* copied_seq, without a FIN that was read: rx_off follows it */
};

/* struct tt_opts.flags */
#define TT_OPT_NODELAY (1u << 0)
#define TT_OPT_CORK (1u << 1)
#define TT_OPT_LINGER (1u << 2)
#define TT_OPT_KEEPALIVE (1u << 3)

/* Times are in jiffies; stats.h tells their rate. */
struct tt_opts {
	__u32 flags;
	__u32 linger_j;
	__u32 ka_time_j;
	__u32 ka_intvl_j;
	__u32 ka_probes;
	__u32 rcvbuf;
	__u32 sndbuf;
	__u32 mss;
	char congestion[TT_CA_NAME_LEN];
};

/* struct tt_rec_state.seen: what happened to this socket just before, here */
#define TT_SEEN_RST_IN (1u << 0)  /* tcp_receive_reset */
#define TT_SEEN_OPTS (1u << 2)	  /* opts are filled in */
#define TT_SEEN_ATTEMPT (1u << 3) /* inside the connect() that began it */
#define TT_SEEN_IO (1u << 4)	  /* io is filled in */

/* inet_sock_set_state */
struct tt_rec_state {
	struct tt_hdr hdr;
	struct tt_sock sock;
	struct tt_task task;
	__u8 old_state;
	__u8 new_state;
	__u8 seen;
	__u8 retransmits; /* icsk_retransmits: this many in a row unanswered */
	__u8 probes;	  /* icsk_probes_out */
	__u8 pad[3];
	__s32 err; /* sk_err */
	__u32 backlog; /* sk_max_ack_backlog of a listener */
	__u64 listener; /* cookie of the listener of a new child */
	__u32 queue_len; /* its accept queue, this child included */
	__u32 queue_max;
	struct tt_opts opts;
	struct tt_io io;
};

/* Short form: most transitions need nothing after err and backlog. */
#define TT_REC_STATE_MIN 136

enum {
	TT_CALL_CONNECT = 1, /* failed without a state change */
	TT_CALL_LISTEN = 2,
	TT_CALL_ACCEPT = 3,
	TT_CALL_SHUTDOWN = 4,
	TT_CALL_SEND = 5,
	TT_CALL_RECV = 6,
	TT_CALL_CONNECT_END = 7, /* connect() returned, after a state change */
};

/*
 * A call and its result. hdr.ts_ns is the return (of send, the moment the
 * hook knows); enter_ns the entry into TCP, 0 if no hook saw it. For accept,
 * hdr.sk and sock are the new connection and task.fd is its descriptor.
 */
struct tt_rec_call {
	struct tt_hdr hdr;
	struct tt_sock sock;
	struct tt_task task;
	__u64 enter_ns;
	__u64 offset; /* of the first byte; ~0 unknown */
	__s64 ret;    /* bytes, 0 or -errno */
	__u64 listener;
	__u16 call;
	__u8 flags;
	__u8 pad;
	__s32 arg; /* backlog, how, or msg flags */
	union {
		__u32 queue_max; /* accept */
		__u32 rx_seq;	 /* recv: of the first byte, as tt_io has it */
	};
	__u32 ret_fd; /* accept: same as task.fd */
	struct tt_opts opts; /* accept only */
};

#define TT_REC_CALL_MIN 168

/* The last reference of the application is going; before TCP acts on it. */
struct tt_rec_close {
	struct tt_hdr hdr;
	struct tt_sock sock;
	struct tt_task task;
	struct tt_io io;
	struct tt_opts opts;
};

struct tt_rec_destroy {
	struct tt_hdr hdr;
	struct tt_sock sock;
	struct tt_task task;
	struct tt_io io;
};

enum { TT_DIR_OUT = 1, TT_DIR_IN = 2 };

/* struct tt_rec_packet.flags */
#define TT_PKT_LOOPBACK (1u << 0)   /* both ends in this namespace */
#define TT_PKT_FOREIGN_SK (1u << 1) /* the skb's socket is of another namespace */
#define TT_PKT_COMPLETES (1u << 2)  /* completes a handshake or a teardown */
#define TT_PKT_TX_SK (1u << 3)	    /* hdr.sk, sk_state are the sender's */
#define TT_PKT_STATE_ONLY (1u << 5) /* FILTER takes its connection, not it */
#define TT_PKT_LINK (1u << 4)	    /* a struct tt_link stands before data */
#define TT_PKT_BESIDE (1u << 6)	    /* the default tap saw it too, for states */
#define TT_PKT_UNPLACED (1u << 7)   /* of a file that tells neither end's host */

#define TT_PKT_DATA_SHORT 80
#define TT_PKT_DATA_LONG 160

/* Packet bytes that a record holds at most, and the payload that -s may ask
 * for: hdr.len has 16 bits. */
#define TT_PKT_DATA_MAX 65400
#define TT_SNAPLEN_MAX 65000

#define TT_LINK_ADDR_LEN 8
#define TT_LINK_L2_LEN 32

/* struct tt_link.csum: what the device or the stack knows of the checksum */
enum {
	TT_CSUM_NONE = 0,
	TT_CSUM_UNNECESSARY = 1, /* somebody verified it */
	TT_CSUM_COMPLETE = 2,
	TT_CSUM_PARTIAL = 3, /* not computed yet: the device is to */
};

/* struct tt_link.pkttype, as in <linux/if_packet.h> */
enum {
	TT_PKTTYPE_HOST = 0,
	TT_PKTTYPE_BROADCAST = 1,
	TT_PKTTYPE_MULTICAST = 2,
	TT_PKTTYPE_OTHERHOST = 3,
	TT_PKTTYPE_OUTGOING = 4,
};

/*
 * The link layer around the packet. l2 holds l2_len bytes of its header as
 * they stand, tags in the frame included. A tag that the device keeps apart is
 * vlan_tci and vlan_proto_be, the latter 0 where there is none; it belongs
 * before the EtherType. addr is the sender's address of addr_len bytes.
 */
struct tt_link {
	__u16 hatype;	   /* ARPHRD_* */
	__u16 protocol_be; /* EtherType of what data holds */
	__u16 vlan_tci;	   /* host order */
	__u16 vlan_proto_be;
	__u8 pkttype;
	__u8 addr_len;
	__u8 l2_len;
	__u8 csum;
	__u8 addr[TT_LINK_ADDR_LEN];
	__u8 l2[TT_LINK_L2_LEN];
	__u32 pad;
};

/*
 * A segment at the tap. The packet's bytes start at the IP header: caplen of
 * them, the headers and as much payload as -s asked for. They stand at data,
 * or behind a struct tt_link there if flags say so: tt_packet_data() and
 * tt_packet_link() know. wire_len is the IP packet's length, aggregates
 * included. listener is set on a SYN-ACK: the cookie of the listener that
 * answered.
 */
struct tt_rec_packet {
	struct tt_hdr hdr;
	__u64 listener;
	__u32 netns;
	__u32 ifindex;
	__u32 wire_len;
	__u16 gso_segs;
	__u16 gso_size;
	__u16 caplen;
	__u8 dir;
	__u8 flags;
	__u8 sk_state;
	__u8 pad[3];
	char ifname[TT_IFNAME_LEN];
	__u8 data[TT_PKT_DATA_LONG];
};

#define TT_REC_PACKET_HDR 72

static inline const struct tt_link *tt_packet_link(const struct tt_rec_packet *r)
{
	return r->flags & TT_PKT_LINK ? (const struct tt_link *)r->data : (void *)0;
}

static inline const __u8 *tt_packet_data(const struct tt_rec_packet *r)
{
	return r->flags & TT_PKT_LINK ? r->data + sizeof(struct tt_link) : r->data;
}

enum {
	TT_RETRANS_SYN = 1,
	TT_RETRANS_SYNACK = 2,
	TT_RETRANS_RTO = 3,
	TT_RETRANS_FAST = 4,
	TT_RETRANS_PROBE = 5, /* tail loss probe */
};

struct tt_rec_retransmit {
	struct tt_hdr hdr;
	struct tt_sock sock;
	__u64 listener; /* of a SYN-ACK */
	__u32 seq;
	__u32 why; /* TT_RETRANS_* */
};

/* reason is an enum sk_rst_reason of the running kernel, ~0 if it has none */
struct tt_rec_reset {
	struct tt_hdr hdr;
	struct tt_sock sock;
	struct tt_task task;
	__u32 reason;
	__u8 dir;
	__u8 pad[3];
};

/* reason is an enum skb_drop_reason of the running kernel */
struct tt_rec_drop {
	struct tt_hdr hdr;
	struct tt_sock sock;
	__u64 where; /* kernel address */
	__u32 reason;
	__u32 seq;
	__u32 len; /* of the skb as it was dropped */
	__u32 tcp_flags;
};

enum {
	TT_TASK_FORK = 1,
	TT_TASK_EXEC = 2,
	TT_TASK_EXIT = 3,
	TT_TASK_LET_GO = 4, /* holds the socket of hdr.sk no more */
};

/* A process began, changed its program, ended or let go of a socket. task is
 * the new or the changed one; parent the forking process. */
struct tt_rec_task {
	struct tt_hdr hdr;
	struct tt_task task;
	__u32 what;
	__u32 parent;
};

/* struct tt_rec_socket.flags */
#define TT_SCAN_FILE (1u << 0) /* from a descriptor table: task is an owner */

/* A socket found by an iterator, once for each descriptor that refers to it
 * and once from the TCP tables. */
struct tt_rec_socket {
	struct tt_hdr hdr;
	struct tt_sock sock;
	struct tt_task task;
	struct tt_io io;
	struct tt_opts opts;
	__u64 listener;
	__u32 rx_queue;
	__u32 tx_queue;
	__u32 uid;
	__u32 flags;
	__u8 timer;	 /* as /proc/net/tcp: 0 off, 1 on, 2 keepalive, 3 timewait, 4 probe */
	__u8 retransmits;
	__u8 probes;
	__u8 substate; /* TIME_WAIT remnant: FIN_WAIT2 or TIME_WAIT */
	__u32 expires_j; /* timer, jiffies from now */
	__u32 bound_if;
	__u32 pad;
};

#define TT_ASSERT_SIZE(type, size) \
	_Static_assert(sizeof(struct type) == (size), #type " changed its layout")
TT_ASSERT_SIZE(tt_hdr, 24);
TT_ASSERT_SIZE(tt_task, 48);
TT_ASSERT_SIZE(tt_sock, 48);
TT_ASSERT_SIZE(tt_io, 24);
TT_ASSERT_SIZE(tt_opts, 48);
TT_ASSERT_SIZE(tt_rec_state, 224);
TT_ASSERT_SIZE(tt_rec_call, 216);
TT_ASSERT_SIZE(tt_rec_close, 192);
TT_ASSERT_SIZE(tt_rec_destroy, 144);
TT_ASSERT_SIZE(tt_link, 56);
TT_ASSERT_SIZE(tt_rec_packet, 72 + TT_PKT_DATA_LONG);
TT_ASSERT_SIZE(tt_rec_retransmit, 88);
TT_ASSERT_SIZE(tt_rec_reset, 128);
TT_ASSERT_SIZE(tt_rec_drop, 96);
TT_ASSERT_SIZE(tt_rec_task, 80);
TT_ASSERT_SIZE(tt_rec_socket, 232);
_Static_assert(__builtin_offsetof(struct tt_rec_packet, data) ==
		       TT_REC_PACKET_HDR, "packet header");
_Static_assert(__builtin_offsetof(struct tt_rec_state, listener) ==
		       TT_REC_STATE_MIN, "short state record");

#endif
