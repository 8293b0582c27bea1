/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the beginning of a call leaves for its end. Entries are emptied and
 * filled in place: to delete one and insert the next costs ten look-ups.
 */
#ifndef PENDING_BPF_H
#define PENDING_BPF_H

static __always_inline struct pending *find_pending(void *map, __u32 tid)
{
	struct pending *p = bpf_map_lookup_elem(map, &tid);

	return p && p->ts_ns ? p : NULL;
}

static __always_inline void put_pending(void *map, __u32 tid,
					const struct pending *new)
{
	struct pending *p = bpf_map_lookup_elem(map, &tid);

	if (p)
		*p = *new;
	else
		bpf_map_update_elem(map, &tid, new, BPF_ANY);
}

static __always_inline void drop_pending(void *map, __u32 tid)
{
	struct pending *p = bpf_map_lookup_elem(map, &tid);

	if (p)
		p->ts_ns = 0;
}

/* A socket may have got its cookie since: a kprobe can make none. */
static __always_inline bool is_pending(const struct pending *p,
				       const struct sock *sk, __u64 cookie)
{
	return (!p->ptr || p->ptr == (__u64)sk) && (!p->sk || p->sk == cookie);
}

#endif
