/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes and network namespaces as the tools we follow name them. */
#ifndef LIVE_PROCS_H
#define LIVE_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What it was started as, as netstat names it: the last part of an absolute
 * path, else the first argument. NULL if it is gone. */
const char *proc_program(uint32_t pid, char *buf, size_t size);
/* When it began, in seconds since boot. 0 or -errno. */
int proc_started(uint32_t pid, uint64_t *seconds);
/* /proc is that of our own pid namespace: its numbers are ours. */
bool proc_is_ours(void);
/* Whether it holds the socket with this inode, most likely as this descriptor of
 * this thread (-1, 0: unknown). False only if that is sure. */
bool proc_may_hold(uint32_t pid, uint32_t tid, int32_t fd, uint32_t ino);
/* The ports that the kernel hands out, first and last. 0 or -errno. */
int proc_port_range(uint16_t range[2]);
/* The network namespace of a pid, or at a path: a descriptor, its inode in
 * *ino; or -errno. -EINVAL: the path leads to something else. */
int netns_open(const char *pid_or_path, uint32_t *ino);
/* The same, or a name as in /run/netns. */
int netns_open_named(const char *name, uint32_t *ino);
/* The caller's own; 0 if /proc does not say. */
uint32_t netns_own(void);

#endif
