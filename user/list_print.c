// SPDX-License-Identifier: BSD-2-Clause
/* The rows through a view, and the names that only the system knows. */
#include "list.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "base/time.h"
#include "live/diag.h"
#include "live/procs.h"
#include "play.h"
#include "view/view.h"

struct process {
	uint32_t pid;
	bool known;
	uint64_t started; /* seconds since boot */
};

/* A user or a process, and what it is called. */
struct known_name {
	uint32_t id;
	char *name; /* NULL: has none */
};

static bool has_id(const void *entry, const void *key)
{
	return ((const struct known_name *)entry)->id == *(const uint32_t *)key;
}

static bool has_pid(const void *entry, const void *key)
{
	return ((const struct process *)entry)->pid == *(const uint32_t *)key;
}

void list__init_names(struct list *l)
{
	hashmap__init(&l->users, has_id);
	hashmap__init(&l->programs, has_id);
	hashmap__init(&l->services, has_id);
	hashmap__init(&l->processes, has_pid);
	l->own_netns = netns_own();
}

/* name is copied. */
static const char *remember(struct hashmap *map, uint32_t id, const char *name)
{
	struct known_name *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->id = id;
	n->name = name ? strdup(name) : NULL;
	if (hashmap__insert(map, hash_u64(id), n)) {
		free(n->name);
		free(n);
		return NULL;
	}
	return n->name;
}

static const char *user_name(void *ctx, uint32_t uid)
{
	struct list *l = ctx;
	const struct known_name *n = hashmap__find(&l->users, hash_u64(uid), &uid);
	const struct passwd *pw;

	if (n)
		return n->name;
	pw = getpwuid(uid);
	return remember(&l->users, uid, pw ? pw->pw_name : NULL);
}

static struct process *find_process(struct list *l, uint32_t pid)
{
	struct process *p = hashmap__find(&l->processes, hash_u64(pid), &pid);

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->pid = pid;
	p->known = !proc_started(pid, &p->started);
	if (hashmap__insert(&l->processes, hash_u64(pid), p)) {
		free(p);
		return NULL;
	}
	return p;
}

static bool process_age(void *ctx, uint32_t pid, uint64_t *seconds)
{
	const struct list *l = ctx;
	const struct process *p = l->play ? NULL : find_process(ctx, pid);
	uint64_t now = time_boot_ns() / NS_PER_SEC;

	if (!p || !p->known)
		return false;
	*seconds = now > p->started ? now - p->started : 0;
	return true;
}

static const char *program_name(void *ctx, uint32_t pid)
{
	struct list *l = ctx;
	const struct known_name *n = hashmap__find(&l->programs, hash_u64(pid), &pid);
	char buf[512];

	if (l->play)
		return NULL;
	if (n)
		return n->name;
	return remember(&l->programs, pid, proc_program(pid, buf, sizeof(buf)));
}

/* ss knows no service of a port that connections are given. */
static bool is_given_out(struct list *l, uint16_t port)
{
	if (!l->ephemeral[1] && proc_port_range(l->ephemeral))
		l->ephemeral[0] = l->ephemeral[1] = UINT16_MAX;
	return port >= l->ephemeral[0] && port <= l->ephemeral[1];
}

static const char *service_name(void *ctx, uint16_t port)
{
	struct list *l = ctx;
	uint32_t id = port;
	const struct known_name *n = hashmap__find(&l->services, hash_u64(id), &id);
	const struct servent *s;

	if (n)
		return n->name;
	if (!strcmp(l->view->name, "ss") && is_given_out(l, port))
		return NULL;
	s = port ? getservbyport(htons(port), "tcp") : NULL;
	return remember(&l->services, id, s ? s->s_name : NULL);
}

static const char *cgroup_path(void *ctx, uint64_t id)
{
	struct list *l = ctx;

	if (l->play)
		return play__name(l->play, TT_NAME_CGROUP, id);
	return l->cgroup_names ? cgroup_names__path(l->cgroup_names, id) : NULL;
}

/* Of the caller's namespace, and of one that was asked for. */
static const char *device_name(void *ctx, uint32_t netns, uint32_t ifindex)
{
	struct list *l = ctx;

	if (l->play)
		return NULL;
	if (netns == l->own_netns)
		return diag__ifname(-1, ifindex, l->ifname);
	if (l->netns_fd >= 0 && netns == l->select.netns)
		return diag__ifname(l->netns_fd, ifindex, l->ifname);
	return NULL;
}

/* Columns of the terminal, 0 if the output is none. */
static size_t screen_width(void)
{
	struct winsize w;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w))
		return 0;
	return w.ws_col;
}

static void set_device(struct list *l, struct fact *f,
		       const struct socket_entry *e)
{
	if (!e->rec.bound_if)
		return;
	f->ifname = device_name(l, e->rec.sock.tuple.netns, e->rec.bound_if);
	if (f->ifname)
		fact_set(f, F_IFNAME);
}

static int print_json(struct list *l, uint32_t hz, struct out *out)
{
	struct view_opts opts = {
		.utc_offset_ns = l->play ? play__settings(l->play)->utc_offset_ns :
					   time_utc_offset(),
	};
	struct socket_fact sf = { 0 };
	uint64_t now = l->play ? l->moment_ns : time_boot_ns();
	void *view = view_json.new(&opts);
	int err = view ? 0 : -ENOMEM;
	for (size_t i = 0; !err && i < l->nrows; i++) {
		err = socket_fact__fill(&sf, l->rows[i], now, hz, cgroup_path, l);
		if (!err)
			set_device(l, &sf.fact, l->rows[i]);
		if (!err)
			view_json.fact(view, &sf.fact, out);
	}
	socket_fact__release(&sf);
	view_json.free(view);
	return err;
}

static void print_view(struct list *l, uint32_t hz, struct out *out)
{
	const struct run_config *c = l->config;
	struct list_opts opts = {
		.wide = l->show & SHOW_WIDE,
		.timers = l->show & SHOW_TIMERS,
		.extended = l->show & SHOW_EXTENDED,
		.listening = c->list_listening,
		.info = l->show & SHOW_INFO,
		.memory = l->show & SHOW_MEMORY,
		.offsets = c->npids,
		.selected = !select_task__any(&l->task),
		.hz = hz,
		.user = user_name,
		.screen = screen_width(),
		.program = program_name,
		.age = process_age,
		.cgroup = cgroup_path,
		.ifname = device_name,
		.service = l->show & SHOW_NAMES ? service_name : NULL,
		.ctx = l,
	};

	l->view->print(l->rows, l->nrows, &opts, out);
}

int list__write(struct list *l, struct out *out)
{
	if (!l->view)
		return print_json(l, l->hz, out);
	print_view(l, l->hz, out);
	return 0;
}

int list__print(struct list *l)
{
	struct out *out = out__new_fd(STDOUT_FILENO);
	int err = out ? list__write(l, out) : -ENOMEM;

	if (!err)
		err = out__flush(out);
	out__free(out);
	/* Who reads no more has what he wanted. */
	if (!err || err == -EPIPE)
		return 0;
	log_error("write the list: %s", strerror(-err));
	return STATUS_FAILED;
}

static void forget(struct hashmap *map)
{
	struct known_name *n;
	size_t pos = 0;

	while ((n = hashmap__next(map, &pos))) {
		free(n->name);
		free(n);
	}
	hashmap__release(map);
}

void list__forget_names(struct list *l)
{
	struct process *p;
	size_t pos = 0;

	forget(&l->users);
	forget(&l->programs);
	forget(&l->services);
	while ((p = hashmap__next(&l->processes, &pos)))
		free(p);
	hashmap__release(&l->processes);
}
