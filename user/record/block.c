// SPDX-License-Identifier: BSD-2-Clause
#include "record/block.h"

#include <string.h>

/* Type, length, and the length once more at the end. */
enum { BLOCK_FRAME = 12 };

void block__begin(struct block *b, struct rec_file *file, uint32_t type,
		  size_t size)
{
	b->file = file;
	b->size = size + BLOCK_FRAME;
	b->at = rec_file__reserve(file, b->size);
	b->len = 0;
	block__u32(b, type);
	block__u32(b, 0); /* the length, when it is known */
}

void block__put(struct block *b, const void *data, size_t len)
{
	if (!b->at || b->len + len > b->size)
		return;
	memcpy(b->at + b->len, data, len);
	b->len += len;
}

void block__u16(struct block *b, uint16_t v)
{
	block__put(b, &v, sizeof(v));
}

void block__u32(struct block *b, uint32_t v)
{
	block__put(b, &v, sizeof(v));
}

void block__pad(struct block *b)
{
	static const uint8_t zero[3] = { 0 };

	block__put(b, zero, -b->len & 3);
}

void block__option(struct block *b, uint16_t code, const void *data, size_t len)
{
	block__u16(b, code);
	block__u16(b, len);
	block__put(b, data, len);
	block__pad(b);
}

void block__option_str(struct block *b, uint16_t code, const char *s)
{
	block__option(b, code, s, strlen(s));
}

void block__option_u64(struct block *b, uint16_t code, uint64_t v)
{
	block__option(b, code, &v, sizeof(v));
}

void block__end_options(struct block *b)
{
	block__u32(b, OPT_END);
}

void block__end(struct block *b)
{
	uint32_t total;

	if (!b->at)
		return;
	block__pad(b);
	total = b->len + sizeof(total);
	block__u32(b, total);
	memcpy(b->at + 4, &total, sizeof(total));
	rec_file__commit(b->file, b->len);
}
