/* SPDX-License-Identifier: BSD-2-Clause */
/* Which variant of each hook a run takes. */
#ifndef LIVE_CHOOSE_H
#define LIVE_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live/hooks.h"

struct probe;
struct tt_config;

struct chooser {
	struct probe *probe;
	const struct tt_config *config; /* what is selected */
	enum rung rung;
	bool no_tcx;
	bool nothing_waits; /* no task that is traced runs yet */
};

/* Fills one choice a row of hooks[]. -EOPNOTSUPP, and why in words, if a hook
 * that is needed cannot be had. What a choice says why_not of is not tried. */
int choose_hooks(const struct chooser *c, struct hook_choice *choices,
		 char *why, size_t size);
/* TT_WAIT_* that the chosen variants miss and the row for them is to see. */
uint32_t missed_calls(const struct hook_choice *choices);

#endif
