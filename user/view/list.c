// SPDX-License-Identifier: BSD-2-Clause
#include "view/list.h"

#include <string.h>

static const struct list_view *const views[] = {
	&list_table,
	&list_netstat,
	&list_lsof,
	&list_ss,
	&list_csv,
};

const struct list_view *list_view__by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (!strcmp(views[i]->name, name))
			return views[i];
	return NULL;
}
