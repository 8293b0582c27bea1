/* SPDX-License-Identifier: BSD-2-Clause */
/* What ss puts into a second line: -i and -m. */
#ifndef VIEW_SS_INFO_H
#define VIEW_SS_INFO_H

#include <stdbool.h>

#include "event/sock_diag.h"

struct out;

/* Memory, tcp_info, keys, upper layer: as much of it as d holds. numeric:
 * rates in full. */
void ss_info__put(struct out *out, const struct sock_diag *d, bool numeric);

#endif
