// SPDX-License-Identifier: BSD-2-Clause
/* `read`: capture files through the same rooms as a live run. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/out.h"
#include "cli/config.h"
#include "event/desc.h"
#include "expr.h"
#include "flow/flow.h"
#include "output.h"
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
};

struct reading {
	const struct run_config *config;
	struct output output;
	struct flow_table *flows;
	struct expr expr;
	enum packets packets;
	struct input inputs[MAX_FILES];
	size_t ninputs;
	const struct input *now; /* the one whose frame is being told */
	bool direct; /* from the file to the view */
	struct fact direct_fact;
	uint64_t told, segments, others;
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

static void tell(void *ctx, const struct fact *fact)
{
	struct reading *r = ctx;
	struct fact f;

	if (r->stop)
		return;
	f = *fact;
	if (r->now)
		f.frame = &r->now->item.frame;
	if (r->ninputs > 1 && r->now) {
		f.file = r->now->name;
		fact_set(&f, F_FILE);
	}
	fact = &f;
	output__fact(&r->output, fact);
	r->told++;
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

static void tell_frame(struct reading *r, struct input *in)
{
	struct tt_rec_packet rec;

	if (r->direct) {
		print_frame(r, in);
		return;
	}
	r->now = in;
	frame__to_record(&in->item.frame, &in->ip, &rec);
	flow_table__apply(r->flows, &rec.hdr, rec.hdr.ts_ns, false);
}

/* --- files in --- */

static int bad_file(struct reading *r, const struct input *in, const char *why)
{
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
	else if (capture__cut(in->capture))
		log_warn("%s: %s", shown_path(in->path),
			 capture__cut(in->capture));
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

/* The input's next segment that is wanted, or its end. */
static void advance(struct reading *r, struct input *in)
{
	int ret;

	in->ready = false;
	while (!in->ready && !in->done && !r->stop) {
		ret = capture__next(in->capture, &in->item);
		if (ret <= 0) {
			end_input(r, in, ret);
		} else if (in->item.kind == CAPTURE_FRAME) {
			in->item.frame.time_ns += in->shift_ns;
			if (frame__ip(&in->item.frame, &in->ip))
				in->ready = is_wanted(r, in);
			else
				r->others++;
		}
	}
}

/* By time; files of the same moment in the order they were named. */
static struct input *earliest(struct reading *r)
{
	struct input *first = NULL;

	for (size_t i = 0; i < r->ninputs; i++) {
		struct input *in = &r->inputs[i];

		if (in->ready && (!first || in->item.frame.time_ns <
						    first->item.frame.time_ns))
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

	for (size_t i = 0; i < r->ninputs; i++)
		advance(r, &r->inputs[i]);
	while (!r->stop && !interrupted && (in = earliest(r))) {
		tell_frame(r, in);
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
	r->packets = run_config__packets(r->config);
	if (r->config->packets == PACKETS_DEFAULT && r->packets)
		r->packets = PACKETS_ALL; /* what a file holds was selected once */
	r->direct = !strcmp(r->output.view->name, "tcpdump") && r->packets &&
		    !run_config__selects(r->config);
	r->direct_fact.id = EV_packet;
	r->flows = flow_table__new(&o);
	return r->flows ? 0 : -ENOMEM;
}

static void catch_signals(void)
{
	const struct sigaction sa = { .sa_handler = on_signal };

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
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
	err = r.status ? -EINVAL : open_inputs(&r);
	if (!err) {
		err = output__open(&r.output, c, 0);
		if (!err)
			err = open_flows(&r);
		if (err)
			r.status = STATUS_FAILED;
	}
	if (!err) {
		set_clocks(&r);
		read_all(&r);
		say_summary(&r);
	}
	flow_table__free(r.flows);
	expr__close(&r.expr);
	output__close(&r.output);
	for (size_t i = 0; i < r.ninputs; i++)
		capture__free(r.inputs[i].capture);
	return r.status;
}
