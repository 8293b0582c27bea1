// SPDX-License-Identifier: BSD-2-Clause
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits from *s on; *s moves past them. False on overflow. */
static bool take_digits(const char **s, uint64_t *v)
{
	for (*v = 0; is_digit(**s); (*s)++) {
		if (__builtin_mul_overflow(*v, 10, v) ||
		    __builtin_add_overflow(*v, **s - '0', v))
			return false;
	}
	return true;
}

int str_to_u64(const char *s, uint64_t min, uint64_t max, uint64_t *v)
{
	uint64_t n;

	if (!is_digit(*s) || s[strspn(s, "0123456789")])
		return -EINVAL;
	if (!take_digits(&s, &n) || n < min || n > max)
		return -ERANGE;
	*v = n;
	return 0;
}

/* The fraction's digits as ns; those past the ninth are dropped. */
static uint64_t take_fraction(const char **s)
{
	uint64_t ns = 0, unit = 100000000;

	for (; is_digit(**s); (*s)++, unit /= 10)
		ns += (**s - '0') * unit;
	return ns;
}

int str_to_ns(const char *s, uint64_t *ns)
{
	uint64_t sec, frac = 0, total;

	if (!is_digit(*s) && !(*s == '.' && is_digit(s[1])))
		return -EINVAL;
	if (!take_digits(&s, &sec))
		return -EINVAL;
	if (*s == '.') {
		s++;
		frac = take_fraction(&s);
	}
	if (*s || __builtin_mul_overflow(sec, 1000000000, &total) ||
	    __builtin_add_overflow(total, frac, &total))
		return -EINVAL;
	*ns = total;
	return 0;
}

char *str_copy(char *dst, const char *src, size_t size)
{
	size_t len;

	if (!size)
		return dst;
	len = strnlen(src, size - 1);
	memcpy(dst, src, len);
	dst[len] = '\0';
	return dst;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* One set, *p behind its '['. A ']' that comes first is a member, as in the
 * shell. False and *p unmoved if the set is never closed. */
static bool take_set(const char **p, unsigned char c, bool *hit)
{
	const unsigned char *q = (const unsigned char *)*p;
	bool negated = *q == '!' || *q == '^';
	const unsigned char *first;

	q += negated;
	*hit = false;
	for (first = q; *q && (*q != ']' || q == first); q++) {
		unsigned char lo = *q, hi = lo;

		if (q[1] == '-' && q[2] && q[2] != ']') {
			hi = q[2];
			q += 2;
		}
		*hit |= lo <= c && c <= hi;
	}
	if (!*q)
		return false;
	*hit ^= negated;
	*p = (const char *)q + 1;
	return true;
}

/* Whether the pattern's next item, not a star, takes c; *p moves past it. */
static bool take_one(const char **p, char c)
{
	char want = *(*p)++;
	bool hit;

	if (want == '?')
		return true;
	if (want == '[' && take_set(p, c, &hit))
		return hit;
	if (want == '\\' && **p)
		want = *(*p)++;
	return want == c;
}

bool str_glob(const char *pattern, const char *s)
{
	const char *star = NULL, *resume = NULL;

	/* Only the last star can need another try: what an earlier one took
	 * is settled by the first match of what stands between them. */
	while (*s) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = s;
		} else if (*pattern && take_one(&pattern, *s)) {
			s++;
		} else if (star) {
			pattern = star;
			s = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

const char *str_next_item(const char **list, size_t *len)
{
	const char *item = *list;

	if (!item)
		return NULL;
	*len = strcspn(item, ",");
	*list = item[*len] ? item + *len + 1 : NULL;
	return item;
}

static char *put_byte(char *p, uint8_t v)
{
	if (v >= 100)
		*p++ = '0' + v / 100;
	if (v >= 10)
		*p++ = '0' + v / 10 % 10;
	*p++ = '0' + v % 10;
	return p;
}

const char *str_addr(const uint8_t addr[16], bool mapped_dotted, char *buf)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char *p = buf;
	int i;

	if (!mapped_dotted || memcmp(addr, mapped, sizeof(mapped)) != 0)
		return inet_ntop(AF_INET6, addr, buf, INET6_ADDRSTRLEN);
	for (i = 12; i < 16; i++) {
		p = put_byte(p, addr[i]);
		*p++ = i < 15 ? '.' : '\0';
	}
	return buf;
}
