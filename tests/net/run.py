#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py [--list] [-j N] [--hooks RUNG] [NAME...]: the network scenarios, as TAP.

Each scenario runs in a process of its own, which is killed when it overruns;
what it printed, and the streams it traced, are shown and kept if it fails.
NAME may be a scenario or a file of scenarios/. Where $TT_STREAMS names a folder,
the streams of those that passed are kept there.
"""
import argparse
import glob
import importlib
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lib  # noqa: E402
import scenarios  # noqa: E402
from witness import Witness  # noqa: E402

TRIES = 3  # of a scenario of which the kernel showed something to no program
OVERRUN = 90 * lib.SLOW  # seconds; a scenario's own waits end before


def collect():
    """name -> (file, function), in the files' order."""
    found = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(scenarios.__path__)):
        loaded = importlib.import_module("scenarios." + module)
        for name, function in vars(loaded).items():
            if getattr(function, "scenario", False):
                found[name] = (module, function)
    return found


def run_one(name, function):
    """In the child: 0 passed, 1 failed, 77 skipped; the reason on stdout."""
    t = lib.Scenario(name)
    status = 1
    try:
        function(t)
        status = 0
    except lib.Skip as e:
        print(e)
        status = 77
    except lib.Fail as e:
        where = [f for f in traceback.extract_tb(e.__traceback__)
                 if os.path.basename(os.path.dirname(f.filename)) == "scenarios"]
        print("%s:%s: %s" % (where[-1].name, where[-1].lineno, e) if where else e)
    except Exception:
        traceback.print_exc(file=sys.stdout)
    if status == 1:
        print("\n".join(t.report()))
    if lib.STREAMS and status == 0:
        t.keep_streams()
    t.keep_logs(status == 1)
    t.cleanup()
    sys.stdout.flush()
    os._exit(status)


class Child:
    def __init__(self, name, function, tries=1):
        self.name, self.function, self.tries = name, function, tries
        self.began = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        self.started = time.monotonic()
        self.output = tempfile.TemporaryFile()
        self.pid = os.fork()
        if self.pid == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.dup2(self.output.fileno(), 1)
            os.dup2(self.output.fileno(), 2)
            run_one(name, function)

    def poll(self):
        """The exit status, or None while it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.sweep()
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() - self.started > OVERRUN:
            self.output.write(b"overrun: killed\n")
            self.kill()
            os.waitpid(self.pid, 0)
            return 1
        return None

    def sweep(self):
        """Its process group and namespaces, whatever became of it."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except OSError:
            pass
        prefix = "tt-%d-" % self.pid
        lib.delete_netns(prefix)
        for left in glob.glob(os.path.join(tempfile.gettempdir(), prefix + "*")):
            shutil.rmtree(left, ignore_errors=True)

    def kill(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
        except OSError:
            pass
        self.sweep()

    def text(self):
        self.output.seek(0)
        return self.output.read().decode(errors="replace").rstrip("\n")


class Tap:
    def __init__(self, count):
        self.number = 0
        self.failed = 0
        print("1..%d" % count, flush=True)

    def tell(self, child, status):
        self.number += 1
        took = "%.1f s" % (time.monotonic() - child.started)
        text = child.text()
        if status == 77:
            print("ok %d - %s # SKIP %s" % (self.number, child.name, text.split("\n")[0]))
        elif status == 0:
            print("ok %d - %s\n# %s" % (self.number, child.name, took))
        else:
            self.failed += 1
            print("not ok %d - %s\n# %s" % (self.number, child.name, took))
            for line in text.split("\n"):
                print("# " + line)
        sys.stdout.flush()


def runs_again(child, status, witness):
    """What no program is shown no tracer can tell: such a failure says nothing."""
    if status in (0, 77) or child.tries == TRIES:
        return False
    hidden = witness.count_since(child.began)
    if hidden:
        print("# %s runs again: %d events of TCP fell where this kernel runs no BPF program"
              % (child.name, hidden), flush=True)
    return hidden > 0


def has_place(running, function, jobs):
    if running and (is_alone(function) or is_alone(running[0].function)):
        return False
    return len(running) < jobs


def is_alone(function):
    return getattr(function, "alone", False)


def run_all(chosen, jobs):
    waiting = list(chosen)
    running = []
    tap = Tap(len(waiting))
    witness = Witness()
    witness.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the children go too
    try:
        while waiting or running:
            while waiting and has_place(running, waiting[0][1], jobs):
                running.append(Child(*waiting.pop(0)))
            for child in list(running):
                status = child.poll()
                if status is not None:
                    running.remove(child)
                    if runs_again(child, status, witness):
                        waiting.append((child.name, child.function, child.tries + 1))
                    else:
                        tap.tell(child, status)
            time.sleep(0.01)
    finally:
        witness.stop()
        for child in running:
            child.kill()
    return tap.failed


def cannot():
    """Why no scenario can run here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    if subprocess.run(["ip", "netns", "list"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode:
        return "needs `ip netns`"
    if lib.HOOKS:
        tried = subprocess.run([lib.TRACER, "--hooks", lib.HOOKS, "--dry-run"], text=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if tried.returncode == 3:
            return tried.stderr.strip().split("\n")[-1]
    return None


def main():
    parser = argparse.ArgumentParser(description="network scenarios, as TAP")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("-j", type=int, default=2, metavar="N", help="so many at once (2)")
    parser.add_argument("--hooks", metavar="RUNG", help="of every tracer that names none")
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args()
    lib.HOOKS = args.hooks or lib.HOOKS
    found = collect()
    chosen = [(n, f) for n, (m, f) in found.items()
              if not args.names or n in args.names or m in args.names]
    unknown = set(args.names) - set(found) - {m for m, _f in found.values()}
    if unknown:
        parser.error("no such scenario: " + " ".join(sorted(unknown)))
    if args.list:
        print("\n".join(n for n, _f in chosen))
        return 0
    reason = cannot()
    if reason:
        print("1..0 # SKIP " + reason)
        return 77
    if not os.access(lib.TRACER, os.X_OK):
        print("Bail out! %s is not built" % os.path.relpath(lib.TRACER, lib.ROOT))
        return 1
    return 1 if run_all(chosen, args.j) else 0


if __name__ == "__main__":
    sys.exit(main())
