/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdbool.h>

#include "base/log.h"
#include "cli/config.h"
#include "commands.h"

int main(int argc, char **argv)
{
	/* Who reads no more has what he wanted: each write says so. */
	bool ignores_pipe = signal(SIGPIPE, SIG_IGN) == SIG_IGN;
	struct run_config config;
	int status = options__parse(argc, argv, &config);

	config.ignores_pipe = ignores_pipe;
	if (status)
		return status;
	log_set_level(LOG_WARN + config.verbose);
	switch (config.command) {
	case CMD_LIST:
		return cmd_list(&config);
	case CMD_READ:
		return cmd_read(&config);
	case CMD_DOCTOR:
		return cmd_doctor(&config);
	case CMD_TRACE:
	case CMD_RUN:
		return cmd_trace(&config);
	default: /* --help, --version: printed */
		return STATUS_OK;
	}
}
