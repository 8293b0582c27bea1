/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every socket of one moment, each once, with all who hold it: what a scan's
 * records add up to. For listings; a live run keeps flows (flow.h).
 */
#ifndef FLOW_SOCKETS_H
#define FLOW_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/fact.h"
#include "event/sock_diag.h"
#include "flow/flow.h"
#include "flow/select_task.h"
#include "tcptrace/event.h"

struct sock_owner {
	uint32_t pid, tid, uid;
	int32_t fd;
	uint64_t cgroup;
	bool selected; /* by the selection of processes */
	char comm[TT_COMM_LEN];
};

struct socket_entry {
	/* From TCP's tables, or of a socket that is in none, by a descriptor. */
	struct tt_rec_socket rec;
	struct sock_owner *owners; /* by pid, then descriptor */
	uint32_t nowners;
	uint32_t index; /* in the order of the scan */
	bool in_tables;
	bool rx_grew; /* more is unread than at the look before */
	struct sock_diag *diag; /* NULL if sock_diag was not asked or knew nothing */
	/* Both NULL if not known, valid after socket_table__finish(). */
	const struct socket_entry *listener; /* of a child nobody accepted */
	const struct socket_entry *peer;
};

struct socket_table;

struct socket_table *socket_table__new(const struct select_task *select);
void socket_table__free(struct socket_table *t);
/* Records in any order; a descriptor's adds its owner. 0 or -ENOMEM. */
int socket_table__add(struct socket_table *t, const struct tt_rec_socket *rec);
/* What sock_diag told of one; d is copied. The same. */
int socket_table__add_diag(struct socket_table *t, const struct sock_diag *d);
/* A task holds the socket with this cookie, or with bit 63 set this inode, at
 * task->fd; its own record may come later, or never. 0 or -ENOMEM. */
int socket_table__hold(struct socket_table *t, uint64_t sk,
		       const struct tt_task *task);
/* Some hold what they hold by inode alone: it is in TCP's tables or nowhere. */
bool socket_table__holds_inodes(const struct socket_table *t);
/* Processes that hold sockets of which no record came, by cookie; how many those
 * are. */
int socket_table__each_missing(const struct socket_table *t,
			       void (*fn)(void *ctx, uint32_t pid), void *ctx);
/* All are in: finds owners and listeners and, for a table, peers, and sorts
 * for people. 0 or -ENOMEM. */
int socket_table__finish(struct socket_table *t, bool for_table);
size_t socket_table__count(const struct socket_table *t);
struct socket_entry *socket_table__at(const struct socket_table *t, size_t i);
/* NULL if it is not there. */
struct socket_entry *socket_table__by_cookie(const struct socket_table *t, uint64_t sk);

/* Sets the listener of each that waits to be accepted. Owners must be known. */
void socket_listeners__find(struct socket_table *t);
/* Sets the peer of each that has one here. */
void socket_peers__find(struct socket_entry *list, size_t count);

/* Its state as users know it, enum tcp_state: a remnant's is its substate. */
unsigned int socket_entry__state(const struct socket_entry *e);
/* The first owner, a selected one if there is one; of a child that nobody
 * accepted its listener's. NULL if nobody holds it. */
const struct sock_owner *socket_entry__owner(const struct socket_entry *e,
					     bool *by_listener);
bool socket_entry__selected(const struct socket_entry *e, const struct select *s,
			    bool by_task);

/* In /proc/PID/fd, where other tools look: not by a thread's own table. */
static inline bool sock_owner__in_proc(const struct sock_owner *o)
{
	return !o->tid || o->tid == o->pid;
}

/* A fact of a socket and the storage it borrows. */
struct socket_fact {
	struct fact fact;
	struct owner_ref *refs;
	uint32_t size;
};

/* 0 or -ENOMEM. cgroup_path may be NULL, and may answer NULL. */
int socket_fact__fill(struct socket_fact *f, const struct socket_entry *e,
		      uint64_t time_ns, uint32_t hz,
		      const char *(*cgroup_path)(void *ctx, uint64_t id),
		      void *ctx);
void socket_fact__release(struct socket_fact *f);

#endif
