// SPDX-License-Identifier: BSD-2-Clause
#include "base/time.h"

#include <time.h>

#define SEC_PER_DAY 86400
#define OFFSET_TRIES 10

static uint64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

uint64_t time_boot_ns(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

int64_t time_utc_offset(void)
{
	uint64_t best = UINT64_MAX;
	int64_t offset = 0;
	int i;

	for (i = 0; i < OFFSET_TRIES; i++) {
		uint64_t before = time_boot_ns();
		uint64_t utc = read_clock(CLOCK_REALTIME);
		uint64_t gap = time_boot_ns() - before;

		if (gap < best) {
			best = gap;
			offset = utc - (before + gap / 2);
		}
	}
	return offset;
}

/* Seconds, rounded down, and the ns that are left: true before 1970 as well. */
static int64_t split(int64_t ns, uint32_t *rest)
{
	int64_t sec = ns / (int64_t)NS_PER_SEC, r = ns % (int64_t)NS_PER_SEC;

	if (r < 0) {
		r += NS_PER_SEC;
		sec--;
	}
	*rest = r;
	return sec;
}

static char *put_digits(char *p, uint32_t v, int width)
{
	int i;

	for (i = width - 1; i >= 0; i--, v /= 10)
		p[i] = '0' + v % 10;
	return p + width;
}

static char *put_clock(char *p, uint32_t sec_of_day)
{
	p = put_digits(p, sec_of_day / 3600, 2);
	*p++ = ':';
	p = put_digits(p, sec_of_day / 60 % 60, 2);
	*p++ = ':';
	return put_digits(p, sec_of_day % 60, 2);
}

struct date {
	uint32_t year, month, day;
};

/*
 * Days since 1970-01-01 to a date. Counted in years that begin on 1 March, so
 * that the leap day is the last of its year and months follow (153 m + 2) / 5.
 */
static struct date to_date(int64_t days)
{
	uint32_t n = days + 719468; /* since 0000-03-01 */
	uint32_t era = n / 146097, doe = n % 146097; /* of 400 years */
	uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint32_t m = (5 * doy + 2) / 153;

	return (struct date){
		.year = era * 400 + yoe + (m >= 10),
		.month = m < 10 ? m + 3 : m - 9,
		.day = doy - (153 * m + 2) / 5 + 1,
	};
}

const char *time_rfc3339(int64_t utc_ns, char *buf)
{
	uint32_t ns, sec_of_day;
	int64_t sec = split(utc_ns, &ns);
	int64_t days = sec / SEC_PER_DAY - (sec % SEC_PER_DAY < 0);
	struct date date = to_date(days);
	char *p = buf;

	sec_of_day = sec - days * SEC_PER_DAY;
	p = put_digits(p, date.year, 4);
	*p++ = '-';
	p = put_digits(p, date.month, 2);
	*p++ = '-';
	p = put_digits(p, date.day, 2);
	*p++ = 'T';
	p = put_clock(p, sec_of_day);
	*p++ = '.';
	p = put_digits(p, ns, 9);
	*p++ = 'Z';
	*p = '\0';
	return buf;
}

/* Seconds east of UTC. Zones change on whole minutes, and asking libc takes
 * its lock and a search: once a minute of the stream is enough. */
static long zone_offset(int64_t sec)
{
	static _Thread_local int64_t minute = INT64_MIN;
	static _Thread_local long east;
	time_t t = sec;
	struct tm tm;

	if (sec / 60 != minute && localtime_r(&t, &tm)) {
		minute = sec / 60;
		east = tm.tm_gmtoff;
	}
	return east;
}

const char *time_local_date(int64_t utc_ns, char *buf)
{
	uint32_t ns, sec_of_day;
	int64_t sec = split(utc_ns, &ns), days;
	struct date date;
	char *p = buf;

	sec += zone_offset(sec);
	days = sec / SEC_PER_DAY - (sec % SEC_PER_DAY < 0);
	date = to_date(days);
	sec_of_day = sec - days * SEC_PER_DAY;
	p = put_digits(p, date.year, 4);
	*p++ = '-';
	p = put_digits(p, date.month, 2);
	*p++ = '-';
	p = put_digits(p, date.day, 2);
	*p++ = ' ';
	p = put_clock(p, sec_of_day);
	*p = '\0';
	return buf;
}

const char *time_local(int64_t utc_ns, char *buf)
{
	uint32_t ns;
	int64_t sec = split(utc_ns, &ns);
	int64_t of_day;
	char *p;

	sec += zone_offset(sec);
	of_day = sec % SEC_PER_DAY;
	p = put_clock(buf, of_day < 0 ? of_day + SEC_PER_DAY : of_day);
	*p++ = '.';
	p = put_digits(p, ns / NS_PER_US, 6);
	*p = '\0';
	return buf;
}
