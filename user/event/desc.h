/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every event and field is called and means: the one table that formats,
 * documents, help texts and completions are made from.
 */
#ifndef EVENT_DESC_H
#define EVENT_DESC_H

#include <stddef.h>

#include "event/fact.h"

enum field_type {
	FT_U8, FT_U16, FT_U32, FT_U64, FT_S32,
	FT_BOOL,
	FT_STR,	   /* const char * */
	FT_HEX,	   /* uint64_t, lower-case hex without 0x */
	FT_ADDR,   /* uint8_t[16]; dotted if mapped */
	FT_FLAGS,  /* char[] in place */
	FT_END,	   /* struct endpoint */
	FT_OWNERS, /* owners, nowners */
	FT_OPTS,   /* struct sock_opts */
	FT_SEG_OPTS, /* struct seg_opts */
	FT_CAUSE,  /* cause_kind, cause_what */
	FT_DIAG,   /* const struct sock_diag *: the field tells which part */
	FT_WORDS,  /* const char *[8], to the first NULL */
};

struct field_desc {
	enum field id;
	const char *name; /* as JSON spells it */
	enum field_type type;
	size_t offset; /* in struct fact */
	const char *unit;
	const char *help;
	uint32_t events; /* bit per event_id that can carry it; 0: every event */
};

struct event_desc {
	enum event_id id;
	const char *name;
	const char *meaning;
	enum { GROUP_ALWAYS, GROUP_SELECTED, GROUP_ASKED, GROUP_LATER } group;
};

/* In the order formats print them. */
extern const struct field_desc field_descs[];
extern const size_t field_desc_count;

extern const struct event_desc event_descs[];
extern const size_t event_desc_count;

/* NULL if there is no such event. */
const struct event_desc *event_desc__by_name(const char *name, size_t len);
const struct event_desc *event_desc__by_id(enum event_id id);
const struct field_desc *field_desc__by_id(enum field id);

#endif
