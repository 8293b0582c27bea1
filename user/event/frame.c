// SPDX-License-Identifier: BSD-2-Clause
#include "event/frame.h"

#include <string.h>

#include "base/str.h"
#include "tcptrace/parse.h"

/* sll_pkttype of LINUX_SLL and SLL2, the kernel's PACKET_* */
enum { PKTTYPE_OUTGOING = 4 };

/* Address families of IPv6 on the systems that write LINK_NULL. */
static bool is_inet6(uint32_t family)
{
	return family == 10 || family == 24 || family == 28 || family == 30;
}

bool link_type_known(uint32_t link)
{
	switch (link) {
	case LINK_NULL:
	case LINK_ETHERNET:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_RAW:
	case LINK_LOOP:
	case LINK_SLL:
	case LINK_IPV4:
	case LINK_IPV6:
	case LINK_SLL2:
		return true;
	}
	return false;
}

bool ethertype_is_vlan(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 ||
	       type == 0x9200;
}

static bool set_version(struct frame_ip *ip, uint16_t type)
{
	ip->version = type == ETHERTYPE_IPV4 ? 4 : type == ETHERTYPE_IPV6 ? 6 : 0;
	return ip->version;
}

/* The type at type_off, past the tags that follow it. */
static bool skip_tags(const struct frame *f, uint32_t type_off, uint32_t off,
		      struct frame_ip *ip)
{
	uint16_t type;

	if (f->caplen < off)
		return false;
	type = tt_get_be16(f->data + type_off);
	while (ethertype_is_vlan(type)) {
		if (f->caplen - off < VLAN_LEN)
			return false;
		type = tt_get_be16(f->data + off + 2);
		off += VLAN_LEN;
	}
	ip->off = off;
	return set_version(ip, type);
}

static bool null_ip(const struct frame *f, struct frame_ip *ip)
{
	uint32_t family;

	if (f->caplen < NULL_LEN)
		return false;
	family = tt_get_be32(f->data);
	if (family & 0xffff0000) /* a little-endian host's */
		family = __builtin_bswap32(family);
	ip->off = NULL_LEN;
	ip->version = family == 2 ? 4 : is_inet6(family) ? 6 : 0;
	return ip->version;
}

static bool raw_ip(const struct frame *f, struct frame_ip *ip)
{
	ip->off = 0;
	ip->version = f->caplen ? f->data[0] >> 4 : 0;
	return ip->version == 4 || ip->version == 6;
}

bool frame__ip(const struct frame *f, struct frame_ip *ip)
{
	switch (f->link) {
	case LINK_ETHERNET:
		return skip_tags(f, ETHER_LEN - 2, ETHER_LEN, ip);
	case LINK_SLL:
		return skip_tags(f, SLL_LEN - 2, SLL_LEN, ip);
	case LINK_SLL2:
		return skip_tags(f, 0, SLL2_LEN, ip);
	case LINK_NULL:
	case LINK_LOOP:
		return null_ip(f, ip);
	case LINK_IPV4: /* what the packet itself says counts, as to tcpdump */
	case LINK_IPV6:
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
		return raw_ip(f, ip);
	}
	return false;
}

static bool is_tcp6(const uint8_t *data, uint32_t len)
{
	uint32_t off = TT_IPV6_LEN;
	uint8_t next;

	if (len <= 6)
		return false;
	next = data[6];
	if (next == TT_IPPROTO_TCP)
		return true;
	while (tt_is_ipv6_ext(next)) {
		const uint8_t *ext = data + off;

		if (off > len || len - off < 2)
			return false;
		off += tt_ipv6_ext_len(next, ext);
		next = ext[0];
	}
	return next == TT_IPPROTO_TCP;
}

bool frame__is_tcp(const struct frame *f, const struct frame_ip *ip)
{
	const uint8_t *data = f->data + ip->off;
	uint32_t len = f->caplen - ip->off;

	if (ip->version == 4)
		return len > 9 && data[9] == TT_IPPROTO_TCP;
	return is_tcp6(data, len);
}

/* The direction that a cooked link layer tells: TT_DIR_*, 0 if it does not. */
static uint8_t cooked_dir(const struct frame *f)
{
	if (f->link == LINK_SLL && f->caplen >= SLL_LEN)
		return tt_get_be16(f->data) == PKTTYPE_OUTGOING ? TT_DIR_OUT :
								   TT_DIR_IN;
	if (f->link == LINK_SLL2 && f->caplen >= SLL2_LEN)
		return f->data[10] == PKTTYPE_OUTGOING ? TT_DIR_OUT : TT_DIR_IN;
	return 0;
}

/* The index of its device that SLL2 tells, else that of the frame. */
static uint32_t ifindex_of(const struct frame *f)
{
	if (f->link == LINK_SLL2 && f->caplen >= SLL2_LEN)
		return tt_get_be32(f->data + 4);
	return f->ifindex;
}

void frame__to_record(const struct frame *f, const struct frame_ip *ip,
		      struct tt_rec_packet *r)
{
	uint32_t caplen = f->caplen - ip->off;
	uint8_t dir = f->dir ? f->dir : cooked_dir(f);

	if (caplen > TT_PKT_DATA_LONG)
		caplen = TT_PKT_DATA_LONG;
	memset(r, 0, TT_REC_PACKET_HDR);
	r->hdr.kind = TT_REC_PACKET;
	r->hdr.len = TT_REC_PACKET_HDR + caplen;
	r->hdr.ts_ns = f->time_ns;
	r->ifindex = ifindex_of(f);
	r->wire_len = f->len - ip->off;
	r->caplen = caplen;
	r->dir = dir ? dir : TT_DIR_IN;
	r->flags = dir ? 0 : TT_PKT_UNPLACED;
	if (f->ifname)
		str_copy(r->ifname, f->ifname, sizeof(r->ifname));
	memcpy(r->data, f->data + ip->off, caplen);
}

/* --- from a record --- */

enum { ARPHRD_ETHER = 1, ARPHRD_LOOPBACK = 772, ARPHRD_NONE = 0xfffe };

static void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = (uint8_t)v;
}

static uint16_t hardware_of(const struct tt_rec_packet *r)
{
	const struct tt_link *l = tt_packet_link(r);

	if (l)
		return l->hatype;
	return strcmp(r->ifname, "lo") ? ARPHRD_ETHER : ARPHRD_LOOPBACK;
}

static uint16_t ethertype_of(const struct tt_rec_packet *r)
{
	return r->caplen && tt_packet_data(r)[0] >> 4 == 6 ? ETHERTYPE_IPV6 :
							      ETHERTYPE_IPV4;
}

/* Protocol, 0, interface, hardware, packet type, length and address. */
static size_t sll2_header(const struct tt_rec_packet *r, uint8_t *p)
{
	const struct tt_link *l = tt_packet_link(r);

	memset(p, 0, SLL2_LEN);
	put_be16(p, ethertype_of(r));
	put_be16(p + 4, r->ifindex >> 16);
	put_be16(p + 6, (uint16_t)r->ifindex);
	put_be16(p + 8, hardware_of(r));
	/* Of lo libpcap leaves out what leaves and shows what comes back. */
	if (hardware_of(r) != ARPHRD_LOOPBACK && r->dir == TT_DIR_OUT)
		p[10] = PKTTYPE_OUTGOING;
	if (!l)
		return SLL2_LEN;
	if (r->dir != TT_DIR_OUT) /* on the way out it is not set yet */
		p[10] = l->pkttype;
	p[11] = l->addr_len;
	memcpy(p + 12, l->addr, sizeof(l->addr));
	return SLL2_LEN;
}

/* A tag that the device keeps apart goes where it was on the wire. */
static size_t ether_header(const struct tt_rec_packet *r, uint8_t *p)
{
	const struct tt_link *l = tt_packet_link(r);
	size_t n = ETHER_LEN;

	memset(p, 0, ETHER_LEN - 2);
	put_be16(p + ETHER_LEN - 2, ethertype_of(r));
	if (!l)
		return n;
	if (l->l2_len >= ETHER_LEN && l->l2_len <= TT_LINK_L2_LEN) {
		n = l->l2_len;
		memcpy(p, l->l2, n);
	}
	if (!l->vlan_proto_be)
		return n;
	memmove(p + ETHER_LEN - 2 + VLAN_LEN, p + ETHER_LEN - 2,
		n - (ETHER_LEN - 2));
	memcpy(p + ETHER_LEN - 2, &l->vlan_proto_be, 2);
	put_be16(p + ETHER_LEN, l->vlan_tci);
	return n + VLAN_LEN;
}

uint32_t frame__device_link(const struct tt_rec_packet *r)
{
	uint16_t hatype = hardware_of(r);

	return hatype == ARPHRD_ETHER || hatype == ARPHRD_LOOPBACK ?
		       LINK_ETHERNET : LINK_RAW;
}

size_t frame__link_header(const struct tt_rec_packet *r, uint32_t link,
			  uint8_t *buf)
{
	switch (link) {
	case LINK_SLL2:
		return sll2_header(r, buf);
	case LINK_ETHERNET:
		return ether_header(r, buf);
	}
	return 0;
}

void frame__from_record(const struct tt_rec_packet *r, uint32_t link,
			struct frame *f, uint8_t *buf)
{
	size_t n = frame__link_header(r, link, buf);

	memcpy(buf + n, tt_packet_data(r), r->caplen);
	*f = (struct frame){
		.time_ns = r->hdr.ts_ns,
		.link = link,
		.caplen = (uint32_t)n + r->caplen,
		.len = (uint32_t)n + r->wire_len,
		.ifindex = r->ifindex,
		.ifname = r->ifname,
		.data = buf,
		.dir = r->dir,
	};
}
