// SPDX-License-Identifier: BSD-2-Clause
#include "flow/seqs.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 1024 }; /* slots, a power of two */

/* The lower of the two ends is lo. */
struct entry {
	uint8_t lo[16], hi[16];
	uint16_t lo_port, hi_port;
	uint32_t version; /* 0: a free slot */
	uint32_t lo_base, hi_base;
	uint32_t hash, pad;
};

struct seqs {
	struct entry *slots;
	uint32_t size, count;
};

struct seqs *seqs__new(void)
{
	struct seqs *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->size = FIRST_SIZE;
	s->slots = calloc(s->size, sizeof(*s->slots));
	if (s->slots)
		return s;
	free(s);
	return NULL;
}

void seqs__free(struct seqs *s)
{
	if (!s)
		return;
	free(s->slots);
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

static struct entry *find(struct seqs *s, const struct entry *key)
{
	uint32_t i = key->hash & (s->size - 1);

	for (;; i = (i + 1) & (s->size - 1)) {
		struct entry *e = &s->slots[i];

		if (!e->version ||
		    (e->hash == key->hash &&
		     !memcmp(e, key, offsetof(struct entry, lo_base))))
			return e;
	}
}

/* At half: long runs of taken slots cost more than the memory. */
static bool grow(struct seqs *s)
{
	struct seqs larger = { .size = 2 * s->size };

	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (uint32_t i = 0; i < s->size; i++)
		if (s->slots[i].version)
			*find(&larger, &s->slots[i]) = s->slots[i];
	free(s->slots);
	s->slots = larger.slots;
	s->size = larger.size;
	return true;
}

static void set_key(struct entry *e, const struct seqs_key *k, bool reversed)
{
	size_t len = k->version == 4 ? 4 : 16;

	memset(e, 0, sizeof(*e));
	memcpy(e->lo, reversed ? k->dst : k->src, len);
	memcpy(e->hi, reversed ? k->src : k->dst, len);
	e->lo_port = reversed ? k->dport : k->sport;
	e->hi_port = reversed ? k->sport : k->dport;
	e->version = k->version;
	e->hash = hash_entry(e);
}

bool seqs__base(struct seqs *s, const struct seqs_key *k, uint32_t seq,
		uint32_t ack, bool syn, struct seqs_base *base)
{
	bool reversed = is_reversed(k, k->version == 4 ? 4 : 16), known;
	struct entry key, *e;

	set_key(&key, k, reversed);
	e = find(s, &key);
	known = e->version && !syn;
	if (!known) {
		key.lo_base = reversed ? ack - 1 : seq;
		key.hi_base = reversed ? seq : ack - 1;
		if (!e->version && 2 * (s->count + 1) > s->size) {
			if (grow(s))
				e = find(s, &key);
			else if (s->count + 1 == s->size)
				e = &key; /* no memory: this once */
		}
		s->count += e != &key && !e->version;
		*e = key;
	}
	base->src = reversed ? e->hi_base : e->lo_base;
	base->dst = reversed ? e->lo_base : e->hi_base;
	return known;
}
