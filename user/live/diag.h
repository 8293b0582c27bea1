/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel itself computes about TCP's sockets, by sock_diag(7): tcp_info,
 * memory, timers. No privileges needed to see the own namespace; marks and keys
 * come only with CAP_NET_ADMIN.
 */
#ifndef LIVE_DIAG_H
#define LIVE_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "event/sock_diag.h"

struct diag_opts {
	uint32_t netns;	 /* inode, for what is handed on */
	uint8_t family;	 /* 4, 6 or 0, both */
	uint32_t states; /* bit per enum tcp_state, 0 any */
	bool info, memory;
};

/* 0 or -errno, which ends the dump. What d points to is gone afterwards. */
typedef int (*diag_fn)(void *ctx, const struct sock_diag *d);

/* A socket to ask by, of the namespace that netns_fd leads to; -1: of the one
 * that the thread is in. A descriptor or -errno. */
int diag__open(int netns_fd);
/* Every TCP socket there, in the order of the kernel's tables. 0 or -errno. */
int diag__dump(int fd, const struct diag_opts *opts, diag_fn fn, void *ctx);
/* The name of a device in that namespace, NULL if it has none. */
const char *diag__ifname(int netns_fd, uint32_t ifindex, char buf[16]);

#endif
