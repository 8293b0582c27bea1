/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the replay room: what the readers of the two formats share. */
#ifndef REPLAY_FILE_H
#define REPLAY_FILE_H

#include "base/time.h"
#include "replay/capture.h"
#include "replay/source.h"

/* Larger than any packet that a tool writes: more is a damaged length. */
enum { MAX_CAPLEN = 262144, MAX_BLOCK = 16 << 20, MAX_INTERFACES = 1 << 16 };

struct interface {
	struct capture_interface shown;
	char *name;
	uint8_t *options; /* a copy: they outlive their block */
	uint64_t units;	  /* of its timestamps in a second */
	int64_t offset_s;
};

struct capture {
	struct source *source;
	bool pcapng, swapped;
	uint64_t packets; /* items read, for messages */
	char error[160];
	const char *cut; /* NULL, or points at cut_text */
	char cut_text[160];
	/* pcap */
	uint32_t header_len, frac_ns;
	uint8_t minor;
	/* pcapng */
	bool in_section;
	size_t to_skip; /* of the item that was handed out last */
	struct interface *interfaces;
	uint32_t ninterfaces;
};

/* -EBADMSG, with the reason and the place in the file. */
int capture__fail(struct capture *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The file ends inside `what`: 0, as at its end, or -EIO. */
int capture__end(struct capture *c, const char *what);
/* A new interface, NULL if there is no memory or there are too many. */
struct interface *capture__add_interface(struct capture *c, uint32_t link,
					 uint32_t snaplen);
void capture__drop_interfaces(struct capture *c);

int pcap__open(struct capture *c);
int pcap__next(struct capture *c, struct capture_item *item);
int pcapng__open(struct capture *c);
int pcapng__next(struct capture *c, struct capture_item *item);

#endif
