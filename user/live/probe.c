/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/probe.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "live/cgroups.h"
#include "live/kernel_btf.h"
#include "live/preempt.h"
#include "live/taps.h"

/* An enum that names are looked up in again and again. */
struct enum_cache {
	const char *name; /* the caller's, a literal */
	const struct btf_type *type;
};

struct probe {
	struct btf *btf;
	struct enum_cache enums[4];
	int cgroup_fd;
	int fentry_err; /* of a two-instruction program; 1: not tried yet */
	int preempts; /* -1: not tried yet */
	int kprobe_type; /* of the PMU; -1: none, 0: not looked for */
};

static int read_int(const char *path)
{
	FILE *f = fopen(path, "re");
	int v = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &v) != 1)
		v = -1;
	fclose(f);
	return v;
}

/* Where cgroup2 is mounted, or a mount of our own that nobody else sees. */
static int open_cgroup_root(void)
{
	int fd = cgroups__open_root(), fs;

	if (fd >= 0)
		return fd;
	fs = fsopen("cgroup2", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -1;
	if (!fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	close(fs);
	return fd;
}

static struct btf *read_kernel_btf(void)
{
	int fd = kernel_btf__open();
	struct btf *btf;
	char path[32];

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	btf = btf__parse(path, NULL);
	close(fd);
	return btf;
}

int probe__new(struct probe **probe, const char *btf_file)
{
	struct probe *p = calloc(1, sizeof(*p));

	*probe = p;
	if (!p)
		return -ENOMEM;
	p->fentry_err = 1;
	p->preempts = -1;
	p->cgroup_fd = open_cgroup_root();
	p->btf = btf_file ? btf__parse(btf_file, NULL) :
			    read_kernel_btf();
	return p->btf ? 0 : -errno;
}

void probe__free(struct probe *p)
{
	if (!p)
		return;
	btf__free(p->btf);
	if (p->cgroup_fd >= 0)
		close(p->cgroup_fd);
	free(p);
}

const struct btf *probe__btf(const struct probe *p)
{
	return p->btf;
}

int probe__cgroup_fd(const struct probe *p)
{
	return p->cgroup_fd;
}

bool probe__task_helper(int helper)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, helper,
				       NULL) == 1 &&
	       libbpf_probe_bpf_helper(BPF_PROG_TYPE_CGROUP_SOCK, helper,
				       NULL) == 1;
}

bool probe__has_func(const struct probe *p, const char *name)
{
	return btf__find_by_name_kind(p->btf, name, BTF_KIND_FUNC) > 0;
}

/* Where IPv6 is a module its functions are among that module's types. */
static bool is_in_ipv6(const struct probe *p, const char *name)
{
	struct btf *ipv6 = btf__parse_split("/sys/kernel/btf/ipv6", p->btf);
	bool found = ipv6 && btf__find_by_name_kind(ipv6, name,
						    BTF_KIND_FUNC) > 0;

	btf__free(ipv6);
	return found;
}

bool probe__has_ipv6(const struct probe *p)
{
	static const char func[] = "tcp_v6_connect";

	return probe__has_func(p, func) || is_in_ipv6(p, func);
}

/* Kernels have the function (6.4) before they let tracing programs call it
 * (6.12): only a program that does call it tells. */
bool probe__can_read_skb(struct probe *p)
{
	int32_t func = btf__find_by_name_kind(p->btf, "bpf_dynptr_from_skb",
					      BTF_KIND_FUNC);
	const struct bpf_insn insns[] = {
		{ .code = BPF_LDX | BPF_DW | BPF_MEM, .dst_reg = 1, .src_reg = 1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 3, .imm = -16 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL,
		  .imm = func },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_TRACE_RAW_TP);
	int fd;

	opts.attach_btf_id = btf__find_by_name_kind(
		p->btf, "btf_trace_net_dev_start_xmit", BTF_KIND_TYPEDEF);
	if (func <= 0)
		return false;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "probe", "GPL", insns,
			   sizeof(insns) / sizeof(insns[0]), &opts);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool probe__preempts(struct probe *p)
{
	if (p->preempts < 0)
		p->preempts = kernel_preempts(p->btf);
	return p->preempts;
}

bool probe__xdp_frags(void)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP,
				       BPF_FUNC_xdp_get_buff_len, NULL) == 1;
}

bool probe__makes_cookies(const struct probe *p)
{
	return probe__has_func(p, "bpf_get_socket_ptr_cookie");
}

int probe__func_args(const struct probe *p, const char *name)
{
	int id = btf__find_by_name_kind(p->btf, name, BTF_KIND_FUNC);
	const struct btf_type *t;

	if (id <= 0)
		return -1;
	t = btf__type_by_id(p->btf, btf__type_by_id(p->btf, id)->type);
	return t && btf_is_func_proto(t) ? btf_vlen(t) : -1;
}

int probe__tp_args(const struct probe *p, const char *name)
{
	const struct btf_type *t;
	char type[128];
	int id;

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	id = btf__find_by_name_kind(p->btf, type, BTF_KIND_TYPEDEF);
	if (id <= 0)
		return -1;
	t = btf__type_by_id(p->btf, btf__type_by_id(p->btf, id)->type);
	if (!t || !btf_is_ptr(t))
		return -1;
	t = btf__type_by_id(p->btf, t->type);
	/* The first is the tracepoint's own data pointer. */
	return t && btf_is_func_proto(t) ? btf_vlen(t) - 1 : -1;
}

/* Policy refuses this kind of program before the verifier sees it. */
static int try_fentry(struct probe *p, const char *func)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_TRACE_FENTRY);
	int fd, link, err = 0;

	if (p->fentry_err <= 0)
		return p->fentry_err;
	opts.attach_btf_id =
		btf__find_by_name_kind(p->btf, func, BTF_KIND_FUNC);
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "probe", "GPL", insns, 2,
			   &opts);
	if (fd < 0) {
		err = -errno;
	} else {
		/* arm64 before 6.4 loads and then cannot attach */
		link = bpf_link_create(fd, 0, BPF_TRACE_FENTRY, NULL);
		if (link < 0)
			err = -errno;
		else
			close(link);
		close(fd);
	}
	p->fentry_err = err;
	return err;
}

/* The next of "a+b", in name; the rest, or NULL. */
static const char *next_target(const char *targets, char *name, size_t size)
{
	size_t len = strcspn(targets, "+");

	snprintf(name, size, "%.*s", (int)len, targets);
	return targets[len] ? targets + len + 1 : NULL;
}

static bool funcs_exist(const struct probe *p, const struct variant *v,
			char *why, size_t size)
{
	const char *rest = v->target;
	char func[64];

	while (rest) {
		rest = next_target(rest, func, sizeof(func));
		if (!strncmp(func, "tp:", 3)) {
			if (probe__tp_args(p, func + 3) >= 0)
				continue;
			snprintf(why, size, "no tracepoint %s in this kernel",
				 func + 3);
			return false;
		}
		/* The program for the latter is left out where it is not. */
		if (probe__has_func(p, func) || !strcmp(func, "tcp_v6_connect"))
			continue;
		snprintf(why, size, "no function %s in this kernel", func);
		return false;
	}
	return true;
}

static bool probe_fentry(struct probe *p, const struct variant *v, char *why,
			 size_t size)
{
	char func[64];
	int err;

	if (!funcs_exist(p, v, why, size))
		return false;
	next_target(v->target, func, sizeof(func));
	if (v->nargs && probe__func_args(p, func) != v->nargs) {
		snprintf(why, size, "%s has other arguments here", func);
		return false;
	}
	err = try_fentry(p, func);
	if (!err)
		return true;
	if (err == -EPERM || err == -EACCES)
		snprintf(why, size, "refused by policy (%s)",
			 err == -EPERM ? "EPERM" : "EACCES");
	else
		snprintf(why, size, "not on this kernel (%s)", strerror(-err));
	return false;
}

static bool probe_kprobe(struct probe *p, const struct variant *v, char *why,
			 size_t size)
{
	if (!p->kprobe_type)
		p->kprobe_type = read_int(
			"/sys/bus/event_source/devices/kprobe/type");
	if (p->kprobe_type >= 0)
		return funcs_exist(p, v, why, size);
	snprintf(why, size, "no kprobes in this kernel");
	return false;
}

static bool probe_tp(struct probe *p, const struct variant *v, char *why,
		     size_t size)
{
	const char *rest = v->target;
	int nargs, wanted = v->nargs;
	char name[64];

	while (rest) {
		rest = next_target(rest, name, sizeof(name));
		nargs = probe__tp_args(p, name);
		if (nargs < 0)
			snprintf(why, size, "no tracepoint %s in this kernel",
				 name);
		else if (nargs < wanted)
			snprintf(why, size, "tracepoint %s tells too little here",
				 name);
		if (nargs < 0 || nargs < wanted)
			return false;
		wanted = 0;
	}
	return true;
}

/* On a device that cannot be, for which the kernel looks last of all. */
static int try_tcx(int prog)
{
	int link = bpf_link_create(prog, INT_MAX,
				   (enum bpf_attach_type)TCX_EGRESS, NULL);

	if (link >= 0)
		close(link);
	return link >= 0 || errno == ENODEV ? 0 : -errno;
}

/* What a device itself refuses is found out there, live/taps.c. */
static bool probe_device(const struct probe *p, const struct variant *v,
			 char *why, size_t size)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(v->kind == AK_XDP ? BPF_PROG_TYPE_XDP :
						   BPF_PROG_TYPE_SCHED_CLS,
			       "probe", "GPL", insns, 2, NULL), err = 0;

	if (fd < 0) {
		snprintf(why, size, "refused by policy (%s)", strerror(errno));
		return false;
	}
	if (v->kind == AK_TCX)
		err = try_tcx(fd);
	if (v->kind == AK_XDP && !probe__has_func(p, "bpf_xdp_link_attach"))
		err = -EINVAL;
	close(fd);
	if (err)
		snprintf(why, size, err == -EINVAL ? "not in this kernel (%s)" :
						     "refused (%s)", strerror(-err));
	return !err;
}

bool probe__variant(struct probe *p, const struct variant *v, char *why,
		    size_t size)
{
	switch (v->kind) {
	case AK_FENTRY:
		return probe_fentry(p, v, why, size);
	case AK_KPROBE:
		return probe_kprobe(p, v, why, size);
	case AK_TP_BTF:
		return probe_tp(p, v, why, size);
	case AK_CGROUP:
		if (p->cgroup_fd >= 0)
			return true;
		snprintf(why, size, "no cgroup v2 in this kernel");
		return false;
	case AK_TCX:
	case AK_CLSACT:
	case AK_XDP:
		return probe_device(p, v, why, size);
	default:
		snprintf(why, size, "no such variant");
		return false;
	}
}

/* A look-up walks all of the kernel's types: once for each enum. */
static const struct btf_type *find_enum(struct probe *p, const char *name)
{
	struct enum_cache *c = p->enums;
	int id;

	for (int i = 0; i < 4; i++, c++) {
		if (c->name && !strcmp(c->name, name))
			return c->type;
		if (!c->name)
			break;
	}
	id = btf__find_by_name_kind(p->btf, name, BTF_KIND_ENUM);
	if (c == p->enums + 4)
		c--;
	*c = (struct enum_cache){
		name, id > 0 ? btf__type_by_id(p->btf, id) : NULL
	};
	return c->type;
}

const char *probe__enum_name(struct probe *p, const char *enum_name,
			     const char *prefix, unsigned int value)
{
	const struct btf_type *t = find_enum(p, enum_name);
	const char *name;

	for (int i = 0; t && i < btf_vlen(t); i++) {
		if ((unsigned int)btf_enum(t)[i].val != value)
			continue;
		name = btf__name_by_offset(p->btf, btf_enum(t)[i].name_off);
		if (name && !strncmp(name, prefix, strlen(prefix)))
			return name + strlen(prefix);
		return name;
	}
	return NULL;
}

int probe__enum_value(struct probe *p, const char *enum_name,
		      const char *name)
{
	const struct btf_type *t = find_enum(p, enum_name);
	const char *s;

	for (int i = 0; t && i < btf_vlen(t); i++) {
		s = btf__name_by_offset(p->btf, btf_enum(t)[i].name_off);
		if (s && !strcmp(s, name))
			return btf_enum(t)[i].val;
	}
	return -1;
}
