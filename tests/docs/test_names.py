#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the documents name exists: links, paths, make targets, options, and what
they say is not in this release is refused."""
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.path.insert(0, os.path.join(ROOT, "tests/scripts"))
import tap  # noqa: E402

os.chdir(ROOT)
TOOL = os.path.join(os.environ.get("BUILD", "build"), "tcptrace-bpf")
DOCS = ["README.md", "CHANGELOG.md", "vmlinux/README.md"] + sorted(glob.glob("docs/*.md"))
TOP = "|".join(re.escape(d) for d in ("bpf", "user", "include", "tests", "scripts",
                                      "docs", "man", "packaging", "vmlinux"))
# Folders of a later release, and what only a placeholder stands for.
LATER = {"user/insight"}


def text_of(path):
    with open(path) as f:
        return f.read()


def everything():
    return [(doc, text_of(doc)) for doc in DOCS]


def nothing(missing):
    assert not missing, "\n" + "\n".join(missing)


def test_links_lead_somewhere():
    missing = []
    for doc, text in everything():
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            if not os.path.exists(os.path.join(os.path.dirname(doc), link)):
                missing.append(f"{doc}: {link}")
    nothing(missing)


def test_paths_exist():
    missing = []
    for doc, text in everything():
        for path in re.findall(rf"(?<![\w/.-])((?:{TOP})/[\w./*-]*\w|(?:{TOP})/)", text):
            if path not in LATER and not glob.glob(path):
                missing.append(f"{doc}: {path}")
    nothing(missing)


def test_make_targets_exist():
    rules = text_of("Makefile") + text_of("tests/tests.mk")
    targets = set(re.findall(r"^([a-z_.-]+):", rules, re.M))
    nothing([f"{doc}: make {name}" for doc, text in everything()
             for name in re.findall(r"\bmake ([a-z][a-z_-]+)\b(?=[`\s]*(?:`|#|$))", text, re.M)
             if name not in targets])


def test_functions_and_files_in_design_exist():
    code = "".join(text_of(path) for folder in ("user", "bpf", "include")
                   for path in glob.glob(f"{folder}/**/*.[ch]", recursive=True))
    names = re.findall(r"`([a-z_]+)\(\)`", text_of("docs/DESIGN.md"))
    assert len(names) > 8
    nothing([name for name in names
             if not re.search(rf"\b\w*{name}\(", code)])


def help_of(command):
    return subprocess.run([TOOL, command, "--help"], check=True,
                          stdout=subprocess.PIPE, universal_newlines=True).stdout


def test_options_in_the_readme_exist():
    if not os.access(TOOL, os.X_OK):
        raise tap.Skip(f"{TOOL}: not built")
    known = "".join(help_of(c) for c in ("trace", "run", "list", "doctor"))
    section = re.search(r"^## Commands and options\n(.*?)^## ", text_of("README.md"),
                        re.S | re.M)[1]
    options = re.findall(r"`(--?[a-zA-Z0-9][a-z-]*)", section)
    assert len(options) > 20
    nothing([o for o in options if not re.search(rf"(^|[ ,]){o}\b", known, re.M)])


def test_what_is_not_in_this_release_is_refused():
    if not os.access(TOOL, os.X_OK):
        raise tap.Skip(f"{TOOL}: not built")
    section = re.search(r"^Not in this release.*?\n\n", text_of("README.md"), re.S | re.M)[0]
    words = [w for w in re.findall(r"`([^`]+)`", section)]
    assert words
    taken = []
    for word in words:
        if word == "finding":
            argv = ["--events", word]
        elif word in ("ladder", "csv", "tcpdump"):
            argv = ["trace", "-o", word]
        elif word == "-i":
            argv = ["-i", "lo"]
        else:
            argv = word.split() + (["x"] if word[0] == "-" and " " not in word else [])
        # What is taken after all would trace until this runs out of time.
        run = subprocess.run([TOOL, *argv], stdout=subprocess.PIPE, timeout=10,
                             stderr=subprocess.PIPE, universal_newlines=True)
        if run.returncode != 2 or "not in this release" not in run.stderr:
            taken.append(f"{argv}: status {run.returncode}: {run.stderr}")
    nothing(taken)


if __name__ == "__main__":
    tap.main()
