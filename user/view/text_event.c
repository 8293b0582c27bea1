// SPDX-License-Identifier: BSD-2-Clause
/* What happened to a socket, in the words the kernel uses. */
#include "view/text_item.h"

#include "event/desc.h"

#define STATE_WIDTH 12	   /* "ESTABLISHED " */
#define CHANGE_WIDTH 26	   /* "ESTABLISHED -> CLOSE_WAIT " */

static void put_bytes(struct line *l, uint64_t n)
{
	line__u64(l, n);
	line__str(l, n == 1 ? " byte" : " bytes");
}

static void put_socket(struct text *t, const struct fact *f)
{
	size_t start;

	text__word(t, "socket");
	start = line__column(&t->line);
	text__style(t, STYLE_STATE);
	text__safe(t, fact_has(f, F_STATE) ? f->state : NULL);
	text__plain(t);
	line__char(&t->line, ' ');
	line__pad_to(&t->line, start + STATE_WIDTH);
	if (fact_has(f, F_RADDR) || fact_has(f, F_RPORT))
		text__ends(t, f, ARROW_BOTH);
	else
		text__local(t, f);
	text__item_owners(t, f);
	text__item_all_opts(t, f);
	text__item_peer(t, f);
}

static void put_connect(struct text *t, const struct fact *f)
{
	text__word(t, "connect");
	text__ends(t, f, ARROW_OUT);
	text__item_error(t, f);
	text__item_peer(t, f);
}

/* A program's own end of an attempt is no error, and no connection either. */
static void put_connected(struct text *t, const struct fact *f)
{
	bool aborted = fact_has(f, F_ABORTED);

	if (fact_has(f, F_ERROR) || aborted)
		text__word(t, "connect");
	else
		text__word(t, "connected");
	text__ends_once(t, f, ARROW_OUT);
	text__item_error(t, f);
	if (aborted) {
		line__str(text__item(t), "given up by ");
		text__safe(t, f->aborted);
	}
	if (fact_has(f, F_LATENCY_US))
		text__item_duration(t, "after", f->latency_us);
	text__item_opts(t, f);
	text__item_peer(t, f);
}

static void put_listen(struct text *t, const struct fact *f)
{
	text__word(t, "listen");
	text__local(t, f);
	if (fact_has(f, F_BACKLOG))
		text__item_number(t, "backlog", f->backlog);
	text__item_error(t, f);
}

static void put_syn_recv(struct text *t, const struct fact *f)
{
	text__word(t, "syn_recv");
	text__ends(t, f, ARROW_IN);
	if (fact_has(f, F_COOKIE) && f->cookie)
		text__item_str(t, "SYN cookie");
	text__item_peer(t, f);
}

static void put_accept(struct text *t, const struct fact *f)
{
	text__word(t, "accept");
	text__ends_once(t, f, ARROW_IN);
	text__item_error(t, f);
	if (fact_has(f, F_QUEUED_US))
		text__item_duration(t, "queued", f->queued_us);
	if (fact_has(f, F_QUEUE_LEN)) {
		text__item_number(t, "queue", f->queue_len);
		line__char(&t->line, '/');
		if (fact_has(f, F_QUEUE_MAX))
			line__u64(&t->line, f->queue_max);
		else
			line__char(&t->line, '-');
	}
	text__item_opts(t, f);
	text__item_peer(t, f);
}

static void put_cause(struct text *t, const struct fact *f)
{
	struct line *l = &t->line;

	if (!fact_has(f, F_CAUSE) || !f->cause_kind)
		return;
	line__str(l, " [");
	/* a call's name and a segment's flags speak for themselves */
	if (!f->cause_what || !strcmp(f->cause_kind, "timer"))
		text__safe(t, f->cause_kind);
	if (f->cause_what && !strcmp(f->cause_kind, "timer"))
		line__char(l, ' ');
	if (f->cause_what)
		text__safe(t, f->cause_what);
	line__char(l, ']');
}

static void put_state_name(struct text *t, const char *name)
{
	text__style(t, STYLE_STATE);
	text__safe(t, name);
	text__plain(t);
}

static void put_state(struct text *t, const struct fact *f)
{
	struct line *l = &t->line;
	size_t start = line__column(l);

	put_state_name(t, fact_has(f, F_OLD) ? f->old_state : NULL);
	line__char(l, ' ');
	text__arrow(t, ARROW_BECOMES);
	line__char(l, ' ');
	put_state_name(t, fact_has(f, F_NEW) ? f->new_state : NULL);
	line__char(l, ' ');
	line__pad_to(l, start + CHANGE_WIDTH);
	text__near(t, f);
	if (fact_has(f, F_IN_STATE_US))
		text__item_duration(t, "after", f->in_state_us);
	put_cause(t, f);
}

static void put_io(struct text *t, const struct fact *f, const char *name)
{
	struct line *l = &t->line;
	bool eof;

	text__word(t, name);
	text__near(t, f);
	text__item_error(t, f);
	eof = f->id == EV_recv && !f->bytes && !fact_has(f, F_ERROR);
	if (fact_has(f, F_BYTES) && (f->bytes || !fact_has(f, F_ERROR))) {
		if (eof)
			line__str(text__item(t), "EOF");
		else
			put_bytes(text__item(t), f->bytes);
		if (fact_has(f, F_OFFSET)) {
			line__str(l, eof ? " at " : " ");
			line__u64(l, f->offset);
		}
		if (fact_has(f, F_OFFSET) && !eof) {
			line__char(l, ':');
			line__u64(l, f->offset + f->bytes);
		}
	}
	if (fact_has(f, F_PEEK) && f->peek)
		text__item_str(t, "peek");
	if (fact_has(f, F_CALL) && fact_has(f, F_CALL_US))
		text__item_duration(t, f->call, f->call_us);
	else if (fact_has(f, F_CALL))
		text__item_str(t, f->call);
	else if (fact_has(f, F_CALL_US))
		text__duration(text__item(t), f->call_us);
}

static void put_send(struct text *t, const struct fact *f)
{
	put_io(t, f, "send");
}

static void put_recv(struct text *t, const struct fact *f)
{
	put_io(t, f, "recv");
}

static void put_shutdown(struct text *t, const struct fact *f)
{
	text__word(t, "shutdown");
	text__near(t, f);
	if (fact_has(f, F_HOW))
		text__item_str(t, f->how);
	text__item_error(t, f);
}

static void put_close(struct text *t, const struct fact *f)
{
	text__word(t, "close");
	text__near(t, f);
	if (fact_has(f, F_VIA) && f->via && strcmp(f->via, "close")) {
		line__str(text__item(t), "via ");
		text__safe(t, f->via);
	}
	if (fact_has(f, F_BYTES_SENT))
		text__item_number(t, "sent", f->bytes_sent);
	if (fact_has(f, F_BYTES_RECEIVED))
		text__item_number(t, "received", f->bytes_received);
	if (fact_has(f, F_UNREAD) && f->unread)
		text__item_number(t, "unread", f->unread);
	if (fact_has(f, F_LINGER))
		text__item_number(t, "linger", f->linger_s);
	if (fact_has(f, F_DURATION_US))
		text__item_duration(t, "after", f->duration_us);
	text__item_opts(t, f);
}

static void put_destroy(struct text *t, const struct fact *f)
{
	text__word(t, "destroy");
	text__near(t, f);
}

static void put_retransmit(struct text *t, const struct fact *f)
{
	text__word(t, "retransmit");
	text__near(t, f);
	if (fact_has(f, F_KIND))
		text__item_str(t, f->kind);
	if (fact_has(f, F_TCP_SEQ))
		text__item_number(t, "seq", f->tcp_seq);
}

static void put_reset(struct text *t, const struct fact *f)
{
	const char *dir = fact_has(f, F_DIR) ? f->dir : NULL;

	text__style(t, STYLE_BAD);
	text__word(t, "reset");
	text__plain(t);
	text__near(t, f);
	if (dir && !strcmp(dir, "in"))
		text__item_str(t, "received");
	else if (dir && !strcmp(dir, "out"))
		text__item_str(t, "sent");
	if (fact_has(f, F_REASON))
		text__item_str(t, f->reason);
}

static void put_drop(struct text *t, const struct fact *f)
{
	text__style(t, STYLE_BAD);
	text__word(t, "drop");
	text__plain(t);
	text__near(t, f);
	if (fact_has(f, F_REASON))
		text__item_str(t, f->reason);
	if (fact_has(f, F_WHERE)) {
		line__str(text__item(t), "in ");
		text__safe(t, f->where);
	}
}

/* What a rule concluded, and from what. */
static void put_finding(struct text *t, const struct fact *f)
{
	text__word(t, "finding");
	text__near(t, f);
	if (fact_has(f, F_WHAT))
		text__item_str(t, f->what);
	if (fact_has(f, F_WHY))
		text__item_str(t, f->why);
}

static const char *loss_in_words(const char *why)
{
	static const char *const words[][2] = {
		{ "ring", "the ring buffer was full" },
		{ "table", "a table was full" },
		{ "read", "kernel memory could not be read" },
		{ "rate", "more than --rate allows" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(why, words[i][0]))
			return words[i][1];
	return why;
}

static void put_lost(struct text *t, const struct fact *f)
{
	struct line *l = &t->line;
	const char *what = fact_has(f, F_WHAT) ? f->what : NULL;

	text__style(t, STYLE_BAD);
	text__word(t, "lost");
	if (fact_has(f, F_COUNT))
		line__u64(l, f->count);
	else
		line__char(l, '-');
	line__char(l, ' ');
	text__safe(t, what);
	if (what && event_desc__by_name(what, strlen(what)))
		line__str(l, f->count == 1 ? " event" : " events");
	if (fact_has(f, F_WHY) && f->why) {
		line__str(l, ": ");
		text__safe(t, loss_in_words(f->why));
	}
	text__plain(t);
}

static void (*const bodies[EV_MAX])(struct text *t, const struct fact *f) = {
	[EV_socket] = put_socket,
	[EV_connect] = put_connect,
	[EV_connected] = put_connected,
	[EV_listen] = put_listen,
	[EV_syn_recv] = put_syn_recv,
	[EV_accept] = put_accept,
	[EV_state] = put_state,
	[EV_send] = put_send,
	[EV_recv] = put_recv,
	[EV_shutdown] = put_shutdown,
	[EV_close] = put_close,
	[EV_destroy] = put_destroy,
	[EV_retransmit] = put_retransmit,
	[EV_reset] = put_reset,
	[EV_drop] = put_drop,
	[EV_finding] = put_finding,
	[EV_lost] = put_lost,
};

void text__event(struct text *t, const struct fact *f)
{
	if (bodies[f->id])
		bodies[f->id](t, f);
}
