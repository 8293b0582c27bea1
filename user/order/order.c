/* SPDX-License-Identifier: BSD-2-Clause */
#include "order/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this the oldest leave early: a bound on memory, not on order. */
#define MAX_WAITING (1u << 19)

struct slot {
	struct tt_hdr *big; /* a copy of its own, if it does not fit; else NULL */
	union {
		struct tt_hdr hdr;
		uint8_t bytes[sizeof(struct tt_rec_packet)];
	};
};

_Static_assert(sizeof(struct tt_rec_packet) >= sizeof(struct tt_rec_socket) &&
		       sizeof(struct tt_rec_packet) >=
			       sizeof(struct tt_rec_call),
	       "a slot holds every record");

struct entry {
	uint64_t time_ns;
	uint64_t seq; /* of arrival: equal times keep their order */
	uint32_t slot;
};

/*
 * A binary heap of entries. Records of calls carry the time of their entry and
 * may come long after it on a busy host: a sorted list would move everything
 * in between for each of them.
 */
struct order {
	struct entry *heap;
	struct slot *slots;
	uint32_t *free_slots;
	uint32_t size, count;
	uint64_t seq, last_ns;
	struct slot out;
};

struct order *order__new(void)
{
	return calloc(1, sizeof(struct order));
}

void order__free(struct order *order)
{
	if (!order)
		return;
	for (uint32_t i = 0; i < order->count; i++)
		free(order->slots[order->heap[i].slot].big);
	free(order->out.big);
	free(order->heap);
	free(order->slots);
	free(order->free_slots);
	free(order);
}

uint32_t order__count(const struct order *order)
{
	return order->count;
}

static int grow(struct order *o)
{
	uint32_t size = o->size ? 2 * o->size : 1024;
	struct entry *heap = realloc(o->heap, size * sizeof(*heap));
	uint32_t *free_slots;
	struct slot *slots;

	if (!heap)
		return -ENOMEM;
	o->heap = heap;
	slots = realloc(o->slots, size * sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	o->slots = slots;
	free_slots = realloc(o->free_slots, size * sizeof(*free_slots));
	if (!free_slots)
		return -ENOMEM;
	o->free_slots = free_slots;
	/* Called when every slot is taken: the new half is what is free. */
	for (uint32_t i = 0; i < size - o->size; i++)
		free_slots[i] = o->size + i;
	o->size = size;
	return 0;
}

static bool is_before(const struct entry *a, const struct entry *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->seq < b->seq;
}

static void sift_up(struct order *o, struct entry e)
{
	uint32_t i = o->count, parent;

	for (; i && is_before(&e, &o->heap[(i - 1) / 2]); i = parent) {
		parent = (i - 1) / 2;
		o->heap[i] = o->heap[parent];
	}
	o->heap[i] = e;
}

/* The last entry takes the place of the first. */
static void sift_down(struct order *o)
{
	struct entry e = o->heap[o->count];
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < o->count) {
		if (child + 1 < o->count &&
		    is_before(&o->heap[child + 1], &o->heap[child]))
			child++;
		if (!is_before(&o->heap[child], &e))
			break;
		o->heap[i] = o->heap[child];
		i = child;
	}
	o->heap[i] = e;
}

/* Payload makes records of any length, and there are few with it: what is
 * longer than a slot has memory of its own. */
static int fill_slot(struct slot *s, const struct tt_hdr *rec)
{
	s->big = NULL;
	if (rec->len <= sizeof(s->bytes)) {
		memcpy(s->bytes, rec, rec->len);
		return 0;
	}
	s->big = malloc(rec->len);
	if (!s->big)
		return -ENOMEM;
	memcpy(s->big, rec, rec->len);
	return 0;
}

int order__push(struct order *o, const struct tt_hdr *rec, uint64_t time_ns)
{
	uint32_t slot;
	int err;

	if (o->count == o->size) {
		err = grow(o);
		if (err)
			return err;
	}
	slot = o->free_slots[o->size - o->count - 1];
	err = fill_slot(&o->slots[slot], rec);
	if (err)
		return err;
	sift_up(o, (struct entry){ time_ns, o->seq++, slot });
	o->count++;
	return 0;
}

const struct tt_hdr *order__pop(struct order *o, uint64_t until,
				uint64_t *time_ns, bool *late)
{
	struct entry e;

	if (!o->count)
		return NULL;
	e = o->heap[0];
	if (e.time_ns > until && o->count < MAX_WAITING)
		return NULL;
	free(o->out.big);
	o->out = o->slots[e.slot];
	o->count--;
	sift_down(o);
	o->free_slots[o->size - o->count - 1] = e.slot;
	*time_ns = e.time_ns;
	*late = e.time_ns < o->last_ns;
	if (!*late)
		o->last_ns = e.time_ns;
	return o->out.big ? o->out.big : &o->out.hdr;
}
