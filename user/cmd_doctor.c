/* SPDX-License-Identifier: BSD-2-Clause */
/* `doctor`: what this kernel and these privileges allow, found by trying. What
 * it attaches for that sees nobody's work and is detached at once. */
#include "commands.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "cli/config.h"
#include "doctor.h"
#include "event/desc.h"
#include "live/host.h"
#include "live/probe.h"
#include "live/scan.h"
#include "live/session.h"

bool doctor__tells(const struct event_desc *e)
{
	return e->group != GROUP_LATER && e->id != EV_lost;
}

bool doctor__has(const struct doctor *d, enum event_id e)
{
	if (e == EV_socket && d->snapshot_err)
		return false;
	return d->events >> e & 1;
}

const struct hook *doctor__missing_hook(const struct doctor *d, enum event_id e)
{
	for (size_t i = 0; d->chose && i < hook_count; i++)
		if ((hooks[i].events >> e & 1) && !hooks[i].optional &&
		    !d->choices[i].chosen)
			return &hooks[i];
	return NULL;
}

/* What an earlier try found out of a hook that this one did without stays. */
static void keep_choices(struct doctor *d, const struct session *s)
{
	const struct hook_choice *c = session__choices(s);

	for (size_t i = 0; i < hook_count; i++)
		if (!d->chose || c[i].needed)
			d->choices[i] = c[i];
	d->chose = true;
}

/* Events that want a hook that is not there. */
static uint32_t events_without_hook(const struct doctor *d)
{
	uint32_t without = 0;

	for (size_t i = 0; i < event_desc_count; i++)
		if (doctor__missing_hook(d, event_descs[i].id))
			without |= 1u << event_descs[i].id;
	return without;
}

/* Events some of whose programs were to be put on a cgroup. */
static uint32_t events_by_cgroup(const struct doctor *d)
{
	uint32_t by_cgroup = 0;

	for (size_t i = 0; i < hook_count; i++)
		if (d->choices[i].chosen && d->choices[i].chosen->kind == AK_CGROUP)
			by_cgroup |= hooks[i].events;
	return by_cgroup;
}

/* Every hook there is, for a process that is this one. */
static int try_once(struct doctor *d)
{
	uint32_t self = getpid();
	struct session_opts o = {
		.cgroup_fd = -1,
		.btf_file = d->btf_file,
		.rung = d->rung,
		.pids = &self,
		.npids = 1,
		.config = { .events = d->events, .task_by = TT_BY_PID,
			    .follow = true },
	};
	struct session *s;
	int err = session__new(&s, &o);

	if (!err)
		err = session__attach(s);
	if (s && session__probe(s) && probe__btf(session__probe(s)))
		keep_choices(d, s);
	if (err)
		snprintf(d->why, sizeof(d->why), "%s",
			 s ? session__error(s) : strerror(-err));
	else
		d->map_bytes = session__map_bytes(s);
	session__free(s);
	return err;
}

/* One hook that is missing shall not hide what the others can. */
static void try_all(struct doctor *d)
{
	uint32_t without;

	do {
		without = 0;
		d->err = try_once(d);
		if (d->err == -EOPNOTSUPP && d->chose)
			without = events_without_hook(d) & d->events;
		if (d->err == -EPERM && d->chose && !host__has_cap(CAP_NET_ADMIN))
			d->refused |= without = events_by_cgroup(d) & d->events;
		d->events &= ~without;
	} while (without);
	if (d->err)
		d->events = 0;
}

static void try_snapshot(struct doctor *d)
{
	struct scan *scan;

	d->snapshot_err = scan__open(&scan, d->btf_file, NULL);
	if (!d->snapshot_err)
		d->snapshot_err = scan__load_all(scan);
	scan__free(scan);
}

static void examine(struct doctor *d)
{
	doctor_host__look(&d->host);
	for (size_t i = 0; i < event_desc_count; i++)
		if (doctor__tells(&event_descs[i]))
			d->events |= 1u << event_descs[i].id;
	try_all(d);
	try_snapshot(d);
	doctor__advise(d);
}

/* 3 if an event of the default set cannot be had. */
static int status_of_doctor(const struct doctor *d)
{
	for (size_t i = 0; i < event_desc_count; i++)
		if (doctor__tells(&event_descs[i]) &&
		    event_descs[i].group != GROUP_ASKED &&
		    !doctor__has(d, event_descs[i].id))
			return STATUS_CANNOT;
	return STATUS_OK;
}

int cmd_doctor(const struct run_config *c)
{
	struct doctor d = {
		.btf_file = c->btf_file,
		.rung = rung_of_hooks(c),
		.ring_mb = SESSION_RING_MB,
		.choices = calloc(hook_count, sizeof(*d.choices)),
	};
	struct out *out = out__new_fd(STDOUT_FILENO);
	int status = STATUS_FAILED, err;

	if (!out || !d.choices)
		goto out;
	examine(&d);
	if (c->output && !strcmp(c->output, "json"))
		doctor__put_json(&d, out);
	else
		doctor__put_text(&d, out, c->verbose);
	status = status_of_doctor(&d);
	if (d.err)
		log_error("%s", d.why);
	err = out__flush(out);
	if (err && err != -EPIPE)
		status = STATUS_FAILED;
out:
	out__free(out);
	free(d.choices);
	return status;
}
