/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/cookies.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "live/diag.h"

/* The answer carries the cookie, so the kernel makes it: all we want. */
static int skip(void *ctx, const struct sock_diag *d)
{
	(void)ctx;
	(void)d;
	return 0;
}

int cookies__make(void)
{
	struct diag_opts opts = { 0 };
	int fd = diag__open(-1), err;

	if (fd < 0)
		return fd;
	err = diag__dump(fd, &opts, skip, NULL);
	close(fd);
	if (err)
		log_info("sock_diag: %s: sockets without a descriptor have no "
			 "sk: load the modules inet_diag and tcp_diag",
			 strerror(-err));
	return err;
}

static uint64_t cookie_of(int fd, uint32_t ino)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	struct stat st;

	if (fstat(fd, &st) || (uint32_t)st.st_ino != ino)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len))
		return 0;
	return cookie;
}

uint64_t cookies__of_file(uint32_t pid, int fd, uint32_t ino)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0), copy;
	uint64_t cookie = 0;

	if (pidfd < 0)
		return 0;
	copy = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (copy >= 0) {
		cookie = cookie_of(copy, ino);
		close(copy);
	}
	close(pidfd);
	return cookie;
}
