// SPDX-License-Identifier: BSD-2-Clause
#include "flow/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hashmap.h"
#include "event/names.h"
#include "flow/table.h"

struct socket_table {
	struct select_task select;
	struct hashmap by_id;
	struct socket_entry **list;
	size_t count, size;
};

/* A socket is its cookie; a kernel that gives none has the inode, and what
 * has neither is seen only once. */
static uint64_t identity(const struct tt_rec_socket *rec)
{
	if (rec->hdr.sk)
		return rec->hdr.sk;
	return rec->sock.ino ? 1ULL << 63 | rec->sock.ino : 0;
}

static bool has_identity(const void *entry, const void *key)
{
	const struct socket_entry *e = entry;

	return identity(&e->rec) == *(const uint64_t *)key;
}

struct socket_table *socket_table__new(const struct select_task *select)
{
	struct socket_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	if (select)
		t->select = *select;
	hashmap__init(&t->by_id, has_identity);
	return t;
}

void socket_table__free(struct socket_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++) {
		free(t->list[i]->owners);
		free(t->list[i]->diag);
		free(t->list[i]);
	}
	free(t->list);
	hashmap__release(&t->by_id);
	free(t);
}

static int append(struct socket_table *t, struct socket_entry *e)
{
	struct socket_entry **more;
	size_t size;

	if (t->count == t->size) {
		size = t->size ? 2 * t->size : 256;
		more = reallocarray(t->list, size, sizeof(*more));
		if (!more)
			return -ENOMEM;
		t->list = more;
		t->size = size;
	}
	e->index = t->count;
	t->list[t->count++] = e;
	return 0;
}

static struct socket_entry *find_or_make(struct socket_table *t,
					 const struct tt_rec_socket *rec)
{
	uint64_t id = identity(rec);
	struct socket_entry *e = NULL;

	if (id)
		e = hashmap__find(&t->by_id, hash_u64(id), &id);
	if (e)
		return e;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->rec = *rec;
	if (append(t, e)) {
		free(e);
		return NULL;
	}
	/* From here on the list owns it. */
	if (id && hashmap__insert(&t->by_id, hash_u64(id), e))
		return NULL;
	return e;
}

static bool is_owner(const struct socket_entry *e, const struct tt_task *task)
{
	for (uint32_t i = 0; i < e->nowners; i++)
		if (e->owners[i].pid == task->pid && e->owners[i].fd == task->fd)
			return true;
	return false;
}

/* Room grows in powers of two: most sockets have one owner. */
static int add_owner(struct socket_table *t, struct socket_entry *e,
		     const struct tt_task *task)
{
	struct sock_owner *more, *o;

	/* A descriptor of a task that the tracer's pid namespace hides. */
	if (!task->pid || is_owner(e, task))
		return 0;
	if (!(e->nowners & (e->nowners - 1))) {
		more = reallocarray(e->owners, e->nowners ? 2 * e->nowners : 1,
				    sizeof(*more));
		if (!more)
			return -ENOMEM;
		e->owners = more;
	}
	o = &e->owners[e->nowners++];
	*o = (struct sock_owner){
		.pid = task->pid,
		.tid = task->tid,
		.uid = task->uid,
		.fd = task->fd,
		.cgroup = task->cgroup,
		.selected = select_task__match(&t->select, task),
	};
	memcpy(o->comm, task->comm, sizeof(o->comm));
	o->comm[sizeof(o->comm) - 1] = '\0';
	return 0;
}

int socket_table__add(struct socket_table *t, const struct tt_rec_socket *rec)
{
	struct socket_entry *e = find_or_make(t, rec);

	if (!e)
		return -ENOMEM;
	if (rec->flags & TT_SCAN_FILE)
		return add_owner(t, e, &rec->task);
	/* Listings show the tables' view of a socket that both walks saw. */
	if (!e->in_tables)
		e->rec = *rec;
	e->in_tables = true;
	return 0;
}

/* Until, if ever, a scan knows better. A socket that is not closing and has no
 * inode waits for accept(). */
static struct tt_rec_socket record_of(const struct sock_diag *d)
{
	struct tt_rec_socket r = {
		.hdr = { .kind = TT_REC_SOCKET, .len = sizeof(r), .sk = d->sk },
		.sock = {
			.tuple.netns = d->netns,
			.tuple.lport_be = __builtin_bswap16(d->lport),
			.tuple.rport_be = __builtin_bswap16(d->rport),
			.family = d->family,
			.state = d->state,
			.ino = d->ino,
		},
		.task = { .fd = -1, .sysno = -1 },
		.rx_queue = d->rqueue,
		.tx_queue = d->wqueue,
		.uid = d->uid,
		.bound_if = d->ifindex,
	};

	memcpy(r.sock.tuple.laddr_be, d->laddr, 16);
	memcpy(r.sock.tuple.raddr_be, d->raddr, 16);
	if (d->ino)
		return r;
	r.sock.flags = TT_SK_NOFILE;
	if (d->state != ST_ESTABLISHED && d->state != ST_CLOSE_WAIT &&
	    d->state != ST_SYN_RECV)
		r.sock.flags |= TT_SK_DEAD;
	return r;
}

int socket_table__add_diag(struct socket_table *t, const struct sock_diag *d)
{
	struct tt_rec_socket rec = record_of(d);
	struct socket_entry *e = find_or_make(t, &rec);

	if (!e)
		return -ENOMEM;
	free(e->diag);
	e->diag = sock_diag__copy(d);
	return e->diag ? 0 : -ENOMEM;
}

/* --- listeners and peers --------------------------------------------------- */

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
		return hashmap__find(&t->by_id, hash_u64(id), &id);
	for (size_t i = 0; i < n; i++) {
		if (!could_have_accepted(&listeners[i]->rec.sock, &child->rec.sock))
			continue;
		if (found)
			return NULL;
		found = listeners[i];
	}
	return found;
}

static void find_listeners(struct socket_table *t)
{
	struct socket_entry **listeners = calloc(t->count + 1, sizeof(*listeners));
	size_t i, n = 0;

	if (!listeners)
		return;
	for (i = 0; i < t->count; i++)
		if (t->list[i]->rec.sock.state == ST_LISTEN)
			listeners[n++] = t->list[i];
	for (i = 0; i < t->count; i++)
		if (is_unaccepted(t->list[i]))
			t->list[i]->listener =
				find_listener(t, listeners, n, t->list[i]);
	free(listeners);
}

/* Addresses and ports, as this end or as the other end tells them. */
struct ends {
	uint8_t laddr[16], raddr[16];
	uint16_t lport, rport;
	uint32_t netns; /* 0: any */
};

static struct ends ends_of(const struct socket_entry *e, bool any_netns)
{
	const struct tt_tuple *t = &e->rec.sock.tuple;
	struct ends k = { .lport = t->lport_be, .rport = t->rport_be };

	memcpy(k.laddr, t->laddr_be, 16);
	memcpy(k.raddr, t->raddr_be, 16);
	k.netns = any_netns ? 0 : t->netns;
	return k;
}

static struct ends other_end(const struct ends *k)
{
	struct ends o = { .lport = k->rport, .rport = k->lport, .netns = k->netns };

	memcpy(o.laddr, k->raddr, 16);
	memcpy(o.raddr, k->laddr, 16);
	return o;
}

/* The same two ends in several namespaces: the first of them stands for all,
 * marked as one of several. */
struct end_slot {
	struct ends key;
	struct socket_entry *e;
	bool several;
};

static bool has_ends(const void *entry, const void *key)
{
	return !memcmp(&((const struct end_slot *)entry)->key, key,
		       sizeof(struct ends));
}

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

	return t->rport_be && !(any_netns && is_loopback(t->laddr_be));
}

static int fill_ends(struct socket_table *t, struct hashmap *map,
		     struct end_slot *slots, bool any_netns)
{
	struct end_slot *s, *first;
	uint32_t hash;

	for (size_t i = 0; i < t->count; i++) {
		s = &slots[i];
		*s = (struct end_slot){ .e = t->list[i] };
		if (!may_have_peer(s->e, any_netns))
			continue;
		s->key = ends_of(s->e, any_netns);
		hash = hash_bytes(&s->key, sizeof(s->key));
		first = hashmap__find(map, hash, &s->key);
		if (first)
			first->several = true;
		else if (hashmap__insert(map, hash, s))
			return -ENOMEM;
	}
	return 0;
}

static void match_ends(struct socket_table *t, struct end_slot *slots,
		       bool any_netns)
{
	struct hashmap map;
	struct end_slot *s;
	struct ends other;

	hashmap__init(&map, has_ends);
	if (fill_ends(t, &map, slots, any_netns))
		goto out;
	for (size_t i = 0; i < t->count; i++) {
		if (t->list[i]->peer || !slots[i].key.rport)
			continue;
		other = other_end(&slots[i].key);
		s = hashmap__find(&map, hash_bytes(&other, sizeof(other)), &other);
		if (s && !s->several && s->e != t->list[i] &&
		    (!s->e->peer || s->e->peer == t->list[i]))
			t->list[i]->peer = s->e;
	}
out:
	hashmap__release(&map);
}

/* In its own namespace first. Addresses that several other namespaces use say
 * nothing of who talks to whom. */
static void find_peers(struct socket_table *t)
{
	struct end_slot *slots = calloc(t->count + 1, sizeof(*slots));

	if (!slots)
		return;
	match_ends(t, slots, false);
	match_ends(t, slots, true);
	free(slots);
}

/* --- order ----------------------------------------------------------------- */

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_pid(const void *pa, const void *pb)
{
	const struct sock_owner *a = pa, *b = pb;
	int order = compare(a->pid, b->pid);

	return order ? order : compare((uint32_t)a->fd, (uint32_t)b->fd);
}

/* Namespace, listeners first, port, then whatever makes it definite. */
static int for_people(const void *pa, const void *pb)
{
	const struct socket_entry *a = *(struct socket_entry *const *)pa;
	const struct socket_entry *b = *(struct socket_entry *const *)pb;
	const struct tt_sock *s = &a->rec.sock, *u = &b->rec.sock;
	const struct tt_tuple *t = &s->tuple, *v = &u->tuple;
	int order = compare(t->netns, v->netns);

	if (!order)
		order = compare(s->state != ST_LISTEN, u->state != ST_LISTEN);
	if (!order)
		order = compare(__builtin_bswap16(t->lport_be),
				__builtin_bswap16(v->lport_be));
	if (!order)
		order = memcmp(t->laddr_be, v->laddr_be, 16);
	if (!order)
		order = memcmp(t->raddr_be, v->raddr_be, 16);
	if (!order)
		order = compare(__builtin_bswap16(t->rport_be),
				__builtin_bswap16(v->rport_be));
	return order ? order : compare(a->index, b->index);
}

void socket_table__finish(struct socket_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->list[i]->nowners > 1)
			qsort(t->list[i]->owners, t->list[i]->nowners,
			      sizeof(struct sock_owner), by_pid);
	find_listeners(t);
	find_peers(t);
	if (t->count)
		qsort(t->list, t->count, sizeof(*t->list), for_people);
}

size_t socket_table__count(const struct socket_table *t)
{
	return t->count;
}

struct socket_entry *socket_table__at(const struct socket_table *t, size_t i)
{
	return t->list[i];
}

/* --- one socket ------------------------------------------------------------ */

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
