/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/session_inside.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "event/fact.h"
#include "live/configure.h"
#include "live/kernel_btf.h"
#include "live/misses.h"
#include "live/probe.h"

const char *session__error(const struct session *s)
{
	return s->error;
}

int session__fail(struct session *s, int err, const char *fmt, ...)
{
	va_list args;

	if (s->error[0])
		return err;
	va_start(args, fmt);
	vsnprintf(s->error, sizeof(s->error), fmt, args);
	va_end(args);
	return err;
}

/* libbpf's words are one level down: ours say what matters. */
static int libbpf_says(enum libbpf_print_level level, const char *fmt,
		       va_list args)
{
	char text[512];

	if (log_level() < LOG_DEBUG ||
	    (level == LIBBPF_DEBUG && log_level() <= LOG_DEBUG))
		return 0;
	vsnprintf(text, sizeof(text), fmt, args);
	text[strcspn(text, "\n")] = 0;
	log_printf(LOG_DEBUG, "%s", text);
	return 0;
}

static int choose_all(struct session *s)
{
	struct chooser c = {
		.probe = s->probe,
		.config = &s->opts.config,
		.rung = s->opts.rung,
		.nothing_waits = s->opts.nothing_waits,
		.no_tcx = s->opts.no_tcx,
	};
	char why[sizeof(s->error)];
	int err = choose_hooks(&c, s->choices, why, sizeof(why));

	return err ? session__fail(s, err, "%s", why) : 0;
}

struct bpf_program *session__program(struct session *s, size_t offset)
{
	return *(struct bpf_program **)((char *)s->skel + offset);
}

static bool is_for_ipv6(const struct variant *v, size_t prog)
{
	return prog == v->for_ipv6[0] || prog == v->for_ipv6[1];
}

static void want_programs(struct session *s, const struct variant *v,
			  const size_t *progs)
{
	for (int i = 0; i < VARIANT_PROGS && progs[i]; i++)
		if (!is_for_ipv6(v, progs[i]) || probe__has_ipv6(s->probe))
			bpf_program__set_autoload(session__program(s, progs[i]), true);
}

static void select_programs(struct session *s)
{
	for (size_t i = 0; i < hook_count; i++) {
		const struct hook_choice *c = &s->choices[i];

		if (!c->needed || !c->chosen)
			continue;
		want_programs(s, c->chosen, c->chosen->progs);
		if (probe__preempts(s->probe))
			want_programs(s, c->chosen, c->chosen->preempted);
		if (hooks[i].for_waiting)
			bpf_program__set_autoload(s->skel->progs.waiting__iter,
						  true);
	}
	bpf_program__set_autoload(s->skel->progs.kernel_facts__raw_tp, true);
}

static int load_error(struct session *s, int err)
{
	if (err == -EPERM || err == -EACCES)
		return session__fail(s, err,
			    "cannot load BPF programs: %s: run as root, or "
			    "with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN",
			    strerror(-err));
	return session__fail(s, err,
		    "cannot load BPF programs: %s: `tcptrace-bpf doctor` shows "
		    "what this kernel allows", strerror(-err));
}

static int no_types(struct session *s, const char *file, int err)
{
	if (file)
		return session__fail(s, err, "--btf %s: %s: name a file of BTF, as "
			    "/sys/kernel/btf/vmlinux is", file,
			    err == -EIO ? "no BTF in it" : strerror(-err));
	if (err == -EPERM || err == -EACCES)
		return session__fail(s, err, "cannot see the kernel's types: %s: show "
			    "/sys/kernel/btf, or run with CAP_SYS_ADMIN",
			    strerror(-err));
	return session__fail(s, err, "this kernel has no types (BTF): boot one that is "
		    "built with CONFIG_DEBUG_INFO_BTF");
}

static int patch_all(struct session *s)
{
	struct bpf_program *prog;
	int err;

	bpf_object__for_each_program(prog, s->skel->obj) {
		if (!bpf_program__autoload(prog))
			continue;
		err = patch__expr(prog, probe__btf(s->probe), s->opts.expr);
		if (err)
			return session__fail(s, err, "cannot load FILTER into the kernel: %s: "
				    "-vvvv shows why", strerror(-err));
	}
	return 0;
}

static int open_and_load(struct session *s)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts,
		    .btf_custom_path = s->opts.btf_file);
	struct kernel_btf_view view;
	int err;

	s->skel = tcptrace_bpf__open_opts(&opts);
	if (!s->skel)
		return load_error(s, -errno);
	select_programs(s);
	configure(s->skel, s->probe, &s->opts, s->choices);
	err = kernel_btf__show(&view);
	if (err)
		return no_types(s, NULL, err);
	err = tcptrace_bpf__load(s->skel);
	kernel_btf__hide(&view);
	if (!err && s->opts.config.expr)
		err = patch_all(s);
	return err ? load_error(s, err) : 0;
}

static int read_kernel_facts(struct session *s)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int fd = bpf_program__fd(s->skel->progs.kernel_facts__raw_tp);
	int err = bpf_prog_test_run_opts(fd, &opts);

	if (err)
		return session__fail(s, err, "cannot run a BPF program: %s",
			    strerror(-err));
	return 0;
}

static int set_selection(struct session *s)
{
	uint32_t zero = 0;
	int err;

	for (size_t i = 0; i < s->opts.npids; i++)
		session__add_pid(s, s->opts.pids[i]);
	if (s->opts.cgroup_fd < 0)
		return 0;
	err = bpf_map__update_elem(s->skel->maps.cgroups, &zero, sizeof(zero),
				   &s->opts.cgroup_fd, sizeof(int), 0);
	return err ? session__fail(s, err, "--cgroup: %s: not a cgroup v2 folder",
			  strerror(-err)) : 0;
}

int session__prepare(struct session *s)
{
	int err = choose_all(s);

	if (!err)
		err = open_and_load(s);
	if (!err)
		err = read_kernel_facts(s);
	return err ? err : set_selection(s);
}

int session__new(struct session **out, const struct session_opts *opts)
{
	struct session *s = calloc(1, sizeof(*s));
	int err;

	*out = s;
	if (!s)
		return -ENOMEM;
	s->opts = *opts;
	libbpf_set_print(libbpf_says);
	s->choices = calloc(hook_count, sizeof(*s->choices));
	if (!s->choices)
		return -ENOMEM;
	err = probe__new(&s->probe, opts->btf_file);
	if (err)
		return no_types(s, opts->btf_file, err);
	return session__prepare(s);
}

void session__free(struct session *s)
{
	if (!s)
		return;
	session__detach(s);
	probe__free(s->probe);
	free(s->choices);
	free(s);
}

int session__consume(struct session *s,
		     bool (*fn)(void *ctx, const void *data, size_t len),
		     void *ctx)
{
	s->fn = fn;
	s->fn_ctx = ctx;
	return ring_buffer__consume(s->ring);
}

void session__stop(struct session *s)
{
	__atomic_store_n(&s->skel->bss->active, 0, __ATOMIC_SEQ_CST);
}

int session__fd(const struct session *s)
{
	/* The map itself: epoll learns of a record only by a wake-up, and one
	 * that was begun before we said that we sleep gives none. */
	return bpf_map__fd(s->skel->maps.events);
}

void session__set_idle(struct session *s, bool idle)
{
	__atomic_store_n(&s->skel->bss->idle, idle, __ATOMIC_SEQ_CST);
}

int session__add_pid(struct session *s, uint32_t pid)
{
	uint32_t one = 1;
	uint8_t *hints = s->skel->bss->pid_hints;

	hints[pid % sizeof(s->skel->bss->pid_hints)] = 1;
	return bpf_map__update_elem(s->skel->maps.pids, &pid, sizeof(pid), &one,
				    sizeof(one), 0);
}

void session__del_pid(struct session *s, uint32_t pid)
{
	bpf_map__delete_elem(s->skel->maps.pids, &pid, sizeof(pid), 0);
}

/* As bpf/maps.bpf.h counts: units of 2^30 ns since boot, plus 1. */
void session__watch_port(struct session *s, uint16_t port)
{
	struct timespec now;
	uint64_t ns;

	clock_gettime(CLOCK_BOOTTIME, &now);
	ns = now.tv_sec * 1000000000ULL + now.tv_nsec;
	__atomic_store_n(&s->skel->bss->watched[port], (uint32_t)(ns >> 30) + 1,
			 __ATOMIC_RELAXED);
}

void session__stats(const struct session *s, struct tt_stats *now)
{
	*now = s->skel->bss->stats;
}

/* Runs that no program of the hook saw: what one of two twins misses, the other
 * one did. */
static uint64_t nested_misses(struct session *s, const struct variant *v)
{
	uint64_t n = 0;

	if (v->twins || (probe__preempts(s->probe) && v->preempted[0]))
		return 0;
	for (int i = 0; i < VARIANT_PROGS && v->progs[i]; i++)
		n += program_misses(session__program(s, v->progs[i]));
	return n;
}

void session__each_missed(struct session *s, session_missed_fn fn, void *ctx)
{
	for (size_t i = 0; i < hook_count; i++) {
		const struct hook_choice *c = &s->choices[i];
		struct hook_misses m = { 0 };

		if (!c->needed || !c->chosen)
			continue;
		m.nested = nested_misses(s, c->chosen);
		for (int j = 0; c->chosen->kind == AK_KPROBE && j < s->nlinks; j++)
			if (s->links[j].hook == i)
				m.returns += return_misses(s->links[j].link);
		if (m.nested || m.returns)
			fn(ctx, i, &m);
	}
}

const struct tt_kernel *session__kernel(const struct session *s)
{
	return &s->skel->bss->kernel_facts;
}

/* fdinfo's memlock: what the kernel charges for the map. */
static uint64_t map_bytes(int fd)
{
	char path[64], line[128];
	unsigned long long bytes = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	if (f)
		fclose(f);
	return bytes;
}

uint64_t session__map_bytes(const struct session *s)
{
	struct bpf_map *map;
	uint64_t sum = 0;

	bpf_object__for_each_map(map, s->skel->obj)
		sum += map_bytes(bpf_map__fd(map));
	return sum;
}

const struct hook_choice *session__choices(const struct session *s)
{
	return s->choices;
}

struct probe *session__probe(const struct session *s)
{
	return s->probe;
}
