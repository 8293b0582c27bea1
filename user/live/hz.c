// SPDX-License-Identifier: BSD-2-Clause
#include "live/hz.h"

#include <stdlib.h>

#include "base/time.h"

/*
 * Jiffies start 300 s before their lower 32 bits overflow (INITIAL_JIFFIES,
 * include/linux/jiffies.h) and count while CLOCK_MONOTONIC runs: of the rates
 * that Kconfig offers, the right one predicts them. Only in the moment of the
 * overflow do all of them agree.
 */
uint32_t kernel_hz(const struct tt_kernel *k)
{
	static const uint32_t rates[] = { 100, 250, 300, 1000 };
	int64_t since_wrap_ms = (int64_t)(k->mono_ns / NS_PER_MS) - 300000;
	int64_t jiffies = (int64_t)(k->jiffies - (1ULL << 32));
	int64_t off, best_off = INT64_MAX;
	uint32_t best = 0;

	if (!k->ready)
		return 0;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		off = llabs(since_wrap_ms * rates[i] / 1000 - jiffies);
		if (off < best_off) {
			best_off = off;
			best = rates[i];
		}
	}
	return best;
}
