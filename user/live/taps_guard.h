/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters of clsact, for kernels without tcx. They hang on no descriptor: a
 * process of its own knows of each before it is there, and takes them off when
 * this one is gone, however it ended.
 */
#ifndef LIVE_TAPS_GUARD_H
#define LIVE_TAPS_GUARD_H

#include <stdbool.h>

#include "live/taps_put.h"

int tap_guard__new(struct tap_guard **g, const struct taps_opts *opts);
/* In the device's namespace: both directions, or what leaves alone. */
int tap_guard__put(struct tap_guard *g, struct tap_dev_here *d, bool both);
void tap_guard__take_off(struct tap_guard *g, const struct tap_dev_here *d);
/* Returns when everything is off. NULL is allowed. */
void tap_guard__free(struct tap_guard *g);

#endif
