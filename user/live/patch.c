// SPDX-License-Identifier: BSD-2-Clause
#include "live/patch.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum { LOG_BYTES = 1 << 16 };

static const int marks[EXPR_CODES] = { 0x54744631, 0x54744632 };

static const struct bpf_insn takes_nothing[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

struct patch {
	struct bpf_insn *insns;
	size_t count;
};

static bool is_mark(const struct bpf_insn *i, int mark)
{
	return (i->code == (BPF_ALU64 | BPF_MOV | BPF_K) ||
		i->code == (BPF_ALU | BPF_MOV | BPF_K)) &&
	       i->dst_reg == BPF_REG_0 && i->imm == mark;
}

static size_t find_mark(const struct bpf_program *prog, int mark)
{
	const struct bpf_insn *insns = bpf_program__insns(prog);
	size_t n = bpf_program__insn_cnt(prog), i;

	for (i = 0; i < n && !is_mark(&insns[i], mark); i++)
		;
	return i;
}

/* A function of its own at the end, so that no other jump changes. */
static void add_code(struct patch *p, size_t mark, const struct expr_code *code)
{
	const struct bpf_insn *insns = code->count ? code->insns : takes_nothing;
	size_t count = code->count ? code->count : 2;

	p->insns[mark] = (struct bpf_insn){
		.code = BPF_JMP | BPF_CALL,
		.src_reg = BPF_PSEUDO_CALL,
		.imm = p->count - mark - 1,
	};
	memcpy(p->insns + p->count, insns, count * sizeof(*insns));
	p->count += count;
}

static int build(struct patch *p, const struct bpf_program *prog,
		 const struct expr_code code[EXPR_CODES])
{
	size_t n = bpf_program__insn_cnt(prog), room = n, mark;

	for (int i = 0; i < EXPR_CODES; i++)
		room += code[i].count + 2;
	p->insns = calloc(room, sizeof(*p->insns));
	if (!p->insns)
		return -ENOMEM;
	memcpy(p->insns, bpf_program__insns(prog), n * sizeof(*p->insns));
	p->count = n;
	for (int i = 0; i < EXPR_CODES; i++) {
		mark = find_mark(prog, marks[i]);
		if (mark < n)
			add_code(p, mark, &code[i]);
	}
	return 0;
}

/* libbpf found it too, and does not tell. */
static int attach_btf_id(const struct bpf_program *prog, const struct btf *btf)
{
	const char *section = bpf_program__section_name(prog);
	const char *target = strchr(section, '/');
	char name[128] = "btf_trace_";

	if (bpf_program__type(prog) != BPF_PROG_TYPE_TRACING || !target)
		return 0;
	if (strncmp(section, "tp_btf/", 7))
		return btf__find_by_name_kind(btf, target + 1, BTF_KIND_FUNC);
	strncat(name, target + 1, sizeof(name) - strlen(name) - 1);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF);
}

static int load(const struct patch *p, const struct bpf_program *prog,
		const struct btf *btf)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = bpf_program__expected_attach_type(prog));
	char *text;
	int fd, err;

	opts.attach_btf_id = attach_btf_id(prog, btf);
	opts.prog_flags = bpf_program__flags(prog);
	fd = bpf_prog_load(bpf_program__type(prog), bpf_program__name(prog),
			   "Dual BSD/GPL", p->insns, p->count, &opts);
	if (fd >= 0)
		return fd;
	err = -errno;
	text = log_level() >= LOG_DEBUG ? calloc(1, LOG_BYTES) : NULL;
	if (text) {
		opts.log_buf = text;
		opts.log_size = LOG_BYTES;
		opts.log_level = 1;
		bpf_prog_load(bpf_program__type(prog), bpf_program__name(prog),
			      "Dual BSD/GPL", p->insns, p->count, &opts);
		log_printf(LOG_DEBUG, "%s with FILTER: %s", bpf_program__name(prog),
			   strlen(text) > 1500 ? text + strlen(text) - 1500 : text);
		free(text);
	}
	return err;
}

int patch__expr(struct bpf_program *prog, const struct btf *btf,
		const struct expr_code code[EXPR_CODES])
{
	struct patch p = { 0 };
	int err, fd;

	err = build(&p, prog, code);
	if (err || p.count == bpf_program__insn_cnt(prog))
		goto out;
	fd = load(&p, prog, btf);
	if (fd < 0) {
		err = fd;
		goto out;
	}
	if (dup3(fd, bpf_program__fd(prog), O_CLOEXEC) < 0)
		err = -errno;
	close(fd);
out:
	free(p.insns);
	return err;
}
