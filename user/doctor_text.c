/* SPDX-License-Identifier: BSD-2-Clause */
/* `doctor` for people: one screen; with -v each hook as well. */
#include "doctor.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "base/out.h"
#include "event/desc.h"
#include "tcptrace/config.h"

enum { WIDTH = 79, LABEL = 15, EVENT = 11, REFUSED = 51, REASONS = 16 };

/* Reasons are numbered, for the same one refuses many ways. */
struct screen {
	const struct doctor *d;
	struct out *out;
	struct out *words; /* what is being composed */
	const char *reasons[REASONS];
	int nreasons;
};

/* What was composed, in lines that begin in this column. */
static void flow(struct screen *s, size_t column)
{
	const char *text = out__data(s->words, NULL);

	while (*text) {
		size_t len = strcspn(text, " ");

		if (out__column(s->out) + len + 1 > WIDTH)
			out__char(s->out, '\n');
		if (out__column(s->out) < column)
			out__pad_to(s->out, column);
		else if (out__column(s->out) > column)
			out__char(s->out, ' ');
		out__put(s->out, text, len);
		text += len;
		text += *text == ' ';
	}
	out__reset(s->words);
}

static void end_field(struct screen *s, const char *label)
{
	out__str(s->out, label);
	flow(s, LABEL);
	out__char(s->out, '\n');
}

/* Names of processes and devices may hold any byte. */
static void put_name(struct out *out, const char *s)
{
	for (; *s; s++)
		out__char(out, *s >= 0x20 && *s < 0x7f ? *s : '?');
}

/* --- the kernel and the host ---------------------------------------------- */

static void put_kernel(struct screen *s)
{
	const struct doctor_host *h = &s->d->host;
	struct utsname u;

	uname(&u);
	out__printf(s->out, "tcptrace-bpf %s on Linux %s %s\n", TT_VERSION,
		    u.release, u.machine);
	out__str(s->words, s->d->btf_file ? s->d->btf_file :
			   h->has_btf ? "BTF, of the kernel itself" :
					"none: this kernel has no BTF");
	end_field(s, "Kernel types");
	out__str(s->words, h->lockdown[0] ? h->lockdown :
			   "the kernel does not tell (/sys/kernel/security)");
	end_field(s, "Lockdown");
}

static void put_privileges(struct screen *s)
{
	const char *sep = "missing: ";

	for (size_t i = 0; i < doctor_cap_count; i++) {
		if (!doctor_host__lacks(&s->d->host, i))
			continue;
		out__printf(s->words, "%s%s (%s)", sep, doctor_caps[i].name,
			    doctor_caps[i].without);
		sep = ", ";
	}
	if (!s->d->host.missing_caps)
		out__str(s->words, "all that is needed");
	end_field(s, "Privileges");
}

static void put_programs(struct screen *s)
{
	if (s->d->err)
		out__printf(s->words, "NO: %s", s->d->why);
	else
		out__str(s->words, "load and attach");
	if (s->d->snapshot_err)
		out__printf(s->words, "; those that find the sockets there are: "
			    "NO: %s", strerror(-s->d->snapshot_err));
	end_field(s, "BPF programs");
	out__printf(s->words, "%u MiB (--buffer)", s->d->ring_mb);
	if (!s->d->err)
		out__printf(s->words, "; with all maps %llu MiB of the kernel's memory",
			    (unsigned long long)s->d->map_bytes >> 20);
	end_field(s, "Ring buffer");
	if (s->d->host.memlock == RLIM_INFINITY)
		out__str(s->words, "no limit");
	else
		out__printf(s->words, "%llu KiB, which counts for BPF before Linux "
			    "5.11 only",
			    (unsigned long long)s->d->host.memlock >> 10);
	end_field(s, "Locked memory");
}

/* --tap's words, and which of them stand here. */
static void put_taps(struct screen *s)
{
	out__str(s->words, doctor__has(s->d, EV_packet) ?
			   "skb: every device of every network namespace, none is "
			   "changed" : "skb: NO: see packet");
	for (size_t i = 0; s->d->chose && i < hook_count; i++) {
		const struct hook_choice *c = &s->d->choices[i];
		const char *name = hooks[i].tap == TT_TAP_TC ? "tc" : "xdp";

		if (!hooks[i].tap)
			continue;
		if (c->chosen && c->why_not[0][0])
			out__printf(s->words, "; %s: by %s (%s: %s)", name,
				    attach_kind_name(c->chosen->kind),
				    attach_kind_name(hooks[i].variants[0].kind),
				    c->why_not[0]);
		else if (c->chosen)
			out__printf(s->words, "; %s: by %s", name,
				    attach_kind_name(c->chosen->kind));
		else
			out__printf(s->words, "; %s: NO: %s", name, c->why_not[0]);
	}
	end_field(s, "Tap");
}

static void put_tracers(struct screen *s)
{
	const struct doctor_host *h = &s->d->host;

	if (h->tracers < 0)
		out__printf(s->words, "not told: %s", strerror(-h->tracers));
	else if (!h->tracers)
		out__str(s->words, "none");
	else
		out__printf(s->words, "%d BPF program%s, each costs the traced "
			    "something:", h->tracers, h->tracers > 1 ? "s" : "");
	for (int i = 0; i < DOCTOR_NAMES && h->tracer_names[i][0]; i++) {
		out__str(s->words, i ? ", " : " ");
		put_name(s->words, h->tracer_names[i]);
	}
	end_field(s, "Other tracers");
}

static void put_in_the_way(struct screen *s)
{
	const struct doctor_host *h = &s->d->host;

	for (size_t i = 0; i < h->nxdp; i++) {
		out__str(s->words, i ? ", " : "on ");
		put_name(s->words, h->xdp[i].name);
		out__printf(s->words, " (id %u)", h->xdp[i].prog);
	}
	if (h->nxdp) {
		out__str(s->words, ": segments that it drops or redirects are not "
				   "seen");
		end_field(s, "XDP program");
	}
	for (size_t i = 0; i < h->nhidden; i++) {
		out__printf(s->words, "%s%u (", i ? ", " : "", h->hidden[i].pid);
		put_name(s->words, h->hidden[i].comm);
		out__char(s->words, ')');
	}
	if (h->nhidden) {
		out__str(s->words, ", even from root: where no BPF program runs while "
				   "it does, what a softirq does then is not seen");
		end_field(s, "Protected");
	}
}

/* --- events --------------------------------------------------------------- */

static int reason_number(struct screen *s, const char *why)
{
	int i;

	for (i = 0; i < s->nreasons; i++)
		if (!strcmp(s->reasons[i], why))
			return i + 1;
	if (i == REASONS)
		return 0;
	s->reasons[s->nreasons++] = why;
	return s->nreasons;
}

/* Whether it is told with e: what all events need goes with its own. */
static bool carries(const struct hook *h, const struct event_desc *e)
{
	bool of_all = h->events >> EV_socket & 1;

	return (h->events >> e->id & 1) && (!of_all || !strcmp(h->name, e->name));
}

/* The hooks of e that were attached in this way. */
static bool put_kind(struct screen *s, const struct event_desc *e,
		     enum attach_kind kind, const char *before)
{
	const char *sep = ": ";

	for (size_t i = 0; i < hook_count; i++) {
		const struct variant *v = s->d->choices[i].chosen;

		if (!carries(&hooks[i], e) || !v || v->kind != kind)
			continue;
		if (*sep == ':')
			out__printf(s->words, "%s%s", before, attach_kind_name(kind));
		out__printf(s->words, "%s%s", sep, hooks[i].name);
		sep = ", ";
	}
	return *sep == ',';
}

static void put_hooks_of(struct screen *s, const struct event_desc *e)
{
	static const enum attach_kind kinds[] = { AK_FENTRY, AK_KPROBE, AK_TP_BTF,
						  AK_CGROUP };
	const char *before = "";

	if (e->id == EV_socket)
		out__str(s->words, "iter: tcp, task_file");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (put_kind(s, e, kinds[i], before))
			before = "; ";
}

/* Why the best way of this kind was refused; NULL if none was. */
static const char *reason_of(const struct hook *h, const struct hook_choice *c,
			     enum attach_kind kind)
{
	const struct variant *v = h->variants;

	for (int i = 0; i < HOOK_VARIANTS && v[i].kind && &v[i] != c->chosen; i++)
		if (v[i].kind == kind && c->why_not[i][0])
			return c->why_not[i];
	return NULL;
}

/* A bit for each reason that this kind of way was refused for. */
static uint32_t reasons_of(struct screen *s, const struct event_desc *e,
			   enum attach_kind kind)
{
	uint32_t found = 0;

	for (size_t i = 0; i < hook_count; i++) {
		const char *why = reason_of(&hooks[i], &s->d->choices[i], kind);

		if (why && carries(&hooks[i], e) && !hooks[i].spare)
			found |= 1u << reason_number(s, why);
	}
	return found;
}

static void put_refused(struct screen *s, const struct event_desc *e)
{
	const char *before = "";

	for (int kind = AK_FENTRY; kind <= AK_CGROUP; kind++) {
		uint32_t found = reasons_of(s, e, kind);

		if (!found)
			continue;
		out__printf(s->words, "%s%s", before, attach_kind_name(kind));
		for (int n = 1; n <= s->nreasons; n++)
			if (found >> n & 1)
				out__printf(s->words, " (%d)", n);
		before = ", ";
	}
}

static void put_event(struct screen *s, const struct event_desc *e)
{
	const struct hook *missing = doctor__missing_hook(s->d, e->id);

	out__str(s->out, e->name);
	if (doctor__has(s->d, e->id))
		put_hooks_of(s, e);
	else if (!s->d->err && s->d->refused >> e->id & 1)
		out__str(s->words, "NO: without CAP_NET_ADMIN");
	else if (missing)
		out__printf(s->words, "NO: no way to hook %s", missing->name);
	else
		out__str(s->words, "NO: the programs are refused, see above");
	flow(s, EVENT);
	if (s->d->chose && !s->d->err)
		put_refused(s, e);
	if (*out__data(s->words, NULL) && out__column(s->out) > REFUSED)
		out__char(s->out, '\n');
	flow(s, REFUSED);
	out__char(s->out, '\n');
}

/* Events of which a chosen hook does not show everything. */
static void put_lacking(struct screen *s)
{
	uint32_t lacking = 0;
	const char *sep = "";

	for (size_t i = 0; i < hook_count; i++) {
		const struct hook_choice *c = &s->d->choices[i];

		for (int j = 0; c->chosen && j < VARIANT_LACKS &&
				c->chosen->lacks[j].kind; j++)
			lacking |= 1u << c->chosen->lacks[j].event;
	}
	for (size_t i = 0; i < event_desc_count; i++) {
		if (!(lacking & s->d->events & 1u << event_descs[i].id))
			continue;
		out__printf(s->words, "%s%s", sep, event_descs[i].name);
		sep = ", ";
	}
	if (!*sep)
		return;
	out__str(s->words, " (-v: what)");
	end_field(s, "Not all seen");
}

static void put_events(struct screen *s)
{
	out__str(s->out, "\nEvent");
	out__pad_to(s->out, EVENT);
	out__str(s->out, "seen by");
	out__pad_to(s->out, REFUSED);
	out__str(s->out, "better ways, refused\n");
	for (size_t i = 0; i < event_desc_count; i++)
		if (doctor__tells(&event_descs[i]))
			put_event(s, &event_descs[i]);
	for (int i = 0; i < s->nreasons; i++) {
		out__printf(s->words, "(%d) %s", i + 1, s->reasons[i]);
		flow(s, 0);
		out__char(s->out, '\n');
	}
	put_lacking(s);
}

/* --- the rest ------------------------------------------------------------- */

static void put_hook(struct screen *s, const struct hook *h,
		     const struct hook_choice *c)
{
	const struct variant *v = h->variants;

	out__str(s->out, h->name);
	if (c->chosen)
		out__printf(s->words, "%s %s", attach_kind_name(c->chosen->kind),
			    c->chosen->target);
	else
		out__printf(s->words, "none%s",
			    h->optional ? ", and can do without" : "");
	flow(s, 19);
	out__char(s->out, '\n');
	if (c->chosen && c->chosen->lacks[0].kind) {
		variant__put_lacks(c->chosen, s->words);
		flow(s, 21);
		out__char(s->out, '\n');
	}
	for (int i = 0; i < HOOK_VARIANTS && v[i].kind && &v[i] != c->chosen; i++) {
		out__printf(s->words, "not %s %s: %s", attach_kind_name(v[i].kind),
			    v[i].target, c->why_not[i]);
		flow(s, 21);
		out__char(s->out, '\n');
	}
}

void doctor__put_text(const struct doctor *d, struct out *out, bool verbose)
{
	struct screen s = { .d = d, .out = out, .words = out__new_mem() };

	if (!s.words)
		return;
	put_kernel(&s);
	put_privileges(&s);
	put_programs(&s);
	put_taps(&s);
	put_tracers(&s);
	put_in_the_way(&s);
	put_events(&s);
	for (size_t i = 0; i < d->nadvice; i++) {
		out__str(s.words, d->advice[i]);
		end_field(&s, "To do:");
	}
	if (verbose && d->chose)
		out__str(out, "\nHooks, what they do not show and what is better:\n");
	for (size_t i = 0; verbose && d->chose && i < hook_count; i++)
		put_hook(&s, &hooks[i], &d->choices[i]);
	out__free(s.words);
}
