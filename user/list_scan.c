// SPDX-License-Identifier: BSD-2-Clause
/* Reads what exists and keeps what is selected. */
#include "list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "event/names.h"

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

/* Only lsof's view does without the sockets that nobody holds, and ss's has
 * them from sock_diag; the others show all owners of a selected process's
 * socket, so all are read. */
static int run_scan(struct list *l)
{
	enum list_diag diag = list__needs_diag(l);
	bool files_only = l->view && l->view->files_only;
	bool own = l->select.netns && l->netns_fd < 0;
	bool rows = diag == DIAG_ROWS && l->select.netns;
	struct scan_opts opts = {
		.pids = l->pids.list,
		.npids = files_only ? l->pids.n : 0,
		.netns_fd = l->netns_fd,
		.all_netns = !own && l->netns_fd < 0,
		.files = true,
		.sockets = !files_only && !rows,
		.enter = diag != DIAG_NONE && !rows ? list__dump_here : NULL,
		.enter_ctx = l,
	};
	int err = scan__open(&l->scan, l->config->btf_file), status;

	if (!err && rows) {
		status = list__dump_diag(l);
		if (status)
			return status;
	}
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

int list__scan(struct list *l)
{
	int status = run_scan(l);

	return status ? status : select_rows(l);
}
