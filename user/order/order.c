/* SPDX-License-Identifier: BSD-2-Clause */
#include "order/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this the oldest leave early: a bound on memory, not on order. */
#define MAX_WAITING (1u << 19)

struct slot {
	union {
		struct tt_hdr hdr;
		uint8_t bytes[sizeof(struct tt_rec_packet)];
	};
};

_Static_assert(sizeof(struct slot) >= sizeof(struct tt_rec_socket) &&
		       sizeof(struct slot) >= sizeof(struct tt_rec_call),
	       "a slot holds every record");

struct entry {
	uint64_t time_ns;
	uint32_t slot;
};

/* entries is a circular queue, sorted; a new record is nearly always last. */
struct order {
	struct entry *entries;
	struct slot *slots;
	uint32_t *free_slots;
	uint32_t size, head, count;
	uint64_t last_ns;
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
	free(order->entries);
	free(order->slots);
	free(order->free_slots);
	free(order);
}

uint32_t order__count(const struct order *order)
{
	return order->count;
}

static struct entry *at(struct order *o, uint32_t i)
{
	return &o->entries[(o->head + i) & (o->size - 1)];
}

static int grow(struct order *o)
{
	uint32_t size = o->size ? 2 * o->size : 1024;
	struct entry *entries = malloc(size * sizeof(*entries));
	uint32_t *free_slots = malloc(size * sizeof(*free_slots));
	struct slot *slots = realloc(o->slots, size * sizeof(*slots));

	if (slots)
		o->slots = slots;
	if (!entries || !free_slots || !slots) {
		free(entries);
		free(free_slots);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < o->count; i++)
		entries[i] = *at(o, i);
	/* Called when every slot is taken: the new half is what is free. */
	for (uint32_t i = 0; i < size - o->size; i++)
		free_slots[i] = o->size + i;
	free(o->entries);
	free(o->free_slots);
	o->entries = entries;
	o->free_slots = free_slots;
	o->size = size;
	o->head = 0;
	return 0;
}

int order__push(struct order *o, const struct tt_hdr *rec, uint64_t time_ns)
{
	uint32_t slot, i, len = rec->len;
	int err;

	if (o->count == o->size) {
		err = grow(o);
		if (err)
			return err;
	}
	if (len > sizeof(struct slot))
		len = sizeof(struct slot);
	slot = o->free_slots[o->size - o->count - 1];
	memcpy(o->slots[slot].bytes, rec, len);
	for (i = o->count; i && at(o, i - 1)->time_ns > time_ns; i--)
		*at(o, i) = *at(o, i - 1);
	*at(o, i) = (struct entry){ .time_ns = time_ns, .slot = slot };
	o->count++;
	return 0;
}

const struct tt_hdr *order__pop(struct order *o, uint64_t until,
				uint64_t *time_ns, bool *late)
{
	struct entry e;

	if (!o->count)
		return NULL;
	e = *at(o, 0);
	if (e.time_ns > until && o->count < MAX_WAITING)
		return NULL;
	o->out = o->slots[e.slot];
	o->head = (o->head + 1) & (o->size - 1);
	o->count--;
	o->free_slots[o->size - o->count - 1] = e.slot;
	*time_ns = e.time_ns;
	*late = e.time_ns < o->last_ns;
	if (!*late)
		o->last_ns = e.time_ns;
	return &o->out.hdr;
}
