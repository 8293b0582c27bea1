/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recording, step by step: from its blocks and packets to the calls that
 * the run made on its table of flows (include/tcptrace/recording.h).
 */
#ifndef REPLAY_STEP_H
#define REPLAY_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcptrace/recording.h"

/* What a step points at is valid until the next is decoded with its storage. */
struct step {
	uint16_t what; /* TT_BLK_*; 0: nothing to do */
	bool late;
	uint64_t time_ns;	  /* FOUND_END, EXPIRE, RATE, LOST */
	const struct tt_hdr *rec; /* RECORD, EARLY, FOUND: decoded */
	const struct tt_blk_settings *settings;
	const struct tt_blk_lost *lost; /* both names end */
	const struct tt_blk_name *name;
	const char *text; /* TEXT; FILTER; NAME: NULL if it has none */
	const void *data; /* PROCESS, FLOW, TABLE: aligned */
	size_t len;
	const struct tt_blk_end *end;
};

struct step_storage {
	uint8_t *bytes; /* of malloc: aligned */
	size_t size;
};

void step_storage__release(struct step_storage *s);

/* A block of a local-use type is one of ours. */
bool step__is_ours(uint32_t type, const uint8_t *body, size_t len);
/*
 * A block of ours, without its padding: len may be up to 3 more. 0, or
 * -EBADMSG with *why, or -ENOMEM. What a later version may have added is no
 * error: step->what is 0 then.
 */
int step__from_block(struct step_storage *s, const uint8_t *body, size_t len,
		     struct step *step, const char **why);
/*
 * A packet: option is its TT_OPTION_RECORD, data what stands in the packet
 * block from the IP header on.
 */
int step__from_packet(struct step_storage *s, const uint8_t *option,
		      size_t option_len, const uint8_t *data, size_t len,
		      struct step *step, const char **why);

#endif
