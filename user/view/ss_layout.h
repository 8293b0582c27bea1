/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Columns as ss of iproute2 6.1 lays them out: as wide as the widest cell of
 * what it holds at a time, which is 5 MB of cells as it stores them. On a
 * terminal what is left of the line is spread over the columns.
 */
#ifndef VIEW_SS_LAYOUT_H
#define VIEW_SS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct out;

enum ss_column {
	SS_STATE, SS_RECVQ, SS_SENDQ, SS_LADDR, SS_LPORT, SS_RADDR, SS_RPORT,
	SS_PROCESS, SS_COLUMNS,
};

struct ss_layout;

/* width: of the terminal, 0 if it is none. NULL if there is no memory. */
struct ss_layout *ss_layout__new(struct out *out, size_t width);
void ss_layout__free(struct ss_layout *l);
/* Where the next cell is written to: after the one before it. */
struct out *ss_layout__cell(struct ss_layout *l);
/* The cell is complete; after SS_PROCESS comes the next row. */
void ss_layout__next(struct ss_layout *l);
void ss_layout__title(struct ss_layout *l);
/* What is held is printed. */
void ss_layout__finish(struct ss_layout *l);

#endif
