/* SPDX-License-Identifier: BSD-2-Clause */
/* Records as the scan delivers them. */
#ifndef UNIT_SOCKETS_H
#define UNIT_SOCKETS_H

#include <arpa/inet.h>
#include <string.h>

#include "event/names.h"
#include "tcptrace/event.h"

static inline void set_end(uint8_t addr_be[16], const char *text)
{
	static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

	if (inet_pton(AF_INET6, text, addr_be) == 1)
		return;
	memcpy(addr_be, mapped, sizeof(mapped));
	inet_pton(AF_INET, text, addr_be + 12);
}

/* A socket from TCP's tables. */
static inline struct tt_rec_socket sock(uint64_t sk, uint8_t family, uint8_t state,
					const char *laddr, uint16_t lport,
					const char *raddr, uint16_t rport)
{
	struct tt_rec_socket r = { 0 };

	r.hdr.kind = TT_REC_SOCKET;
	r.hdr.len = sizeof(r);
	r.hdr.sk = sk;
	r.sock.family = family;
	r.sock.state = state;
	r.sock.ino = (uint32_t)sk + 1000;
	r.sock.tuple.netns = 1;
	r.sock.tuple.lport_be = htons(lport);
	r.sock.tuple.rport_be = htons(rport);
	set_end(r.sock.tuple.laddr_be, laddr);
	set_end(r.sock.tuple.raddr_be, raddr);
	r.task.fd = -1;
	return r;
}

/* The same from a descriptor. */
static inline struct tt_rec_socket held(struct tt_rec_socket r, uint32_t pid,
					int32_t fd, const char *comm)
{
	r.flags = TT_SCAN_FILE;
	r.task.pid = pid;
	r.task.tid = pid;
	r.task.fd = fd;
	strncpy(r.task.comm, comm, sizeof(r.task.comm) - 1);
	return r;
}

static inline struct tt_rec_socket without_file(struct tt_rec_socket r)
{
	r.sock.flags |= TT_SK_NOFILE;
	r.sock.ino = 0;
	return r;
}

#endif
