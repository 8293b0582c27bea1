/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From facts to the reader, within the limits of -c and --rate: one for a live
 * run and for its recording, so that both print the same.
 */
#ifndef TELLER_H
#define TELLER_H

#include <stdbool.h>
#include <stdint.h>

struct fact;
struct flow_table;

struct teller {
	/* NULL: facts are counted, not printed */
	void (*sink)(void *ctx, const struct fact *f);
	void *ctx;
	struct flow_table *flows; /* for the losses of --rate */
	uint64_t count, rate;	  /* limits, 0: none */
	bool stop;		  /* -c is reached */
	uint64_t told, packets, late, lost;
	uint64_t rate_second, rate_used, rate_dropped;
};

void teller__fact(struct teller *t, const struct fact *f);
/* A second of --rate is over: what it took is told as lost. */
void teller__begin_second(struct teller *t, uint64_t now);

#endif
