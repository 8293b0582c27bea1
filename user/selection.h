/* SPDX-License-Identifier: BSD-2-Clause */
/* What the options select, as the flow table, the programs and recordings take it. */
#ifndef SELECTION_H
#define SELECTION_H

#include <stdint.h>

struct run_config;
struct select;
struct tt_blk_settings;
struct tt_config;

/* All but the events and the network namespace; pids select by task. */
void select_from_config(struct select *s, const struct run_config *c);
/* Of sockets alone; netns is an inode, 0 for any. */
void select_in_kernel(struct tt_config *k, const struct run_config *c, uint32_t netns);
/* A recording keeps all of it. */
void select_to_settings(const struct select *s, struct tt_blk_settings *b);
void select_from_settings(struct select *s, const struct tt_blk_settings *b);

#endif
