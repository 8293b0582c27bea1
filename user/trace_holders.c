/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who holds a socket no more. close() of one descriptor among several goes by
 * without any hook, so what selected processes are known to hold is looked up,
 * a little at a time; what was let go becomes a record like the kernel's.
 */
#include "trace.h"

#include <string.h>

#include "base/time.h"
#include "flow/flow.h"
#include "live/procs.h"
#include "order/order.h"

enum { LOOK_AT = 16 }; /* sockets each time */

static void look_at(void *ctx, const struct holding *h)
{
	struct trace *t = ctx;
	struct tt_rec_task r = {
		.hdr = { .kind = TT_REC_TASK, .len = sizeof(r), .sk = h->sk },
		.task = { .pid = h->pid, .fd = -1, .sysno = -1 },
		.what = TT_TASK_LET_GO,
	};

	if (proc_may_hold(h->pid, h->tid, h->fd, h->ino))
		return;
	r.hdr.ts_ns = time_boot_ns();
	if (order__push(t->order, &r.hdr, r.hdr.ts_ns))
		t->malformed++;
}

void trace__look_at_holders(struct trace *t)
{
	if (t->looks_at_holders)
		flow_table__each_holding(t->flows, &t->looked_at, LOOK_AT, look_at, t);
}
