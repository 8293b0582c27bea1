/* SPDX-License-Identifier: BSD-2-Clause */
/* Where in an expression libpcap's complaint belongs: it does not say. */
#ifndef FILTER_COLUMN_H
#define FILTER_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

/* The column, from 1, of the word that words (libpcap's) are about: the one it
 * quotes, or the first behind which no expression can go on. good(ctx, text)
 * asks libpcap. */
size_t filter_column(const char *expr, const char *words,
		     bool (*good)(void *ctx, const char *expr), void *ctx);

#endif
