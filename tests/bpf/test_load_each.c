// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every program of every object passes the verifier alone: with nothing
 * selected and with every filter in use, for the verifier never sees what the
 * configuration makes unreachable; and with what an old kernel lacks left out,
 * so that the way round it is proven where it is not needed.
 *
 * All of an object at once, which is many times faster; if one is refused, then
 * each by itself, to say which.
 *
 * Where $TT_COSTS names a file, what each program cost the verifier is written
 * there: "OBJECT PROGRAM MODE INSTRUCTIONS STATES". $TT_MODE leaves the other
 * modes out.
 */
#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "tcptrace/config.h"

#define SKIP 77
#define LOG_SIZE (1 << 20)
#define SUM_SIZE 4096 /* holds the verifier's statistics */

enum mode { NO_FILTER, EVERY_FILTER, OLD_KERNEL, MODES };

static const char *const mode_names[] = { "no filter", "every filter",
					  "no new helper" };
static const char *const mode_words[] = { "none", "every", "old" };

static char log_text[LOG_SIZE], verifier_log[LOG_SIZE];
static FILE *costs;
static size_t log_len;
static int tests, failures;
static const struct btf *kernel_btf;

static int keep_log(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	int n;

	if (level == LIBBPF_DEBUG || log_len >= LOG_SIZE - 1)
		return 0;
	n = vsnprintf(log_text + log_len, LOG_SIZE - log_len, fmt, ap);
	log_len += n > 0 ? (size_t)n : 0;
	return n;
}

static void print_log(char *text)
{
	char *line, *save = NULL;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		printf("# %s\n", line);
}

/* How many arguments the tracepoint has here; 0 if there is none. */
static int trace_args(const char *name)
{
	const struct btf_type *t;
	char typedef_name[64];
	int id;

	snprintf(typedef_name, sizeof(typedef_name), "btf_trace_%s", name);
	id = btf__find_by_name_kind(kernel_btf, typedef_name, BTF_KIND_TYPEDEF);
	if (id < 0)
		return 0;
	t = btf__type_by_id(kernel_btf, id);
	t = btf__type_by_id(kernel_btf, t->type); /* pointer */
	t = btf__type_by_id(kernel_btf, t->type);
	return btf_vlen(t) - 1; /* less the void * before them */
}

/* How many arguments the function has here; 0 if BTF does not know it. */
static int func_args(const char *name)
{
	const struct btf_type *t;
	int id = btf__find_by_name_kind(kernel_btf, name, BTF_KIND_FUNC);

	if (id < 0)
		return 0;
	t = btf__type_by_id(kernel_btf, id);
	return btf_vlen(btf__type_by_id(kernel_btf, t->type));
}

/* One of a pair, for a function whose arguments changed: the other is meant
 * for this kernel. */
static bool is_for_other_args(const struct bpf_program *prog)
{
	static const struct {
		const char *prog, *func;
		int nargs;
	} pairs[] = {
		{ "accepted__fexit", "inet_csk_accept", 2 },
		{ "accepted_twin__fexit", "inet_csk_accept", 2 },
		{ "accepted4__fexit", "inet_csk_accept", 4 },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!strcmp(pairs[i].prog, bpf_program__name(prog)))
			return func_args(pairs[i].func) != pairs[i].nargs;
	return false;
}

static void set_filters(struct tt_config *cfg)
{
	cfg->task_by = TT_BY_PID | TT_BY_COMM | TT_BY_UID | TT_BY_CGROUP;
	cfg->sock_by = TT_BY_PORT | TT_BY_LPORT | TT_BY_RPORT | TT_BY_ADDR |
		       TT_BY_FAMILY | TT_BY_NETNS;
	cfg->follow = 1;
	cfg->link = 1;
	cfg->snaplen = 1500;
	cfg->tgid = 1;
	cfg->family = 4;
	cfg->nports = cfg->nlports = cfg->nrports = TT_MAX_PORTS;
	cfg->naddrs = TT_MAX_ADDRS;
	memset(cfg->addrs, 127, sizeof(cfg->addrs));
	memcpy(cfg->comm_glob, "ja*a?", 6);
}

static bool may_call(int helper)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, helper,
				       NULL) == 1 &&
	       libbpf_probe_bpf_helper(BPF_PROG_TYPE_CGROUP_SOCK, helper,
				       NULL) == 1;
}

/* As the tracer finds them. */
static void set_helpers(struct tt_config *cfg)
{
	cfg->have_cookie_helper = func_args("bpf_get_socket_ptr_cookie") > 0;
	cfg->have_task_btf = may_call(BPF_FUNC_get_current_task_btf);
	cfg->have_task_regs = may_call(BPF_FUNC_task_pt_regs);
	cfg->have_under_cgroup = may_call(BPF_FUNC_current_task_under_cgroup);
	cfg->have_cast = func_args("bpf_rdonly_cast") > 0;
}

static void make_config(struct tt_config *cfg, enum mode mode)
{
	memset(cfg, 0, sizeof(*cfg));
	cfg->events = ~0u;
	cfg->have_accept_time = cfg->preempts = mode != NO_FILTER;
	if (mode != OLD_KERNEL)
		set_helpers(cfg);
	cfg->kfree_skb_has_reason = trace_args("kfree_skb") >= 3;
	cfg->kfree_skb_has_sk = trace_args("kfree_skb") >= 4;
	cfg->send_reset_has_reason = trace_args("tcp_send_reset") >= 3;
	cfg->recvmsg_args = func_args("tcp_recvmsg");
	cfg->packets = mode != NO_FILTER ? TT_PACKETS_CONTROL :
					      TT_PACKETS_ALL;
	if (mode != NO_FILTER)
		set_filters(cfg);
}

/* Where in .rodata the object keeps its `cfg`; -ENOENT if it has none. */
static long config_offset(const struct bpf_object *obj)
{
	const struct btf *btf = bpf_object__btf(obj);
	int id = btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC);
	const struct btf_var_secinfo *var;
	const struct btf_type *sec;
	__u32 i;

	if (id < 0)
		return -ENOENT;
	sec = btf__type_by_id(btf, id);
	var = btf_var_secinfos(sec);
	for (i = 0; i < btf_vlen(sec); i++, var++) {
		const struct btf_type *t = btf__type_by_id(btf, var->type);

		if (!strcmp(btf__name_by_offset(btf, t->name_off), "cfg"))
			return var->size == sizeof(struct tt_config) ?
				       (long)var->offset : -EPROTO;
	}
	return -ENOENT;
}

static int configure(const struct bpf_object *obj, enum mode mode)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, ".rodata");
	long offset = config_offset(obj);
	const void *initial;
	char *values;
	size_t size;
	int err;

	if (offset < 0)
		return offset;
	initial = bpf_map__initial_value(map, &size);
	values = malloc(size);
	if (!values)
		return -ENOMEM;
	memcpy(values, initial, size);
	make_config((struct tt_config *)(values + offset), mode);
	err = bpf_map__set_initial_value(map, values, size);
	free(values);
	return err;
}

static const char *why_refused(const struct bpf_program *prog, int err)
{
	const char *section = bpf_program__section_name(prog);

	section += *section == '?';
	if (err == -EPERM && (!strncmp(section, "fentry/", 7) ||
			      !strncmp(section, "fexit/", 6)))
		return "refused by policy";
	if (err == -ESRCH && strstr(log_text, "failed to find kernel BTF type"))
		return "not in this kernel";
	if (is_for_other_args(prog))
		return "the function has other arguments here";
	return NULL;
}

/* What the program is attached to is not in this kernel, or is another there. */
static bool is_absent(const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);

	section += *section == '?';
	if (!strncmp(section, "tp_btf/", 7))
		return !trace_args(section + 7);
	if (!strncmp(section, "fentry/", 7))
		return !func_args(section + 7);
	if (!strncmp(section, "fexit/", 6))
		return !func_args(section + 6) || is_for_other_args(prog);
	return false;
}

static void report(const char *path, const struct bpf_program *prog,
		   enum mode mode, int err)
{
	const char *base = strrchr(path, '/') + 1;
	const char *why = !err ? NULL : err == -ENOENT ? "not in this kernel" :
			  why_refused(prog, err);

	printf("%sok %d - %.*s %s, %s", err && !why ? "not " : "", ++tests,
	       (int)strcspn(base, "."), base, bpf_program__name(prog),
	       mode_names[mode]);
	if (why)
		printf(" # SKIP %s", why);
	else if (err)
		printf(": %s", strerror(-err));
	putchar('\n');
	if (err && !why) {
		failures++;
		print_log(log_text);
		print_log(verifier_log);
	}
}

/* A kernel without an allocator for programs wants none at run time. */
static void set_maps(struct bpf_object *obj)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, "pids");

	if (map && !func_args("bpf_mem_alloc_init"))
		bpf_map__set_map_flags(map, 0);
}

static void tell_cost(const char *path, const struct bpf_program *prog,
		      enum mode mode, const char *log)
{
	const char *base = strrchr(path, '/') + 1;
	const char *insns = strstr(log, "processed ");
	const char *states = strstr(log, "total_states ");

	if (!insns || !states)
		return;
	fprintf(costs, "%.*s %s %s %lu %lu\n", (int)strcspn(base, "."), base,
		bpf_program__name(prog), mode_words[mode],
		strtoul(insns + strlen("processed "), NULL, 10),
		strtoul(states + strlen("total_states "), NULL, 10));
}

/* Loads the object with its n-th program alone. 1: there is no such program. */
static int load_one(const char *path, int n, enum mode mode)
{
	struct bpf_program *prog, *chosen = NULL;
	struct bpf_object *obj;
	int i = 0, err;

	log_len = 0;
	log_text[0] = verifier_log[0] = '\0';
	obj = bpf_object__open_file(path, NULL);
	if (!obj)
		return -errno;
	bpf_object__for_each_program(prog, obj) {
		bpf_program__set_autoload(prog, i == n);
		if (i++ == n)
			chosen = prog;
	}
	if (chosen) {
		set_maps(obj);
		/* its statistics only, which kernels before 5.16 tell nowhere
		 * else; an error is there whatever the level */
		bpf_program__set_log_buf(chosen, verifier_log, LOG_SIZE);
		bpf_program__set_log_level(chosen, 4);
		err = configure(obj, mode);
		/* an object without a cfg has nothing to configure */
		if (!err || err == -ENOENT)
			err = bpf_object__load(obj);
		report(path, chosen, mode, err);
		if (!err && costs)
			tell_cost(path, chosen, mode, verifier_log);
	}
	bpf_object__close(obj);
	return chosen ? 0 : 1;
}

static size_t count_programs(const struct bpf_object *obj)
{
	struct bpf_program *prog;
	size_t n = 0;

	bpf_object__for_each_program(prog, obj)
		n++;
	return n;
}

static int load_present(struct bpf_object *obj, enum mode mode, char *sums)
{
	struct bpf_program *prog;
	int err;

	bpf_object__for_each_program(prog, obj) {
		bpf_program__set_autoload(prog, !is_absent(prog));
		bpf_program__set_log_buf(prog, sums, SUM_SIZE);
		bpf_program__set_log_level(prog, 4);
		sums += SUM_SIZE;
	}
	set_maps(obj);
	err = configure(obj, mode);
	return err && err != -ENOENT ? err : bpf_object__load(obj);
}

/* Every program of the object at once. False: one is refused. */
static bool load_all(const char *path, enum mode mode)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);
	struct bpf_program *prog;
	char *sums, *sum;
	bool ok;

	if (!obj)
		return false;
	sums = calloc(count_programs(obj), SUM_SIZE);
	ok = sums && !load_present(obj, mode, sums);
	sum = sums;
	if (ok) {
		bpf_object__for_each_program(prog, obj) {
			report(path, prog, mode, is_absent(prog) ? -ENOENT : 0);
			if (costs && !is_absent(prog))
				tell_cost(path, prog, mode, sum);
			sum += SUM_SIZE;
		}
	}
	bpf_object__close(obj);
	free(sums);
	return ok;
}

static void load_each(const char *path)
{
	const char *only = getenv("TT_MODE");
	int mode, n, end;

	for (mode = 0; mode < MODES; mode++) {
		if (only && strcmp(only, mode_words[mode]))
			continue;
		for (n = 0, end = load_all(path, mode); !end; n++)
			end = load_one(path, n, mode);
		if (end < 0) {
			printf("not ok %d - %s: %s\n", ++tests, path,
			       strerror(-end));
			failures++;
		}
	}
}

static bool may_use_bpf(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "probe", 4, 4, 1, NULL);

	return fd >= 0 || errno != EPERM;
}

int main(void)
{
	const char *costs_path = getenv("TT_COSTS");
	glob_t objects;
	size_t i;

	if (!may_use_bpf()) {
		printf("no CAP_BPF\n");
		return SKIP;
	}
	kernel_btf = btf__load_vmlinux_btf();
	if (libbpf_get_error(kernel_btf)) {
		printf("this kernel has no BTF\n");
		return SKIP;
	}
	if (costs_path) {
		costs = fopen(costs_path, "we");
		if (!costs) {
			printf("Bail out! %s: %s\n", costs_path,
			       strerror(errno));
			return 1;
		}
	}
	libbpf_set_print(keep_log);
	if (glob(BPF_DIR "/*.bpf.o", 0, NULL, &objects)) {
		printf("1..1\nnot ok 1 - " BPF_DIR " holds objects\n");
		return 1;
	}
	for (i = 0; i < objects.gl_pathc; i++)
		load_each(objects.gl_pathv[i]);
	printf("1..%d\n", tests);
	globfree(&objects);
	if (costs && fclose(costs))
		return 1;
	return failures ? 1 : 0;
}
