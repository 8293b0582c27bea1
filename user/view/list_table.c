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

struct cell {
	uint32_t len, width; /* bytes, columns */
};

/* Cells are made once, row by row, and printed when all widths are known. */
struct table {
	struct text text; /* the line, and names made safe for a terminal */
	const struct list_opts *opts;
	size_t width[COL_MAX];
	bool shown[COL_MAX];
	size_t nshown;
	struct cell *cells; /* nshown a row */
	struct out *bytes;
};

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
	for (int k = 0; k < COL_MAX; k++)
		t->nshown += t->shown[k];
}

static struct cell *make_cells(struct table *t, const struct socket_entry *e,
			       struct cell *c)
{
	struct line *l = &t->text.line;
	size_t before, after;

	out__data(t->bytes, &before);
	line__begin(l, t->bytes);
	for (int k = 0; k < COL_MAX; k++) {
		size_t start = line__column(l), bytes = l->gone + l->n;

		if (!t->shown[k])
			continue;
		table_cell__put(&t->text, e, k, t->opts);
		c->width = line__column(l) - start;
		c->len = l->gone + l->n - bytes;
		if (c->width > t->width[k])
			t->width[k] = c->width;
		c++;
	}
	line__spill(l);
	out__data(t->bytes, &after);
	return after - before == l->gone ? c : NULL;
}

/* False if there is no memory. */
static bool make_all(struct table *t, const struct socket_entry *const *list, size_t n)
{
	struct cell *c;

	for (int k = 0; k < COL_MAX; k++)
		t->width[k] = strlen(columns[k].title);
	t->cells = c = calloc(n * t->nshown + 1, sizeof(*c));
	t->bytes = out__new_mem();
	if (!c || !t->bytes)
		return false;
	for (size_t i = 0; c && i < n; i++)
		c = make_cells(t, list[i], c);
	return c;
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

/* Its cells' bytes; behind them are those of the next row. */
static const char *put_row(struct table *t, const struct cell *c, const char *bytes)
{
	struct line *l = &t->text.line;
	int last = last_column(t);
	size_t start = 0;

	for (int k = 0; k <= last; k++) {
		if (!t->shown[k])
			continue;
		line__pad_to(l, columns[k].right && c->width < t->width[k] ?
					start + t->width[k] - c->width : start);
		line__put(l, bytes, c->len);
		l->unseen += c->len - c->width;
		start += t->width[k] + 2;
		bytes += c->len;
		c++;
	}
	return bytes;
}

static void put_all(struct table *t, size_t n, struct out *out)
{
	const char *bytes = out__data(t->bytes, NULL);
	struct line *l = &t->text.line;

	line__begin(l, out);
	put_title(t);
	line__end(l);
	for (size_t i = 0; i < n; i++) {
		line__begin(l, out);
		bytes = put_row(t, t->cells + i * t->nshown, bytes);
		line__end(l);
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
	if (make_all(t, list, n))
		put_all(t, n, out);
	out__free(t->bytes);
	free(t->cells);
	free(t);
}

const struct list_view list_table = {
	.name = "table",
	.print = print,
};
