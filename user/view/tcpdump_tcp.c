// SPDX-License-Identifier: BSD-2-Clause
/* A segment. */
#include "flow/seqs.h"
#include "view/tcpdump_packet.h"

enum { TCP_LEN = 20, PROTO_TCP = 6, MAX_RST_TEXT = 30, IP6_LEN = 40 };
enum { FIN = 1, SYN = 2, RST = 4, ACK = 0x10, URG = 0x20 };

struct segment {
	const uint8_t *tcp, *ip;
	uint32_t hdr_len, len; /* len: of the payload */
	uint32_t seq, ack;
	uint16_t sport, dport;
	uint8_t flags;
	bool six;
};

static void put_addr(struct tcpdump *t, const struct segment *s, bool dst)
{
	if (s->six)
		put_addr6(t, s->ip + (dst ? 24 : 8));
	else
		put_addr4(t, s->ip + (dst ? 16 : 12));
}

static void put_end(struct tcpdump *t, const struct segment *s, bool dst)
{
	put_addr(t, s, dst);
	line__char(&t->line, '.');
	put_u32(t, dst ? s->dport : s->sport);
}

/* Behind extension headers the addresses were printed before them. */
static void put_ends(struct tcpdump *t, const struct segment *s)
{
	if (s->ip[s->six ? 6 : 9] == PROTO_TCP) {
		put_end(t, s, false);
		PUT(t, " > ");
		put_end(t, s, true);
	} else {
		put_u32(t, s->sport);
		PUT(t, " > ");
		put_u32(t, s->dport);
	}
	PUT(t, ": ");
}

static void put_flags(struct tcpdump *t, const struct segment *s)
{
	static const char letters[] = "FSRP.UEW";
	char buf[8];
	size_t n = 0;

	for (int i = 0; i < 8; i++)
		if (s->flags >> i & 1)
			buf[n++] = letters[i];
	PUT(t, "Flags [");
	if (n)
		line__put(&t->line, buf, n);
	else
		PUT(t, "none");
	line__char(&t->line, ']');
}

/* Subtracts where the conversation began; what SACK edges count from. */
static uint32_t make_relative(struct tcpdump *t, struct segment *s)
{
	const struct seqs_key key = {
		.src = s->ip + (s->six ? 8 : 12),
		.dst = s->ip + (s->six ? 24 : 16),
		.version = s->six ? 6 : 4,
		.sport = s->sport,
		.dport = s->dport,
	};
	struct seqs_base base;

	if (t->opts.absolute_seq || !(s->flags & ACK))
		return 0;
	if (seqs__base(t->seqs, &key, s->seq, s->ack, s->flags & SYN, &base)) {
		s->seq -= base.src;
		s->ack -= base.dst;
	}
	return base.dst;
}

/* --- checksum --- */

/* Where a source route leads in the end (RFC 791, 3.1). */
static const uint8_t *final_dst4(const struct tcpdump *t, const uint8_t *ip)
{
	const uint8_t *p = ip + 20;
	uint32_t left = (ip[0] & 0xf) * 4 - 20, len;

	for (; left; p += len, left -= len) {
		if (!has_bytes(t, p, 2) || p[0] == 0)
			break;
		len = p[0] == 1 ? 1 : p[1];
		if (len < 1 || (p[0] != 1 && len < 2) || len > left ||
		    !has_bytes(t, p, len))
			break;
		if ((p[0] == 131 || p[0] == 137) && len >= 7)
			return p + len - 4;
	}
	return ip + 16;
}

static uint32_t next_header_len(uint8_t kind, const uint8_t *p)
{
	return kind == 44 ? 8 : (p[1] + 1u) * 8;
}

/* The last address of a routing header, if there is one (RFC 8200, 4.4). */
static const uint8_t *final_dst6(const struct tcpdump *t, const uint8_t *ip)
{
	const uint8_t *p = ip + IP6_LEN;
	uint8_t kind = ip[6];

	while (kind == 0 || kind == 60 || kind == 44) {
		if (!has_bytes(t, p, 2))
			return ip + 24;
		uint8_t next = p[0];

		p += next_header_len(kind, p);
		kind = next;
	}
	if (kind != 43 || !has_bytes(t, p, 8) ||
	    (p[2] != 0 && p[2] != 2 && p[2] != 4) || p[1] < 2 ||
	    !has_bytes(t, p, 8 + p[1] / 2 * 16u))
		return ip + 24;
	return p + 8 + (p[1] / 2 - 1) * 16;
}

static uint32_t sum_pseudo(const struct tcpdump *t, const struct segment *s,
			   uint32_t len)
{
	uint32_t sum = PROTO_TCP + (len >> 16) + (len & 0xffff);

	if (s->six) {
		sum = checksum_add(sum, s->ip + 8, 16);
		return checksum_add(sum, final_dst6(t, s->ip), 16);
	}
	sum = PROTO_TCP + (len & 0xffff);
	sum = checksum_add(sum, s->ip + 12, 4);
	return checksum_add(sum, final_dst4(t, s->ip), 4);
}

static void put_checksum(struct tcpdump *t, const struct segment *s, uint32_t len)
{
	uint16_t is = get_be16(s->tcp + 16);
	uint32_t sum;

	if (!has_bytes(t, s->tcp, len))
		return;
	sum = checksum_add(sum_pseudo(t, s, len), s->tcp, len);
	PUT(t, ", cksum 0x");
	put_hex(t, is, 4);
	if (checksum_is_right(sum)) {
		PUT(t, " (correct)");
		return;
	}
	PUT(t, " (incorrect -> 0x");
	put_hex(t, checksum_should(sum, is), 4);
	line__char(&t->line, ')');
}

/* --- the line --- */

static void put_bad_header(struct tcpdump *t, uint32_t hdr_len, uint32_t len)
{
	PUT(t, " [bad hdr length ");
	put_u32(t, hdr_len);
	PUT(t, " - too long, > ");
	put_u32(t, len);
	line__char(&t->line, ']');
}

static void put_numbers(struct tcpdump *t, const struct segment *s)
{
	if (t->form.verbose > 1 || s->len || s->flags & (SYN | FIN | RST)) {
		PUT(t, ", seq ");
		put_u32(t, s->seq);
		if (s->len) {
			line__char(&t->line, ':');
			put_u32(t, s->seq + s->len);
		}
	}
	if (s->flags & ACK) {
		PUT(t, ", ack ");
		put_u32(t, s->ack);
	}
	PUT(t, ", win ");
	put_u32(t, get_be16(s->tcp + 14));
	if (s->flags & URG) {
		PUT(t, ", urg ");
		put_u32(t, get_be16(s->tcp + 18));
	}
}

static void put_char(struct tcpdump *t, uint8_t c)
{
	if (c >= 0x80) {
		PUT(t, "M-");
		c &= 0x7f;
	}
	if (c < ' ' || c == 0x7f) {
		line__char(&t->line, '^');
		c ^= 0x40;
	}
	line__char(&t->line, (char)c);
}

/* RFC 1122, 4.2.2.12: a RST may say why. */
static void put_rst_text(struct tcpdump *t, const uint8_t *p, uint32_t len)
{
	bool more = len > MAX_RST_TEXT;

	if (more)
		len = MAX_RST_TEXT;
	if (!has_bytes(t, p, len))
		return;
	line__str(&t->line, more ? " [RST+ " : " [RST ");
	for (; len; len--)
		put_char(t, *p++);
	line__char(&t->line, ']');
}

static int put_rest(struct tcpdump *t, const struct segment *s, uint32_t base)
{
	const uint8_t *payload = s->tcp + s->hdr_len;
	const struct options_ctx ctx = { base, s->flags,
					 has_bytes(t, payload, s->len) };
	bool bad = false;
	int err;

	put_numbers(t, s);
	if (s->hdr_len > TCP_LEN) {
		err = tcpdump_options(t, s->tcp + TCP_LEN, s->hdr_len - TCP_LEN,
				      &ctx, &bad);
		if (err || bad)
			return err;
	}
	PUT(t, ", length ");
	put_u32(t, s->len);
	if (s->len && t->form.verbose && s->flags & RST)
		put_rst_text(t, payload, s->len);
	return DONE;
}

static int put_segment(struct tcpdump *t, struct segment *s, uint32_t len,
		       bool fragmented)
{
	uint32_t base;

	if (t->form.quiet) {
		PUT(t, "tcp ");
		put_u32(t, len - s->hdr_len);
		if (s->hdr_len > len)
			put_bad_header(t, s->hdr_len, len);
		return DONE;
	}
	put_flags(t, s);
	base = make_relative(t, s);
	if (s->hdr_len > len) {
		put_bad_header(t, s->hdr_len, len);
		return DONE;
	}
	/* without its length an IPv6 header is a jumbogram's: no checksum */
	if (t->form.verbose && !fragmented && (!s->six || get_be16(s->ip + 4)))
		put_checksum(t, s, len);
	s->len = len - s->hdr_len;
	return put_rest(t, s, base);
}

int tcpdump_tcp(struct tcpdump *t, const uint8_t *p, uint32_t len,
		const uint8_t *ip, bool fragmented)
{
	struct segment s = { .tcp = p, .ip = ip, .six = ip[0] >> 4 == 6 };

	t->proto = "tcp";
	if (!has_bytes(t, p, 4)) {
		put_addr(t, &s, false);
		PUT(t, " > ");
		put_addr(t, &s, true);
		line__char(&t->line, ':');
		put_cut(t);
		return DONE;
	}
	s.sport = get_be16(p);
	s.dport = get_be16(p + 2);
	put_ends(t, &s);
	if (!has_bytes(t, p, TCP_LEN)) {
		put_cut(t);
		return DONE;
	}
	s.hdr_len = (p[12] >> 4) * 4;
	if (s.hdr_len < TCP_LEN) {
		PUT(t, " tcp ");
		put_u32(t, len - s.hdr_len);
		PUT(t, " [bad hdr length ");
		put_u32(t, s.hdr_len);
		PUT(t, " - too short, < 20]");
		return DONE;
	}
	s.seq = get_be32(p + 4);
	s.ack = get_be32(p + 8);
	s.flags = p[13];
	return put_segment(t, &s, len, fragmented);
}
