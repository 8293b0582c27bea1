/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a state changed (RFC 9293, 3.3.2), as far as the record shows it. The
 * task that holds the socket did not always cause the change: a segment from
 * the backlog is processed inside whatever call comes to release the lock.
 */
#include "flow/table.h"

#include <errno.h>
#include <string.h>

static void segment(struct cause *c, const char *what)
{
	*c = (struct cause){ "segment", what };
}

/* The call that the task is in, in the words of strace. */
static void call(struct cause *c, const struct tt_rec_state *r)
{
	const char *name = call_name(r->task.sysno);

	c->kind = "call";
	if (r->task.flags & TT_TASK_EXITING)
		c->what = "exit";
	else if (name && (!strncmp(name, "dup", 3) ||
			  !strncmp(name, "close", 5)))
		c->what = "close";
	else
		c->what = name;
}

static void timer(struct cause *c, const struct tt_rec_state *r)
{
	c->kind = "timer";
	c->what = r->probes && !r->retransmits ? "probe" : "retransmit";
}

static bool in_call(const struct tt_rec_state *r)
{
	return r->task.pid && (r->sock.flags & TT_SK_OWNED);
}

/* To CLOSE: a RST, a timer that gave up, the answer to our FIN, or a call. */
static void close_cause(const struct tt_rec_state *r, struct cause *c)
{
	if (r->seen & TT_SEEN_RST_IN)
		segment(c, "RST");
	else if (r->err == ETIMEDOUT && !in_call(r))
		timer(c, r);
	else if (r->old_state == ST_LAST_ACK)
		segment(c, "ACK");
	else if (in_call(r))
		call(c, r);
	else if (r->err == ECONNREFUSED)
		segment(c, "ICMP");
}

void state_cause(const struct tt_rec_state *r, uint8_t new_state,
		 struct cause *c)
{
	*c = (struct cause){ 0 };
	switch (new_state) {
	case ST_ESTABLISHED:
		segment(c, r->old_state == ST_SYN_SENT ? "SYN-ACK" : "ACK");
		break;
	case ST_SYN_RECV:
		segment(c, "SYN");
		break;
	case ST_CLOSE_WAIT:
	case ST_CLOSING:
		segment(c, "FIN");
		break;
	case ST_FIN_WAIT2:
		segment(c, "ACK");
		break;
	case ST_TIME_WAIT:
		segment(c, r->old_state == ST_CLOSING ? "ACK" : "FIN");
		break;
	case ST_CLOSE:
		close_cause(r, c);
		break;
	default:
		if (in_call(r))
			call(c, r);
	}
}
