// SPDX-License-Identifier: BSD-2-Clause
/* A listed socket as the `socket` event that a live run would tell. */
#include "flow/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event/names.h"
#include "flow/attention.h"

static bool is_any(const uint8_t addr[16])
{
	static const uint8_t any[16] = { 0 };
	static const uint8_t any4[16] = { [10] = 0xff, 0xff };

	return !memcmp(addr, any, 16) || !memcmp(addr, any4, 16);
}

static void set_ends(struct fact *f, const struct tt_sock *s)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };
	const struct tt_tuple *t = &s->tuple;

	f->family = s->family;
	fact_set(f, F_FAMILY);
	memcpy(f->laddr, t->laddr_be, 16);
	memcpy(f->raddr, t->raddr_be, 16);
	f->lport = __builtin_bswap16(t->lport_be);
	f->rport = __builtin_bswap16(t->rport_be);
	f->netns = t->netns;
	f->mapped = true;
	if (f->lport)
		fact_set(f, F_LPORT);
	if (f->lport || !is_any(f->laddr))
		fact_set(f, F_LADDR);
	if (f->rport) {
		fact_set(f, F_RADDR);
		fact_set(f, F_RPORT);
	}
	if (f->netns)
		fact_set(f, F_NETNS);
	if (s->family == 6 && !memcmp(t->laddr_be, mapped, 12))
		fact_set(f, F_MAPPED);
}

static void set_owner(struct fact *f, const struct sock_owner *o,
		      bool by_listener, const char *cgroup)
{
	f->pid = o->pid;
	fact_set(f, F_PID);
	f->comm = o->comm;
	fact_set(f, F_COMM);
	f->uid = o->uid;
	fact_set(f, F_UID);
	if (!by_listener) {
		f->fd = o->fd;
		fact_set(f, F_FD);
	}
	f->owner_src = by_listener ? "listener" : "scan";
	fact_set(f, F_OWNER_SRC);
	f->cgroup = cgroup;
	if (cgroup)
		fact_set(f, F_CGROUP);
}

static void set_peer(struct fact *f, const struct socket_entry *peer)
{
	bool by_listener;
	const struct sock_owner *o = socket_entry__owner(peer, &by_listener);

	f->peer = (struct endpoint){ .fd = -1, .sk = peer->rec.hdr.sk };
	if (o) {
		f->peer.pid = o->pid;
		f->peer.comm = o->comm;
		f->peer.fd = by_listener ? -1 : o->fd;
	}
	fact_set(f, F_PEER);
}

static uint32_t seconds(uint32_t jiffies, uint32_t hz)
{
	return jiffies / hz;
}

static void set_opts(struct fact *f, const struct tt_rec_socket *rec, uint32_t hz)
{
	const struct tt_opts *o = &rec->opts;

	/* A remnant has none, and without a rate its times say nothing. */
	if (!hz || rec->sock.flags & TT_SK_REQUEST)
		return;
	f->opts = (struct sock_opts){
		.nodelay = o->flags & TT_OPT_NODELAY,
		.cork = o->flags & TT_OPT_CORK,
		.linger_on = o->flags & TT_OPT_LINGER,
		.keepalive_on = o->flags & TT_OPT_KEEPALIVE,
		.linger_s = seconds(o->linger_j, hz),
		.ka_time_s = seconds(o->ka_time_j, hz),
		.ka_intvl_s = seconds(o->ka_intvl_j, hz),
		.ka_probes = o->ka_probes,
		.rcvbuf = o->rcvbuf,
		.sndbuf = o->sndbuf,
		.mss = o->mss,
		.congestion = o->congestion[0] ? o->congestion : NULL,
	};
	fact_set(f, F_OPTS);
}

static int set_owners(struct socket_fact *sf, const struct socket_entry *e)
{
	struct owner_ref *more;

	if (e->nowners > sf->size) {
		more = reallocarray(sf->refs, e->nowners, sizeof(*more));
		if (!more)
			return -ENOMEM;
		sf->refs = more;
		sf->size = e->nowners;
	}
	for (uint32_t i = 0; i < e->nowners; i++)
		sf->refs[i] = (struct owner_ref){
			.pid = e->owners[i].pid,
			.fd = e->owners[i].fd,
			.comm = e->owners[i].comm,
		};
	sf->fact.owners = sf->refs;
	sf->fact.nowners = e->nowners;
	fact_set(&sf->fact, F_OWNERS);
	return 0;
}

static void set_queues(struct fact *f, const struct tt_rec_socket *r)
{
	if (r->sock.state == ST_LISTEN) {
		f->queue_len = r->rx_queue;
		f->queue_max = r->tx_queue;
		fact_set(f, F_QUEUE_LEN);
		fact_set(f, F_QUEUE_MAX);
	} else if (!(r->sock.flags & TT_SK_REQUEST)) {
		f->recv_q = r->rx_queue;
		f->send_q = r->tx_queue;
		fact_set(f, F_RECV_Q);
		fact_set(f, F_SEND_Q);
	}
}

static void set_shut(struct fact *f, unsigned int mask)
{
	static const char *const how[] = { NULL, "SHUT_RD", "SHUT_WR", "SHUT_RDWR" };

	f->shut = how[mask & 3];
	if (f->shut)
		fact_set(f, F_SHUT);
}

static void set_diag(struct fact *f, const struct sock_diag *d)
{
	f->diag = d;
	f->mark = d->mark;
	if (d->has & DIAG_MARK && d->mark)
		fact_set(f, F_MARK);
	f->v6only = d->v6only;
	if (d->has & DIAG_V6ONLY)
		fact_set(f, F_V6ONLY);
	if (d->has & DIAG_SHUTDOWN)
		set_shut(f, d->shutdown);
	if (d->timer)
		fact_set(f, F_TIMER);
	if (d->nskmem)
		fact_set(f, F_SKMEM);
	if (d->has & DIAG_CONG)
		fact_set(f, F_CONG_INFO);
	if (d->tcp_info_len)
		fact_set(f, F_TCP_INFO);
}

static void set_attention(struct fact *f, const struct socket_entry *e)
{
	uint32_t bits = socket_entry__attention(e);
	size_t n = 0;

	for (int k = 0; k < ATT_MAX; k++)
		if (bits >> k & 1)
			f->attention[n++] = attention_name(k);
	if (n)
		fact_set(f, F_ATTENTION);
}

/* What only a listing knows of a socket. */
static void set_listed(struct fact *f, const struct socket_entry *e)
{
	const struct tt_rec_socket *r = &e->rec;

	f->inode = r->sock.ino;
	if (f->inode)
		fact_set(f, F_INODE);
	f->sock_uid = r->uid;
	if (!(r->sock.flags & TT_SK_REQUEST))
		fact_set(f, F_SOCK_UID);
	f->listener = e->listener ? e->listener->rec.hdr.sk : 0;
	if (f->listener)
		fact_set(f, F_LISTENER);
	set_queues(f, r);
	if (e->diag)
		set_diag(f, e->diag);
	set_attention(f, e);
}

int socket_fact__fill(struct socket_fact *sf, const struct socket_entry *e,
		      uint64_t time_ns, uint32_t hz,
		      const char *(*cgroup_path)(void *ctx, uint64_t id),
		      void *ctx)
{
	struct fact *f = &sf->fact;
	const struct sock_owner *o;
	bool by_listener;

	memset(f, 0, sizeof(*f));
	f->id = EV_socket;
	f->time_ns = time_ns;
	f->sk = e->rec.hdr.sk;
	if (f->sk)
		fact_set(f, F_SK);
	f->state = state_name(socket_entry__state(e));
	if (f->state)
		fact_set(f, F_STATE);
	set_ends(f, &e->rec.sock);
	set_opts(f, &e->rec, hz);
	set_listed(f, e);
	o = socket_entry__owner(e, &by_listener);
	if (o)
		set_owner(f, o, by_listener,
			  cgroup_path ? cgroup_path(ctx, o->cgroup) : NULL);
	if (e->peer)
		set_peer(f, e->peer);
	return set_owners(sf, e);
}

void socket_fact__release(struct socket_fact *sf)
{
	free(sf->refs);
	*sf = (struct socket_fact){ 0 };
}
