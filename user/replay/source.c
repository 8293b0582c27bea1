// SPDX-License-Identifier: BSD-2-Clause
#include "replay/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { FIRST_SIZE = 1 << 18, GZ_SIZE = 1 << 16 };

struct source {
	int fd; /* -1: memory */
	uint8_t *buf;
	size_t size, at, end;
	uint64_t offset; /* of buf[at] in the stream */
	bool eof;
	const char *error;
	bool inflating;
	z_stream z;
	uint8_t *packed; /* what zlib reads from */
};

static size_t read_fd(struct source *s, void *to, size_t len)
{
	ssize_t n = read(s->fd, to, len);

	if (n > 0)
		return n;
	/* A signal that somebody caught is there to end this: a pipe might
	 * have nothing to say for a long time yet. */
	if (n < 0 && errno != EINTR)
		s->error = strerror(errno);
	return 0;
}

/* A gzip file may have several members, one after the other (RFC 1952, 2.2).
 * One that is cut off ends where it ends. */
static size_t inflate_some(struct source *s, uint8_t *to, size_t len)
{
	int ret;

	s->z.next_out = to;
	s->z.avail_out = len;
	while (s->z.avail_out == len) {
		if (!s->z.avail_in) {
			s->z.next_in = s->packed;
			s->z.avail_in = read_fd(s, s->packed, GZ_SIZE);
		}
		if (!s->z.avail_in)
			return 0;
		ret = inflate(&s->z, Z_NO_FLUSH);
		if (ret == Z_STREAM_END)
			ret = inflateReset(&s->z);
		if (ret != Z_OK && ret != Z_BUF_ERROR) {
			s->error = "the gzip data is damaged";
			break;
		}
	}
	return len - s->z.avail_out;
}

static void fill(struct source *s, size_t len)
{
	while (!s->eof && s->end - s->at < len) {
		uint8_t *to = s->buf + s->end;
		size_t room = s->size - s->end, n;

		n = s->inflating ? inflate_some(s, to, room) :
				   read_fd(s, to, room);
		s->end += n;
		s->eof = !n || s->error;
	}
}

static bool make_room(struct source *s, size_t len)
{
	size_t size = s->size;
	uint8_t *buf;

	memmove(s->buf, s->buf + s->at, s->end - s->at);
	s->end -= s->at;
	s->at = 0;
	while (size < len)
		size *= 2;
	if (size == s->size)
		return true;
	buf = realloc(s->buf, size);
	if (!buf) {
		s->error = strerror(ENOMEM);
		return false;
	}
	s->buf = buf;
	s->size = size;
	return true;
}

const uint8_t *source__peek(struct source *s, size_t len)
{
	if (s->end - s->at >= len)
		return s->buf + s->at;
	if (s->eof || !make_room(s, len))
		return NULL;
	fill(s, len);
	return s->end - s->at >= len ? s->buf + s->at : NULL;
}

void source__skip(struct source *s, size_t len)
{
	s->at += len;
	s->offset += len;
}

size_t source__rest(const struct source *s)
{
	return s->end - s->at;
}

uint64_t source__offset(const struct source *s)
{
	return s->offset;
}

const char *source__error(const struct source *s)
{
	return s->error;
}

/* What was read so far is zlib's first input. */
static int begin_inflate(struct source *s)
{
	s->packed = malloc(GZ_SIZE > s->end ? (size_t)GZ_SIZE : s->end);
	if (!s->packed || inflateInit2(&s->z, 16 + MAX_WBITS) != Z_OK)
		return -ENOMEM;
	memcpy(s->packed, s->buf, s->end);
	s->z.next_in = s->packed;
	s->z.avail_in = s->end;
	s->inflating = true;
	s->end = 0;
	s->eof = false;
	return 0;
}

static int begin(struct source *s)
{
	static const uint8_t gzip[2] = { 0x1f, 0x8b };

	s->size = FIRST_SIZE;
	s->buf = malloc(s->size);
	if (!s->buf)
		return -ENOMEM;
	fill(s, sizeof(gzip));
	if (s->error)
		return 0; /* told at the first peek */
	if (s->end < sizeof(gzip) || memcmp(s->buf, gzip, sizeof(gzip)))
		return 0;
	return begin_inflate(s);
}

static int open_fd(const char *path)
{
	int fd;

	if (!strcmp(path, "-"))
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int source__open(struct source **source, const char *path)
{
	struct source *s = calloc(1, sizeof(*s));
	int err;

	*source = NULL;
	if (!s)
		return -ENOMEM;
	err = s->fd = open_fd(path);
	if (err >= 0)
		err = begin(s);
	if (err) {
		source__free(s);
		return err;
	}
	*source = s;
	return 0;
}

struct source *source__open_mem(const void *data, size_t len)
{
	struct source *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fd = -1;
	s->eof = true;
	s->size = s->end = len;
	s->buf = malloc(len ? len : 1);
	if (!s->buf) {
		free(s);
		return NULL;
	}
	if (len)
		memcpy(s->buf, data, len);
	return s;
}

void source__free(struct source *s)
{
	if (!s)
		return;
	if (s->inflating)
		inflateEnd(&s->z);
	if (s->fd >= 0)
		close(s->fd);
	free(s->packed);
	free(s->buf);
	free(s);
}
