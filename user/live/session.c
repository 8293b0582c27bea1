/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/session.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "event/fact.h"
#include "live/choose.h"
#include "live/configure.h"
#include "live/kernel_btf.h"
#include "live/misses.h"
#include "live/probe.h"
#include "live/taps.h"
#include "tcptrace.skel.h"

enum { MAX_LINKS = 96, LOAD_TRIES = 8 };

struct session {
	struct session_opts opts;
	struct probe *probe;
	struct tcptrace_bpf *skel;
	struct ring_buffer *ring;
	struct taps *taps;
	struct hook_choice *choices;
	struct {
		struct bpf_link *link;
		size_t hook;
	} links[MAX_LINKS];
	int nlinks;
	bool (*fn)(void *ctx, const void *data, size_t len);
	void *fn_ctx;
	bool waits; /* attached what sees waiting calls return */
	struct {
		struct bpf_link *links[VARIANT_PROGS * 2];
		int nlinks;
		pthread_t thread; /* detaches them */
		bool running;
	} done;
	char error[256];
};

const char *session__error(const struct session *s)
{
	return s->error;
}

static int fail(struct session *s, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct session *s, int err, const char *fmt, ...)
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

	return err ? fail(s, err, "%s", why) : 0;
}

static struct bpf_program *program_at(struct session *s, size_t offset)
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
			bpf_program__set_autoload(program_at(s, progs[i]), true);
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
		return fail(s, err,
			    "cannot load BPF programs: %s: run as root, or "
			    "with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN",
			    strerror(-err));
	return fail(s, err,
		    "cannot load BPF programs: %s: `tcptrace-bpf doctor` shows "
		    "what this kernel allows", strerror(-err));
}

static int no_types(struct session *s, const char *file, int err)
{
	if (file)
		return fail(s, err, "--btf %s: %s: name a file of BTF, as "
			    "/sys/kernel/btf/vmlinux is", file,
			    err == -EIO ? "no BTF in it" : strerror(-err));
	if (err == -EPERM || err == -EACCES)
		return fail(s, err, "cannot see the kernel's types: %s: show "
			    "/sys/kernel/btf, or run with CAP_SYS_ADMIN",
			    strerror(-err));
	return fail(s, err, "this kernel has no types (BTF): boot one that is "
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
			return fail(s, err, "cannot load FILTER into the kernel: %s: "
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
		return fail(s, err, "cannot run a BPF program: %s",
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
	return err ? fail(s, err, "--cgroup: %s: not a cgroup v2 folder",
			  strerror(-err)) : 0;
}

static int prepare(struct session *s)
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
	return prepare(s);
}

static int attach_one(struct session *s, size_t hook, struct bpf_program *prog)
{
	const struct variant *v = s->choices[hook].chosen;
	struct bpf_link *link;

	if (!bpf_program__autoload(prog))
		return 0; /* left out: want_programs() */
	if (v->kind == AK_CGROUP)
		link = bpf_program__attach_cgroup(prog,
						  probe__cgroup_fd(s->probe));
	else
		link = bpf_program__attach(prog);
	if (!link)
		return fail(s, -errno, "cannot attach %s by %s to %s: %s",
			    hooks[hook].name, attach_kind_name(v->kind),
			    v->target, strerror(errno));
	s->links[s->nlinks].link = link;
	s->links[s->nlinks++].hook = hook;
	return 0;
}

/* A kprobe or a cgroup hook is refused only here: then the next variant has
 * its turn, from the start. */
static void give_up_variant(struct session *s, size_t i, int err)
{
	struct hook_choice *c = &s->choices[i];
	size_t n = c->chosen - hooks[i].variants;

	snprintf(c->why_not[n], sizeof(c->why_not[n]), "cannot be attached (%s)",
		 strerror(-err));
	log_info("%s", s->error);
}

/*
 * A twin runs after its program. A tracepoint's programs run in the order in
 * which they were attached, a function's the other way round.
 */
static int attach_twins(struct session *s, size_t hook, bool functions)
{
	const size_t *twins = s->choices[hook].chosen->preempted;
	struct bpf_program *prog;
	bool on_function;
	int err = 0;

	for (int i = 0; probe__preempts(s->probe) && !err && i < VARIANT_PROGS && twins[i]; i++) {
		prog = program_at(s, twins[i]);
		on_function = bpf_program__expected_attach_type(prog) !=
			      BPF_TRACE_RAW_TP;
		if (on_function == functions)
			err = attach_one(s, hook, prog);
	}
	return err;
}

static int attach_hook(struct session *s, size_t i)
{
	const struct variant *v = s->choices[i].chosen;
	int err;

	if (is_on_device(v->kind))
		return 0; /* when all the rest stands: attach_taps() */
	err = attach_twins(s, i, true);
	for (int j = 0; !err && j < VARIANT_PROGS && v->progs[j]; j++)
		err = attach_one(s, i, program_at(s, v->progs[j]));
	if (!err)
		err = attach_twins(s, i, false);
	if (err)
		give_up_variant(s, i, err);
	return err;
}

static void *detach_done(void *arg)
{
	struct session *s = arg;

	for (int i = 0; i < s->done.nlinks; i++)
		bpf_link__destroy(s->done.links[i]);
	s->done.nlinks = 0;
	return NULL;
}

static void join_detacher(struct session *s)
{
	if (s->done.running)
		pthread_join(s->done.thread, NULL);
	s->done.running = false;
}

static void detach_all(struct session *s)
{
	taps__free(s->taps);
	s->taps = NULL;
	join_detacher(s);
	for (int i = 0; i < s->nlinks; i++)
		bpf_link__destroy(s->links[i].link);
	s->nlinks = 0;
	s->waits = false;
	ring_buffer__free(s->ring);
	s->ring = NULL;
	tcptrace_bpf__destroy(s->skel);
	s->skel = NULL;
}

static int on_record(void *ctx, void *data, size_t len)
{
	struct session *s = ctx;

	return s->fn(s->fn_ctx, data, len) ? 0 : -ENOBUFS;
}

static int attach_all(struct session *s)
{
	int err;

	s->ring = ring_buffer__new(bpf_map__fd(s->skel->maps.events), on_record,
				   s, NULL);
	if (!s->ring)
		return fail(s, -errno, "cannot map the ring buffer: %s",
			    strerror(errno));
	for (size_t i = 0; i < hook_count; i++) {
		if (!s->choices[i].needed || !s->choices[i].chosen)
			continue;
		if (hooks[i].for_waiting) {
			s->waits = true;
			s->skel->bss->marking = 1;
		}
		err = attach_hook(s, i);
		if (err)
			return err;
		if (hooks[i].for_cookies && !probe__makes_cookies(s->probe) &&
		    s->opts.make_cookies)
			s->opts.make_cookies(s->opts.ctx);
	}
	return 0;
}

/* Runs the iterator over all tasks; what it finds it puts in a map. */
static int walk_tasks(struct bpf_link *link)
{
	int fd = bpf_iter_create(bpf_link__fd(link));
	char buf[64];
	ssize_t n;

	if (fd < 0)
		return fd;
	do
		n = read(fd, buf, sizeof(buf));
	while (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
	close(fd);
	return n < 0 ? -errno : 0;
}

/* Everything is attached: what is in a call now was before, or is seen. */
static void find_waiting(struct session *s)
{
	struct bpf_link *link;
	int err;

	if (!s->waits)
		return;
	link = bpf_program__attach_iter(s->skel->progs.waiting__iter, NULL);
	err = link ? walk_tasks(link) : -errno;
	if (err)
		log_warn("cannot look for calls that wait: %s: their return is "
			 "not seen", strerror(-err));
	bpf_link__destroy(link);
	__atomic_store_n(&s->skel->bss->marking, 0, __ATOMIC_RELEASE);
}

/* Lets close() be learned (close_is_sync) from a socket of our own. */
static void teach_close(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
}

static int program_fd(struct session *s, size_t offset)
{
	return offset ? bpf_program__fd(program_at(s, offset)) : -1;
}

static int attach_taps(struct session *s)
{
	int err = 0;

	for (size_t i = 0; !err && i < hook_count; i++) {
		const struct variant *v = s->choices[i].chosen;
		struct taps_opts o = { .config = &s->opts.config };

		if (!s->choices[i].needed || !v || !is_on_device(v->kind))
			continue;
		o.kind = v->kind;
		o.in_fd = program_fd(s, v->progs[0]);
		o.out_fd = program_fd(s, v->progs[1]);
		o.map_fd = bpf_map__fd(s->skel->maps.tap_devs);
		err = taps__new(&s->taps, &o);
	}
	return err ? fail(s, err, "%s", s->taps ? taps__error(s->taps) :
						  strerror(-err)) : 0;
}

int session__attach(struct session *s)
{
	int err = attach_all(s);

	for (int tries = 0; err && tries < LOAD_TRIES; tries++) {
		detach_all(s);
		s->error[0] = 0;
		err = prepare(s);
		if (err)
			return err;
		err = attach_all(s);
	}
	if (err)
		return err;
	err = attach_taps(s);
	if (err)
		return err;
	teach_close();
	find_waiting(s);
	__atomic_store_n(&s->skel->bss->active, 1, __ATOMIC_RELEASE);
	return 0;
}

void session__stop_waiting(struct session *s)
{
	int n = 0;

	if (!s->waits || __atomic_load_n(&s->skel->bss->waiting, __ATOMIC_RELAXED))
		return;
	for (int i = 0; i < s->nlinks; i++) {
		if (hooks[s->links[i].hook].for_waiting)
			s->done.links[s->done.nlinks++] = s->links[i].link;
		else
			s->links[n++] = s->links[i];
	}
	s->nlinks = n;
	s->waits = false;
	/* Another tracer that attaches to functions has the kernel's lock for as
	 * long as a grace period of all tasks takes: seconds, on a busy host. */
	s->done.running = !pthread_create(&s->done.thread, NULL, detach_done, s);
	if (!s->done.running)
		detach_done(s);
}

void session__free(struct session *s)
{
	if (!s)
		return;
	detach_all(s);
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
		n += program_misses(program_at(s, v->progs[i]));
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
