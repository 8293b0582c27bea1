// SPDX-License-Identifier: BSD-2-Clause
/* Words for messages to the user. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/options.h"

int usage_error(const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	log_error("%s", line);
	return STATUS_USAGE;
}

const char *quote(const char *s, char buf[QUOTE_LEN])
{
	size_t n = 0;

	buf[n++] = '\'';
	/* A newline would break the one line; an escape, the terminal. */
	for (; *s && n < QUOTE_LEN - 5; s++)
		buf[n++] = (unsigned char)*s < ' ' || *s == 0x7f ? '?' : *s;
	snprintf(buf + n, QUOTE_LEN - n, "%s'", *s ? "..." : "");
	return buf;
}

void list_append(char *buf, size_t size, const char *item)
{
	size_t len = strlen(buf);

	snprintf(buf + len, size - len, "%s%s", len ? ", " : "", item);
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

unsigned int edit_distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), i, j;
	unsigned int row[32];

	if (na > 31 || nb > 31)
		return 32;
	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= na; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= nb; j++) {
			unsigned int above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1,
				      diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[nb];
}
