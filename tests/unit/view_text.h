/* SPDX-License-Identifier: BSD-2-Clause */
/* What the text view prints of a fact. */
#ifndef TESTS_UNIT_VIEW_TEXT_H
#define TESTS_UNIT_VIEW_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/out.h"
#include "view/view.h"
#include "view_facts.h"

#define CLOCK "16:07:01.072752 "

static const struct view_opts plain = { .utc_offset_ns = FACT_UTC_OFFSET };

static inline struct out *put(const struct view_opts *opts, const struct fact *f)
{
	struct out *out = out__new_mem();
	void *ctx = view_text.new(opts);

	assert_non_null(ctx);
	view_text.fact(ctx, f, out);
	view_text.free(ctx);
	return out;
}

static inline void expect_opts(const struct view_opts *opts, const struct fact *f,
			const char *want)
{
	struct out *out = put(opts, f), *whole = out__new_mem();

	out__printf(whole, "%s%s\n", CLOCK, want);
	assert_string_equal(out__data(out, NULL), out__data(whole, NULL));
	out__free(whole);
	out__free(out);
}

static inline void expect(const struct fact *f, const char *want)
{
	expect_opts(&plain, f, want);
}

#endif
