// SPDX-License-Identifier: BSD-2-Clause
#include "live/taps_netns.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
	bool (*is_wanted)(void *ctx, uint32_t netns);
	void (*look)(void *ctx, uint32_t netns);
	void *ctx;
	uint32_t *done;
	size_t n;
};

static bool is_done(const struct walk *w, uint32_t netns)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->done[i] == netns)
			return true;
	return false;
}

static void visit(struct walk *w, int dir, const char *path)
{
	struct stat st;
	uint32_t *more;
	int fd;

	if (fstatat(dir, path, &st, 0) || is_done(w, st.st_ino))
		return;
	more = reallocarray(w->done, w->n + 1, sizeof(*more));
	if (!more)
		return;
	w->done = more;
	w->done[w->n++] = st.st_ino;
	if (!w->is_wanted(w->ctx, st.st_ino))
		return;
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!setns(fd, CLONE_NEWNET))
		w->look(w->ctx, st.st_ino);
	close(fd);
}

static void each_in(struct walk *w, const char *folder, bool processes)
{
	DIR *dir = opendir(folder);
	const struct dirent *e;
	char path[300];

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		if (processes != (isdigit((unsigned char)e->d_name[0]) != 0) &&
		    processes)
			continue;
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), processes ? "%s/ns/net" : "%s",
			 e->d_name);
		visit(w, dirfd(dir), path);
	}
	closedir(dir);
}

void taps_netns__each(bool (*is_wanted)(void *ctx, uint32_t netns),
		      void (*look)(void *ctx, uint32_t netns), void *ctx)
{
	struct walk w = { .is_wanted = is_wanted, .look = look, .ctx = ctx };

	visit(&w, AT_FDCWD, "/proc/self/ns/net"); /* of the first thread: home */
	each_in(&w, "/run/netns", false);
	each_in(&w, "/proc", true);
	free(w.done);
}
