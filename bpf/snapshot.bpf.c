// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What exists already: iterators over descriptor tables, TCP's own tables and
 * network namespaces. An object of its own, without maps, so that a listing
 * loads nothing of the tracer; without calls of its own functions, which
 * user/live/bare.c does not link.
 */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "tcptrace/config.h"
#include "tcptrace/event.h"
#include "tcptrace/scan.h"
#include "tcptrace/stats.h"

/* Before load; the only constant: bare.c knows .rodata as a whole. */
const volatile struct tt_scan_config scan = {};
struct tt_scan_shared shared = {};

/* As the handlers that both objects use call them. */
#define cfg scan.common
#define kernel_facts shared.kernel

#define NO_CAST /* its loader knows no kernel functions */
#include "compat.bpf.h"
#include "facts.bpf.h"
#include "select.bpf.h"
#include "sock.bpf.h"
#include "on_scan.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("iter/task_file")
int file__iter(struct bpf_iter__task_file *ctx)
{
	know_facts();
	return on_file(ctx->meta->seq, ctx->task, ctx->fd, ctx->file);
}

SEC("iter/tcp")
int socket__iter(struct bpf_iter__tcp *ctx)
{
	know_facts();
	return on_table_entry(ctx->meta->seq, ctx->sk_common, ctx->uid);
}

SEC("iter/task")
int netns__iter(struct bpf_iter__task *ctx)
{
	know_facts();
	return on_task_netns(ctx->meta->seq, ctx->task);
}
