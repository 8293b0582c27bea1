/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): it must hold whatever the build defines. */
#define REQUIRE(cond)                                                  \
	do {                                                           \
		if (!(cond)) {                                         \
			fprintf(stderr, "%s:%d: %s\n", __FILE__,       \
				__LINE__, #cond);                      \
			abort();                                       \
		}                                                      \
	} while (0)

/* Reads every byte, so that the sanitizers see it read. */
static inline void fuzz_touch(const void *data, size_t len)
{
	const volatile uint8_t *p = data;

	while (len--)
		(void)*p++;
}

#endif
