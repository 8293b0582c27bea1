/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets as tcpdump 4.99 prints them, byte for byte up to and including
 * "length N"; what tcpdump then has to say of the payload is not said. TCP
 * over IPv4 and IPv6 is printed; a frame must have been asked for first
 * (frame__is_tcp()).
 */
#ifndef VIEW_TCPDUMP_H
#define VIEW_TCPDUMP_H

#include "event/frame.h"
#include "view/view.h"

struct tcpdump;

struct tcpdump *tcpdump__new(const struct view_opts *opts);
void tcpdump__free(struct tcpdump *t);
/* One packet: one line, or with -v or a dump several. The frame's time plus
 * the view's offset is UTC. */
void tcpdump__frame(struct tcpdump *t, const struct frame *f, struct out *out);
/* Its parts, without number, time and end of line: the packet, then of the same
 * frame what -x and its like ask for, each line of it behind a newline. */
void tcpdump__words(struct tcpdump *t, const struct frame *f, struct out *out);
void tcpdump__dump(struct tcpdump *t, const struct frame *f, struct out *out);

#endif
