// SPDX-License-Identifier: BSD-2-Clause
/* Writes docs/events.md to stdout, from the tables that the formats use. */
#include <unistd.h>

#include "base/out.h"
#include "event/desc.h"

static const char head[] =
	"# Events and their fields\n"
	"\n"
	"<!-- Made by `make docs` from user/event/desc.c and "
	"include/tcptrace/events.def: edit those. -->\n"
	"\n"
	"`-o json` prints one object a line with these names. A value that is not\n"
	"known is absent: never 0, never guessed. Names are promises: later\n"
	"releases add to them and never rename or remove.\n";

static const char *const group_texts[] = {
	[GROUP_ALWAYS] = "shown",
	[GROUP_SELECTED] = "shown if processes or sockets are selected",
	[GROUP_ASKED] = "only if `--events` names it",
	[GROUP_LATER] = "not in this release",
};

static const char *const type_texts[] = {
	[FT_U8] = "integer",	  [FT_U16] = "integer",
	[FT_U32] = "integer",	  [FT_U64] = "integer",
	[FT_S32] = "integer",	  [FT_BOOL] = "boolean",
	[FT_STR] = "string",	  [FT_HEX] = "string, hex",
	[FT_ADDR] = "string, address", [FT_FLAGS] = "string",
	[FT_END] = "object",	  [FT_OWNERS] = "array of objects",
	[FT_OPTS] = "object",	  [FT_SEG_OPTS] = "object",
	[FT_CAUSE] = "object",	  [FT_DIAG] = "object",
	[FT_WORDS] = "array of strings",
};

static void put_cell(struct out *out, const char *text)
{
	out__str(out, " ");
	for (; *text; text++) {
		if (*text == '|')
			out__char(out, '\\');
		out__char(out, *text);
	}
	out__str(out, " |");
}

static void put_row(struct out *out, const char *name, const char *type,
		    const char *unit, const char *help)
{
	out__str(out, "| `");
	out__str(out, name);
	out__str(out, "` |");
	put_cell(out, type);
	put_cell(out, unit ? unit : "");
	put_cell(out, help);
	out__char(out, '\n');
}

static void put_table_head(struct out *out)
{
	out__str(out, "| field | type | unit | meaning |\n|---|---|---|---|\n");
}

/* The rows of one event, by its bit, with a head if there are any; 0: the rows
 * of every event. Returns how many. */
static unsigned int put_fields(struct out *out, uint32_t event)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < field_desc_count; i++) {
		const struct field_desc *f = &field_descs[i];

		if (event ? !(f->events & event) : f->events)
			continue;
		if (!n++ && event)
			put_table_head(out);
		put_row(out, f->name, type_texts[f->type], f->unit, f->help);
	}
	return n;
}

static void put_overview(struct out *out)
{
	size_t i;

	out__str(out, "\n## Events\n\n| event | means | by default |\n|---|---|---|\n");
	for (i = 0; i < event_desc_count; i++) {
		const struct event_desc *e = &event_descs[i];

		out__printf(out, "| [`%s`](#%s) |", e->name, e->name);
		put_cell(out, e->meaning);
		put_cell(out, group_texts[e->group]);
		out__char(out, '\n');
	}
	out__str(out, "\nUnless processes or sockets are selected or `--packets` says "
		      "otherwise, `packet` shows\nonly segments that begin, complete or "
		      "end a connection.\n");
}

static void put_common(struct out *out)
{
	out__str(out, "\n## Fields of every event\n\n");
	put_table_head(out);
	put_row(out, "time", "string", NULL,
		"when it happened: RFC 3339, UTC, nanoseconds");
	put_row(out, "event", "string", NULL, "the event's name");
	put_fields(out, 0);
}

static void put_event(struct out *out, const struct event_desc *e)
{
	out__printf(out, "\n## %s\n\n%s. By default: %s.\n\n", e->name,
		    e->meaning, group_texts[e->group]);
	if (!put_fields(out, 1u << e->id))
		out__str(out, "No fields beyond those of every event.\n");
}

int main(void)
{
	struct out *out = out__new_fd(STDOUT_FILENO);
	size_t i;
	int err;

	if (!out)
		return 1;
	out__str(out, head);
	put_overview(out);
	put_common(out);
	for (i = 0; i < event_desc_count; i++)
		put_event(out, &event_descs[i]);
	err = out__flush(out);
	out__free(out);
	return err ? 1 : 0;
}
