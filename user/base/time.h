/* SPDX-License-Identifier: BSD-2-Clause */
/* Times as text. Nothing here reads a clock but time_utc_offset(). */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdint.h>

#define NS_PER_SEC 1000000000ULL
#define NS_PER_MS 1000000ULL
#define NS_PER_US 1000ULL

/* CLOCK_BOOTTIME now. */
uint64_t time_boot_ns(void);
/* CLOCK_REALTIME minus CLOCK_BOOTTIME, the pair read closest together of
 * several tries. */
int64_t time_utc_offset(void);
/* "2026-11-22T16:07:01.123456789Z" in UTC; buf holds 31 bytes. */
const char *time_rfc3339(int64_t utc_ns, char *buf);
/* "16:07:01.123456" in local time; buf holds 16 bytes. */
const char *time_local(int64_t utc_ns, char *buf);
/* "2026-11-22 16:07:01" in local time; buf holds 20 bytes. */
const char *time_local_date(int64_t utc_ns, char *buf);

#endif
