/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The recording of a run. A file holds, in the order in which they happened,
 * the inputs of the table of flows: replayed, they make it tell the same
 * again. Records stand where they were applied, not where they arrived, since
 * only then the owner of a packet is known; docs/recording.md.
 *
 * An error ends the recording, not the run: recorder__flush() tells it.
 */
#ifndef RECORD_RECORDER_H
#define RECORD_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "event/fact.h"
#include "record/names.h"
#include "tcptrace/recording.h"

struct recorder;

struct recorder_opts {
	const char *path; /* "-": standard output */
	struct rotate rotate;
	uint16_t link_type;
	uint32_t snaplen; /* of what is captured, link layer included */
	/* Of the section header; may be NULL. These and text are copied. */
	const char *hardware, *os, *app;
	const char *filter; /* FILTER, NULL or empty: none */
	/* The interface that comes first, NULL: lo. */
	const char *ifname;
	uint32_t ifindex;
	const char *text; /* TT_BLK_TEXT: "name value" lines */
	/* Fills in the settings as they are when a file begins. */
	void (*settings)(void *ctx, struct tt_blk_settings *s);
	/* Saves what is known into a file that does not begin the run. */
	void (*save)(void *ctx, struct recorder *r);
	void *ctx;
};

/* Who a packet belongs to, as the run told it. */
struct packet_owner {
	bool told; /* the packet is one that the user selected */
	uint32_t pid, tid;
	int32_t fd; /* -1 unknown */
	char comm[TT_COMM_LEN];
	const char *state; /* NULL unknown */
};

/* 0 or -errno; *r is set only if 0. */
int recorder__new(struct recorder **r, const struct recorder_opts *opts,
		  uint64_t now_ns, int64_t utc_offset_ns);

/* The calls on the table of flows, each as it is made. */
void recorder__found(struct recorder *r, const struct tt_rec_socket *rec);
void recorder__time(struct recorder *r, uint16_t what, uint64_t time_ns);
void recorder__early(struct recorder *r, const struct tt_hdr *rec);
/* owner is of a TT_REC_PACKET; one that nobody was told stays out of sight. */
void recorder__record(struct recorder *r, const struct tt_hdr *rec, bool late,
		      const struct packet_owner *owner);
void recorder__lost(struct recorder *r, uint64_t time_ns, const char *what,
		    const char *why, uint64_t count);
/* name NULL: there is none. Each is written once, and again if it changed. */
void recorder__name(struct recorder *r, uint32_t kind, uint64_t id,
		    const char *name);
/* For recorder_opts.save: TT_BLK_PROCESS, FLOW, TABLE. */
void recorder__saved(struct recorder *r, uint16_t what, const void *data,
		     size_t len);

/* Before a record is applied: the next file begins, if it is time. False if
 * -W says that the recording is complete. */
bool recorder__turn(struct recorder *r, uint64_t now_ns);
/* What is written can be read now. 0 or -errno of the first failure. */
int recorder__flush(struct recorder *r, uint64_t now_ns);
/* Of the file that is written now, for messages. */
const char *recorder__path(const struct recorder *r);
/* Ends and frees; NULL is allowed. 0 or -errno. */
int recorder__close(struct recorder *r);

#endif
