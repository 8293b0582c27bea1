/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `doctor` finds out, once, and its two forms: a screen for people and
 * one object for reports of bugs.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/fact.h"
#include "live/hooks.h"

struct out;
struct event_desc;

enum {
	DOCTOR_DEVICES = 16,
	DOCTOR_PROCESSES = 8,
	DOCTOR_NAMES = 4,
	DOCTOR_ADVICE = 8,
};

/* What the host is like before anything of ours is loaded. */
struct doctor_host {
	bool has_btf;
	char lockdown[32];     /* empty: the kernel does not tell */
	uint32_t missing_caps; /* bit per row of doctor_caps */
	uint64_t memlock;      /* RLIM_INFINITY: no limit */
	int tracers;	       /* BPF programs of other tracers; -errno */
	char tracer_names[DOCTOR_NAMES][16]; /* of some of them */
	struct {
		char name[16];
		uint32_t prog;
	} xdp[DOCTOR_DEVICES];
	size_t nxdp;
	struct {
		uint32_t pid;
		char comm[16];
	} hidden[DOCTOR_PROCESSES]; /* protected even from root */
	size_t nhidden;
};

struct doctor_cap {
	int cap;
	bool by_admin; /* CAP_SYS_ADMIN implies it */
	const char *name;
	const char *without;
};

struct doctor {
	const char *btf_file;
	enum rung rung;
	struct doctor_host host;
	int err;	      /* of loading and attaching, 0: they do */
	char why[256];	      /* the same in words */
	int snapshot_err;     /* of loading what finds the sockets there are */
	uint32_t events;      /* those that can be had */
	uint32_t refused;     /* those whose programs want CAP_NET_ADMIN */
	bool chose;	      /* choices tell something */
	struct hook_choice *choices;
	uint32_t ring_mb;
	uint64_t map_bytes;
	char advice[DOCTOR_ADVICE][256];
	size_t nadvice;
};

extern const struct doctor_cap doctor_caps[];
extern const size_t doctor_cap_count;

void doctor_host__look(struct doctor_host *h);
/* In the order of doctor_caps; a set bit is one that is missing. */
bool doctor_host__lacks(const struct doctor_host *h, size_t cap);
/* Fills advice from all the rest. */
void doctor__advise(struct doctor *d);

/* Which events there is something to say of. */
bool doctor__tells(const struct event_desc *e);
/* Whether e can be had; the sockets there are need the iterators too. */
bool doctor__has(const struct doctor *d, enum event_id e);
/* A hook that e cannot do without and that is not there; NULL: none. */
const struct hook *doctor__missing_hook(const struct doctor *d, enum event_id e);

void doctor__put_json(const struct doctor *d, struct out *out);
/* verbose: each hook, what was refused and what it does not show. */
void doctor__put_text(const struct doctor *d, struct out *out, bool verbose);

#endif
