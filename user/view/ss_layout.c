// SPDX-License-Identifier: BSD-2-Clause
#include "view/ss_layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/out.h"

/* How ss stores cells: a length and the bytes, at even places of chunks. */
#define CHUNK_SIZE (1024 * 1024 - 2 * sizeof(void *))
#define CHUNKS_MAX 5
#define LEN_SIZE 2
#define CELL_MAX UINT16_MAX

static const struct {
	const char *title;
	const char *before; /* what separates it from the one before */
	bool right;
} columns[SS_COLUMNS] = {
	[SS_STATE] = { "State", " ", false },
	[SS_RECVQ] = { "Recv-Q", " ", false },
	[SS_SENDQ] = { "Send-Q", " ", false },
	[SS_LADDR] = { "Local Address:", " ", true },
	[SS_LPORT] = { "Port", "", false },
	[SS_RADDR] = { "Peer Address:", " ", true },
	[SS_RPORT] = { "Port", "", false },
	[SS_PROCESS] = { "Process", "", false },
};

struct ss_layout {
	struct out *out;
	struct out *text; /* the cells' bytes, one after the other */
	size_t screen;
	uint32_t *lens; /* of the cells in text */
	size_t ncells, size;
	size_t start; /* of the current cell in text */
	enum ss_column column;
	size_t widest[SS_COLUMNS]; /* never less again */
	size_t width[SS_COLUMNS];
	/* As ss counts it */
	size_t chunks, used;
	bool is_first; /* the current cell of its chunk */
	bool failed;   /* no memory */
};

struct ss_layout *ss_layout__new(struct out *out, size_t width)
{
	struct ss_layout *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->out = out;
	l->screen = width;
	l->text = out__new_mem();
	if (!l->text) {
		free(l);
		return NULL;
	}
	return l;
}

void ss_layout__free(struct ss_layout *l)
{
	if (!l)
		return;
	out__free(l->text);
	free(l->lens);
	free(l);
}

struct out *ss_layout__cell(struct ss_layout *l)
{
	return l->text;
}

static void new_chunk(struct ss_layout *l)
{
	l->chunks++;
	l->used = LEN_SIZE;
	l->is_first = true;
}

/* A cell that does not fit into its chunk moves to a new one. */
static void account(struct ss_layout *l, size_t len)
{
	if (!l->chunks)
		new_chunk(l);
	if (len >= CHUNK_SIZE - l->used && !l->is_first)
		new_chunk(l);
	l->used += len;
}

static void account_end(struct ss_layout *l, size_t len)
{
	size_t pad = len % 2;

	if (!l->chunks)
		return;
	if (CHUNK_SIZE - l->used - pad < LEN_SIZE) {
		new_chunk(l);
		return;
	}
	l->used += pad + LEN_SIZE;
	l->is_first = false;
}

static int remember(struct ss_layout *l, size_t len)
{
	uint32_t *more;
	size_t size;

	if (l->ncells == l->size) {
		size = l->size ? 2 * l->size : 1024;
		more = reallocarray(l->lens, size, sizeof(*more));
		if (!more)
			return -1;
		l->lens = more;
		l->size = size;
	}
	l->lens[l->ncells++] = (uint32_t)len;
	return 0;
}

/* --- widths ---------------------------------------------------------------- */

static void fit_contents(struct ss_layout *l)
{
	for (int k = 0; k < SS_COLUMNS; k++) {
		l->width[k] = l->widest[k];
		if (k && l->widest[k])
			l->width[k] += strlen(columns[k].before);
		if (l->screen && l->width[k] > l->screen)
			l->width[k] = l->screen;
	}
}

/* Columns from..to share the rest of their line, the last ones the remainder. */
static void spread(struct ss_layout *l, int from, int to, size_t rest)
{
	size_t n = (size_t)(to - from + 1), each = rest / n, more = rest % n;

	for (int k = to; k >= from; k--) {
		l->width[k] += each;
		if (more) {
			l->width[k]++;
			more--;
		}
	}
}

/* A terminal breaks the line by itself, where columns fill it exactly. */
static void fit_screen(struct ss_layout *l)
{
	size_t len = 0;
	int first = 0;

	for (int k = 0; k < SS_COLUMNS; k++) {
		len += l->width[k];
		if (len < l->screen && k < SS_COLUMNS - 1)
			continue;
		if (len > l->screen)
			len -= l->width[k--];
		spread(l, first, k, l->screen - len);
		first = k + 1;
		len = 0;
	}
}

/* --- output ---------------------------------------------------------------- */

static void spaces(struct out *out, size_t n)
{
	static const char some[] = "                                ";
	size_t len;

	for (; n; n -= len) {
		len = n < sizeof(some) - 1 ? n : sizeof(some) - 1;
		out__put(out, some, len);
	}
}

static void put_cell(struct ss_layout *l, int k, const char *text, size_t len)
{
	size_t before = k ? strlen(columns[k].before) : 0;
	size_t rest = l->width[k] > before + len ? l->width[k] - before - len : 0;

	out__put(l->out, columns[k].before, before);
	if (columns[k].right)
		spaces(l->out, rest);
	out__put(l->out, text, len);
	if (!columns[k].right)
		spaces(l->out, rest);
}

/* All that is held, complete rows. */
static void render(struct ss_layout *l)
{
	size_t len, at = 0;
	const char *text = out__data(l->text, &len);

	fit_contents(l);
	if (l->screen)
		fit_screen(l);
	for (size_t i = 0; i < l->ncells; i++) {
		int k = i % SS_COLUMNS;

		len = l->lens[i] < CELL_MAX ? l->lens[i] : CELL_MAX;
		put_cell(l, k, text + at, len);
		at += l->lens[i];
		if (k == SS_PROCESS)
			out__char(l->out, '\n');
	}
	out__reset(l->text);
	l->start = 0;
	l->ncells = 0;
	l->chunks = 0;
}

static size_t last_len(const struct ss_layout *l)
{
	size_t len = l->ncells ? l->lens[l->ncells - 1] : 0;

	return len < CELL_MAX ? len : CELL_MAX;
}

static void end_cell(struct ss_layout *l, enum ss_column k)
{
	size_t len = last_len(l);

	if (len > l->widest[k])
		l->widest[k] = len;
	account_end(l, len);
}

/* The row's last cell ends when the next row begins: the width of the last
 * row's is not counted. An empty cell follows it, before which ss prints all
 * if it holds enough. */
static void end_row(struct ss_layout *l)
{
	end_cell(l, SS_PROCESS);
	if (l->chunks >= CHUNKS_MAX) {
		render(l);
		return;
	}
	account(l, 0);
	account_end(l, 0);
}

void ss_layout__next(struct ss_layout *l)
{
	size_t end;

	if (l->column == SS_STATE && l->ncells)
		end_row(l);
	out__data(l->text, &end);
	if (l->failed || remember(l, end - l->start)) {
		l->failed = true;
		return;
	}
	l->start = end;
	account(l, last_len(l));
	if (l->column < SS_PROCESS)
		end_cell(l, l->column);
	l->column = (l->column + 1) % SS_COLUMNS;
}

void ss_layout__title(struct ss_layout *l)
{
	for (int k = 0; k < SS_COLUMNS; k++) {
		out__str(l->text, columns[k].title);
		ss_layout__next(l);
	}
}

void ss_layout__finish(struct ss_layout *l)
{
	if (l->ncells)
		render(l);
}
