/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's selection of processes, exactly. */
#ifndef FLOW_SELECT_TASK_H
#define FLOW_SELECT_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcptrace/event.h"

/* All kinds that are set must hold; all arrays are borrowed. */
struct select_task {
	const uint32_t *pids; /* thread-group ids */
	size_t npids;
	const char *comm; /* glob, NULL: any */
	bool by_uid;
	uint32_t uid;
	bool by_cgroup;
	const uint64_t *cgroups; /* ids: the one asked for and all below it */
	size_t ncgroups;
};

bool select_task__any(const struct select_task *s); /* selects nothing */
bool select_task__match(const struct select_task *s, const struct tt_task *task);

#endif
