/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel says that it did not show a program. */
#ifndef LIVE_MISSES_H
#define LIVE_MISSES_H

#include <stdint.h>

struct bpf_link;
struct bpf_program;

/* Runs left out, as the program ran on that CPU already (5.12). */
uint64_t program_misses(const struct bpf_program *prog);
/* Returns of a kretprobe for which the kernel had no place left (6.7). */
uint64_t return_misses(const struct bpf_link *link);

#endif
