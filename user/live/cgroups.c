// SPDX-License-Identifier: BSD-2-Clause
#include "live/cgroups.h"

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

#include <dirent.h>

#include "base/hashmap.h"

#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h */

struct cgroup_path {
	uint64_t id;
	char *path; /* NULL: gone */
};

struct cgroups {
	char mount[PATH_MAX];
	int fd;
	struct hashmap paths;
};

static bool has_id(const void *entry, const void *key)
{
	return ((const struct cgroup_path *)entry)->id == *(const uint64_t *)key;
}

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

struct cgroups *cgroups__new(void)
{
	struct cgroups *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return NULL;
	hashmap__init(&c->paths, has_id);
	err = find_mount(c->mount, sizeof(c->mount));
	c->fd = err ? -1 : open(c->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->fd < 0) {
		err = err ? -err : errno;
		free(c);
		errno = err;
		return NULL;
	}
	return c;
}

void cgroups__free(struct cgroups *c)
{
	struct cgroup_path *p;
	size_t pos = 0;

	if (!c)
		return;
	while ((p = hashmap__next(&c->paths, &pos))) {
		free(p->path);
		free(p);
	}
	hashmap__release(&c->paths);
	close(c->fd);
	free(c);
}

static bool is_cgroup2(int fd)
{
	struct statfs st;

	return !fstatfs(fd, &st) && st.f_type == CGROUP2_SUPER_MAGIC;
}

int cgroups__open(const struct cgroups *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && is_cgroup2(fd))
		return fd;
	if (fd >= 0)
		close(fd);
	while (*path == '/')
		path++;
	fd = openat(c->fd, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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

/* The kernel finds a cgroup by its id: no walk over all of them. */
static char *look_up(const struct cgroups *c, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} h = { .handle = { sizeof(id), FILEID_KERNFS } };
	char link[64], path[PATH_MAX];
	size_t skip = strlen(c->mount);
	ssize_t len;
	int fd;

	memcpy(h.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(c->fd, &h.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	close(fd);
	if (len < 0)
		return NULL;
	path[len] = '\0';
	if (strncmp(path, c->mount, skip))
		return NULL;
	return strdup(path[skip] ? path + skip : "/");
}

const char *cgroups__path(struct cgroups *c, uint64_t id)
{
	struct cgroup_path *p = hashmap__find(&c->paths, hash_u64(id), &id);

	if (p)
		return p->path;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->id = id;
	p->path = look_up(c, id);
	if (hashmap__insert(&c->paths, hash_u64(id), p)) {
		free(p->path);
		free(p);
		return NULL;
	}
	return p->path;
}
