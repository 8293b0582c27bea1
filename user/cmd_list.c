// SPDX-License-Identifier: BSD-2-Clause
/* `list`: scan, merge, select, print. */

#include <errno.h>
#include <signal.h>
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

static const struct {
	const char *output;
	unsigned int has, says; /* SHOW_*; what it says anyway */
} outputs[] = {
	{ "table", SHOW_TIMERS | SHOW_EXTENDED | SHOW_INFO | SHOW_MEMORY | SHOW_NAMES, 0 },
	{ "netstat", SHOW_WIDE | SHOW_TIMERS | SHOW_EXTENDED | SHOW_NAMES, 0 },
	{ "lsof", SHOW_NAMES, 0 },
	{ "ss", SHOW_INFO | SHOW_MEMORY | SHOW_NAMES, SHOW_TIMERS },
	{ "csv", SHOW_INFO | SHOW_MEMORY, 0 },
	{ "json", 0, SHOW_INFO | SHOW_MEMORY },
};

/* In the order in which they are refused. */
static const struct {
	const char *option;
	unsigned int show;
	size_t asked; /* the bool in struct run_config */
	const char *use;
} columns[] = {
	{ "--wide", SHOW_WIDE, offsetof(struct run_config, list_wide), "netstat" },
	{ "--timers", SHOW_TIMERS, offsetof(struct run_config, list_timers), "netstat" },
	{ "--extended", SHOW_EXTENDED, offsetof(struct run_config, list_extended),
	  "netstat" },
	{ "--info", SHOW_INFO, offsetof(struct run_config, list_info), "ss" },
	{ "--memory", SHOW_MEMORY, offsetof(struct run_config, list_memory), "ss" },
	{ "--names", SHOW_NAMES, offsetof(struct run_config, list_names), "netstat" },
};

/* What an output does not have is refused, not forgotten. */
static int take_columns(struct list *l)
{
	const char *output = l->config->output ? l->config->output : "table";
	unsigned int has = 0, says = 0;

	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		if (strcmp(outputs[i].output, output) != 0)
			continue;
		has = outputs[i].has;
		says = outputs[i].says;
	}
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (!*(const bool *)((const char *)l->config + columns[i].asked))
			continue;
		l->show |= columns[i].show & has;
		if (columns[i].show & (has | says))
			continue;
		log_error("%s: -o %s has no such columns: leave it out, or use -o %s",
			  columns[i].option, output, columns[i].use);
		return STATUS_USAGE;
	}
	if (l->config->list_all_fields)
		l->show |= has & ~SHOW_NAMES;
	return 0;
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
	struct list *l = calloc(1, sizeof(*l));
	int status;

	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an end like any other */
	if (!l) {
		log_error("list: %s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	l->config = c;
	l->netns_fd = -1;
	l->cgroup_root = -1;
	list__init_names(l);
	status = take_columns(l);
	if (status)
		goto out;
	l->view = list_view__by_name(c->output ? c->output : "table");
	l->cgroup_root = cgroups__open_root();
	if (l->cgroup_root >= 0)
		l->cgroup_names = cgroup_names__new(l->cgroup_root);
	status = run(l);
out:
	release(l);
	return status;
}
