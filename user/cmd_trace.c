/* SPDX-License-Identifier: BSD-2-Clause */
/* `trace` and `run`: wiring, summary, exit status. */
#include "commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "cli/config.h"
#include "flow/flow.h"
#include "live/session.h"
#include "live/system.h"
#include "order/order.h"
#include "trace.h"

static void say_summary(struct trace *t)
{
	struct flow_stats s;

	flow_table__stats(t->flows, &s);
	log_printf(LOG_ERROR,
		   "%" PRIu64 " events, %" PRIu64 " of them packets; %" PRIu64
		   " lost, %" PRIu64 " late; %" PRIu64 " sockets still open",
		   t->teller.told, t->teller.packets, t->teller.lost,
		   t->teller.late, s.open);
	if (t->config->verbose)
		log_printf(LOG_ERROR,
			   "tables: %" PRIu64 " sockets in %" PRIu64
			   " KiB, kernel maps %" PRIu64 " KiB",
			   s.flows, s.bytes >> 10,
			   session__map_bytes(t->session) >> 10);
}

/* A COMMAND that ran comes before what became of its trace. */
static int status_of(const struct trace *t, bool ran)
{
	if (ran && t->child.ended && child__exit_status(&t->child))
		return child__exit_status(&t->child);
	if (t->status)
		return t->status;
	return t->config->strict && t->teller.lost ? STATUS_LOST : STATUS_OK;
}

int cmd_trace(const struct run_config *c)
{
	struct trace t = { .config = c, .signal_fd = -1, .cgroup_root = -1 };
	bool ran = false;
	int status;

	if (trace__start(&t)) {
		if (!t.status)
			t.status = STATUS_FAILED;
		child__cancel(&t.child);
	} else if (c->dry_run) {
		child__cancel(&t.child);
	} else {
		trace__loop(&t);
		say_summary(&t);
		ran = true;
	}
	session__free(t.session);
	if (!c->dry_run)
		trace__wait_for_child(&t);
	status = status_of(&t, ran);
	order__free(t.order);
	expr__close(&t.expr);
	flow_table__free(t.flows);
	symbols__free(t.symbols);
	cgroup_names__free(t.cgroups);
	if (t.cgroup_root >= 0)
		close(t.cgroup_root);
	output__close(&t.output);
	free(t.living.pids);
	free(t.leaving.pids);
	free(t.followed.pids);
	return status;
}
