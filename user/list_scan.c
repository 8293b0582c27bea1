// SPDX-License-Identifier: BSD-2-Clause
/* Reads what exists and keeps what is selected. */
#include "list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "live/hz.h"
#include "live/proc_net.h"
#include "live/procs.h"
#include "event/names.h"
#include "selection.h"
#include "tcptrace/config.h"

static int cannot_scan(const struct list *l, int err)
{
	const char *what = scan__what(l->scan);

	if (err == -EPERM || err == -EACCES) {
		log_error("%s: %s: run it as root, or with CAP_BPF, CAP_PERFMON, "
			  "CAP_SYS_PTRACE and CAP_SYS_ADMIN",
			  what, strerror(-err));
		return STATUS_CANNOT;
	}
	if (err == -EINVAL && l->config->btf_file) {
		log_error("--btf %s: no BTF in it: name a file of BTF, as "
			  "/sys/kernel/btf/vmlinux is", l->config->btf_file);
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

static void take_holder(void *ctx, uint64_t sk, const struct tt_task *task)
{
	struct list *l = ctx;
	int err = socket_table__hold(l->table, sk, task);

	if (err && !l->err)
		l->err = err;
}

/* Descriptors of MPTCP lead to what only TCP's tables show. */
static int scan_subflows(struct list *l, const struct scan_opts *before,
			 const struct scan_sink *sink)
{
	struct scan_opts opts = {
		.netns_fd = before->netns_fd,
		.all_netns = before->all_netns,
		.sockets = true,
	};

	if (before->sockets || before->holders ||
	    !socket_table__holds_inodes(l->table))
		return 0;
	return scan__run(l->scan, &opts, sink);
}

/* A socket that a descriptor showed and no table: born between the two walks,
 * on its way from one table to another, or in a namespace that could not be
 * entered. A second look, at its holders alone, tells what it is. */
static int scan_missing(struct list *l, const struct scan_opts *before,
			const struct scan_sink *sink)
{
	struct pids pids = { 0 };
	struct scan_opts opts = { .netns_fd = -1, .files = true };
	int err = 0;

	if (!(before->sockets || before->holders) ||
	    !socket_table__each_missing(l->table, pids__add, &pids))
		return 0;
	opts.pids = pids.list;
	opts.npids = pids.n;
	if (!pids.err)
		err = scan__run(l->scan, &opts, sink);
	free(pids.list);
	return pids.err ? pids.err : err;
}

/* States of sockets as the kernel has them. A table names peers, whatever their
 * state; who holds what nobody accepted is found by its listener. */
static uint32_t kernel_states(const struct list *l)
{
	uint32_t s = l->config->list_listening ? 1u << ST_LISTEN : l->config->states;

	if (s && s != 1u << ST_LISTEN && (!l->view || !l->view->own_netns))
		return 0;
	if (s >> ST_FIN_WAIT2 & 1)
		s |= 1u << ST_TIME_WAIT;
	if (s >> ST_SYN_RECV & 1)
		s |= 1u << ST_NEW_SYN_RECV;
	return s && select_task__any(&l->task) ? s : s ? s | 1u << ST_LISTEN : 0;
}

/* What the kernel need not send. Peers are selected by nothing that is theirs
 * alone: what a view shows of the other end must come too. */
static struct tt_scan_config scan_config(const struct list *l)
{
	const struct run_config *c = l->config;
	struct tt_scan_config s = { .lean = l->view != NULL };

	select_in_kernel(&s.common, c, l->netns_fd < 0 ? l->select.netns : 0);
	s.states = kernel_states(l);
	return s;
}

/* What anybody may see. False if that is nothing of what was asked for. */
static bool scan_as_anybody(struct list *l)
{
	struct scan_sink sink = { l, take_record, take_holder };
	size_t hidden = 0;
	int err;

	if (l->netns_fd >= 0 && l->select.netns != netns_own())
		return false;
	if (list__needs_diag(l) != DIAG_NONE)
		err = list__dump_here(l);
	else
		err = proc_net__sockets(netns_own(), &sink);
	if (!err)
		err = proc_net__holders(&sink, &hidden);
	if (err)
		return false;
	l->hz = PROC_NET_HZ;
	if (!l->warned)
		log_warn("list: without privileges: sockets of this network namespace "
			 "alone, none that is not connected and does not listen, and no "
			 "owner in %zu processes: run it as root", hidden);
	l->warned = true;
	return true;
}

/*
 * Of named processes first what they hold themselves; then of all others only
 * what has to do with that: who shares it, who is at the other end, and the
 * children of their listeners. The kernel sorts the rest out by ports.
 */
static int scan_named(struct list *l, struct scan_opts *opts,
		      const struct scan_sink *sink)
{
	struct scan_opts named = {
		.pids = l->pids.list,
		.npids = l->pids.n,
		.netns_fd = -1,
		.files = true,
	};
	int err = scan__run(l->scan, &named, sink);
	const struct tt_tuple *t;

	for (size_t i = 0; !err && i < socket_table__count(l->table); i++) {
		t = &socket_table__at(l->table, i)->rec.sock.tuple;
		scan__want(l->scan, __builtin_bswap16(t->lport_be),
			   __builtin_bswap16(t->rport_be));
	}
	/* Ports of what is held by inode are not known yet. */
	opts->by_pair = !socket_table__holds_inodes(l->table);
	return err;
}

static void warn_of_hidden(struct list *l)
{
	size_t missed = l->warned ? 0 : scan__netns_missed(l->scan);

	if (!l->warned && scan__kernel(l->scan)->pidns_level)
		log_warn("list: in a pid namespace (a container): processes outside of it "
			 "are not seen, what they hold has no owner here, and of network "
			 "namespaces only those of processes inside are shown");
	if (missed)
		log_warn("list: %zu network namespaces could not be entered: of their "
			 "sockets only those with a descriptor are shown", missed);
	l->warned = true;
}

/* Only lsof's view does without the sockets that nobody holds, and ss's has
 * them from sock_diag; the others show all owners of a selected process's
 * socket, so all are read. */
static int run_scan(struct list *l)
{
	enum list_diag diag = list__needs_diag(l);
	bool files_only = l->view && l->view->files_only;
	bool rows = diag == DIAG_ROWS && l->select.netns;
	bool own = l->select.netns && l->netns_fd < 0;
	struct scan_opts opts = {
		.pids = l->pids.list,
		.npids = files_only ? l->pids.n : 0,
		.netns_fd = l->netns_fd,
		.all_netns = !own && l->netns_fd < 0,
		.files = true,
		.sockets = !files_only && !rows,
		.holders = rows,
		.enter = diag != DIAG_NONE && !rows ? list__dump_here : NULL,
		.beside = rows ? list__dump_rows : NULL,
		.ctx = l,
	};
	struct tt_scan_config config = scan_config(l);
	struct scan_sink sink = { l, take_record, take_holder };
	int err = l->scan ? 0 : scan__open(&l->scan, l->config->btf_file, &config);

	if (!err && l->pids.n && !files_only)
		err = scan_named(l, &opts, &sink);
	if (!err)
		err = scan__run(l->scan, &opts, &sink);
	if (l->diag_status)
		return l->diag_status;
	if (!err)
		err = scan_subflows(l, &opts, &sink);
	if (!err)
		err = scan_missing(l, &opts, &sink);
	if ((err == -EPERM || err == -EACCES) && scan_as_anybody(l))
		err = 0;
	else if (!err)
		l->hz = kernel_hz(scan__kernel(l->scan));
	if (err)
		return cannot_scan(l, err);
	if (l->err) {
		log_error("list: %s", strerror(-l->err));
		return STATUS_FAILED;
	}
	warn_of_hidden(l);
	if (socket_table__finish(l->table, !l->view || !l->view->own_netns)) {
		log_error("list: %s", strerror(ENOMEM));
		return STATUS_FAILED;
	}
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
		if (!expr__takes_tuple(&l->expr, &e->rec.sock.tuple))
			continue;
		if (socket_entry__selected(e, &l->select, by_task))
			l->rows[l->nrows++] = e;
	}
	return 0;
}

int list__scan(struct list *l)
{
	int status = l->config->list_file ? list__replay(l) : run_scan(l);

	return status ? status : select_rows(l);
}
