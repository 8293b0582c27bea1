/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A capture file, item by item: packets, and blocks of local-use types, which
 * is where a recording keeps what is no packet. pcap in both byte orders, with
 * microseconds or nanoseconds, and pcapng; plain or gzipped.
 */
#ifndef REPLAY_CAPTURE_H
#define REPLAY_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/frame.h"

struct capture;

enum capture_kind {
	CAPTURE_FRAME = 1,
	CAPTURE_BLOCK,	 /* of a local-use type: the top bit of its number */
	CAPTURE_SECTION, /* pcapng: a section begins; its options are here */
};

/* pcapng options in the byte order of their section: pcapng_option(). */
struct pcapng_options {
	const uint8_t *data;
	uint32_t len;
	bool swapped;
};

/* All that is borrowed is valid until the next capture__next(). */
struct capture_item {
	enum capture_kind kind;
	struct frame frame;	/* time_ns: since 1970, UTC */
	uint32_t interface;	/* its number in the section */
	struct pcapng_options options; /* of the packet, or the section */
	uint32_t type;		/* of the block */
	const uint8_t *body;	/* of the block, without its padding's end */
	uint32_t body_len;
	bool swapped;		/* the section's byte order is not ours */
};

struct capture_interface {
	uint32_t link, snaplen;
	const char *name; /* NULL unknown */
	struct pcapng_options options;
};

/* "-" is standard input. 0 or -errno; the file's head is read already:
 * -EBADMSG if it is no capture, and capture__error() says why. *c is NULL
 * only where there was no file to open. */
int capture__open(struct capture **c, const char *path);
int capture__open_mem(struct capture **c, const void *data, size_t len);
void capture__free(struct capture *c);

/* 1: *item is the next one. 0: the end. -EBADMSG, -EIO: see capture__error(). */
int capture__next(struct capture *c, struct capture_item *item);
/* Why the file is no good, from where on; "" if it is. */
const char *capture__error(const struct capture *c);
/* After the end: the last packet or block was cut off, and how; else NULL. */
const char *capture__cut(const struct capture *c);
/* NULL if the section has no such interface (yet). pcap has interface 0. */
const struct capture_interface *capture__interface(const struct capture *c,
						   uint32_t id);

/* The first option of this code: its value, NULL if there is none. */
const uint8_t *pcapng_option(const struct pcapng_options *o, uint16_t code,
			     uint16_t *len);
/* The next option from *at on, which starts at 0; false at the end. */
bool pcapng_next_option(const struct pcapng_options *o, uint32_t *at,
			uint16_t *code, const uint8_t **value, uint16_t *len);
/* A number of the section, at any alignment. */
static inline uint16_t pcapng_u16(const uint8_t *p, bool swapped)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap16(v) : v;
}

static inline uint32_t pcapng_u32(const uint8_t *p, bool swapped)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

static inline uint64_t pcapng_u64(const uint8_t *p, bool swapped)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap64(v) : v;
}

#endif
