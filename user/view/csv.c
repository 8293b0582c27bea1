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
#include "view/csv_text.h"
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

static void put_nested(struct csv *c, const struct fact *f,
		       const struct field_desc *d)
{
	out__reset(c->cell);
	line__begin(&c->nested, c->cell);
	json__put_value(&c->nested, f, d);
	out__put(c->cell, c->nested.buf, c->nested.n);
	csv_text__put(&c->line, out__data(c->cell, NULL));
}

static void put_field(struct csv *c, const struct fact *f,
		      const struct field_desc *d)
{
	const void *p = (const char *)f + d->offset;

	switch (d->type) {
	case FT_STR:
		csv_text__put(&c->line, *(const char *const *)p);
		break;
	case FT_FLAGS:
		csv_text__put(&c->line, p);
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
