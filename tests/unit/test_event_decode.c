// SPDX-License-Identifier: BSD-2-Clause
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "event/decode.h"
#include "event/names.h"

#define MAX_LEN 1024

union record {
	struct tt_hdr hdr;
	struct tt_rec_state state;
	struct tt_rec_call call;
	struct tt_rec_close close;
	struct tt_rec_destroy destroy;
	struct tt_rec_packet packet;
	struct tt_rec_retransmit retransmit;
	struct tt_rec_reset reset;
	struct tt_rec_drop drop;
	struct tt_rec_task task;
	struct tt_rec_socket socket;
	uint8_t bytes[MAX_LEN];
};

/* Offsets of what checks look at; 0: the kind has none. */
static const struct kind {
	uint16_t kind, min, full;
	uint16_t sock, task, opts;
} kinds[] = {
#define AT(rec, member) offsetof(struct tt_rec_##rec, member)
	{ TT_REC_STATE, 136, 224, AT(state, sock), AT(state, task),
	  AT(state, opts) },
	{ TT_REC_CALL, 168, 216, AT(call, sock), AT(call, task),
	  AT(call, opts) },
	{ TT_REC_CLOSE, 192, 192, AT(close, sock), AT(close, task),
	  AT(close, opts) },
	{ TT_REC_DESTROY, 144, 144, AT(destroy, sock), AT(destroy, task), 0 },
	{ TT_REC_PACKET, 72, 232, 0, 0, 0 },
	{ TT_REC_RETRANSMIT, 88, 88, AT(retransmit, sock), 0, 0 },
	{ TT_REC_RESET, 128, 128, AT(reset, sock), AT(reset, task), 0 },
	{ TT_REC_DROP, 96, 96, AT(drop, sock), 0, 0 },
	{ TT_REC_TASK, 80, 80, 0, AT(task, task), 0 },
	{ TT_REC_SOCKET, 232, 232, AT(socket, sock), AT(socket, task),
	  AT(socket, opts) },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

_Static_assert(KINDS == TT_REC_MAX - 1, "a kind without a row");

/* A good record of the kind, in its long form. */
static void make_record(union record *r, uint16_t kind)
{
	const struct kind *k = &kinds[kind - 1];

	memset(r, 0, sizeof(*r));
	r->hdr = (struct tt_hdr){ .kind = kind, .len = k->full, .cpu = 1,
				  .ts_ns = 12345, .sk = 0x1001 };
	if (k->sock) {
		struct tt_sock *sock = (void *)(r->bytes + k->sock);

		sock->family = 6;
		sock->state = ST_ESTABLISHED;
		sock->shutdown = 3;
	}
	if (k->task)
		strcpy(((struct tt_task *)(r->bytes + k->task))->comm, "java");
	if (k->opts)
		strcpy(((struct tt_opts *)(r->bytes + k->opts))->congestion,
		       "cubic");
	switch (kind) {
	case TT_REC_STATE:
		r->state.old_state = ST_SYN_RECV;
		r->state.new_state = ST_ESTABLISHED;
		r->state.seen = TT_SEEN_OPTS;
		break;
	case TT_REC_CALL:
		r->call.call = TT_CALL_ACCEPT;
		break;
	case TT_REC_PACKET:
		r->packet.dir = TT_DIR_IN;
		r->packet.caplen = TT_PKT_DATA_LONG;
		r->packet.sk_state = ST_LISTEN;
		strcpy(r->packet.ifname, "enp0s31f6");
		break;
	case TT_REC_RETRANSMIT:
		r->retransmit.why = TT_RETRANS_RTO;
		break;
	case TT_REC_RESET:
		r->reset.dir = TT_DIR_OUT;
		break;
	case TT_REC_TASK:
		r->task.what = TT_TASK_EXEC;
		break;
	}
}

/* From a heap block of exactly len bytes: a read past it is an error of the
 * address sanitizer. */
static int decode_exact(const union record *r, size_t len)
{
	void *block = malloc(len + !len);
	const struct tt_hdr *rec = (void *)&len;
	int ret;

	assert_non_null(block);
	memcpy(block, r, len);
	ret = decode_record(block, len, &rec);
	assert_ptr_equal(rec, ret >= 0 ? block : NULL);
	if (ret == DECODE_OK) {
		decode_is_long(rec);
		decode_opts(rec);
	}
	free(block);
	return ret;
}

static void check_record(const union record *r, int want, const char *what)
{
	int ret = decode_exact(r, r->hdr.len);

	if (ret != want)
		fail_msg("kind %u, %s: %s", r->hdr.kind, what,
			 decode_result_text(ret));
}

static void good_records_pass(void **state)
{
	union record r;
	size_t i;

	(void)state;
	for (i = 0; i < KINDS; i++) {
		make_record(&r, kinds[i].kind);
		check_record(&r, DECODE_OK, "long");
		r.hdr.len = kinds[i].min;
		r.packet.caplen = i + 1 == TT_REC_PACKET ? 0 : r.packet.caplen;
		check_record(&r, DECODE_OK, "short");
	}
}

static void every_buffer_length(void **state)
{
	union record r;
	size_t i, len;

	(void)state;
	for (i = 0; i < KINDS; i++) {
		make_record(&r, kinds[i].kind);
		for (len = 0; len < kinds[i].full; len++)
			assert_int_equal(decode_exact(&r, len),
					 len < sizeof(r.hdr) ? DECODE_SHORT :
							       DECODE_CUT);
		/* what follows a record is none of its business */
		assert_int_equal(decode_exact(&r, kinds[i].full + 1),
				 DECODE_OK);
	}
}

static int want_for_length(const struct kind *k, uint16_t len)
{
	if (len < k->min)
		return DECODE_LENGTH;
	if (k->kind == TT_REC_PACKET && len < k->full)
		return DECODE_CAPLEN;
	if (len > k->min && len < k->full)
		return DECODE_LENGTH;
	return DECODE_OK;
}

/* hdr.len from 0 up, in a buffer that ends where the record says it does */
static void every_claimed_length(void **state)
{
	union record r;
	uint16_t len;
	size_t i;

	(void)state;
	for (i = 0; i < KINDS; i++) {
		make_record(&r, kinds[i].kind);
		for (len = 0; len <= kinds[i].full + 64; len++) {
			size_t held = len < sizeof(r.hdr) ? sizeof(r.hdr) : len;

			r.hdr.len = len;
			assert_int_equal(decode_exact(&r, held),
					 want_for_length(&kinds[i], len));
		}
		r.hdr.len = UINT16_MAX;
		assert_int_equal(decode_exact(&r, sizeof(r)), DECODE_CUT);
	}
}

static void unknown_kinds_are_skipped(void **state)
{
	union record r;
	uint32_t kind;

	(void)state;
	memset(&r, 0xff, sizeof(r));
	for (kind = TT_REC_MAX; kind <= UINT16_MAX; kind++) {
		r.hdr.kind = kind;
		r.hdr.len = 24 + kind % 64;
		check_record(&r, DECODE_SKIP, "unknown");
	}
	r.hdr.len = 23;
	assert_int_equal(decode_exact(&r, 100), DECODE_LENGTH);
	r.hdr.len = 100;
	assert_int_equal(decode_exact(&r, 99), DECODE_CUT);
	r.hdr.kind = 0;
	check_record(&r, DECODE_KIND, "0");
}

static void misaligned_is_refused(void **state)
{
	uint64_t block[64] = { 0 };
	const struct tt_hdr *rec;
	union record r;
	size_t i;

	(void)state;
	make_record(&r, TT_REC_DROP);
	for (i = 1; i < 8; i++) {
		memcpy((uint8_t *)block + i, &r, r.hdr.len);
		assert_int_equal(decode_record((uint8_t *)block + i, r.hdr.len,
					       &rec), DECODE_MISALIGNED);
		assert_null(rec);
	}
}

/* Every value that a byte can have: good from min to max, else `bad`. */
static void sweep(uint16_t kind, size_t off, unsigned int min, unsigned int max,
		  int bad)
{
	union record r;
	unsigned int v;

	for (v = 0; v < 256; v++) {
		make_record(&r, kind);
		r.bytes[off] = v;
		check_record(&r, v < min || v > max ? bad : DECODE_OK, "value");
	}
}

#define SWEEP(kind, rec, member, min, max, bad) \
	sweep(kind, offsetof(struct tt_rec_##rec, member), min, max, bad)

static void values_stay_in_range(void **state)
{
	(void)state;
	SWEEP(TT_REC_STATE, state, old_state, 0, 12, DECODE_STATE);
	SWEEP(TT_REC_STATE, state, new_state, 1, 12, DECODE_STATE);
	SWEEP(TT_REC_CALL, call, call, 1, 7, DECODE_VALUE);
	SWEEP(TT_REC_PACKET, packet, dir, 1, 2, DECODE_VALUE);
	SWEEP(TT_REC_PACKET, packet, sk_state, 0, 12, DECODE_STATE);
	SWEEP(TT_REC_PACKET, packet, caplen, 0, 160, DECODE_CAPLEN);
	SWEEP(TT_REC_RETRANSMIT, retransmit, why, 1, 5, DECODE_VALUE);
	SWEEP(TT_REC_RESET, reset, dir, 1, 2, DECODE_VALUE);
	SWEEP(TT_REC_TASK, task, what, 1, TT_TASK_LET_GO, DECODE_VALUE);
	SWEEP(TT_REC_SOCKET, socket, timer, 0, 4, DECODE_VALUE);
}

/* The high bytes of wider members count too. */
static void wide_values_stay_in_range(void **state)
{
	union record r;

	(void)state;
	make_record(&r, TT_REC_CALL);
	r.call.call |= 0x100;
	check_record(&r, DECODE_VALUE, "call");
	make_record(&r, TT_REC_RETRANSMIT);
	r.retransmit.why |= 0x1000000;
	check_record(&r, DECODE_VALUE, "why");
	make_record(&r, TT_REC_TASK);
	r.task.what |= 0x10000;
	check_record(&r, DECODE_VALUE, "what");
	make_record(&r, TT_REC_PACKET);
	r.packet.caplen = 0x100;
	check_record(&r, DECODE_CAPLEN, "caplen");
}

static void sock_values(void **state)
{
	unsigned int v;
	union record r;
	size_t i;

	(void)state;
	for (i = 0; i < KINDS; i++) {
		size_t off = kinds[i].sock;

		if (!off)
			continue;
		sweep(i + 1, off + offsetof(struct tt_sock, state), 0, 12,
		      DECODE_STATE);
		sweep(i + 1, off + offsetof(struct tt_sock, shutdown), 0, 3,
		      DECODE_VALUE);
		for (v = 0; v < 256; v++) {
			make_record(&r, i + 1);
			r.bytes[off + offsetof(struct tt_sock, family)] = v;
			check_record(&r, v == 0 || v == 4 || v == 6 ? DECODE_OK :
			       DECODE_VALUE, "family");
		}
	}
}

static void substate_is_a_remnants(void **state)
{
	unsigned int v;
	union record r;

	(void)state;
	make_record(&r, TT_REC_SOCKET);
	for (v = 0; v < 256; v++) {
		r.socket.substate = v;
		check_record(&r, v == 0 || v == ST_FIN_WAIT2 || v == ST_TIME_WAIT ?
		       DECODE_OK : DECODE_STATE, "substate");
	}
}

static void check_string_end(uint16_t kind, size_t off)
{
	union record r;

	make_record(&r, kind);
	memset(r.bytes + off, 'x', 16);
	check_record(&r, DECODE_STRING, "without an end");
	r.bytes[off + 15] = '\0';
	check_record(&r, DECODE_OK, "of 15");
	r.bytes[off] = '\0';
	check_record(&r, DECODE_OK, "empty");
}

static void strings_end(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];

		if (k->task)
			check_string_end(k->kind, k->task +
				      offsetof(struct tt_task, comm));
		if (k->opts)
			check_string_end(k->kind, k->opts +
				      offsetof(struct tt_opts, congestion));
	}
	check_string_end(TT_REC_PACKET, offsetof(struct tt_rec_packet, ifname));
}

/* caplen may claim what the record holds and no more. */
static void packet_bytes_are_held(void **state)
{
	union record r;
	uint16_t held, caplen;

	(void)state;
	make_record(&r, TT_REC_PACKET);
	for (held = 0; held <= TT_PKT_DATA_LONG; held += 8)
		for (caplen = 0; caplen <= TT_PKT_DATA_LONG + 1; caplen++) {
			r.hdr.len = TT_REC_PACKET_HDR + held;
			r.packet.caplen = caplen;
			check_record(&r, caplen <= held ? DECODE_OK : DECODE_CAPLEN,
			       "caplen");
		}
}

/* A link takes its place before the bytes, and its members have limits. */
static void links_are_held(void **state)
{
	const size_t at = offsetof(struct tt_rec_packet, data);
	static const struct {
		size_t off;
		unsigned int max;
	} limits[] = {
		{ offsetof(struct tt_link, pkttype), TT_PKTTYPE_OUTGOING },
		{ offsetof(struct tt_link, csum), TT_CSUM_PARTIAL },
		{ offsetof(struct tt_link, addr_len), TT_LINK_ADDR_LEN },
		{ offsetof(struct tt_link, l2_len), TT_LINK_L2_LEN },
	};
	union record r;
	unsigned int v;
	size_t i;

	(void)state;
	make_record(&r, TT_REC_PACKET);
	r.packet.flags = TT_PKT_LINK;
	for (v = 0; v < 160; v += 8) {
		r.hdr.len = TT_REC_PACKET_HDR + v;
		r.packet.caplen = v < 56 ? 0 : v - 56;
		check_record(&r, v < 56 ? DECODE_LENGTH : DECODE_OK, "held");
		r.packet.caplen++;
		check_record(&r, v < 56 ? DECODE_LENGTH : DECODE_CAPLEN, "caplen");
	}
	assert_ptr_equal(tt_packet_link(&r.packet), r.packet.data);
	assert_ptr_equal(tt_packet_data(&r.packet), r.packet.data + 56);
	r.packet.caplen = 0;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		for (v = 0; v < 256; v++) {
			memset(r.packet.data, 0, sizeof(struct tt_link));
			r.bytes[at + limits[i].off] = v;
			check_record(&r, v > limits[i].max ? DECODE_VALUE :
				     DECODE_OK, "link");
		}
}

static void options_where_told(void **state)
{
	union record r;
	size_t i;

	(void)state;
	for (i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];

		make_record(&r, k->kind);
		assert_ptr_equal(decode_opts(&r.hdr),
				 k->opts ? r.bytes + k->opts : NULL);
		assert_true(decode_is_long(&r.hdr));
		r.hdr.len = k->min;
		if (k->min == k->full || k->kind == TT_REC_PACKET)
			continue;
		assert_null(decode_opts(&r.hdr));
		assert_false(decode_is_long(&r.hdr));
	}
}

static void options_not_told(void **state)
{
	union record r;

	(void)state;
	make_record(&r, TT_REC_STATE);
	r.state.seen = TT_SEEN_RST_IN;
	assert_null(decode_opts(&r.hdr));
	memset(r.state.opts.congestion, 'x', TT_CA_NAME_LEN);
	check_record(&r, DECODE_OK, "options not told");

	make_record(&r, TT_REC_CALL);
	r.call.call = TT_CALL_SHUTDOWN;
	assert_null(decode_opts(&r.hdr));

	make_record(&r, TT_REC_SOCKET);
	r.socket.sock.flags = TT_SK_REQUEST;
	assert_null(decode_opts(&r.hdr));
}

static void every_result_has_a_text(void **state)
{
	int a, b;

	(void)state;
	for (a = DECODE_STRING; a <= DECODE_SKIP; a++) {
		assert_string_not_equal(decode_result_text(a),
					decode_result_text(99));
		for (b = DECODE_STRING; b < a; b++)
			assert_string_not_equal(decode_result_text(a),
						decode_result_text(b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_records_pass),
		cmocka_unit_test(every_buffer_length),
		cmocka_unit_test(every_claimed_length),
		cmocka_unit_test(unknown_kinds_are_skipped),
		cmocka_unit_test(misaligned_is_refused),
		cmocka_unit_test(values_stay_in_range),
		cmocka_unit_test(wide_values_stay_in_range),
		cmocka_unit_test(sock_values),
		cmocka_unit_test(substate_is_a_remnants),
		cmocka_unit_test(strings_end),
		cmocka_unit_test(packet_bytes_are_held),
		cmocka_unit_test(links_are_held),
		cmocka_unit_test(options_where_told),
		cmocka_unit_test(options_not_told),
		cmocka_unit_test(every_result_has_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
