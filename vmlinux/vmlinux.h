/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Picks the kernel types of the architecture the BPF objects are built for.
 * The per-architecture files hold only what bpf/ uses; see README.md here.
 */
#ifndef TCPTRACE_VMLINUX_H
#define TCPTRACE_VMLINUX_H

#if defined(__TARGET_ARCH_x86)
#include "x86/vmlinux.h"
#elif defined(__TARGET_ARCH_arm64)
#include "arm64/vmlinux.h"
#else
#error "no vmlinux.h for this architecture: run scripts/gen-vmlinux on it"
#endif

#endif
