#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""check-spdx on small trees: what it must find and what it must leave alone."""
import os
import subprocess
import tempfile

import tap

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "../../scripts/check-spdx")
TAG = "SPDX-License-Identifier: "  # in two parts: this file has one already
BSD, BOTH = TAG + "BSD-2-Clause", TAG + "GPL-2.0-only OR BSD-2-Clause"


def check(files, tracked=True):
    """(status, output) of the check in a new clone with these files."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        if tracked:
            subprocess.run(["git", "init", "-q", root], check=True)
            subprocess.run(["git", "-C", root, "add", "."], check=True)
        run = subprocess.run([CHECK, root], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL,
                             universal_newlines=True)
        return run.returncode, run.stdout


def test_licensed_files_pass():
    status, out = check({
        "LICENSE": BSD + "\n",
        "user/a.c": f"// {BSD}\n",
        "user/a.h": f"/* {BSD} */\n",
        "scripts/a": f"#!/bin/sh\n# {BSD}\n",
        "bpf/a.bpf.c": f"// {BOTH}\n",
        "include/tcptrace/a.h": f"/* {BOTH} */\n",
    })
    assert (status, out) == (0, ""), out


def test_prose_and_data_need_none():
    status, out = check({"README.md": "#\n", "docs/a.md": "#\n",
                         "tests/cli/help/a.txt": "usage\n",
                         "tests/fuzz/corpus/decode/a": "\1"})
    assert (status, out) == (0, ""), out


def test_no_line_is_found():
    status, out = check({"user/a.c": "int a;\n"})
    assert status == 1
    assert out == "user/a.c:1: no SPDX line, not BSD-2-Clause\n", out


def test_a_line_too_far_down_does_not_count():
    status, out = check({"scripts/a": f"#!/bin/sh\n\n# {BSD}\n"})
    assert status == 1, out


def test_the_wrong_licence_is_found():
    status, out = check({"bpf/a.bpf.h": f"/* {BSD} */\n",
                         "user/a.c": f"// {BOTH}\n"})
    assert status == 1
    assert sorted(out.splitlines()) == [
        "bpf/a.bpf.h:1: BSD-2-Clause, not GPL-2.0-only OR BSD-2-Clause",
        "user/a.c:1: GPL-2.0-only OR BSD-2-Clause, not BSD-2-Clause"], out


def test_without_git_it_is_skipped():
    status, out = check({"user/a.c": "int a;\n"}, tracked=False)
    assert status == 77, (status, out)


if __name__ == "__main__":
    tap.main()
