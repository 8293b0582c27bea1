// SPDX-License-Identifier: BSD-2-Clause
/* The view: of the facts it prints packets only. */
#include <stdlib.h>

#include "view/tcpdump.h"

struct live {
	struct tcpdump *printer;
	bool one_device;
	uint8_t bytes[FRAME_BYTES_MAX]; /* of the frame being printed */
};

static void *view_new(const struct view_opts *opts)
{
	struct live *v = malloc(sizeof(*v));

	if (!v)
		return NULL;
	v->one_device = opts->form.one_device;
	v->printer = tcpdump__new(opts);
	if (v->printer)
		return v;
	free(v);
	return NULL;
}

static void view_fact(void *ctx, const struct fact *f, struct out *out)
{
	struct live *v = ctx;
	struct frame frame;
	uint32_t link;

	if (f->id != EV_packet)
		return;
	if (f->frame) {
		tcpdump__frame(v->printer, f->frame, out);
	} else if (f->packet) {
		link = v->one_device || f->one_device ? frame__device_link(f->packet) : LINK_SLL2;
		frame__from_record(f->packet, link, &frame, v->bytes);
		frame.time_ns = f->time_ns;
		tcpdump__frame(v->printer, &frame, out);
	}
}

static void view_free(void *ctx)
{
	struct live *v = ctx;

	tcpdump__free(v->printer);
	free(v);
}

const struct view view_tcpdump = {
	.name = "tcpdump",
	.help = "packets as tcpdump prints them",
	.new = view_new,
	.fact = view_fact,
	.free = view_free,
};
