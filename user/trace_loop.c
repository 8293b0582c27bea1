/* SPDX-License-Identifier: BSD-2-Clause */
/* The run: drain, sort, tell, until it ends. */
#include "trace.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/out.h"
#include "base/str.h"
#include "base/time.h"
#include "cli/config.h"
#include "commands.h"
#include "event/decode.h"
#include "event/desc.h"
#include "flow/flow.h"
#include "live/session.h"
#include "live/system.h"
#include "order/order.h"

enum { PERIOD_MS = 5, IDLE_MS = 1000, TELL_BATCH = 128 };

#define WINDOW_NS (2 * PERIOD_MS * NS_PER_MS)
#define TELL_NS (4 * PERIOD_MS * NS_PER_MS) /* the ring lasts for longer */
#define REFRESH_NS (60 * NS_PER_SEC)

/* --- facts out ------------------------------------------------------------- */

/* A packet's owner is known only now, when it is told. */
static void keep_owner(struct trace *t, const struct fact *f)
{
	struct packet_owner *o = &t->owner;

	o->told = true;
	o->pid = fact_has(f, F_PID) ? f->pid : 0;
	o->tid = fact_has(f, F_TID) ? f->tid : 0;
	o->fd = fact_has(f, F_FD) ? f->fd : -1;
	o->state = fact_has(f, F_STATE) ? f->state : NULL;
	str_copy(o->comm, fact_has(f, F_COMM) ? f->comm : "", sizeof(o->comm));
}

void trace__fact(void *ctx, const struct fact *f)
{
	struct trace *t = ctx;

	if (t->recorder && f->id == EV_packet)
		keep_owner(t, f);
	teller__fact(&t->teller, f);
	t->stop |= t->teller.stop;
}

void trace__lost(struct trace *t, uint64_t now, const char *what,
		 const char *why, uint64_t count)
{
	if (t->recorder)
		recorder__lost(t->recorder, now, what, why, count);
	flow_table__lost(t->flows, now, what, why, count);
	order__told(t->order, now);
}

static void begin_second(struct trace *t, uint64_t now)
{
	if (t->recorder)
		recorder__time(t->recorder, TT_BLK_RATE, now);
	teller__begin_second(&t->teller, now);
}

/* --- records in ------------------------------------------------------------ */

bool trace__record(void *ctx, const void *data, size_t len)
{
	struct trace *t = ctx;
	const struct tt_hdr *rec;

	if (decode_record(data, len, &rec) != DECODE_OK) {
		t->malformed++;
		return true;
	}
	if (t->recorder && flow_table__previews(t->flows, rec))
		recorder__early(t->recorder, rec);
	flow_table__preview(t->flows, rec);
	if (order__push(t->order, rec, record_time(rec)))
		t->malformed++;
	return !order__is_full(t->order);
}

static void on_task(struct trace *t, const struct tt_rec_task *r)
{
	if (r->what == TT_TASK_FORK) {
		living__add(&t->living, r->task.pid);
		living__del(&t->leaving, r->task.pid);
	} else if (r->what == TT_TASK_EXIT) {
		living__del(&t->living, r->task.pid);
		living__add(&t->leaving, r->task.pid);
	}
}

/* What ended is selected until its descriptors are closed; then its pid may
 * come round again as another process. */
static void forget_gone(struct trace *t)
{
	for (size_t i = 0; i < t->leaving.count; i++) {
		uint32_t pid = t->leaving.pids[i];

		if (!system__is_gone(pid))
			continue;
		session__del_pid(t->session, pid);
		living__del(&t->leaving, pid);
		i--;
	}
}

static void tell_found(struct trace *t)
{
	flow_table__tell_found(t->flows, t->found_ns);
	if (t->recorder) /* after the names that this asked for */
		recorder__time(t->recorder, TT_BLK_FOUND_END, t->found_ns);
	t->found_ns = 0;
}

static void apply(struct trace *t, const struct tt_hdr *rec, uint64_t time_ns,
		  bool late)
{
	if (t->recorder && !recorder__turn(t->recorder, time_ns)) {
		t->stop = true; /* -W: that was the last file */
		return;
	}
	t->owner.told = false;
	flow_table__apply(t->flows, rec, time_ns, late);
	if (t->recorder)
		recorder__record(t->recorder, rec, late, &t->owner);
}

/*
 * Under load much is due at once, and to tell takes longer than to drain: after
 * a while the ring has its turn again. False if more is due.
 */
static bool tell_until(struct trace *t, uint64_t until, uint64_t stop_ns)
{
	const struct tt_hdr *rec;
	uint64_t time_ns;
	bool late;

	for (int n = 1; !t->stop; n++) {
		if (n % TELL_BATCH == 0 && time_boot_ns() >= stop_ns)
			return false;
		rec = order__pop(t->order, until, &time_ns, &late);
		if (!rec)
			break;
		if (t->found_ns && time_ns > t->found_ns)
			tell_found(t);
		if (rec->kind == TT_REC_TASK)
			on_task(t, (const struct tt_rec_task *)rec);
		apply(t, rec, time_ns, late);
		if (!late)
			t->told_ns = time_ns;
	}
	if (t->found_ns && until >= t->found_ns)
		tell_found(t);
	t->told_ns = until;
	return true;
}

/* --- losses ---------------------------------------------------------------- */

static const char *const lost_why[] = {
	[TT_LOST_RING] = "ring",
	[TT_LOST_TABLE] = "table",
	[TT_LOST_READ] = "read",
	[TT_LOST_RETURN] = "returns",
};

static const char *const lost_what[TT_REC_MAX] = {
	[TT_REC_STATE] = "state",     [TT_REC_CALL] = "call",
	[TT_REC_CLOSE] = "close",     [TT_REC_DESTROY] = "destroy",
	[TT_REC_PACKET] = "packet",   [TT_REC_RETRANSMIT] = "retransmit",
	[TT_REC_RESET] = "reset",     [TT_REC_DROP] = "drop",
	[TT_REC_TASK] = "process",    [TT_REC_SOCKET] = "socket",
};

/* What is in the ring by now comes before what was lost, the rest after it. */
static void note_losses(struct trace *t, uint64_t now)
{
	struct tt_stats s;

	session__stats(t->session, &s);
	if (!t->lost_ns && (t->malformed || memcmp(&s, &t->stats, sizeof(s)) ||
			    flow_table__evicted(t->flows) != t->evicted))
		t->lost_ns = now;
}

static void tell_losses(struct trace *t, uint64_t now)
{
	uint64_t evicted = flow_table__evicted(t->flows) - t->evicted;
	struct tt_stats s;

	t->evicted += evicted;
	if (evicted)
		trace__lost(t, now, "socket", "table", evicted);
	session__stats(t->session, &s);
	for (int why = 0; why < TT_LOST_MAX; why++)
		for (int kind = 1; kind < TT_REC_MAX; kind++) {
			uint64_t n = s.lost[why][kind] - t->stats.lost[why][kind];

			if (n)
				trace__lost(t, now, lost_what[kind],
					    lost_why[why], n);
		}
	t->stats = s;
	if (t->malformed) {
		trace__lost(t, now, "record", "malformed", t->malformed);
		t->malformed = 0;
	}
	t->lost_ns = 0;
}

static void tell_missed(void *ctx, size_t hook, const struct hook_misses *m)
{
	struct trace *t = ctx;
	struct hook_misses *told = &t->missed[hook];

	if (hook >= MAX_HOOKS)
		return;
	if (m->nested > told->nested)
		trace__lost(t, t->missed_ns, hooks[hook].name, "nested",
			    m->nested - told->nested);
	if (m->returns > told->returns)
		trace__lost(t, t->missed_ns, hooks[hook].name, "returns",
			    m->returns - told->returns);
	*told = *m;
}

/* Costs a system call a program: every second is often enough. */
static void tell_nested(struct trace *t, uint64_t now)
{
	t->missed_ns = now;
	session__each_missed(t->session, tell_missed, t);
}

static void watch_one(void *ctx, uint16_t port)
{
	session__watch_port(ctx, port);
}

/* What is due now and then. */
static void housekeeping(struct trace *t, uint64_t now)
{
	if (now > t->expired_ns + NS_PER_SEC) {
		if (t->recorder)
			recorder__time(t->recorder, TT_BLK_EXPIRE, now);
		flow_table__expire(t->flows, now);
		session__stop_waiting(t->session);
		t->expired_ns = now;
	}
	if (now > t->refreshed_ns + REFRESH_NS) {
		flow_table__each_port(t->flows, watch_one, t->session);
		t->refreshed_ns = now;
	}
}

/* --- the end --------------------------------------------------------------- */

static bool waits_for_processes(const struct trace *t)
{
	return t->config->npids || t->child.pid;
}

/* The last traced process is gone, and its sockets are too, or long enough. */
static bool is_over(struct trace *t, uint64_t now)
{
	if (t->end_ns && now >= t->end_ns)
		return true;
	if (!waits_for_processes(t) || t->living.count) {
		t->gone_ns = 0;
		return false;
	}
	if (!t->gone_ns)
		t->gone_ns = now;
	if (now - t->gone_ns <= WINDOW_NS)
		return false; /* a child of the last one may not be known yet */
	if (now - t->gone_ns >= t->config->orphan_wait_ns)
		return true;
	return !order__count(t->order) && !flow_table__has_open(t->flows);
}

/* A signal that another process sent is for COMMAND; one from the terminal
 * has reached it already. */
static void on_signal(struct trace *t, const struct signalfd_siginfo *si)
{
	int sig = si->ssi_signo;

	if (sig == SIGCHLD) {
		child__reap(&t->child);
		if (t->child.ended)
			living__del(&t->living, t->child.pid);
		return;
	}
	if (t->child.pid && !t->child.ended) {
		if (si->ssi_code <= 0)
			kill(t->child.pid, sig);
		return;
	}
	if (sig == SIGINT || sig == SIGTERM || sig == SIGHUP || sig == SIGQUIT)
		t->stop = true;
}

static void read_signals(struct trace *t)
{
	struct signalfd_siginfo si;

	while (read(t->signal_fd, &si, sizeof(si)) == sizeof(si))
		on_signal(t, &si);
}

/* A process may have gone before its exit was hooked. */
static void check_living(struct trace *t)
{
	for (size_t i = 0; i < t->living.count; i++) {
		uint32_t pid = t->living.pids[i];

		if (!system__is_gone(pid))
			continue;
		living__add(&t->leaving, pid);
		living__del(&t->living, pid);
		i--;
	}
}

/* --- the loop -------------------------------------------------------------- */

static int wait_ms(const struct trace *t, uint64_t now, bool idle)
{
	uint64_t ms = idle ? IDLE_MS : PERIOD_MS;

	if (t->behind)
		return 0;
	if (t->gone_ns || t->leaving.count)
		ms = PERIOD_MS;
	if (t->end_ns && t->end_ns <= now)
		return 0;
	if (t->end_ns && (t->end_ns - now) / NS_PER_MS < ms)
		ms = (t->end_ns - now) / NS_PER_MS + 1;
	return ms;
}

static void wait_next(struct trace *t, bool idle)
{
	struct pollfd fds[2] = {
		{ .fd = t->signal_fd, .events = POLLIN },
		{ .fd = session__fd(t->session), .events = POLLIN },
	};

	if (poll(fds, idle ? 2 : 1, wait_ms(t, time_boot_ns(), idle)) > 0 &&
	    fds[0].revents)
		read_signals(t);
}

/* Nothing came and nothing waits: sleep until a record wakes us. The flag is
 * up before the last look, so that no record slips in between. */
static bool go_idle(struct trace *t)
{
	if (order__count(t->order) || t->found_ns || t->lost_ns)
		return false;
	session__set_idle(t->session, true);
	return session__consume(t->session, trace__record, t) == 0;
}

static void drain(struct trace *t)
{
	uint64_t now = time_boot_ns();
	uint64_t until = now > WINDOW_NS ? now - WINDOW_NS : 0;

	t->drained = session__consume(t->session, trace__record, t);
	note_losses(t, now);
	t->behind = !tell_until(t, until, now + TELL_NS);
	forget_gone(t);
	if (!t->behind)
		trace__look_at_holders(t);
	if (t->lost_ns && t->told_ns >= t->lost_ns)
		tell_losses(t, t->told_ns);
	if (t->told_ns > t->missed_ns + NS_PER_SEC)
		tell_nested(t, t->told_ns);
	/* Those of --rate do not wait for more events. */
	if (t->teller.rate_dropped &&
	    t->told_ns / NS_PER_SEC > t->teller.rate_second)
		begin_second(t, t->told_ns);
	if (out__flush(t->output.out)) {
		if (out__error(t->output.out) != -EPIPE) {
			log_error("cannot write: %s",
				  strerror(-out__error(t->output.out)));
			t->status = STATUS_FAILED;
		}
		t->stop = true;
	}
	trace__check_recorder(t);
}

/* Everything that was recorded up to now. */
static void tell_rest(struct trace *t)
{
	int n;

	session__stop(t->session);
	t->stop = false;
	do {
		n = session__consume(t->session, trace__record, t);
		tell_until(t, ~0ULL, ~0ULL);
	} while (n == -ENOBUFS && !t->stop);
}

static void finish(struct trace *t)
{
	bool limited = t->teller.stop;
	bool broken = out__error(t->output.out) != 0;

	if (!limited && !broken) {
		tell_rest(t);
		tell_losses(t, time_boot_ns());
		tell_nested(t, time_boot_ns());
		if (t->teller.rate_dropped)
			begin_second(t, time_boot_ns());
	}
	out__flush(t->output.out);
	trace__close_recorder(t);
}

void trace__loop(struct trace *t)
{
	uint64_t now = time_boot_ns(), checked = 0;
	bool idle = false;

	t->start_ns = now;
	t->refreshed_ns = now;
	if (t->config->duration_ns)
		t->end_ns = now + t->config->duration_ns;
	child__go(&t->child);
	while (!t->stop) {
		drain(t);
		now = time_boot_ns();
		housekeeping(t, now);
		if (waits_for_processes(t) && now > checked + NS_PER_SEC) {
			check_living(t);
			checked = now;
		}
		if (t->stop || is_over(t, now))
			break;
		idle = !t->drained && go_idle(t);
		wait_next(t, idle);
		if (idle)
			session__set_idle(t->session, false);
	}
	finish(t);
}

void trace__wait_for_child(struct trace *t)
{
	struct pollfd fd = { .fd = t->signal_fd, .events = POLLIN };

	if (!t->child.pid || t->child.ended)
		return;
	log_printf(LOG_ERROR, "run: the tracing has ended, COMMAND goes on: its end is "
			      "waited for");
	while (!t->child.ended) {
		poll(&fd, 1, -1);
		read_signals(t);
	}
}
