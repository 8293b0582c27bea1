// SPDX-License-Identifier: BSD-2-Clause
#include "event/desc.h"

#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define EVERY 0
#define ON(name) (1u << EV_##name)
/* Events that show a socket's options: where they are set, inherited, final. */
#define OPT_EVENTS (ON(socket) | ON(connected) | ON(accept) | ON(close))
#define IO (ON(send) | ON(recv))

#define FIELD(id, name, type, member, unit, events, help) \
	[id] = { id, name, type, offsetof(struct fact, member), unit, help, events }

const struct field_desc field_descs[] = {
	FIELD(F_PID, "pid", FT_U32, pid, NULL, EVERY,
	      "the process that owns the socket, in the tracer's pid namespace; "
	      "on a call, the caller"),
	FIELD(F_TID, "tid", FT_U32, tid, NULL, EVERY,
	      "its thread, where one made a call"),
	FIELD(F_COMM, "comm", FT_STR, comm, NULL, EVERY, "the process's name"),
	FIELD(F_UID, "uid", FT_U32, uid, NULL, EVERY,
	      "the owner's effective user id"),
	FIELD(F_FD, "fd", FT_S32, fd, NULL, EVERY,
	      "the descriptor of the call, or one by which the owner holds the socket"),
	FIELD(F_OWNER_SRC, "owner_src", FT_STR, owner_src, NULL, EVERY,
	      "how the owner is known: `call` (it made this call), `socket` "
	      "(remembered from an earlier call), `scan` (found in the descriptor "
	      "tables), `listener` (a child not yet accepted)"),
	FIELD(F_NETNS, "netns", FT_U32, netns, NULL, EVERY,
	      "the network namespace's inode"),
	FIELD(F_CGROUP, "cgroup", FT_STR, cgroup, NULL, EVERY,
	      "the owner's cgroup"),
	FIELD(F_SK, "sk", FT_HEX, sk, NULL, EVERY,
	      "the socket's cookie in hex: what `ss -e` prints after `sk:`"),
	FIELD(F_FAMILY, "family", FT_U8, family, NULL, EVERY,
	      "4 or 6, the socket's own"),
	FIELD(F_MAPPED, "mapped", FT_BOOL, mapped, NULL, EVERY,
	      "an IPv6 socket that talks IPv4; its addresses are dotted"),
	FIELD(F_LADDR, "laddr", FT_ADDR, laddr, NULL, EVERY, "local address"),
	FIELD(F_LPORT, "lport", FT_U16, lport, NULL, EVERY, "local port"),
	FIELD(F_RADDR, "raddr", FT_ADDR, raddr, NULL, EVERY, "remote address"),
	FIELD(F_RPORT, "rport", FT_U16, rport, NULL, EVERY, "remote port"),
	FIELD(F_STATE, "state", FT_STR, state, NULL, EVERY,
	      "TCP state after the event, as netstat spells it"),
	FIELD(F_PEER, "peer", FT_END, peer, NULL, EVERY,
	      "the other end, where it is on this host and known: "
	      "{pid, tid, comm, fd, sk}"),
	FIELD(F_LATE, "late", FT_BOOL, late, NULL, EVERY,
	      "arrived after the ordering window: belongs further up"),
	FIELD(F_FILE, "file", FT_STR, file, NULL, EVERY,
	      "of several files that are read, the one it is from"),

	FIELD(F_OWNERS, "owners", FT_OWNERS, owners, NULL, ON(socket),
	      "every descriptor that refers to it: [{pid, comm, fd}], [] if none"),
	FIELD(F_OPTS, "opts", FT_OPTS, opts, NULL, OPT_EVENTS,
	      "{nodelay, cork, linger (s, or false), keepalive ([time s, interval s, "
	      "count], or false), rcvbuf, sndbuf, mss (bytes), congestion}"),

	FIELD(F_INODE, "inode", FT_U32, inode, NULL, ON(socket),
	      "list: of the descriptors that hold it"),
	FIELD(F_RECV_Q, "recv_q", FT_U32, recv_q, "bytes", ON(socket),
	      "list: received and not read, a FIN counts one; not of a listener"),
	FIELD(F_SEND_Q, "send_q", FT_U32, send_q, "bytes", ON(socket),
	      "list: written and not acknowledged, a SYN or FIN counts one; not of "
	      "a listener"),
	FIELD(F_SHUT, "shut", FT_STR, shut, NULL, ON(socket),
	      "list: ended directions, SHUT_RD, SHUT_WR or SHUT_RDWR"),
	FIELD(F_V6ONLY, "v6only", FT_BOOL, v6only, NULL, ON(socket),
	      "list: of an IPv6 listener"),
	FIELD(F_MARK, "mark", FT_U32, mark, NULL, ON(socket),
	      "list: SO_MARK, if it is set"),
	FIELD(F_SOCK_UID, "sock_uid", FT_U32, sock_uid, NULL, ON(socket),
	      "list: the user who made the socket"),
	FIELD(F_TIMER, "timer", FT_DIAG, diag, NULL, ON(socket),
	      "list: {kind (on, keepalive, timewait, persist), expires_ms, retries}"),
	FIELD(F_SKMEM, "skmem", FT_DIAG, diag, NULL, ON(socket),
	      "list: memory in bytes, by the kernel's names (SK_MEMINFO_*)"),
	FIELD(F_CONG_INFO, "cong_info", FT_DIAG, diag, NULL, ON(socket),
	      "list: {algorithm} and what it says of itself, by the kernel's names"),
	FIELD(F_TCP_INFO, "tcp_info", FT_DIAG, diag, NULL, ON(socket),
	      "list: all of the kernel's struct tcp_info, by its names"),
	FIELD(F_ATTENTION, "attention", FT_WORDS, attention, NULL, ON(socket),
	      "list: what deserves a look: close_wait, queue_full, recvq_growing, "
	      "zero_window, retransmitting, keepalive_probing"),

	FIELD(F_LATENCY_US, "latency_us", FT_U64, latency_us, "us",
	      ON(connected), "from the connect() call to the decision"),
	FIELD(F_ERROR, "error", FT_STR, error, NULL,
	      ON(connected) | IO | ON(shutdown), "errno's name, if it failed"),
	FIELD(F_ABORTED, "aborted", FT_STR, aborted, NULL, ON(connected),
	      "instead of an error, how the program itself ended the attempt: "
	      "`close`, `exit`, `connect` (AF_UNSPEC)"),

	FIELD(F_BACKLOG, "backlog", FT_U32, backlog, "connections", ON(listen),
	      "the accept queue's limit"),

	FIELD(F_LISTENER, "listener", FT_HEX, listener, NULL,
	      ON(syn_recv) | ON(accept) | ON(socket),
	      "the listening socket's cookie in hex"),
	FIELD(F_COOKIE, "cookie", FT_BOOL, cookie, NULL, ON(syn_recv),
	      "answered with a SYN cookie: nothing is remembered of the SYN"),

	FIELD(F_QUEUED_US, "queued_us", FT_U64, queued_us, "us", ON(accept),
	      "from the end of the handshake to accept()"),
	FIELD(F_QUEUE_LEN, "queue_len", FT_U32, queue_len, "connections",
	      ON(accept) | ON(socket),
	      "accept: waiting when it entered the queue, this one included; list: now"),
	FIELD(F_QUEUE_MAX, "queue_max", FT_U32, queue_max, "connections",
	      ON(accept) | ON(socket), "the queue's limit"),

	FIELD(F_OLD, "old", FT_STR, old_state, NULL, ON(state),
	      "state before; absent for a new request"),
	FIELD(F_NEW, "new", FT_STR, new_state, NULL, ON(state), "state after"),
	FIELD(F_IN_STATE_US, "in_state_us", FT_U64, in_state_us, "us", ON(state),
	      "time spent in the old state"),
	FIELD(F_CAUSE, "cause", FT_CAUSE, cause_kind, NULL, ON(state),
	      "{kind, what}: kind is `call`, `segment` or `timer`; absent where "
	      "nothing that was seen explains the change"),

	FIELD(F_BYTES, "bytes", FT_U64, bytes, "bytes", IO,
	      "taken from the write, or handed to the read; 0 for a read is end "
	      "of stream"),
	FIELD(F_OFFSET, "offset", FT_U64, offset, "bytes", IO,
	      "of the first byte in the stream, from 0"),
	FIELD(F_CALL_US, "call_us", FT_U64, call_us, "us", IO,
	      "time the call spent in TCP"),
	FIELD(F_CALL, "call", FT_STR, call, NULL, IO, "the system call"),
	FIELD(F_PEEK, "peek", FT_BOOL, peek, NULL, ON(recv),
	      "MSG_PEEK: the bytes stay in the queue"),

	FIELD(F_HOW, "how", FT_STR, how, NULL, ON(shutdown),
	      "SHUT_RD, SHUT_WR or SHUT_RDWR"),

	FIELD(F_VIA, "via", FT_STR, via, NULL, ON(close),
	      "what ended it: `close`, `exit`, `exec`, `listener` (a child never "
	      "accepted), `passed`, `unknown`"),
	FIELD(F_UNREAD, "unread", FT_U64, unread, "bytes", ON(close),
	      "received and never read; the FIN does not count"),
	FIELD(F_LINGER, "linger", FT_U32, linger_s, "s", ON(close),
	      "SO_LINGER was on, with this time; 0 sends a RST"),
	FIELD(F_BYTES_SENT, "bytes_sent", FT_U64, bytes_sent, "bytes", ON(close),
	      "written by the application"),
	FIELD(F_BYTES_RECEIVED, "bytes_received", FT_U64, bytes_received,
	      "bytes", ON(close), "read by the application"),
	FIELD(F_DURATION_US, "duration_us", FT_U64, duration_us, "us", ON(close),
	      "from the attempt or the first SYN to here"),

	FIELD(F_FROM, "from", FT_END, from, NULL, ON(packet),
	      "the sender, if on this host: {pid, tid, comm, fd, sk, state}"),
	FIELD(F_TO, "to", FT_END, to, NULL, ON(packet),
	      "the receiver, if on this host: {pid, tid, comm, fd, sk, state}"),
	FIELD(F_DIR, "dir", FT_STR, dir, NULL, ON(packet) | ON(reset),
	      "`out` sent, `in` received, as the event's owner sees it"),
	FIELD(F_IFNAME, "ifname", FT_STR, ifname, NULL, ON(packet) | ON(socket),
	      "the device at which it was seen; list: the one the socket is bound to"),
	FIELD(F_SRC, "src", FT_ADDR, src, NULL, ON(packet), "source address"),
	FIELD(F_SPORT, "sport", FT_U16, sport, NULL, ON(packet), "source port"),
	FIELD(F_DST, "dst", FT_ADDR, dst, NULL, ON(packet),
	      "destination address"),
	FIELD(F_DPORT, "dport", FT_U16, dport, NULL, ON(packet),
	      "destination port"),
	FIELD(F_FLAGS, "flags", FT_FLAGS, tcp_flags, NULL, ON(packet),
	      "tcpdump's letters: S SYN, F FIN, R RST, P PSH, U URG, E ECE, "
	      "W CWR, `.` ACK; `none` without any"),
	FIELD(F_TCP_SEQ, "tcp_seq", FT_U32, tcp_seq, NULL,
	      ON(packet) | ON(retransmit), "sequence number of the wire"),
	FIELD(F_TCP_ACK, "tcp_ack", FT_U32, tcp_ack, NULL, ON(packet),
	      "acknowledgment number of the wire"),
	FIELD(F_REL_SEQ, "rel_seq", FT_U32, rel_seq, NULL, ON(packet),
	      "sequence number from the connection's first, as tcpdump counts"),
	FIELD(F_REL_ACK, "rel_ack", FT_U32, rel_ack, NULL, ON(packet),
	      "acknowledgment number likewise"),
	FIELD(F_WIN, "win", FT_U16, win, NULL, ON(packet),
	      "window of the header, unscaled"),
	FIELD(F_LEN, "len", FT_U32, len, "bytes", ON(packet), "payload"),
	FIELD(F_TCP_OPTS, "opts", FT_SEG_OPTS, seg_opts, NULL, ON(packet),
	      "TCP options: {mss, wscale, sackok, tsval, tsecr, sack}"),
	FIELD(F_TTL, "ttl", FT_U8, ttl, NULL, ON(packet),
	      "IPv4 time to live, IPv6 hop limit"),
	FIELD(F_GSO, "gso", FT_U16, gso, "segments", ON(packet),
	      "in this frame, where the device cuts it or joined it"),

	FIELD(F_KIND, "kind", FT_STR, kind, NULL, ON(retransmit),
	      "what was sent again, or why"),
	FIELD(F_REASON, "reason", FT_STR, reason, NULL, ON(reset) | ON(drop),
	      "the kernel's word for it, where this kernel has one"),
	FIELD(F_WHERE, "where", FT_STR, where, NULL, ON(drop),
	      "the kernel function that dropped it"),
	FIELD(F_WHAT, "what", FT_STR, what, NULL, ON(lost), "what was lost"),
	FIELD(F_WHY, "why", FT_STR, why, NULL, ON(lost), "why"),
	FIELD(F_COUNT, "count", FT_U64, count, NULL, ON(lost), "how many"),
};
const size_t field_desc_count = ARRAY_SIZE(field_descs);

_Static_assert(ARRAY_SIZE(field_descs) == F_MAX, "a field has no row");
_Static_assert(EV_MAX <= 32, "field_desc.events has a bit for every event");

const struct event_desc event_descs[] = {
#define EVENT(id, name, group, meaning) { id, #name, meaning, GROUP_##group },
#include "tcptrace/events.def"
#undef EVENT
};
const size_t event_desc_count = ARRAY_SIZE(event_descs);

const struct event_desc *event_desc__by_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < event_desc_count; i++) {
		const char *known = event_descs[i].name;

		if (strlen(known) == len && memcmp(known, name, len) == 0)
			return &event_descs[i];
	}
	return NULL;
}

const struct event_desc *event_desc__by_id(enum event_id id)
{
	size_t i;

	for (i = 0; i < event_desc_count; i++) {
		if (event_descs[i].id == id)
			return &event_descs[i];
	}
	return NULL;
}

const struct field_desc *field_desc__by_id(enum field id)
{
	for (size_t i = 0; i < field_desc_count; i++)
		if (field_descs[i].id == id)
			return &field_descs[i];
	return NULL;
}
