// SPDX-License-Identifier: BSD-2-Clause
#include "flow/match.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "event/names.h"

#define NODES_MAX 64
#define LIST_MAX 16
#define WORD_MAX 256
#define DEPTH_MAX 32

enum what { AND, OR, NOT, STATE, PORT, LPORT, RPORT, ADDR, PID, COMM, UID };

struct node {
	enum what what;
	int left, right; /* of AND, OR, NOT */
	uint32_t states;
	uint32_t numbers[LIST_MAX];
	size_t n;
	uint8_t addr[16];
	unsigned int bits;
	char glob[WORD_MAX];
};

struct match {
	struct node nodes[NODES_MAX];
	int count, root;
	bool none;
};

struct parser {
	struct match *m;
	const char *at;
	char word[WORD_MAX]; /* the next, "" at the end */
	struct match_error *error;
	int depth;
};

static int fail(struct parser *p, const char *why)
{
	if (!p->error->why) {
		p->error->why = why;
		str_copy(p->error->word, p->word, sizeof(p->error->word));
	}
	return -1;
}

/* Parentheses and ! are words of their own. */
static void next(struct parser *p)
{
	size_t len;

	p->at += strspn(p->at, " \t\n");
	len = strcspn(p->at, " \t\n()!");
	if (!len && *p->at)
		len = 1;
	if (len >= sizeof(p->word))
		len = sizeof(p->word) - 1;
	memcpy(p->word, p->at, len);
	p->word[len] = '\0';
	p->at += len;
}

static bool is(const struct parser *p, const char *word, const char *sign)
{
	return !strcmp(p->word, word) || (sign && !strcmp(p->word, sign));
}

static int add(struct parser *p, enum what what, int left, int right)
{
	struct match *m = p->m;

	if (m->count == NODES_MAX)
		return fail(p, "the expression is too long");
	m->nodes[m->count] = (struct node){ .what = what, .left = left, .right = right };
	return m->count++;
}

/* --- primitives ------------------------------------------------------------ */

static bool take_state(struct node *n, const char *item)
{
	unsigned int state = state_by_name(item);

	n->states |= 1u << state;
	if (state == ST_SYN_RECV || state == ST_NEW_SYN_RECV)
		n->states |= 1u << ST_SYN_RECV | 1u << ST_NEW_SYN_RECV;
	return state;
}

static bool take_number(struct node *n, const char *item)
{
	uint64_t max = n->what == PID || n->what == UID ? UINT32_MAX - 1 : UINT16_MAX, v;

	if (n->n == LIST_MAX || str_to_u64(item, n->what != UID, max, &v))
		return false;
	n->numbers[n->n++] = v;
	return true;
}

static bool take_addr(struct node *n, const char *item)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	size_t len = strcspn(item, "/");
	uint64_t bits, most = 32;
	char host[64];

	if (len >= sizeof(host))
		return false;
	memcpy(host, item, len);
	host[len] = '\0';
	memcpy(n->addr, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, host, n->addr + 12) != 1) {
		most = 128;
		if (inet_pton(AF_INET6, host, n->addr) != 1)
			return false;
	}
	bits = most;
	if (item[len] && str_to_u64(item + len + 1, 0, most, &bits))
		return false;
	n->bits = 128 - most + bits;
	return true;
}

static bool take_items(struct node *n, const char *list)
{
	char item[WORD_MAX];
	const char *at;
	size_t len;
	bool ok = *list;

	if (n->what == ADDR)
		return take_addr(n, list);
	if (n->what == COMM) {
		str_copy(n->glob, list, sizeof(n->glob));
		return ok;
	}
	while (ok && (at = str_next_item(&list, &len))) {
		memcpy(item, at, len);
		item[len] = '\0';
		ok = n->what == STATE ? take_state(n, item) : take_number(n, item);
	}
	return ok;
}

static const struct {
	const char *key, *wrong;
	enum what what;
} keys[] = {
	{ "state", "is not a TCP state such as ESTABLISHED", STATE },
	{ "port", "is not a port from 1 to 65535", PORT },
	{ "lport", "is not a port from 1 to 65535", LPORT },
	{ "rport", "is not a port from 1 to 65535", RPORT },
	{ "sport", "is not a port from 1 to 65535", LPORT },
	{ "dport", "is not a port from 1 to 65535", RPORT },
	{ "addr", "is not an address such as 10.0.0.0/8", ADDR },
	{ "host", "is not an address such as 10.0.0.0/8", ADDR },
	{ "pid", "is not a process id", PID },
	{ "comm", "is not a name", COMM },
	{ "uid", "is not a user's number", UID },
};

static int parse_primitive(struct parser *p)
{
	int node;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(p->word, keys[i].key))
			break;
	if (i == sizeof(keys) / sizeof(keys[0])) {
		node = state_by_name(p->word) ? add(p, STATE, 0, 0) :
			fail(p, *p->word ? "is neither a state nor one of state, port, "
			     "lport, rport, addr, pid, comm, uid" : "something is missing");
		if (node >= 0)
			take_items(&p->m->nodes[node], p->word);
		next(p);
		return node;
	}
	node = add(p, keys[i].what, 0, 0);
	next(p);
	if (node >= 0 && !take_items(&p->m->nodes[node], p->word))
		return fail(p, *p->word ? keys[i].wrong : "something is missing");
	next(p);
	return node;
}

/* --- and, or, not ---------------------------------------------------------- */

static int parse_or(struct parser *p);

static int parse_term(struct parser *p)
{
	int node;

	if (++p->depth > DEPTH_MAX)
		return fail(p, "the expression is too deep");
	if (is(p, "not", "!")) {
		next(p);
		node = parse_term(p);
		node = node < 0 ? node : add(p, NOT, node, 0);
	} else if (is(p, "(", NULL)) {
		next(p);
		node = parse_or(p);
		if (node >= 0 && !is(p, ")", NULL))
			return fail(p, "a ) is missing");
		next(p);
	} else {
		node = parse_primitive(p);
	}
	p->depth--;
	return node;
}

static int parse_and(struct parser *p)
{
	int left = parse_term(p), right;

	while (left >= 0 && is(p, "and", "&&")) {
		next(p);
		right = parse_term(p);
		left = right < 0 ? right : add(p, AND, left, right);
	}
	return left;
}

static int parse_or(struct parser *p)
{
	int left = parse_and(p), right;

	while (left >= 0 && is(p, "or", "||")) {
		next(p);
		right = parse_and(p);
		left = right < 0 ? right : add(p, OR, left, right);
	}
	return left;
}

/* A not at the front is of the whole: as a filter of single sockets it would
 * hold as soon as any other socket exists, which nobody means. */
struct match *match__new(const char *text, struct match_error *error)
{
	struct match *m = calloc(1, sizeof(*m));
	struct parser p = { .m = m, .at = text, .error = error };

	*error = (struct match_error){ 0 };
	if (!m) {
		error->why = "out of memory";
		return NULL;
	}
	next(&p);
	if (is(&p, "not", "!")) {
		m->none = true;
		next(&p);
	}
	m->root = parse_or(&p);
	if (m->root >= 0 && *p.word)
		m->root = fail(&p, "does not belong there: join terms with and, or");
	if (m->root < 0) {
		free(m);
		return NULL;
	}
	return m;
}

void match__free(struct match *m)
{
	free(m);
}

bool match__asks_for_none(const struct match *m)
{
	return m->none;
}

/* --- a socket -------------------------------------------------------------- */

static bool has(const struct node *n, uint32_t v)
{
	for (size_t i = 0; i < n->n; i++)
		if (n->numbers[i] == v)
			return true;
	return false;
}

static bool in_prefix(const uint8_t addr[16], const struct node *n)
{
	unsigned int bytes = n->bits / 8, bits = n->bits % 8;

	if (memcmp(addr, n->addr, bytes))
		return false;
	return !bits || !((addr[bytes] ^ n->addr[bytes]) >> (8 - bits));
}

static bool is_owner(const struct node *n, const struct sock_owner *o)
{
	switch (n->what) {
	case PID:
		return has(n, o->pid);
	case UID:
		return has(n, o->uid);
	default:
		return str_glob(n->glob, o->comm);
	}
}

static bool any_owner(const struct node *n, const struct socket_entry *e)
{
	if (!e->nowners && e->listener)
		e = e->listener;
	for (uint32_t i = 0; i < e->nowners; i++)
		if (is_owner(n, &e->owners[i]))
			return true;
	return false;
}

static bool holds(const struct match *m, int i, const struct socket_entry *e)
{
	const struct node *n = &m->nodes[i];
	const struct tt_tuple *t = &e->rec.sock.tuple;
	uint16_t l = __builtin_bswap16(t->lport_be), r = __builtin_bswap16(t->rport_be);

	switch (n->what) {
	case AND:
		return holds(m, n->left, e) && holds(m, n->right, e);
	case OR:
		return holds(m, n->left, e) || holds(m, n->right, e);
	case NOT:
		return !holds(m, n->left, e);
	case STATE:
		return n->states >> socket_entry__state(e) & 1;
	case PORT:
		return has(n, l) || has(n, r);
	case LPORT:
		return has(n, l);
	case RPORT:
		return has(n, r);
	case ADDR:
		return in_prefix(t->laddr_be, n) ||
		       (t->rport_be && in_prefix(t->raddr_be, n));
	default:
		return any_owner(n, e);
	}
}

bool match__socket(const struct match *m, const struct socket_entry *e)
{
	return holds(m, m->root, e);
}
