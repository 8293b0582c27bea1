// SPDX-License-Identifier: BSD-2-Clause
/* IPv6 and the headers between it and TCP. */
#include "view/tcpdump_packet.h"

enum { IP6_LEN = 40 };
enum { HOPOPTS = 0, TCP = 6, ROUTING = 43, FRAGMENT = 44, AH = 51, DSTOPTS = 60 };
enum { OPT_PAD1 = 0, OPT_PADN = 1, OPT_ALERT = 5, OPT_JUMBO = 0xc2,
       OPT_HOMEADDR = 0xc9 };

/* Where the walk along the headers stands. */
struct walk {
	const uint8_t *ip, *p;
	uint32_t len; /* on the wire, from p on */
	uint32_t advance;
	uint32_t wire_len; /* of the packet */
	uint32_t jumbo;	   /* its length as an option told it, 0: none did */
	uint8_t next;	   /* what is at p */
	bool fragmented;
	bool had_hopopts;
};

enum step { GO_ON, LINE_ENDS, BYTES_END };

/* --- options --- */

static void put_ends(struct tcpdump *t, const uint8_t *ip)
{
	put_addr6(t, ip + 8);
	PUT(t, " > ");
	put_addr6(t, ip + 24);
	PUT(t, ": ");
}

static void put_hex_u32(struct tcpdump *t, const char *before, uint32_t v,
			unsigned int digits)
{
	line__str(&t->line, before);
	put_hex(t, v, digits);
}

static void put_number(struct tcpdump *t, const char *before, uint32_t v)
{
	line__str(&t->line, before);
	put_u32(t, v);
}

/* RFC 2675, 2: of a packet without a length, behind the IPv6 header. */
static void put_jumbo(struct tcpdump *t, const uint8_t *p, const struct walk *w)
{
	uint32_t len = get_be32(p + 2);

	PUT(t, "(jumbo: ");
	put_u32(t, len);
	if (w->next != HOPOPTS)
		PUT(t, " - not a hop-by-hop option");
	else if (get_be16(w->ip + 4))
		PUT(t, " - payload len != 0");
	else if (len < 65536)
		PUT(t, " - < 65536");
	PUT(t, ") ");
}

/* The length an option of this kind has, and its name; 0: any. */
static uint32_t option_min(uint8_t kind, const char **name)
{
	switch (kind) {
	case OPT_ALERT:
		*name = "rtalert";
		return 4;
	case OPT_JUMBO:
		*name = "jumbo";
		return 6;
	case OPT_HOMEADDR:
		*name = "homeaddr";
		return 18;
	}
	return 0;
}

/* Told whether or not -v asks for options. */
static bool is_bad_option(struct tcpdump *t, const uint8_t *p, uint32_t left)
{
	const char *name;
	uint32_t min = option_min(p[0], &name);

	if (!min || (left >= min &&
		     (p[0] == OPT_HOMEADDR ? p[1] + 2u >= min : p[1] + 2u == min)))
		return false;
	line__char(&t->line, '(');
	line__str(&t->line, name);
	if (left < min) {
		PUT(t, ": trunc)");
	} else {
		put_number(t, ": invalid len ", p[1]);
		line__char(&t->line, ')');
	}
	return true;
}

static void put_option(struct tcpdump *t, const uint8_t *p, const struct walk *w)
{
	switch (p[0]) {
	case OPT_PAD1:
		PUT(t, "(pad1)");
		return;
	case OPT_PADN:
		PUT(t, "(padn)");
		return;
	case OPT_ALERT:
		put_hex_u32(t, "(rtalert: 0x", get_be16(p + 2), 4);
		PUT(t, ") ");
		return;
	case OPT_JUMBO:
		put_jumbo(t, p, w);
		return;
	case OPT_HOMEADDR:
		PUT(t, "(homeaddr: ");
		put_addr6(t, p + 2);
		line__char(&t->line, ')');
		return;
	}
	put_hex_u32(t, "(opt_type 0x", p[0], 2);
	put_number(t, ": len=", p[1]);
	line__char(&t->line, ')');
}

static bool put_options(struct tcpdump *t, const uint8_t *p, uint32_t left,
			struct walk *w)
{
	uint32_t len;

	for (; left; p += len, left -= len) {
		len = 1;
		if (p[0] != OPT_PAD1) {
			if (left < 2 || left < p[1] + 2u)
				return false;
			len = p[1] + 2u;
			if (is_bad_option(t, p, left))
				return false;
		}
		if (t->form.verbose)
			put_option(t, p, w);
		if (p[0] == OPT_JUMBO && get_be32(p + 2) >= 65536)
			w->jumbo = get_be32(p + 2);
	}
	if (t->form.verbose)
		line__char(&t->line, ' ');
	return true;
}

/* The first header of a packet that tells no length is to hold it. */
static bool is_jumbogram(const struct walk *w)
{
	return w->p == w->ip + IP6_LEN && w->ip[6] == HOPOPTS &&
	       !get_be16(w->ip + 4);
}

static enum step take_jumbo(struct tcpdump *t, struct walk *w)
{
	if (!w->jumbo) {
		PUT(t, "[No valid Jumbo Payload Hop-by-Hop option found] (invalid)");
		return LINE_ENDS;
	}
	if (w->wire_len < w->jumbo + IP6_LEN) {
		put_number(t, "truncated-ip6 - ",
			   w->jumbo + IP6_LEN - w->wire_len);
		PUT(t, " bytes missing!");
	}
	if (has_bytes(t, w->ip + IP6_LEN, w->jumbo))
		t->end = w->ip + IP6_LEN + w->jumbo;
	w->len = w->jumbo;
	return GO_ON;
}

static enum step put_option_header(struct tcpdump *t, struct walk *w)
{
	uint32_t len;

	t->proto = w->next == HOPOPTS ? "hbhopt" : "dstopt";
	if (!has_bytes(t, w->p, 2))
		return BYTES_END;
	len = (w->p[1] + 1u) * 8;
	if (!has_bytes(t, w->p, len))
		return BYTES_END;
	line__str(&t->line, w->next == HOPOPTS ? "HBH " : "DSTOPT ");
	if ((w->next == HOPOPTS || t->form.verbose) &&
	    !put_options(t, w->p + 2, len - 2, w)) {
		put_cut(t);
		return is_jumbogram(w) && !w->jumbo ? take_jumbo(t, w) : LINE_ENDS;
	}
	w->advance = len;
	w->next = w->p[0];
	return is_jumbogram(w) ? take_jumbo(t, w) : GO_ON;
}

/* --- fragments, routes, authentication --- */

static enum step put_fragment(struct tcpdump *t, struct walk *w)
{
	uint16_t off;

	t->proto = "frag6";
	if (!has_bytes(t, w->p, t->form.verbose ? 8 : 4))
		return BYTES_END;
	off = get_be16(w->p + 2);
	PUT(t, "frag (");
	if (t->form.verbose) {
		put_hex_u32(t, "0x", get_be32(w->p + 4), 8);
		line__char(&t->line, ':');
	}
	put_u32(t, off & 0xfff8);
	line__char(&t->line, '|');
	line__u64(&t->line, (uint64_t)w->len - 8);
	line__char(&t->line, ')');
	if (off & 0xfff8) /* what follows is no header */
		return LINE_ENDS;
	line__char(&t->line, ' ');
	if (w->p + 8 >= t->end)
		return LINE_ENDS;
	w->fragmented = true;
	w->advance = 8;
	w->next = w->p[0];
	return GO_ON;
}

static enum step bad_route(struct tcpdump *t, const char *why, uint32_t v)
{
	if (why) {
		put_number(t, why, v);
		line__char(&t->line, ')');
	} else {
		PUT(t, " (unknown type)");
	}
	PUT(t, " (invalid)");
	return LINE_ENDS;
}

static enum step put_hops(struct tcpdump *t, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (!has_bytes(t, p + 8 + 16 * i, 16))
			return BYTES_END;
		put_number(t, ", [", i);
		line__char(&t->line, ']');
		put_addr6(t, p + 8 + 16 * i);
	}
	PUT(t, ") ");
	return GO_ON;
}

/* Types 0 and 2 have a reserved word, 4 (RFC 8754) what segments need. */
static enum step put_route_fields(struct tcpdump *t, const uint8_t *p)
{
	if (p[2] != 4) {
		if (!has_bytes(t, p, 8))
			return BYTES_END;
		if (get_be32(p + 4) || t->form.verbose)
			put_hex_u32(t, ", rsv=0x", get_be32(p + 4), 1);
		return GO_ON;
	}
	if (!has_bytes(t, p, 5))
		return BYTES_END;
	put_number(t, ", last-entry=", p[4]);
	if (!has_bytes(t, p, 6))
		return BYTES_END;
	if (p[5] || t->form.verbose)
		put_hex_u32(t, ", flags=0x", p[5], 1);
	if (!has_bytes(t, p, 8))
		return BYTES_END;
	put_hex_u32(t, ", tag=", get_be16(p + 6), 1);
	return GO_ON;
}

static enum step put_route_head(struct tcpdump *t, const uint8_t *p)
{
	if (!has_bytes(t, p, 1))
		return BYTES_END;
	PUT(t, "RT6");
	if (!has_bytes(t, p, 2))
		return BYTES_END;
	put_number(t, " (len=", p[1]);
	if (!has_bytes(t, p, 3))
		return BYTES_END;
	put_number(t, ", type=", p[2]);
	if (p[2] == 0)
		PUT(t, " [Deprecated]");
	if (!has_bytes(t, p, 4))
		return BYTES_END;
	put_number(t, ", segleft=", p[3]);
	return GO_ON;
}

static enum step put_route(struct tcpdump *t, struct walk *w)
{
	const uint8_t *p = w->p;
	enum step step;

	t->proto = "rt6";
	step = put_route_head(t, p);
	if (step != GO_ON)
		return step;
	if (p[2] != 0 && p[2] != 2 && p[2] != 4)
		return bad_route(t, NULL, 0);
	step = put_route_fields(t, p);
	if (step != GO_ON)
		return step;
	if (p[1] % 2)
		return bad_route(t, " (invalid length ", p[1]);
	step = put_hops(t, p, p[1] / 2);
	w->advance = (p[1] + 1u) * 8;
	w->next = p[0];
	return step;
}

static enum step put_ah_fields(struct tcpdump *t, const uint8_t *p, uint32_t len)
{
	if (!has_bytes(t, p, 4))
		return BYTES_END;
	if (get_be16(p + 2)) {
		put_hex_u32(t, "reserved=0x", get_be16(p + 2), 1);
		PUT(t, "[MustBeZero],");
	}
	if (!has_bytes(t, p, 8))
		return BYTES_END;
	put_hex_u32(t, "spi=0x", get_be32(p + 4), 8);
	line__char(&t->line, ',');
	if (!has_bytes(t, p, 12))
		return BYTES_END;
	put_hex_u32(t, "seq=0x", get_be32(p + 8), 1);
	PUT(t, ",icv=0x");
	for (uint32_t i = 12; i < len; i++) {
		if (!has_bytes(t, p + i, 1))
			return BYTES_END;
		put_bytes_hex(t, p + i, 1);
	}
	PUT(t, "): ");
	return GO_ON;
}

static enum step put_ah(struct tcpdump *t, struct walk *w)
{
	const uint8_t *p = w->p;
	uint32_t len;

	t->proto = "ah";
	if (!has_bytes(t, p, 1))
		return BYTES_END;
	PUT(t, "AH");
	if (!has_bytes(t, p, 2))
		return BYTES_END;
	len = (p[1] + 2u) * 4;
	line__char(&t->line, '(');
	if (t->form.verbose) {
		put_number(t, "length=", p[1]);
		put_number(t, "(", len);
		PUT(t, "-bytes),");
	}
	w->advance = len;
	w->next = p[0];
	return put_ah_fields(t, p, len);
}

/* --- the walk --- */

static enum step put_header(struct tcpdump *t, struct walk *w)
{
	switch (w->next) {
	case HOPOPTS:
		if (w->had_hopopts) {
			PUT(t, "[The Hop-by-Hop Options header was already found] "
			       "(invalid)");
			return LINE_ENDS;
		}
		w->had_hopopts = true;
		return put_option_header(t, w);
	case DSTOPTS:
		return put_option_header(t, w);
	case FRAGMENT:
		return put_fragment(t, w);
	case ROUTING:
		return put_route(t, w);
	}
	return LINE_ENDS;
}

/* Behind AH nothing but TCP is known as such. */
static int put_last(struct tcpdump *t, struct walk *w)
{
	while (w->next == AH) {
		enum step step = put_ah(t, w);

		if (step != GO_ON)
			return step == BYTES_END ? CUT : DONE;
		w->p += w->advance;
		w->len -= w->advance;
	}
	if (w->next == TCP)
		return tcpdump_tcp(t, w->p, w->len, w->ip, w->fragmented);
	put_number(t, " ip-proto-", w->next);
	put_number(t, " ", w->len);
	return DONE;
}

static bool is_walked(uint8_t next)
{
	return next == HOPOPTS || next == DSTOPTS || next == FRAGMENT ||
	       next == ROUTING;
}

static int put_payload(struct tcpdump *t, struct walk *w)
{
	if (w->next != TCP)
		put_ends(t, w->ip);
	while (is_walked(w->next)) {
		enum step step = put_header(t, w);

		if (step != GO_ON)
			return step == BYTES_END ? CUT : DONE;
		if (w->len < w->advance) {
			t->proto = "ip6";
			put_cut(t);
			return DONE;
		}
		w->p += w->advance;
		w->len -= w->advance;
	}
	return put_last(t, w);
}

static void put_fields(struct tcpdump *t, const uint8_t *p)
{
	uint32_t flow = get_be32(p);
	const char *name = "unknown";

	PUT(t, "(");
	if (flow & 0x0ff00000) {
		put_hex_u32(t, "class 0x", (flow & 0x0ff00000) >> 20, 2);
		PUT(t, ", ");
	}
	if (flow & 0x000fffff) {
		put_hex_u32(t, "flowlabel 0x", flow & 0x000fffff, 5);
		PUT(t, ", ");
	}
	put_number(t, "hlim ", p[7]);
	switch (p[6]) {
	case HOPOPTS:
		name = "Options";
		break;
	case TCP:
		name = "TCP";
		break;
	case ROUTING:
		name = "Routing";
		break;
	case FRAGMENT:
		name = "Fragment";
		break;
	case AH:
		name = "AH";
		break;
	}
	PUT(t, ", next-header ");
	line__str(&t->line, name);
	put_number(t, " (", p[6]);
	put_number(t, ") payload length: ", get_be16(p + 4));
	PUT(t, ") ");
}

int tcpdump_ip6(struct tcpdump *t, const uint8_t *p, uint32_t len)
{
	struct walk w = { .ip = p, .p = p + IP6_LEN };
	uint32_t ip_len;

	t->proto = "ip6";
	if (!has_bytes(t, p, IP6_LEN))
		return CUT;
	if (len < IP6_LEN) {
		put_number(t, "truncated-ip6 ", len);
		return DONE;
	}
	if (!t->form.link_header)
		PUT(t, "IP6 ");
	if (p[0] >> 4 != 6) {
		put_number(t, "version error: ", p[0] >> 4);
		PUT(t, " != 6");
		return DONE;
	}
	ip_len = get_be16(p + 4) + IP6_LEN;
	if (ip_len > len) {
		put_number(t, "truncated-ip6 - ", ip_len - len);
		PUT(t, " bytes missing!");
	}
	if (t->form.verbose)
		put_fields(t, p);
	w.next = p[6];
	w.wire_len = len;
	w.len = ip_len - IP6_LEN;
	if (is_jumbogram(&w))
		w.len = UINT32_MAX;
	else if (has_bytes(t, p, ip_len) && (w.next == TCP || w.len))
		t->end = p + ip_len;
	return put_payload(t, &w);
}
