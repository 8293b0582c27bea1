// SPDX-License-Identifier: BSD-2-Clause
#include "record/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"

/* Past this, blocks leave without being asked. */
#define SHED_AT (256 * 1024)

struct rec_file {
	struct buf buf;
	uint64_t total;	   /* committed */
	uint64_t whole;	   /* on disk, up to the end of a block */
	int fd;
	int err;
	bool regular; /* can be cut */
	gzFile gz;
	bool unsynced;
};

static int open_fd(const char *path)
{
	int fd;

	if (!strcmp(path, "-"))
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return fd < 0 ? -errno : fd;
}

int rec_file__open(struct rec_file **out, const char *path, int gz)
{
	struct rec_file *f = calloc(1, sizeof(*f));
	struct stat st;

	*out = NULL;
	if (!f)
		return -ENOMEM;
	f->fd = open_fd(path);
	if (f->fd < 0) {
		int err = f->fd;

		free(f);
		return err;
	}
	f->regular = !gz && !fstat(f->fd, &st) && S_ISREG(st.st_mode) &&
		     strcmp(path, "-") != 0;
	/* Level 1: a recorder shares its CPU with what it records. */
	if (gz)
		f->gz = gzdopen(f->fd, "wb1");
	if (gz && !f->gz) {
		close(f->fd);
		free(f);
		return -ENOMEM;
	}
	*out = f;
	return 0;
}

uint8_t *rec_file__reserve(struct rec_file *f, size_t len)
{
	if (!f->err && f->buf.len + len > SHED_AT)
		rec_file__flush(f, 0);
	if (!f->err)
		f->err = buf__reserve(&f->buf, len, 2 * SHED_AT);
	return f->err ? NULL : (uint8_t *)f->buf.data + f->buf.len;
}

void rec_file__commit(struct rec_file *f, size_t len)
{
	f->buf.len += len;
	f->total += len;
}

uint64_t rec_file__size(const struct rec_file *f)
{
	return f->total;
}

static int gz_error(gzFile gz)
{
	int err = 0;

	gzerror(gz, &err);
	return err == Z_ERRNO && errno ? -errno : -EIO;
}

static int write_gz(struct rec_file *f, int sync)
{
	if (f->buf.len && gzwrite(f->gz, f->buf.data, f->buf.len) != (int)f->buf.len)
		return gz_error(f->gz);
	f->unsynced |= f->buf.len != 0;
	if (sync && f->unsynced) {
		if (gzflush(f->gz, Z_SYNC_FLUSH) != Z_OK)
			return gz_error(f->gz);
		f->unsynced = false;
	}
	return 0;
}

/* A disk that is full took a part of the last write: back to whole blocks. */
static void cut(struct rec_file *f)
{
	if (f->regular && ftruncate(f->fd, f->whole))
		f->regular = false;
}

int rec_file__flush(struct rec_file *f, int sync)
{
	if (f->err)
		return f->err;
	if (f->gz)
		f->err = write_gz(f, sync);
	else
		f->err = write_all(f->fd, f->buf.data, f->buf.len);
	if (f->err)
		cut(f);
	else
		f->whole += f->buf.len;
	f->buf.len = 0;
	return f->err;
}

int rec_file__close(struct rec_file *f)
{
	int err;

	if (!f)
		return 0;
	err = rec_file__flush(f, 0);
	if (f->gz && gzclose(f->gz) != Z_OK && !err)
		err = errno ? -errno : -EIO;
	if (!f->gz && close(f->fd) && !err)
		err = -errno;
	free(f->buf.data);
	free(f);
	return err;
}
