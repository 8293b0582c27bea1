// SPDX-License-Identifier: BSD-2-Clause
#include "event/diag_attrs.h"

#include <linux/inet_diag.h>
#include <linux/mptcp.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <linux/tls.h>
#include <string.h>
#include <sys/socket.h>

struct attr {
	unsigned int type;
	const void *data;
	size_t len;
};

/* False at the end, or where an attribute would leave what it is in. */
static bool next_attr(const void **at, size_t *left, struct attr *a)
{
	const struct rtattr *rta = *at;
	size_t step;

	if (*left < sizeof(*rta) || rta->rta_len < sizeof(*rta) ||
	    rta->rta_len > *left)
		return false;
	a->type = rta->rta_type & NLA_TYPE_MASK;
	a->data = RTA_DATA(rta);
	a->len = RTA_PAYLOAD(rta);
	step = RTA_ALIGN(rta->rta_len);
	*left = step < *left ? *left - step : 0;
	*at = (const char *)rta + step;
	return true;
}

/* A shorter value leaves the rest of v as it was. */
static bool load(const struct attr *a, void *v, size_t size)
{
	memcpy(v, a->data, a->len < size ? a->len : size);
	return a->len >= size;
}

static void load_name(const struct attr *a, char name[16])
{
	size_t len = strnlen(a->data, a->len);

	len = len < 15 ? len : 15;
	memcpy(name, a->data, len);
	name[len] = '\0';
}

/* Where a nested attribute belongs in struct ulp_info. */
struct member {
	unsigned int type;
	uint32_t has;
	size_t offset, size;
};

#define MEMBER(type, has, member) \
	{ type, has, offsetof(struct ulp_info, member), \
	  sizeof(((struct ulp_info *)0)->member) }

static const struct member tls_members[] = {
	MEMBER(TLS_INFO_VERSION, ULP_TLS_VERSION, tls_version),
	MEMBER(TLS_INFO_CIPHER, ULP_TLS_CIPHER, tls_cipher),
	MEMBER(TLS_INFO_RXCONF, ULP_TLS_RX, tls_rx),
	MEMBER(TLS_INFO_TXCONF, ULP_TLS_TX, tls_tx),
	{ TLS_INFO_ZC_RO_TX, ULP_TLS_ZC, 0, 0 },
	{ 0 },
};

static const struct member mptcp_members[] = {
	MEMBER(MPTCP_SUBFLOW_ATTR_FLAGS, ULP_MPTCP_FLAGS, flags),
	MEMBER(MPTCP_SUBFLOW_ATTR_TOKEN_REM, ULP_MPTCP_TOKENS, token_rem),
	MEMBER(MPTCP_SUBFLOW_ATTR_TOKEN_LOC, 0, token_loc),
	MEMBER(MPTCP_SUBFLOW_ATTR_ID_REM, 0, id_rem),
	MEMBER(MPTCP_SUBFLOW_ATTR_ID_LOC, 0, id_loc),
	MEMBER(MPTCP_SUBFLOW_ATTR_MAP_SEQ, ULP_MPTCP_SEQ, map_seq),
	MEMBER(MPTCP_SUBFLOW_ATTR_MAP_SFSEQ, ULP_MPTCP_SFSEQ, map_sfseq),
	MEMBER(MPTCP_SUBFLOW_ATTR_SSN_OFFSET, ULP_MPTCP_SSN, ssn_offset),
	MEMBER(MPTCP_SUBFLOW_ATTR_MAP_DATALEN, ULP_MPTCP_LEN, map_len),
	{ 0 },
};

static void take_nested(struct ulp_info *u, const struct attr *nest,
			const struct member *members)
{
	const void *at = nest->data;
	const struct member *m;
	size_t left = nest->len;
	struct attr a;

	while (next_attr(&at, &left, &a)) {
		for (m = members; m->type && m->type != a.type; m++)
			;
		if (m->type && load(&a, (char *)u + m->offset, m->size))
			u->has |= m->has;
	}
}

static void take_ulp(struct sock_diag *d, struct ulp_info *u,
		     const struct attr *nest)
{
	const void *at = nest->data;
	size_t left = nest->len;
	struct attr a;

	memset(u, 0, sizeof(*u));
	while (next_attr(&at, &left, &a)) {
		if (a.type == INET_ULP_INFO_NAME)
			load_name(&a, u->name);
		else if (a.type == INET_ULP_INFO_TLS)
			take_nested(u, &a, tls_members);
		else if (a.type == INET_ULP_INFO_MPTCP)
			take_nested(u, &a, mptcp_members);
	}
	d->ulp = u;
}

static void take_md5(struct sock_diag *d, struct md5_key *keys,
		     const struct attr *a)
{
	const struct tcp_diag_md5sig *sig = a->data;
	size_t n = a->len / sizeof(*sig);
	struct md5_key *k;

	d->nmd5 = n < DIAG_MAX_MD5 ? n : DIAG_MAX_MD5;
	d->md5 = keys;
	for (size_t i = 0; i < d->nmd5; i++, sig++) {
		k = &keys[i];
		*k = (struct md5_key){
			.family = sig->tcpm_family == AF_INET6 ? 6 : 4,
			.prefix_len = sig->tcpm_prefixlen,
			.key_len = sig->tcpm_keylen < sizeof(k->key) ?
					   sig->tcpm_keylen : sizeof(k->key),
			.addr = { [10] = 0xff, 0xff },
		};
		if (k->family == 6)
			memcpy(k->addr, sig->tcpm_addr, 16);
		else
			memcpy(k->addr + 12, sig->tcpm_addr, 4);
		memcpy(k->key, sig->tcpm_key, sizeof(k->key));
	}
}

static void take_cc(struct sock_diag *d, const struct attr *a)
{
	union tcp_cc_info cc = { 0 };

	load(a, &cc, sizeof(cc));
	if (a->type == INET_DIAG_BBRINFO) {
		d->has |= DIAG_BBR;
		d->cc.bbr.bw = (uint64_t)cc.bbr.bbr_bw_hi << 32 | cc.bbr.bbr_bw_lo;
		d->cc.bbr.min_rtt = cc.bbr.bbr_min_rtt;
		d->cc.bbr.pacing_gain = cc.bbr.bbr_pacing_gain;
		d->cc.bbr.cwnd_gain = cc.bbr.bbr_cwnd_gain;
	} else if (a->type == INET_DIAG_DCTCPINFO) {
		d->has |= DIAG_DCTCP;
		d->cc.dctcp.enabled = cc.dctcp.dctcp_enabled;
		d->cc.dctcp.ce_state = cc.dctcp.dctcp_ce_state;
		d->cc.dctcp.alpha = cc.dctcp.dctcp_alpha;
		d->cc.dctcp.ab_ecn = cc.dctcp.dctcp_ab_ecn;
		d->cc.dctcp.ab_tot = cc.dctcp.dctcp_ab_tot;
	} else {
		d->has |= DIAG_VEGAS;
		d->cc.vegas.enabled = cc.vegas.tcpv_enabled;
		d->cc.vegas.rttcnt = cc.vegas.tcpv_rttcnt;
		d->cc.vegas.rtt = cc.vegas.tcpv_rtt;
		d->cc.vegas.minrtt = cc.vegas.tcpv_minrtt;
	}
}

static void take_skmem(struct sock_diag *d, const struct attr *a)
{
	load(a, d->skmem, sizeof(d->skmem));
	d->nskmem = a->len / 4 < SKMEM_MAX ? a->len / 4 : SKMEM_MAX;
}

static uint32_t if_loaded(bool loaded, uint32_t bit)
{
	return loaded ? bit : 0;
}

static void take_attr(struct sock_diag *d, struct diag_parts *parts,
		      const struct attr *a)
{
	switch (a->type) {
	case INET_DIAG_INFO:
		d->tcp_info = a->data;
		d->tcp_info_len = (uint16_t)a->len;
		break;
	case INET_DIAG_SKMEMINFO:
		take_skmem(d, a);
		break;
	case INET_DIAG_CONG:
		load_name(a, d->cong);
		d->has |= DIAG_CONG;
		break;
	case INET_DIAG_VEGASINFO:
	case INET_DIAG_DCTCPINFO:
	case INET_DIAG_BBRINFO:
		take_cc(d, a);
		break;
	case INET_DIAG_MARK:
		d->has |= if_loaded(load(a, &d->mark, 4), DIAG_MARK);
		break;
	case INET_DIAG_CGROUP_ID:
		d->has |= if_loaded(load(a, &d->cgroup, 8), DIAG_CGROUP);
		break;
	case INET_DIAG_SKV6ONLY:
		d->has |= if_loaded(load(a, &d->v6only, 1), DIAG_V6ONLY);
		break;
	case INET_DIAG_SHUTDOWN:
		d->has |= if_loaded(load(a, &d->shutdown, 1), DIAG_SHUTDOWN);
		break;
	case INET_DIAG_MD5SIG:
		take_md5(d, parts->md5, a);
		break;
	case INET_DIAG_ULP_INFO:
		take_ulp(d, &parts->ulp, a);
		break;
	}
}

void diag_attrs__take(struct sock_diag *d, struct diag_parts *parts,
		      const void *attrs, size_t len)
{
	struct attr a;

	while (next_attr(&attrs, &len, &a))
		take_attr(d, parts, &a);
}
