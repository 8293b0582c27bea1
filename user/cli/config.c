// SPDX-License-Identifier: BSD-2-Clause
/* What the options and the defaults add up to. */
#include "cli/config.h"

#include <string.h>

#include "event/desc.h"

static bool selects_processes(const struct run_config *c)
{
	return c->command == CMD_RUN || c->npids || c->comm || c->by_uid || c->cgroup;
}

static bool selects_sockets(const struct run_config *c)
{
	/* "--netns all" is what a run without it does: it selects nothing. */
	bool netns = c->netns && strcmp(c->netns, "all") != 0;

	return c->nports || c->nlports || c->nrports || c->naddrs || c->family ||
	       c->states || netns || *c->filter;
}

bool run_config__selects(const struct run_config *c)
{
	return selects_processes(c) || selects_sockets(c);
}

static uint32_t default_events(bool selects)
{
	uint32_t events = 0;
	size_t i;

	for (i = 0; i < event_desc_count; i++) {
		const struct event_desc *e = &event_descs[i];

		if (e->group == GROUP_ALWAYS || (e->group == GROUP_SELECTED && selects))
			events |= 1u << e->id;
	}
	return events;
}

bool run_config__prints_packets(const struct run_config *c)
{
	return c->output && !strcmp(c->output, "tcpdump");
}

bool run_config__details_packets(const struct run_config *c)
{
	return c->link_header || c->quiet || c->ascii_dump || c->hex_dump ||
	       c->hex_ascii_dump;
}

bool run_config__one_device(const struct run_config *c)
{
	return c->nifaces == 1 && !c->any_iface;
}

uint32_t run_config__events(const struct run_config *c)
{
	uint32_t events = c->events_only ? c->events_add :
					   default_events(run_config__selects(c));

	/* --packets all beside --events connect asks for both. */
	if (c->packets > PACKETS_NONE)
		events |= 1u << EV_packet;
	if (c->packets == PACKETS_NONE)
		events &= ~(1u << EV_packet);
	events &= ~c->events_remove;
	if (run_config__prints_packets(c) && !c->record)
		events &= 1u << EV_packet;
	return events | 1u << EV_lost;
}

enum packets run_config__packets(const struct run_config *c)
{
	if (!(run_config__events(c) & 1u << EV_packet))
		return PACKETS_NONE;
	if (c->packets != PACKETS_DEFAULT)
		return c->packets;
	return run_config__selects(c) ? PACKETS_ALL : PACKETS_CONTROL;
}
