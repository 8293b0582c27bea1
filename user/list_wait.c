// SPDX-License-Identifier: BSD-2-Clause
/* `list --wait-for`: looks until a socket is there, or none is any more. */
#include "list.h"

#include <poll.h>

#include "base/log.h"
#include "base/time.h"
#include "flow/match.h"

/* Between looks: what a look costs, ten times over, between these. */
#define PAUSE_MIN_NS (50 * NS_PER_MS)
#define PAUSE_MAX_NS (2 * NS_PER_SEC)

static bool is_there(const struct list *l, const struct match *m)
{
	for (size_t i = 0; i < l->nrows; i++)
		if (match__socket(m, l->rows[i]))
			return true;
	return false;
}

static uint64_t pause_after(uint64_t cost_ns, uint64_t left_ns)
{
	uint64_t ns = 10 * cost_ns;

	if (ns < PAUSE_MIN_NS)
		ns = PAUSE_MIN_NS;
	if (ns > PAUSE_MAX_NS)
		ns = PAUSE_MAX_NS;
	return ns < left_ns ? ns : left_ns;
}

static int wait_for(struct list *l, const struct match *m)
{
	uint64_t start = time_boot_ns(), now, began, left;
	uint64_t timeout = l->config->timeout_ns;
	int status;

	for (;;) {
		began = time_boot_ns();
		status = list__look(l);
		if (status)
			return status;
		if (is_there(l, m) != match__asks_for_none(m))
			return 0;
		now = time_boot_ns();
		left = !timeout ? UINT64_MAX :
		       now - start < timeout ? timeout - (now - start) : 0;
		if (!left) {
			log_error("--wait-for: %s after --timeout",
				  match__asks_for_none(m) ? "still such a socket" :
							    "no such socket");
			return STATUS_FAILED;
		}
		poll(NULL, 0, (int)(pause_after(now - began, left) / NS_PER_MS) + 1);
	}
}

int list__wait(struct list *l)
{
	struct match_error error;
	struct match *m = match__new(l->config->wait_for, &error);
	int status;

	if (!m) {
		log_error("--wait-for: %s%s%s: as in 'state ESTABLISHED and port 9090'",
			  error.word, *error.word ? " " : "", error.why);
		return STATUS_USAGE;
	}
	status = wait_for(l, m);
	match__free(m);
	return status;
}
