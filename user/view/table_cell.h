/* SPDX-License-Identifier: BSD-2-Clause */
/* The cells of list_table.c: what stands in each column. */
#ifndef VIEW_TABLE_CELL_H
#define VIEW_TABLE_CELL_H

#include "view/list.h"
#include "view/text.h"

enum table_column {
	COL_STATE, COL_RECVQ, COL_SENDQ, COL_LOCAL, COL_REMOTE, COL_FD, COL_OWNER,
	COL_AGE, COL_PEER,
	COL_TIMER, COL_UID, COL_INODE, COL_COOKIE, COL_NETNS, COL_OWNERS,
	COL_CC, COL_RTT, COL_CWND, COL_RETRANS, COL_RATE, COL_RMEM, COL_WMEM,
	COL_NOTE, COL_MAX,
};

void table_cell__put(struct text *t, const struct socket_entry *e,
		     enum table_column column, const struct list_opts *opts);

#endif
