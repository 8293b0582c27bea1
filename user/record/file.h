/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file a recording goes to: whole blocks are collected and leave together.
 * The first error is kept; what stands in the file then ends with a whole
 * block, where the file can be cut.
 */
#ifndef RECORD_FILE_H
#define RECORD_FILE_H

#include <stddef.h>
#include <stdint.h>

struct rec_file;

/* path "-" is standard output; gz compresses. 0 or -errno. */
int rec_file__open(struct rec_file **file, const char *path, int gz);
/* Room for len bytes at the end, NULL after an error; then how many of them
 * were used. */
uint8_t *rec_file__reserve(struct rec_file *file, size_t len);
void rec_file__commit(struct rec_file *file, size_t len);
/* Bytes committed up to now, before compression. */
uint64_t rec_file__size(const struct rec_file *file);
/* Everything that was committed leaves. sync: a reader can have it now, also
 * of a compressed file. 0 or -errno of the first failure. */
int rec_file__flush(struct rec_file *file, int sync);
/* Flushes, closes, frees; NULL is allowed. 0 or -errno. */
int rec_file__close(struct rec_file *file);

#endif
