// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sockets for people: what they are, who holds them and since when he runs, who
 * is at the other end, and a note where something is to be looked into. A
 * listener's queue shows as waiting/limit. An owner in parentheses is the
 * listener's, of a connection that nobody accepted yet.
 */
#include "view/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "flow/attention.h"
#include "view/table_cell.h"

static const struct {
	const char *title;
	bool right;
} columns[COL_MAX] = {
	[COL_STATE] = { "STATE", false },     [COL_RECVQ] = { "RECV-Q", true },
	[COL_SENDQ] = { "SEND-Q", true },     [COL_LOCAL] = { "LOCAL", false },
	[COL_REMOTE] = { "REMOTE", false },   [COL_FD] = { "FD", true },
	[COL_OWNER] = { "OWNER", false },     [COL_AGE] = { "AGE", true },
	[COL_PEER] = { "PEER", false },	      [COL_TIMER] = { "TIMER", false },
	[COL_UID] = { "UID", true },	      [COL_INODE] = { "INODE", true },
	[COL_COOKIE] = { "SK", true },	      [COL_NETNS] = { "NETNS", true },
	[COL_OWNERS] = { "OWNERS", false },   [COL_CC] = { "CC", false },
	[COL_RTT] = { "RTT", true },	      [COL_CWND] = { "CWND", true },
	[COL_RETRANS] = { "RETRANS", true },  [COL_RATE] = { "RATE", true },
	[COL_RMEM] = { "RMEM", true },	      [COL_WMEM] = { "WMEM", true },
	[COL_NOTE] = { "NOTE", false },
};

struct table {
	struct text text; /* the line, and names made safe for a terminal */
	const struct list_opts *opts;
	size_t width[COL_MAX];
	bool shown[COL_MAX];
};

/* A cell is built where it stands; one to the right is built twice. */
static void put_column(struct table *t, const struct socket_entry *e, int column,
		       size_t start)
{
	struct line *l = &t->text.line;
	size_t before = l->n, seen = l->unseen, len;

	table_cell__put(&t->text, e, column, t->opts);
	len = line__column(l) - start;
	if (!columns[column].right || len >= t->width[column])
		return;
	l->n = before;
	l->unseen = seen;
	line__pad_to(l, start + t->width[column] - len);
	table_cell__put(&t->text, e, column, t->opts);
}

static void choose(struct table *t, const struct socket_entry *const *list,
		   size_t n)
{
	const struct list_opts *o = t->opts;

	for (int k = 0; k < COL_AGE; k++)
		t->shown[k] = true;
	t->shown[COL_TIMER] = o->timers;
	t->shown[COL_UID] = t->shown[COL_INODE] = t->shown[COL_COOKIE] = o->extended;
	t->shown[COL_OWNERS] = o->extended;
	for (int k = COL_CC; k <= COL_RATE; k++)
		t->shown[k] = o->info;
	t->shown[COL_RMEM] = t->shown[COL_WMEM] = o->memory;
	t->shown[COL_AGE] = o->age != NULL;
	for (size_t i = 0; i < n; i++) {
		t->shown[COL_PEER] |= list[i]->peer != NULL;
		t->shown[COL_NETNS] |= list[i]->rec.sock.tuple.netns !=
				       list[0]->rec.sock.tuple.netns;
		t->shown[COL_NOTE] |= socket_entry__attention(list[i]) != 0;
	}
}

static void measure(struct table *t, const struct socket_entry *const *list,
		    size_t n)
{
	struct line *l = &t->text.line;

	for (int k = 0; k < COL_MAX; k++)
		t->width[k] = strlen(columns[k].title);
	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k < COL_MAX; k++) {
			if (!t->shown[k])
				continue;
			line__begin(l, NULL);
			table_cell__put(&t->text, list[i], k, t->opts);
			if (line__column(l) > t->width[k])
				t->width[k] = line__column(l);
		}
	}
}

static int last_column(const struct table *t)
{
	int last = COL_MAX - 1;

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
	t->opts = opts;
	choose(t, list, n);
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
