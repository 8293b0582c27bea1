/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses a command line and looks at what it said. */
#ifndef TESTS_UNIT_CLI_PARSE_H
#define TESTS_UNIT_CLI_PARSE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/options.h"

#define PREFIX "tcptrace-bpf: "

static struct run_config conf;
static char words[1024];
static char *args[300];
static char said[4096], printed[16384];

/* Splits line at blanks into args; ~ stands for an empty word. */
static inline int split(const char *line)
{
	int n = 0;
	char *save, *word;

	args[n++] = "tcptrace-bpf";
	snprintf(words, sizeof(words), "%s", line);
	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		args[n++] = strcmp(word, "~") == 0 ? "" : word;
	args[n] = NULL;
	return n;
}

static inline int divert(int fd, int *saved)
{
	int mem = memfd_create("captured", 0);

	assert_true(mem >= 0);
	*saved = fcntl(fd, F_DUPFD_CLOEXEC, 100);
	assert_int_equal(dup2(mem, fd), fd);
	return mem;
}

static inline void restore(int fd, int saved, int mem, char *buf, size_t size)
{
	ssize_t n;

	dup2(saved, fd);
	close(saved);
	n = pread(mem, buf, size - 1, 0);
	assert_true(n >= 0);
	buf[n] = '\0';
	close(mem);
}

static inline int parse_args(int argc)
{
	int out, err, saved_out, saved_err, status;

	fflush(stdout);
	err = divert(STDERR_FILENO, &saved_err);
	out = divert(STDOUT_FILENO, &saved_out);
	status = options__parse(argc, args, &conf);
	restore(STDOUT_FILENO, saved_out, out, printed, sizeof(printed));
	restore(STDERR_FILENO, saved_err, err, said, sizeof(said));
	return status;
}

static inline int parse(const char *line)
{
	return parse_args(split(line));
}

static inline void accepts(const char *line)
{
	int status = parse(line);

	if (status || *said || *printed)
		fail_msg("'%s': status %d, said '%s', printed '%s'", line, status, said,
			 printed);
}

/* Exactly this line on stderr, nothing on stdout, status 2. */
static inline void refuses(const char *line, const char *message)
{
	int status = parse(line);
	char want[1024];

	snprintf(want, sizeof(want), PREFIX "%s\n", message);
	if (status != 2 || strcmp(said, want) != 0 || *printed)
		fail_msg("'%s': status %d\n said '%s'\n want '%s'", line, status, said,
			 want);
}

struct refusal {
	const char *line, *message;
};

static inline void refuses_each(const struct refusal *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		refuses(r[i].line, r[i].message);
}

#define REFUSES(table) refuses_each(table, sizeof(table) / sizeof((table)[0]))

#endif
