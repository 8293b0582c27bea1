/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes that are killed, and connections that nobody accepts. */
#ifndef TRUTH_DEATHS_H
#define TRUTH_DEATHS_H

#include <netinet/tcp.h>

#include "client.h"

#define VICTIM_THREADS 3
#define VICTIM_CONNECTIONS 4
#define GREETED 6
#define UNACCEPTED 3

static void await_death(void)
{
	record_flush();
	add_one(&shared->doomed);
	for (;;)
		pause();
}

static void kill_child(pid_t pid, int threads)
{
	wait_for(&shared->doomed, threads);
	shared->doomed = 0;
	kill(pid, SIGKILL);
	if (waitpid(pid, NULL, 0) != pid)
		die("waitpid");
}

/* Every second connection holds bytes that nobody read: a RST. */
static void *doomed_client(void *arg)
{
	uint64_t seed = *(uint64_t *)arg;
	struct sock s;
	int i;

	record_open();
	for (i = 0; i < VICTIM_CONNECTIONS; i++) {
		int unread = i % 2 ? 64 : 0;

		s = open_parked(seed + (uint64_t)rec.tid + (uint64_t)i, (uint32_t)unread);
		wait_unread(&s, unread);
		sock_will_die(&s, unread ? "rst_out" : "active", unread);
	}
	await_death();
	return NULL;
}

static void kill_a_client(uint64_t round)
{
	pid_t pid = fork_child("doomed-client");
	int i;

	if (pid) {
		kill_child(pid, VICTIM_THREADS);
		return;
	}
	record_flush();
	for (i = 0; i < VICTIM_THREADS; i++)
		start(doomed_client, &round);
	for (;;)
		pause();
}

/* The last handshake's ACK may still be on its way. For a listener the kernel
 * tells the length of its accept queue here. */
static void wait_queued(int listener, uint32_t n)
{
	struct tcp_info info;
	socklen_t len;

	do {
		len = sizeof(info);
		if (getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &len))
			die("TCP_INFO");
	} while (info.tcpi_unacked < n && !usleep(500));
}

/* Greets its connections; every second one then sends what it never reads. */
static void doomed_server(void)
{
	uint16_t port;
	struct sock s, listener = sock_listen(AF_INET6, "::", false, BACKLOG, &port);
	struct pollfd p = { .fd = listener.fd, .events = POLLIN };
	int i;

	sock_will_die(&listener, "listener", 0);
	shared->victim_sk = listener.sk;
	set(&shared->victim_port, port);
	for (i = 0; i < GREETED; i++) {
		while (poll(&p, 1, -1) <= 0 || !sock_accept(&listener, &s))
			;
		sock_send(&s, "!", 1);
		sock_will_die(&s, i % 2 ? "rst_out" : "active", i % 2 ? 5 : 0);
	}
	wait_queued(listener.fd, UNACCEPTED);
	await_death();
}

struct left_alone {
	struct sock s[GREETED + UNACCEPTED];
	int n;
};

static struct sock connect_to(uint16_t port, bool v6)
{
	const char *addr = v6 ? "::1" : "127.0.2.9";
	int family = v6 ? AF_INET6 : AF_INET;
	struct sock s = sock_open(family, false);

	if (sock_connect(&s, family, addr, port))
		die("connect");
	return s;
}

static void send_unread(const struct sock *s)
{
	sock_send(s, "?????", 5);
	wait_acknowledged(s);
}

/* Connections that no accept() will return, to listener. */
static void queue_some(struct left_alone *l, uint64_t listener, uint16_t port)
{
	struct sockaddr_storage peer;
	socklen_t len;
	int i;

	for (i = 0; i < UNACCEPTED; i++) {
		struct sock s = connect_to(port, i % 2);

		if (i % 2)
			send_unread(&s);
		len = sizeof(peer);
		if (getpeername(s.fd, (struct sockaddr *)&peer, &len))
			die("getpeername");
		record("U %lx %s %s %d\n", listener, place_of(&peer).text,
		       local_of(s.fd).text, i % 2 ? 5 : 0);
		l->s[l->n++] = s;
	}
}

/* The greeted ones first: even ones end with a FIN, all others with a RST. */
static void close_left_alone(const struct left_alone *l, int greeted)
{
	int i;

	for (i = 0; i < l->n; i++) {
		bool fin = i < greeted && i % 2 == 0;

		read_end(&l->s[i], fin ? 0 : -1);
		sock_close(&l->s[i], fin ? "passive" : "rst_in", 0, -1);
	}
}

static void kill_a_server(void)
{
	struct left_alone l = { .n = 0 };
	pid_t pid;
	char byte;
	int i;

	shared->victim_port = 0;
	pid = fork_child("doomed-server");
	if (!pid)
		doomed_server();
	wait_for(&shared->victim_port, 1);
	for (i = 0; i < GREETED; i++) {
		l.s[l.n] = connect_to(shared->victim_port, i % 3 == 0);
		if (sock_recv(&l.s[l.n], &byte, 1, 0) != 1)
			die("a greeting");
		if (i % 2)
			send_unread(&l.s[l.n]);
		l.n++;
	}
	queue_some(&l, shared->victim_sk, shared->victim_port);
	kill_child(pid, 1);
	close_left_alone(&l, GREETED);
}

static void close_a_listener(void)
{
	struct left_alone l = { .n = 0 };
	uint16_t port;
	struct sock listener = sock_listen(AF_INET6, "::", false, BACKLOG, &port);

	queue_some(&l, listener.sk, port);
	wait_queued(listener.fd, UNACCEPTED);
	sock_close(&listener, "listener", 0, -1);
	close_left_alone(&l, 0);
}

#endif
