/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of events are made of: a word, both ends, then details. */
#ifndef VIEW_TEXT_ITEM_H
#define VIEW_TEXT_ITEM_H

#include "view/text.h"

/* An event's name, padded to the column behind it. */
void text__word(struct text *t, const char *name);
/* 85 us, 1.2 ms, 3.4 s, 2m05s, 3h02m, 1d04h; rounded down */
void text__duration(struct line *l, uint64_t us);

/* The local end alone. */
void text__local(struct text *t, const struct fact *f);
/* Both ends in full: where a connection is first met. */
void text__ends(struct text *t, const struct fact *f, enum arrow dir);
/* Both ends; an address that they share is told once. */
void text__ends_once(struct text *t, const struct fact *f, enum arrow dir);
/* Which connection it is, told by what differs between connections. */
void text__near(struct text *t, const struct fact *f);

/* Begins the next of a line's details. */
struct line *text__item(struct text *t);
void text__item_str(struct text *t, const char *s);
void text__item_number(struct text *t, const char *name, uint64_t v);
void text__item_duration(struct text *t, const char *name, uint64_t us);
/* Each of these is nothing where the fact does not have it. */
void text__item_error(struct text *t, const struct fact *f);
void text__item_peer(struct text *t, const struct fact *f);
/* The options that change how a connection behaves or ends. */
void text__item_opts(struct text *t, const struct fact *f);
void text__item_all_opts(struct text *t, const struct fact *f);
/* Unless the line's own owner is the only one. */
void text__item_owners(struct text *t, const struct fact *f);

#endif
