/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The only place that decides to skip. What passes is a superset of what was
 * selected, cheap to compute; user space, which knows every owner, decides
 * exactly. Nothing selected may be dropped here.
 */
#ifndef FILTER_BPF_H
#define FILTER_BPF_H

#include "select.bpf.h"

static __always_inline bool wants(__u32 event)
{
	return cfg.events & (1U << event);
}

static __always_inline __u32 watch_now(__u64 ts)
{
	return (__u32)(ts >> WATCH_UNIT) + 1;
}

/* Verifiers forget at a byte swap how large a value was, and clang, which does
 * not, would leave the mask out. */
static __always_inline __u32 port_index(__u16 port_be)
{
	__u32 port = bpf_ntohs(port_be);

	asm volatile("%0 &= 0xffff" : "+r"(port));
	return port;
}

static __always_inline void watch_port(__u16 port_be, __u64 ts)
{
	if (cfg.task_by && port_be)
		watched[port_index(port_be)] = watch_now(ts);
}

/* Without a look at the clock: enough to say no. */
static __always_inline bool was_watched(__u16 a_be, __u16 b_be)
{
	return watched[port_index(a_be)] | watched[port_index(b_be)];
}

/* Either end is a port that a selected socket uses. */
static __always_inline bool is_watched(__u16 a_be, __u16 b_be, __u64 ts)
{
	__u32 a = watched[port_index(a_be)], b = watched[port_index(b_be)];

	if (!(a | b))
		return false;
	if (b > a)
		a = b;
	/* Signed: another CPU may have set it a moment after ts. */
	return (__s32)(watch_now(ts) - a) < WATCH_AGE;
}

#include "expr.bpf.h"

/*
 * An event of a socket, in a call of the task w or, with w NULL, in none. A
 * selected task's socket has its port watched from here on.
 */
static __always_inline bool sock_passes(const struct tt_tuple *t,
					const struct who *w, __u64 ts)
{
	if (cfg.task_by) {
		if (w && w->selected)
			watch_port(t->lport_be, ts);
		else if (!is_watched(t->lport_be, t->rport_be, ts))
			return false;
	}
	return tuple_passes(t) && expr_takes_tuple(t);
}

#endif
