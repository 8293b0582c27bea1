// SPDX-License-Identifier: BSD-2-Clause
/* A packet's line: number, time, link layer, packet, dump. */
#include <stdio.h>
#include <stdlib.h>

#include "flow/seqs.h"
#include "view/tcpdump_packet.h"

enum {
	MAX_FRAME = 262144, /* tcpdump takes what is longer for damaged */
	DAY_S = 86400,
	DUMP_LINE = 16,
	DUMP_HEX_WIDTH = 40,
};

#define MAX_NS 4500000000000000000LL

static const char hex_digits[] = "0123456789abcdef";

void put_hex(struct tcpdump *t, uint64_t v, unsigned int digits)
{
	char buf[16];
	unsigned int n = 0;

	do
		buf[15 - n++] = hex_digits[v & 15];
	while (v >>= 4);
	while (n < digits)
		buf[15 - n++] = '0';
	line__put(&t->line, buf + 16 - n, n);
}

void put_bytes_hex(struct tcpdump *t, const uint8_t *p, uint32_t n)
{
	for (; n; n--, p++) {
		line__char(&t->line, hex_digits[*p >> 4]);
		line__char(&t->line, hex_digits[*p & 15]);
	}
}

void put_addr4(struct tcpdump *t, const uint8_t *addr)
{
	char buf[16], *p = buf;

	for (int i = 0; i < 4; i++) {
		memcpy(p, t->octets[addr[i]], 4);
		p += t->octets[addr[i]][3];
		*p++ = '.';
	}
	line__put(&t->line, buf, p - buf - 1);
}

struct zeros {
	int at, len;
};

/* The longest run of zero words, the first of equals, at least two. */
static struct zeros find_zeros(const uint16_t w[8])
{
	struct zeros best = { -1, 1 };

	for (int i = 0, n; i < 8; i += n ? n : 1) {
		for (n = 0; i + n < 8 && !w[i + n]; n++)
			;
		if (n > best.len)
			best = (struct zeros){ i, n };
	}
	return best;
}

void put_addr6(struct tcpdump *t, const uint8_t *addr)
{
	struct zeros z;
	uint16_t w[8];

	for (int i = 0; i < 8; i++)
		w[i] = get_be16(addr + 2 * i);
	z = find_zeros(w);
	for (int i = 0; i < 8; i++) {
		if (i == z.at) {
			PUT(t, "::");
			i += z.len - 1;
			continue;
		}
		if (i && i != z.at + z.len)
			line__char(&t->line, ':');
		/* compatible and mapped addresses end in IPv4 */
		if (i == 6 && z.at == 0 &&
		    (z.len == 6 || (z.len == 5 && w[5] == 0xffff))) {
			put_addr4(t, addr + 12);
			return;
		}
		put_hex(t, w[i], 1);
	}
}

void put_cut(struct tcpdump *t)
{
	PUT(t, " [|");
	line__str(&t->line, t->proto);
	line__char(&t->line, ']');
}

/* --- dumps --- */

static bool is_graph(uint8_t c)
{
	return c > ' ' && c < 0x7f;
}

static void put_offset(struct tcpdump *t, uint32_t off)
{
	PUT(t, "\n\t0x");
	put_hex(t, off, 4);
	line__char(&t->line, ':');
	line__char(&t->line, ' ');
}

static unsigned int put_words(struct tcpdump *t, const uint8_t *p, uint32_t n)
{
	unsigned int width = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (!(i & 1)) {
			line__char(&t->line, ' ');
			width++;
		}
		put_bytes_hex(t, p + i, 1);
		width += 2;
	}
	return width;
}

static void dump_hex(struct tcpdump *t, const uint8_t *p, uint32_t len,
		     bool ascii)
{
	for (uint32_t off = 0; off < len; off += DUMP_LINE) {
		uint32_t n = len - off < DUMP_LINE ? len - off : DUMP_LINE;
		unsigned int width;

		put_offset(t, off);
		width = put_words(t, p + off, n);
		if (!ascii)
			continue;
		for (; width < DUMP_HEX_WIDTH + 2; width++)
			line__char(&t->line, ' ');
		for (uint32_t i = 0; i < n; i++)
			line__char(&t->line, is_graph(p[off + i]) ?
						      (char)p[off + i] : '.');
	}
}

/* A CR before LF goes without a trace, as it does among the last two bytes. */
static void dump_ascii(struct tcpdump *t, const uint8_t *p, uint32_t len)
{
	line__char(&t->line, '\n');
	for (uint32_t i = 0; i < len; i++) {
		uint8_t c = p[i];

		if (c == '\r' && (len - i <= 2 || p[i + 1] == '\n'))
			continue;
		if (!is_graph(c) && c != '\t' && c != ' ' && c != '\n')
			c = '.';
		line__char(&t->line, (char)c);
	}
}

static void put_dump(struct tcpdump *t, const struct frame *f)
{
	const struct packet_form *o = &t->form;
	uint8_t level = o->hex_ascii ? o->hex_ascii : o->hex ? o->hex : o->ascii;
	const uint8_t *p = f->data;
	uint32_t len = f->caplen;

	if (!level)
		return;
	if (level == 1) { /* without the link layer's header */
		if (len <= t->hdr_len)
			return;
		p += t->hdr_len;
		len -= t->hdr_len;
	}
	if (o->hex_ascii || o->hex)
		dump_hex(t, p, len, o->hex_ascii);
	else
		dump_ascii(t, p, len);
}

/* --- the packet --- */

static void put_why(struct tcpdump *t, bool *any, const char *why)
{
	line__str(&t->line, *any ? ", " : "[Invalid header: ");
	line__str(&t->line, why);
	*any = true;
}

/* Lengths that cannot be: nothing else of the packet is believed. */
static bool is_invalid(struct tcpdump *t, const struct frame *f)
{
	bool any = false;

	if (f->caplen && f->len >= f->caplen && f->len <= MAX_FRAME)
		return false;
	if (!f->caplen)
		put_why(t, &any, "caplen==0");
	if (!f->len) {
		put_why(t, &any, "len==0");
	} else if (f->len < f->caplen) {
		put_why(t, &any, "len(");
		put_u32(t, f->len);
		PUT(t, ") < caplen(");
		put_u32(t, f->caplen);
		line__char(&t->line, ')');
	}
	if (f->len > MAX_FRAME) {
		put_why(t, &any, "len(");
		put_u32(t, f->len);
		PUT(t, ") > 262144");
	}
	line__char(&t->line, ']');
	return true;
}

/* A file may claim any time; those within a century or so add up. */
static int64_t utc_of(const struct tcpdump *t, const struct frame *f)
{
	int64_t utc = (int64_t)(f->time_ns + (uint64_t)t->opts.utc_offset_ns);

	if (utc > MAX_NS)
		return MAX_NS;
	return utc < -MAX_NS ? -MAX_NS : utc;
}

static void put_packet(struct tcpdump *t, const struct frame *f)
{
	t->hdr_len = 0;
	t->end = f->data + f->caplen;
	t->proto = "";
	if (tcpdump_link(t, f, &t->hdr_len) == CUT) {
		put_cut(t);
		t->hdr_len = 0;
	}
}

void tcpdump__frame(struct tcpdump *t, const struct frame *f, struct out *out)
{
	line__begin(&t->line, out);
	stamp__number(&t->stamp, &t->line);
	if (!is_invalid(t, f)) {
		stamp__time(&t->stamp, &t->line, utc_of(t, f));
		put_packet(t, f);
		put_dump(t, f);
	}
	line__end(&t->line);
}

void tcpdump__words(struct tcpdump *t, const struct frame *f, struct out *out)
{
	line__begin(&t->line, out);
	if (!is_invalid(t, f))
		put_packet(t, f);
	line__spill(&t->line);
}

void tcpdump__dump(struct tcpdump *t, const struct frame *f, struct out *out)
{
	line__begin(&t->line, out);
	put_dump(t, f);
	line__spill(&t->line);
}

static void fill_octets(struct tcpdump *t)
{
	for (int i = 0; i < 256; i++) {
		char buf[8];

		t->octets[i][3] = snprintf(buf, sizeof(buf), "%d", i);
		memcpy(t->octets[i], buf, t->octets[i][3]);
	}
}

struct tcpdump *tcpdump__new(const struct view_opts *opts)
{
	struct tcpdump *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->opts = *opts;
	t->form = opts->form;
	stamp__init(&t->stamp, &t->form);
	t->seqs = seqs__new();
	fill_octets(t);
	if (t->seqs)
		return t;
	free(t);
	return NULL;
}

void tcpdump__free(struct tcpdump *t)
{
	if (!t)
		return;
	seqs__free(t->seqs);
	free(t);
}
