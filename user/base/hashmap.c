// SPDX-License-Identifier: BSD-2-Clause
#include "base/hashmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MIN_SIZE 16

void hashmap__init(struct hashmap *map,
		   bool (*equal)(const void *entry, const void *key))
{
	*map = (struct hashmap){ .equal = equal };
}

void hashmap__release(struct hashmap *map)
{
	free(map->slots);
	hashmap__init(map, map->equal);
}

static struct hashmap_slot *first_free(struct hashmap_slot *slots, size_t size,
				       uint32_t hash)
{
	size_t i = hash & (size - 1);

	while (slots[i].entry)
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static int resize(struct hashmap *map, size_t size)
{
	struct hashmap_slot *slots = calloc(size, sizeof(*slots));
	size_t i;

	if (!slots)
		return -ENOMEM;
	for (i = 0; i < map->size; i++) {
		struct hashmap_slot *old = &map->slots[i];

		if (old->entry)
			*first_free(slots, size, old->hash) = *old;
	}
	free(map->slots);
	map->slots = slots;
	map->size = size;
	return 0;
}

static struct hashmap_slot *lookup(const struct hashmap *map, uint32_t hash,
				   const void *key)
{
	size_t mask = map->size - 1, i;

	if (!map->count)
		return NULL;
	for (i = hash & mask; map->slots[i].entry; i = (i + 1) & mask) {
		struct hashmap_slot *slot = &map->slots[i];

		if (slot->hash == hash && map->equal(slot->entry, key))
			return slot;
	}
	return NULL;
}

void *hashmap__find(const struct hashmap *map, uint32_t hash, const void *key)
{
	const struct hashmap_slot *slot = lookup(map, hash, key);

	return slot ? slot->entry : NULL;
}

int hashmap__insert(struct hashmap *map, uint32_t hash, void *entry)
{
	int err;

	if (map->count + 1 > map->size / 4 * 3) {
		err = resize(map, map->size ? map->size * 2 : MIN_SIZE);
		if (err)
			return err;
	}
	*first_free(map->slots, map->size, hash) =
		(struct hashmap_slot){ .hash = hash, .entry = entry };
	map->count++;
	return 0;
}

/* Closes the hole: an entry behind it moves in unless its home is behind it too. */
static void shift_back(struct hashmap *map, size_t hole)
{
	size_t mask = map->size - 1, i = hole;

	for (;;) {
		size_t home;

		i = (i + 1) & mask;
		if (!map->slots[i].entry)
			break;
		home = map->slots[i].hash & mask;
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		map->slots[hole] = map->slots[i];
		hole = i;
	}
	map->slots[hole].entry = NULL;
}

void *hashmap__remove(struct hashmap *map, uint32_t hash, const void *key)
{
	struct hashmap_slot *slot = lookup(map, hash, key);
	void *entry;

	if (!slot)
		return NULL;
	entry = slot->entry;
	shift_back(map, slot - map->slots);
	map->count--;
	/* A smaller table is a wish: without memory the large one serves. */
	if (map->size > MIN_SIZE && map->count < map->size / 8)
		resize(map, map->size / 2);
	return entry;
}

void *hashmap__next(const struct hashmap *map, size_t *pos)
{
	while (*pos < map->size) {
		void *entry = map->slots[(*pos)++].entry;

		if (entry)
			return entry;
	}
	return NULL;
}

/* Multiply and fold until every input bit can reach every low output bit:
 * socket cookies and pids are small consecutive numbers. */
uint32_t hash_u64(uint64_t v)
{
	v ^= v >> 32;
	v *= 0x9e3779b97f4a7c15ULL;
	v ^= v >> 29;
	v *= 0xbf58476d1ce4e5b9ULL;
	return v >> 32;
}

uint32_t hash_bytes(const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t h = len * 0x9e3779b97f4a7c15ULL;
	uint32_t word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = (h ^ word) * 0xff51afd7ed558ccdULL;
		h ^= h >> 32;
	}
	for (; len; len--, p++)
		h = (h ^ *p) * 0x100000001b3ULL;
	return hash_u64(h);
}
