// SPDX-License-Identifier: BSD-2-Clause
#include "base/buf.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

int buf__grow(struct buf *b, size_t need, size_t first_size)
{
	size_t size = b->size ? b->size : first_size;
	char *data;

	while (size < b->len + need)
		size *= 2;
	data = realloc(b->data, size);
	if (!data)
		return -ENOMEM;
	b->data = data;
	b->size = size;
	return 0;
}

int write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };

			/* A terminal that someone else made non-blocking. */
			poll(&wait, 1, -1);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= n;
	}
	return 0;
}
