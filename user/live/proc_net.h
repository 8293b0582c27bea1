/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets as anybody may see them: /proc/net/tcp and tcp6, and the descriptors
 * of the processes whose /proc/PID/fd can be read. Of this network namespace
 * alone; a socket is known by its inode.
 */
#ifndef LIVE_PROC_NET_H
#define LIVE_PROC_NET_H

#include <stddef.h>
#include <stdint.h>

#include "live/scan.h"

/* Times in these records are in ticks of this rate. */
#define PROC_NET_HZ 100

/* 0 or -errno. */
int proc_net__sockets(uint32_t netns, const struct scan_sink *sink);
/* holds() gets TT_SCAN_BY_INODE and the inode of every socket that is held, of
 * whatever kind. *hidden counts processes that could not be looked into. */
int proc_net__holders(const struct scan_sink *sink, size_t *hidden);

#endif
