// SPDX-License-Identifier: BSD-2-Clause
#include "base/out.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Past this a file's buffer sheds its whole lines without being asked. */
#define SHED_AT (64 * 1024)

struct out {
	char *buf;
	size_t len, size;
	size_t carry; /* bytes of the current line that already left */
	int fd;	      /* -1: memory */
	int err;
};

static struct out *new(int fd)
{
	struct out *out = calloc(1, sizeof(*out));

	if (out)
		out->fd = fd;
	return out;
}

struct out *out__new_fd(int fd)
{
	return new(fd);
}

struct out *out__new_mem(void)
{
	return new(-1);
}

void out__free(struct out *out)
{
	if (!out)
		return;
	if (out->fd >= 0)
		out__flush(out);
	free(out->buf);
	free(out);
}

/* Room for need more bytes and a NUL. */
static bool reserve(struct out *out, size_t need)
{
	size_t size = out->size ? out->size : 512;
	char *buf;

	if (out->err)
		return false;
	if (out->len + need < out->size)
		return true;
	while (size <= out->len + need)
		size *= 2;
	buf = realloc(out->buf, size);
	if (!buf) {
		out->err = -ENOMEM;
		return false;
	}
	out->buf = buf;
	out->size = size;
	return true;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = fd, .events = POLLOUT };

			/* A terminal that someone else made non-blocking. */
			poll(&p, 1, -1);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= n;
	}
	return 0;
}

/* The first n bytes leave; the column of the current line stays true. */
static void leave(struct out *out, size_t n)
{
	const char *nl = memrchr(out->buf, '\n', n);

	out->carry = nl ? (size_t)(out->buf + n - nl - 1) : out->carry + n;
	out->err = write_all(out->fd, out->buf, n);
	out->len -= n;
	memmove(out->buf, out->buf + n, out->len);
}

static void shed(struct out *out)
{
	const char *nl;

	if (out->fd < 0 || out->len < SHED_AT)
		return;
	nl = memrchr(out->buf, '\n', out->len);
	if (nl)
		leave(out, nl + 1 - out->buf);
}

void out__put(struct out *out, const void *data, size_t len)
{
	if (!len || !reserve(out, len))
		return;
	memcpy(out->buf + out->len, data, len);
	out->len += len;
	shed(out);
}

void out__str(struct out *out, const char *s)
{
	out__put(out, s, strlen(s));
}

void out__char(struct out *out, char c)
{
	out__put(out, &c, 1);
}

void out__u64(struct out *out, uint64_t v)
{
	char buf[20], *p = buf + sizeof(buf);

	do {
		*--p = '0' + v % 10;
		v /= 10;
	} while (v);
	out__put(out, p, buf + sizeof(buf) - p);
}

void out__hex(struct out *out, uint64_t v)
{
	char buf[16], *p = buf + sizeof(buf);

	do {
		*--p = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	out__put(out, p, buf + sizeof(buf) - p);
}

void out__printf(struct out *out, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n <= 0 || !reserve(out, n))
		return;
	va_start(args, fmt);
	vsnprintf(out->buf + out->len, n + 1, fmt, args);
	va_end(args);
	out->len += n;
	shed(out);
}

void out__pad_to(struct out *out, size_t col)
{
	size_t now = out__column(out), n = col > now ? col - now : 0;

	if (!n || !reserve(out, n))
		return;
	memset(out->buf + out->len, ' ', n);
	out->len += n;
}

size_t out__column(const struct out *out)
{
	const char *nl;

	if (!out->len)
		return out->carry;
	nl = memrchr(out->buf, '\n', out->len);
	return nl ? (size_t)(out->buf + out->len - nl - 1) : out->carry + out->len;
}

int out__flush(struct out *out)
{
	if (out->fd >= 0 && out->len) {
		if (out->err)
			out->len = 0;
		else
			leave(out, out->len);
	}
	return out->err;
}

int out__error(const struct out *out)
{
	return out->err;
}

const char *out__data(const struct out *out, size_t *len)
{
	if (len)
		*len = out->len;
	if (!out->buf)
		return "";
	out->buf[out->len] = '\0';
	return out->buf;
}

void out__reset(struct out *out)
{
	out->len = 0;
	out->carry = 0;
}
