// SPDX-License-Identifier: BSD-2-Clause
/* Writes docs/hooks.md to stdout, from the table that a run chooses from. */
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "event/desc.h"
#include "live/hooks.h"

static const char head[] =
	"# Hooks and what each of them sees\n"
	"\n"
	"<!-- Made by `make docs` from user/live/hooks.c: edit that. -->\n"
	"\n"
	"A hook is one thing to see. Its variants are the ways to see it, the best\n"
	"first. A run takes, of each hook that a selected event needs, the first\n"
	"variant that this kernel and these privileges allow. That is found by\n"
	"trying, never from a version number. `tcptrace-bpf doctor` shows the choice\n"
	"and why each better variant was not taken; `-v` and `--dry-run` show it for\n"
	"one run. A hook that nothing selected needs is neither loaded nor attached.\n"
	"\n"
	"| kind | attached by | `--hooks` |\n"
	"|---|---|---|\n"
	"| fentry | a trampoline at the function's entry, and at its return (fexit) | `fentry` |\n"
	"| kprobe | a probe at the function's entry, and at its return (kretprobe) | `kprobe` |\n"
	"| tp_btf | a tracepoint whose arguments BTF describes | `tracepoint` |\n"
	"| cgroup | a link on the root of cgroup v2 | `tracepoint` |\n"
	"| tcx | a link on each device, for each direction | no matter |\n"
	"| clsact | a filter on each device, for each direction | no matter |\n"
	"| xdp | a link on each device that `-i` names | no matter |\n"
	"\n"
	"`--hooks` with a kind is mandatory for every needed hook that has such a\n"
	"variant; the others take their best.\n";

static const char columns[] =
	"\n"
	"## The table\n"
	"\n"
	"\"Without it\" is what becomes of the events if no variant can be had: the run\n"
	"is *refused* with status 3, they come with *less* in them, or *nothing* is\n"
	"missed. What a variant does not show is listed once more below, event by event.\n"
	"\n"
	"| hook | needed by | without it | kind | attached to | does not show |\n"
	"|---|---|---|---|---|---|\n";

static const char lacks_head[] =
	"\n"
	"## What a variant does not show\n"
	"\n"
	"Everything else is the same whatever the hooks: `make check-vm` compares the\n"
	"streams of the same scenarios under each kind of hooks, and fails for a\n"
	"difference that is not here and for a line here that makes none. `moment` is\n"
	"another moment of the same call, with no event between the two.\n"
	"\n"
	"| event | what | hook | kind | attached to | in words |\n"
	"|---|---|---|---|---|---|\n";

static const char tail[] =
	"\n"
	"## Beside the table\n"
	"\n"
	"Sockets that existed before the run, their owners, and everything that `list`\n"
	"prints come from three iterators (`iter/tcp`, `iter/task_file`, `iter/task`),\n"
	"read once the hooks above are attached. They have no variants: without them a\n"
	"run goes on, and such a socket has no owner until it acts.\n"
	"\n"
	"## What no variant sees\n"
	"\n"
	"- accept() and shutdown() made through io_uring, and a connect() made through\n"
	"  it that fails before its SYN: they go past the functions of the system\n"
	"  calls. The states and segments they cause are seen, and so are reads,\n"
	"  writes and connects that go through io_uring.\n"
	"- splice() out of a socket, and reads by mapping (TCP_ZEROCOPY_RECEIVE): no\n"
	"  `recv`. `bytes_received` of `close` counts them.\n"
	"- The end of TIME_WAIT: the small socket that stands for it is freed without\n"
	"  a trace.\n";

/* "every event" if it is: all that a hook can serve. */
static bool is_every_event(uint32_t events)
{
	for (size_t i = 0; i < event_desc_count; i++) {
		const struct event_desc *e = &event_descs[i];

		if (e->group != GROUP_LATER && e->id != EV_lost &&
		    !(events >> e->id & 1))
			return false;
	}
	return true;
}

static void put_needs(struct out *out, const struct hook *h)
{
	const char *sep = "";

	if (is_every_event(h->events)) {
		out__str(out, "every event");
		return;
	}
	for (size_t i = 0; i < event_desc_count; i++) {
		if (!(h->events >> event_descs[i].id & 1))
			continue;
		out__printf(out, "%s`%s`", sep, event_descs[i].name);
		sep = ", ";
	}
	if (h->when)
		out__printf(out, "%s%s", sep, h->when);
	if (h->for_pids) {
		out__printf(out, "%s`-p`", sep);
		sep = ", ";
	}
	if (h->for_follow) {
		out__printf(out, "%s`--follow`", sep);
		sep = ", ";
	}
	if (h->for_pids || h->for_follow)
		out__printf(out, "%s`run`", sep);
}

/* "a+b" as `a`, `b`; the number of arguments belongs to the first. */
static void put_targets(struct out *out, const struct variant *v)
{
	const char *rest = v->target, *sep = "";

	while (*rest) {
		size_t len = strcspn(rest, "+");

		out__printf(out, "%s`%.*s`", sep, (int)len, rest);
		if (!*sep && v->nargs && v->kind == AK_FENTRY)
			out__printf(out, " of %d argument%s", v->nargs,
				    v->nargs == 1 ? "" : "s");
		rest += len + (rest[len] != 0);
		sep = ", ";
	}
}

static const char *without(const struct hook *h)
{
	if (h->spare)
		return "nothing";
	return h->optional ? "less" : "refused";
}

static void put_variant(struct out *out, const struct hook *h, int i)
{
	const struct variant *v = &h->variants[i];

	out__str(out, "| ");
	if (i) {
		out__str(out, "| | |");
	} else {
		out__printf(out, "%s | ", h->name);
		put_needs(out, h);
		out__printf(out, " | %s |", without(h));
	}
	out__printf(out, " %s | ", attach_kind_name(v->kind));
	put_targets(out, v);
	out__str(out, " | ");
	variant__put_lacks(v, out);
	out__str(out, " |\n");
}

static void put_lacks(struct out *out, const struct hook *h,
		      const struct variant *v)
{
	for (int i = 0; i < VARIANT_LACKS && v->lacks[i].kind; i++) {
		const struct lack *l = &v->lacks[i];

		out__printf(out, "| `%s` | ", event_desc__by_id(l->event)->name);
		if (l->kind == LACK_FIELD)
			out__printf(out, "`%s`",
				    field_desc__by_id(l->field)->name);
		else
			out__str(out, lack_kind_name(l->kind));
		out__printf(out, " | %s | %s | ", h->name,
			    attach_kind_name(v->kind));
		put_targets(out, v);
		out__printf(out, " | %s |\n", l->words);
	}
}

int main(void)
{
	struct out *out = out__new_fd(STDOUT_FILENO);
	int err;

	if (!out)
		return 1;
	out__str(out, head);
	out__str(out, columns);
	for (size_t i = 0; i < hook_count; i++)
		for (int j = 0; j < HOOK_VARIANTS && hooks[i].variants[j].kind; j++)
			put_variant(out, &hooks[i], j);
	out__str(out, lacks_head);
	for (size_t i = 0; i < hook_count; i++)
		for (int j = 0; j < HOOK_VARIANTS && hooks[i].variants[j].kind; j++)
			put_lacks(out, &hooks[i], &hooks[i].variants[j]);
	out__str(out, tail);
	err = out__flush(out);
	out__free(out);
	return err ? 1 : 0;
}
