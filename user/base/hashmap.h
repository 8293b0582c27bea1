/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash table of pointers with intrusive hashes: the caller owns the entries
 * and supplies hash and equality. Open addressing, linear probing, tombstone
 * free (backward-shift deletion); grows at 3/4 and shrinks at 1/8.
 */
#ifndef BASE_HASHMAP_H
#define BASE_HASHMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hashmap {
	struct hashmap_slot {
		uint32_t hash;
		void *entry;
	} *slots;
	size_t size; /* slots, a power of two, or 0 */
	size_t count;
	bool (*equal)(const void *entry, const void *key);
};

/* No allocation until the first insert. */
void hashmap__init(struct hashmap *map,
		   bool (*equal)(const void *entry, const void *key));
void hashmap__release(struct hashmap *map); /* the table, not the entries */
void *hashmap__find(const struct hashmap *map, uint32_t hash, const void *key);
/* The key must not be present. 0 or -ENOMEM. */
int hashmap__insert(struct hashmap *map, uint32_t hash, void *entry);
/* The removed entry or NULL. */
void *hashmap__remove(struct hashmap *map, uint32_t hash, const void *key);
/* Entry by entry, no order: start with *pos = 0; NULL at the end. The table
 * must not change meanwhile. */
void *hashmap__next(const struct hashmap *map, size_t *pos);

uint32_t hash_u64(uint64_t v);
uint32_t hash_bytes(const void *data, size_t len); /* 4-byte multiples are fast */

#endif
