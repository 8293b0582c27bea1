/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequence numbers that count from 0, by tcpdump's rule: the first segment
 * with an ACK that is seen of a conversation, and any later one with a SYN,
 * says where both directions begin, and is itself printed as it is. As there,
 * a conversation is never forgotten, and is found by its addresses alone.
 */
#ifndef FLOW_SEQS_H
#define FLOW_SEQS_H

#include <stdbool.h>
#include <stdint.h>

struct seqs;

struct seqs_key {
	const uint8_t *src, *dst; /* 4 or 16 bytes, in network order */
	uint8_t version;	  /* 4 or 6 */
	uint16_t sport, dport;	  /* host order */
};

/* What to take from numbers of the sender's direction, and from the other's. */
struct seqs_base {
	uint32_t src, dst;
};

struct seqs *seqs__new(void); /* NULL with errno */
void seqs__free(struct seqs *s);

/*
 * For a segment with an ACK. False: it is the first, seq and ack are printed
 * as they are; *base is set all the same, for what else it may hold.
 */
bool seqs__base(struct seqs *s, const struct seqs_key *key, uint32_t seq,
		uint32_t ack, bool syn, struct seqs_base *base);

#endif
