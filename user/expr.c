// SPDX-License-Identifier: BSD-2-Clause
#include "expr.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "commands.h"
#include "flow/flow.h"
#include "live/patch.h"
#include "tcptrace/config.h"

enum { ETHERNET_LEN = 14 };

static bool is_given(const struct expr *e)
{
	return e->text && *e->text;
}

static int say(int err, const char *error)
{
	log_error("FILTER: %s", err == -ENOMEM ? strerror(ENOMEM) : error);
	return err == -EINVAL ? STATUS_USAGE :
	       err == -ENOENT ? STATUS_CANNOT : STATUS_FAILED;
}

int expr__open(struct expr *e, const char *text)
{
	char error[256] = "";
	int err;

	*e = (struct expr){ .text = text };
	if (!is_given(e))
		return 0;
	err = filter__new(&e->ethernet, text, FILTER_ETHERNET, error, sizeof(error));
	if (err)
		return say(err, error);
	/* Refused where it speaks of a link layer: then it is of packets only. */
	filter__new(&e->bare, text, FILTER_RAW, NULL, 0);
	return 0;
}

void expr__close(struct expr *e)
{
	filter__free(e->bare);
	filter__free(e->ethernet);
	for (size_t i = 0; i < e->nlinks; i++)
		filter__free(e->links[i].filter);
	filter_code__clear(&e->frame_code);
	filter_code__clear(&e->bare_code);
	*e = (struct expr){ 0 };
}

bool expr__takes_tuple(const struct expr *e, const struct tt_tuple *tuple)
{
	return !is_given(e) || filter__matches_tuple(e->bare, tuple);
}

static bool takes(const void *ctx, const struct tt_tuple *tuple)
{
	return expr__takes_tuple(ctx, tuple);
}

void expr__select(const struct expr *e, struct select *s)
{
	s->takes = is_given(e) ? takes : NULL;
	s->takes_ctx = e;
}

/* Files and libpcap number raw IP apart. */
static int linktype_of(uint32_t link)
{
	return link == 101 ? FILTER_RAW : (int)link;
}

static int filter_of(struct expr *e, uint32_t link, struct filter **filter)
{
	char error[256] = "";
	int err;

	for (size_t i = 0; i < e->nlinks; i++)
		if (e->links[i].link == link) {
			*filter = e->links[i].filter;
			return 0;
		}
	err = e->nlinks == EXPR_LINKS ? -EINVAL :
	      filter__new(filter, e->text, linktype_of(link), error, sizeof(error));
	if (err) {
		say(err, error);
		return err;
	}
	e->links[e->nlinks].link = link;
	e->links[e->nlinks++].filter = *filter;
	return 0;
}

int expr__takes_frame(struct expr *e, uint32_t link, const uint8_t *frame,
		      uint32_t caplen, uint32_t wire_len)
{
	struct filter *f;
	int err;

	if (!is_given(e))
		return 1;
	err = filter_of(e, link, &f);
	return err ? err : filter__matches(f, frame, caplen, wire_len);
}

static int translate(const struct filter *f, struct filter_code *code,
		     struct expr_code *out)
{
	const struct cbpf_insn *prog;
	const char *why;
	size_t count;
	int err;

	*out = (struct expr_code){ NULL, 0 };
	if (!f)
		return 0;
	prog = filter__program(f, &count);
	err = filter_code__translate(code, prog, count, &why);
	if (err) {
		log_error("FILTER: %s", why);
		return err == -ENOMEM ? STATUS_FAILED : STATUS_USAGE;
	}
	*out = (struct expr_code){ code->insns, code->count };
	return 0;
}

int expr__translate(struct expr *e, struct tt_config *config,
		    struct expr_code *codes)
{
	int status;

	if (!is_given(e))
		return 0;
	status = translate(e->ethernet, &e->frame_code, &codes[EXPR_FRAME]);
	if (!status)
		status = translate(e->bare, &e->bare_code, &codes[EXPR_BARE]);
	config->expr = 1;
	config->expr_macs = e->frame_code.reads_macs;
	config->expr_tags = filter__names_vlan(e->text);
	if (e->frame_code.need > ETHERNET_LEN)
		config->expr_need = e->frame_code.need - ETHERNET_LEN;
	return status;
}
