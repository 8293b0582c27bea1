/* SPDX-License-Identifier: BSD-2-Clause */
/* FILTER of a command line, ready for packets, sockets and the kernel. */
#ifndef EXPR_H
#define EXPR_H

#include <stdbool.h>

#include "filter/filter.h"

struct expr {
	const char *text;
	struct filter *bare;	  /* of connections; NULL: it takes none */
	struct filter *ethernet;  /* of segments in the kernel */
	struct filter_code frame_code, bare_code; /* expr__translate() */
};

struct select;
struct tt_config;
struct expr_code;

/* text NULL or empty: no FILTER, everything passes. 0, or the exit status after
 * saying why. */
int expr__open(struct expr *e, const char *text);
void expr__close(struct expr *e);
bool expr__given(const struct expr *e);

/* A connection, or a listener by its own end: for `list` and for socket events. */
bool expr__takes_tuple(const struct expr *e, const struct tt_tuple *tuple);
/* The same where the flow table asks. */
void expr__select(const struct expr *e, struct select *s);

/* For the kernel. 0, or the exit status after saying why. */
int expr__translate(struct expr *e, struct tt_config *config,
		    struct expr_code *codes);

#endif
