/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One packet as a tap or a capture file has it, from the link layer on. Files
 * and records of the ring both become frames, so that one printer serves both.
 */
#ifndef EVENT_FRAME_H
#define EVENT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcptrace/event.h"

/* Link types as capture files number them (LINKTYPE_*). */
enum link_type {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW_BSD = 12, /* raw IP, as files of some systems number it */
	LINK_RAW_OPENBSD = 14,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd

enum {
	ETHER_LEN = 14,
	VLAN_LEN = 4,
	SLL_LEN = 16,
	SLL2_LEN = 20,
	NULL_LEN = 4,
	LINK_HEADER_MAX = 64,
	FRAME_BYTES_MAX = LINK_HEADER_MAX + TT_PKT_DATA_MAX,
};

struct frame {
	uint64_t time_ns;
	uint32_t link; /* enum link_type, or another number */
	uint32_t caplen, len; /* bytes at data, bytes on the wire */
	uint32_t ifindex;     /* 0 unknown */
	const char *ifname;   /* NULL unknown */
	const uint8_t *data;
	uint8_t dir; /* TT_DIR_*, 0 unknown */
};

/* Where the IP header starts. */
struct frame_ip {
	uint32_t off;
	uint8_t version; /* 4 or 6, as the link layer says or else the packet */
};

bool link_type_known(uint32_t link);
/* Tags of VLANs in a frame: 802.1Q, 802.1ad and their predecessors. */
bool ethertype_is_vlan(uint16_t type);
/* False if the frame holds no IP packet, or ends before it. */
bool frame__ip(const struct frame *f, struct frame_ip *ip);
/* Whether it is TCP over IP, later fragments too, as far as the bytes tell. */
bool frame__is_tcp(const struct frame *f, const struct frame_ip *ip);
/*
 * The record that a tap would have made of a segment, as far as the frame
 * tells: its headers, of at most TT_PKT_DATA_LONG bytes. Neither socket nor
 * namespace is known, nor an end's host unless the frame has a direction.
 */
void frame__to_record(const struct frame *f, const struct frame_ip *ip,
		      struct tt_rec_packet *r);
/*
 * The other way: the frame that libpcap would have made of the segment, of
 * this link type: SLL2, Ethernet, or raw IP. buf, of FRAME_BYTES_MAX, holds it.
 */
void frame__from_record(const struct tt_rec_packet *r, uint32_t link,
			struct frame *f, uint8_t *buf);
/* Its first part: the link layer's header of at most LINK_HEADER_MAX bytes. */
size_t frame__link_header(const struct tt_rec_packet *r, uint32_t link,
			  uint8_t *buf);
/* The link type of one device alone, as libpcap has it. */
uint32_t frame__device_link(const struct tt_rec_packet *r);

#endif
