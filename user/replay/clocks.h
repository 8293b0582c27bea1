/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How far the clocks of two captures are apart, from the segments that both
 * hold, as captures on the two hosts of a connection do. A segment cannot
 * arrive before it left: what goes one way bounds the difference from above,
 * what goes the other way from below.
 */
#ifndef REPLAY_CLOCKS_H
#define REPLAY_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "event/frame.h"

struct clocks;

struct clocks_estimate {
	int64_t ahead_ns; /* of the second capture's clock */
	uint64_t error_ns; /* at most; ~0: seen one way only, no bound */
	uint32_t segments;
};

struct clocks *clocks__new(void); /* NULL with errno */
void clocks__free(struct clocks *c);
/* All of the first capture's frames, then all of the second's. */
void clocks__first(struct clocks *c, const struct frame *f,
		   const struct frame_ip *ip);
void clocks__second(struct clocks *c, const struct frame *f,
		    const struct frame_ip *ip);
/* Forgets what the second capture showed: another one may follow. */
void clocks__restart(struct clocks *c);
/* False if the two have no segment in common. */
bool clocks__estimate(const struct clocks *c, struct clocks_estimate *e);

#endif
