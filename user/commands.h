/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands, one function each: wiring. They return the exit status. */
#ifndef COMMANDS_H
#define COMMANDS_H

struct run_config;

int cmd_list(const struct run_config *c);

#endif
