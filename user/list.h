/* SPDX-License-Identifier: BSD-2-Clause */
/* `list`: what its parts share. Every int is an exit status, 0 to go on. */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hashmap.h"
#include "cli/config.h"
#include "commands.h"
#include "expr.h"
#include "flow/sockets.h"
#include "live/cgroups.h"
#include "live/scan.h"
#include "live/system.h"
#include "view/list.h"

struct out;

/* What an output may be asked to show beside its own columns. */
enum {
	SHOW_WIDE = 1 << 0,
	SHOW_TIMERS = 1 << 1,
	SHOW_EXTENDED = 1 << 2,
	SHOW_INFO = 1 << 3,
	SHOW_MEMORY = 1 << 4,
	SHOW_NAMES = 1 << 5,
};

/* A growing list of process ids; the first failure stays in err. */
struct pids {
	uint32_t *list;
	size_t n;
	int err;
};

struct list {
	const struct run_config *config;
	const struct list_view *view; /* NULL: json */
	unsigned int show;
	struct select_task task;
	struct select select;
	struct expr expr;
	struct pids pids;
	uint64_t *cgroup_ids;
	int cgroup_root; /* -1: no cgroup v2 */
	struct cgroup_names *cgroup_names;
	int netns_fd; /* of --netns, -1 none */
	uint32_t own_netns;
	struct scan *scan;
	struct socket_table *table;
	struct play *play; /* -r: the recording */
	uint64_t moment_ns; /* and the moment in it, boottime */
	const struct socket_entry **rows;
	size_t nrows;
	bool warned; /* of what cannot be seen, once */
	uint32_t hz; /* of the times in records, 0 unknown */
	int err; /* the first failure of a record */
	int diag_status; /* where sock_diag gives the rows */
	struct hashmap users, processes, programs, services;
	uint16_t ephemeral[2]; /* ports whose services ss does not look up */
	char ifname[16];
};

/* list_select.c: the command line's words, and whom they mean now */
int list__take_selection(struct list *l);
void pids__add(void *pids, uint32_t pid);
/* cmd_list.c: everything anew, but for what was loaded */
int list__look(struct list *l);
/* list_at.c: fills the table from a recording */
int list__replay(struct list *l);
/* list_scan.c: fills the table, then rows with what is selected */
int list__scan(struct list *l);
/* list_diag.c: what sock_diag tells, of the namespace of -o ss, or of the one
 * that the thread is in (0 or -errno) */
enum list_diag list__needs_diag(const struct list *l);
int list__dump_rows(void *ctx);
int list__dump_here(void *ctx);
/* list_print.c */
void list__init_names(struct list *l);
int list__print(struct list *l);
void list__forget_names(struct list *l);
/* Through the view: 0 or -errno. */
int list__write(struct list *l, struct out *out);
/* list_watch.c, list_wait.c: until they are done */
int list__watch(struct list *l);
int list__wait(struct list *l);

#endif
