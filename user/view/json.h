/* SPDX-License-Identifier: BSD-2-Clause */
/* Values as JSON, for the views that nest them. */
#ifndef VIEW_JSON_H
#define VIEW_JSON_H

#include <stdbool.h>

#include "event/desc.h"

struct line;

/* The fact has the field, and the field has something to say. */
bool json__has_value(const struct fact *f, const struct field_desc *d);
void json__put_value(struct line *l, const struct fact *f,
		     const struct field_desc *d);

#endif
