/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A packet's headers, from the IP header on, to the facts of one TCP segment.
 * The kernel programs, user space and the fuzzers compile this one copy, and
 * get the same answer for the same bytes.
 *
 * In a kernel program, data must be a map value or a ring buffer record with
 * TT_PKT_DATA_LONG readable bytes at data, 4-byte aligned: kernels before 5.12
 * refuse stack reads at a variable offset. Bytes past caplen are never used.
 */
#ifndef TCPTRACE_PARSE_H
#define TCPTRACE_PARSE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include "event.h"

#define TT_INLINE inline __attribute__((always_inline))

/* What tt_parse_segment() returns, negated */
enum {
	TT_PARSE_NOT_IP = 1,	 /* neither version 4 nor 6 */
	TT_PARSE_TRUNCATED = 2,	 /* the bytes end before the fixed TCP header */
	TT_PARSE_NOT_TCP = 3,	 /* nor known to lead to TCP */
	TT_PARSE_BAD_HEADER = 4, /* header lengths that cannot be */
	TT_PARSE_FRAGMENT = 5,	 /* a later fragment of a TCP segment */
};

#define TT_TCP_FIN 0x01
#define TT_TCP_SYN 0x02
#define TT_TCP_RST 0x04
#define TT_TCP_PSH 0x08
#define TT_TCP_ACK 0x10
#define TT_TCP_URG 0x20
#define TT_TCP_ECE 0x40
#define TT_TCP_CWR 0x80

#define TT_IPV4_LEN 20
#define TT_IPV6_LEN 40
#define TT_TCP_LEN 20

#define TT_IPPROTO_HOPOPTS 0
#define TT_IPPROTO_TCP 6
#define TT_IPPROTO_ROUTING 43
#define TT_IPPROTO_FRAGMENT 44
#define TT_IPPROTO_AH 51
#define TT_IPPROTO_DSTOPTS 60

#define TT_IPV6_EXT_MAX 6 /* extension headers in one packet */
#define TT_IPV6_EXT_LEN 8 /* each is at least that long */

/*
 * All zero but what was reached before an error. After TT_PARSE_FRAGMENT the
 * members of the IP header are valid, l4_off is where the fragment's data is.
 */
struct tt_seg {
	__u8 saddr[16] __attribute__((aligned(8))); /* IPv4: v4-mapped */
	__u8 daddr[16];
	__u16 sport_be;
	__u16 dport_be;
	__u32 seq;
	__u32 ack;
	__u32 ip_len; /* of the IP packet, its header included */
	__u32 payload_len;
	__u16 win; /* not scaled */
	__u16 l4_off;
	__u16 data_off; /* of the payload; may lie past caplen */
	__u8 version; /* 4 or 6 */
	__u8 ttl;
	__u8 frag; /* a later fragment: there is no TCP header */
	__u8 tcp_flags; /* TT_TCP_* */
	__u8 ae; /* accurate ECN, formerly NS: RFC 9768 */
	__u8 pad;
};

_Static_assert(sizeof(struct tt_seg) == 64, "tt_seg has no holes");

#ifdef __bpf__
/* Aligned: clang makes byte loads of anything less. */
typedef __u16 tt_be16 __attribute__((may_alias));
typedef __u32 tt_be32 __attribute__((may_alias));
/* Keeps clang from proving a bound the verifier cannot follow, and dropping
 * the check that shows it. */
#define TT_FORGET(var) asm volatile("" : "+r"(var))
#else
typedef __u16 tt_be16 __attribute__((may_alias, aligned(1)));
typedef __u32 tt_be32 __attribute__((may_alias, aligned(1)));
#define TT_FORGET(var) (void)(var)
#endif

static TT_INLINE __u16 tt_get_be16(const __u8 *p)
{
	__u16 v = *(const tt_be16 *)p;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	v = __builtin_bswap16(v);
#endif
	return v;
}

static TT_INLINE __u32 tt_get_be32(const __u8 *p)
{
	__u32 v = *(const tt_be32 *)p;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	v = __builtin_bswap32(v);
#endif
	return v;
}

static TT_INLINE void tt_copy32(__u8 *to, const __u8 *from)
{
	*(tt_be32 *)to = *(const tt_be32 *)from;
}

static TT_INLINE void tt_copy_mapped(__u8 *to, const __u8 *from)
{
	static const __u8 prefix[4] = { 0, 0, 0xff, 0xff };

	tt_copy32(to + 8, prefix);
	tt_copy32(to + 12, from);
}

static TT_INLINE void tt_copy_addr6(__u8 *to, const __u8 *from)
{
	tt_copy32(to, from);
	tt_copy32(to + 4, from + 4);
	tt_copy32(to + 8, from + 8);
	tt_copy32(to + 12, from + 12);
}

/*
 * True if need bytes at *off are not all there: within caplen and within the
 * TT_PKT_DATA_LONG bytes that a kernel program holds. User space keeps to the
 * latter too, or the two would differ over long chains of extension headers.
 */
static TT_INLINE int tt_past_end(__u64 *off, __u32 need, __u32 caplen)
{
	__u64 o = *off;

	if (o + need > caplen)
		return 1;
	TT_FORGET(o);
	*off = o;
	return o > TT_PKT_DATA_LONG - need;
}

static TT_INLINE int tt_parse_ipv4(const __u8 *data, __u32 caplen,
				   __u32 wire_len, struct tt_seg *seg)
{
	__u32 hdr_len, ip_len;

	if (caplen < TT_IPV4_LEN)
		return -TT_PARSE_TRUNCATED;
	hdr_len = (data[0] & 0xf) * 4;
	if (hdr_len < TT_IPV4_LEN)
		return -TT_PARSE_BAD_HEADER;

	/* 0 above 64 KiB: BIG TCP, and TSO as some drivers hand it over */
	ip_len = tt_get_be16(data + 2);
	if (!ip_len)
		ip_len = wire_len;
	if (ip_len < hdr_len)
		return -TT_PARSE_BAD_HEADER;

	seg->version = 4;
	seg->ttl = data[8];
	seg->ip_len = ip_len;
	seg->l4_off = hdr_len;
	tt_copy_mapped(seg->saddr, data + 12);
	tt_copy_mapped(seg->daddr, data + 16);

	if (data[9] != TT_IPPROTO_TCP)
		return -TT_PARSE_NOT_TCP;
	if (tt_get_be16(data + 6) & 0x1fff) {
		seg->frag = 1;
		return -TT_PARSE_FRAGMENT;
	}
	return 0;
}

static TT_INLINE int tt_is_ipv6_ext(__u8 next)
{
	return next == TT_IPPROTO_HOPOPTS || next == TT_IPPROTO_ROUTING ||
	       next == TT_IPPROTO_FRAGMENT || next == TT_IPPROTO_AH ||
	       next == TT_IPPROTO_DSTOPTS;
}

static TT_INLINE __u32 tt_ipv6_ext_len(__u8 next, const __u8 *ext)
{
	if (next == TT_IPPROTO_FRAGMENT)
		return 8;
	if (next == TT_IPPROTO_AH) /* in words, less 2: RFC 4302, 2.2 */
		return (ext[1] + 2) * 4;
	return (ext[1] + 1) * 8;
}

/* From the first extension header to TCP. */
static TT_INLINE int tt_walk_ipv6_ext(const __u8 *data, __u32 caplen, __u8 next,
				      struct tt_seg *seg)
{
	__u64 off = TT_IPV6_LEN, i;

	for (i = 0; i < TT_IPV6_EXT_MAX && tt_is_ipv6_ext(next); i++) {
		const __u8 *ext;

		TT_FORGET(i); /* unrolled, it is six times the work to verify */
		if (tt_past_end(&off, TT_IPV6_EXT_LEN, caplen))
			return -TT_PARSE_TRUNCATED;
		ext = data + off;
		off += tt_ipv6_ext_len(next, ext);
		if (next == TT_IPPROTO_FRAGMENT &&
		    (tt_get_be16(ext + 2) & 0xfff8))
			seg->frag = 1;
		next = ext[0];
		if (seg->frag)
			break;
	}
	seg->l4_off = off;
	if (next != TT_IPPROTO_TCP)
		return -TT_PARSE_NOT_TCP;
	return seg->frag ? -TT_PARSE_FRAGMENT : 0;
}

static TT_INLINE int tt_parse_ipv6(const __u8 *data, __u32 caplen,
				   __u32 wire_len, struct tt_seg *seg)
{
	__u32 len;

	if (caplen < TT_IPV6_LEN)
		return -TT_PARSE_TRUNCATED;

	/* 0: a jumbogram, RFC 2675, or BIG TCP without its option */
	len = tt_get_be16(data + 4);
	seg->ip_len = len ? len + TT_IPV6_LEN : wire_len;
	seg->version = 6;
	seg->ttl = data[7];
	seg->l4_off = TT_IPV6_LEN;
	tt_copy_addr6(seg->saddr, data + 8);
	tt_copy_addr6(seg->daddr, data + 24);

	if (data[6] == TT_IPPROTO_TCP)
		return 0;
	return tt_walk_ipv6_ext(data, caplen, data[6], seg);
}

static TT_INLINE int tt_parse_tcp(const __u8 *data, __u32 caplen,
				  struct tt_seg *seg)
{
	__u64 off = seg->l4_off;
	const __u8 *tcp;
	__u32 hdr_len, end;

	if (tt_past_end(&off, TT_TCP_LEN, caplen))
		return -TT_PARSE_TRUNCATED;
	tcp = data + off;
	hdr_len = (tcp[12] >> 4) * 4;
	end = seg->l4_off + hdr_len;
	if (hdr_len < TT_TCP_LEN || end > seg->ip_len)
		return -TT_PARSE_BAD_HEADER;

	seg->sport_be = *(const tt_be16 *)tcp;
	seg->dport_be = *(const tt_be16 *)(tcp + 2);
	seg->seq = tt_get_be32(tcp + 4);
	seg->ack = tt_get_be32(tcp + 8);
	seg->ae = tcp[12] & 1;
	seg->tcp_flags = tcp[13];
	seg->win = tt_get_be16(tcp + 14);
	seg->data_off = end;
	seg->payload_len = seg->ip_len - end;
	return 0;
}

/*
 * caplen bytes of a packet at data. wire_len is the length of the whole, of
 * the aggregate where segments travel as one; it stands in where the IP
 * header has no length. Returns 0 or a negated TT_PARSE_*.
 */
static TT_INLINE int tt_parse_segment(const __u8 *data, __u32 caplen,
				      __u32 wire_len, struct tt_seg *seg)
{
	int err;

	TT_FORGET(seg); /* or clang keeps its members apart, in spill slots */
	__builtin_memset(seg, 0, sizeof(*seg));
	if (!caplen)
		return -TT_PARSE_TRUNCATED;
	switch (data[0] >> 4) {
	case 4:
		err = tt_parse_ipv4(data, caplen, wire_len, seg);
		break;
	case 6:
		err = tt_parse_ipv6(data, caplen, wire_len, seg);
		break;
	default:
		return -TT_PARSE_NOT_IP;
	}
	if (err)
		return err;
	return tt_parse_tcp(data, caplen, seg);
}

#ifndef __bpf__

#define TT_TCPOPT_EOL 0
#define TT_TCPOPT_NOP 1
#define TT_TCPOPT_MSS 2
#define TT_TCPOPT_WSCALE 3
#define TT_TCPOPT_SACKOK 4
#define TT_TCPOPT_SACK 5
#define TT_TCPOPT_TS 8

struct tt_sack_block {
	__u32 left, right;
};

struct tt_tcp_opts {
	__u8 has_mss, has_wscale, sackok, has_ts;
	__u16 mss;
	__u8 wscale; /* as sent; above 14 counts as 14, RFC 7323 2.3 */
	__u8 nsack;
	__u32 tsval, tsecr;
	struct tt_sack_block sack[4];
	__u8 malformed; /* an option has a length it cannot have */
	__u8 cut; /* the last runs past len: malformed, or cut by the capture */
	__u8 pad[2];
};

static inline int tt_parse_sack(const __u8 *val, __u32 len,
				struct tt_tcp_opts *o)
{
	__u32 i, n = len / 8;

	if (len % 8 || !n || n > 4)
		return -1;
	for (i = 0; i < n; i++) {
		o->sack[i].left = tt_get_be32(val + 8 * i);
		o->sack[i].right = tt_get_be32(val + 8 * i + 4);
	}
	o->nsack = n;
	return 0;
}

/* One option's value, len bytes. -1 if a known kind has another length. */
static inline int tt_parse_tcp_opt(__u8 kind, const __u8 *val, __u32 len,
				   struct tt_tcp_opts *o)
{
	switch (kind) {
	case TT_TCPOPT_MSS:
		if (len != 2)
			return -1;
		o->has_mss = 1;
		o->mss = tt_get_be16(val);
		return 0;
	case TT_TCPOPT_WSCALE:
		if (len != 1)
			return -1;
		o->has_wscale = 1;
		o->wscale = val[0];
		return 0;
	case TT_TCPOPT_SACKOK:
		if (len != 0)
			return -1;
		o->sackok = 1;
		return 0;
	case TT_TCPOPT_SACK:
		return tt_parse_sack(val, len, o);
	case TT_TCPOPT_TS:
		if (len != 8)
			return -1;
		o->has_ts = 1;
		o->tsval = tt_get_be32(val);
		o->tsecr = tt_get_be32(val + 4);
		return 0;
	default:
		return 0;
	}
}

/*
 * The len bytes of options between the fixed TCP header and the payload. Of
 * options that occur twice the last counts, as in Linux. An option with a
 * wrong length is left out and those after it still count. Returns 0, or
 * -TT_PARSE_BAD_HEADER with malformed or cut set.
 */
static inline int tt_parse_tcp_opts(const __u8 *opts, __u32 len,
				    struct tt_tcp_opts *o)
{
	__u32 i = 0;

	__builtin_memset(o, 0, sizeof(*o));
	while (i < len && opts[i] != TT_TCPOPT_EOL) {
		__u32 opt_len;

		if (opts[i] == TT_TCPOPT_NOP) {
			i++;
			continue;
		}
		if (len - i < 2 || opts[i + 1] > len - i) {
			o->cut = 1;
			break;
		}
		opt_len = opts[i + 1];
		if (opt_len < 2) {
			o->malformed = 1;
			break;
		}
		if (tt_parse_tcp_opt(opts[i], opts + i + 2, opt_len - 2, o))
			o->malformed = 1;
		i += opt_len;
	}
	return o->malformed || o->cut ? -TT_PARSE_BAD_HEADER : 0;
}

#endif
#endif
