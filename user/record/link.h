/* SPDX-License-Identifier: BSD-2-Clause */
/* The link layer of a packet in a recording: one type a file. */
#ifndef RECORD_LINK_H
#define RECORD_LINK_H

#include <stddef.h>
#include <stdint.h>

#include "tcptrace/event.h"

/* www.tcpdump.org/linktypes.html */
#define LINK_ETHERNET 1
#define LINK_RAW 101
#define LINK_SLL2 276

enum { LINK_HEADER_MAX = 64, RECORD_SNAPLEN = 262144 };

/* The header before the record's data, of at most LINK_HEADER_MAX bytes. */
size_t link__header(const struct tt_rec_packet *rec, uint16_t type,
		    uint8_t *buf);

#endif
