// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "order/order.h"

#define MAX_WAITING (1u << 19) /* as order.c bounds it */

/* sk numbers the record. */
static void push(struct order *o, uint64_t time_ns, uint64_t sk)
{
	struct tt_rec_destroy r = { .hdr = { .kind = TT_REC_DESTROY,
					     .len = sizeof(r),
					     .ts_ns = time_ns, .sk = sk } };

	assert_int_equal(order__push(o, &r.hdr, time_ns), 0);
}

static uint64_t pop(struct order *o, uint64_t until, bool *late)
{
	uint64_t time_ns;
	const struct tt_hdr *rec = order__pop(o, until, &time_ns, late);

	if (!rec)
		return 0;
	assert_int_equal(rec->ts_ns, time_ns);
	return rec->sk;
}

static void by_time(void **state)
{
	struct order *o = order__new();
	bool late;

	(void)state;
	push(o, 30, 3);
	push(o, 10, 1);
	push(o, 20, 2);
	for (uint64_t sk = 1; sk <= 3; sk++) {
		assert_int_equal(pop(o, 100, &late), sk);
		assert_false(late);
	}
	assert_int_equal(pop(o, 100, &late), 0);
	order__free(o);
	order__free(NULL);
}

/* Records with payload are longer than what a slot holds. */
static void any_length(void **state)
{
	static union {
		struct tt_hdr hdr;
		uint8_t bytes[65535];
	} r;
	struct order *o = order__new();
	const struct tt_hdr *rec;
	uint64_t time_ns;
	bool late;

	(void)state;
	for (uint32_t i = 0; i < 300; i++) {
		memset(r.bytes, i, sizeof(r.bytes));
		r.hdr = (struct tt_hdr){ .kind = TT_REC_PACKET, .sk = i,
					 .len = 65535 - 219 * i };
		assert_int_equal(order__push(o, &r.hdr, 1000 - i), 0);
	}
	for (uint32_t i = 299; i > 3; i--) {
		rec = order__pop(o, 2000, &time_ns, &late);
		assert_int_equal(rec->sk, i);
		assert_int_equal(rec->len, 65535 - 219 * i);
		assert_int_equal(((const uint8_t *)rec)[rec->len - 1], i & 0xff);
	}
	order__free(o); /* with what waits */
}

static void ties_as_they_came(void **state)
{
	struct order *o = order__new();
	bool late;

	(void)state;
	for (uint64_t sk = 1; sk <= 300; sk++)
		push(o, 10 + sk % 3, sk);
	for (uint64_t rest = 0; rest < 3; rest++)
		for (uint64_t sk = rest ? rest : 3; sk <= 300; sk += 3)
			assert_int_equal(pop(o, 100, &late), sk);
	assert_int_equal(order__count(o), 0);
	order__free(o);
}

static void only_until(void **state)
{
	struct order *o = order__new();
	bool late;

	(void)state;
	push(o, 10, 1);
	push(o, 11, 2);
	assert_int_equal(pop(o, 9, &late), 0);
	assert_int_equal(pop(o, 10, &late), 1);
	assert_int_equal(pop(o, 10, &late), 0);
	assert_int_equal(order__count(o), 1);
	assert_int_equal(pop(o, 11, &late), 2);
	order__free(o);
}

static void late_is_told(void **state)
{
	struct order *o = order__new();
	bool late;

	(void)state;
	push(o, 10, 1);
	push(o, 20, 2);
	assert_int_equal(pop(o, 20, &late), 1);
	assert_int_equal(pop(o, 20, &late), 2);
	push(o, 15, 3);
	push(o, 20, 4);
	push(o, 16, 5);
	assert_int_equal(pop(o, 20, &late), 3);
	assert_true(late);
	/* One that was late is no measure for the next. */
	assert_int_equal(pop(o, 20, &late), 5);
	assert_true(late);
	assert_int_equal(pop(o, 20, &late), 4);
	assert_false(late);
	order__free(o);
}

/* Longer and shorter records take turns in the same places. */
static void copies_are_whole(void **state)
{
	struct order *o = order__new();
	struct tt_rec_packet p = { .hdr = { .kind = TT_REC_PACKET,
					    .len = sizeof(p) } };
	const struct tt_rec_packet *got;
	uint64_t time_ns;
	bool late;

	(void)state;
	memset(p.data, 0xab, sizeof(p.data));
	for (uint64_t i = 1; i <= 5000; i++) {
		p.data[sizeof(p.data) - 1] = i;
		assert_int_equal(order__push(o, &p.hdr, i), 0);
		p.data[sizeof(p.data) - 1] = 0;
		push(o, 10000 + i, i);
	}
	for (uint64_t i = 1; i <= 5000; i++) {
		got = (const void *)order__pop(o, 10000, &time_ns, &late);
		assert_non_null(got);
		assert_int_equal(got->hdr.kind, TT_REC_PACKET);
		assert_int_equal(got->data[0], 0xab);
		assert_int_equal(got->data[sizeof(p.data) - 1], (uint8_t)i);
	}
	for (uint64_t i = 1; i <= 5000; i++)
		assert_int_equal(pop(o, 20000, &late), i);
	order__free(o);
}

/* A record that claims more than a place holds is cut, not written past it. */
static void a_longer_record_is_cut(void **state)
{
	struct order *o = order__new();
	uint64_t words[512 / 8] = { 0 };
	struct tt_hdr *h = (struct tt_hdr *)words;
	uint64_t time_ns;
	bool late;

	(void)state;
	*h = (struct tt_hdr){ .kind = TT_REC_SOCKET, .len = sizeof(words), .sk = 9 };
	for (int i = 0; i < 100; i++)
		assert_int_equal(order__push(o, h, i), 0);
	assert_int_equal(order__pop(o, 0, &time_ns, &late)->sk, 9);
	order__free(o);
}

/* In the worst order, growing on the way. */
static void grows(void **state)
{
	struct order *o = order__new();
	const uint32_t n = 20000;
	bool late;

	(void)state;
	for (uint32_t i = n; i > 0; i--)
		push(o, i, i);
	assert_int_equal(order__count(o), n);
	for (uint32_t i = 1; i <= n / 2; i++)
		assert_int_equal(pop(o, n, &late), i);
	for (uint32_t i = n + 1; i <= 2 * n; i++)
		push(o, i, i);
	for (uint32_t i = n / 2 + 1; i <= 2 * n; i++)
		assert_int_equal(pop(o, 2 * n, &late), i);
	assert_int_equal(order__count(o), 0);
	order__free(o);
}

/* The bound is on memory: what is over it leaves before its time. */
static void the_oldest_leave_a_full_window(void **state)
{
	struct order *o = order__new();
	bool late;

	(void)state;
	for (uint32_t i = 1; i <= MAX_WAITING + 2; i++)
		push(o, 1000 + i, i);
	for (uint64_t sk = 1; sk <= 3; sk++) {
		assert_int_equal(pop(o, 0, &late), sk);
		assert_false(late);
	}
	assert_int_equal(pop(o, 0, &late), 0);
	assert_int_equal(order__count(o), MAX_WAITING - 1);
	order__free(o);
}

static void says_when_it_is_full(void **state)
{
	struct order *o = order__new();
	bool late;

	(void)state;
	for (uint32_t i = 1; i <= MAX_WAITING; i++) {
		assert_false(order__is_full(o));
		push(o, 1000 + i % 7, i);
	}
	assert_true(order__is_full(o));
	assert_int_equal(pop(o, 1000, &late), 7);
	assert_false(order__is_full(o));
	order__free(o);
}

/* Two CPUs' records, and among them calls that carry the time they began. */
static void in_and_out_of_turn(void **state)
{
	struct order *o = order__new();
	uint64_t seed = 1, last = 0, time_ns, n = 0;
	const struct tt_hdr *rec;
	bool late;

	(void)state;
	for (uint64_t i = 1; i <= 30000; i++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		push(o, 1000000 + i * 10 - (seed >> 60 ? seed >> 59 : seed >> 48), i);
		if (i % 100)
			continue;
		while ((rec = order__pop(o, 1000000 + i * 10 - 70000, &time_ns, &late))) {
			assert_true(time_ns >= last);
			assert_false(late);
			last = time_ns;
			n++;
		}
	}
	while ((rec = order__pop(o, ~0ULL, &time_ns, &late))) {
		assert_true(time_ns >= last);
		last = time_ns;
		n++;
	}
	assert_int_equal(n, 30000);
	order__free(o);
}

/* Its memory is given back; it serves on. */
static void again_after_a_burst(void **state)
{
	struct order *o = order__new();
	bool late;

	(void)state;
	for (int turn = 0; turn < 3; turn++) {
		for (uint32_t i = 1; i <= 100000; i++)
			push(o, i, i);
		for (uint32_t i = 1; i <= 100000; i++)
			assert_int_equal(pop(o, ~0ULL, &late), i);
		assert_int_equal(pop(o, ~0ULL, &late), 0);
	}
	order__free(o);
}

/* What is told beside the records, a loss, stands in the same line. */
static void late_after_what_was_told(void **state)
{
	struct order *o = order__new();
	bool late;

	(void)state;
	order__told(o, 50);
	order__told(o, 20);
	push(o, 40, 1);
	push(o, 60, 2);
	assert_int_equal(pop(o, 100, &late), 1);
	assert_true(late);
	assert_int_equal(pop(o, 100, &late), 2);
	assert_false(late);
	order__free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_time),
		cmocka_unit_test(any_length),
		cmocka_unit_test(ties_as_they_came),
		cmocka_unit_test(only_until),
		cmocka_unit_test(late_is_told),
		cmocka_unit_test(late_after_what_was_told),
		cmocka_unit_test(copies_are_whole),
		cmocka_unit_test(a_longer_record_is_cut),
		cmocka_unit_test(grows),
		cmocka_unit_test(the_oldest_leave_a_full_window),
		cmocka_unit_test(says_when_it_is_full),
		cmocka_unit_test(in_and_out_of_turn),
		cmocka_unit_test(again_after_a_burst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
