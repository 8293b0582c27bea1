// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sockets as `netstat -natp` of net-tools prints /proc/net/tcp and tcp6.
 * --listening stands for -l in place of -a, --extended for -e, --timers for
 * -o, --wide for -W.
 */
#include "view/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "base/str.h"
#include "event/names.h"
#include "view/line.h"

#define ADDR_WIDTH 23
#define ADDR_CUT 22	 /* address and port, without -W */
#define PORT_KEPT 18	 /* a port's part of that, at most */
#define STATE_WIDTH 11
#define PROGRAM_WIDTH 20
#define PROGRAM_CUT 19
#define USER_HZ 100	 /* of times in /proc */

/* Order of /proc/net/tcp, which the iterator walks as /proc does. */
static int as_proc(const void *pa, const void *pb)
{
	const struct socket_entry *a = *(const struct socket_entry *const *)pa;
	const struct socket_entry *b = *(const struct socket_entry *const *)pb;

	if (a->rec.sock.family != b->rec.sock.family)
		return a->rec.sock.family - b->rec.sock.family;
	return (a->index > b->index) - (a->index < b->index);
}

static void pad(struct line *l, size_t start, size_t width)
{
	line__pad_to(l, start + width);
}

static void put_right(struct line *l, const char *s, size_t width)
{
	size_t len = strlen(s);

	line__pad_to(l, line__column(l) + (len < width ? width - len : 0));
	line__str(l, s);
}

static char *number(uint64_t v, char buf[LINE_NUM_MAX + 1])
{
	char *p = buf + LINE_NUM_MAX;

	*p = '\0';
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	return p;
}

static void put_address(struct line *l, const uint8_t addr[16], uint16_t port_be,
			const struct list_opts *o)
{
	char text[46], buf[LINE_NUM_MAX + 1];
	uint16_t port = __builtin_bswap16(port_be);
	const char *name = o->service && port ? o->service(o->ctx, port) : NULL;
	const char *p = name ? name : port ? number(port, buf) : "*";
	size_t start = line__column(l), alen, plen = strlen(p);

	str_addr(addr, true, text);
	alen = strlen(text);
	if (!o->wide && alen + plen > ADDR_CUT) {
		plen = plen < PORT_KEPT ? plen : PORT_KEPT;
		alen = ADDR_CUT - plen;
	}
	line__put(l, text, alen);
	line__char(l, ':');
	line__put(l, p, plen);
	pad(l, start, ADDR_WIDTH);
}

/* The first process in /proc that holds it, whoever was selected. */
static const struct sock_owner *first_owner(const struct socket_entry *e)
{
	for (uint32_t i = 0; i < e->nowners; i++)
		if (sock_owner__in_proc(&e->owners[i]))
			return &e->owners[i];
	return NULL;
}

static void put_program(struct line *l, const struct socket_entry *e,
			const struct list_opts *opts)
{
	char buf[LINE_NUM_MAX + 1], text[PROGRAM_CUT + 1] = "-";
	const struct sock_owner *o = first_owner(e);
	const char *name = NULL;
	size_t start, len;

	line__char(l, ' ');
	start = line__column(l);
	if (o) {
		name = opts->program ? opts->program(opts->ctx, o->pid) : NULL;
		str_copy(text, number(o->pid, buf), sizeof(text));
		len = strlen(text);
		text[len++] = '/';
		str_copy(text + len, name ? name : o->comm, sizeof(text) - len);
	}
	/* On a terminal, a name must not do what it says there. */
	for (char *p = text; *p && opts->screen; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	line__str(l, text);
	pad(l, start, PROGRAM_WIDTH);
}

static void put_timer(struct line *l, const struct tt_rec_socket *r, uint32_t hz)
{
	static const char *const names[] = { "off", "on", "keepalive", "timewait",
					     "probe" };
	uint64_t ticks = hz ? (uint64_t)r->expires_j * USER_HZ / hz : 0;

	line__char(l, ' ');
	line__str(l, r->timer < 5 ? names[r->timer] : "off");
	line__str(l, " (");
	line__u64(l, r->timer ? ticks / USER_HZ : 0);
	line__char(l, '.');
	line__digits(l, r->timer ? ticks % USER_HZ : 0, 2);
	line__char(l, '/');
	line__u64(l, r->retransmits);
	line__char(l, '/');
	line__u64(l, r->probes);
	line__char(l, ')');
}

static void put_user(struct line *l, const struct tt_rec_socket *r,
		     const struct list_opts *o)
{
	const char *name = o->service && o->user ? o->user(o->ctx, r->uid) : NULL;
	size_t start = line__column(l) + 1;

	line__char(l, ' ');
	if (name)
		line__str(l, name);
	else
		line__u64(l, r->uid);
	pad(l, start, 10);
	line__char(l, ' ');
	start = line__column(l);
	line__u64(l, r->sock.ino);
	pad(l, start, 10);
}

static void put_row(struct line *l, const struct socket_entry *e,
		    const struct list_opts *o)
{
	const struct tt_rec_socket *r = &e->rec;
	const struct tt_tuple *t = &r->sock.tuple;
	bool listens = r->sock.state == ST_LISTEN;
	char buf[LINE_NUM_MAX + 1];
	size_t start;

	line__str(l, r->sock.family == 6 ? "tcp6  " : "tcp   ");
	put_right(l, number(r->rx_queue, buf), 6);
	line__char(l, ' ');
	/* /proc has no limit of a listener's queue. */
	put_right(l, number(listens ? 0 : r->tx_queue, buf), 6);
	line__char(l, ' ');
	put_address(l, t->laddr_be, t->lport_be, o);
	line__char(l, ' ');
	put_address(l, t->raddr_be, t->rport_be, o);
	line__char(l, ' ');
	start = line__column(l);
	line__str(l, state_name(socket_entry__state(e)));
	pad(l, start, STATE_WIDTH);
	if (o->extended)
		put_user(l, r, o);
	put_program(l, e, o);
	if (o->timers)
		put_timer(l, r, o->hz);
}

static void put_title(struct out *out, const struct list_opts *o)
{
	out__printf(out, "Active Internet connections (%s)\n",
		    o->listening ? "only servers" : "servers and established");
	out__str(out, "Proto Recv-Q Send-Q Local Address           "
		      "Foreign Address         State      ");
	if (o->extended)
		out__str(out, " User       Inode     ");
	out__printf(out, " %-20s", "PID/Program name");
	if (o->timers)
		out__str(out, " Timer");
	out__char(out, '\n');
}

/* What /proc/net/tcp holds, less what -l leaves out. */
static bool is_shown(const struct socket_entry *e, const struct list_opts *o)
{
	if (e->rec.sock.state == ST_CLOSE)
		return false;
	return !o->listening || !e->rec.sock.tuple.rport_be;
}

static void print(const struct socket_entry *const *list, size_t n,
		  const struct list_opts *o, struct out *out)
{
	const struct socket_entry *const *rows = list__in_order(list, n, as_proc);
	struct line *l = malloc(sizeof(*l));

	put_title(out, o);
	if (!rows || !l)
		goto out;
	for (size_t i = 0; i < n; i++) {
		if (!is_shown(rows[i], o))
			continue;
		line__begin(l, out);
		put_row(l, rows[i], o);
		line__end(l);
	}
out:
	if (rows != list)
		free((void *)rows);
	free(l);
}

const struct list_view list_netstat = {
	.name = "netstat",
	.own_netns = true,
	.print = print,
};
