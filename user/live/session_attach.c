// SPDX-License-Identifier: BSD-2-Clause
/* The chosen programs are put where they run, and taken away. */
#include "live/session_inside.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "live/probe.h"

enum { LOAD_TRIES = 8 };

static int attach_one(struct session *s, size_t hook, struct bpf_program *prog)
{
	const struct variant *v = s->choices[hook].chosen;
	struct bpf_link *link;

	if (!bpf_program__autoload(prog))
		return 0; /* left out: want_programs() */
	if (s->nlinks == MAX_LINKS)
		return session__fail(s, -E2BIG, "more programs than MAX_LINKS");
	if (v->kind == AK_CGROUP)
		link = bpf_program__attach_cgroup(prog,
						  probe__cgroup_fd(s->probe));
	else
		link = bpf_program__attach(prog);
	if (!link)
		return session__fail(s, -errno, "cannot attach %s by %s to %s: %s",
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
		prog = session__program(s, twins[i]);
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
		err = attach_one(s, i, session__program(s, v->progs[j]));
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

void session__detach(struct session *s)
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
		return session__fail(s, -errno, "cannot map the ring buffer: %s",
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
	return offset ? bpf_program__fd(session__program(s, offset)) : -1;
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
	return err ? session__fail(s, err, "%s", s->taps ? taps__error(s->taps) :
						  strerror(-err)) : 0;
}

int session__attach(struct session *s)
{
	int err = attach_all(s);

	for (int tries = 0; err && tries < LOAD_TRIES; tries++) {
		session__detach(s);
		s->error[0] = 0;
		err = session__prepare(s);
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
