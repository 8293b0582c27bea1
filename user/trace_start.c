/* SPDX-License-Identifier: BSD-2-Clause */
/* From the options to a run that stands: hooks, then the scan. */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "base/str.h"
#include "base/time.h"
#include "cli/config.h"
#include "commands.h"
#include "event/names.h"
#include "flow/flow.h"
#include "live/cgroups.h"
#include "live/hz.h"
#include "live/probe.h"
#include "live/procs.h"
#include "live/scan.h"
#include "live/session.h"
#include "live/system.h"
#include "order/order.h"
#include "output.h"
#include "selection.h"
#include "view/view.h"

/* --- the selection, for the kernel and for the flow table ---------------- */

static int resolve_pids(struct trace *t)
{
	const struct run_config *c = t->config;

	for (size_t i = 0; i < c->npids; i++) {
		uint32_t tgid;

		if (system__tgid(c->pids[i], &tgid)) {
			log_error("pid %u: no such process", c->pids[i]);
			t->status = STATUS_FAILED;
			return -ESRCH;
		}
		living__add(&t->living, tgid);
	}
	if (t->child.pid)
		living__add(&t->living, t->child.pid);
	return 0;
}

static int resolve_netns(struct trace *t, uint32_t *ino)
{
	const char *name = t->config->netns;
	int fd;

	*ino = 0;
	if (!name || !strcmp(name, "all"))
		return 0;
	fd = netns_open(name, ino);
	if (fd < 0) {
		log_error("--netns %s: %s", name,
			  fd == -EINVAL ? "not a network namespace" :
					  strerror(-fd));
		t->status = fd == -EACCES || fd == -EPERM ? STATUS_CANNOT :
							    STATUS_FAILED;
		return fd;
	}
	close(fd);
	return 0;
}

static uint32_t kernel_packets(uint32_t events, enum packets packets)
{
	if (events >> EV_packet & 1 && packets == PACKETS_ALL)
		return TT_PACKETS_ALL;
	return TT_PACKETS_CONTROL; /* the segments that state changes need */
}

/* Of another namespace whoever is asked for may come later. */
static int take_iface(struct trace *t, const char *typed, struct tt_iface *to)
{
	const char *at = strchr(typed, '@');
	int fd;

	snprintf(to->name, sizeof(to->name), "%.*s", (int)strcspn(typed, "@"), typed);
	if (at) {
		fd = netns_open_named(at + 1, &to->netns);
		if (fd >= 0)
			close(fd);
	} else {
		to->netns = netns_own();
		fd = if_nametoindex(to->name) ? 0 : -ENODEV;
	}
	if (fd >= 0)
		return 0;
	log_error("-i %s: %s", typed,
		  at ? "no such network namespace" : "no such interface: see ip link");
	t->status = STATUS_FAILED;
	return fd;
}

static int take_ifaces(struct trace *t, struct tt_config *k)
{
	const struct run_config *c = t->config;
	int err = 0;

	if (c->any_iface)
		return 0;
	for (size_t i = 0; !err && i < c->nifaces; i++)
		err = take_iface(t, c->ifaces[i], &k->ifaces[i]);
	k->nifaces = c->nifaces;
	return err;
}

static uint32_t tap_of_config(const struct run_config *c)
{
	static const uint32_t taps[] = {
		[TAP_AUTO] = TT_TAP_SKB,  [TAP_SKB] = TT_TAP_SKB,
		[TAP_TC] = TT_TAP_TC,	  [TAP_CLSACT] = TT_TAP_TC,
		[TAP_XDP] = TT_TAP_XDP,
	};

	return taps[c->tap];
}

static void kernel_select(struct trace *t, struct tt_config *k, uint32_t netns)
{
	const struct run_config *c = t->config;

	k->events = t->events;
	k->packets = kernel_packets(t->events, run_config__packets(c));
	if (t->living.count)
		k->task_by |= TT_BY_PID;
	if (c->comm)
		k->task_by |= TT_BY_COMM;
	if (c->by_uid)
		k->task_by |= TT_BY_UID;
	if (c->cgroup)
		k->task_by |= TT_BY_CGROUP;
	k->follow = c->follow || c->command == CMD_RUN;
	k->uid = c->uid;
	if (c->comm)
		str_copy(k->comm_glob, c->comm, sizeof(k->comm_glob));
	select_in_kernel(k, c, netns);
	k->tap = tap_of_config(c);
	k->link = c->record || run_config__prints_packets(c) ||
		  run_config__details_packets(c);
	k->snaplen = c->snaplen;
}

static void flow_select(struct trace *t, struct select *s, uint32_t netns)
{
	select_from_config(s, t->config);
	s->by_task |= t->living.count != 0;
	s->netns = netns;
	s->events = t->events;
}

/* --- output --------------------------------------------------------------- */

static void print_fact(void *ctx, const struct fact *f)
{
	output__fact(ctx, f);
}

static int open_output(struct trace *t)
{
	const struct run_config *c = t->config;
	int err;

	t->teller.count = c->count;
	t->teller.rate = c->rate;
	if (c->record && !c->output) { /* -w alone prints nothing */
		t->output.out = out__new_mem();
		return t->output.out ? 0 : -ENOMEM;
	}
	err = output__open(&t->output, c, t->utc_offset_ns);
	if (err)
		t->status = STATUS_FAILED;
	t->teller.sink = print_fact;
	t->teller.ctx = &t->output;
	return err;
}

/* --- names for the flow table --------------------------------------------- */

/* Another host knows other names, and this one later too. */
static const char *recorded(struct trace *t, uint32_t kind, uint64_t id,
			    const char *name)
{
	if (t->recorder)
		recorder__name(t->recorder, kind, id, name);
	return name;
}

static const char *name_cgroup(void *ctx, uint64_t id)
{
	struct trace *t = ctx;
	const char *name = t->cgroups ? cgroup_names__path(t->cgroups, id) : NULL;

	return recorded(t, TT_NAME_CGROUP, id, name);
}

static const char *name_rst(void *ctx, uint32_t reason)
{
	struct trace *t = ctx;

	return recorded(t, TT_NAME_RST, reason,
			probe__enum_name(session__probe(t->session),
					 "sk_rst_reason", "SK_RST_REASON_",
					 reason));
}

static const char *name_drop(void *ctx, uint32_t reason)
{
	struct trace *t = ctx;

	return recorded(t, TT_NAME_DROP, reason,
			probe__enum_name(session__probe(t->session),
					 "skb_drop_reason", "SKB_DROP_REASON_",
					 reason));
}

static const char *name_symbol(void *ctx, uint64_t addr)
{
	struct trace *t = ctx;

	return recorded(t, TT_NAME_SYMBOL, addr,
			t->symbols ? symbols__name(t->symbols, addr) : NULL);
}

/* --- the kernel side ------------------------------------------------------ */

static int open_cgroup(struct trace *t)
{
	int fd;

	if (!t->config->cgroup)
		return -1;
	fd = cgroups__open(t->cgroup_root, t->config->cgroup);
	if (fd >= 0)
		return fd;
	log_error("--cgroup %s: %s: name a folder of the cgroup v2 hierarchy",
		  t->config->cgroup, strerror(-fd));
	t->status = STATUS_FAILED;
	return -2;
}

int rung_of_hooks(const struct run_config *c)
{
	static const enum rung rungs[] = {
		[HOOKS_AUTO] = RUNG_AUTO,
		[HOOKS_FENTRY] = RUNG_FENTRY,
		[HOOKS_KPROBE] = RUNG_KPROBE,
		[HOOKS_TRACEPOINT] = RUNG_TRACEPOINT,
	};

	return rungs[c->hooks];
}

static int open_session(struct trace *t, uint32_t netns)
{
	struct session_opts o = {
		.rung = rung_of_hooks(t->config),
		.buffer_mb = t->config->buffer_mb,
		.pids = t->living.pids,
		.npids = t->living.count,
		.btf_file = t->config->btf_file,
		.no_tcx = t->config->tap == TAP_CLSACT,
		.nothing_waits = t->config->command == CMD_RUN,
		.make_cookies = trace__make_cookies,
		.ctx = t,
	};
	int err;

	o.cgroup_fd = open_cgroup(t);
	if (o.cgroup_fd == -2)
		return -EINVAL;
	kernel_select(t, &o.config, netns);
	err = take_ifaces(t, &o.config);
	if (err)
		return err;
	t->status = expr__translate(&t->expr, &o.config, o.expr);
	if (t->status)
		return -EINVAL;
	err = session__new(&t->session, &o);
	if (o.cgroup_fd >= 0)
		close(o.cgroup_fd);
	if (!err)
		return 0;
	log_error("%s", t->session ? session__error(t->session) :
				     strerror(-err));
	t->status = STATUS_CANNOT;
	return err;
}

static int open_flows(struct trace *t, uint32_t netns)
{
	struct flow_opts o = {
		.hz = kernel_hz(session__kernel(t->session)),
		.max_flows = 1u << 20,
		.cgroup_path = name_cgroup,
		.rst_reason = name_rst,
		.drop_reason = name_drop,
		.symbol = name_symbol,
		.names_ctx = t,
		.sink = trace__fact,
		.sink_ctx = t,
	};

	flow_select(t, &o.select, netns);
	t->looks_at_holders = o.select.by_task && proc_is_ours();
	expr__select(&t->expr, &o.select);
	t->netns = netns;
	if (t->events >> EV_drop & 1)
		t->symbols = symbols__new();
	t->flows = flow_table__new(&o);
	t->teller.flows = t->flows;
	t->order = order__new();
	return t->flows && t->order ? 0 : -ENOMEM;
}

static void say_hooks(const struct trace *t)
{
	const struct hook_choice *c = session__choices(t->session);

	if (!t->config->verbose && !t->config->dry_run)
		return;
	for (size_t i = 0; i < hook_count; i++) {
		if (!c[i].needed)
			continue;
		if (!c[i].chosen)
			log_printf(LOG_ERROR, "hook %-18s none: %s",
				   hooks[i].name, c[i].why_not[0]);
		else
			log_printf(LOG_ERROR, "hook %-18s %s %s", hooks[i].name,
				   attach_kind_name(c[i].chosen->kind),
				   c[i].chosen->target);
	}
}

/* --- together -------------------------------------------------------------- */

static bool is_ignored(int sig)
{
	struct sigaction sa;

	return !sigaction(sig, NULL, &sa) && sa.sa_handler == SIG_IGN;
}

static int open_signals(struct trace *t)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (!is_ignored(SIGHUP)) /* else nohup(1) has started us */
		sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &t->child.mask);
	t->child.ignores_pipe = t->config->ignores_pipe;
	t->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return t->signal_fd < 0 ? -errno : 0;
}

static void say_ready(const struct trace *t)
{
	log_printf(LOG_ERROR, "ready");
	if (t->config->ready_fd >= 0) {
		if (write(t->config->ready_fd, "r", 1) != 1)
			log_warn("--ready-fd: %s", strerror(errno));
		close(t->config->ready_fd);
	}
}

/*
 * A tracer that waits its turn behind the load it watches loses what it
 * should show: on a busy host it needs little time, but at once. COMMAND of
 * `run` was forked before and keeps its own priority.
 */
static void take_precedence(void)
{
	if (setpriority(PRIO_PROCESS, 0, -20))
		log_info("cannot raise the priority: %s", strerror(errno));
}

static int attach(struct trace *t)
{
	int err = session__attach(t->session);

	if (err) {
		log_error("%s", session__error(t->session));
		t->status = STATUS_CANNOT;
		return err;
	}
	take_precedence();
	trace__follow(t);
	return trace__scan(t);
}

int trace__start(struct trace *t)
{
	const struct run_config *c = t->config;
	uint32_t netns;
	int err;

	t->status = expr__open(&t->expr, c->filter);
	if (t->status)
		return -EINVAL;
	t->events = run_config__events(c) | 1u << EV_lost;
	t->utc_offset_ns = time_utc_offset();
	t->cgroup_root = cgroups__open_root();
	if (t->cgroup_root >= 0)
		t->cgroups = cgroup_names__new(t->cgroup_root);
	err = open_signals(t);
	if (c->ready_fd >= 0) /* not COMMAND's */
		fcntl(c->ready_fd, F_SETFD, FD_CLOEXEC);
	if (!err && c->command == CMD_RUN)
		err = child__fork(&t->child, c->command_argv);
	if (err) {
		log_error("cannot start: %s", strerror(-err));
		t->status = STATUS_CANNOT;
		return err;
	}
	err = resolve_pids(t);
	if (!err)
		err = resolve_netns(t, &netns);
	if (!err)
		err = open_output(t);
	if (!err && !c->dry_run)
		trace__begin_scan(t);
	if (!err)
		err = open_session(t, netns);
	if (!err)
		err = open_flows(t, netns);
	if (!err && !c->dry_run)
		err = trace__open_recorder(t);
	if (!err)
		say_hooks(t);
	if (!err && !c->dry_run)
		err = attach(t);
	trace__end_scan(t);
	scan__free(t->scan);
	t->scan = NULL;
	if (!err && !c->dry_run)
		say_ready(t);
	return err;
}
