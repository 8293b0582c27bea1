// SPDX-License-Identifier: BSD-2-Clause
/*
 * Descriptors as `lsof -nP -iTCP` prints them, one line each, or with offsets
 * as `lsof -nP -op PID` does. Columns are as wide as what is shown needs.
 */
#include "view/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/out.h"
#include "base/str.h"
#include "event/names.h"
#include "view/line.h"

#define COMMAND_MAX 9
#define USER_MAX 8
#define FD_MIN 4
#define FD_LONG 10000

enum { COMMAND, PID, USER, FD, DEVICE, COLUMNS };

struct row {
	const struct socket_entry *e;
	const struct sock_owner *o;
};

struct cells {
	char text[COLUMNS][24];
};

static int by_descriptor(const void *pa, const void *pb)
{
	const struct sock_owner *a = ((const struct row *)pa)->o;
	const struct sock_owner *b = ((const struct row *)pb)->o;

	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return (a->fd > b->fd) - (a->fd < b->fd);
}

/* lsof takes the name to end where its parentheses do. */
static size_t name_length(const char *comm)
{
	size_t n = 0;

	for (int depth = 1; comm[n]; n++) {
		depth += (comm[n] == '(') - (comm[n] == ')');
		if (!depth)
			break;
	}
	return n;
}

/* Spaces and what would not print are escaped; what is cut is cut whole. */
static void set_command(char *cell, const char *comm)
{
	static const char abbreviated[0x20] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
	};
	char piece[8];
	const unsigned char *p = (const unsigned char *)comm;
	const unsigned char *end = p + name_length(comm);
	size_t n = 0, len;

	for (; p < end; p++) {
		if (*p == '\\')
			snprintf(piece, sizeof(piece), "\\\\");
		else if (*p > 0x20 && *p < 0x7f)
			snprintf(piece, sizeof(piece), "%c", *p);
		else if (*p < 0x20 && abbreviated[*p])
			snprintf(piece, sizeof(piece), "\\%c", abbreviated[*p]);
		else if (*p < 0x20)
			snprintf(piece, sizeof(piece), "^%c", *p + 0x40);
		else
			snprintf(piece, sizeof(piece), "\\x%02x", *p);
		len = strlen(piece);
		if (n + len > COMMAND_MAX)
			break;
		memcpy(cell + n, piece, len);
		n += len;
	}
	cell[n] = '\0';
}

struct rows {
	struct cells cells;	     /* of the row at hand */
	const struct sock_owner *of; /* whose name, pid and user they show */
	const struct list_opts *opts;
};

/* In at least width columns, to the right of them. */
static void set_number(char *cell, uint32_t v, int width)
{
	char buf[12], *p = buf + sizeof(buf);

	*--p = '\0';
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	while (buf + sizeof(buf) - 1 - p < width)
		*--p = ' ';
	memcpy(cell, p, buf + sizeof(buf) - p);
}

static void set_process(struct rows *r, const struct sock_owner *o)
{
	const struct list_opts *opts = r->opts;
	const char *user = opts->user ? opts->user(opts->ctx, o->uid) : NULL;

	set_command(r->cells.text[COMMAND], o->comm);
	set_number(r->cells.text[PID], o->pid, 0);
	if (user)
		str_copy(r->cells.text[USER], user, USER_MAX + 1);
	else
		set_number(r->cells.text[USER], o->uid, USER_MAX);
	r->of = o;
}

static const struct cells *set_cells(struct rows *r, const struct row *row)
{
	const struct sock_owner *o = row->o;
	char *fd = r->cells.text[FD];

	if (!r->of || r->of->pid != o->pid || r->of->uid != o->uid ||
	    strcmp(r->of->comm, o->comm) != 0)
		set_process(r, o);
	/* A socket is always open for both; lsof cuts a long number's front. */
	if (o->fd < FD_LONG) {
		set_number(fd, o->fd, FD_MIN);
	} else {
		set_number(fd, 1000 + o->fd % 1000, 0);
		fd[0] = '*';
	}
	memcpy(fd + strlen(fd), "u ", 3);
	set_number(r->cells.text[DEVICE], row->e->rec.sock.ino, 0);
	return &r->cells;
}

static bool is_any(const uint8_t addr[16])
{
	static const uint8_t any[16] = { 0 };
	static const uint8_t any4[16] = { [10] = 0xff, 0xff };

	return !memcmp(addr, any, 16) || !memcmp(addr, any4, 16);
}

static void put_port(struct line *l, uint16_t port, const struct list_opts *o)
{
	const char *name = o->service && port ? o->service(o->ctx, port) : NULL;

	if (name)
		line__str(l, name);
	else if (port)
		line__u64(l, port);
	else
		line__char(l, '*');
}

static void put_end(struct line *l, const uint8_t addr[16], uint16_t port_be,
		    const struct list_opts *o)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };
	bool brackets = memcmp(addr, mapped, 12) != 0;
	char text[46];

	if (is_any(addr)) {
		line__char(l, '*');
	} else {
		str_addr(addr, true, text);
		if (brackets)
			line__char(l, '[');
		line__str(l, text);
		if (brackets)
			line__char(l, ']');
	}
	line__char(l, ':');
	put_port(l, __builtin_bswap16(port_be), o);
}

static void put_name(struct line *l, const struct socket_entry *e,
		     const struct list_opts *o)
{
	const struct tt_tuple *t = &e->rec.sock.tuple;

	put_end(l, t->laddr_be, t->lport_be, o);
	if (t->rport_be || !is_any(t->raddr_be)) {
		line__str(l, "->");
		put_end(l, t->raddr_be, t->rport_be, o);
	}
	line__str(l, " (");
	line__str(l, state_name(socket_entry__state(e)));
	line__char(l, ')');
}

static void put_right(struct line *l, const char *s, size_t width)
{
	size_t len = strlen(s);

	line__char(l, ' ');
	line__pad_to(l, line__column(l) + (len < width ? width - len : 0));
	line__str(l, s);
}

static const char *const titles[COLUMNS] = { "COMMAND", "PID", "USER", "FD  ",
					     "DEVICE" };

static const char *offset_title(const struct list_opts *opts)
{
	return opts->offsets ? "OFFSET" : "SIZE/OFF";
}

static void put_title(struct line *l, const size_t *width, const char *offset)
{
	line__str(l, titles[COMMAND]);
	line__pad_to(l, width[COMMAND]);
	put_right(l, titles[PID], width[PID]);
	put_right(l, titles[USER], width[USER]);
	put_right(l, titles[FD], width[FD]);
	put_right(l, "TYPE", 4);
	put_right(l, titles[DEVICE], width[DEVICE]);
	put_right(l, offset, 0);
	line__str(l, " NODE NAME");
}

static void put_row(struct line *l, const struct row *r, const struct cells *c,
		    const size_t *width, const struct list_opts *opts)
{
	line__str(l, c->text[COMMAND]);
	line__pad_to(l, width[COMMAND]);
	put_right(l, c->text[PID], width[PID]);
	put_right(l, c->text[USER], width[USER]);
	put_right(l, c->text[FD], width[FD]);
	put_right(l, r->e->rec.sock.family == 6 ? "IPv6" : "IPv4", 4);
	put_right(l, c->text[DEVICE], width[DEVICE]);
	put_right(l, "0t0", strlen(offset_title(opts)));
	line__str(l, "  TCP ");
	put_name(l, r->e, opts);
}

/* lsof knows a socket's addresses from /proc/net/tcp: one that is not there is
 * no TCP row. With a selection of processes only their descriptors are rows. */
static size_t collect(const struct socket_entry *const *list, size_t n,
		      bool selected, struct row *rows)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (list[i]->rec.sock.state == ST_CLOSE)
			continue;
		for (uint32_t j = 0; j < list[i]->nowners; j++) {
			if (selected && !list[i]->owners[j].selected)
				continue;
			if (!sock_owner__in_proc(&list[i]->owners[j]))
				continue;
			if (rows)
				rows[count] = (struct row){ list[i],
							    &list[i]->owners[j] };
			count++;
		}
	}
	return count;
}

static void print_rows(const struct row *rows, size_t n,
		       const struct list_opts *opts, struct line *l,
		       struct out *out)
{
	struct rows r = { .opts = opts };
	size_t width[COLUMNS], len;
	const struct cells *c;

	for (int k = 0; k < COLUMNS; k++)
		width[k] = strlen(titles[k]);
	for (size_t i = 0; i < n; i++) {
		c = set_cells(&r, &rows[i]);
		for (int k = 0; k < COLUMNS; k++) {
			len = strlen(c->text[k]);
			width[k] = len > width[k] ? len : width[k];
		}
	}
	line__begin(l, out);
	put_title(l, width, offset_title(opts));
	line__end(l);
	for (size_t i = 0; i < n; i++) {
		c = set_cells(&r, &rows[i]);
		line__begin(l, out);
		put_row(l, &rows[i], c, width, opts);
		line__end(l);
	}
}

static void print(const struct socket_entry *const *list, size_t n,
		  const struct list_opts *opts, struct out *out)
{
	size_t count = collect(list, n, opts->selected, NULL);
	struct row *rows = calloc(count + 1, sizeof(*rows));
	struct line *l = malloc(sizeof(*l));

	/* Without a row lsof prints no title either. */
	if (rows && l && count) {
		collect(list, n, opts->selected, rows);
		qsort(rows, count, sizeof(*rows), by_descriptor);
		print_rows(rows, count, opts, l, out);
	}
	free(rows);
	free(l);
}

const struct list_view list_lsof = {
	.name = "lsof",
	.own_netns = true,
	.files_only = true,
	.print = print,
};
