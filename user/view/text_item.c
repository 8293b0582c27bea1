// SPDX-License-Identifier: BSD-2-Clause
/* What the lines of events are made of: both ends, durations, details. */
#include "view/text_item.h"

#define WORD_WIDTH 11	   /* "retransmit " */
#define NEAR_WIDTH 27	   /* ":9090 <> 127.0.0.1:40000   " */
#define OWNERS_SHOWN 8

static void put_tenths(struct line *l, uint64_t tenths, const char *unit)
{
	line__u64(l, tenths / 10);
	line__char(l, '.');
	line__u64(l, tenths % 10);
	line__str(l, unit);
}

static void put_pair(struct line *l, uint64_t v, char unit, uint64_t rest,
		     char rest_unit)
{
	line__u64(l, v);
	line__char(l, unit);
	line__digits(l, rest, 2);
	line__char(l, rest_unit);
}

void text__duration(struct line *l, uint64_t us)
{
	uint64_t s = us / 1000000;

	if (us < 1000) {
		line__u64(l, us);
		line__str(l, " us");
	} else if (!s) {
		put_tenths(l, us / 100, " ms");
	} else if (s < 60) {
		put_tenths(l, us / 100000, " s");
	} else if (s < 3600) {
		put_pair(l, s / 60, 'm', s % 60, 's');
	} else if (s < 86400) {
		put_pair(l, s / 3600, 'h', s / 60 % 60, 'm');
	} else {
		put_pair(l, s / 86400, 'd', s / 3600 % 24, 'h');
	}
}

void text__word(struct text *t, const char *name)
{
	size_t start = line__column(&t->line);

	line__str(&t->line, name);
	line__pad_to(&t->line, start + WORD_WIDTH);
}

struct line *text__item(struct text *t)
{
	struct line *l = &t->line;

	if (t->in_list) {
		line__str(l, ", ");
		return l;
	}
	t->in_list = true;
	line__char(l, ' ');
	if (t->detail && !t->tight)
		line__pad_to(l, t->detail);
	else
		line__char(l, ' ');
	return l;
}

static void put_address(struct line *l, const uint8_t addr[16])
{
	/* a v4-mapped address is dotted and needs no brackets */
	bool v6 = addr[0] || addr[10] != 0xff;

	if (v6)
		line__char(l, '[');
	line__addr(l, addr);
	if (v6)
		line__char(l, ']');
}

static void put_port(struct line *l, bool known, uint16_t port)
{
	line__char(l, ':');
	if (known)
		line__u64(l, port);
	else
		line__char(l, '-');
}

static void put_end(struct line *l, const uint8_t *addr, bool has_port,
		    uint16_t port)
{
	if (addr)
		put_address(l, addr);
	else
		line__char(l, '-');
	if (addr || has_port)
		put_port(l, has_port, port);
}

void text__local(struct text *t, const struct fact *f)
{
	put_end(&t->line, fact_has(f, F_LADDR) ? f->laddr : NULL,
		fact_has(f, F_LPORT), f->lport);
}

static void put_remote(struct text *t, const struct fact *f)
{
	put_end(&t->line, fact_has(f, F_RADDR) ? f->raddr : NULL,
		fact_has(f, F_RPORT), f->rport);
}

static bool has_remote(const struct fact *f)
{
	return fact_has(f, F_RADDR) || fact_has(f, F_RPORT);
}

void text__ends(struct text *t, const struct fact *f, enum arrow dir)
{
	text__local(t, f);
	line__char(&t->line, ' ');
	text__arrow(t, dir);
	line__char(&t->line, ' ');
	put_remote(t, f);
}

/* The local end as its port alone. */
static void put_short(struct text *t, const struct fact *f, enum arrow dir)
{
	put_port(&t->line, fact_has(f, F_LPORT), f->lport);
	line__char(&t->line, ' ');
	text__arrow(t, dir);
	line__char(&t->line, ' ');
	put_remote(t, f);
}

void text__ends_once(struct text *t, const struct fact *f, enum arrow dir)
{
	if (fact_has(f, F_LADDR) && fact_has(f, F_RADDR) &&
	    !memcmp(f->laddr, f->raddr, sizeof(f->laddr)))
		put_short(t, f, dir);
	else
		text__ends(t, f, dir);
}

void text__near(struct text *t, const struct fact *f)
{
	t->detail = line__column(&t->line) + NEAR_WIDTH;
	if (has_remote(f))
		put_short(t, f, ARROW_BOTH);
	else
		text__local(t, f);
}

void text__item_str(struct text *t, const char *s)
{
	text__item(t);
	text__safe(t, s);
}

void text__item_number(struct text *t, const char *name, uint64_t v)
{
	line__str(text__item(t), name);
	line__char(&t->line, ' ');
	line__u64(&t->line, v);
}

void text__item_duration(struct text *t, const char *name, uint64_t us)
{
	line__str(text__item(t), name);
	line__char(&t->line, ' ');
	text__duration(&t->line, us);
}

void text__item_error(struct text *t, const struct fact *f)
{
	if (!fact_has(f, F_ERROR))
		return;
	text__item(t);
	text__style(t, STYLE_BAD);
	line__str(&t->line, "failed ");
	text__safe(t, f->error);
	text__plain(t);
}

void text__item_peer(struct text *t, const struct fact *f)
{
	if (!fact_has(f, F_PEER) || !f->peer.pid)
		return;
	line__str(text__item(t), "peer ");
	text__safe(t, f->peer.comm);
	line__char(&t->line, '/');
	line__u64(&t->line, f->peer.pid);
}

void text__item_opts(struct text *t, const struct fact *f)
{
	if (!fact_has(f, F_OPTS))
		return;
	if (f->opts.nodelay)
		text__item_str(t, "nodelay");
	if (f->opts.linger_on && !f->opts.linger_s && !fact_has(f, F_LINGER))
		text__item_str(t, "linger 0");
	if (f->opts.keepalive_on)
		text__item_str(t, "keepalive");
}

void text__item_all_opts(struct text *t, const struct fact *f)
{
	const struct sock_opts *o = &f->opts;

	if (!fact_has(f, F_OPTS))
		return;
	if (o->nodelay)
		text__item_str(t, "nodelay");
	if (o->cork)
		text__item_str(t, "cork");
	if (o->linger_on)
		text__item_number(t, "linger", o->linger_s);
	if (!o->keepalive_on)
		return;
	text__item_number(t, "keepalive", o->ka_time_s);
	line__char(&t->line, '/');
	line__u64(&t->line, o->ka_intvl_s);
	line__char(&t->line, '/');
	line__u64(&t->line, o->ka_probes);
}

static void put_owner_ref(struct text *t, const struct owner_ref *o)
{
	text__safe(t, o->comm);
	line__char(&t->line, '/');
	if (o->pid)
		line__u64(&t->line, o->pid);
	else
		line__char(&t->line, '-');
	if (o->fd >= 0) {
		line__str(&t->line, " fd ");
		line__s64(&t->line, o->fd);
	}
}

void text__item_owners(struct text *t, const struct fact *f)
{
	if (!fact_has(f, F_OWNERS))
		return;
	if (!f->nowners)
		text__item_str(t, "no owner");
	if (!f->nowners || (f->nowners == 1 && fact_has(f, F_PID) &&
			    f->owners[0].pid == f->pid))
		return;
	line__str(text__item(t), "owners ");
	for (uint32_t i = 0; i < f->nowners && i < OWNERS_SHOWN; i++) {
		if (i)
			line__str(&t->line, "; ");
		put_owner_ref(t, &f->owners[i]);
	}
	if (f->nowners > OWNERS_SHOWN) {
		line__str(&t->line, "; and ");
		line__u64(&t->line, f->nowners - OWNERS_SHOWN);
		line__str(&t->line, " more");
	}
}
