/* SPDX-License-Identifier: BSD-2-Clause */
/* The way in: each record to what knows its kind. */
#include "flow/table.h"

#include <stdlib.h>
#include <string.h>

#include "tcptrace/parse.h"

uint64_t record_time(const struct tt_hdr *rec)
{
	const struct tt_rec_call *call = (const struct tt_rec_call *)rec;

	if (rec->kind != TT_REC_CALL || !call->enter_ns)
		return rec->ts_ns;
	switch (call->call) {
	case TT_CALL_SEND:
	case TT_CALL_SHUTDOWN:
	case TT_CALL_CONNECT:
		return call->enter_ns;
	default:
		return rec->ts_ns;
	}
}

static struct attempt *newest_attempt(const struct flow *f)
{
	struct attempt *a = f->attempts;

	while (a && a->next)
		a = a->next;
	return a;
}

static void add_attempt(struct flow *f, const struct tt_rec_state *r)
{
	struct attempt *a = calloc(1, sizeof(*a)), **at = &f->attempts;

	if (!a)
		return;
	a->ts_ns = r->hdr.ts_ns;
	a->lport_be = r->sock.tuple.lport_be;
	while (*at)
		at = &(*at)->next;
	*at = a;
}

/* One socket may try many times inside the window, each from another port. */
static void know_lport(const struct flow *f, uint16_t lport_be)
{
	struct attempt *a = newest_attempt(f);

	if (a && !a->lport_be)
		a->lport_be = lport_be;
}

/* A birth that lies in the window makes the socket no old one. */
static void preview_state(struct flow_table *t, const struct tt_rec_state *r)
{
	bool birth = r->new_state == ST_SYN_SENT || r->old_state == ST_LISTEN;
	struct flow *f = flow__by_sk(t, r->hdr.sk);

	if (!f && r->new_state == ST_SYN_SENT) {
		f = flow__get(t, r->hdr.sk, &r->sock.tuple);
		if (f)
			f->family = r->sock.family;
	}
	if (!f)
		return;
	if (birth || r->new_state == ST_LISTEN)
		f->flags |= FL_SEEN_BIRTH;
	if (r->new_state == ST_SYN_SENT)
		add_attempt(f, r);
	else if (r->old_state == ST_SYN_SENT)
		know_lport(f, r->sock.tuple.lport_be);
}

static void preview_packet(struct flow_table *t, const struct tt_rec_packet *r)
{
	struct tt_seg seg;
	struct flow *f;

	if (r->dir != TT_DIR_OUT || r->sk_state != ST_SYN_SENT)
		return;
	f = flow__by_sk(t, r->hdr.sk);
	if (f && !tt_parse_segment(tt_packet_data(r), r->caplen, r->wire_len,
				   &seg))
		know_lport(f, seg.sport_be);
}

/*
 * Of several processes that listen at one address only the answer shows which
 * one it is, and the SYN before it is that one's too.
 */
static bool names_listener(const struct flow_table *t,
			   const struct tt_rec_packet *r, struct tt_tuple *tuple)
{
	const struct flow *f;
	struct tt_seg seg;
	bool only;

	if (r->dir != TT_DIR_OUT || r->sk_state != ST_NEW_SYN_RECV || !r->listener ||
	    tt_parse_segment(tt_packet_data(r), r->caplen, r->wire_len, &seg))
		return false;
	*tuple = (struct tt_tuple){ .lport_be = seg.sport_be, .rport_be = seg.dport_be,
				    .netns = r->netns };
	memcpy(tuple->laddr_be, seg.saddr, 16);
	memcpy(tuple->raddr_be, seg.daddr, 16);
	f = flow__by_tuple(t, tuple);
	return (!f || f->end_ns) && !flow__listener(t, tuple, &only) && !only;
}

static void preview_request(struct flow_table *t, const struct tt_rec_packet *r)
{
	struct tt_tuple tuple;
	struct flow *f;

	if (!names_listener(t, r, &tuple))
		return;
	f = flow__get(t, r->hdr.sk, &tuple);
	if (!f)
		return;
	f->flags |= FL_PASSIVE;
	flow__set_listener(f, r->listener);
}

bool flow_table__previews(const struct flow_table *t, const struct tt_hdr *rec)
{
	const struct tt_rec_packet *packet = (const void *)rec;
	const struct tt_rec_state *state = (const void *)rec;
	struct tt_tuple tuple;

	if (rec->kind == TT_REC_STATE)
		return state->new_state == ST_SYN_SENT ||
		       state->old_state == ST_LISTEN ||
		       state->new_state == ST_LISTEN ||
		       state->old_state == ST_SYN_SENT;
	return rec->kind == TT_REC_PACKET && packet->dir == TT_DIR_OUT &&
	       (packet->sk_state == ST_SYN_SENT ||
		names_listener(t, packet, &tuple));
}

void flow_table__preview(struct flow_table *t, const struct tt_hdr *rec)
{
	if (rec->kind == TT_REC_STATE)
		preview_state(t, (const struct tt_rec_state *)rec);
	if (rec->kind != TT_REC_PACKET)
		return;
	preview_packet(t, (const struct tt_rec_packet *)rec);
	preview_request(t, (const struct tt_rec_packet *)rec);
}

static const char *const retransmit_kinds[] = {
	[TT_RETRANS_SYN] = "SYN",     [TT_RETRANS_SYNACK] = "SYN-ACK",
	[TT_RETRANS_RTO] = "RTO",     [TT_RETRANS_FAST] = "fast",
	[TT_RETRANS_PROBE] = "TLP",
};

/* A flow for what names its tuple alone; tmp if the table has none. */
static struct flow *flow_or(struct flow_table *t, uint64_t sk,
			    const struct tt_sock *sock, struct flow *tmp)
{
	struct flow *f = flow__by_sk(t, sk);

	if (!f && sock->tuple.lport_be)
		f = flow__by_tuple(t, &sock->tuple);
	if (f)
		return f;
	*tmp = (struct flow){ .sk = sk, .tuple = sock->tuple,
			      .family = sock->family, .state = sock->state };
	tmp->owner.fd = -1;
	if (!sk)
		flow__guess_listener(t, tmp);
	return tmp;
}

static void apply_retransmit(struct flow_table *t,
			     const struct tt_rec_retransmit *r, uint64_t time_ns)
{
	struct flow tmp, *f = flow_or(t, r->hdr.sk, &r->sock, &tmp);
	struct fact fact;

	if (f == &tmp)
		flow__set_listener(&tmp, r->listener);
	fact__begin(t, &fact, EV_retransmit, time_ns, f);
	fact.tcp_seq = r->seq;
	fact_set(&fact, F_TCP_SEQ);
	fact.kind = retransmit_kinds[r->why];
	if (fact.kind)
		fact_set(&fact, F_KIND);
	fact__tell(t, &fact, f);
}

static void apply_reset(struct flow_table *t,
			const struct tt_rec_reset *r, uint64_t time_ns)
{
	struct flow tmp, *f = flow_or(t, r->hdr.sk, &r->sock, &tmp);
	struct fact fact;

	fact__begin(t, &fact, EV_reset, time_ns, f);
	if (r->task.pid && (!t->opts.select.by_task ||
			    (r->task.flags & TT_TASK_SELECTED)))
		fact__caller(t, &fact, &r->task, SRC_CALL);
	fact.dir = r->dir == TT_DIR_OUT ? "out" : "in";
	fact_set(&fact, F_DIR);
	if (r->reason != ~0U && t->opts.rst_reason)
		fact.reason = t->opts.rst_reason(t->opts.names_ctx, r->reason);
	if (fact.reason)
		fact_set(&fact, F_REASON);
	fact__tell(t, &fact, f);
}

static void apply_drop(struct flow_table *t,
		       const struct tt_rec_drop *r, uint64_t time_ns)
{
	struct flow tmp, *f = flow_or(t, r->hdr.sk, &r->sock, &tmp);
	struct fact fact;

	fact__begin(t, &fact, EV_drop, time_ns, f);
	if (t->opts.drop_reason)
		fact.reason = t->opts.drop_reason(t->opts.names_ctx, r->reason);
	if (fact.reason)
		fact_set(&fact, F_REASON);
	if (t->opts.symbol)
		fact.where = t->opts.symbol(t->opts.names_ctx, r->where);
	if (fact.where)
		fact_set(&fact, F_WHERE);
	fact__tell(t, &fact, f);
}

void flow_table__apply(struct flow_table *t, const struct tt_hdr *rec,
		       uint64_t time_ns, bool late)
{
	t->late = late;
	if (time_ns > t->now_ns)
		t->now_ns = time_ns;
	switch (rec->kind) {
	case TT_REC_STATE:
		apply_state(t, (const void *)rec, time_ns);
		break;
	case TT_REC_CALL:
		apply_call(t, (const void *)rec, time_ns);
		break;
	case TT_REC_CLOSE:
		apply_close(t, (const void *)rec, time_ns);
		break;
	case TT_REC_DESTROY:
		apply_destroy(t, (const void *)rec, time_ns);
		break;
	case TT_REC_PACKET:
		apply_packet(t, (const void *)rec, time_ns);
		break;
	case TT_REC_RETRANSMIT:
		apply_retransmit(t, (const void *)rec, time_ns);
		break;
	case TT_REC_RESET:
		apply_reset(t, (const void *)rec, time_ns);
		break;
	case TT_REC_DROP:
		apply_drop(t, (const void *)rec, time_ns);
		break;
	case TT_REC_TASK:
		apply_task(t, (const void *)rec);
		break;
	}
	t->late = false;
}

void flow_table__lost(struct flow_table *t, uint64_t time_ns, const char *what,
		      const char *why, uint64_t count)
{
	struct fact fact;

	fact__begin(t, &fact, EV_lost, time_ns, NULL);
	fact.what = what;
	fact_set(&fact, F_WHAT);
	fact.why = why;
	fact_set(&fact, F_WHY);
	fact.count = count;
	fact_set(&fact, F_COUNT);
	t->opts.sink(t->opts.sink_ctx, &fact);
}
