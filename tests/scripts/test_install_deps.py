#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""install-deps beside a false dpkg-query, apt-get and id."""
import os
import subprocess
import tempfile

import tap

DEPS = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                    "../../scripts/install-deps"))
TOOLS = {
    "dpkg-query": 'case " $MISSING " in *" $4 "*) exit 1 ;; esac\n'
                  'printf installed\n',
    "apt-get": 'echo "apt-get $*" >>"$LOG"\n'
               'case " $* " in *" update "*) exit 100 ;; esac\n',
    "id": "echo $UID_SAID\n",
    "mkdir": "exit 0\n",
    "javac": "exit 0\n",
}


def run(*args, missing="", uid=0):
    with tempfile.TemporaryDirectory() as root:
        for name, body in TOOLS.items():
            path = os.path.join(root, name)
            with open(path, "w") as out:
                out.write("#!/bin/sh\n" + body)
            os.chmod(path, 0o755)
        log = os.path.join(root, "log")
        env = dict(os.environ, PATH=root + ":" + os.environ["PATH"], LOG=log,
                   MISSING=missing, UID_SAID=str(uid))
        result = subprocess.run([DEPS, *args], env=env, text=True, check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        calls = ""
        if os.path.exists(log):
            with open(log) as lines:
                calls = lines.read()
        return result, calls


def test_nothing_missing_needs_neither_root_nor_apt():
    for args in ((), ("demo",), ("check",)):
        result, calls = run(*args, uid=1000)
        assert (result.returncode, result.stdout, result.stderr, calls) == (0, "", "", "")


def test_only_the_missing_are_installed_after_an_update_that_may_fail():
    result, calls = run(missing="clang libelf-dev jq")
    assert result.returncode == 0, result.stderr
    update, install = calls.splitlines()
    assert " update" in update
    assert install.endswith(" -y --no-install-recommends clang libelf-dev"), install


def test_each_set_holds_the_ones_before():
    _, calls = run("demo", missing="clang iproute2 jq")
    assert calls.endswith(" clang iproute2\n"), calls
    _, calls = run("check", missing="clang iproute2 jq")
    assert calls.endswith(" clang iproute2 jq\n"), calls


def test_without_root_it_says_what_to_run():
    result, calls = run(missing="clang", uid=1000)
    assert (result.returncode, calls) == (1, "")
    assert "sudo apt-get install --no-install-recommends clang" in result.stderr


def test_an_unknown_set_is_refused():
    result, calls = run("everything")
    assert (result.returncode, calls) == (1, "")
    assert "no such set: everything" in result.stderr


if __name__ == "__main__":
    tap.main()
