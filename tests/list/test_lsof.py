#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""list -o lsof against lsof, byte for byte after sorting."""
import os
import sys

from lib import Skip, main, nameless, output, ours, same_lines as same_text


def same_lines(mine, theirs):
    """But for the name of the process that has none: lsof repeats another's."""
    pids = nameless()

    def mask(text):
        return b"\n".join(b"NAME" + row[9:] if row[9:].split()[:1] in pids else row
                          for row in text.split(b"\n"))

    same_text(mask(mine), mask(theirs))


def of_all(_zoo):
    same_lines(ours("-o", "lsof"), output("lsof", "-nP", "-iTCP"))


def of_a_process(zoo):
    same_lines(ours("-o", "lsof", "-p", zoo.pid),
               output("lsof", "-nP", "-a", "-iTCP", "-op", zoo.pid))


def among_other_files(zoo):
    """The rows of -op PID, whose columns are as wide as other files need."""
    rows = [r for r in output("lsof", "-nP", "-op", zoo.pid).split(b"\n")
            if b" TCP " in r]
    mine = ours("-o", "lsof", "-p", zoo.pid).split(b"\n")[1:-1]
    assert rows and sorted(r.split() for r in rows) == \
        sorted(r.split() for r in mine)


def of_several_processes(zoo):
    pids = zoo.pid + "," + str(os.getpid())
    same_lines(ours("-o", "lsof", "-p", pids),
               output("lsof", "-nP", "-a", "-iTCP", "-op", pids))


def with_names_of_services(_zoo):
    mine = ours("-o", "lsof", "--names")
    same_lines(mine, output("lsof", "-n", "-iTCP"))
    assert b"*:https (LISTEN)" in mine and b"[::1]:ssh (LISTEN)" in mine


def multipath(zoo):
    if "mptcp" not in zoo.words:
        raise Skip("no MPTCP")
    of_all(zoo)
    assert b":7013" in ours("-o", "lsof", "-p", zoo.pid)


STILL = (of_all, of_a_process, among_other_files, of_several_processes,
         with_names_of_services)

if __name__ == "__main__":
    sys.exit(main(("lsof",), still=STILL, moving=(of_all,), multipath=(multipath,)))
