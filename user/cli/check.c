// SPDX-License-Identifier: BSD-2-Clause
/* Options that are right alone and wrong together. */
#include <string.h>

#include "cli/options.h"
#include "event/desc.h"

static bool is_mapped(const struct addr_prefix *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return a->len >= 96 && memcmp(a->addr, mapped, sizeof(mapped)) == 0;
}

/* ::/0 and its like hold the mapped addresses as well as IPv6 ones. */
static bool holds_mapped(const struct addr_prefix *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned int bits = a->len < 96 ? a->len : 96, bytes = bits / 8;
	uint8_t mask = 0xff00 >> bits % 8;

	return memcmp(a->addr, mapped, bytes) == 0 &&
	       (!(bits % 8) || !((a->addr[bytes] ^ mapped[bytes]) & mask));
}

static int check_family(const struct run_config *c, const struct spelling *typed)
{
	size_t i;

	for (i = 0; c->family && i < c->naddrs; i++) {
		if (c->family == 4 && !holds_mapped(&c->addrs[i]))
			return usage_error("-4: conflicts with the IPv6 address of %s: "
					   "leave one of them out",
					   typed->of(typed->ctx, "addr"));
		if (c->family == 6 && is_mapped(&c->addrs[i]))
			return usage_error("-6: conflicts with the IPv4 address of %s: "
					   "leave one of them out",
					   typed->of(typed->ctx, "addr"));
	}
	return 0;
}

static int check_processes(const struct run_config *c, const struct spelling *typed)
{
	const char *follow = typed->of(typed->ctx, "follow");

	if (follow && c->command != CMD_RUN && !c->npids && !c->comm && !c->by_uid &&
	    !c->cgroup)
		return usage_error("%s: no process to follow: add -p, --comm, --uid or "
				   "--cgroup", follow);
	return 0;
}

static int check_events(const struct run_config *c, const struct spelling *typed)
{
	const char *packets = typed->of(typed->ctx, "packets");
	uint32_t both = c->events_add & c->events_remove;
	uint32_t packet = 1u << EV_packet;

	if (both) {
		const char *name = event_desc__by_id(__builtin_ctz(both))->name;

		return usage_error("--events: %s conflicts with no-%s: leave one of them "
				   "out", name, name);
	}
	if (c->packets == PACKETS_NONE && c->events_add & packet)
		return usage_error("%s: none conflicts with --events packet: leave one of "
				   "them out", packets);
	if (c->packets > PACKETS_NONE && c->events_remove & packet)
		return usage_error("%s: conflicts with --events no-packet: leave one of "
				   "them out", packets);
	return 0;
}

/* Each device would get a program, and some drivers begin anew for it. */
static int check_tap(const struct run_config *c)
{
	if (c->tap == TAP_XDP && (!c->nifaces || c->any_iface))
		return usage_error("--tap xdp: on which device? name it with -i NAME");
	return 0;
}

static int check_list(const struct run_config *c)
{
	if (c->timeout_ns && !c->wait_for)
		return usage_error("--timeout: nothing to wait for: add --wait-for");
	if (c->watch_ns && c->wait_for)
		return usage_error("--watch: conflicts with --wait-for: leave one of them "
				   "out");
	return 0;
}

int config__check(const struct run_config *c, const struct spelling *typed)
{
	int status = check_processes(c, typed);

	if (!status)
		status = check_family(c, typed);
	if (!status)
		status = check_events(c, typed);
	if (!status)
		status = check_tap(c);
	if (!status)
		status = check_list(c);
	if (!status)
		status = record__check(c, typed);
	if (!status)
		status = output__check(c, typed->of(typed->ctx, "output"));
	return status;
}
