// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sockets as CSV (RFC 4180, lines end as Unix ends them): a title, and a row a
 * socket, with the names and values of JSON. What is unknown is empty; owners
 * are COMM/PID/FD, a space between them. --info and --memory add what the
 * kernel tells, by its names.
 */
#include "view/list.h"

#include <stdlib.h>
#include <string.h>

#include "event/desc.h"
#include "event/tcp_info.h"
#include "view/csv_text.h"
#include "view/json.h"
#include "view/line.h"

static const enum field fields[] = {
	F_SK, F_NETNS, F_FAMILY, F_MAPPED, F_STATE, F_LADDR, F_LPORT, F_RADDR, F_RPORT,
	F_PID, F_COMM, F_FD, F_UID, F_OWNER_SRC, F_CGROUP, F_INODE, F_RECV_Q, F_SEND_Q,
	F_QUEUE_LEN, F_QUEUE_MAX, F_SOCK_UID,
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

/* Numbers and words are as in JSON, texts as in other CSV. */
static void put_value(struct line *l, const struct fact *f, const struct field_desc *d)
{
	const void *p = (const char *)f + d->offset;

	if (d->type == FT_STR)
		csv_text__put(l, *(const char *const *)p);
	else if (d->type == FT_HEX)
		line__hex(l, *(const uint64_t *)p);
	else if (d->type == FT_ADDR)
		line__addr(l, p);
	else
		json__put_value(l, f, d);
}

static void put_peer(struct line *l, const struct fact *f)
{
	bool known = fact_has(f, F_PEER);

	line__char(l, ',');
	if (known && f->peer.pid)
		line__u64(l, f->peer.pid);
	line__char(l, ',');
	if (known && f->peer.comm)
		csv_text__put(l, f->peer.comm);
	line__char(l, ',');
	if (known && f->peer.fd >= 0)
		line__u64(l, (uint32_t)f->peer.fd);
	line__char(l, ',');
	if (known && f->peer.sk)
		line__hex(l, f->peer.sk);
}

static void put_owners(struct line *l, const struct fact *f)
{
	line__str(l, ",\"");
	for (uint32_t i = 0; i < f->nowners; i++) {
		if (i)
			line__char(l, ' ');
		csv_text__put_quoted(l, f->owners[i].comm);
		line__char(l, '/');
		line__u64(l, f->owners[i].pid);
		line__char(l, '/');
		line__s64(l, f->owners[i].fd);
	}
	line__str(l, "\",\"");
	for (size_t k = 0; fact_has(f, F_ATTENTION) && f->attention[k]; k++) {
		if (k)
			line__char(l, ' ');
		line__str(l, f->attention[k]);
	}
	line__char(l, '"');
}

static void put_diag(struct line *l, const struct sock_diag *d,
		     const struct list_opts *o)
{
	for (int k = 0; o->memory && k < SKMEM_MAX; k++) {
		line__char(l, ',');
		if (d && k < d->nskmem)
			line__u64(l, d->skmem[k]);
	}
	if (!o->info)
		return;
	line__char(l, ',');
	if (d && d->has & DIAG_CONG)
		csv_text__put(l, d->cong);
	for (int k = 0; k < TI_MAX; k++) {
		line__char(l, ',');
		if (d && tcp_info__has(d->tcp_info_len, k))
			line__u64(l, tcp_info__get(d->tcp_info, d->tcp_info_len, k));
	}
}

static void put_title(struct line *l, const struct list_opts *o)
{
	for (size_t i = 0; i < FIELDS; i++) {
		if (i)
			line__char(l, ',');
		line__str(l, field_desc__by_id(fields[i])->name);
	}
	line__str(l, ",peer_pid,peer_comm,peer_fd,peer_sk,owners,attention");
	for (int k = 0; o->memory && k < SKMEM_MAX; k++) {
		line__str(l, ",skmem_");
		line__str(l, skmem_names[k]);
	}
	if (o->info)
		line__str(l, ",congestion");
	for (int k = 0; o->info && k < TI_MAX; k++) {
		line__char(l, ',');
		line__str(l, tcp_info_fields[k].name);
	}
}

static void put_row(struct line *l, const struct fact *f, const struct list_opts *o)
{
	const struct field_desc *d;

	for (size_t i = 0; i < FIELDS; i++) {
		d = field_desc__by_id(fields[i]);
		if (i)
			line__char(l, ',');
		if (fact_has(f, d->id))
			put_value(l, f, d);
	}
	put_peer(l, f);
	put_owners(l, f);
	put_diag(l, f->diag, o);
}

static void print(const struct socket_entry *const *list, size_t n,
		  const struct list_opts *opts, struct out *out)
{
	struct line *l = malloc(sizeof(*l));
	struct socket_fact sf = { 0 };

	if (!l)
		return;
	line__begin(l, out);
	put_title(l, opts);
	line__end(l);
	for (size_t i = 0; i < n; i++) {
		if (socket_fact__fill(&sf, list[i], 0, 0, opts->cgroup, opts->ctx))
			break;
		line__begin(l, out);
		put_row(l, &sf.fact, opts);
		line__end(l);
	}
	socket_fact__release(&sf);
	free(l);
}

const struct list_view list_csv = {
	.name = "csv",
	.print = print,
};
