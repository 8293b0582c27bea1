/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reserve, submit, and count what could not be sent. */
#ifndef EMIT_BPF_H
#define EMIT_BPF_H

static __always_inline void count_lost(__u32 why, __u32 kind)
{
	if (why < TT_LOST_MAX && kind < TT_REC_MAX)
		__sync_fetch_and_add(&stats.lost[why][kind], 1);
}

/* NULL, and counted, if the ring is full. Size is a constant of the caller. */
#define emit_reserve(kind, size)                                       \
	({                                                             \
		void *__r = NULL;                                      \
		if (active) {                                          \
			__r = bpf_ringbuf_reserve(&events, size, 0);   \
			if (!__r)                                      \
				count_lost(TT_LOST_RING, kind);        \
		}                                                      \
		__r;                                                   \
	})

static __always_inline void emit_header(struct tt_hdr *h, __u16 kind,
					__u16 len, __u64 ts, __u64 sk)
{
	h->kind = kind;
	h->len = len;
	h->cpu = bpf_get_smp_processor_id();
	h->ts_ns = ts;
	h->sk = sk;
}

static __always_inline __u64 wake_up(void)
{
	if (!idle)
		return BPF_RB_NO_WAKEUP;
	idle = 0;
	return BPF_RB_FORCE_WAKEUP;
}

static __always_inline void emit_submit(void *rec)
{
	bpf_ringbuf_submit(rec, wake_up());
}

/*
 * The kernel runs no program on a CPU that is in it already, and tells nobody
 * but a counter. A hook that runs in a task's context, with softirqs on, can be
 * interrupted by the same event of another socket: the program would miss the
 * second. So there are two. The first notes what it is at; its twin, which runs
 * right after it, returns if that is noted, and else was called in its place.
 * What a task does to a socket it owns and what a softirq does to others have
 * a note each, so that several interruptions do not wipe the first's.
 */
static __always_inline void note_twin(enum twin t, bool owned,
				      const void *object, __u64 what)
{
	__u32 zero = 0;
	struct in_hand *h = bpf_map_lookup_elem(&in_hand, &zero);

	if (!h)
		return;
	if (h->twin[t][owned].object) {
		h->twin[t][owned].old_object = h->twin[t][owned].object;
		h->twin[t][owned].old_what = h->twin[t][owned].what;
	}
	h->twin[t][owned].object = (__u64)object;
	h->twin[t][owned].what = what;
}

static __always_inline bool already_seen(enum twin t, bool owned,
					 const void *object, __u64 what)
{
	__u32 zero = 0;
	struct in_hand *h = bpf_map_lookup_elem(&in_hand, &zero);

	if (!h)
		return false;
	/* Taken once: a socket may do the same again, and be missed then. */
	if (h->twin[t][owned].object == (__u64)object &&
	    h->twin[t][owned].what == what) {
		h->twin[t][owned].object = 0;
		return true;
	}
	if (h->twin[t][owned].old_object == (__u64)object &&
	    h->twin[t][owned].old_what == what) {
		h->twin[t][owned].old_object = 0;
		return true;
	}
	return false;
}

#endif
