// SPDX-License-Identifier: BSD-2-Clause
#include "live/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "event/diag_attrs.h"

/* The kernel fills at most 32 KB at a time. */
#define ANSWER_SIZE (64 * 1024)
/* All but TCP_BOUND_INACTIVE, which older kernels refuse and iterators give. */
#define ANY_STATE 0xfff

struct request {
	struct nlmsghdr nlh;
	struct inet_diag_req_v2 r;
};

static int open_in(int netns_fd, int domain, int type, int protocol)
{
	int home = -1, fd;

	if (netns_fd >= 0) {
		home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
		if (home < 0)
			return -errno;
		if (setns(netns_fd, CLONE_NEWNET)) {
			fd = -errno;
			close(home);
			return fd;
		}
	}
	fd = socket(domain, type | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		fd = -errno;
	if (home >= 0) {
		if (setns(home, CLONE_NEWNET)) {
			log_error("return to the own network namespace: %s",
				  strerror(errno));
			abort();
		}
		close(home);
	}
	return fd;
}

int diag__open(int netns_fd)
{
	return open_in(netns_fd, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
}

const char *diag__ifname(int netns_fd, uint32_t ifindex, char buf[16])
{
	int fd = open_in(netns_fd, AF_INET, SOCK_DGRAM, 0);
	struct ifreq req = { .ifr_ifindex = (int)ifindex };
	const char *name = NULL;

	if (fd < 0)
		return NULL;
	if (!ioctl(fd, SIOCGIFNAME, &req)) {
		memcpy(buf, req.ifr_name, 16);
		buf[15] = '\0';
		name = buf;
	}
	close(fd);
	return name;
}

static int ask(int fd, int family, const struct diag_opts *opts)
{
	struct request req = {
		.nlh.nlmsg_len = sizeof(req),
		.nlh.nlmsg_type = SOCK_DIAG_BY_FAMILY,
		.nlh.nlmsg_flags = NLM_F_DUMP | NLM_F_REQUEST,
		.r.sdiag_family = (uint8_t)family,
		.r.sdiag_protocol = IPPROTO_TCP,
		.r.idiag_states = opts->states ? opts->states : ANY_STATE,
	};

	if (opts->info)
		req.r.idiag_ext |= 1 << (INET_DIAG_INFO - 1) |
				   1 << (INET_DIAG_VEGASINFO - 1) |
				   1 << (INET_DIAG_CONG - 1);
	if (opts->memory)
		req.r.idiag_ext |= 1 << (INET_DIAG_SKMEMINFO - 1);
	return send(fd, &req, sizeof(req), 0) < 0 ? -errno : 0;
}

static void take_address(uint8_t out[16], const __be32 addr[4], int family)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

	if (family == AF_INET) {
		memcpy(out, mapped, 12);
		memcpy(out + 12, addr, 4);
	} else {
		memcpy(out, addr, 16);
	}
}

static int take(const struct nlmsghdr *nlh, uint32_t netns, diag_fn fn, void *ctx)
{
	const struct inet_diag_msg *m = NLMSG_DATA(nlh);
	struct diag_parts parts;
	struct sock_diag d = {
		.sk = (uint64_t)m->id.idiag_cookie[1] << 32 | m->id.idiag_cookie[0],
		.netns = netns,
		.lport = __builtin_bswap16(m->id.idiag_sport),
		.rport = __builtin_bswap16(m->id.idiag_dport),
		.family = m->idiag_family == AF_INET6 ? 6 : 4,
		.state = m->idiag_state,
		.timer = m->idiag_timer,
		.retrans = m->idiag_retrans,
		.expires_ms = m->idiag_expires,
		.rqueue = m->idiag_rqueue,
		.wqueue = m->idiag_wqueue,
		.uid = m->idiag_uid,
		.ino = m->idiag_inode,
		.ifindex = m->id.idiag_if,
	};

	take_address(d.laddr, m->id.idiag_src, m->idiag_family);
	take_address(d.raddr, m->id.idiag_dst, m->idiag_family);
	diag_attrs__take(&d, &parts, m + 1,
			 nlh->nlmsg_len - NLMSG_LENGTH(sizeof(*m)));
	return fn(ctx, &d);
}

/* 1: there is more to come. */
static int take_all(const char *buf, size_t len, uint32_t netns, diag_fn fn,
		    void *ctx)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	int err;

	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
		if (nlh->nlmsg_type == NLMSG_DONE)
			return 0;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return nlh->nlmsg_len < NLMSG_LENGTH(sizeof(int)) ?
				       -EPROTO : *(const int *)NLMSG_DATA(nlh);
		if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
			continue;
		err = take(nlh, netns, fn, ctx);
		if (err)
			return err;
	}
	return 1;
}

static int dump_family(int fd, int family, const struct diag_opts *opts,
		       char *buf, diag_fn fn, void *ctx)
{
	int err = ask(fd, family, opts);
	ssize_t n;

	if (err)
		return err;
	do {
		n = recv(fd, buf, ANSWER_SIZE, 0);
		if (n < 0 && errno == EINTR) {
			err = 1;
			continue;
		}
		if (n <= 0)
			return n < 0 ? -errno : -EPROTO;
		err = take_all(buf, (size_t)n, opts->netns, fn, ctx);
	} while (err > 0);
	return err;
}

int diag__dump(int fd, const struct diag_opts *opts, diag_fn fn, void *ctx)
{
	char *buf = malloc(ANSWER_SIZE);
	int err = buf ? 0 : -ENOMEM;

	if (!err && opts->family != 6)
		err = dump_family(fd, AF_INET, opts, buf, fn, ctx);
	if (!err && opts->family != 4) {
		err = dump_family(fd, AF_INET6, opts, buf, fn, ctx);
		/* A kernel without IPv6 has no such handler. */
		if (err == -ENOENT && opts->family != 6)
			err = 0;
	}
	free(buf);
	return err;
}
