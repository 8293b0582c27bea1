#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""costs.py [--renew] KERNEL FILE: what programs cost the verifier, and may.

FILE is what test_load_each wrote to $TT_COSTS. KERNEL is a name of
kernels.list, or `host` for this machine's own, which goes by its series. TAP on stdout, or with --renew that kernel's part of
verifier.baseline anew. A program may cost half of what the verifier takes, and
a tenth more than in the baseline.
"""
import os
import sys

import tap

BASELINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "verifier.baseline")
LIMIT = 1000000  # BPF_COMPLEXITY_LIMIT_INSNS
HEAD = """# SPDX-License-Identifier: BSD-2-Clause
# What each program costs the verifier: KERNEL OBJECT PROGRAM MODE INSTRUCTIONS
# STATES. Written by `make verifier-baseline`.
"""


def read(path):
    """(object, program, mode) -> (instructions, states)"""
    found = {}
    try:
        with open(path) as f:
            for line in f:
                *key, insns, states = line.split()
                found[tuple(key)] = (int(insns), int(states))
    except FileNotFoundError:
        pass
    return found


def read_baseline():
    """kernel -> what read() gives"""
    out = {}
    try:
        with open(BASELINE) as f:
            for line in f:
                if not line.startswith("#"):
                    kernel, *key, insns, states = line.split()
                    out.setdefault(kernel, {})[tuple(key)] = (int(insns), int(states))
    except FileNotFoundError:
        pass
    return out


def renew(found):
    """found: kernel -> what read() gives; the other kernels stay."""
    every = read_baseline()
    every.update({k: v for k, v in found.items() if v})
    with open(BASELINE + ".tmp", "w") as f:
        f.write(HEAD)
        for kernel in sorted(every):
            for key, cost in sorted(every[kernel].items()):
                f.write("%s %s %d %d\n" % (kernel, " ".join(key), *cost))
    os.rename(BASELINE + ".tmp", BASELINE)


def judge(kernel, found):
    """[(verdict, name, reason)]"""
    before = read_baseline().get(kernel)
    if not found:
        return [("fail", "is known", "no program told its cost")]
    out = []
    modes = {key[2] for key in before or found}
    for key, (insns, states) in sorted(found.items()):
        if key[2] not in modes:
            continue
        reason = ""
        was = (before or {}).get(key)
        if insns > LIMIT // 2:
            reason = "%d instructions, over half the limit" % insns
        elif before is not None and was is None:
            reason = "not in the baseline: make verifier-baseline"
        elif was and (insns > was[0] * 1.1 or states > was[1] * 1.1):
            reason = "%d instructions and %d states, %d and %d before" % (insns, states, *was)
        out.append(("fail" if reason else "pass", " ".join(key), reason))
    return out


def main(argv):
    renewing = argv[:1] == ["--renew"]
    kernel, path = argv[renewing:]
    if kernel == "host":
        kernel = "host-" + ".".join(os.uname().release.split(".")[:2])
    if renewing:
        renew({kernel: read(path)})
        return 0
    out = tap.Out()
    for verdict, name, reason in judge(kernel, read(path)):
        out.tell(verdict, "cost " + name, reason)
    return out.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
