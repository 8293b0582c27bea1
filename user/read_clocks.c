// SPDX-License-Identifier: BSD-2-Clause
#include "read_clocks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/time.h"
#include "cli/config.h"
#include "replay/capture.h"
#include "replay/clocks.h"

typedef void (*taker)(struct clocks *c, const struct frame *f,
		      const struct frame_ip *ip);

/* A file that cannot be read is complained of when it is read for good. */
static void read_file(const char *path, struct clocks *clocks, taker take)
{
	struct capture_item item;
	struct frame_ip ip;
	struct capture *c;

	if (!capture__open(&c, path))
		while (capture__next(c, &item) > 0)
			if (item.kind == CAPTURE_FRAME &&
			    frame__ip(&item.frame, &ip) &&
			    frame__is_tcp(&item.frame, &ip))
				take(clocks, &item.frame, &ip);
	capture__free(c);
}

/* "1.234567890 s" of nanoseconds */
static const char *seconds(uint64_t ns, char buf[40])
{
	uint64_t s = ns / NS_PER_SEC, rest = ns % NS_PER_SEC;

	snprintf(buf, 40, "%" PRIu64 ".%09" PRIu64 " s", s, rest);
	return buf;
}

static void say(const struct run_config *c, const char *path,
		const struct clocks_estimate *e)
{
	uint64_t apart = (uint64_t)(e->ahead_ns < 0 ? -e->ahead_ns : e->ahead_ns);
	char by[40], error[40];

	if (e->error_ns == UINT64_MAX) {
		log_warn("%s: its clock is about %s %s that of %s, the travel time "
			 "included: the %u segments in both all go one way%s", path,
			 seconds(apart, by), e->ahead_ns < 0 ? "behind" : "ahead of",
			 c->files[0], e->segments,
			 c->clock_fix ? "; put right" : "");
		return;
	}
	log_warn("%s: its clock is %s %s that of %s, give or take %s, by %u "
		 "segments in both%s", path, seconds(apart, by),
		 e->ahead_ns < 0 ? "behind" : "ahead of", c->files[0],
		 seconds(e->error_ns, error), e->segments,
		 c->clock_fix ? "; put right" : ": --clock-fix puts it right");
}

/* Of pipes, standard input among them, nothing is left for another time. */
static const char *read_once(const struct run_config *c)
{
	struct stat st;

	for (size_t i = 0; i < c->nfiles; i++) {
		if (!strcmp(c->files[i], "-"))
			return "standard input";
		if (!stat(c->files[i], &st) && !S_ISREG(st.st_mode))
			return c->files[i];
	}
	return NULL;
}

void read_clocks(const struct run_config *c, int64_t *shifts)
{
	struct clocks_estimate e;
	struct clocks *clocks;
	const char *once;

	memset(shifts, 0, c->nfiles * sizeof(*shifts));
	if (c->nfiles < 2)
		return;
	once = read_once(c);
	if (once) {
		if (c->clock_fix)
			log_warn("--clock-fix: not with %s, which cannot be read "
				 "twice: name files", once);
		return;
	}
	clocks = clocks__new();
	if (!clocks)
		return;
	read_file(c->files[0], clocks, clocks__first);
	for (size_t i = 1; i < c->nfiles; i++) {
		clocks__restart(clocks);
		read_file(c->files[i], clocks, clocks__second);
		if (!clocks__estimate(clocks, &e))
			continue;
		say(c, c->files[i], &e);
		if (c->clock_fix)
			shifts[i] = -e.ahead_ns;
	}
	clocks__free(clocks);
}
