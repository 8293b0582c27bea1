/* SPDX-License-Identifier: BSD-2-Clause */
#include "flow/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/seqs.h"

/* After its end a socket still explains segments that come late. */
#define KEEP_CLOSED_NS 1000000000ULL
/* TCP_TIMEWAIT_LEN is 60 s (include/net/tcp.h); FIN_WAIT2 lasts no longer
 * without a full socket. */
#define KEEP_REMNANT_NS 62000000000ULL

#define KEEP_REQUEST_NS 120000000000ULL
#define SWEEP_NS 10000000000ULL

#define TUPLE_KEY_LEN offsetof(struct tt_tuple, netns)

static bool same_sk(const void *entry, const void *key)
{
	return ((const struct flow *)entry)->sk == *(const uint64_t *)key;
}

static bool same_tuple(const void *entry, const void *key)
{
	return !memcmp(&((const struct flow *)entry)->tuple, key, TUPLE_KEY_LEN);
}

static bool same_pid(const void *entry, const void *key)
{
	return ((const struct proc *)entry)->pid == *(const uint32_t *)key;
}

static uint32_t hash_tuple(const struct tt_tuple *tuple)
{
	return hash_bytes(tuple, TUPLE_KEY_LEN);
}

struct flow_table *flow_table__new(const struct flow_opts *opts)
{
	struct flow_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->opts = *opts;
	hashmap__init(&t->by_sk, same_sk);
	hashmap__init(&t->by_tuple, same_tuple);
	hashmap__init(&t->procs, same_pid);
	return t;
}

static void free_flow(struct flow_table *t, struct flow *f)
{
	struct attempt *a;

	flow__release_owners(t, f);
	while ((a = f->attempts)) {
		f->attempts = a->next;
		free(a);
	}
	free(f->found_opts);
	free(f->last_io);
	free(f);
	t->stats.flows--;
}

void flow_table__free(struct flow_table *t)
{
	struct flow *f, *next;
	struct proc *p;
	size_t pos = 0;

	if (!t)
		return;
	seqs__free(t->seqs);
	free(t->held.sks);
	flow_table__end_load(t);
	while ((f = hashmap__next(&t->by_tuple, &pos))) {
		for (; f; f = next) {
			next = f->next_tuple;
			free_flow(t, f);
		}
	}
	pos = 0;
	while ((p = hashmap__next(&t->procs, &pos)))
		free(p);
	hashmap__release(&t->by_sk);
	hashmap__release(&t->by_tuple);
	hashmap__release(&t->procs);
	free(t);
}

struct flow *flow__by_sk(const struct flow_table *t, uint64_t sk)
{
	return sk ? hashmap__find(&t->by_sk, hash_u64(sk), &sk) : NULL;
}

static struct flow *chain_of(const struct flow_table *t,
			     const struct tt_tuple *tuple)
{
	return hashmap__find(&t->by_tuple, hash_tuple(tuple), tuple);
}

/* The newest comes first in its chain. */
struct flow *flow__by_tuple(const struct flow_table *t,
			    const struct tt_tuple *tuple)
{
	struct flow *f, *ended = NULL;

	for (f = chain_of(t, tuple); f; f = f->next_tuple) {
		if (f->tuple.netns != tuple->netns)
			continue;
		if (!(f->flags & FL_DESTROYED) || (f->flags & FL_REMNANT))
			return f;
		if (!ended)
			ended = f;
	}
	return ended;
}

static bool is_loopback(const uint8_t addr[16])
{
	static const uint8_t mapped[13] = { [10] = 0xff, 0xff, 127 };
	static const uint8_t one[16] = { [15] = 1 };

	return !memcmp(addr, mapped, sizeof(mapped)) || !memcmp(addr, one, 16);
}

/* Two namespaces may hold the same addresses: then none is the peer. */
static struct flow *peer_elsewhere(const struct flow_table *t,
				   const struct tt_tuple *tuple)
{
	struct flow *f, *found = NULL;

	if (is_loopback(tuple->laddr_be))
		return NULL;
	for (f = chain_of(t, tuple); f; f = f->next_tuple) {
		if (f->flags & FL_DESTROYED && !(f->flags & FL_REMNANT))
			continue;
		if (found && found->tuple.netns != f->tuple.netns)
			return NULL;
		if (!found)
			found = f;
	}
	return found;
}

struct flow *flow__peer(const struct flow_table *t,
			const struct tt_tuple *tuple)
{
	struct tt_tuple rev;
	struct flow *f;

	if (!tuple->rport_be || !tuple->lport_be)
		return NULL;
	tuple_reverse(tuple, &rev);
	f = flow__by_tuple(t, &rev);
	return f ? f : peer_elsewhere(t, &rev);
}

static struct flow *listener_at(const struct flow_table *t,
				const struct tt_tuple *key, uint32_t without,
				bool *only, bool *differ)
{
	struct flow *f, *found = NULL;

	for (f = chain_of(t, key); f; f = f->next_tuple) {
		if (f->tuple.netns != key->netns || f->state != ST_LISTEN ||
		    (f->flags & without))
			continue;
		if (found) {
			*only = false;
			*differ |= found->owner.proc != f->owner.proc;
		} else {
			found = f;
		}
	}
	return found;
}

struct flow *flow__listener(const struct flow_table *t,
			    const struct tt_tuple *tuple, bool *only)
{
	struct tt_tuple key = { .lport_be = tuple->lport_be,
				.netns = tuple->netns };
	static const uint8_t any4[16] = { [10] = 0xff, 0xff };
	bool is_v4 = !memcmp(tuple->laddr_be, any4, 12), differ = false;
	struct flow *f;

	*only = true;
	memcpy(key.laddr_be, tuple->laddr_be, 16);
	f = listener_at(t, &key, 0, only, &differ);
	if (!f && is_v4) {
		memcpy(key.laddr_be, any4, 16);
		f = listener_at(t, &key, 0, only, &differ);
	}
	if (!f) {
		memset(key.laddr_be, 0, 16);
		f = listener_at(t, &key, is_v4 ? FL_V6ONLY : 0, only,
				&differ);
	}
	return differ ? NULL : f;
}

void flow__guess_listener(const struct flow_table *t, struct flow *f)
{
	bool only;
	const struct flow *l = flow__listener(t, &f->tuple, &only);

	f->listener = l ? l->sk : 0;
	f->flags &= ~FL_SOME_LISTENER;
	if (!only)
		f->flags |= FL_SOME_LISTENER;
}

static bool listened_elsewhere(const struct flow_table *t,
			       const struct tt_tuple *key)
{
	for (struct flow *f = chain_of(t, key); f; f = f->next_tuple)
		if (f->tuple.netns != key->netns && f->state == ST_LISTEN)
			return true;
	return false;
}

bool flow__elsewhere(const struct flow_table *t, const struct tt_tuple *tuple)
{
	struct tt_tuple key = { .lport_be = tuple->lport_be,
				.netns = tuple->netns };

	for (struct flow *f = chain_of(t, tuple); f; f = f->next_tuple)
		if (f->tuple.netns != tuple->netns)
			return true;
	memcpy(key.laddr_be, tuple->laddr_be, 16);
	return listened_elsewhere(t, &key);
}

/* Attempts that have no port yet share a tuple: their chain may be long. */
static void unlink_tuple(struct flow_table *t, struct flow *f)
{
	uint32_t hash = hash_tuple(&f->tuple);
	struct flow *head = NULL;

	if (f->next_tuple)
		f->next_tuple->prev_tuple = f->prev_tuple;
	if (f->prev_tuple) {
		f->prev_tuple->next_tuple = f->next_tuple;
	} else {
		head = hashmap__remove(&t->by_tuple, hash, &f->tuple);
		if (head == f)
			head = f->next_tuple;
	}
	if (head)
		hashmap__insert(&t->by_tuple, hash, head);
	f->next_tuple = f->prev_tuple = NULL;
}

static int link_tuple(struct flow_table *t, struct flow *f)
{
	uint32_t hash = hash_tuple(&f->tuple);

	f->next_tuple = hashmap__remove(&t->by_tuple, hash, &f->tuple);
	if (f->next_tuple)
		f->next_tuple->prev_tuple = f;
	return hashmap__insert(&t->by_tuple, hash, f);
}

/* A listener's remote end says nothing; its key is its own end alone. */
static void normalise(struct tt_tuple *tuple)
{
	if (!tuple->rport_be)
		memset(tuple->raddr_be, 0, 16);
}

void flow__set_tuple(struct flow_table *t, struct flow *f,
		     const struct tt_tuple *tuple)
{
	struct tt_tuple n = *tuple;

	normalise(&n);
	if (!memcmp(&f->tuple, &n, sizeof(n)))
		return;
	unlink_tuple(t, f);
	f->tuple = n;
	link_tuple(t, f);
}

static void unlink_sk(struct flow_table *t, struct flow *f)
{
	if (f->sk)
		hashmap__remove(&t->by_sk, hash_u64(f->sk), &f->sk);
	f->sk = 0;
}

/* Two that claim one cookie: the later one is right. */
void flow__set_sk(struct flow_table *t, struct flow *f, uint64_t sk)
{
	struct flow *other = flow__by_sk(t, sk);

	if (f->sk == sk || !sk)
		return;
	if (other)
		unlink_sk(t, other);
	unlink_sk(t, f);
	f->sk = sk;
	if (hashmap__insert(&t->by_sk, hash_u64(sk), f))
		f->sk = 0;
}

static void evict_one(struct flow_table *t)
{
	struct flow *f = t->closed.head ? t->closed.head : t->remnants.head;
	size_t pos = 0;

	if (!f) {
		f = hashmap__next(&t->by_tuple, &pos);
		t->stats.evicted++;
	}
	if (f)
		flow__drop(t, f);
}

struct flow *flow__get(struct flow_table *t, uint64_t sk,
		       const struct tt_tuple *tuple)
{
	struct flow *f = flow__by_sk(t, sk);

	if (f)
		return f;
	if (t->opts.max_flows && t->stats.flows >= t->opts.max_flows)
		evict_one(t);
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->owner.fd = -1;
	f->tuple = *tuple;
	normalise(&f->tuple);
	t->stats.flows++;
	if (link_tuple(t, f)) {
		free_flow(t, f);
		return NULL;
	}
	flow__set_sk(t, f, sk);
	return f;
}

struct flow *flow__get_last(struct flow_table *t, uint64_t sk,
			    const struct tt_tuple *tuple)
{
	struct flow *f = flow__get(t, sk, tuple), *at = f;

	if (!f || !f->next_tuple)
		return f;
	unlink_tuple(t, f);
	at = chain_of(t, &f->tuple);
	while (at->next_tuple)
		at = at->next_tuple;
	at->next_tuple = f;
	f->prev_tuple = at;
	return f;
}

static void enqueue(struct ended *q, struct flow *f)
{
	f->next_ended = NULL;
	if (q->tail)
		q->tail->next_ended = f;
	else
		q->head = f;
	q->tail = f;
}

static void dequeue(struct ended *q, struct flow *f)
{
	struct flow *prev = NULL, *at;

	for (at = q->head; at && at != f; at = at->next_ended)
		prev = at;
	if (!at)
		return;
	if (prev)
		prev->next_ended = f->next_ended;
	else
		q->head = f->next_ended;
	if (q->tail == f)
		q->tail = prev;
}

/* The flag of the queue is its own: a remnant may be known as one later. */
static struct ended *ended_queue(struct flow_table *t, const struct flow *f)
{
	return f->flags & FL_QUEUED_LONG ? &t->remnants : &t->closed;
}

void flow__end_at(struct flow_table *t, struct flow *f, uint64_t time_ns)
{
	if (f->end_ns)
		return;
	f->end_ns = time_ns;
	if (f->flags & FL_REMNANT)
		f->flags |= FL_QUEUED_LONG;
	enqueue(ended_queue(t, f), f);
}

void flow__end(struct flow_table *t, struct flow *f)
{
	flow__end_at(t, f, t->now_ns);
}

void flow__drop(struct flow_table *t, struct flow *f)
{
	if (f->end_ns)
		dequeue(ended_queue(t, f), f);
	unlink_sk(t, f);
	unlink_tuple(t, f);
	free_flow(t, f);
}

static void expire_queue(struct flow_table *t, struct ended *q, uint64_t before)
{
	while (q->head && q->head->end_ns < before)
		flow__drop(t, q->head);
}

/*
 * What follows a removed entry moves back by at most the one slot, so a sweep
 * looks at that slot again; only a table that shrank is begun anew.
 */
static size_t again(const struct hashmap *map, size_t size, size_t pos)
{
	return map->size == size ? pos - 1 : 0;
}

static bool is_stale(const struct flow *f, uint64_t now_ns)
{
	return (f->flags & FL_REQUEST) && f->open_ns + KEEP_REQUEST_NS < now_ns;
}

/* Requests that no ACK ever completed: net.ipv4.tcp_synack_retries gives up
 * after about a minute. */
static void sweep_requests(struct flow_table *t, uint64_t now_ns)
{
	size_t pos = 0, size;
	struct flow *f;

	while ((f = hashmap__next(&t->by_tuple, &pos))) {
		while (f && !is_stale(f, now_ns))
			f = f->next_tuple;
		if (!f)
			continue;
		size = t->by_tuple.size;
		flow__drop(t, f);
		pos = again(&t->by_tuple, size, pos);
	}
}

/* Processes that no flow refers to any more. */
static void sweep_procs(struct flow_table *t)
{
	size_t pos = 0, size;
	struct proc *p;

	while ((p = hashmap__next(&t->procs, &pos))) {
		if (p->refs)
			continue;
		size = t->procs.size;
		hashmap__remove(&t->procs, hash_u64(p->pid), &p->pid);
		free(p);
		pos = again(&t->procs, size, pos);
	}
}

void flow_table__expire(struct flow_table *t, uint64_t now_ns)
{
	if (now_ns > KEEP_CLOSED_NS)
		expire_queue(t, &t->closed, now_ns - KEEP_CLOSED_NS);
	if (now_ns > KEEP_REMNANT_NS)
		expire_queue(t, &t->remnants, now_ns - KEEP_REMNANT_NS);
	if (now_ns <= t->swept_ns + SWEEP_NS)
		return;
	t->swept_ns = now_ns;
	if (t->requests)
		sweep_requests(t, now_ns);
	sweep_procs(t);
}

static bool is_open(const struct flow_table *t, const struct flow *f)
{
	return !(f->flags & (FL_CLOSED | FL_DESTROYED)) && f->sk &&
	       f->state != ST_TIME_WAIT && select__flow(t, f);
}

static uint64_t count_open(const struct flow_table *t, bool any)
{
	uint64_t n = 0;
	struct flow *f;
	size_t pos = 0;

	while ((f = hashmap__next(&t->by_tuple, &pos))) {
		for (; f; f = f->next_tuple) {
			if (!is_open(t, f))
				continue;
			n++;
			if (any)
				return n;
		}
	}
	return n;
}

bool flow_table__has_open(const struct flow_table *t)
{
	return count_open(t, true) != 0;
}

void flow_table__each_port(const struct flow_table *t,
			   void (*fn)(void *ctx, uint16_t port), void *ctx)
{
	struct flow *f;
	size_t pos = 0;

	while ((f = hashmap__next(&t->by_tuple, &pos))) {
		for (; f; f = f->next_tuple) {
			if (f->tuple.lport_be && select__flow(t, f))
				fn(ctx, __builtin_bswap16(f->tuple.lport_be));
		}
	}
}

uint64_t flow_table__evicted(const struct flow_table *t)
{
	return t->stats.evicted;
}

void flow_table__stats(const struct flow_table *t, struct flow_stats *s)
{
	*s = t->stats;
	s->open = count_open(t, false);
	s->bytes = s->flows * sizeof(struct flow) +
		   t->procs.count * sizeof(struct proc) +
		   (t->by_sk.size + t->by_tuple.size + t->procs.size) *
			   sizeof(struct hashmap_slot);
}
