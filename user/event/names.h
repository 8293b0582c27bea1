/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers to the names users know. Nothing here allocates. */
#ifndef EVENT_NAMES_H
#define EVENT_NAMES_H

#include <stdint.h>

/* The kernel's enum tcp_state (include/net/tcp_states.h). */
enum tcp_state {
	ST_NONE = 0,
	ST_ESTABLISHED = 1,
	ST_SYN_SENT,
	ST_SYN_RECV,
	ST_FIN_WAIT1,
	ST_FIN_WAIT2,
	ST_TIME_WAIT,
	ST_CLOSE,
	ST_CLOSE_WAIT,
	ST_LAST_ACK,
	ST_LISTEN,
	ST_CLOSING,
	ST_NEW_SYN_RECV, /* a request socket; users know it as SYN_RECV */
	ST_MAX,
};

/* As netstat prints it; NULL if out of range. */
const char *state_name(unsigned int state);
/* 0 (ST_NONE) if no such state; case is ignored, ss's spellings accepted. */
unsigned int state_by_name(const char *name);
/* "ECONNREFUSED" for 111; "E<number>" in static storage never: NULL if unknown. */
const char *errno_name(int err);
/* x86-64 or arm64 call number to "write"; NULL if not one that moves or ends
 * TCP data. sysno is of the native table. */
const char *call_name(int sysno);

#endif
