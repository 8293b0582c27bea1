// SPDX-License-Identifier: BSD-2-Clause
/*
 * Facts as JSON: one object a line (RFC 8259), the contract's fields in the
 * order of field_descs. What is unknown is absent. Any bytes a process can
 * put into its name come out as valid UTF-8.
 */
#include "view/view.h"

#include <stdlib.h>

#include "base/time.h"
#include "event/desc.h"
#include "view/json.h"
#include "view/json_diag.h"
#include "view/line.h"

#define put_lit(l, s) line__put((l), (s), sizeof(s) - 1)

struct json_key {
	const struct field_desc *desc;
	size_t name_len;
};

struct json {
	int64_t utc_offset_ns;
	int64_t second; /* the one that stamp tells */
	char stamp[32]; /* "2026-11-22T16:07:01" */
	const char *events[EV_MAX];
	size_t nkeys;
	struct json_key *keys;
	struct line line;
};

#define STAMP_SECONDS 19

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void put_escape(struct line *l, uint32_t cp)
{
	static const char hex[] = "0123456789abcdef";
	static const char abbreviated[0x20] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
	};

	line__char(l, '\\');
	if (cp == '"' || cp == '\\') {
		line__char(l, (char)cp);
	} else if (cp < 0x20 && abbreviated[cp]) {
		line__char(l, abbreviated[cp]);
	} else {
		put_lit(l, "u00");
		line__char(l, hex[cp >> 4 & 15]);
		line__char(l, hex[cp & 15]);
	}
}

/* The character at s that is not plain ASCII; returns its bytes. C1 controls
 * are escaped too: the line may end up on a terminal. */
static size_t put_special(struct line *l, const char *s)
{
	uint32_t cp;
	unsigned int len = utf8_len(s, &cp);

	if (!len) {
		put_lit(l, "\xef\xbf\xbd"); /* U+FFFD */
		return 1;
	}
	if (len == 1 || cp < 0xa0)
		put_escape(l, cp);
	else
		line__put(l, s, len);
	return len;
}

static void put_string(struct line *l, const char *s)
{
	line__char(l, '"');
	while (*s) {
		size_t run = 0;

		while (is_plain((unsigned char)s[run]))
			run++;
		line__put(l, s, run);
		s += run;
		if (*s)
			s += put_special(l, s);
	}
	line__char(l, '"');
}

static void put_bool(struct line *l, bool v)
{
	if (v)
		put_lit(l, "true");
	else
		put_lit(l, "false");
}

/*
 * The members of a nested object: *sep is what comes before the next one, '{'
 * at first. name is a literal of this file and needs no escapes.
 */
static void put_member(struct line *l, char *sep, const char *name)
{
	line__char(l, *sep);
	*sep = ',';
	line__char(l, '"');
	line__str(l, name);
	put_lit(l, "\":");
}

static void end_members(struct line *l, char sep)
{
	if (sep == '{')
		line__char(l, '{');
	line__char(l, '}');
}

static void member_number(struct line *l, char *sep, const char *name, uint64_t v)
{
	put_member(l, sep, name);
	line__u64(l, v);
}

static void member_string(struct line *l, char *sep, const char *name,
			  const char *s)
{
	put_member(l, sep, name);
	put_string(l, s);
}

static bool is_known(const struct endpoint *e)
{
	return e->pid || e->tid || e->comm || e->fd >= 0 || e->sk || e->state;
}

static void put_endpoint(struct line *l, const struct endpoint *e)
{
	char sep = '{';

	if (e->pid)
		member_number(l, &sep, "pid", e->pid);
	if (e->tid)
		member_number(l, &sep, "tid", e->tid);
	if (e->comm)
		member_string(l, &sep, "comm", e->comm);
	if (e->fd >= 0)
		member_number(l, &sep, "fd", (uint32_t)e->fd);
	if (e->sk) {
		put_member(l, &sep, "sk");
		line__char(l, '"');
		line__hex(l, e->sk);
		line__char(l, '"');
	}
	if (e->state)
		member_string(l, &sep, "state", e->state);
	end_members(l, sep);
}

static void put_owners(struct line *l, const struct fact *f)
{
	line__char(l, '[');
	for (uint32_t i = 0; i < f->nowners; i++) {
		const struct owner_ref *o = &f->owners[i];
		char sep = '{';

		if (i)
			line__char(l, ',');
		if (o->pid)
			member_number(l, &sep, "pid", o->pid);
		if (o->comm)
			member_string(l, &sep, "comm", o->comm);
		if (o->fd >= 0)
			member_number(l, &sep, "fd", (uint32_t)o->fd);
		end_members(l, sep);
	}
	line__char(l, ']');
}

static void put_keepalive(struct line *l, const struct sock_opts *o)
{
	if (!o->keepalive_on) {
		put_bool(l, false);
		return;
	}
	line__char(l, '[');
	line__u64(l, o->ka_time_s);
	line__char(l, ',');
	line__u64(l, o->ka_intvl_s);
	line__char(l, ',');
	line__u64(l, o->ka_probes);
	line__char(l, ']');
}

static void put_sock_opts(struct line *l, const struct sock_opts *o)
{
	char sep = '{';

	put_member(l, &sep, "nodelay");
	put_bool(l, o->nodelay);
	put_member(l, &sep, "cork");
	put_bool(l, o->cork);
	put_member(l, &sep, "linger");
	if (o->linger_on)
		line__u64(l, o->linger_s);
	else
		put_bool(l, false);
	put_member(l, &sep, "keepalive");
	put_keepalive(l, o);
	if (o->rcvbuf)
		member_number(l, &sep, "rcvbuf", o->rcvbuf);
	if (o->sndbuf)
		member_number(l, &sep, "sndbuf", o->sndbuf);
	if (o->mss)
		member_number(l, &sep, "mss", o->mss);
	if (o->congestion && *o->congestion)
		member_string(l, &sep, "congestion", o->congestion);
	end_members(l, sep);
}

static void put_sack(struct line *l, const struct seg_opts *o)
{
	line__char(l, '[');
	for (unsigned int i = 0; i < o->nsack && i < 4; i++) {
		if (i)
			line__char(l, ',');
		line__char(l, '[');
		line__u64(l, o->sack[i].left);
		line__char(l, ',');
		line__u64(l, o->sack[i].right);
		line__char(l, ']');
	}
	line__char(l, ']');
}

static void put_seg_opts(struct line *l, const struct seg_opts *o)
{
	char sep = '{';

	if (o->has_mss)
		member_number(l, &sep, "mss", o->mss);
	if (o->has_wscale)
		member_number(l, &sep, "wscale", o->wscale);
	if (o->sackok) {
		put_member(l, &sep, "sackok");
		put_bool(l, true);
	}
	if (o->has_ts) {
		member_number(l, &sep, "tsval", o->tsval);
		member_number(l, &sep, "tsecr", o->tsecr);
	}
	if (o->nsack) {
		put_member(l, &sep, "sack");
		put_sack(l, o);
	}
	end_members(l, sep);
}

static void put_cause(struct line *l, const struct fact *f)
{
	char sep = '{';

	member_string(l, &sep, "kind", f->cause_kind);
	if (f->cause_what)
		member_string(l, &sep, "what", f->cause_what);
	end_members(l, sep);
}

static void put_number(struct line *l, enum field_type type, const void *p)
{
	switch (type) {
	case FT_U8:
		line__u64(l, *(const uint8_t *)p);
		break;
	case FT_U16:
		line__u64(l, *(const uint16_t *)p);
		break;
	case FT_U32:
		line__u64(l, *(const uint32_t *)p);
		break;
	case FT_U64:
		line__u64(l, *(const uint64_t *)p);
		break;
	default:
		line__s64(l, *(const int32_t *)p);
	}
}

static void put_value(struct line *l, const struct fact *f, enum field_type type,
		      const void *p)
{
	switch (type) {
	case FT_BOOL:
		put_bool(l, *(const bool *)p);
		break;
	case FT_STR:
		put_string(l, *(const char *const *)p);
		break;
	case FT_FLAGS:
		put_string(l, p);
		break;
	case FT_HEX:
		line__char(l, '"');
		line__hex(l, *(const uint64_t *)p);
		line__char(l, '"');
		break;
	case FT_ADDR:
		line__char(l, '"');
		line__addr(l, p);
		line__char(l, '"');
		break;
	case FT_END:
		put_endpoint(l, p);
		break;
	case FT_OWNERS:
		put_owners(l, f);
		break;
	case FT_OPTS:
		put_sock_opts(l, p);
		break;
	case FT_SEG_OPTS:
		put_seg_opts(l, p);
		break;
	case FT_CAUSE:
		put_cause(l, f);
		break;
	case FT_WORDS:
		json_words__put(l, p);
		break;
	default:
		put_number(l, type, p);
	}
}

/* A field may be marked and still have nothing to say. */
static bool is_empty(const struct fact *f, const struct field_desc *d,
		     const void *p)
{
	switch (d->type) {
	case FT_STR:
		return !*(const char *const *)p;
	case FT_CAUSE:
		return !f->cause_kind;
	case FT_DIAG:
		return !f->diag;
	case FT_END:
		return d->id == F_PEER && !is_known(p);
	default:
		return false;
	}
}

bool json__has_value(const struct fact *f, const struct field_desc *d)
{
	return fact_has(f, d->id) &&
	       !is_empty(f, d, (const char *)f + d->offset);
}

void json__put_value(struct line *l, const struct fact *f,
		     const struct field_desc *d)
{
	put_value(l, f, d->type, (const char *)f + d->offset);
}

static void put_field(struct line *l, const struct fact *f,
		      const struct json_key *key)
{
	const struct field_desc *d = key->desc;
	const void *p = (const char *)f + d->offset;

	if (is_empty(f, d, p))
		return;
	put_lit(l, ",\"");
	line__put(l, d->name, key->name_len);
	put_lit(l, "\":");
	if (d->type == FT_DIAG)
		json_diag__put(l, f->diag, d->id);
	else
		put_value(l, f, d->type, p);
}

/* The calendar is asked once a second, not once an event. */
static void put_time(struct json *j, uint64_t time_ns)
{
	int64_t utc = (int64_t)time_ns + j->utc_offset_ns;
	int64_t second = utc / (int64_t)NS_PER_SEC - (utc % (int64_t)NS_PER_SEC < 0);

	if (second != j->second) {
		time_rfc3339(second * (int64_t)NS_PER_SEC, j->stamp);
		j->second = second;
	}
	line__put(&j->line, j->stamp, STAMP_SECONDS);
	line__char(&j->line, '.');
	line__digits(&j->line, (uint64_t)(utc - second * (int64_t)NS_PER_SEC), 9);
	line__char(&j->line, 'Z');
}

static void json__fact(void *ctx, const struct fact *f, struct out *out)
{
	struct json *j = ctx;
	struct line *l = &j->line;

	if ((unsigned int)f->id >= EV_MAX || !j->events[f->id])
		return;
	line__begin(l, out);
	put_lit(l, "{\"time\":\"");
	put_time(j, f->time_ns);
	put_lit(l, "\",\"event\":\"");
	line__str(l, j->events[f->id]);
	line__char(l, '"');
	for (size_t i = 0; i < j->nkeys; i++)
		if (fact_has(f, j->keys[i].desc->id))
			put_field(l, f, &j->keys[i]);
	line__char(l, '}');
	line__end(l);
}

static void json__free(void *ctx)
{
	struct json *j = ctx;

	if (!j)
		return;
	free(j->keys);
	free(j);
}

static void *json__new(const struct view_opts *opts)
{
	struct json *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->utc_offset_ns = opts->utc_offset_ns;
	j->second = INT64_MIN;
	j->nkeys = field_desc_count;
	j->keys = calloc(j->nkeys, sizeof(*j->keys));
	if (!j->keys) {
		json__free(j);
		return NULL;
	}
	for (size_t i = 0; i < j->nkeys; i++) {
		j->keys[i].desc = &field_descs[i];
		j->keys[i].name_len = strlen(field_descs[i].name);
	}
	for (size_t i = 0; i < event_desc_count; i++)
		j->events[event_descs[i].id] = event_descs[i].name;
	return j;
}

const struct view view_json = {
	.name = "json",
	.help = "one JSON object a line",
	.new = json__new,
	.fact = json__fact,
	.free = json__free,
};
