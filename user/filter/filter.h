/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A FILTER expression, compiled by libpcap. The library is opened when the
 * first expression is compiled: who uses none does not need it.
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/code.h"
#include "tcptrace/tuple.h"

/* Link types of capture files, as libpcap numbers them (DLT_*) */
enum { FILTER_ETHERNET = 1, FILTER_RAW = 12 };

struct filter;

/*
 * expr on frames of a link type. 0; -EINVAL with libpcap's words and the
 * column, counted from 1, in error unless that is NULL; -ENOENT if there is no
 * libpcap. *filter is NULL then.
 */
int filter__new(struct filter **filter, const char *expr, int linktype,
		char *error, size_t size);
void filter__free(struct filter *filter);

/* caplen bytes of a frame that has wire_len, by libpcap's interpreter. */
bool filter__matches(const struct filter *filter, const uint8_t *frame,
		     uint32_t caplen, uint32_t wire_len);
/* The classic program. Valid as long as the filter. */
const struct cbpf_insn *filter__program(const struct filter *filter,
					size_t *count);

/* What an expression says of connections and listeners: `bare` is compiled for
 * FILTER_RAW, or NULL if that cannot be; then nothing passes. A listener (no
 * remote port) passes by its own end. */
bool filter__matches_tuple(const struct filter *bare, const struct tt_tuple *tuple);

/* Whether the expression speaks of VLAN tags: then a tag that the device keeps
 * apart counts as standing in the frame. */
bool filter__names_vlan(const char *expr);

#endif
