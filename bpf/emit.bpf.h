/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reserve, submit, and count what could not be sent. */
#ifndef EMIT_BPF_H
#define EMIT_BPF_H

static __always_inline void count_lost(__u32 why, __u32 kind)
{
	__u32 zero = 0;
	struct tt_stats *s = bpf_map_lookup_elem(&stats, &zero);

	if (s && why < TT_LOST_MAX && kind < TT_REC_MAX)
		s->lost[why][kind]++;
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

static __always_inline void emit_submit(void *rec)
{
	__u64 flags = BPF_RB_NO_WAKEUP;

	if (idle) {
		idle = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	bpf_ringbuf_submit(rec, flags);
}

#endif
