/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's selection, exactly. The kernel lets through a superset of it. */
#include "flow/table.h"

#include <string.h>

static bool port_in(const uint16_t *list, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == port)
			return true;
	return false;
}

static bool in_prefix(const uint8_t addr[16], const struct select_prefix *p)
{
	unsigned int bytes = p->len / 8, bits = p->len % 8;

	if (memcmp(addr, p->addr, bytes))
		return false;
	return !bits || !((addr[bytes] ^ p->addr[bytes]) >> (8 - bits));
}

static bool addr_in(const struct select *s, const uint8_t addr[16])
{
	for (size_t i = 0; i < s->naddrs; i++)
		if (in_prefix(addr, &s->addrs[i]))
			return true;
	return false;
}

/* As packets show it: a mapped address is IPv4, whatever the socket. A dual
 * stack listener serves both. */
static bool family_is(const struct tt_tuple *tuple, uint8_t family,
		      uint8_t wanted)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };
	static const uint8_t any[16] = { 0 };

	if (!memcmp(tuple->laddr_be, any, 16) && !tuple->rport_be)
		return wanted == 6 || family == 6;
	return wanted == (memcmp(tuple->laddr_be, mapped, 12) ? 6 : 4);
}

bool select__tuple(const struct select *s, const struct tt_tuple *tuple,
		   uint8_t family)
{
	uint16_t l = __builtin_bswap16(tuple->lport_be);
	uint16_t r = __builtin_bswap16(tuple->rport_be);

	if (s->netns && tuple->netns != s->netns)
		return false;
	if (s->nports && !port_in(s->ports, s->nports, l) &&
	    !port_in(s->ports, s->nports, r))
		return false;
	if (s->nlports && !port_in(s->lports, s->nlports, l))
		return false;
	if (s->nrports && !port_in(s->rports, s->nrports, r))
		return false;
	if (s->family && !family_is(tuple, family, s->family))
		return false;
	return !s->naddrs || addr_in(s, tuple->laddr_be) ||
	       (tuple->rport_be && addr_in(s, tuple->raddr_be));
}

/* While any owner is, or the last one: of a socket that goes on, that is
 * somebody who is not known yet. */
static bool owner_selected(const struct flow *f)
{
	if ((f->flags & (FL_LET_GO | FL_CLOSED)) == FL_LET_GO)
		return false;
	if (f->owner.proc && f->owner.proc->selected)
		return true;
	for (int i = 0; i < f->nmore; i++)
		if (f->more[i].proc->selected)
			return true;
	return false;
}

static bool task_selected(const struct flow_table *t, const struct flow *f)
{
	const struct flow *l;

	if (f->owner.proc || (f->flags & FL_ACCEPTED))
		return owner_selected(f);
	l = flow__by_sk(t, f->listener);
	return l && owner_selected(l);
}

bool select__both(const struct flow_table *t, const struct tt_tuple *tuple,
		  uint8_t family)
{
	return select__tuple(&t->opts.select, tuple, family) &&
	       select__tuple(&t->opts.also, tuple, family);
}

bool select__packets_of(const struct flow_table *t, const struct flow *f)
{
	const struct select *s = &t->opts.select;
	return (!s->by_task || task_selected(t, f)) &&
	       select__both(t, &f->tuple, f->family);
}

bool select__filter(const struct flow_table *t, const struct flow *f)
{
	const struct select *s = &t->opts.select;
	const struct select *also = &t->opts.also;

	return (!s->takes || s->takes(s->takes_ctx, &f->tuple)) &&
	       (!also->takes || also->takes(also->takes_ctx, &f->tuple));
}

bool select__flow(const struct flow_table *t, const struct flow *f)
{
	return select__packets_of(t, f) && select__filter(t, f);
}

bool select__wants(const struct flow_table *t, enum event_id id)
{
	return t->opts.select.events >> id & 1;
}

void flow_table__set_filter(struct flow_table *t,
			    bool (*takes)(const void *ctx, const struct tt_tuple *tuple),
			    const void *ctx)
{
	t->opts.select.takes = takes;
	t->opts.select.takes_ctx = ctx;
}
