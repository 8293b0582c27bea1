/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the tcpdump view share. */
#ifndef VIEW_TCPDUMP_PACKET_H
#define VIEW_TCPDUMP_PACKET_H

#include "base/bytes.h"
#include "view/line.h"
#include "view/stamp.h"
#include "view/tcpdump.h"

struct seqs;

struct tcpdump {
	struct view_opts opts;
	struct packet_form form;
	struct line line;
	struct seqs *seqs;
	/* the packet that is being printed */
	const uint8_t *end; /* of what is captured, or of the IP packet */
	const char *proto;  /* that a cut is told of */
	uint32_t hdr_len;   /* of its link layer */
	struct stamp stamp;
	uint32_t ifindex; /* of ifname: the last one that was looked up */
	char ifname[16];
	char octets[256][4]; /* digits of a byte, and in the last how many */
};

/* What a printer returns. */
enum { DONE, CUT }; /* CUT: the bytes ended, and nothing was said of it yet */

/* Text that is known when this is compiled. */
#define PUT(t, literal) line__put(&(t)->line, literal, sizeof(literal) - 1)

static inline void put_u32(struct tcpdump *t, uint32_t v)
{
	line__u64(&t->line, v);
}

static inline bool has_bytes(const struct tcpdump *t, const uint8_t *p,
			     uint32_t n)
{
	return p <= t->end && (size_t)(t->end - p) >= n;
}

/* tcpdump.c */
void put_hex(struct tcpdump *t, uint64_t v, unsigned int digits); /* at least */
void put_bytes_hex(struct tcpdump *t, const uint8_t *p, uint32_t n);
void put_addr4(struct tcpdump *t, const uint8_t *addr);
void put_addr6(struct tcpdump *t, const uint8_t *addr);
/* " [|tcp]" */
void put_cut(struct tcpdump *t);

/* tcpdump_link.c: *hdr_len is set to the length of the link layer's header */
int tcpdump_link(struct tcpdump *t, const struct frame *f, uint32_t *hdr_len);
/* tcpdump_ip.c; len is that on the wire */
int tcpdump_ip4(struct tcpdump *t, const uint8_t *p, uint32_t len);
/* tcpdump_ip6.c */
int tcpdump_ip6(struct tcpdump *t, const uint8_t *p, uint32_t len);
/* tcpdump_tcp.c; ip is the header it travels under */
int tcpdump_tcp(struct tcpdump *t, const uint8_t *p, uint32_t len,
		const uint8_t *ip, bool fragmented);

/* What SACK edges and the like count from. */
struct options_ctx {
	uint32_t base;
	uint8_t flags; /* of the segment */
	bool whole;    /* its payload was captured */
};

/* tcpdump_opts.c: the options of a segment; false: the line ends here */
int tcpdump_options(struct tcpdump *t, const uint8_t *p, uint32_t len,
		    const struct options_ctx *ctx, bool *bad);
/* tcpdump_mptcp.c: an option of len bytes at p, its kind included. */
int tcpdump_mptcp(struct tcpdump *t, const uint8_t *p, uint32_t len,
		  uint8_t flags, bool *bad);

/* The sum of 16-bit words in network order, folded, not inverted. */
uint32_t checksum_add(uint32_t sum, const uint8_t *p, uint32_t len);
/* What the field should hold, given that it holds `is` in the sum. */
uint16_t checksum_should(uint32_t sum, uint16_t is);
bool checksum_is_right(uint32_t sum);

#endif
