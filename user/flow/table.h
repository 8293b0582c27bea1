/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the flow room: what the table holds. */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "base/hashmap.h"
#include "event/names.h"
#include "flow/flow.h"

/* A process that was seen in a call or in a scan. Kept as long as a flow
 * refers to it. */
struct proc {
	uint32_t pid, uid;
	uint32_t start; /* as struct tt_task.flags has it, 0 unknown */
	uint64_t cgroup;
	uint32_t refs;
	bool selected, exited;
	uint32_t saved_round, saved_id; /* save.c */
	char comm[TT_COMM_LEN];
};

enum owner_src { SRC_NONE, SRC_CALL, SRC_SOCKET, SRC_SCAN, SRC_LISTENER };

struct owner {
	struct proc *proc;
	uint32_t tid; /* that made the last call, 0 unknown */
	int32_t fd;
};

enum { OWNERS_INLINE = 1, OWNERS_MAX = 64 };

/* struct flow.flags */
#define FL_SEEN_BIRTH (1u << 0)	  /* its first moment was seen: no `socket` */
#define FL_SEEN_OPEN (1u << 1)	  /* duration and in_state are known */
#define FL_PASSIVE (1u << 2)	  /* child of a listener */
#define FL_ACCEPTED (1u << 3)	  /* has, or had, a descriptor */
#define FL_CLOSED (1u << 4)	  /* close was told */
#define FL_DESTROYED (1u << 5)
#define FL_REMNANT (1u << 6)	  /* a small socket took over */
#define FL_CONNECTING (1u << 7)	  /* attempt not decided */
#define FL_LISTEN_CALL (1u << 8)  /* listen() told at its state change */
#define FL_BASE (1u << 9)	  /* base_l, base_r are set */
#define FL_REQUEST (1u << 10)	  /* no full socket yet */
#define FL_FOUND (1u << 11)	  /* in the scan, not told yet */
#define FL_PEER_FIN (1u << 13)	  /* the peer's FIN was on its way in FIN_WAIT */
#define FL_QUEUED_LONG (1u << 15) /* ended, in the queue of remnants */
#define FL_RX_BASE (1u << 14)	  /* rx_seq, rx_off are set */
#define FL_V6ONLY (1u << 16)	  /* a listener that no IPv4 reaches */
#define FL_SOME_LISTENER (1u << 17) /* or another one of the same owner */
#define FL_LET_GO (1u << 18) /* the last known owner holds it no more */
#define FL_HELD (1u << 19)   /* in flow_table.held */
#define FL_AWAIT_ERROR (1u << 12) /* decided; connect() returns the reason */

/* A connect() whose record waits for its turn, and the port it came to have. */
struct attempt {
	struct attempt *next;
	uint64_t ts_ns;
	uint16_t lport_be; /* 0: not known yet */
};

struct flow {
	uint64_t sk; /* cookie, 0 for a request without one */
	struct tt_tuple tuple;
	struct flow *next_tuple; /* same tuple but for the namespace */
	struct flow *prev_tuple; /* NULL: by_tuple has it */
	struct owner owner;	 /* the last that made a call */
	struct owner *more;	 /* others that hold it */
	uint64_t listener;	 /* cookie */
	uint64_t state_ns;	 /* entered its state; 0 unknown */
	uint64_t open_ns;	 /* attempt or handshake began; 0 unknown */
	uint64_t ready_ns;	 /* handshake ended; 0 unknown */
	uint64_t end_ns;	 /* in a queue of ended ones since */
	struct flow *next_ended;
	struct tt_opts *found_opts; /* from the scan, until told */
	struct attempt *attempts; /* oldest first */
	struct tt_io *last_io; /* of a child that ended before it was accepted */
	uint64_t rx_off;
	uint32_t base_l, base_r; /* sequence numbers printed as 0 */
	uint32_t rx_seq; /* of the byte at rx_off, a place that was known */
	uint32_t queue_len, queue_max;
	uint32_t flags;
	uint32_t ino; /* 0 unknown */
	uint8_t family, state, nmore, owner_src;
};

struct ended {
	struct flow *head, *tail;
};

/* Cookies of what selected processes came to hold; those that are gone by now
 * are taken out when it is gone through. */
struct held_list {
	uint64_t *sks;
	size_t count, size;
};

struct flow_table {
	struct flow_opts opts;
	struct hashmap by_sk, by_tuple, procs;
	struct ended closed;   /* gone, kept a moment for late segments */
	struct ended remnants; /* FIN_WAIT2 and TIME_WAIT without a full socket */
	struct held_list held;
	struct seqs *seqs; /* of files' connections; NULL until there is one */
	struct flow_stats stats;
	uint64_t now_ns, swept_ns;
	uint64_t requests; /* made since the start */
	bool late;
	uint32_t save_round;
	struct proc **loaded; /* by struct tt_saved_proc.id, while loading */
	uint32_t nloaded;
};

/* table.c */
struct flow *flow__by_sk(const struct flow_table *t, uint64_t sk);
/* Exactly this end, in this namespace; live ones before ended ones. */
struct flow *flow__by_tuple(const struct flow_table *t,
			    const struct tt_tuple *tuple);
/* The other end of a connection, in this namespace or, where no other socket
 * answers to the same addresses, in another one. */
struct flow *flow__peer(const struct flow_table *t,
			const struct tt_tuple *tuple);
/* This end stands, or is listened for, in another namespace of this host. */
bool flow__elsewhere(const struct flow_table *t, const struct tt_tuple *tuple);
/* The listener that a segment to this end would reach. With SO_REUSEPORT there
 * may be several: NULL if their owners differ, else *only is false. */
struct flow *flow__listener(const struct flow_table *t,
			    const struct tt_tuple *tuple, bool *only);
/* Sets it as f's listener, as far as it is known. */
void flow__guess_listener(const struct flow_table *t, struct flow *f);
/* The one that a hook named. */
static inline void flow__set_listener(struct flow *f, uint64_t sk)
{
	if (!sk)
		return;
	f->listener = sk;
	f->flags &= ~FL_SOME_LISTENER;
}

/* Finds or makes; NULL if there is no memory. sk may be 0. */
struct flow *flow__get(struct flow_table *t, uint64_t sk,
		       const struct tt_tuple *tuple);
/* The same, behind all others of its tuple. */
struct flow *flow__get_last(struct flow_table *t, uint64_t sk,
			    const struct tt_tuple *tuple);
/* The flow's addresses are these now. */
void flow__set_tuple(struct flow_table *t, struct flow *f,
		     const struct tt_tuple *tuple);
/* TT_SK_* of a listener's record. */
static inline void flow__set_v6only(struct flow *f, uint8_t sock_flags)
{
	f->flags &= ~FL_V6ONLY;
	if (sock_flags & TT_SK_V6ONLY)
		f->flags |= FL_V6ONLY;
}

void flow__set_sk(struct flow_table *t, struct flow *f, uint64_t sk);
/* Ended; forgotten after a while. */
void flow__end(struct flow_table *t, struct flow *f);
void flow__end_at(struct flow_table *t, struct flow *f, uint64_t time_ns);
void flow__drop(struct flow_table *t, struct flow *f);

/* owner.c */
struct proc *proc__get(struct flow_table *t, const struct tt_task *task);
/* A reference goes; with the last one the process, if it is not current. */
void proc__unref(struct flow_table *t, struct proc *p);
/* The task made a call on the flow: it is an owner, the first to be named. */
void flow__own(struct flow_table *t, struct flow *f, const struct tt_task *task,
	       enum owner_src src);
/* The descriptor of the call the task is in, -1 if its first argument is none
 * of a socket. */
int32_t task_fd(const struct tt_task *task);
void flow__add_owner(struct flow_table *t, struct flow *f, struct proc *p,
		     uint32_t tid, int32_t fd);
void flow__release_owners(struct flow_table *t, struct flow *f);
/* Its own owner, or its listener's while nobody accepted it. NULL if unknown.
 * With a process selection a selected one is preferred. */
const struct owner *flow__owner(const struct flow_table *t,
				const struct flow *f, enum owner_src *src);

/* select.c */
bool select__flow(const struct flow_table *t, const struct flow *f);
/* The same but for FILTER, which decides for each packet by itself. */
bool select__packets_of(const struct flow_table *t, const struct flow *f);
bool select__filter(const struct flow_table *t, const struct flow *f);
bool select__tuple(const struct select *s, const struct tt_tuple *tuple,
		   uint8_t family);
/* By the run's selection and by its reader's. */
bool select__both(const struct flow_table *t, const struct tt_tuple *tuple,
		  uint8_t family);
bool select__wants(const struct flow_table *t, enum event_id id);

/* tell.c */
/* A fact of this event with everything a flow knows; f may be NULL. */
void fact__begin(struct flow_table *t, struct fact *fact, enum event_id id,
		 uint64_t time_ns, const struct flow *f);
/* The caller, in place of the flow's owner. */
void fact__caller(struct flow_table *t, struct fact *fact,
		  const struct tt_task *task, enum owner_src src);
void fact__opts(struct flow_table *t, struct fact *fact,
		const struct tt_opts *o);
void fact__endpoint(const struct flow_table *t, struct endpoint *e,
		    const struct flow *f, bool with_state);
/* To the sink, if the flow is selected; without a flow by the tuple alone. */
void fact__tell(struct flow_table *t, struct fact *fact, const struct flow *f);
/* Not where it may be another one. */
static inline void fact__listener(struct fact *fact, const struct flow *f)
{
	if (!f->listener || f->flags & FL_SOME_LISTENER)
		return;
	fact->listener = f->listener;
	fact_set(fact, F_LISTENER);
}

/* A call of this task: told if the task is selected. */
void fact__tell_call(struct flow_table *t, struct fact *fact,
		     const struct flow *f, const struct tt_task *task);

/* apply_*.c */
void apply_state(struct flow_table *t, const struct tt_rec_state *r,
		 uint64_t time_ns);
void apply_call(struct flow_table *t, const struct tt_rec_call *r,
		uint64_t time_ns);
void apply_close(struct flow_table *t, const struct tt_rec_close *r,
		 uint64_t time_ns);
void apply_destroy(struct flow_table *t, const struct tt_rec_destroy *r,
		   uint64_t time_ns);
void apply_packet(struct flow_table *t, const struct tt_rec_packet *r,
		  uint64_t time_ns);
void apply_task(struct flow_table *t, const struct tt_rec_task *r);

/* unseen.c: changes that no program saw are told as lost */
void unseen__state(struct flow_table *t, const struct flow *f,
		   uint8_t old_state, uint64_t time_ns);
void unseen__time_wait(struct flow_table *t, struct flow *f, uint64_t time_ns);

/* cause.c: why a state changed, as far as the record shows it */
struct cause {
	const char *kind, *what;
};
void state_cause(const struct tt_rec_state *r, uint8_t new_state,
		 struct cause *cause);

static inline void flow__set_ino(struct flow *f, const struct tt_sock *s)
{
	if (s->ino)
		f->ino = s->ino;
}

static inline void tuple_reverse(const struct tt_tuple *in, struct tt_tuple *out)
{
	*out = *in;
	__builtin_memcpy(out->laddr_be, in->raddr_be, 16);
	__builtin_memcpy(out->raddr_be, in->laddr_be, 16);
	out->lport_be = in->rport_be;
	out->rport_be = in->lport_be;
}

#endif
