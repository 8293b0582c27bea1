/* SPDX-License-Identifier: BSD-2-Clause */
/* The number and the time that a line begins with, in tcpdump's forms. */
#ifndef VIEW_STAMP_H
#define VIEW_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "view/line.h"
#include "view/view.h"

struct stamp {
	struct packet_form form;
	int64_t second;	 /* the one that clock tells */
	char clock[32];	 /* "2026-11-22 16:07:01" */
	int64_t ref_ns;	 /* of -ttt and -ttttt; 0: none yet */
	uint64_t number; /* of lines so far */
};

void stamp__init(struct stamp *s, const struct packet_form *form);
/* Once a line; nothing without -#. */
void stamp__number(struct stamp *s, struct line *l);
/* With the blank behind it; nothing with -t. */
void stamp__time(struct stamp *s, struct line *l, int64_t utc_ns);

#endif
