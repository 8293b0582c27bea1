/* SPDX-License-Identifier: BSD-2-Clause */
/* From one network namespace to the next. */
#ifndef LIVE_TAPS_NETNS_H
#define LIVE_TAPS_NETNS_H

#include <stdbool.h>
#include <stdint.h>

/* Calls look in each namespace in use that is wanted, by its inode, the calling
 * thread being in it; it stays in the last. Nothing is held open. */
void taps_netns__each(bool (*is_wanted)(void *ctx, uint32_t netns),
		      void (*look)(void *ctx, uint32_t netns), void *ctx);

#endif
