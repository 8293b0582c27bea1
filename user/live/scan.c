// SPDX-License-Identifier: BSD-2-Clause
#include "live/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/log.h"
#include "live/cookies.h"
#include "live/bare.h"
#include "tcptrace/config.h"
#include "tcptrace/scan.h"

/* Needs the types above. */
#include "snapshot.bare.h"

/* One walk a pid is cheaper than one of all up to about here. */
#define PIDS_ONE_BY_ONE 16
#define NETNS_DIR "/run/netns"

struct scan {
	struct bare *bare;
	struct tt_kernel *kernel;
	const char *what;
	bool makes_cookies; /* the iterators cannot, so the scan must */
	/* Namespaces known in this run, by inode. */
	uint32_t *seen;
	size_t nseen;
	size_t missed;
	/* Records as they leave the iterator; one may come in two reads. */
	char buf[256 * sizeof(struct tt_rec_socket)]
		__attribute__((aligned(8)));
};

static int failed(struct scan *s, const char *what, int err)
{
	s->what = what;
	return err;
}

/* Tracing programs may not ask for a cookie before 5.12. */
static int try_cookies(struct scan *s, const char *btf_file, bool cookie_helper)
{
	static const struct bare_object *o = &snapshot_object;
	struct tt_config cfg = { .have_cookie_helper = cookie_helper };
	int err, fd;

	bare__free(s->bare);
	s->bare = NULL;
	if (o->size[BARE_RODATA] != sizeof(cfg))
		return -EINVAL;
	err = bare__new(&s->bare, o, btf_file, &cfg);
	if (err)
		return err;
	s->kernel = bare__bss(s->bare);
	fd = bare__link(s->bare, SNAPSHOT_FILE__ITER, NULL);
	if (fd < 0)
		return fd;
	close(fd);
	s->makes_cookies = !cookie_helper;
	return 0;
}

int scan__open(struct scan **scan, const char *btf_file)
{
	struct scan *s = calloc(1, sizeof(*s));
	int err;

	*scan = s;
	if (!s)
		return -ENOMEM;
	err = try_cookies(s, btf_file, true);
	if (err && err != -EPERM)
		err = try_cookies(s, btf_file, false);
	return err ? failed(s, "load the iterators", err) : 0;
}

typedef void (*record_fn)(struct scan *s, const void *rec, void *arg);

/* Every record of size bytes that the iterator writes. */
static int read_records(struct scan *s, int fd, size_t size, record_fn take,
			void *arg)
{
	size_t have = 0, at;
	ssize_t n;

	for (;;) {
		n = read(fd, s->buf + have, sizeof(s->buf) - have);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		have += n;
		for (at = 0; at + size <= have; at += size)
			take(s, s->buf + at, arg);
		have -= at;
		memmove(s->buf, s->buf + at, have);
	}
}

struct sink {
	scan_fn fn;
	void *ctx;
};

static void take_socket(struct scan *s, const void *rec, void *arg)
{
	const struct sink *sink = arg;
	struct tt_rec_socket r;

	memcpy(&r, rec, sizeof(r));
	if (s->makes_cookies && !r.hdr.sk && (r.flags & TT_SCAN_FILE))
		r.hdr.sk = cookies__of_file(r.task.pid, r.task.fd, r.sock.ino);
	sink->fn(sink->ctx, &r);
}

static int read_link(struct scan *s, int link, size_t size, record_fn take,
		     void *arg)
{
	int fd = bpf_iter_create(link), err;

	if (fd < 0)
		return fd;
	err = read_records(s, fd, size, take, arg);
	close(fd);
	return err;
}

/* pid 0: all tasks. */
static int walk_files(struct scan *s, uint32_t pid, struct sink *sink)
{
	union bpf_iter_link_info info = { .task.pid = pid };
	int link = bare__link(s->bare, SNAPSHOT_FILE__ITER, pid ? &info : NULL);
	int err;

	if (link < 0)
		return link;
	err = read_link(s, link, sizeof(struct tt_rec_socket), take_socket, sink);
	close(link);
	return err;
}

static int walk_all_files(struct scan *s, const struct scan_opts *opts,
			  struct sink *sink)
{
	int err;
	size_t i;

	if (!opts->npids || opts->npids > PIDS_ONE_BY_ONE)
		return walk_files(s, 0, sink);
	for (i = 0; i < opts->npids; i++) {
		err = walk_files(s, opts->pids[i], sink);
		/* Ended meanwhile: it has no descriptors. */
		if (err == -ESRCH || err == -ENOENT)
			continue;
		/* Before 6.1 the iterator takes no pid. */
		if (err == -EINVAL || err == -E2BIG)
			return walk_files(s, 0, sink);
		if (err)
			return err;
	}
	return 0;
}

static bool is_seen_netns(const struct scan *s, uint32_t ino)
{
	size_t i;

	for (i = s->nseen; i > 0; i--) {
		if (s->seen[i - 1] == ino)
			return true;
	}
	return false;
}

/* True the first time. */
static bool is_new_netns(struct scan *s, uint32_t ino)
{
	uint32_t *more;

	if (is_seen_netns(s, ino))
		return false;
	more = reallocarray(s->seen, s->nseen + 1, sizeof(*more));
	if (!more)
		return false;
	s->seen = more;
	s->seen[s->nseen++] = ino;
	return true;
}

/* Where TCP's tables are read: the link, and the descriptor to come home by. */
struct tables {
	int link;
	const struct scan_opts *opts;
	int home;
	int err;
	struct sink *sink;
};

static int enter(const struct scan *s, const struct scan_opts *opts)
{
	if (s->makes_cookies)
		cookies__make();
	return opts->enter ? opts->enter(opts->enter_ctx) : 0;
}

/*
 * The iterator reads the namespace of the task that creates it: go there,
 * create it, and come back before anything is read.
 */
static void walk_netns(struct scan *s, int netns_fd, struct tables *t)
{
	int fd, err;

	if (setns(netns_fd, CLONE_NEWNET)) {
		log_debug("enter a network namespace: %s", strerror(errno));
		s->missed++;
		return;
	}
	err = enter(s, t->opts);
	fd = err ? err : bpf_iter_create(t->link);
	if (fd < 0)
		err = fd;
	if (setns(t->home, CLONE_NEWNET)) {
		log_error("return to the own network namespace: %s",
			  strerror(errno));
		abort();
	}
	if (fd >= 0) {
		err = read_records(s, fd, sizeof(struct tt_rec_socket),
				   take_socket, t->sink);
		close(fd);
	}
	if (err && !t->err)
		t->err = err;
}

/* A namespace that ip-netns(8) or a container keeps by a mount. */
static void walk_mounted(struct scan *s, struct tables *t)
{
	DIR *dir = opendir(NETNS_DIR);
	const struct dirent *e;
	struct stat st;
	int fd;

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!fstat(fd, &st) && is_new_netns(s, st.st_ino))
			walk_netns(s, fd, t);
		close(fd);
	}
	closedir(dir);
}

/* Tasks by which namespaces can be entered; read out before any is. */
struct netns_list {
	struct tt_scan_netns *list;
	size_t n;
};

static void take_netns(struct scan *s, const void *rec, void *arg)
{
	struct netns_list *l = arg;
	struct tt_scan_netns *more;

	(void)s;
	/* Room grows in powers of two. */
	if (!(l->n & (l->n - 1))) {
		more = reallocarray(l->list, l->n ? 2 * l->n : 1, sizeof(*more));
		if (!more)
			return;
		l->list = more;
	}
	l->list[l->n++] = *(const struct tt_scan_netns *)rec;
}

static int list_netns(struct scan *s, struct netns_list *found)
{
	int link = bare__link(s->bare, SNAPSHOT_NETNS__ITER, NULL), err;

	if (link < 0)
		return link;
	err = read_link(s, link, sizeof(struct tt_scan_netns), take_netns, found);
	close(link);
	return err;
}

static int open_task_netns(const struct tt_scan_netns *n)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/task/%u/ns/net", n->pid, n->tid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* A task may end or refuse; another one of its namespace will do. */
static void walk_task_netns(struct scan *s, const struct netns_list *found,
			    struct tables *t)
{
	size_t i;
	int fd;

	for (i = 0; i < found->n; i++) {
		if (is_seen_netns(s, found->list[i].netns))
			continue;
		fd = open_task_netns(&found->list[i]);
		if (fd < 0)
			continue;
		if (is_new_netns(s, found->list[i].netns))
			walk_netns(s, fd, t);
		close(fd);
	}
}

/* Namespaces that no way led into, though their tasks still live: one that
 * is exiting refuses, and is gone by now. */
static void count_missed(struct scan *s, const struct netns_list *found)
{
	char path[64];
	size_t i;

	for (i = 0; i < found->n; i++) {
		snprintf(path, sizeof(path), "/proc/%u/task/%u/ns/net",
			 found->list[i].pid, found->list[i].tid);
		if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW))
			continue;
		s->missed += is_new_netns(s, found->list[i].netns);
	}
}

static int walk_all_netns(struct scan *s, struct tables *t)
{
	struct netns_list found = { 0 };
	int err;

	t->home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (t->home < 0)
		return -errno;
	is_new_netns(s, s->kernel->netns_ino);
	err = list_netns(s, &found);
	if (!err) {
		walk_task_netns(s, &found, t);
		walk_mounted(s, t);
		count_missed(s, &found);
	}
	free(found.list);
	close(t->home);
	return err ? err : t->err;
}

static int walk_one_netns(struct scan *s, int netns_fd, struct tables *t)
{
	size_t missed = s->missed;

	t->home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (t->home < 0)
		return -errno;
	walk_netns(s, netns_fd, t);
	close(t->home);
	return s->missed > missed ? -EPERM : t->err;
}

static int walk_tables(struct scan *s, const struct scan_opts *opts,
		       struct sink *sink)
{
	int link = bare__link(s->bare, SNAPSHOT_SOCKET__ITER, NULL), err;
	struct tables t = { .sink = sink, .opts = opts };

	if (link < 0)
		return failed(s, "attach the iterator of sockets", link);
	t.link = link;
	if (opts->netns_fd >= 0) {
		err = walk_one_netns(s, opts->netns_fd, &t);
		s->what = "enter the network namespace";
	} else {
		err = enter(s, opts);
		if (!err)
			err = read_link(s, link, sizeof(struct tt_rec_socket),
					take_socket, sink);
		s->what = "read the sockets";
	}
	if (!err && opts->all_netns) {
		err = walk_all_netns(s, &t);
		s->what = "walk the network namespaces";
	}
	close(link);
	return err;
}

int scan__run(struct scan *s, const struct scan_opts *opts, scan_fn fn,
	      void *ctx)
{
	struct sink sink = { .fn = fn, .ctx = ctx };
	int err = 0;

	s->nseen = 0;
	s->missed = 0;
	if (opts->sockets)
		err = walk_tables(s, opts, &sink);
	if (!err && opts->files) {
		err = walk_all_files(s, opts, &sink);
		if (err)
			s->what = "read the descriptors";
	}
	return err;
}

const char *scan__what(const struct scan *s)
{
	return s && s->what ? s->what : "scan the sockets";
}

size_t scan__netns_missed(const struct scan *s)
{
	return s->missed;
}

const struct tt_kernel *scan__kernel(const struct scan *s)
{
	return s->kernel;
}

void scan__free(struct scan *s)
{
	if (!s)
		return;
	bare__free(s->bare);
	free(s->seen);
	free(s);
}
