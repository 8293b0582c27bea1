// SPDX-License-Identifier: BSD-2-Clause
/* One socket of a table: what it is to users, and whether they asked for it. */
#include "flow/sockets.h"

#include "event/names.h"
#include "flow/table.h"

unsigned int socket_entry__state(const struct socket_entry *e)
{
	if (e->rec.sock.state == ST_TIME_WAIT && e->rec.substate)
		return e->rec.substate;
	if (e->rec.sock.state == ST_NEW_SYN_RECV)
		return ST_SYN_RECV;
	return e->rec.sock.state;
}

static const struct sock_owner *preferred(const struct socket_entry *e)
{
	for (uint32_t i = 0; i < e->nowners; i++)
		if (e->owners[i].selected)
			return &e->owners[i];
	return e->nowners ? e->owners : NULL;
}

const struct sock_owner *socket_entry__owner(const struct socket_entry *e,
					     bool *by_listener)
{
	*by_listener = !e->nowners && e->listener;
	return preferred(*by_listener ? e->listener : e);
}

bool socket_entry__selected(const struct socket_entry *e, const struct select *s,
			    bool by_task)
{
	const struct sock_owner *o;
	bool by_listener;

	if (by_task) {
		o = socket_entry__owner(e, &by_listener);
		if (!o || !o->selected)
			return false;
	}
	if (s->states && !(s->states >> socket_entry__state(e) & 1))
		return false;
	return select__tuple(s, &e->rec.sock.tuple, e->rec.sock.family);
}
