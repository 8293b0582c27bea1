# SPDX-License-Identifier: BSD-2-Clause
"""What a run of the matrix found, a file a kernel: docs/compatibility.md is
made of those that are kept in results/."""
import json
import os
import subprocess
import time

import tap

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = os.path.join(HERE, "results")


def count(run, step):
    results, planned, why = tap.parse(run.log(step))
    if planned == 0:
        return {"refused": why}
    sums = {"passed": 0, "failed": 0, "skipped": 0}
    for verdict, *_ in results:
        sums[{"pass": "passed", "fail": "failed", "skip": "skipped"}[verdict]] += 1
    return sums


def tool_version():
    done = subprocess.run(["git", "describe", "--tags", "--always", "--dirty"], cwd=HERE,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.strip() or "unknown"


def write(run):
    """In the run's folder; `make compatibility` keeps it."""
    steps = [s for s in run.statuses if not s.startswith("doctor-")]
    about = {
        "kernel": run.wanted.series, "arch": run.wanted.arch,
        "release": run.kernel.release, "package": run.kernel.version,
        "when": time.strftime("%Y-%m-%d", time.gmtime()), "tool": tool_version(),
        "suites": {step: count(run, step) for step in steps},
    }
    with open(os.path.join(run.folder, "result.json"), "w") as f:
        json.dump(about, f, indent=1)
        f.write("\n")
