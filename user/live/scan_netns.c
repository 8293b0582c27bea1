// SPDX-License-Identifier: BSD-2-Clause
/* The network namespaces in use, and TCP's tables in each. */
#include "live/scan_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/log.h"

#define NETNS_DIR "/run/netns"
/* In place of an iterator, where none is needed. */
#define NOTHING INT_MIN

/* Tasks by which namespaces can be entered; read out before any is. */
struct tasks {
	struct tt_scan_netns *list;
	size_t n;
};

static void take_task(void *ctx, const void *rec)
{
	struct tasks *l = ctx;
	struct tt_scan_netns *more;

	/* Room grows in powers of two. */
	if (!(l->n & (l->n - 1))) {
		more = reallocarray(l->list, l->n ? 2 * l->n : 1, sizeof(*more));
		if (!more)
			return;
		l->list = more;
	}
	l->list[l->n++] = *(const struct tt_scan_netns *)rec;
}

static bool is_known(const struct scan_netns_list *l, uint32_t ino)
{
	for (size_t i = l->n; i > 0; i--)
		if (l->list[i - 1].ino == ino)
			return true;
	return false;
}

static int add(struct scan_netns_list *l, uint32_t ino, int fd)
{
	struct scan_netns *more = reallocarray(l->list, l->n + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	l->list = more;
	l->list[l->n++] = (struct scan_netns){ .ino = ino, .fd = fd };
	return 0;
}

/* What an `ip netns add` leaves that was killed on its way is a plain file. */
static bool is_netns(int fd)
{
	return ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET;
}

/* Takes fd over: into the list, if it is a namespace that is new to it. */
static int add_open(struct scan_netns_list *l, int fd, uint32_t own)
{
	struct stat st;
	int err = 0;

	if (fd < 0)
		return 0;
	if (!fstat(fd, &st) && st.st_ino != own && !is_known(l, st.st_ino) &&
	    is_netns(fd)) {
		err = add(l, st.st_ino, fd);
		if (!err)
			return 0;
	}
	close(fd);
	return err;
}

/* A namespace that ip-netns(8) or a container keeps by a mount. */
static int add_mounted(struct scan_netns_list *l, uint32_t own)
{
	DIR *dir = opendir(NETNS_DIR);
	const struct dirent *e;
	int err = 0;

	if (!dir)
		return 0;
	while (!err && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			err = add_open(l, openat(dirfd(dir), e->d_name,
						 O_RDONLY | O_CLOEXEC), own);
	closedir(dir);
	return err;
}

static void task_path(const struct tt_scan_netns *n, const char *name, char *buf,
		      size_t size)
{
	snprintf(buf, size, "/proc/%u/task/%u/%s", n->pid, n->tid, name);
}

/* A task may end or refuse; another one of its namespace will do. */
static int add_of_tasks(struct scan_netns_list *l, const struct tasks *t,
			uint32_t own)
{
	char path[64];
	int err = 0;

	for (size_t i = 0; i < t->n && !err; i++) {
		if (is_known(l, t->list[i].netns))
			continue;
		task_path(&t->list[i], "ns/net", path, sizeof(path));
		err = add_open(l, open(path, O_RDONLY | O_CLOEXEC), own);
	}
	return err;
}

/* Namespaces that no way led into, though their tasks still live: one that
 * is exiting refuses, and is gone by now. */
static void count_missed(struct scan *s, struct scan_netns_list *l,
			 const struct tasks *t)
{
	char path[64];

	for (size_t i = 0; i < t->n; i++) {
		if (is_known(l, t->list[i].netns))
			continue;
		task_path(&t->list[i], "ns/net", path, sizeof(path));
		if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW))
			continue;
		s->missed += !add(l, t->list[i].netns, -1);
	}
}

static uint32_t own_netns(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : st.st_ino;
}

int scan__find_netns(struct scan *s, int link, struct scan_netns_list *l)
{
	uint32_t own = own_netns();
	struct tasks t = { 0 };
	int err = scan__read_link(link, take_task, &t);

	if (!err)
		err = add_of_tasks(l, &t, own);
	if (!err)
		err = add_mounted(l, own);
	if (!err)
		count_missed(s, l, &t);
	free(t.list);
	return err;
}

void scan__close_netns(struct scan_netns_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->list[i].fd >= 0)
			close(l->list[i].fd);
	free(l->list);
}

/* The sum of the words' numbers in a line of /proc/net/sockstat, or -errno. */
static long count_in(const char *path, const char *head, const char *const *words)
{
	FILE *f = fopen(path, "re");
	char line[256], *at;
	long n = f ? -EPROTO : -errno;

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, head, strlen(head)) != 0)
			continue;
		for (n = 0; n >= 0 && *words; words++) {
			at = strstr(line, *words);
			n = at ? n + strtol(at + strlen(*words), NULL, 10) : -EPROTO;
		}
	}
	if (f)
		fclose(f);
	return n;
}

/* A walk through tables that all namespaces share takes milliseconds. Requests
 * have a listener, which is in use; remnants are counted apart. */
bool scan__is_empty(void)
{
	static const char *const v4[] = { " inuse ", " tw ", NULL };
	static const char *const v6[] = { " inuse ", NULL };

	long n6 = count_in("/proc/thread-self/net/sockstat6", "TCP6:", v6);

	return !count_in("/proc/thread-self/net/sockstat", "TCP:", v4) &&
	       (!n6 || n6 == -ENOENT); /* a kernel without IPv6 */
}

/*
 * The iterator reads the namespace of the task that creates it: go there,
 * create it, and come back before anything is read.
 */
static int create_there(const struct scan *s, int link, int netns_fd,
			const struct scan_opts *opts, int *iter_fd)
{
	int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), err = 0;

	if (home < 0)
		return -errno;
	if (setns(netns_fd, CLONE_NEWNET)) {
		err = -errno;
		close(home);
		return err;
	}
	if (!scan__is_empty()) {
		err = scan__enter(s, opts);
		*iter_fd = err ? err : bpf_iter_create(link);
	}
	if (setns(home, CLONE_NEWNET)) {
		log_error("return to the own network namespace: %s",
			  strerror(errno));
		abort();
	}
	close(home);
	return 0;
}

int scan__walk_netns(struct scan *s, int link, const struct scan_netns *ns,
		     const struct scan_opts *opts, scan_record_fn fn, void *ctx)
{
	int fd = NOTHING, err;

	if (ns->fd < 0)
		return 0;
	err = create_there(s, link, ns->fd, opts, &fd);
	if (err) {
		log_debug("enter a network namespace: %s", strerror(-err));
		s->missed++;
		return 0;
	}
	if (fd < 0)
		return fd == NOTHING ? 0 : fd;
	err = scan__read(fd, fn, ctx);
	close(fd);
	return err;
}
