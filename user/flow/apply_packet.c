/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments: whose they are, and what they alone show. */
#include "flow/table.h"

#include <string.h>

#include "flow/seqs.h"
#include "tcptrace/parse.h"

/* One end of a segment, as it sees the connection. */
struct end {
	struct tt_tuple tuple;
	struct flow *flow;     /* NULL unknown */
	struct flow *listener; /* instead of flow: no child yet */
	bool some_listener;    /* or another one of the same owner */
	struct flow *previewed; /* what is to become of the listener's answer */
	bool local;	       /* in the namespace of the tap */
	bool selected;
};

struct segment {
	const struct tt_rec_packet *rec;
	struct tt_seg seg;
	struct tt_tcp_opts opts;
	struct end src, dst;
	uint64_t time_ns;
};

static bool has(const struct segment *s, uint8_t flags)
{
	return (s->seg.tcp_flags & flags) == flags;
}

static int parse(const struct tt_rec_packet *r, struct segment *s)
{
	const uint8_t *data = tt_packet_data(r);
	uint32_t off, len;

	if (tt_parse_segment(data, r->caplen, r->wire_len, &s->seg))
		return -1;
	off = s->seg.l4_off + TT_TCP_LEN;
	len = s->seg.data_off < r->caplen ? s->seg.data_off : r->caplen;
	memset(&s->opts, 0, sizeof(s->opts));
	if (len > off)
		tt_parse_tcp_opts(data + off, len - off, &s->opts);
	memcpy(s->src.tuple.laddr_be, s->seg.saddr, 16);
	memcpy(s->src.tuple.raddr_be, s->seg.daddr, 16);
	s->src.tuple.lport_be = s->seg.sport_be;
	s->src.tuple.rport_be = s->seg.dport_be;
	s->src.tuple.netns = r->netns;
	tuple_reverse(&s->src.tuple, &s->dst.tuple);
	return 0;
}

/* The tap saw the sender's socket: more than addresses could tell. */
static struct flow *sender(struct flow_table *t, struct segment *s)
{
	const struct tt_rec_packet *r = s->rec;
	struct flow *f = NULL;

	if (r->dir == TT_DIR_OUT && r->hdr.sk)
		f = flow__by_sk(t, r->hdr.sk);
	if (!f)
		return flow__by_tuple(t, &s->src.tuple);
	if (f->state == ST_SYN_SENT || !f->tuple.lport_be)
		flow__set_tuple(t, f, &s->src.tuple);
	return f;
}

/* A flow without a state is what preview_request() knows of the listener. */
static void find_listener(struct flow_table *t, struct end *e)
{
	bool only = true;

	e->listener = e->previewed = NULL;
	if (!e->local)
		return;
	if (e->flow && e->flow->listener && !e->flow->state) {
		e->listener = flow__by_sk(t, e->flow->listener);
		e->previewed = e->flow;
		e->flow = NULL;
	} else if (!e->flow) {
		e->listener = flow__listener(t, &e->tuple, &only);
	}
	e->some_listener = !only;
}

static void find_ends(struct flow_table *t, struct segment *s)
{
	bool lo = s->rec->flags & (TT_PKT_LOOPBACK | TT_PKT_UNPLACED);

	s->src.local = lo || s->rec->dir == TT_DIR_OUT;
	s->dst.local = lo || s->rec->dir == TT_DIR_IN;
	s->src.flow = s->src.local ? sender(t, s) :
				     flow__peer(t, &s->dst.tuple);
	s->dst.flow = s->dst.local ? flow__by_tuple(t, &s->dst.tuple) :
				     flow__peer(t, &s->src.tuple);
	if (s->dst.flow && s->dst.flow->end_ns && has(s, TT_TCP_SYN))
		s->dst.flow = NULL; /* a new connection on an old pair */
	find_listener(t, &s->dst);
	find_listener(t, &s->src);
	/* Arrived to be forwarded: this namespace holds no end of it. */
	if (s->rec->dir == TT_DIR_IN && !s->dst.flow && !s->dst.listener &&
	    flow__elsewhere(t, &s->dst.tuple))
		s->dst.local = false;
}

/* An end that has no flow of its own, as a flow: its listener's child. */
static void stand_in(const struct end *e, struct flow *tmp)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

	*tmp = (struct flow){ .tuple = e->tuple, .flags = FL_PASSIVE };
	tmp->owner.fd = -1;
	tmp->family = memcmp(e->tuple.laddr_be, mapped, 12) ? 6 : 4;
	if (e->listener) {
		tmp->listener = e->listener->sk;
		if (e->some_listener)
			tmp->flags |= FL_SOME_LISTENER;
		tmp->family = e->listener->family;
	}
}

static bool end_selected(const struct flow_table *t, const struct end *e)
{
	struct flow tmp;

	if (!e->local)
		return false;
	if (e->flow)
		return select__packets_of(t, e->flow);
	stand_in(e, &tmp);
	return select__packets_of(t, &tmp);
}

/* A listener's answer to a SYN, the first time. */
static bool is_new_request(const struct segment *s)
{
	const struct flow *f = s->src.flow;

	if (!has(s, TT_TCP_SYN | TT_TCP_ACK) || s->rec->dir != TT_DIR_OUT)
		return false;
	if (s->rec->sk_state != ST_NEW_SYN_RECV)
		return false;
	return !f || !(f->flags & FL_REQUEST);
}

static void tell_syn_recv(struct flow_table *t, const struct flow *f,
			  uint64_t time_ns, bool cookie)
{
	struct fact fact;

	fact__begin(t, &fact, EV_syn_recv, time_ns, f);
	fact__listener(&fact, f);
	fact.cookie = cookie;
	fact_set(&fact, F_COOKIE);
	fact__tell(t, &fact, f);
	if (cookie)
		return;
	fact__begin(t, &fact, EV_state, time_ns, f);
	fact.new_state = state_name(ST_SYN_RECV);
	fact_set(&fact, F_NEW);
	fact.cause_kind = "segment";
	fact.cause_what = "SYN";
	fact_set(&fact, F_CAUSE);
	fact__tell(t, &fact, f);
}

static void new_request(struct flow_table *t, struct segment *s)
{
	const struct tt_rec_packet *r = s->rec;
	struct flow *f = flow__by_sk(t, r->hdr.sk), *l;

	if (!f)
		f = s->src.previewed;
	if (!f)
		f = flow__get(t, r->hdr.sk, &s->src.tuple);
	if (!f)
		return;
	t->requests++;
	flow__guess_listener(t, f);
	flow__set_listener(f, r->listener);
	l = flow__by_sk(t, f->listener);
	f->family = l ? l->family : s->seg.version;
	f->flags |= FL_REQUEST | FL_PASSIVE | FL_SEEN_BIRTH | FL_SEEN_OPEN;
	f->state = ST_SYN_RECV;
	f->state_ns = f->open_ns = s->time_ns;
	tell_syn_recv(t, f, s->time_ns, false);
}

/* A SYN-ACK with no socket behind it is a SYN cookie (RFC 4987, 3.6): the
 * kernel keeps nothing, and neither do we. */
static void note_cookie(struct flow_table *t, struct segment *s)
{
	struct flow tmp;

	if (!has(s, TT_TCP_SYN | TT_TCP_ACK) || s->rec->dir != TT_DIR_OUT ||
	    (s->rec->flags & (TT_PKT_TX_SK | TT_PKT_BESIDE)) ||
	    !(s->src.listener || s->src.some_listener))
		return;
	stand_in(&s->src, &tmp);
	tmp.state = ST_SYN_RECV;
	tell_syn_recv(t, &tmp, s->time_ns, true);
}

static struct end *flat_end(struct segment *s)
{
	if (s->src.selected != s->dst.selected)
		return s->src.selected ? &s->src : &s->dst;
	return s->src.local ? &s->src : &s->dst;
}

static void set_base(const struct segment *s, struct flow *f, bool is_src)
{
	f->base_l = is_src ? s->seg.seq : s->seg.ack - 1;
	f->base_r = is_src ? s->seg.ack - 1 : s->seg.seq;
	f->flags |= FL_BASE;
}

/* A connection has one base, whichever of its ends was known first. */
static void share_base(struct flow *from, struct flow *to)
{
	if (!from || !to || (to->flags & FL_BASE))
		return;
	to->base_l = from->base_r;
	to->base_r = from->base_l;
	to->flags |= FL_BASE;
}

/*
 * tcpdump's rule: the first segment with an ACK, and any later one with a
 * SYN, sets what counts as 0 and is itself printed as it is. Returns whether
 * there was a base before.
 */
static bool relate(struct segment *s, uint32_t *base_src, uint32_t *base_dst)
{
	struct flow *src = s->src.flow, *dst = s->dst.flow;
	bool src_known = src && (src->flags & FL_BASE);
	bool dst_known = dst && (dst->flags & FL_BASE);

	if (!has(s, TT_TCP_ACK))
		return false;
	if (has(s, TT_TCP_SYN) || (!src_known && !dst_known)) {
		if (src)
			set_base(s, src, true);
		if (dst)
			set_base(s, dst, false);
		return false;
	}
	*base_src = src_known ? src->base_l : dst->base_r;
	*base_dst = src_known ? src->base_r : dst->base_l;
	share_base(src_known ? src : dst, src_known ? dst : src);
	return true;
}

/* Of a file's connections no flow is kept: their addresses are all there is. */
static bool relate_foreign(struct flow_table *t, const struct segment *s,
			   uint32_t *src, uint32_t *dst)
{
	const struct seqs_key key = {
		.src = s->seg.saddr,
		.dst = s->seg.daddr,
		.version = 6, /* mapped addresses have that form */
		.sport = __builtin_bswap16(s->seg.sport_be),
		.dport = __builtin_bswap16(s->seg.dport_be),
	};
	struct seqs_base base;

	if (!has(s, TT_TCP_ACK))
		return false;
	if (!t->seqs)
		t->seqs = seqs__new();
	if (!t->seqs || !seqs__base(t->seqs, &key, s->seg.seq, s->seg.ack,
				    has(s, TT_TCP_SYN), &base))
		return false;
	*src = base.src;
	*dst = base.dst;
	return true;
}

static void set_relative(struct flow_table *t, struct segment *s,
			 struct fact *fact)
{
	bool foreign = !s->rec->netns && !s->src.flow && !s->dst.flow;
	uint32_t src, dst;

	if (foreign ? !relate_foreign(t, s, &src, &dst) : !relate(s, &src, &dst))
		return;
	fact->rel_seq = s->seg.seq - src;
	fact_set(fact, F_REL_SEQ);
	fact->rel_ack = s->seg.ack - dst;
	fact_set(fact, F_REL_ACK);
	for (int i = 0; i < fact->seg_opts.nsack; i++) {
		fact->seg_opts.sack[i].left -= dst;
		fact->seg_opts.sack[i].right -= dst;
	}
}

/* tcpdump's letters (print-tcp.c): in the order of the bits, . for ACK. */
static void set_flags(const struct segment *s, struct fact *fact)
{
	static const char letters[] = "FSRP.UEW";
	char *p = fact->tcp_flags;

	for (int i = 0; i < 8; i++)
		if (s->seg.tcp_flags >> i & 1)
			*p++ = letters[i];
	if (s->seg.ae)
		*p++ = 'e';
	*p = 0;
	if (p == fact->tcp_flags)
		strcpy(p, "none");
	fact_set(fact, F_FLAGS);
}

static void set_seg_opts(const struct segment *s, struct fact *fact)
{
	const struct tt_tcp_opts *o = &s->opts;
	struct seg_opts *to = &fact->seg_opts;

	to->has_mss = o->has_mss;
	to->mss = o->mss;
	to->has_wscale = o->has_wscale;
	to->wscale = o->wscale;
	to->sackok = o->sackok;
	to->has_ts = o->has_ts;
	to->tsval = o->tsval;
	to->tsecr = o->tsecr;
	to->nsack = o->nsack;
	for (int i = 0; i < o->nsack; i++)
		to->sack[i] = (struct sack_block){ o->sack[i].left,
						   o->sack[i].right };
	if (o->has_mss || o->has_wscale || o->sackok || o->has_ts || o->nsack)
		fact_set(fact, F_TCP_OPTS);
}

static void set_header(const struct segment *s, struct fact *fact)
{
	memcpy(fact->src, s->seg.saddr, 16);
	memcpy(fact->dst, s->seg.daddr, 16);
	fact->sport = __builtin_bswap16(s->seg.sport_be);
	fact->dport = __builtin_bswap16(s->seg.dport_be);
	fact->tcp_seq = s->seg.seq;
	fact->tcp_ack = s->seg.ack;
	fact->win = s->seg.win;
	fact->len = s->seg.payload_len;
	fact->ttl = s->seg.ttl;
	fact_set(fact, F_SRC);
	fact_set(fact, F_SPORT);
	fact_set(fact, F_DST);
	fact_set(fact, F_DPORT);
	fact_set(fact, F_TCP_SEQ);
	if (has(s, TT_TCP_ACK))
		fact_set(fact, F_TCP_ACK);
	fact_set(fact, F_WIN);
	fact_set(fact, F_LEN);
	fact_set(fact, F_TTL);
	set_flags(s, fact);
	set_seg_opts(s, fact);
	if (s->rec->gso_segs > 1) {
		fact->gso = s->rec->gso_segs;
		fact_set(fact, F_GSO);
	}
}

static void set_end(struct flow_table *t, struct fact *fact, enum field id,
		    struct endpoint *to, const struct end *e)
{
	fact__endpoint(t, to, e->flow ? e->flow : e->listener, true);
	if (!e->flow && e->some_listener) {
		to->sk = 0;
		to->fd = -1;
	}
	if (to->pid || to->sk)
		fact_set(fact, id);
}

static void tell_packet(struct flow_table *t, struct segment *s)
{
	bool unplaced = s->rec->flags & TT_PKT_UNPLACED;
	struct end *e = flat_end(s);
	struct flow tmp, *f = e->flow;
	struct fact fact;

	if (!f) {
		stand_in(e, &tmp);
		f = &tmp;
	}
	fact__begin(t, &fact, EV_packet, s->time_ns, unplaced ? NULL : f);
	set_header(s, &fact);
	set_relative(t, s, &fact);
	if (!s->src.selected && !s->dst.selected)
		return;
	if (s->rec->flags & TT_PKT_STATE_ONLY)
		return;
	set_end(t, &fact, F_FROM, &fact.from, &s->src);
	set_end(t, &fact, F_TO, &fact.to, &s->dst);
	fact.packet = s->rec;
	fact.dir = e == &s->src ? "out" : "in";
	if (!unplaced)
		fact_set(&fact, F_DIR);
	fact.ifname = s->rec->ifname;
	if (*fact.ifname)
		fact_set(&fact, F_IFNAME);
	fact__tell(t, &fact, f);
}

/* What is left of a socket in FIN_WAIT2 gets the FIN that no full socket sees. */
static void note_fin(struct flow_table *t, struct segment *s)
{
	struct flow *f = s->dst.flow;
	struct fact fact;
	uint64_t since;

	if (!has(s, TT_TCP_FIN) || !f || !s->dst.local)
		return;
	if (f->state == ST_FIN_WAIT1 || f->state == ST_FIN_WAIT2)
		f->flags |= FL_PEER_FIN; /* may cross with the hand-over */
	if (!(f->flags & FL_REMNANT) || f->state != ST_FIN_WAIT2)
		return;
	since = f->state_ns;
	f->state = ST_TIME_WAIT;
	f->state_ns = s->time_ns;
	fact__begin(t, &fact, EV_state, s->time_ns, f);
	fact.old_state = state_name(ST_FIN_WAIT2);
	fact_set(&fact, F_OLD);
	fact.new_state = state_name(ST_TIME_WAIT);
	fact_set(&fact, F_NEW);
	if (since && since <= s->time_ns) {
		fact.in_state_us = (s->time_ns - since) / 1000;
		fact_set(&fact, F_IN_STATE_US);
	}
	fact.cause_kind = "segment";
	fact.cause_what = "FIN";
	fact_set(&fact, F_CAUSE);
	fact__tell(t, &fact, f);
}

void apply_packet(struct flow_table *t, const struct tt_rec_packet *r,
		  uint64_t time_ns)
{
	struct segment s = { .rec = r, .time_ns = time_ns };

	if (parse(r, &s))
		return;
	find_ends(t, &s);
	if ((r->flags & TT_PKT_TX_SK) && r->sk_state == ST_TIME_WAIT && r->hdr.sk)
		unseen__time_wait(t, flow__by_sk(t, r->hdr.sk), time_ns);
	if (is_new_request(&s)) {
		new_request(t, &s);
		find_ends(t, &s); /* a full table may have let one go for it */
	} else {
		note_cookie(t, &s);
	}
	s.src.selected = end_selected(t, &s.src);
	s.dst.selected = end_selected(t, &s.dst);
	tell_packet(t, &s);
	note_fin(t, &s);
}
