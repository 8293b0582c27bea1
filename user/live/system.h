/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes, and names that only the system knows. */
#ifndef LIVE_SYSTEM_H
#define LIVE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The process that a pid or a thread id belongs to. 0, or -ESRCH. */
int system__tgid(uint32_t id, uint32_t *tgid);
/* Its last thread has ended, whether or not its parent took note. */
bool system__is_gone(uint32_t pid);
/* Every process: its name as comm has it, and its effective user. */
int system__processes(void (*fn)(void *ctx, uint32_t pid, const char *comm,
				 uint32_t uid), void *ctx);

/*
 * Descendants of the processes in pids, which are not in it yet, one call
 * each. Repeat until none is new: processes fork meanwhile.
 */
int system__descendants(const uint32_t *pids, size_t npids,
			void (*fn)(void *ctx, uint32_t pid), void *ctx);

/* Paths of cgroups by id, remembered. root_fd is borrowed. */
struct cgroup_names;
struct cgroup_names *cgroup_names__new(int root_fd);
void cgroup_names__free(struct cgroup_names *names);
const char *cgroup_names__path(struct cgroup_names *names, uint64_t id);

/* Functions of the kernel by address, read once. NULL if there is no memory. */
struct symbols;
struct symbols *symbols__new(void);
void symbols__free(struct symbols *s);
/* "tcp_v4_rcv+0x12"; NULL if the kernel hides its addresses. Valid until the
 * next call. */
const char *symbols__name(struct symbols *s, uint64_t addr);

#endif
