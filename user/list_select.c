// SPDX-License-Identifier: BSD-2-Clause
/* Which processes and sockets `list` was asked for. */
#include "list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "live/procs.h"
#include "selection.h"

void pids__add(void *ctx, uint32_t pid)
{
	struct pids *p = ctx;
	uint32_t *more = reallocarray(p->list, p->n + 1, sizeof(*more));

	if (!more) {
		p->err = -ENOMEM;
		return;
	}
	p->list = more;
	p->list[p->n++] = pid;
}

/* Generation by generation, until one has no children. */
static void add_descendants(struct pids *p)
{
	struct pids before;
	int err;

	do {
		before = *p;
		before.list = calloc(p->n + 1, sizeof(*before.list));
		if (!before.list) {
			p->err = -ENOMEM;
			return;
		}
		memcpy(before.list, p->list, p->n * sizeof(*before.list));
		err = system__descendants(before.list, before.n, pids__add, p);
		free(before.list);
	} while (!err && !p->err && p->n > before.n);
	if (err)
		p->err = err;
}

static int take_pids(struct list *l)
{
	const struct run_config *c = l->config;
	uint32_t tgid;

	free(l->pids.list);
	l->pids = (struct pids){ 0 };
	for (size_t i = 0; i < c->npids; i++) {
		if (c->list_file) {
			tgid = c->pids[i]; /* of another day: as it was typed */
		} else if (system__tgid(c->pids[i], &tgid)) {
			log_error("pid %u: no such process", c->pids[i]);
			return STATUS_FAILED;
		}
		pids__add(&l->pids, tgid);
	}
	if (c->follow && c->npids && !c->list_file)
		add_descendants(&l->pids);
	if (l->pids.err) {
		log_error("list: %s", strerror(-l->pids.err));
		return STATUS_FAILED;
	}
	l->task.pids = l->pids.list;
	l->task.npids = l->pids.n;
	return 0;
}

static int take_cgroup(struct list *l)
{
	const char *path = l->config->cgroup;
	int fd, err;

	if (!path)
		return 0;
	free(l->cgroup_ids);
	l->cgroup_ids = NULL;
	fd = l->cgroup_root < 0 ? -ENODEV : cgroups__open(l->cgroup_root, path);
	err = fd < 0 ? fd : cgroups__below(fd, &l->cgroup_ids, &l->task.ncgroups);
	if (fd >= 0)
		close(fd);
	if (err == -ENODEV) {
		log_error("--cgroup %s: no cgroup v2 hierarchy is mounted", path);
		return STATUS_CANNOT;
	}
	if (err) {
		log_error("--cgroup %s: %s", path, strerror(-err));
		return STATUS_FAILED;
	}
	l->task.cgroups = l->cgroup_ids;
	l->task.by_cgroup = true;
	return 0;
}

/* The tools that a view follows see the caller's namespace alone. */
static int take_netns(struct list *l)
{
	const char *netns = l->config->netns;

	if (l->netns_fd >= 0)
		return 0;
	if (!netns) {
		if (l->view && l->view->own_netns)
			l->select.netns = netns_own();
		return 0;
	}
	if (!strcmp(netns, "all"))
		return 0;
	l->netns_fd = netns_open(netns, &l->select.netns);
	if (l->netns_fd == -EINVAL) {
		log_error("--netns %s: not a network namespace", netns);
		return STATUS_FAILED;
	}
	if (l->netns_fd < 0) {
		log_error("--netns %s: %s", netns,
			  l->netns_fd == -ENOENT && !strchr(netns, '/') ?
				  "no such process" : strerror(-l->netns_fd));
		return STATUS_FAILED;
	}
	return 0;
}

int list__take_selection(struct list *l)
{
	int status = expr__open(&l->expr, l->config->filter);

	if (!status)
		status = take_pids(l);

	l->task.comm = l->config->comm;
	l->task.by_uid = l->config->by_uid;
	l->task.uid = l->config->uid;
	select_from_config(&l->select, l->config);
	if (!status)
		status = take_netns(l);
	if (!status)
		status = take_cgroup(l);
	return status;
}
