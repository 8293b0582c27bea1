// SPDX-License-Identifier: BSD-2-Clause
#include "view/json_diag.h"

#include "base/bytes.h"
#include "event/tcp_info.h"

struct object {
	struct line *line;
	char sep; /* before the next member */
};

/* Names are the kernel's or ours and need no escapes. */
static void member(struct object *o, const char *name)
{
	line__char(o->line, o->sep);
	o->sep = ',';
	line__char(o->line, '"');
	line__str(o->line, name);
	line__put(o->line, "\":", 2);
}

static void number(struct object *o, const char *name, uint64_t v)
{
	member(o, name);
	line__u64(o->line, v);
}

static void word(struct object *o, const char *name, const char *v)
{
	member(o, name);
	line__char(o->line, '"');
	for (; *v; v++)
		line__char(o->line, *v > 0x20 && *v < 0x7f && *v != '"' && *v != '\\' ?
					    *v : '?');
	line__char(o->line, '"');
}

static void put_timer(struct object *o, const struct sock_diag *d)
{
	static const char *const kinds[] = { "off", "on", "keepalive", "timewait",
					     "persist" };

	word(o, "kind", d->timer < 5 ? kinds[d->timer] : "unknown");
	number(o, "expires_ms", d->expires_ms);
	number(o, "retries", d->retrans);
}

static void put_skmem(struct object *o, const struct sock_diag *d)
{
	for (int k = 0; k < d->nskmem; k++)
		number(o, skmem_names[k], d->skmem[k]);
}

#define CONG(bit, prefix, kind, member) \
	{ bit, prefix #member, offsetof(union cong_info, kind.member), \
	  sizeof(((union cong_info *)0)->kind.member) }

static const struct {
	uint32_t has;
	const char *name;
	size_t offset, size;
} cong_fields[] = {
	CONG(DIAG_BBR, "bbr_", bbr, bw),
	CONG(DIAG_BBR, "bbr_", bbr, min_rtt),
	CONG(DIAG_BBR, "bbr_", bbr, pacing_gain),
	CONG(DIAG_BBR, "bbr_", bbr, cwnd_gain),
	CONG(DIAG_DCTCP, "dctcp_", dctcp, enabled),
	CONG(DIAG_DCTCP, "dctcp_", dctcp, ce_state),
	CONG(DIAG_DCTCP, "dctcp_", dctcp, alpha),
	CONG(DIAG_DCTCP, "dctcp_", dctcp, ab_ecn),
	CONG(DIAG_DCTCP, "dctcp_", dctcp, ab_tot),
	CONG(DIAG_VEGAS, "tcpv_", vegas, enabled),
	CONG(DIAG_VEGAS, "tcpv_", vegas, rttcnt),
	CONG(DIAG_VEGAS, "tcpv_", vegas, rtt),
	CONG(DIAG_VEGAS, "tcpv_", vegas, minrtt),
};

static void put_cong_info(struct object *o, const struct sock_diag *d)
{
	word(o, "algorithm", d->cong);
	for (size_t i = 0; i < sizeof(cong_fields) / sizeof(cong_fields[0]); i++)
		if (d->has & cong_fields[i].has)
			number(o, cong_fields[i].name,
			       get_host((const char *)&d->cc + cong_fields[i].offset,
					cong_fields[i].size));
}

static void put_tcp_info(struct object *o, const struct sock_diag *d)
{
	for (int k = 0; k < TI_MAX; k++)
		if (tcp_info__has(d->tcp_info_len, k))
			number(o, tcp_info_fields[k].name,
			       tcp_info__get(d->tcp_info, d->tcp_info_len, k));
}

void json_diag__put(struct line *l, const struct sock_diag *d, enum field field)
{
	struct object o = { .line = l, .sep = '{' };

	if (field == F_TIMER)
		put_timer(&o, d);
	else if (field == F_SKMEM)
		put_skmem(&o, d);
	else if (field == F_CONG_INFO)
		put_cong_info(&o, d);
	else
		put_tcp_info(&o, d);
	if (o.sep == '{')
		line__char(l, '{');
	line__char(l, '}');
}

void json_words__put(struct line *l, const char *const *words)
{
	line__char(l, '[');
	for (size_t k = 0; words[k]; k++) {
		line__str(l, k ? ",\"" : "\"");
		line__str(l, words[k]);
		line__char(l, '"');
	}
	line__char(l, ']');
}
