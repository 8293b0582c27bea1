/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets, their owners and connections: the one place that knows what the
 * records mean together. flow_table__apply() takes records in the order of
 * their time and tells facts to a sink.
 *
 * A socket is its cookie. Its addresses find it (a packet has nothing else)
 * but are no identity. Owners come from calls, from the descriptor tables
 * read at start and, for a child that nobody accepted, from its listener;
 * never from the task that a softirq interrupted.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/fact.h"
#include "tcptrace/event.h"

struct flow_table;
struct tt_saved_proc;
struct tt_saved_table;

enum { SELECT_MAX = 16 };

struct select_prefix {
	uint8_t addr[16]; /* v4-mapped for IPv4 */
	uint8_t len;	  /* of the mapped form */
};

/* What the user selected, decided exactly. All kinds that are set must hold. */
struct select {
	bool by_task; /* owners carry TT_TASK_SELECTED */
	uint16_t ports[SELECT_MAX], lports[SELECT_MAX], rports[SELECT_MAX];
	size_t nports, nlports, nrports;
	struct select_prefix addrs[SELECT_MAX];
	size_t naddrs;
	uint8_t family;	   /* 4, 6, or 0: any */
	uint32_t states;   /* bit per enum tcp_state, 0: any */
	uint32_t netns;	   /* inode, 0: any */
	uint32_t events;   /* bit per event_id */
	/* FILTER, of a connection; NULL: none. Packets were filtered before. */
	bool (*takes)(const void *ctx, const struct tt_tuple *tuple);
	const void *takes_ctx;
};

struct flow_opts {
	struct select select;
	struct select also; /* sockets and states: of a reader among a run's */
	uint32_t hz; /* of jiffies in records, 0 unknown */
	uint32_t max_flows; /* 0: no bound */
	/* Names that only the system knows; each may be NULL, and may answer NULL. */
	const char *(*cgroup_path)(void *ctx, uint64_t id);
	const char *(*rst_reason)(void *ctx, uint32_t reason);
	const char *(*drop_reason)(void *ctx, uint32_t reason);
	const char *(*symbol)(void *ctx, uint64_t addr);
	void *names_ctx;
	/* Gets every fact that was selected. */
	void (*sink)(void *ctx, const struct fact *f);
	void *sink_ctx;
};

struct flow_stats {
	uint64_t flows;	  /* in the table now */
	uint64_t open;	  /* of them selected, and not let go by their owner */
	uint64_t evicted; /* over max_flows: what was known of them is lost */
	uint64_t bytes;	  /* memory of the table */
};

struct flow_table *flow_table__new(const struct flow_opts *opts);
void flow_table__free(struct flow_table *t);

/*
 * The moment a record is told at: the entry of a call that pushes (connect,
 * send, shutdown), for all others the moment of the hook.
 */
uint64_t record_time(const struct tt_hdr *rec);

/*
 * Looks at a record as soon as it is known, before its turn: a port that is
 * chosen inside the window belongs to the connect() it followed.
 */
void flow_table__preview(struct flow_table *t, const struct tt_hdr *rec);
/* Whether that does anything: for a recording of it. */
bool flow_table__previews(const struct flow_table *t, const struct tt_hdr *rec);
/* Records in the order of record_time(), all but TT_REC_SOCKET. */
void flow_table__apply(struct flow_table *t, const struct tt_hdr *rec,
		       uint64_t time_ns, bool late);
/*
 * TT_REC_SOCKET records of the scan at start, before any other record. When
 * all are in, flow_table__tell_found() tells the sockets they showed that
 * still live, at time_ns.
 */
void flow_table__found(struct flow_table *t, const struct tt_rec_socket *rec);
void flow_table__tell_found(struct flow_table *t, uint64_t time_ns);

/* Tells a loss. */
void flow_table__lost(struct flow_table *t, uint64_t time_ns, const char *what,
		      const char *why, uint64_t count);
/* Forgets what ended long enough before now_ns. */
void flow_table__expire(struct flow_table *t, uint64_t now_ns);
/* Selected sockets whose owner has not closed them. */
bool flow_table__has_open(const struct flow_table *t);
/* As in flow_stats, at no cost. */
/* What a process is known to hold, as far as it can be looked up. */
struct holding {
	uint64_t sk;
	uint32_t pid, tid, ino;
	int32_t fd;
};

/* Of selected processes: from *pos on, of at most so many sockets; *pos is where
 * to go on, 0 behind the last. */
void flow_table__each_holding(struct flow_table *t, size_t *pos, unsigned int most,
			      void (*fn)(void *ctx, const struct holding *h), void *ctx);

uint64_t flow_table__evicted(const struct flow_table *t);
/* Local ports of the selected sockets, host order, one call each. */
void flow_table__each_port(const struct flow_table *t,
			   void (*fn)(void *ctx, uint16_t port), void *ctx);
void flow_table__stats(const struct flow_table *t, struct flow_stats *s);

/*
 * What the table knows, as TT_BLK_PROCESS, FLOW and TABLE of recording.h, and
 * back into an empty table. What cannot be is left out.
 */
void flow_table__save(struct flow_table *t,
		      void (*fn)(void *ctx, uint16_t what, const void *data,
				 size_t len), void *ctx);
void flow_table__load_proc(struct flow_table *t, const struct tt_saved_proc *s);
void flow_table__load_flow(struct flow_table *t, const void *data, size_t len);
void flow_table__load_table(struct flow_table *t,
			    const struct tt_saved_table *s);
/* select.takes, where it is known only later. */
void flow_table__set_filter(struct flow_table *t,
			    bool (*takes)(const void *ctx, const struct tt_tuple *tuple),
			    const void *ctx);
/* As a scan would have found them now: what the selection takes, each once for
 * TCP's tables and once for each owner. */
void flow_table__each_socket(const struct flow_table *t,
			     void (*fn)(void *ctx, const struct tt_rec_socket *r),
			     void *ctx);
/* No table will follow. */
void flow_table__end_load(struct flow_table *t);

#endif
