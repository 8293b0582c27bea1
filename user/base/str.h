/* SPDX-License-Identifier: BSD-2-Clause */
/* Small string helpers. None allocates. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal, whole string, min..max. 0, -EINVAL or -ERANGE. */
int str_to_u64(const char *s, uint64_t min, uint64_t max, uint64_t *v);
/* Decimal seconds with an optional fraction, to ns. 0 or -EINVAL. */
int str_to_ns(const char *s, uint64_t *ns);
/* Copies at most size-1 bytes and always terminates. Returns dst. */
char *str_copy(char *dst, const char *src, size_t size);
bool str_starts(const char *s, const char *prefix);
/* Shell glob with * ? [a-z] [!x], no escapes beyond backslash. */
bool str_glob(const char *pattern, const char *s);
/* The next item of a comma list: *list moves on, length in *len, NULL at the
 * end. Items are not terminated and may be empty ("a,,b" has three). */
const char *str_next_item(const char **list, size_t *len);
/* 16 bytes, v4-mapped printed dotted, to text; buf holds 46 bytes. */
const char *str_addr(const uint8_t addr[16], bool mapped_dotted, char *buf);

#endif
