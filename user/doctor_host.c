/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor_host.h"

#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/out.h"
#include "live/host.h"

/* Those of Linux 5.8, which older headers lack. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

struct capability {
	int cap;
	bool by_admin; /* CAP_SYS_ADMIN implies it */
	const char *name;
	const char *without;
};

static const struct capability capabilities[] = {
	{ CAP_BPF, true, "CAP_BPF", "no program can be loaded" },
	{ CAP_PERFMON, true, "CAP_PERFMON", "no tracing program can be loaded" },
	{ CAP_NET_ADMIN, false, "CAP_NET_ADMIN",
	  "no program can be put on a cgroup or a device" },
	{ CAP_SYS_PTRACE, false, "CAP_SYS_PTRACE",
	  "owners of sockets that exist before are not found" },
	{ CAP_SYS_ADMIN, false, "CAP_SYS_ADMIN",
	  "sockets of other network namespaces that exist before are not listed" },
};

/* The items of a list. */
struct items {
	struct out *out;
	bool json;
	int n;
};

/* Names of processes and devices may hold any byte. */
static void put_quoted(struct out *out, const char *s)
{
	out__char(out, '"');
	for (; *s; s++) {
		unsigned char c = *s;

		if (c < 0x20 || c >= 0x7f)
			out__printf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			out__printf(out, "\\%c", c);
		else
			out__char(out, c);
	}
	out__char(out, '"');
}

static void put_name(struct out *out, const char *s)
{
	for (; *s; s++)
		out__char(out, *s >= 0x20 && *s < 0x7f ? *s : '?');
}

static bool is_missing(const struct capability *c)
{
	return !host__has_cap(c->cap) &&
	       !(c->by_admin && host__has_cap(CAP_SYS_ADMIN));
}

static void put_capabilities(struct out *out, bool json)
{
	const char *before = json ? "\"" : "missing capability: ";
	int n = 0;

	out__str(out, json ? "\"missing_capabilities\":[" : "Privileges: ");
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities); i++) {
		const struct capability *c = &capabilities[i];

		if (!is_missing(c))
			continue;
		if (n++)
			out__str(out, json ? "," : "\n            ");
		out__printf(out, "%s%s", before, c->name);
		if (json)
			out__char(out, '"');
		else
			out__printf(out, ": %s", c->without);
	}
	out__str(out, json ? "]," : n ? "\n" : "all that is needed\n");
}

static void put_limits(struct out *out, bool json)
{
	struct rlimit memlock = { .rlim_cur = RLIM_INFINITY };
	int programs = host__tracing_programs();

	getrlimit(RLIMIT_MEMLOCK, &memlock);
	if (json) {
		if (memlock.rlim_cur != RLIM_INFINITY)
			out__printf(out, "\"memlock\":%llu,",
				    (unsigned long long)memlock.rlim_cur);
		if (programs >= 0)
			out__printf(out, "\"other_tracing_programs\":%d,", programs);
		return;
	}
	out__str(out, "Locked memory: ");
	if (memlock.rlim_cur == RLIM_INFINITY)
		out__str(out, "no limit\n");
	else
		out__printf(out, "%llu KiB, which counts for BPF before Linux 5.11 only\n",
			    (unsigned long long)memlock.rlim_cur >> 10);
	if (programs > 0)
		out__printf(out, "Other tracers: %d of their BPF programs are loaded; "
			    "each costs the traced something\n", programs);
}

static void put_xdp(void *ctx, const char *ifname, uint32_t prog)
{
	struct items *items = ctx;

	if (items->json) {
		out__printf(items->out, "%s{\"ifname\":", items->n ? "," : "");
		put_quoted(items->out, ifname);
		out__printf(items->out, ",\"program\":%u}", prog);
	} else {
		out__str(items->out, "XDP program on ");
		put_name(items->out, ifname);
		out__printf(items->out, " (id %u): segments that it drops or "
			    "redirects are not seen\n", prog);
	}
	items->n++;
}

static void put_protected(void *ctx, uint32_t pid, const char *comm)
{
	struct items *items = ctx;

	if (items->json) {
		out__printf(items->out, "%s{\"pid\":%u,\"comm\":",
			    items->n ? "," : "", pid);
		put_quoted(items->out, comm);
		out__char(items->out, '}');
	} else {
		out__str(items->out, items->n ? ", " : "Protected even from root: ");
		out__printf(items->out, "%u (", pid);
		put_name(items->out, comm);
		out__char(items->out, ')');
	}
	items->n++;
}

void doctor_host__put(struct out *out, bool json)
{
	struct items xdp = { out, json, 0 }, hidden = { out, json, 0 };

	put_capabilities(out, json);
	put_limits(out, json);
	out__str(out, json ? "\"xdp\":[" : "");
	host__xdp(put_xdp, &xdp);
	out__str(out, json ? "],\"protected\":[" : "");
	host__protected(put_protected, &hidden);
	if (json)
		out__str(out, "],");
	else if (hidden.n)
		out__str(out, ":\n    where the kernel runs no BPF program while "
			 "such a process is current,\n    what a softirq does then "
			 "is not seen, by any tracer\n");
}

void doctor_host__put_advice(struct out *out, bool has_btf)
{
	bool missing = false;

	for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities); i++)
		missing |= is_missing(&capabilities[i]);
	if (missing)
		out__str(out, "To do: run it as root, or give it the capabilities "
			 "that are missing (setcap, a container's --cap-add)\n");
	if (!has_btf)
		out__str(out, "To do: name a file with this kernel's types (--btf "
			 "FILE), or boot one with CONFIG_DEBUG_INFO_BTF\n");
}
