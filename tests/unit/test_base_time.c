// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/time.h"

static void rfc3339_of_known_times(void **state)
{
	static const struct {
		int64_t ns;
		const char *want;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000000000Z" },
		{ 1, "1970-01-01T00:00:00.000000001Z" },
		{ -1, "1969-12-31T23:59:59.999999999Z" },
		{ 951782399999999999, "2000-02-28T23:59:59.999999999Z" },
		{ 951782400000000000, "2000-02-29T00:00:00.000000000Z" },
		{ 951868800000000000, "2000-03-01T00:00:00.000000000Z" },
		{ 1609459199000000000, "2020-12-31T23:59:59.000000000Z" },
		{ 1709251199123456789, "2024-02-29T23:59:59.123456789Z" },
		{ 4107542400000000000, "2100-03-01T00:00:00.000000000Z" },
		{ INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
		{ INT64_MIN, "1677-09-21T00:12:43.145224192Z" },
	};
	char buf[31];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(time_rfc3339(rows[i].ns, buf), rows[i].want);
}

static void rfc3339_agrees_with_libc(void **state)
{
	int64_t sec;

	(void)state;
	/* A prime stride over 1902 to 2242: every month, every time of day. */
	for (sec = -2145000000; sec < 8600000000; sec += 1234577) {
		char want[40], got[31];
		time_t t = sec;
		struct tm tm;

		gmtime_r(&t, &tm);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.000000042Z", &tm);
		time_rfc3339(sec * (int64_t)NS_PER_SEC + 42, got);
		assert_string_equal(got, want);
	}
}

static void set_zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static void local_time_follows_the_zone(void **state)
{
	const int64_t winter = 1700000000123456789; /* 2023-11-14 22:13:20 UTC */
	const int64_t summer = 1690000000999999999; /* 2023-07-22 04:26:40 UTC */
	char buf[16];

	(void)state;
	set_zone("UTC0");
	assert_string_equal(time_local(winter, buf), "22:13:20.123456");
	assert_string_equal(time_local(summer, buf), "04:26:40.999999");
	/* rules in the string: needs no zone files */
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_string_equal(time_local(winter + 60 * NS_PER_SEC, buf),
			    "23:14:20.123456");
	assert_string_equal(time_local(summer, buf), "06:26:40.999999");
	set_zone("NPT-5:45");
	assert_string_equal(time_local(winter, buf), "03:58:20.123456");
	set_zone("EST5");
	assert_string_equal(time_local(summer, buf), "23:26:40.999999");
	assert_string_equal(time_local(-1, buf), "18:59:59.999999");
}

/* 2023-10-29 01:00 UTC: summer time ends between two lines of one stream. */
static void local_time_crosses_a_change(void **state)
{
	const int64_t change = 1698541200 * (int64_t)NS_PER_SEC;
	char buf[16];

	(void)state;
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_string_equal(time_local(change - 1, buf), "02:59:59.999999");
	assert_string_equal(time_local(change, buf), "02:00:00.000000");
	assert_string_equal(time_local(change - 1, buf), "02:59:59.999999");
}

static void offset_turns_boottime_into_utc(void **state)
{
	struct timespec ts;
	int64_t utc, error;
	uint64_t boot;

	(void)state;
	boot = time_boot_ns();
	clock_gettime(CLOCK_REALTIME, &ts);
	utc = ts.tv_sec * (int64_t)NS_PER_SEC + ts.tv_nsec;
	error = (int64_t)boot + time_utc_offset() - utc;
	assert_in_range(error + 50 * (int64_t)NS_PER_MS, 0, 100 * NS_PER_MS);
	assert_true(time_boot_ns() > boot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3339_of_known_times),
		cmocka_unit_test(rfc3339_agrees_with_libc),
		cmocka_unit_test(local_time_follows_the_zone),
		cmocka_unit_test(local_time_crosses_a_change),
		cmocka_unit_test(offset_turns_boottime_into_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
