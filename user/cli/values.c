// SPDX-License-Identifier: BSD-2-Clause
/* The setters: each checks one option's value and keeps it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/options.h"
#include "event/desc.h"
#include "event/names.h"
#include "tcptrace/config.h"
#include "tcptrace/event.h"


_Static_assert(MAX_PORTS <= TT_MAX_PORTS && MAX_ADDRS <= TT_MAX_ADDRS,
	       "the kernel programs must hold what an option takes");

static int bad_value(const struct opt_use *u, const char *value, const char *why)
{
	char q[QUOTE_LEN];

	return usage_error("%s: %s %s", u->as, quote(value, q), why);
}

/* Each item of a comma list, an empty one too, terminated. */
static int each_item(const struct opt_use *u,
		     int (*take)(const struct opt_use *u, const char *item))
{
	const char *list = u->value, *item;
	char buf[64];
	size_t len;
	int status = 0;

	while (!status && (item = str_next_item(&list, &len))) {
		if (len >= sizeof(buf))
			return bad_value(u, item, "is too long");
		memcpy(buf, item, len);
		buf[len] = '\0';
		status = take(u, buf);
	}
	return status;
}

static int take_number(const struct opt_use *u, uint64_t min, uint64_t max, uint64_t *v)
{
	char q[QUOTE_LEN];

	if (!str_to_u64(u->value, min, max, v))
		return 0;
	if (max == UINT64_MAX)
		return usage_error("%s: %s is not possible: give a number from %llu up", u->as,
				   quote(u->value, q), (unsigned long long)min);
	return usage_error("%s: %s is not possible: give a number from %llu to %llu",
			   u->as, quote(u->value, q), (unsigned long long)min,
			   (unsigned long long)max);
}

static int take_string(const struct opt_use *u, const char **v)
{
	if (!*u->value)
		return usage_error("%s: is empty: give a %s", u->as, u->row->arg);
	*v = u->value;
	return 0;
}

int set_switch(const struct opt_use *u)
{
	*(bool *)((char *)u->config + u->row->member) = true;
	return 0;
}

int set_count_of(const struct opt_use *u)
{
	uint8_t *count = (uint8_t *)u->config + u->row->member;

	if (u->row->letter == 't' && *count == 5)
		return usage_error("%s: given more than five times: -t to -ttttt are "
				   "known", u->as);
	*count += *count < UINT8_MAX;
	return 0;
}

int set_verbose(const struct opt_use *u)
{
	u->config->verbose++;
	return 0;
}

/* What the option asks for is what is done anyway. */
int set_nothing(const struct opt_use *u)
{
	(void)u;
	return 0;
}

/* --- processes --- */

static int take_pid(const struct opt_use *u, const char *item)
{
	struct run_config *c = u->config;
	uint64_t pid;
	size_t i;

	if (str_to_u64(item, 1, PID_MAX, &pid))
		return bad_value(u, item, "is not a process id: give a number from 1 "
				 "to 4194304");
	for (i = 0; i < c->npids; i++) {
		if (c->pids[i] == pid)
			return 0;
	}
	if (c->npids == MAX_PIDS)
		return usage_error("%s: more than %d processes: select them with --comm, "
				   "--uid or --cgroup", u->as, MAX_PIDS);
	c->pids[c->npids++] = pid;
	return 0;
}

int set_pid(const struct opt_use *u)
{
	return each_item(u, take_pid);
}

int set_comm(const struct opt_use *u)
{
	if (strlen(u->value) >= TT_MAX_GLOB)
		return bad_value(u, u->value, "is too long: give at most 31 characters");
	return take_string(u, &u->config->comm);
}

int set_uid(const struct opt_use *u)
{
	const struct passwd *pw;
	uint64_t uid;

	/* (uid_t)-1 means "no user" to the kernel. */
	if (str_to_u64(u->value, 0, UINT32_MAX - 1, &uid)) {
		pw = *u->value ? getpwnam(u->value) : NULL;
		if (!pw)
			return bad_value(u, u->value, "is no user here: give a name that "
					 "'getent passwd' lists, or a number");
		uid = pw->pw_uid;
	}
	u->config->uid = uid;
	u->config->by_uid = true;
	return 0;
}

int set_cgroup(const struct opt_use *u)
{
	return take_string(u, &u->config->cgroup);
}

int set_netns(const struct opt_use *u)
{
	uint64_t pid;

	if (strcmp(u->value, "all") != 0 && !strchr(u->value, '/') &&
	    str_to_u64(u->value, 1, u->config->command == CMD_READ ? UINT32_MAX : PID_MAX,
		       &pid))
		return bad_value(u, u->value, "is no process id, path or 'all': a named "
				 "one is /run/netns/NAME");
	return take_string(u, &u->config->netns);
}

/* --- sockets --- */

struct port_list {
	uint16_t *ports;
	size_t *count;
};

static struct port_list port_list_of(const struct opt_use *u)
{
	struct run_config *c = u->config;

	if (u->row->set == set_lport)
		return (struct port_list){ c->lports, &c->nlports };
	if (u->row->set == set_rport)
		return (struct port_list){ c->rports, &c->nrports };
	return (struct port_list){ c->ports, &c->nports };
}

static int take_port(const struct opt_use *u, const char *item)
{
	struct port_list list = port_list_of(u);
	uint64_t port;
	size_t i;

	if (str_to_u64(item, 1, UINT16_MAX, &port))
		return bad_value(u, item, "is not a port: give a number from 1 to 65535");
	for (i = 0; i < *list.count; i++) {
		if (list.ports[i] == port)
			return 0;
	}
	if (*list.count == MAX_PORTS)
		return usage_error("%s: more than %d ports: give fewer", u->as, MAX_PORTS);
	list.ports[(*list.count)++] = port;
	return 0;
}

int set_port(const struct opt_use *u)
{
	return each_item(u, take_port);
}

int set_lport(const struct opt_use *u)
{
	return each_item(u, take_port);
}

int set_rport(const struct opt_use *u)
{
	return each_item(u, take_port);
}

/* 32 or 128 for the length of an address of this family; 0: no address. */
static unsigned int parse_addr(const char *s, uint8_t addr[16])
{
	memset(addr, 0, 16);
	addr[10] = addr[11] = 0xff;
	if (inet_pton(AF_INET, s, addr + 12) == 1)
		return 32;
	return inet_pton(AF_INET6, s, addr) == 1 ? 128 : 0;
}

/* Bits past the prefix are not compared: drop them. */
static void mask_addr(struct addr_prefix *a)
{
	unsigned int i;

	for (i = a->len; i < 128; i++)
		a->addr[i / 8] &= ~(0x80 >> i % 8);
}

static int take_addr(const struct opt_use *u, const char *item)
{
	struct run_config *c = u->config;
	struct addr_prefix a;
	unsigned int bits;
	char host[64], q[QUOTE_LEN];
	uint64_t len;
	size_t n = strcspn(item, "/");

	memcpy(host, item, n);
	host[n] = '\0';
	bits = parse_addr(host, a.addr);
	if (!bits)
		return bad_value(u, item, "is not an address: give a numeric one such as "
				 "10.0.0.0/8 or 2001:db8::1");
	len = bits;
	if (item[n] && str_to_u64(item + n + 1, 0, bits, &len))
		return usage_error("%s: %s has no such prefix: give a length from 0 to %u",
				   u->as, quote(item, q), bits);
	if (c->naddrs == MAX_ADDRS)
		return usage_error("%s: more than %d addresses: give fewer, or a prefix",
				   u->as, MAX_ADDRS);
	a.len = 128 - bits + len;
	mask_addr(&a);
	c->addrs[c->naddrs++] = a;
	return 0;
}

int set_addr(const struct opt_use *u)
{
	return each_item(u, take_addr);
}

int set_family(const struct opt_use *u)
{
	uint8_t family = u->row->letter - '0';

	if (u->config->family && u->config->family != family)
		return usage_error("-4: conflicts with -6: leave both out for both "
				   "families");
	u->config->family = family;
	return 0;
}

static int take_state(const struct opt_use *u, const char *item)
{
	unsigned int state = state_by_name(item);
	char names[160] = "", q[QUOTE_LEN];

	if (state) {
		u->config->states |= 1u << state;
		/* One name, two kinds of socket: the request and the child. */
		if (state == ST_SYN_RECV || state == ST_NEW_SYN_RECV)
			u->config->states |= 1u << ST_SYN_RECV | 1u << ST_NEW_SYN_RECV;
		return 0;
	}
	for (state = ST_ESTABLISHED; state <= ST_CLOSING; state++)
		list_append(names, sizeof(names), state_name(state));
	return usage_error("%s: %s is not a TCP state: use %s", u->as, quote(item, q),
			   names);
}

int set_state(const struct opt_use *u)
{
	return each_item(u, take_state);
}

/* --- events --- */

static int no_such_event(const struct opt_use *u, const char *item)
{
	char names[256] = "", q[QUOTE_LEN];
	size_t i;

	for (i = 0; i < event_desc_count; i++) {
		if (event_descs[i].group != GROUP_LATER)
			list_append(names, sizeof(names), event_descs[i].name);
	}
	return usage_error("%s: %s is not an event: use %s, or no- and one of them", u->as,
			   quote(item, q), names);
}

static int take_event(const struct opt_use *u, const char *item)
{
	bool remove = str_starts(item, "no-");
	const char *name = item + (remove ? strlen("no-") : 0);
	const struct event_desc *e = event_desc__by_name(name, strlen(name));
	struct run_config *c = u->config;

	if (!e)
		return no_such_event(u, item);
	if (e->group == GROUP_LATER)
		return usage_error("%s: %s events are not in this release: leave %s out",
				   u->as, name, item);
	if (remove && e->id == EV_lost)
		return usage_error("%s: losses are always told: leave no-lost out", u->as);
	if (remove) {
		c->events_remove |= 1u << e->id;
	} else {
		c->events_add |= 1u << e->id;
		c->events_only = true;
	}
	return 0;
}

int set_events(const struct opt_use *u)
{
	return each_item(u, take_event);
}

/* The index of the value in a list of words that ends in NULL; -1 and a
 * message if it is none of them. */
static int take_word(const struct opt_use *u, const char *const *words)
{
	char names[64] = "", q[QUOTE_LEN];
	int i;

	for (i = 0; words[i]; i++) {
		if (strcmp(words[i], u->value) == 0)
			return i;
		list_append(names, sizeof(names), words[i]);
	}
	usage_error("%s: %s is not possible: use one of %s", u->as, quote(u->value, q),
		    names);
	return -1;
}

int set_packets(const struct opt_use *u)
{
	/* in the order of enum packets, which starts at PACKETS_NONE */
	static const char *const words[] = { "none", "control", "all", NULL };
	int i = take_word(u, words);

	if (i < 0)
		return STATUS_USAGE;
	u->config->packets = i;
	return 0;
}

int set_interface(const struct opt_use *u)
{
	struct run_config *c = u->config;
	size_t len = strcspn(u->value, "@");

	if (strcmp(u->value, "any") == 0) {
		c->any_iface = true;
		return 0;
	}
	if (!len || len > 15 || (u->value[len] && !u->value[len + 1]))
		return bad_value(u, u->value, "is not an interface: give a name such as eth0, "
				 "or eth0@NETNS for one in another network namespace");
	if (c->nifaces == MAX_IFACES)
		return usage_error("%s: more than %d interfaces: use any", u->as, MAX_IFACES);
	c->ifaces[c->nifaces++] = u->value;
	return 0;
}

/* --- output --- */

/* Which outputs there are depends on the command: output__check(). */
int set_output(const struct opt_use *u)
{
	u->config->output = u->value;
	return 0;
}

int set_json(const struct opt_use *u)
{
	u->config->output = "json";
	return 0;
}

int set_snaplen(const struct opt_use *u)
{
	uint64_t bytes;

	if (take_number(u, 0, TT_SNAPLEN_MAX, &bytes))
		return STATUS_USAGE;
	u->config->snaplen = bytes;
	return 0;
}

int set_log(const struct opt_use *u)
{
	return take_string(u, &u->config->log_file);
}

int set_color(const struct opt_use *u)
{
	static const char *const words[] = { "auto", "always", "never", NULL };
	int i = take_word(u, words);

	if (i < 0)
		return STATUS_USAGE;
	u->config->color = i;
	return 0;
}

/* --- limits --- */

int set_count(const struct opt_use *u)
{
	return take_number(u, 1, UINT64_MAX, &u->config->count);
}

int set_rate(const struct opt_use *u)
{
	return take_number(u, 1, UINT64_MAX, &u->config->rate);
}

int set_buffer(const struct opt_use *u)
{
	uint64_t mb;

	if (take_number(u, 1, 1024, &mb))
		return STATUS_USAGE;
	u->config->buffer_mb = mb;
	return 0;
}

static int take_seconds(const struct opt_use *u, uint64_t *ns)
{
	if (!str_to_ns(u->value, ns) && *ns)
		return 0;
	return bad_value(u, u->value, "is not a duration: give seconds above 0, such as 10 "
			 "or 1.5");
}

int set_duration(const struct opt_use *u)
{
	return take_seconds(u, &u->config->duration_ns);
}

int set_watch(const struct opt_use *u)
{
	return take_seconds(u, &u->config->watch_ns);
}

int set_timeout(const struct opt_use *u)
{
	return take_seconds(u, &u->config->timeout_ns);
}

int set_wait_for(const struct opt_use *u)
{
	return take_string(u, &u->config->wait_for);
}

int set_orphan_wait(const struct opt_use *u)
{
	if (str_to_ns(u->value, &u->config->orphan_wait_ns))
		return bad_value(u, u->value, "is not a time: give seconds, such as 0 or "
				 "2.5");
	return 0;
}

/* --- how --- */

int set_hooks(const struct opt_use *u)
{
	/* in the order of enum hook_kind */
	static const char *const words[] = { "auto", "fentry", "kprobe", "tracepoint",
					     NULL };
	int i = take_word(u, words);

	if (i < 0)
		return STATUS_USAGE;
	u->config->hooks = i;
	return 0;
}

int set_tap(const struct opt_use *u)
{
	/* in the order of enum tap_kind */
	static const char *const words[] = { "auto", "skb", "tc", "clsact", "xdp", NULL };
	int i = take_word(u, words);

	if (i < 0)
		return STATUS_USAGE;
	u->config->tap = i;
	return 0;
}

int set_btf(const struct opt_use *u)
{
	return take_string(u, &u->config->btf_file);
}

int set_ready_fd(const struct opt_use *u)
{
	uint64_t fd;
	int flags;

	if (str_to_u64(u->value, 3, INT32_MAX, &fd))
		return bad_value(u, u->value, "is not possible: give a descriptor from 3 "
				 "up: 0 to 2 are the standard streams");
	flags = fcntl((int)fd, F_GETFL);
	if (flags < 0)
		return bad_value(u, u->value, "is not an open descriptor: open it in the "
				 "shell, as in 3>file");
	if ((flags & O_ACCMODE) == O_RDONLY)
		return bad_value(u, u->value, "is open for reading only: open it for "
				 "writing");
	u->config->ready_fd = (int)fd;
	return 0;
}
