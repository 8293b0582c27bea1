// SPDX-License-Identifier: BSD-2-Clause
#include "event/tcp_info.h"

#include "base/bytes.h"

#define FIELD(id, name, offset, size) [id] = { name, offset, size, 0, 0 }

/* The compiler decides at which end of the byte a bit field begins. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BITS(id, name, offset, first, bits) [id] = { name, offset, 1, first, bits }
#else
#define BITS(id, name, offset, first, bits) \
	[id] = { name, offset, 1, 8 - (first) - (bits), bits }
#endif

const struct tcp_info_field tcp_info_fields[TI_MAX] = {
	FIELD(TI_STATE, "tcpi_state", 0, 1),
	FIELD(TI_CA_STATE, "tcpi_ca_state", 1, 1),
	FIELD(TI_RETRANSMITS, "tcpi_retransmits", 2, 1),
	FIELD(TI_PROBES, "tcpi_probes", 3, 1),
	FIELD(TI_BACKOFF, "tcpi_backoff", 4, 1),
	FIELD(TI_OPTIONS, "tcpi_options", 5, 1),
	BITS(TI_SND_WSCALE, "tcpi_snd_wscale", 6, 0, 4),
	BITS(TI_RCV_WSCALE, "tcpi_rcv_wscale", 6, 4, 4),
	BITS(TI_DELIVERY_RATE_APP_LIMITED, "tcpi_delivery_rate_app_limited", 7, 0, 1),
	BITS(TI_FASTOPEN_CLIENT_FAIL, "tcpi_fastopen_client_fail", 7, 1, 2),
	FIELD(TI_RTO, "tcpi_rto", 8, 4),
	FIELD(TI_ATO, "tcpi_ato", 12, 4),
	FIELD(TI_SND_MSS, "tcpi_snd_mss", 16, 4),
	FIELD(TI_RCV_MSS, "tcpi_rcv_mss", 20, 4),
	FIELD(TI_UNACKED, "tcpi_unacked", 24, 4),
	FIELD(TI_SACKED, "tcpi_sacked", 28, 4),
	FIELD(TI_LOST, "tcpi_lost", 32, 4),
	FIELD(TI_RETRANS, "tcpi_retrans", 36, 4),
	FIELD(TI_FACKETS, "tcpi_fackets", 40, 4),
	FIELD(TI_LAST_DATA_SENT, "tcpi_last_data_sent", 44, 4),
	FIELD(TI_LAST_ACK_SENT, "tcpi_last_ack_sent", 48, 4),
	FIELD(TI_LAST_DATA_RECV, "tcpi_last_data_recv", 52, 4),
	FIELD(TI_LAST_ACK_RECV, "tcpi_last_ack_recv", 56, 4),
	FIELD(TI_PMTU, "tcpi_pmtu", 60, 4),
	FIELD(TI_RCV_SSTHRESH, "tcpi_rcv_ssthresh", 64, 4),
	FIELD(TI_RTT, "tcpi_rtt", 68, 4),
	FIELD(TI_RTTVAR, "tcpi_rttvar", 72, 4),
	FIELD(TI_SND_SSTHRESH, "tcpi_snd_ssthresh", 76, 4),
	FIELD(TI_SND_CWND, "tcpi_snd_cwnd", 80, 4),
	FIELD(TI_ADVMSS, "tcpi_advmss", 84, 4),
	FIELD(TI_REORDERING, "tcpi_reordering", 88, 4),
	FIELD(TI_RCV_RTT, "tcpi_rcv_rtt", 92, 4),
	FIELD(TI_RCV_SPACE, "tcpi_rcv_space", 96, 4),
	FIELD(TI_TOTAL_RETRANS, "tcpi_total_retrans", 100, 4),
	FIELD(TI_PACING_RATE, "tcpi_pacing_rate", 104, 8),
	FIELD(TI_MAX_PACING_RATE, "tcpi_max_pacing_rate", 112, 8),
	FIELD(TI_BYTES_ACKED, "tcpi_bytes_acked", 120, 8),
	FIELD(TI_BYTES_RECEIVED, "tcpi_bytes_received", 128, 8),
	FIELD(TI_SEGS_OUT, "tcpi_segs_out", 136, 4),
	FIELD(TI_SEGS_IN, "tcpi_segs_in", 140, 4),
	FIELD(TI_NOTSENT_BYTES, "tcpi_notsent_bytes", 144, 4),
	FIELD(TI_MIN_RTT, "tcpi_min_rtt", 148, 4),
	FIELD(TI_DATA_SEGS_IN, "tcpi_data_segs_in", 152, 4),
	FIELD(TI_DATA_SEGS_OUT, "tcpi_data_segs_out", 156, 4),
	FIELD(TI_DELIVERY_RATE, "tcpi_delivery_rate", 160, 8),
	FIELD(TI_BUSY_TIME, "tcpi_busy_time", 168, 8),
	FIELD(TI_RWND_LIMITED, "tcpi_rwnd_limited", 176, 8),
	FIELD(TI_SNDBUF_LIMITED, "tcpi_sndbuf_limited", 184, 8),
	FIELD(TI_DELIVERED, "tcpi_delivered", 192, 4),
	FIELD(TI_DELIVERED_CE, "tcpi_delivered_ce", 196, 4),
	FIELD(TI_BYTES_SENT, "tcpi_bytes_sent", 200, 8),
	FIELD(TI_BYTES_RETRANS, "tcpi_bytes_retrans", 208, 8),
	FIELD(TI_DSACK_DUPS, "tcpi_dsack_dups", 216, 4),
	FIELD(TI_REORD_SEEN, "tcpi_reord_seen", 220, 4),
	FIELD(TI_RCV_OOOPACK, "tcpi_rcv_ooopack", 224, 4),
	FIELD(TI_SND_WND, "tcpi_snd_wnd", 228, 4),
	FIELD(TI_RCV_WND, "tcpi_rcv_wnd", 232, 4),
	FIELD(TI_REHASH, "tcpi_rehash", 236, 4),
	FIELD(TI_TOTAL_RTO, "tcpi_total_rto", 240, 2),
	FIELD(TI_TOTAL_RTO_RECOVERIES, "tcpi_total_rto_recoveries", 242, 2),
	FIELD(TI_TOTAL_RTO_TIME, "tcpi_total_rto_time", 244, 4),
	FIELD(TI_RECEIVED_CE, "tcpi_received_ce", 248, 4),
	FIELD(TI_DELIVERED_E1_BYTES, "tcpi_delivered_e1_bytes", 252, 4),
	FIELD(TI_DELIVERED_E0_BYTES, "tcpi_delivered_e0_bytes", 256, 4),
	FIELD(TI_DELIVERED_CE_BYTES, "tcpi_delivered_ce_bytes", 260, 4),
	FIELD(TI_RECEIVED_E1_BYTES, "tcpi_received_e1_bytes", 264, 4),
	FIELD(TI_RECEIVED_E0_BYTES, "tcpi_received_e0_bytes", 268, 4),
	FIELD(TI_RECEIVED_CE_BYTES, "tcpi_received_ce_bytes", 272, 4),
	FIELD(TI_ACCECN_FAIL_MODE, "tcpi_accecn_fail_mode", 276, 2),
	FIELD(TI_ACCECN_OPT_SEEN, "tcpi_accecn_opt_seen", 278, 2),
};

bool tcp_info__has(size_t len, enum tcp_info_id id)
{
	const struct tcp_info_field *f = &tcp_info_fields[id];

	return (size_t)f->offset + f->size <= len;
}

uint64_t tcp_info__get(const void *info, size_t len, enum tcp_info_id id)
{
	const struct tcp_info_field *f = &tcp_info_fields[id];
	uint64_t v;

	if (!tcp_info__has(len, id))
		return 0;
	v = get_host((const uint8_t *)info + f->offset, f->size);
	return f->bits ? v >> f->shift & ((1u << f->bits) - 1) : v;
}
