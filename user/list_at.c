// SPDX-License-Identifier: BSD-2-Clause
/* `list --at TIME -r FILE`: the table of a moment in a recording. */
#include "list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/str.h"
#include "base/time.h"
#include "event/decode.h"
#include "event/names.h"
#include "play.h"
#include "replay/capture.h"

struct replay {
	struct list *list;
	struct capture *capture;
	struct step_storage storage;
	int64_t at_ns; /* UTC; INT64_MAX: the end */
	struct hashmap details; /* struct detail, by cookie */
};

/* What flows do not keep, from the last record that told it. */
struct detail {
	uint64_t sk;
	uint32_t ino;
	bool has_opts;
	struct tt_opts opts;
};

static bool has_sk(const void *entry, const void *key)
{
	return ((const struct detail *)entry)->sk == *(const uint64_t *)key;
}

/* --- the moment ------------------------------------------------------------ */

/* "20:16:07.5": of the day that the recording began, in local time. */
static int parse_clock(const char *s, int64_t began_ns, int64_t *ns)
{
	time_t day = began_ns / (int64_t)NS_PER_SEC;
	uint64_t seconds;
	struct tm tm;
	int h, m, n = 0;

	if (sscanf(s, "%2d:%2d:%n", &h, &m, &n) != 2 || !n || h < 0 || h > 23 ||
	    m < 0 || m > 59 || str_to_ns(s + n, &seconds) ||
	    !localtime_r(&day, &tm))
		return -EINVAL;
	tm.tm_hour = h;
	tm.tm_min = m;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	*ns = (int64_t)mktime(&tm) * (int64_t)NS_PER_SEC + (int64_t)seconds;
	return 0;
}

/* RFC 3339 in UTC, as -o json prints it. */
static int parse_rfc3339(const char *s, int64_t *ns)
{
	struct tm tm = { 0 };
	const char *rest = strptime(s, "%Y-%m-%dT%H:%M:", &tm);
	char text[32];
	uint64_t seconds;
	size_t len = rest ? strlen(rest) : 0;

	if (!len || len >= sizeof(text) || rest[len - 1] != 'Z')
		return -EINVAL;
	str_copy(text, rest, len);
	if (str_to_ns(text, &seconds))
		return -EINVAL;
	*ns = (int64_t)timegm(&tm) * (int64_t)NS_PER_SEC + (int64_t)seconds;
	return 0;
}

static int parse_at(const char *s, int64_t began_ns, int64_t *ns)
{
	uint64_t since_1970;

	if (!s) {
		*ns = INT64_MAX;
		return 0;
	}
	if (!parse_rfc3339(s, ns) || !parse_clock(s, began_ns, ns))
		return 0;
	if (str_to_ns(s, &since_1970))
		return -EINVAL;
	*ns = (int64_t)since_1970;
	return 0;
}

/* --- details --------------------------------------------------------------- */

static struct detail *detail_of(struct replay *r, uint64_t sk)
{
	struct detail *d = hashmap__find(&r->details, hash_u64(sk), &sk);

	if (d || !sk)
		return d;
	d = calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	d->sk = sk;
	if (!hashmap__insert(&r->details, hash_u64(sk), d))
		return d;
	free(d);
	return NULL;
}

/* Inode numbers are in every record of a full socket. */
static const struct tt_sock *sock_of(const struct tt_hdr *rec)
{
	switch (rec->kind) {
	case TT_REC_STATE:
		return &((const struct tt_rec_state *)rec)->sock;
	case TT_REC_CALL:
		return &((const struct tt_rec_call *)rec)->sock;
	case TT_REC_SOCKET:
		return &((const struct tt_rec_socket *)rec)->sock;
	default:
		return NULL;
	}
}

static void note(struct replay *r, const struct tt_hdr *rec)
{
	const struct tt_sock *sock = sock_of(rec);
	const struct tt_opts *opts = decode_opts(rec);
	struct detail *d;

	if (!sock || !(sock->ino || opts))
		return;
	d = detail_of(r, rec->sk);
	if (d && sock->ino)
		d->ino = sock->ino;
	if (d && opts) {
		d->opts = *opts;
		d->has_opts = true;
	}
}

/* As sock_diag would have told it, as far as the recording knows. */
static int add_diag(struct list *l, const struct tt_rec_socket *rec)
{
	const struct tt_tuple *t = &rec->sock.tuple;
	struct sock_diag d = {
		.sk = rec->hdr.sk,
		.netns = t->netns,
		.lport = __builtin_bswap16(t->lport_be),
		.rport = __builtin_bswap16(t->rport_be),
		.family = rec->sock.family,
		.state = rec->sock.state,
		.rqueue = rec->rx_queue,
		.wqueue = rec->tx_queue,
		.uid = rec->uid,
		.ino = rec->sock.ino,
		.ifindex = rec->bound_if,
	};

	memcpy(d.laddr, t->laddr_be, sizeof(d.laddr));
	memcpy(d.raddr, t->raddr_be, sizeof(d.raddr));
	if (d.state == ST_TIME_WAIT && rec->substate)
		d.state = rec->substate;
	if (d.state == ST_NEW_SYN_RECV)
		d.state = ST_SYN_RECV;
	return d.state == ST_CLOSE ? 0 : socket_table__add_diag(l->table, &d);
}

static void take_socket(void *ctx, const struct tt_rec_socket *rec)
{
	struct replay *r = ctx;
	struct list *l = r->list;
	struct tt_rec_socket copy = *rec;
	uint64_t sk = rec->hdr.sk;
	const struct detail *d = hashmap__find(&r->details, hash_u64(sk), &sk);
	int err;

	if (l->select.netns && rec->sock.tuple.netns != l->select.netns)
		return;
	if (d)
		copy.sock.ino = d->ino;
	if (d && d->has_opts)
		copy.opts = d->opts;
	err = socket_table__add(l->table, &copy);
	if (!err && list__needs_diag(l) == DIAG_ROWS)
		err = add_diag(l, &copy);
	if (err && !l->err)
		l->err = err;
}

/* --- the recording --------------------------------------------------------- */

static void tell_nobody(void *ctx, const struct fact *f)
{
	(void)ctx;
	(void)f;
}

static int bad_file(const struct list *l, const char *why)
{
	log_error("%s: %s", l->config->list_file, why);
	return STATUS_BAD_FILE;
}

static int decode(struct replay *r, const struct capture_item *item,
		  struct step *step, const char **why)
{
	struct frame_ip ip;
	const uint8_t *option;
	uint16_t len;

	*step = (struct step){ 0 };
	if (item->kind == CAPTURE_BLOCK &&
	    step__is_ours(item->type, item->body, item->body_len))
		return step__from_block(&r->storage, item->body, item->body_len,
					step, why);
	option = item->kind == CAPTURE_FRAME ?
			 pcapng_option(&item->options, TT_OPTION_RECORD, &len) :
			 NULL;
	if (!option || !frame__ip(&item->frame, &ip))
		return 0;
	return step__from_packet(&r->storage, option, len,
				 item->frame.data + ip.off,
				 item->frame.caplen - ip.off, step, why);
}

static int take_step(struct replay *r, const struct step *step)
{
	struct list *l = r->list;

	if (step->rec)
		note(r, step->rec);
	if (play__step(l->play, step))
		return bad_file(l, strerror(ENOMEM));
	if (step->what != TT_BLK_SETTINGS)
		return 0;
	if (!parse_at(l->config->list_at,
		      (int64_t)step->settings->start_ns +
			      step->settings->utc_offset_ns, &r->at_ns))
		return 0;
	log_error("--at %s: is no time: give 2026-01-31T23:59:58.5Z, 23:59:58.5 or seconds "
		  "since 1970", l->config->list_at);
	return STATUS_USAGE;
}

/* A step at the moment itself has happened. */
static bool is_after(const struct replay *r, const struct step *step)
{
	uint64_t time_ns = step__time(step);

	return time_ns && play__ready(r->list->play) &&
	       (int64_t)time_ns +
		       play__settings(r->list->play)->utc_offset_ns > r->at_ns;
}

static int replay_all(struct replay *r)
{
	struct capture_item item;
	const char *why = "";
	struct step step;
	int ret, status = 0;

	while (!status && (ret = capture__next(r->capture, &item)) == 1) {
		ret = decode(r, &item, &step, &why);
		if (ret)
			return bad_file(r->list, ret == -ENOMEM ? strerror(ENOMEM) :
								  why);
		if (is_after(r, &step))
			return 0;
		status = take_step(r, &step);
	}
	if (!status && ret < 0)
		return bad_file(r->list, capture__error(r->capture));
	if (!status && capture__cut(r->capture))
		log_warn("%s: %s", r->list->config->list_file, capture__cut(r->capture));
	if (!status && !play__ready(r->list->play))
		return bad_file(r->list, "is no recording: packets alone do not tell of "
					 "sockets");
	return status;
}

static void release(struct replay *r)
{
	struct detail *d;
	size_t pos = 0;

	while ((d = hashmap__next(&r->details, &pos)))
		free(d);
	hashmap__release(&r->details);
	step_storage__release(&r->storage);
	capture__free(r->capture);
}

static int64_t moment(const struct replay *r)
{
	const struct tt_blk_settings *s = play__settings(r->list->play);

	return r->at_ns == INT64_MAX ? (int64_t)s->start_ns :
				       r->at_ns - s->utc_offset_ns;
}

int list__replay(struct list *l)
{
	struct replay r = { .list = l };
	struct play_opts opts = { .also = { .events = ~0u },
				  .sink = tell_nobody };
	int err = capture__open(&r.capture, l->config->list_file), status;

	hashmap__init(&r.details, has_sk);
	l->play = play__new(&opts);
	if (err || !l->play)
		status = bad_file(l, r.capture && err ? capture__error(r.capture) :
							strerror(err ? -err : ENOMEM));
	else
		status = replay_all(&r);
	if (!status && l->view && l->view->own_netns && !l->config->netns)
		l->select.netns = play__settings(l->play)->netns;
	if (!status)
		flow_table__each_socket(play__flows(l->play), take_socket, &r);
	if (!status && l->err)
		status = bad_file(l, strerror(-l->err));
	if (!status)
		l->moment_ns = moment(&r);
	if (!status)
		l->hz = play__settings(l->play)->hz;
	if (!status && socket_table__finish(l->table, !l->view || !l->view->own_netns))
		status = bad_file(l, strerror(ENOMEM));
	release(&r);
	return status;
}
