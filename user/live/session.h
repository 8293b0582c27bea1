/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel side of one run: choose hooks, load, attach, drain. Everything
 * attached hangs on descriptors of this process: it is gone when the process
 * is, however it ends.
 */
#ifndef LIVE_SESSION_H
#define LIVE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "live/hooks.h"
#include "live/patch.h"
#include "tcptrace/config.h"
#include "tcptrace/stats.h"

struct session;
struct probe;

enum { SESSION_RING_MB = 16 }; /* of the ring buffer, unless asked otherwise */

struct session_opts {
	struct tt_config config;
	enum rung rung;
	uint32_t buffer_mb;
	const uint32_t *pids; /* selected from the start */
	size_t npids;
	int cgroup_fd; /* of --cgroup, -1 none */
	const char *btf_file;
	bool no_tcx; /* --tap clsact */
	bool nothing_waits; /* no task that is traced runs yet */
	/* Called before anything else is attached on a kernel where programs
	 * cannot make a cookie: to have the kernel make those of the sockets
	 * there are, as scan__run() does. */
	void (*make_cookies)(void *ctx);
	void *ctx;
	struct expr_code expr[EXPR_CODES]; /* if config.expr */
};

/* The last failure in words, "what: why", ready for the user. */
const char *session__error(const struct session *s);

/* Chooses and loads. 0 or -errno; *s is set even then, for the message. */
int session__new(struct session **s, const struct session_opts *opts);
/* Attaches everything, then lets records flow. 0 or -errno. */
int session__attach(struct session *s);
/* Now and then: detaches what is only there for calls that waited when tracing
 * began, once all of them returned. */
void session__stop_waiting(struct session *s);
void session__free(struct session *s);

/* Hands the waiting records to fn, all or until it wants no more. Number of
 * records, -ENOBUFS if it wants no more, or another -errno. */
int session__consume(struct session *s,
		     bool (*fn)(void *ctx, const void *data, size_t len),
		     void *ctx);
/* No record comes any more. */
void session__stop(struct session *s);
/* Becomes readable when a record arrives while idle. */
int session__fd(const struct session *s);
/* The next record shall wake us. */
void session__set_idle(struct session *s, bool idle);

int session__add_pid(struct session *s, uint32_t pid);
void session__del_pid(struct session *s, uint32_t pid);
/* A selected socket uses this local port (host order): let it through. */
void session__watch_port(struct session *s, uint16_t port);
/* What was counted up to now; no system call. */
void session__stats(const struct session *s, struct tt_stats *now);
/* What the kernel left out of a hook. */
struct hook_misses {
	uint64_t nested;  /* runs, as the program ran on that CPU already */
	uint64_t returns; /* of functions, as too many calls waited at once */
};

typedef void (*session_missed_fn)(void *ctx, size_t hook,
				  const struct hook_misses *misses);

/* One call a hook that has any. Costs a system call a program. */
void session__each_missed(struct session *s, session_missed_fn fn, void *ctx);
const struct tt_kernel *session__kernel(const struct session *s);
/* Bytes that the maps take in the kernel. */
uint64_t session__map_bytes(const struct session *s);
/* One choice a row of hooks[]. */
const struct hook_choice *session__choices(const struct session *s);
struct probe *session__probe(const struct session *s);

#endif
