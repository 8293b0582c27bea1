/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this kernel and these privileges allow, found by trying; never by a
 * version number, as vendors backport.
 */
#ifndef LIVE_PROBE_H
#define LIVE_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "live/hooks.h"

struct btf;
struct probe;

/* btf_file NULL: the kernel's own. *probe is set even on error but -ENOMEM. */
int probe__new(struct probe **probe, const char *btf_file);
void probe__free(struct probe *probe);
const struct btf *probe__btf(const struct probe *probe);
/* The cgroup2 root, or -1. Owned by the probe. */
int probe__cgroup_fd(const struct probe *probe);

/* True if the variant can be had; else why not, in words. */
bool probe__variant(struct probe *p, const struct variant *v, char *why,
		    size_t size);
/* A helper that each kind of program that follows a task may call: those of
 * tracepoints and of functions, and those of cgroups. */
bool probe__task_helper(int helper);
/* Tracing programs may have the kernel make a socket's cookie (5.12). */
bool probe__makes_cookies(const struct probe *p);
bool probe__has_func(const struct probe *p, const char *name);
/* Whether IPv6 can be connected from: it is in the kernel, or a loaded module. */
bool probe__has_ipv6(const struct probe *p);
/* Whether tracing programs may read all of a packet: bpf_dynptr_from_skb(). */
bool probe__can_read_skb(struct probe *p);
/* Whether the kernel preempts programs on tracepoints (7.0), and so all that
 * run in a task's context. */
bool probe__preempts(struct probe *p);
/* XDP programs may see packets of several buffers. */
bool probe__xdp_frags(void);
/* Arguments of a function, -1 if BTF knows none of that name. */
int probe__func_args(const struct probe *p, const char *name);
/* Arguments of a BTF tracepoint, -1 if there is none of that name. */
int probe__tp_args(const struct probe *p, const char *name);
/* Name of an enumerator without its prefix, NULL if there is none. */
const char *probe__enum_name(struct probe *p, const char *enum_name,
			     const char *prefix, unsigned int value);
/* Value of an enumerator; -1 if there is none. */
int probe__enum_value(struct probe *p, const char *enum_name,
		      const char *name);

#endif
