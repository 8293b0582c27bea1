// SPDX-License-Identifier: BSD-2-Clause
/* Connections as FILTER sees them: a bare segment, in either direction. */
#include <string.h>

#include "filter/filter.h"

enum { V4_LEN = 20, V6_LEN = 40, TCP_LEN = 20, PROTO_TCP = 6, FLAG_ACK = 0x10 };

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
static const uint8_t nowhere[16];

static void put16(uint8_t *p, uint16_t be)
{
	memcpy(p, &be, sizeof(be));
}

static uint32_t build_v4(uint8_t *p, const uint8_t *from, const uint8_t *to)
{
	p[0] = 0x45;
	p[3] = V4_LEN + TCP_LEN;
	p[9] = PROTO_TCP;
	memcpy(p + 12, from + 12, 4);
	memcpy(p + 16, to + 12, 4);
	return V4_LEN;
}

static uint32_t build_v6(uint8_t *p, const uint8_t *from, const uint8_t *to)
{
	p[0] = 0x60;
	p[5] = TCP_LEN;
	p[6] = PROTO_TCP;
	memcpy(p + 8, from, 16);
	memcpy(p + 24, to, 16);
	return V6_LEN;
}

static bool one_way(const struct filter *f, bool v4, const uint8_t *from,
		    uint16_t from_be, const uint8_t *to, uint16_t to_be)
{
	uint8_t p[V6_LEN + TCP_LEN] = { 0 };
	uint32_t l4 = v4 ? build_v4(p, from, to) : build_v6(p, from, to);

	put16(p + l4, from_be);
	put16(p + l4 + 2, to_be);
	p[l4 + 12] = (TCP_LEN / 4) << 4;
	p[l4 + 13] = FLAG_ACK;
	return filter__matches(f, p, l4 + TCP_LEN, l4 + TCP_LEN);
}

static bool either_way(const struct filter *f, const struct tt_tuple *t, bool v4)
{
	return one_way(f, v4, t->laddr_be, t->lport_be, t->raddr_be, t->rport_be) ||
	       one_way(f, v4, t->raddr_be, t->rport_be, t->laddr_be, t->lport_be);
}

bool filter__matches_tuple(const struct filter *bare, const struct tt_tuple *t)
{
	bool v4 = !memcmp(t->laddr_be, mapped, sizeof(mapped));

	if (!bare)
		return false;
	if (either_way(bare, t, v4))
		return true;
	/* A listener on :: may serve both families. */
	return !t->rport_be && !memcmp(t->laddr_be, nowhere, sizeof(nowhere)) &&
	       either_way(bare, t, true);
}
