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

#endif
