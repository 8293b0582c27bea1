/* SPDX-License-Identifier: BSD-2-Clause */
/* The recording of a run: what it is told beside the records. */
#include "trace.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "base/str.h"
#include "base/time.h"
#include "cli/config.h"
#include "commands.h"
#include "flow/flow.h"
#include "live/hz.h"
#include "live/session.h"
#include "record/link.h"
#include "selection.h"

static void set_selection(const struct trace *t, struct tt_blk_settings *b)
{
	struct select s = { .events = t->events, .netns = t->netns };

	select_from_config(&s, t->config);
	s.by_task |= t->living.count || t->leaving.count ||
		     t->config->command == CMD_RUN;
	select_to_settings(&s, b);
}

static void kernel_name(char *buf, size_t size)
{
	struct utsname u = { 0 };

	uname(&u);
	str_copy(buf, u.sysname, size);
	str_copy(buf + strlen(buf), " ", size - strlen(buf));
	str_copy(buf + strlen(buf), u.release, size - strlen(buf));
}

static void fill_settings(void *ctx, struct tt_blk_settings *s)
{
	const struct trace *t = ctx;
	const struct tt_kernel *k = session__kernel(t->session);

	s->hz = kernel_hz(k);
	s->start_ns = t->recorded_ns;
	s->netns = k->netns_ino;
	set_selection(t, s);
	s->count = t->teller.count;
	s->rate = t->teller.rate;
	s->told = t->teller.told;
	s->rate_second = t->teller.rate_second;
	s->rate_used = t->teller.rate_used;
	s->rate_dropped = t->teller.rate_dropped;
	str_copy(s->tool, TT_VERSION, sizeof(s->tool));
	kernel_name(s->kernel, sizeof(s->kernel));
}

static void save_one(void *ctx, uint16_t what, const void *data, size_t len)
{
	recorder__saved(ctx, what, data, len);
}

static void save(void *ctx, struct recorder *r)
{
	struct trace *t = ctx;

	flow_table__save(t->flows, save_one, r);
}

static void describe_hook(const struct hook *h, const struct hook_choice *c,
			  struct out *out)
{
	const struct variant *v = c->chosen;

	if (v)
		out__printf(out, "hook %s %s %s\n", h->name,
			    attach_kind_name(v->kind), v->target);
	for (int i = 0; i < HOOK_VARIANTS && h->variants[i].kind; i++)
		if (c->why_not[i][0])
			out__printf(out, "not %s %s %s: %s\n", h->name,
				    attach_kind_name(h->variants[i].kind),
				    h->variants[i].target, c->why_not[i]);
}

/* For people who look into a file: how the run saw what it saw. */
static void describe(const struct trace *t, struct out *out)
{
	const struct hook_choice *c = session__choices(t->session);
	char kernel[65];

	kernel_name(kernel, sizeof(kernel));
	out__printf(out, "tcptrace-bpf %s\nkernel %s\n", TT_VERSION, kernel);
	for (size_t i = 0; i < hook_count; i++)
		if (c[i].needed)
			describe_hook(&hooks[i], &c[i], out);
}

static int refuse(struct trace *t, int err, const char *path)
{
	log_error("-w %s: %s", path, strerror(-err));
	t->status = STATUS_FAILED;
	return err;
}

/* One link type a file: the device's own, where there is one device alone. */
static uint16_t link_type(const struct run_config *c)
{
	char path[64];
	unsigned int hatype = ARPHRD_ETHER;
	FILE *f;

	if (!run_config__one_device(c))
		return LINK_SLL2;
	snprintf(path, sizeof(path), "/sys/class/net/%.32s/type", c->ifaces[0]);
	f = fopen(path, "re");
	if (f && fscanf(f, "%u", &hatype) != 1)
		hatype = ARPHRD_ETHER;
	if (f)
		fclose(f);
	if (hatype == ARPHRD_ETHER || hatype == ARPHRD_LOOPBACK)
		return LINK_ETHERNET;
	return hatype == ARPHRD_NONE ? LINK_RAW : LINK_SLL2;
}

static int open_described(struct trace *t, const char *text)
{
	const struct run_config *c = t->config;
	struct utsname u = { 0 };
	char os[65];
	struct recorder_opts o = {
		.path = c->record,
		.rotate = { c->rotate_bytes, c->rotate_seconds, c->rotate_files },
		.link_type = link_type(c),
		.snaplen = RECORD_SNAPLEN,
		.hardware = u.machine,
		.os = os,
		.app = "tcptrace-bpf " TT_VERSION,
		.text = text,
		.filter = c->filter,
		.settings = fill_settings,
		.save = save,
		.ctx = t,
	};

	t->recorded_ns = time_boot_ns();
	if (o.link_type != LINK_SLL2)
		o.ifindex = if_nametoindex(c->ifaces[0]);
	if (o.ifindex)
		o.ifname = c->ifaces[0];
	uname(&u);
	kernel_name(os, sizeof(os));
	return recorder__new(&t->recorder, &o, t->recorded_ns, t->utc_offset_ns);
}

int trace__open_recorder(struct trace *t)
{
	const char *path = t->config->record;
	struct out *text;
	int err;

	if (!path)
		return 0;
	if (!strcmp(path, "-") && isatty(STDOUT_FILENO)) {
		log_error("-w -: standard output is a terminal: pipe it into "
			  "wireshark -k -i -, or name a file");
		t->status = STATUS_USAGE;
		return -EINVAL;
	}
	signal(SIGXFSZ, SIG_IGN); /* EFBIG, like a full disk; COMMAND was forked */
	text = out__new_mem();
	if (!text)
		return refuse(t, -ENOMEM, path);
	describe(t, text);
	err = open_described(t, out__data(text, NULL));
	out__free(text);
	return err ? refuse(t, err, path) : 0;
}

/* COMMAND is not to suffer for a disk that is full. */
static void give_up(struct trace *t, int err)
{
	if (err == -EPIPE) { /* who reads no more has what he wanted */
		t->stop |= !t->child.pid || t->child.ended;
		return;
	}
	log_error("-w %s: %s: the recording ends here",
		  recorder__path(t->recorder), strerror(-err));
	t->status = STATUS_FAILED;
	if (!t->child.pid || t->child.ended)
		t->stop = true;
}

void trace__check_recorder(struct trace *t)
{
	int err;

	if (!t->recorder)
		return;
	err = recorder__flush(t->recorder, time_boot_ns());
	if (!err)
		return;
	give_up(t, err);
	recorder__close(t->recorder);
	t->recorder = NULL;
}

void trace__close_recorder(struct trace *t)
{
	int err;

	trace__check_recorder(t);
	err = recorder__close(t->recorder);
	if (err && err != -EPIPE) {
		log_error("-w %s: %s", t->config->record, strerror(-err));
		t->status = STATUS_FAILED;
	}
	t->recorder = NULL;
}
