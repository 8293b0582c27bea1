/* SPDX-License-Identifier: BSD-2-Clause */
/* What a listed socket's owner may want to look into. */
#ifndef FLOW_ATTENTION_H
#define FLOW_ATTENTION_H

#include <stdint.h>

#include "flow/sockets.h"

enum attention {
	ATT_CLOSE_WAIT,	  /* the peer ended, the application did not */
	ATT_QUEUE_FULL,	  /* a listener that takes no more */
	ATT_RECVQ_GROWS,  /* data arrives faster than it is read: two looks */
	ATT_ZERO_WINDOW,  /* the peer takes no more */
	ATT_RETRANSMITS,  /* and no answer yet */
	ATT_PROBES,	  /* keep-alive, unanswered */
	ATT_MAX,
};

/* Bits by enum attention. */
uint32_t socket_entry__attention(const struct socket_entry *e);
/* As JSON spells it. */
const char *attention_name(enum attention a);

#endif
