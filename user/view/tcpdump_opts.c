// SPDX-License-Identifier: BSD-2-Clause
/*
 * TCP options. An option is walked by what its printer took, not by the length
 * it claims: "[len N]" where the two differ, and the walk goes on behind what
 * was taken.
 */
#include "view/tcpdump_packet.h"

enum {
	OPT_EOL = 0, OPT_NOP = 1, OPT_MSS = 2, OPT_WSCALE = 3, OPT_SACKOK = 4,
	OPT_SACK = 5, OPT_ECHO = 6, OPT_ECHOREPLY = 7, OPT_TS = 8, OPT_CC = 11,
	OPT_CCNEW = 12, OPT_CCECHO = 13, OPT_MD5 = 19, OPT_SCPS = 20,
	OPT_UTO = 28, OPT_AO = 29, OPT_MPTCP = 30, OPT_TFO = 34, OPT_EXP = 254,
};

enum { MD5_LEN = 16, EXP_TFO = 0xf989 };

/* One option: its value from p on. */
struct option {
	struct tcpdump *t;
	const struct options_ctx *ctx;
	const uint8_t *p;
	uint32_t len;  /* it claims, its two first bytes aside */
	uint32_t left; /* bytes of options from p on */
	uint32_t took; /* bytes of the value that were printed */
};

enum result { TOOK, BAD, CUT_SAID, CUT_MUTE };

/* The value's first n bytes are within the header, and captured. */
static enum result need(const struct option *o, uint32_t n)
{
	if (n > o->left)
		return BAD;
	return has_bytes(o->t, o->p, n) ? TOOK : CUT_SAID;
}

#define NEED(o, n)                             \
	do {                                   \
		enum result r_ = need(o, n);   \
		if (r_ != TOOK)                \
			return r_;             \
	} while (0)

static enum result put_number(struct option *o, uint32_t n)
{
	const uint8_t *p = o->p;

	o->took = n;
	NEED(o, n);
	line__char(&o->t->line, ' ');
	put_u32(o->t, n == 1 ? *p : n == 2 ? get_be16(p) : get_be32(p));
	return TOOK;
}

static enum result put_sack(struct option *o)
{
	struct tcpdump *t = o->t;

	o->took = o->len;
	if (o->len % 8) {
		PUT(t, " invalid sack");
		return TOOK;
	}
	line__char(&t->line, ' ');
	put_u32(t, o->len / 8);
	line__char(&t->line, ' ');
	for (uint32_t i = 0; i < o->len; i += 8) {
		NEED(o, i + 8);
		line__char(&t->line, '{');
		put_u32(t, get_be32(o->p + i) - o->ctx->base);
		line__char(&t->line, ':');
		put_u32(t, get_be32(o->p + i + 4) - o->ctx->base);
		line__char(&t->line, '}');
	}
	return TOOK;
}

static enum result put_timestamps(struct option *o)
{
	struct tcpdump *t = o->t;

	o->took = 8;
	NEED(o, 8);
	PUT(t, " val ");
	put_u32(t, get_be32(o->p));
	PUT(t, " ecr ");
	put_u32(t, get_be32(o->p + 4));
	return TOOK;
}

static enum result put_md5(struct option *o)
{
	o->took = MD5_LEN;
	NEED(o, MD5_LEN);
	line__str(&o->t->line, o->ctx->whole ?
				       " shared secret not supplied with -M" :
				       " snaplen too short");
	PUT(o->t, ", can't check - ");
	put_bytes_hex(o->t, o->p, MD5_LEN);
	return TOOK;
}

static enum result put_scps(struct option *o)
{
	o->took = 2;
	NEED(o, 2);
	PUT(o->t, " cap ");
	put_bytes_hex(o->t, o->p, 1);
	PUT(o->t, " id ");
	put_u32(o->t, o->p[1]);
	return TOOK;
}

/* RFC 5482: the lowest bit says that it is minutes. */
static enum result put_uto(struct option *o)
{
	uint32_t v;

	o->took = 2;
	NEED(o, 2);
	v = get_be16(o->p);
	PUT(o->t, " 0x");
	put_hex(o->t, v, 1);
	line__char(&o->t->line, ' ');
	put_u32(o->t, v & 1 ? (v >> 1) * 60 : v >> 1);
	return TOOK;
}

static enum result put_ao(struct option *o)
{
	struct tcpdump *t = o->t;

	o->took = o->len;
	if (o->len < 2) { /* RFC 5925, 2.2 */
		PUT(t, " (invalid)");
		return TOOK;
	}
	NEED(o, 1);
	PUT(t, " keyid ");
	put_u32(t, o->p[0]);
	NEED(o, 2);
	PUT(t, " rnextkeyid ");
	put_u32(t, o->p[1]);
	if (o->len > 2)
		PUT(t, " mac 0x");
	for (uint32_t i = 2; i < o->len; i++) {
		NEED(o, i + 1);
		put_bytes_hex(t, o->p + i, 1);
	}
	return TOOK;
}

static void put_cookie(struct tcpdump *t, const uint8_t *p, uint32_t len)
{
	if (!len) {
		PUT(t, " cookiereq");
	} else if (len % 2 || len < 4 || len > 16) { /* RFC 7413, 4.1.1 */
		PUT(t, " (invalid)");
	} else {
		PUT(t, " cookie ");
		put_bytes_hex(t, p, len);
	}
}

static enum result put_tfo(struct option *o)
{
	o->took = o->len;
	NEED(o, o->len);
	line__char(&o->t->line, ' ');
	put_cookie(o->t, o->p, o->len);
	return TOOK;
}

/* RFC 6994: two bytes say whose experiment it is. */
static enum result put_experiment(struct option *o)
{
	uint16_t id;

	o->took = o->len;
	NEED(o, o->len);
	if (o->len < 2)
		return BAD;
	id = get_be16(o->p);
	line__char(&o->t->line, '-');
	if (id == EXP_TFO) {
		PUT(o->t, "tfo");
		put_cookie(o->t, o->p + 2, o->len - 2);
	} else {
		put_hex(o->t, id, 4);
	}
	return TOOK;
}

static enum result put_mptcp(struct option *o)
{
	const uint8_t *end = o->t->end;
	bool bad = false;
	int err;

	o->took = o->len;
	NEED(o, o->len);
	if (o->p + o->len < end)
		o->t->end = o->p + o->len;
	err = tcpdump_mptcp(o->t, o->p - 2, o->len + 2, o->ctx->flags, &bad);
	o->t->end = end;
	return err ? CUT_MUTE : bad ? BAD : TOOK;
}

static enum result put_unknown(struct option *o)
{
	o->took = o->len;
	if (o->len)
		PUT(o->t, " 0x");
	for (uint32_t i = 0; i < o->len; i++) {
		NEED(o, i + 1);
		put_bytes_hex(o->t, o->p + i, 1);
	}
	return TOOK;
}

static enum result put_value(struct option *o, uint8_t kind)
{
	switch (kind) {
	case OPT_EOL:
	case OPT_NOP:
	case OPT_SACKOK:
		return TOOK;
	case OPT_MSS:
		return put_number(o, 2);
	case OPT_WSCALE:
		return put_number(o, 1);
	case OPT_ECHO:
	case OPT_ECHOREPLY:
	case OPT_CC:
	case OPT_CCNEW:
	case OPT_CCECHO:
		return put_number(o, 4);
	case OPT_SACK:
		return put_sack(o);
	case OPT_TS:
		return put_timestamps(o);
	case OPT_MD5:
		return put_md5(o);
	case OPT_SCPS:
		return put_scps(o);
	case OPT_UTO:
		return put_uto(o);
	case OPT_AO:
		return put_ao(o);
	case OPT_MPTCP:
		return put_mptcp(o);
	case OPT_TFO:
		return put_tfo(o);
	case OPT_EXP:
		return put_experiment(o);
	}
	return put_unknown(o);
}

static void put_name(struct tcpdump *t, uint8_t kind)
{
	static const char *const names[] = {
		[OPT_EOL] = "eol", [OPT_NOP] = "nop", [OPT_MSS] = "mss",
		[OPT_WSCALE] = "wscale", [OPT_SACKOK] = "sackOK",
		[OPT_SACK] = "sack", [OPT_ECHO] = "echo",
		[OPT_ECHOREPLY] = "echoreply", [OPT_TS] = "TS", [OPT_CC] = "cc",
		[OPT_CCNEW] = "ccnew", [OPT_CCECHO] = "", [OPT_MD5] = "md5",
		[OPT_SCPS] = "scps", [OPT_UTO] = "uto", [OPT_AO] = "tcp-ao",
		[OPT_MPTCP] = "mptcp", [OPT_TFO] = "tfo", [OPT_EXP] = "exp",
	};

	if (kind < sizeof(names) / sizeof(names[0]) && names[kind]) {
		line__str(&t->line, names[kind]);
		return;
	}
	PUT(t, "unknown-");
	put_u32(t, kind);
}

static bool has_length(uint8_t kind)
{
	return kind != OPT_EOL && kind != OPT_NOP;
}

/* The option at *p, of which *left bytes are in the header. */
static enum result put_option(struct tcpdump *t, const struct options_ctx *ctx,
			      const uint8_t **p, uint32_t *left)
{
	uint8_t kind, len = 1, head = 1;
	struct option o = { .t = t, .ctx = ctx };
	enum result r;

	if (!has_bytes(t, *p, 1))
		return CUT_MUTE;
	kind = (*p)[0];
	if (has_length(kind)) {
		if (!has_bytes(t, *p, 2))
			return CUT_MUTE;
		len = (*p)[1];
		if (len < 2 || len > *left)
			return BAD;
		head = 2;
	}
	o.p = *p + head;
	o.left = *left - head;
	o.len = len - head;
	put_name(t, kind);
	r = put_value(&o, kind);
	if (r != TOOK)
		return r;
	*p = o.p + o.took;
	*left = kind == OPT_EOL ? 0 : o.left - o.took;
	if (o.took + head != len) {
		PUT(t, "[len ");
		put_u32(t, len);
		line__char(&t->line, ']');
	}
	return TOOK;
}

/* As in tcpdump: a cut closes with '>', from a form of its lines long gone. */
static void put_end(struct tcpdump *t, enum result r, bool first)
{
	if (r == BAD)
		PUT(t, "[bad opt]");
	else
		put_cut(t);
	if (!first)
		line__char(&t->line, r == BAD ? ']' : '>');
}

int tcpdump_options(struct tcpdump *t, const uint8_t *p, uint32_t len,
		    const struct options_ctx *ctx, bool *bad)
{
	PUT(t, ", options [");
	for (bool first = true; len; first = false) {
		enum result r;

		if (!first)
			line__char(&t->line, ',');
		r = put_option(t, ctx, &p, &len);
		if (r == CUT_MUTE)
			return CUT;
		if (r != TOOK) {
			put_end(t, r, first);
			*bad = true;
			return DONE;
		}
	}
	line__char(&t->line, ']');
	return DONE;
}
