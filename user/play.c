// SPDX-License-Identifier: BSD-2-Clause
#include "play.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hashmap.h"
#include "base/log.h"
#include "selection.h"
#include "tcptrace/parse.h"
#include "teller.h"

struct name {
	uint64_t id;
	uint32_t kind;
	char *text;
};

struct play {
	struct play_opts opts;
	struct flow_table *flows;
	struct tt_blk_settings settings;
	struct teller teller; /* the run's own limits */
	struct hashmap names, children;
	const struct tt_rec_packet *packet; /* that is applied */
	uint8_t *copy; /* of a record, to mark its task */
	size_t copy_size;
	bool ended;
};

/* --- names ----------------------------------------------------------------- */

static bool same_name(const void *entry, const void *key)
{
	const struct name *a = entry, *b = key;

	return a->id == b->id && a->kind == b->kind;
}

static uint32_t name_hash(const struct name *n)
{
	return hash_u64(n->id ^ (uint64_t)n->kind << 56);
}

static int learn_name(struct play *p, const struct tt_blk_name *b,
		      const char *text)
{
	struct name key = { .id = b->id, .kind = b->kind };
	struct name *n = hashmap__find(&p->names, name_hash(&key), &key);

	if (!n) {
		n = calloc(1, sizeof(*n));
		if (!n)
			return -ENOMEM;
		*n = key;
		if (hashmap__insert(&p->names, name_hash(n), n)) {
			free(n);
			return -ENOMEM;
		}
	}
	free(n->text);
	n->text = text ? strdup(text) : NULL;
	return text && !n->text ? -ENOMEM : 0;
}

const char *play__name(void *ctx, uint32_t kind, uint64_t id)
{
	struct play *p = ctx;
	struct name key = { .id = id, .kind = kind };
	const struct name *n = hashmap__find(&p->names, name_hash(&key), &key);

	return n ? n->text : NULL;
}

static const char *name_cgroup(void *ctx, uint64_t id)
{
	return play__name(ctx, TT_NAME_CGROUP, id);
}

static const char *name_rst(void *ctx, uint32_t reason)
{
	return play__name(ctx, TT_NAME_RST, reason);
}

static const char *name_drop(void *ctx, uint32_t reason)
{
	return play__name(ctx, TT_NAME_DROP, reason);
}

static const char *name_symbol(void *ctx, uint64_t addr)
{
	return play__name(ctx, TT_NAME_SYMBOL, addr);
}

/* --- facts ----------------------------------------------------------------- */

static bool is_control(const struct tt_rec_packet *r)
{
	struct tt_seg seg;

	return (r->flags & TT_PKT_COMPLETES) ||
	       (!tt_parse_segment(tt_packet_data(r), r->caplen, r->wire_len,
				  &seg) &&
		seg.tcp_flags & (TT_TCP_SYN | TT_TCP_FIN | TT_TCP_RST));
}

/* What the run told, and then what the reader wants of it. */
static void narrow(void *ctx, const struct fact *f)
{
	struct play *p = ctx;

	if (!(p->opts.also.events >> f->id & 1))
		return;
	if (f->id == EV_packet && p->opts.control_only && p->packet &&
	    !is_control(p->packet))
		return;
	p->opts.sink(p->opts.ctx, f);
}

static void on_fact(void *ctx, const struct fact *f)
{
	struct play *p = ctx;

	teller__fact(&p->teller, f);
}

/* --- the settings ---------------------------------------------------------- */

/* A second section is another run, or another file of this one. */
static int take_settings(struct play *p, const struct tt_blk_settings *b)
{
	struct flow_opts o = {
		.hz = b->hz,
		.max_flows = 1u << 20,
		.cgroup_path = name_cgroup,
		.rst_reason = name_rst,
		.drop_reason = name_drop,
		.symbol = name_symbol,
		.names_ctx = p,
		.sink = on_fact,
		.sink_ctx = p,
		.also = p->opts.also,
	};

	if (b->version > TT_RECORDING_VERSION)
		log_warn("recorded by a later version of tcptrace-bpf (%.*s): what this "
			 "one does not know is left out", (int)sizeof(b->tool), b->tool);
	p->settings = *b;
	p->settings.tool[sizeof(p->settings.tool) - 1] = 0;
	p->settings.kernel[sizeof(p->settings.kernel) - 1] = 0;
	select_from_settings(&o.select, b);
	o.select.by_task |= p->opts.also.by_task;
	flow_table__free(p->flows);
	p->flows = flow_table__new(&o);
	p->teller = (struct teller){
		.sink = narrow, .ctx = p, .flows = p->flows,
		.count = b->count, .rate = b->rate, .told = b->told,
		.rate_second = b->rate_second, .rate_used = b->rate_used,
		.rate_dropped = b->rate_dropped,
	};
	p->ended = false;
	return p->flows ? 0 : -ENOMEM;
}

/* --- the reader's selection of processes ----------------------------------- */

static struct tt_task *task_of(struct tt_hdr *rec)
{
	switch (rec->kind) {
	case TT_REC_STATE:
		return &((struct tt_rec_state *)rec)->task;
	case TT_REC_CALL:
		return &((struct tt_rec_call *)rec)->task;
	case TT_REC_CLOSE:
		return &((struct tt_rec_close *)rec)->task;
	case TT_REC_DESTROY:
		return &((struct tt_rec_destroy *)rec)->task;
	case TT_REC_RESET:
		return &((struct tt_rec_reset *)rec)->task;
	case TT_REC_TASK:
		return &((struct tt_rec_task *)rec)->task;
	case TT_REC_SOCKET:
		return &((struct tt_rec_socket *)rec)->task;
	default:
		return NULL;
	}
}

static bool same_pid(const void *entry, const void *key)
{
	return *(const uint32_t *)entry == *(const uint32_t *)key;
}

static bool is_child(const struct play *p, uint32_t pid)
{
	return hashmap__find(&p->children, hash_u64(pid), &pid) != NULL;
}

static void add_child(struct play *p, uint32_t pid)
{
	uint32_t *entry = is_child(p, pid) ? NULL : malloc(sizeof(*entry));

	if (!entry)
		return;
	*entry = pid;
	if (hashmap__insert(&p->children, hash_u64(pid), entry))
		free(entry);
}

/* By name: what the recording host had under an id is told in the recording. */
static bool in_cgroup(struct play *p, uint64_t id)
{
	const char *want = p->opts.cgroup, *name;
	size_t len = want ? strlen(want) : 0;

	if (!want)
		return true;
	name = play__name(p, TT_NAME_CGROUP, id);
	while (len && want[len - 1] == '/')
		len--;
	return name && !strncmp(name, want, len) && (!name[len] || name[len] == '/');
}

static bool reader_wants(struct play *p, const struct tt_task *task)
{
	return task->pid && ((select_task__match(&p->opts.task, task) &&
			      in_cgroup(p, task->cgroup)) ||
			     is_child(p, task->pid));
}

static void follow(struct play *p, const struct tt_rec_task *r)
{
	struct tt_task parent = { .pid = r->parent, .uid = r->task.uid };

	memcpy(parent.comm, r->task.comm, sizeof(parent.comm));
	if (r->what == TT_TASK_FORK && reader_wants(p, &parent))
		add_child(p, r->task.pid);
}

static void mark_task(struct play *p, struct tt_hdr *rec)
{
	struct tt_task *task = task_of(rec);
	bool run;

	if (!task)
		return;
	if (p->opts.follow && rec->kind == TT_REC_TASK)
		follow(p, (const struct tt_rec_task *)rec);
	run = !p->settings.by_task || task->flags & TT_TASK_SELECTED;
	task->flags &= ~TT_TASK_SELECTED;
	if (run && reader_wants(p, task))
		task->flags |= TT_TASK_SELECTED;
}

/* Decoded records are const: what the reader's words change is a copy. */
static const struct tt_hdr *marked(struct play *p, const struct tt_hdr *rec)
{
	if (!p->opts.also.by_task || rec->kind == TT_REC_PACKET)
		return rec;
	if (rec->len > p->copy_size) {
		free(p->copy);
		p->copy = malloc(rec->len);
		p->copy_size = p->copy ? rec->len : 0;
	}
	if (!p->copy)
		return rec;
	memcpy(p->copy, rec, rec->len);
	mark_task(p, (struct tt_hdr *)p->copy);
	return (const struct tt_hdr *)p->copy;
}

/* --- steps ----------------------------------------------------------------- */

static void load_proc(struct play *p, const struct step *s)
{
	struct tt_saved_proc proc;
	struct tt_task task = { 0 };
	bool run;

	memcpy(&proc, s->data, sizeof(proc));
	proc.comm[sizeof(proc.comm) - 1] = 0;
	task.pid = proc.pid;
	task.uid = proc.uid;
	task.cgroup = proc.cgroup;
	memcpy(task.comm, proc.comm, sizeof(task.comm));
	run = !p->settings.by_task || proc.flags & TT_PROC_SELECTED;
	if (p->opts.also.by_task) {
		proc.flags &= ~TT_PROC_SELECTED;
		if (run && reader_wants(p, &task))
			proc.flags |= TT_PROC_SELECTED;
	}
	flow_table__load_proc(p->flows, &proc);
}

static void apply(struct play *p, const struct step *s)
{
	const struct tt_hdr *rec = marked(p, s->rec);

	p->packet = rec->kind == TT_REC_PACKET ? (const void *)rec : NULL;
	flow_table__apply(p->flows, rec, record_time(rec), s->late);
	p->packet = NULL;
}

static void play_one(struct play *p, const struct step *s)
{
	switch (s->what) {
	case TT_BLK_RECORD:
		apply(p, s);
		break;
	case TT_BLK_EARLY:
		flow_table__preview(p->flows, s->rec);
		break;
	case TT_BLK_FOUND:
		flow_table__found(p->flows, (const void *)marked(p, s->rec));
		break;
	case TT_BLK_FOUND_END:
		flow_table__tell_found(p->flows, s->time_ns);
		break;
	case TT_BLK_LOST:
		flow_table__lost(p->flows, s->time_ns, s->lost->what,
				 s->lost->why, s->lost->count);
		break;
	case TT_BLK_EXPIRE:
		flow_table__expire(p->flows, s->time_ns);
		break;
	case TT_BLK_RATE:
		teller__begin_second(&p->teller, s->time_ns);
		break;
	case TT_BLK_PROCESS:
		load_proc(p, s);
		break;
	case TT_BLK_FLOW:
		flow_table__load_flow(p->flows, s->data, s->len);
		break;
	case TT_BLK_TABLE:
		flow_table__load_table(p->flows, s->data);
		break;
	case TT_BLK_END:
		p->ended = true;
		break;
	}
}

static int take_filter(struct play *p, const char *text)
{
	struct select s = { 0 };
	int err;

	if (!p->flows || !p->opts.filter)
		return 0;
	err = p->opts.filter(p->opts.ctx, text, &s);
	if (!err)
		flow_table__set_filter(p->flows, s.takes, s.takes_ctx);
	return err;
}

int play__step(struct play *p, const struct step *s)
{
	if (s->what == TT_BLK_SETTINGS)
		return take_settings(p, s->settings);
	if (s->what == TT_BLK_FILTER)
		return take_filter(p, s->text);
	if (s->what == TT_BLK_NAME)
		return learn_name(p, s->name, s->text);
	if (p->flows && !p->teller.stop)
		play_one(p, s);
	return 0;
}

uint64_t step__time(const struct step *s)
{
	switch (s->what) {
	case TT_BLK_RECORD:
		return record_time(s->rec);
	case TT_BLK_FOUND_END:
	case TT_BLK_LOST:
	case TT_BLK_RATE:
		return s->time_ns;
	default:
		return 0;
	}
}

struct play *play__new(const struct play_opts *opts)
{
	struct play *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->opts = *opts;
	hashmap__init(&p->names, same_name);
	hashmap__init(&p->children, same_pid);
	return p;
}

void play__free(struct play *p)
{
	struct name *n;
	uint32_t *pid;
	size_t pos = 0;

	if (!p)
		return;
	flow_table__free(p->flows);
	while ((n = hashmap__next(&p->names, &pos))) {
		free(n->text);
		free(n);
	}
	pos = 0;
	while ((pid = hashmap__next(&p->children, &pos)))
		free(pid);
	hashmap__release(&p->names);
	hashmap__release(&p->children);
	free(p->copy);
	free(p);
}

bool play__ready(const struct play *p)
{
	return p->flows;
}

const struct tt_blk_settings *play__settings(const struct play *p)
{
	return &p->settings;
}

struct flow_table *play__flows(struct play *p)
{
	return p->flows;
}

bool play__ended(const struct play *p)
{
	return p->ended;
}
