/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happened to a socket and no program saw. A kernel may be made to run no
 * BPF program while certain tasks of its own are current; a softirq that
 * interrupts one of them then goes by without a trace, and without a count.
 * The socket's next record shows it: it is not where it was left.
 */
#include "flow/table.h"

/* In the order the stack looked at it; a late record says nothing of it. */
static bool can_tell(const struct flow_table *t, const struct flow *f)
{
	return !t->late && (f->flags & FL_SEEN_BIRTH) && f->state_ns &&
	       select__flow(t, f);
}

void unseen__state(struct flow_table *t, const struct flow *f,
		   uint8_t old_state, uint64_t time_ns)
{
	if (f->state && f->state != old_state && can_tell(t, f))
		flow_table__lost(t, time_ns, "state", "unseen", 1);
}

/*
 * A segment of what is left in TIME_WAIT, of a socket that was never seen to
 * get there: it is gone, and its end was two changes and a `destroy`.
 */
void unseen__time_wait(struct flow_table *t, struct flow *f, uint64_t time_ns)
{
	if (!f || (f->flags & FL_REMNANT) || !f->state ||
	    f->state == ST_TIME_WAIT || f->state == ST_CLOSE || t->late)
		return;
	if (can_tell(t, f)) {
		flow_table__lost(t, time_ns, "state", "unseen", 1);
		flow_table__lost(t, time_ns, "destroy", "unseen", 1);
	}
	f->state = ST_TIME_WAIT;
	f->state_ns = 0;
	f->flags |= FL_REMNANT | FL_DESTROYED;
	flow__end(t, f);
}
