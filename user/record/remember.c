// SPDX-License-Identifier: BSD-2-Clause
/* The names a recording holds already. */
#include <stdlib.h>
#include <string.h>

#include "record/inside.h"

struct name {
	uint64_t id;
	uint32_t kind;
	char *text; /* NULL: it has none */
};

struct name_key {
	uint64_t id;
	uint32_t kind;
};

bool name__same(const void *entry, const void *key)
{
	const struct name *n = entry;
	const struct name_key *k = key;

	return n->id == k->id && n->kind == k->kind;
}

static uint32_t hash_of(const struct name_key *k)
{
	return hash_u64(k->id ^ (uint64_t)k->kind << 56);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static struct name *add(struct recorder *r, const struct name_key *key)
{
	struct name *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->id = key->id;
	n->kind = key->kind;
	if (hashmap__insert(&r->names, hash_of(key), n)) {
		free(n);
		return NULL;
	}
	return n;
}

bool name__remember(struct recorder *r, uint32_t kind, uint64_t id,
		    const char *text)
{
	struct name_key key = { .id = id, .kind = kind };
	struct name *n = hashmap__find(&r->names, hash_of(&key), &key);

	if (n && same_text(n->text, text))
		return false;
	if (!n)
		n = add(r, &key);
	if (!n)
		return true;
	free(n->text);
	n->text = text ? strdup(text) : NULL;
	return true;
}

void name__each(const struct recorder *r,
		void (*fn)(struct recorder *r, uint32_t kind, uint64_t id,
			   const char *name))
{
	const struct name *n;
	size_t pos = 0;

	while ((n = hashmap__next(&r->names, &pos)))
		fn((struct recorder *)r, n->kind, n->id, n->text);
}

void name__forget_all(struct recorder *r)
{
	struct name *n;
	size_t pos = 0;

	while ((n = hashmap__next(&r->names, &pos))) {
		free(n->text);
		free(n);
	}
	hashmap__release(&r->names);
}
