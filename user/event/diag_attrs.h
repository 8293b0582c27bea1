/* SPDX-License-Identifier: BSD-2-Clause */
/* The attributes of one answer of sock_diag. */
#ifndef EVENT_DIAG_ATTRS_H
#define EVENT_DIAG_ATTRS_H

#include <stddef.h>

#include "event/sock_diag.h"

#define DIAG_MAX_MD5 64

/* Room for what has no fixed place in struct sock_diag. */
struct diag_parts {
	struct ulp_info ulp;
	struct md5_key md5[DIAG_MAX_MD5];
};

/* d points into the attributes and into parts afterwards. */
void diag_attrs__take(struct sock_diag *d, struct diag_parts *parts,
		      const void *attrs, size_t len);

#endif
