/* SPDX-License-Identifier: BSD-2-Clause */
/* The servers: what each connection's first bytes ask for. */
#ifndef TRUTH_SERVE_H
#define TRUTH_SERVE_H

#include "driver.h"

#define ACCEPTORS 5	 /* threads of a server */
#define WORKERS 3	 /* processes that share one listener */
#define MAX_PARKED 1024
#define REPLY_MAX (64 * 1024)

struct server {
	struct sock listener;
	pthread_mutex_t lock;
	struct sock parked[MAX_PARKED];
	struct pollfd polled[MAX_PARKED];
	int nparked;
};

static void park(struct server *sv, struct sock s)
{
	pthread_mutex_lock(&sv->lock);
	if (sv->nparked == MAX_PARKED)
		die("too many parked connections");
	sv->parked[sv->nparked++] = s;
	pthread_mutex_unlock(&sv->lock);
}

static void serve_command(struct server *sv, struct sock *s, const struct command *c)
{
	static const char reply[REPLY_MAX];
	char buf[8192];

	if (c->kind == UNREAD) {
		wait_unread(s, (int)c->ask);
		sock_close(s, "rst_out", (int)c->ask, -1);
		return;
	}
	if (c->kind == ECHO_PEEK)
		sock_recv(s, buf, sizeof(buf), MSG_PEEK);
	if (!read_all(s, buf, sizeof(buf), c->ask))
		die("a command's bytes");
	if (c->kind == HALF)
		read_end(s, 0);
	if (c->reply)
		sock_send(s, reply, c->reply);
	switch (c->kind) {
	case SERVER_FIRST:
		sock_close(s, "active", 0, -1);
		break;
	case ABORT:
		read_end(s, -1);
		sock_close(s, "rst_in", 0, -1);
		break;
	case PARK:
		park(sv, *s);
		break;
	case HALF:
		sock_close(s, "passive", 0, -1);
		break;
	default:
		read_end(s, 0);
		sock_close(s, "passive", 0, -1);
	}
}

static void serve(struct server *sv, struct sock *s)
{
	struct command c;
	ssize_t n = sock_recv(s, &c, sizeof(c), 0);

	if (n == 0)
		sock_close(s, "passive", 0, -1);
	else if (n == sizeof(c))
		serve_command(sv, s, &c);
	else
		die("a command");
}

static void *acceptor(void *arg)
{
	struct server *sv = arg;
	struct pollfd p = { .fd = sv->listener.fd, .events = POLLIN };
	struct sock s;

	record_open();
	while (!get(&shared->stop)) {
		if (poll(&p, 1, 50) > 0 && sock_accept(&sv->listener, &s))
			serve(sv, &s);
	}
	record_flush();
	return NULL;
}

/* One readable parked connection: echo, or its end. False: it is gone. */
static bool serve_parked(const struct sock *s)
{
	char buf[4096];
	ssize_t n = sock_recv(s, buf, sizeof(buf), 0);

	if (n > 0)
		sock_send(s, buf, (size_t)n);
	else
		sock_close(s, n < 0 ? "rst_in" : "passive", 0, -1);
	return n > 0;
}

/* Looks after the connections that acceptors parked. */
static void *keeper(void *arg)
{
	struct server *sv = arg;
	int i, n;

	record_open();
	while (!get(&shared->stop)) {
		pthread_mutex_lock(&sv->lock);
		n = sv->nparked;
		for (i = 0; i < n; i++)
			sv->polled[i] = (struct pollfd){ .fd = sv->parked[i].fd, .events = POLLIN };
		pthread_mutex_unlock(&sv->lock);
		if (poll(sv->polled, (nfds_t)n, 5) <= 0)
			continue;
		for (i = n - 1; i >= 0; i--) {
			if (!sv->polled[i].revents || serve_parked(&sv->parked[i]))
				continue;
			pthread_mutex_lock(&sv->lock);
			sv->parked[i] = sv->parked[--sv->nparked];
			pthread_mutex_unlock(&sv->lock);
		}
	}
	record_flush();
	return NULL;
}

/* Threads until the stop; the listener is still open then. */
static void serve_all(struct server *sv, int acceptors)
{
	pthread_t threads[ACCEPTORS + 1];
	int i;

	pthread_mutex_init(&sv->lock, NULL);
	for (i = 0; i < acceptors; i++)
		threads[i] = start(acceptor, sv);
	threads[i++] = start(keeper, sv);
	while (i--)
		pthread_join(threads[i], NULL);
}

static void work_on_shared(struct server *sv)
{
	record("H %d %d %lx\n", rec.pid, sv->listener.fd, sv->listener.sk);
	serve_all(sv, ACCEPTORS);
	record("X %d %lx\n", rec.pid, sv->listener.sk);
	close(sv->listener.fd);
	record_flush();
	exit(0);
}

static void run_shared(struct server *sv)
{
	int i;

	for (i = 0; i < WORKERS; i++) {
		if (!fork_child("worker"))
			work_on_shared(sv);
	}
	while (wait(NULL) > 0)
		;
	sock_close(&sv->listener, "listener", 0, -1);
}

static pid_t start_server(int which)
{
	static struct server sv;
	uint16_t port;
	pid_t pid = fork_child(listeners[which].role);

	if (pid)
		return pid;
	sv.listener = sock_listen(listeners[which].family, listeners[which].addr,
				  which == L_V6, BACKLOG, &port);
	record_flush();
	set(&shared->ports[which], port);
	if (which == L_SHARED) {
		run_shared(&sv);
	} else {
		serve_all(&sv, ACCEPTORS);
		sock_close(&sv.listener, "listener", 0, -1);
	}
	record_flush();
	exit(0);
}

#endif
