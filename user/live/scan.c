// SPDX-License-Identifier: BSD-2-Clause
#include "live/scan.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "live/cookies.h"
#include "live/scan_walk.h"

/* Needs the types above. */
#include "snapshot.bare.h"

/* One walk a pid is cheaper than one of all up to about here. */
#define PIDS_ONE_BY_ONE 256

static int failed(struct scan *s, const char *what, int err)
{
	s->what = what;
	return err;
}

/* Tracing programs may not ask for a cookie before 5.12. */
static int try_cookies(struct scan *s, const char *btf_file,
		       struct tt_scan_config *c, bool cookie_helper)
{
	const struct bare_object *o = &snapshot_object;
	int err, fd;

	bare__free(s->bare);
	s->bare = NULL;
	if (o->size[BARE_RODATA] != sizeof(*c) ||
	    o->size[BARE_BSS] != sizeof(*s->shared))
		return -EINVAL;
	c->common.have_cookie_helper = cookie_helper;
	err = bare__new(&s->bare, o, btf_file, c);
	if (err)
		return err;
	s->shared = bare__bss(s->bare);
	fd = bare__link(s->bare, SNAPSHOT_SOCKET__ITER, NULL);
	if (fd < 0)
		return fd;
	close(fd);
	s->makes_cookies = !cookie_helper;
	return 0;
}

int scan__open(struct scan **scan, const char *btf_file,
	       const struct tt_scan_config *config)
{
	struct tt_scan_config c = config ? *config : (struct tt_scan_config){ 0 };
	struct scan *s = calloc(1, sizeof(*s));
	int err;

	*scan = s;
	if (!s)
		return -ENOMEM;
	err = try_cookies(s, btf_file, &c, true);
	if (err && err != -EPERM)
		err = try_cookies(s, btf_file, &c, false);
	return err ? failed(s, "load the iterators", err) : 0;
}

int scan__load_all(struct scan *s)
{
	for (size_t i = 0; i < snapshot_object.nprogs; i++) {
		int fd = bare__link(s->bare, i, NULL);

		if (fd < 0)
			return failed(s, "load the iterators", fd);
		close(fd);
	}
	return 0;
}

int scan__link(struct scan *s, size_t prog, uint32_t pid)
{
	union bpf_iter_link_info info = { .task.pid = pid };

	return bare__link(s->bare, prog, pid ? &info : NULL);
}

/* --- records --------------------------------------------------------------- */

static size_t hand_out(const char *buf, size_t have, scan_record_fn fn, void *ctx)
{
	const uint16_t *head; /* kind and len */
	size_t at = 0;

	while (have - at >= 2 * sizeof(*head)) {
		head = (const uint16_t *)(buf + at);
		if (head[1] < 8 || have - at < head[1])
			break;
		fn(ctx, head);
		at += head[1];
	}
	return at;
}

int scan__read(int fd, scan_record_fn fn, void *ctx)
{
	char *buf = malloc(SCAN_READ);
	size_t have = 0, at;
	ssize_t n;

	if (!buf)
		return -ENOMEM;
	for (;;) {
		n = read(fd, buf + have, SCAN_READ - have);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			break;
		have += n;
		at = hand_out(buf, have, fn, ctx);
		have -= at;
		memmove(buf, buf + at, have);
	}
	n = n < 0 ? -errno : 0;
	free(buf);
	return n;
}

int scan__read_link(int link, scan_record_fn fn, void *ctx)
{
	int fd = bpf_iter_create(link), err;

	if (fd < 0)
		return fd;
	err = scan__read(fd, fn, ctx);
	close(fd);
	return err;
}

/* --- descriptors ----------------------------------------------------------- */

struct walk {
	struct scan *s;
	const struct scan_opts *opts;
	const struct scan_sink *sink;
	/* Of all tasks' descriptors, in a thread of its own. */
	char *buf;
	size_t len, size;
	int err;
};

static void take_task(struct scan *s, const struct tt_scan_task *from)
{
	s->task = (struct tt_task){
		.pid = from->pid,
		.tid = from->tid,
		.uid = from->uid,
		.fd = -1,
		.cgroup = from->cgroup,
		.sysno = -1,
		.flags = from->start,
	};
	memcpy(s->task.comm, from->comm, sizeof(s->task.comm));
}

static void take_file(void *ctx, const void *rec)
{
	const struct walk *w = ctx;
	const struct tt_scan_holds *holds = rec;
	struct tt_rec_socket r;

	switch (holds->kind) {
	case TT_SCAN_TASK:
		take_task(w->s, rec);
		break;
	case TT_SCAN_HOLDS:
		w->s->task.fd = holds->fd;
		if (w->sink->holds)
			w->sink->holds(w->sink->ctx, holds->sk, &w->s->task);
		break;
	case TT_SCAN_SOCKET:
		memcpy(&r, rec, sizeof(r));
		w->s->task.fd = r.task.fd;
		r.task = w->s->task;
		if (w->s->makes_cookies && !r.hdr.sk)
			r.hdr.sk = cookies__of_file(r.task.pid, r.task.fd,
						    r.sock.ino);
		w->sink->socket(w->sink->ctx, &r);
		break;
	}
}

static void take_table(void *ctx, const void *rec)
{
	const struct walk *w = ctx;

	w->sink->socket(w->sink->ctx, rec);
}

static void keep(void *ctx, const void *rec)
{
	size_t len = ((const uint16_t *)rec)[1], size;
	struct walk *w = ctx;
	char *more;

	if (w->len + len > w->size) {
		size = w->size ? 2 * w->size : 64 * 1024;
		more = realloc(w->buf, size);
		if (!more) {
			w->err = -ENOMEM;
			return;
		}
		w->buf = more;
		w->size = size;
	}
	memcpy(w->buf + w->len, rec, len);
	w->len += len;
}

/* pid 0: all tasks. */
static int walk_files(struct walk *w, uint32_t pid, scan_record_fn fn)
{
	int link = scan__link(w->s, SNAPSHOT_FILE__ITER, pid), err;

	if (link < 0)
		return link;
	w->s->shared->last_tid = 0;
	err = scan__read_link(link, fn, w);
	close(link);
	return err;
}

static int walk_pids(struct walk *w)
{
	size_t i;
	int err;

	for (i = 0; i < w->opts->npids; i++) {
		err = walk_files(w, w->opts->pids[i], take_file);
		/* Ended meanwhile: it has no descriptors. */
		if (err == -ESRCH || err == -ENOENT)
			continue;
		/* Before 6.1 the iterator takes no pid. */
		if (err == -EINVAL || err == -E2BIG)
			return walk_files(w, 0, take_file);
		if (err)
			return err;
	}
	return 0;
}

static void *walk_all_files(void *ctx)
{
	struct walk *w = ctx;
	int err = walk_files(w, 0, keep);

	if (err)
		w->err = err;
	return NULL;
}

/* --- tables ---------------------------------------------------------------- */

/* Where there is no room the kernel sends whole records: slower, not wrong. */
static void mark_walked(struct scan *s, uint32_t netns)
{
	uint32_t slot = tt_scan_slot(netns);

	for (int i = 0; i < TT_SCAN_TRIES; i++) {
		uint32_t *w = &s->shared->walked[(slot + i) % TT_SCAN_NETNS_SLOTS];

		if (*w && *w != netns)
			continue;
		*w = netns;
		return;
	}
}

static uint32_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_ino;
}

static int find_all(struct scan *s, struct scan_netns_list *l)
{
	int link = scan__link(s, SNAPSHOT_NETNS__ITER, 0), err;

	if (link < 0)
		return failed(s, "load the iterators", link);
	err = scan__find_netns(s, link, l);
	close(link);
	return err ? failed(s, "find the network namespaces", err) : 0;
}

static int find_one(const struct scan_opts *o, struct scan_netns_list *l)
{
	struct stat st;

	if (fstat(o->netns_fd, &st))
		return -errno;
	l->list = calloc(1, sizeof(*l->list));
	if (!l->list)
		return -ENOMEM;
	l->list[0] = (struct scan_netns){ .ino = st.st_ino, .fd = dup(o->netns_fd) };
	l->n = 1;
	return 0;
}

static int find_netns(struct walk *w, struct scan_netns_list *l)
{
	int err = 0;

	if (!w->opts->sockets && !w->opts->holders)
		return 0;
	if (w->opts->netns_fd >= 0)
		err = find_one(w->opts, l);
	else
		mark_walked(w->s, inode_of("/proc/thread-self/ns/net"));
	if (!err && w->opts->netns_fd < 0 && w->opts->all_netns)
		err = find_all(w->s, l);
	for (size_t i = 0; i < l->n; i++)
		mark_walked(w->s, l->list[i].ino);
	return err;
}

int scan__enter(const struct scan *s, const struct scan_opts *opts)
{
	if (s->makes_cookies)
		cookies__make();
	return opts->enter ? opts->enter(opts->ctx) : 0;
}

/* The caller's own. */
static int walk_here(struct walk *w, int link)
{
	int err = scan__enter(w->s, w->opts);

	return err ? err : scan__read_link(link, take_table, w);
}

static int walk_tables(struct walk *w, const struct scan_netns_list *l)
{
	int link = scan__link(w->s, SNAPSHOT_SOCKET__ITER, 0), err = 0;
	size_t missed = w->s->missed;

	if (link < 0)
		return failed(w->s, "load the iterators", link);
	w->s->what = "read the sockets";
	if (w->opts->netns_fd < 0)
		err = walk_here(w, link);
	for (size_t i = 0; i < l->n && !err; i++)
		err = scan__walk_netns(w->s, link, &l->list[i], w->opts,
				       take_table, w);
	close(link);
	if (w->opts->netns_fd >= 0 && w->s->missed > missed)
		return failed(w->s, "enter the network namespace", -EPERM);
	return err;
}

/* --- both ------------------------------------------------------------------ */

static bool is_one_by_one(const struct scan_opts *o)
{
	return o->npids && o->npids <= PIDS_ONE_BY_ONE;
}

static void hand_out_kept(struct walk *w)
{
	hand_out(w->buf, w->len, take_file, w);
	free(w->buf);
}

/* Side by side: the walks share nothing but the processor. */
static int walk_both(struct walk *w, const struct scan_netns_list *l)
{
	pthread_t thread;
	int err = 0;
	bool apart = w->opts->files && !is_one_by_one(w->opts);
	bool threaded = apart && (w->opts->sockets || w->opts->beside) &&
			!pthread_create(&thread, NULL, walk_all_files, w);

	if (w->opts->beside)
		err = w->opts->beside(w->opts->ctx);
	if (!err && w->opts->sockets)
		err = walk_tables(w, l);
	if (threaded)
		pthread_join(thread, NULL);
	else if (!err && apart)
		walk_all_files(w);
	else if (!err && w->opts->files)
		w->err = walk_pids(w);
	hand_out_kept(w);
	if (!err && w->err)
		return failed(w->s, "read the descriptors", w->err);
	return err;
}

static void prepare(struct scan *s, const struct scan_opts *o, bool full)
{
	if (o->sockets)
		s->missed = 0;
	s->shared->full = full;
	s->shared->by_pair = o->by_pair;
	memset(s->shared->walked, 0, sizeof(s->shared->walked));
}

int scan__run(struct scan *s, const struct scan_opts *opts,
	      const struct scan_sink *sink)
{
	struct walk w = { .s = s, .opts = opts, .sink = sink };
	struct scan_netns_list l = { 0 };
	int err;

	prepare(s, opts, !sink->holds || !(opts->sockets || opts->holders));
	err = find_netns(&w, &l);
	if (!err)
		err = walk_both(&w, &l);
	scan__close_netns(&l);
	return err;
}

void scan__want(struct scan *s, uint16_t lport, uint16_t rport)
{
	struct tt_scan_shared *h = s->shared;
	uint32_t bit = tt_scan_pair(lport, rport);

	h->pairs[bit / 64] |= 1ULL << bit % 64;
	bit = tt_scan_pair(rport, lport);
	h->pairs[bit / 64] |= 1ULL << bit % 64;
	if (!rport)
		h->children[lport / 64] |= 1ULL << lport % 64;
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
	return &s->shared->kernel;
}

void scan__free(struct scan *s)
{
	if (!s)
		return;
	bare__free(s->bare);
	free(s);
}
