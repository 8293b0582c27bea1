// SPDX-License-Identifier: BSD-2-Clause
/* `list`: scan, merge, select, print. */
#include "commands.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hashmap.h"
#include "base/log.h"
#include "base/out.h"
#include "base/time.h"
#include "cli/config.h"
#include "event/names.h"
#include "flow/sockets.h"
#include "live/cgroups.h"
#include "live/hz.h"
#include "live/procs.h"
#include "live/scan.h"
#include "live/system.h"
#include "view/list.h"
#include "view/view.h"

struct user_name {
	uint32_t uid;
	char *name; /* NULL: has none */
};

struct list {
	const struct run_config *config;
	const struct list_view *view; /* NULL: json */
	struct select_task task;
	struct select select;
	struct pids {
		uint32_t *list;
		size_t n;
		int err;
	} pids;
	uint64_t *cgroup_ids;
	int cgroup_root; /* -1: no cgroup v2 */
	struct cgroup_names *cgroup_names;
	int netns_fd; /* of --netns, -1 none */
	struct scan *scan;
	struct socket_table *table;
	const struct socket_entry **rows;
	size_t nrows;
	int err; /* the first failure of a record */
	struct hashmap users;
	char program[512];
};

/* --- selection ------------------------------------------------------------- */

static void add_pid(void *ctx, uint32_t pid)
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
		err = system__descendants(before.list, before.n, add_pid, p);
		free(before.list);
	} while (!err && !p->err && p->n > before.n);
	if (err)
		p->err = err;
}

static int take_pids(struct list *l)
{
	const struct run_config *c = l->config;
	uint32_t tgid;

	for (size_t i = 0; i < c->npids; i++) {
		if (system__tgid(c->pids[i], &tgid)) {
			log_error("pid %u: no such process", c->pids[i]);
			return STATUS_FAILED;
		}
		add_pid(&l->pids, tgid);
	}
	if (c->follow && c->npids)
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

	l->netns_fd = -1;
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

_Static_assert(MAX_PORTS <= SELECT_MAX && MAX_ADDRS <= SELECT_MAX,
	       "what the command line takes, a selection holds");

static void take_sockets(struct list *l)
{
	const struct run_config *c = l->config;
	struct select *s = &l->select;

	memcpy(s->ports, c->ports, sizeof(c->ports));
	memcpy(s->lports, c->lports, sizeof(c->lports));
	memcpy(s->rports, c->rports, sizeof(c->rports));
	s->nports = c->nports;
	s->nlports = c->nlports;
	s->nrports = c->nrports;
	for (size_t i = 0; i < c->naddrs; i++) {
		memcpy(s->addrs[i].addr, c->addrs[i].addr, 16);
		s->addrs[i].len = c->addrs[i].len;
	}
	s->naddrs = c->naddrs;
	s->family = c->family;
	s->states = c->states;
}

static int take_selection(struct list *l)
{
	int status = take_pids(l);

	l->task.comm = l->config->comm;
	l->task.by_uid = l->config->by_uid;
	l->task.uid = l->config->uid;
	take_sockets(l);
	if (!status)
		status = take_netns(l);
	if (!status)
		status = take_cgroup(l);
	return status;
}

/* --- the scan -------------------------------------------------------------- */

static int cannot_scan(const struct list *l, int err)
{
	const char *what = scan__what(l->scan);

	if (err == -EPERM || err == -EACCES) {
		log_error("%s: %s: run it as root, or with CAP_BPF, CAP_PERFMON, "
			  "CAP_SYS_PTRACE and CAP_SYS_ADMIN",
			  what, strerror(-err));
		return STATUS_CANNOT;
	}
	/* libbpf's answers where a kernel has no BTF or no such iterator. */
	if (err == -ESRCH || err == -ENOENT || err == -EINVAL || err == -ENOTSUP) {
		log_error("%s: %s: this kernel lacks BTF or BPF iterators (5.9): see "
			  "tcptrace-bpf doctor", what, strerror(-err));
		return STATUS_CANNOT;
	}
	log_error("%s: %s", what, strerror(-err));
	return STATUS_FAILED;
}

static void take_record(void *ctx, const struct tt_rec_socket *rec)
{
	struct list *l = ctx;
	int err;

	if (l->select.netns && rec->sock.tuple.netns != l->select.netns)
		return;
	err = socket_table__add(l->table, rec);
	if (err && !l->err)
		l->err = err;
}

/* Only lsof's view does without the sockets that nobody holds; the others show
 * all owners of a selected process's socket, so all are read. */
static int run_scan(struct list *l)
{
	bool files_only = l->view && l->view->files_only;
	bool own = l->select.netns && l->netns_fd < 0;
	struct scan_opts opts = {
		.pids = l->pids.list,
		.npids = files_only ? l->pids.n : 0,
		.netns_fd = l->netns_fd,
		.all_netns = !own && l->netns_fd < 0,
		.files = true,
		.sockets = !files_only,
	};
	int err = scan__open(&l->scan, l->config->btf_file);

	if (!err)
		err = scan__run(l->scan, &opts, take_record, l);
	if (err)
		return cannot_scan(l, err);
	if (l->err) {
		log_error("list: %s", strerror(-l->err));
		return STATUS_FAILED;
	}
	if (scan__netns_missed(l->scan))
		log_warn("list: %zu network namespaces could not be entered: of their "
			 "sockets only those with a descriptor are shown",
			 scan__netns_missed(l->scan));
	socket_table__finish(l->table);
	return 0;
}

static int select_rows(struct list *l)
{
	size_t n = socket_table__count(l->table);
	bool by_task = !select_task__any(&l->task);
	struct socket_entry *e;

	l->rows = calloc(n + 1, sizeof(*l->rows));
	if (!l->rows) {
		log_error("list: %s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
	for (size_t i = 0; i < n; i++) {
		e = socket_table__at(l->table, i);
		if (l->config->list_listening && e->rec.sock.state != ST_LISTEN)
			continue;
		if (socket_entry__selected(e, &l->select, by_task))
			l->rows[l->nrows++] = e;
	}
	return 0;
}

/* --- names ----------------------------------------------------------------- */

static bool has_uid(const void *entry, const void *key)
{
	return ((const struct user_name *)entry)->uid == *(const uint32_t *)key;
}

static const char *user_name(void *ctx, uint32_t uid)
{
	struct list *l = ctx;
	struct user_name *u = hashmap__find(&l->users, hash_u64(uid), &uid);
	const struct passwd *pw;

	if (u)
		return u->name;
	u = calloc(1, sizeof(*u));
	if (!u)
		return NULL;
	u->uid = uid;
	pw = getpwuid(uid);
	u->name = pw ? strdup(pw->pw_name) : NULL;
	if (hashmap__insert(&l->users, hash_u64(uid), u)) {
		free(u->name);
		free(u);
		return NULL;
	}
	return u->name;
}

static const char *program_name(void *ctx, uint32_t pid)
{
	struct list *l = ctx;

	return proc_program(pid, l->program, sizeof(l->program));
}

static const char *cgroup_path(void *ctx, uint64_t id)
{
	struct list *l = ctx;

	return l->cgroup_names ? cgroup_names__path(l->cgroup_names, id) : NULL;
}

/* --- output ---------------------------------------------------------------- */

static int print_json(struct list *l, uint32_t hz, struct out *out)
{
	struct view_opts opts = { .utc_offset_ns = time_utc_offset() };
	struct socket_fact sf = { 0 };
	uint64_t now = time_boot_ns();
	void *view = view_json.new(&opts);
	int err = view ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < l->nrows; i++) {
		err = socket_fact__fill(&sf, l->rows[i], now, hz, cgroup_path, l);
		if (!err)
			view_json.fact(view, &sf.fact, out);
	}
	socket_fact__release(&sf);
	view_json.free(view);
	return err;
}

static void print_view(struct list *l, uint32_t hz, struct out *out)
{
	const struct run_config *c = l->config;
	struct list_opts opts = {
		.wide = c->list_wide,
		.timers = c->list_timers,
		.extended = c->list_extended,
		.listening = c->list_listening,
		.offsets = c->npids,
		.selected = !select_task__any(&l->task),
		.hz = hz,
		.user = user_name,
		.program = program_name,
		.ctx = l,
	};

	l->view->print(l->rows, l->nrows, &opts, out);
}

static int print_rows(struct list *l)
{
	struct out *out = out__new_fd(STDOUT_FILENO);
	uint32_t hz = kernel_hz(scan__kernel(l->scan));
	int err = out ? 0 : -ENOMEM;

	if (!err && l->view)
		print_view(l, hz, out);
	else if (!err)
		err = print_json(l, hz, out);
	if (!err)
		err = out__flush(out);
	out__free(out);
	/* Who reads no more has what he wanted. */
	if (!err || err == -EPIPE)
		return 0;
	log_error("write the list: %s", strerror(-err));
	return STATUS_FAILED;
}

static void release(struct list *l)
{
	struct user_name *u;
	size_t pos = 0;

	while ((u = hashmap__next(&l->users, &pos))) {
		free(u->name);
		free(u);
	}
	hashmap__release(&l->users);
	free(l->rows);
	socket_table__free(l->table);
	scan__free(l->scan);
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
	const char *wrong = NULL;

	if (c->list_wide && !netstat)
		wrong = "--wide";
	if (c->list_timers && !netstat && !table)
		wrong = "--timers";
	if (c->list_extended && !netstat && !table)
		wrong = "--extended";
	if (!wrong)
		return 0;
	log_error("%s: -o %s has no such columns: leave it out, or use -o netstat",
		  wrong, output);
	return STATUS_USAGE;
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
	hashmap__init(&l->users, has_uid);
	l->view = list_view__by_name(c->output ? c->output : "table");
	l->cgroup_root = cgroups__open_root();
	if (l->cgroup_root >= 0)
		l->cgroup_names = cgroup_names__new(l->cgroup_root);
	status = take_selection(l);
	l->table = status ? NULL : socket_table__new(&l->task);
	if (!status && !l->table) {
		log_error("list: %s", strerror(ENOMEM));
		status = STATUS_FAILED;
	}
	if (!status)
		status = run_scan(l);
	if (!status)
		status = select_rows(l);
	if (!status)
		status = print_rows(l);
	release(l);
	return status;
}
