// SPDX-License-Identifier: BSD-2-Clause
#include "selection.h"

#include <string.h>

#include "cli/config.h"
#include "flow/flow.h"

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
