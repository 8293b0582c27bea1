/* SPDX-License-Identifier: BSD-2-Clause */
/* Several captures of the same connections: how far their clocks are apart. */
#ifndef READ_CLOCKS_H
#define READ_CLOCKS_H

#include <stdint.h>

struct run_config;

/*
 * Reads every file once, compares each with the first, and says on standard
 * error what comes of it. With --clock-fix shifts[i] is what to add to the
 * times of file i, else 0.
 */
void read_clocks(const struct run_config *c, int64_t *shifts);

#endif
