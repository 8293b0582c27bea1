/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A BPF object in the tables that scripts/gen-bare makes of it, fitted to the
 * running kernel and loaded program by program. It does what libbpf does with
 * an object of iterators, in a tenth of the time: a listing is over before
 * libbpf has read the kernel's types.
 */
#ifndef LIVE_BARE_H
#define LIVE_BARE_H

#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

/* What a place in the code asks of a member, as in enum bpf_core_relo_kind. */
enum bare_kind {
	BARE_OFFSET,
	BARE_SIZE,
	BARE_EXISTS,
	BARE_SIGNED,
	BARE_LSHIFT,
	BARE_RSHIFT,
};

struct bare_spec {
	enum bare_kind kind;
	const char *type;
	const char *path;
	uint32_t size; /* of the member, where the object was compiled */
};

struct bare_fix {
	uint16_t insn, spec;
};

struct bare_ref {
	uint16_t insn, data; /* enum bare_data */
	uint32_t offset;
};

struct bare_prog {
	const char *name;
	const char *attach_to; /* the kernel's function, "bpf_iter_tcp" */
	const __u64 *insns;
	uint32_t ninsns;
	const struct bare_fix *fixes;
	uint32_t nfixes;
	const struct bare_ref *refs;
	uint32_t nrefs;
};

enum bare_data { BARE_RODATA, BARE_BSS, BARE_DATA_COUNT };

struct bare_object {
	const struct bare_spec *specs;
	size_t nspecs;
	const struct bare_prog *progs;
	size_t nprogs;
	size_t size[BARE_DATA_COUNT];
};

struct bare;

/* Reads the kernel's types; btf_file NULL: those it carries. rodata is what
 * the programs see as constant, of the object's size. 0 or -errno. */
int bare__new(struct bare **bare, const struct bare_object *object,
	      const char *btf_file, const void *rodata);
/* A link to create iterators of, or -errno. Loads the program the first time;
 * info may be NULL. */
union bpf_iter_link_info;
int bare__link(struct bare *bare, size_t prog,
	       const union bpf_iter_link_info *info);
/* The object's .bss, shared with the programs. */
void *bare__bss(struct bare *bare);
void bare__free(struct bare *bare);

#endif
