// SPDX-License-Identifier: BSD-2-Clause
#include "view/ss_info.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/out.h"
#include "base/str.h"
#include "event/names.h"
#include "event/tcp_info.h"

/* include/uapi/linux/tcp.h: bits of tcpi_options */
#define OPT_TIMESTAMPS 1
#define OPT_SACK 2
#define OPT_WSCALE 4
#define OPT_ECN 8
#define OPT_ECN_SEEN 16
#define OPT_SYN_DATA 32

#define RTO_INITIAL 3000000 /* of old kernels: not a measured one */
#define NO_SSTHRESH 0xffff
#define NO_REORDERING 3	    /* what a connection begins with */
#define NO_RTT 0x7fffffff   /* of vegas: none yet */

struct info {
	struct out *out;
	const struct sock_diag *d;
	bool numeric;
};

static uint64_t get(const struct info *i, enum tcp_info_id id)
{
	return tcp_info__get(i->d->tcp_info, i->d->tcp_info_len, id);
}

/* " name:value", nothing for 0 */
static void put_u(const struct info *i, const char *name, uint64_t v)
{
	if (!v)
		return;
	out__char(i->out, ' ');
	out__str(i->out, name);
	out__char(i->out, ':');
	out__u64(i->out, v);
}

static void put_ms(const struct info *i, const char *name, uint64_t us)
{
	if (us)
		out__printf(i->out, " %s:%g", name, (double)us / 1000);
}

static void put_rate(const struct info *i, double bits)
{
	if (i->numeric)
		out__printf(i->out, "%.0fbps", bits);
	else if (bits >= 1e12)
		out__printf(i->out, "%.3gTbps", bits / 1e12);
	else if (bits >= 1e9)
		out__printf(i->out, "%.3gGbps", bits / 1e9);
	else if (bits >= 1e6)
		out__printf(i->out, "%.3gMbps", bits / 1e6);
	else if (bits >= 1e3)
		out__printf(i->out, "%.3gkbps", bits / 1e3);
	else
		out__printf(i->out, "%gbps", bits);
}

static void put_memory(struct out *out, const struct sock_diag *d)
{
	static const char *const names[SKMEM_MAX] = { "r", ",rb", ",t", ",tb", ",f",
						      ",w", ",o", ",bl", ",d" };

	if (!d->nskmem)
		return;
	out__str(out, " skmem:(");
	for (int k = 0; k < SKMEM_MAX; k++) {
		/* The last two came later. */
		if (k >= SKMEM_BACKLOG && k >= d->nskmem)
			break;
		out__str(out, names[k]);
		out__u64(out, d->skmem[k]);
	}
	out__char(out, ')');
}

static void put_options(const struct info *i)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} options[] = {
		{ OPT_TIMESTAMPS, " ts" },   { OPT_SACK, " sack" },
		{ OPT_ECN, " ecn" },	     { OPT_ECN_SEEN, " ecnseen" },
		{ OPT_SYN_DATA, " fastopen" },
	};

	for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++)
		if (get(i, TI_OPTIONS) & options[k].bit)
			out__str(i->out, options[k].name);
}

static void put_timing(const struct info *i)
{
	if (get(i, TI_OPTIONS) & OPT_WSCALE)
		out__printf(i->out, " wscale:%u,%u",
			    (unsigned int)get(i, TI_SND_WSCALE),
			    (unsigned int)get(i, TI_RCV_WSCALE));
	if (get(i, TI_RTO) != RTO_INITIAL)
		put_ms(i, "rto", get(i, TI_RTO));
	put_u(i, "backoff", get(i, TI_BACKOFF));
	if (get(i, TI_RTT))
		out__printf(i->out, " rtt:%g/%g", (double)get(i, TI_RTT) / 1000,
			    (double)get(i, TI_RTTVAR) / 1000);
	put_ms(i, "ato", get(i, TI_ATO));
}

static void put_sizes(const struct info *i)
{
	put_u(i, "mss", get(i, TI_SND_MSS));
	put_u(i, "pmtu", get(i, TI_PMTU));
	put_u(i, "rcvmss", get(i, TI_RCV_MSS));
	put_u(i, "advmss", get(i, TI_ADVMSS));
	put_u(i, "cwnd", get(i, TI_SND_CWND));
	if (get(i, TI_SND_SSTHRESH) < NO_SSTHRESH)
		put_u(i, "ssthresh", get(i, TI_SND_SSTHRESH));
	put_u(i, "bytes_sent", get(i, TI_BYTES_SENT));
	put_u(i, "bytes_retrans", get(i, TI_BYTES_RETRANS));
	put_u(i, "bytes_acked", get(i, TI_BYTES_ACKED));
	put_u(i, "bytes_received", get(i, TI_BYTES_RECEIVED));
	put_u(i, "segs_out", get(i, TI_SEGS_OUT));
	put_u(i, "segs_in", get(i, TI_SEGS_IN));
	put_u(i, "data_segs_out", get(i, TI_DATA_SEGS_OUT));
	put_u(i, "data_segs_in", get(i, TI_DATA_SEGS_IN));
}

static void put_congestion(const struct info *i)
{
	const union cong_info *cc = &i->d->cc;

	if (i->d->has & DIAG_DCTCP && !cc->dctcp.enabled) {
		out__str(i->out, " dctcp:fallback_mode");
	} else if (i->d->has & DIAG_DCTCP) {
		out__printf(i->out, " dctcp:(ce_state:%u,alpha:%u,ab_ecn:%u,ab_tot:%u)",
			    cc->dctcp.ce_state, cc->dctcp.alpha, cc->dctcp.ab_ecn,
			    cc->dctcp.ab_tot);
	} else if (i->d->has & DIAG_BBR) {
		out__str(i->out, " bbr:(bw:");
		put_rate(i, (double)cc->bbr.bw * 8.0);
		out__printf(i->out, ",mrtt:%g", (double)cc->bbr.min_rtt / 1000.0);
		if (cc->bbr.pacing_gain)
			out__printf(i->out, ",pacing_gain:%g",
				    (double)cc->bbr.pacing_gain / 256.0);
		if (cc->bbr.cwnd_gain)
			out__printf(i->out, ",cwnd_gain:%g",
				    (double)cc->bbr.cwnd_gain / 256.0);
		out__char(i->out, ')');
	}
}

/* A window each round trip. */
static void put_send_rate(const struct info *i)
{
	const union cong_info *cc = &i->d->cc;
	double rtt = (double)get(i, TI_RTT), mss = (double)get(i, TI_SND_MSS);
	double cwnd = (double)get(i, TI_SND_CWND);

	if (i->d->has & DIAG_VEGAS && cc->vegas.enabled && cc->vegas.rtt &&
	    cc->vegas.rtt != NO_RTT)
		rtt = cc->vegas.rtt;
	if (rtt <= 0 || mss <= 0 || cwnd <= 0)
		return;
	out__str(i->out, " send ");
	put_rate(i, cwnd * mss * 8000000. / rtt);
}

static bool is_rate(uint64_t v)
{
	return v && v != UINT64_MAX;
}

static void put_rates(const struct info *i)
{
	uint64_t pacing = get(i, TI_PACING_RATE), max = get(i, TI_MAX_PACING_RATE);

	put_send_rate(i);
	put_u(i, "lastsnd", get(i, TI_LAST_DATA_SENT));
	put_u(i, "lastrcv", get(i, TI_LAST_DATA_RECV));
	put_u(i, "lastack", get(i, TI_LAST_ACK_RECV));
	if (is_rate(pacing)) {
		out__str(i->out, " pacing_rate ");
		put_rate(i, (double)pacing * 8.);
		if (is_rate(max)) {
			out__char(i->out, '/');
			put_rate(i, (double)max * 8.);
		}
	}
	if (get(i, TI_DELIVERY_RATE)) {
		out__str(i->out, " delivery_rate ");
		put_rate(i, (double)get(i, TI_DELIVERY_RATE) * 8.);
	}
	put_u(i, "delivered", get(i, TI_DELIVERED));
	put_u(i, "delivered_ce", get(i, TI_DELIVERED_CE));
	if (get(i, TI_DELIVERY_RATE_APP_LIMITED))
		out__str(i->out, " app_limited");
}

static void put_share(const struct info *i, const char *name, uint64_t us,
		      uint64_t busy)
{
	if (us)
		out__printf(i->out, " %s:%llums(%.1f%%)", name,
			    (unsigned long long)us / 1000,
			    100.0 * (double)us / (double)busy);
}

static void put_busy(const struct info *i)
{
	uint64_t busy = get(i, TI_BUSY_TIME);

	if (!busy)
		return;
	out__printf(i->out, " busy:%llums", (unsigned long long)busy / 1000);
	put_share(i, "rwnd_limited", get(i, TI_RWND_LIMITED), busy);
	put_share(i, "sndbuf_limited", get(i, TI_SNDBUF_LIMITED), busy);
}

static void put_flight(const struct info *i)
{
	uint64_t now = get(i, TI_RETRANS), all = get(i, TI_TOTAL_RETRANS);
	uint64_t reordering = get(i, TI_REORDERING);

	put_u(i, "unacked", get(i, TI_UNACKED));
	if (now || all)
		out__printf(i->out, " retrans:%u/%u", (unsigned int)now,
			    (unsigned int)all);
	put_u(i, "lost", get(i, TI_LOST));
	/* Of a listener it is the limit of its queue. */
	if (i->d->state != ST_LISTEN)
		put_u(i, "sacked", get(i, TI_SACKED));
	put_u(i, "dsack_dups", get(i, TI_DSACK_DUPS));
	put_u(i, "fackets", get(i, TI_FACKETS));
	if (reordering != NO_REORDERING)
		out__printf(i->out, " reordering:%d", (int)reordering);
	put_u(i, "reord_seen", get(i, TI_REORD_SEEN));
}

static void put_receiver(const struct info *i)
{
	uint64_t min_rtt = get(i, TI_MIN_RTT);

	put_ms(i, "rcv_rtt", get(i, TI_RCV_RTT));
	put_u(i, "rcv_space", get(i, TI_RCV_SPACE));
	put_u(i, "rcv_ssthresh", get(i, TI_RCV_SSTHRESH));
	put_u(i, "notsent", get(i, TI_NOTSENT_BYTES));
	if (min_rtt != UINT32_MAX)
		put_ms(i, "minrtt", min_rtt);
	put_u(i, "rcv_ooopack", get(i, TI_RCV_OOOPACK));
	put_u(i, "snd_wnd", get(i, TI_SND_WND));
}

static void put_tcp_info(const struct info *i)
{
	put_options(i);
	if (i->d->cong[0]) {
		out__char(i->out, ' ');
		out__str(i->out, i->d->cong);
	}
	put_timing(i);
	put_sizes(i);
	put_congestion(i);
	put_rates(i);
	put_busy(i);
	put_flight(i);
	put_receiver(i);
}

/* ss 6.1 prints the keys past its columns, before everything else; here they
 * stand where they belong. */
static void put_md5(struct out *out, const struct sock_diag *d)
{
	char addr[46];

	for (int k = 0; k < d->nmd5; k++) {
		const struct md5_key *key = &d->md5[k];

		out__str(out, k ? "," : " md5keys:");
		str_addr(key->addr, key->family == 4, addr);
		out__printf(out, "%s/%d=", addr, key->prefix_len);
		for (int n = 0; n < key->key_len; n++) {
			unsigned char c = key->key[n];

			if (isprint(c) && c != '\\' && c != ' ' && c != ',')
				out__char(out, (char)c);
			else
				out__printf(out, "\\%03o", c);
		}
	}
}

static void put_tls_conf(struct out *out, const char *name, unsigned int conf)
{
	static const char *const names[] = { NULL, "none", "sw", "hw", "hw-record" };

	if (conf && conf < sizeof(names) / sizeof(names[0]))
		out__printf(out, " %s: %s", name, names[conf]);
	else
		out__printf(out, " %s: unknown(%u)", name, conf);
}

/* Numbers of include/uapi/linux/tls.h */
static void put_tls(struct out *out, const struct ulp_info *u)
{
	if (u->has & ULP_TLS_VERSION) {
		if (u->tls_version == 0x0303)
			out__str(out, " version: 1.2");
		else if (u->tls_version == 0x0304)
			out__str(out, " version: 1.3");
		else
			out__printf(out, " version: unknown(%u)", u->tls_version);
	}
	if (u->has & ULP_TLS_CIPHER && u->tls_cipher == 51)
		out__str(out, " cipher: aes-gcm-128");
	else if (u->has & ULP_TLS_CIPHER && u->tls_cipher == 52)
		out__str(out, " cipher: aes-gcm-256");
	if (u->has & ULP_TLS_RX)
		put_tls_conf(out, "rxconf", u->tls_rx);
	if (u->has & ULP_TLS_TX)
		put_tls_conf(out, "txconf", u->tls_tx);
	if (u->has & ULP_TLS_ZC)
		out__str(out, " zc_ro_tx");
}

static void put_mptcp(struct out *out, const struct ulp_info *u)
{
	static const char letters[] = "MmJjBbecv"; /* from bit 0 up */

	if (u->has & ULP_MPTCP_FLAGS && u->flags) {
		out__str(out, " flags:");
		for (int k = 0; letters[k]; k++)
			if (u->flags & 1u << k)
				out__char(out, letters[k]);
	}
	if (u->has & ULP_MPTCP_TOKENS)
		out__printf(out, " token:%04x(id:%u)/%04x(id:%u)", u->token_rem,
			    u->id_rem, u->token_loc, u->id_loc);
	if (u->has & ULP_MPTCP_SEQ)
		out__printf(out, " seq:%llx", (unsigned long long)u->map_seq);
	if (u->has & ULP_MPTCP_SFSEQ)
		out__printf(out, " sfseq:%x", u->map_sfseq);
	if (u->has & ULP_MPTCP_SSN)
		out__printf(out, " ssnoff:%x", u->ssn_offset);
	if (u->has & ULP_MPTCP_LEN)
		out__printf(out, " maplen:%x", u->map_len);
}

void ss_info__put(struct out *out, const struct sock_diag *d, bool numeric)
{
	struct info i = { .out = out, .d = d, .numeric = numeric };

	put_memory(out, d);
	if (d->tcp_info_len)
		put_tcp_info(&i);
	put_md5(out, d);
	if (d->ulp) {
		out__printf(out, " tcp-ulp-%s", d->ulp->name);
		put_tls(out, d->ulp);
		put_mptcp(out, d->ulp);
	}
}
