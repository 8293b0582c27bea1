// SPDX-License-Identifier: BSD-2-Clause
#include "flow/attention.h"

#include "event/names.h"

/* struct tt_rec_socket.timer */
enum { TIMER_OFF, TIMER_ON, TIMER_KEEPALIVE, TIMER_TIMEWAIT, TIMER_PROBE };

/* By sk_acceptq_is_full() one more than the limit waits. */
static uint32_t look_at_listener(const struct tt_rec_socket *r)
{
	return r->rx_queue > r->tx_queue ? 1u << ATT_QUEUE_FULL : 0;
}

uint32_t socket_entry__attention(const struct socket_entry *e)
{
	const struct tt_rec_socket *r = &e->rec;
	uint32_t bits = 0;

	if (r->sock.state == ST_LISTEN)
		return look_at_listener(r);
	if (r->sock.state == ST_CLOSE_WAIT)
		bits |= 1u << ATT_CLOSE_WAIT;
	if (e->rx_grew)
		bits |= 1u << ATT_RECVQ_GROWS;
	if (r->timer == TIMER_PROBE)
		bits |= 1u << ATT_ZERO_WINDOW;
	if (r->timer == TIMER_ON && r->retransmits)
		bits |= 1u << ATT_RETRANSMITS;
	if (r->timer == TIMER_KEEPALIVE && r->probes)
		bits |= 1u << ATT_PROBES;
	return bits;
}

const char *attention_name(enum attention a)
{
	static const char *const names[ATT_MAX] = {
		[ATT_CLOSE_WAIT] = "close_wait",
		[ATT_QUEUE_FULL] = "queue_full",
		[ATT_RECVQ_GROWS] = "recvq_growing",
		[ATT_ZERO_WINDOW] = "zero_window",
		[ATT_RETRANSMITS] = "retransmitting",
		[ATT_PROBES] = "keepalive_probing",
	};

	return a < ATT_MAX ? names[a] : NULL;
}
