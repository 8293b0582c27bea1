/* SPDX-License-Identifier: BSD-2-Clause */
/* What the processes of the driver have in common. */
#ifndef TRUTH_DRIVER_H
#define TRUTH_DRIVER_H

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "record.h"

#define CLIENTS 4	 /* processes */
#define CLIENT_THREADS 4 /* of each */
#define BACKLOG 128
#define CLOSED_PORT 1
#define ROUND_EVERY 500 /* connections for one round of each sort */
#define OLD_EVERY 200	/* connections for one that is older than the tracer */

enum kind {
	ECHO = 1,     /* client closes first */
	ECHO_PEEK,    /* the server looks before it reads */
	SERVER_FIRST, /* the server closes after its reply */
	ABORT,	      /* linger 0 after the reply */
	HALF,	      /* SHUT_WR, then the reply */
	UNREAD,	      /* the server closes with bytes unread */
	PARK,	      /* the server keeps it, and echoes what comes */
	/* these send no command */
	PLAIN, /* connect, close */
	REFUSED,
	UNUSED, /* socket, close */
};

struct command {
	uint32_t kind;
	uint32_t ask;	/* bytes that follow */
	uint32_t reply; /* bytes wanted */
};

enum { L_V4, L_V6, L_DUAL, L_SHARED, LISTENERS };

static const struct {
	const char *role, *addr;
	int family;
} listeners[LISTENERS] = {
	[L_V4] = { "server-v4", "0.0.0.0", AF_INET },
	[L_V6] = { "server-v6", "::1", AF_INET6 },
	[L_DUAL] = { "server-dual", "::", AF_INET6 },
	[L_SHARED] = { "server-shared", "::", AF_INET6 },
};

/* What the processes tell each other. */
static struct {
	int ports[LISTENERS]; /* 0: not yet */
	int go, stop;
	int opened;   /* client threads whose old connections exist */
	int finished; /* client threads */
	int doomed;   /* threads of a victim that wait for their death */
	int victim_port; /* 0: not yet */
	uint64_t victim_sk;
} *shared;

static uint64_t total;

static void wake(int *n)
{
	syscall(SYS_futex, n, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void add_one(int *n)
{
	__atomic_add_fetch(n, 1, __ATOMIC_SEQ_CST);
	wake(n);
}

static void set(int *n, int value)
{
	__atomic_store_n(n, value, __ATOMIC_SEQ_CST);
	wake(n);
}

static int get(const int *n)
{
	return __atomic_load_n(n, __ATOMIC_SEQ_CST);
}

static void wait_for(int *n, int value)
{
	int now;

	while ((now = get(n)) < value)
		syscall(SYS_futex, n, FUTEX_WAIT, now, NULL, NULL, 0);
}

static pthread_t start(void *(*function)(void *), void *arg)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, function, arg);
	if (errno)
		die("pthread_create");
	return thread;
}

/* All that the command said; false at the end of the stream. */
static bool read_all(const struct sock *s, void *buf, size_t size, size_t len)
{
	while (len) {
		ssize_t n = sock_recv(s, buf, size < len ? size : len, 0);

		if (n <= 0)
			return false;
		len -= (size_t)n;
	}
	return true;
}

static void read_end(const struct sock *s, int expected)
{
	char byte;

	if (sock_recv(s, &byte, 1, 0) != expected)
		die("the connection did not end as planned");
}

static pid_t fork_child(const char *role)
{
	pid_t pid;

	record_flush();
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	record_open();
	record("P %s %d\n", role, rec.pid);
	record_flush();
	return 0;
}

#endif
