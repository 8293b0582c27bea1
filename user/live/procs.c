// SPDX-License-Identifier: BSD-2-Clause
#include "live/procs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
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
