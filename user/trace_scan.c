/* SPDX-License-Identifier: BSD-2-Clause */
/* What exists already when tracing begins: processes to follow, sockets. */
#include "trace.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "base/time.h"
#include "cli/config.h"
#include "event/names.h"
#include "flow/flow.h"
#include "flow/select_task.h"
#include "live/cgroups.h"
#include "live/scan.h"
#include "live/session.h"
#include "live/system.h"

/* Loading the iterators takes as long as loading the hooks: side by side. */
static void *load_scan(void *ctx)
{
	struct trace *t = ctx;

	t->scan_err = scan__open(&t->scan, t->config->btf_file, NULL);
	if (!t->scan_err)
		t->scan_err = scan__load_all(t->scan);
	return NULL;
}

void trace__begin_scan(struct trace *t)
{
	t->scan_loading = !pthread_create(&t->scan_thread, NULL, load_scan, t);
	if (!t->scan_loading)
		load_scan(t);
}

void trace__end_scan(struct trace *t)
{
	if (t->scan_loading)
		pthread_join(t->scan_thread, NULL);
	t->scan_loading = false;
}

/* Every socket of every namespace, once the iterators are loaded. */
static int walk_all(struct trace *t, const struct scan_sink *sink)
{
	trace__end_scan(t);
	if (t->scan_err)
		return t->scan_err;
	return scan__run(t->scan, &(struct scan_opts){
		.netns_fd = -1, .all_netns = true,
		.files = true, .sockets = true }, sink);
}

static void found_none(void *ctx, const struct tt_rec_socket *rec)
{
	(void)ctx;
	(void)rec;
}

void trace__make_cookies(void *ctx)
{
	struct trace *t = ctx;
	int err;

	err = walk_all(t, &(struct scan_sink){ .socket = found_none });
	if (err)
		log_warn("cannot make the cookies of older sockets: %s",
			 strerror(-err));
}

static void follow(struct trace *t, struct living *l, uint32_t pid)
{
	if (living__has(l, pid))
		return;
	living__add(l, pid);
	session__add_pid(t->session, pid);
}

static void follow_of_pid(void *ctx, uint32_t pid)
{
	struct trace *t = ctx;

	follow(t, &t->living, pid);
}

static void follow_of_name(void *ctx, uint32_t pid)
{
	struct trace *t = ctx;

	follow(t, &t->followed, pid);
}

static void select_existing(struct trace *t, struct select_task *s,
			    uint64_t **cgroup_ids)
{
	const struct run_config *c = t->config;
	int fd;

	*s = (struct select_task){
		.pids = t->living.pids,
		.npids = t->living.count,
		.comm = c->comm,
		.by_uid = c->by_uid,
		.uid = c->uid,
	};
	if (!c->cgroup)
		return;
	s->by_cgroup = true;
	fd = cgroups__open(t->cgroup_root, c->cgroup);
	if (fd < 0)
		return;
	cgroups__below(fd, cgroup_ids, &s->ncgroups);
	s->cgroups = *cgroup_ids;
	close(fd);
}

struct roots {
	struct trace *t;
	struct select_task select;
};

static void follow_root(void *ctx, uint32_t pid, const char *comm, uint32_t uid)
{
	struct roots *roots = ctx;
	struct trace *t = roots->t;
	struct tt_task task = { .pid = pid, .uid = uid };
	uint64_t cgroup = 0;

	str_copy(task.comm, comm, sizeof(task.comm));
	if (roots->select.by_cgroup &&
	    cgroups__of_process(t->cgroup_root, pid, &cgroup))
		return;
	task.cgroup = cgroup;
	if (select_task__match(&roots->select, &task))
		living__add(&t->followed, pid);
}

/* Those that the options take; their children are found from them. */
static void follow_roots(struct trace *t)
{
	struct roots roots = { .t = t };
	uint64_t *cgroup_ids = NULL;

	select_existing(t, &roots.select, &cgroup_ids);
	system__processes(follow_root, &roots);
	free(cgroup_ids);
}

/*
 * fork is hooked by now: what is born from here on is followed in the kernel,
 * and a round that finds nobody new found everybody.
 */
void trace__follow(struct trace *t)
{
	bool by_pid = t->living.count;
	struct living *l = by_pid ? &t->living : &t->followed;
	size_t before;

	if (!t->config->follow)
		return;
	if (!by_pid)
		follow_roots(t);
	do {
		before = l->count;
		system__descendants(l->pids, before,
				    by_pid ? follow_of_pid : follow_of_name, t);
	} while (l->count > before);
}

struct found {
	struct trace *t;
	struct select_task select;
	bool by_task;
};

static void found_one(void *ctx, const struct tt_rec_socket *rec)
{
	struct found *f = ctx;
	struct tt_rec_socket r = *rec;

	/* Nobody's any more, and thousands on a busy host. */
	if (f->by_task && r.sock.state == ST_TIME_WAIT)
		return;
	if (!(r.flags & TT_SCAN_FILE) || !f->by_task ||
	    select_task__match(&f->select, &r.task) ||
	    living__has(&f->t->followed, r.task.pid))
		r.task.flags |= TT_TASK_SELECTED;
	if (f->t->found_ns < r.hdr.ts_ns)
		f->t->found_ns = r.hdr.ts_ns;
	if (f->t->recorder)
		recorder__found(f->t->recorder, &r);
	flow_table__found(f->t->flows, &r);
}

static void watch_one(void *ctx, uint16_t port)
{
	session__watch_port(ctx, port);
}

int trace__scan(struct trace *t)
{
	struct found found = { .t = t };
	uint64_t *cgroup_ids = NULL;
	int err;

	select_existing(t, &found.select, &cgroup_ids);
	found.by_task = !select_task__any(&found.select);
	err = walk_all(t, &(struct scan_sink){ .ctx = &found, .socket = found_one });
	if (err)
		log_warn("cannot %s: %s: sockets that existed before have no "
			 "owner until they act",
			 t->scan ? scan__what(t->scan) : "scan", strerror(-err));
	free(cgroup_ids);
	flow_table__each_port(t->flows, watch_one, t->session);
	t->found_ns = time_boot_ns();
	return 0;
}
