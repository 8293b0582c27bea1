/* SPDX-License-Identifier: BSD-2-Clause */
/* The options' selection as the flow table takes it, and the programs. */
#ifndef SELECTION_H
#define SELECTION_H

#include <stdint.h>

struct run_config;
struct select;
struct tt_config;

/* All but the events and the network namespace; pids select by task. */
void select_from_config(struct select *s, const struct run_config *c);
/* Of sockets alone; netns is an inode, 0 for any. */
void select_in_kernel(struct tt_config *k, const struct run_config *c, uint32_t netns);

#endif
