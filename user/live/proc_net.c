// SPDX-License-Identifier: BSD-2-Clause
#include "live/proc_net.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "event/names.h"
#include "live/system.h"

/* --- /proc/net/tcp --------------------------------------------------------- */

/* Words of 32 bits as the kernel prints them: each in the order of memory. */
static const char *take_address(const char *s, int words, uint8_t addr[16],
				uint16_t *port_be)
{
	unsigned int w, port;
	int n;

	memset(addr, 0, 16);
	if (words == 1)
		addr[10] = addr[11] = 0xff;
	for (int i = 0; i < words; i++, s += 8) {
		if (sscanf(s, "%8x", &w) != 1)
			return NULL;
		memcpy(addr + (words == 1 ? 12 : 4 * i), &w, 4);
	}
	if (sscanf(s, ":%4x%n", &port, &n) != 1)
		return NULL;
	*port_be = __builtin_bswap16(port);
	return s + n;
}

/* What has no inode waits for accept(), was let go, or is no whole socket. */
static uint8_t flags_of(unsigned int state, uint32_t ino)
{
	if (ino)
		return 0;
	if (state == ST_TIME_WAIT || state == ST_SYN_RECV)
		return TT_SK_REQUEST | TT_SK_NOFILE;
	if (state == ST_ESTABLISHED || state == ST_CLOSE_WAIT)
		return TT_SK_NOFILE;
	return TT_SK_NOFILE | TT_SK_DEAD;
}

static bool parse(const char *s, int words, struct tt_rec_socket *r)
{
	unsigned int state, tx, rx, timer, when, tried, uid, probes, ino;

	s = strchr(s, ':');
	s = s ? take_address(s + 2, words, r->sock.tuple.laddr_be,
			     &r->sock.tuple.lport_be) : NULL;
	s = s ? take_address(s + 1, words, r->sock.tuple.raddr_be,
			     &r->sock.tuple.rport_be) : NULL;
	if (!s || sscanf(s, " %x %x:%x %x:%x %x %u %u %u", &state, &tx, &rx, &timer,
			 &when, &tried, &uid, &probes, &ino) != 9)
		return false;
	r->hdr.kind = TT_REC_SOCKET;
	r->hdr.len = sizeof(*r);
	r->sock.family = words == 1 ? 4 : 6;
	r->sock.state = state;
	r->sock.ino = ino;
	r->sock.flags = flags_of(state, ino);
	r->task.fd = -1;
	r->task.sysno = -1;
	r->tx_queue = tx;
	r->rx_queue = rx;
	r->timer = timer;
	r->expires_j = when;
	r->retransmits = tried;
	r->probes = probes;
	r->uid = uid;
	return true;
}

static int read_table(const char *path, int words, uint32_t netns,
		      const struct scan_sink *sink)
{
	FILE *f = fopen(path, "re");
	struct tt_rec_socket r;
	char line[512];

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		memset(&r, 0, sizeof(r));
		r.sock.tuple.netns = netns;
		/* The line of titles has no addresses. */
		if (parse(line, words, &r))
			sink->socket(sink->ctx, &r);
	}
	fclose(f);
	return 0;
}

int proc_net__sockets(uint32_t netns, const struct scan_sink *sink)
{
	int err = read_table("/proc/net/tcp", 1, netns, sink);
	int err6 = err ? 0 : read_table("/proc/net/tcp6", 4, netns, sink);

	return err6 == -ENOENT ? err : err ? err : err6; /* IPv6 may be off */
}

/* --- /proc/PID/fd ---------------------------------------------------------- */

struct holders {
	const struct scan_sink *sink;
	size_t *hidden;
};

static void look_into(void *ctx, uint32_t pid, const char *comm, uint32_t uid)
{
	const struct holders *h = ctx;
	struct tt_task task = { .pid = pid, .tid = pid, .uid = uid, .sysno = -1 };
	char path[64], link[64];
	const struct dirent *e;
	unsigned int ino;
	ssize_t len;
	DIR *dir;

	str_copy(task.comm, comm, sizeof(task.comm));
	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	dir = opendir(path);
	if (!dir) {
		*h->hidden += errno != ENOENT;
		return;
	}
	while ((e = readdir(dir))) {
		len = readlinkat(dirfd(dir), e->d_name, link, sizeof(link) - 1);
		if (len <= 0)
			continue;
		link[len] = '\0';
		if (sscanf(link, "socket:[%u]", &ino) != 1)
			continue;
		task.fd = atoi(e->d_name);
		h->sink->holds(h->sink->ctx, TT_SCAN_BY_INODE | ino, &task);
	}
	closedir(dir);
}

int proc_net__holders(const struct scan_sink *sink, size_t *hidden)
{
	struct holders h = { sink, hidden };

	*hidden = 0;
	return system__processes(look_into, &h);
}
