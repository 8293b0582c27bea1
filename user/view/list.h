/* SPDX-License-Identifier: BSD-2-Clause */
/* A view of a list turns sockets into lines, all at once: columns fit. */
#ifndef VIEW_LIST_H
#define VIEW_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/sockets.h"

struct out;

struct list_opts {
	bool wide, timers, extended, listening; /* netstat's -W -o -e -l */
	bool offsets;  /* lsof's -o: its column has that name */
	bool selected; /* processes were: of a shared socket, theirs first */
	bool info, memory; /* ss's -i -m */
	uint32_t hz;  /* of the jiffies in records, 0 unknown */
	size_t screen; /* columns of the terminal, 0 if it is none */
	/* What only the system knows; all may be NULL and may answer NULL. */
	const char *(*user)(void *ctx, uint32_t uid);
	/* Last part of the program's path as it was started. */
	const char *(*program)(void *ctx, uint32_t pid);
	/* Seconds that the process has run; false if it is not known. */
	bool (*age)(void *ctx, uint32_t pid, uint64_t *seconds);
	const char *(*cgroup)(void *ctx, uint64_t id);
	const char *(*ifname)(void *ctx, uint32_t netns, uint32_t ifindex);
	/* Only where names are asked for; then netstat shows users' too. */
	const char *(*service)(void *ctx, uint16_t port);
	void *ctx;
};

/* What a view needs of sock_diag: entries have it, or they alone are rows. */
enum list_diag { DIAG_NONE, DIAG_EXTRA, DIAG_ROWS };

struct list_view {
	const char *name;
	bool own_netns; /* the tool it follows sees the caller's alone */
	bool files_only; /* it lists descriptors */
	enum list_diag diag;
	void (*print)(const struct socket_entry *const *list, size_t n,
		      const struct list_opts *opts, struct out *out);
};

extern const struct list_view list_table;
extern const struct list_view list_netstat;
extern const struct list_view list_lsof;
extern const struct list_view list_ss;
extern const struct list_view list_csv;

/* The list itself if it is in that order, or a copy that is, free() it; NULL if
 * there is no memory. */
const struct socket_entry *const *
list__in_order(const struct socket_entry *const *list, size_t n,
	       int (*order)(const void *a, const void *b));

/* NULL if no such view. */
const struct list_view *list_view__by_name(const char *name);

#endif
