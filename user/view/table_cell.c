// SPDX-License-Identifier: BSD-2-Clause
#include "view/table_cell.h"

#include <string.h>

#include "base/str.h"
#include "event/names.h"
#include "event/tcp_info.h"
#include "flow/attention.h"

static void put_device(struct line *l, const struct socket_entry *e,
		       const struct list_opts *o)
{
	uint32_t index = e->rec.bound_if;
	const char *name = o->ifname ?
		o->ifname(o->ctx, e->rec.sock.tuple.netns, index) : NULL;

	line__char(l, '%');
	if (name)
		line__str(l, name);
	else
		line__u64(l, index);
}

static void put_address(struct line *l, const uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };
	bool brackets = memcmp(addr, mapped, 12) != 0;
	char text[46];

	if (brackets)
		line__char(l, '[');
	line__str(l, str_addr(addr, true, text));
	if (brackets)
		line__char(l, ']');
}

static void put_port(struct line *l, uint16_t port_be, const struct list_opts *o)
{
	uint16_t port = __builtin_bswap16(port_be);
	const char *name = o->service && port ? o->service(o->ctx, port) : NULL;

	line__char(l, ':');
	if (name)
		line__str(l, name);
	else if (port)
		line__u64(l, port);
	else
		line__char(l, '*');
}

static void put_local(struct line *l, const struct socket_entry *e,
		      const struct list_opts *o)
{
	put_address(l, e->rec.sock.tuple.laddr_be);
	if (e->rec.bound_if)
		put_device(l, e, o);
	put_port(l, e->rec.sock.tuple.lport_be, o);
}

static void put_remote(struct line *l, const struct tt_tuple *tuple,
		       const struct list_opts *o)
{
	if (!tuple->rport_be) {
		line__char(l, '-');
		return;
	}
	put_address(l, tuple->raddr_be);
	put_port(l, tuple->rport_be, o);
}

static void put_process(struct text *t, const struct sock_owner *o)
{
	text__safe(t, o->comm);
	line__char(&t->line, '/');
	line__u64(&t->line, o->pid);
}

static const struct sock_owner *put_holder(struct text *t,
					   const struct socket_entry *e)
{
	bool by_listener;
	const struct sock_owner *o = socket_entry__owner(e, &by_listener);

	if (!o) {
		line__char(&t->line, '-');
		return NULL;
	}
	if (by_listener)
		line__char(&t->line, '(');
	put_process(t, o);
	if (by_listener)
		line__char(&t->line, ')');
	return by_listener ? NULL : o;
}

static void put_owner(struct text *t, const struct socket_entry *e)
{
	put_holder(t, e);
	if (e->nowners > 1) {
		line__str(&t->line, " +");
		line__u64(&t->line, e->nowners - 1);
	}
}

/* Who is at the other end, and on which of its descriptors. */
static void put_peer(struct text *t, const struct socket_entry *e)
{
	const struct sock_owner *o;

	if (!e->peer) {
		line__char(&t->line, '-');
		return;
	}
	o = put_holder(t, e->peer);
	if (!o)
		return;
	line__str(&t->line, " fd ");
	line__u64(&t->line, (uint32_t)o->fd);
}

static void put_owners(struct text *t, const struct socket_entry *e)
{
	const struct sock_owner *o;

	if (!e->nowners)
		line__char(&t->line, '-');
	for (uint32_t i = 0; i < e->nowners; i++) {
		o = &e->owners[i];
		if (i)
			line__str(&t->line, ", ");
		put_process(t, o);
		if (o->tid && o->tid != o->pid) {
			line__char(&t->line, '.');
			line__u64(&t->line, o->tid);
		}
		line__str(&t->line, " fd ");
		line__u64(&t->line, (uint32_t)o->fd);
	}
}

static void put_fd(struct line *l, const struct socket_entry *e)
{
	bool by_listener;
	const struct sock_owner *o = socket_entry__owner(e, &by_listener);

	if (o && !by_listener)
		line__u64(l, (uint32_t)o->fd);
	else
		line__char(l, '-');
}

/* The two largest units that say something: "3d4h", "12m5s", "7s". */
static void put_span(struct line *l, uint64_t s)
{
	static const struct {
		uint32_t seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t k = 0;

	while (k < 3 && s < units[k].seconds)
		k++;
	line__u64(l, s / units[k].seconds);
	line__char(l, units[k].unit);
	s %= units[k].seconds;
	if (k < 3 && s / units[k + 1].seconds) {
		line__u64(l, s / units[k + 1].seconds);
		line__char(l, units[k + 1].unit);
	}
}

static void put_age(struct line *l, const struct socket_entry *e,
		    const struct list_opts *opts)
{
	bool by_listener;
	const struct sock_owner *o = socket_entry__owner(e, &by_listener);
	uint64_t age;

	if (o && opts->age && opts->age(opts->ctx, o->pid, &age))
		put_span(l, age);
	else
		line__char(l, '-');
}

/* Of a listener, who waits for accept() and how many may. */
static void put_recvq(struct line *l, const struct tt_rec_socket *r)
{
	line__u64(l, r->rx_queue);
	if (r->sock.state == ST_LISTEN) {
		line__char(l, '/');
		line__u64(l, r->tx_queue);
	}
}

static void put_sendq(struct line *l, const struct tt_rec_socket *r)
{
	if (r->sock.state == ST_LISTEN)
		line__char(l, '-');
	else
		line__u64(l, r->tx_queue);
}

/* "on 0.2s", with what was tried in vain: "on 0.2s 3 retries" */
static void put_timer(struct line *l, const struct tt_rec_socket *r, uint32_t hz)
{
	static const char *const names[] = { "-", "on", "keepalive", "timewait",
					     "probe" };
	uint32_t tried = r->retransmits ? r->retransmits : r->probes;

	if (!r->timer || r->timer >= sizeof(names) / sizeof(names[0])) {
		line__char(l, '-');
		return;
	}
	line__str(l, names[r->timer]);
	if (hz) {
		line__char(l, ' ');
		line__u64(l, r->expires_j / hz);
		line__char(l, '.');
		line__u64(l, (uint64_t)(r->expires_j % hz) * 10 / hz);
		line__char(l, 's');
	}
	if (tried) {
		line__char(l, ' ');
		line__u64(l, tried);
		line__str(l, tried > 1 ? " retries" : " retry");
	}
}

/* A number that 0 says is not known. */
static void put_known(struct line *l, uint64_t v, bool hex)
{
	if (!v)
		line__char(l, '-');
	else if (hex)
		line__hex(l, v);
	else
		line__u64(l, v);
}

static void put_count(struct line *l, uint32_t n)
{
	if (!n)
		return;
	line__str(l, " x");
	line__u64(l, n);
}

static void put_note(struct line *l, const struct socket_entry *e)
{
	static const char *const words[ATT_MAX] = {
		[ATT_CLOSE_WAIT] = "peer has closed",
		[ATT_QUEUE_FULL] = "accept queue full",
		[ATT_RECVQ_GROWS] = "recv-q grows",
		[ATT_ZERO_WINDOW] = "peer's window is 0",
		[ATT_RETRANSMITS] = "retransmitting",
		[ATT_PROBES] = "keep-alive unanswered",
	};
	uint32_t bits = socket_entry__attention(e);
	const char *before = "! ";

	if (!bits)
		line__char(l, '-');
	for (int k = 0; k < ATT_MAX; k++) {
		if (!(bits >> k & 1))
			continue;
		line__str(l, before);
		line__str(l, words[k]);
		if (k == ATT_RETRANSMITS)
			put_count(l, e->rec.retransmits);
		if (k == ATT_PROBES)
			put_count(l, e->rec.probes);
		before = ", ";
	}
}

/* 1234567 as 1.2M */
static void put_scaled(struct line *l, uint64_t v)
{
	static const char units[] = "kMGTPE";
	uint64_t tenths = v * 10;
	int k = -1;

	if (v < 1000) {
		line__u64(l, v);
		return;
	}
	for (; tenths >= 10000; tenths /= 1000)
		k++;
	line__u64(l, tenths / 10);
	if (tenths < 100) {
		line__char(l, '.');
		line__u64(l, tenths % 10);
	}
	line__char(l, units[k]);
}

static void put_ms(struct line *l, uint64_t us)
{
	line__u64(l, us / 1000);
	line__char(l, '.');
	line__digits(l, us % 1000, 3);
	line__str(l, "ms");
}

static void put_info(struct line *l, const struct sock_diag *d,
		     enum tcp_info_id id, enum table_column column)
{
	uint64_t v = d ? tcp_info__get(d->tcp_info, d->tcp_info_len, id) : 0;

	if (!d || !d->tcp_info_len || d->state == ST_LISTEN) {
		line__char(l, '-');
	} else if (column == COL_RTT) {
		put_ms(l, v);
	} else if (column == COL_RATE) {
		put_scaled(l, v);
		line__str(l, "B/s");
	} else {
		line__u64(l, v);
	}
}

/* Used, of how much. */
static void put_memory(struct line *l, const struct sock_diag *d, int used,
		       int limit)
{
	if (!d || d->nskmem <= limit) {
		line__char(l, '-');
		return;
	}
	put_scaled(l, d->skmem[used]);
	line__char(l, '/');
	put_scaled(l, d->skmem[limit]);
}

static void put_diag(struct text *t, const struct sock_diag *d,
		     enum table_column column)
{
	struct line *l = &t->line;

	switch (column) {
	case COL_CC:
		text__safe(t, d && d->cong[0] ? d->cong : NULL);
		break;
	case COL_RTT:
		put_info(l, d, TI_RTT, column);
		break;
	case COL_CWND:
		put_info(l, d, TI_SND_CWND, column);
		break;
	case COL_RETRANS:
		put_info(l, d, TI_TOTAL_RETRANS, column);
		break;
	case COL_RATE:
		put_info(l, d, TI_DELIVERY_RATE, column);
		break;
	case COL_RMEM:
		put_memory(l, d, SKMEM_RMEM_ALLOC, SKMEM_RCVBUF);
		break;
	default:
		put_memory(l, d, SKMEM_WMEM_QUEUED, SKMEM_SNDBUF);
	}
}

static void put_user(struct text *t, uint32_t uid, const struct list_opts *o)
{
	const char *name = o->service && o->user ? o->user(o->ctx, uid) : NULL;

	if (name)
		text__safe(t, name);
	else
		line__u64(&t->line, uid);
}

static void put_extra(struct text *t, const struct socket_entry *e,
		      enum table_column column, const struct list_opts *opts)
{
	const struct tt_rec_socket *r = &e->rec;
	struct line *l = &t->line;

	switch (column) {
	case COL_TIMER:
		put_timer(l, r, opts->hz);
		break;
	case COL_UID:
		put_user(t, r->uid, opts);
		break;
	case COL_INODE:
		put_known(l, r->sock.ino, false);
		break;
	case COL_COOKIE:
		put_known(l, r->hdr.sk, true);
		break;
	case COL_NETNS:
		line__u64(l, r->sock.tuple.netns);
		break;
	case COL_OWNERS:
		put_owners(t, e);
		break;
	case COL_NOTE:
		put_note(l, e);
		break;
	default:
		put_diag(t, e->diag, column);
	}
}

void table_cell__put(struct text *t, const struct socket_entry *e,
		     enum table_column column, const struct list_opts *opts)
{
	const char *state = state_name(socket_entry__state(e));
	struct line *l = &t->line;

	switch (column) {
	case COL_STATE:
		line__str(l, state ? state : "-");
		break;
	case COL_RECVQ:
		put_recvq(l, &e->rec);
		break;
	case COL_SENDQ:
		put_sendq(l, &e->rec);
		break;
	case COL_LOCAL:
		put_local(l, e, opts);
		break;
	case COL_REMOTE:
		put_remote(l, &e->rec.sock.tuple, opts);
		break;
	case COL_FD:
		put_fd(l, e);
		break;
	case COL_OWNER:
		put_owner(t, e);
		break;
	case COL_AGE:
		put_age(l, e, opts);
		break;
	case COL_PEER:
		put_peer(t, e);
		break;
	default:
		put_extra(t, e, column, opts);
	}
}
