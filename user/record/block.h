/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcapng blocks (draft-ietf-opsawg-pcapng), built in place: the total length
 * is known at the end.
 */
#ifndef RECORD_BLOCK_H
#define RECORD_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "record/file.h"

/* Block types */
#define PCAPNG_SHB 0x0a0d0d0au
#define PCAPNG_IDB 1u
#define PCAPNG_ISB 5u
#define PCAPNG_EPB 6u

/* Option codes */
enum {
	OPT_END = 0,
	OPT_COMMENT = 1,
	SHB_HARDWARE = 2, SHB_OS = 3, SHB_USERAPPL = 4,
	IF_NAME = 2, IF_TSRESOL = 9,
	EPB_FLAGS = 2, EPB_DROPCOUNT = 4, EPB_PROCESSID_THREADID = 8,
	ISB_STARTTIME = 2, ISB_ENDTIME = 3, ISB_IFRECV = 4, ISB_OSDROP = 7,
	ISB_USRDELIV = 8,
};

/* epb_flags */
#define EPB_DIR_IN 1u
#define EPB_DIR_OUT 2u
#define EPB_CAST_SHIFT 2
#define EPB_CSUM_NOT_READY (1u << 9)
#define EPB_CSUM_VALID (1u << 10)
#define EPB_SEG_OFFLOAD (1u << 11)

struct block {
	struct rec_file *file;
	uint8_t *at; /* NULL: the file has an error, nothing is built */
	size_t len, size;
};

/* size: more than the whole block can take. */
void block__begin(struct block *b, struct rec_file *file, uint32_t type,
		  size_t size);
void block__put(struct block *b, const void *data, size_t len);
void block__u16(struct block *b, uint16_t v);
void block__u32(struct block *b, uint32_t v);
void block__pad(struct block *b); /* to 4 bytes */
/* Options follow the body; the first call ends nothing, block__end() adds the
 * mark of the end if there was one. */
void block__option(struct block *b, uint16_t code, const void *data,
		   size_t len);
void block__option_str(struct block *b, uint16_t code, const char *s);
void block__option_u64(struct block *b, uint16_t code, uint64_t v);
void block__end_options(struct block *b);
void block__end(struct block *b);

#endif
