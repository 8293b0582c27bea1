/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be hooked and how: one row per thing we want to see, its variants
 * in order of preference. The first variant that this kernel and these
 * privileges allow is taken; why each better one was not is kept in words.
 */
#ifndef LIVE_HOOKS_H
#define LIVE_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/fact.h"

struct out;

enum rung { RUNG_AUTO, RUNG_FENTRY, RUNG_KPROBE, RUNG_TRACEPOINT };

enum attach_kind {
	AK_NONE,
	AK_FENTRY, /* and fexit */
	AK_KPROBE, /* and kretprobe */
	AK_TP_BTF,
	AK_CGROUP, /* link on the cgroup2 root */
	/* Links and filters on devices: live/taps.h attaches them. */
	AK_TCX,
	AK_CLSACT,
	AK_XDP,
};

/* What a variant does not show. tests/vm holds the hooks to it: a difference
 * between two kinds of hooks must be one of these, and each of these must be
 * seen to make one. */
enum lack_kind {
	LACK_NONE,
	LACK_EVENT, /* some of these events are not seen */
	LACK_FIELD, /* some of them come without this field */
	LACK_TIME,  /* some have another time, and may change places with others */
	/* Some have the time of another moment of the same call; no event lies
	 * between the two moments. */
	LACK_MOMENT,
};

struct lack {
	enum lack_kind kind;
	enum event_id event;
	enum field field;  /* of a LACK_FIELD */
	const char *words; /* for people; the same for lacks of one cause */
};

enum { VARIANT_PROGS = 8, HOOK_VARIANTS = 8, VARIANT_LACKS = 6 };

struct variant {
	enum attach_kind kind;
	/* Functions, tracepoints or cgroup hooks: "a+b"; beside functions a
	 * tracepoint is spelt "tp:a" */
	const char *target;
	size_t progs[VARIANT_PROGS]; /* offsets in struct tcptrace_bpf, 0 ends */
	struct lack lacks[VARIANT_LACKS]; /* LACK_NONE ends */
	/* Arguments of the first target: that many of a function, at least that
	 * many of a tracepoint; 0: any */
	int nargs;
	bool twins; /* the second program sees what the first misses */
	/* Twins of all that run in a task's context, where the kernel preempts
	 * programs */
	size_t preempted[VARIANT_PROGS];
	/* TT_WAIT_* of calls that it does not see return if they were entered
	 * before it was there */
	uint32_t misses;
	bool whole; /* sees what other variants leave to the row send-page */
	/* Those of all these that are for tcp_v6_connect(), left out where the
	 * kernel has no IPv6 */
	size_t for_ipv6[2];
};

struct hook {
	const char *name;
	uint32_t events; /* bit per event_id that needs it */
	bool for_follow; /* needed by --follow */
	bool for_pids;	 /* needed by a selection of processes */
	bool optional;	 /* without it the events come, with less in them */
	bool spare;	 /* the weaker rungs do without it and miss nothing */
	bool for_pages;	 /* not needed beside a variant that is whole */
	bool for_cookies; /* needed where another variant can make none */
	bool for_waiting; /* needed beside a variant that misses, but for `run` */
	uint32_t tap; /* TT_TAP_* whose hook it is, 0 none */
	const char *when; /* the same in words, for the documents */
	struct variant variants[HOOK_VARIANTS];
};

extern const struct hook hooks[];
extern const size_t hook_count;

/* What was decided for one hook. */
struct hook_choice {
	bool needed;
	const struct variant *chosen; /* NULL: none works */
	char why_not[HOOK_VARIANTS][80]; /* of each variant before it, or of all */
};

const char *attach_kind_name(enum attach_kind kind);
enum rung attach_kind_rung(enum attach_kind kind);
/* What hangs on devices, each as it is found. */
bool is_on_device(enum attach_kind kind);
const char *lack_kind_name(enum lack_kind kind);
/* What it lacks in words, "a; b", nothing if it lacks nothing. */
void variant__put_lacks(const struct variant *v, struct out *out);
/* Has a variant of this rung at all. */
bool hook__has_rung(const struct hook *h, enum rung rung);

#endif
