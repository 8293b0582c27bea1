// SPDX-License-Identifier: BSD-2-Clause
/*
 * Processes and threads that open, use and end TCP connections in every way
 * scripts/truth knows, and write down who did what to which socket (record.h).
 *
 *	driver DIR COUNT
 *
 * Prints `ready` once its servers listen and some connections exist, waits for
 * a line, works, prints `done`, waits for a line, ends. Everything happens at
 * addresses of lo. COUNT is of connections, within a few.
 *
 * Each connection starts with a command that tells the server its part; steps
 * whose outcome would depend on a race are separated by something that the
 * other end must have done before.
 */
#include "client.h"
#include "deaths.h"
#include "serve.h"

static void tell(const char *line)
{
	printf("%s\n", line);
	fflush(stdout);
}

static void await_line(void)
{
	char buf[64];

	if (!fgets(buf, sizeof(buf), stdin))
		exit(1); /* whoever started this is gone, and the children with it */
}

static void wait_listening(void)
{
	int i;

	for (i = 0; i < LISTENERS; i++)
		wait_for(&shared->ports[i], 1);
}

static void run_rounds(void)
{
	uint64_t i;

	for (i = 0; i < total / ROUND_EVERY + 1; i++) {
		kill_a_client(i * 1000);
		kill_a_server();
		close_a_listener();
	}
}

int main(int argc, char **argv)
{
	int i;

	if (argc != 3) {
		fprintf(stderr, "usage: driver DIR COUNT\n");
		return 2;
	}
	record_dir = argv[1];
	total = strtoull(argv[2], NULL, 10);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	record_open();
	record("P main %d\n", rec.pid);
	for (i = 0; i < LISTENERS; i++)
		start_server(i);
	wait_listening();
	for (i = 0; i < CLIENTS; i++)
		start_client(i);
	wait_for(&shared->opened, CLIENTS * CLIENT_THREADS);
	tell("ready");
	await_line();
	set(&shared->go, 1);
	run_rounds();
	wait_for(&shared->finished, CLIENTS * CLIENT_THREADS);
	tell("done");
	await_line();
	set(&shared->stop, 1);
	while (wait(NULL) > 0)
		;
	record_flush();
	return 0;
}
