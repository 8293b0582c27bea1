/* SPDX-License-Identifier: BSD-2-Clause */
/* Text in a cell of CSV (RFC 4180). */
#ifndef VIEW_CSV_TEXT_H
#define VIEW_CSV_TEXT_H

struct line;

/* In quotes where it must be; bytes that are no UTF-8 become U+FFFD, as in JSON. */
void csv_text__put(struct line *l, const char *s);
/* A piece of a cell that stands in quotes. */
void csv_text__put_quoted(struct line *l, const char *s);

#endif
