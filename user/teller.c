// SPDX-License-Identifier: BSD-2-Clause
#include "teller.h"

#include "base/time.h"
#include "event/fact.h"
#include "flow/flow.h"

void teller__begin_second(struct teller *t, uint64_t now)
{
	uint64_t dropped = t->rate_dropped;

	t->rate_second = now / NS_PER_SEC;
	t->rate_used = 0;
	t->rate_dropped = 0;
	if (dropped)
		flow_table__lost(t->flows, now, "event", "rate", dropped);
}

static bool over_rate(struct teller *t, const struct fact *f)
{
	if (!t->rate || f->id == EV_lost)
		return false;
	if (f->time_ns / NS_PER_SEC > t->rate_second)
		teller__begin_second(t, f->time_ns);
	if (t->rate_used++ < t->rate)
		return t->stop; /* the loss just told may be the last of -c */
	t->rate_dropped++;
	return true;
}

void teller__fact(struct teller *t, const struct fact *f)
{
	if (t->stop || over_rate(t, f))
		return;
	if (t->sink)
		t->sink(t->ctx, f);
	t->told++;
	if (f->id == EV_packet)
		t->packets++;
	if (f->id == EV_lost)
		t->lost += f->count;
	if (fact_has(f, F_LATE))
		t->late++;
	if (t->count && t->told >= t->count)
		t->stop = true;
}
