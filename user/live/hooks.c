/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/hooks.h"

#include <string.h>

#include "base/out.h"
#include "event/fact.h"
#include "tcptrace/config.h"
#include "tcptrace/stats.h"
#include "tcptrace.skel.h"

/* The program's place in the skeleton: a misspelling does not compile. */
#define PROG(p) offsetof(struct tcptrace_bpf, progs.p)
#define ON(ev) (1u << EV_##ev)

/* What needs to know whose a socket is, and what became of it. */
#define ON_SOCKETS                                                       \
	(ON(socket) | ON(connect) | ON(connected) | ON(listen) |         \
	 ON(syn_recv) | ON(accept) | ON(state) | ON(close) |             \
	 ON(packet) | ON(retransmit) | ON(reset) | ON(drop) |            \
	 ON(send) | ON(recv) | ON(shutdown) | ON(destroy))

#define CALLS                                                            \
	"inet_csk_accept+__sys_accept4+__sys_connect+__sys_listen+"      \
	"__sys_shutdown"

#define NOT_SEEN(ev, words) { LACK_EVENT, EV_##ev, F_MAX, words }
#define NO_FIELD(ev, field, words) { LACK_FIELD, EV_##ev, field, words }
#define OTHER_TIME(ev, words) { LACK_TIME, EV_##ev, F_MAX, words }
#define OTHER_MOMENT(ev, words) { LACK_MOMENT, EV_##ev, F_MAX, words }

/* The kernel keeps that many return addresses for each kretprobe. */
#define FEW(ev)                                                          \
	NOT_SEEN(ev, "of calls that wait at once ten are seen, or two a " \
		     "CPU; one a CPU before 6.7 if the kernel is not "     \
		     "preemptible")

/* A request gets its cookie from the child, unless it is asked for one. */
#define NO_REQUEST_COOKIE(ev)                                            \
	NO_FIELD(ev, F_SK, "until its handshake ends a connection has no " \
			   "sk, but with the hook cookie")

/* Their numbers mean other calls. */
#define NO_32_BIT(ev) NOT_SEEN(ev, "calls of 32-bit programs are not seen")

/* A system call is not what moves the bytes. */
#define ONE_CALL(ev, calls)                                              \
	NOT_SEEN(ev, calls " is one event, at most"),                    \
	NOT_SEEN(ev, "calls through io_uring and of 32-bit programs are " \
		     "not seen")

#define FAILS_FIRST "a write that fails before its first byte has "

const struct hook hooks[] = {
	/* First: what the others see has its cookie by then. */
	{ .name = "cookie",
	  .for_cookies = true,
	  .when = "kprobes; Linux without a socket cookie in tracing programs",
	  .optional = true,
	  .variants = { { AK_CGROUP, "sock_create+sockops",
			  { PROG(cookie_create__cgroup),
			    PROG(cookie_request__cgroup) },
			  {}, 0 } } },
	/* Before the hooks whose gaps it fills. */
	{ .name = "waiting",
	  .for_waiting = true,
	  .when = "calls seen where a function returns; not `run`",
	  .optional = true,
	  .variants = { { AK_TP_BTF, "sys_exit+sched_process_exit",
			  { PROG(waited__tp_btf), PROG(waiter_exit__tp_btf) },
			  {}, 2,
			  .preempted = { PROG(waited_twin__tp_btf),
					 PROG(waiter_exit_twin__tp_btf) } } } },
	{ .name = "state",
	  .events = ON_SOCKETS,
	  .variants = { { AK_TP_BTF, "inet_sock_set_state",
			  { PROG(state__tp_btf), PROG(state_twin__tp_btf) },
			  { NO_REQUEST_COOKIE(syn_recv),
			    NO_REQUEST_COOKIE(state),
			    NO_FIELD(shutdown, F_SK,
				     "shutdown() of a socket that never left "
				     "CLOSE has no sk, but with the hook "
				     "cookie") }, 3, true } } },
	{ .name = "destroy",
	  .events = ON_SOCKETS,
	  .variants = { { AK_TP_BTF, "tcp_destroy_sock",
			  { PROG(destroy__tp_btf), PROG(destroy_twin__tp_btf) },
			  {}, 1, true } } },
	{ .name = "call",
	  .events = ON(connect) | ON(connected) | ON(listen) | ON(accept) |
		    ON(shutdown),
	  .variants = { { AK_FENTRY, CALLS,
			  { PROG(accepted__fexit), PROG(accept__fexit),
			    PROG(connect__fexit), PROG(listen__fexit),
			    PROG(shutdown__fentry), PROG(shutdown__fexit) },
			  {}, 2, .misses = TT_WAIT_ACCEPT,
			  .preempted = { PROG(accepted_twin__fexit),
					 PROG(accept_twin__fexit),
					 PROG(connect_twin__fexit),
					 PROG(listen_twin__fexit),
					 PROG(shutdown_twin__fentry),
					 PROG(shutdown_twin__fexit) } },
			{ AK_FENTRY, CALLS, /* before 6.10 */
			  { PROG(accepted4__fexit), PROG(accept__fexit),
			    PROG(connect__fexit), PROG(listen__fexit),
			    PROG(shutdown__fentry), PROG(shutdown__fexit) },
			  {}, 4, .misses = TT_WAIT_ACCEPT },
			{ AK_KPROBE, CALLS,
			  { PROG(accepted__kretprobe), PROG(accept__kretprobe),
			    PROG(connect__kretprobe), PROG(listen__kretprobe),
			    PROG(shutdown__kprobe), PROG(shutdown__kretprobe) },
			  { FEW(accept) }, 0, .misses = TT_WAIT_ACCEPT },
			{ AK_TP_BTF, "sys_exit", { PROG(call__tp_btf) },
			  { OTHER_MOMENT(shutdown,
					 "shutdown has the time of the state "
					 "change it caused, or of its return"),
			    NO_32_BIT(accept), NO_32_BIT(shutdown) }, 2,
			  .preempted = { PROG(call_twin__tp_btf) } } } },
	{ .name = "connect-refused",
	  .events = ON(connect) | ON(connected),
	  .optional = true,
	  .variants = { { AK_FENTRY, "tcp_v4_connect+tcp_v6_connect",
			  { PROG(attempt4__fentry), PROG(attempt6__fentry) },
			  {}, 3,
			  .preempted = { PROG(attempt4_twin__fentry),
					 PROG(attempt6_twin__fentry) },
			  .for_ipv6 = { PROG(attempt6__fentry),
					PROG(attempt6_twin__fentry) } },
			{ AK_KPROBE, "tcp_v4_connect+tcp_v6_connect",
			  { PROG(attempt4__kprobe), PROG(attempt6__kprobe) },
			  {}, 0, .for_ipv6 = { PROG(attempt6__kprobe) } },
			{ AK_CGROUP, "connect4+connect6",
			  { PROG(connect4__cgroup), PROG(connect6__cgroup) },
			  {}, 0 } } },
	{ .name = "connect-port",
	  .for_pids = true,
	  .optional = true,
	  .spare = true,
	  .variants = { { AK_FENTRY, "tcp_connect", { PROG(port__fentry) },
			  {}, 1, .preempted = { PROG(port_twin__fentry) } },
			{ AK_KPROBE, "tcp_connect", { PROG(port__kprobe) },
			  {}, 0 } } },
	{ .name = "close",
	  .events = ON(close),
	  .variants = { { AK_FENTRY, "tcp_close", { PROG(close__fentry) },
			  {}, 2, .preempted = { PROG(close_twin__fentry) } },
			{ AK_KPROBE, "tcp_close", { PROG(close__kprobe) },
			  {}, 0 },
			{ AK_CGROUP, "sock_release", { PROG(close__cgroup) },
			  {}, 0 } } },
	{ .name = "send",
	  .events = ON(send),
	  .variants = { { AK_FENTRY, "tcp_sendmsg+tp:sock_send_length",
			  { PROG(send__fentry), PROG(send__tp_btf) }, {}, 3,
			  .preempted = { PROG(send_twin__fentry),
					 PROG(send_twin__tp_btf) } },
			{ AK_FENTRY, "tcp_sendmsg",
			  { PROG(send__fentry), PROG(send__fexit) },
			  {}, 3, .misses = TT_WAIT_SEND },
			{ AK_KPROBE, "tcp_sendmsg+tp:sock_send_length",
			  { PROG(send__kprobe), PROG(send__tp_btf) },
			  {}, 0, .preempted = { PROG(send_twin__tp_btf) } },
			{ AK_KPROBE, "tcp_sendmsg",
			  { PROG(send__kprobe), PROG(send__kretprobe) },
			  { FEW(send) }, 0, .misses = TT_WAIT_SEND },
			{ AK_TP_BTF, "sock_send_length+tcp_sendmsg_locked",
			  { PROG(send__tp_btf), PROG(send_enter__tp_btf) },
			  { OTHER_MOMENT(send, FAILS_FIRST "the time of its return"),
			    NO_FIELD(send, F_CALL_US, FAILS_FIRST "no call_us"),
			    NO_FIELD(send, F_OFFSET, FAILS_FIRST "no offset") },
			  3,
			  .preempted = { PROG(send_twin__tp_btf),
					 PROG(send_enter_twin__tp_btf) } },
			{ AK_TP_BTF, "sock_send_length",
			  { PROG(send__tp_btf) },
			  { NO_FIELD(send, F_CALL_US, "send has no call_us"),
			    NO_FIELD(send, F_OFFSET, "send has no offset"),
			    OTHER_TIME(send, "a write has the time of its "
					     "return") },
			  3, .preempted = { PROG(send_twin__tp_btf) } },
			{ AK_TP_BTF, "sys_exit+sys_enter",
			  { PROG(send_end__tp_btf), PROG(send_begin__tp_btf) },
			  { ONE_CALL(send, "sendfile(), splice() or sendmmsg()"),
			    OTHER_MOMENT(send, "a write has the time of the "
					       "system call") },
			  2, .whole = true } } },
	/* sendfile() and splice() until 6.5 (dc97391e6610); then tcp_sendmsg */
	{ .name = "send-page",
	  .events = ON(send),
	  .for_pages = true,
	  .optional = true,
	  .spare = true,
	  .variants = { { AK_FENTRY, "tcp_sendpage",
			  { PROG(sendpage__fentry), PROG(sendpage__fexit) },
			  {}, 5 },
			{ AK_KPROBE, "tcp_sendpage",
			  { PROG(sendpage__kprobe), PROG(sendpage__kretprobe) },
			  {}, 0 } } },
	{ .name = "recv",
	  .events = ON(recv),
	  .variants = { { AK_FENTRY, "tcp_recvmsg+tp:sock_recv_length",
			  { PROG(recv__fentry), PROG(recv__tp_btf) }, {}, 0,
			  .preempted = { PROG(recv_twin__fentry),
					 PROG(recv_twin__tp_btf) } },
			{ AK_FENTRY, "tcp_recvmsg",
			  { PROG(recv__fentry), PROG(recv__fexit) },
			  {}, 0, .misses = TT_WAIT_RECV },
			{ AK_KPROBE, "tcp_recvmsg+tp:sock_recv_length",
			  { PROG(recv__kprobe), PROG(recv__tp_btf) },
			  {}, 0, .preempted = { PROG(recv_twin__tp_btf) } },
			{ AK_KPROBE, "tcp_recvmsg",
			  { PROG(recv__kprobe), PROG(recv__kretprobe) },
			  { FEW(recv) }, 0, .misses = TT_WAIT_RECV },
			{ AK_TP_BTF, "sock_recv_length",
			  { PROG(recv__tp_btf) },
			  { NO_FIELD(recv, F_CALL_US,
				     "recv has no call_us") },
			  3, .preempted = { PROG(recv_twin__tp_btf) } },
			{ AK_TP_BTF, "sys_exit", { PROG(recv_end__tp_btf) },
			  { ONE_CALL(recv, "recvmmsg()"),
			    NO_FIELD(recv, F_CALL_US,
				     "recv has no call_us") }, 2 } } },
	{ .name = "retransmit",
	  .events = ON(retransmit),
	  .variants = { { AK_TP_BTF, "tcp_retransmit_skb",
			  { PROG(retransmit__tp_btf),
			    PROG(retransmit_twin__tp_btf) }, {}, 2, true } } },
	{ .name = "retransmit-synack",
	  .events = ON(retransmit),
	  .optional = true,
	  .variants = { { AK_TP_BTF, "tcp_retransmit_synack",
			  { PROG(retransmit_synack__tp_btf) }, {}, 2 } } },
	{ .name = "reset-received",
	  .events = ON(reset) | ON(state) | ON(connected),
	  .variants = { { AK_TP_BTF, "tcp_receive_reset",
			  { PROG(reset_in__tp_btf),
			    PROG(reset_in_twin__tp_btf) }, {}, 1, true } } },
	{ .name = "reset-sent",
	  .events = ON(reset),
	  .variants = { { AK_TP_BTF, "tcp_send_reset",
			  { PROG(reset_out__tp_btf),
			    PROG(reset_out_twin__tp_btf) }, {}, 2, true } } },
	/* Without a reason (before 5.17, c504e5c2f964) none is worth telling. */
	{ .name = "drop",
	  .events = ON(drop),
	  .variants = { { AK_TP_BTF, "kfree_skb", { PROG(drop__tp_btf), PROG(drop_twin__tp_btf) },
			  {}, 3, true } } },
	{ .name = "packet-out",
	  .events = ON(packet) | ON(state) | ON(syn_recv) | ON(accept),
	  .variants = { { AK_TP_BTF, "net_dev_start_xmit",
			  { PROG(packet_out__tp_btf) },
			  { NO_REQUEST_COOKIE(packet) }, 2 } } },
	{ .name = "packet-in",
	  .events = ON(packet) | ON(state) | ON(syn_recv),
	  .variants = { { AK_TP_BTF, "netif_receive_skb",
			  { PROG(packet_in__tp_btf) }, {}, 1 } } },
	{ .name = "tap-tc",
	  .tap = TT_TAP_TC,
	  .when = "`--tap tc`",
	  .variants = { { AK_TCX, "ingress+egress",
			  { PROG(packet_in__tc), PROG(packet_out__tc) },
			  {}, 0 },
			{ AK_CLSACT, "ingress+egress",
			  { PROG(packet_in__tc), PROG(packet_out__tc) },
			  {}, 0 } } },
	{ .name = "tap-xdp",
	  .tap = TT_TAP_XDP,
	  .when = "`--tap xdp`",
	  .variants = { { AK_XDP, "xdp", { PROG(packet_in__xdp) }, {}, 0 } } },
	{ .name = "fork",
	  .for_follow = true,
	  .variants = { { AK_TP_BTF, "sched_process_fork",
			  { PROG(fork__tp_btf) }, {}, 2,
			  .preempted = { PROG(fork_twin__tp_btf) } } } },
	{ .name = "exec",
	  .for_pids = true,
	  .for_follow = true,
	  .optional = true,
	  .variants = { { AK_TP_BTF, "sched_process_exec",
			  { PROG(exec__tp_btf) }, {}, 1,
			  .preempted = { PROG(exec_twin__tp_btf) } } } },
	{ .name = "exit",
	  .for_pids = true,
	  .for_follow = true,
	  .variants = { { AK_TP_BTF, "sched_process_exit",
			  { PROG(exit__tp_btf) }, {}, 1,
			  .preempted = { PROG(exit_twin__tp_btf) } } } },
};
const size_t hook_count = sizeof(hooks) / sizeof(hooks[0]);

const char *attach_kind_name(enum attach_kind kind)
{
	switch (kind) {
	case AK_FENTRY:
		return "fentry";
	case AK_KPROBE:
		return "kprobe";
	case AK_TP_BTF:
		return "tp_btf";
	case AK_CGROUP:
		return "cgroup";
	case AK_TCX:
		return "tcx";
	case AK_CLSACT:
		return "clsact";
	case AK_XDP:
		return "xdp";
	default:
		return "none";
	}
}

const char *lack_kind_name(enum lack_kind kind)
{
	switch (kind) {
	case LACK_EVENT:
		return "event";
	case LACK_FIELD:
		return "field";
	case LACK_TIME:
		return "time";
	case LACK_MOMENT:
		return "moment";
	default:
		return "none";
	}
}

void variant__put_lacks(const struct variant *v, struct out *out)
{
	const char *sep = "", *said = "";

	for (int i = 0; i < VARIANT_LACKS && v->lacks[i].kind; i++) {
		if (!strcmp(v->lacks[i].words, said))
			continue;
		said = v->lacks[i].words;
		out__printf(out, "%s%s", sep, said);
		sep = "; ";
	}
}

enum rung attach_kind_rung(enum attach_kind kind)
{
	switch (kind) {
	case AK_FENTRY:
		return RUNG_FENTRY;
	case AK_KPROBE:
		return RUNG_KPROBE;
	case AK_TCX:
	case AK_CLSACT:
	case AK_XDP:
		return RUNG_AUTO; /* --hooks leaves them alone */
	default:
		return RUNG_TRACEPOINT;
	}
}

bool is_on_device(enum attach_kind kind)
{
	return kind == AK_TCX || kind == AK_CLSACT || kind == AK_XDP;
}

bool hook__has_rung(const struct hook *h, enum rung rung)
{
	for (int i = 0; i < HOOK_VARIANTS && h->variants[i].kind; i++)
		if (attach_kind_rung(h->variants[i].kind) == rung)
			return true;
	return false;
}
