#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""check-all sums the suites of a small tree of its own."""
import os
import re
import shutil
import subprocess
import tempfile

import tap

HERE = os.path.dirname(os.path.abspath(__file__))
CHECK = os.path.join(HERE, "../../scripts/check-all")

# Its suites, whatever the project's are.
SUITES = 'SUITES = ["unit", "layers", "docs", "bpf", "fuzz", "cli", "net"]'

RULES = """
check-unit:
	@echo 'unit 3 0 0' >> $(TT_RESULTS)
	@echo 'unit 2 0 1' >> $(TT_RESULTS)
	@printf 'skip\\tunit/a/b\\tno root\\n' >> $(TT_RESULTS).details
check-docs: ; @echo 'docs 1 0 0' >> $(TT_RESULTS)
check-layers: ; @echo 'layers 1 0 0' >> $(TT_RESULTS)
check-bpf: ; @echo 'bpf 1 0 0' >> $(TT_RESULTS)
check-cli: ; @echo 'cli 1 0 0' >> $(TT_RESULTS)
check-fuzz: ; @echo 'fuzz 1 0 0' >> $(TT_RESULTS)
"""
NET = "check-net: ; @echo 'net 4 0 0' >> $(TT_RESULTS)\n"


def copy_check(root):
    copy = os.path.join(root, "scripts/check-all")
    shutil.copy(CHECK, copy)
    with open(copy) as script:
        text, found = re.subn(r"^SUITES = \[[^]]*\]", SUITES, script.read(), flags=re.M)
    assert found == 1, found
    with open(copy, "w") as script:
        script.write(text)


def run(rules, expected="", ci="false", more=()):
    with tempfile.TemporaryDirectory() as root:
        for folder in ("scripts", "tests"):
            os.mkdir(os.path.join(root, folder))
        copy_check(root)
        for path, text in (("Makefile", "include tests/tests.mk\n"),
                           ("tests/tests.mk", rules),
                           ("tests/expected.txt", expected)):
            with open(os.path.join(root, path), "w") as out:
                out.write(text)
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(("TT_", "MAKE", "MFLAGS"))}
        result = subprocess.run([os.path.join(root, "scripts/check-all"), *more],
                                env=dict(env, CI=ci), stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, check=False)
    return result.returncode, result.stdout.splitlines()


def test_a_suite_more():
    rules = RULES + NET + """
check-vm:
	@echo 'vm 5 0 0' >> $(TT_RESULTS)
	@printf 'unavailable\\tvm/6.16\\tnot offered\\n' >> $(TT_RESULTS).details
"""
    _, without = run(rules)
    status, lines = run(rules, more=["vm"])
    assert status == 0, lines
    passed = [int(out[-1].split()[0]) for out in (without, lines)]
    assert passed[1] == passed[0] + 5, (without[-1], lines[-1])
    assert "  vm/6.16: not offered" in lines[lines.index("unavailable:"):], lines


def test_suites_are_summed():
    status, out = run(RULES + NET)
    assert (status, out[-1]) == (0, "14 passed, 0 failed, 1 skipped"), out
    assert "  unit/a/b: no root" in out, out


def test_missing_suite_is_one_skip():
    status, out = run(RULES)
    assert (status, out[-1]) == (0, "10 passed, 0 failed, 2 skipped"), out
    assert any(line.startswith("  net: ") for line in out), out


def test_failures_are_listed_and_fail():
    status, out = run(RULES + "check-net:\n\t@echo 'net 1 2 0' >> $(TT_RESULTS)\n"
                      "\t@printf 'fail\\tnet/x\\tlog\\n' >> $(TT_RESULTS).details\n"
                      "\t@false\n")
    assert (status, out[-1]) == (1, "11 passed, 2 failed, 1 skipped"), out
    assert "  net/x: log" in out, out


def test_suite_that_does_not_build_fails():
    status, out = run(RULES + "check-net: ; @false\n")
    assert (status, out[-1]) == (1, "10 passed, 1 failed, 1 skipped"), out


def test_suite_that_says_nothing_fails():
    status, out = run(RULES + "check-net: ; @true\n")
    assert (status, out[-1]) == (1, "10 passed, 1 failed, 1 skipped"), out


def test_expected_test_must_run_in_ci_only():
    for names, status_in_ci in (("unit/a/b\n", 1), ("unit/a\n", 1),
                                ("# unit/a/b\n", 0), ("unit/a/bc\n", 0)):
        assert run(RULES + NET, names, "true")[0] == status_in_ci, names
        assert run(RULES + NET, names)[0] == 0, names
    status, out = run(RULES, "net\n", "true")
    assert status == 1
    assert out[-1] == "10 passed, 0 failed, 2 skipped", out


if __name__ == "__main__":
    tap.main()
