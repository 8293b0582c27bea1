/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the scan share. */
#ifndef LIVE_SCAN_WALK_H
#define LIVE_SCAN_WALK_H

#include "live/bare.h"
#include "live/scan.h"

/* An iterator hands out at most 32 KB a read (bpf_seq_read()). */
#define SCAN_READ (64 * 1024)

struct scan_netns {
	uint32_t ino;
	int fd;
};

struct scan {
	struct bare *bare;
	struct tt_scan_shared *shared;
	const char *what;
	size_t missed;
	bool makes_cookies; /* the iterators cannot, so the scan must */
	struct tt_task task; /* whose descriptors are being read */
};

/* What a record of an iterator is handed to. */
typedef void (*scan_record_fn)(void *ctx, const void *rec);

/* Every record that the iterator writes. 0 or -errno. */
int scan__read(int iter_fd, scan_record_fn fn, void *ctx);
/* Creates an iterator of the link, reads it, closes it. */
int scan__read_link(int link, scan_record_fn fn, void *ctx);
/* The index is that of snapshot_object. */
int scan__link(struct scan *s, size_t prog, uint32_t pid);

/* scan_netns.c: namespaces to walk, opened, besides the caller's own. */
struct scan_netns_list {
	struct scan_netns *list;
	size_t n;
};

int scan__find_netns(struct scan *s, int link, struct scan_netns_list *l);
void scan__close_netns(struct scan_netns_list *l);
/* What is to be done in a namespace before its tables are read. 0 or -errno. */
int scan__enter(const struct scan *s, const struct scan_opts *opts);
/* The thread's namespace has no TCP socket in a table: none is read there. */
bool scan__is_empty(void);
/* TCP's tables there. */
int scan__walk_netns(struct scan *s, int link, const struct scan_netns *ns,
		     const struct scan_opts *opts, scan_record_fn fn, void *ctx);

#endif
