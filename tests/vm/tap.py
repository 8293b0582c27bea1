# SPDX-License-Identifier: BSD-2-Clause
"""TAP in, from the guests; TAP out, for scripts/run-tests."""
import re

RESULT = re.compile(r"(not )?ok \d+ - (.*?)(?:\s+# SKIP\s*(.*))?$")


class Out:
    def __init__(self):
        self.number = self.failed = 0

    def note(self, text):
        print("# " + text, flush=True)

    def unavailable(self, name, why):
        self.note("unavailable: %s: %s" % (name, why))

    def tell(self, verdict, name, reason, lines=()):
        """verdict: pass, fail or skip."""
        self.number += 1
        skip = " # SKIP " + (reason or "no reason given") if verdict == "skip" else ""
        print("%sok %d - %s%s" % ("not " if verdict == "fail" else "", self.number, name, skip))
        if verdict == "fail":
            self.failed += 1
            for line in ([reason] if reason else []) + list(lines):
                print("# " + line)

    def end(self):
        nothing = "" if self.number else " # SKIP no kernel can be had"
        print("1..%d%s" % (self.number, nothing), flush=True)
        return 1 if self.failed else 0


def parse(lines):
    """[(verdict, name, reason, lines that follow)] and the planned count."""
    results, planned, why = [], None, ""
    for line in lines:
        match = RESULT.match(line)
        plan = re.match(r"1\.\.(\d+)(?:\s*# SKIP\s*(.*))?$", line)
        if plan:
            planned, why = int(plan[1]), plan[2] or ""
        elif match:
            verdict = "fail" if match[1] else "skip" if match[3] is not None else "pass"
            results.append((verdict, match[2], match[3] or "", []))
        elif results:
            results[-1][3].append(line.removeprefix("# "))
    return results, planned, why


def retell(out, prefix, lines, status):
    """The tests of one program that printed TAP, and how it ended."""
    results, planned, why = parse(lines)
    for verdict, name, reason, more in results:
        out.tell(verdict, "%s %s" % (prefix, name), reason, more if verdict == "fail" else ())
    if planned == 0:
        out.tell("skip", prefix, why)
    elif planned is None or len(results) < planned or status not in ("0", "1", "77"):
        out.tell("fail", prefix, "%d of %s tests ran, status %s" % (
            len(results), planned, status), lines[-10:])
