// SPDX-License-Identifier: BSD-2-Clause
/* Segments in tcpdump's grammar (its print-tcp.c is the reference). */
#include "view/tcpdump.h"
#include "view/text.h"

static bool has_flag(const struct fact *f, char flag)
{
	return strchr(f->tcp_flags, flag);
}

/*
 * tcpdump counts from the first segment with ACK, and prints a SYN and
 * whatever has no ACK as they are on the wire.
 */
static bool is_relative(const struct text *t, const struct fact *f)
{
	return !t->opts.absolute_seq && !has_flag(f, 'S') && has_flag(f, '.');
}

static void put_end(struct line *l, const uint8_t *addr, bool has_port,
		    uint16_t port)
{
	if (addr)
		line__addr(l, addr);
	else
		line__char(l, '-');
	line__char(l, '.');
	if (has_port)
		line__u64(l, port);
	else
		line__char(l, '-');
}

static void put_ends(struct line *l, const struct fact *f)
{
	bool src = fact_has(f, F_SRC), dst = fact_has(f, F_DST);
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *any = src ? f->src : dst ? f->dst : mapped;

	line__str(l, memcmp(any, mapped, sizeof(mapped)) ? "IP6 " : "IP ");
	put_end(l, src ? f->src : NULL, fact_has(f, F_SPORT), f->sport);
	line__str(l, " > ");
	put_end(l, dst ? f->dst : NULL, fact_has(f, F_DPORT), f->dport);
	line__char(l, ':');
}

/* Only where the segment takes sequence space, or resets. */
static void put_seq(struct line *l, const struct fact *f, bool relative)
{
	uint32_t seq = f->tcp_seq;

	if (!f->len && !strpbrk(f->tcp_flags, "SFR"))
		return;
	if (relative && fact_has(f, F_REL_SEQ))
		seq = f->rel_seq;
	else if (!fact_has(f, F_TCP_SEQ))
		return;
	line__str(l, ", seq ");
	line__u64(l, seq);
	if (f->len) {
		line__char(l, ':');
		line__u64(l, seq + f->len);
	}
}

static void put_ack(struct line *l, const struct fact *f, bool relative)
{
	if (!has_flag(f, '.'))
		return;
	if (relative && fact_has(f, F_REL_ACK)) {
		line__str(l, ", ack ");
		line__u64(l, f->rel_ack);
	} else if (fact_has(f, F_TCP_ACK)) {
		line__str(l, ", ack ");
		line__u64(l, f->tcp_ack);
	}
}

static void option(struct line *l, bool *any, const char *name)
{
	line__str(l, *any ? "," : ", options [");
	*any = true;
	line__str(l, name);
}

/* The blocks of a fact count from the same base as its rel_ack. */
static void put_sack(struct line *l, const struct fact *f, bool relative)
{
	const struct seg_opts *o = &f->seg_opts;
	uint32_t base = 0;

	if (!relative && fact_has(f, F_REL_ACK))
		base = f->tcp_ack - f->rel_ack;
	line__u64(l, o->nsack);
	line__char(l, ' ');
	for (unsigned int i = 0; i < o->nsack && i < 4; i++) {
		line__char(l, '{');
		line__u64(l, o->sack[i].left + base);
		line__char(l, ':');
		line__u64(l, o->sack[i].right + base);
		line__char(l, '}');
	}
}

static void put_options(struct line *l, const struct fact *f, bool relative)
{
	const struct seg_opts *o = &f->seg_opts;
	bool any = false;

	if (!fact_has(f, F_TCP_OPTS))
		return;
	if (o->has_mss) {
		option(l, &any, "mss ");
		line__u64(l, o->mss);
	}
	if (o->sackok)
		option(l, &any, "sackOK");
	if (o->has_ts) {
		option(l, &any, "TS val ");
		line__u64(l, o->tsval);
		line__str(l, " ecr ");
		line__u64(l, o->tsecr);
	}
	if (o->has_wscale) {
		option(l, &any, "wscale ");
		line__u64(l, o->wscale);
	}
	if (o->nsack) {
		option(l, &any, "sack ");
		put_sack(l, f, relative);
	}
	if (any)
		line__char(l, ']');
}

static void put_direction(struct text *t, const struct fact *f)
{
	struct line *l = &t->line;
	const char *dir = fact_has(f, F_DIR) ? f->dir : NULL;

	line__str(l, "  ");
	if (dir && !strcmp(dir, "in"))
		text__arrow(t, ARROW_IN);
	else if (dir && !strcmp(dir, "out"))
		text__arrow(t, ARROW_OUT);
	else
		line__char(l, '-');
	line__char(l, ' ');
	if (fact_has(f, F_FILE)) {
		text__safe(t, f->file);
		line__char(l, ' ');
	}
	if (fact_has(f, F_IFNAME) && f->ifname && strcmp(f->ifname, "lo")) {
		text__safe(t, f->ifname);
		line__char(l, ' ');
	}
}

/* The packet as it was captured, or as a capture of its device would have it. */
static const struct frame *frame_of(struct text *t, const struct fact *f,
				    struct frame *made)
{
	if (!t->printer || f->frame || !f->packet)
		return t->printer ? f->frame : NULL;
	frame__from_record(f->packet, frame__device_link(f->packet), made, t->bytes);
	return made;
}

static void put_segment(struct text *t, const struct fact *f)
{
	struct line *l = &t->line;
	bool relative = is_relative(t, f);

	put_ends(l, f);
	line__str(l, " Flags [");
	text__safe(t, fact_has(f, F_FLAGS) ? f->tcp_flags : NULL);
	line__char(l, ']');
	put_seq(l, f, relative);
	put_ack(l, f, relative);
	if (fact_has(f, F_WIN)) {
		line__str(l, ", win ");
		line__u64(l, f->win);
	}
	put_options(l, f, relative);
	line__str(l, ", length ");
	if (fact_has(f, F_LEN))
		line__u64(l, f->len);
	else
		line__char(l, '-');
}

void text__segment(struct text *t, const struct fact *f)
{
	struct line *l = &t->line;
	const struct frame *frame;
	struct frame made;

	text__style(t, has_flag(f, 'R') ? STYLE_BAD : STYLE_PACKET);
	put_direction(t, f);
	frame = frame_of(t, f, &made);
	if (frame) {
		line__spill(l);
		tcpdump__words(t->printer, frame, l->out);
	} else {
		put_segment(t, f);
	}
	/* tcpdump ends here. One frame may stand for many, and the socket has a state. */
	if (fact_has(f, F_GSO) && f->gso > 1) {
		line__str(l, " (");
		line__u64(l, f->gso);
		line__str(l, " segments)");
	}
	if (fact_has(f, F_STATE) && f->state) {
		line__str(l, ", ");
		line__str(l, f->state);
	}
	text__plain(t);
}

void text__dump(struct text *t, const struct fact *f)
{
	struct frame made;
	const struct frame *frame = frame_of(t, f, &made);

	if (!frame)
		return;
	line__spill(&t->line);
	tcpdump__dump(t->printer, frame, t->line.out);
}
