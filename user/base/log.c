// SPDX-License-Identifier: BSD-2-Clause
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "tcptrace-bpf: "

static enum log_level max_level = LOG_WARN;

void log_set_level(enum log_level max)
{
	max_level = max;
}

enum log_level log_level(void)
{
	return max_level;
}

/* One write, so that lines of two tracers on one terminal do not mix. */
void log_printf(enum log_level level, const char *fmt, ...)
{
	char line[2048] = PREFIX;
	size_t room = sizeof(line) - sizeof(PREFIX); /* what is left but the newline */
	size_t len = sizeof(PREFIX) - 1;
	int saved = errno;
	va_list args;
	int n;

	if (level > max_level)
		return;
	va_start(args, fmt);
	n = vsnprintf(line + len, room + 1, fmt, args);
	va_end(args);
	if (n > 0)
		len += (size_t)n < room ? (size_t)n : room;
	line[len++] = '\n';
	/* Nobody is left to tell if stderr is gone. */
	if (write(STDERR_FILENO, line, len) < 0)
		len = 0;
	errno = saved;
}
