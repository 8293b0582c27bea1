/* SPDX-License-Identifier: BSD-2-Clause */
/* The clients: what the nth connection is to be, and is made to be. */
#ifndef TRUTH_CLIENT_H
#define TRUTH_CLIENT_H

#include "driver.h"

/* What the nth connection is to be. */
struct plan {
	enum kind kind;
	int listener;
	int family;
	bool mapped, nonblock, dup;
	uint32_t ask, reply;
	char addr[INET6_ADDRSTRLEN];
	uint16_t port;
};

static uint32_t scramble(uint64_t n)
{
	n = (n + 1) * 0x9e3779b97f4a7c15ULL;
	n ^= n >> 29;
	n *= 0xbf58476d1ce4e5b9ULL;
	return (uint32_t)(n >> 32);
}

static enum kind kind_of(uint32_t r)
{
	static const enum kind kinds[16] = {
		ECHO, ECHO, ECHO, ECHO, ECHO_PEEK, SERVER_FIRST, SERVER_FIRST, ABORT,
		HALF, HALF, UNREAD, PLAIN, PLAIN, PLAIN, REFUSED, UNUSED,
	};

	return kinds[r % 16];
}

static void aim(struct plan *p, uint32_t r)
{
	p->listener = (int)(r % LISTENERS);
	p->family = AF_INET6;
	p->mapped = false;
	if (p->listener == L_V4 || (p->listener != L_V6 && r & 16))
		p->family = AF_INET;
	else if (p->listener != L_V6 && r & 32)
		p->mapped = true;
	if (p->family == AF_INET || p->mapped)
		snprintf(p->addr, sizeof(p->addr), "%s127.0.%u.%u", p->mapped ? "::ffff:" : "",
			 r >> 8 & 3, (r >> 10 & 7) + 1);
	else
		strcpy(p->addr, "::1");
	p->port = p->kind == REFUSED ? CLOSED_PORT : shared->ports[p->listener];
}

static void make_plan(struct plan *p, uint64_t nth)
{
	uint32_t r = scramble(nth);

	p->kind = kind_of(r);
	aim(p, r >> 4);
	p->nonblock = (r >> 20 & 3) == 0;
	p->dup = (r >> 22 & 7) == 0;
	p->ask = 1 + (r >> 8) % 300;
	p->reply = 1 + (r >> 12) % 2000;
	if (r % 61 == 0 && p->kind != UNREAD) /* which must fit into its buffer */
		p->ask *= 700; /* many segments, and reads that return part of it */
	if (r % 67 == 0)
		p->reply *= 32;
}

static void await_connected(const struct sock *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int err;

	while (poll(&p, 1, -1) < 0)
		;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &len))
		die("SO_ERROR");
	fcntl(s->fd, F_SETFL, 0);
}

static struct sock open_planned(const struct plan *p)
{
	struct sock s = sock_open(p->family, p->mapped);
	int first = s.fd;

	if (p->kind == UNUSED)
		return s;
	if (p->nonblock)
		fcntl(s.fd, F_SETFL, O_NONBLOCK);
	if (sock_connect(&s, p->family, p->addr, p->port) == EINPROGRESS)
		await_connected(&s);
	if (p->dup) { /* the first descriptor's close is not the socket's */
		s.fd = dup(s.fd);
		close(first);
	}
	return s;
}

/* In up to three writes. */
static void send_ask(const struct sock *s, const struct plan *p)
{
	static const char ask[300 * 700];
	struct command c = { p->kind, p->ask, p->reply };
	uint32_t part = p->ask / 3;

	if (p->kind == ABORT)
		c.ask = 0;
	sock_send(s, &c, sizeof(c));
	if (!c.ask)
		return;
	if (part && p->kind != UNREAD)
		sock_send(s, ask, part);
	else
		part = 0;
	sock_send(s, ask, c.ask - part);
}

static void set_linger_0(const struct sock *s)
{
	struct linger linger = { .l_onoff = 1 };

	if (setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		die("SO_LINGER");
}

static void converse(const struct sock *s, const struct plan *p)
{
	char buf[8192];

	send_ask(s, p);
	if (p->kind == HALF)
		sock_shutdown(s, SHUT_WR);
	if (p->kind == UNREAD) {
		read_end(s, -1);
		sock_close(s, "rst_in", 0, -1);
		return;
	}
	if (!read_all(s, buf, sizeof(buf), p->reply))
		die("a reply");
	if (p->kind == ABORT) {
		set_linger_0(s);
		sock_close(s, "rst_out", 0, 0);
		return;
	}
	if (p->kind == HALF || p->kind == SERVER_FIRST)
		read_end(s, 0);
	sock_close(s, p->kind == SERVER_FIRST ? "passive" : "active", 0, -1);
}

static void do_plan(uint64_t nth)
{
	struct plan p;
	struct sock s;

	make_plan(&p, nth);
	s = open_planned(&p);
	switch (p.kind) {
	case UNUSED:
		sock_close(&s, "unused", 0, -1);
		break;
	case REFUSED:
		sock_close(&s, "refused", 0, -1);
		break;
	case PLAIN:
		sock_close(&s, "active", 0, -1);
		break;
	default:
		converse(&s, &p);
	}
}

/* A parked connection: with m bytes of a reply that nobody reads. */
static struct sock open_parked(uint64_t nth, uint32_t reply)
{
	struct plan p = { .kind = PARK };
	struct command c = { .kind = PARK, .reply = reply };
	struct sock s;

	aim(&p, scramble(nth));
	s = open_planned(&p);
	sock_send(&s, &c, sizeof(c));
	return s;
}

#define MAX_OLD 512

struct client {
	uint64_t first, step; /* its share of the plan */
};

static void open_old(struct sock *old, uint64_t count, uint64_t seed)
{
	char buf[32];
	uint64_t i;

	for (i = 0; i < count; i++) {
		old[i] = open_parked(seed + i, sizeof(buf));
		if (!read_all(&old[i], buf, sizeof(buf), sizeof(buf)))
			die("an old connection");
	}
}

static void end_old(const struct sock *old, uint64_t count)
{
	char buf[50] = "";
	uint64_t i;

	for (i = 0; i < count; i++) {
		sock_send(&old[i], buf, sizeof(buf));
		if (!read_all(&old[i], buf, sizeof(buf), sizeof(buf)))
			die("an echo");
		sock_close(&old[i], "active", 0, -1);
	}
}

static void *client_thread(void *arg)
{
	struct client *c = arg;
	uint64_t nold = total / OLD_EVERY / c->step + 1, nth;
	struct sock old[MAX_OLD];

	if (nold > MAX_OLD)
		nold = MAX_OLD;
	record_open();
	open_old(old, nold, c->first * MAX_OLD);
	record_flush();
	add_one(&shared->opened);
	wait_for(&shared->go, 1);
	for (nth = c->first; nth < total; nth += c->step)
		do_plan(nth);
	end_old(old, nold);
	record_flush();
	add_one(&shared->finished);
	return NULL;
}

static pid_t start_client(int which)
{
	struct client clients[CLIENT_THREADS];
	pthread_t threads[CLIENT_THREADS];
	pid_t pid = fork_child("client");
	int i;

	if (pid)
		return pid;
	for (i = 0; i < CLIENT_THREADS; i++) {
		clients[i].first = (uint64_t)(which * CLIENT_THREADS + i);
		clients[i].step = CLIENTS * CLIENT_THREADS;
		threads[i] = start(client_thread, &clients[i]);
	}
	while (i--)
		pthread_join(threads[i], NULL);
	wait_for(&shared->stop, 1);
	record_flush();
	exit(0);
}

#endif
