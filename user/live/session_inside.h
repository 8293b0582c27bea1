/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the session share: it is loaded in one, attached in the other. */
#ifndef LIVE_SESSION_INSIDE_H
#define LIVE_SESSION_INSIDE_H

#include <bpf/libbpf.h>
#include <pthread.h>

#include "live/choose.h"
#include "live/session.h"
#include "live/taps.h"
#include "tcptrace.skel.h"

enum { MAX_LINKS = 96 };

struct session {
	struct session_opts opts;
	struct probe *probe;
	struct tcptrace_bpf *skel;
	struct ring_buffer *ring;
	struct taps *taps;
	struct hook_choice *choices;
	struct {
		struct bpf_link *link;
		size_t hook;
	} links[MAX_LINKS];
	int nlinks;
	bool (*fn)(void *ctx, const void *data, size_t len);
	void *fn_ctx;
	bool waits; /* attached what sees waiting calls return */
	struct {
		struct bpf_link *links[VARIANT_PROGS * 2];
		int nlinks;
		pthread_t thread; /* detaches them */
		bool running;
	} done;
	char error[256];
};

/* The first failure's words stay; returns err. */
int session__fail(struct session *s, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* By its offset in the skeleton. */
struct bpf_program *session__program(struct session *s, size_t offset);
/* Chooses and loads; again after a variant was given up. 0 or -errno, told. */
int session__prepare(struct session *s);
/* session_attach.c: everything goes, the programs too. */
void session__detach(struct session *s);

#endif
