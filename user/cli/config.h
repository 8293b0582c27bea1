/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything a command line asks for. Options fill one of these; each room
 * gets the part it needs. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PID_MAX 4194304 /* PID_MAX_LIMIT of a 64-bit kernel */
#define MAX_PIDS 256
#define MAX_PORTS 16
#define MAX_ADDRS 16
#define MAX_IFACES 16
#define MAX_FILTER 8192
#define MAX_FILES 64

enum command { CMD_TRACE, CMD_RUN, CMD_LIST, CMD_DOCTOR, CMD_READ, CMD_HELP,
	       CMD_VERSION };
enum packets { PACKETS_DEFAULT = -1, PACKETS_NONE, PACKETS_CONTROL, PACKETS_ALL };
enum hook_kind { HOOKS_AUTO, HOOKS_FENTRY, HOOKS_KPROBE, HOOKS_TRACEPOINT };
enum tap_kind { TAP_AUTO, TAP_SKB, TAP_TC, TAP_CLSACT, TAP_XDP };
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct addr_prefix {
	uint8_t addr[16]; /* v4-mapped for IPv4 */
	uint8_t len;	  /* of the mapped form: 96 is added for IPv4 */
};

struct run_config {
	enum command command;
	int verbose;

	/* selection of processes */
	uint32_t pids[MAX_PIDS]; /* as typed: a pid or a tid */
	size_t npids;
	bool follow;
	const char *comm; /* glob, NULL if not asked */
	bool by_uid;
	uint32_t uid;
	const char *cgroup;
	/* of sockets */
	uint16_t ports[MAX_PORTS], lports[MAX_PORTS], rports[MAX_PORTS];
	size_t nports, nlports, nrports;
	struct addr_prefix addrs[MAX_ADDRS];
	size_t naddrs;
	uint8_t family; /* 0, 4, 6 */
	uint32_t states; /* bit per enum tcp_state (event/names.h), 0 any */
	const char *netns; /* as typed: a pid, a path, "all"; NULL not asked */

	char filter[MAX_FILTER]; /* its words joined; empty: none */

	/* events: bit per enum event_id */
	uint32_t events_add, events_remove; /* as typed */
	bool events_only; /* a positive name was given: only those */
	enum packets packets;
	const char *ifaces[MAX_IFACES]; /* NAME or NAME@NETNS; none: any */
	size_t nifaces;
	bool any_iface;

	/* output */
	const char *output; /* view's name; NULL default */
	const char *log_file;
	const char *record; /* -w: a file, "-" standard output */
	uint64_t rotate_bytes;	  /* -C, 0: not asked */
	uint64_t rotate_seconds;  /* -G */
	uint32_t rotate_files;	  /* -W */
	enum color color;
	bool ascii;
	bool absolute_seq;
	/* as in tcpdump: how often each letter was given */
	uint8_t link_header, quiet, ascii_dump, hex_dump, hex_ascii_dump;
	uint8_t time_form; /* -t to -ttttt */
	bool number_lines, nanoseconds;
	uint32_t snaplen; /* bytes of payload; 0: headers only */

	/* limits */
	uint64_t count;	      /* 0: no limit */
	uint64_t duration_ns; /* 0: no limit */
	uint64_t rate;	      /* 0: no limit */
	uint32_t buffer_mb;   /* 0: default */
	uint64_t orphan_wait_ns; /* default 2 s */

	/* how */
	enum hook_kind hooks;
	enum tap_kind tap;
	const char *btf_file; /* NULL: the kernel's own */
	bool dry_run, strict;
	int ready_fd; /* -1: none */

	/* read; "-" is standard input */
	const char *files[MAX_FILES];
	size_t nfiles;
	bool clock_fix;

	/* list */
	const char *list_file, *list_at; /* -r, --at */
	bool list_wide, list_timers, list_extended, list_listening;
	bool list_info, list_memory, list_all_fields, list_names;
	uint64_t watch_ns;    /* 0: not asked */
	const char *wait_for; /* NULL: not asked */
	uint64_t timeout_ns;  /* of wait_for; 0: none */

	/* run: argv of COMMAND, NULL-terminated; borrowed from main's argv */
	char **command_argv;
	bool ignores_pipe; /* SIGPIPE, before main() did: as COMMAND is to find it */
};

/* Any selection of processes or sockets: decides the default set of events. */
bool run_config__selects(const struct run_config *c);
/* The events that the options and the defaults add up to. */
uint32_t run_config__events(const struct run_config *c);
enum packets run_config__packets(const struct run_config *c);
/* Packets only, as tcpdump: nothing else is printed or counted. */
bool run_config__prints_packets(const struct run_config *c);
/* Any of the options that say how packets are printed, their times apart. */
bool run_config__details_packets(const struct run_config *c);
/* -i names one interface, so that packets are of its own link type. */
bool run_config__one_device(const struct run_config *c);

/*
 * Reads the command line; argv ends in NULL. 0, or the exit status: 2 for
 * usage errors, which are said on stderr through base/log.h, one line, with
 * what to do. After --help and --version, which are printed here, command is
 * CMD_HELP or CMD_VERSION and the caller has nothing left to do.
 */
int options__parse(int argc, char **argv, struct run_config *c);
/* Both print to stdout. 0, or the exit status. NULL: the whole tool. */
int help__print(const char *command);
int help__print_version(void);

#endif
