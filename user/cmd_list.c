// SPDX-License-Identifier: BSD-2-Clause
/* `list`: scan, merge, select, print. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "list.h"
#include "play.h"

static void release(struct list *l)
{
	list__forget_names(l);
	expr__close(&l->expr);
	free(l->rows);
	socket_table__free(l->table);
	scan__free(l->scan);
	play__free(l->play);
	cgroup_names__free(l->cgroup_names);
	if (l->cgroup_root >= 0)
		close(l->cgroup_root);
	free(l->cgroup_ids);
	free(l->pids.list);
	if (l->netns_fd >= 0)
		close(l->netns_fd);
	free(l);
}

/* Columns that an output does not have are refused, not forgotten. */
static int check_columns(const struct run_config *c)
{
	const char *output = c->output ? c->output : "table";
	bool netstat = !strcmp(output, "netstat"), table = !strcmp(output, "table");
	bool ss = !strcmp(output, "ss"), lsof = !strcmp(output, "lsof");
	const char *wrong = NULL, *use = "netstat";

	if (c->list_wide && !netstat)
		wrong = "--wide";
	if (c->list_timers && !netstat && !table && !ss)
		wrong = "--timers";
	if (c->list_extended && !netstat && !table)
		wrong = "--extended";
	if ((c->list_info || c->list_memory) && (netstat || lsof)) {
		wrong = c->list_info ? "--info" : "--memory";
		use = "ss";
	}
	if (!wrong)
		return 0;
	log_error("%s: -o %s has no such columns: leave it out, or use -o %s",
		  wrong, output, use);
	return STATUS_USAGE;
}

int list__look(struct list *l)
{
	int status;

	free(l->rows);
	socket_table__free(l->table);
	l->rows = NULL;
	l->nrows = 0;
	l->table = NULL;
	status = list__take_selection(l);
	if (status)
		return status;
	l->table = socket_table__new(&l->task);
	if (l->table)
		return list__scan(l);
	log_error("list: %s", strerror(ENOMEM));
	return STATUS_FAILED;
}

static int run(struct list *l)
{
	int status;

	if (l->config->wait_for)
		return list__wait(l);
	if (l->config->watch_ns)
		return list__watch(l);
	status = list__look(l);
	return status ? status : list__print(l);
}

int cmd_list(const struct run_config *c)
{
	struct list *l;
	int status = check_columns(c);

	if (status)
		return status;
	l = calloc(1, sizeof(*l));
	if (!l) {
		log_error("list: %s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	l->config = c;
	l->netns_fd = -1;
	list__init_names(l);
	l->view = list_view__by_name(c->output ? c->output : "table");
	l->cgroup_root = cgroups__open_root();
	if (l->cgroup_root >= 0)
		l->cgroup_names = cgroup_names__new(l->cgroup_root);
	status = run(l);
	release(l);
	return status;
}
