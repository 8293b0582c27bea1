/* SPDX-License-Identifier: BSD-2-Clause */
/* `doctor`: what this kernel and these privileges allow. Attaches nothing. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "cli/config.h"
#include "doctor_host.h"
#include "event/desc.h"
#include "live/probe.h"
#include "live/session.h"

struct report {
	struct out *out;
	bool json;
	int missing; /* default events without a hook */
};

/* Names separated by sep, each in quote. */
static void event_list(struct out *out, uint32_t events, const char *quote,
		       const char *sep)
{
	const char *before = "";

	for (size_t i = 0; i < event_desc_count; i++) {
		if (!(events >> event_descs[i].id & 1))
			continue;
		out__printf(out, "%s%s%s%s", before, quote, event_descs[i].name,
			    quote);
		before = sep;
	}
}

/* Whether every hook that the event cannot do without is there. */
static bool is_possible(const struct hook_choice *c, enum event_id id)
{
	for (size_t i = 0; i < hook_count; i++)
		if ((hooks[i].events >> id & 1) && !c[i].chosen &&
		    !hooks[i].optional)
			return false;
	return true;
}

static void event_hooks(struct report *r, const struct hook_choice *c,
			enum event_id id, const char *quote)
{
	const char *before = "";

	for (size_t i = 0; i < hook_count; i++) {
		if (!(hooks[i].events >> id & 1) || !c[i].chosen)
			continue;
		out__printf(r->out, "%s%s%s%s", before, quote, hooks[i].name,
			    quote);
		before = *quote ? "," : ", ";
	}
}

static void report_event(struct report *r, const struct hook_choice *c,
			 const struct event_desc *e, bool first)
{
	bool possible = is_possible(c, e->id);

	if (!possible && e->group != GROUP_ASKED)
		r->missing++;
	if (r->json) {
		out__printf(r->out,
			    "%s{\"event\":\"%s\",\"possible\":%s,\"hooks\":[",
			    first ? "" : ",", e->name,
			    possible ? "true" : "false");
		event_hooks(r, c, e->id, "\"");
		out__str(r->out, "]}");
		return;
	}
	out__str(r->out, e->name);
	out__pad_to(r->out, 12);
	out__str(r->out, possible ? "yes  " : "NO   ");
	event_hooks(r, c, e->id, "");
	out__char(r->out, '\n');
}

static void report_events(struct report *r, const struct hook_choice *c)
{
	bool first = true;

	for (size_t i = 0; i < event_desc_count; i++) {
		const struct event_desc *e = &event_descs[i];

		if (e->group == GROUP_LATER || e->id == EV_lost)
			continue;
		report_event(r, c, e, first);
		first = false;
	}
}

static void hook_text(struct report *r, const struct hook *h,
		      const struct hook_choice *c)
{
	out__str(r->out, h->name);
	out__pad_to(r->out, 20);
	if (c->chosen) {
		out__printf(r->out, "%s %s\n", attach_kind_name(c->chosen->kind),
			    c->chosen->target);
		if (c->chosen->lacks[0].kind) {
			out__printf(r->out, "%20s", "");
			variant__put_lacks(c->chosen, r->out);
			out__str(r->out, "\n");
		}
	} else {
		out__str(r->out, h->optional ? "none, and can do without\n" :
					       "none\n");
	}
	for (int i = 0; i < HOOK_VARIANTS && h->variants[i].kind &&
			&h->variants[i] != c->chosen; i++)
		out__printf(r->out, "%20s%s %s: %s\n", "",
			    attach_kind_name(h->variants[i].kind),
			    h->variants[i].target, c->why_not[i]);
}

static void lacks_json(struct report *r, const struct variant *v)
{
	if (!v->lacks[0].kind)
		return;
	out__str(r->out, ",\"note\":\"");
	variant__put_lacks(v, r->out);
	out__str(r->out, "\",\"lacks\":[");
	for (int i = 0; i < VARIANT_LACKS && v->lacks[i].kind; i++) {
		const struct lack *l = &v->lacks[i];

		out__printf(r->out, "%s{\"kind\":\"%s\",\"event\":\"%s\"",
			    i ? "," : "", lack_kind_name(l->kind),
			    event_desc__by_id(l->event)->name);
		if (l->kind == LACK_FIELD)
			out__printf(r->out, ",\"field\":\"%s\"",
				    field_desc__by_id(l->field)->name);
		out__printf(r->out, ",\"what\":\"%s\"}", l->words);
	}
	out__str(r->out, "]");
}

/* Our own words only: nothing here needs escaping but quotes, and has none. */
static void hook_json(struct report *r, const struct hook *h,
		      const struct hook_choice *c, bool first)
{
	const char *sep = "";

	out__printf(r->out, "%s{\"hook\":\"%s\",\"events\":[",
		    first ? "" : ",", h->name);
	event_list(r->out, h->events, "\"", ",");
	out__str(r->out, "]");
	if (c->chosen)
		out__printf(r->out, ",\"kind\":\"%s\",\"target\":\"%s\"",
			    attach_kind_name(c->chosen->kind), c->chosen->target);
	if (c->chosen)
		lacks_json(r, c->chosen);
	out__str(r->out, ",\"refused\":[");
	for (int i = 0; i < HOOK_VARIANTS && h->variants[i].kind &&
			&h->variants[i] != c->chosen; i++) {
		out__printf(r->out, "%s{\"kind\":\"%s\",\"target\":\"%s\","
			    "\"why\":\"%s\"}", sep,
			    attach_kind_name(h->variants[i].kind),
			    h->variants[i].target, c->why_not[i]);
		sep = ",";
	}
	out__str(r->out, "]}");
}

static void report_hooks(struct report *r, struct session *s)
{
	const struct hook_choice *c = session__choices(s);

	out__str(r->out, r->json ? "\"events\":[" : "Events and their hooks:\n");
	report_events(r, c);
	out__str(r->out, r->json ? "],\"hooks\":[" : "\nHooks:\n");
	for (size_t i = 0; i < hook_count; i++) {
		if (r->json)
			hook_json(r, &hooks[i], &c[i], i == 0);
		else
			hook_text(r, &hooks[i], &c[i]);
	}
	if (r->json)
		out__str(r->out, "],");
}

/* One word in brackets is the mode in force; "none" without the file. */
static void read_lockdown(char *mode, size_t size)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char line[128], *from, *to;

	snprintf(mode, size, "unknown");
	if (f && fgets(line, sizeof(line), f) && (from = strchr(line, '[')) &&
	    (to = strchr(from, ']'))) {
		*to = 0;
		snprintf(mode, size, "%s", from + 1);
	}
	if (f)
		fclose(f);
}

static bool has_btf(void)
{
	return !access("/sys/kernel/btf/vmlinux", R_OK);
}

static void report_kernel(struct report *r, bool loads, const char *why)
{
	struct utsname u;
	char lockdown[32];

	uname(&u);
	read_lockdown(lockdown, sizeof(lockdown));
	if (r->json) {
		out__printf(r->out, "{\"version\":\"%s\",\"kernel\":\"%s\","
			    "\"machine\":\"%s\",\"root\":%s,\"btf\":%s,"
			    "\"lockdown\":\"%s\",", TT_VERSION, u.release,
			    u.machine, geteuid() ? "false" : "true",
			    has_btf() ? "true" : "false", lockdown);
		return;
	}
	out__printf(r->out, "tcptrace-bpf %s on Linux %s %s, lockdown %s, %s\n",
		    TT_VERSION, u.release, u.machine, lockdown,
		    has_btf() ? "BTF" : "no BTF");
	out__printf(r->out, "BPF programs: %s%s\n",
		    loads ? "load" : "do not load: ", loads ? "" : why);
}

static void report_maps(struct report *r, uint64_t bytes)
{
	if (r->json)
		out__printf(r->out, "\"map_bytes\":%llu,",
			    (unsigned long long)bytes);
	else
		out__printf(r->out, "Ring buffer and maps: %llu MiB of the "
			    "kernel's memory\n", (unsigned long long)bytes >> 20);
}

/* What the host is like before we load anything. */
static struct out *look_around(bool json)
{
	struct out *host = out__new_mem();

	if (host)
		doctor_host__put(host, json);
	return host;
}

int cmd_doctor(const struct run_config *c)
{
	struct session_opts o = { .cgroup_fd = -1, .btf_file = c->btf_file,
				.rung = rung_of_hooks(c) };
	struct report r = {
		.out = out__new_fd(STDOUT_FILENO),
		.json = c->output && !strcmp(c->output, "json"),
	};
	struct out *host = look_around(r.json);
	struct session *s = NULL;
	int err, status = STATUS_FAILED;

	if (!r.out || !host)
		goto out;
	for (size_t i = 0; i < event_desc_count; i++)
		if (event_descs[i].group == GROUP_ALWAYS)
			o.config.events |= 1u << event_descs[i].id;
	err = session__new(&s, &o);
	report_kernel(&r, !err, s ? session__error(s) : strerror(-err));
	out__str(r.out, out__data(host, NULL));
	if (!err)
		report_maps(&r, session__map_bytes(s));
	if (!r.json) {
		doctor_host__put_advice(r.out, has_btf() || c->btf_file);
		out__char(r.out, '\n');
	}
	if (s && session__probe(s) && probe__btf(session__probe(s)))
		report_hooks(&r, s);
	if (r.json)
		out__printf(r.out, "\"loads\":%s}\n", err ? "false" : "true");
	status = err || r.missing ? STATUS_CANNOT : STATUS_OK;
	if (err)
		log_error("%s", s ? session__error(s) : strerror(-err));
	session__free(s);
out:
	out__free(host);
	out__free(r.out);
	return status;
}
