// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sockets as `ss -tanpe` of iproute2 prints what sock_diag tells; --info and
 * --memory stand for its -i and -m, --listening for -l in place of -a. Its -e
 * is -o, timers, too.
 */
#include "view/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "base/str.h"
#include "event/names.h"
#include "event/sock_diag.h"
#include "view/ss_info.h"
#include "view/ss_layout.h"

struct ss {
	const struct list_opts *opts;
	struct ss_layout *layout;
	struct out *out; /* of the layout's cells */
	bool numeric;
};

/* Order of the kernel's tables, in which they came. */
static int as_told(const void *pa, const void *pb)
{
	const struct socket_entry *a = *(const struct socket_entry *const *)pa;
	const struct socket_entry *b = *(const struct socket_entry *const *)pb;

	return (a->index > b->index) - (a->index < b->index);
}

static const char *ss_state(unsigned int state)
{
	static const char *const names[ST_MAX] = {
		[ST_ESTABLISHED] = "ESTAB",	 [ST_SYN_SENT] = "SYN-SENT",
		[ST_SYN_RECV] = "SYN-RECV",	 [ST_FIN_WAIT1] = "FIN-WAIT-1",
		[ST_FIN_WAIT2] = "FIN-WAIT-2",	 [ST_TIME_WAIT] = "TIME-WAIT",
		[ST_CLOSE] = "UNCONN",		 [ST_CLOSE_WAIT] = "CLOSE-WAIT",
		[ST_LAST_ACK] = "LAST-ACK",	 [ST_LISTEN] = "LISTEN",
		[ST_CLOSING] = "CLOSING",	 [ST_NEW_SYN_RECV] = "UNDEF",
	};

	return state < ST_MAX && names[state] ? names[state] : "UNKNOWN";
}

/* At least six columns wide. */
static void put_queue(struct ss *s, uint32_t v)
{
	char buf[12], *end = buf + sizeof(buf), *p = end;
	uint32_t left = (int32_t)v < 0 ? -v : v;

	do
		*--p = (char)('0' + left % 10);
	while (left /= 10);
	if ((int32_t)v < 0)
		*--p = '-';
	out__put(s->out, p, end - p);
	if (end - p < 6)
		out__put(s->out, "      ", 6 - (end - p));
	ss_layout__next(s->layout);
}

static void put_all(struct out *out, const char *a, const char *b, const char *c)
{
	out__str(out, a);
	out__str(out, b);
	out__str(out, c);
}

static void put_host(struct ss *s, const struct sock_diag *d,
		     const uint8_t addr[16])
{
	static const uint8_t any[16] = { 0 };
	char text[46];

	if (d->family == 6 && !d->v6only && !memcmp(addr, any, 16)) {
		out__char(s->out, '*');
		return;
	}
	str_addr(addr, d->family == 4, text);
	if (d->family == 6)
		put_all(s->out, "[", text, "]");
	else
		out__str(s->out, text);
}

static void put_device(struct ss *s, const struct sock_diag *d)
{
	const struct list_opts *o = s->opts;
	const char *name = o->ifname ? o->ifname(o->ctx, d->netns, d->ifindex) : NULL;

	out__char(s->out, '%');
	if (name)
		out__str(s->out, name);
	else
		out__printf(s->out, "if%u", d->ifindex);
}

static void put_port(struct ss *s, uint16_t port)
{
	const struct list_opts *o = s->opts;
	const char *name = o->service ? o->service(o->ctx, port) : NULL;

	if (!port)
		out__char(s->out, '*');
	else if (name)
		out__str(s->out, name);
	else
		out__u64(s->out, port);
	ss_layout__next(s->layout);
}

static void put_end(struct ss *s, const struct sock_diag *d,
		    const uint8_t addr[16], uint16_t port, bool device)
{
	put_host(s, d, addr);
	if (device && d->ifindex)
		put_device(s, d);
	out__char(s->out, ':');
	ss_layout__next(s->layout);
	put_port(s, port);
}

/* ss reads a name up to its first parenthesis. On a terminal, it must not do
 * what it says there. */
static void put_name(struct ss *s, const char *comm)
{
	for (; *comm && *comm != ')'; comm++) {
		unsigned char c = (unsigned char)*comm;

		out__char(s->out, s->opts->screen && (c < 0x20 || c == 0x7f) ?
					  '?' : *comm);
	}
}

/* Descriptors in /proc/PID/fd, and of those the last ones first. */
static void put_users(struct ss *s, const struct socket_entry *e)
{
	const struct sock_owner *o;
	bool any = false;

	for (uint32_t i = e->nowners; i-- > 0;) {
		o = &e->owners[i];
		if (!sock_owner__in_proc(o))
			continue;
		out__str(s->out, any ? "),(\"" : " users:((\"");
		put_name(s, o->comm);
		out__str(s->out, "\",pid=");
		out__u64(s->out, o->pid);
		out__str(s->out, ",fd=");
		out__u64(s->out, (uint32_t)o->fd);
		any = true;
	}
	if (any)
		out__str(s->out, "))");
}

/* What is shorter than ten of a unit shows the next smaller one too. */
static void put_duration(struct out *out, uint32_t ms)
{
	uint32_t minutes = ms / 60000, secs = ms / 1000 % 60;

	ms %= 1000;
	if (minutes) {
		out__printf(out, "%umin", minutes);
		ms = 0;
		if (minutes > 9)
			secs = 0;
	}
	if (secs > 9)
		ms = 0;
	if (secs)
		out__printf(out, ms ? "%u." : "%usec", secs);
	if (ms)
		out__printf(out, "%03ums", ms);
}

static void put_timer(struct out *out, const struct sock_diag *d)
{
	static const char *const names[] = { NULL, "on", "keepalive", "timewait",
					     "persist" };

	if (!d->timer)
		return;
	out__printf(out, " timer:(%s,", d->timer < 5 ? names[d->timer] : "unknown");
	put_duration(out, d->expires_ms);
	out__printf(out, ",%u)", d->retrans);
}

static void put_cgroup(struct ss *s, uint64_t id)
{
	const struct list_opts *o = s->opts;
	const char *path = o->cgroup ? o->cgroup(o->ctx, id) : NULL;

	if (path)
		put_all(s->out, " cgroup:", path, "");
	else
		out__printf(s->out, " cgroup:unreachable:%llx",
			    (unsigned long long)id);
}

static void put_details(struct ss *s, const struct sock_diag *d)
{
	struct out *out = s->out;

	if (d->uid) {
		out__str(out, " uid:");
		out__u64(out, d->uid);
	}
	out__str(out, " ino:");
	out__u64(out, d->ino);
	out__str(out, " sk:");
	out__hex(out, d->sk);
	if (d->has & DIAG_MARK && d->mark)
		out__printf(out, " fwmark:0x%x", d->mark);
	if (d->has & DIAG_CGROUP && d->cgroup)
		put_cgroup(s, d->cgroup);
	if (d->family == 6 && d->has & DIAG_V6ONLY)
		out__printf(out, " v6only:%u", d->v6only);
	if (d->has & DIAG_SHUTDOWN)
		put_all(out, d->shutdown & 1 ? " -" : " <", "-",
			d->shutdown & 2 ? "-" : ">");
}

static void put_row(struct ss *s, const struct socket_entry *e)
{
	const struct sock_diag *d = e->diag;

	out__str(s->out, ss_state(d->state));
	ss_layout__next(s->layout);
	put_queue(s, d->rqueue);
	put_queue(s, d->wqueue);
	put_end(s, d, d->laddr, d->lport, true);
	put_end(s, d, d->raddr, d->rport, false);
	put_users(s, e);
	put_timer(s->out, d);
	put_details(s, d);
	if (s->opts->info || s->opts->memory) {
		out__str(s->out, "\n\t");
		ss_info__put(s->out, d, s->numeric);
	}
	ss_layout__next(s->layout);
}

static void print(const struct socket_entry *const *list, size_t n,
		  const struct list_opts *opts, struct out *out)
{
	const struct socket_entry *const *rows = list__in_order(list, n, as_told);
	struct ss s = {
		.opts = opts,
		.layout = ss_layout__new(out, opts->screen),
		.numeric = !opts->service,
	};

	if (!rows || !s.layout)
		goto out;
	s.out = ss_layout__cell(s.layout);
	ss_layout__title(s.layout);
	for (size_t i = 0; i < n; i++)
		if (rows[i]->diag)
			put_row(&s, rows[i]);
	ss_layout__finish(s.layout);
out:
	ss_layout__free(s.layout);
	if (rows != list)
		free((void *)rows);
}

const struct list_view list_ss = {
	.name = "ss",
	.own_netns = true,
	.diag = DIAG_ROWS,
	.print = print,
};
