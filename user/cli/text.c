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

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

unsigned int edit_distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), i, j;
	unsigned int d[32][32];

	if (na > 31 || nb > 31)
		return 32;
	for (i = 0; i <= na; i++)
		d[i][0] = i;
	for (j = 0; j <= nb; j++)
		d[0][j] = j;
	for (i = 1; i <= na; i++) {
		for (j = 1; j <= nb; j++) {
			d[i][j] = min(min(d[i - 1][j], d[i][j - 1]) + 1,
				      d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[na][nb];
}
