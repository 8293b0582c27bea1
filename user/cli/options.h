/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of options: parsing, --help and the tests that hold the man page
 * and the completions to it all read these rows.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/config.h"

#define STATUS_USAGE 2

#define FOR_TRACE (1u << CMD_TRACE)
#define FOR_RUN (1u << CMD_RUN)
#define FOR_LIST (1u << CMD_LIST)
#define FOR_DOCTOR (1u << CMD_DOCTOR)
#define FOR_READ (1u << CMD_READ)
#define FOR_LIVE (FOR_TRACE | FOR_RUN)
#define FOR_EVENTS (FOR_LIVE | FOR_READ)
#define FOR_SOCKETS (FOR_EVENTS | FOR_LIST)
#define FOR_ALL (FOR_SOCKETS | FOR_DOCTOR)

enum option_group {
	OPT_PROCESSES, OPT_SOCKETS, OPT_EVENTS, OPT_OUTPUT, OPT_LIMITS, OPT_HOW,
	OPT_LIST, OPT_GENERAL, OPT_GROUPS,
};

/* One use of an option on the command line. */
struct opt_use {
	struct run_config *config;
	const struct option_row *row;
	const char *as; /* as typed, without its value: "-p", "--pid" */
	const char *value; /* NULL for a switch */
};

struct option_row {
	char letter;	  /* 0: none */
	const char *name; /* NULL: none */
	const char *arg;  /* what --help calls its value; NULL: a switch */
	const char *help; /* of a later option: what to do meanwhile, or NULL */
	enum option_group group;
	unsigned int commands; /* FOR_* */
	/* 0, or the exit status after saying why. NULL: not in this release. */
	int (*set)(const struct opt_use *u);
	size_t member; /* set_switch: the bool in struct run_config */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

struct command_row {
	const char *name;
	const char *usage; /* what follows the name; NULL: not in this release */
	const char *help;
	enum command command;
};

extern const struct command_row command_rows[];
extern const size_t command_row_count;

/* NULL if there is no such command. */
const struct command_row *command_row__by_name(const char *name);
const struct command_row *command_row__by_id(enum command command);

/* values.c: the setters */
int set_switch(const struct opt_use *u);
int set_verbose(const struct opt_use *u);
/* How often a letter was given, to the most that means something. */
int set_count_of(const struct opt_use *u);
int set_nothing(const struct opt_use *u);
int set_pid(const struct opt_use *u);
int set_comm(const struct opt_use *u);
int set_uid(const struct opt_use *u);
int set_cgroup(const struct opt_use *u);
int set_netns(const struct opt_use *u);
int set_port(const struct opt_use *u);
int set_lport(const struct opt_use *u);
int set_rport(const struct opt_use *u);
int set_addr(const struct opt_use *u);
int set_family(const struct opt_use *u);
int set_state(const struct opt_use *u);
int set_events(const struct opt_use *u);
int set_packets(const struct opt_use *u);
int set_interface(const struct opt_use *u);
int set_output(const struct opt_use *u);
int set_json(const struct opt_use *u);
int set_snaplen(const struct opt_use *u);
int set_log(const struct opt_use *u);
/* record.c */
int set_record(const struct opt_use *u);
int set_rotate_size(const struct opt_use *u);
int set_rotate_time(const struct opt_use *u);
int set_rotate_files(const struct opt_use *u);
int set_list_file(const struct opt_use *u);
int set_list_at(const struct opt_use *u);
int set_color(const struct opt_use *u);
int set_count(const struct opt_use *u);
int set_duration(const struct opt_use *u);
int set_watch(const struct opt_use *u);
int set_wait_for(const struct opt_use *u);
int set_timeout(const struct opt_use *u);
int set_rate(const struct opt_use *u);
int set_buffer(const struct opt_use *u);
int set_orphan_wait(const struct opt_use *u);
int set_hooks(const struct opt_use *u);
int set_tap(const struct opt_use *u);
int set_btf(const struct opt_use *u);
int set_ready_fd(const struct opt_use *u);

/* outputs.c */
int output__check(const struct run_config *c, const char *as);
/* "text, json": what -o takes with a command; buf is returned. */
const char *output__names(enum command command, char *buf, size_t size);

/* check.c: what no single option can see. of(ctx, name), a long name or a
 * letter, is how the option was typed, NULL if it was not. */
struct spelling {
	const char *(*of)(const void *ctx, const char *name);
	const void *ctx;
};
int config__check(const struct run_config *c, const struct spelling *typed);
int record__check(const struct run_config *c, const struct spelling *typed);

/* Says "tcptrace-bpf: <message>" and returns STATUS_USAGE. */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What the user typed, in quotes, cut to fit and free of control bytes. */
#define QUOTE_LEN 64
const char *quote(const char *s, char buf[QUOTE_LEN]);
/* Appends to a comma list that is being built in buf. */
void list_append(char *buf, size_t size, const char *item);
/* Letters to add, drop, change, or swap with the next; names longer than 31
 * bytes are far from everything. */
unsigned int edit_distance(const char *a, const char *b);

#endif
