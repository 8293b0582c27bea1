#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py [--set SET] [--only SERIES] [-j N] [NAME...]: the suites on other kernels.

Boots each kernel of kernels.list that is in SET (ci, long, arm64) under qemu,
N at once (2), and runs there: every BPF program alone, then the network
scenarios NAME... with each kind of hooks in turn. TAP on stdout; what the
guests left is in $BUILD/vm/KERNEL/.

A kernel that no suite offers any more is told as `# unavailable: ...`, which
is neither a pass nor a skip.
"""
import argparse
import concurrent.futures
import itertools
import json
import os
import shutil
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("BUILD", "build")
sys.path.insert(0, HERE)
import costs  # noqa: E402
import image  # noqa: E402
import kernels  # noqa: E402
import machine  # noqa: E402
import results  # noqa: E402
import rungs  # noqa: E402
import tap  # noqa: E402

RUNGS = ("fentry", "kprobe", "tracepoint")
# What check-vm has the time for; check-vm-long runs every scenario.
SHORT = "every_kind_of_hooks many_waiting_calls half_close older_sockets".split()
# Twice as slow as the others.
SHORT_ARM64 = "half_close nonblocking_connect".split()
# Scenarios that need what the guest has not, or hours there.
NOT_HERE = {"java_pair", "two_thousand_connections", "bulk"}
STEP_SECONDS = {"load": 900, "doctor-fentry": 120, "doctor-kprobe": 120,
                "doctor-tracepoint": 120}
SLOW = 6  # a guest against this machine


def build_path(*parts):
    return os.path.join(ROOT, BUILD, *parts)


def make_plan(names):
    steps = [
        {"name": "load", "argv": ["build/tests/bpf/test_load_each"],
         "env": {"TT_COSTS": "/out/costs", "TT_MODE": "every"}},
    ]
    for rung in RUNGS:
        steps.append({
            "name": "doctor-" + rung, "env": {},
            "argv": ["build/tcptrace-bpf", "doctor", "--json", "--hooks", rung]})
        steps.append({
            "name": rung,
            "argv": ["/usr/bin/python3", "-S", "-E", "tests/net/run.py", "--hooks", rung] + names,
            "env": {"TT_STREAMS": "/out/streams/" + rung, "TT_SLOW": str(SLOW)}})
    for step in steps:
        step["timeout"] = STEP_SECONDS.get(step["name"], 120 + 90 * len(names))
    return steps


def write_payload(path, steps, tool):
    cpio = image.Cpio(path)
    cpio.tree("t/tests/net", os.path.join(HERE, "..", "net"))
    # where test_load_each was told that it is
    cpio.tree(os.path.join("/t", BUILD, "bpf"), build_path("bpf"))
    cpio.program(tool, "t/build/tcptrace-bpf")
    cpio.program(build_path("tests/bpf/test_load_each"), "t/build/tests/bpf/test_load_each")
    cpio.text("t/plan.json", json.dumps({"steps": steps}))
    cpio.close()


class Run:
    """One kernel: its machine, and what came of it."""

    def __init__(self, wanted, kernel, args):
        self.wanted, self.kernel = wanted, kernel
        self.tool, self.append = args.tool, args.append
        self.folder = build_path("vm", wanted.name)
        self.statuses = None
        self.declared = {}  # rung -> what its hooks here do not show
        self.seconds = 0

    def go(self, steps, tell):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        parts = [os.path.join(self.folder, n) for n in ("root.cpio", "payload.cpio")]
        tree = None
        if self.wanted.arch != "amd64":
            tree = kernels.foreign_root(self.wanted.arch, "bookworm", image.FOREIGN)
        image.write_root(parts[0], self.kernel.modules, os.path.join(HERE, "guest.py"), tree)
        write_payload(parts[1], steps, self.tool)
        vm = machine.Machine(self.wanted.arch, self.kernel.image, parts, self.folder,
                             self.append)
        for part in parts:
            os.unlink(part)
        started = time.monotonic()
        self.statuses = vm.run(60 + sum(step["timeout"] for step in steps),
                               lambda line: tell(self.wanted.name, line))
        self.seconds = time.monotonic() - started
        if self.statuses is not None:
            vm.results(self.folder)
        self.last_words = vm.last_words()
        vm.clean()

    def log(self, step):
        try:
            with open(os.path.join(self.folder, step + ".log"), errors="replace") as f:
                return f.read().splitlines()
        except OSError:
            return []

    def judge(self, out):
        """Every test of every step."""
        name = self.wanted.name
        if self.statuses is None:
            out.tell("fail", name, "did not come to its end", self.last_words)
            return
        out.tell("pass", "%s runs" % name, "")
        for step, (status, _seconds) in self.statuses.items():
            if not step.startswith("doctor-"):
                tap.retell(out, "%s %s" % (name, step), self.log(step), status)
        self.judge_rungs(out)
        if "load" in self.statuses:
            self.judge_costs(out)

    def judge_rungs(self, out):
        """The streams of each two kinds of hooks."""
        compared = {rung: rungs.streams(self.folder, rung) for rung in RUNGS}
        for rung in RUNGS:
            if compared[rung]:
                self.declared[rung] = rungs.Declared(json.loads("\n".join(
                    self.log("doctor-" + rung))))
        for a, b in itertools.combinations(self.declared, 2):
            for key in sorted(set(compared[a]) & set(compared[b])):
                bad = rungs.undeclared(compared[a][key], compared[b][key],
                                       (self.declared[a], self.declared[b]))
                number = " " + key[1] if key[1] != "0" else ""
                out.tell("fail" if bad else "pass", "%s %s as %s: %s%s" % (
                    self.wanted.name, a, b, key[0], number), "", bad)

    def judge_costs(self, out):
        found = costs.read(os.path.join(self.folder, "costs"))
        for verdict, name, reason in costs.judge(self.wanted.name, found):
            out.tell(verdict, "%s cost %s" % (self.wanted.name, name), reason)


def resolve(wanted, suites, args, out):
    """[Run], of what can be had; the rest is told."""
    runs, stores = [], {}
    for w in wanted:
        store = stores.setdefault(w.arch, kernels.Store(w.arch, suites))
        try:
            runs.append(Run(w, store.get(w.series), args))
        except kernels.Unavailable as e:
            out.unavailable(w.name, str(e))
        except kernels.Unreachable as e:
            out.tell("skip", w.name, str(e))
        except OSError as e:
            out.tell("fail", w.name, str(e))
    return runs


def choose(args):
    wanted, suites = kernels.read_list()
    sets = {"ci": {"ci"}, "long": {"ci", "long"}, "arm64": {"arm64"}}[args.set]
    wanted = [w for w in wanted if w.kind in sets]
    if args.only:
        wanted = [w for w in wanted if w.series in args.only]
    return wanted, suites


def cannot(wanted):
    for arch in sorted({w.arch for w in wanted}):
        if machine.missing(arch):
            return "no " + machine.missing(arch)
    if os.geteuid() != 0:
        return "needs root"
    return None


def parse_args():
    parser = argparse.ArgumentParser(description="the suites on other kernels, as TAP")
    parser.add_argument("--set", default=os.environ.get("VM_SET", "ci"), choices=("ci", "long", "arm64"))
    parser.add_argument("--only", action="append", metavar="SERIES")
    parser.add_argument("-j", type=int, default=2, metavar="N", help="so many at once (2)")
    parser.add_argument("-v", action="store_true", help="consoles to stderr as they come")
    parser.add_argument("--renew", action="store_true", help="write the verifier's baseline")
    parser.add_argument("--load-only", action="store_true", help="programs, no scenarios")
    parser.add_argument("--no-load", action="store_true", help="scenarios, no programs")
    parser.add_argument("--tool", default=build_path("tcptrace-bpf"), metavar="FILE",
                        help="the binary to run there")
    parser.add_argument("--append", default="", metavar="WORDS",
                        help="more for the kernel's command line")
    parser.add_argument("names", nargs="*", metavar="NAME", help="scenarios")
    return parser.parse_args()


def scenario_names(args):
    if args.names or args.set != "long":
        return args.names or (SHORT_ARM64 if args.set == "arm64" else SHORT)
    sys.path.insert(0, os.path.join(HERE, "..", "net"))
    import run as net
    return [n for n in net.collect() if n not in NOT_HERE]


def run_all(runs, steps, jobs, tell, out):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(run.go, steps, tell): run for run in runs}
        for future in concurrent.futures.as_completed(futures):
            run = futures[future]
            try:
                future.result()
                run.judge(out)
            except OSError as e:
                out.tell("fail", run.wanted.name, str(e))
            out.note("%s: %s, %.0f s: %s" % (
                run.wanted.name, run.kernel.release, run.seconds,
                " ".join("%s %s" % (s, t) for s, (_, t) in (run.statuses or {}).items())))


def judge_declared(runs, out):
    """What is declared not to be shown, and was chosen, must have shown itself
    on one kernel at least."""
    declared = [d for run in runs for d in run.declared.values()]
    seen = set().union(*(d.seen for d in declared))
    for key in sorted({k for d in declared for k in d.keys()}, key=str):
        by, hook, kind, event, field = key
        name = "declared: %s, %s: %s %s" % (hook, by, event, field or kind)
        out.tell("pass" if key in seen else "fail", name, "it makes no difference")


def main():
    args = parse_args()
    wanted, suites = choose(args)
    reason = cannot(wanted)
    if reason:
        print("1..0 # SKIP " + reason)
        return 77
    os.chdir(ROOT)
    out = tap.Out()
    lock = threading.Lock()

    def tell(name, line):
        if args.v:
            with lock:
                sys.stderr.write("%s: %s\n" % (name, line))

    runs = resolve(wanted, suites, args, out)
    steps = make_plan(scenario_names(args))
    if args.load_only or args.no_load:
        steps = [s for s in steps if (s["name"] == "load") == args.load_only]
    run_all(runs, steps, args.j, tell, out)
    if not args.names and args.set != "arm64" and not args.load_only and not args.no_load:
        judge_declared(runs, out)
    if args.renew:
        costs.renew({r.wanted.name: costs.read(os.path.join(r.folder, "costs"))
                     for r in runs if r.statuses is not None})
    for run in runs:
        if run.statuses is not None:
            results.write(run)
    return out.end()


if __name__ == "__main__":
    sys.exit(main())
