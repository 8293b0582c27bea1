/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A socket has no cookie until somebody asks for it, and before Linux 5.12 the
 * programs that see sockets may not ask. User space can.
 */
#ifndef LIVE_COOKIES_H
#define LIVE_COOKIES_H

#include <stdint.h>

/* All TCP sockets of the caller's network namespace that the kernel's tables
 * hold. 0 or -errno. */
int cookies__make(void);
/* The cookie of the socket behind a process's descriptor, made if need be; 0
 * if it cannot be had, or if the descriptor is another socket by now. */
uint64_t cookies__of_file(uint32_t pid, int fd, uint32_t ino);

#endif
