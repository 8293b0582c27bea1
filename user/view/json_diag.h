/* SPDX-License-Identifier: BSD-2-Clause */
/* The objects of JSON that tell what sock_diag knows. */
#ifndef VIEW_JSON_DIAG_H
#define VIEW_JSON_DIAG_H

#include "event/fact.h"
#include "view/line.h"

/* field: F_TIMER, F_SKMEM, F_CONG_INFO or F_TCP_INFO */
void json_diag__put(struct line *l, const struct sock_diag *d, enum field field);
/* An array of words that need no escapes, up to the first NULL. */
void json_words__put(struct line *l, const char *const *words);

#endif
