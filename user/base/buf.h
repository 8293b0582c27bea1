/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that are collected, and the way they leave in one go. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct buf {
	char *data;
	size_t len, size;
};

int buf__grow(struct buf *b, size_t need, size_t first_size);

/* Room for need more bytes; what there is stays. 0 or -ENOMEM. */
static inline int buf__reserve(struct buf *b, size_t need, size_t first_size)
{
	return b->len + need <= b->size ? 0 : buf__grow(b, need, first_size);
}

/* All of them, whatever it takes. 0 or -errno. */
int write_all(int fd, const void *data, size_t len);

#endif
