// SPDX-License-Identifier: BSD-2-Clause
/* Who is at the other side of each connection, where that is on this host. */
#include "flow/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hashmap.h"

/*
 * Both ends of a connection hash alike, so one look finds the other end or
 * leaves this one to be found. A slot holds a connection's first end, or the
 * only one; several says that other namespaces use the same addresses, which
 * then say nothing of who talks to whom.
 */
struct ends_slot {
	struct socket_entry *e;
	bool several;
};

/* What is said on a loopback device stays in its namespace. */
static bool is_loopback(const uint8_t addr[16])
{
	static const uint8_t lo6[16] = { [15] = 1 };
	static const uint8_t lo4[13] = { [10] = 0xff, 0xff, 127 };

	return !memcmp(addr, lo6, 16) || !memcmp(addr, lo4, 13);
}

static bool may_have_peer(const struct socket_entry *e, bool any_netns)
{
	const struct tt_tuple *t = &e->rec.sock.tuple;

	return t->rport_be && !e->peer &&
	       !(any_netns && is_loopback(t->laddr_be));
}

static uint64_t fold(const uint8_t addr[16], uint16_t port)
{
	uint64_t w[2];

	memcpy(w, addr, sizeof(w));
	return (w[0] + port) * 0x9e3779b97f4a7c15ULL ^
	       (w[1] + port) * 0xbf58476d1ce4e5b9ULL;
}

static uint32_t hash_ends(const struct tt_tuple *t, bool any_netns)
{
	return hash_u64(fold(t->laddr_be, t->lport_be) +
			fold(t->raddr_be, t->rport_be) +
			(any_netns ? 0 : t->netns));
}

static bool is_end(const uint8_t a[16], uint16_t ap, const uint8_t b[16], uint16_t bp)
{
	return ap == bp && !memcmp(a, b, 16);
}

static bool are_ends(const struct tt_tuple *a, const struct tt_tuple *b)
{
	return is_end(a->laddr_be, a->lport_be, b->raddr_be, b->rport_be) &&
	       is_end(a->raddr_be, a->rport_be, b->laddr_be, b->lport_be);
}

static bool are_same(const struct tt_tuple *a, const struct tt_tuple *b)
{
	return is_end(a->laddr_be, a->lport_be, b->laddr_be, b->lport_be) &&
	       is_end(a->raddr_be, a->rport_be, b->raddr_be, b->rport_be);
}

static void enter(struct ends_slot *slots, uint32_t mask, struct socket_entry *e,
		  bool any_netns)
{
	const struct tt_tuple *t = &e->rec.sock.tuple, *u;
	uint32_t i = hash_ends(t, any_netns) & mask;

	for (; slots[i].e; i = (i + 1) & mask) {
		u = &slots[i].e->rec.sock.tuple;
		if (any_netns || t->netns == u->netns)
			slots[i].several |= are_same(t, u);
	}
	slots[i].e = e;
}

/* The one other end, or none. */
static struct socket_entry *look_up(const struct ends_slot *slots, uint32_t mask,
				    const struct socket_entry *e, bool any_netns)
{
	const struct tt_tuple *t = &e->rec.sock.tuple, *u;
	uint32_t i = hash_ends(t, any_netns) & mask;
	struct socket_entry *found = NULL;

	for (; slots[i].e; i = (i + 1) & mask) {
		u = &slots[i].e->rec.sock.tuple;
		if (slots[i].e == e || !are_ends(t, u) ||
		    (!any_netns && t->netns != u->netns))
			continue;
		if (found || slots[i].several)
			return NULL;
		found = slots[i].e;
	}
	return found;
}

static int match_ends(struct socket_entry *list, size_t count, bool any_netns)
{
	uint32_t size = 1024;
	struct ends_slot *slots;
	struct socket_entry *e, *o;
	size_t i, n = 0;

	for (i = 0; i < count; i++)
		n += may_have_peer(&list[i], any_netns);
	if (n < 2)
		return 0;
	while (size < 2 * n)
		size *= 2;
	slots = calloc(size, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		if (may_have_peer(&list[i], any_netns))
			enter(slots, size - 1, &list[i], any_netns);
	for (i = 0; i < count; i++) {
		e = &list[i];
		if (!may_have_peer(e, any_netns))
			continue;
		o = look_up(slots, size - 1, e, any_netns);
		if (o && !o->peer && look_up(slots, size - 1, o, any_netns) == e) {
			e->peer = o;
			o->peer = e;
		}
	}
	free(slots);
	return 0;
}

/* In its own namespace first. */
void socket_peers__find(struct socket_entry *list, size_t count)
{
	bool several_netns = false;

	for (size_t i = 1; i < count && !several_netns; i++)
		several_netns = list[i].rec.sock.tuple.netns !=
				list[0].rec.sock.tuple.netns;
	match_ends(list, count, false);
	if (several_netns)
		match_ends(list, count, true);
}
