#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""compatibility.py [--keep FOLDER...]: docs/compatibility.md, to stdout.

Made of results/*.json. With --keep, the results of the runs in each FOLDER
($BUILD/vm) are taken over there first.
"""
import glob
import json
import os
import sys

import results

RUNGS = ("fentry", "kprobe", "tracepoint")
HEAD = """# The kernels it runs on

<!-- Made by `make compatibility` from tests/vm/results: run `make check-vm-long`. -->

Debian's kernels under qemu, booted by `make check-vm-long` (the first of them by
`make check-vm` at every change) and `make check-vm-arm64`, each from the package
named. "Programs" is every BPF program loaded alone with every filter in use; those
that are skipped are for other kernels: functions with other arguments, or not there.
Under each kind of hooks (`--hooks`) stands how many network scenarios came out right,
with their assertions on events, order and owners; the same run compares the streams
of two kinds, which may differ in nothing but what [hooks.md](hooks.md) declares. The
tool chooses by trying, never by a kernel's version, so other kernels with BTF from
5.10 on should do as well as their neighbours here; `tcptrace-bpf doctor` tells.

| kernel | architecture | package | programs | fentry | kprobe | tracepoint | run | tool |
|---|---|---|---|---|---|---|---|---|
"""


def cell(sums):
    if sums is None:
        return "not run"
    if "refused" in sums:
        return "not possible"
    text = "%d" % sums["passed"]
    if sums["failed"]:
        text += ", %d fail" % sums["failed"]
    if sums["skipped"]:
        text += ", %d skipped" % sums["skipped"]
    return text


def numbers(result):
    return [int(n) for n in result["release"].split("-")[0].split("+")[0].split(".")]


def read_all():
    found = []
    for path in glob.glob(os.path.join(results.KEPT, "*.json")):
        found.append(read(path))
    return sorted(found, key=lambda r: (r["arch"], numbers(r)))


def page():
    rows = []
    for r in read_all():
        suites = r["suites"]
        row = [r["release"].rsplit("-cloud-", 1)[0], r["arch"], r["package"],
               cell(suites.get("load"))]
        row += [cell(suites.get(rung)) for rung in RUNGS] + [r["when"], r["tool"]]
        rows.append("| %s |\n" % " | ".join(row))
    return HEAD + "".join(rows)


def read(path):
    try:
        with open(path) as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def keep(folder):
    """A suite that this run left out stays as it was, on the same package."""
    os.makedirs(results.KEPT, exist_ok=True)
    for path in sorted(glob.glob(os.path.join(folder, "*", "result.json"))):
        name = os.path.basename(os.path.dirname(path))
        kept = os.path.join(results.KEPT, name + ".json")
        new, old = read(path), read(kept)
        if old.get("package") == new["package"]:
            new["suites"] = dict(old["suites"], **new["suites"])
        with open(kept, "w") as f:
            json.dump(new, f, indent=1)
            f.write("\n")


def main(argv):
    if argv[:1] == ["--keep"]:
        for folder in argv[1:]:
            keep(folder)
    sys.stdout.write(page())


if __name__ == "__main__":
    main(sys.argv[1:])
