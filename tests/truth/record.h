/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket calls that write down what they did. One line a fact, to a file of
 * each thread: a letter, then fields apart by a blank:
 *
 *	O pid tid fd sk family mapped t0 t1		socket()
 *	N pid tid fd sk backlog local t0 t1		listen()
 *	C pid tid fd sk errno local remote t0 t1	connect()
 *	A pid tid fd sk listener local remote t0 t1	accept()
 *	S pid tid fd sk bytes errno t0 t1		send()
 *	R pid tid fd sk bytes errno peek t0 t1		recv()
 *	D pid tid fd sk how errno t0 t1			shutdown()
 *	L pid tid fd sk via unread linger end t0 t1	the last close()
 *	H pid fd sk					a holder by fork
 *	X pid sk					a shared one is let go
 *	U listener local remote unread			a child never accepted
 *	P role pid					a process
 *
 * t0 and t1 are CLOCK_BOOTTIME around the call. local and remote are
 * address,port. `end` tells how the connection ends as
 * this end sees it; scripts/truth knows each path of states. A process that
 * will be killed writes its L lines beforehand, with `via` exit and fd -1.
 */
#ifndef TRUTH_RECORD_H
#define TRUTH_RECORD_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PLACE_LEN (INET6_ADDRSTRLEN + 8)

struct place {
	char text[PLACE_LEN];
};

/* A socket, as one process holds it. */
struct sock {
	int fd;
	uint64_t sk;
};

static const char *record_dir;
static __thread struct {
	int fd; /* 0: not open */
	pid_t pid, tid;
	size_t used;
	char buf[1 << 16];
} rec;

static inline void die(const char *what)
{
	fprintf(stderr, "driver: %d: %s: %s\n", getpid(), what, strerror(errno));
	exit(1);
}

static inline uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static inline void record_flush(void)
{
	if (rec.used && write(rec.fd, rec.buf, rec.used) != (ssize_t)rec.used)
		die("write a record");
	rec.used = 0;
}

/* Of the calling thread; after fork the child needs its own. */
static inline void record_open(void)
{
	char path[4096];

	rec.pid = getpid();
	rec.tid = (pid_t)syscall(SYS_gettid);
	rec.used = 0;
	snprintf(path, sizeof(path), "%s/rec.%d.%d", record_dir, rec.pid, rec.tid);
	rec.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (rec.fd < 0)
		die(path);
}

__attribute__((format(printf, 1, 2)))
static inline void record(const char *fmt, ...)
{
	va_list ap;
	int n;

	if (rec.used + 512 > sizeof(rec.buf))
		record_flush();
	va_start(ap, fmt);
	n = vsnprintf(rec.buf + rec.used, sizeof(rec.buf) - rec.used, fmt, ap);
	va_end(ap);
	rec.used += (size_t)n;
}

#define WHO "%d %d %d %lx"
#define WHO_ARGS(s) rec.pid, rec.tid, (s)->fd, (s)->sk

/* --- addresses --- */

static inline struct place place_of(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;
	char addr[INET6_ADDRSTRLEN];
	const void *from = ss->ss_family == AF_INET ? (const void *)&in->sin_addr
						    : (const void *)&in6->sin6_addr;
	struct place p;

	inet_ntop(ss->ss_family, from, addr, sizeof(addr));
	snprintf(p.text, sizeof(p.text), "%s,%u",
		 strncmp(addr, "::ffff:", 7) ? addr : addr + 7, ntohs(in->sin_port));
	return p;
}

static inline struct place local_of(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		die("getsockname");
	return place_of(&ss);
}

static inline socklen_t make_address(struct sockaddr_storage *ss, int family,
				     const char *addr, uint16_t port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = (sa_family_t)family;
	in->sin_port = htons(port); /* the same place in both */
	if (inet_pton(family, addr, family == AF_INET ? (void *)&in->sin_addr
						      : (void *)&in6->sin6_addr) != 1)
		die(addr);
	return family == AF_INET ? sizeof(*in) : sizeof(*in6);
}

static inline uint64_t cookie_of(int fd)
{
	uint64_t cookie;
	socklen_t len = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len))
		die("SO_COOKIE");
	return cookie;
}

/* --- calls --- */

static inline struct sock sock_open(int family, bool mapped)
{
	uint64_t t0 = now();
	struct sock s = { .fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0) };

	if (s.fd < 0)
		die("socket");
	s.sk = cookie_of(s.fd);
	record("O " WHO " %d %d %lu %lu\n", WHO_ARGS(&s), family == AF_INET ? 4 : 6,
	       mapped, t0, now());
	return s;
}

/* On a free port; accept() does not block on it. */
static inline struct sock sock_listen(int family, const char *addr, bool only6,
				      int backlog, uint16_t *port)
{
	struct sock s = sock_open(family, false);
	struct sockaddr_storage ss;
	socklen_t len = make_address(&ss, family, addr, 0);
	int on = only6;
	uint64_t t0;

	if (family == AF_INET6)
		setsockopt(s.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	fcntl(s.fd, F_SETFL, O_NONBLOCK);
	if (bind(s.fd, (struct sockaddr *)&ss, len))
		die("bind");
	t0 = now();
	if (listen(s.fd, backlog))
		die("listen");
	record("N " WHO " %d %s %lu %lu\n", WHO_ARGS(&s), backlog,
	       local_of(s.fd).text, t0, now());
	len = sizeof(ss);
	if (getsockname(s.fd, (struct sockaddr *)&ss, &len))
		die("getsockname");
	*port = ntohs(((struct sockaddr_in *)&ss)->sin_port);
	return s;
}

/* 0, EINPROGRESS or ECONNREFUSED; anything else is fatal. */
static inline int sock_connect(const struct sock *s, int family, const char *addr,
			       uint16_t port)
{
	struct sockaddr_storage ss;
	socklen_t len = make_address(&ss, family, addr, port);
	uint64_t t0 = now(), t1;
	int err = connect(s->fd, (struct sockaddr *)&ss, len) ? errno : 0;

	t1 = now();
	if (err && err != EINPROGRESS && err != ECONNREFUSED) {
		errno = err;
		die("connect");
	}
	/* of a refused one the kernel has forgotten the address, not the port */
	record("C " WHO " %d %s %s %lu %lu\n", WHO_ARGS(s), err, local_of(s->fd).text,
	       place_of(&ss).text, t0, t1);
	return err;
}

/* False if there was none. */
static inline bool sock_accept(const struct sock *listener, struct sock *s)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	uint64_t t0 = now(), t1;

	s->fd = accept4(listener->fd, (struct sockaddr *)&ss, &len, SOCK_CLOEXEC);
	if (s->fd < 0 && errno == EAGAIN)
		return false;
	if (s->fd < 0)
		die("accept");
	t1 = now();
	s->sk = cookie_of(s->fd);
	record("A " WHO " %lx %s %s %lu %lu\n", WHO_ARGS(s), listener->sk,
	       local_of(s->fd).text, place_of(&ss).text, t0, t1);
	return true;
}

static inline void sock_send(const struct sock *s, const void *data, size_t len)
{
	uint64_t t0 = now();
	ssize_t n = send(s->fd, data, len, MSG_NOSIGNAL);
	int err = n < 0 ? errno : 0;

	record("S " WHO " %zd %d %lu %lu\n", WHO_ARGS(s), n < 0 ? 0 : n, err, t0, now());
	if (n != (ssize_t)len)
		die("send");
}

/* As recv(); -1 is ECONNRESET, any other error is fatal. */
static inline ssize_t sock_recv(const struct sock *s, void *data, size_t len, int flags)
{
	uint64_t t0 = now();
	ssize_t n = recv(s->fd, data, len, flags);
	int err = n < 0 ? errno : 0;

	record("R " WHO " %zd %d %d %lu %lu\n", WHO_ARGS(s), n < 0 ? 0 : n, err,
	       !!(flags & MSG_PEEK), t0, now());
	if (n < 0 && err != ECONNRESET) {
		errno = err;
		die("recv");
	}
	return n;
}

static inline void sock_shutdown(const struct sock *s, int how)
{
	uint64_t t0 = now();
	int err = shutdown(s->fd, how) ? errno : 0;

	record("D " WHO " %d %d %lu %lu\n", WHO_ARGS(s), how, err, t0, now());
}

/* The last descriptor of it; linger -1: SO_LINGER is off. */
static inline void sock_close(const struct sock *s, const char *end, int unread,
			      int linger)
{
	uint64_t t0 = now();

	close(s->fd);
	record("L " WHO " close %d %d %s %lu %lu\n", WHO_ARGS(s), unread, linger, end,
	       t0, now());
}

/* What the death of this process will do to it. */
static inline void sock_will_die(const struct sock *s, const char *end, int unread)
{
	record("L %d %d -1 %lx exit %d -1 %s - -\n", rec.pid, rec.tid, s->sk, unread, end);
}

/* Until so many bytes wait to be read here. */
static inline void wait_unread(const struct sock *s, int bytes)
{
	int there = 0;

	while (!ioctl(s->fd, SIOCINQ, &there) && there < bytes)
		usleep(200);
}

/* Until the other end's kernel has all that was sent. */
static inline void wait_acknowledged(const struct sock *s)
{
	int left = 1;

	while (!ioctl(s->fd, SIOCOUTQ, &left) && left)
		usleep(200);
}

#endif
