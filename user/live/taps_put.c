// SPDX-License-Identifier: BSD-2-Clause
#include "live/taps_put.h"

#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/log.h"
#include "live/taps_guard.h"
#include "tcptrace/event.h"

#define BEFORE_ALL (1u << 3) /* BPF_F_BEFORE, since 6.6 */

static bool is_lo(const struct tap_dev_here *d)
{
	return !strcmp(d->name, "lo");
}

int put__init(struct put *p, const struct taps_opts *opts)
{
	*p = (struct put){ .kind = opts->kind, .in_fd = opts->in_fd,
			   .out_fd = opts->out_fd };
	return p->kind == AK_CLSACT ? tap_guard__new(&p->guard, opts) : 0;
}

/* First of all in its direction: one whose verdict is final would hide the
 * packet from those behind it. */
static int link_tcx(int prog, uint32_t ifindex, int where)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = BEFORE_ALL);
	int fd = bpf_link_create(prog, ifindex, where, &opts);

	return fd < 0 ? -errno : fd;
}

static int put_tcx(struct put *p, struct tap_dev_here *d)
{
	d->fds[1] = link_tcx(p->out_fd, d->ifindex, TCX_EGRESS);
	if (d->fds[1] < 0)
		return d->fds[1];
	d->dirs = TT_DIR_OUT;
	if (is_lo(d)) /* what arrives there was seen leaving */
		return 0;
	d->fds[0] = link_tcx(p->in_fd, d->ifindex, TCX_INGRESS);
	if (d->fds[0] < 0)
		return d->fds[0];
	d->dirs |= TT_DIR_IN;
	return 0;
}

static uint32_t xdp_there(uint32_t ifindex, uint8_t *mode)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, q);

	if (bpf_xdp_query(ifindex, 0, &q))
		return 0;
	*mode = q.attach_mode;
	return q.prog_id ? q.prog_id : q.drv_prog_id ? q.drv_prog_id :
	       q.skb_prog_id ? q.skb_prog_id : q.hw_prog_id;
}

static int put_xdp(struct put *p, struct tap_dev_here *d, char *why, size_t size)
{
	uint8_t mode = 0;
	uint32_t other = xdp_there(d->ifindex, &mode);
	int fd;

	if (other) {
		snprintf(why, size, "it has an XDP program already (id %u), which "
			 "stays alone: use --tap tc", other);
		return -EBUSY;
	}
	fd = bpf_link_create(p->in_fd, d->ifindex, BPF_XDP, NULL);
	if (fd < 0)
		return -errno;
	d->fds[0] = fd;
	d->dirs = TT_DIR_IN;
	xdp_there(d->ifindex, &mode);
	if (is_lo(d)) {
		d->dirs |= TT_DIR_OUT; /* the same frame */
		log_warn("--tap xdp: lo: XDP shows there what the default tap does, "
			 "for more");
	} else {
		log_warn("--tap xdp: %s: %s; while it stands the device does no LRO, "
			 "and what arrives has no number of segments",
			 d->name, mode == XDP_ATTACHED_SKB ? "generic" : "native");
	}
	return 0;
}

int put__on(struct put *p, struct tap_dev_here *d, char *why, size_t size)
{
	int err;

	why[0] = '\0';
	if (p->kind == AK_TCX)
		err = put_tcx(p, d);
	else if (p->kind == AK_XDP)
		err = put_xdp(p, d, why, size);
	else
		err = tap_guard__put(p->guard, d, !is_lo(d));
	if (!err)
		return 0;
	put__off(p, d);
	if (!why[0])
		snprintf(why, size, "cannot attach: %s", strerror(-err));
	return err;
}

void put__close(struct tap_dev_here *d)
{
	for (int i = 0; i < 2; i++) {
		if (d->fds[i] >= 0)
			close(d->fds[i]);
		d->fds[i] = -1;
	}
	d->dirs = 0;
}

void put__off(struct put *p, struct tap_dev_here *d)
{
	put__close(d);
	if (p->guard)
		tap_guard__take_off(p->guard, d);
}

void put__release(struct put *p)
{
	tap_guard__free(p->guard);
}
