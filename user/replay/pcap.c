// SPDX-License-Identifier: BSD-2-Clause
/* The classic format, of libpcap since 1998 and its relatives. */
#include <string.h>

#include "replay/file.h"

enum {
	MAGIC_US = 0xa1b2c3d4,
	MAGIC_NS = 0xa1b23c4d,
	MAGIC_PATCHED = 0xa1b2cd34, /* ss990915: 8 bytes more a packet */
	FILE_HEADER = 24,
	PACKET_HEADER = 16,
	PATCHED_HEADER = 24,
};

static bool take_magic(struct capture *c, uint32_t magic)
{
	c->header_len = magic == MAGIC_PATCHED ? PATCHED_HEADER : PACKET_HEADER;
	c->frac_ns = magic == MAGIC_NS ? 1 : NS_PER_US;
	return magic == MAGIC_US || magic == MAGIC_NS || magic == MAGIC_PATCHED;
}

static bool know_order(struct capture *c, const uint8_t *head)
{
	c->swapped = false;
	if (take_magic(c, pcapng_u32(head, false)))
		return true;
	c->swapped = true;
	return take_magic(c, pcapng_u32(head, true));
}

int pcap__open(struct capture *c)
{
	const uint8_t *head = source__peek(c->source, sizeof(uint32_t));
	uint32_t link, snaplen;

	if (!know_order(c, head))
		return capture__fail(c, "neither pcap nor pcapng");
	head = source__peek(c->source, FILE_HEADER);
	if (!head)
		return capture__fail(c, "ends inside the file header");
	if (pcapng_u16(head + 4, c->swapped) != 2)
		return capture__fail(c, "pcap version %u: only 2 is known",
				     pcapng_u16(head + 4, c->swapped));
	c->minor = pcapng_u16(head + 6, c->swapped);
	snaplen = pcapng_u32(head + 16, c->swapped);
	/* 0: some tools do not say; what is above int, libpcap takes as that */
	if (!snaplen || snaplen > INT32_MAX)
		snaplen = MAX_CAPLEN;
	link = pcapng_u32(head + 20, c->swapped) & 0x03ffffff; /* less FCS */
	if (!link_type_known(link))
		return capture__fail(c, "link type %u: only Ethernet, raw IP, Linux "
				     "cooked and BSD loopback are read", link);
	source__skip(c->source, FILE_HEADER);
	return capture__add_interface(c, link, snaplen) ? 0 : capture__fail(c,
							     "no memory");
}

/* Until 2.3 the two lengths stood the other way round, in some of 2.3 too. */
static void mend_lengths(const struct capture *c, uint32_t *caplen,
			 uint32_t *len)
{
	uint32_t swap = *caplen;

	if (c->minor < 3 || (c->minor == 3 && *caplen > *len)) {
		*caplen = *len;
		*len = swap;
	}
}

int pcap__next(struct capture *c, struct capture_item *item)
{
	const struct capture_interface *i = &c->interfaces[0].shown;
	const uint8_t *head = source__peek(c->source, c->header_len);
	uint32_t caplen, len;

	if (!head)
		return capture__end(c, "a packet header");
	caplen = pcapng_u32(head + 8, c->swapped);
	len = pcapng_u32(head + 12, c->swapped);
	mend_lengths(c, &caplen, &len);
	if (caplen > MAX_CAPLEN)
		return capture__fail(c, "a packet of %u bytes, more than %u",
				     caplen, (unsigned int)MAX_CAPLEN);
	head = source__peek(c->source, c->header_len + caplen);
	if (!head)
		return capture__end(c, "a packet");
	c->to_skip = c->header_len + caplen;
	*item = (struct capture_item){ .kind = CAPTURE_FRAME };
	item->frame = (struct frame){
		.time_ns = pcapng_u32(head, c->swapped) * NS_PER_SEC +
			   (uint64_t)pcapng_u32(head + 4, c->swapped) *
				   c->frac_ns,
		.link = i->link,
		.caplen = caplen < i->snaplen ? caplen : i->snaplen,
		.len = len,
		.data = head + c->header_len,
	};
	return 1;
}
