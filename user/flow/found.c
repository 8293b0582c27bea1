/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets older than the run, as the scan shows them. */
#include "flow/table.h"

#include <stdlib.h>
#include <string.h>

static void found_remnant(struct flow_table *t, struct flow *f,
			  const struct tt_rec_socket *r)
{
	f->state = r->substate ? r->substate : ST_TIME_WAIT;
	f->flags |= FL_REMNANT | FL_CLOSED | FL_DESTROYED;
	t->now_ns = r->hdr.ts_ns;
	flow__end(t, f);
}

/* From the TCP tables: what stands, with a descriptor or without. */
static void found_socket(struct flow_table *t, struct flow *f,
			 const struct tt_rec_socket *r)
{
	if (r->sock.state == ST_TIME_WAIT) {
		found_remnant(t, f, r);
		return;
	}
	f->state = r->sock.state == ST_NEW_SYN_RECV ? ST_SYN_RECV : r->sock.state;
	if (f->state == ST_LISTEN) {
		f->queue_max = r->tx_queue;
		return;
	}
	if (r->sock.flags & TT_SK_DEAD) {
		f->flags |= FL_CLOSED; /* an orphan: let go, not yet done */
		return;
	}
	if (!(r->sock.flags & TT_SK_NOFILE) || (f->flags & FL_ACCEPTED))
		return;
	f->flags |= FL_PASSIVE;
	if (r->sock.state == ST_NEW_SYN_RECV)
		f->flags |= FL_REQUEST;
	flow__guess_listener(t, f);
	flow__set_listener(f, r->listener);
}

static void found_owner(struct flow_table *t, struct flow *f,
			const struct tt_rec_socket *r)
{
	flow__add_owner(t, f, proc__get(t, &r->task), 0, r->task.fd);
	f->owner_src = SRC_SCAN;
	f->flags |= FL_ACCEPTED;
	f->state = r->sock.state;
}

void flow_table__found(struct flow_table *t, const struct tt_rec_socket *r)
{
	struct flow *f = r->hdr.sk ? flow__by_sk(t, r->hdr.sk) :
				     flow__by_tuple(t, &r->sock.tuple);

	if (!f)
		f = flow__get(t, r->hdr.sk, &r->sock.tuple);
	if (!f || (f->flags & FL_DESTROYED))
		return;
	f->family = r->sock.family;
	flow__set_ino(f, &r->sock);
	f->flags |= FL_FOUND;
	flow__set_v6only(f, r->sock.flags);
	if (r->flags & TT_SCAN_FILE)
		found_owner(t, f, r);
	else
		found_socket(t, f, r);
	if (!f->found_opts && !(r->sock.flags & TT_SK_REQUEST) &&
	    select__wants(t, EV_socket)) {
		f->found_opts = malloc(sizeof(*f->found_opts));
		if (f->found_opts)
			*f->found_opts = r->opts;
	}
}

static uint32_t list_owners(const struct flow *f, struct owner_ref *refs)
{
	uint32_t n = 0;

	if (f->owner.proc)
		refs[n++] = (struct owner_ref){ f->owner.proc->pid, f->owner.fd,
						f->owner.proc->comm };
	for (int i = 0; i < f->nmore; i++)
		refs[n++] = (struct owner_ref){ f->more[i].proc->pid,
						f->more[i].fd,
						f->more[i].proc->comm };
	return n;
}

static void tell_socket(struct flow_table *t, struct flow *f, uint64_t time_ns)
{
	struct owner_ref refs[OWNERS_MAX + 1];
	struct fact fact;

	fact__begin(t, &fact, EV_socket, time_ns, f);
	fact.nowners = list_owners(f, refs);
	fact.owners = refs;
	fact_set(&fact, F_OWNERS);
	fact__opts(t, &fact, f->found_opts);
	fact__tell(t, &fact, f);
}

void flow_table__tell_found(struct flow_table *t, uint64_t time_ns)
{
	const uint32_t gone = FL_DESTROYED | FL_REMNANT | FL_REQUEST |
			      FL_SEEN_BIRTH;
	struct flow *f;
	size_t pos = 0;

	if (time_ns > t->now_ns)
		t->now_ns = time_ns;
	while ((f = hashmap__next(&t->by_tuple, &pos))) {
		for (; f; f = f->next_tuple) {
			if ((f->flags & FL_FOUND) && !(f->flags & gone))
				tell_socket(t, f, time_ns);
			f->flags &= ~FL_FOUND;
			free(f->found_opts);
			f->found_opts = NULL;
		}
	}
}
