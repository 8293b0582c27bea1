/* SPDX-License-Identifier: BSD-2-Clause */
/* cgroup v2, wherever it is mounted: ids, paths, what lies below one. */
#ifndef LIVE_CGROUPS_H
#define LIVE_CGROUPS_H

#include <stddef.h>
#include <stdint.h>

struct cgroups;

/* NULL with errno; ENODEV: no cgroup2 is mounted. */
struct cgroups *cgroups__new(void);
void cgroups__free(struct cgroups *c);
/*
 * A directory of the mount, or a path inside the hierarchy as
 * /proc/PID/cgroup spells it. A descriptor of the directory, or -errno.
 */
int cgroups__open(const struct cgroups *c, const char *path);
/* The id of the cgroup at fd and of all below it; free() *ids. 0 or -errno. */
int cgroups__below(int fd, uint64_t **ids, size_t *n);
/* Inside the hierarchy; NULL if it is gone. Valid as long as c. */
const char *cgroups__path(struct cgroups *c, uint64_t id);

#endif
