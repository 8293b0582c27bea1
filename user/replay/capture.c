// SPDX-License-Identifier: BSD-2-Clause
#include "replay/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/file.h"

int capture__fail(struct capture *c, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(c->error, sizeof(c->error), fmt, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(c->error) && source__offset(c->source))
		snprintf(c->error + n, sizeof(c->error) - n, ", at byte %" PRIu64,
			 source__offset(c->source));
	return -EBADMSG;
}

int capture__end(struct capture *c, const char *what)
{
	const char *error = source__error(c->source);
	size_t rest = source__rest(c->source);

	if (error) {
		snprintf(c->error, sizeof(c->error), "%s", error);
		return -EIO;
	}
	if (rest) {
		snprintf(c->cut_text, sizeof(c->cut_text),
			 "cut off inside %s at byte %" PRIu64
			 ": the %zu bytes from there on are left out",
			 what, source__offset(c->source), rest);
		c->cut = c->cut_text;
	}
	return 0;
}

struct interface *capture__add_interface(struct capture *c, uint32_t link,
					 uint32_t snaplen)
{
	uint32_t n = c->ninterfaces;
	struct interface *list = c->interfaces;

	if (n == MAX_INTERFACES)
		return NULL;
	if (!(n & (n - 1))) { /* full: 0, 1, 2, 4, ... */
		list = realloc(list, (n ? 2 * n : 1) * sizeof(*list));
		if (!list)
			return NULL;
		c->interfaces = list;
	}
	c->ninterfaces++;
	list[n] = (struct interface){ .units = 1000000 };
	list[n].shown.link = link;
	list[n].shown.snaplen = snaplen;
	return &list[n];
}

void capture__drop_interfaces(struct capture *c)
{
	for (uint32_t i = 0; i < c->ninterfaces; i++) {
		free(c->interfaces[i].name);
		free(c->interfaces[i].options);
	}
	free(c->interfaces);
	c->interfaces = NULL;
	c->ninterfaces = 0;
}

const struct capture_interface *capture__interface(const struct capture *c,
						   uint32_t id)
{
	return id < c->ninterfaces ? &c->interfaces[id].shown : NULL;
}

const char *capture__error(const struct capture *c)
{
	return c->error;
}

const char *capture__cut(const struct capture *c)
{
	return c->cut;
}

static int begin(struct capture *c)
{
	static const uint8_t block[4] = { 0x0a, 0x0d, 0x0d, 0x0a };
	const uint8_t *head = source__peek(c->source, sizeof(block));

	if (!head && source__error(c->source)) {
		snprintf(c->error, sizeof(c->error), "%s",
			 source__error(c->source));
		return -EIO;
	}
	if (!head)
		return capture__fail(c, source__rest(c->source) ?
					     "too short for a capture file" :
					     "an empty file");
	c->pcapng = !memcmp(head, block, sizeof(block));
	return c->pcapng ? pcapng__open(c) : pcap__open(c);
}

int capture__open(struct capture **capture, const char *path)
{
	struct capture *c = calloc(1, sizeof(*c));
	int err;

	*capture = NULL;
	if (!c)
		return -ENOMEM;
	err = source__open(&c->source, path);
	if (err) {
		free(c);
		return err;
	}
	*capture = c;
	return begin(c);
}

int capture__open_mem(struct capture **capture, const void *data, size_t len)
{
	struct capture *c = calloc(1, sizeof(*c));

	*capture = c;
	if (!c)
		return -ENOMEM;
	c->source = source__open_mem(data, len);
	if (!c->source) {
		free(c);
		*capture = NULL;
		return -ENOMEM;
	}
	return begin(c);
}

void capture__free(struct capture *c)
{
	if (!c)
		return;
	capture__drop_interfaces(c);
	source__free(c->source);
	free(c);
}

int capture__next(struct capture *c, struct capture_item *item)
{
	if (c->error[0])
		return -EBADMSG;
	if (c->to_skip)
		source__skip(c->source, c->to_skip);
	c->to_skip = 0;
	return c->pcapng ? pcapng__next(c, item) : pcap__next(c, item);
}
