/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to records: the one door through which records of the ring and of a
 * recording come in. Behind it every number is in range, every string ends,
 * and the members of the record's form (short or long) are there to be read.
 */
#ifndef EVENT_DECODE_H
#define EVENT_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "tcptrace/event.h"

enum decode_result {
	DECODE_OK = 0,
	DECODE_SKIP = 1, /* a kind of a later version: go on after hdr.len */
	DECODE_MISALIGNED = -1, /* data is not 8-byte aligned */
	DECODE_SHORT = -2,	/* len ends inside the header */
	DECODE_LENGTH = -3,	/* hdr.len below the kind's, or no form of it */
	DECODE_CUT = -4,	/* hdr.len goes beyond len */
	DECODE_KIND = -5,	/* kind 0 */
	DECODE_CAPLEN = -6,	/* more packet bytes than the record holds */
	DECODE_STATE = -7,	/* a TCP state there is not */
	DECODE_VALUE = -8,	/* another number that is none of its names */
	DECODE_STRING = -9,	/* a text without an end */
};

/*
 * The record at data, of which len bytes may be read. DECODE_OK sets *rec to
 * it, DECODE_SKIP too, of which then only the header is known; an error sets
 * it to NULL. Nothing is copied. A record may be shorter than the struct of
 * its kind: never copy one by struct assignment.
 */
int decode_record(const void *data, size_t len, const struct tt_hdr **rec);
/* "the record ends before its header", for messages. */
const char *decode_result_text(int result);

/* Of decoded records. The members from the long form's on are there. */
bool decode_is_long(const struct tt_hdr *rec);
/* NULL if the record tells nothing of the socket's options. */
const struct tt_opts *decode_opts(const struct tt_hdr *rec);

#endif
