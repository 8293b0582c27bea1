// SPDX-License-Identifier: BSD-2-Clause
/* Multipath TCP (RFC 6824, RFC 8684), in tcpdump's words. */
#include "view/tcpdump_packet.h"

enum { SYN = 2, ACK = 0x10 };

/* False: it cannot be of this length, or on such a segment. */
typedef bool (*printer)(struct tcpdump *t, const uint8_t *p, uint32_t len,
			uint8_t flags);

static void put_key(struct tcpdump *t, const char *before, const uint8_t *p)
{
	line__str(&t->line, before);
	put_hex(t, get_be64(p), 1);
}

static void put_u64(struct tcpdump *t, const char *before, const uint8_t *p)
{
	line__str(&t->line, before);
	line__u64(&t->line, get_be64(p));
}

static void put_number(struct tcpdump *t, const char *before, uint32_t v)
{
	line__str(&t->line, before);
	put_u32(t, v);
}

static bool put_capable(struct tcpdump *t, const uint8_t *p, uint32_t len,
			uint8_t flags)
{
	unsigned int version = p[2] & 0xf;

	if (!((len == 12 || len == 4) && flags & SYN) &&
	    !((len == 20 || len == 22) && (flags & (SYN | ACK)) == ACK))
		return false;
	if (version > 1) {
		put_number(t, " Unknown Version (", version);
		line__char(&t->line, ')');
		return true;
	}
	put_number(t, " v", version);
	if (p[3] & 0x80)
		PUT(t, " csum");
	if (len < 12)
		return true;
	put_key(t, " {0x", p + 4);
	if (len >= 20)
		put_key(t, ",0x", p + 12);
	line__char(&t->line, '}');
	return true;
}

static bool put_join(struct tcpdump *t, const uint8_t *p, uint32_t len,
		     uint8_t flags)
{
	if (!(len == 12 && flags & SYN) &&
	    !(len == 16 && (flags & (SYN | ACK)) == (SYN | ACK)) &&
	    !(len == 24 && flags & ACK))
		return false;
	if (len == 24) {
		PUT(t, " hmac 0x");
		put_bytes_hex(t, p + 4, 20);
		return true;
	}
	if (p[2] & 1)
		PUT(t, " backup");
	put_number(t, " id ", p[3]);
	if (len == 12) {
		PUT(t, " token 0x");
		put_hex(t, get_be32(p + 4), 1);
	} else {
		put_key(t, " hmac 0x", p + 4);
	}
	PUT(t, " nonce 0x");
	put_hex(t, get_be32(p + len - 4), 1);
	return true;
}

/* A number of 8 or 4 bytes; false if they are not there. */
static bool put_wide(struct tcpdump *t, const uint8_t **p, uint32_t *len,
		     bool eight, const char *before)
{
	uint32_t n = eight ? 8 : 4;

	line__str(&t->line, before);
	if (*len < n)
		return false;
	if (eight)
		put_u64(t, "", *p);
	else
		put_u32(t, get_be32(*p));
	*p += n;
	*len -= n;
	return true;
}

static bool put_mapping(struct tcpdump *t, const uint8_t **p, uint32_t *len,
			bool eight)
{
	if (!put_wide(t, p, len, eight, " seq ") || *len < 4)
		return false;
	put_number(t, " subseq ", get_be32(*p));
	if (*len < 6)
		return false;
	put_number(t, " len ", get_be16(*p + 4));
	*p += 6;
	*len -= 6;
	if (*len >= 2) {
		PUT(t, " csum 0x");
		put_hex(t, get_be16(*p), 1);
		*len -= 2;
	}
	return true;
}

static bool put_dss(struct tcpdump *t, const uint8_t *p, uint32_t len,
		    uint8_t flags)
{
	uint8_t has;

	if (len < 4 || flags & SYN)
		return false;
	has = p[3];
	if (has & 0x10)
		PUT(t, " fin");
	p += 4;
	len -= 4;
	if (has & 1 && !put_wide(t, &p, &len, has & 2, " ack "))
		return false;
	if (has & 4 && !put_mapping(t, &p, &len, has & 8))
		return false;
	return !len;
}

static void put_announcement(struct tcpdump *t, uint8_t low)
{
	switch (low) {
	case 0:
		PUT(t, " v1");
		break;
	case 1:
		PUT(t, " v1-echo");
		break;
	case 4:
		PUT(t, " v0-ip4");
		break;
	case 6:
		PUT(t, " v0-ip6");
		break;
	default:
		PUT(t, " [bad version/echo]");
	}
}

static bool put_add_addr(struct tcpdump *t, const uint8_t *p, uint32_t len,
			 uint8_t flags)
{
	bool six = len >= 20;
	uint32_t rest = len - 4 - (six ? 16 : 4); /* port, HMAC */

	(void)flags;
	if (len < 8 || (rest != 0 && rest != 2 && rest != 8 && rest != 10))
		return false;
	put_announcement(t, p[2] & 0xf);
	put_number(t, " id ", p[3]);
	line__char(&t->line, ' ');
	p += 4;
	if (six)
		put_addr6(t, p);
	else
		put_addr4(t, p);
	p += six ? 16 : 4;
	if (rest == 2 || rest == 10) {
		put_number(t, ":", get_be16(p));
		p += 2;
	}
	if (rest >= 8)
		put_key(t, " hmac 0x", p);
	return true;
}

static bool put_remove_addr(struct tcpdump *t, const uint8_t *p, uint32_t len,
			    uint8_t flags)
{
	(void)flags;
	if (len < 4)
		return false;
	PUT(t, " id");
	for (uint32_t i = 3; i < len; i++)
		put_number(t, " ", p[i]);
	return true;
}

static bool put_prio(struct tcpdump *t, const uint8_t *p, uint32_t len,
		     uint8_t flags)
{
	(void)flags;
	if (len != 3 && len != 4)
		return false;
	line__str(&t->line, p[2] & 1 ? " backup" : " non-backup");
	if (len == 4)
		put_number(t, " id ", p[3]);
	return true;
}

static bool put_fail(struct tcpdump *t, const uint8_t *p, uint32_t len,
		     uint8_t flags)
{
	(void)flags;
	if (len != 12)
		return false;
	put_u64(t, " seq ", p + 4);
	return true;
}

static bool put_fastclose(struct tcpdump *t, const uint8_t *p, uint32_t len,
			  uint8_t flags)
{
	(void)flags;
	if (len != 12)
		return false;
	put_key(t, " key 0x", p + 4);
	return true;
}

int tcpdump_mptcp(struct tcpdump *t, const uint8_t *p, uint32_t len,
		  uint8_t flags, bool *bad)
{
	static const struct {
		const char *name;
		printer put;
	} kinds[] = {
		{ " capable", put_capable }, { " join", put_join },
		{ " dss", put_dss }, { " add-addr", put_add_addr },
		{ " rem-addr", put_remove_addr }, { " prio", put_prio },
		{ " fail", put_fail }, { " fast-close", put_fastclose },
	};
	unsigned int kind;

	t->proto = "mptcp";
	*bad = len < 3;
	if (*bad)
		return DONE;
	kind = p[2] >> 4;
	put_number(t, " ", len);
	if (kind >= sizeof(kinds) / sizeof(kinds[0])) {
		PUT(t, " unknown");
		return DONE;
	}
	line__str(&t->line, kinds[kind].name);
	*bad = !kinds[kind].put(t, p, len, flags);
	return DONE;
}
