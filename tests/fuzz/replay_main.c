// SPDX-License-Identifier: BSD-2-Clause
/*
 * A fuzzing target without the fuzzer: every file of the corpus as it is, then
 * changed FUZZ_ROUNDS times, in the same ways in every run; and again in other
 * ways, until FUZZ_SECONDS in all are over. What goes wrong ends the program;
 * the bytes that did it are left in FUZZ_CRASH.
 */
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz.h"

#define ROUNDS 300
#define MAX_INPUT 32768

struct input {
	size_t len;
	uint8_t data[MAX_INPUT];
};

static uint64_t rng;

/* xorshift64* */
static uint32_t next_random(void)
{
	rng ^= rng >> 12;
	rng ^= rng << 25;
	rng ^= rng >> 27;
	return (rng * 0x2545f4914f6cdd1dULL) >> 32;
}

static void change_byte(struct input *in)
{
	static const uint8_t edges[] = { 0, 1, 6, 0x7f, 0x80, 0xfe, 0xff };
	uint8_t *p = &in->data[next_random() % in->len];

	switch (next_random() % 3) {
	case 0:
		*p ^= 1 << next_random() % 8;
		break;
	case 1:
		*p = edges[next_random() % sizeof(edges)];
		break;
	default:
		*p = next_random();
	}
}

static void cut_out(struct input *in)
{
	size_t at = next_random() % in->len;
	size_t n = next_random() % (in->len - at) + 1;

	memmove(in->data + at, in->data + at + n, in->len - at - n);
	in->len -= n;
}

static void repeat(struct input *in)
{
	size_t at = next_random() % in->len;
	size_t n = next_random() % (in->len - at) + 1;

	if (in->len + n > MAX_INPUT)
		return;
	memmove(in->data + at + n, in->data + at, in->len - at);
	in->len += n;
}

static void mutate(struct input *in)
{
	uint32_t n = next_random() % 4 + 1;

	while (n-- && in->len) {
		switch (next_random() % 8) {
		case 0:
			in->len = next_random() % (in->len + 1);
			break;
		case 1:
			cut_out(in);
			break;
		case 2:
			repeat(in);
			break;
		default:
			change_byte(in);
		}
	}
}

static int load_input(const char *path, struct input *in)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		return -1;
	in->len = fread(in->data, 1, sizeof(in->data), f);
	if (ferror(f) || !feof(f)) { /* too large is an error too */
		fclose(f);
		return -1;
	}
	return fclose(f);
}

/* Before the bytes are tried: a sanitizer gives no chance afterwards. */
static void try_input(const struct input *in)
{
	const char *path = getenv("FUZZ_CRASH");
	FILE *f = path ? fopen(path, "wb") : NULL;

	if (f) {
		fwrite(in->data, 1, in->len, f);
		fclose(f);
	}
	LLVMFuzzerTestOneInput(in->data, in->len);
}

static long setting(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? atol(text) : otherwise;
}

static int replay(const char *path, uint64_t seed)
{
	static struct input original, changed;
	long i, n = setting("FUZZ_ROUNDS", ROUNDS);

	if (load_input(path, &original))
		return -1;
	try_input(&original);
	rng = seed;
	for (i = 0; i < n; i++) {
		changed.len = original.len;
		memcpy(changed.data, original.data, original.len);
		mutate(&changed);
		try_input(&changed);
	}
	return 0;
}

int main(void)
{
	long end = time(NULL) + setting("FUZZ_SECONDS", 0);
	uint64_t seed = 0x9e3779b97f4a7c15ULL;
	int failed = 0, bad;
	glob_t files;
	size_t i, turn;

	if (glob(CORPUS "/*", 0, NULL, &files)) {
		printf("1..1\nnot ok 1 - " CORPUS " holds inputs\n");
		return 1;
	}
	printf("1..%zu\n", files.gl_pathc);
	for (i = 0; i < files.gl_pathc; i++) {
		bad = replay(files.gl_pathv[i], seed + i);
		printf("%sok %zu - %s\n", bad ? "not " : "", i + 1,
		       strrchr(files.gl_pathv[i], '/') + 1);
		fflush(stdout);
		failed += !!bad;
	}
	for (turn = 1; !failed && time(NULL) < end; turn++)
		replay(files.gl_pathv[turn % files.gl_pathc], seed * (turn + 1));
	globfree(&files);
	return failed ? 1 : 0;
}
