// SPDX-License-Identifier: BSD-2-Clause
/*
 * tt_parse_segment() as the kernel runs it against the user build of the same
 * header: every row of packets.h, cut at every byte, and with bytes changed.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../packets.h"
#include "parse_test.h"

#define SKIP 77
#define MUTATIONS 100

struct run {
	struct bpf_object *obj;
	int map_fd;
	int prog_fds[2]; /* parse_one, parse_bounded */
};

static const char *const progs[] = { "parse_one", "parse_bounded" };

static int run__init(struct run *run, const char *path)
{
	size_t i;
	int err;

	run->obj = bpf_object__open_file(path, NULL);
	if (!run->obj)
		return -errno;
	err = bpf_object__load(run->obj);
	if (err)
		return err;
	run->map_fd = bpf_object__find_map_fd_by_name(run->obj, "cases");
	for (i = 0; i < 2; i++) {
		struct bpf_program *p =
			bpf_object__find_program_by_name(run->obj, progs[i]);

		if (!p)
			return -ENOENT;
		run->prog_fds[i] = bpf_program__fd(p);
	}
	return run->map_fd < 0 ? run->map_fd : 0;
}

static int run_in_kernel(const struct run *run, int prog, struct parse_case *c)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	__u32 zero = 0;
	int err;

	err = bpf_map_update_elem(run->map_fd, &zero, c, BPF_ANY);
	if (!err)
		err = bpf_prog_test_run_opts(run->prog_fds[prog], &opts);
	if (!err)
		err = bpf_map_lookup_elem(run->map_fd, &zero, c);
	if (!err && c->runs != 1)
		err = -ENOMSG;
	return err;
}

/* Both builds on the same bytes; the buffer past caplen holds other ones. */
static int compare(const struct run *run, int prog, const __u8 *data,
		   __u32 caplen, __u32 wire_len)
{
	__u32 held = caplen < TT_PKT_DATA_LONG ? caplen : TT_PKT_DATA_LONG;
	struct parse_case c = { .caplen = caplen, .wire_len = wire_len };
	struct tt_seg seg;
	int err, ret;

	memset(&c.seg, 0x55, sizeof(c.seg));
	memset(c.data, 0x66, sizeof(c.data));
	memcpy(c.data, data, held);
	err = run_in_kernel(run, prog, &c);
	if (err) {
		printf("# %s: %s\n", progs[prog], strerror(-err));
		return err;
	}
	ret = tt_parse_segment(data, prog ? held : caplen, wire_len, &seg);
	if (ret == c.ret && !memcmp(&seg, &c.seg, sizeof(seg)))
		return 0;
	printf("# %s, %u bytes: kernel %d, user %d\n", progs[prog], caplen,
	       c.ret, ret);
	return -EILSEQ;
}

static int compare_cuts(const struct run *run, int prog,
			const struct packet_row *row)
{
	__u32 n;

	for (n = 0; n <= row->len; n++)
		if (compare(run, prog, row->data, n, row->wire_len))
			return -1;
	return 0;
}

/* xorshift32: the same bytes in every run */
static __u32 next_random(__u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static int compare_mutations(const struct run *run, int prog,
			     const struct packet_row *row, __u32 seed)
{
	__u32 state = seed, i, n;

	for (i = 0; row->len && i < MUTATIONS; i++) {
		__u8 data[sizeof(row->data)];

		memcpy(data, row->data, sizeof(data));
		for (n = next_random(&state) % 4 + 1; n; n--)
			data[next_random(&state) % row->len] =
				next_random(&state);
		if (compare(run, prog, data, row->len, next_random(&state)))
			return -1;
	}
	return 0;
}

static int check_row(const struct run *run, const struct packet_row *row,
		     __u32 seed)
{
	int prog;

	for (prog = 0; prog < 2; prog++)
		if (compare_cuts(run, prog, row) ||
		    compare_mutations(run, prog, row, seed))
			return -1;
	return 0;
}

int main(void)
{
	struct run run = { 0 };
	int err, failed = 0;
	size_t i;

	err = run__init(&run, TEST_BPF_DIR "/parse_test.bpf.o");
	if (err == -EPERM) {
		printf("no CAP_BPF\n");
		return SKIP;
	}
	printf("1..%zu\n", PACKET_ROWS + 1);
	printf("%sok 1 - loads%s%s\n", err ? "not " : "", err ? ": " : "",
	       err ? strerror(-err) : "");
	if (err)
		return 1;
	for (i = 0; i < PACKET_ROWS; i++) {
		int bad = check_row(&run, &packet_rows[i], i + 1);

		printf("%sok %zu - %s\n", bad ? "not " : "", i + 2,
		       packet_rows[i].name);
		failed += !!bad;
	}
	bpf_object__close(run.obj);
	return failed ? 1 : 0;
}
