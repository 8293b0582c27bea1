/* SPDX-License-Identifier: BSD-2-Clause */
/* One device and the programs on it: a tcx link, a filter of clsact, XDP. */
#ifndef LIVE_TAPS_PUT_H
#define LIVE_TAPS_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live/taps.h"

struct tap_guard;

struct tap_dev_here {
	uint32_t netns, ifindex;
	uint32_t dirs; /* TT_DIR_* whose segments the programs tell */
	int fds[2];    /* links, in and out; -1 none */
	bool seen;     /* in this round */
	char name[16];
};

struct put {
	enum attach_kind kind;
	int in_fd, out_fd;
	struct tap_guard *guard; /* clsact */
};

int put__init(struct put *p, const struct taps_opts *opts);
/* In the device's namespace. 0, or -errno and why in words. */
int put__on(struct put *p, struct tap_dev_here *d, char *why, size_t size);
/* From any namespace; also where the device is gone. */
void put__off(struct put *p, struct tap_dev_here *d);
/* Its links alone. */
void put__close(struct tap_dev_here *d);
/* What is a filter goes now, wherever it is. */
void put__release(struct put *p);

#endif
