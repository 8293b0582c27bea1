// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sockets for people: what they are, who holds them, who is at the other end.
 * A listener's queue shows as waiting/limit. An owner in parentheses is the
 * listener's, of a connection that nobody accepted yet.
 */
#include "view/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "base/str.h"
#include "event/names.h"
#include "view/text.h"

enum {
	STATE, RECVQ, SENDQ, LOCAL, REMOTE, FD, OWNER, PEER,
	TIMER, UID, INODE, COOKIE, NETNS, COLUMNS,
};

static const struct {
	const char *title;
	bool right;
} columns[COLUMNS] = {
	[STATE] = { "STATE", false },	[RECVQ] = { "RECV-Q", true },
	[SENDQ] = { "SEND-Q", true },	[LOCAL] = { "LOCAL", false },
	[REMOTE] = { "REMOTE", false }, [FD] = { "FD", true },
	[OWNER] = { "OWNER", false },	[PEER] = { "PEER", false },
	[TIMER] = { "TIMER", false },	[UID] = { "UID", true },
	[INODE] = { "INODE", true },	[COOKIE] = { "SK", true },
	[NETNS] = { "NETNS", true },
};

struct table {
	struct text text; /* the line, and names made safe for a terminal */
	uint32_t hz;
	size_t width[COLUMNS];
	bool shown[COLUMNS];
};

static void put_address(struct line *l, const uint8_t addr[16], uint16_t port_be)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };
	bool brackets = memcmp(addr, mapped, 12) != 0;
	char text[46];

	if (brackets)
		line__char(l, '[');
	line__str(l, str_addr(addr, true, text));
	if (brackets)
		line__char(l, ']');
	line__char(l, ':');
	if (port_be)
		line__u64(l, __builtin_bswap16(port_be));
	else
		line__char(l, '*');
}

static void put_holder(struct text *t, const struct socket_entry *e)
{
	bool by_listener;
	const struct sock_owner *o = socket_entry__owner(e, &by_listener);

	if (!o) {
		line__char(&t->line, '-');
		return;
	}
	if (by_listener)
		line__char(&t->line, '(');
	text__safe(t, o->comm);
	line__char(&t->line, '/');
	line__u64(&t->line, o->pid);
	if (by_listener)
		line__char(&t->line, ')');
}

static bool is_shared(const struct socket_entry *e)
{
	return e->nowners > 1;
}

static void put_owner(struct text *t, const struct socket_entry *e)
{
	put_holder(t, e);
	if (is_shared(e)) {
		line__str(&t->line, " +");
		line__u64(&t->line, e->nowners - 1);
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

/* A listener's limit, and not the bytes it cannot have. */
static void put_sendq(struct line *l, const struct socket_entry *e)
{
	if (e->rec.sock.state == ST_LISTEN)
		line__char(l, '/');
	line__u64(l, e->rec.tx_queue);
}

static void put_remote(struct line *l, const struct tt_tuple *tuple)
{
	if (tuple->rport_be)
		put_address(l, tuple->raddr_be, tuple->rport_be);
	else
		line__char(l, '-');
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

static void put_extra(struct table *t, const struct socket_entry *e, int column)
{
	const struct tt_rec_socket *r = &e->rec;
	struct line *l = &t->text.line;

	switch (column) {
	case TIMER:
		put_timer(l, r, t->hz);
		break;
	case UID:
		line__u64(l, r->uid);
		break;
	case INODE:
		put_known(l, r->sock.ino, false);
		break;
	case COOKIE:
		put_known(l, r->hdr.sk, true);
		break;
	case NETNS:
		line__u64(l, r->sock.tuple.netns);
		break;
	}
}

static void put_cell(struct table *table, const struct socket_entry *e, int column)
{
	const struct tt_tuple *tuple = &e->rec.sock.tuple;
	const char *state = state_name(socket_entry__state(e));
	struct text *t = &table->text;
	struct line *l = &t->line;

	switch (column) {
	case STATE:
		line__str(l, state ? state : "-");
		break;
	case RECVQ:
		line__u64(l, e->rec.rx_queue);
		break;
	case SENDQ:
		put_sendq(l, e);
		break;
	case LOCAL:
		put_address(l, tuple->laddr_be, tuple->lport_be);
		break;
	case REMOTE:
		put_remote(l, tuple);
		break;
	case FD:
		put_fd(l, e);
		break;
	case OWNER:
		put_owner(t, e);
		break;
	case PEER:
		if (e->peer)
			put_holder(t, e->peer);
		else
			line__char(l, '-');
		break;
	default:
		put_extra(table, e, column);
	}
}

/* A cell is built where it stands; one to the right is built twice. */
static void put_column(struct table *t, const struct socket_entry *e, int column,
		       size_t start)
{
	struct line *l = &t->text.line;
	size_t before = l->n, seen = l->unseen, len;

	put_cell(t, e, column);
	len = line__column(l) - start;
	if (!columns[column].right || len >= t->width[column])
		return;
	l->n = before;
	l->unseen = seen;
	line__pad_to(l, start + t->width[column] - len);
	put_cell(t, e, column);
}

static void measure(struct table *t, const struct socket_entry *const *list,
		    size_t n)
{
	struct line *l = &t->text.line;

	for (int k = 0; k < COLUMNS; k++)
		t->width[k] = strlen(columns[k].title);
	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k < COLUMNS; k++) {
			line__begin(l, NULL);
			put_cell(t, list[i], k);
			if (line__column(l) > t->width[k])
				t->width[k] = line__column(l);
		}
		t->shown[PEER] |= list[i]->peer != NULL;
		t->shown[NETNS] |= list[i]->rec.sock.tuple.netns !=
				   list[0]->rec.sock.tuple.netns;
	}
}

static int last_column(const struct table *t)
{
	int last = COLUMNS - 1;

	while (!t->shown[last])
		last--;
	return last;
}

static void put_title(struct table *t)
{
	struct line *l = &t->text.line;
	int last = last_column(t);
	size_t start = 0;

	for (int k = 0; k <= last; k++) {
		if (!t->shown[k])
			continue;
		line__pad_to(l, start);
		if (columns[k].right)
			line__pad_to(l, start + t->width[k] - strlen(columns[k].title));
		line__str(l, columns[k].title);
		start += t->width[k] + 2;
	}
}

static void put_row(struct table *t, const struct socket_entry *e)
{
	int last = last_column(t);
	size_t start = 0;

	for (int k = 0; k <= last; k++) {
		if (!t->shown[k])
			continue;
		line__pad_to(&t->text.line, start);
		put_column(t, e, k, start);
		start += t->width[k] + 2;
	}
}

static void print(const struct socket_entry *const *list, size_t n,
		  const struct list_opts *opts, struct out *out)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return;
	t->hz = opts->hz;
	for (int k = 0; k < PEER; k++)
		t->shown[k] = true;
	t->shown[TIMER] = opts->timers;
	t->shown[UID] = t->shown[INODE] = t->shown[COOKIE] = opts->extended;
	measure(t, list, n);
	line__begin(&t->text.line, out);
	put_title(t);
	line__end(&t->text.line);
	for (size_t i = 0; i < n; i++) {
		line__begin(&t->text.line, out);
		put_row(t, list[i]);
		line__end(&t->text.line);
	}
	free(t);
}

const struct list_view list_table = {
	.name = "table",
	.print = print,
};
