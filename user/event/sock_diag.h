/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sock_diag(7) tells of one TCP socket, in numbers of the machine. What
 * pointers lead to belongs to who filled it in; sock_diag__copy() makes it
 * one block.
 */
#ifndef EVENT_SOCK_DIAG_H
#define EVENT_SOCK_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* struct sock_diag.has: what else came with it */
enum {
	DIAG_MARK = 1 << 0,
	DIAG_CGROUP = 1 << 1,
	DIAG_V6ONLY = 1 << 2,
	DIAG_SHUTDOWN = 1 << 3,
	DIAG_CONG = 1 << 4,
	DIAG_VEGAS = 1 << 5,
	DIAG_DCTCP = 1 << 6,
	DIAG_BBR = 1 << 7,
};

/* As in include/uapi/linux/sock_diag.h */
enum {
	SKMEM_RMEM_ALLOC, SKMEM_RCVBUF, SKMEM_WMEM_ALLOC, SKMEM_SNDBUF,
	SKMEM_FWD_ALLOC, SKMEM_WMEM_QUEUED, SKMEM_OPTMEM, SKMEM_BACKLOG,
	SKMEM_DROPS, SKMEM_MAX,
};

/* The kernel's, in lower case and without what they share. */
extern const char *const skmem_names[SKMEM_MAX];

/* What the congestion control says of itself, by DIAG_VEGAS, DCTCP, BBR. */
union cong_info {
	struct {
		uint32_t enabled, rttcnt, rtt, minrtt;
	} vegas;
	struct {
		uint16_t enabled, ce_state;
		uint32_t alpha, ab_ecn, ab_tot;
	} dctcp;
	struct {
		uint64_t bw; /* bytes a second */
		uint32_t min_rtt, pacing_gain, cwnd_gain;
	} bbr;
};

struct md5_key {
	uint8_t family, prefix_len; /* 4 or 6 */
	uint8_t key_len;
	uint8_t addr[16]; /* v4 in mapped form */
	uint8_t key[80];
};

/* struct ulp_info.has */
enum {
	ULP_TLS_VERSION = 1 << 0,
	ULP_TLS_CIPHER = 1 << 1,
	ULP_TLS_RX = 1 << 2,
	ULP_TLS_TX = 1 << 3,
	ULP_TLS_ZC = 1 << 4,
	ULP_MPTCP_FLAGS = 1 << 5,
	ULP_MPTCP_TOKENS = 1 << 6,
	ULP_MPTCP_SEQ = 1 << 7,
	ULP_MPTCP_SFSEQ = 1 << 8,
	ULP_MPTCP_SSN = 1 << 9,
	ULP_MPTCP_LEN = 1 << 10,
};

/* An upper layer protocol: kernel TLS, or a subflow of MPTCP. */
struct ulp_info {
	char name[16];
	uint32_t has;
	uint16_t tls_version, tls_cipher, tls_rx, tls_tx;
	uint32_t flags, token_rem, token_loc;
	uint64_t map_seq;
	uint32_t map_sfseq, ssn_offset;
	uint16_t map_len;
	uint8_t id_rem, id_loc;
};

struct sock_diag {
	uint64_t sk; /* cookie */
	uint64_t cgroup;
	uint32_t netns;
	uint32_t has;
	uint8_t laddr[16], raddr[16]; /* v4 in mapped form */
	uint16_t lport, rport;
	uint8_t family; /* 4, 6: the socket's own */
	uint8_t state;	/* enum tcp_state */
	uint8_t timer, retrans;
	uint32_t expires_ms;
	uint32_t rqueue, wqueue;
	uint32_t uid, ino, ifindex, mark;
	uint8_t v6only, shutdown;
	uint8_t nskmem; /* 0: not asked for */
	uint8_t nmd5;
	uint16_t tcp_info_len; /* 0: not asked for, or none */
	uint32_t skmem[SKMEM_MAX];
	char cong[16];
	union cong_info cc;
	const void *tcp_info; /* tcp_info.h */
	const struct md5_key *md5;
	const struct ulp_info *ulp; /* NULL: none */
};

/* One block, free() it. NULL if there is no memory. */
struct sock_diag *sock_diag__copy(const struct sock_diag *d);

#endif
