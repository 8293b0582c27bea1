/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands, one function each: wiring. They return the exit status. */
#ifndef COMMANDS_H
#define COMMANDS_H

struct run_config;

enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_CANNOT = 3, /* this kernel or these privileges */
	STATUS_BAD_FILE = 4,
	STATUS_LOST = 5, /* --strict */
};

int cmd_trace(const struct run_config *c); /* and run */
int cmd_list(const struct run_config *c);
int cmd_read(const struct run_config *c);
int cmd_doctor(const struct run_config *c);

/* enum rung of --hooks */
int rung_of_hooks(const struct run_config *c);

#endif
