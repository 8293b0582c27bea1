# SPDX-License-Identifier: BSD-2-Clause
# The whole build. `make help` lists the targets.
#
# Knobs: BUILD=dir V=1 DEBUG=1 SAN=1 COV=1 STATIC=1 WERROR=1 DESTDIR= PREFIX=/usr/local
# CC CLANG BPFTOOL LLVM_STRIP OBJCOPY PKG_CONFIG CROSS_COMPILE ARCH SYSROOT may be
# overridden. For another architecture: CROSS_COMPILE=aarch64-linux-gnu- ARCH=arm64;
# it is built in build/arm64, with Debian's libraries in build/arm64/sysroot.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

ARCH ?= $(subst aarch64,arm64,$(subst x86_64,x86,$(shell uname -m)))
BUILD ?= build$(if $(CROSS_COMPILE),/$(ARCH))
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/tcptrace-bpf
COMPDIR ?= $(PREFIX)/share/bash-completion/completions

SYSROOT ?= $(if $(CROSS_COMPILE),$(BUILD)/sysroot)
CC := $(CROSS_COMPILE)$(if $(filter default,$(origin CC)),gcc,$(CC))$(if $(SYSROOT), --sysroot=$(SYSROOT))
OBJCOPY ?= $(CROSS_COMPILE)objcopy
AR := $(CROSS_COMPILE)$(if $(filter default,$(origin AR)),ar,$(AR))
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /sbin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || cat VERSION 2>/dev/null || echo unknown)

ifeq ($(V),1)
  Q :=
  say = @:
else
  Q := @
  say = @printf '  %-8s %s\n' $(1) $(patsubst $(BUILD)/%,%,$(2))
endif

comma := ,

# --- flags ---------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wformat=2 -Wundef $(if $(WERROR),-Werror)
OPT := $(if $(DEBUG),-O0 -g3,-O2 -g)
CFLAGS ?= $(OPT)
ALL_CFLAGS := -std=gnu11 $(CFLAGS) $(WARN) -MMD -MP -D_GNU_SOURCE \
	-Iuser -Iinclude -I$(BUILD)/skel \
	$(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer) \
	$(if $(COV),--coverage)
ALL_LDFLAGS := $(LDFLAGS) \
	$(if $(SAN),-fsanitize=address$(comma)undefined) $(if $(COV),--coverage)
# STATIC=1: all but the C library inside. That one stays outside, as users'
# names may come from any of its modules (nsswitch.conf).
LIBS = $(if $(STATIC),$(BPF_INSIDE) -Wl$(comma)-Bstatic -lelf -lz -Wl$(comma)-Bdynamic, \
	$(if $(SYSROOT),-lbpf,$(shell $(PKG_CONFIG) --libs libbpf)) -lelf -lz)

BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Werror -MMD -MP \
	-D__TARGET_ARCH_$(ARCH) -Ivmlinux -Iinclude -Ibpf -ffile-prefix-map=$(CURDIR)=.

# Changing a knob that changes objects rebuilds them.
STAMP := $(BUILD)/.flags
flags_now := $(CC) $(ALL_CFLAGS) $(CLANG) $(BPF_CFLAGS) $(VERSION)
$(shell mkdir -p $(BUILD); \
	printf '%s' '$(flags_now)' | cmp -s - $(STAMP) || printf '%s' '$(flags_now)' > $(STAMP))

# --- sources, room by room -----------------------------------------------

CORE_ROOMS := base event order filter flow insight view record replay
CORE_SRC := $(foreach r,$(CORE_ROOMS),$(wildcard user/$(r)/*.c))
TOOL_SRC := $(wildcard user/cli/*.c user/live/*.c user/*.c)
BPF_SRC := $(wildcard bpf/*.bpf.c)

CORE_OBJ := $(CORE_SRC:%.c=$(BUILD)/%.o)
TOOL_OBJ := $(TOOL_SRC:%.c=$(BUILD)/%.o)
BPF_OBJ := $(BPF_SRC:bpf/%.bpf.c=$(BUILD)/bpf/%.bpf.o)
SKEL := $(BPF_SRC:bpf/%.bpf.c=$(BUILD)/skel/%.skel.h)
CORE_LIB := $(BUILD)/libtcptrace-core.a
TOOL := $(BUILD)/tcptrace-bpf

all: $(TOOL) ## build the tool: build/tcptrace-bpf

# --- BPF -----------------------------------------------------------------

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c Makefile $(STAMP)
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MF $(@:.o=.d) -MT $@ -c $< -o $(@:.o=.tmp.o)
	$(Q)$(LLVM_STRIP) -g $(@:.o=.tmp.o) -o $@

$(BUILD)/skel/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(call say,SKEL,$@)
	@mkdir -p $(@D)
	$(Q)$(BPFTOOL) gen skeleton $< name $(subst -,_,$*)_bpf > $@.tmp && mv $@.tmp $@

# The object of a listing, as tables: see user/live/bare.h.
BARE := $(BUILD)/skel/snapshot.bare.h

$(BUILD)/skel/%.bare.h: $(BUILD)/bpf/%.bpf.o scripts/gen-bare
	$(call say,BARE,$@)
	@mkdir -p $(@D)
	$(Q)scripts/gen-bare $< $(subst -,_,$*) > $@.tmp && mv $@.tmp $@

# --- user space ----------------------------------------------------------

$(BUILD)/user/%.o: user/%.c Makefile $(STAMP)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -DTT_VERSION='"$(VERSION)"' -c $< -o $@

ifneq ($(SYSROOT),)
$(CORE_OBJ) $(TOOL_OBJ): | $(SYSROOT)

$(SYSROOT):
	$(call say,SYSROOT,$@)
	$(Q)scripts/cross-sysroot $(ARCH) $@
endif

# Only live/ and main know the skeletons: editing a view rebuilds no BPF.
$(filter $(BUILD)/user/live/%,$(TOOL_OBJ)): | $(SKEL) $(BARE)

$(CORE_LIB): $(CORE_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# libbpf.a as one object that has no names but its interface: it has a hashmap
# of its own.
BPF_INSIDE := $(if $(STATIC),$(BUILD)/libbpf-inside.o)

$(BUILD)/libbpf-inside.o: $(STAMP)
	$(call say,LD,$@)
	$(Q)$(CC) -r -nostdlib -Wl,--whole-archive -l:libbpf.a -Wl,--no-whole-archive -o $@
	$(Q)$(OBJCOPY) -w $(addprefix --keep-global-symbol=,bpf_* btf_* libbpf_* ring_buffer__* \
		perf_buffer__* user_ring_buffer__*) $@

$(TOOL): $(TOOL_OBJ) $(CORE_LIB) $(BPF_INSIDE)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $(TOOL_OBJ) $(CORE_LIB) $(LIBS) -o $@

-include $(CORE_OBJ:.o=.d) $(TOOL_OBJ:.o=.d) $(BPF_OBJ:.o=.d)

# --- tests ---------------------------------------------------------------

# Unit tests link the core library alone, under ASan and UBSan: a call into
# libbpf is a link error here.
UNIT_SRC := $(wildcard tests/unit/*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/unit/%)
SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined
UNIT_LIB_OBJ := $(CORE_SRC:%.c=$(BUILD)/san/%.o) $(patsubst %.c,$(BUILD)/san/%.o,$(wildcard user/cli/*.c))

$(BUILD)/san/%.o: %.c Makefile $(STAMP)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(SAN_FLAGS) -DTT_VERSION='"$(VERSION)"' -c $< -o $@

$(BUILD)/san/libcore.a: $(UNIT_LIB_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/san/libcore.a
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(SAN_FLAGS) -MF $@.d -Itests/unit $< $(BUILD)/san/libcore.a -lcmocka -lz -o $@

-include $(UNIT_LIB_OBJ:.o=.d) $(UNIT_BIN:=.d)

unit: $(UNIT_BIN) ## unit tests: no root, no BPF, ASan and UBSan
	$(Q)scripts/run-tests unit $(UNIT_BIN)

include tests/tests.mk

# --- other targets -------------------------------------------------------

deps: ## install what the build needs (Debian, root)
	$(Q)scripts/install-deps

demo: ## the main job on the Java pair; PORT=9090
	$(Q)scripts/install-deps demo
	$(Q)$(MAKE) --no-print-directory all
	$(Q)scripts/demo/run

install: all install-files ## install under $(DESTDIR)$(PREFIX)

# Of a binary that is there already.
BINARY ?= $(TOOL)

install-files: $(if $(filter install,$(MAKECMDGOALS)),all)
	install -D -m 755 $(BINARY) $(DESTDIR)$(BINDIR)/tcptrace-bpf
	install -D -m 644 man/tcptrace-bpf.8 $(DESTDIR)$(MANDIR)/man8/tcptrace-bpf.8
	install -D -m 644 packaging/completions/tcptrace-bpf.bash $(DESTDIR)$(COMPDIR)/tcptrace-bpf
	install -D -m 644 -t $(DESTDIR)$(DOCDIR) README.md CHANGELOG.md LICENSE

# A build of its own, stripped and without a path of this machine in it. Two of
# the same commit are the same bytes.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null)
MACHINE = $(shell $(CC) -dumpmachine | cut -d- -f1)

dist: ## the release: $(BUILD)/release/*.tar.gz and *.deb
	$(Q)scripts/install-deps
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/dist STATIC=1 VERSION='$(VERSION)' \
		CFLAGS='-O2 -ffile-prefix-map=$(CURDIR)=.' \
		LDFLAGS='$(LDFLAGS) -s -Wl,-z,relro,-z,now' all
	$(Q)SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) MAKE='$(MAKE)' scripts/dist \
		$(BUILD)/dist/tcptrace-bpf '$(VERSION)' $(MACHINE) $(BUILD)/release

compile_commands.json: ## for clangd and clang-tidy, BPF included
	$(Q)CC='$(CC)' CLANG='$(CLANG)' scripts/gen-compile-commands $@ \
		$(CORE_SRC) $(TOOL_SRC) $(UNIT_SRC) -- $(ALL_CFLAGS) -Itests/unit -- \
		$(BPF_SRC) -- $(BPF_CFLAGS)

clean: ## remove build/
	rm -rf $(BUILD)

help: ## this list
	@grep -hE '^[a-z_.-]+:.*##' $(MAKEFILE_LIST) | \
		awk -F ':.*## ' '{ printf "  %-24s %s\n", $$1, $$2 }'

.PHONY: all unit check deps demo install install-files dist clean help compile_commands.json
