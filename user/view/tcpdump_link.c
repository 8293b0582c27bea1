// SPDX-License-Identifier: BSD-2-Clause
/* The link layer: with -e its header, without it of SLL2 a device's name. */
#include "event/frame.h"
#include "view/tcpdump_packet.h"

static void put_mac(struct tcpdump *t, const uint8_t *mac)
{
	for (int i = 0; i < 6; i++) {
		if (i)
			line__char(&t->line, ':');
		put_bytes_hex(t, mac + i, 1);
	}
}

static const char *ethertype_name(uint16_t type)
{
	switch (type) {
	case 0x0800:
		return "IPv4";
	case 0x86dd:
		return "IPv6";
	case 0x8100:
		return "802.1Q";
	case 0x88a8:
		return "802.1Q-QinQ";
	case 0x9100:
		return "802.1Q-9100";
	case 0x9200:
		return "802.1Q-9200";
	}
	return "Unknown";
}

static void put_ethertype(struct tcpdump *t, uint16_t type)
{
	if (!t->form.quiet)
		PUT(t, "ethertype ");
	line__str(&t->line, ethertype_name(type));
	if (t->form.quiet)
		return;
	PUT(t, " (0x");
	put_hex(t, type, 4);
	line__char(&t->line, ')');
}

static void put_length(struct tcpdump *t, uint32_t len)
{
	PUT(t, ", length ");
	put_u32(t, len);
	PUT(t, ": ");
}

static void put_tag(struct tcpdump *t, uint16_t tci)
{
	PUT(t, "vlan ");
	put_u32(t, tci & 0xfff);
	PUT(t, ", p ");
	put_u32(t, tci >> 13);
	if (tci & 0x1000)
		PUT(t, ", DEI");
	PUT(t, ", ");
}

static int put_ip(struct tcpdump *t, const struct frame *f, uint32_t off,
		  uint16_t type)
{
	const uint8_t *p = f->data + off;
	uint32_t len = f->len - off;

	if (type == ETHERTYPE_IPV6)
		return tcpdump_ip6(t, p, len);
	return tcpdump_ip4(t, p, len);
}

static void begin_ether(struct tcpdump *t, const uint8_t *p)
{
	if (!t->form.link_header)
		return;
	put_mac(t, p + 6);
	PUT(t, " > ");
	put_mac(t, p);
	PUT(t, ", ");
}

/* The frame's length stands behind its first type. */
static void put_ether_type(struct tcpdump *t, const struct frame *f, uint16_t type,
			   bool first)
{
	if (!t->form.link_header)
		return;
	put_ethertype(t, type);
	if (first)
		put_length(t, f->len);
	else
		PUT(t, ", ");
}

static int put_ether(struct tcpdump *t, const struct frame *f, uint32_t *hdr_len)
{
	uint16_t type = get_be16(f->data + ETHER_LEN - 2);
	uint32_t off = ETHER_LEN;
	bool first = true;

	begin_ether(t, f->data);
	for (; ethertype_is_vlan(type) && has_bytes(t, f->data + off, VLAN_LEN);
	     off += VLAN_LEN) {
		put_ether_type(t, f, type, first);
		if (t->form.link_header)
			put_tag(t, get_be16(f->data + off));
		first = false;
		type = get_be16(f->data + off + 2);
	}
	put_ether_type(t, f, type, first);
	*hdr_len = off;
	return put_ip(t, f, off, type);
}

/* What follows a cooked header: tags, with a word for the type behind them. */
static int put_cooked(struct tcpdump *t, const struct frame *f, uint32_t off,
		      uint16_t type, uint32_t *hdr_len)
{
	for (; ethertype_is_vlan(type); off += VLAN_LEN) {
		if (t->form.link_header)
			put_tag(t, get_be16(f->data + off));
		type = get_be16(f->data + off + 2);
		if (!t->form.quiet) {
			PUT(t, "ethertype ");
			line__str(&t->line, ethertype_name(type));
			PUT(t, ", ");
		}
	}
	*hdr_len = off;
	return put_ip(t, f, off, type);
}

/* As wide as 3, to the right in SLL, to the left in SLL2. */
static const char *const pkttypes[5] = { "In", "B", "M", "P", "Out" };

static const char *pkttype_name(uint16_t type)
{
	return type < 5 ? pkttypes[type] : "?";
}

static void put_cooked_header(struct tcpdump *t, const struct frame *f,
			      const uint8_t *mac, uint16_t mac_len, uint16_t type)
{
	if (mac_len == 6) {
		put_mac(t, mac);
		line__char(&t->line, ' ');
	}
	if (t->form.quiet)
		return;
	put_ethertype(t, type);
	put_length(t, f->len);
}

static int put_sll(struct tcpdump *t, const struct frame *f, uint32_t *hdr_len)
{
	const uint8_t *p = f->data;
	uint16_t type = get_be16(p + 14);

	if (t->form.link_header) {
		const char *name = pkttype_name(get_be16(p));

		line__put(&t->line, "   ", 3 - strlen(name));
		line__str(&t->line, name);
		line__char(&t->line, ' ');
		put_cooked_header(t, f, p + 6, get_be16(p + 4), type);
	}
	return put_cooked(t, f, SLL_LEN, type, hdr_len);
}

static const char *device_name(struct tcpdump *t, const struct frame *f,
			       uint32_t index)
{
	if (f->ifname)
		return f->ifname;
	if (index == t->ifindex && *t->ifname)
		return t->ifname;
	t->ifindex = index;
	if (!t->form.ifname || !t->form.ifname(index, t->ifname))
		memcpy(t->ifname, "?", 2);
	return t->ifname;
}

static void put_padded(struct tcpdump *t, const char *s, size_t width)
{
	size_t len = strlen(s);

	line__put(&t->line, s, len);
	for (; len <= width; len++)
		line__char(&t->line, ' ');
}

static int put_sll2(struct tcpdump *t, const struct frame *f, uint32_t *hdr_len)
{
	const uint8_t *p = f->data;
	uint16_t type = get_be16(p);
	uint32_t index = get_be32(p + 4);

	if (!t->form.placed) {
		put_padded(t, device_name(t, f, index), 5);
		put_padded(t, pkttype_name(p[10]), 3);
	}
	if (t->form.link_header) {
		PUT(t, "ifindex ");
		put_u32(t, index);
		line__char(&t->line, ' ');
		put_cooked_header(t, f, p + 12, p[11], type);
	}
	return put_cooked(t, f, SLL2_LEN, type, hdr_len);
}

static int put_null(struct tcpdump *t, const struct frame *f, uint32_t *hdr_len)
{
	uint32_t family = get_be32(f->data);

	if (family & 0xffff0000)
		family = __builtin_bswap32(family);
	if (t->form.link_header) {
		if (!t->form.quiet)
			PUT(t, "AF ");
		line__str(&t->line, family == 2 ? "IPv4" : "IPv6");
		if (!t->form.quiet) {
			PUT(t, " (");
			put_u32(t, family);
			line__char(&t->line, ')');
		}
		put_length(t, f->len);
	}
	*hdr_len = NULL_LEN;
	return put_ip(t, f, NULL_LEN,
		      family == 2 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
}

static int put_raw(struct tcpdump *t, const struct frame *f, uint32_t *hdr_len)
{
	if (t->form.link_header)
		PUT(t, "ip: ");
	*hdr_len = 0;
	return put_ip(t, f, 0, f->data[0] >> 4 == 6 ? ETHERTYPE_IPV6 :
						      ETHERTYPE_IPV4);
}

int tcpdump_link(struct tcpdump *t, const struct frame *f, uint32_t *hdr_len)
{
	switch (f->link) {
	case LINK_ETHERNET:
		return put_ether(t, f, hdr_len);
	case LINK_SLL:
		return put_sll(t, f, hdr_len);
	case LINK_SLL2:
		return put_sll2(t, f, hdr_len);
	case LINK_NULL:
	case LINK_LOOP:
		return put_null(t, f, hdr_len);
	}
	return put_raw(t, f, hdr_len);
}
