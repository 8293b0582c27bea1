/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fact: one event as the reader is told it, with everything that is known
 * about it resolved. user/flow makes facts, user/view prints them.
 *
 * A member counts only if its field is present: fact_set() marks it,
 * fact_has() asks. What is not present is unknown and is never printed as 0.
 * Strings and arrays are borrowed: valid until the sink that got the fact
 * returns.
 */
#ifndef EVENT_FACT_H
#define EVENT_FACT_H

#include <stdbool.h>
#include <stdint.h>

#include "event/sock_diag.h"
#include "tcptrace/event.h"

enum event_id {
#define EVENT(id, name, group, meaning) EV_##name = (id),
#include "tcptrace/events.def"
#undef EVENT
	EV_MAX,
};

/* Every field a fact can hold; the rows of desc.c say name, type, meaning. */
enum field {
	F_PID, F_TID, F_COMM, F_UID, F_FD, F_OWNER_SRC, F_NETNS, F_CGROUP,
	F_SK, F_FAMILY, F_MAPPED, F_LADDR, F_LPORT, F_RADDR, F_RPORT, F_STATE,
	F_PEER, F_LATE, F_FILE,
	F_OWNERS, F_OPTS, F_INODE, F_RECV_Q, F_SEND_Q, F_SHUT, F_V6ONLY, F_MARK,
	F_SOCK_UID, F_TIMER, F_SKMEM, F_CONG_INFO, F_TCP_INFO, F_ATTENTION,
	F_LATENCY_US, F_ERROR, F_ABORTED,
	F_BACKLOG,
	F_LISTENER, F_COOKIE,
	F_QUEUED_US, F_QUEUE_LEN, F_QUEUE_MAX,
	F_OLD, F_NEW, F_IN_STATE_US, F_CAUSE,
	F_BYTES, F_OFFSET, F_CALL_US, F_CALL, F_PEEK,
	F_HOW,
	F_VIA, F_UNREAD, F_LINGER, F_BYTES_SENT, F_BYTES_RECEIVED,
	F_DURATION_US,
	F_FROM, F_TO, F_DIR, F_IFNAME, F_SRC, F_SPORT, F_DST, F_DPORT,
	F_FLAGS, F_TCP_SEQ, F_TCP_ACK, F_REL_SEQ, F_REL_ACK, F_WIN, F_LEN,
	F_TCP_OPTS, F_TTL, F_GSO,
	F_KIND,
	F_REASON,
	F_WHERE,
	F_WHAT, F_WHY, F_COUNT,
	F_MAX,
};

/* One end of a connection and who holds it. A 0 or -1 member is unknown. */
struct endpoint {
	uint32_t pid, tid; /* 0 unknown */
	const char *comm;  /* NULL unknown */
	int32_t fd;	   /* -1 unknown */
	uint64_t sk;	   /* 0 unknown */
	const char *state; /* NULL unknown; packets only */
};

struct owner_ref {
	uint32_t pid;
	int32_t fd; /* -1 unknown */
	const char *comm;
};

/* Socket options as user space knows them: seconds and bytes. */
struct sock_opts {
	bool nodelay, cork, linger_on, keepalive_on;
	uint32_t linger_s;
	uint32_t ka_time_s, ka_intvl_s, ka_probes;
	uint32_t rcvbuf, sndbuf, mss;
	const char *congestion;
};

struct sack_block {
	uint32_t left, right; /* relative where rel_ack is */
};

struct seg_opts {
	bool has_mss, has_wscale, sackok, has_ts;
	uint16_t mss;
	uint8_t wscale;
	uint32_t tsval, tsecr;
	uint8_t nsack;
	struct sack_block sack[4];
};

struct frame;

struct fact {
	enum event_id id;
	uint64_t time_ns; /* CLOCK_BOOTTIME */
	uint64_t has[2];  /* bit per enum field */

	uint32_t pid, tid, uid;
	int32_t fd;
	const char *comm;
	const char *owner_src; /* call, socket, scan, listener */
	uint32_t netns;
	const char *cgroup;
	uint64_t sk;
	uint8_t family; /* 4 or 6 */
	bool mapped;
	bool late;
	const char *file; /* the one it was read from, if there are several */
	uint8_t laddr[16], raddr[16]; /* v4 in mapped form */
	uint16_t lport, rport;	      /* host order */
	const char *state;
	struct endpoint peer;

	const struct owner_ref *owners;
	uint32_t nowners;
	struct sock_opts opts;
	/* Only of list */
	uint32_t inode, recv_q, send_q, mark, sock_uid;
	const char *shut; /* SHUT_RD, SHUT_WR, SHUT_RDWR */
	bool v6only;
	const struct sock_diag *diag; /* of F_TIMER to F_TCP_INFO */
	const char *attention[8];     /* ends in NULL */

	uint64_t latency_us;
	const char *error;   /* errno name */
	const char *aborted; /* close, exit, connect */
	uint32_t backlog;
	uint64_t listener;
	bool cookie;
	uint64_t queued_us;
	uint32_t queue_len, queue_max;
	const char *old_state, *new_state;
	uint64_t in_state_us;
	const char *cause_kind, *cause_what; /* what may be NULL */
	uint64_t bytes, offset, call_us;
	const char *call;
	bool peek;
	const char *how; /* SHUT_RD, SHUT_WR, SHUT_RDWR */
	const char *via;
	uint64_t unread, bytes_sent, bytes_received, duration_us;
	uint32_t linger_s; /* F_LINGER: SO_LINGER was on, seconds */

	/* packet; as it was captured: one of both, or neither */
	const struct tt_rec_packet *packet;
	const struct frame *frame;
	bool one_device; /* it was captured on one device alone, named by -i */
	/* dir also of reset */
	struct endpoint from, to;
	const char *dir; /* in, out */
	const char *ifname;
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
	char tcp_flags[12]; /* tcpdump's letters: S, S., P., F., R, ., none */
	uint32_t tcp_seq, tcp_ack, rel_seq, rel_ack;
	uint16_t win;
	uint32_t len; /* payload, bytes */
	struct seg_opts seg_opts;
	uint8_t ttl;
	uint16_t gso; /* segments in this frame, if more than one */

	const char *kind, *reason, *where;
	const char *what, *why;
	uint64_t count;
};

static inline void fact_set(struct fact *f, enum field id)
{
	f->has[id >> 6] |= 1ULL << (id & 63);
}

static inline void fact_clear(struct fact *f, enum field id)
{
	f->has[id >> 6] &= ~(1ULL << (id & 63));
}

static inline bool fact_has(const struct fact *f, enum field id)
{
	return f->has[id >> 6] >> (id & 63) & 1;
}

#endif
