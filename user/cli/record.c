// SPDX-License-Identifier: BSD-2-Clause
/* -w and what belongs to it. */
#include <limits.h>
#include <string.h>

#include "base/str.h"
#include "cli/options.h"

#define BYTES_PER_MB 1000000ULL /* tcpdump's */

static int take(const struct opt_use *u, uint64_t max, uint64_t *v)
{
	char q[QUOTE_LEN];

	if (!str_to_u64(u->value, 1, max, v))
		return 0;
	return usage_error("%s: %s is not possible: give a number from 1 to %llu", u->as,
			   quote(u->value, q), (unsigned long long)max);
}

int set_record(const struct opt_use *u)
{
	if (!*u->value)
		return usage_error("-w: is empty: give a FILE, or - for standard output");
	u->config->record = u->value;
	return 0;
}

int set_rotate_size(const struct opt_use *u)
{
	uint64_t mb;

	if (take(u, UINT32_MAX, &mb))
		return STATUS_USAGE;
	u->config->rotate_bytes = mb * BYTES_PER_MB;
	return 0;
}

int set_rotate_time(const struct opt_use *u)
{
	return take(u, INT_MAX, &u->config->rotate_seconds);
}

int set_rotate_files(const struct opt_use *u)
{
	uint64_t files;

	if (take(u, INT_MAX, &files))
		return STATUS_USAGE;
	u->config->rotate_files = files;
	return 0;
}

int set_list_file(const struct opt_use *u)
{
	u->config->list_file = u->value;
	return 0;
}

int set_list_at(const struct opt_use *u)
{
	u->config->list_at = u->value;
	return 0;
}

static int check_list(const struct run_config *c)
{
	if (c->list_at && !c->list_file)
		return usage_error("--at: the past is in recordings: add -r FILE");
	if (!c->list_file)
		return 0;
	if (c->cgroup || c->netns || c->follow)
		return usage_error("-r: %s is of this host now: use -p, --comm or --uid",
				   c->cgroup ? "--cgroup" : c->netns ? "--netns" : "-f");
	return 0;
}

int record__check(const struct run_config *c, const struct spelling *typed)
{
	static const char *const rotate[] = { "C", "G", "W" };
	size_t i;

	if (c->command == CMD_LIST)
		return check_list(c);
	for (i = 0; i < 3; i++) {
		if (!typed->of(typed->ctx, rotate[i]))
			continue;
		if (!c->record)
			return usage_error("-%s: nothing to rotate: add -w FILE", rotate[i]);
		if (strcmp(c->record, "-") == 0)
			return usage_error("-%s: standard output cannot be rotated: give -w "
					   "a file", rotate[i]);
	}
	if (c->rotate_files && !c->rotate_bytes && !c->rotate_seconds)
		return usage_error("-W: says how many, not when: add -C or -G");
	if (c->record && strcmp(c->record, "-") == 0 && c->output && !c->log_file)
		return usage_error("-w -: standard output takes the recording or the "
				   "events: add --log FILE, or leave %s out",
				   typed->of(typed->ctx, "output"));
	return 0;
}
