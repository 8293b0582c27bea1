# SPDX-License-Identifier: BSD-2-Clause
# The suites of `make check`; each prints its results through scripts/run-tests.

check: ## install what is missing, build, run every test
	$(Q)scripts/install-deps check
	$(Q)scripts/check-all

check-ci: ## make check and make check-vm, one sum
	$(Q)scripts/install-deps check
	$(Q)scripts/check-all vm

# Unit tests, and the tests of the scripts that count them.
SCRIPT_TESTS := $(wildcard tests/scripts/test_*.py)

check-unit: $(UNIT_BIN)
	$(Q)scripts/run-tests unit $(UNIT_BIN) $(filter-out %check_layers.py,$(SCRIPT_TESTS))

check-layers: ## the include rules of docs/DESIGN.md, a licence in every file
	$(Q)scripts/run-tests layers scripts/check-layers tests/scripts/test_check_layers.py \
		scripts/check-spdx

# A generated document docs/X.md has its program in scripts/gen-X-md.c.
GEN_MD := $(patsubst scripts/gen-%-md.c,%,$(wildcard scripts/gen-*-md.c))
GEN_BIN := $(GEN_MD:%=$(BUILD)/scripts/gen-%-md)

$(BUILD)/scripts/gen-%-md: scripts/gen-%-md.c $(CORE_LIB)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MF $@.d $(ALL_LDFLAGS) $< $(filter %.o,$^) $(CORE_LIB) -o $@

# The table of hooks knows the skeleton, and nothing of libbpf to link.
$(BUILD)/scripts/gen-hooks-md: $(BUILD)/user/live/hooks.o

-include $(GEN_BIN:=.d)

docs: $(GEN_BIN) ## write the generated documents
	$(Q)for d in $(GEN_MD); do \
		$(BUILD)/scripts/gen-$$d-md > $(BUILD)/$$d.md && mv $(BUILD)/$$d.md docs/ || exit 1; \
	done

check-docs: $(GEN_BIN) $(TOOL) ## the generated documents are fresh, the others name what exists
	$(Q)BUILD=$(BUILD) scripts/run-tests docs $(wildcard tests/docs/test_*)

.PHONY: check-unit check-layers docs check-docs

check-net: $(TOOL) $(BUILD)/tests/bench/load ## network scenarios in private namespaces; as root
	$(Q)scripts/run-tests net tests/net/run.py

.PHONY: check-net

check-cli: $(TOOL) ## the binary's help, messages, man page and completions
	$(Q)BUILD=$(BUILD) scripts/run-tests cli $(wildcard tests/cli/test_*.sh tests/cli/test_*.py)

.PHONY: check-cli

# Programs that need the running kernel: tests/bpf/test_*.c with libbpf, and
# objects of their own, tests/bpf/*.bpf.c.
BPF_TEST_OBJ := $(patsubst %.bpf.c,$(BUILD)/%.bpf.o,$(wildcard tests/bpf/*.bpf.c))
BPF_TEST_BIN := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bpf/test_*.c))

$(BPF_TEST_OBJ): $(BUILD)/%.bpf.o: %.bpf.c Makefile tests/tests.mk $(STAMP)
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MF $(@:.o=.d) -c $< -o $@

$(BPF_TEST_BIN): $(BUILD)/%: %.c Makefile tests/tests.mk $(STAMP)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MF $@.d -DBPF_DIR='"$(BUILD)/bpf"' \
		-DTEST_BPF_DIR='"$(BUILD)/tests/bpf"' $(ALL_LDFLAGS) $< $(LIBS) -o $@

# The reader of the kernel's types, against libbpf's.
KBTF_OBJ := $(BUILD)/user/live/kbtf.o $(BUILD)/user/live/kernel_btf.o
$(BUILD)/tests/bpf/test_kbtf: $(KBTF_OBJ) | $(BARE)
$(BUILD)/tests/bpf/test_kbtf: LIBS := $(KBTF_OBJ) $(LIBS)

# The translation of FILTER, as the kernel runs it.
$(BUILD)/tests/bpf/test_filter_run: tests/fuzz/filter_cases.h $(CORE_LIB)
$(BUILD)/tests/bpf/test_filter_run: LIBS := $(CORE_LIB) $(LIBS)

-include $(BPF_TEST_OBJ:.o=.d) $(BPF_TEST_BIN:=.d)

check-bpf: $(BPF_TEST_BIN) $(BPF_TEST_OBJ) $(BPF_OBJ) ## every BPF program loads alone; the parser agrees with itself
	$(Q)rm -f $(BUILD)/host.costs
	$(Q)BUILD=$(BUILD) TT_COSTS=$(BUILD)/host.costs scripts/run-tests bpf $(BPF_TEST_BIN) \
		tests/bpf/test_costs.sh

# Fuzzing: tests/fuzz/fuzz_X.c is a libFuzzer target. Without the fuzzer,
# `make check` replays its corpus, with changes of its own.
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_REPLAY := $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/replay_%)
FUZZ_SRC_decode := user/event/decode.c
FUZZ_SRC_capture := $(wildcard user/replay/*.c user/base/*.c user/event/*.c user/flow/*.c \
	user/order/*.c user/view/*.c)
FUZZ_LIBS_capture := -lz
FUZZ_SRC_filter := $(wildcard user/filter/*.c) user/base/str.c
FUZZ_SRC_recording := user/play.c user/selection.c user/teller.c \
	$(wildcard $(addsuffix /*.c,$(addprefix user/,base event flow replay)))
FUZZ_LIBS_recording := -lz
FUZZ ?= decode
TIME ?= 60

$(FUZZ_REPLAY): $(BUILD)/tests/fuzz/replay_%: tests/fuzz/fuzz_%.c tests/fuzz/replay_main.c \
		$(wildcard tests/fuzz/*.h) $(FUZZ_SRC_capture) $(wildcard include/tcptrace/*.h) \
		Makefile tests/tests.mk $(STAMP)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(ALL_CFLAGS)) $(SAN_FLAGS) -DCORPUS='"tests/fuzz/corpus/$*"' \
		$< tests/fuzz/replay_main.c $(FUZZ_SRC_$*) $(FUZZ_LIBS_$*) -o $@

# Long enough to trust the translation of FILTER: a million and a half pairs of an
# expression and a packet by libpcap's interpreter and by ours, and 200,000 by
# libpcap's and the kernel, as root.
fuzz-long: $(BUILD)/tests/fuzz/replay_filter $(BUILD)/tests/bpf/test_filter_run ## many more rounds of the comparison that matters
	$(Q)FUZZ_SECONDS=0 FUZZ_ROUNDS=40000 $(BUILD)/tests/fuzz/replay_filter
	$(Q)FILTER_SECONDS=3600 FILTER_PAIRS=200000 $(BUILD)/tests/bpf/test_filter_run

.PHONY: fuzz-long

check-fuzz: $(FUZZ_REPLAY) ## replay the fuzzers' corpus, ASan and UBSan
	$(Q)BUILD=$(BUILD) FUZZ_SECONDS=20 scripts/run-tests fuzz $(FUZZ_REPLAY)

fuzz: ## libFuzzer on one target; FUZZ=decode TIME=60
	@mkdir -p $(BUILD)/tests/fuzz/found/$(FUZZ)
	$(Q)$(CLANG) -std=gnu11 -O1 -g -D_GNU_SOURCE -Iuser -Iinclude \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
		tests/fuzz/fuzz_$(FUZZ).c $(FUZZ_SRC_$(FUZZ)) $(FUZZ_LIBS_$(FUZZ)) \
		-o $(BUILD)/tests/fuzz/fuzz_$(FUZZ)
	$(Q)$(BUILD)/tests/fuzz/fuzz_$(FUZZ) -max_total_time=$(TIME) -max_len=32768 \
		-artifact_prefix=$(BUILD)/tests/fuzz/ \
		$(BUILD)/tests/fuzz/found/$(FUZZ) tests/fuzz/corpus/$(FUZZ)

corpus: ## write tests/fuzz/corpus anew
	@mkdir -p $(BUILD)/tests/fuzz $(FUZZ_TARGETS:%=tests/fuzz/corpus/%)
	$(Q)$(CC) $(filter-out -MMD -MP,$(ALL_CFLAGS)) tests/fuzz/gen_corpus.c -o $(BUILD)/tests/fuzz/gen_corpus
	$(Q)$(BUILD)/tests/fuzz/gen_corpus tests/fuzz/corpus
	$(Q)python3 tests/fuzz/gen_captures.py tests/fuzz/corpus/capture

.PHONY: check-bpf check-fuzz fuzz corpus

# Measurements: ratios of alternated runs, and truth against a record.
LOAD := $(BUILD)/tests/bench/load
TRUTH_DRIVER := $(BUILD)/tests/truth/driver

$(LOAD) $(TRUTH_DRIVER): $(BUILD)/%: %.c Makefile tests/tests.mk $(STAMP)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MF $@.d $(ALL_LDFLAGS) $< -pthread -o $@

-include $(LOAD).d $(TRUTH_DRIVER).d

bench: $(TOOL) $(LOAD) ## what tracing costs, as ratios; BENCH=short, as root
	$(Q)BUILD=$(BUILD) BENCH=$(BENCH) scripts/bench

truth: $(TOOL) $(TRUTH_DRIVER) ## the stream against a record and tcpdump; TRUTH=20000, as root
	$(Q)BUILD=$(BUILD) scripts/truth $(TRUTH)

check-truth: $(TOOL) $(TRUTH_DRIVER) ## the same with 500 connections
	$(Q)BUILD=$(BUILD) scripts/run-tests truth tests/truth/test_truth.sh

.PHONY: bench truth check-truth

# The readers of capture files against the tools that are known for it.
check-read: $(TOOL) ## read -o tcpdump against tcpdump, byte for byte
	$(Q)BUILD=$(BUILD) scripts/run-tests read $(wildcard tests/read/test_*.py)

.PHONY: check-read

check-list: $(TOOL) ## list against netstat, lsof and ss, byte for byte; as root
	$(Q)BUILD=$(BUILD) scripts/run-tests list $(wildcard tests/list/test_*.py)

.PHONY: check-list

# Other kernels, in virtual machines: tests/vm/kernels.list. What a suite there
# left behind is in $(BUILD)/vm/KERNEL/.
VM_NEEDS := $(TOOL) $(BPF_OBJ) $(BUILD)/tests/bpf/test_load_each
VM := BUILD=$(BUILD) TT_TIMEOUT=14400 scripts/run-tests

# Where it cannot be installed the suite says what it misses, and is skipped.
VM_DEPS := scripts/install-deps vm || :

check-vm: $(VM_NEEDS) ## four kernels under qemu: programs, hooks, scenarios; as root
	$(Q)$(VM_DEPS)
	$(Q)$(VM) vm tests/vm/run.py

check-vm-long: $(VM_NEEDS) ## every kernel of the list, every scenario, with every kind of hooks
	$(Q)$(VM_DEPS)
	$(Q)VM_SET=long $(VM) vm-long tests/vm/run.py

check-vm-dist: $(VM_NEEDS) dist ## the release's binary on the kernels of check-vm; as root
	$(Q)$(VM_DEPS)
	$(Q)$(VM) vm-dist tests/vm/run.py --no-load --tool $(BUILD)/dist/tcptrace-bpf half_close

.PHONY: check-vm-dist

# The same on another architecture, whose build is beside this one.
ARM64 := BUILD=$(BUILD)/arm64 CROSS_COMPILE=aarch64-linux-gnu- ARCH=arm64

arm64: ## the tool for arm64, in $(BUILD)/arm64
	$(Q)scripts/install-deps arm64
	$(Q)$(MAKE) --no-print-directory $(ARM64) vm-needs

vm-needs: $(VM_NEEDS)

check-vm-arm64: arm64 ## 6.1 and 6.12 on arm64: programs, hooks, scenarios; as root
	$(Q)VM_SET=arm64 BUILD=$(BUILD)/arm64 TT_TIMEOUT=14400 scripts/run-tests vm-arm64 tests/vm/run.py

.PHONY: arm64 vm-needs check-vm-arm64

verifier-baseline: $(VM_NEEDS) ## what programs cost the verifier, on every kernel, as what is right
	$(Q)$(VM_DEPS)
	$(Q)VM_SET=long BUILD=$(BUILD) tests/vm/run.py --renew --load-only
	$(Q)TT_MODE=every TT_COSTS=$(BUILD)/host.costs $(BUILD)/tests/bpf/test_load_each >$(BUILD)/host.tap
	$(Q)tests/vm/costs.py --renew host $(BUILD)/host.costs

compatibility: ## keep the last results of check-vm, write docs/compatibility.md
	$(Q)tests/vm/compatibility.py --keep $(BUILD)/vm $(BUILD)/arm64/vm > $(BUILD)/compatibility.md
	$(Q)mv $(BUILD)/compatibility.md docs/

.PHONY: check-vm check-vm-long verifier-baseline compatibility

check-dist: $(TOOL) ## the release: the same bytes twice, one binary, installed and run
	$(Q)scripts/run-tests dist tests/dist/test_dist.sh

.PHONY: check-dist

check-record: $(TOOL) ## recordings: what the run printed, and the tools that read them
	$(Q)BUILD=$(BUILD) scripts/run-tests record tests/golden/golden.py \
		$(wildcard tests/record/test_*.py)

golden: $(TOOL) ## what every view prints of tests/golden's recordings, and what changed
	$(Q)BUILD=$(BUILD) tests/golden/golden.py --renew

.PHONY: check-record golden
