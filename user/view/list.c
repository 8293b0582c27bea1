// SPDX-License-Identifier: BSD-2-Clause
#include "view/list.h"

#include <stdlib.h>
#include <string.h>

static const struct list_view *const views[] = {
	&list_table,
	&list_netstat,
	&list_lsof,
	&list_ss,
	&list_csv,
};

const struct socket_entry *const *
list__in_order(const struct socket_entry *const *list, size_t n,
	       int (*order)(const void *a, const void *b))
{
	const struct socket_entry **copy;
	size_t i = 1;

	while (i < n && order(&list[i - 1], &list[i]) <= 0)
		i++;
	if (i >= n)
		return list;
	copy = calloc(n, sizeof(*copy));
	if (!copy)
		return NULL;
	memcpy(copy, list, n * sizeof(*copy));
	qsort(copy, n, sizeof(*copy), order);
	return copy;
}

const struct list_view *list_view__by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (!strcmp(views[i]->name, name))
			return views[i];
	return NULL;
}
