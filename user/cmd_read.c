// SPDX-License-Identifier: BSD-2-Clause
/* `read`: capture files through the same rooms as a live run. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "cli/config.h"
#include "event/desc.h"
#include "expr.h"
#include "flow/flow.h"
#include "live/procs.h"
#include "output.h"
#include "play.h"
#include "read_clocks.h"
#include "replay/capture.h"
#include "selection.h"
#include "tcptrace/parse.h"
#include "view/view.h"

struct input {
	const char *path, *name; /* name: without its folder */
	struct capture *capture;
	struct capture_item item; /* the next one; a frame */
	struct frame_ip ip;
	int64_t shift_ns; /* --clock-fix */
	bool ready, done;
	/* of a recording; play NULL: a foreign capture */
	struct play *play;
	struct expr run_filter;
	struct step_storage storage;
	struct step step;
	uint64_t time_ns; /* of what is next, UTC */
};

struct reading {
	const struct run_config *config;
	struct output output;
	struct flow_table *flows;
	struct expr expr;
	enum packets packets;
	struct input inputs[MAX_FILES];
	size_t ninputs;
	struct play_opts play;
	struct input *opening; /* whose next step is taken */
	const struct input *now; /* the one whose frame is being told */
	bool direct; /* from the file to the view */
	struct fact direct_fact;
	uint64_t told, segments, others, lost;
	int64_t utc_offset_ns; /* that the view adds to a fact's time */
	bool one_run; /* all are files of one run's rotation */
	bool stop;
	int status;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

static const char *shown_path(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

/* --- facts out --- */

/* Between the clock of its file and that of the first. */
static int64_t shift_of(const struct reading *r, const struct input *in)
{
	int64_t own = in && in->play ? play__settings(in->play)->utc_offset_ns +
					       in->shift_ns : 0;

	return own - r->utc_offset_ns;
}

/* Of a recording the reader's FILTER takes frames as it does those of others. */
static bool passes(struct reading *r)
{
	const struct frame *f = r->now ? &r->now->item.frame : NULL;

	return !f || !r->now->play || r->now->item.kind != CAPTURE_FRAME ||
	       expr__takes_frame(&r->expr, f->link, f->data, f->caplen,
				 f->len) == 1;
}

static int filter_as_run(void *ctx, const char *text, struct select *s)
{
	struct reading *r = ctx;
	struct input *in = r->opening;
	size_t len = strlen(text) + 1;
	char *copy = malloc(len);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	free((char *)in->run_filter.text);
	expr__close(&in->run_filter);
	if (expr__open(&in->run_filter, copy)) {
		free(copy);
		in->run_filter.text = NULL;
		return -EINVAL;
	}
	expr__select(&in->run_filter, s);
	return 0;
}

static void tell(void *ctx, const struct fact *fact)
{
	struct reading *r = ctx;
	bool name = r->ninputs > 1 && r->now && !r->one_run;
	int64_t shift = shift_of(r, r->now);
	struct fact f;

	if (r->stop || (fact->id == EV_packet && !passes(r)))
		return;
	f = *fact;
	f.time_ns += shift;
	if (r->now && !r->now->play)
		f.frame = &r->now->item.frame;
	f.one_device = r->now && r->now->play && fact->id == EV_packet &&
		       r->now->item.frame.link != LINK_SLL2;
	if (name) {
		f.file = r->now->name;
		fact_set(&f, F_FILE);
	}
	fact = &f;
	output__fact(&r->output, fact);
	r->told++;
	if (fact->id == EV_lost)
		r->lost += fact->count;
	if (r->config->count && r->told >= r->config->count)
		r->stop = true;
}

/* tcpdump's lines need nothing of what flows know: its grammar has no owners,
 * and shows what is no good segment too. */
static void print_frame(struct reading *r, const struct input *in)
{
	r->direct_fact.frame = &in->item.frame;
	output__fact(&r->output, &r->direct_fact);
	r->told++;
	if (r->config->count && r->told >= r->config->count)
		r->stop = true;
}

static void tell_next(struct reading *r, struct input *in)
{
	struct tt_rec_packet rec;

	if (r->direct && !in->play) {
		print_frame(r, in);
		return;
	}
	r->now = in;
	if (in->play) {
		play__step(in->play, &in->step);
		return;
	}
	frame__to_record(&in->item.frame, &in->ip, &rec);
	flow_table__apply(r->flows, &rec.hdr, rec.hdr.ts_ns, false);
}

/* --- files in --- */

static int bad_file(struct reading *r, const struct input *in, const char *why)
{
	if (interrupted) /* it is our reading that ended */
		return -EBADMSG;
	log_error("%s: %s", shown_path(in->path), why);
	r->status = STATUS_BAD_FILE;
	return -EBADMSG;
}

/* One that is good up to its middle was told that far. */
static void end_input(struct reading *r, struct input *in, int err)
{
	in->done = true;
	if (err)
		bad_file(r, in, capture__error(in->capture));
	else if (interrupted)
		return;
	else if (capture__cut(in->capture))
		log_warn("%s: %s", shown_path(in->path),
			 capture__cut(in->capture));
	else if (in->play && !play__ended(in->play))
		log_warn("%s: has no end: the run went on, and its recording was "
			 "stopped", shown_path(in->path));
}

static bool is_control(const struct frame *f, const struct frame_ip *ip)
{
	struct tt_seg seg;

	return !tt_parse_segment(f->data + ip->off, f->caplen - ip->off,
				 f->len - ip->off, &seg) &&
	       seg.tcp_flags & (TT_TCP_SYN | TT_TCP_FIN | TT_TCP_RST);
}

static bool is_wanted(struct reading *r, const struct input *in)
{
	const struct frame *f = &in->item.frame;
	int takes;

	if (!frame__is_tcp(&in->item.frame, &in->ip)) {
		r->others++;
		return false;
	}
	r->segments++;
	takes = expr__takes_frame(&r->expr, f->link, f->data, f->caplen, f->len);
	if (takes <= 0) {
		if (takes < 0)
			r->status = STATUS_USAGE;
		r->stop |= takes < 0;
		return false;
	}
	return r->packets != PACKETS_CONTROL ||
	       is_control(&in->item.frame, &in->ip);
}

static void next_frame(struct reading *r, struct input *in)
{
	in->item.frame.time_ns += in->shift_ns;
	in->time_ns = in->item.frame.time_ns;
	if (frame__ip(&in->item.frame, &in->ip))
		in->ready = is_wanted(r, in);
	else
		r->others++;
}

/* A packet of a recording is a record too. One without, of an editor's hand,
 * is left out: the run did not see it. */
static int packet_step(struct reading *r, struct input *in, const char **why)
{
	uint16_t len;
	const struct frame *f = &in->item.frame;
	const uint8_t *option = pcapng_option(&in->item.options,
					      TT_OPTION_RECORD, &len);

	in->step = (struct step){ 0 };
	if (!option || !frame__ip(f, &in->ip)) {
		r->others++;
		return 0;
	}
	r->segments++;
	return step__from_packet(&in->storage, option, len, f->data + in->ip.off,
				 f->caplen - in->ip.off, &in->step, why);
}

/* A recording's next step that tells something; the others are taken. */
static void next_step(struct reading *r, struct input *in)
{
	const struct capture_item *item = &in->item;
	const char *why = strerror(ENOMEM);
	int err;

	r->opening = in;
	if (item->kind == CAPTURE_FRAME)
		err = packet_step(r, in, &why);
	else
		err = step__from_block(&in->storage, item->body, item->body_len,
				       &in->step, &why);
	in->time_ns = err ? 0 : step__time(&in->step);
	if (!err && !in->time_ns)
		err = play__step(in->play, &in->step);
	if (err) {
		bad_file(r, in, err == -EINVAL ? "its run's FILTER is none here" : why);
		in->done = true;
	}
	in->ready = in->time_ns;
	if (in->ready)
		in->time_ns += play__settings(in->play)->utc_offset_ns +
			       in->shift_ns;
}

/* The first block of ours makes it a recording. */
static bool is_recording(struct reading *r, struct input *in)
{
	const struct capture_item *item = &in->item;

	if (item->kind == CAPTURE_FRAME)
		return in->play;
	if (item->kind != CAPTURE_BLOCK ||
	    !step__is_ours(item->type, item->body, item->body_len))
		return false;
	if (!in->play)
		in->play = play__new(&r->play);
	return in->play;
}

/* Others record packets alone: nothing of them could be selected by its owner. */
static bool knows_no_owners(struct reading *r, struct input *in)
{
	if (!r->play.also.by_task && !r->play.also.netns)
		return false;
	log_error("%s: holds neither processes nor network namespaces to select: it is no "
		  "recording of -w", shown_path(in->path));
	r->status = STATUS_USAGE;
	r->stop = true;
	return true;
}

/* The input's next segment or event that is wanted, or its end. */
static void advance(struct reading *r, struct input *in)
{
	int ret;

	in->ready = false;
	while (!in->ready && !in->done && !r->stop) {
		ret = capture__next(in->capture, &in->item);
		if (ret <= 0)
			end_input(r, in, ret);
		else if (is_recording(r, in))
			next_step(r, in);
		else if (in->item.kind == CAPTURE_FRAME && !knows_no_owners(r, in))
			next_frame(r, in);
	}
}

/* By time; files of the same moment in the order they were named. */
static struct input *earliest(struct reading *r)
{
	struct input *first = NULL;

	for (size_t i = 0; i < r->ninputs; i++) {
		struct input *in = &r->inputs[i];

		if (in->ready && (!first || in->time_ns < first->time_ns))
			first = in;
	}
	return first;
}

static void flush(struct reading *r)
{
	int err = out__flush(r->output.out);

	if (err && !r->stop && err != -EPIPE) {
		log_error("cannot write: %s", strerror(-err));
		r->status = STATUS_FAILED;
	}
	r->stop |= err != 0;
}

static void read_all(struct reading *r)
{
	struct input *in;

	while (!r->stop && !interrupted && (in = earliest(r))) {
		tell_next(r, in);
		if (out__error(r->output.out))
			break;
		if (!r->stop)
			advance(r, in);
	}
	flush(r);
}

/* --- the whole --- */

static int open_inputs(struct reading *r)
{
	for (size_t i = 0; i < r->config->nfiles; i++) {
		struct input *in = &r->inputs[r->ninputs++];
		const char *slash;
		int err;

		in->path = r->config->files[i];
		slash = strrchr(in->path, '/');
		in->name = slash && slash[1] ? slash + 1 : shown_path(in->path);
		err = capture__open(&in->capture, in->path);
		if (err)
			return bad_file(r, in, in->capture ?
						       capture__error(in->capture) :
						       strerror(-err));
	}
	return 0;
}

static void set_clocks(struct reading *r)
{
	int64_t shifts[MAX_FILES];

	read_clocks(r->config, shifts);
	for (size_t i = 0; i < r->ninputs; i++)
		r->inputs[i].shift_ns = shifts[i];
}

static bool same_run(const struct input *a, const struct input *b)
{
	const struct tt_blk_settings *x = play__settings(a->play);
	const struct tt_blk_settings *y = play__settings(b->play);

	return x->start_ns == y->start_ns && x->netns == y->netns &&
	       !strcmp(x->kernel, y->kernel);
}

/* The first item of each is read: recordings have told their settings. */
static void begin_inputs(struct reading *r)
{
	const struct input *first = &r->inputs[0];

	for (size_t i = 0; i < r->ninputs; i++)
		advance(r, &r->inputs[i]);
	if (first->play)
		r->utc_offset_ns = play__settings(first->play)->utc_offset_ns;
	r->one_run = first->play;
	for (size_t i = 1; i < r->ninputs; i++)
		r->one_run = r->one_run && r->inputs[i].play &&
			     same_run(first, &r->inputs[i]);
}

/* What a run did not tell cannot be had of its recording: no default set. */
static uint32_t wanted_events(const struct run_config *c)
{
	uint32_t packet = 1u << EV_packet, events = ~0u;

	if (c->events_only)
		events = c->events_add | 1u << EV_lost;
	if (c->packets > PACKETS_NONE)
		events |= packet;
	if (c->packets == PACKETS_NONE)
		events &= ~packet;
	return events & ~c->events_remove;
}

/* As a recording names them, without the place they are mounted at here. */
static const char *recorded_cgroup(const char *path)
{
	static const char mount[] = "/sys/fs/cgroup";

	return path && !strncmp(path, mount, sizeof(mount) - 1) ?
		       path + sizeof(mount) - 1 : path;
}

/* A number that is no process id is one that the recording has shown. */
static int take_netns(struct reading *r)
{
	const char *name = r->config->netns;
	char *end;
	unsigned long ino;
	int fd;

	if (!name || !strcmp(name, "all"))
		return 0;
	ino = strtoul(name, &end, 10);
	if (!*end && ino > PID_MAX) {
		r->play.also.netns = (uint32_t)ino;
		return 0;
	}
	fd = netns_open(name, &r->play.also.netns);
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	log_error("--netns %s: no network namespace of this host: give the number that "
		  "the recording has, as in -o json", name);
	return STATUS_USAGE;
}

static void set_play(struct reading *r)
{
	const struct run_config *c = r->config;

	r->play = (struct play_opts){
		.cgroup = recorded_cgroup(c->cgroup),
		.task = { .pids = c->pids, .npids = c->npids, .comm = c->comm,
			  .by_uid = c->by_uid, .uid = c->uid },
		.follow = c->follow,
		.control_only = c->packets == PACKETS_CONTROL,
		.filter = filter_as_run,
		.sink = tell,
		.ctx = r,
	};
	select_from_config(&r->play.also, c);
	expr__select(&r->expr, &r->play.also);
	r->play.also.events = wanted_events(c);
	r->packets = run_config__packets(c);
	if (c->packets == PACKETS_DEFAULT && r->packets)
		r->packets = PACKETS_ALL; /* what a file holds was selected once */
}

static int open_flows(struct reading *r)
{
	struct flow_opts o = {
		.max_flows = 1u << 20,
		.sink = tell,
		.sink_ctx = r,
	};

	select_from_config(&o.select, r->config);
	expr__select(&r->expr, &o.select);
	o.select.events = run_config__events(r->config);
	r->direct = !strcmp(r->output.view->name, "tcpdump") && r->packets &&
		    !run_config__selects(r->config);
	r->direct_fact.id = EV_packet;
	r->flows = flow_table__new(&o);
	return r->flows ? 0 : -ENOMEM;
}

static void catch_signals(void)
{
	const struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (signal(SIGHUP, SIG_IGN) != SIG_IGN) /* else nohup(1) has started us */
		sigaction(SIGHUP, &sa, NULL);
}

static void say_summary(const struct reading *r)
{
	log_printf(LOG_ERROR,
		   "%" PRIu64 " events told; %" PRIu64
		   " packets of TCP read, %" PRIu64 " others left out",
		   r->told, r->segments, r->others);
}

int cmd_read(const struct run_config *c)
{
	static struct reading r; /* 64 inputs are much for a stack */
	int err;

	r.config = c;
	catch_signals();
	r.status = expr__open(&r.expr, c->filter);
	set_play(&r);
	if (!r.status)
		r.status = take_netns(&r);
	err = r.status ? -EINVAL : open_inputs(&r);
	if (!err) {
		set_clocks(&r);
		begin_inputs(&r);
		err = output__open(&r.output, c, r.utc_offset_ns);
		if (!err)
			err = open_flows(&r);
		if (err)
			r.status = STATUS_FAILED;
	}
	if (!err) {
		read_all(&r);
		say_summary(&r);
	}
	flow_table__free(r.flows);
	expr__close(&r.expr);
	output__close(&r.output);
	for (size_t i = 0; i < r.ninputs; i++) {
		capture__free(r.inputs[i].capture);
		play__free(r.inputs[i].play);
		free((char *)r.inputs[i].run_filter.text);
		expr__close(&r.inputs[i].run_filter);
		step_storage__release(&r.inputs[i].storage);
	}
	return !r.status && c->strict && r.lost ? STATUS_LOST : r.status;
}
