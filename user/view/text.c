// SPDX-License-Identifier: BSD-2-Clause
/*
 * Facts for people: time, owner, descriptor, then what happened.
 *
 *	16:07:01.072752 java/12761.12762        4 connect    ...
 *
 * The first three are columns; the body starts at the same place in every
 * line. A socket event that cannot be the connection's first names its own
 * port and the other end only: two full addresses in each line bury the rest.
 */
#include "view/text.h"

#include <stdlib.h>

#include "base/time.h"
#include "view/tcpdump.h"

#define OWNER_WIDTH 18	   /* "java/12761.12762", "python3/12761.12762" is 19 */
#define OWNER_WIDTH_TIGHT 16
#define FD_WIDTH 4
#define FD_WIDTH_TIGHT 3
#define TIGHT_BELOW 100	   /* columns of a terminal */
#define FOLD_INDENT 4
#define FOLD_LEAST 14	   /* of the body, on a line's first row */
#define FOLD_MIN 30	   /* columns of the body, or folding is no help */

void text__style(struct text *t, enum style style)
{
	static const char *const codes[] = {
		[STYLE_BAD] = "\033[31m",
		[STYLE_STATE] = "\033[1m",
		[STYLE_PACKET] = "\033[2m",
	};

	if (!t->opts.color)
		return;
	line__str(&t->line, codes[style]);
	t->line.unseen += strlen(codes[style]);
}

void text__plain(struct text *t)
{
	static const char reset[] = "\033[0m";

	if (!t->opts.color)
		return;
	line__str(&t->line, reset);
	t->line.unseen += strlen(reset);
}

/* Controls, and the marks that reorder or hide text on a terminal. */
static bool is_deceptive(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad ||
	       cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) ||
	       cp == 0xfeff;
}

void text__safe(struct text *t, const char *s)
{
	if (!s) {
		line__char(&t->line, '-');
		return;
	}
	while (*s) {
		uint32_t cp;
		unsigned int len = utf8_len(s, &cp);

		if (!len || is_deceptive(cp)) {
			line__char(&t->line, '?');
		} else {
			line__put(&t->line, s, len);
			t->line.unseen += len - 1;
		}
		s += len ? len : 1;
	}
}

void text__arrow(struct text *t, enum arrow arrow)
{
	static const char *const ascii[] = { ">", "<", "<>", "->" };
	/* three bytes, one column */
	static const char *const drawn[] = { "\u2192", "\u2190", "\u2194", "\u2192" };

	if (!t->opts.unicode) {
		line__str(&t->line, ascii[arrow]);
		return;
	}
	line__str(&t->line, drawn[arrow]);
	t->line.unseen += 2;
}

static void put_owner(struct text *t, const struct fact *f)
{
	struct line *l = &t->line;
	bool pid = fact_has(f, F_PID), tid = fact_has(f, F_TID);

	if (!pid && !fact_has(f, F_COMM)) {
		line__char(l, '-');
		return;
	}
	text__safe(t, fact_has(f, F_COMM) ? f->comm : NULL);
	line__char(l, '/');
	if (pid)
		line__u64(l, f->pid);
	else
		line__char(l, '-');
	if (tid && f->tid != f->pid) {
		line__char(l, '.');
		line__u64(l, f->tid);
	}
}

static unsigned int fd_width(const struct text *t)
{
	return t->tight ? FD_WIDTH_TIGHT : FD_WIDTH;
}

static void put_fd(struct text *t, const struct fact *f)
{
	bool known = fact_has(f, F_FD) && f->fd >= 0;
	uint32_t fd = known ? (uint32_t)f->fd : 0;
	uint32_t least = t->tight ? 100 : 1000; /* that fills the column */

	for (; least > 1 && fd < least; least /= 10)
		line__char(&t->line, ' ');
	if (known)
		line__u64(&t->line, fd);
	else
		line__char(&t->line, '-');
}

/* Where the body starts; a wide owner moves it for the rest of the run. */
static void set_owner_width(struct text *t, size_t width)
{
	t->owner_width = width;
	t->body = t->owner_column + width + 1 + fd_width(t) + 1;
}

/* Times from the line before may take a column more, and so may numbers. */
static void put_stamp(struct text *t, const struct fact *f)
{
	struct line *l = &t->line;

	stamp__number(&t->stamp, l);
	stamp__time(&t->stamp, l, (int64_t)f->time_ns + t->opts.utc_offset_ns);
	if (line__column(l) > t->owner_column) {
		t->owner_column = line__column(l);
		set_owner_width(t, t->owner_width);
	}
	line__pad_to(l, t->owner_column);
}

static void put_columns(struct text *t, const struct fact *f)
{
	struct line *l = &t->line;

	put_stamp(t, f);
	put_owner(t, f);
	if (line__column(l) > t->owner_column + t->owner_width)
		set_owner_width(t, line__column(l) - t->owner_column);
	line__pad_to(l, t->owner_column + t->owner_width + 1);
	put_fd(t, f);
	line__char(l, ' ');
	line__pad_to(l, t->body);
}

/* Bytes of the colour escape at s, 0 if there is none. */
static size_t skip_escape(const char *s, size_t len)
{
	const char *end = *s == '\033' ? memchr(s, 'm', len) : NULL;

	return end ? (size_t)(end + 1 - s) : 0;
}

/*
 * Where to end a line that begins with buf[from] in column col: the last gap
 * between two things said, or between two words, that leaves it within the
 * width. 0: it fits, or there is no gap.
 */
static size_t find_gap(const struct text *t, size_t from, size_t col)
{
	const char *buf = t->line.buf;
	size_t least = t->body + (from ? FOLD_INDENT : FOLD_LEAST);
	size_t word_gap = 0, item_gap = 0;

	for (size_t i = from; i < t->line.n; i++) {
		size_t escape = skip_escape(buf + i, t->line.n - i);

		if (escape) {
			i += escape - 1;
			continue;
		}
		if (buf[i] == ' ' && buf[i - 1] != ' ' && col > least) {
			word_gap = i;
			if (strchr(",:;", buf[i - 1]) || buf[i + 1] == ' ')
				item_gap = i;
		}
		col += (buf[i] & 0xc0) != 0x80;
		if (col > (size_t)t->opts.width)
			return item_gap ? item_gap : word_gap;
	}
	return 0;
}

/*
 * A terminal would break a long line anywhere and continue it in the clock's
 * column: break it between words and keep the columns clear.
 */
static void put_folded(struct text *t)
{
	struct line *l = &t->line;
	size_t from = 0, gap, col = 0, indent = t->body + FOLD_INDENT;

	while ((gap = find_gap(t, from, col))) {
		out__put(l->out, l->buf + from, gap - from);
		out__char(l->out, '\n');
		out__pad_to(l->out, indent);
		for (from = gap; from < l->n && l->buf[from] == ' '; from++)
			;
		col = indent;
	}
	l->n -= from;
	memmove(l->buf, l->buf + from, l->n);
}

static bool is_foldable(const struct text *t)
{
	size_t width = t->opts.width > 0 ? (size_t)t->opts.width : SIZE_MAX;

	return line__column(&t->line) > width && t->body + FOLD_MIN < width &&
	       !t->line.gone && t->line.n < sizeof(t->line.buf);
}

static void text__fact(void *ctx, const struct fact *f, struct out *out)
{
	struct text *t = ctx;

	if ((unsigned int)f->id >= EV_MAX)
		return;
	t->detail = 0;
	t->in_list = false;
	line__begin(&t->line, out);
	put_columns(t, f);
	if (f->id == EV_packet)
		text__segment(t, f);
	else
		text__event(t, f);
	if (fact_has(f, F_LATE) && f->late)
		line__str(&t->line, " (late)");
	if (is_foldable(t))
		put_folded(t);
	if (f->id == EV_packet)
		text__dump(t, f);
	line__end(&t->line);
}

static void text__free(void *ctx)
{
	struct text *t = ctx;

	if (!t)
		return;
	tcpdump__free(t->printer);
	free(t->bytes);
	free(t);
}

static bool has_details(const struct packet_form *form)
{
	return form->verbose || form->link_header || form->quiet || form->ascii ||
	       form->hex || form->hex_ascii;
}

static bool make_printer(struct text *t)
{
	struct view_opts opts = t->opts;

	opts.form.placed = true;
	t->printer = tcpdump__new(&opts);
	t->bytes = malloc(FRAME_BYTES_MAX);
	return t->printer && t->bytes;
}

static void *text__new(const struct view_opts *opts)
{
	struct text *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->opts = *opts;
	stamp__init(&t->stamp, &opts->form);
	t->tight = opts->width > 0 && opts->width < TIGHT_BELOW;
	set_owner_width(t, t->tight ? OWNER_WIDTH_TIGHT : OWNER_WIDTH);
	if (!has_details(&opts->form) || make_printer(t))
		return t;
	text__free(t);
	return NULL;
}

const struct view view_text = {
	.name = "text",
	.help = "one line an event, for people",
	.new = text__new,
	.fact = text__fact,
	.free = text__free,
};
