// SPDX-License-Identifier: BSD-2-Clause
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "cli/config.h"
#include "view/view.h"

static int terminal_width(int fd)
{
	struct winsize w;

	return !ioctl(fd, TIOCGWINSZ, &w) ? w.ws_col : 0;
}

/* As no-color.org has it: set, and not to nothing. */
static bool no_color(void)
{
	const char *v = getenv("NO_COLOR");

	return v && *v;
}

static bool is_utf8(void)
{
	const char *v = getenv("LC_ALL");

	if (!v || !*v)
		v = getenv("LC_CTYPE");
	if (!v || !*v)
		v = getenv("LANG");
	return v && (strstr(v, "UTF-8") || strstr(v, "utf8"));
}

/* tcpdump too names the devices of a file as this host has them. */
static const char *name_device(uint32_t index, char buf[16])
{
	return if_indextoname(index, buf);
}

static int open_file(struct output *o, const char *path)
{
	int err;

	o->fd = STDOUT_FILENO;
	if (!path)
		return 0;
	o->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (o->fd >= 0)
		return 0;
	err = -errno;
	log_error("--log %s: %s", path, strerror(errno));
	return err;
}

int output__open(struct output *o, const struct run_config *c,
		 int64_t utc_offset_ns)
{
	int err = open_file(o, c->log_file);
	bool tty;

	if (err)
		return err;
	o->out = out__new_fd(o->fd);
	o->view = view__by_name(c->output ? c->output : "text");
	if (!o->out || !o->view) {
		log_error("--output: no such format");
		return -EINVAL;
	}
	tty = isatty(o->fd);
	o->ctx = o->view->new ? o->view->new(&(struct view_opts){
		.utc_offset_ns = utc_offset_ns,
		.color = c->color == COLOR_ALWAYS ||
			 (c->color == COLOR_AUTO && tty && !no_color()),
		.absolute_seq = c->absolute_seq,
		.width = tty ? terminal_width(o->fd) : 0,
		.unicode = tty && !c->ascii && is_utf8(),
		.form = {
			.verbose = c->verbose < 255 ? c->verbose : 255,
			.link_header = c->link_header,
			.quiet = c->quiet,
			.ascii = c->ascii_dump,
			.hex = c->hex_dump,
			.hex_ascii = c->hex_ascii_dump,
			.time_form = c->time_form,
			.number = c->number_lines,
			.nanoseconds = c->nanoseconds,
			.one_device = run_config__one_device(c),
			.ifname = name_device,
		},
	}) : NULL;
	if (o->view->begin)
		o->view->begin(o->ctx, o->out);
	return 0;
}

void output__fact(struct output *o, const struct fact *f)
{
	o->view->fact(o->ctx, f, o->out);
}

void output__close(struct output *o)
{
	if (o->view && o->view->free && o->ctx)
		o->view->free(o->ctx);
	out__free(o->out);
	if (o->fd > STDERR_FILENO)
		close(o->fd);
}
