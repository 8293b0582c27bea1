// SPDX-License-Identifier: BSD-2-Clause
#include "event/sock_diag.h"

#include <stdlib.h>
#include <string.h>

const char *const skmem_names[SKMEM_MAX] = {
	"rmem_alloc", "rcvbuf", "wmem_alloc", "sndbuf", "fwd_alloc", "wmem_queued",
	"optmem", "backlog", "drops",
};

static size_t round_up(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

static const void *append(char **at, const void *from, size_t len)
{
	char *to = *at;

	if (!len)
		return NULL;
	memcpy(to, from, len);
	*at += round_up(len);
	return to;
}

struct sock_diag *sock_diag__copy(const struct sock_diag *d)
{
	size_t md5 = d->nmd5 * sizeof(*d->md5), ulp = d->ulp ? sizeof(*d->ulp) : 0;
	size_t size = round_up(sizeof(*d)) + round_up(d->tcp_info_len) +
		      round_up(md5) + round_up(ulp);
	struct sock_diag *copy = malloc(size);
	char *at = (char *)copy + round_up(sizeof(*d));

	if (!copy)
		return NULL;
	*copy = *d;
	copy->tcp_info = append(&at, d->tcp_info, d->tcp_info_len);
	copy->md5 = append(&at, d->md5, md5);
	copy->ulp = append(&at, d->ulp, ulp);
	return copy;
}
