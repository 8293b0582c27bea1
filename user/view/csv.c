// SPDX-License-Identifier: BSD-2-Clause
/*
 * Facts as comma-separated values (RFC 4180, with a newline at the end of a
 * line): one header, then every field a column of its own, in the order of
 * field_descs; empty is unknown. What JSON nests is JSON in its cell.
 */
#include "view/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "event/desc.h"
#include "view/json.h"
#include "view/line.h"

struct csv {
	int64_t utc_offset_ns;
	struct out *cell; /* of what is nested */
	/* A name is one column, also where two events mean their own by it. */
	size_t first[F_MAX], other[F_MAX];
	size_t ncolumns;
	struct line line, nested;
};

static bool is_plain(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] == '"' || s[i] == ',' || s[i] == '\n' || s[i] == '\r')
			return false;
	return true;
}

static void put_cell(struct line *l, const char *s, size_t len)
{
	if (is_plain(s, len)) {
		line__put(l, s, len);
		return;
	}
	line__char(l, '"');
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '"')
			line__char(l, '"');
		line__char(l, s[i]);
	}
	line__char(l, '"');
}

/* A text as it is, not as JSON escapes it; bytes that are no UTF-8 become
 * U+FFFD there and here. */
static void put_text(struct csv *c, const char *s)
{
	struct line *l = &c->nested;
	const char *text;
	size_t len;

	out__reset(c->cell);
	line__begin(l, c->cell);
	while (*s) {
		uint32_t cp;
		unsigned int n = utf8_len(s, &cp);

		if (n)
			line__put(l, s, n);
		else
			line__put(l, "\xef\xbf\xbd", 3);
		s += n ? n : 1;
	}
	out__put(c->cell, l->buf, l->n);
	text = out__data(c->cell, &len);
	put_cell(&c->line, text, len);
}

static void put_nested(struct csv *c, const struct fact *f,
		       const struct field_desc *d)
{
	const char *text;
	size_t len;

	out__reset(c->cell);
	line__begin(&c->nested, c->cell);
	json__put_value(&c->nested, f, d);
	out__put(c->cell, c->nested.buf, c->nested.n);
	text = out__data(c->cell, &len);
	put_cell(&c->line, text, len);
}

static void put_field(struct csv *c, const struct fact *f,
		      const struct field_desc *d)
{
	const void *p = (const char *)f + d->offset;

	switch (d->type) {
	case FT_STR:
		put_text(c, *(const char *const *)p);
		break;
	case FT_FLAGS:
		put_text(c, p);
		break;
	case FT_HEX:
		line__hex(&c->line, *(const uint64_t *)p);
		break;
	case FT_ADDR:
		line__addr(&c->line, p);
		break;
	default:
		put_nested(c, f, d);
	}
}

static void put_column(struct csv *c, const struct fact *f, size_t i)
{
	for (; i < field_desc_count; i = c->other[i]) {
		if (json__has_value(f, &field_descs[i])) {
			put_field(c, f, &field_descs[i]);
			return;
		}
	}
}

static void put_time(struct csv *c, uint64_t time_ns)
{
	char buf[32];

	line__str(&c->line, time_rfc3339((int64_t)time_ns + c->utc_offset_ns, buf));
}

static void csv__fact(void *ctx, const struct fact *f, struct out *out)
{
	const struct event_desc *e = event_desc__by_id(f->id);
	struct csv *c = ctx;

	if (!e)
		return;
	line__begin(&c->line, out);
	put_time(c, f->time_ns);
	line__char(&c->line, ',');
	line__str(&c->line, e->name);
	for (size_t i = 0; i < c->ncolumns; i++) {
		line__char(&c->line, ',');
		put_column(c, f, c->first[i]);
	}
	line__end(&c->line);
}

static void csv__begin(void *ctx, struct out *out)
{
	struct csv *c = ctx;

	line__begin(&c->line, out);
	line__str(&c->line, "time,event");
	for (size_t i = 0; i < c->ncolumns; i++) {
		line__char(&c->line, ',');
		line__str(&c->line, field_descs[c->first[i]].name);
	}
	line__end(&c->line);
}

static void csv__free(void *ctx)
{
	struct csv *c = ctx;

	if (!c)
		return;
	out__free(c->cell);
	free(c);
}

/* The field before this one that has the same name, F_MAX: none. */
static size_t same_name(size_t i)
{
	for (size_t j = i; j--;)
		if (!strcmp(field_descs[j].name, field_descs[i].name))
			return j;
	return F_MAX;
}

static void set_columns(struct csv *c)
{
	for (size_t i = 0; i < field_desc_count; i++) {
		size_t before = same_name(i);

		c->other[i] = F_MAX;
		if (before == F_MAX)
			c->first[c->ncolumns++] = i;
		else
			c->other[before] = i;
	}
}

static void *csv__new(const struct view_opts *opts)
{
	struct csv *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->utc_offset_ns = opts->utc_offset_ns;
	set_columns(c);
	c->cell = out__new_mem();
	if (c->cell)
		return c;
	free(c);
	return NULL;
}

const struct view view_csv = {
	.name = "csv",
	.help = "comma-separated values, RFC 4180",
	.new = csv__new,
	.begin = csv__begin,
	.fact = csv__fact,
	.free = csv__free,
};
