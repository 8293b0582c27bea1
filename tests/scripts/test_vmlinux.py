#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""vmlinux/: both architectures have the kernel types that the BPF sources name.

A type that one of them lacks may compile all the same, where only pointers to it
are used, and then no kernel of that architecture takes the program.
"""
import glob
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap  # noqa: E402

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
os.chdir(ROOT)
ARCHES = sorted(os.path.basename(os.path.dirname(p)) for p in glob.glob("vmlinux/*/vmlinux.h"))
SOURCES = sorted(glob.glob("bpf/*.bpf.c"))


def text_of(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def defined(arch):
    return set(re.findall(r"^(struct|union|enum) (\w+) \{", text_of(
        "vmlinux/%s/vmlinux.h" % arch), re.M))


def test_same_types_in_each():
    named = set()
    for path in glob.glob("bpf/*.bpf.[ch]"):
        named |= set(re.findall(r"\b(struct|union|enum) (\w+)\b", text_of(path)))
    assert named and len(ARCHES) > 1, (named, ARCHES)
    have = {arch: defined(arch) & named for arch in ARCHES}
    for arch in ARCHES:
        missing = set.union(*have.values()) - have[arch]
        assert not missing, (arch, "run scripts/gen-vmlinux", missing)


def test_sources_compile_for_each():
    clang = os.environ.get("CLANG", "clang")
    if not shutil.which(clang):
        raise tap.Skip("no clang")
    for arch in ARCHES:
        for path in SOURCES:
            subprocess.run(
                [clang, "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-Wall", "-Werror",
                 "-fsyntax-only", "-D__TARGET_ARCH_" + arch, "-Ivmlinux", "-Iinclude", "-Ibpf",
                 path], check=True)


if __name__ == "__main__":
    tap.main()
