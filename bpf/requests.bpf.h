/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of requests: a set of four for each hash of a tuple. An LRU map
 * costs a connection 250 ns, this 20. What is overwritten, as by a flood of
 * SYNs, costs an event its queue lengths.
 */
#ifndef REQUESTS_BPF_H
#define REQUESTS_BPF_H

static __always_inline __u64 request_key(const struct tt_tuple *t)
{
	__u64 words[sizeof(*t) / 8], key = 0;

	_Static_assert(sizeof(*t) % 8 == 0, "a tuple is whole words");
	__builtin_memcpy(words, t, sizeof(words));
	for (int i = 0; i < sizeof(*t) / 8; i++) {
		key = (key ^ words[i]) * 0x9e3779b97f4a7c15ULL;
		key ^= key >> 32;
	}
	return key | 1;
}

static __always_inline struct request_set *request_set(__u64 key)
{
	__u32 set = (key >> 32) % REQUEST_SETS;

	return bpf_map_lookup_elem(&requests, &set);
}

static __always_inline void put_request(const struct tt_tuple *t,
					__u64 listener, const struct sock *sk,
					__u64 ts)
{
	__u64 key = request_key(t);
	struct request_set *set = request_set(key);
	struct request *r;

	if (!set)
		return;
	r = &set->way[ts % REQUEST_WAYS];
	for (int i = 0; i < REQUEST_WAYS; i++) {
		if (set->way[i].key == key || !set->way[i].key) {
			r = &set->way[i];
			break;
		}
	}
	r->key = key;
	r->listener = listener;
	r->sk = (__u64)sk;
	r->check = key ^ listener ^ (__u64)sk;
}

/* False if there is none. */
static __always_inline bool take_request(const struct tt_tuple *t,
					 struct request *out)
{
	__u64 key = request_key(t);
	struct request_set *set = request_set(key);

	for (int i = 0; set && i < REQUEST_WAYS; i++) {
		if (set->way[i].key != key)
			continue;
		*out = set->way[i];
		set->way[i].key = 0;
		return out->check == (key ^ out->listener ^ out->sk);
	}
	return false;
}

#endif
