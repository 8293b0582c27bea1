/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of a rotation are called, as tcpdump calls them. */
#ifndef RECORD_NAMES_H
#define RECORD_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rotate {
	uint64_t max_bytes;  /* -C, 0: none */
	uint64_t period_s;   /* -G, 0: none */
	uint32_t files;	     /* -W, 0: none */
};

/* Ends in ".gz". */
bool record_name__is_gz(const char *path);
/*
 * The name of file number n (from 0) of this name, n beginning anew with each
 * period of -G. utc_s is when the period began. 0 or -ENAMETOOLONG.
 */
int record_name__make(const char *path, const struct rotate *rotate, uint32_t n,
		      int64_t utc_s, char *buf, size_t size);

#endif
