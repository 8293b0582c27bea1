/* SPDX-License-Identifier: BSD-2-Clause */
/* Where facts go: a view and what it writes to, as the options say. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdint.h>

struct fact;
struct out;
struct run_config;
struct view;

struct output {
	const struct view *view;
	void *ctx; /* of the view */
	struct out *out;
	int fd;
};

/* utc_offset_ns: add to a fact's time for UTC. 0, or -errno after saying why. */
int output__open(struct output *o, const struct run_config *c,
		 int64_t utc_offset_ns);
void output__fact(struct output *o, const struct fact *f);
/* Also of one that was zeroed and never opened. */
void output__close(struct output *o);

#endif
