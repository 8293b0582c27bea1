// SPDX-License-Identifier: BSD-2-Clause
#include "live/cgroups.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static int find_mount(char *path, size_t size)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *m;
	int err = -ENODEV;

	if (!mounts)
		return -errno;
	while (err && (m = getmntent(mounts))) {
		if (strcmp(m->mnt_type, "cgroup2") || strlen(m->mnt_dir) >= size)
			continue;
		strcpy(path, m->mnt_dir);
		err = 0;
	}
	endmntent(mounts);
	return err;
}

int cgroups__open_root(void)
{
	char path[PATH_MAX];
	int err = find_mount(path, sizeof(path)), fd;

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static bool is_cgroup2(int fd)
{
	struct statfs st;

	return !fstatfs(fd, &st) && st.f_type == CGROUP2_SUPER_MAGIC;
}

int cgroups__open(int root_fd, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && is_cgroup2(fd))
		return fd;
	if (fd >= 0)
		close(fd);
	while (*path == '/')
		path++;
	fd = openat(root_fd, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

struct id_list {
	uint64_t *ids;
	size_t n;
};

static int append(struct id_list *l, uint64_t id)
{
	uint64_t *more = reallocarray(l->ids, l->n + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	l->ids = more;
	l->ids[l->n++] = id;
	return 0;
}

/* A cgroup's id is its directory's inode number. Takes fd over. One that goes
 * away meanwhile has no tasks. */
static int walk(int fd, struct id_list *l)
{
	const struct dirent *e;
	struct stat st;
	DIR *dir = NULL;
	int err = 0, sub;

	if (!fstat(fd, &st))
		err = append(l, st.st_ino);
	if (!err)
		dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err;
	}
	while (!err && (e = readdir(dir))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		sub = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (sub >= 0)
			err = walk(sub, l);
	}
	closedir(dir);
	return err;
}

int cgroups__below(int fd, uint64_t **ids, size_t *n)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0), err;
	struct id_list l = { 0 };

	if (copy < 0)
		return -errno;
	err = walk(copy, &l);
	if (err) {
		free(l.ids);
		return err;
	}
	*ids = l.ids;
	*n = l.n;
	return 0;
}

int cgroups__of_process(int root_fd, uint32_t pid, uint64_t *id)
{
	char path[64], line[PATH_MAX];
	struct stat st;
	int err = -ENOENT;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/cgroup", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (err && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::/", 4))
			continue;
		err = fstatat(root_fd, line[4] ? line + 4 : ".", &st, 0) ? -errno : 0;
	}
	fclose(f);
	if (!err)
		*id = st.st_ino;
	return err;
}
