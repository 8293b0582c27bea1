/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the text view share. */
#ifndef VIEW_TEXT_H
#define VIEW_TEXT_H

#include "view/line.h"
#include "view/stamp.h"
#include "view/view.h"

enum arrow { ARROW_OUT, ARROW_IN, ARROW_BOTH, ARROW_BECOMES };
enum style { STYLE_BAD, STYLE_STATE, STYLE_PACKET };

struct tcpdump;

struct text {
	struct view_opts opts;
	struct line line;
	struct stamp stamp;
	size_t owner_column; /* grows with the stamp */
	size_t owner_width; /* grows with the widest owner seen */
	size_t body;	    /* column where the event's words begin */
	size_t detail;	    /* column of this line's details, 0: where they fall */
	bool tight;	    /* a narrow terminal: columns only before the body */
	bool in_list;	    /* this line's details have begun */
	/* Of -e, -q, -v and dumps: packets in tcpdump's own words. */
	struct tcpdump *printer;
	uint8_t *bytes; /* of the frame that it prints */
};

/* Colour on and off; nothing without opts.color. */
void text__style(struct text *t, enum style style);
void text__plain(struct text *t);
/* Bytes that others chose, made safe for a terminal; "-" for NULL. */
void text__safe(struct text *t, const char *s);
void text__arrow(struct text *t, enum arrow arrow);

/* Everything but a packet. */
void text__event(struct text *t, const struct fact *f);
/* A segment as tcpdump writes it, after its direction. */
void text__segment(struct text *t, const struct fact *f);
/* What -x and its like show of it, below its line. */
void text__dump(struct text *t, const struct fact *f);

#endif
