// SPDX-License-Identifier: BSD-2-Clause
/* What is recorded comes back; names of files; damage is said. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "event/frame.h"
#include "record/link.h"
#include "record/names.h"
#include "record/recorder.h"
#include "replay/capture.h"
#include "replay/step.h"
#include "tmpfile.h"

#define UTC 1700000000000000000LL

static const char *name_of(const char *path, struct rotate r, uint32_t n)
{
	static char buf[256];

	setenv("TZ", "UTC", 1);
	assert_int_equal(record_name__make(path, &r, n, 1700000000, buf, sizeof(buf)), 0);
	return buf;
}

/* tcpdump's own: f, f1, f2; with -W f00 and on; with -G the time. */
static void test_names(void **state)
{
	const struct rotate size = { .max_bytes = 1 }, ring = { 1, 0, 100 };
	const struct rotate time = { .period_s = 10 }, both = { 1, 10, 0 };

	(void)state;
	assert_string_equal(name_of("f%H", (struct rotate){ 0 }, 0), "f%H");
	assert_string_equal(name_of("f", size, 0), "f");
	assert_string_equal(name_of("f", size, 2), "f2");
	assert_string_equal(name_of("f.pcapng.gz", size, 2), "f.pcapng2.gz");
	assert_string_equal(name_of("f", ring, 0), "f00");
	assert_string_equal(name_of("f", ring, 99), "f99");
	assert_string_equal(name_of("f", (struct rotate){ 1, 0, 10 }, 9), "f9");
	assert_string_equal(name_of("f-%H%M%S", time, 0), "f-221320");
	assert_string_equal(name_of("f-%S", both, 3), "f-203");
}

static void test_name_too_long(void **state)
{
	char small[4];

	(void)state;
	assert_int_equal(record_name__make("abcd", &(struct rotate){ 0 }, 0, 0, small,
					   sizeof(small)), -ENAMETOOLONG);
}

struct bytes {
	char path[TMPFILE_PATH];
	struct recorder *r;
};

static void settings(void *ctx, struct tt_blk_settings *s)
{
	(void)ctx;
	s->hz = 250;
	s->netns = 7;
	s->nports = 1;
	s->ports[0] = 80;
}

static void save(void *ctx, struct recorder *r)
{
	(void)ctx;
	recorder__saved(r, TT_BLK_TABLE, &(struct tt_saved_table){ 1, 2, 3 },
			sizeof(struct tt_saved_table));
}

static void begin(struct bytes *b, struct rotate rotate)
{
	char text[] = "tool 1\n", machine[] = "pdp11"; /* gone when files turn */
	const struct recorder_opts o = {
		.path = b->path, .rotate = rotate, .link_type = LINK_SLL2,
		.snaplen = RECORD_SNAPLEN, .text = text, .hardware = machine,
		.settings = settings, .save = save,
	};

	close(tmpfile_new(b->path, "record"));
	assert_int_equal(recorder__new(&b->r, &o, 1000, UTC), 0);
	memset(text, 'x', sizeof(text) - 1);
	memset(machine, 'x', sizeof(machine) - 1);
}

static void make_packet(struct tt_rec_packet *p, struct tt_link *link)
{
	static const uint8_t ip[40] = { 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0,
					10, 0, 0, 1, 10, 0, 0, 2, 0, 80, 1, 0,
					[32] = 0x50, 2 };

	memset(p, 0, sizeof(*p));
	p->hdr.kind = TT_REC_PACKET;
	p->hdr.ts_ns = 5000;
	p->hdr.sk = 0x1234;
	p->netns = 7;
	p->ifindex = 3;
	p->wire_len = 1040;
	p->caplen = sizeof(ip);
	p->dir = TT_DIR_OUT;
	p->gso_segs = 2;
	strcpy(p->ifname, "eth0");
	if (link) {
		p->flags = TT_PKT_LINK;
		memcpy(p->data, link, sizeof(*link));
	}
	memcpy((uint8_t *)tt_packet_data(p), ip, sizeof(ip));
	p->hdr.len = tt_packet_data(p) + sizeof(ip) - (uint8_t *)p;
}

struct reader {
	struct capture *capture;
	struct capture_item item;
	struct step_storage storage;
	struct step step;
};

static bool next(struct reader *rd)
{
	const char *why = "";
	uint16_t len;

	while (capture__next(rd->capture, &rd->item) == 1) {
		const struct capture_item *i = &rd->item;
		const uint8_t *o;

		if (i->kind == CAPTURE_BLOCK) {
			assert_true(step__is_ours(i->type, i->body, i->body_len));
			assert_int_equal(step__from_block(&rd->storage, i->body,
							  i->body_len, &rd->step, &why), 0);
			return true;
		}
		if (i->kind != CAPTURE_FRAME)
			continue;
		o = pcapng_option(&i->options, TT_OPTION_RECORD, &len);
		assert_non_null(o);
		assert_int_equal(step__from_packet(&rd->storage, o, len,
						   i->frame.data + SLL2_LEN,
						   i->frame.caplen - SLL2_LEN, &rd->step,
						   &why), 0);
		return true;
	}
	return false;
}

static void open_file(struct reader *rd, const char *path)
{
	memset(rd, 0, sizeof(*rd));
	assert_int_equal(capture__open(&rd->capture, path), 0);
}

static void expect_hardware(struct reader *rd, const char *name)
{
	const uint8_t *v;
	uint16_t len;

	assert_int_equal(capture__next(rd->capture, &rd->item), 1);
	assert_int_equal(rd->item.kind, CAPTURE_SECTION);
	v = pcapng_option(&rd->item.options, 2, &len);
	assert_non_null(v);
	assert_int_equal(len, strlen(name));
	assert_memory_equal(v, name, len);
}

static void close_file(struct reader *rd)
{
	capture__free(rd->capture);
	step_storage__release(&rd->storage);
}

static void expect(struct reader *rd, uint16_t what)
{
	assert_true(next(rd));
	assert_int_equal(rd->step.what, what);
}

static void test_packet_comes_back(void **state)
{
	const struct packet_owner owner = { .told = true, .pid = 12, .tid = 13, .fd = 4,
					    .comm = "nginx", .state = "ESTABLISHED" };
	const char comment[] = "nginx/12.13 fd 4 ESTABLISHED";
	struct tt_rec_packet p;
	struct bytes b;
	struct reader rd;
	const uint8_t *v;
	uint16_t len;

	(void)state;
	begin(&b, (struct rotate){ 0 });
	make_packet(&p, NULL);
	recorder__lost(b.r, 9, "packet", "ring", 5);
	recorder__record(b.r, &p.hdr, true, &owner);
	assert_int_equal(recorder__close(b.r), 0);

	open_file(&rd, b.path);
	expect(&rd, TT_BLK_SETTINGS);
	assert_int_equal(rd.step.settings->version, TT_RECORDING_VERSION);
	assert_int_equal(rd.step.settings->ports[0], 80);
	assert_int_equal(rd.step.settings->utc_offset_ns, UTC);
	expect(&rd, TT_BLK_TEXT);
	assert_string_equal(rd.step.text, "tool 1\n");
	expect(&rd, TT_BLK_LOST);
	assert_int_equal(rd.step.lost->count, 5);
	expect(&rd, TT_BLK_RECORD);
	assert_true(rd.step.late);
	assert_memory_equal(rd.step.rec, &p, p.hdr.len);
	assert_int_equal(rd.item.frame.time_ns, 5000 + UTC);
	assert_int_equal(rd.item.frame.len, SLL2_LEN + 1040);
	assert_int_equal(rd.item.frame.dir, TT_DIR_OUT);
	v = pcapng_option(&rd.item.options, 1, &len);
	assert_int_equal(len, strlen(comment));
	assert_memory_equal(v, comment, len);
	v = pcapng_option(&rd.item.options, 4, &len);
	assert_int_equal(pcapng_u64(v, false), 5);
	v = pcapng_option(&rd.item.options, 8, &len);
	assert_int_equal(len, 8);
	assert_memory_equal(v, ((uint32_t[]){ 12, 13 }), 8);
	expect(&rd, TT_BLK_END);
	assert_int_equal(rd.step.end->packets, 1);
	assert_false(next(&rd));
	assert_null(capture__cut(rd.capture));
	close_file(&rd);
	unlink(b.path);
}

/* Nobody selected it: no packet for others, and still a record. */
static void test_untold_packet_is_hidden(void **state)
{
	const struct packet_owner nobody = { .told = false };
	struct tt_rec_packet p;
	struct bytes b;
	struct reader rd;

	(void)state;
	begin(&b, (struct rotate){ 0 });
	make_packet(&p, NULL);
	recorder__record(b.r, &p.hdr, false, &nobody);
	assert_int_equal(recorder__close(b.r), 0);
	open_file(&rd, b.path);
	expect(&rd, TT_BLK_SETTINGS);
	expect(&rd, TT_BLK_TEXT);
	expect(&rd, TT_BLK_RECORD);
	assert_int_equal(rd.item.kind, CAPTURE_BLOCK);
	assert_memory_equal(rd.step.rec, &p, p.hdr.len);
	expect(&rd, TT_BLK_END);
	close_file(&rd);
	unlink(b.path);
}

/* A file of a rotation begins with names and what was known. */
static void test_rotation(void **state)
{
	struct bytes b;
	struct reader rd;
	char second[TMPFILE_PATH + 1];

	(void)state;
	begin(&b, (struct rotate){ .max_bytes = 10 });
	recorder__name(b.r, TT_NAME_CGROUP, 42, "/a");
	recorder__name(b.r, TT_NAME_CGROUP, 42, "/a");
	recorder__name(b.r, TT_NAME_DROP, 1, NULL);
	assert_true(recorder__turn(b.r, 2000));
	assert_int_equal(recorder__close(b.r), 0);
	open_file(&rd, b.path);
	expect(&rd, TT_BLK_SETTINGS);
	expect(&rd, TT_BLK_TEXT);
	expect(&rd, TT_BLK_NAME);
	expect(&rd, TT_BLK_NAME);
	assert_null(rd.step.text);
	expect(&rd, TT_BLK_END);
	assert_int_equal(rd.step.end->more, 1);
	close_file(&rd);
	snprintf(second, sizeof(second), "%s1", b.path);
	open_file(&rd, second);
	expect_hardware(&rd, "pdp11");
	expect(&rd, TT_BLK_SETTINGS);
	assert_int_equal(rd.step.settings->file, 1);
	expect(&rd, TT_BLK_TEXT);
	assert_string_equal(rd.step.text, "tool 1\n");
	expect(&rd, TT_BLK_NAME);
	expect(&rd, TT_BLK_NAME);
	expect(&rd, TT_BLK_TABLE);
	expect(&rd, TT_BLK_END);
	assert_int_equal(rd.step.end->more, 0);
	close_file(&rd);
	unlink(b.path);
	unlink(second);
}

static void test_full_disk(void **state)
{
	const struct recorder_opts o = { .path = "/dev/full", .settings = settings,
					 .link_type = LINK_SLL2 };
	struct recorder *r = NULL;

	(void)state;
	assert_int_equal(recorder__new(&r, &o, 1000, UTC), -ENOSPC);
	assert_null(r);
}

static void test_link_headers(void **state)
{
	static const uint8_t l2[18] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
					0x81, 0, 0, 5, 8, 0 };
	struct tt_link link = { .hatype = 1, .protocol_be = 0x0008, .pkttype = 0,
				.addr_len = 6, .l2_len = 14 };
	static const uint8_t tagged[8] = { 0x81, 0, 0x20, 9, 0x81, 0, 0, 5 };
	uint8_t buf[LINK_HEADER_MAX];
	struct tt_rec_packet p;

	(void)state;
	memcpy(link.l2, l2, 12);
	memcpy(link.l2 + 12, l2 + 16, 2);
	make_packet(&p, &link);
	assert_int_equal(frame__link_header(&p, LINK_SLL2, buf), 20);
	assert_memory_equal(buf, ((uint8_t[]){ 8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6 }), 12);
	assert_int_equal(frame__link_header(&p, LINK_ETHERNET, buf), 14);
	assert_memory_equal(buf, link.l2, 14);
	assert_int_equal(frame__link_header(&p, LINK_RAW, buf), 0);
	/* One tag in the frame, and one that the device keeps. */
	memcpy(link.l2, l2, sizeof(l2));
	link.l2_len = sizeof(l2);
	link.vlan_proto_be = 0x0081;
	link.vlan_tci = 0x2009;
	make_packet(&p, &link);
	assert_int_equal(frame__link_header(&p, LINK_ETHERNET, buf), 22);
	assert_memory_equal(buf + 12, tagged, 8);
}

static void test_damage(void **state)
{
	static const struct { uint16_t what; uint8_t len; } bad[] = {
		{ TT_BLK_SETTINGS, 8 }, { TT_BLK_RECORD, 20 }, { TT_BLK_LOST, 40 },
		{ TT_BLK_FOUND_END, 4 }, { TT_BLK_FLOW, 100 }, { TT_BLK_NAME, 12 },
	};
	uint8_t body[256] = { 0 };
	struct step_storage st = { 0 };
	const char *why = NULL;
	struct step step;
	struct tt_block head = { TT_BLOCK_MAGIC, 0, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		head.what = bad[i].what;
		memcpy(body, &head, sizeof(head));
		assert_int_equal(step__from_block(&st, body, sizeof(head) + bad[i].len,
						  &step, &why), -EBADMSG);
		assert_non_null(why);
	}
	head.what = 999; /* of a later version */
	memcpy(body, &head, sizeof(head));
	assert_int_equal(step__from_block(&st, body, 64, &step, &why), 0);
	assert_int_equal(step.what, 0);
	head.magic = __builtin_bswap32(TT_BLOCK_MAGIC);
	memcpy(body, &head, sizeof(head));
	assert_int_equal(step__from_block(&st, body, 64, &step, &why), -EBADMSG);
	assert_non_null(strstr(why, "byte order"));
	step_storage__release(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_name_too_long),
		cmocka_unit_test(test_packet_comes_back),
		cmocka_unit_test(test_untold_packet_is_hidden),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_link_headers),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
