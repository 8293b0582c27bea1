/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the record room. */
#ifndef RECORD_INSIDE_H
#define RECORD_INSIDE_H

#include "base/hashmap.h"
#include "record/block.h"
#include "record/recorder.h"

/* An interface that packets of this file came by. */
struct iface {
	uint32_t netns, ifindex;
	uint32_t id; /* its place among the file's interface blocks */
	uint64_t packets;
	uint64_t dropped;
	char name[TT_IFNAME_LEN];
};

enum { RECORDER_WORDS = 4 };

struct recorder {
	struct recorder_opts opts;
	char *words[RECORDER_WORDS]; /* opts.hardware, os, app, text */
	struct rec_file *file; /* NULL: between two, or after an error */
	char path[4096];
	uint32_t number; /* of -C, in this period */
	uint32_t index;	 /* of all files */
	int64_t utc_offset_ns;
	uint64_t prologue; /* bytes that are not counted for -C */
	uint64_t began_ns; /* this file, as -G counts */
	uint64_t flushed_ns;
	uint64_t last_ns; /* of a packet or record */
	int err;
	bool gz;
	uint32_t own_netns;
	struct hashmap ifaces; /* of this file */
	uint32_t nifaces;
	uint64_t dropped; /* packets lost since the last one */
	uint64_t lost;
	uint64_t file_packets, file_records;
	struct hashmap names; /* of the run */
};

/* packet.c */
void packet__write(struct recorder *r, const struct tt_rec_packet *rec,
		   bool late, const struct packet_owner *owner);
/* Wireshark's editors take a file for a capture by the interface that comes
 * before anything else: the one that every namespace has. */
void packet__write_first_iface(struct recorder *r);
void packet__write_statistics(struct recorder *r);
void packet__forget_ifaces(struct recorder *r);
bool iface__same(const void *entry, const void *key);

/* remember.c: names, once each */
bool name__same(const void *entry, const void *key);
/* True if it is new or has another name than before. */
bool name__remember(struct recorder *r, uint32_t kind, uint64_t id,
		    const char *name);
void name__each(const struct recorder *r,
		void (*fn)(struct recorder *r, uint32_t kind, uint64_t id,
			   const char *name));
void name__forget_all(struct recorder *r);

#endif
