/* SPDX-License-Identifier: BSD-2-Clause */
#include "live/misses.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

enum { PERF_EVENT_LINK = 7, PERF_EVENT_KRETPROBE = 4 };

/* Of struct bpf_link_info, what the headers of Debian 12 do not have yet
 * (3acf8ace6823). */
struct kretprobe_info {
	__u32 type, id, prog_id, pad;
	__u32 event_type, pad2;
	__u64 func_name;
	__u32 name_len, offset;
	__u64 addr, missed;
};

uint64_t program_misses(const struct bpf_program *prog)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len))
		return 0;
	return info.recursion_misses;
}

uint64_t return_misses(const struct bpf_link *link)
{
	struct kretprobe_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &len))
		return 0;
	return info.type == PERF_EVENT_LINK &&
	       info.event_type == PERF_EVENT_KRETPROBE ? info.missed : 0;
}
