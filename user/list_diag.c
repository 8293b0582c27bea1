// SPDX-License-Identifier: BSD-2-Clause
/* What sock_diag knows beside the iterators, where an output shows it. */
#include "list.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "live/diag.h"
#include "live/procs.h"

static int take(void *ctx, const struct sock_diag *d)
{
	struct list *l = ctx;

	return socket_table__add_diag(l->table, d);
}

enum list_diag list__needs_diag(const struct list *l)
{
	if (!l->view || (l->view->diag == DIAG_NONE &&
			 l->show & (SHOW_INFO | SHOW_MEMORY)))
		return DIAG_EXTRA;
	return l->view->diag;
}

static int dump(struct list *l, int netns_fd, uint32_t netns)
{
	const struct run_config *c = l->config;
	bool all = !l->view;
	struct diag_opts opts = {
		.netns = netns,
		.states = c->states,
		.info = all || l->show & SHOW_INFO,
		.memory = all || l->show & SHOW_MEMORY,
	};
	int fd = diag__open(netns_fd), err;

	if (fd < 0)
		return fd;
	err = diag__dump(fd, &opts, take, l);
	close(fd);
	return err;
}

/* A kernel may lack it: without rows of its own a view does without. */
int list__dump_here(void *ctx)
{
	struct list *l = ctx;
	int err = dump(l, -1, netns_own());

	if (!err || err == -ENOMEM || list__needs_diag(l) == DIAG_ROWS)
		return err;
	log_debug("sock_diag: %s", strerror(-err));
	return 0;
}

int list__dump_rows(void *ctx)
{
	struct list *l = ctx;
	int err = dump(l, l->netns_fd, l->select.netns);

	if (!err)
		return 0;
	log_error("sock_diag: %s%s", strerror(-err), err == -ENOENT ?
		  ": this kernel has no tcp_diag: use -o table" : "");
	l->diag_status = err == -ENOENT || err == -EPERM ? STATUS_CANNOT : STATUS_FAILED;
	return err;
}
