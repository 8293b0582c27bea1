// SPDX-License-Identifier: BSD-2-Clause
#include "live/procs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The whole file, at most size - 1 bytes, terminated. */
static ssize_t read_proc(uint32_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	buf[n < 0 ? 0 : n] = '\0';
	return n;
}

const char *proc_program(uint32_t pid, char *buf, size_t size)
{
	const char *slash;

	if (read_proc(pid, "cmdline", buf, size) < 0)
		return NULL;
	slash = buf[0] == '/' ? strrchr(buf, '/') : NULL;
	return slash ? slash + 1 : buf;
}

/* The 22nd word of stat, in ticks of the clock; the name may hold anything. */
int proc_started(uint32_t pid, uint64_t *seconds)
{
	char buf[1024];
	ssize_t n = read_proc(pid, "stat", buf, sizeof(buf));
	const char *at = n < 0 ? NULL : strrchr(buf, ')');
	unsigned long long ticks;

	if (n < 0)
		return (int)n;
	if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u "
			  "%*u %*d %*d %*d %*d %*d %*d %llu", &ticks) != 1)
		return -EPROTO;
	*seconds = ticks / (unsigned long)sysconf(_SC_CLK_TCK);
	return 0;
}

int proc_port_range(uint16_t range[2])
{
	FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	int n;

	if (!f)
		return -errno;
	n = fscanf(f, "%hu %hu", &range[0], &range[1]);
	fclose(f);
	return n == 2 ? 0 : -EINVAL;
}

static uint32_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

int netns_open(const char *pid_or_path, uint32_t *ino)
{
	const char *path = pid_or_path;
	char buf[64];
	int fd;

	if (!strchr(path, '/')) {
		snprintf(buf, sizeof(buf), "/proc/%.20s/ns/net", pid_or_path);
		path = buf;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
		close(fd);
		return -EINVAL;
	}
	*ino = inode_of(fd);
	return fd;
}

int netns_open_named(const char *name, uint32_t *ino)
{
	char path[256];
	int fd;

	if (strchr(name, '/'))
		return netns_open(name, ino);
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = netns_open(path, ino);
	return fd == -ENOENT ? netns_open(name, ino) : fd;
}

uint32_t netns_own(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	uint32_t ino;

	if (fd < 0)
		return 0;
	ino = inode_of(fd);
	close(fd);
	return ino;
}

bool proc_is_ours(void)
{
	char buf[16];
	ssize_t n = readlink("/proc/self", buf, sizeof(buf) - 1);

	buf[n < 0 ? 0 : n] = '\0';
	return atoi(buf) == getpid();
}

static bool links_to(int dir, const char *name, const char *link)
{
	char buf[64];
	ssize_t n = readlinkat(dir, name, buf, sizeof(buf) - 1);

	if (n < 0)
		return false;
	buf[n] = '\0';
	/* A ring keeps sockets that have no descriptor any more. */
	return !strcmp(buf, link) || strstr(buf, "[io_uring]");
}

/* 1 or 0; -ENOENT if there is no descriptor at all: it may be about to end. */
static int look_through(const char *path, int32_t fd, const char *link)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	int found = -ENOENT;
	char name[16];

	if (!dir)
		return -errno;
	snprintf(name, sizeof(name), "%d", fd);
	if (fd >= 0 && links_to(dirfd(dir), name, link))
		found = 1;
	while (found != 1 && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			found = links_to(dirfd(dir), e->d_name, link);
	closedir(dir);
	return found;
}

/* A thread may have a table of its own. */
bool proc_may_hold(uint32_t pid, uint32_t tid, int32_t fd, uint32_t ino)
{
	char path[64], link[32];
	int held;

	snprintf(link, sizeof(link), "socket:[%u]", ino);
	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	held = look_through(path, fd, link);
	if (held || !tid || tid == pid)
		return held;
	snprintf(path, sizeof(path), "/proc/%u/task/%u/fd", pid, tid);
	return look_through(path, fd, link) > 0;
}
