/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line of output while it is being built. Views print a few dozen short
 * pieces an event; collecting them here makes that one out__put() a line.
 * A line longer than the buffer goes out in parts: nothing is cut.
 */
#ifndef VIEW_LINE_H
#define VIEW_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/out.h"

struct line {
	struct out *out;
	size_t n;      /* bytes in buf */
	size_t gone;   /* bytes of this line handed to out already */
	size_t unseen; /* bytes that take no column: escapes, UTF-8 tails */
	char buf[4096];
};

#define LINE_NUM_MAX 20 /* digits of 2^64-1 */

static inline void line__begin(struct line *l, struct out *out)
{
	l->out = out;
	l->n = 0;
	l->gone = 0;
	l->unseen = 0;
}

void line__spill(struct line *l);
void line__put_long(struct line *l, const char *data, size_t len);
/* Decimal with leading zeros: exactly width digits. */
void line__digits(struct line *l, uint64_t v, unsigned int width);
void line__u64(struct line *l, uint64_t v);
void line__s64(struct line *l, int64_t v);
void line__hex(struct line *l, uint64_t v);
/* 16 bytes; a v4-mapped address is dotted. */
void line__addr(struct line *l, const uint8_t addr[16]);
/* Spaces up to column col; none if past it. */
void line__pad_to(struct line *l, size_t col);
/*
 * Bytes of the UTF-8 sequence at s (NUL-terminated), its code point in *cp;
 * 0 if there is no valid one: stray or missing tails, overlong forms,
 * surrogates, beyond U+10FFFF (RFC 3629).
 */
unsigned int utf8_len(const char *s, uint32_t *cp);

static inline void line__put(struct line *l, const char *data, size_t len)
{
	if (len > sizeof(l->buf) - l->n) {
		line__put_long(l, data, len);
		return;
	}
	memcpy(l->buf + l->n, data, len);
	l->n += len;
}

static inline void line__str(struct line *l, const char *s)
{
	line__put(l, s, strlen(s));
}

static inline void line__char(struct line *l, char c)
{
	if (l->n == sizeof(l->buf))
		line__spill(l);
	l->buf[l->n++] = c;
}

static inline size_t line__column(const struct line *l)
{
	return l->gone + l->n - l->unseen;
}

static inline void line__end(struct line *l)
{
	line__char(l, '\n');
	out__put(l->out, l->buf, l->n);
}

#endif
