/* SPDX-License-Identifier: BSD-2-Clause */
/* What else on this host bears on what a tracer sees. Changes nothing. */
#ifndef LIVE_HOST_H
#define LIVE_HOST_H

#include <stdbool.h>
#include <stdint.h>

/* Whether this process has that capability: CAP_* of <linux/capability.h>. */
bool host__has_cap(int cap);
/*
 * Processes whose namespaces even root, with CAP_SYS_PTRACE, may not read.
 * Without that right nothing can be told of them: none is called.
 */
void host__protected(void (*fn)(void *ctx, uint32_t pid, const char *comm),
		     void *ctx);
/* Devices of this network namespace that have an XDP program. */
void host__xdp(void (*fn)(void *ctx, const char *ifname, uint32_t prog),
	       void *ctx);
/* Loaded programs that follow the kernel's functions or tracepoints, one call
 * each with its name; -errno where one may not ask. */
int host__tracing_programs(void (*fn)(void *ctx, const char *name), void *ctx);

#endif
