// SPDX-License-Identifier: BSD-2-Clause
#include "live/kbtf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "live/kernel_btf.h"

/* Types within types: what goes deeper is no sane C. */
#define DEPTH_MAX 32

struct kbtf {
	uint8_t *data;
	size_t size;
	bool mapped;
	const uint8_t *types; /* the type section */
	uint32_t types_len;
	const char *strings;
	uint32_t strings_len;
	uint32_t *at; /* where each type begins in it; [0] is void */
	uint32_t count;
};

static const struct btf_type *type_at(const struct kbtf *b, uint32_t id)
{
	if (!id || id >= b->count)
		return NULL;
	return (const struct btf_type *)(b->types + b->at[id]);
}

static const char *string_at(const struct kbtf *b, uint32_t off)
{
	return off < b->strings_len ? b->strings + off : "";
}

/* Since 6.16 the kernel maps its BTF; before, it only copies. */
static int read_all(struct kbtf *b, int fd)
{
	size_t have = 0;
	ssize_t n;

	b->data = malloc(b->size);
	if (!b->data)
		return -ENOMEM;
	while (have < b->size) {
		n = read(fd, b->data + have, b->size - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EINVAL;
		have += n;
	}
	return 0;
}

static int take_file(struct kbtf *b, const char *file)
{
	struct stat st;
	int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : kernel_btf__open();
	int err = 0;

	if (fd < 0)
		return file ? -errno : fd;
	if (fstat(fd, &st)) {
		err = -errno;
		goto out;
	}
	b->size = st.st_size;
	b->data = mmap(NULL, b->size, PROT_READ, MAP_PRIVATE, fd, 0);
	b->mapped = b->data != MAP_FAILED;
	if (!b->mapped)
		err = read_all(b, fd);
out:
	close(fd);
	return err;
}

static int find_sections(struct kbtf *b)
{
	const struct btf_header *h = (const void *)b->data;
	size_t left;

	if (b->size < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len > b->size)
		return -EINVAL;
	left = b->size - h->hdr_len;
	if (h->type_off > left || h->type_len > left - h->type_off ||
	    h->str_off > left || h->str_len > left - h->str_off || !h->str_len)
		return -EINVAL;
	b->types = b->data + h->hdr_len + h->type_off;
	b->types_len = h->type_len;
	b->strings = (const char *)b->data + h->hdr_len + h->str_off;
	b->strings_len = h->str_len;
	return b->strings[h->str_len - 1] ? -EINVAL : 0;
}

/* --- names ----------------------------------------------------------------- */

/* Where the wanted names stand among the strings. Hardly any string passes the
 * first look: the table says which first letters a length has. */
struct wanted {
	struct kbtf_name *names;
	size_t count;
	uint64_t letters[64]; /* by length */
	/* One bit for each hash of a string's place */
	uint64_t places[64];
	uint32_t *at;
};

static unsigned int place_bit(uint32_t off)
{
	return (off * 0x9e3779b1u) >> 20;
}

static void find_strings(const struct kbtf *b, struct wanted *w)
{
	const char *s = b->strings, *end = s + b->strings_len;
	size_t len, i;

	for (i = 0; i < w->count; i++) {
		len = strlen(w->names[i].name);
		w->letters[len & 63] |= 1ULL << (w->names[i].name[0] & 63);
	}
	for (; s < end; s += len + 1) {
		len = strlen(s);
		if (!(w->letters[len & 63] >> (*s & 63) & 1))
			continue;
		for (i = 0; i < w->count; i++) {
			if (strcmp(w->names[i].name, s))
				continue;
			w->at[i] = s - b->strings;
			w->places[place_bit(w->at[i]) >> 6] |=
				1ULL << (place_bit(w->at[i]) & 63);
		}
	}
}

static void note_type(struct wanted *w, uint32_t id, uint32_t kind, uint32_t name)
{
	enum kbtf_kind k = kind == BTF_KIND_FUNC ? KBTF_FUNC : KBTF_STRUCT;
	size_t i;

	if (!name || !(w->places[place_bit(name) >> 6] >> (place_bit(name) & 63) & 1))
		return;
	if (kind != BTF_KIND_FUNC && kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION)
		return;
	for (i = 0; i < w->count; i++)
		if (w->at[i] == name && w->names[i].kind == k && !w->names[i].id)
			w->names[i].id = id;
}

/* Bytes behind a type's head; -1 for a kind that came later than this. */
static int tail_of(uint32_t kind, uint32_t vlen)
{
	switch (kind) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return vlen * 8;
	case BTF_KIND_ENUM64:
	case BTF_KIND_DATASEC:
		return vlen * 12;
	}
	return -1;
}

static int index_types(struct kbtf *b, struct wanted *w)
{
	uint32_t at = 0, kind;
	int tail;

	b->at = malloc((b->types_len / sizeof(struct btf_type) + 1) * sizeof(*b->at));
	if (!b->at)
		return -ENOMEM;
	for (b->count = 1; at + sizeof(struct btf_type) <= b->types_len; b->count++) {
		const struct btf_type *t = (const void *)(b->types + at);

		kind = BTF_INFO_KIND(t->info);
		tail = tail_of(kind, BTF_INFO_VLEN(t->info));
		if (tail < 0 || tail > (int)(b->types_len - at - sizeof(*t)))
			return -EINVAL;
		b->at[b->count] = at;
		note_type(w, b->count, kind, t->name_off);
		at += sizeof(*t) + tail;
	}
	return 0;
}

static int find_names(struct kbtf *b, struct kbtf_name *names, size_t count)
{
	struct wanted w = { .names = names, .count = count };
	int err;

	w.at = calloc(count + 1, sizeof(*w.at));
	if (!w.at)
		return -ENOMEM;
	find_strings(b, &w);
	err = index_types(b, &w);
	free(w.at);
	return err;
}

int kbtf__open(struct kbtf **btf, const char *file, struct kbtf_name *names,
	       size_t count)
{
	struct kbtf *b = calloc(1, sizeof(*b));
	int err;

	if (!b)
		return -ENOMEM;
	err = take_file(b, file);
	if (!err)
		err = find_sections(b);
	if (!err)
		err = find_names(b, names, count);
	if (err) {
		kbtf__free(b);
		return err;
	}
	*btf = b;
	return 0;
}

void kbtf__free(struct kbtf *b)
{
	if (!b)
		return;
	if (b->mapped)
		munmap(b->data, b->size);
	else if (b->data != MAP_FAILED)
		free(b->data);
	free(b->at);
	free(b);
}

/* --- fields ---------------------------------------------------------------- */

static const struct btf_type *strip(const struct kbtf *b, uint32_t *id)
{
	const struct btf_type *t = type_at(b, *id);
	uint32_t kind;

	for (int i = 0; t && i < DEPTH_MAX; i++) {
		kind = BTF_INFO_KIND(t->info);
		if (kind != BTF_KIND_TYPEDEF && kind != BTF_KIND_VOLATILE &&
		    kind != BTF_KIND_CONST && kind != BTF_KIND_RESTRICT &&
		    kind != BTF_KIND_TYPE_TAG)
			return t;
		*id = t->type;
		t = type_at(b, *id);
	}
	return NULL;
}

static const struct btf_array *array_of(const struct btf_type *t)
{
	return t && BTF_INFO_KIND(t->info) == BTF_KIND_ARRAY ?
		       (const struct btf_array *)(t + 1) : NULL;
}

static uint32_t size_of(const struct kbtf *b, uint32_t id)
{
	const struct btf_type *t = strip(b, &id);
	const struct btf_array *a;
	uint32_t count = 1;

	while ((a = array_of(t))) {
		count *= a->nelems;
		id = a->type;
		t = strip(b, &id);
	}
	if (!t)
		return 0;
	return BTF_INFO_KIND(t->info) == BTF_KIND_PTR ? 8 * count : t->size * count;
}

static bool is_signed(const struct kbtf *b, uint32_t id)
{
	const struct btf_type *t = strip(b, &id);

	if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_INT)
		return t && BTF_INFO_KIND(t->info) == BTF_KIND_ENUM;
	return BTF_INT_ENCODING(*(const uint32_t *)(t + 1)) & BTF_INT_SIGNED;
}

/* In the type or an anonymous one in it. Moves *id on to the member's type. */
static bool find_member(const struct kbtf *b, uint32_t *id, const char *name,
			size_t len, struct kbtf_field *f, int depth)
{
	const struct btf_type *t = strip(b, id);
	const struct btf_member *m = (const void *)(t + 1);
	uint32_t kind = t ? BTF_INFO_KIND(t->info) : 0, in;
	const char *s;

	if ((kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION) || depth > DEPTH_MAX)
		return false;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++, m++) {
		uint32_t off = m->offset, bits = 0;

		if (BTF_INFO_KFLAG(t->info)) {
			bits = BTF_MEMBER_BITFIELD_SIZE(m->offset);
			off = BTF_MEMBER_BIT_OFFSET(m->offset);
		}
		s = string_at(b, m->name_off);
		if (*s ? !strncmp(s, name, len) && !s[len] :
			 (in = m->type, find_member(b, &in, name, len, f, depth + 1))) {
			*id = *s ? m->type : in;
			f->bit_offset += off;
			if (*s)
				f->bit_size = bits;
			return true;
		}
	}
	return false;
}

static bool find_element(const struct kbtf *b, uint32_t *id, unsigned long n,
			 struct kbtf_field *f)
{
	const struct btf_array *a = array_of(strip(b, id));

	if (!a)
		return false;
	*id = a->type;
	f->bit_offset += n * size_of(b, a->type) * 8;
	return true;
}

bool kbtf__field(const struct kbtf *b, uint32_t type, const char *path,
		 struct kbtf_field *f)
{
	size_t len;
	bool found = true;

	*f = (struct kbtf_field){ 0 };
	for (; *path && found; path += len + (path[len] == '.')) {
		len = strcspn(path, ".");
		if (*path >= '0' && *path <= '9')
			found = find_element(b, &type, strtoul(path, NULL, 10), f);
		else
			found = find_member(b, &type, path, len, f, 0);
	}
	f->size = size_of(b, type);
	f->is_signed = is_signed(b, type);
	return found;
}
