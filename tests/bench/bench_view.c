// SPDX-License-Identifier: BSD-2-Clause
/* Facts a second through each view, one fact of every kind in turn. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/out.h"
#include "view/view.h"
#include "view_facts.h"

#define ROUNDS 100000
#define FLUSH_EVERY 100

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int bench(const char *name)
{
	const struct view_opts opts = { .utc_offset_ns = FACT_UTC_OFFSET };
	const struct view *view = view__by_name(name);
	void *ctx = view ? view->new(&opts) : NULL;
	struct out *out = out__new_mem();
	struct fact facts[FACT_KINDS];
	double start, seconds;
	size_t bytes = 0, len;

	if (!ctx || !out) {
		fprintf(stderr, "bench_view: no view %s\n", name);
		out__free(out);
		return -1;
	}
	for (size_t i = 0; i < FACT_KINDS; i++)
		facts[i] = fact_makers[i]();
	start = now();
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < FACT_KINDS; i++) {
			facts[i].time_ns += 1000;
			view->fact(ctx, &facts[i], out);
		}
		if (round % FLUSH_EVERY)
			continue;
		out__data(out, &len);
		bytes += len;
		out__reset(out);
	}
	seconds = now() - start;
	printf("%-6s %6.2f M facts/s  %4.0f ns a fact  %5.0f MB/s\n", name,
	       ROUNDS * FACT_KINDS / seconds / 1e6,
	       seconds * 1e9 / (ROUNDS * FACT_KINDS), (double)bytes / seconds / 1e6);
	out__free(out);
	view->free(ctx);
	return 0;
}

int main(void)
{
	return bench("json") || bench("text") ? EXIT_FAILURE : EXIT_SUCCESS;
}
