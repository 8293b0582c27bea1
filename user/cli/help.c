// SPDX-License-Identifier: BSD-2-Clause
/* --help and --version, made from the tables. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "base/str.h"
#include "cli/options.h"
#include "event/desc.h"
#include "event/names.h"

#ifndef TT_VERSION
#define TT_VERSION "unknown"
#endif

#define WIDTH 79
#define HELP_COLUMN 34

static const char *const group_titles[OPT_GROUPS] = {
	[OPT_PROCESSES] = "Processes",
	[OPT_SOCKETS] = "Sockets",
	[OPT_EVENTS] = "Events",
	[OPT_OUTPUT] = "Output",
	[OPT_LIMITS] = "Limits",
	[OPT_HOW] = "How",
	[OPT_LIST] = "Columns and rows",
	[OPT_GENERAL] = "Other",
};

/* Words from column on, in lines that start there. */
static void put_wrapped(struct out *out, size_t column, const char *text)
{
	out__pad_to(out, column);
	while (*text) {
		size_t len = strcspn(text, " ");

		if (out__column(out) > column) {
			if (out__column(out) + 1 + len > WIDTH) {
				out__char(out, '\n');
				out__pad_to(out, column);
			} else {
				out__char(out, ' ');
			}
		}
		out__put(out, text, len);
		text += len;
		text += strspn(text, " ");
	}
	out__char(out, '\n');
}

static void put_label(struct out *out, const struct option_row *row)
{
	out__str(out, "  ");
	if (row->letter)
		out__printf(out, "-%c%s", row->letter, row->name ? ", " : "");
	else
		out__str(out, "    ");
	if (row->name)
		out__printf(out, "--%s", row->name);
	if (row->arg)
		out__printf(out, " %s", row->arg);
	if (out__column(out) + 2 > HELP_COLUMN)
		out__char(out, '\n');
}

static void put_option(struct out *out, const struct option_row *row,
		       enum command command)
{
	char names[96], text[256];

	put_label(out, row);
	str_copy(text, row->help, sizeof(text));
	if (row->set == set_output) {
		size_t len = strlen(text);

		output__names(command, names, sizeof(names));
		snprintf(text + len, sizeof(text) - len, " %s", names);
	}
	put_wrapped(out, HELP_COLUMN, text);
}

static void put_group(struct out *out, enum option_group group, enum command command)
{
	bool titled = false;
	size_t i;

	for (i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (row->group != group || !row->set ||
		    !(row->commands & 1u << command))
			continue;
		if (!titled)
			out__printf(out, "\n%s:\n", group_titles[group]);
		titled = true;
		put_option(out, row, command);
	}
}

static void put_event_names(struct out *out)
{
	char names[256] = "";
	size_t i;

	for (i = 0; i < event_desc_count; i++) {
		const struct event_desc *e = &event_descs[i];

		if (e->group == GROUP_LATER)
			continue;
		list_append(names, sizeof(names), e->name);
	}
	out__str(out, "\nNames for --events (in the default set send and recv are only where "
		      "processes or\nsockets are selected, drop never):\n");
	put_wrapped(out, 2, names);
}

static void put_state_names(struct out *out)
{
	char names[160] = "";
	unsigned int state;

	for (state = ST_ESTABLISHED; state <= ST_CLOSING; state++)
		list_append(names, sizeof(names), state_name(state));
	out__str(out, "\nNames for --state:\n");
	put_wrapped(out, 2, names);
}

static void put_commands(struct out *out)
{
	size_t i;

	out__str(out, "\nCommands:\n");
	for (i = 0; i < command_row_count; i++) {
		if (!command_rows[i].usage)
			continue;
		out__printf(out, "  %s", command_rows[i].name);
		put_wrapped(out, 12, command_rows[i].help);
	}
}

static void put_usage(struct out *out, const struct command_row *only)
{
	const char *lead = "usage: ";
	size_t i;

	for (i = 0; i < command_row_count; i++) {
		const struct command_row *row = &command_rows[i];

		if (!row->usage || (only && only != row))
			continue;
		if (row->command == CMD_TRACE)
			out__printf(out, "%stcptrace-bpf [trace] %s\n", lead, row->usage);
		else
			out__printf(out, "%stcptrace-bpf %s %s\n", lead, row->name,
				    row->usage);
		lead = "       ";
	}
}

static int finish(struct out *out)
{
	int err = out__flush(out);

	out__free(out);
	if (!err || err == -EPIPE)
		return 0;
	log_error("standard output: %s", strerror(-err));
	return 1;
}

int help__print(const char *command)
{
	const struct command_row *row = command ? command_row__by_name(command) : NULL;
	enum command id = row ? row->command : CMD_TRACE;
	struct out *out = out__new_fd(STDOUT_FILENO);
	int group;

	if (!out)
		return 1;
	put_usage(out, row);
	if (row)
		out__printf(out, "\n%s: %s\n", row->name, row->help);
	else
		put_commands(out);
	for (group = 0; group < OPT_GROUPS; group++)
		put_group(out, group, id);
	if (id == CMD_TRACE || id == CMD_RUN)
		put_event_names(out);
	if (id != CMD_DOCTOR)
		put_state_names(out);
	if (!row)
		out__str(out, "\nThese are the options of trace; 'tcptrace-bpf COMMAND "
			      "--help' shows another's.\nThe manual: man 8 tcptrace-bpf\n");
	return finish(out);
}

int help__print_version(void)
{
	struct out *out = out__new_fd(STDOUT_FILENO);

	if (!out)
		return 1;
	out__str(out, "tcptrace-bpf " TT_VERSION "\n");
	return finish(out);
}
