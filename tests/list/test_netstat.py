#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""list -o netstat against netstat, byte for byte."""
import re
import sys

from lib import LONG6, in_its_order, main, output, ours, same_around, same_lines


def without_expiry(text):
    """Rows, sorted, of their timers only the name and what was tried."""
    return sorted(re.sub(rb"\(\d+\.\d\d/", b"(-/", text).split(b"\n"))


def same(options, letters, mask=in_its_order):
    return same_around(mask, ("-o", "netstat", *options), "netstat", letters)


def rows_and_order(_zoo):
    mine = same((), "-natp")
    assert b"/a \x01 and more " in mine and b"/name/with/s" in mine, mine


def wide_and_extended(_zoo):
    assert LONG6.encode() in same(("--wide", "--extended"), "-natpWe")


def wide(_zoo):
    same(("--wide",), "-natpW")


def extended(_zoo):
    same(("--extended",), "-natpe")


def names_of_services_and_users(_zoo):
    for options, letters in (((), "-tap"), (("--extended", "--wide"), "-tapeW")):
        mine = same_around(in_its_order, ("-o", "netstat", "--names", *options),
                           "netstat", "--numeric-hosts", letters)
    assert b":https " in mine and b" nobody " in mine, mine


def all_fields(_zoo):
    mine = ours("-o", "netstat", "--all-fields")
    assert without_expiry(mine) in [without_expiry(ours(
        "-o", "netstat", "--wide", "--timers", "--extended")) for _ in range(3)]


def listening(_zoo):
    same(("--listening",), "-ntlp")


def listening_with_all(_zoo):
    same_around(without_expiry, ("-o", "netstat", "--listening", "--extended", "--wide",
                                 "--timers"), "netstat", "-ntlpeWo")


def timers(_zoo):
    mine = same(("--timers",), "-natpo", without_expiry)
    for name in (b"keepalive", b"timewait", b"off (0.00/0/0)"):
        assert name in mine, name


def timers_count_down(_zoo):
    """The keep-alive timer of two hours, in seconds and hundredths."""
    def seconds(text):
        return sorted(float(s) for s in re.findall(rb" keepalive \((\d+\.\d\d)/", text))

    mine = seconds(ours("-o", "netstat", "--timers"))
    theirs = seconds(output("netstat", "-natpo"))
    assert len(mine) == len(theirs) and mine[-1] > 7000, mine
    assert all(0 <= a - b < 5 for a, b in zip(mine, theirs)), (mine, theirs)


def everything(_zoo):
    same(("--timers", "--wide", "--extended"), "-natpoWe", without_expiry)


def timers_of_every_kind(_zoo):
    mine = same(("--timers",), "-natpo", without_expiry)
    for name in (b" on (", b" keepalive (", b" probe ("):
        assert name in mine, name
    for state in (b"SYN_SENT", b"SYN_RECV", b"FIN_WAIT1", b"CLOSING", b"LAST_ACK"):
        assert b" %b " % state in mine, state


def selected(zoo):
    """netstat selects nothing: its rows of the process, where ours has it first."""
    mine = ours("-o", "netstat", "-p", zoo.pid, "--state", "listen")
    theirs = output("netstat", "-natp")
    head = b"\n".join(theirs.split(b"\n")[:2])
    rows = [r for r in theirs.split(b"\n")
            if b" %b/" % zoo.pid.encode() in r and b" LISTEN " in r]
    assert len(rows) > 5
    same_lines(mine, b"\n".join([head, *rows, b""]))


STILL = (rows_and_order, wide_and_extended, wide, extended,
         names_of_services_and_users, all_fields, listening,
         listening_with_all, timers, timers_count_down, everything, selected)

if __name__ == "__main__":
    sys.exit(main(("netstat",), still=STILL, moving=(timers_of_every_kind,)))
