// SPDX-License-Identifier: BSD-2-Clause
#include "record/recorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "record/inside.h"

/* Compression is worth more than having it now. */
#define SYNC_NS (1 * NS_PER_SEC)

enum { SHB_MAX = 1024, BLOCK_HEAD = sizeof(struct tt_block) };

/* --- our blocks ------------------------------------------------------------ */

/* The body of one is head and up to two pieces. */
static void put2(struct recorder *r, uint16_t what, uint16_t flags,
		 const void *data, size_t len, const void *more, size_t more_len)
{
	struct tt_block head = { TT_BLOCK_MAGIC, what, flags };
	struct block b;

	if (!r->file)
		return;
	block__begin(&b, r->file, TT_BLOCK_TYPE, BLOCK_HEAD + len + more_len + 4);
	block__put(&b, &head, sizeof(head));
	block__put(&b, data, len);
	if (more_len)
		block__put(&b, more, more_len);
	block__end(&b);
}

static void put(struct recorder *r, uint16_t what, const void *data, size_t len)
{
	put2(r, what, 0, data, len, NULL, 0);
}

void recorder__found(struct recorder *r, const struct tt_rec_socket *rec)
{
	put(r, TT_BLK_FOUND, rec, rec->hdr.len);
}

void recorder__time(struct recorder *r, uint16_t what, uint64_t time_ns)
{
	put(r, what, &(struct tt_blk_time){ time_ns }, sizeof(struct tt_blk_time));
}

void recorder__early(struct recorder *r, const struct tt_hdr *rec)
{
	put(r, TT_BLK_EARLY, rec, rec->len);
}

void recorder__record(struct recorder *r, const struct tt_hdr *rec, bool late,
		      const struct packet_owner *owner)
{
	const struct tt_rec_packet *p = (const void *)rec;

	if (!r->file)
		return;
	r->last_ns = rec->ts_ns;
	r->file_records++;
	if (rec->kind == TT_REC_PACKET && owner->told) {
		packet__write(r, p, late, owner);
		r->file_packets++;
		return;
	}
	put2(r, TT_BLK_RECORD, late ? TT_BLK_LATE : 0, rec, rec->len, NULL, 0);
}

void recorder__lost(struct recorder *r, uint64_t time_ns, const char *what,
		    const char *why, uint64_t count)
{
	struct tt_blk_lost lost = { .time_ns = time_ns, .count = count };

	strncpy(lost.what, what, sizeof(lost.what) - 1);
	strncpy(lost.why, why, sizeof(lost.why) - 1);
	put(r, TT_BLK_LOST, &lost, sizeof(lost));
	r->lost += count;
	if (!strcmp(what, "packet"))
		r->dropped += count;
}

static void write_name(struct recorder *r, uint32_t kind, uint64_t id,
		       const char *name)
{
	struct tt_blk_name n = { .id = id, .kind = kind,
				 .len = name ? strlen(name) : 0 };

	put2(r, TT_BLK_NAME, 0, &n, sizeof(n), name, n.len);
}

void recorder__name(struct recorder *r, uint32_t kind, uint64_t id,
		    const char *name)
{
	if (name__remember(r, kind, id, name))
		write_name(r, kind, id, name);
}

void recorder__saved(struct recorder *r, uint16_t what, const void *data,
		     size_t len)
{
	put(r, what, data, len);
}

/* --- files ----------------------------------------------------------------- */

static void write_section(struct recorder *r)
{
	const struct recorder_opts *o = &r->opts;
	uint64_t unknown_len = ~0ULL;
	struct block b;

	block__begin(&b, r->file, PCAPNG_SHB, SHB_MAX);
	block__u32(&b, 0x1a2b3c4d);
	block__u16(&b, 1);
	block__u16(&b, 0);
	block__put(&b, &unknown_len, sizeof(unknown_len));
	if (o->hardware)
		block__option_str(&b, SHB_HARDWARE, o->hardware);
	if (o->os)
		block__option_str(&b, SHB_OS, o->os);
	if (o->app)
		block__option_str(&b, SHB_USERAPPL, o->app);
	block__end_options(&b);
	block__end(&b);
}

/* A file that begins in the middle of a run knows what the run knew. */
static void write_prologue(struct recorder *r)
{
	struct tt_blk_settings s = { .version = TT_RECORDING_VERSION,
				     .utc_offset_ns = r->utc_offset_ns,
				     .file = r->index };

	r->opts.settings(r->opts.ctx, &s);
	r->own_netns = s.netns;
	write_section(r);
	packet__write_first_iface(r);
	put(r, TT_BLK_SETTINGS, &s, sizeof(s));
	if (r->opts.filter && *r->opts.filter)
		put(r, TT_BLK_FILTER, r->opts.filter, strlen(r->opts.filter));
	if (r->opts.text)
		put(r, TT_BLK_TEXT, r->opts.text, strlen(r->opts.text));
	if (!r->index)
		return;
	name__each(r, write_name);
	r->opts.save(r->opts.ctx, r);
}

static int open_file(struct recorder *r, uint64_t now_ns)
{
	int64_t utc_s = (int64_t)(r->began_ns + r->utc_offset_ns) /
			(int64_t)NS_PER_SEC;

	r->err = record_name__make(r->opts.path, &r->opts.rotate, r->number,
				   utc_s, r->path, sizeof(r->path));
	r->gz = record_name__is_gz(r->path);
	if (!r->err)
		r->err = rec_file__open(&r->file, r->path, r->gz);
	if (r->err)
		return r->err;
	r->last_ns = r->flushed_ns = now_ns;
	r->file_packets = r->file_records = 0;
	write_prologue(r);
	r->prologue = rec_file__size(r->file);
	return 0;
}

static void end_file(struct recorder *r, bool more)
{
	struct tt_blk_end end = { .packets = r->file_packets,
				  .records = r->file_records,
				  .lost = r->lost, .more = more };
	int err;

	if (!r->file)
		return;
	packet__write_statistics(r);
	put(r, TT_BLK_END, &end, sizeof(end));
	packet__forget_ifaces(r);
	err = rec_file__close(r->file);
	r->file = NULL;
	if (err && !r->err)
		r->err = err;
}

static uint32_t next_number(const struct recorder *r)
{
	const struct rotate *rot = &r->opts.rotate;
	uint32_t n = r->number + 1;

	return rot->files && !rot->period_s && n >= rot->files ? 0 : n;
}

bool recorder__turn(struct recorder *r, uint64_t now_ns)
{
	const struct rotate *rot = &r->opts.rotate;
	bool by_time = rot->period_s &&
		       now_ns >= r->began_ns + rot->period_s * NS_PER_SEC;
	bool by_size = rot->max_bytes && r->file &&
		       rec_file__size(r->file) > r->prologue + rot->max_bytes;

	if (r->err || !r->file || (!by_time && !by_size))
		return true;
	if (by_time && rot->files && !rot->max_bytes &&
	    r->index + 1 >= rot->files)
		return false;
	end_file(r, true);
	r->index++;
	r->number = by_time ? 0 : next_number(r);
	if (by_time)
		r->began_ns = now_ns;
	if (!r->err)
		open_file(r, now_ns);
	return true;
}

int recorder__flush(struct recorder *r, uint64_t now_ns)
{
	bool sync = r->gz && now_ns >= r->flushed_ns + SYNC_NS;
	int err;

	if (!r->file)
		return r->err;
	if (sync)
		r->flushed_ns = now_ns;
	err = rec_file__flush(r->file, sync);
	if (!err)
		return 0;
	r->err = err;
	rec_file__close(r->file); /* what it says now is no news */
	r->file = NULL;
	return err;
}

/* Every file of a rotation says them, and the caller's may be gone by then. */
static int keep_words(struct recorder *r)
{
	const char **words[RECORDER_WORDS] = { &r->opts.hardware, &r->opts.os,
					       &r->opts.app, &r->opts.text };

	for (int i = 0; i < RECORDER_WORDS; i++) {
		if (!*words[i])
			continue;
		r->words[i] = strdup(*words[i]);
		if (!r->words[i])
			return -ENOMEM;
		*words[i] = r->words[i];
	}
	return 0;
}

int recorder__new(struct recorder **out, const struct recorder_opts *opts,
		  uint64_t now_ns, int64_t utc_offset_ns)
{
	struct recorder *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->opts = *opts;
	r->utc_offset_ns = utc_offset_ns;
	r->began_ns = now_ns;
	hashmap__init(&r->ifaces, iface__same);
	hashmap__init(&r->names, name__same);
	err = keep_words(r);
	if (!err)
		err = open_file(r, now_ns);
	if (!err)
		err = recorder__flush(r, now_ns);
	if (err) {
		recorder__close(r);
		return err;
	}
	*out = r;
	return 0;
}

const char *recorder__path(const struct recorder *r)
{
	return r->path;
}

int recorder__close(struct recorder *r)
{
	int err;

	if (!r)
		return 0;
	end_file(r, false);
	err = r->err;
	packet__forget_ifaces(r);
	name__forget_all(r);
	for (int i = 0; i < RECORDER_WORDS; i++)
		free(r->words[i]);
	free(r);
	return err;
}
