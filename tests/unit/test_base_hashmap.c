// SPDX-License-Identifier: BSD-2-Clause
/* base/hashmap against an array that cannot be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hashmap.h"

struct item {
	uint32_t key;
	bool in;
};

static bool has_key(const void *entry, const void *key)
{
	return ((const struct item *)entry)->key == *(const uint32_t *)key;
}

static void empty_map_owns_nothing(void **state)
{
	struct hashmap map;
	uint32_t key = 1;
	size_t pos = 0;

	(void)state;
	hashmap__init(&map, has_key);
	assert_null(map.slots);
	assert_null(hashmap__find(&map, 1, &key));
	assert_null(hashmap__remove(&map, 1, &key));
	assert_null(hashmap__next(&map, &pos));
	hashmap__release(&map);
}

static void equal_hashes_stay_apart(void **state)
{
	struct item items[10];
	struct hashmap map;
	uint32_t i;

	(void)state;
	hashmap__init(&map, has_key);
	for (i = 0; i < 10; i++) {
		items[i].key = i;
		assert_int_equal(hashmap__insert(&map, 7, &items[i]), 0);
	}
	for (i = 0; i < 10; i += 2)
		assert_ptr_equal(hashmap__remove(&map, 7, &i), &items[i]);
	for (i = 0; i < 10; i++)
		assert_ptr_equal(hashmap__find(&map, 7, &i),
				 i % 2 ? &items[i] : NULL);
	hashmap__release(&map);
}

/* Runs that wrap round the table's end are where a deletion goes wrong. */
static void deletion_keeps_wrapped_runs(void **state)
{
	static const uint32_t homes[] = { 2, 1, 15, 13, 0, 1, 1, 15 };
	struct item items[8];
	uint32_t gone, i;

	(void)state;
	for (gone = 0; gone < 8; gone++) {
		struct hashmap map;

		hashmap__init(&map, has_key);
		for (i = 0; i < 8; i++) {
			items[i].key = i;
			hashmap__insert(&map, homes[i], &items[i]);
		}
		assert_int_equal(map.size, 16);
		assert_ptr_equal(hashmap__remove(&map, homes[gone], &gone),
				 &items[gone]);
		for (i = 0; i < 8; i++)
			assert_ptr_equal(hashmap__find(&map, homes[i], &i),
					 i == gone ? NULL : &items[i]);
		hashmap__release(&map);
	}
}

enum { MANY = 2000 };

static void assert_same(const struct hashmap *map, struct item *items)
{
	size_t pos = 0, seen = 0, want = 0;
	struct item *item;
	uint32_t i;

	while ((item = hashmap__next(map, &pos))) {
		assert_true(item->in);
		seen++;
	}
	for (i = 0; i < MANY; i++) {
		want += items[i].in;
		assert_ptr_equal(hashmap__find(map, i % 611, &i),
				 items[i].in ? &items[i] : NULL);
	}
	assert_int_equal(seen, want);
	assert_int_equal(map->count, want);
}

static void agrees_with_an_array(void **state)
{
	struct item *items = calloc(MANY, sizeof(*items));
	struct hashmap map;
	uint32_t i, seed = 1;
	int round;

	(void)state;
	hashmap__init(&map, has_key);
	for (i = 0; i < MANY; i++)
		items[i].key = i;
	for (round = 0; round < 40000; round++) {
		struct item *item;

		seed = seed * 1664525 + 1013904223;
		i = (seed >> 8) % MANY;
		item = &items[i];
		/* 611: hashes collide on purpose */
		if (item->in)
			assert_ptr_equal(hashmap__remove(&map, i % 611, &i), item);
		else
			assert_int_equal(hashmap__insert(&map, i % 611, item), 0);
		item->in = !item->in;
		if (round % 4000 == 0)
			assert_same(&map, items);
	}
	assert_same(&map, items);
	hashmap__release(&map);
	free(items);
}

static void grows_and_shrinks(void **state)
{
	struct item *items = calloc(100000, sizeof(*items));
	struct hashmap map;
	uint32_t i;

	(void)state;
	hashmap__init(&map, has_key);
	for (i = 0; i < 100000; i++) {
		items[i].key = i;
		assert_int_equal(hashmap__insert(&map, hash_u64(i), &items[i]), 0);
		assert_true(map.count <= map.size / 4 * 3);
	}
	assert_int_equal(map.count, 100000);
	assert_int_equal(map.size, 262144);
	for (i = 0; i < 100000; i++) {
		assert_ptr_equal(hashmap__remove(&map, hash_u64(i), &i), &items[i]);
		assert_true(map.size == 16 || map.count >= map.size / 8);
	}
	assert_int_equal(map.count, 0);
	assert_int_equal(map.size, 16);
	hashmap__release(&map);
	free(items);
}

/* No slot of 1024 may get far more than its share of 65536 consecutive keys:
 * a binomial's mean is 64 and 8 standard deviations above it is 128. */
static void small_numbers_spread(void **state)
{
	static uint32_t by_u64[1024], by_bytes[1024];
	struct { uint64_t a, b; } key = { 5, 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < 65536; i++) {
		key.b = (uint64_t)i << 16;
		by_u64[hash_u64(i) % 1024]++;
		by_bytes[hash_bytes(&key, sizeof(key)) % 1024]++;
	}
	for (i = 0; i < 1024; i++) {
		assert_in_range(by_u64[i], 1, 128);
		assert_in_range(by_bytes[i], 1, 128);
	}
}

static void bytes_hash_by_content(void **state)
{
	char a[16] = "abcdefghijklmno", b[17] = "xabcdefghijklmno";
	size_t len;

	(void)state;
	for (len = 0; len <= 15; len++) /* unaligned, any length */
		assert_int_equal(hash_bytes(a, len), hash_bytes(b + 1, len));
	for (len = 1; len <= 15; len++) {
		uint32_t before = hash_bytes(a, len);

		a[len - 1] ^= 1;
		assert_int_not_equal(hash_bytes(a, len), before);
		a[len - 1] ^= 1;
	}
	assert_int_not_equal(hash_bytes("\0\0", 1), hash_bytes("\0\0", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_map_owns_nothing),
		cmocka_unit_test(equal_hashes_stay_apart),
		cmocka_unit_test(deletion_keeps_wrapped_runs),
		cmocka_unit_test(agrees_with_an_array),
		cmocka_unit_test(grows_and_shrinks),
		cmocka_unit_test(small_numbers_spread),
		cmocka_unit_test(bytes_hash_by_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
