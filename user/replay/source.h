/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a file or of standard input, from front to back, as many in a
 * row as the reader asks for. What is gzipped comes out as it went in.
 */
#ifndef REPLAY_SOURCE_H
#define REPLAY_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct source;

/* "-" is standard input. 0 or -errno. */
int source__open(struct source **source, const char *path);
/* A copy of bytes in memory; NULL if there is none left. */
struct source *source__open_mem(const void *data, size_t len);
void source__free(struct source *source);

/*
 * The next len bytes, valid until the next call; NULL if there are fewer:
 * the end, or an error. They stay the next ones until they are skipped.
 */
const uint8_t *source__peek(struct source *source, size_t len);
/* Of those that were peeked at. */
void source__skip(struct source *source, size_t len);
/* Bytes left, once a peek said that there are not enough. */
size_t source__rest(const struct source *source);
/* How many bytes were skipped so far. */
uint64_t source__offset(const struct source *source);
/* NULL, or why reading failed; a gzip file that is cut off is no error. */
const char *source__error(const struct source *source);

#endif
