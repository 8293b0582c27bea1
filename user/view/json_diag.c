// SPDX-License-Identifier: BSD-2-Clause
#include "view/json_diag.h"

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
	static const char *const names[SKMEM_MAX] = {
		"rmem_alloc", "rcvbuf", "wmem_alloc", "sndbuf", "fwd_alloc",
		"wmem_queued", "optmem", "backlog", "drops",
	};

	for (int k = 0; k < d->nskmem; k++)
		number(o, names[k], d->skmem[k]);
}

static void put_cong_info(struct object *o, const struct sock_diag *d)
{
	const union cong_info *cc = &d->cc;

	word(o, "algorithm", d->cong);
	if (d->has & DIAG_BBR) {
		number(o, "bbr_bw", cc->bbr.bw);
		number(o, "bbr_min_rtt", cc->bbr.min_rtt);
		number(o, "bbr_pacing_gain", cc->bbr.pacing_gain);
		number(o, "bbr_cwnd_gain", cc->bbr.cwnd_gain);
	}
	if (d->has & DIAG_DCTCP) {
		number(o, "dctcp_enabled", cc->dctcp.enabled);
		number(o, "dctcp_ce_state", cc->dctcp.ce_state);
		number(o, "dctcp_alpha", cc->dctcp.alpha);
		number(o, "dctcp_ab_ecn", cc->dctcp.ab_ecn);
		number(o, "dctcp_ab_tot", cc->dctcp.ab_tot);
	}
	if (d->has & DIAG_VEGAS) {
		number(o, "tcpv_enabled", cc->vegas.enabled);
		number(o, "tcpv_rttcnt", cc->vegas.rttcnt);
		number(o, "tcpv_rtt", cc->vegas.rtt);
		number(o, "tcpv_minrtt", cc->vegas.minrtt);
	}
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
