/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's types, read for a few answers: one pass over its BTF and no
 * table of all it holds. libbpf takes ten times as long to begin.
 */
#ifndef LIVE_KBTF_H
#define LIVE_KBTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kbtf;

enum kbtf_kind { KBTF_STRUCT, KBTF_FUNC }; /* a union counts as a struct */

/* A name to look for, and what was found. */
struct kbtf_name {
	const char *name;
	enum kbtf_kind kind;
	uint32_t id; /* 0: the kernel has none */
};

struct kbtf_field {
	uint32_t bit_offset;
	uint32_t bit_size; /* of a bit field, otherwise 0 */
	uint32_t size;	   /* of its type, in bytes */
	bool is_signed;
};

/* file NULL: the running kernel's. 0 or -errno: -EINVAL for what is no BTF.
 * Fills in the id of each name. */
int kbtf__open(struct kbtf **btf, const char *file, struct kbtf_name *names,
	       size_t count);
/* path is "member.member.3", the members of anonymous unions among them as C
 * has it. False if the type has no such member. */
bool kbtf__field(const struct kbtf *btf, uint32_t type, const char *path,
		 struct kbtf_field *field);
void kbtf__free(struct kbtf *btf);

#endif
