// SPDX-License-Identifier: BSD-2-Clause
#include "replay/step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event/decode.h"

/* No block of ours is near it: a damaged length is no reason to take memory. */
enum { LEN_MAX = 1 << 24 };

void step_storage__release(struct step_storage *s)
{
	free(s->bytes);
	*s = (struct step_storage){ 0 };
}

/* Aligned, with room up to min bytes and an end for texts, all of it 0. */
static uint8_t *keep(struct step_storage *s, const uint8_t *data, size_t len,
		     size_t min)
{
	size_t need = (len > min ? len : min) + 8;

	if (need > s->size) {
		free(s->bytes);
		s->bytes = malloc(need);
		s->size = s->bytes ? need : 0;
	}
	if (!s->bytes)
		return NULL;
	memcpy(s->bytes, data, len);
	memset(s->bytes + len, 0, need - len);
	return s->bytes;
}

static int bad(const char **why, const char *text)
{
	*why = text;
	return -EBADMSG;
}

bool step__is_ours(uint32_t type, const uint8_t *body, size_t len)
{
	uint32_t magic = 0;

	if (type != TT_BLOCK_TYPE || len < sizeof(struct tt_block))
		return false;
	memcpy(&magic, body, sizeof(magic));
	return magic == TT_BLOCK_MAGIC ||
	       magic == __builtin_bswap32(TT_BLOCK_MAGIC);
}

static int set_record(struct step *step, const uint8_t *data, size_t len,
		      const char **why)
{
	int ret = decode_record(data, len, &step->rec);

	if (ret == DECODE_SKIP)
		step->what = 0;
	else if (ret != DECODE_OK)
		return bad(why, decode_result_text(ret));
	if (step->what == TT_BLK_FOUND && step->rec->kind != TT_REC_SOCKET)
		return bad(why, "a socket that was found is of another kind");
	if (step->what == TT_BLK_RECORD && step->rec->kind == TT_REC_SOCKET)
		return bad(why, "a socket that was found is out of its place");
	return 0;
}

static int set_settings(struct step *step, const uint8_t *data, const char **why)
{
	const struct tt_blk_settings *s = (const void *)data;

	if (s->nports > TT_MAX_PORTS || s->nlports > TT_MAX_PORTS ||
	    s->nrports > TT_MAX_PORTS || s->naddrs > TT_MAX_ADDRS)
		return bad(why, "the settings count more than they hold");
	for (uint32_t i = 0; i < s->naddrs; i++)
		if (s->addrs[i].len > 128)
			return bad(why, "a prefix is longer than an address");
	step->settings = s;
	return 0;
}

static int set_name(struct step *step, const uint8_t *data, size_t len,
		    const char **why)
{
	const struct tt_blk_name *n = (const void *)data;

	if (n->len > len - sizeof(*n))
		return bad(why, "a name is longer than its block");
	((uint8_t *)data)[sizeof(*n) + n->len] = 0;
	step->name = n;
	step->text = n->len ? (const char *)data + sizeof(*n) : NULL;
	return 0;
}

static int set_lost(struct step *step, uint8_t *data)
{
	struct tt_blk_lost *l = (void *)data;

	l->what[sizeof(l->what) - 1] = 0;
	l->why[sizeof(l->why) - 1] = 0;
	step->lost = l;
	step->time_ns = l->time_ns;
	return 0;
}

/* The least that each holds: what is shorter is damaged, or of nobody. */
static size_t least(uint16_t what)
{
	switch (what) {
	case TT_BLK_SETTINGS:
		return offsetof(struct tt_blk_settings, ports);
	case TT_BLK_RECORD:
	case TT_BLK_EARLY:
	case TT_BLK_FOUND:
		return sizeof(struct tt_hdr);
	case TT_BLK_FOUND_END:
	case TT_BLK_EXPIRE:
	case TT_BLK_RATE:
		return sizeof(struct tt_blk_time);
	case TT_BLK_LOST:
		return sizeof(struct tt_blk_lost);
	case TT_BLK_NAME:
		return sizeof(struct tt_blk_name);
	case TT_BLK_PROCESS:
		return sizeof(struct tt_saved_proc);
	case TT_BLK_FLOW:
		return sizeof(struct tt_saved_flow);
	case TT_BLK_TABLE:
		return sizeof(struct tt_saved_table);
	case TT_BLK_END:
		return sizeof(struct tt_blk_end);
	default:
		return 0;
	}
}

static int fill(struct step *step, uint8_t *data, size_t len, const char **why)
{
	switch (step->what) {
	case TT_BLK_SETTINGS:
		return set_settings(step, data, why);
	case TT_BLK_TEXT:
	case TT_BLK_FILTER:
		step->text = (const char *)data;
		return 0;
	case TT_BLK_RECORD:
	case TT_BLK_EARLY:
	case TT_BLK_FOUND:
		return set_record(step, data, len, why);
	case TT_BLK_FOUND_END:
	case TT_BLK_EXPIRE:
	case TT_BLK_RATE:
		step->time_ns = ((const struct tt_blk_time *)data)->time_ns;
		return 0;
	case TT_BLK_LOST:
		return set_lost(step, data);
	case TT_BLK_NAME:
		return set_name(step, data, len, why);
	case TT_BLK_PROCESS:
	case TT_BLK_FLOW:
	case TT_BLK_TABLE:
		step->data = data;
		step->len = len;
		return 0;
	case TT_BLK_END:
		step->end = (const void *)data;
		return 0;
	default: /* of a later version */
		step->what = 0;
		return 0;
	}
}

static int read_head(const uint8_t *body, size_t len, struct step *step,
		     const char **why)
{
	struct tt_block head;

	*step = (struct step){ 0 };
	if (len < sizeof(head) || len > LEN_MAX)
		return bad(why, "a block of a recording has a length that none has");
	memcpy(&head, body, sizeof(head));
	if (head.magic == __builtin_bswap32(TT_BLOCK_MAGIC))
		return bad(why, "recorded on a machine of the other byte order: only "
				"its packets can be read here");
	if (head.magic != TT_BLOCK_MAGIC)
		return bad(why, "not a block of a recording");
	step->what = head.what;
	step->late = head.flags & TT_BLK_LATE;
	return 0;
}

int step__from_block(struct step_storage *s, const uint8_t *body, size_t len,
		     struct step *step, const char **why)
{
	const size_t head = sizeof(struct tt_block);
	int err = read_head(body, len, step, why);
	uint8_t *data;

	if (err)
		return err;
	if (len - head < least(step->what))
		return bad(why, "a block of a recording is too short");
	/* The settings of an older version are shorter: the rest is 0. */
	data = keep(s, body + head, len - head, sizeof(struct tt_blk_settings));
	return data ? fill(step, data, len - head, why) : -ENOMEM;
}

int step__from_packet(struct step_storage *s, const uint8_t *option,
		      size_t option_len, const uint8_t *data, size_t len,
		      struct step *step, const char **why)
{
	const size_t head = sizeof(struct tt_block);
	int err = read_head(option, option_len, step, why);
	struct tt_hdr *hdr;
	uint8_t *rec;

	if (err)
		return err;
	if (step->what != TT_BLK_RECORD || option_len - head < TT_REC_PACKET_HDR)
		return bad(why, "a packet has no record");
	rec = keep(s, option + head, option_len - head, option_len + len);
	if (!rec)
		return -ENOMEM;
	memcpy(rec + option_len - head, data, len);
	hdr = (struct tt_hdr *)rec;
	if (hdr->kind != TT_REC_PACKET)
		return bad(why, "the record of a packet is of another kind");
	hdr->len = option_len - head + len;
	return set_record(step, rec, option_len - head + len, why);
}
