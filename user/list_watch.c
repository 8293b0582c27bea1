// SPDX-License-Identifier: BSD-2-Clause
/*
 * `list --watch`: the list again and again, with what changed marked: + a row
 * that is new or not as it was, - one that is gone. Where a view has a row for
 * each socket, a row is its socket, and has changed if the socket's state, its
 * owners or whether anything waits in its queues, or grows there, did; ages and timers run on by
 * themselves. Elsewhere a row is its text.
 */
#include "list.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "base/time.h"
#include "event/names.h"

static volatile sig_atomic_t stopped;

struct row {
	uint64_t id;	/* of the socket, or of the text */
	uint64_t looks; /* what counts as changed */
	const char *text;
	size_t len;
};

/* One look: its text, and the rows in it by id. */
struct frame {
	struct out *out;
	struct row *rows;
	size_t n, title; /* lines before the first row */
};

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static int by_id(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	return (a->id > b->id) - (a->id < b->id);
}

static const struct row *find(const struct frame *f, uint64_t id)
{
	const struct row key = { .id = id };

	return f->n ? bsearch(&key, f->rows, f->n, sizeof(key), by_id) : NULL;
}

static uint64_t hash_text(const char *s, size_t len)
{
	return (uint64_t)hash_bytes(s, len) << 32 | hash_bytes(s, len / 2) | 1;
}

static uint64_t looks_of(const struct socket_entry *e)
{
	uint64_t h = socket_entry__state(e);

	h = h << 3 | (e->rx_grew ? 4 : 0) | (e->rec.rx_queue ? 2 : 0) | (e->rec.tx_queue ? 1 : 0);
	for (uint32_t i = 0; i < e->nowners; i++)
		h = h * 31 + hash_u64((uint64_t)e->owners[i].pid << 32 |
				      (uint32_t)e->owners[i].fd);
	return h;
}

/* --- receive queues -------------------------------------------------------- */

/* What was unread at one look, by socket. */
struct queues {
	struct queue {
		uint64_t sk;
		uint32_t unread;
	} *list;
	size_t n;
};

static int by_sk(const void *pa, const void *pb)
{
	const struct queue *a = pa, *b = pb;

	return (a->sk > b->sk) - (a->sk < b->sk);
}

static bool can_wait(const struct socket_entry *e)
{
	return e->rec.hdr.sk && e->rec.rx_queue && e->rec.sock.state != ST_LISTEN;
}

static bool has_grown(const struct queues *before, const struct socket_entry *e)
{
	const struct queue key = { .sk = e->rec.hdr.sk }, *was;

	was = before->n ? bsearch(&key, before->list, before->n, sizeof(key), by_sk) :
			  NULL;
	return was && e->rec.rx_queue > was->unread;
}

/* A queue that was empty before is one that was filled once, not one that
 * nobody reads. */
static int compare_queues(struct list *l, struct queues *before)
{
	size_t n = socket_table__count(l->table);
	struct queues now = { .list = calloc(n + 1, sizeof(*now.list)) };
	struct socket_entry *e;

	if (!now.list)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		e = socket_table__at(l->table, i);
		if (!can_wait(e))
			continue;
		e->rx_grew = has_grown(before, e);
		now.list[now.n++] = (struct queue){ e->rec.hdr.sk, e->rec.rx_queue };
	}
	qsort(now.list, now.n, sizeof(*now.list), by_sk);
	free(before->list);
	*before = now;
	return 0;
}

/* --- frames ---------------------------------------------------------------- */

static void release(struct frame *f)
{
	out__free(f->out);
	free(f->rows);
	*f = (struct frame){ 0 };
}

static size_t count_lines(const char *s, size_t len)
{
	size_t n = 0;

	for (const char *end = s + len; (s = memchr(s, '\n', end - s)); s++)
		n++;
	return n;
}

/* The table has one line of titles and then one for each socket. */
static void split(struct frame *f, const struct list *l)
{
	size_t len, lines, i;
	const char *s = out__data(f->out, &len), *nl;
	bool by_socket;

	lines = count_lines(s, len);
	by_socket = l->view && !strcmp(l->view->name, "table") &&
		    lines == l->nrows + 1;
	f->title = by_socket ? 1 : 0;
	f->rows = calloc(lines + 1, sizeof(*f->rows));
	for (i = 0; f->rows && i < lines; i++, s = nl + 1) {
		struct row *r = &f->rows[f->n];

		nl = strchr(s, '\n');
		r->text = s;
		r->len = nl - s;
		r->id = hash_text(s, r->len);
		if (i < f->title)
			continue;
		if (by_socket) {
			r->id = l->rows[i - 1]->rec.hdr.sk;
			r->looks = looks_of(l->rows[i - 1]);
		}
		f->n++;
	}
}

static void put_line(struct out *out, const char *mark, const char *s, size_t len)
{
	out__str(out, mark);
	out__put(out, s, len);
	out__char(out, '\n');
}

static void put_marked(struct out *out, const struct frame *now,
		       const struct frame *before)
{
	const char *s = out__data(now->out, NULL), *nl = strchr(s, '\n');
	const struct row *r, *was;
	size_t i;

	if (now->title && nl)
		put_line(out, "  ", s, nl - s);
	for (i = 0; i < now->n; i++) {
		r = &now->rows[i];
		was = find(before, r->id);
		put_line(out, before->rows && (!was || was->looks != r->looks) ? "+ " :
			 "  ", r->text, r->len);
	}
}

static void put_gone(struct out *out, const struct frame *now,
		     const struct frame *before)
{
	for (size_t i = 0; i < before->n; i++)
		if (!find(now, before->rows[i].id))
			put_line(out, "- ", before->rows[i].text, before->rows[i].len);
}

static void put_clock(struct out *out, bool screen)
{
	char text[32];
	time_t now = time(NULL);
	struct tm tm;

	if (screen)
		out__str(out, "\033[H\033[2J");
	if (localtime_r(&now, &tm) && strftime(text, sizeof(text), "%F %T", &tm))
		out__printf(out, "%s\n", text);
}

/* Printed in the order of the view, found again by id. */
static int mark(struct list *l, struct frame *before, struct frame *now,
		struct out *out, bool screen)
{
	split(now, l);
	if (!now->rows)
		return -ENOMEM;
	put_clock(out, screen);
	put_marked(out, now, before);
	qsort(now->rows, now->n, sizeof(*now->rows), by_id);
	put_gone(out, now, before);
	if (!screen)
		out__char(out, '\n');
	return 0;
}

static int show(struct list *l, struct frame *before, struct out *out, bool screen)
{
	struct frame now = { .out = out__new_mem() };
	int err = now.out ? list__write(l, now.out) : -ENOMEM;
	const char *s;
	size_t len;

	if (!err && l->view)
		err = mark(l, before, &now, out, screen);
	if (!err && !l->view) {
		s = out__data(now.out, &len);
		out__put(out, s, len);
	}
	release(before);
	*before = now;
	return err ? err : out__flush(out);
}

static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = stop };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

/* Frames begin SECONDS apart, however long a look takes. */
static void sleep_until(uint64_t then)
{
	uint64_t now = time_boot_ns();

	if (now < then)
		poll(NULL, 0, (int)((then - now) / NS_PER_MS) + 1);
}

int list__watch(struct list *l)
{
	struct out *out = out__new_fd(STDOUT_FILENO);
	bool screen = isatty(STDOUT_FILENO);
	struct frame before = { 0 };
	struct queues queues = { 0 };
	uint64_t next = time_boot_ns();
	int status = 0, err = 0;

	if (!out)
		err = -ENOMEM;
	catch_signals();
	while (!stopped && !status && !err) {
		status = list__look(l);
		if (!status)
			err = compare_queues(l, &queues);
		if (!status && !err)
			err = show(l, &before, out, screen);
		next += l->config->watch_ns;
		if (!stopped && !status && !err)
			sleep_until(next);
	}
	release(&before);
	free(queues.list);
	out__free(out);
	if (!err || err == -EPIPE)
		return status;
	log_error("write the list: %s", strerror(-err));
	return STATUS_FAILED;
}
