// SPDX-License-Identifier: BSD-2-Clause
/*
 * The input is a stream of records as they lie in a recording, one after the
 * other. Whatever the bytes, decode_record() reads none but the record's, and
 * what it lets through keeps the promises of event/decode.h.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "event/decode.h"
#include "event/names.h"
#include "fuzz.h"

static void check_text(const char *s, size_t size)
{
	REQUIRE(strnlen(s, size) < size);
}

static void check_sock(const struct tt_sock *sock)
{
	REQUIRE(sock->state < ST_MAX);
	REQUIRE(sock->shutdown <= 3);
}

static void check_inside(const struct tt_hdr *rec, const void *p, size_t size)
{
	REQUIRE((const uint8_t *)p >= (const uint8_t *)rec);
	REQUIRE((const uint8_t *)p + size <= (const uint8_t *)rec + rec->len);
}

static void check_packet(const struct tt_rec_packet *r)
{
	const struct tt_link *link = tt_packet_link(r);

	check_inside(&r->hdr, tt_packet_data(r), r->caplen);
	if (link) {
		check_inside(&r->hdr, link, sizeof(*link));
		REQUIRE(link->l2_len <= sizeof(link->l2));
		REQUIRE(link->addr_len <= sizeof(link->addr));
	}
	check_text(r->ifname, sizeof(r->ifname));
	REQUIRE(r->dir == TT_DIR_OUT || r->dir == TT_DIR_IN);
	REQUIRE(r->sk_state < ST_MAX);
	fuzz_touch(tt_packet_data(r), r->caplen);
}

static void check_opts(const struct tt_hdr *rec)
{
	const struct tt_opts *opts = decode_opts(rec);

	if (!opts)
		return;
	check_inside(rec, opts, sizeof(*opts));
	check_text(opts->congestion, sizeof(opts->congestion));
}

/* Where the kinds keep their socket and task. */
static void check_common(const struct tt_hdr *rec)
{
	const struct tt_rec_close *r = (const void *)rec;

	switch (rec->kind) {
	case TT_REC_STATE:
	case TT_REC_CALL:
	case TT_REC_CLOSE:
	case TT_REC_DESTROY:
	case TT_REC_RESET:
	case TT_REC_SOCKET:
		check_text(r->task.comm, sizeof(r->task.comm));
		/* fall through */
	case TT_REC_RETRANSMIT:
	case TT_REC_DROP:
		check_sock(&r->sock);
		break;
	case TT_REC_TASK:
		check_text(((const struct tt_rec_task *)rec)->task.comm,
			   TT_COMM_LEN);
		break;
	case TT_REC_PACKET:
		check_packet((const void *)rec);
		break;
	}
}

static void check_record(const struct tt_hdr *rec, size_t len)
{
	REQUIRE(rec->len >= sizeof(*rec) && rec->len <= len);
	fuzz_touch(rec, rec->len);
	if (rec->kind >= TT_REC_MAX)
		return;
	decode_is_long(rec);
	check_common(rec);
	check_opts(rec);
}

/* The bytes of the record at data that were consumed; 0 ends the stream. */
static size_t decode_one(const uint8_t *data, size_t len)
{
	void *block = malloc(len); /* exactly: ASan guards both ends */
	const struct tt_hdr *rec;
	size_t used = 0;
	int ret;

	REQUIRE(block);
	memcpy(block, data, len);
	ret = decode_record(block, len, &rec);
	REQUIRE((ret >= 0) == (rec != NULL));
	REQUIRE(strcmp(decode_result_text(ret), decode_result_text(99)));
	if (rec) {
		REQUIRE((ret == DECODE_SKIP) == (rec->kind >= TT_REC_MAX));
		check_record(rec, len);
		used = rec->len;
	}
	free(block);
	return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t used;

	while (size && (used = decode_one(data, size))) {
		data += used;
		size -= used;
	}
	return 0;
}
