// SPDX-License-Identifier: BSD-2-Clause
#include "selection.h"

#include <string.h>

#include "cli/config.h"
#include "flow/flow.h"
#include "tcptrace/config.h"
#include "tcptrace/recording.h"

_Static_assert(MAX_PORTS == SELECT_MAX && MAX_ADDRS == SELECT_MAX &&
		       TT_MAX_PORTS == SELECT_MAX && TT_MAX_ADDRS == SELECT_MAX,
	       "what an option takes, everybody holds");

/* The lists have the same names and sizes wherever they are kept; counts differ
 * in width, addresses in what tells their byte order. */
#define COPY_PORTS(to, from)                                         \
	do {                                                         \
		memcpy((to)->ports, (from)->ports, sizeof((to)->ports));    \
		memcpy((to)->lports, (from)->lports, sizeof((to)->lports)); \
		memcpy((to)->rports, (from)->rports, sizeof((to)->rports)); \
		(to)->nports = (from)->nports;                       \
		(to)->nlports = (from)->nlports;                     \
		(to)->nrports = (from)->nrports;                     \
	} while (0)

#define COPY_ADDRS(to, to_addr, from, from_addr)                     \
	do {                                                         \
		(to)->naddrs = (from)->naddrs;                       \
		for (size_t i = 0; i < (from)->naddrs; i++) {        \
			memcpy((to)->addrs[i].to_addr,               \
			       (from)->addrs[i].from_addr, 16);      \
			(to)->addrs[i].len = (from)->addrs[i].len;   \
		}                                                    \
	} while (0)

void select_from_config(struct select *s, const struct run_config *c)
{
	s->by_task = c->npids || c->comm || c->by_uid || c->cgroup;
	COPY_PORTS(s, c);
	COPY_ADDRS(s, addr, c, addr);
	s->family = c->family;
	s->states = c->states;
}

void select_in_kernel(struct tt_config *k, const struct run_config *c, uint32_t netns)
{
	COPY_PORTS(k, c);
	COPY_ADDRS(k, addr_be, c, addr);
	k->family = c->family;
	k->netns = netns;
	k->sock_by = (c->nports ? TT_BY_PORT : 0) | (c->nlports ? TT_BY_LPORT : 0) |
		     (c->nrports ? TT_BY_RPORT : 0) | (c->naddrs ? TT_BY_ADDR : 0) |
		     (c->family ? TT_BY_FAMILY : 0) | (netns ? TT_BY_NETNS : 0);
}

void select_to_settings(const struct select *s, struct tt_blk_settings *b)
{
	b->by_task = s->by_task;
	COPY_PORTS(b, s);
	COPY_ADDRS(b, addr_be, s, addr);
	b->family = s->family;
	b->states = s->states;
	b->sel_netns = s->netns;
	b->events = s->events;
}

void select_from_settings(struct select *s, const struct tt_blk_settings *b)
{
	s->by_task = b->by_task;
	COPY_PORTS(s, b);
	COPY_ADDRS(s, addr, b, addr_be);
	s->family = b->family;
	s->states = b->states;
	s->netns = b->sel_netns;
	s->events = b->events;
}
