/* SPDX-License-Identifier: BSD-2-Clause */
/* The options' selection as the flow table takes it. */
#ifndef SELECTION_H
#define SELECTION_H

struct run_config;
struct select;

/* All but the events and the network namespace; pids select by task. */
void select_from_config(struct select *s, const struct run_config *c);

#endif
