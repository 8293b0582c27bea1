/* SPDX-License-Identifier: BSD-2-Clause */
/* A file for a test, in $TMPDIR. */
#ifndef UNIT_TMPFILE_H
#define UNIT_TMPFILE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TMPFILE_PATH = 256 };

/* A new empty one, open for reading and writing; path is for unlink(). */
static inline int tmpfile_new(char path[TMPFILE_PATH], const char *name)
{
	const char *dir = getenv("TMPDIR");
	static int made;
	int fd;

	snprintf(path, TMPFILE_PATH, "%s/%s.%d.%d", dir && *dir ? dir : P_tmpdir,
		 name, getpid(), made++);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	return fd;
}

#endif
