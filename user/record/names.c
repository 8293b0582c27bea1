// SPDX-License-Identifier: BSD-2-Clause
#include "record/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

bool record_name__is_gz(const char *path)
{
	size_t len = strlen(path);

	return len > 3 && !strcmp(path + len - 3, ".gz");
}

/* Digits of the last number of a ring: names sort. */
static int width_of(uint32_t files)
{
	int width = 1;

	for (uint32_t last = files - 1; last >= 10; last /= 10)
		width++;
	return width;
}

static int with_time(const char *path, int64_t utc_s, char *buf, size_t size)
{
	time_t t = utc_s;
	struct tm tm;

	if (!localtime_r(&t, &tm))
		return -EOVERFLOW;
	/* The name is the user's format, as with tcpdump -G. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return strftime(buf, size, path, &tm) ? 0 : -ENAMETOOLONG;
#pragma GCC diagnostic pop
}

/* The number stands before ".gz": what unpacks files goes by their end. */
int record_name__make(const char *path, const struct rotate *r, uint32_t n,
		      int64_t utc_s, char *buf, size_t size)
{
	char name[4096], number[16] = "";
	bool gz = record_name__is_gz(path);
	int len, err = 0;

	if (strlen(path) >= sizeof(name))
		return -ENAMETOOLONG;
	strcpy(name, path);
	if (r->period_s)
		err = with_time(path, utc_s, name, sizeof(name));
	if (err)
		return err;
	if (r->max_bytes && r->files && !r->period_s)
		snprintf(number, sizeof(number), "%0*u", width_of(r->files), n);
	else if (r->max_bytes && n)
		snprintf(number, sizeof(number), "%u", n);
	gz = gz && record_name__is_gz(name);
	len = snprintf(buf, size, "%.*s%s%s", (int)(strlen(name) - 3 * gz), name,
		       number, gz ? ".gz" : "");
	return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : 0;
}
