/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/configure.h"

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event/fact.h"
#include "live/choose.h"
#include "live/probe.h"
#include "live/session.h"
#include "tcptrace.skel.h"

static void set_config(struct tcptrace_bpf *skel, struct probe *p,
		       const struct session_opts *opts,
		       const struct hook_choice *choices)
{
	static const char *const noise[4] = {
		"SKB_NOT_DROPPED_YET", "SKB_CONSUMED",
		"SKB_DROP_REASON_NOT_SPECIFIED", "SKB_DROP_REASON_QUEUE_PURGE",
	};
	struct tt_config *c = (struct tt_config *)&skel->rodata->cfg;
	struct stat st;

	*c = opts->config;
	c->tgid = getpid();
	if (opts->cgroup_fd >= 0 && !fstat(opts->cgroup_fd, &st))
		c->cgroup = st.st_ino; /* the id is the folder's number */
	c->have_task_btf = probe__task_helper(BPF_FUNC_get_current_task_btf);
	c->have_task_regs = probe__task_helper(BPF_FUNC_task_pt_regs);
	c->have_under_cgroup =
		probe__task_helper(BPF_FUNC_current_task_under_cgroup);
	c->have_cookie_helper = probe__makes_cookies(p);
	c->wait_for = missed_calls(choices);
	c->have_cast = probe__has_func(p, "bpf_rdonly_cast");
	c->have_accept_time =
		bpf_program__autoload(skel->progs.accepted__fexit) ||
		bpf_program__autoload(skel->progs.accepted4__fexit) ||
		bpf_program__autoload(skel->progs.accepted__kretprobe);
	c->send_reset_has_reason = probe__tp_args(p, "tcp_send_reset") >= 3;
	c->kfree_skb_has_reason = probe__tp_args(p, "kfree_skb") >= 3;
	c->recvmsg_args = probe__func_args(p, "tcp_recvmsg");
	c->preempts = probe__preempts(p);
	c->have_skb_dynptr = probe__can_read_skb(p);
	c->have_xdp_frags = c->tap == TT_TAP_XDP && probe__xdp_frags();
	if (c->have_xdp_frags)
		bpf_program__set_flags(skel->progs.packet_in__xdp,
				       BPF_F_XDP_HAS_FRAGS);
	c->kfree_skb_has_sk = probe__tp_args(p, "kfree_skb") >= 4;
	for (int i = 0; i < 4; i++) {
		int v = probe__enum_value(p, "skb_drop_reason", noise[i]);

		c->drop_noise[i] = v < 0 ? 0 : v;
	}
}

static void size_maps(struct tcptrace_bpf *skel, struct probe *p,
		      const struct session_opts *opts,
		      const struct hook_choice *choices)
{
	const struct tt_config *c = &opts->config;
	uint32_t mb = opts->buffer_mb ? opts->buffer_mb : SESSION_RING_MB;

	bpf_map__set_max_entries(skel->maps.events, mb << 20);
	/* Without an allocator of its own the kernel warns, and may deadlock. */
	if (!probe__has_func(p, "bpf_mem_alloc_init"))
		bpf_map__set_map_flags(skel->maps.pids, 0);
	if (!c->task_by)
		bpf_map__set_max_entries(skel->maps.connecting, 64);
	if (!(c->events & (1U << EV_send | 1U << EV_recv)))
		bpf_map__set_max_entries(skel->maps.sends, 64);
	if (c->link || c->snaplen)
		bpf_map__set_max_entries(skel->maps.wide,
					 libbpf_num_possible_cpus());
	if (c->packets == TT_PACKETS_ALL)
		bpf_map__set_max_entries(skel->maps.unacked, 64);
	if (c->tap == TT_TAP_SKB)
		bpf_map__set_max_entries(skel->maps.tap_devs, 1);
	if (!missed_calls(choices))
		bpf_map__set_max_entries(skel->maps.waiters, 1);
}

void configure(struct tcptrace_bpf *skel, struct probe *p,
	       const struct session_opts *opts,
	       const struct hook_choice *choices)
{
	set_config(skel, p, opts, choices);
	size_maps(skel, p, opts, choices);
}
