/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel runs no program on a CPU that is in it already, and tells nobody
 * but a counter. A hook that runs in a task's context, with softirqs on, can be
 * interrupted by the same event of another socket: the program would miss the
 * second. So there are two. The first notes what it is at; its twin, which runs
 * right after it, returns if that is noted, and else was called in its place.
 *
 * Since 7.0 the kernel preempts programs on tracepoints, and a preemptible one
 * always did those on functions. There every program that runs in a task's
 * context has a twin (cfg.preempts), and between the two the task may go on
 * another CPU: what a task does to what it owns is noted by task, all else by
 * CPU.
 */
#ifndef TWIN_BPF_H
#define TWIN_BPF_H

#define TASK_MARK_BITS 5 /* enum twin fits in, and 1 more */

static __always_inline void note_task(enum twin t)
{
	__u32 tid = bpf_get_current_pid_tgid();

	task_notes[tid % TASK_NOTES] = tid << TASK_MARK_BITS | (t + 1);
}

/* Taken once: a task may do the same again, and be missed then. */
static __always_inline bool was_noted(enum twin t)
{
	__u32 tid = bpf_get_current_pid_tgid();
	__u32 *note = &task_notes[tid % TASK_NOTES];

	if (*note != (tid << TASK_MARK_BITS | (t + 1)))
		return false;
	*note = 0;
	return true;
}

static __always_inline void note_twin(enum twin t, bool owned,
				      const void *object, __u64 what)
{
	__u32 zero = 0;
	struct in_hand *h;

	if (owned)
		return note_task(t);
	h = bpf_map_lookup_elem(&in_hand, &zero);
	if (!h)
		return;
	if (h->twin[t].object) {
		h->twin[t].old_object = h->twin[t].object;
		h->twin[t].old_what = h->twin[t].what;
	}
	h->twin[t].object = (__u64)object;
	h->twin[t].what = what;
}

static __always_inline bool already_seen(enum twin t, bool owned,
					 const void *object, __u64 what)
{
	__u32 zero = 0;
	struct in_hand *h;

	if (owned)
		return was_noted(t);
	h = bpf_map_lookup_elem(&in_hand, &zero);
	if (!h)
		return false;
	if (h->twin[t].object == (__u64)object && h->twin[t].what == what) {
		h->twin[t].object = 0;
		return true;
	}
	if (h->twin[t].old_object == (__u64)object &&
	    h->twin[t].old_what == what) {
		h->twin[t].old_object = 0;
		return true;
	}
	return false;
}

/* A program on what a task does, and its twin for where it is preempted. */
#define TASK_PAIR(id, name, kind, target, expr, args...)               \
	SEC("?" #kind "/" target)                                      \
	int BPF_PROG(name##__##kind, args)                             \
	{                                                              \
		if (cfg.preempts)                                      \
			note_task(TWIN_##id);                          \
		return expr;                                           \
	}                                                              \
	SEC("?" #kind "/" target)                                      \
	int BPF_PROG(name##_twin__##kind, args)                        \
	{                                                              \
		return was_noted(TWIN_##id) ? 0 : expr;                \
	}

#endif
