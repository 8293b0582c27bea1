/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes on their way to a file, a terminal or memory. Output is collected in
 * a growing buffer and leaves in whole lines: one write(2) per flush, and per
 * line on a terminal or a pipe when the caller flushes after each line.
 *
 * The first write error is kept; later puts are dropped. EPIPE is an error
 * like any other to this layer: the caller ends quietly on it.
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct out;

/* fd is borrowed; NULL with errno on failure. */
struct out *out__new_fd(int fd);
/* Collects in memory: out__data() reads it. */
struct out *out__new_mem(void);
void out__free(struct out *out); /* flushes; NULL is allowed */

void out__put(struct out *out, const void *data, size_t len);
void out__str(struct out *out, const char *s);
void out__char(struct out *out, char c);
void out__u64(struct out *out, uint64_t v);
void out__hex(struct out *out, uint64_t v);
void out__printf(struct out *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Spaces up to column col of the line that is being built; none if past it. */
void out__pad_to(struct out *out, size_t col);
/* Bytes since the last newline. */
size_t out__column(const struct out *out);

/* 0, or -errno of the first failed write, this one or an earlier. */
int out__flush(struct out *out);
int out__error(const struct out *out);
/* Memory only: what is collected, NUL-terminated; reset forgets it. */
const char *out__data(const struct out *out, size_t *len);
void out__reset(struct out *out);

#endif
