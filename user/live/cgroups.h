/* SPDX-License-Identifier: BSD-2-Clause */
/* cgroup v2, wherever it is mounted: what a path names and what lies below. */
#ifndef LIVE_CGROUPS_H
#define LIVE_CGROUPS_H

#include <stddef.h>
#include <stdint.h>

/* The root of the hierarchy; -ENODEV: none is mounted, or -errno. */
int cgroups__open_root(void);
/*
 * A directory of the mount, or a path inside the hierarchy as
 * /proc/PID/cgroup spells it. A descriptor of the directory, or -errno.
 */
int cgroups__open(int root_fd, const char *path);
/* The id of the cgroup at fd and of all below it; free() *ids. 0 or -errno. */
int cgroups__below(int fd, uint64_t **ids, size_t *n);
/* The id of the cgroup that a process is in. 0 or -errno. */
int cgroups__of_process(int root_fd, uint32_t pid, uint64_t *id);

#endif
