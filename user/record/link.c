// SPDX-License-Identifier: BSD-2-Clause
#include "record/link.h"

#include <string.h>

/* include/uapi/linux/if_arp.h, if_ether.h, if_packet.h */
#define ARPHRD_ETHER 1
#define ARPHRD_LOOPBACK 772
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define PACKET_HOST 0
#define PACKET_OUTGOING 4

static void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static uint16_t protocol_of(const struct tt_rec_packet *r)
{
	return r->caplen && r->data[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP;
}

/* LINKTYPE_LINUX_SLL2: protocol, 0, interface, hardware, type, address. */
static size_t sll2(const struct tt_rec_packet *r, uint8_t *p)
{
	memset(p, 0, 20);
	put_be16(p, protocol_of(r));
	put_be16(p + 4, r->ifindex >> 16);
	put_be16(p + 6, r->ifindex);
	put_be16(p + 8, strcmp(r->ifname, "lo") ? ARPHRD_ETHER : ARPHRD_LOOPBACK);
	p[10] = r->dir == TT_DIR_OUT ? PACKET_OUTGOING : PACKET_HOST;
	return 20;
}

static size_t ethernet(const struct tt_rec_packet *r, uint8_t *p)
{
	memset(p, 0, 12);
	put_be16(p + 12, protocol_of(r));
	return 14;
}

size_t link__header(const struct tt_rec_packet *r, uint16_t type, uint8_t *buf)
{
	switch (type) {
	case LINK_SLL2:
		return sll2(r, buf);
	case LINK_ETHERNET:
		return ethernet(r, buf);
	default:
		return 0;
	}
}
