/* SPDX-License-Identifier: BSD-2-Clause */
/* A recording that is replayed: its steps onto a table of flows. */
#ifndef PLAY_H
#define PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/flow.h"
#include "flow/select_task.h"
#include "replay/step.h"

struct play;

struct play_opts {
	/* What the reader selects among what the run told. */
	struct select also;
	struct select_task task; /* if also.by_task */
	const char *cgroup;	 /* and by this, a path; NULL: any */
	bool follow;
	bool control_only; /* of packets: --packets control */
	/* The run's FILTER as the table of flows takes it; may be NULL. 0, or
	 * -EINVAL after saying why. */
	int (*filter)(void *ctx, const char *text, struct select *s);
	void (*sink)(void *ctx, const struct fact *f);
	void *ctx;
};

/* NULL if there is no memory. */
struct play *play__new(const struct play_opts *opts);
void play__free(struct play *p);
/* 0, -ENOMEM, or what filter() said. Steps before the settings do nothing. */
int play__step(struct play *p, const struct step *step);
/* When the step is told, boottime; 0: it tells nothing, it is to be taken at
 * once. */
uint64_t step__time(const struct step *step);

bool play__ready(const struct play *p); /* the settings are known */
const struct tt_blk_settings *play__settings(const struct play *p);
struct flow_table *play__flows(struct play *p);
bool play__ended(const struct play *p); /* its last block was there */
const char *play__name(void *ctx, uint32_t kind, uint64_t id);

#endif
