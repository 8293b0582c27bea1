/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the trace command: one run, wired together. */
#ifndef TRACE_H
#define TRACE_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "output.h"
#include "record/recorder.h"
#include "expr.h"
#include "live/session.h"
#include "tcptrace/stats.h"
#include "teller.h"

struct run_config;
struct session;
struct order;
struct flow_table;
struct scan;
struct cgroup_names;
struct symbols;
struct fact;

/* COMMAND of `run`: forked early, held before exec until tracing stands. */
struct child {
	pid_t pid;    /* 0: none */
	int go_fd;    /* a byte lets it exec; -1 when it has */
	int status;   /* as wait(2) tells, once ended */
	bool ended;
	sigset_t mask;	   /* what COMMAND is to find, as the tracer found it */
	bool ignores_pipe;
};

int child__fork(struct child *c, char **argv);
void child__go(struct child *c);
/* It never ran: tracing could not start. */
void child__cancel(struct child *c);
void child__reap(struct child *c);
/* What a shell would report: 128+N for signal N. */
int child__exit_status(const struct child *c);

/* The processes of -p and their followed children that still live. */
struct living {
	uint32_t *pids;
	size_t count, size;
};

int living__add(struct living *l, uint32_t pid);
void living__del(struct living *l, uint32_t pid);
bool living__has(const struct living *l, uint32_t pid);

enum { MAX_HOOKS = 32 };

struct trace {
	const struct run_config *config;
	struct session *session;
	struct order *order;
	struct flow_table *flows;
	struct output output;
	struct teller teller; /* view and limits */
	struct recorder *recorder; /* -w, while it goes well */
	struct packet_owner owner; /* of the packet that is applied */
	int64_t utc_offset_ns;
	uint64_t recorded_ns; /* the recording began */
	uint32_t netns; /* of --netns, 0 any */
	struct cgroup_names *cgroups;
	struct symbols *symbols; /* for drops */
	struct expr expr;
	int cgroup_root;
	struct child child;
	struct living living;
	struct living followed; /* at start, where names or users select */
	struct living leaving; /* ended, and perhaps not yet done with closing */
	int signal_fd;
	struct scan *scan; /* while starting */
	pthread_t scan_thread;
	bool scan_loading;
	int scan_err;

	uint32_t events;
	uint64_t start_ns, end_ns; /* end 0: no --duration */
	uint64_t gone_ns; /* the last traced process was gone; 0: not yet */
	uint64_t found_ns; /* the scan's end: `socket` events are due; 0 told */
	uint64_t expired_ns, refreshed_ns;
	uint64_t told_ns; /* the stream has got so far */
	uint64_t lost_ns; /* by then something was lost that is not told; 0: no */
	bool looks_at_holders; /* processes are selected, and /proc shows them */
	size_t looked_at; /* so far in the table, by trace__look_at_holders() */
	int drained; /* records of the last drain, or -errno */
	bool behind; /* more was due than could be told at once */
	bool stop;
	int status;

	/* summary */
	uint64_t malformed, evicted;
	struct tt_stats stats; /* as last told */
	struct hook_misses missed[MAX_HOOKS]; /* as last told */
	uint64_t missed_ns;
};

/* trace_start.c */
int trace__start(struct trace *t);
/* trace_scan.c: loaded beside the hooks, in a thread of its own, until the end
 * is waited for. */
void trace__begin_scan(struct trace *t);
void trace__end_scan(struct trace *t);
/* A look at every socket makes its cookie. */
void trace__make_cookies(void *ctx);
/* Children that live already, and sockets that exist: hooks stand by now. */
void trace__follow(struct trace *t);
int trace__scan(struct trace *t);
/* trace_loop.c */
void trace__loop(struct trace *t);
/* The run has ended before COMMAND has: its status is still to come. */
void trace__wait_for_child(struct trace *t);
/* flow's sink */
void trace__fact(void *ctx, const struct fact *f);
/* A loss, to the recording and the reader. */
void trace__lost(struct trace *t, uint64_t now, const char *what,
		 const char *why, uint64_t count);
/* trace_holders.c; now and then */
void trace__look_at_holders(struct trace *t);
/* trace_record.c; all do nothing without -w */
int trace__open_recorder(struct trace *t);
/* The recording has ended with an error: say it, once. */
void trace__check_recorder(struct trace *t);
void trace__close_recorder(struct trace *t);
/* Takes a record of the ring; false if no more should come for now. */
bool trace__record(void *ctx, const void *data, size_t len);

#endif
