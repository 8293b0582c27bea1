// SPDX-License-Identifier: BSD-2-Clause
#include "base/out.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Past this a file's buffer sheds its whole lines without being asked. */
#define SHED_AT (64 * 1024)

struct out {
	struct buf buf;
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
	free(out->buf.data);
	free(out);
}

/* Room for need more bytes and a NUL. */
static bool reserve(struct out *out, size_t need)
{
	if (!out->err)
		out->err = buf__reserve(&out->buf, need + 1, 512);
	return !out->err;
}

/* The first n bytes leave; the column of the current line stays true. */
static void leave(struct out *out, size_t n)
{
	const char *nl = memrchr(out->buf.data, '\n', n);

	out->carry = nl ? (size_t)(out->buf.data + n - nl - 1) : out->carry + n;
	out->err = write_all(out->fd, out->buf.data, n);
	out->buf.len -= n;
	memmove(out->buf.data, out->buf.data + n, out->buf.len);
}

static void shed(struct out *out)
{
	const char *nl;

	if (out->fd < 0 || out->buf.len < SHED_AT)
		return;
	nl = memrchr(out->buf.data, '\n', out->buf.len);
	if (nl)
		leave(out, nl + 1 - out->buf.data);
}

void out__put(struct out *out, const void *data, size_t len)
{
	if (!len || !reserve(out, len))
		return;
	memcpy(out->buf.data + out->buf.len, data, len);
	out->buf.len += len;
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
	vsnprintf(out->buf.data + out->buf.len, n + 1, fmt, args);
	va_end(args);
	out->buf.len += n;
	shed(out);
}

void out__pad_to(struct out *out, size_t col)
{
	size_t now = out__column(out), n = col > now ? col - now : 0;

	if (!n || !reserve(out, n))
		return;
	memset(out->buf.data + out->buf.len, ' ', n);
	out->buf.len += n;
}

size_t out__column(const struct out *out)
{
	const char *nl;

	if (!out->buf.len)
		return out->carry;
	nl = memrchr(out->buf.data, '\n', out->buf.len);
	return nl ? (size_t)(out->buf.data + out->buf.len - nl - 1) : out->carry + out->buf.len;
}

int out__flush(struct out *out)
{
	if (out->fd >= 0 && out->buf.len) {
		if (out->err)
			out->buf.len = 0;
		else
			leave(out, out->buf.len);
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
		*len = out->buf.len;
	if (!out->buf.data)
		return "";
	out->buf.data[out->buf.len] = '\0';
	return out->buf.data;
}

void out__reset(struct out *out)
{
	out->buf.len = 0;
	out->carry = 0;
}
