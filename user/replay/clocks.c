// SPDX-License-Identifier: BSD-2-Clause
#include "replay/clocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/hashmap.h"
#include "base/time.h"
#include "tcptrace/parse.h"

/* Of a long capture the first segments are enough. */
enum { MAX_SEGMENTS = 1 << 17 };

/* Clocks that are further apart are not worth a word, and add up safely. */
#define MAX_APART (20LL * 365 * 86400 * (int64_t)NS_PER_SEC)

/* What makes a segment: its ends and its numbers. Nothing that a hop changes,
 * but for address translation. */
struct identity {
	uint8_t saddr[16], daddr[16];
	uint32_t seq, ack;
	uint16_t sport, dport, win, pad;
	uint32_t payload_len;
	uint32_t flags;
};

struct segment {
	uint64_t hash; /* of its identity, and as good */
	uint64_t time_ns;
	bool twice; /* seen again: a retransmission, which is which? */
};

/* second minus first, of the segments that went one way */
struct way {
	int64_t min, max;
	uint32_t count;
};

struct clocks {
	struct hashmap seen; /* in the first capture */
	struct segment *segments;
	struct way ways[2];
};

static bool same_hash(const void *entry, const void *key)
{
	return ((const struct segment *)entry)->hash == *(const uint64_t *)key;
}

struct clocks *clocks__new(void)
{
	struct clocks *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	hashmap__init(&c->seen, same_hash);
	c->segments = calloc(MAX_SEGMENTS, sizeof(*c->segments));
	if (c->segments)
		return c;
	free(c);
	return NULL;
}

void clocks__free(struct clocks *c)
{
	if (!c)
		return;
	hashmap__release(&c->seen);
	free(c->segments);
	free(c);
}

void clocks__restart(struct clocks *c)
{
	memset(c->ways, 0, sizeof(c->ways));
}

static uint64_t hash_of(const struct identity *id)
{
	const uint8_t *p = (const uint8_t *)id;
	uint64_t h = 0x243f6a8885a308d3ULL, w;

	for (size_t i = 0; i < sizeof(*id); i += sizeof(w)) {
		memcpy(&w, p + i, sizeof(w));
		h = (h ^ w) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	return h;
}

_Static_assert(sizeof(struct identity) % sizeof(uint64_t) == 0, "hash_of()");

/* Which of a connection's two ways, the same in both captures. */
static int way_of(const struct identity *id)
{
	if (id->sport != id->dport)
		return id->sport > id->dport;
	return memcmp(id->saddr, id->daddr, 16) > 0;
}

/*
 * A bare ACK may be sent twice with the same numbers: only what takes
 * sequence space is looked at. Offload may cut or join data on one side.
 */
static bool identify(const struct frame *f, const struct frame_ip *ip,
		     struct identity *id)
{
	const uint8_t *data = f->data + ip->off;
	struct tt_seg s;

	if (tt_parse_segment(data, f->caplen - ip->off, f->len - ip->off, &s))
		return false;
	if (!s.payload_len && !(s.tcp_flags & (TT_TCP_SYN | TT_TCP_FIN)))
		return false;
	memset(id, 0, sizeof(*id));
	memcpy(id->saddr, s.saddr, 16);
	memcpy(id->daddr, s.daddr, 16);
	id->seq = s.seq;
	id->ack = s.ack;
	id->sport = s.sport_be;
	id->dport = s.dport_be;
	id->win = s.win;
	id->payload_len = s.payload_len;
	id->flags = s.tcp_flags;
	return true;
}

static struct segment *find(const struct clocks *c, uint64_t hash)
{
	return hashmap__find(&c->seen, (uint32_t)hash, &hash);
}

void clocks__first(struct clocks *c, const struct frame *f,
		   const struct frame_ip *ip)
{
	struct identity id;
	struct segment *s;
	uint64_t hash;

	if (c->seen.count == MAX_SEGMENTS || !identify(f, ip, &id))
		return;
	hash = hash_of(&id);
	s = find(c, hash);
	if (s) {
		s->twice = true;
		return;
	}
	s = &c->segments[c->seen.count];
	*s = (struct segment){ .hash = hash, .time_ns = f->time_ns };
	hashmap__insert(&c->seen, (uint32_t)hash, s); /* no memory: one less */
}

void clocks__second(struct clocks *c, const struct frame *f,
		    const struct frame_ip *ip)
{
	struct identity id;
	const struct segment *s;
	struct way *w;
	int64_t diff;

	if (!identify(f, ip, &id))
		return;
	s = find(c, hash_of(&id));
	if (!s || s->twice)
		return;
	diff = (int64_t)(f->time_ns - s->time_ns);
	if (diff > MAX_APART || diff < -MAX_APART)
		return;
	w = &c->ways[way_of(&id)];
	if (!w->count || diff < w->min)
		w->min = diff;
	if (!w->count || diff > w->max)
		w->max = diff;
	w->count++;
}

/*
 * The way to the second host has the larger differences: the travel counts
 * with the clocks there, against them on the way back. Its least one is the
 * upper bound, the largest on the way back the lower.
 */
bool clocks__estimate(const struct clocks *c, struct clocks_estimate *e)
{
	const struct way *to = &c->ways[0], *back = &c->ways[1];
	int64_t gap;

	*e = (struct clocks_estimate){ .segments = to->count + back->count };
	if (!e->segments)
		return false;
	if (!to->count || !back->count) {
		const struct way *w = to->count ? to : back;

		e->ahead_ns = w->min + (w->max - w->min) / 2;
		e->error_ns = UINT64_MAX;
		return true;
	}
	if (back->min + back->max > to->min + to->max) {
		const struct way *swap = to;

		to = back;
		back = swap;
	}
	gap = to->min - back->max;
	e->ahead_ns = back->max + gap / 2;
	e->error_ns = gap < 0 ? -(uint64_t)gap / 2 : (uint64_t)gap / 2;
	return true;
}
