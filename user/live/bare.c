// SPDX-License-Identifier: BSD-2-Clause
#include "live/bare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/log.h"
#include "live/kbtf.h"

#define LICENSE "Dual BSD/GPL"
#define LOG_SIZE 4096

/* What a spec comes to on this kernel. */
struct answer {
	uint32_t value;
	uint32_t size; /* of the member here */
	bool known;
};

struct bare {
	const struct bare_object *object;
	struct answer *answers;
	uint32_t *attach_ids;
	int *progs; /* -1: not loaded */
	int maps[BARE_DATA_COUNT];
	void *bss;
};

/* --- the kernel's types ---------------------------------------------------- */

/* A bit field is read as the naturally aligned word that holds all of it. */
static uint32_t word_of(const struct kbtf_field *f, uint32_t *offset)
{
	uint32_t size = f->size;

	*offset = f->bit_offset / 8;
	if (!f->bit_size)
		return size;
	for (;; size *= 2) {
		*offset = f->bit_offset / 8 / size * size;
		if (size >= 8 || f->bit_offset + f->bit_size <= (*offset + size) * 8)
			return size;
	}
}

static void answer(struct answer *a, enum bare_kind kind,
		   const struct kbtf_field *f)
{
	uint32_t bits = f->bit_size ? f->bit_size : f->size * 8, offset;
	uint32_t size = word_of(f, &offset);

	a->known = true;
	a->size = f->bit_size ? 0 : f->size;
	switch (kind) {
	case BARE_OFFSET:
		a->value = offset;
		break;
	case BARE_SIZE:
		a->value = size;
		break;
	case BARE_EXISTS:
		a->value = 1;
		break;
	case BARE_SIGNED:
		a->value = f->is_signed;
		break;
	case BARE_LSHIFT:
		a->value = 64 - (f->bit_offset + bits - offset * 8);
		break;
	case BARE_RSHIFT:
		a->value = 64 - bits;
		break;
	}
}

static uint32_t id_of(const struct kbtf_name *names, size_t count,
		      const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i].name, name))
			return names[i].id;
	return 0;
}

static size_t add_name(struct kbtf_name *names, size_t count, const char *name,
		       enum kbtf_kind kind)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i].name, name))
			return count;
	names[count] = (struct kbtf_name){ .name = name, .kind = kind };
	return count + 1;
}

static void answer_all(struct bare *b, const struct kbtf *btf,
		       const struct kbtf_name *names, size_t count)
{
	const struct bare_spec *s = b->object->specs;
	struct kbtf_field f;
	uint32_t id;

	for (size_t i = 0; i < b->object->nspecs; i++, s++) {
		id = id_of(names, count, s->type);
		if (id && kbtf__field(btf, id, s->path, &f))
			answer(&b->answers[i], s->kind, &f);
		else if (s->kind == BARE_EXISTS)
			b->answers[i].known = true;
	}
}

/* Offsets may come from a file; what to attach to, only the kernel knows. */
static int read_types(struct bare *b, const char *file)
{
	const struct bare_object *o = b->object;
	struct kbtf_name *names = calloc(o->nspecs + o->nprogs, sizeof(*names));
	struct kbtf *btf;
	size_t i, count = 0, types;
	int err;

	if (!names)
		return -ENOMEM;
	for (i = 0; i < o->nspecs; i++)
		count = add_name(names, count, o->specs[i].type, KBTF_STRUCT);
	types = count;
	for (i = 0; i < o->nprogs; i++)
		count = add_name(names, count, o->progs[i].attach_to, KBTF_FUNC);
	if (file) {
		err = kbtf__open(&btf, file, names, types);
		if (err)
			goto out;
		answer_all(b, btf, names, types);
		kbtf__free(btf);
	}
	err = kbtf__open(&btf, NULL, names, count);
	if (err)
		goto out;
	if (!file)
		answer_all(b, btf, names, types);
	kbtf__free(btf);
	for (i = 0; i < o->nprogs; i++)
		b->attach_ids[i] = id_of(names, count, o->progs[i].attach_to);
out:
	free(names);
	return err;
}

/* --- code ------------------------------------------------------------------ */

static bool is_wide(const struct bpf_insn *i)
{
	return i->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* As libbpf does: a call that no kernel has. Where the program asked before
 * whether the member exists, the verifier never comes to it. */
static void poison(struct bpf_insn *i)
{
	int n = is_wide(i) ? 2 : 1;

	for (; n; n--, i++)
		*i = (struct bpf_insn){ .code = BPF_JMP | BPF_CALL,
					.imm = 195896080 };
}

static int size_code(uint32_t size)
{
	switch (size) {
	case 1: return BPF_B;
	case 2: return BPF_H;
	case 4: return BPF_W;
	case 8: return BPF_DW;
	}
	return -1;
}

/* A member that this kernel has in another width is loaded in that. */
static void fit_width(struct bpf_insn *i, uint32_t compiled, uint32_t here)
{
	int was = size_code(compiled), now = size_code(here);

	if (compiled == here || was < 0 || now < 0 || BPF_SIZE(i->code) != was)
		return;
	i->code = (i->code & ~0x18) | now;
}

static void fix(struct bpf_insn *i, const struct bare_spec *s,
		const struct answer *a)
{
	if (!a->known) {
		poison(i);
		return;
	}
	switch (BPF_CLASS(i->code)) {
	case BPF_LDX:
	case BPF_ST:
	case BPF_STX:
		i->off = a->value;
		if (s->kind == BARE_OFFSET && a->size)
			fit_width(i, s->size, a->size);
		break;
	default:
		i->imm = a->value;
		if (is_wide(i))
			i[1].imm = 0;
	}
}

static void refer(struct bare *b, struct bpf_insn *i, const struct bare_ref *r)
{
	i->src_reg = BPF_PSEUDO_MAP_VALUE;
	i->imm = b->maps[r->data];
	i[1].imm = r->offset;
}

/* Not through libbpf: it begins with probes that take longer than the loads. */
static int sys_bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	int fd = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	return fd < 0 ? -errno : fd;
}

static void set_name(char name[BPF_OBJ_NAME_LEN], const char *from)
{
	for (size_t i = 0; i < BPF_OBJ_NAME_LEN - 1 && from[i]; i++)
		name[i] = from[i];
}

static int load_code(const struct bare_prog *p, uint32_t attach_id,
		     const struct bpf_insn *insns)
{
	char log[LOG_SIZE] = "";
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_TRACING;
	attr.expected_attach_type = BPF_TRACE_ITER;
	attr.attach_btf_id = attach_id;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = p->ninsns;
	attr.license = (uintptr_t)LICENSE;
	set_name(attr.prog_name, p->name);
	fd = sys_bpf(BPF_PROG_LOAD, &attr);
	if (fd >= 0 || log_level() < LOG_DEBUG)
		return fd;
	attr.log_level = 1;
	attr.log_buf = (uintptr_t)log;
	attr.log_size = sizeof(log);
	fd = sys_bpf(BPF_PROG_LOAD, &attr);
	log_debug("%s: %s", p->name, log);
	return fd;
}

static int load(struct bare *b, size_t n)
{
	const struct bare_prog *p = &b->object->progs[n];
	struct bpf_insn *insns;
	uint32_t i;
	int fd;

	if (!b->attach_ids[n])
		return -ENOENT;
	insns = malloc(p->ninsns * sizeof(*insns));
	if (!insns)
		return -ENOMEM;
	memcpy(insns, p->insns, p->ninsns * sizeof(*insns));
	for (i = 0; i < p->nfixes; i++)
		fix(&insns[p->fixes[i].insn], &b->object->specs[p->fixes[i].spec],
		    &b->answers[p->fixes[i].spec]);
	for (i = 0; i < p->nrefs; i++)
		refer(b, &insns[p->refs[i].insn], &p->refs[i]);
	fd = load_code(p, b->attach_ids[n], insns);
	free(insns);
	return fd;
}

/* --- the object ------------------------------------------------------------ */

static int make_map(const char *name, uint32_t size, uint32_t flags)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = sizeof(uint32_t);
	attr.value_size = size;
	attr.max_entries = 1;
	attr.map_flags = flags;
	set_name(attr.map_name, name);
	return sys_bpf(BPF_MAP_CREATE, &attr);
}

static int make_rodata(struct bare *b, const void *rodata)
{
	uint32_t size = b->object->size[BARE_RODATA], key = 0;
	int fd;

	if (!size)
		return 0;
	fd = make_map(".rodata", size, BPF_F_RDONLY_PROG);
	if (fd < 0)
		return fd;
	b->maps[BARE_RODATA] = fd;
	if (bpf_map_update_elem(fd, &key, rodata, 0))
		return -errno;
	/* The verifier believes what nobody can change any more. */
	return bpf_map_freeze(fd) ? -errno : 0;
}

static size_t bss_size(const struct bare *b)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (b->object->size[BARE_BSS] + page - 1) / page * page;
}

static int make_bss(struct bare *b)
{
	uint32_t size = b->object->size[BARE_BSS];
	int fd;

	if (!size)
		return 0;
	fd = make_map(".bss", size, BPF_F_MMAPABLE);
	if (fd < 0)
		return fd;
	b->maps[BARE_BSS] = fd;
	b->bss = mmap(NULL, bss_size(b), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b->bss != MAP_FAILED)
		return 0;
	b->bss = NULL;
	return -errno;
}

/* Kernels before 5.11 count BPF memory here. */
static void lift_memlock(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &all);
}

static int start(struct bare *b, const char *btf_file, const void *rodata)
{
	size_t i;
	int err;

	b->answers = calloc(b->object->nspecs, sizeof(*b->answers));
	b->attach_ids = calloc(b->object->nprogs, sizeof(*b->attach_ids));
	b->progs = malloc(b->object->nprogs * sizeof(*b->progs));
	if (!b->answers || !b->attach_ids || !b->progs)
		return -ENOMEM;
	for (i = 0; i < b->object->nprogs; i++)
		b->progs[i] = -1;
	lift_memlock();
	err = make_rodata(b, rodata);
	if (!err)
		err = make_bss(b);
	return err ? err : read_types(b, btf_file);
}

int bare__new(struct bare **bare, const struct bare_object *object,
	      const char *btf_file, const void *rodata)
{
	struct bare *b = calloc(1, sizeof(*b));
	int err;

	if (!b)
		return -ENOMEM;
	b->object = object;
	for (int i = 0; i < BARE_DATA_COUNT; i++)
		b->maps[i] = -1;
	err = start(b, btf_file, rodata);
	if (err) {
		bare__free(b);
		return err;
	}
	*bare = b;
	return 0;
}

int bare__link(struct bare *b, size_t prog, const union bpf_iter_link_info *info)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	int fd;

	if (b->progs[prog] < 0) {
		fd = load(b, prog);
		if (fd < 0)
			return fd;
		b->progs[prog] = fd;
	}
	if (info) {
		opts.iter_info = (union bpf_iter_link_info *)info;
		opts.iter_info_len = sizeof(*info);
	}
	fd = bpf_link_create(b->progs[prog], 0, BPF_TRACE_ITER, &opts);
	return fd < 0 ? -errno : fd;
}

void *bare__bss(struct bare *b)
{
	return b->bss;
}

void bare__free(struct bare *b)
{
	if (!b)
		return;
	for (size_t i = 0; b->progs && i < b->object->nprogs; i++)
		if (b->progs[i] >= 0)
			close(b->progs[i]);
	for (int i = 0; i < BARE_DATA_COUNT; i++)
		if (b->maps[i] >= 0)
			close(b->maps[i]);
	if (b->bss)
		munmap(b->bss, bss_size(b));
	free(b->answers);
	free(b->attach_ids);
	free(b->progs);
	free(b);
}
