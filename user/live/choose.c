/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/choose.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "live/probe.h"
#include "tcptrace/config.h"

static const char not_asked[] = "not asked for by --hooks";

static const char *const rung_option[] = {
	[RUNG_AUTO] = "",
	[RUNG_FENTRY] = "--hooks fentry: ",
	[RUNG_KPROBE] = "--hooks kprobe: ",
	[RUNG_TRACEPOINT] = "--hooks tracepoint: ",
};

static bool is_needed(const struct chooser *c, const struct hook *h)
{
	return (h->tap && h->tap == c->config->tap) ||
	       (h->events & c->config->events) ||
	       (h->for_follow && c->config->follow) ||
	       (h->for_pids && (c->config->task_by & TT_BY_PID));
}

/* Whether the user's rung leaves this variant to choose. */
static bool rung_allows(enum rung rung, const struct hook *h,
			const struct variant *v)
{
	return rung == RUNG_AUTO || !hook__has_rung(h, rung) ||
	       attach_kind_rung(v->kind) == rung;
}

static void choose(const struct chooser *c, const struct hook *h,
		   struct hook_choice *choice)
{
	choice->chosen = NULL;
	choice->needed = is_needed(c, h);
	for (int i = 0; i < HOOK_VARIANTS && h->variants[i].kind; i++) {
		const struct variant *v = &h->variants[i];
		char *why = choice->why_not[i];

		if (why[0])
			continue; /* tried before: load or attach failed */
		if (v->kind == AK_TCX && c->no_tcx) {
			snprintf(why, sizeof(choice->why_not[i]),
				 "not asked for by --tap");
			continue;
		}
		if (!rung_allows(c->rung, h, v)) {
			snprintf(why, sizeof(choice->why_not[i]), "%s",
				 not_asked);
			continue;
		}
		if (probe__variant(c->probe, v, why,
				   sizeof(choice->why_not[i]))) {
			why[0] = 0;
			choice->chosen = v;
			return;
		}
	}
}

/* Of what the user asked for, the best variant's reason. */
static const char *main_reason(const struct hook_choice *c)
{
	for (int i = 0; i < HOOK_VARIANTS; i++)
		if (c->why_not[i][0] && strcmp(c->why_not[i], not_asked))
			return c->why_not[i];
	return "no variant";
}

static bool any_chosen(const struct hook_choice *choices,
		       bool (*is)(const struct variant *))
{
	for (size_t i = 0; i < hook_count; i++)
		if (choices[i].needed && choices[i].chosen &&
		    is(choices[i].chosen))
			return true;
	return false;
}

static bool is_whole(const struct variant *v)
{
	return v->whole;
}

/* It may read a cookie, not make one. */
static bool is_kprobe(const struct variant *v)
{
	return v->kind == AK_KPROBE;
}

static bool misses_calls(const struct variant *v)
{
	return v->misses;
}

/* Rows that depend on what was chosen for the others. */
static void settle_needs(const struct chooser *c, struct hook_choice *choices)
{
	for (size_t i = 0; i < hook_count; i++) {
		struct hook_choice *choice = &choices[i];

		if (hooks[i].for_pages && any_chosen(choices, is_whole))
			choice->needed = false;
		if (hooks[i].for_cookies)
			choice->needed = !probe__makes_cookies(c->probe) ||
					 any_chosen(choices, is_kprobe);
		if (hooks[i].for_waiting)
			choice->needed = !c->nothing_waits &&
					 any_chosen(choices, misses_calls);
	}
}

int choose_hooks(const struct chooser *c, struct hook_choice *choices,
		 char *why, size_t size)
{
	for (size_t i = 0; i < hook_count; i++)
		choose(c, &hooks[i], &choices[i]);
	settle_needs(c, choices);
	for (size_t i = 0; i < hook_count; i++) {
		if (!choices[i].needed || choices[i].chosen)
			continue;
		if (!hooks[i].optional) {
			snprintf(why, size,
				 "%shook %s: %s: `tcptrace-bpf doctor` shows "
				 "what this kernel allows",
				 rung_option[c->rung], hooks[i].name,
				 main_reason(&choices[i]));
			return -EOPNOTSUPP;
		}
		if (!hooks[i].spare)
			log_warn("hook %s: %s: events have less in them",
				 hooks[i].name, main_reason(&choices[i]));
	}
	return 0;
}

uint32_t missed_calls(const struct hook_choice *choices)
{
	uint32_t missed = 0;
	bool seen = false;

	for (size_t i = 0; i < hook_count; i++) {
		if (!choices[i].needed || !choices[i].chosen)
			continue;
		missed |= choices[i].chosen->misses;
		seen |= hooks[i].for_waiting;
	}
	return seen ? missed : 0;
}
