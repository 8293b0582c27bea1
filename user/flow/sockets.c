// SPDX-License-Identifier: BSD-2-Clause
#include "flow/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/hashmap.h"
#include "event/names.h"
#include "flow/table.h"
#include "tcptrace/scan.h"

#define HUGE_PAGE (2ul << 20)

/* Where a socket is, by what identifies it. */
struct id_slot {
	uint64_t id; /* 0: free */
	uint32_t index;
};

/* A task that holds sockets, once for all of them. */
struct holder {
	struct tt_task task;
	bool selected;
};

/* One descriptor, until all sockets are in. */
struct held {
	uint64_t id;
	uint32_t holder;
	int32_t fd;
};

struct socket_table {
	struct select_task select;
	struct id_slot *slots;
	uint32_t nslots; /* a power of two */
	struct socket_entry *list;
	struct sock_owner *owners; /* of all, those of one socket together */
	struct holder *holders;
	struct held *held;
	struct inode_slot *inodes; /* NULL: nobody is known by one alone */
	size_t count, nholders, nheld, ninodes;
	bool need_inodes;
};

/* A socket is its cookie; a kernel that gives none has the inode, and what
 * has neither is seen only once. */
static uint64_t identity(const struct tt_rec_socket *rec)
{
	if (rec->hdr.sk)
		return rec->hdr.sk;
	return rec->sock.ino ? TT_SCAN_BY_INODE | rec->sock.ino : 0;
}

struct socket_table *socket_table__new(const struct select_task *select)
{
	struct socket_table *t = calloc(1, sizeof(*t));

	if (t && select)
		t->select = *select;
	return t;
}

void socket_table__free(struct socket_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		free(t->list[i].diag);
	free(t->slots);
	free(t->list);
	free(t->owners);
	free(t->holders);
	free(t->held);
	free(t->inodes);
	free(t);
}

/* --- by identity ----------------------------------------------------------- */

static struct id_slot *slot_of(struct id_slot *slots, uint32_t nslots, uint64_t id)
{
	uint32_t i = hash_u64(id) & (nslots - 1);

	while (slots[i].id && slots[i].id != id)
		i = (i + 1) & (nslots - 1);
	return &slots[i];
}

static int grow_slots(struct socket_table *t)
{
	uint32_t nslots = t->nslots ? 4 * t->nslots : 1024;
	struct id_slot *slots = calloc(nslots, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->nslots; i++)
		if (t->slots[i].id)
			*slot_of(slots, nslots, t->slots[i].id) = t->slots[i];
	free(t->slots);
	t->slots = slots;
	t->nslots = nslots;
	return 0;
}

static struct socket_entry *find(const struct socket_table *t, uint64_t id)
{
	const struct id_slot *s;

	if (!id || !t->nslots)
		return NULL;
	s = slot_of(t->slots, t->nslots, id);
	return s->id ? &t->list[s->index] : NULL;
}

struct inode_slot {
	uint32_t ino, index;
};

static int by_inode(const void *pa, const void *pb)
{
	const struct inode_slot *a = pa, *b = pb;

	return (a->ino > b->ino) - (a->ino < b->ino);
}

/* For holders that know an inode alone of a socket that has a cookie. */
static int index_inodes(struct socket_table *t)
{
	free(t->inodes);
	t->inodes = calloc(t->count + 1, sizeof(*t->inodes));
	if (!t->inodes)
		return -ENOMEM;
	t->ninodes = 0;
	for (size_t i = 0; i < t->count; i++)
		if (t->list[i].rec.sock.ino)
			t->inodes[t->ninodes++] = (struct inode_slot){
				t->list[i].rec.sock.ino, i };
	qsort(t->inodes, t->ninodes, sizeof(*t->inodes), by_inode);
	return 0;
}

/* The first of the inodes that is not below this one. */
static size_t first_inode(const struct socket_table *t, uint32_t ino)
{
	size_t lo = 0, hi = t->ninodes, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (t->inodes[mid].ino < ino)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Who has this id: one after the other, *pos from 0 on, then NULL. Several have
 * the inode of one MPTCP socket. */
static struct socket_entry *next_held(const struct socket_table *t, uint64_t id,
				      size_t *pos)
{
	struct socket_entry *e = *pos ? NULL : find(t, id);

	if (e || !t->inodes || !(id & TT_SCAN_BY_INODE) || *pos > t->ninodes) {
		*pos = SIZE_MAX;
		return e;
	}
	if (!*pos)
		*pos = first_inode(t, id) + 1;
	if (*pos > t->ninodes || t->inodes[*pos - 1].ino != (uint32_t)id)
		return NULL;
	return &t->list[t->inodes[(*pos)++ - 1].index];
}

/* Entries are many and looked at in no order of theirs: large pages spare much
 * of what finding them costs. */
static void advise_huge(void *p, size_t size)
{
	uintptr_t start = ((uintptr_t)p + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	uintptr_t end = ((uintptr_t)p + size) & ~(HUGE_PAGE - 1);

	if (start < end)
		madvise((void *)start, end - start, MADV_HUGEPAGE);
}

/* Room for one more behind count of them. */
static int reserve(void **list, size_t count, size_t each)
{
	void *more;

	if (count & (count - 1) || (count && count < 256))
		return 0;
	more = reallocarray(*list, count ? 2 * count : 256, each);
	if (!more)
		return -ENOMEM;
	*list = more;
	if (count * each >= HUGE_PAGE)
		advise_huge(more, 2 * count * each);
	return 0;
}

static int append(struct socket_table *t, const struct tt_rec_socket *rec,
		  bool in_tables)
{
	uint64_t id = identity(rec);
	struct socket_entry *e;

	if (t->count >= t->nslots / 2 && grow_slots(t))
		return -ENOMEM;
	if (reserve((void **)&t->list, t->count, sizeof(*t->list)))
		return -ENOMEM;
	e = &t->list[t->count];
	memset(e, 0, sizeof(*e));
	e->rec = *rec;
	e->index = t->count;
	e->in_tables = in_tables;
	if (id)
		*slot_of(t->slots, t->nslots, id) = (struct id_slot){ id, t->count };
	t->count++;
	return 0;
}

static int add_socket(struct socket_table *t, const struct tt_rec_socket *rec,
		      bool in_tables)
{
	struct socket_entry *e = find(t, identity(rec));

	if (!e)
		return append(t, rec, in_tables);
	/* Listings show the tables' view of a socket that both walks saw. */
	if (in_tables && !e->in_tables)
		e->rec = *rec;
	e->in_tables |= in_tables;
	return 0;
}

/* A task's descriptors come one after the other. */
static int add_holder(struct socket_table *t, const struct tt_task *task)
{
	struct holder *h = t->nholders ? &t->holders[t->nholders - 1] : NULL;

	if (h && h->task.pid == task->pid && h->task.tid == task->tid &&
	    h->task.uid == task->uid)
		return 0;
	if (reserve((void **)&t->holders, t->nholders, sizeof(*h)))
		return -ENOMEM;
	h = &t->holders[t->nholders++];
	h->task = *task;
	h->task.comm[sizeof(h->task.comm) - 1] = '\0';
	h->selected = select_task__match(&t->select, task);
	return 0;
}

int socket_table__hold(struct socket_table *t, uint64_t id,
		       const struct tt_task *task)
{
	/* A descriptor of a task that the tracer's pid namespace hides. */
	if (!task->pid || !id)
		return 0;
	if (add_holder(t, task) ||
	    reserve((void **)&t->held, t->nheld, sizeof(*t->held)))
		return -ENOMEM;
	t->need_inodes |= id & TT_SCAN_BY_INODE ? true : false;
	t->held[t->nheld++] = (struct held){
		.id = id, .holder = t->nholders - 1, .fd = task->fd };
	return 0;
}

int socket_table__add(struct socket_table *t, const struct tt_rec_socket *rec)
{
	bool held = rec->flags & TT_SCAN_FILE;
	int err = add_socket(t, rec, !held);

	if (!err && held)
		err = socket_table__hold(t, identity(rec), &rec->task);
	return err;
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
	struct socket_entry *e;

	if (add_socket(t, &rec, false))
		return -ENOMEM;
	e = find(t, identity(&rec));
	if (!e)
		e = &t->list[t->count - 1];
	free(e->diag);
	e->diag = sock_diag__copy(d);
	return e->diag ? 0 : -ENOMEM;
}

bool socket_table__holds_inodes(const struct socket_table *t)
{
	return t->need_inodes;
}

int socket_table__each_missing(const struct socket_table *t,
			       void (*fn)(void *ctx, uint32_t pid), void *ctx)
{
	uint32_t last = 0;
	int n = 0;

	for (size_t i = 0; i < t->nheld; i++) {
		if (t->held[i].id & TT_SCAN_BY_INODE || find(t, t->held[i].id))
			continue;
		n++;
		if (t->holders[t->held[i].holder].task.pid != last)
			fn(ctx, t->holders[t->held[i].holder].task.pid);
		last = t->holders[t->held[i].holder].task.pid;
	}
	return n;
}

/* --- owners ---------------------------------------------------------------- */

static struct sock_owner owner_of(const struct socket_table *t,
				  const struct held *held)
{
	const struct holder *h = &t->holders[held->holder];
	struct sock_owner o = {
		.pid = h->task.pid,
		.tid = h->task.tid,
		.uid = h->task.uid,
		.fd = held->fd,
		.cgroup = h->task.cgroup,
		.selected = h->selected,
	};

	memcpy(o.comm, h->task.comm, sizeof(o.comm));
	return o;
}

static int by_pid(const void *pa, const void *pb)
{
	const struct sock_owner *a = pa, *b = pb;

	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return (a->fd > b->fd) - (a->fd < b->fd);
}

/* What a second look found again is one owner. */
static void sort_owners(struct socket_entry *e)
{
	uint32_t n = 1;

	qsort(e->owners, e->nowners, sizeof(*e->owners), by_pid);
	for (uint32_t i = 1; i < e->nowners; i++)
		if (by_pid(&e->owners[n - 1], &e->owners[i]))
			e->owners[n++] = e->owners[i];
	e->nowners = n;
}

/* A descriptor and the socket that it is found to be of. */
struct link {
	uint32_t entry, held;
};

/* Links of all that is held, *count of them; counts[] gets each entry's. */
static struct link *find_links(const struct socket_table *t, uint32_t *counts,
			       size_t *count)
{
	struct link *list = NULL;
	struct socket_entry *e;
	size_t i, pos, n = 0;

	for (i = 0; i < t->nheld; i++) {
		for (pos = 0; (e = next_held(t, t->held[i].id, &pos)); n++) {
			if (reserve((void **)&list, n, sizeof(*list))) {
				free(list);
				return NULL;
			}
			list[n] = (struct link){ e - t->list, i };
			counts[e - t->list]++;
		}
	}
	*count = n;
	return list ? list : calloc(1, sizeof(*list));
}

/* Counted first, so that those of one socket come to lie together. */
static int give_owners(struct socket_table *t)
{
	uint32_t *counts = calloc(t->count + 1, sizeof(*counts));
	struct link *links = NULL;
	struct socket_entry *e;
	size_t i, n, next = 0;
	int err = -ENOMEM;

	if (!counts || (t->need_inodes && index_inodes(t)))
		goto out;
	links = find_links(t, counts, &n);
	free(t->owners);
	t->owners = links ? malloc((n + 1) * sizeof(*t->owners)) : NULL;
	if (!t->owners)
		goto out;
	for (i = 0; i < t->count; i++) {
		e = &t->list[i];
		e->owners = t->owners + next;
		e->nowners = counts[i];
		counts[i] = next;
		next += e->nowners;
	}
	for (i = 0; i < n; i++)
		t->owners[counts[links[i].entry]++] = owner_of(t, &t->held[links[i].held]);
	for (i = 0; i < t->count; i++)
		if (t->list[i].nowners > 1)
			sort_owners(&t->list[i]);
	err = 0;
out:
	free(links);
	free(counts);
	return err;
}

/* --- order ----------------------------------------------------------------- */

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Namespace, listeners first, port: most comparisons end here. */
struct sort_key {
	uint64_t key;
	struct socket_entry *e;
};

static int for_people(const void *pa, const void *pb)
{
	const struct sort_key *a = pa, *b = pb;
	const struct tt_tuple *t, *v;
	int order = compare(a->key, b->key);

	if (order)
		return order;
	/* Then whatever makes it definite. */
	t = &a->e->rec.sock.tuple;
	v = &b->e->rec.sock.tuple;
	order = memcmp(t->laddr_be, v->laddr_be, 16);
	if (!order)
		order = memcmp(t->raddr_be, v->raddr_be, 16);
	if (!order)
		order = compare(__builtin_bswap16(t->rport_be),
				__builtin_bswap16(v->rport_be));
	return order ? order : compare(a->e->index, b->e->index);
}

static struct sort_key *sorted_keys(const struct socket_table *t)
{
	struct sort_key *keys = calloc(t->count + 1, sizeof(*keys));
	const struct tt_sock *s;

	if (!keys)
		return NULL;
	for (size_t i = 0; i < t->count; i++) {
		s = &t->list[i].rec.sock;
		keys[i].key = (uint64_t)s->tuple.netns << 32 |
			      (uint64_t)(s->state != ST_LISTEN) << 16 |
			      __builtin_bswap16(s->tuple.lport_be);
		keys[i].e = &t->list[i];
	}
	qsort(keys, t->count, sizeof(*keys), for_people);
	return keys;
}

/* Entry i comes from[i]: along each cycle, in place. */
static void permute(struct socket_entry *list, uint32_t *from, size_t n)
{
	struct socket_entry first;
	uint32_t at, next;

	for (size_t i = 0; i < n; i++) {
		if (from[i] == i)
			continue;
		first = list[i];
		for (at = i; from[at] != i; at = next) {
			next = from[at];
			list[at] = list[next];
			from[at] = at;
		}
		list[at] = first;
		from[at] = at;
	}
}

/* Moves the entries themselves: whoever prints them goes through memory once,
 * and in a row. */
static int sort(struct socket_table *t)
{
	struct sort_key *keys = sorted_keys(t);
	uint32_t *from = calloc(t->count + 1, sizeof(*from));
	uint32_t *now_at = calloc(t->count + 1, sizeof(*now_at));
	int err = -ENOMEM;
	size_t i;

	if (!keys || !from || !now_at)
		goto out;
	for (i = 0; i < t->count; i++) {
		from[i] = keys[i].e - t->list;
		now_at[from[i]] = i;
	}
	permute(t->list, from, t->count);
	for (i = 0; i < t->nslots; i++)
		if (t->slots[i].id)
			t->slots[i].index = now_at[t->slots[i].index];
	err = 0;
out:
	free(keys);
	free(from);
	free(now_at);
	return err;
}

int socket_table__finish(struct socket_table *t, bool for_table)
{
	if ((for_table && sort(t)) || give_owners(t))
		return -ENOMEM;
	socket_listeners__find(t);
	if (for_table)
		socket_peers__find(t->list, t->count);
	return 0;
}

struct socket_entry *socket_table__by_cookie(const struct socket_table *t, uint64_t sk)
{
	return find(t, sk);
}

size_t socket_table__count(const struct socket_table *t)
{
	return t->count;
}

struct socket_entry *socket_table__at(const struct socket_table *t, size_t i)
{
	return &t->list[i];
}
