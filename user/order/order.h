/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records in the order of their time. The ring delivers in the order of
 * reservation, which is nearly that: a record waits here for a short window
 * in which an earlier one may still arrive.
 */
#ifndef ORDER_ORDER_H
#define ORDER_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "tcptrace/event.h"

struct order;

struct order *order__new(void); /* NULL with errno */
void order__free(struct order *order);

/*
 * Takes a copy of a decoded record. time_ns is the moment it is told at
 * (record_time()). 0 or -ENOMEM.
 */
int order__push(struct order *order, const struct tt_hdr *rec,
		uint64_t time_ns);

/*
 * The earliest record if its time is at or before until, else NULL. late says
 * that a later one was popped before. The record is valid until the next call.
 */
const struct tt_hdr *order__pop(struct order *order, uint64_t until,
				uint64_t *time_ns, bool *late);
/* Something else was told at this time: what is earlier is late. */
void order__told(struct order *o, uint64_t time_ns);

/* Records that wait. */
uint32_t order__count(const struct order *order);
/* No more should come: until some are popped, the earliest leave before their
 * time. */
bool order__is_full(const struct order *order);

#endif
