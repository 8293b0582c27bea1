// SPDX-License-Identifier: BSD-2-Clause
#include "view/line.h"

#include <stdbool.h>

#include "base/str.h"

void line__spill(struct line *l)
{
	out__put(l->out, l->buf, l->n);
	l->gone += l->n;
	l->n = 0;
}

void line__put_long(struct line *l, const char *data, size_t len)
{
	line__spill(l);
	if (len > sizeof(l->buf)) {
		out__put(l->out, data, len);
		l->gone += len;
		return;
	}
	memcpy(l->buf, data, len);
	l->n = len;
}

static unsigned int count_digits(uint64_t v)
{
	unsigned int n = 1;

	for (; v >= 10000; v /= 10000)
		n += 4;
	return n + (v >= 10) + (v >= 100) + (v >= 1000);
}

void line__digits(struct line *l, uint64_t v, unsigned int width)
{
	char *p;

	if (sizeof(l->buf) - l->n < width)
		line__spill(l);
	p = l->buf + l->n + width;
	l->n += width;
	for (; width; width--, v /= 10)
		*--p = (char)('0' + v % 10);
}

void line__u64(struct line *l, uint64_t v)
{
	/* 32-bit division is several times cheaper, and most numbers fit */
	if (v <= UINT32_MAX) {
		uint32_t w = (uint32_t)v;
		unsigned int n = count_digits(w);
		char *p;

		if (sizeof(l->buf) - l->n < LINE_NUM_MAX)
			line__spill(l);
		p = l->buf + l->n + n;
		l->n += n;
		do
			*--p = (char)('0' + w % 10);
		while (w /= 10);
		return;
	}
	line__digits(l, v, count_digits(v));
}

void line__s64(struct line *l, int64_t v)
{
	if (v < 0)
		line__char(l, '-');
	line__u64(l, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void line__hex(struct line *l, uint64_t v)
{
	char buf[16];
	size_t i = sizeof(buf);

	do
		buf[--i] = "0123456789abcdef"[v & 15];
	while (v >>= 4);
	line__put(l, buf + i, sizeof(buf) - i);
}

static bool is_mapped(const uint8_t addr[16])
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(addr, prefix, sizeof(prefix));
}

void line__addr(struct line *l, const uint8_t addr[16])
{
	char buf[46];

	if (!is_mapped(addr)) {
		line__str(l, str_addr(addr, true, buf));
		return;
	}
	for (int i = 12; i < 16; i++) {
		line__u64(l, addr[i]);
		if (i < 15)
			line__char(l, '.');
	}
}

void line__pad_to(struct line *l, size_t col)
{
	size_t now = line__column(l), n = col > now ? col - now : 0;

	for (; n > sizeof(l->buf) - l->n; n -= now) {
		now = sizeof(l->buf) - l->n;
		memset(l->buf + l->n, ' ', now);
		l->n += now;
		line__spill(l);
	}
	memset(l->buf + l->n, ' ', n);
	l->n += n;
}

unsigned int utf8_len(const char *s, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	unsigned int len;
	uint32_t v;

	if (*u < 0x80) {
		*cp = *u;
		return 1;
	}
	len = *u < 0xc0 ? 0 : *u < 0xe0 ? 2 : *u < 0xf0 ? 3 : *u < 0xf8 ? 4 : 0;
	if (!len)
		return 0;
	v = *u & (0x7fu >> len);
	for (unsigned int i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (u[i] & 0x3f);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return 0;
	*cp = v;
	return len;
}
