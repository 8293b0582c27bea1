// SPDX-License-Identifier: BSD-2-Clause
#include "flow/seqs.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/hashmap.h"

/* The lower of the two ends is lo. */
struct entry {
	uint8_t lo[16], hi[16];
	uint16_t lo_port, hi_port;
	uint32_t version;
	uint32_t lo_base, hi_base;
};

#define KEY_BYTES offsetof(struct entry, lo_base)

struct seqs {
	struct hashmap map;
};

static bool same_key(const void *entry, const void *key)
{
	return !memcmp(entry, key, KEY_BYTES);
}

struct seqs *seqs__new(void)
{
	struct seqs *s = calloc(1, sizeof(*s));

	if (s)
		hashmap__init(&s->map, same_key);
	return s;
}

void seqs__free(struct seqs *s)
{
	struct entry *e;
	size_t pos = 0;

	if (!s)
		return;
	while ((e = hashmap__next(&s->map, &pos)))
		free(e);
	hashmap__release(&s->map);
	free(s);
}

static bool is_reversed(const struct seqs_key *k, size_t len)
{
	if (k->sport != k->dport)
		return k->sport > k->dport;
	return memcmp(k->src, k->dst, len) > 0;
}

static uint32_t hash_entry(const struct entry *e)
{
	uint64_t w[5], h = 0;

	memcpy(w, e, sizeof(w));
	for (int i = 0; i < 5; i++)
		h = (h ^ w[i]) * 0x9e3779b97f4a7c15ULL, h ^= h >> 32;
	return h;
}

_Static_assert(KEY_BYTES == 5 * sizeof(uint64_t), "hash_entry()");

static void set_key(struct entry *e, const struct seqs_key *k, bool reversed)
{
	size_t len = k->version == 4 ? 4 : 16;

	memset(e, 0, sizeof(*e));
	memcpy(e->lo, reversed ? k->dst : k->src, len);
	memcpy(e->hi, reversed ? k->src : k->dst, len);
	e->lo_port = reversed ? k->dport : k->sport;
	e->hi_port = reversed ? k->sport : k->dport;
	e->version = k->version;
}

/* A copy of what is new. Without memory it serves this once. */
static struct entry *add(struct seqs *s, uint32_t hash, struct entry *key)
{
	struct entry *e = malloc(sizeof(*e));

	if (!e)
		return key;
	*e = *key;
	if (!hashmap__insert(&s->map, hash, e))
		return e;
	free(e);
	return key;
}

bool seqs__base(struct seqs *s, const struct seqs_key *k, uint32_t seq,
		uint32_t ack, bool syn, struct seqs_base *base)
{
	bool reversed = is_reversed(k, k->version == 4 ? 4 : 16), known;
	struct entry key, *e;
	uint32_t hash;

	set_key(&key, k, reversed);
	hash = hash_entry(&key);
	e = hashmap__find(&s->map, hash, &key);
	known = e && !syn;
	if (!e)
		e = add(s, hash, &key);
	if (!known) {
		e->lo_base = reversed ? ack - 1 : seq;
		e->hi_base = reversed ? seq : ack - 1;
	}
	base->src = reversed ? e->hi_base : e->lo_base;
	base->dst = reversed ? e->lo_base : e->hi_base;
	return known;
}
