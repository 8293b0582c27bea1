// SPDX-License-Identifier: BSD-2-Clause
/*
 * The translation of FILTER as the kernel runs it, against libpcap's own
 * interpreter: chance makes expressions and packets (tests/fuzz/filter_cases.h),
 * each is loaded as a function of a small program, as live/patch.c does it in a
 * large one. FILTER_PAIRS of an expression and a packet, in at most
 * FILTER_SECONDS.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../fuzz/filter_cases.h"

enum { SKIP = 77, PAIRS = 50000, SECONDS = 12, STARTS = sizeof(starts) / sizeof(starts[0]),
       ROUNDS = 4 /* of PACKETS for an expression */ };

struct state {
	int map_fd;
	struct frame *frame; /* the map's only value */
	unsigned long expressions, pairs, taken;
	uint32_t seed;
};

static long setting(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? atol(text) : otherwise;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* 0, or -errno. */
static int make_map(struct state *s)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	s->map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "frame", 4, sizeof(struct frame), 1,
				   &opts);
	if (s->map_fd < 0)
		return -errno;
	s->frame = mmap(NULL, sizeof(struct frame), PROT_READ | PROT_WRITE, MAP_SHARED,
			s->map_fd, 0);
	return s->frame == MAP_FAILED ? -errno : 0;
}

/* r1 = the frame; call what stands behind; r0 = r0 != 0; exit */
static int load(const struct state *s, const struct filter_code *code)
{
	static char log[16384];
	const struct bpf_insn head[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_VALUE, .imm = s->map_fd },
		{ 0 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	size_t n = sizeof(head) / sizeof(head[0]);
	struct bpf_insn *insns = calloc(n + code->count, sizeof(*insns));
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = sizeof(log));
	int fd;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, head, sizeof(head));
	memcpy(insns + n, code->insns, code->count * sizeof(*insns));
	*log = 0;
	fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "expr", "Dual BSD/GPL", insns,
			   n + code->count, &opts);
	if (fd < 0)
		printf("# %s\n# %s\n", strerror(errno), log);
	free(insns);
	return fd;
}

static int run(int prog_fd)
{
	static uint8_t nothing[64];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = nothing,
		    .data_size_in = sizeof(nothing), .repeat = 1);
	int err = bpf_prog_test_run_opts(prog_fd, &opts);

	return err ? err : opts.retval != 0;
}

static int compare(struct state *s, const struct filter *f, int prog_fd,
		   struct source *bytes, unsigned int i)
{
	uint8_t packet[MAX_PACKET];
	uint32_t wire_len, n = put_packet(bytes, i, packet, &wire_len);
	int want = filter__matches(f, packet, n, wire_len), got;

	frame_fill(s->frame, starts[s->pairs % STARTS], packet, n, wire_len);
	got = run(prog_fd);
	s->pairs++;
	s->taken += want;
	if (got != want)
		printf("# libpcap says %d, the kernel %d, of packet %u, %u bytes of %u\n",
		       want, got, i, n, wire_len);
	return got != want;
}

/* All packets with one expression; 0, or what went wrong was said. */
static int one_filter(struct state *s, const struct filter *f, struct source *bytes)
{
	struct filter_code code;
	const char *why = "";
	size_t count;
	const struct cbpf_insn *prog = filter__program(f, &count);
	int fd, bad = 0;

	if (asks_for_direction(f) || filter_code__translate(&code, prog, count, &why))
		return 0;
	fd = load(s, &code);
	filter_code__clear(&code);
	if (fd < 0)
		return 1;
	for (unsigned int i = 0; !bad && i < ROUNDS * PACKETS; i++)
		bad = compare(s, f, fd, bytes, i % PACKETS);
	s->expressions++;
	close(fd);
	return bad;
}

static int one_expression(struct state *s)
{
	struct source bytes = { NULL, NULL, s->seed++ * 0x9e3779b9u };
	struct text expr = { .len = 0 };
	struct filter *f;
	int bad;

	put_expr(&bytes, &expr, MAX_DEPTH);
	if (filter__new(&f, expr.s, FILTER_ETHERNET, NULL, 0))
		return 0; /* one that can match nothing, say */
	bad = one_filter(s, f, &bytes);
	filter__free(f);
	if (bad)
		printf("# %s\n", expr.s);
	return bad;
}

static bool can_run(void)
{
	struct filter *f;
	int err = filter__new(&f, "tcp", FILTER_ETHERNET, NULL, 0);

	filter__free(f);
	if (geteuid())
		printf("needs root\n");
	else if (err)
		printf("there is no libpcap\n");
	return !geteuid() && !err;
}

int main(void)
{
	double end = now() + setting("FILTER_SECONDS", SECONDS);
	unsigned long pairs = setting("FILTER_PAIRS", PAIRS);
	struct state s = { .seed = setting("SEED", 1) };
	int bad;

	if (!can_run())
		return SKIP;
	bad = make_map(&s) != 0;
	while (!bad && s.pairs < pairs && now() < end)
		bad = one_expression(&s);
	printf("# %lu expressions, %lu pairs with a packet, %lu of them taken\n",
	       s.expressions, s.pairs, s.taken);
	printf("1..1\n%sok 1 - the kernel takes what libpcap takes\n",
	       bad || !s.pairs || !s.taken || s.taken == s.pairs ? "not " : "");
	return bad;
}
