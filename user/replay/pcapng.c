// SPDX-License-Identifier: BSD-2-Clause
/* pcapng: blocks, each with its length at both ends (draft-ietf-opsawg-pcapng). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/file.h"
#include "tcptrace/event.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
};

#define BLOCK_LOCAL 0x80000000u
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

enum { OPT_END = 0, OPT_EPB_FLAGS = 2, OPT_IF_NAME = 2, OPT_IF_TSRESOL = 9,
       OPT_IF_TSOFFSET = 14 };

enum {
	BLOCK_HEAD = 8,	 /* type and length */
	BLOCK_AROUND = 12, /* and the length again */
	SECTION_BODY = 16,
	INTERFACE_BODY = 8,
	ENHANCED_BODY = 20,
	SIMPLE_BODY = 4,
};

struct block {
	uint32_t type, len; /* of the body */
	const uint8_t *body;
};

static uint32_t pad4(uint32_t len)
{
	return (len + 3) & ~3u;
}

/* --- options --- */

bool pcapng_next_option(const struct pcapng_options *o, uint32_t *at,
			uint16_t *code, const uint8_t **value, uint16_t *len)
{
	uint32_t left = o->len - *at;
	const uint8_t *p = o->data + *at;

	if (left < 4)
		return false;
	*code = pcapng_u16(p, o->swapped);
	*len = pcapng_u16(p + 2, o->swapped);
	if (*code == OPT_END || *len > left - 4)
		return false;
	*value = p + 4;
	*at += 4 + pad4(*len) < left ? 4 + pad4(*len) : left;
	return true;
}

const uint8_t *pcapng_option(const struct pcapng_options *o, uint16_t code,
			     uint16_t *len)
{
	const uint8_t *value;
	uint32_t at = 0;
	uint16_t this;

	while (pcapng_next_option(o, &at, &this, &value, len))
		if (this == code)
			return value;
	return NULL;
}

static struct pcapng_options options_from(const struct capture *c,
					  const struct block *b, uint32_t off)
{
	if (off > b->len)
		off = b->len;
	return (struct pcapng_options){ b->body + off, b->len - off,
					c->swapped };
}

/* --- blocks --- */

/* A section's byte order is known from the magic number behind its length. */
static int know_order(struct capture *c, const uint8_t *magic)
{
	if (pcapng_u32(magic, false) == BYTE_ORDER_MAGIC)
		c->swapped = false;
	else if (pcapng_u32(magic, true) == BYTE_ORDER_MAGIC)
		c->swapped = true;
	else
		return capture__fail(c, "a section without its byte order");
	return 0;
}

static int check_length(struct capture *c, uint32_t type, uint32_t total)
{
	if (total < BLOCK_AROUND || total % 4)
		return capture__fail(c, "a block of length %u", total);
	if (total > MAX_BLOCK)
		return capture__fail(c, "a block of %u bytes (type 0x%x), more "
				     "than %u", total, type,
				     (unsigned int)MAX_BLOCK);
	return 0;
}

/* 1: *b is the next block. */
static int next_block(struct capture *c, struct block *b)
{
	const uint8_t *p = source__peek(c->source, BLOCK_AROUND);
	uint32_t total;
	int err;

	if (!p)
		return capture__end(c, "a block's head");
	b->type = pcapng_u32(p, c->swapped);
	if (b->type == BLOCK_SECTION) { /* the same in both orders */
		err = know_order(c, p + BLOCK_HEAD);
		if (err)
			return err;
	}
	total = pcapng_u32(p + 4, c->swapped);
	err = check_length(c, b->type, total);
	if (err)
		return err;
	p = source__peek(c->source, total);
	if (!p)
		return capture__end(c, "a block");
	if (pcapng_u32(p + total - 4, c->swapped) != total)
		return capture__fail(c, "a block whose two lengths differ");
	b->body = p + BLOCK_HEAD;
	b->len = total - BLOCK_AROUND;
	c->to_skip = total;
	return 1;
}

static int begin_section(struct capture *c, const struct block *b,
			 struct capture_item *item)
{
	if (b->len < SECTION_BODY)
		return capture__fail(c, "a section header of %u bytes", b->len);
	if (pcapng_u16(b->body + 4, c->swapped) != 1)
		return capture__fail(c, "pcapng version %u: only 1 is known",
				     pcapng_u16(b->body + 4, c->swapped));
	capture__drop_interfaces(c);
	c->in_section = true;
	*item = (struct capture_item){ .kind = CAPTURE_SECTION,
				       .swapped = c->swapped };
	item->options = options_from(c, b, SECTION_BODY);
	return 1;
}

/* --- interfaces --- */

static int set_resolution(struct capture *c, struct interface *i, uint8_t v)
{
	unsigned int n = v & 0x7f;

	if (v & 0x80 ? n > 63 : n > 19)
		return capture__fail(c, "timestamps of resolution 0x%x", v);
	i->units = v & 0x80 ? 1ULL << n : 1;
	if (!(v & 0x80))
		while (n--)
			i->units *= 10;
	return 0;
}

static int take_options(struct capture *c, struct interface *i,
			const struct block *b)
{
	struct pcapng_options o = options_from(c, b, INTERFACE_BODY);
	const uint8_t *v;
	uint16_t len;

	i->options = malloc(o.len ? o.len : 1);
	if (!i->options)
		return capture__fail(c, "no memory");
	memcpy(i->options, o.data, o.len);
	o.data = i->options;
	i->shown.options = o;
	v = pcapng_option(&o, OPT_IF_NAME, &len);
	if (v)
		i->shown.name = i->name = strndup((const char *)v, len);
	v = pcapng_option(&o, OPT_IF_TSOFFSET, &len);
	if (v && len == 8)
		i->offset_s = pcapng_u64(v, c->swapped);
	v = pcapng_option(&o, OPT_IF_TSRESOL, &len);
	return v && len == 1 ? set_resolution(c, i, *v) : 0;
}

static int add_interface(struct capture *c, const struct block *b)
{
	struct interface *i;

	if (b->len < INTERFACE_BODY)
		return capture__fail(c, "an interface of %u bytes", b->len);
	i = capture__add_interface(c, pcapng_u16(b->body, c->swapped),
				   pcapng_u32(b->body + 4, c->swapped));
	if (!i)
		return capture__fail(c, "too many interfaces");
	return take_options(c, i, b);
}

/* --- packets --- */

static uint64_t to_ns(const struct interface *i, uint64_t ts)
{
	uint64_t s = ts / i->units, rest = ts % i->units;

	return (s + (uint64_t)i->offset_s) * NS_PER_SEC +
	       (uint64_t)((unsigned __int128)rest * NS_PER_SEC / i->units);
}

static int set_frame(struct capture *c, struct capture_item *item, uint32_t id,
		     uint32_t caplen, uint32_t len)
{
	if (id >= c->ninterfaces)
		return capture__fail(c, "a packet of interface %u, which is not "
				     "described before it", id);
	*item = (struct capture_item){ .kind = CAPTURE_FRAME, .interface = id,
				       .swapped = c->swapped };
	item->frame = (struct frame){
		.link = c->interfaces[id].shown.link,
		.caplen = caplen,
		.len = len,
		.ifname = c->interfaces[id].name,
	};
	return 1;
}

/* Bits 0 and 1 of epb_flags: 1 inbound, 2 outbound. */
static void take_direction(struct capture_item *item)
{
	uint16_t len;
	const uint8_t *v = pcapng_option(&item->options, OPT_EPB_FLAGS, &len);
	uint32_t flags;

	if (!v || len != 4)
		return;
	flags = pcapng_u32(v, item->options.swapped) & 3;
	item->frame.dir = flags == 1 ? TT_DIR_IN : flags == 2 ? TT_DIR_OUT : 0;
}

/* The obsolete Packet Block differs in its first 4 bytes alone. */
static int take_packet(struct capture *c, const struct block *b,
		       struct capture_item *item)
{
	const uint8_t *p = b->body;
	bool old = b->type == BLOCK_PACKET_OLD;
	uint32_t id, caplen;

	if (b->len < ENHANCED_BODY)
		return capture__fail(c, "a packet block of %u bytes", b->len);
	id = old ? pcapng_u16(p, c->swapped) : pcapng_u32(p, c->swapped);
	caplen = pcapng_u32(p + 12, c->swapped);
	if (caplen > b->len - ENHANCED_BODY)
		return capture__fail(c, "a packet of %u bytes in a block of %u",
				     caplen, b->len);
	if (set_frame(c, item, id, caplen, pcapng_u32(p + 16, c->swapped)) < 0)
		return -EBADMSG;
	item->frame.time_ns = to_ns(
		&c->interfaces[id],
		(uint64_t)pcapng_u32(p + 4, c->swapped) << 32 |
			pcapng_u32(p + 8, c->swapped));
	item->frame.data = p + ENHANCED_BODY;
	item->options = options_from(c, b, ENHANCED_BODY + pad4(caplen));
	take_direction(item);
	return 1;
}

/* It has neither time nor interface, and its captured length is what its
 * block has room for, or the snapshot length of interface 0. */
static int take_simple(struct capture *c, const struct block *b,
		       struct capture_item *item)
{
	uint32_t caplen, len, snaplen;

	if (b->len < SIMPLE_BODY)
		return capture__fail(c, "a packet block of %u bytes", b->len);
	len = caplen = pcapng_u32(b->body, c->swapped);
	snaplen = c->ninterfaces ? c->interfaces[0].shown.snaplen : 0;
	if (snaplen && caplen > snaplen)
		caplen = snaplen;
	if (caplen > b->len - SIMPLE_BODY)
		return capture__fail(c, "a packet of %u bytes in a block of %u",
				     caplen, b->len);
	if (set_frame(c, item, 0, caplen, len) < 0)
		return -EBADMSG;
	item->frame.data = b->body + SIMPLE_BODY;
	return 1;
}

static int take_local(struct capture *c, const struct block *b,
		      struct capture_item *item)
{
	*item = (struct capture_item){ .kind = CAPTURE_BLOCK, .type = b->type,
				       .body = b->body, .body_len = b->len,
				       .swapped = c->swapped };
	return 1;
}

/* 0: nothing to tell of this block. */
static int take_block(struct capture *c, const struct block *b,
		      struct capture_item *item)
{
	switch (b->type) {
	case BLOCK_SECTION:
		return begin_section(c, b, item);
	case BLOCK_INTERFACE:
		return add_interface(c, b);
	case BLOCK_ENHANCED:
	case BLOCK_PACKET_OLD:
		return take_packet(c, b, item);
	case BLOCK_SIMPLE:
		return take_simple(c, b, item);
	}
	return b->type & BLOCK_LOCAL ? take_local(c, b, item) : 0;
}

int pcapng__next(struct capture *c, struct capture_item *item)
{
	struct block b;
	int ret;

	for (;;) {
		ret = next_block(c, &b);
		if (ret <= 0)
			return ret;
		ret = take_block(c, &b, item);
		if (ret)
			return ret < 0 ? -EBADMSG : ret;
		source__skip(c->source, c->to_skip);
		c->to_skip = 0;
	}
}

/* The first block is looked at and left for pcapng__next(). */
int pcapng__open(struct capture *c)
{
	const uint8_t *p = source__peek(c->source, BLOCK_AROUND);
	struct block b;
	int ret;

	if (!p)
		return capture__fail(c, "ends inside its first block");
	ret = next_block(c, &b);
	c->to_skip = 0;
	if (!ret)
		return capture__fail(c, "ends inside its first block");
	return ret < 0 ? ret : 0;
}
