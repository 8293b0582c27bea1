// SPDX-License-Identifier: BSD-2-Clause
#include "view/stamp.h"

#include "base/time.h"

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static void put_fraction(struct stamp *s, struct line *l, int64_t ns)
{
	line__char(l, '.');
	if (s->form.nanoseconds)
		line__digits(l, ns, 9);
	else
		line__digits(l, ns / NS_PER_US, 6);
}

static void put_seconds(struct line *l, uint64_t s)
{
	line__digits(l, s / 3600 % 24, 2);
	line__char(l, ':');
	line__digits(l, s / 60 % 60, 2);
	line__char(l, ':');
	line__digits(l, s % 60, 2);
}

/* The calendar is asked once a second. */
static void put_clock(struct stamp *s, struct line *l, int64_t utc_ns, bool date)
{
	int64_t second = floor_div(utc_ns, NS_PER_SEC);

	if (second != s->second) {
		time_local_date(utc_ns, s->clock);
		s->second = second;
	}
	line__put(l, s->clock + (date ? 0 : 11), date ? 19 : 8);
	put_fraction(s, l, utc_ns - second * (int64_t)NS_PER_SEC);
}

/* -ttt counts from the line before, -ttttt from the first; days fall away. */
static void put_delta(struct stamp *s, struct line *l, int64_t utc_ns)
{
	int64_t delta;

	if (!s->ref_ns)
		s->ref_ns = utc_ns;
	delta = utc_ns - s->ref_ns;
	line__char(l, delta < 0 ? '-' : ' ');
	if (delta < 0)
		delta = -delta;
	put_seconds(l, delta / NS_PER_SEC);
	put_fraction(s, l, delta % NS_PER_SEC);
	if (s->form.time_form == 3)
		s->ref_ns = utc_ns;
}

void stamp__time(struct stamp *s, struct line *l, int64_t utc_ns)
{
	if (!s->form.nanoseconds)
		utc_ns = floor_div(utc_ns, NS_PER_US) * (int64_t)NS_PER_US;
	switch (s->form.time_form) {
	case 0:
	case 4:
		put_clock(s, l, utc_ns, s->form.time_form);
		break;
	case 1:
		return;
	case 2:
		line__u64(l, utc_ns / (int64_t)NS_PER_SEC);
		put_fraction(s, l, utc_ns % (int64_t)NS_PER_SEC);
		break;
	default:
		put_delta(s, l, utc_ns);
	}
	line__char(l, ' ');
}

void stamp__number(struct stamp *s, struct line *l)
{
	uint64_t n = ++s->number;

	if (!s->form.number)
		return;
	for (uint64_t least = 10000; n < least && least > 1; least /= 10)
		line__char(l, ' ');
	line__u64(l, n);
	line__put(l, "  ", 2);
}

void stamp__init(struct stamp *s, const struct packet_form *form)
{
	*s = (struct stamp){ .form = *form, .second = INT64_MIN };
}
