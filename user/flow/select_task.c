// SPDX-License-Identifier: BSD-2-Clause
#include "flow/select_task.h"

#include "base/str.h"

static bool has_pid(const struct select_task *s, uint32_t pid)
{
	for (size_t i = 0; i < s->npids; i++)
		if (s->pids[i] == pid)
			return true;
	return false;
}

static bool has_cgroup(const struct select_task *s, uint64_t id)
{
	for (size_t i = 0; i < s->ncgroups; i++)
		if (s->cgroups[i] == id)
			return true;
	return false;
}

bool select_task__any(const struct select_task *s)
{
	return !s->npids && !s->comm && !s->by_uid && !s->by_cgroup;
}

bool select_task__match(const struct select_task *s, const struct tt_task *task)
{
	return (!s->npids || has_pid(s, task->pid)) &&
	       (!s->by_uid || task->uid == s->uid) &&
	       (!s->by_cgroup || has_cgroup(s, task->cgroup)) &&
	       (!s->comm || str_glob(s->comm, task->comm));
}
