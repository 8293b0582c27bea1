#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""run-tests counts what its programs say, and never more passes than that."""
import os
import subprocess
import tempfile

import tap

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                   "../../scripts/run-tests")


def run(programs, timeout="20", results=True):
    """Status, stdout, the results file's lines, the details' lines."""
    with tempfile.TemporaryDirectory() as tmp:
        paths = []
        for name, text in programs.items():
            paths.append(os.path.join(tmp, name))
            with open(paths[-1], "w") as out:
                out.write(text)
        env = {k: v for k, v in os.environ.items() if not k.startswith("TT_")}
        env.update(BUILD=os.path.join(tmp, "build"), TT_TIMEOUT=timeout)
        if results:
            env["TT_RESULTS"] = os.path.join(tmp, "results")
        result = subprocess.run([RUN, "suite"] + paths, env=env, text=True,
                                stdout=subprocess.PIPE, check=False)
        read = []
        for path in ("results", "results.details"):
            path = os.path.join(tmp, path)
            with open(path if results else os.devnull) as lines:
                read.append(lines.read().splitlines())
    return result.returncode, result.stdout.splitlines(), read[0], read[1]


def counts(text, **options):
    """(passed, failed, skipped) of one program."""
    status, _, results, _ = run({"t.sh": text}, **options)
    _, *numbers = results[0].split()
    numbers = tuple(int(n) for n in numbers)
    assert (status == 1) == (numbers[1] > 0), (status, numbers)
    return numbers


def test_plain_programs_count_by_status():
    assert counts("echo fine\n") == (1, 0, 0)
    assert counts("exit 77\n") == (0, 0, 1)
    assert counts("exit 1\n") == (0, 1, 0)
    assert counts("exit 76\n") == (0, 1, 0)
    assert counts("kill -SEGV $$\n") == (0, 1, 0)


def test_words_that_look_like_tap_do_not_count():
    assert counts("echo ok; echo okay 3; echo not ok; exit 1\n") == (0, 1, 0)


def test_what_is_unavailable_counts_nowhere():
    text = "echo '1..1'; echo 'ok 1 - a'; echo '# unavailable: 6.16: not offered'\n"
    assert counts(text) == (1, 0, 0)
    _, out, _, details = run({"t.sh": text})
    assert "UNAVAILABLE suite/6.16: not offered" in out, out
    assert details == ["unavailable\tsuite/6.16\tnot offered"], details


def test_tap_lines_count_singly():
    text = """cat << END
1..5
ok 1 - one
not ok 2 - two
ok 3 - three # SKIP no such thing
ok 4
not ok 5 - five # TODO later
END
exit 1
"""
    assert counts(text) == (2, 1, 2)


def test_plan_of_none_is_a_skip():
    assert counts("echo '1..0 # SKIP no root'\n") == (0, 0, 1)


def test_missing_tests_fail():
    assert counts("echo 1..3; echo ok 1 - a; exit 0\n") == (1, 1, 0)
    assert counts("echo 1..3; echo ok 1 - a; kill -9 $$\n") == (1, 1, 0)
    assert counts("echo ok 1 - a; kill -9 $$\n") == (1, 1, 0)
    assert counts("echo ok 1 - a; echo Bail out! no more\n") == (1, 1, 0)


def test_status_alone_fails_a_program_whose_lines_are_good():
    assert counts("echo 1..1; echo ok 1 - a; exit 23\n") == (1, 1, 0)


def test_cmocka_spellings():
    text = "echo 1..2; echo 'not ok 1 # SKIP name'; echo 'ok 2 - b'\n"
    assert counts(text) == (1, 0, 1)
    assert counts("echo 1..4; echo 'not ok 0 - g GROUP SETUP'; exit 1\n")[1] >= 1


def test_stderr_never_cuts_a_result():
    text = "printf 'ok 1 - a'; sleep 0.1; echo noise >&2; sleep 0.1; echo\n"
    assert counts("echo 1..1\n" + text) == (1, 0, 0)
    assert counts("printf '1..1\\nok 1 - unfinished line'\n") == (1, 0, 0)


def test_hanging_program_is_killed():
    assert counts("echo 1..2; echo ok 1 - a; exec sleep 100\n",
                  timeout="0.5") == (1, 1, 0)
    assert counts("exec >&- 2>&-; exec sleep 100\n", timeout="0.5") == (0, 1, 0)


def test_left_over_process_does_not_hold_the_run():
    assert counts("sleep 20 & exit 0\n", timeout="15") == (1, 0, 0)


def test_program_that_cannot_start_fails():
    status, out, results, _ = run({"t.sh": "exit 0\n"})
    assert (status, results) == (0, ["suite 1 0 0"])
    result = subprocess.run([RUN, "suite", "/nonexistent/t"], text=True,
                            env=dict(os.environ, BUILD=tempfile.gettempdir(),
                                     TT_RESULTS=os.devnull),
                            stdout=subprocess.PIPE, check=False)
    assert result.returncode == 1, out
    assert "0 passed, 1 failed, 0 skipped" in result.stdout


def test_results_name_tests_reasons_and_logs():
    status, out, results, details = run({
        "a.sh": "echo 1..2; echo ok 1 - x; echo not ok 2 - y; exit 1\n",
        "b.sh": "echo first; echo needs two hosts; exit 77\n",
    })
    assert status == 1
    assert results == ["suite 1 1 1"]
    assert out[-1] == "suite: 1 passed, 1 failed, 1 skipped"
    assert len(out) == 2 and out[0].startswith("FAIL suite/a/y: ")
    assert out[0].endswith("test-logs/suite/a.sh.log")
    assert details[0].startswith("fail\tsuite/a/y\t")
    assert details[1] == "skip\tsuite/b\tneeds two hosts"


def test_results_file_is_optional():
    assert run({"t.sh": "exit 0\n"}, results=False)[:2] == (
        0, ["suite: 1 passed, 0 failed, 0 skipped"])


if __name__ == "__main__":
    tap.main()
