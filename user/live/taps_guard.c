// SPDX-License-Identifier: BSD-2-Clause
#include "live/taps_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "live/taps_netns.h"
#include "tcptrace/event.h"

/* Before all others, or as near to it as theirs of another kind let us. */
enum { PRIORITIES = 8 };

/* What the guard knows of one device. */
struct post {
	uint32_t netns, ifindex;
	bool off;  /* a message: take it off now */
	bool made; /* clsact was not there before us */
};

struct tap_guard {
	int sock;
	pid_t pid;
	uint32_t handle; /* of all our filters; nobody else's */
	int in_fd, out_fd;
	uint32_t prog_ids[2];
};

/* The guard itself, in its process. */
struct watch {
	const struct tap_guard *g;
	struct post *posts;
	size_t n;
	const struct post *only; /* NULL: all of them */
};

static const enum bpf_tc_attach_point points[2] = { BPF_TC_INGRESS,
						     BPF_TC_EGRESS };

static struct bpf_tc_hook hook_of(uint32_t ifindex, enum bpf_tc_attach_point at)
{
	return (struct bpf_tc_hook){ .sz = sizeof(struct bpf_tc_hook),
				     .ifindex = ifindex, .attach_point = at };
}

/* The program of our handle's filter, 0 if there is none. */
static uint32_t prog_at(const struct tap_guard *g, struct bpf_tc_hook *hook,
			uint32_t priority)
{
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = g->handle, .priority = priority);

	return bpf_tc_query(hook, &opts) ? 0 : opts.prog_id;
}

static void remove_filter(const struct tap_guard *g, uint32_t ifindex, int which)
{
	struct bpf_tc_hook hook = hook_of(ifindex, points[which]);

	for (uint32_t prio = 1; prio <= PRIORITIES; prio++) {
		LIBBPF_OPTS(bpf_tc_opts, opts, .handle = g->handle,
			    .priority = prio);

		if (prog_at(g, &hook, prio) == g->prog_ids[which])
			bpf_tc_detach(&hook, &opts);
	}
}

/* Counts what an answer holds of the device; 0 at its end. */
static int count_answer(const char *buf, ssize_t len, const struct tcmsg *of, int *n)
{
	const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
	const struct tcmsg *tc;

	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			return 0;
		tc = NLMSG_DATA(h);
		*n += tc->tcm_ifindex == of->tcm_ifindex &&
		      tc->tcm_parent == of->tcm_parent;
	}
	return 1;
}

/* How many filters, or queues, there are; -1 if the kernel does not say. */
static int count(uint16_t type, uint32_t ifindex, uint32_t parent)
{
	struct {
		struct nlmsghdr h;
		struct tcmsg tc;
	} ask = {
		.h = { .nlmsg_len = sizeof(ask), .nlmsg_type = type,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.tc = { .tcm_ifindex = ifindex, .tcm_parent = parent },
	};
	char buf[16384] __attribute__((aligned(NLMSG_ALIGNTO)));
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t len = fd < 0 ? -1 : send(fd, &ask, sizeof(ask), 0);
	int n = 0;

	do
		len = len > 0 ? recv(fd, buf, sizeof(buf), 0) : -1;
	while (len > 0 && count_answer(buf, len, &ask.tc, &n));
	if (fd >= 0)
		close(fd);
	return len > 0 ? n : -1;
}

static bool is_used(uint32_t ifindex, uint32_t minor)
{
	return count(RTM_GETTFILTER, ifindex, TC_H_MAKE(TC_H_CLSACT, minor)) != 0;
}

static void remove_from(const struct tap_guard *g, const struct post *p)
{
	struct bpf_tc_hook hook = hook_of(p->ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);

	remove_filter(g, p->ifindex, 0);
	remove_filter(g, p->ifindex, 1);
	if (p->made &&
	    !is_used(p->ifindex, TC_H_MIN_INGRESS) &&
	    !is_used(p->ifindex, TC_H_MIN_EGRESS))
		bpf_tc_hook_destroy(&hook);
}

static bool has_post(void *ctx, uint32_t netns)
{
	const struct watch *w = ctx;

	if (w->only)
		return w->only->netns == netns;
	for (size_t i = 0; i < w->n; i++)
		if (w->posts[i].netns == netns)
			return true;
	return false;
}

/* A namespace that nobody is in any more is gone, and its devices with it. */
static void clean_here(void *ctx, uint32_t netns)
{
	const struct watch *w = ctx;

	for (size_t i = 0; i < w->n; i++)
		if (w->posts[i].netns == netns &&
		    (!w->only || w->only->ifindex == w->posts[i].ifindex))
			remove_from(w->g, &w->posts[i]);
}

static void on_post(struct watch *w, const struct post *p)
{
	struct post *more;

	if (p->off) {
		w->only = p;
		taps_netns__each(has_post, clean_here, w);
		w->only = NULL;
		for (size_t i = 0; i < w->n; i++)
			if (w->posts[i].netns == p->netns &&
			    w->posts[i].ifindex == p->ifindex)
				w->posts[i--] = w->posts[--w->n];
		return;
	}
	more = reallocarray(w->posts, w->n + 1, sizeof(*more));
	if (!more)
		return;
	w->posts = more;
	w->posts[w->n++] = *p;
}

/* Nothing of the run's is held open: its links end with it. */
static void let_go_of_all(struct tap_guard *g)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	setsid(); /* what the terminal sends is not for us */
	prctl(PR_SET_NAME, "tcptrace-guard");
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	g->sock = dup2(g->sock, 3);
	syscall(SYS_close_range, 4, ~0U, 0);
}

static void stand_guard(struct tap_guard *g)
{
	struct watch w = { .g = g };
	struct post p;

	let_go_of_all(g);
	for (;;) {
		ssize_t n = recv(g->sock, &p, sizeof(p), 0);

		if (n == sizeof(p)) {
			on_post(&w, &p);
			send(g->sock, "", 1, MSG_NOSIGNAL);
		} else if (n >= 0 || errno != EINTR) {
			break;
		}
	}
	taps_netns__each(has_post, clean_here, &w);
	_exit(0);
}

static uint32_t id_of(int prog)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(prog, &info, &len) ? 0 : info.id;
}

int tap_guard__new(struct tap_guard **out, const struct taps_opts *opts)
{
	struct tap_guard *g = calloc(1, sizeof(*g));
	int ends[2];

	if (!g)
		return -ENOMEM;
	g->in_fd = opts->in_fd;
	g->out_fd = opts->out_fd;
	g->prog_ids[0] = id_of(opts->in_fd);
	g->prog_ids[1] = id_of(opts->out_fd);
	g->handle = 0x74000000 | (getpid() & 0xffffff);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		goto failed;
	g->pid = fork();
	if (!g->pid) {
		close(ends[0]);
		g->sock = ends[1];
		stand_guard(g);
	}
	close(ends[1]);
	g->sock = ends[0];
	if (g->pid > 0) {
		*out = g;
		return 0;
	}
	close(ends[0]);
failed:
	free(g);
	return -errno;
}

/* It knows when it has answered. */
static int tell(const struct tap_guard *g, const struct post *p)
{
	char answer;

	if (send(g->sock, p, sizeof(*p), MSG_NOSIGNAL) != sizeof(*p) ||
	    recv(g->sock, &answer, 1, 0) != 1)
		return -EPIPE;
	return 0;
}

static int put_filter(const struct tap_guard *g, uint32_t ifindex, int which)
{
	struct bpf_tc_hook hook = hook_of(ifindex, points[which]);
	int err = -EINVAL;

	/* EINVAL: others of another kind or protocol have this priority. */
	for (uint32_t prio = 1; prio <= PRIORITIES && err == -EINVAL; prio++) {
		LIBBPF_OPTS(bpf_tc_opts, opts, .handle = g->handle,
			    .priority = prio,
			    .prog_fd = which ? g->out_fd : g->in_fd);

		err = bpf_tc_attach(&hook, &opts);
	}
	return err;
}

int tap_guard__put(struct tap_guard *g, struct tap_dev_here *d, bool both)
{
	struct bpf_tc_hook hook = hook_of(d->ifindex, BPF_TC_INGRESS);
	struct post p = { .netns = d->netns, .ifindex = d->ifindex };
	int err;

	p.made = !count(RTM_GETQDISC, d->ifindex, TC_H_CLSACT);
	err = tell(g, &p);
	if (err)
		return err;
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	err = bpf_tc_hook_create(&hook);
	if (err && err != -EEXIST)
		return err;
	err = put_filter(g, d->ifindex, 1);
	if (!err && both)
		err = put_filter(g, d->ifindex, 0);
	if (!err)
		d->dirs = TT_DIR_OUT | (both ? TT_DIR_IN : 0);
	return err;
}

void tap_guard__take_off(struct tap_guard *g, const struct tap_dev_here *d)
{
	const struct post p = { .netns = d->netns, .ifindex = d->ifindex,
				.off = true };

	tell(g, &p);
}

void tap_guard__free(struct tap_guard *g)
{
	if (!g)
		return;
	close(g->sock);
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(g);
}
