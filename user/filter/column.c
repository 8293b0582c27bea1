// SPDX-License-Identifier: BSD-2-Clause
#include "filter/column.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What may follow the beginning of a sound expression, so that it is one. */
static const char *const endings[] = {
	"", " 1", " tcp", " 1.2.3.4", " 1-2", " 1.0.0.0/8", " 00:00:00:00:00:00",
	"0] = 0", "] = 0", " 0 = 0", " = 0", " port 1", " ip", " or tcp",
};

enum { ENDINGS = sizeof(endings) / sizeof(endings[0]), CLOSING = 3, TEXT = 4096 };

static size_t token_length(const char *s)
{
	static const char *const pairs[] = { "&&", "||", "!=", ">=", "<=", "==",
					     "<<", ">>" };
	size_t len = strcspn(s, " \t\n()[]!&|=<>+*/");

	if (len)
		return len;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!strncmp(s, pairs[i], 2))
			return 2;
	return 1;
}

/* Whether something could come behind the first len bytes. */
static bool can_go_on(const char *expr, size_t len,
		      bool (*good)(void *ctx, const char *expr), void *ctx)
{
	char text[TEXT];

	for (int closing = 0; closing <= CLOSING; closing++)
		for (int i = 0; i < ENDINGS; i++) {
			snprintf(text, sizeof(text), "%.*s%s%.*s", (int)len, expr,
				 endings[i], closing, ")))");
			if (good(ctx, text))
				return true;
		}
	return false;
}

/* 'foo' in "unknown host 'foo'", or 0. */
static size_t quoted_column(const char *expr, const char *words)
{
	const char *from = strchr(words, '\''), *to, *at;
	char word[128];

	to = from ? strchr(from + 1, '\'') : NULL;
	if (!to || to - from < 2 || (size_t)(to - from) > sizeof(word))
		return 0;
	snprintf(word, sizeof(word), "%.*s", (int)(to - from - 1), from + 1);
	at = strstr(expr, word);
	return at ? (size_t)(at - expr) + 1 : 0;
}

size_t filter_column(const char *expr, const char *words,
		     bool (*good)(void *ctx, const char *expr), void *ctx)
{
	size_t at = 0, column = quoted_column(expr, words);

	if (column || strlen(expr) > TEXT / 2)
		return column ? column : 1;
	while (expr[at]) {
		at += strspn(expr + at, " \t\n");
		if (!expr[at])
			break;
		if (!can_go_on(expr, at + token_length(expr + at), good, ctx))
			return at + 1;
		at += token_length(expr + at);
	}
	return at + 1; /* it ends too early */
}
