// SPDX-License-Identifier: BSD-2-Clause
/* Whose queue the connections wait in that nobody has accepted. */
#include "flow/sockets.h"

#include <stdlib.h>
#include <string.h>

#include "event/names.h"

static bool is_any(const uint8_t addr[16])
{
	static const uint8_t any[16] = { 0 };
	static const uint8_t any4[16] = { [10] = 0xff, 0xff };

	return !memcmp(addr, any, 16) || !memcmp(addr, any4, 16);
}

/* Has no file and was not let go: it waits in its listener's queue. */
static bool is_unaccepted(const struct socket_entry *e)
{
	uint8_t flags = e->rec.sock.flags;

	return (flags & TT_SK_NOFILE) && !(flags & TT_SK_DEAD) && !e->nowners &&
	       e->rec.sock.state != ST_TIME_WAIT;
}

static bool could_have_accepted(const struct tt_sock *l, const struct tt_sock *c)
{
	const struct tt_tuple *lt = &l->tuple, *ct = &c->tuple;

	return lt->netns == ct->netns && lt->lport_be == ct->lport_be &&
	       l->family == c->family &&
	       (is_any(lt->laddr_be) || !memcmp(lt->laddr_be, ct->laddr_be, 16));
}

/* The kernel names a request's listener. A child's is the only one that its
 * address leads to; with SO_REUSEPORT there may be several, and none is told. */
static const struct socket_entry *find_listener(const struct socket_table *t,
						struct socket_entry *const *listeners,
						size_t n,
						const struct socket_entry *child)
{
	const struct socket_entry *found = NULL;
	uint64_t id = child->rec.listener;

	if (id)
		return socket_table__by_cookie(t, id);
	for (size_t i = 0; i < n; i++) {
		if (!could_have_accepted(&listeners[i]->rec.sock, &child->rec.sock))
			continue;
		if (found)
			return NULL;
		found = listeners[i];
	}
	return found;
}

void socket_listeners__find(struct socket_table *t)
{
	size_t i, n = 0, count = socket_table__count(t);
	struct socket_entry **listeners = calloc(count + 1, sizeof(*listeners));
	struct socket_entry *e;

	if (!listeners)
		return;
	for (i = 0; i < count; i++) {
		e = socket_table__at(t, i);
		if (e->rec.sock.state == ST_LISTEN)
			listeners[n++] = e;
	}
	for (i = 0; i < count; i++) {
		e = socket_table__at(t, i);
		if (is_unaccepted(e))
			e->listener = find_listener(t, listeners, n, e);
	}
	free(listeners);
}
