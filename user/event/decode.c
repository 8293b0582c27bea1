// SPDX-License-Identifier: BSD-2-Clause
#include "event/decode.h"

#include <stdint.h>
#include <string.h>

#include "event/names.h"

/* The result of the first check that fails. */
#define TRY(check)                       \
	do {                             \
		int try_err_ = (check);  \
		if (try_err_)            \
			return try_err_; \
	} while (0)

static int check_range(uint32_t v, uint32_t min, uint32_t max)
{
	return v < min || v > max ? DECODE_VALUE : DECODE_OK;
}

static int check_state(uint32_t state)
{
	return state >= ST_MAX ? DECODE_STATE : DECODE_OK;
}

static int check_string(const char *s, size_t size)
{
	return memchr(s, '\0', size) ? DECODE_OK : DECODE_STRING;
}

static int check_task(const struct tt_task *task)
{
	return check_string(task->comm, sizeof(task->comm));
}

/* family and state are 0 where the hook had no socket to ask. */
static int check_sock(const struct tt_sock *sock)
{
	if (sock->family != 0 && sock->family != 4 && sock->family != 6)
		return DECODE_VALUE;
	TRY(check_range(sock->shutdown, 0, 3));
	return check_state(sock->state);
}

static int check_opts(const struct tt_hdr *rec)
{
	const struct tt_opts *opts = decode_opts(rec);

	if (!opts)
		return DECODE_OK;
	return check_string(opts->congestion, sizeof(opts->congestion));
}

static int check_rec_state(const struct tt_hdr *rec)
{
	const struct tt_rec_state *r = (const void *)rec;

	TRY(check_sock(&r->sock));
	TRY(check_task(&r->task));
	TRY(check_state(r->old_state));
	if (r->new_state == ST_NONE)
		return DECODE_STATE;
	TRY(check_state(r->new_state));
	return check_opts(rec);
}

static int check_rec_call(const struct tt_hdr *rec)
{
	const struct tt_rec_call *r = (const void *)rec;

	TRY(check_sock(&r->sock));
	TRY(check_task(&r->task));
	TRY(check_range(r->call, TT_CALL_CONNECT, TT_CALL_CONNECT_END));
	return check_opts(rec);
}

static int check_rec_close(const struct tt_hdr *rec)
{
	const struct tt_rec_close *r = (const void *)rec;

	TRY(check_sock(&r->sock));
	TRY(check_task(&r->task));
	return check_opts(rec);
}

static int check_rec_destroy(const struct tt_hdr *rec)
{
	const struct tt_rec_destroy *r = (const void *)rec;

	TRY(check_sock(&r->sock));
	return check_task(&r->task);
}

static int check_link(const struct tt_link *l)
{
	TRY(check_range(l->pkttype, TT_PKTTYPE_HOST, TT_PKTTYPE_OUTGOING));
	TRY(check_range(l->csum, TT_CSUM_NONE, TT_CSUM_PARTIAL));
	TRY(check_range(l->addr_len, 0, TT_LINK_ADDR_LEN));
	return check_range(l->l2_len, 0, TT_LINK_L2_LEN);
}

static int check_rec_packet(const struct tt_hdr *rec)
{
	const struct tt_rec_packet *r = (const void *)rec;

	const struct tt_link *link = tt_packet_link(r);
	uint32_t held = rec->len - TT_REC_PACKET_HDR;

	if (link) {
		if (held < sizeof(*link))
			return DECODE_LENGTH;
		held -= sizeof(*link);
		TRY(check_link(link));
	}
	if (r->caplen > TT_PKT_DATA_MAX || r->caplen > held)
		return DECODE_CAPLEN;
	TRY(check_range(r->dir, TT_DIR_OUT, TT_DIR_IN));
	TRY(check_state(r->sk_state));
	return check_string(r->ifname, sizeof(r->ifname));
}

static int check_rec_retransmit(const struct tt_hdr *rec)
{
	const struct tt_rec_retransmit *r = (const void *)rec;

	TRY(check_sock(&r->sock));
	return check_range(r->why, TT_RETRANS_SYN, TT_RETRANS_PROBE);
}

static int check_rec_reset(const struct tt_hdr *rec)
{
	const struct tt_rec_reset *r = (const void *)rec;

	TRY(check_sock(&r->sock));
	TRY(check_task(&r->task));
	return check_range(r->dir, TT_DIR_OUT, TT_DIR_IN);
}

static int check_rec_drop(const struct tt_hdr *rec)
{
	const struct tt_rec_drop *r = (const void *)rec;

	return check_sock(&r->sock);
}

static int check_rec_task(const struct tt_hdr *rec)
{
	const struct tt_rec_task *r = (const void *)rec;

	TRY(check_task(&r->task));
	return check_range(r->what, TT_TASK_FORK, TT_TASK_LET_GO);
}

static int check_rec_socket(const struct tt_hdr *rec)
{
	const struct tt_rec_socket *r = (const void *)rec;

	TRY(check_sock(&r->sock));
	TRY(check_task(&r->task));
	TRY(check_range(r->timer, 0, 4));
	if (r->substate != ST_NONE && r->substate != ST_FIN_WAIT2 &&
	    r->substate != ST_TIME_WAIT)
		return DECODE_STATE;
	return check_opts(rec);
}

/* A record has exactly min bytes, or full and those of later versions. */
static const struct form {
	uint16_t min;
	uint16_t full;
	int (*check)(const struct tt_hdr *rec);
} forms[TT_REC_MAX] = {
#define FIXED(name) sizeof(struct tt_rec_##name), \
		    sizeof(struct tt_rec_##name), check_rec_##name
	[TT_REC_STATE] = { TT_REC_STATE_MIN, sizeof(struct tt_rec_state),
			   check_rec_state },
	[TT_REC_CALL] = { TT_REC_CALL_MIN, sizeof(struct tt_rec_call),
			  check_rec_call },
	[TT_REC_CLOSE] = { FIXED(close) },
	[TT_REC_DESTROY] = { FIXED(destroy) },
	/* any length above the header's: caplen is what counts */
	[TT_REC_PACKET] = { TT_REC_PACKET_HDR, TT_REC_PACKET_HDR,
			    check_rec_packet },
	[TT_REC_RETRANSMIT] = { FIXED(retransmit) },
	[TT_REC_RESET] = { FIXED(reset) },
	[TT_REC_DROP] = { FIXED(drop) },
	[TT_REC_TASK] = { FIXED(task) },
	[TT_REC_SOCKET] = { FIXED(socket) },
#undef FIXED
};

static int check_header(const struct tt_hdr *hdr, size_t len)
{
	if (hdr->len < sizeof(*hdr))
		return DECODE_LENGTH;
	if (hdr->len > len)
		return DECODE_CUT;
	return hdr->kind ? DECODE_OK : DECODE_KIND;
}

static int check_form(const struct tt_hdr *rec)
{
	const struct form *form = &forms[rec->kind];

	if (rec->len != form->min && rec->len < form->full)
		return DECODE_LENGTH;
	return form->check(rec);
}

int decode_record(const void *data, size_t len, const struct tt_hdr **rec)
{
	const struct tt_hdr *hdr = data;

	*rec = NULL;
	if ((uintptr_t)data % _Alignof(struct tt_hdr))
		return DECODE_MISALIGNED;
	if (len < sizeof(*hdr))
		return DECODE_SHORT;
	TRY(check_header(hdr, len));
	if (hdr->kind < TT_REC_MAX)
		TRY(check_form(hdr));
	*rec = hdr;
	return hdr->kind < TT_REC_MAX ? DECODE_OK : DECODE_SKIP;
}

const char *decode_result_text(int result)
{
	switch (result) {
	case DECODE_OK:
		return "a good record";
	case DECODE_SKIP:
		return "a kind of record this version does not know";
	case DECODE_MISALIGNED:
		return "the record is not aligned";
	case DECODE_SHORT:
		return "the record ends before its header";
	case DECODE_LENGTH:
		return "the record has a length its kind never has";
	case DECODE_CUT:
		return "the record is cut off";
	case DECODE_KIND:
		return "the record has no kind";
	case DECODE_CAPLEN:
		return "the record claims more packet bytes than it holds";
	case DECODE_STATE:
		return "the record names a TCP state there is not";
	case DECODE_VALUE:
		return "the record holds a number out of its range";
	case DECODE_STRING:
		return "a text in the record has no end";
	default:
		return "an unknown error";
	}
}

bool decode_is_long(const struct tt_hdr *rec)
{
	return rec->len >= forms[rec->kind].full;
}

const struct tt_opts *decode_opts(const struct tt_hdr *rec)
{
	const struct tt_rec_socket *socket = (const void *)rec;
	const struct tt_rec_state *state = (const void *)rec;
	const struct tt_rec_call *call = (const void *)rec;
	const struct tt_rec_close *close = (const void *)rec;

	switch (rec->kind) {
	case TT_REC_STATE:
		if (!decode_is_long(rec) || !(state->seen & TT_SEEN_OPTS))
			return NULL;
		return &state->opts;
	case TT_REC_CALL:
		if (!decode_is_long(rec) || call->call != TT_CALL_ACCEPT)
			return NULL;
		return &call->opts;
	case TT_REC_CLOSE:
		return &close->opts;
	case TT_REC_SOCKET: /* requests and TIME_WAIT remnants have none */
		return socket->sock.flags & TT_SK_REQUEST ? NULL : &socket->opts;
	default:
		return NULL;
	}
}
