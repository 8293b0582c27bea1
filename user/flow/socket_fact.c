// SPDX-License-Identifier: BSD-2-Clause
/* A listed socket as the `socket` event that a live run would tell. */
#include "flow/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event/names.h"

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
