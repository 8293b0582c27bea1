/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What exists now: TCP's sockets and the descriptors that refer to them, read
 * by iterators in the kernel. Loaded once, run as often as wanted.
 */
#ifndef LIVE_SCAN_H
#define LIVE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcptrace/event.h"
#include "tcptrace/scan.h"
#include "tcptrace/stats.h"

struct scan;

struct scan_opts {
	const uint32_t *pids; /* thread-group ids; a filter for files */
	size_t npids;	      /* 0: all tasks */
	/* One namespace to read TCP's tables of, as an open descriptor; -1: the
	 * caller's, or with all_netns every one in use. */
	int netns_fd;
	bool all_netns;
	/* Called in each namespace whose tables are read, before they are, the
	 * thread being in it. NULL: not wanted. 0 or -errno, which ends the walk. */
	int (*enter)(void *ctx);
	/* Done while another thread reads the descriptors of all tasks. 0 or
	 * -errno, which ends the walk. NULL: nothing. */
	int (*beside)(void *ctx);
	void *ctx; /* of both */
	bool files;   /* descriptor tables: owners */
	bool sockets; /* TCP's tables: what has no descriptor too */
	/* Sockets of the caller's namespace, or netns_fd's, come by another way:
	 * no tables, and their descriptors as holders. */
	bool holders;
	bool by_pair; /* only what scan__want() named */
};

struct scan_sink {
	void *ctx;
	/* From the tables, or with TT_SCAN_FILE and its task by a descriptor. */
	void (*socket)(void *ctx, const struct tt_rec_socket *rec);
	/* A descriptor, task->fd, of a socket that the tables show, by cookie; of
	 * MPTCP, whose subflows they show, by inode with TT_SCAN_BY_INODE. NULL:
	 * each descriptor of TCP comes as a socket. */
	void (*holds)(void *ctx, uint64_t sk, const struct tt_task *task);
};

/* btf_file NULL: the kernel's own. config: what the kernel may leave out, NULL
 * for nothing; have_cookie_helper is found out here. 0 or -errno. *scan is set
 * in either case (but for -ENOMEM), for scan__what(); scan__free() it. */
int scan__open(struct scan **scan, const char *btf_file,
	       const struct tt_scan_config *config);
/* What scan__run() would load first, now. 0 or -errno. */
int scan__load_all(struct scan *scan);
/*
 * A socket seen twice is one cookie. With more than a few hundred pids, or on a
 * kernel whose iterators take none, files of other processes come too. 0 or
 * -errno; a namespace that vanished meanwhile is no error.
 */
int scan__run(struct scan *scan, const struct scan_opts *opts,
	      const struct scan_sink *sink);
/* For by_pair: this socket and its other end, and of a listener (rport 0) the
 * children that nobody accepted. More may come. Ports in host order. */
void scan__want(struct scan *scan, uint16_t lport, uint16_t rport);
/* What failed last, for a message: "load the iterators". */
const char *scan__what(const struct scan *scan);
/* Namespaces in use that the last run could not enter. */
size_t scan__netns_missed(const struct scan *scan);
const struct tt_kernel *scan__kernel(const struct scan *scan);
void scan__free(struct scan *scan);

#endif
