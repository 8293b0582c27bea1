/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/host.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "live/system.h"

struct protected_walk {
	void (*fn)(void *ctx, uint32_t pid, const char *comm);
	void *ctx;
};

bool host__has_cap(int cap)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned long long caps = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "CapEff:\t%llx", &caps) == 1)
			break;
	if (f)
		fclose(f);
	return caps >> cap & 1;
}

static void find_protected(void *ctx, uint32_t pid, const char *comm,
			   uint32_t uid)
{
	struct protected_walk *walk = ctx;
	char path[64], to[64];

	(void)uid;
	snprintf(path, sizeof(path), "/proc/%u/ns/net", pid);
	if (readlink(path, to, sizeof(to)) < 0 && errno == EACCES)
		walk->fn(walk->ctx, pid, comm);
}

void host__protected(void (*fn)(void *ctx, uint32_t pid, const char *comm),
		     void *ctx)
{
	struct protected_walk walk = { fn, ctx };

	if (!geteuid() && host__has_cap(CAP_SYS_PTRACE))
		system__processes(find_protected, &walk);
}

void host__xdp(void (*fn)(void *ctx, const char *ifname, uint32_t prog),
	       void *ctx)
{
	struct if_nameindex *all = if_nameindex();

	for (struct if_nameindex *i = all; i && i->if_index; i++) {
		LIBBPF_OPTS(bpf_xdp_query_opts, q);
		uint32_t prog;

		if (bpf_xdp_query(i->if_index, 0, &q))
			continue;
		/* Several at once: the one in the driver comes first. */
		prog = q.drv_prog_id ? q.drv_prog_id :
		       q.skb_prog_id ? q.skb_prog_id :
		       q.hw_prog_id ? q.hw_prog_id : q.prog_id;
		if (prog)
			fn(ctx, i->if_name, prog);
	}
	if_freenameindex(all);
}

/* False: another kind of program, or gone. */
static bool is_tracing(uint32_t id, struct bpf_prog_info *info)
{
	uint32_t len = sizeof(*info);
	int fd = bpf_prog_get_fd_by_id(id);
	int err;

	if (fd < 0)
		return false;
	memset(info, 0, sizeof(*info));
	err = bpf_obj_get_info_by_fd(fd, info, &len);
	close(fd);
	if (err)
		return false;
	return info->type == BPF_PROG_TYPE_TRACING ||
	       info->type == BPF_PROG_TYPE_KPROBE ||
	       info->type == BPF_PROG_TYPE_TRACEPOINT ||
	       info->type == BPF_PROG_TYPE_RAW_TRACEPOINT;
}

int host__tracing_programs(void (*fn)(void *ctx, const char *name), void *ctx)
{
	struct bpf_prog_info info;
	uint32_t id = 0;
	int n = 0;

	while (!bpf_prog_get_next_id(id, &id)) {
		if (!is_tracing(id, &info))
			continue;
		fn(ctx, info.name);
		n++;
	}
	return errno == ENOENT ? n : -errno;
}
