// SPDX-License-Identifier: BSD-2-Clause
#include "live/taps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/log.h"
#include "live/procs.h"
#include "live/taps_netns.h"
#include "live/taps_put.h"
#include "tcptrace/config.h"
#include "tcptrace/event.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* Namespaces may come that tell us nothing of it. */
enum { ROUND_MS = 1000, BURST_MS = 20 };

struct taps {
	struct taps_opts opts;
	struct put put;
	struct tap_dev_here *devs;
	size_t n;
	int stop_fd, netlink_fd;
	uint32_t netns; /* where the thread is now */
	pthread_t thread;
	bool running, ready;
	pthread_mutex_t lock; /* of ready */
	pthread_cond_t cond;
	int err;
	char error[200];
};

const char *taps__error(const struct taps *t)
{
	return t->error;
}

static struct tap_dev_here *find(struct taps *t, uint32_t netns, uint32_t ifindex)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->devs[i].netns == netns && t->devs[i].ifindex == ifindex)
			return &t->devs[i];
	return NULL;
}

static bool is_asked_for(const struct taps *t, const char *name)
{
	const struct tt_config *c = t->opts.config;

	if (!c->nifaces)
		return true;
	for (uint32_t i = 0; i < c->nifaces; i++)
		if (c->ifaces[i].netns == t->netns &&
		    !strncmp(c->ifaces[i].name, name, sizeof(c->ifaces[i].name)))
			return true;
	return false;
}

/* Says to the default tap which directions are ours; 0 none. */
static void cover(struct taps *t, const struct tap_dev_here *d, uint32_t dirs)
{
	uint32_t key[2] = { d->netns, d->ifindex };

	if (!dirs)
		bpf_map_delete_elem(t->opts.map_fd, key);
	else if (bpf_map_update_elem(t->opts.map_fd, key, &dirs, BPF_ANY))
		log_warn("--tap: %s: %s: its packets are told twice", d->name,
			 strerror(errno));
}

/* A device that cannot be had is left to the default tap. */
static void refuse(struct taps *t, const struct tap_dev_here *d, int err,
		   const char *why)
{
	if (t->opts.config->nifaces && !t->ready) {
		if (!t->err)
			snprintf(t->error, sizeof(t->error), "--tap: %s: %s",
				 d->name, why);
		t->err = t->err ? t->err : err;
		return;
	}
	log_warn("--tap: %s: %s: the default tap shows its packets", d->name, why);
}

static void take(struct taps *t, const char *name, uint32_t ifindex)
{
	struct tap_dev_here *d = find(t, t->netns, ifindex), *more;
	char why[160];
	int err;

	if (d) {
		d->seen = true;
		return;
	}
	more = reallocarray(t->devs, t->n + 1, sizeof(*more));
	if (!more)
		return;
	t->devs = more;
	d = &t->devs[t->n++];
	*d = (struct tap_dev_here){ .netns = t->netns, .ifindex = ifindex,
				    .seen = true, .fds = { -1, -1 } };
	snprintf(d->name, sizeof(d->name), "%s", name);
	err = put__on(&t->put, d, why, sizeof(why));
	if (err == -ENODEV) /* gone again */
		d->seen = false;
	else if (err)
		refuse(t, d, err, why);
	else
		cover(t, d, d->dirs);
}

static void let_go(struct taps *t, struct tap_dev_here *d)
{
	cover(t, d, 0);
	put__off(&t->put, d);
}

/* Called in each namespace. */
static void look_here(void *ctx, uint32_t netns)
{
	struct taps *t = ctx;
	struct if_nameindex *all = if_nameindex();

	t->netns = netns;
	for (struct if_nameindex *i = all; i && i->if_index; i++)
		if (is_asked_for(t, i->if_name))
			take(t, i->if_name, i->if_index);
	if (all)
		if_freenameindex(all);
}

static bool is_wanted(void *ctx, uint32_t netns)
{
	const struct taps *t = ctx;
	const struct tt_config *c = t->opts.config;

	if (!c->nifaces)
		return !(c->sock_by & TT_BY_NETNS) || c->netns == netns;
	for (uint32_t i = 0; i < c->nifaces; i++)
		if (c->ifaces[i].netns == netns)
			return true;
	return false;
}

static void look_everywhere(struct taps *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		t->devs[i].seen = false;
	taps_netns__each(is_wanted, look_here, t);
	for (size_t i = 0; i < t->n; i++) {
		if (t->devs[i].seen)
			t->devs[n++] = t->devs[i];
		else
			let_go(t, &t->devs[i]);
	}
	t->n = n;
}

/* Of every namespace that this one has a number for, besides. */
static int open_netlink(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK,
				    .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_ROUTE), one = 1;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &one, sizeof(one)))
		log_debug("netlink of other namespaces: %s", strerror(errno));
	if (!bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	close(fd);
	return -1;
}

/* Until something may have changed. False: it is over. */
static bool wait_for_change(struct taps *t)
{
	struct pollfd fds[2] = { { .fd = t->stop_fd, .events = POLLIN },
				 { .fd = t->netlink_fd, .events = POLLIN } };
	char buf[4096];
	int n = poll(fds, 2, ROUND_MS);

	if (n > 0 && fds[0].revents)
		return false;
	if (n <= 0)
		return true;
	if (poll(fds, 1, BURST_MS) > 0) /* one device is many messages */
		return false;
	while (recv(t->netlink_fd, buf, sizeof(buf), 0) >= 0 || errno == ENOBUFS)
		;
	return true;
}

static void tell_ready(struct taps *t)
{
	pthread_mutex_lock(&t->lock);
	t->ready = true;
	pthread_cond_signal(&t->cond);
	pthread_mutex_unlock(&t->lock);
}

static void *keep(void *ctx)
{
	struct taps *t = ctx;

	t->netlink_fd = open_netlink();
	look_everywhere(t);
	tell_ready(t);
	while (wait_for_change(t))
		look_everywhere(t);
	if (t->netlink_fd >= 0)
		close(t->netlink_fd);
	return NULL;
}

static int start(struct taps *t)
{
	int err = pthread_create(&t->thread, NULL, keep, t);

	if (err) {
		snprintf(t->error, sizeof(t->error), "--tap: %s", strerror(err));
		return -err;
	}
	t->running = true;
	pthread_mutex_lock(&t->lock);
	while (!t->ready)
		pthread_cond_wait(&t->cond, &t->lock);
	pthread_mutex_unlock(&t->lock);
	return t->err;
}

int taps__new(struct taps **out, const struct taps_opts *opts)
{
	struct taps *t = calloc(1, sizeof(*t));
	int err;

	*out = t;
	if (!t)
		return -ENOMEM;
	t->opts = *opts;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->cond, NULL);
	t->stop_fd = eventfd(0, EFD_CLOEXEC);
	err = put__init(&t->put, opts);
	if (err) {
		snprintf(t->error, sizeof(t->error), "--tap: %s", strerror(-err));
		return err;
	}
	return start(t);
}

void taps__free(struct taps *t)
{
	uint64_t one = 1;

	if (!t)
		return;
	if (t->running && write(t->stop_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(t->thread, NULL);
	for (size_t i = 0; i < t->n; i++)
		put__close(&t->devs[i]);
	put__release(&t->put);
	close(t->stop_fd);
	free(t->devs);
	free(t);
}
