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

enum rung { RUNG_AUTO, RUNG_FENTRY, RUNG_KPROBE, RUNG_TRACEPOINT };

enum attach_kind {
	AK_NONE,
	AK_FENTRY, /* and fexit */
	AK_KPROBE, /* and kretprobe */
	AK_TP_BTF,
	AK_CGROUP, /* link on the cgroup2 root */
};

enum { VARIANT_PROGS = 8, HOOK_VARIANTS = 6 };

struct variant {
	enum attach_kind kind;
	/* Functions, tracepoints or cgroup hooks: "a+b"; beside functions a
	 * tracepoint is spelt "tp:a" */
	const char *target;
	size_t progs[VARIANT_PROGS]; /* offsets in struct tcptrace_bpf, 0 ends */
	const char *sees_less; /* than the variants before it; NULL: nothing */
	/* Arguments of the first target: that many of a function, at least that
	 * many of a tracepoint; 0: any */
	int nargs;
	bool twins; /* the second program sees what the first misses */
};

struct hook {
	const char *name;
	uint32_t events; /* bit per event_id that needs it */
	bool for_follow; /* needed by --follow */
	bool for_pids;	 /* needed by a selection of processes */
	bool optional;	 /* without it the events come, with less in them */
	bool spare;	 /* the weaker rungs do without it and miss nothing */
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
/* Has a variant of this rung at all. */
bool hook__has_rung(const struct hook *h, enum rung rung);

#endif
