// SPDX-License-Identifier: BSD-2-Clause
/* IPv4: the first line of -v, options, checksums. */
#include "view/tcpdump_packet.h"

enum { IP_LEN = 20, OFFSET_MASK = 0x1fff, MORE = 0x2000, DF = 0x4000, RSVD = 0x8000 };
enum { OPT_EOL = 0, OPT_NOP = 1, OPT_RR = 7, OPT_TS = 68, OPT_SECURITY = 130,
       OPT_LSRR = 131, OPT_SSRR = 137, OPT_RA = 148, OPT_TRACEROUTE = 82 };

/* --- checksums --- */

uint32_t checksum_add(uint32_t sum, const uint8_t *p, uint32_t len)
{
	uint64_t wide = sum;

	for (; len >= 8; len -= 8, p += 8)
		wide += get_be32(p) + (uint64_t)get_be32(p + 4);
	for (; len >= 2; len -= 2, p += 2)
		wide += get_be16(p);
	if (len)
		wide += (uint32_t)*p << 8;
	while (wide >> 16)
		wide = (wide & 0xffff) + (wide >> 16);
	return wide;
}

bool checksum_is_right(uint32_t sum)
{
	return sum == 0xffff;
}

uint16_t checksum_should(uint32_t sum, uint16_t is)
{
	uint32_t should = is + (~sum & 0xffff);

	should = (should & 0xffff) + (should >> 16);
	return (should & 0xffff) + (should >> 16);
}

/* --- options --- */

static void put_bad(struct tcpdump *t, const char *what, unsigned int v)
{
	line__str(&t->line, what);
	put_u32(t, v);
	line__char(&t->line, ']');
}

static bool put_route(struct tcpdump *t, const uint8_t *p, uint32_t len)
{
	unsigned int ptr;

	if (len < 3) {
		put_bad(t, " [bad length ", len);
		return true;
	}
	if ((len + 1) & 3)
		put_bad(t, " [bad length ", len);
	ptr = p[2] - 1u;
	if (ptr < 3 || ((ptr + 1) & 3) || ptr > len + 1)
		put_bad(t, " [bad ptr ", p[2]);
	for (uint32_t at = 3; at < len; at += 4) {
		if (!has_bytes(t, p + at, 4))
			return false;
		line__char(&t->line, ' ');
		put_addr4(t, p + at);
		if (ptr > at)
			line__char(&t->line, ',');
	}
	return true;
}

static bool put_stamps(struct tcpdump *t, const uint8_t *p, uint32_t len,
		       uint32_t hop_len, unsigned int ptr, uint32_t *at)
{
	const char *before = " ";

	for (*at = 4; *at < len; *at += hop_len) {
		if (ptr == *at)
			before = " ^ ";
		if (!has_bytes(t, p + *at, hop_len))
			return false;
		line__str(&t->line, before);
		put_u32(t, get_be32(p + *at + hop_len - 4));
		line__char(&t->line, '@');
		if (hop_len == 8)
			put_addr4(t, p + *at);
		before = " ";
	}
	return true;
}

static bool put_timestamps(struct tcpdump *t, const uint8_t *p, uint32_t len)
{
	uint32_t hop_len, at = 0;
	unsigned int ptr, kind;

	if (len < 4) {
		put_bad(t, "[bad length ", len);
		return true;
	}
	PUT(t, " TS{");
	kind = p[3] & 0xf;
	hop_len = kind ? 8 : 4;
	if ((len - 4) & (hop_len - 1))
		put_bad(t, "[bad length ", len);
	ptr = p[2] - 1u;
	if (ptr < 4 || ((ptr - 4) & (hop_len - 1)) || ptr > len + 1)
		put_bad(t, "[bad ptr ", p[2]);
	if (kind == 0 || kind == 1 || kind == 3) {
		line__str(&t->line, kind == 0 ? "TSONLY" :
				    kind == 1 ? "TS+ADDR" : "PRESPEC");
		if (!put_stamps(t, p, len, hop_len, ptr, &at))
			return false;
	} else {
		put_bad(t, "[bad ts type ", kind);
	}
	if (ptr == at)
		PUT(t, " ^ ");
	if (p[3] >> 4) {
		PUT(t, " [");
		put_u32(t, p[3] >> 4);
		PUT(t, " hops not recorded]} ");
	} else {
		line__char(&t->line, '}');
	}
	return true;
}

static void put_option_name(struct tcpdump *t, uint8_t code)
{
	static const struct {
		uint8_t code;
		const char *name;
	} names[] = {
		{ OPT_EOL, "EOL" }, { OPT_NOP, "NOP" }, { OPT_TS, "timestamp" },
		{ OPT_SECURITY, "security" }, { OPT_RR, "RR" },
		{ OPT_SSRR, "SSRR" }, { OPT_LSRR, "LSRR" }, { OPT_RA, "RA" },
		{ OPT_TRACEROUTE, "traceroute" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].code == code) {
			line__str(&t->line, names[i].name);
			return;
		}
	}
	PUT(t, "unknown ");
	put_u32(t, code);
}

/* False: its bytes were cut off. */
static bool put_option_value(struct tcpdump *t, const uint8_t *p, uint32_t len)
{
	switch (p[0]) {
	case OPT_TS:
		return put_timestamps(t, p, len);
	case OPT_RR:
	case OPT_SSRR:
	case OPT_LSRR:
		return put_route(t, p, len);
	case OPT_RA:
		if (len < 4) {
			put_bad(t, " [bad length ", len);
		} else if (get_be16(p + 2)) {
			PUT(t, " value ");
			put_u32(t, get_be16(p + 2));
		}
		return true;
	}
	return true;
}

enum options_end { OPTIONS_DONE, OPTIONS_CUT_SAID, OPTIONS_CUT };

static enum options_end put_options(struct tcpdump *t, const uint8_t *p,
				    uint32_t left)
{
	uint32_t len;

	for (bool first = true; left; p += len, left -= len, first = false) {
		if (!first)
			line__char(&t->line, ',');
		if (!has_bytes(t, p, 1))
			return OPTIONS_CUT;
		put_option_name(t, p[0]);
		len = 1;
		if (p[0] != OPT_NOP && p[0] != OPT_EOL) {
			if (!has_bytes(t, p, 2))
				return OPTIONS_CUT;
			len = p[1];
			if (len < 2) {
				put_bad(t, " [bad length ", len);
				return OPTIONS_DONE;
			}
		}
		if (len > left) {
			put_bad(t, " [bad length ", len);
			return OPTIONS_DONE;
		}
		if (!has_bytes(t, p, len))
			return OPTIONS_CUT_SAID;
		if (p[0] == OPT_EOL)
			return OPTIONS_DONE;
		if (!put_option_value(t, p, len))
			return OPTIONS_CUT_SAID;
	}
	return OPTIONS_DONE;
}

/* --- the header --- */

static void put_flags(struct tcpdump *t, uint16_t off)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} flags[] = { { MORE, "+" }, { DF, "DF" }, { RSVD, "rsvd" } };
	bool any = false;

	for (int i = 0; i < 3; i++) {
		if (!(off & flags[i].bit))
			continue;
		if (any)
			PUT(t, ", ");
		line__str(&t->line, flags[i].name);
		any = true;
	}
	if (!any)
		PUT(t, "none");
}

static void put_fields(struct tcpdump *t, const uint8_t *p)
{
	static const char *const ecn[] = { "", ",ECT(1)", ",ECT(0)", ",CE" };
	uint16_t off = get_be16(p + 6);

	PUT(t, "(tos 0x");
	put_hex(t, p[1], 1);
	line__str(&t->line, ecn[p[1] & 3]);
	if (p[8]) {
		PUT(t, ", ttl ");
		put_u32(t, p[8]);
	}
	PUT(t, ", id ");
	put_u32(t, get_be16(p + 4));
	PUT(t, ", offset ");
	put_u32(t, (off & OFFSET_MASK) * 8u);
	PUT(t, ", flags [");
	put_flags(t, off);
	PUT(t, "], proto TCP (6), length ");
	put_u32(t, get_be16(p + 2));
}

static void put_ends(struct tcpdump *t, const uint8_t *p)
{
	put_addr4(t, p + 12);
	PUT(t, " > ");
	put_addr4(t, p + 16);
}

/* False: the line is at its end. */
static int put_verbose(struct tcpdump *t, const uint8_t *p, uint32_t hdr_len,
		       bool *go_on)
{
	enum options_end end = OPTIONS_DONE;
	uint32_t sum;

	put_fields(t, p);
	if (hdr_len > IP_LEN) {
		PUT(t, ", options (");
		end = put_options(t, p + IP_LEN, hdr_len - IP_LEN);
		if (end == OPTIONS_CUT)
			return CUT;
		if (end == OPTIONS_CUT_SAID)
			PUT(t, " [truncated-option]");
		line__char(&t->line, ')');
	}
	if (has_bytes(t, p, hdr_len)) {
		sum = checksum_add(0, p, hdr_len);
		if (!checksum_is_right(sum)) {
			PUT(t, ", bad cksum ");
			put_hex(t, get_be16(p + 10), 1);
			PUT(t, " (->");
			put_hex(t, checksum_should(sum, get_be16(p + 10)), 1);
			PUT(t, ")!");
		}
	}
	PUT(t, ")\n    ");
	if (end == OPTIONS_CUT_SAID) {
		put_ends(t, p);
		PUT(t, ": ");
		put_cut(t);
	}
	*go_on = end == OPTIONS_DONE;
	return DONE;
}

static int put_payload(struct tcpdump *t, const uint8_t *p, uint32_t hdr_len,
		       uint32_t len)
{
	uint16_t off = get_be16(p + 6);

	if (off & OFFSET_MASK) { /* not the first fragment: no TCP header */
		if (t->form.quiet > 1)
			return DONE;
		put_ends(t, p);
		PUT(t, ": ip-proto-6");
		return DONE;
	}
	if (!has_bytes(t, p, hdr_len)) {
		PUT(t, " [remaining caplen(");
		put_u32(t, t->end - p);
		PUT(t, ") < header length(");
		put_u32(t, hdr_len);
		PUT(t, ")]");
		return CUT;
	}
	return tcpdump_tcp(t, p + hdr_len, len - hdr_len, p, off & MORE);
}

int tcpdump_ip4(struct tcpdump *t, const uint8_t *p, uint32_t len)
{
	uint32_t hdr_len, ip_len;
	bool go_on = true;

	t->proto = "ip";
	if (!has_bytes(t, p, 1))
		return CUT;
	if (p[0] >> 4 != 4) {
		PUT(t, "IP");
		put_u32(t, p[0] >> 4);
		PUT(t, ", wrong link-layer encapsulation (invalid)");
		return DONE;
	}
	if (!t->form.link_header)
		PUT(t, "IP ");
	if (!has_bytes(t, p, IP_LEN))
		return CUT;
	if (len < IP_LEN) {
		PUT(t, "truncated-ip ");
		put_u32(t, len);
		return DONE;
	}
	hdr_len = (p[0] & 0xf) * 4;
	ip_len = get_be16(p + 2);
	if (hdr_len < IP_LEN) {
		PUT(t, "bad-hlen ");
		put_u32(t, hdr_len);
		return DONE;
	}
	if (len < ip_len) {
		PUT(t, "truncated-ip - ");
		put_u32(t, ip_len - len);
		PUT(t, " bytes missing! ");
	}
	if (ip_len < hdr_len) {
		PUT(t, "bad-len ");
		put_u32(t, ip_len);
		return DONE;
	}
	if (has_bytes(t, p, ip_len)) /* what follows is the link layer's */
		t->end = p + ip_len;
	if (t->form.verbose && put_verbose(t, p, hdr_len, &go_on) == CUT)
		return CUT;
	return go_on ? put_payload(t, p, hdr_len, ip_len) : DONE;
}
