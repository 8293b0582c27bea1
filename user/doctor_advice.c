/* SPDX-License-Identifier: BSD-2-Clause */
/* From what `doctor` found to what there is to do about it. */
#include "doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static void advise(struct doctor *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void advise(struct doctor *d, const char *fmt, ...)
{
	va_list args;

	if (d->nadvice == DOCTOR_ADVICE)
		return;
	va_start(args, fmt);
	vsnprintf(d->advice[d->nadvice++], sizeof(d->advice[0]), fmt, args);
	va_end(args);
}

static void on_loading(struct doctor *d)
{
	const struct doctor_host *h = &d->host;

	if (h->missing_caps)
		advise(d, "run it as root, or give it the capabilities that are "
			  "missing (setcap, a container's --cap-add)");
	if (!h->has_btf)
		advise(d, "show it /sys/kernel/btf, or boot a kernel that is built "
			  "with CONFIG_DEBUG_INFO_BTF");
	if (!strcmp(h->lockdown, "confidentiality"))
		advise(d, "lockdown lets no program read the kernel's memory: boot "
			  "with lockdown=integrity, or without");
	else if (!h->missing_caps && (d->err == -EPERM || d->err == -EACCES))
		advise(d, "something else refuses bpf(2): in a container its "
			  "seccomp profile, otherwise a security module%s",
		       h->memlock == RLIM_INFINITY ? "" :
		       ", or before Linux 5.11 the limit of locked memory "
		       "(ulimit -l unlimited)");
}

/* Whether a weaker way was taken that shows less, for want of this one. */
static bool is_weaker_for_want(const struct doctor *d, enum rung rung)
{
	for (size_t i = 0; i < hook_count; i++) {
		const struct hook_choice *c = &d->choices[i];
		const struct variant *v = hooks[i].variants;

		if (!c->chosen || !c->chosen->lacks[0].kind)
			continue;
		for (; v != c->chosen; v++)
			if (attach_kind_rung(v->kind) == rung)
				return true;
	}
	return false;
}

static void on_hooks(struct doctor *d)
{
	if (d->err || !d->chose || d->nadvice)
		return;
	if (d->rung != RUNG_AUTO)
		advise(d, "leave --hooks out: then each event takes the best there is");
	else if (is_weaker_for_want(d, RUNG_FENTRY) &&
		 is_weaker_for_want(d, RUNG_KPROBE))
		advise(d, "nothing; a kernel with kprobes, or a policy "
			  "that lets fentry programs in, shows more (-v: what)");
}

void doctor__advise(struct doctor *d)
{
	on_loading(d);
	on_hooks(d);
	for (size_t i = 0; i < d->host.nxdp; i++)
		advise(d, "to see what the XDP program on %s drops or redirects, take "
			  "it off: ip link set dev %s xdp off",
		       d->host.xdp[i].name, d->host.xdp[i].name);
}
