// SPDX-License-Identifier: BSD-2-Clause
/*
 * One workload, and what it cost: work done, wall time, CPU time of this
 * process alone, as key=value lines. scripts/bench runs it with and without a
 * tracer. Server and client are threads of one process, so that one clock
 * counts the CPU of both ends.
 *
 *	load churn	connect, accept, 1 byte, close; the server closes first
 *	load bulk	one connection, one direction, large writes
 *	load pingpong	1 byte there, 1 byte back
 *	load getppid	a system call that has nothing to do with sockets
 *	load hold	connections that stay until stdin ends
 *
 * -n COUNT	units of work: connections, MiB, round trips, calls
 * -t SECONDS	instead: until so much CPU time is used
 * -j THREADS	pairs of server and client threads (churn)
 * -6		IPv6
 * -a COUNT	IPv4 destinations 127.0.0.1 and following, in turn
 * -b BYTES	of one write (bulk)
 * -P CPU,CPU	pins the clients, the servers
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 64
#define MIB (1024 * 1024)
#define READ_SIZE (256 * 1024)
/* Between two looks at the clock: below a millisecond of work each. */
#define CLOCK_EVERY 16
#define GETPPID_BATCH 1000
/* Of a holder: descriptors that are not connections. */
#define SPARE_FDS 32

struct options {
	uint64_t count;
	double cpu_s;
	int threads;
	int family;
	int addresses;
	size_t write_size;
	int client_cpu, server_cpu;
};

static struct options opt = {
	.threads = 1,
	.family = AF_INET,
	.addresses = 1,
	.write_size = 64 * 1024,
	.client_cpu = -1,
	.server_cpu = -1,
};

static int listener = -1;
static uint16_t port; /* network order */
static uint64_t work_done;
static volatile bool finished;

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
}

/* True once n units of work, of this thread, are enough. */
static bool is_enough(uint64_t n)
{
	if (opt.count)
		return n >= opt.count / (uint64_t)opt.threads;
	if (n % CLOCK_EVERY)
		return false;
	return seconds(CLOCK_PROCESS_CPUTIME_ID) >= opt.cpu_s;
}

/* --- sockets --- */

static socklen_t address(struct sockaddr_storage *ss, uint32_t nth, bool any)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = (sa_family_t)opt.family;
	if (opt.family == AF_INET6) {
		in6->sin6_port = port;
		in6->sin6_addr = any ? in6addr_any : in6addr_loopback;
		return sizeof(*in6);
	}
	in->sin_port = port;
	in->sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK + nth);
	return sizeof(*in);
}

/* On a port that the kernel finds free. */
static int open_listener(void)
{
	struct sockaddr_storage ss;
	socklen_t len;
	int fd = socket(opt.family, SOCK_STREAM, 0);

	port = 0;
	len = address(&ss, 0, true);
	if (fd < 0 || bind(fd, (struct sockaddr *)&ss, len) || listen(fd, 4096))
		die("listen");
	len = sizeof(ss);
	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		die("getsockname");
	port = ((struct sockaddr_in *)&ss)->sin_port; /* IPv6: the same place */
	return fd;
}

static int open_connection(uint32_t nth)
{
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, nth % (uint32_t)opt.addresses, false);
	int fd = socket(opt.family, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&ss, len))
		die("connect");
	return fd;
}

static void set_nodelay(int fd)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		die("TCP_NODELAY");
}

/* --- churn --- */

static void *serve_churn(void *arg)
{
	char byte;
	int fd;

	(void)arg;
	pin(opt.server_cpu);
	while (!finished) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			die("accept");
		if (read(fd, &byte, 1) < 0)
			die("read");
		close(fd);
	}
	return NULL;
}

/* Waits for the server's FIN: the queue of the listener cannot overflow, and
 * a connection counts once both ends did all of it. */
static void *run_churn(void *arg)
{
	uint64_t n = 0;
	char byte = 'x';
	int fd;

	(void)arg;
	pin(opt.client_cpu);
	for (; !is_enough(n); n++) {
		fd = open_connection((uint32_t)n);
		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 0)
			die("a connection of the churn");
		close(fd);
	}
	__atomic_add_fetch(&work_done, n, __ATOMIC_RELAXED);
	return NULL;
}

/* --- bulk --- */

static void *serve_bulk(void *arg)
{
	char *buf = malloc(READ_SIZE);
	int fd = accept(listener, NULL, NULL);

	(void)arg;
	pin(opt.server_cpu);
	if (!buf || fd < 0)
		die("accept");
	while (read(fd, buf, READ_SIZE) > 0)
		;
	close(fd);
	free(buf);
	return NULL;
}

static void *run_bulk(void *arg)
{
	uint64_t per_mib = MIB / opt.write_size, n = 0, i;
	char *buf = calloc(1, opt.write_size);
	char byte;
	int fd = open_connection(0);

	(void)arg;
	pin(opt.client_cpu);
	if (!buf)
		die("calloc");
	for (; !is_enough(n); n++) {
		for (i = 0; i < per_mib; i++) {
			if (write(fd, buf, opt.write_size) != (ssize_t)opt.write_size)
				die("write");
		}
	}
	/* the last byte has arrived when the reader's FIN has */
	shutdown(fd, SHUT_WR);
	if (read(fd, &byte, 1) != 0)
		die("read");
	close(fd);
	free(buf);
	work_done = n;
	return NULL;
}

/* --- pingpong --- */

static void *serve_pingpong(void *arg)
{
	int fd = accept(listener, NULL, NULL);
	char byte;

	(void)arg;
	pin(opt.server_cpu);
	if (fd < 0)
		die("accept");
	set_nodelay(fd);
	while (read(fd, &byte, 1) == 1) {
		if (write(fd, &byte, 1) != 1)
			die("write");
	}
	close(fd);
	return NULL;
}

static void *run_pingpong(void *arg)
{
	int fd = open_connection(0);
	uint64_t n = 0;
	char byte = 'x';

	(void)arg;
	pin(opt.client_cpu);
	set_nodelay(fd);
	for (; !is_enough(n); n++) {
		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
			die("ping");
	}
	close(fd);
	work_done = n;
	return NULL;
}

/* --- getppid --- */

static void *run_getppid(void *arg)
{
	uint64_t n = 0;
	int i;

	(void)arg;
	pin(opt.client_cpu);
	for (; !is_enough(n); n += GETPPID_BATCH) {
		for (i = 0; i < GETPPID_BATCH; i++)
			syscall(SYS_getppid);
	}
	work_done = n;
	return NULL;
}

/* --- hold --- */

static rlim_t raise_nofile(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim))
		die("getrlimit");
	lim.rlim_cur = lim.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &lim))
		die("setrlimit");
	return lim.rlim_cur;
}

/* Both ends of count connections, in a process of their own with a listener
 * of its own, which is also what keeps the ports sufficient. */
static pid_t start_holder(uint64_t count, int ready_fd)
{
	pid_t pid = fork();
	uint64_t i;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	listener = open_listener();
	for (i = 0; i < count; i++) {
		open_connection((uint32_t)i);
		if (accept(listener, NULL, NULL) < 0)
			die("accept");
	}
	if (write(ready_fd, "x", 1) != 1)
		die("write");
	for (;;)
		pause();
}

static int run_hold(void)
{
	uint64_t each = (raise_nofile() - SPARE_FDS) / 2, left, n;
	pid_t pids[256];
	int ready[2], npids = 0, i, status = 1;
	char byte;

	if (pipe(ready))
		die("pipe");
	for (left = opt.count; left && npids < 256; left -= n) {
		n = left < each ? left : each;
		pids[npids++] = start_holder(n, ready[1]);
	}
	close(ready[1]);
	for (i = 0; i < npids && read(ready[0], &byte, 1) == 1; i++)
		;
	if (i == npids && !left) {
		printf("connections=%lu\nsockets=%lu\nprocesses=%d\n", opt.count,
		       opt.count * 2 + (uint64_t)npids, npids);
		fflush(stdout);
		while (read(0, &byte, 1) > 0)
			;
		status = 0;
	}
	for (i = 0; i < npids; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	return status;
}

/* --- all of them --- */

static const struct workload {
	const char *name, *unit;
	void *(*serve)(void *);
	void *(*run)(void *);
} workloads[] = {
	{ "churn", "connections", serve_churn, run_churn },
	{ "bulk", "mib", serve_bulk, run_bulk },
	{ "pingpong", "roundtrips", serve_pingpong, run_pingpong },
	{ "getppid", "calls", NULL, run_getppid },
};

static void start(pthread_t *thread, void *(*function)(void *))
{
	errno = pthread_create(thread, NULL, function, NULL);
	if (errno)
		die("pthread_create");
}

static int run(const struct workload *w)
{
	double wall = seconds(CLOCK_MONOTONIC);
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	pthread_t servers[MAX_THREADS], clients[MAX_THREADS];
	int i;

	if (w->serve)
		listener = open_listener();
	for (i = 0; i < opt.threads; i++) {
		if (w->serve)
			start(&servers[i], w->serve);
		start(&clients[i], w->run);
	}
	for (i = 0; i < opt.threads; i++)
		pthread_join(clients[i], NULL);
	finished = true;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	wall = seconds(CLOCK_MONOTONIC) - wall;
	/* servers that wait in accept() end with the process */
	printf("%s=%lu\ncpu_s=%.6f\nwall_s=%.6f\n", w->unit, work_done, cpu, wall);
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: load churn|bulk|pingpong|getppid|hold -n COUNT | "
			"-t CPU_SECONDS [-6] [-a N] [-b BYTES] [-j N] [-P CPU,CPU]\n");
	return 2;
}

static bool read_option(int c)
{
	switch (c) {
	case 'n': opt.count = strtoull(optarg, NULL, 10); break;
	case 't': opt.cpu_s = strtod(optarg, NULL); break;
	case 'j': opt.threads = atoi(optarg); break;
	case '4': opt.family = AF_INET; break;
	case '6': opt.family = AF_INET6; break;
	case 'a': opt.addresses = atoi(optarg); break;
	case 'b': opt.write_size = strtoul(optarg, NULL, 10); break;
	case 'P': return sscanf(optarg, "%d,%d", &opt.client_cpu, &opt.server_cpu) == 2;
	default: return false;
	}
	return true;
}

static bool is_sane(void)
{
	return (opt.count || opt.cpu_s > 0) && opt.threads > 0 &&
	       opt.threads <= MAX_THREADS && opt.addresses > 0 &&
	       opt.write_size > 0 && opt.write_size <= MIB;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	size_t i;
	int c;

	optind = 2;
	while ((c = getopt(argc, argv, "n:t:j:46a:b:P:")) != -1) {
		if (!read_option(c))
			return usage();
	}
	if (!is_sane())
		return usage();
	signal(SIGPIPE, SIG_IGN);
	if (strcmp(name, "hold") == 0)
		return run_hold();
	for (i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++) {
		if (strcmp(name, workloads[i].name) == 0)
			return run(&workloads[i]);
	}
	return usage();
}
