/* SPDX-License-Identifier: BSD-2-Clause */
#include "order/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this the oldest leave early: a bound on memory, not on order. */
#define MAX_WAITING (1u << 19)
#define MIN_SIZE 1024
#define KEEP_SIZE (1u << 15)

struct slot {
	struct tt_hdr *big; /* a copy of its own, if it does not fit; else NULL */
	uint64_t time_ns;
	uint64_t seq; /* of arrival: equal times keep their order */
	uint32_t next; /* in the row, or of the free ones */
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
	uint64_t seq;
	uint32_t slot;
};

#define NONE UINT32_MAX

/*
 * Most records are later than the one before: they stand in a row, and cost the
 * same however many wait. What comes out of turn (another CPU's, a call that
 * carries the time of its entry) goes into a binary heap beside it.
 */
struct order {
	struct slot *slots;
	struct entry *heap;
	uint32_t size, in_row, in_heap;
	uint32_t head, tail; /* of the row, if in_row */
	uint32_t free;
	uint32_t out; /* popped last: its record is with the caller */
	uint64_t seq, last_ns;
};

struct order *order__new(void)
{
	struct order *o = calloc(1, sizeof(*o));

	if (o)
		o->free = o->out = NONE;
	return o;
}

uint32_t order__count(const struct order *order)
{
	return order->in_row + order->in_heap;
}

bool order__is_full(const struct order *order)
{
	return order__count(order) >= MAX_WAITING;
}

static void free_slot(struct order *o, uint32_t slot)
{
	free(o->slots[slot].big);
	o->slots[slot].next = o->free;
	o->free = slot;
}

static void free_out(struct order *o)
{
	if (o->out != NONE)
		free_slot(o, o->out);
	o->out = NONE;
}

void order__free(struct order *order)
{
	if (!order)
		return;
	free_out(order);
	for (uint32_t i = 0; i < order->in_heap; i++)
		free_slot(order, order->heap[i].slot);
	for (uint32_t next; order->in_row; order->in_row--) {
		next = order->slots[order->head].next;
		free_slot(order, order->head);
		order->head = next;
	}
	free(order->heap);
	free(order->slots);
	free(order);
}

/* Called when every slot is taken: the new half is what is free. */
static int grow(struct order *o)
{
	uint32_t size = o->size ? 2 * o->size : MIN_SIZE;
	struct entry *heap = realloc(o->heap, size * sizeof(*heap));
	struct slot *slots;

	if (!heap)
		return -ENOMEM;
	o->heap = heap;
	slots = realloc(o->slots, size * sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	o->slots = slots;
	for (uint32_t i = o->size; i < size; i++)
		slots[i].next = i + 1 < size ? i + 1 : NONE;
	o->free = o->size;
	o->size = size;
	return 0;
}

/* After a burst nothing waits: its memory goes back. */
static void shrink(struct order *o)
{
	if (o->size <= KEEP_SIZE)
		return;
	free(o->heap);
	free(o->slots);
	o->heap = NULL;
	o->slots = NULL;
	o->size = 0;
	o->free = NONE;
}

static bool is_before(const struct entry *a, const struct entry *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->seq < b->seq;
}

static void sift_up(struct order *o, struct entry e)
{
	uint32_t i = o->in_heap++, parent;

	for (; i && is_before(&e, &o->heap[(i - 1) / 2]); i = parent) {
		parent = (i - 1) / 2;
		o->heap[i] = o->heap[parent];
	}
	o->heap[i] = e;
}

/* The last entry takes the place of the first. */
static void sift_down(struct order *o)
{
	struct entry e = o->heap[--o->in_heap];
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < o->in_heap) {
		if (child + 1 < o->in_heap &&
		    is_before(&o->heap[child + 1], &o->heap[child]))
			child++;
		if (!is_before(&o->heap[child], &e))
			break;
		o->heap[i] = o->heap[child];
		i = child;
	}
	o->heap[i] = e;
}

static void append(struct order *o, uint32_t slot)
{
	if (o->in_row++)
		o->slots[o->tail].next = slot;
	else
		o->head = slot;
	o->tail = slot;
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

	if (o->free == NONE) {
		err = grow(o);
		if (err)
			return err;
	}
	slot = o->free;
	err = fill_slot(&o->slots[slot], rec);
	if (err)
		return err;
	o->free = o->slots[slot].next;
	o->slots[slot].time_ns = time_ns;
	o->slots[slot].seq = o->seq++;
	if (!o->in_row || time_ns >= o->slots[o->tail].time_ns)
		append(o, slot);
	else
		sift_up(o, (struct entry){ time_ns, o->slots[slot].seq, slot });
	return 0;
}

/* The earliest, and whether it stands in the row. */
static struct entry first(const struct order *o, bool *in_row)
{
	const struct slot *s = &o->slots[o->head];
	struct entry e = { s->time_ns, s->seq, o->head };

	*in_row = o->in_row && (!o->in_heap || is_before(&e, &o->heap[0]));
	return *in_row ? e : o->heap[0];
}

void order__told(struct order *o, uint64_t time_ns)
{
	if (time_ns > o->last_ns)
		o->last_ns = time_ns;
}

const struct tt_hdr *order__pop(struct order *o, uint64_t until,
				uint64_t *time_ns, bool *late)
{
	struct entry e;
	bool in_row;

	free_out(o);
	if (!order__count(o)) {
		shrink(o);
		return NULL;
	}
	e = first(o, &in_row);
	if (e.time_ns > until && !order__is_full(o))
		return NULL;
	if (in_row) {
		o->head = o->slots[e.slot].next;
		o->in_row--;
	} else {
		sift_down(o);
	}
	o->out = e.slot;
	*time_ns = e.time_ns;
	*late = e.time_ns < o->last_ns;
	if (!*late)
		o->last_ns = e.time_ns;
	return o->slots[e.slot].big ? o->slots[e.slot].big : &o->slots[e.slot].hdr;
}
