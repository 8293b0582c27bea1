// SPDX-License-Identifier: BSD-2-Clause
/* What -o takes, command by command; the first of a command is its default. */
#include <string.h>

#include "cli/options.h"

static const struct {
	const char *name;
	unsigned int commands;
	bool later;
} outputs[] = {
	{ "text", FOR_EVENTS | FOR_DOCTOR, false },
	{ "table", FOR_LIST, false },
	{ "netstat", FOR_LIST, false },
	{ "lsof", FOR_LIST, false },
	{ "ss", FOR_LIST, false },
	{ "json", FOR_ALL, false },
	{ "csv", FOR_SOCKETS, false },
	{ "ladder", FOR_EVENTS, true },
	{ "tcpdump", FOR_EVENTS, false },
};

#define OUTPUTS (sizeof(outputs) / sizeof(outputs[0]))

const char *output__names(enum command command, char *buf, size_t size)
{
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < OUTPUTS; i++) {
		if (outputs[i].commands & 1u << command && !outputs[i].later)
			list_append(buf, size, outputs[i].name);
	}
	return buf;
}

/* What a record of fields has no use for. NULL: nothing of it was asked. */
static const char *words_only(const struct run_config *c)
{
	return c->link_header ? "-e" : c->quiet ? "-q" : c->ascii_dump ? "-A" :
	       c->hex_dump ? "-x" : c->hex_ascii_dump ? "-X" :
	       c->number_lines ? "-#" : c->time_form ? "-t" :
	       c->nanoseconds ? "--nano" : NULL;
}

/* Fields are the same whatever words would be wanted. */
static int check_words(const struct run_config *c, const char *as)
{
	const char *option = words_only(c);

	if (!option || (strcmp(c->output, "json") && strcmp(c->output, "csv")))
		return 0;
	return usage_error("%s: words of a line, which %s %s has not: use -o text or tcpdump", option, as, c->output);
}

int output__check(const struct run_config *c, const char *as)
{
	char names[96], q[QUOTE_LEN];
	size_t i;

	if (!c->output)
		return 0;
	output__names(c->command, names, sizeof(names));
	for (i = 0; i < OUTPUTS; i++) {
		if (!(outputs[i].commands & 1u << c->command) ||
		    strcmp(outputs[i].name, c->output) != 0)
			continue;
		if (!outputs[i].later)
			return check_words(c, as);
		return usage_error("%s: %s is not in this release: use one of %s", as,
				   c->output, names);
	}
	return usage_error("%s: %s is not an output of %s: use one of %s", as,
			   quote(c->output, q), command_row__by_id(c->command)->name,
			   names);
}
