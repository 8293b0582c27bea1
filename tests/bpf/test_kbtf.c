// SPDX-License-Identifier: BSD-2-Clause
/* What live/kbtf.c reads out of the kernel's types, against libbpf: every
 * member that the programs of a listing ask for. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "live/bare.h"
#include "live/kbtf.h"

#include "snapshot.bare.h"

#define SKIP 77

static const struct btf *btf;

static int strip(int id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (btf_is_mod(t) || btf_is_typedef(t)) {
		id = t->type;
		t = btf__type_by_id(btf, id);
	}
	return id;
}

/* Bits from the start of the type to the member, its type in *id; -1: none */
static long bits_to(int *id, const char *name)
{
	const struct btf_type *t = btf__type_by_id(btf, strip(*id));
	const struct btf_member *m;
	long off;
	int in;

	if (!btf_is_composite(t))
		return -1;
	m = btf_members(t);
	for (int i = 0; i < btf_vlen(t); i++, m++) {
		if (!strcmp(btf__name_by_offset(btf, m->name_off), name)) {
			*id = m->type;
			return btf_member_bit_offset(t, i);
		}
		in = m->type;
		off = m->name_off ? -1 : bits_to(&in, name);
		if (off >= 0) {
			*id = in;
			return btf_member_bit_offset(t, i) + off;
		}
	}
	return -1;
}

static long walk(int id, const char *path, int *type)
{
	char copy[128], *word, *save = NULL;
	long bits = 0, n;

	snprintf(copy, sizeof(copy), "%s", path);
	for (word = strtok_r(copy, ".", &save); word; word = strtok_r(NULL, ".", &save)) {
		if (*word >= '0' && *word <= '9') {
			id = btf_array(btf__type_by_id(btf, strip(id)))->type;
			n = atol(word) * btf__resolve_size(btf, id) * 8;
		} else {
			n = bits_to(&id, word);
		}
		if (n < 0)
			return -1;
		bits += n;
	}
	*type = id;
	return bits;
}

static bool agrees(const struct bare_spec *s, const struct kbtf *k, uint32_t id)
{
	int type = 0, theirs = btf__find_by_name_kind(btf, s->type, BTF_KIND_STRUCT);
	struct kbtf_field f;
	bool found = id && kbtf__field(k, id, s->path, &f);
	long bits = theirs < 0 ? -1 : walk(theirs, s->path, &type);

	if (!found || bits < 0)
		return !found && bits < 0;
	if (f.bit_offset != bits || f.size != btf__resolve_size(btf, type)) {
		printf("# bit %u size %u, libbpf: bit %ld size %lld\n", f.bit_offset,
		       f.size, bits, (long long)btf__resolve_size(btf, type));
		return false;
	}
	return true;
}

int main(void)
{
	const struct bare_object *o = &snapshot_object;
	struct kbtf_name name = { .kind = KBTF_STRUCT };
	struct kbtf *k;
	bool ok;
	int failed = 0, err;

	btf = btf__load_vmlinux_btf();
	if (libbpf_get_error(btf)) {
		printf("1..0 # SKIP the kernel carries no BTF\n");
		return SKIP;
	}
	printf("1..%zu\n", o->nspecs);
	for (size_t i = 0; i < o->nspecs; i++) {
		name.name = o->specs[i].type;
		name.id = 0;
		err = kbtf__open(&k, NULL, &name, 1);
		ok = !err && agrees(&o->specs[i], k, name.id);
		if (!err)
			kbtf__free(k);
		failed += !ok;
		printf("%sok %zu - %s.%s\n", ok ? "" : "not ", i + 1, o->specs[i].type,
		       o->specs[i].path);
	}
	return failed ? 1 : 0;
}
