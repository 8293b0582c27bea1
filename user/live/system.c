/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/system.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hashmap.h"
#include "base/str.h"

int system__tgid(uint32_t id, uint32_t *tgid)
{
	char path[64], line[128];
	int err = -ESRCH;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/status", id);
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? -ESRCH : -errno;
	while (err && fgets(line, sizeof(line), f))
		if (sscanf(line, "Tgid: %u", tgid) == 1)
			err = 0;
	fclose(f);
	return err;
}

/* A pidfd becomes readable when the whole process has ended, zombie or not. */
bool system__is_gone(uint32_t pid)
{
	struct pollfd pfd = { .events = POLLIN };
	bool gone;

	pfd.fd = syscall(SYS_pidfd_open, pid, 0);
	if (pfd.fd < 0)
		return errno == ESRCH;
	gone = poll(&pfd, 1, 0) > 0;
	close(pfd.fd);
	return gone;
}

static bool contains(const uint32_t *pids, size_t n, uint32_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

static uint32_t parent_of(const char *pid)
{
	char path[300], buf[512];
	unsigned int ppid = 0;
	ssize_t len;
	char *p;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	len = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (len <= 0)
		return 0;
	buf[len] = 0;
	p = strrchr(buf, ')'); /* the name before it may hold anything */
	if (!p || sscanf(p + 1, " %*c %u", &ppid) != 1)
		return 0;
	return ppid;
}

/* Name and effective user, the lines of /proc/PID/status that say so. */
static int read_status(const char *pid, char comm[16], uint32_t *uid)
{
	char path[300], line[256];
	unsigned int euid;
	int found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (found < 2 && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Name:\t%15[^\n]", comm) == 1) {
			found++;
		} else if (sscanf(line, "Uid:\t%*u\t%u", &euid) == 1) {
			*uid = euid;
			found++;
		}
	}
	fclose(f);
	return found == 2 ? 0 : -ESRCH;
}

int system__processes(void (*fn)(void *ctx, uint32_t pid, const char *comm,
				 uint32_t uid), void *ctx)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	char comm[16];
	uint32_t uid;

	if (!dir)
		return -errno;
	while ((e = readdir(dir)))
		if (isdigit((unsigned char)e->d_name[0]) &&
		    !read_status(e->d_name, comm, &uid))
			fn(ctx, strtoul(e->d_name, NULL, 10), comm, uid);
	closedir(dir);
	return 0;
}

int system__descendants(const uint32_t *pids, size_t npids,
			void (*fn)(void *ctx, uint32_t pid), void *ctx)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;

	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		uint32_t pid;

		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		pid = strtoul(e->d_name, NULL, 10);
		if (!contains(pids, npids, pid) &&
		    contains(pids, npids, parent_of(e->d_name)))
			fn(ctx, pid);
	}
	closedir(dir);
	return 0;
}

struct cgroup_name {
	uint64_t id;
	char *path;
};

struct cgroup_names {
	struct hashmap by_id;
	int root_fd;
	char root[512];
};

static bool same_id(const void *entry, const void *key)
{
	return ((const struct cgroup_name *)entry)->id == *(const uint64_t *)key;
}

static const char *path_of_fd(int fd, char *buf, size_t size)
{
	char link[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, buf, size - 1);
	if (len < 0)
		return NULL;
	buf[len] = 0;
	return buf;
}

struct cgroup_names *cgroup_names__new(int root_fd)
{
	struct cgroup_names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	hashmap__init(&n->by_id, same_id);
	n->root_fd = root_fd;
	if (!path_of_fd(root_fd, n->root, sizeof(n->root)) ||
	    !strcmp(n->root, "/"))
		n->root[0] = 0;
	return n;
}

void cgroup_names__free(struct cgroup_names *n)
{
	struct cgroup_name *e;
	size_t pos = 0;

	if (!n)
		return;
	while ((e = hashmap__next(&n->by_id, &pos))) {
		free(e->path);
		free(e);
	}
	hashmap__release(&n->by_id);
	free(n);
}

/* A cgroup's id is its file handle (FILEID_KERNFS, fs/kernfs). */
static char *look_up(const struct cgroup_names *n, uint64_t id)
{
	struct {
		struct file_handle h;
		uint64_t id;
	} handle = { { .handle_bytes = 8, .handle_type = 0xfe }, 0 };
	char buf[1024], *path = NULL;
	size_t skip = strlen(n->root);
	int fd;

	memcpy(handle.h.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(n->root_fd, &handle.h, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (path_of_fd(fd, buf, sizeof(buf))) {
		if (strncmp(buf, n->root, skip))
			skip = 0;
		path = strdup(buf[skip] ? buf + skip : "/");
	}
	close(fd);
	return path;
}

const char *cgroup_names__path(struct cgroup_names *n, uint64_t id)
{
	struct cgroup_name *e = hashmap__find(&n->by_id, hash_u64(id), &id);

	if (e)
		return e->path;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->id = id;
	e->path = look_up(n, id);
	if (hashmap__insert(&n->by_id, hash_u64(id), e)) {
		free(e->path);
		free(e);
		return NULL;
	}
	return e->path;
}

struct symbol {
	uint64_t addr;
	char name[56];
};

struct symbols {
	struct symbol *list;
	size_t count, size;
	char text[96];
};

static int by_addr(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return (x->addr > y->addr) - (x->addr < y->addr);
}

/* "ffffffff81000000 T _text": functions only. */
static int add_symbol(struct symbols *s, char *line)
{
	struct symbol *list;
	char *rest;
	uint64_t addr = strtoull(line, &rest, 16);

	if (!addr || rest[0] != ' ' || (rest[1] | 0x20) != 't')
		return 0;
	if (s->count == s->size) {
		s->size = s->size ? 2 * s->size : 65536;
		list = realloc(s->list, s->size * sizeof(*list));
		if (!list)
			return -ENOMEM;
		s->list = list;
	}
	rest += 3;
	rest[strcspn(rest, "\t\n")] = 0;
	s->list[s->count].addr = addr;
	str_copy(s->list[s->count++].name, rest, sizeof(s->list->name));
	return 0;
}

struct symbols *symbols__new(void)
{
	struct symbols *s = calloc(1, sizeof(*s));
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512];

	while (s && f && fgets(line, sizeof(line), f))
		if (add_symbol(s, line))
			break;
	if (f)
		fclose(f);
	if (s && s->count)
		qsort(s->list, s->count, sizeof(*s->list), by_addr);
	return s;
}

void symbols__free(struct symbols *s)
{
	if (!s)
		return;
	free(s->list);
	free(s);
}

const char *symbols__name(struct symbols *s, uint64_t addr)
{
	size_t lo = 0, hi = s->count, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (s->list[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	snprintf(s->text, sizeof(s->text), "%s+0x%llx", s->list[lo - 1].name,
		 (unsigned long long)(addr - s->list[lo - 1].addr));
	return s->text;
}
