#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""gen-vmlinux on a small dump: what it keeps, declares and leaves out."""
import os
import re
import subprocess
import tempfile

import tap

GEN = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                   "../../scripts/gen-vmlinux"))

DUMP = """\
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

typedef unsigned int __u32;

typedef __u32 u32;

typedef unsigned char u8_alone;

enum {
\tUSED_CONSTANT = 7,
\tBESIDE_IT = 8,
};

enum {
\tUNUSED_CONSTANT = 9,
};

enum colour {
\tRED = 0,
};

struct held {
\tu32 a;
\tchar pad[3];
} __attribute__((packed));

struct held_in_array {
\tint x;
};

struct chased {
\tint wanted;
};

struct not_chased {
\tint other;
};

struct only_a_parameter {
\tint wanted;
};

struct unrelated {
\tint wanted;
};

typedef struct {
\tint counter;
} atomic_t;

typedef void callback_t(struct only_a_parameter *, enum colour);

struct named {
\tstruct held h;
\tstruct held_in_array many[2];
\tstruct chased *next_one;
\tstruct not_chased *other_one;
\tcallback_t *done;
\tint (*ops[4])(struct only_a_parameter *);
\tatomic_t count;
\tunion {
\t\tint bits: 3;
\t\tstruct unrelated *ignored;
\t};
};

#endif /* __VMLINUX_H__ */
"""

SOURCE = """\
#include "vmlinux.h"
/* struct unrelated in a comment, */
static const char text[] = "struct unrelated in a string";
_Static_assert(sizeof(struct held) == 7, "packed");
int read_it(struct named *n) { return n->next_one->wanted + USED_CONSTANT + text[1]; }
"""


def generate(source=SOURCE):
    """The header made, and clang's verdict on the source with it."""
    with tempfile.TemporaryDirectory() as root:
        os.mkdir(os.path.join(root, "bpf"))
        path = os.path.join(root, "bpf/x.bpf.c")
        with open(path, "w") as out:
            out.write(source)
        with open(os.path.join(root, "dump"), "w") as out:
            out.write(DUMP)
        tool = os.path.join(root, "bpftool")
        with open(tool, "w") as out:
            out.write('#!/bin/sh\nexec cat "$4"\n')
        os.chmod(tool, 0o755)
        made = subprocess.run([GEN, "--arch", "x86", "--release", "1.2.3-host", "dump"],
                              cwd=root, env=dict(os.environ, BPFTOOL=tool), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if made.returncode:
            return made, None, None
        header = os.path.join(root, "vmlinux/x86/vmlinux.h")
        compiled = subprocess.run(
            [os.environ.get("CLANG", "clang"), "-target", "bpf", "-g", "-O2", "-Wall",
             "-Werror", "-I", os.path.dirname(header), "-c", path, "-o", "/dev/null"],
            text=True, stderr=subprocess.PIPE, check=False)
        with open(header) as lines:
            return made, lines.read(), compiled


def is_defined(header, name):
    return re.search(rf"^(struct|enum) {name} {{", header, re.M) is not None


def test_kept_is_enough_for_clang():
    _, _, compiled = generate()
    assert compiled.returncode == 0, compiled.stderr


def test_what_is_named_held_or_reached_is_defined():
    _, header, _ = generate()
    for name in ("named", "held", "held_in_array", "chased", "colour"):
        assert is_defined(header, name), name
    assert "USED_CONSTANT = 7" in header and "BESIDE_IT = 8" in header
    assert "} atomic_t;" in header and "typedef __u32 u32;" in header
    assert "typedef void callback_t" in header


def test_the_rest_is_declared_at_most():
    _, header, _ = generate()
    for name in ("not_chased", "only_a_parameter", "unrelated"):
        assert not is_defined(header, name), name
        assert f"struct {name};\n" in header, name
    assert "UNUSED_CONSTANT" not in header and "u8_alone" not in header


def test_guards_and_core_attribute_stay():
    _, header, _ = generate()
    assert "#ifndef __VMLINUX_H__" in header
    assert header.count("#pragma clang attribute") == 2
    assert "Linux 1.2.3 for x86" in header


def test_a_source_that_does_not_compile_is_said():
    made, _, _ = generate('#include "no-such-file.h"\n')
    assert made.returncode == 1
    assert made.stderr.splitlines()[-1].startswith("gen-vmlinux: clang"), made.stderr


if __name__ == "__main__":
    tap.main()
