// SPDX-License-Identifier: BSD-2-Clause
/* What happened to a socket, in the words the kernel uses. */
#include "view/text.h"

#include "event/desc.h"

#define WORD_WIDTH 11	   /* "retransmit " */
#define STATE_WIDTH 12	   /* "ESTABLISHED " */
#define CHANGE_WIDTH 26	   /* "ESTABLISHED -> CLOSE_WAIT " */
#define NEAR_WIDTH 27	   /* ":9090 <> 127.0.0.1:40000   " */
#define OWNERS_SHOWN 8

static void put_tenths(struct line *l, uint64_t tenths, const char *unit)
{
	line__u64(l, tenths / 10);
	line__char(l, '.');
	line__u64(l, tenths % 10);
	line__str(l, unit);
}

static void put_pair(struct line *l, uint64_t v, char unit, uint64_t rest,
		     char rest_unit)
{
	line__u64(l, v);
	line__char(l, unit);
	line__digits(l, rest, 2);
	line__char(l, rest_unit);
}

/* 85 us, 1.2 ms, 3.4 s, 2m05s, 3h02m, 1d04h; rounded down */
static void put_duration(struct line *l, uint64_t us)
{
	uint64_t s = us / 1000000;

	if (us < 1000) {
		line__u64(l, us);
		line__str(l, " us");
	} else if (!s) {
		put_tenths(l, us / 100, " ms");
	} else if (s < 60) {
		put_tenths(l, us / 100000, " s");
	} else if (s < 3600) {
		put_pair(l, s / 60, 'm', s % 60, 's');
	} else if (s < 86400) {
		put_pair(l, s / 3600, 'h', s / 60 % 60, 'm');
	} else {
		put_pair(l, s / 86400, 'd', s / 3600 % 24, 'h');
	}
}

static void put_bytes(struct line *l, uint64_t n)
{
	line__u64(l, n);
	line__str(l, n == 1 ? " byte" : " bytes");
}

static void word(struct text *t, const char *name)
{
	size_t start = line__column(&t->line);

	line__str(&t->line, name);
	line__pad_to(&t->line, start + WORD_WIDTH);
}

/* Begins the next of a line's details. */
static struct line *item(struct text *t)
{
	struct line *l = &t->line;

	if (t->in_list) {
		line__str(l, ", ");
		return l;
	}
	t->in_list = true;
	line__char(l, ' ');
	if (t->detail && !t->tight)
		line__pad_to(l, t->detail);
	else
		line__char(l, ' ');
	return l;
}

static void put_address(struct line *l, const uint8_t addr[16])
{
	/* a v4-mapped address is dotted and needs no brackets */
	bool v6 = addr[0] || addr[10] != 0xff;

	if (v6)
		line__char(l, '[');
	line__addr(l, addr);
	if (v6)
		line__char(l, ']');
}

static void put_port(struct line *l, bool known, uint16_t port)
{
	line__char(l, ':');
	if (known)
		line__u64(l, port);
	else
		line__char(l, '-');
}

static void put_end(struct line *l, const uint8_t *addr, bool has_port,
		    uint16_t port)
{
	if (addr)
		put_address(l, addr);
	else
		line__char(l, '-');
	if (addr || has_port)
		put_port(l, has_port, port);
}

static void put_local(struct text *t, const struct fact *f)
{
	put_end(&t->line, fact_has(f, F_LADDR) ? f->laddr : NULL,
		fact_has(f, F_LPORT), f->lport);
}

static void put_remote(struct text *t, const struct fact *f)
{
	put_end(&t->line, fact_has(f, F_RADDR) ? f->raddr : NULL,
		fact_has(f, F_RPORT), f->rport);
}

static bool has_remote(const struct fact *f)
{
	return fact_has(f, F_RADDR) || fact_has(f, F_RPORT);
}

/* Both ends in full: where a connection is first met. */
static void put_ends(struct text *t, const struct fact *f, enum arrow dir)
{
	put_local(t, f);
	line__char(&t->line, ' ');
	text__arrow(t, dir);
	line__char(&t->line, ' ');
	put_remote(t, f);
}

/* The local end as its port alone. */
static void put_short(struct text *t, const struct fact *f, enum arrow dir)
{
	put_port(&t->line, fact_has(f, F_LPORT), f->lport);
	line__char(&t->line, ' ');
	text__arrow(t, dir);
	line__char(&t->line, ' ');
	put_remote(t, f);
}

/* Both ends; an address that they share is told once. */
static void put_pair_once(struct text *t, const struct fact *f, enum arrow dir)
{
	if (fact_has(f, F_LADDR) && fact_has(f, F_RADDR) &&
	    !memcmp(f->laddr, f->raddr, sizeof(f->laddr)))
		put_short(t, f, dir);
	else
		put_ends(t, f, dir);
}

/* Which connection it is, told by what differs between connections. */
static void put_near(struct text *t, const struct fact *f)
{
	t->detail = line__column(&t->line) + NEAR_WIDTH;
	if (has_remote(f))
		put_short(t, f, ARROW_BOTH);
	else
		put_local(t, f);
}

static void item_str(struct text *t, const char *s)
{
	item(t);
	text__safe(t, s);
}

static void item_number(struct text *t, const char *name, uint64_t v)
{
	line__str(item(t), name);
	line__char(&t->line, ' ');
	line__u64(&t->line, v);
}

static void item_duration(struct text *t, const char *name, uint64_t us)
{
	line__str(item(t), name);
	line__char(&t->line, ' ');
	put_duration(&t->line, us);
}

static void item_error(struct text *t, const struct fact *f)
{
	if (!fact_has(f, F_ERROR))
		return;
	item(t);
	text__style(t, STYLE_BAD);
	line__str(&t->line, "failed ");
	text__safe(t, f->error);
	text__plain(t);
}

static void item_peer(struct text *t, const struct fact *f)
{
	if (!fact_has(f, F_PEER) || !f->peer.pid)
		return;
	line__str(item(t), "peer ");
	text__safe(t, f->peer.comm);
	line__char(&t->line, '/');
	line__u64(&t->line, f->peer.pid);
}

/* The options that change how a connection behaves or ends. */
static void item_opts(struct text *t, const struct fact *f)
{
	if (!fact_has(f, F_OPTS))
		return;
	if (f->opts.nodelay)
		item_str(t, "nodelay");
	if (f->opts.linger_on && !f->opts.linger_s && !fact_has(f, F_LINGER))
		item_str(t, "linger 0");
	if (f->opts.keepalive_on)
		item_str(t, "keepalive");
}

static void item_all_opts(struct text *t, const struct fact *f)
{
	const struct sock_opts *o = &f->opts;

	if (!fact_has(f, F_OPTS))
		return;
	if (o->nodelay)
		item_str(t, "nodelay");
	if (o->cork)
		item_str(t, "cork");
	if (o->linger_on)
		item_number(t, "linger", o->linger_s);
	if (!o->keepalive_on)
		return;
	item_number(t, "keepalive", o->ka_time_s);
	line__char(&t->line, '/');
	line__u64(&t->line, o->ka_intvl_s);
	line__char(&t->line, '/');
	line__u64(&t->line, o->ka_probes);
}

static void put_owner_ref(struct text *t, const struct owner_ref *o)
{
	text__safe(t, o->comm);
	line__char(&t->line, '/');
	if (o->pid)
		line__u64(&t->line, o->pid);
	else
		line__char(&t->line, '-');
	if (o->fd >= 0) {
		line__str(&t->line, " fd ");
		line__s64(&t->line, o->fd);
	}
}

/* Unless the line's own owner is the only one. */
static void item_owners(struct text *t, const struct fact *f)
{
	if (!fact_has(f, F_OWNERS))
		return;
	if (!f->nowners)
		item_str(t, "no owner");
	if (!f->nowners || (f->nowners == 1 && fact_has(f, F_PID) &&
			    f->owners[0].pid == f->pid))
		return;
	line__str(item(t), "owners ");
	for (uint32_t i = 0; i < f->nowners && i < OWNERS_SHOWN; i++) {
		if (i)
			line__str(&t->line, "; ");
		put_owner_ref(t, &f->owners[i]);
	}
	if (f->nowners > OWNERS_SHOWN) {
		line__str(&t->line, "; and ");
		line__u64(&t->line, f->nowners - OWNERS_SHOWN);
		line__str(&t->line, " more");
	}
}

static void put_socket(struct text *t, const struct fact *f)
{
	size_t start;

	word(t, "socket");
	start = line__column(&t->line);
	text__style(t, STYLE_STATE);
	text__safe(t, fact_has(f, F_STATE) ? f->state : NULL);
	text__plain(t);
	line__char(&t->line, ' ');
	line__pad_to(&t->line, start + STATE_WIDTH);
	if (has_remote(f))
		put_ends(t, f, ARROW_BOTH);
	else
		put_local(t, f);
	item_owners(t, f);
	item_all_opts(t, f);
	item_peer(t, f);
}

static void put_connect(struct text *t, const struct fact *f)
{
	word(t, "connect");
	put_ends(t, f, ARROW_OUT);
	item_error(t, f);
	item_peer(t, f);
}

/* A program's own end of an attempt is no error, and no connection either. */
static void put_connected(struct text *t, const struct fact *f)
{
	bool aborted = fact_has(f, F_ABORTED);

	if (fact_has(f, F_ERROR) || aborted)
		word(t, "connect");
	else
		word(t, "connected");
	put_pair_once(t, f, ARROW_OUT);
	item_error(t, f);
	if (aborted) {
		line__str(item(t), "given up by ");
		text__safe(t, f->aborted);
	}
	if (fact_has(f, F_LATENCY_US))
		item_duration(t, "after", f->latency_us);
	item_opts(t, f);
	item_peer(t, f);
}

static void put_listen(struct text *t, const struct fact *f)
{
	word(t, "listen");
	put_local(t, f);
	if (fact_has(f, F_BACKLOG))
		item_number(t, "backlog", f->backlog);
	item_error(t, f);
}

static void put_syn_recv(struct text *t, const struct fact *f)
{
	word(t, "syn_recv");
	put_ends(t, f, ARROW_IN);
	if (fact_has(f, F_COOKIE) && f->cookie)
		item_str(t, "SYN cookie");
	item_peer(t, f);
}

static void put_accept(struct text *t, const struct fact *f)
{
	word(t, "accept");
	put_pair_once(t, f, ARROW_IN);
	item_error(t, f);
	if (fact_has(f, F_QUEUED_US))
		item_duration(t, "queued", f->queued_us);
	if (fact_has(f, F_QUEUE_LEN)) {
		item_number(t, "queue", f->queue_len);
		line__char(&t->line, '/');
		if (fact_has(f, F_QUEUE_MAX))
			line__u64(&t->line, f->queue_max);
		else
			line__char(&t->line, '-');
	}
	item_opts(t, f);
	item_peer(t, f);
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
	put_near(t, f);
	if (fact_has(f, F_IN_STATE_US))
		item_duration(t, "after", f->in_state_us);
	put_cause(t, f);
}

static void put_io(struct text *t, const struct fact *f, const char *name)
{
	struct line *l = &t->line;
	bool eof;

	word(t, name);
	put_near(t, f);
	item_error(t, f);
	eof = f->id == EV_recv && !f->bytes && !fact_has(f, F_ERROR);
	if (fact_has(f, F_BYTES) && (f->bytes || !fact_has(f, F_ERROR))) {
		if (eof)
			line__str(item(t), "EOF");
		else
			put_bytes(item(t), f->bytes);
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
		item_str(t, "peek");
	if (fact_has(f, F_CALL) && fact_has(f, F_CALL_US))
		item_duration(t, f->call, f->call_us);
	else if (fact_has(f, F_CALL))
		item_str(t, f->call);
	else if (fact_has(f, F_CALL_US))
		put_duration(item(t), f->call_us);
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
	word(t, "shutdown");
	put_near(t, f);
	if (fact_has(f, F_HOW))
		item_str(t, f->how);
	item_error(t, f);
}

static void put_close(struct text *t, const struct fact *f)
{
	word(t, "close");
	put_near(t, f);
	if (fact_has(f, F_VIA) && f->via && strcmp(f->via, "close")) {
		line__str(item(t), "via ");
		text__safe(t, f->via);
	}
	if (fact_has(f, F_BYTES_SENT))
		item_number(t, "sent", f->bytes_sent);
	if (fact_has(f, F_BYTES_RECEIVED))
		item_number(t, "received", f->bytes_received);
	if (fact_has(f, F_UNREAD) && f->unread)
		item_number(t, "unread", f->unread);
	if (fact_has(f, F_LINGER))
		item_number(t, "linger", f->linger_s);
	if (fact_has(f, F_DURATION_US))
		item_duration(t, "after", f->duration_us);
	item_opts(t, f);
}

static void put_destroy(struct text *t, const struct fact *f)
{
	word(t, "destroy");
	put_near(t, f);
}

static void put_retransmit(struct text *t, const struct fact *f)
{
	word(t, "retransmit");
	put_near(t, f);
	if (fact_has(f, F_KIND))
		item_str(t, f->kind);
	if (fact_has(f, F_TCP_SEQ))
		item_number(t, "seq", f->tcp_seq);
}

static void put_reset(struct text *t, const struct fact *f)
{
	const char *dir = fact_has(f, F_DIR) ? f->dir : NULL;

	text__style(t, STYLE_BAD);
	word(t, "reset");
	text__plain(t);
	put_near(t, f);
	if (dir && !strcmp(dir, "in"))
		item_str(t, "received");
	else if (dir && !strcmp(dir, "out"))
		item_str(t, "sent");
	if (fact_has(f, F_REASON))
		item_str(t, f->reason);
}

static void put_drop(struct text *t, const struct fact *f)
{
	text__style(t, STYLE_BAD);
	word(t, "drop");
	text__plain(t);
	put_near(t, f);
	if (fact_has(f, F_REASON))
		item_str(t, f->reason);
	if (fact_has(f, F_WHERE)) {
		line__str(item(t), "in ");
		text__safe(t, f->where);
	}
}

/* What a rule concluded, and from what. */
static void put_finding(struct text *t, const struct fact *f)
{
	word(t, "finding");
	put_near(t, f);
	if (fact_has(f, F_WHAT))
		item_str(t, f->what);
	if (fact_has(f, F_WHY))
		item_str(t, f->why);
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
	word(t, "lost");
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
