// SPDX-License-Identifier: BSD-2-Clause
#include "filter/filter.h"

#include <dlfcn.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "filter/column.h"

enum { SNAPLEN = 262144 };

/* Debian's name, and everybody else's. */
static const char *const libraries[] = { "libpcap.so.0.8", "libpcap.so.1",
					 "libpcap.so" };

static struct {
	void *handle;
	pcap_t *(*open_dead)(int, int);
	int (*compile)(pcap_t *, struct bpf_program *, const char *, int,
		       bpf_u_int32);
	char *(*geterr)(pcap_t *);
	void (*freecode)(struct bpf_program *);
	void (*close)(pcap_t *);
	int (*offline_filter)(const struct bpf_program *,
			      const struct pcap_pkthdr *, const u_char *);
} pcap;

struct filter {
	struct bpf_program program;
};

_Static_assert(sizeof(struct cbpf_insn) == sizeof(struct bpf_insn),
	       "the same instruction by two names");

static void *symbol(const char *name, bool *missing)
{
	void *p = dlsym(pcap.handle, name);

	*missing |= !p;
	return p;
}

static int open_library(void)
{
	bool missing = false;

	for (size_t i = 0; !pcap.handle && i < 3; i++)
		pcap.handle = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);
	if (!pcap.handle)
		return -ENOENT;
	pcap.open_dead = symbol("pcap_open_dead", &missing);
	pcap.compile = symbol("pcap_compile", &missing);
	pcap.geterr = symbol("pcap_geterr", &missing);
	pcap.freecode = symbol("pcap_freecode", &missing);
	pcap.close = symbol("pcap_close", &missing);
	pcap.offline_filter = symbol("pcap_offline_filter", &missing);
	return missing ? -ENOENT : 0;
}

static int compile(struct bpf_program *program, const char *expr, int linktype,
		   char *error, size_t size)
{
	pcap_t *p = pcap.open_dead(linktype, SNAPLEN);
	int err;

	if (!p)
		return -ENOMEM;
	err = pcap.compile(p, program, expr, 1, PCAP_NETMASK_UNKNOWN);
	if (err && error)
		str_copy(error, pcap.geterr(p), size);
	pcap.close(p);
	return err ? -EINVAL : 0;
}

/* For column.c: libpcap's answer to one attempt. */
static bool is_good(void *ctx, const char *expr)
{
	struct bpf_program program;

	if (compile(&program, expr, *(int *)ctx, NULL, 0))
		return false;
	pcap.freecode(&program);
	return true;
}

int filter__new(struct filter **filter, const char *expr, int linktype,
		char *error, size_t size)
{
	struct filter *f;
	char words[256] = "";
	int err = pcap.offline_filter ? 0 : open_library();

	*filter = NULL;
	if (err && error)
		snprintf(error, size, "libpcap is not installed: install libpcap0.8 "
			 "(Debian) or libpcap");
	if (err)
		return err;
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	err = compile(&f->program, expr, linktype, words, sizeof(words));
	if (err && error)
		snprintf(error, size, "%s, at column %zu", words,
			 filter_column(expr, words, is_good, &linktype));
	if (err)
		free(f);
	else
		*filter = f;
	return err;
}

void filter__free(struct filter *f)
{
	if (!f)
		return;
	pcap.freecode(&f->program);
	free(f);
}

bool filter__matches(const struct filter *f, const uint8_t *frame,
		     uint32_t caplen, uint32_t wire_len)
{
	const struct pcap_pkthdr h = { .caplen = caplen, .len = wire_len };

	return pcap.offline_filter(&f->program, &h, frame) != 0;
}

const struct cbpf_insn *filter__program(const struct filter *f, size_t *count)
{
	*count = f->program.bf_len;
	return (const struct cbpf_insn *)f->program.bf_insns;
}

bool filter__names_vlan(const char *expr)
{
	const char *at = expr;

	while ((at = strstr(at, "vlan"))) {
		if ((at == expr || !strchr("abcdefghijklmnopqrstuvwxyz-.0123456789_",
					   at[-1])) &&
		    !strchr("abcdefghijklmnopqrstuvwxyz-.0123456789_", at[4]))
			return true;
		at += 4;
	}
	return false;
}
