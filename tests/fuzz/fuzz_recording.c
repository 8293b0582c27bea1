// SPDX-License-Identifier: BSD-2-Clause
/*
 * The input is a recording: whatever its bytes, it is read to its end or
 * refused with a reason, and what is replayed of it makes sound facts.
 */
#include <string.h>

#include "event/desc.h"
#include "event/frame.h"
#include "fuzz.h"
#include "play.h"
#include "replay/capture.h"

static void on_fact(void *ctx, const struct fact *f)
{
	(void)ctx;
	REQUIRE(event_desc__by_id(f->id));
	if (fact_has(f, F_COMM))
		fuzz_touch(f->comm, strlen(f->comm));
	if (fact_has(f, F_IFNAME))
		fuzz_touch(f->ifname, strlen(f->ifname));
	if (fact_has(f, F_WHAT))
		fuzz_touch(f->what, strlen(f->what));
	if (fact_has(f, F_CGROUP))
		fuzz_touch(f->cgroup, strlen(f->cgroup));
}

static int decode(struct step_storage *s, const struct capture_item *item,
		  struct step *step, const char **why)
{
	const uint8_t *option = NULL;
	struct frame_ip ip;
	uint16_t len;

	*step = (struct step){ 0 };
	if (item->kind == CAPTURE_BLOCK &&
	    step__is_ours(item->type, item->body, item->body_len))
		return step__from_block(s, item->body, item->body_len, step, why);
	if (item->kind == CAPTURE_FRAME)
		option = pcapng_option(&item->options, TT_OPTION_RECORD, &len);
	if (!option || !frame__ip(&item->frame, &ip))
		return 0;
	return step__from_packet(s, option, len, item->frame.data + ip.off,
				 item->frame.caplen - ip.off, step, why);
}

static void socket_found(void *ctx, const struct tt_rec_socket *r)
{
	(void)ctx;
	fuzz_touch(r, sizeof(*r));
}

static void replay(struct capture *c)
{
	const struct play_opts opts = { .also = { .events = ~0u },
					.sink = on_fact };
	struct play *p = play__new(&opts);
	struct step_storage storage = { 0 };
	struct capture_item item;
	struct step step;
	const char *why;

	while (p && capture__next(c, &item) == 1) {
		why = NULL;
		if (decode(&storage, &item, &step, &why)) {
			REQUIRE(why);
			break;
		}
		if (play__step(p, &step))
			break;
	}
	if (p && play__ready(p))
		flow_table__each_socket(play__flows(p), socket_found, NULL);
	play__free(p);
	step_storage__release(&storage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture *c = NULL;

	if (!capture__open_mem(&c, data, size))
		replay(c);
	capture__free(c);
	return 0;
}
