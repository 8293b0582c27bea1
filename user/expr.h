/* SPDX-License-Identifier: BSD-2-Clause */
/* FILTER of a command line, ready for packets, sockets and the kernel. */
#ifndef EXPR_H
#define EXPR_H

#include <stdbool.h>

#include "filter/filter.h"

enum { EXPR_LINKS = 16 };

struct expr {
	const char *text;
	struct filter *bare;	  /* of connections; NULL: it takes none */
	struct filter *ethernet;  /* of segments in the kernel */
	struct filter_code frame_code, bare_code; /* expr__translate() */
	/* of files: one for each link type met */
	struct {
		uint32_t link;
		struct filter *filter;
	} links[EXPR_LINKS];
	size_t nlinks;
};

struct select;
struct run_config;
struct tt_config;
struct expr_code;

/* text NULL or empty: no FILTER, everything passes. 0, or the exit status after
 * saying why. */
int expr__open(struct expr *e, const char *text);
void expr__close(struct expr *e);

/* A connection, or a listener by its own end: for `list` and for socket events. */
bool expr__takes_tuple(const struct expr *e, const struct tt_tuple *tuple);
/* The same where the flow table asks. */
void expr__select(const struct expr *e, struct select *s);

/* A frame of a file, link as files number it. 1 yes, 0 no, below 0: the
 * expression does not suit such frames, which was said. */
int expr__takes_frame(struct expr *e, uint32_t link, const uint8_t *frame,
		      uint32_t caplen, uint32_t wire_len);

/* For the kernel. 0, or the exit status after saying why. */
int expr__translate(struct expr *e, struct tt_config *config,
		    struct expr_code *codes);

#endif
