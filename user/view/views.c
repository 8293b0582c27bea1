// SPDX-License-Identifier: BSD-2-Clause
#include "view/view.h"

#include <stddef.h>
#include <string.h>

static const struct view *const views[] = {
	&view_text,
	&view_json,
	&view_csv,
	&view_tcpdump,
};

const struct view *view__by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (!strcmp(views[i]->name, name))
			return views[i];
	return NULL;
}
