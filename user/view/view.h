/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A view turns facts into bytes. It sees const facts and its own options, and
 * writes to an out; it knows neither kernel nor clock nor command line.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "event/fact.h"

struct out;

/* How packets are printed: tcpdump's letters, how often each was given. */
struct packet_form {
	uint8_t verbose, link_header, quiet;
	uint8_t ascii, hex, hex_ascii;
	uint8_t time_form; /* -t to -ttttt */
	bool number, nanoseconds;
	bool one_device; /* live: of one device, not of `any` */
	bool placed; /* device and direction stand before the packet's words */
	/* The device of this index, NULL if it has no name; may be NULL. */
	const char *(*ifname)(uint32_t index, char buf[16]);
};

struct view_opts {
	int64_t utc_offset_ns; /* add to a fact's boottime for UTC */
	bool color;
	bool absolute_seq; /* -S */
	int width;	   /* columns of the terminal, 0 unknown */
	bool unicode;	   /* draw arrows beyond ASCII */
	struct packet_form form;
};

struct summary {
	uint64_t events, packets;
	uint64_t lost;
	uint32_t open_sockets;
	uint64_t late;
};

struct view {
	const char *name;
	const char *help;
	/* All but fact may be NULL. ctx is what new returned. */
	void *(*new)(const struct view_opts *opts);
	/* What stands before the first fact, if any. */
	void (*begin)(void *ctx, struct out *out);
	void (*fact)(void *ctx, const struct fact *f, struct out *out);
	void (*free)(void *ctx);
};

extern const struct view view_text;
extern const struct view view_json;
extern const struct view view_tcpdump;
extern const struct view view_csv;

/* NULL if no such view. */
const struct view *view__by_name(const char *name);

#endif
