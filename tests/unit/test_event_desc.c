// SPDX-License-Identifier: BSD-2-Clause
/* event/desc: the promise (the fields of each event) against the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "event/desc.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* As README and manual promise them, in their words. */
static const char common_fields[] =
	"pid,tid,comm,uid,fd,owner_src,netns,cgroup,sk,family,mapped,laddr,lport,"
	"raddr,rport,state,peer,late,file";

static const struct {
	const char *event, *fields;
} promised[] = {
	{ "socket",
	  "owners,opts,inode,recv_q,send_q,shut,v6only,mark,sock_uid,timer,skmem,"
	  "cong_info,tcp_info,attention,listener,queue_len,queue_max,ifname" },
	{ "connect", "" },
	{ "connected", "latency_us,error,aborted,opts" },
	{ "listen", "backlog" },
	{ "syn_recv", "listener,cookie" },
	{ "accept", "queued_us,queue_len,queue_max,listener,opts" },
	{ "state", "old,new,in_state_us,cause" },
	{ "send", "bytes,offset,call_us,error,call" },
	{ "recv", "bytes,offset,call_us,peek,error,call" },
	{ "shutdown", "how,error" },
	{ "close", "via,unread,linger,bytes_sent,bytes_received,duration_us,opts" },
	{ "destroy", "" },
	{ "packet",
	  "from,to,dir,ifname,src,sport,dst,dport,flags,tcp_seq,tcp_ack,rel_seq,"
	  "rel_ack,win,len,opts,ttl,gso" },
	{ "retransmit", "tcp_seq,kind" },
	{ "reset", "dir,reason" },
	{ "drop", "reason,where" },
	{ "finding", "" }, /* a later release: its fields come with it */
	{ "lost", "what,why,count" },
};

static bool can_carry(const struct field_desc *f, enum event_id id)
{
	return !f->events || f->events >> id & 1;
}

/* How many rows of this name the event has, those of every event aside or not. */
static unsigned int count_rows(enum event_id id, const char *name, size_t len,
			       bool own)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < field_desc_count; i++) {
		const struct field_desc *f = &field_descs[i];

		n += can_carry(f, id) && !f->events == !own &&
		     strlen(f->name) == len && !memcmp(f->name, name, len);
	}
	return n;
}

static unsigned int count_own(enum event_id id)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < field_desc_count; i++)
		n += field_descs[i].events >> id & 1;
	return n;
}

static unsigned int assert_fields(enum event_id id, const char *list, bool own)
{
	unsigned int n = 0;
	const char *item;
	size_t len;

	while (*list && (item = str_next_item(&list, &len))) {
		if (count_rows(id, item, len, own) != 1)
			fail_msg("event %d, field %.*s", id, (int)len, item);
		n++;
		if (!list)
			break;
	}
	return n;
}

static void events_have_the_promised_fields(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(ARRAY_SIZE(promised), event_desc_count);
	for (i = 0; i < ARRAY_SIZE(promised); i++) {
		const char *name = promised[i].event;
		const struct event_desc *e =
			event_desc__by_name(name, strlen(name));

		if (!e)
			fail_msg("no event %s", name);
		assert_int_equal(assert_fields(e->id, common_fields, false), 19);
		/* ... and no others */
		assert_int_equal(assert_fields(e->id, promised[i].fields, true),
				 count_own(e->id));
	}
}

static void every_field_has_one_row(void **state)
{
	unsigned int rows[F_MAX] = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(field_desc_count, F_MAX);
	for (i = 0; i < field_desc_count; i++) {
		assert_in_range(field_descs[i].id, 0, F_MAX - 1);
		rows[field_descs[i].id]++;
	}
	for (i = 0; i < F_MAX; i++) {
		if (rows[i] != 1)
			fail_msg("field %zu has %u rows", i, rows[i]);
	}
}

static void names_are_unique_in_an_event(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < event_desc_count; i++) {
		enum event_id id = event_descs[i].id;

		for (j = 0; j < field_desc_count; j++) {
			const char *name = field_descs[j].name;

			if (can_carry(&field_descs[j], id) &&
			    count_rows(id, name, strlen(name), true) +
					    count_rows(id, name, strlen(name),
						       false) != 1)
				fail_msg("%s has two fields %s",
					 event_descs[i].name, name);
		}
	}
}

static size_t size_of(enum field_type type)
{
	static const size_t sizes[] = {
		[FT_U8] = 1, [FT_U16] = 2, [FT_U32] = 4, [FT_U64] = 8,
		[FT_S32] = 4, [FT_BOOL] = sizeof(bool),
		[FT_STR] = sizeof(const char *), [FT_HEX] = 8, [FT_ADDR] = 16,
		[FT_FLAGS] = sizeof(((struct fact *)0)->tcp_flags),
		[FT_END] = sizeof(struct endpoint),
		[FT_OWNERS] = sizeof(const struct owner_ref *) + sizeof(uint32_t),
		[FT_OPTS] = sizeof(struct sock_opts),
		[FT_SEG_OPTS] = sizeof(struct seg_opts),
		[FT_CAUSE] = 2 * sizeof(const char *),
		[FT_DIAG] = sizeof(const struct sock_diag *),
		[FT_WORDS] = 8 * sizeof(const char *),
	};

	assert_in_range(type, 0, ARRAY_SIZE(sizes) - 1);
	assert_int_not_equal(sizes[type], 0);
	return sizes[type];
}

/* No two rows read the same bytes, none reads the head or past the end: a
 * type too wide for its member or a member named twice shows here. */
static void values_lie_apart_inside_the_fact(void **state)
{
	uint8_t used[sizeof(struct fact)] = { 0 };
	size_t i, j;

	(void)state;
	for (i = 0; i < field_desc_count; i++) {
		const struct field_desc *f = &field_descs[i];
		size_t size = size_of(f->type);

		assert_true(f->offset >= offsetof(struct fact, pid));
		assert_true(f->offset + size <= sizeof(struct fact));
		/* Its fields are parts of one struct. */
		if (f->type == FT_DIAG)
			continue;
		for (j = f->offset; j < f->offset + size; j++) {
			if (used[j]++)
				fail_msg("%s overlaps another field", f->name);
		}
	}
}

static void rows_are_told_in_words(void **state)
{
	uint32_t known = 0;
	size_t i;

	(void)state;
	for (i = 0; i < event_desc_count; i++) {
		known |= 1u << event_descs[i].id;
		assert_true(strlen(event_descs[i].meaning) > 4);
	}
	for (i = 0; i < field_desc_count; i++) {
		const struct field_desc *f = &field_descs[i];
		size_t len = strlen(f->name);

		assert_true(f->help && strlen(f->help) > 2);
		assert_int_equal(f->events & ~known, 0);
		assert_int_equal(strspn(f->name, "abcdefghijklmnopqrstuvwxyz_0123456789"),
				 len);
		if (len > 3 && !strcmp(f->name + len - 3, "_us"))
			assert_string_equal(f->unit, "us");
	}
}

static void events_are_found(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < event_desc_count; i++) {
		const struct event_desc *e = &event_descs[i];

		assert_ptr_equal(event_desc__by_id(e->id), e);
		assert_ptr_equal(event_desc__by_name(e->name, strlen(e->name)), e);
	}
	assert_string_equal(event_desc__by_id(EV_close)->name, "close");
	/* items of a list are not terminated */
	assert_ptr_equal(event_desc__by_name("connect,ed", 7),
			 event_desc__by_id(EV_connect));
	assert_null(event_desc__by_name("conn", 4));
	assert_null(event_desc__by_name("connects", 8));
	assert_null(event_desc__by_name("", 0));
	assert_null(event_desc__by_id(0));
	assert_null(event_desc__by_id(EV_MAX));
}

static void default_groups(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < event_desc_count; i++) {
		const struct event_desc *e = &event_descs[i];

		switch (e->id) {
		case EV_send:
		case EV_recv:
			assert_int_equal(e->group, GROUP_SELECTED);
			break;
		case EV_drop:
			assert_int_equal(e->group, GROUP_ASKED);
			break;
		case EV_finding:
			assert_int_equal(e->group, GROUP_LATER);
			break;
		default:
			assert_int_equal(e->group, GROUP_ALWAYS);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_has_one_row),
		cmocka_unit_test(events_have_the_promised_fields),
		cmocka_unit_test(names_are_unique_in_an_event),
		cmocka_unit_test(values_lie_apart_inside_the_fact),
		cmocka_unit_test(rows_are_told_in_words),
		cmocka_unit_test(events_are_found),
		cmocka_unit_test(default_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
