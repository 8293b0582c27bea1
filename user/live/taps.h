/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs of --tap, on each device that was asked for: those there are,
 * and those that come. A thread of its own goes from namespace to namespace,
 * as attaching may take a driver's time.
 */
#ifndef LIVE_TAPS_H
#define LIVE_TAPS_H

#include <stdint.h>

#include "live/hooks.h"

/* enum bpf_attach_type since Linux 6.6; the header may be older. */
enum { TCX_INGRESS = 46, TCX_EGRESS = 47 };

struct taps;
struct tt_config;

struct taps_opts {
	enum attach_kind kind; /* AK_TCX, AK_CLSACT or AK_XDP */
	int in_fd, out_fd;     /* the programs; XDP has no second */
	int map_fd;	       /* tap_devs: where they stand */
	const struct tt_config *config;
};

/* Attaches to what is there. 0 or -errno; *t is set but for -ENOMEM. With -i,
 * one that cannot be had is an error; without, a warning. */
int taps__new(struct taps **t, const struct taps_opts *opts);
const char *taps__error(const struct taps *t);
/* Nothing of ours stays on any device. */
void taps__free(struct taps *t);

#endif
