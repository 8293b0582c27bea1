// SPDX-License-Identifier: BSD-2-Clause
#include "selection.h"

#include <string.h>

#include "cli/config.h"
#include "flow/flow.h"
#include "tcptrace/config.h"

_Static_assert(MAX_PORTS <= SELECT_MAX && MAX_ADDRS <= SELECT_MAX,
	       "the flow table must hold what an option takes");

void select_from_config(struct select *s, const struct run_config *c)
{
	s->by_task = c->npids || c->comm || c->by_uid || c->cgroup;
	memcpy(s->ports, c->ports, sizeof(c->ports));
	memcpy(s->lports, c->lports, sizeof(c->lports));
	memcpy(s->rports, c->rports, sizeof(c->rports));
	s->nports = c->nports;
	s->nlports = c->nlports;
	s->nrports = c->nrports;
	s->naddrs = c->naddrs;
	for (size_t i = 0; i < c->naddrs; i++) {
		memcpy(s->addrs[i].addr, c->addrs[i].addr, 16);
		s->addrs[i].len = c->addrs[i].len;
	}
	s->family = c->family;
	s->states = c->states;
}

void select_in_kernel(struct tt_config *k, const struct run_config *c, uint32_t netns)
{
	k->sock_by = (c->nports ? TT_BY_PORT : 0) |
		     (c->nlports ? TT_BY_LPORT : 0) |
		     (c->nrports ? TT_BY_RPORT : 0) |
		     (c->naddrs ? TT_BY_ADDR : 0) |
		     (c->family ? TT_BY_FAMILY : 0) |
		     (netns ? TT_BY_NETNS : 0);
	memcpy(k->ports, c->ports, sizeof(c->ports));
	memcpy(k->lports, c->lports, sizeof(c->lports));
	memcpy(k->rports, c->rports, sizeof(c->rports));
	k->nports = c->nports;
	k->nlports = c->nlports;
	k->nrports = c->nrports;
	for (size_t i = 0; i < c->naddrs; i++) {
		memcpy(k->addrs[i].addr_be, c->addrs[i].addr, 16);
		k->addrs[i].len = c->addrs[i].len;
	}
	k->naddrs = c->naddrs;
	k->family = c->family;
	k->netns = netns;
}
