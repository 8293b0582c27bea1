/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's struct tcp_info (include/uapi/linux/tcp.h), member by member.
 * It only ever grows: a kernel that fills in less of it has sent less of it.
 */
#ifndef EVENT_TCP_INFO_H
#define EVENT_TCP_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tcp_info_id {
	TI_STATE, TI_CA_STATE, TI_RETRANSMITS, TI_PROBES, TI_BACKOFF, TI_OPTIONS,
	TI_SND_WSCALE, TI_RCV_WSCALE, TI_DELIVERY_RATE_APP_LIMITED,
	TI_FASTOPEN_CLIENT_FAIL, TI_RTO, TI_ATO, TI_SND_MSS, TI_RCV_MSS, TI_UNACKED,
	TI_SACKED, TI_LOST, TI_RETRANS, TI_FACKETS, TI_LAST_DATA_SENT, TI_LAST_ACK_SENT,
	TI_LAST_DATA_RECV, TI_LAST_ACK_RECV, TI_PMTU, TI_RCV_SSTHRESH, TI_RTT,
	TI_RTTVAR, TI_SND_SSTHRESH, TI_SND_CWND, TI_ADVMSS, TI_REORDERING, TI_RCV_RTT,
	TI_RCV_SPACE, TI_TOTAL_RETRANS, TI_PACING_RATE, TI_MAX_PACING_RATE,
	TI_BYTES_ACKED, TI_BYTES_RECEIVED, TI_SEGS_OUT, TI_SEGS_IN, TI_NOTSENT_BYTES,
	TI_MIN_RTT, TI_DATA_SEGS_IN, TI_DATA_SEGS_OUT, TI_DELIVERY_RATE, TI_BUSY_TIME,
	TI_RWND_LIMITED, TI_SNDBUF_LIMITED, TI_DELIVERED, TI_DELIVERED_CE,
	TI_BYTES_SENT, TI_BYTES_RETRANS, TI_DSACK_DUPS, TI_REORD_SEEN, TI_RCV_OOOPACK,
	TI_SND_WND, TI_RCV_WND, TI_REHASH, TI_TOTAL_RTO, TI_TOTAL_RTO_RECOVERIES,
	TI_TOTAL_RTO_TIME, TI_RECEIVED_CE, TI_DELIVERED_E1_BYTES, TI_DELIVERED_E0_BYTES,
	TI_DELIVERED_CE_BYTES, TI_RECEIVED_E1_BYTES, TI_RECEIVED_E0_BYTES,
	TI_RECEIVED_CE_BYTES, TI_ACCECN_FAIL_MODE, TI_ACCECN_OPT_SEEN,
	TI_MAX,
};

struct tcp_info_field {
	const char *name;    /* the kernel's */
	uint16_t offset;
	uint8_t size;	     /* bytes */
	uint8_t shift, bits; /* of a bit field, bits 0 if it is none */
};

extern const struct tcp_info_field tcp_info_fields[TI_MAX];

/* info is what the kernel sent, len bytes of it. */
bool tcp_info__has(size_t len, enum tcp_info_id id);
/* 0 for what the kernel did not send. */
uint64_t tcp_info__get(const void *info, size_t len, enum tcp_info_id id);

#endif
