/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An expression on a listed socket, for --wait-for:
 *	state ESTABLISHED,LISTEN   port 80,443   lport N   rport N
 *	addr 10.0.0.0/8   pid N   comm 'java*'   uid N
 * joined by and, or, not and parentheses; a state's name alone will do.
 */
#ifndef FLOW_MATCH_H
#define FLOW_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/sockets.h"

struct match;

/* What is wrong with an expression: the word, and what was expected. */
struct match_error {
	const char *why;
	char word[40];
};

/* NULL: *error says why. */
struct match *match__new(const char *text, struct match_error *error);
bool match__socket(const struct match *m, const struct socket_entry *e);
/* The whole begins with not: it asks for no socket that the rest matches,
 * which is what match__socket() then tells. */
bool match__asks_for_none(const struct match *m);
void match__free(struct match *m);

#endif
