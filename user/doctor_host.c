/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/str.h"
#include "live/host.h"
#include "live/kernel_btf.h"

/* Those of Linux 5.8, which older headers lack. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

const struct doctor_cap doctor_caps[] = {
	{ CAP_BPF, true, "CAP_BPF", "no program can be loaded" },
	{ CAP_PERFMON, true, "CAP_PERFMON", "no tracing program can be loaded" },
	{ CAP_NET_ADMIN, false, "CAP_NET_ADMIN",
	  "no program can be put on a cgroup or a device" },
	{ CAP_SYS_PTRACE, false, "CAP_SYS_PTRACE",
	  "owners of sockets that exist before are not found" },
	{ CAP_SYS_ADMIN, false, "CAP_SYS_ADMIN",
	  "sockets of other network namespaces that exist before are not listed" },
};
const size_t doctor_cap_count = sizeof(doctor_caps) / sizeof(doctor_caps[0]);

bool doctor_host__lacks(const struct doctor_host *h, size_t cap)
{
	return h->missing_caps >> cap & 1;
}

static void look_for_caps(struct doctor_host *h)
{
	bool admin = host__has_cap(CAP_SYS_ADMIN);

	for (size_t i = 0; i < doctor_cap_count; i++)
		if (!host__has_cap(doctor_caps[i].cap) &&
		    !(doctor_caps[i].by_admin && admin))
			h->missing_caps |= 1u << i;
}

/* One word in brackets is the mode in force. */
static void read_lockdown(char *mode, size_t size)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char line[128], *from, *to;

	if (f && fgets(line, sizeof(line), f) && (from = strchr(line, '[')) &&
	    (to = strchr(from, ']'))) {
		*to = 0;
		str_copy(mode, from + 1, size);
	}
	if (f)
		fclose(f);
}

static void take_xdp(void *ctx, const char *ifname, uint32_t prog)
{
	struct doctor_host *h = ctx;

	if (h->nxdp == DOCTOR_DEVICES)
		return;
	str_copy(h->xdp[h->nxdp].name, ifname, sizeof(h->xdp[0].name));
	h->xdp[h->nxdp++].prog = prog;
}

static void take_hidden(void *ctx, uint32_t pid, const char *comm)
{
	struct doctor_host *h = ctx;

	if (h->nhidden == DOCTOR_PROCESSES)
		return;
	h->hidden[h->nhidden].pid = pid;
	str_copy(h->hidden[h->nhidden++].comm, comm, sizeof(h->hidden[0].comm));
}

static void take_tracer(void *ctx, const char *name)
{
	struct doctor_host *h = ctx;

	for (size_t i = 0; *name && i < DOCTOR_NAMES; i++) {
		if (!strcmp(h->tracer_names[i], name))
			return;
		if (h->tracer_names[i][0])
			continue;
		str_copy(h->tracer_names[i], name, sizeof(h->tracer_names[i]));
		return;
	}
}

void doctor_host__look(struct doctor_host *h)
{
	struct rlimit memlock = { .rlim_cur = RLIM_INFINITY };
	int btf = kernel_btf__open();

	h->has_btf = btf >= 0;
	if (btf >= 0)
		close(btf);
	read_lockdown(h->lockdown, sizeof(h->lockdown));
	look_for_caps(h);
	getrlimit(RLIMIT_MEMLOCK, &memlock);
	h->memlock = memlock.rlim_cur;
	h->tracers = host__tracing_programs(take_tracer, h);
	host__xdp(take_xdp, h);
	host__protected(take_hidden, h);
}
