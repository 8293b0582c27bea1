/* SPDX-License-Identifier: BSD-2-Clause */
/* The link layer of a packet in a recording: one type a file. */
#ifndef RECORD_LINK_H
#define RECORD_LINK_H

#include "event/frame.h"

enum { RECORD_SNAPLEN = 262144 };

#endif
