/* SPDX-License-Identifier: BSD-2-Clause */
/* `doctor --json`: names here are promises, new ones may be added. */
#include "doctor.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/out.h"
#include "event/desc.h"

/* Names of processes and devices may hold any byte. */
static void put_string(struct out *out, const char *s)
{
	out__char(out, '"');
	for (; *s; s++) {
		unsigned char c = *s;

		if (c < 0x20 || c >= 0x7f)
			out__printf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			out__printf(out, "\\%c", c);
		else
			out__char(out, c);
	}
	out__char(out, '"');
}

static void put_member(struct out *out, const char *name, const char *value)
{
	out__printf(out, "\"%s\":", name);
	put_string(out, value);
	out__char(out, ',');
}

static const char *bool_word(bool b)
{
	return b ? "true" : "false";
}

static void put_kernel(const struct doctor *d, struct out *out)
{
	struct utsname u;

	uname(&u);
	out__printf(out, "{\"version\":\"%s\",\"kernel\":\"%s\",\"machine\":\"%s\","
		    "\"root\":%s,\"btf\":%s,", TT_VERSION, u.release, u.machine,
		    bool_word(!geteuid()), bool_word(d->host.has_btf));
	if (d->btf_file)
		put_member(out, "btf_file", d->btf_file);
	put_member(out, "lockdown", d->host.lockdown[0] ? d->host.lockdown :
							  "unknown");
}

static void put_host(const struct doctor_host *h, struct out *out)
{
	const char *sep = "";

	out__str(out, "\"missing_capabilities\":[");
	for (size_t i = 0; i < doctor_cap_count; i++) {
		if (!doctor_host__lacks(h, i))
			continue;
		out__printf(out, "%s\"%s\"", sep, doctor_caps[i].name);
		sep = ",";
	}
	out__str(out, "],");
	if (h->memlock != RLIM_INFINITY)
		out__printf(out, "\"memlock\":%llu,", (unsigned long long)h->memlock);
	if (h->tracers >= 0)
		out__printf(out, "\"other_tracing_programs\":%d,", h->tracers);
	out__str(out, "\"xdp\":[");
	for (size_t i = 0; i < h->nxdp; i++) {
		out__str(out, i ? ",{" : "{");
		put_member(out, "ifname", h->xdp[i].name);
		out__printf(out, "\"program\":%u}", h->xdp[i].prog);
	}
	out__str(out, "],\"protected\":[");
	for (size_t i = 0; i < h->nhidden; i++) {
		out__str(out, i ? ",{" : "{");
		put_member(out, "comm", h->hidden[i].comm);
		out__printf(out, "\"pid\":%u}", h->hidden[i].pid);
	}
	out__str(out, "],");
}

static void put_loading(const struct doctor *d, struct out *out)
{
	out__printf(out, "\"loads\":%s,", bool_word(!d->err));
	if (d->err)
		put_member(out, "error", d->why);
	out__printf(out, "\"snapshot\":%s,", bool_word(!d->snapshot_err));
	if (d->snapshot_err)
		put_member(out, "snapshot_error", strerror(-d->snapshot_err));
	out__printf(out, "\"ring_buffer_bytes\":%llu,",
		    (unsigned long long)d->ring_mb << 20);
	if (!d->err)
		out__printf(out, "\"map_bytes\":%llu,",
			    (unsigned long long)d->map_bytes);
	out__printf(out, "\"taps\":[{\"tap\":\"skb\",\"possible\":%s}],",
		    bool_word(doctor__has(d, EV_packet)));
}

static void put_event(const struct doctor *d, struct out *out,
		      const struct event_desc *e)
{
	const char *sep = "";

	out__printf(out, "{\"event\":\"%s\",\"possible\":%s,\"hooks\":[", e->name,
		    bool_word(doctor__has(d, e->id)));
	for (size_t i = 0; i < hook_count; i++) {
		if (!(hooks[i].events >> e->id & 1) || !d->choices[i].chosen)
			continue;
		out__printf(out, "%s\"%s\"", sep, hooks[i].name);
		sep = ",";
	}
	out__str(out, "]}");
}

static void put_events(const struct doctor *d, struct out *out)
{
	const char *sep = "";

	out__str(out, "\"events\":[");
	for (size_t i = 0; i < event_desc_count; i++) {
		if (!doctor__tells(&event_descs[i]))
			continue;
		out__str(out, sep);
		put_event(d, out, &event_descs[i]);
		sep = ",";
	}
	out__str(out, "],");
}

static void put_lacks(struct out *out, const struct variant *v)
{
	if (!v->lacks[0].kind)
		return;
	out__str(out, ",\"note\":\"");
	variant__put_lacks(v, out);
	out__str(out, "\",\"lacks\":[");
	for (int i = 0; i < VARIANT_LACKS && v->lacks[i].kind; i++) {
		const struct lack *l = &v->lacks[i];

		out__printf(out, "%s{\"kind\":\"%s\",\"event\":\"%s\"",
			    i ? "," : "", lack_kind_name(l->kind),
			    event_desc__by_id(l->event)->name);
		if (l->kind == LACK_FIELD)
			out__printf(out, ",\"field\":\"%s\"",
				    field_desc__by_id(l->field)->name);
		out__printf(out, ",\"what\":\"%s\"}", l->words);
	}
	out__str(out, "]");
}

static void put_events_of(struct out *out, const struct hook *h)
{
	const char *sep = "";

	for (size_t i = 0; i < event_desc_count; i++) {
		if (!(h->events >> event_descs[i].id & 1))
			continue;
		out__printf(out, "%s\"%s\"", sep, event_descs[i].name);
		sep = ",";
	}
}

static void put_hook(struct out *out, const struct hook *h,
		     const struct hook_choice *c)
{
	out__printf(out, "{\"hook\":\"%s\",\"optional\":%s,\"events\":[", h->name,
		    bool_word(h->optional));
	put_events_of(out, h);
	out__str(out, "]");
	if (c->chosen) {
		out__printf(out, ",\"kind\":\"%s\",\"target\":\"%s\"",
			    attach_kind_name(c->chosen->kind), c->chosen->target);
		put_lacks(out, c->chosen);
	}
	out__str(out, ",\"refused\":[");
	for (int i = 0; i < HOOK_VARIANTS && h->variants[i].kind &&
			&h->variants[i] != c->chosen; i++) {
		out__printf(out, "%s{\"kind\":\"%s\",\"target\":\"%s\",\"why\":",
			    i ? "," : "", attach_kind_name(h->variants[i].kind),
			    h->variants[i].target);
		put_string(out, c->why_not[i]);
		out__char(out, '}');
	}
	out__str(out, "]}");
}

void doctor__put_json(const struct doctor *d, struct out *out)
{
	put_kernel(d, out);
	put_host(&d->host, out);
	put_loading(d, out);
	put_events(d, out);
	out__str(out, "\"hooks\":[");
	for (size_t i = 0; d->chose && i < hook_count; i++) {
		out__str(out, i ? "," : "");
		put_hook(out, &hooks[i], &d->choices[i]);
	}
	out__str(out, "],\"advice\":[");
	for (size_t i = 0; i < d->nadvice; i++) {
		out__str(out, i ? "," : "");
		put_string(out, d->advice[i]);
	}
	out__str(out, "]}\n");
}
