/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/preempt.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char counter[] = "migration_disabled"; /* of task_struct, 5.11 */

/* Where the counter is, in bytes; -1: nowhere, or not as we read it. */
static int counter_offset(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, id) : NULL;
	const char *name;

	for (int i = 0; t && i < btf_vlen(t); i++) {
		name = btf__name_by_offset(btf, btf_members(t)[i].name_off);
		if (!name || strcmp(name, counter))
			continue;
		if (btf__resolve_size(btf, btf_members(t)[i].type) != sizeof(__u16))
			return -1;
		return btf_member_bit_offset(t, i) / 8;
	}
	return -1;
}

/* A program that leaves the counter of the task it runs in, in a map. */
static int load_witness(const struct btf *btf, int offset, int map)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL,
		  .imm = BPF_FUNC_get_current_task_btf },
		{ .code = BPF_LDX | BPF_H | BPF_MEM, .dst_reg = 1, .off = offset },
		{ .code = BPF_STX | BPF_W | BPF_MEM, .dst_reg = 10, .src_reg = 1,
		  .off = -8 },
		{ .code = BPF_ST | BPF_W | BPF_MEM, .dst_reg = 10, .off = -4 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1,
		  .src_reg = BPF_PSEUDO_MAP_FD, .imm = map },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 3, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_update_elem },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_TRACE_RAW_TP);

	opts.attach_btf_id = btf__find_by_name_kind(
		btf, "btf_trace_tcp_destroy_sock", BTF_KIND_TYPEDEF);
	return bpf_prog_load(BPF_PROG_TYPE_TRACING, "probe", "GPL", insns,
			     sizeof(insns) / sizeof(insns[0]), &opts);
}

/* Has the tracepoint hit, in this task, by a socket of our own. */
static void hit(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);

	if (fd >= 0)
		close(fd);
}

bool kernel_preempts(const struct btf *btf)
{
	int offset = counter_offset(btf), map, prog, link;
	__u32 zero = 0, count = 0;

	if (offset < 0)
		return false;
	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "probe", sizeof(zero),
			     sizeof(count), 1, NULL);
	if (map < 0)
		return false;
	prog = load_witness(btf, offset, map);
	link = prog < 0 ? -1 : bpf_raw_tracepoint_open(NULL, prog);
	if (link >= 0) {
		hit();
		bpf_map_lookup_elem(map, &zero, &count);
		close(link);
	}
	if (prog >= 0)
		close(prog);
	close(map);
	return count > 0;
}
