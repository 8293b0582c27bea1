// SPDX-License-Identifier: BSD-2-Clause
/* The command line: the tables of commands and options, and the walk that
 * hands each option to its setter. */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/time.h"

#define SWITCH(field) set_switch, offsetof(struct run_config, field)
#define COUNT(field) set_count_of, offsetof(struct run_config, field)

const struct command_row command_rows[] = {
	{ "trace", "[options] [FILTER]", "live socket events and packets (the default)", CMD_TRACE },
	{ "run", "[options] -- COMMAND [ARG...]",
	  "start COMMAND and trace it and its children", CMD_RUN },
	{ "list", "[options] [FILTER]", "every TCP socket now, with its owners", CMD_LIST },
	{ "read", "FILE... [options] [FILTER]",
	  "packets of capture files (pcap, pcapng; - is standard input)", CMD_READ },
	{ "doctor", "[options]", "what this kernel and these privileges allow",
	  CMD_DOCTOR },
	{ "explain", NULL, NULL, 0 },
	{ "top", NULL, NULL, 0 },
	{ "report", NULL, NULL, 0 },
	{ "serve", NULL, NULL, 0 },
};

const size_t command_row_count = sizeof(command_rows) / sizeof(command_rows[0]);

const struct option_row option_rows[] = {
	{ 'p', "pid", "PID[,PID...]",
	  "these processes, all their threads; a thread's id selects its process",
	  OPT_PROCESSES, FOR_TRACE | FOR_LIST | FOR_READ, set_pid, 0 },
	{ 'f', "follow", NULL, "their children too, those there are and those to come",
	  OPT_PROCESSES, FOR_SOCKETS, SWITCH(follow) },
	{ 0, "comm", "GLOB", "processes of this name, as in 'nginx*'",
	  OPT_PROCESSES, FOR_SOCKETS, set_comm, 0 },
	{ 0, "uid", "USER", "processes of this effective user, a name or a number",
	  OPT_PROCESSES, FOR_SOCKETS, set_uid, 0 },
	{ 0, "cgroup", "PATH", "processes of this cgroup and those below it",
	  OPT_PROCESSES, FOR_SOCKETS, set_cgroup, 0 },
	{ 0, "netns", "PID|PATH|all", "this network namespace; all: every one",
	  OPT_PROCESSES, FOR_SOCKETS, set_netns, 0 },
	{ 0, "container", "ID", "use --cgroup with the container's cgroup",
	  OPT_PROCESSES, FOR_SOCKETS, NULL, 0 },

	{ 0, "port", "N[,N...]", "these ports at either end",
	  OPT_SOCKETS, FOR_SOCKETS, set_port, 0 },
	{ 0, "lport", "N[,N...]", "these local ports, as the socket sees itself",
	  OPT_SOCKETS, FOR_SOCKETS, set_lport, 0 },
	{ 0, "rport", "N[,N...]", "these remote ports",
	  OPT_SOCKETS, FOR_SOCKETS, set_rport, 0 },
	{ 0, "addr", "ADDR[/LEN]", "this address or network at either end; repeatable",
	  OPT_SOCKETS, FOR_SOCKETS, set_addr, 0 },
	{ '4', NULL, NULL, "IPv4 only",
	  OPT_SOCKETS, FOR_SOCKETS, set_family, 0 },
	{ '6', NULL, NULL, "IPv6 only",
	  OPT_SOCKETS, FOR_SOCKETS, set_family, 0 },
	{ 0, "state", "NAME[,NAME...]",
	  "sockets in these states; live: the old or the new state is named",
	  OPT_SOCKETS, FOR_SOCKETS, set_state, 0 },

	{ 0, "events", "NAME[,NAME...]",
	  "only these events; no-NAME takes one from the default set",
	  OPT_EVENTS, FOR_EVENTS, set_events, 0 },
	{ 0, "packets", "all|control|none",
	  "which segments to show; control: SYN, FIN, RST and what completes a handshake "
	  "or a teardown",
	  OPT_EVENTS, FOR_EVENTS, set_packets, 0 },
	{ 'i', "interface", "NAME|any",
	  "packets of this interface, or NAME@NETNS; repeatable; any: the default",
	  OPT_EVENTS, FOR_LIVE, set_interface, 0 },

	{ 'o', "output", "FORMAT", "one of:", /* --help adds the names */
	  OPT_OUTPUT, FOR_ALL, set_output, 0 },
	{ 0, "json", NULL, "the same as -o json",
	  OPT_OUTPUT, FOR_DOCTOR, set_json, 0 },
	{ 'n', NULL, NULL, "numbers, not names: the default",
	  OPT_OUTPUT, FOR_SOCKETS, set_nothing, 0 },
	{ 'S', NULL, NULL, "absolute sequence numbers",
	  OPT_OUTPUT, FOR_EVENTS, SWITCH(absolute_seq) },
	{ 0, "ascii", NULL, "nothing beyond ASCII in text",
	  OPT_OUTPUT, FOR_SOCKETS, SWITCH(ascii) },
	{ 0, "color", "auto|always|never", "colour in text; auto: on a terminal",
	  OPT_OUTPUT, FOR_EVENTS, set_color, 0 },
	{ 0, "log", "FILE", "events to FILE, not to standard output",
	  OPT_OUTPUT, FOR_EVENTS, set_log, 0 },
	{ 'w', NULL, "FILE",
	  "record to FILE, a pcapng; -: to standard output; .gz compresses; prints events "
	  "only with an explicit -o",
	  OPT_OUTPUT, FOR_LIVE, set_record, 0 },
	{ 'C', NULL, "MB", "begin the next file after so many million bytes",
	  OPT_OUTPUT, FOR_LIVE, set_rotate_size, 0 },
	{ 'G', NULL, "SECONDS", "and after that time; FILE may have strftime(3)'s %",
	  OPT_OUTPUT, FOR_LIVE, set_rotate_time, 0 },
	{ 'W', NULL, "COUNT", "with -C a ring of so many files; with -G end after them",
	  OPT_OUTPUT, FOR_LIVE, set_rotate_files, 0 },
	{ 's', NULL, "BYTES", "so much of each segment's payload, up to 65000 (0)",
	  OPT_OUTPUT, FOR_LIVE, set_snaplen, 0 },
	{ 0, "names", NULL, "services by name; with --extended users too",
	  OPT_OUTPUT, FOR_LIST, SWITCH(list_names) },
	{ 'e', NULL, NULL, "the link layer's header of each packet",
	  OPT_OUTPUT, FOR_EVENTS, COUNT(link_header) },
	{ 'q', NULL, NULL, "less of each segment",
	  OPT_OUTPUT, FOR_EVENTS, COUNT(quiet) },
	{ 'A', NULL, NULL, "the packet's bytes in ASCII",
	  OPT_OUTPUT, FOR_EVENTS, COUNT(ascii_dump) },
	{ 'x', NULL, NULL, "the packet's bytes in hex; -xx: the link layer's too",
	  OPT_OUTPUT, FOR_EVENTS, COUNT(hex_dump) },
	{ 'X', NULL, NULL, "the same in hex and ASCII; -XX: the link layer's too",
	  OPT_OUTPUT, FOR_EVENTS, COUNT(hex_ascii_dump) },
	{ '#', NULL, NULL, "a number before each line",
	  OPT_OUTPUT, FOR_EVENTS, SWITCH(number_lines) },
	{ 't', NULL, NULL,
	  "no time; -tt seconds since 1970, -ttt since the line before, "
	  "-tttt date and time, -ttttt since the first",
	  OPT_OUTPUT, FOR_EVENTS, COUNT(time_form) },
	{ 0, "nano", NULL, "nanoseconds in the time",
	  OPT_OUTPUT, FOR_EVENTS, SWITCH(nanoseconds) },
	{ 0, "clock-fix", NULL,
	  "several files: put their clocks right by the segments they share",
	  OPT_OUTPUT, FOR_READ, SWITCH(clock_fix) },

	{ 'c', NULL, "COUNT", "end after COUNT events",
	  OPT_LIMITS, FOR_EVENTS, set_count, 0 },
	{ 0, "duration", "SECONDS", "end after SECONDS, as in 1.5",
	  OPT_LIMITS, FOR_LIVE, set_duration, 0 },
	{ 0, "rate", "N", "at most N events a second; the rest is told as lost",
	  OPT_LIMITS, FOR_LIVE, set_rate, 0 },
	{ 0, "buffer", "MB", "size of the buffer the kernel fills, 1 to 1024",
	  OPT_LIMITS, FOR_LIVE, set_buffer, 0 },
	{ 0, "orphan-wait", "SECONDS",
	  "how long to wait for sockets that outlive the last process (2)",
	  OPT_LIMITS, FOR_LIVE, set_orphan_wait, 0 },

	{ 0, "hooks", "KIND",
	  "auto, fentry, kprobe or tracepoint: mandatory for every selected event that "
	  "has one of that kind",
	  OPT_HOW, FOR_LIVE | FOR_DOCTOR, set_hooks, 0 },
	{ 0, "tap", "auto|skb|tc|clsact|xdp", "where packets are seen",
	  OPT_HOW, FOR_LIVE, set_tap, 0 },
	{ 0, "btf", "FILE", "the kernel's types, if it does not carry them itself",
	  OPT_HOW, FOR_LIVE | FOR_LIST | FOR_DOCTOR, set_btf, 0 },
	{ 0, "dry-run", NULL, "load and choose hooks, trace nothing",
	  OPT_HOW, FOR_LIVE, SWITCH(dry_run) },
	{ 0, "strict", NULL, "status 5 if anything was lost",
	  OPT_HOW, FOR_EVENTS, SWITCH(strict) },
	{ 0, "ready-fd", "N", "write one byte to descriptor N when tracing has begun",
	  OPT_HOW, FOR_LIVE, set_ready_fd, 0 },

	{ 0, "listening", NULL, "listening sockets only",
	  OPT_LIST, FOR_LIST, SWITCH(list_listening) },
	{ 0, "timers", NULL, "the timer of each socket",
	  OPT_LIST, FOR_LIST, SWITCH(list_timers) },
	{ 0, "extended", NULL, "user and inode of each socket; table: every owner",
	  OPT_LIST, FOR_LIST, SWITCH(list_extended) },
	{ 0, "wide", NULL, "do not cut addresses",
	  OPT_LIST, FOR_LIST, SWITCH(list_wide) },
	{ 0, "info", NULL, "what TCP knows of each connection: table, ss",
	  OPT_LIST, FOR_LIST, SWITCH(list_info) },
	{ 0, "memory", NULL, "the memory of each socket: table, ss",
	  OPT_LIST, FOR_LIST, SWITCH(list_memory) },
	{ 0, "all-fields", NULL, "all of those that the output has",
	  OPT_LIST, FOR_LIST, SWITCH(list_all_fields) },
	{ 0, "watch", "SECONDS", "again every SECONDS, what changed marked with + and -",
	  OPT_LIST, FOR_LIST, set_watch, 0 },
	{ 0, "wait-for", "EXPR",
	  "wait until there is such a socket, as in 'LISTEN and lport 9090', or with "
	  "'not EXPR' none",
	  OPT_LIST, FOR_LIST, set_wait_for, 0 },
	{ 0, "timeout", "SECONDS", "give up --wait-for then, with status 1",
	  OPT_LIST, FOR_LIST, set_timeout, 0 },
	{ 'r', NULL, "FILE", "the sockets of a recording, at its end",
	  OPT_LIST, FOR_LIST, set_list_file, 0 },
	{ 0, "at", "TIME",
	  "with -r, at this moment: 2026-01-31T23:59:58.5Z, 23:59:58.5 or seconds since "
	  "1970",
	  OPT_LIST, FOR_LIST, set_list_at, 0 },

	{ 'v', NULL, NULL, "say more on standard error; -vv still more",
	  OPT_GENERAL, FOR_ALL, set_verbose, 0 },
	{ 'h', "help", NULL, "this text", OPT_GENERAL, FOR_ALL, set_nothing, 0 },
	{ 'V', "version", NULL, "the version", OPT_GENERAL, FOR_ALL, set_nothing, 0 },
};

#define ROWS (sizeof(option_rows) / sizeof(option_rows[0]))

const size_t option_row_count = ROWS;

struct walk {
	struct run_config *config;
	char **argv;
	int argc, at;
	bool named; /* a command was named */
	bool done;  /* --help or --version: the rest does not matter */
	char as[ROWS][24]; /* how each option was typed, "" if it was not */
};

const struct command_row *command_row__by_name(const char *name)
{
	size_t i;

	for (i = 0; i < command_row_count; i++) {
		if (strcmp(command_rows[i].name, name) == 0)
			return &command_rows[i];
	}
	return NULL;
}

const struct command_row *command_row__by_id(enum command command)
{
	size_t i;

	for (i = 0; i < command_row_count; i++) {
		if (command_rows[i].usage && command_rows[i].command == command)
			return &command_rows[i];
	}
	return NULL;
}

static const struct option_row *row_by_letter(char letter)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		if (option_rows[i].letter == letter)
			return &option_rows[i];
	}
	return NULL;
}

static const struct option_row *row_by_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		const char *n = option_rows[i].name;

		if (n && strlen(n) == len && memcmp(n, name, len) == 0)
			return &option_rows[i];
	}
	return NULL;
}

static const char *as_typed(const void *ctx, const char *name)
{
	const struct walk *w = ctx;
	const struct option_row *row = name[1] ? row_by_name(name, strlen(name)) :
						 row_by_letter(name[0]);
	const char *as = w->as[row - option_rows];

	return *as ? as : NULL;
}

/* --- one option --- */

static int print_and_end(struct walk *w, const struct option_row *row)
{
	const char *next = w->argv[w->at];
	const struct command_row *command = NULL;

	w->done = true;
	if (row->letter == 'V') {
		w->config->command = CMD_VERSION;
		return help__print_version();
	}
	if (w->named)
		command = command_row__by_id(w->config->command);
	else if (next)
		command = command_row__by_name(next);
	w->config->command = CMD_HELP;
	return help__print(command && command->usage ? command->name : NULL);
}

static int apply(struct walk *w, const struct option_row *row, const char *value)
{
	struct opt_use use = {
		.config = w->config,
		.row = row,
		.as = w->as[row - option_rows],
		.value = value,
	};

	if (!row->set)
		return usage_error("%s: not in this release%s%s", use.as,
				   row->help ? ": " : "", row->help ? row->help : "");
	if (row->letter == 'h' || row->letter == 'V')
		return print_and_end(w, row);
	return row->set(&use);
}

static int missing_value(const struct walk *w, const struct option_row *row)
{
	return usage_error("%s: no value: give it %s", w->as[row - option_rows], row->arg);
}

/* A cluster as getopt reads it: switches, the last one may take a value, from
 * the same word or the next. */
static int walk_letters(struct walk *w, const char *letters)
{
	int status = 0;

	/* Read as a cluster, -pid would complain of a process called "id". */
	if (letters[1] && row_by_name(letters, strlen(letters)))
		return usage_error("-%s: no such option: did you mean --%s?", letters,
				   letters);
	while (*letters && !status && !w->done) {
		const struct option_row *row = row_by_letter(*letters);
		char word[3] = { '-', *letters++, '\0' }, q[QUOTE_LEN];
		const char *value = NULL;

		if (!row)
			return usage_error("%s: no such option: see tcptrace-bpf --help",
					   quote(word, q));
		str_copy(w->as[row - option_rows], word, sizeof(w->as[0]));
		if (row->arg && row->set) {
			value = *letters ? letters : w->argv[w->at];
			if (!value)
				return missing_value(w, row);
			w->at += !*letters;
			letters = "";
		}
		status = apply(w, row, value);
	}
	return status;
}

static int no_such_option(const char *name, size_t len)
{
	const char *nearest = NULL;
	char typed[32], q[QUOTE_LEN], word[QUOTE_LEN];
	unsigned int best = 3; /* two slips at most, and one in three letters */
	size_t i;

	snprintf(typed, sizeof(typed), "%.*s", (int)len, name);
	for (i = 0; i < ROWS; i++) {
		const char *n = option_rows[i].name;
		unsigned int d;

		if (!n || !option_rows[i].set)
			continue;
		d = len && str_starts(n, typed) ? 1 : edit_distance(typed, n);
		if (d < best && d <= (strlen(n) + 1) / 3) {
			best = d;
			nearest = n;
		}
	}
	snprintf(word, sizeof(word), "--%.*s", (int)len, name);
	if (nearest)
		return usage_error("%s: no such option: did you mean --%s?",
				   quote(word, q), nearest);
	return usage_error("%s: no such option: see tcptrace-bpf --help", quote(word, q));
}

static int walk_long(struct walk *w, const char *word)
{
	size_t len = strcspn(word, "=");
	const char *value = word[len] ? word + len + 1 : NULL;
	const struct option_row *row = row_by_name(word, len);
	char *as;

	if (!row)
		return no_such_option(word, len);
	as = w->as[row - option_rows];
	snprintf(as, sizeof(w->as[0]), "--%s", row->name);
	if (!row->arg && value)
		return usage_error("%s: takes no value: leave '=' out", as);
	if (row->arg && row->set && !value) {
		value = w->argv[w->at];
		if (!value)
			return missing_value(w, row);
		w->at++;
	}
	return apply(w, row, value);
}

/* --- words --- */

/* A slip in a command's name is no expression, though libpcap would ask the
 * name servers for it. */
static const char *command_meant(const char *word)
{
	for (size_t i = 0; i < command_row_count; i++) {
		const struct command_row *row = &command_rows[i];

		if (row->usage && edit_distance(word, row->name) == 1)
			return row->name;
	}
	return NULL;
}

static int take_filter(struct run_config *c, char **words)
{
	const char *meant = command_meant(*words);
	size_t len = 0;
	char q[QUOTE_LEN];

	if (meant && !words[1])
		return usage_error("%s: no such command: did you mean %s?",
				   quote(*words, q), meant);
	for (; *words; words++) {
		int n = snprintf(c->filter + len, sizeof(c->filter) - len, "%s%s",
				 len ? " " : "", *words);

		if (n < 0 || (size_t)n >= sizeof(c->filter) - len)
			return usage_error("FILTER: longer than %d bytes: shorten it",
					   MAX_FILTER - 1);
		len += n;
	}
	return 0;
}

/* Everything from here on is the command's: COMMAND of run, or FILTER. */
static int take_rest(struct walk *w)
{
	char **rest = w->argv + w->at;
	char q[QUOTE_LEN];

	w->at = w->argc;
	if (w->config->command == CMD_RUN) {
		w->config->command_argv = rest;
		return 0;
	}
	if (!*rest)
		return 0;
	if (w->config->command == CMD_DOCTOR)
		return usage_error("doctor: %s: it takes options only: leave it out",
				   quote(*rest, q));
	return take_filter(w->config, rest);
}

/*
 * The words after read are files; the first that is none begins FILTER. One
 * that looks like a file is taken for one and refused when it is opened.
 */
static bool is_file(const struct walk *w, const char *word)
{
	return !w->config->nfiles || !strcmp(word, "-") || strchr(word, '/') ||
	       strstr(word, ".pcap") || str_glob("*.gz", word) || !access(word, F_OK);
}

static int take_file(struct walk *w, const char *file)
{
	struct run_config *c = w->config;
	size_t i;

	if (c->nfiles == MAX_FILES)
		return usage_error("read: more than %d files: merge some of them first",
				   MAX_FILES);
	for (i = 0; i < c->nfiles && !strcmp(file, "-"); i++) {
		if (!strcmp(c->files[i], "-"))
			return usage_error("read: - is given twice: leave one out");
	}
	c->files[c->nfiles++] = file;
	return 0;
}

static int walk_word(struct walk *w, const char *word)
{
	const struct command_row *row = w->named ? NULL : command_row__by_name(word);

	if (w->config->command == CMD_READ && is_file(w, word))
		return take_file(w, word);
	if (!row) {
		w->at--;
		return take_rest(w);
	}
	if (!row->usage)
		return usage_error("%s: not in this release: use trace, run, list, read or "
				   "doctor", word);
	w->config->command = row->command;
	w->named = true;
	return 0;
}

static int walk_all(struct walk *w)
{
	int status = 0;

	while (w->at < w->argc && !status && !w->done) {
		const char *arg = w->argv[w->at++];

		if (strcmp(arg, "--") == 0)
			status = take_rest(w);
		else if (str_starts(arg, "--"))
			status = walk_long(w, arg + 2);
		else if (arg[0] == '-' && arg[1])
			status = walk_letters(w, arg + 1);
		else
			status = walk_word(w, arg);
	}
	return status;
}

/* --- the whole --- */

static int check_commands(const struct walk *w)
{
	unsigned int command = 1u << w->config->command;
	char names[64] = "";
	size_t i, j;

	for (i = 0; i < ROWS; i++) {
		if (!*w->as[i] || option_rows[i].commands & command)
			continue;
		for (j = 0; j < command_row_count; j++) {
			if (command_rows[j].usage &&
			    option_rows[i].commands & 1u << command_rows[j].command)
				list_append(names, sizeof(names), command_rows[j].name);
		}
		return usage_error("%s: not an option of %s: it belongs to %s", w->as[i],
				   command_row__by_id(w->config->command)->name, names);
	}
	return 0;
}

static int check_all(const struct walk *w)
{
	struct spelling typed = { as_typed, w };
	int status = check_commands(w);

	if (!status)
		status = config__check(w->config, &typed);
	if (!status && w->config->command == CMD_READ && !w->config->nfiles)
		status = usage_error("read: no FILE: say tcptrace-bpf read FILE... "
				     "[options]; - is standard input");
	if (!status && w->config->command == CMD_RUN &&
	    (!w->config->command_argv || !*w->config->command_argv))
		status = usage_error("run: no COMMAND: say tcptrace-bpf run [options] -- "
				     "COMMAND [ARG...]");
	return status;
}

int options__parse(int argc, char **argv, struct run_config *c)
{
	struct walk w = { .config = c, .argv = argv, .argc = argc, .at = 1 };
	int status;

	memset(c, 0, sizeof(*c));
	c->command = CMD_TRACE;
	c->packets = PACKETS_DEFAULT;
	c->orphan_wait_ns = 2 * NS_PER_SEC;
	c->ready_fd = -1;

	status = walk_all(&w);
	if (!status && !w.done)
		status = check_all(&w);
	return status;
}
