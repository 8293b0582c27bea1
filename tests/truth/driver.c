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
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "record.h"

#define CLIENTS 4	 /* processes */
#define CLIENT_THREADS 4 /* of each */
#define ACCEPTORS 5	 /* threads of a server */
#define WORKERS 3	 /* processes that share one listener */
#define BACKLOG 128
#define MAX_PARKED 1024
#define CLOSED_PORT 1
#define REPLY_MAX (64 * 1024)
/* In the rounds that end with a SIGKILL. */
#define VICTIM_THREADS 3
#define VICTIM_CONNECTIONS 4
#define GREETED 6
#define UNACCEPTED 3
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
	volatile uint16_t ports[LISTENERS];
	volatile bool go, stop;
	int opened;   /* client threads whose old connections exist */
	int finished; /* client threads */
	int doomed;   /* threads of a victim that wait for their death */
	uint16_t victim_port;
	uint64_t victim_sk;
} *shared;

static uint64_t total;

static void add_one(int *n)
{
	__atomic_add_fetch(n, 1, __ATOMIC_SEQ_CST);
}

static void wait_for(const int *n, int value)
{
	while (__atomic_load_n(n, __ATOMIC_SEQ_CST) < value)
		usleep(500);
}

static pthread_t start(void *(*function)(void *), void *arg)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, function, arg);
	if (errno)
		die("pthread_create");
	return thread;
}

/* --- the server's part --- */

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
	while (!shared->stop) {
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
	while (!shared->stop) {
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
	shared->ports[which] = port;
	if (which == L_SHARED) {
		run_shared(&sv);
	} else {
		serve_all(&sv, ACCEPTORS);
		sock_close(&sv.listener, "listener", 0, -1);
	}
	record_flush();
	exit(0);
}

/* --- the client's part --- */

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
	while (!shared->go)
		usleep(500);
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
	while (!shared->stop)
		usleep(1000);
	record_flush();
	exit(0);
}

/* --- sudden deaths --- */

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

/* Greets its connections; every second one then sends what it never reads. */
static void doomed_server(void)
{
	uint16_t port;
	struct sock s, listener = sock_listen(AF_INET6, "::", false, BACKLOG, &port);
	struct pollfd p = { .fd = listener.fd, .events = POLLIN };
	int i;

	sock_will_die(&listener, "listener", 0);
	shared->victim_sk = listener.sk;
	__atomic_store_n(&shared->victim_port, port, __ATOMIC_SEQ_CST);
	for (i = 0; i < GREETED; i++) {
		while (poll(&p, 1, -1) <= 0 || !sock_accept(&listener, &s))
			;
		sock_send(&s, "!", 1);
		sock_will_die(&s, i % 2 ? "rst_out" : "active", i % 2 ? 5 : 0);
	}
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
	usleep(20000); /* the last handshake's ACK may still be on its way */
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
	while (!__atomic_load_n(&shared->victim_port, __ATOMIC_SEQ_CST))
		usleep(500);
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
	sock_close(&listener, "listener", 0, -1);
	close_left_alone(&l, 0);
}

/* --- all of it --- */

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

	for (i = 0; i < LISTENERS; i++) {
		while (!shared->ports[i])
			usleep(500);
	}
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
	shared->go = true;
	run_rounds();
	wait_for(&shared->finished, CLIENTS * CLIENT_THREADS);
	tell("done");
	await_line();
	shared->stop = true;
	while (wait(NULL) > 0)
		;
	record_flush();
	return 0;
}
