// SPDX-License-Identifier: BSD-2-Clause
/* Packets as every reader of pcapng knows them, and what only ours looks at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/inside.h"
#include "record/link.h"

enum { COMMENT_MAX = 96, EPB_FIXED = 20, OPTIONS_MAX = 512 };

struct iface_key {
	uint32_t netns, ifindex;
};

bool iface__same(const void *entry, const void *key)
{
	const struct iface *i = entry;
	const struct iface_key *k = key;

	return i->netns == k->netns && i->ifindex == k->ifindex;
}

static uint32_t hash_of(const struct iface_key *k)
{
	return hash_u64((uint64_t)k->netns << 32 | k->ifindex);
}

/* Two namespaces may both have an eth0. */
static void write_iface(struct recorder *r, const struct iface *i)
{
	char name[TT_IFNAME_LEN + 16];
	struct block b;

	snprintf(name, sizeof(name), "%s", i->name);
	if (r->own_netns && i->netns != r->own_netns && !strchr(name, '@'))
		snprintf(name, sizeof(name), "%s@%u", i->name, i->netns);
	block__begin(&b, r->file, PCAPNG_IDB, 128);
	block__u16(&b, r->opts.link_type);
	block__u16(&b, 0);
	block__u32(&b, r->opts.snaplen);
	block__option_str(&b, IF_NAME, name);
	block__option(&b, IF_TSRESOL, &(uint8_t){ 9 }, 1);
	block__end_options(&b);
	block__end(&b);
}

static struct iface *new_iface(struct recorder *r, const struct iface_key *key,
			       const char *name)
{
	struct iface *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	i->netns = key->netns;
	i->ifindex = key->ifindex;
	memcpy(i->name, name, sizeof(i->name));
	if (hashmap__insert(&r->ifaces, hash_of(key), i)) {
		free(i);
		return NULL;
	}
	i->id = r->nifaces++;
	write_iface(r, i);
	return i;
}

void packet__write_first_iface(struct recorder *r)
{
	struct iface_key key = { r->own_netns, 1 };
	char name[TT_IFNAME_LEN] = "lo";

	if (r->opts.ifname) {
		key.ifindex = r->opts.ifindex;
		strncpy(name, r->opts.ifname, sizeof(name) - 1);
	}
	new_iface(r, &key, name);
}

/* Renamed, or another device by the same number: a block of its own. */
static struct iface *iface_of(struct recorder *r,
			      const struct tt_rec_packet *rec)
{
	struct iface_key key = { rec->netns, rec->ifindex };
	struct iface *i = hashmap__find(&r->ifaces, hash_of(&key), &key);

	if (!i)
		return new_iface(r, &key, rec->ifname);
	if (memcmp(i->name, rec->ifname, sizeof(i->name))) {
		memcpy(i->name, rec->ifname, sizeof(i->name));
		i->id = r->nifaces++;
		i->packets = i->dropped = 0;
		write_iface(r, i);
	}
	return i;
}

static uint32_t flags_of(const struct tt_rec_packet *rec)
{
	static const uint8_t casts[] = { /* 1 to 4, 0 unspecified */
		[TT_PKTTYPE_HOST] = 1,
		[TT_PKTTYPE_MULTICAST] = 2,
		[TT_PKTTYPE_BROADCAST] = 3,
		[TT_PKTTYPE_OTHERHOST] = 4,
		[TT_PKTTYPE_OUTGOING] = 0,
	};
	uint32_t flags = rec->dir == TT_DIR_OUT ? EPB_DIR_OUT : EPB_DIR_IN;
	const struct tt_link *l = tt_packet_link(rec);

	if (rec->gso_segs > 1)
		flags |= EPB_SEG_OFFLOAD;
	if (!l)
		return flags;
	if (l->csum == TT_CSUM_PARTIAL)
		flags |= EPB_CSUM_NOT_READY;
	if (l->csum == TT_CSUM_UNNECESSARY)
		flags |= EPB_CSUM_VALID;
	if (rec->dir == TT_DIR_OUT)
		return flags;
	return flags | (uint32_t)casts[l->pkttype] << EPB_CAST_SHIFT;
}

/* "nginx/812.815 fd 11 ESTABLISHED" */
static void put_comment(struct block *b, const struct packet_owner *o)
{
	char text[COMMENT_MAX], *p = text, *end = text + sizeof(text);

	p += snprintf(p, end - p, "%s/%u", o->comm, o->pid);
	if (o->tid)
		p += snprintf(p, end - p, ".%u", o->tid);
	if (o->fd >= 0)
		p += snprintf(p, end - p, " fd %d", o->fd);
	if (o->state)
		p += snprintf(p, end - p, " %s", o->state);
	block__option(b, OPT_COMMENT, text, p - text);
}

static void put_options(struct recorder *r, struct block *b, struct iface *i,
			const struct tt_rec_packet *rec, bool late,
			const struct packet_owner *owner)
{
	size_t len = tt_packet_data(rec) - (const uint8_t *)rec;
	uint32_t flags = flags_of(rec), ids[2] = { owner->pid, owner->tid };
	struct tt_block head = { TT_BLOCK_MAGIC, TT_BLK_RECORD,
				 late ? TT_BLK_LATE : 0 };

	block__option(b, EPB_FLAGS, &flags, sizeof(flags));
	if (r->dropped) {
		block__option_u64(b, EPB_DROPCOUNT, r->dropped);
		i->dropped += r->dropped;
		r->dropped = 0;
	}
	if (owner->pid) {
		block__option(b, EPB_PROCESSID_THREADID, ids, sizeof(ids));
		put_comment(b, owner);
	}
	block__u16(b, TT_OPTION_RECORD);
	block__u16(b, sizeof(head) + len);
	block__put(b, &head, sizeof(head));
	block__put(b, rec, len);
	block__pad(b);
	block__end_options(b);
}

void packet__write(struct recorder *r, const struct tt_rec_packet *rec,
		   bool late, const struct packet_owner *owner)
{
	uint8_t link[LINK_HEADER_MAX];
	size_t n = frame__link_header(rec, r->opts.link_type, link);
	uint64_t utc = rec->hdr.ts_ns + r->utc_offset_ns;
	struct iface *i = iface_of(r, rec);
	struct block b;

	if (!i)
		return;
	block__begin(&b, r->file, PCAPNG_EPB,
		     EPB_FIXED + n + rec->caplen + OPTIONS_MAX);
	block__u32(&b, i->id);
	block__u32(&b, utc >> 32);
	block__u32(&b, utc);
	block__u32(&b, n + rec->caplen);
	block__u32(&b, n + rec->wire_len);
	block__put(&b, link, n);
	block__put(&b, tt_packet_data(rec), rec->caplen);
	block__pad(&b);
	put_options(r, &b, i, rec, late, owner);
	block__end(&b);
	i->packets++;
}

/* A time is two numbers here, the high one first. */
static void put_time(struct block *b, uint16_t code, uint64_t utc)
{
	uint32_t v[2] = { utc >> 32, utc };

	block__option(b, code, v, sizeof(v));
}

static void write_statistics(struct recorder *r, const struct iface *i)
{
	uint64_t end = r->last_ns + r->utc_offset_ns;
	struct block b;

	block__begin(&b, r->file, PCAPNG_ISB, 128);
	block__u32(&b, i->id);
	block__u32(&b, end >> 32);
	block__u32(&b, end);
	put_time(&b, ISB_STARTTIME, r->began_ns + r->utc_offset_ns);
	put_time(&b, ISB_ENDTIME, end);
	block__option_u64(&b, ISB_IFRECV, i->packets + i->dropped);
	block__option_u64(&b, ISB_OSDROP, i->dropped);
	block__option_u64(&b, ISB_USRDELIV, i->packets);
	block__end_options(&b);
	block__end(&b);
}

void packet__write_statistics(struct recorder *r)
{
	const struct iface *i;
	size_t pos = 0;

	while ((i = hashmap__next(&r->ifaces, &pos)))
		write_statistics(r, i);
}

void packet__forget_ifaces(struct recorder *r)
{
	struct iface *i;
	size_t pos = 0;

	while ((i = hashmap__next(&r->ifaces, &pos)))
		free(i);
	hashmap__release(&r->ifaces);
	r->nifaces = 0;
}
