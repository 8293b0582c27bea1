/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIVE_PREEMPT_H
#define LIVE_PREEMPT_H

#include <stdbool.h>

struct btf;

/*
 * Whether the kernel preempts programs on tracepoints. Until 7.0 they ran with
 * preemption off, and nothing more was asked of the task; since then the task
 * is kept on its CPU instead, which a program can see of itself.
 */
bool kernel_preempts(const struct btf *btf);

#endif
