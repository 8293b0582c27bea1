// SPDX-License-Identifier: BSD-2-Clause
#include "view/csv_text.h"

#include <stdbool.h>
#include <string.h>

#include "view/line.h"

void csv_text__put_quoted(struct line *l, const char *s)
{
	unsigned int n;
	uint32_t cp;

	for (; *s; s += n ? n : 1) {
		n = utf8_len(s, &cp);
		if (*s == '"')
			line__char(l, '"');
		if (n)
			line__put(l, s, n);
		else
			line__put(l, "\xef\xbf\xbd", 3);
	}
}

void csv_text__put(struct line *l, const char *s)
{
	bool quotes = s[strcspn(s, "\",\r\n")];

	if (quotes)
		line__char(l, '"');
	csv_text__put_quoted(l, s);
	if (quotes)
		line__char(l, '"');
}
