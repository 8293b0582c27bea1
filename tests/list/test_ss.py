#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""list -o ss against ss, byte for byte."""
import os
import pty
import fcntl
import re
import struct
import subprocess
import sys
import termios

from lib import DEVICE, ENV, LONG6, TOOL, Skip, in_its_order, main, output, ours, \
    same_around

# Milliseconds since then: they run on by themselves.
SINCE = ("lastsnd", "lastrcv", "lastack")
# And while data waits.
WAITED = ("busy", "rwnd_limited")


def without(*names):
    """Rows, sorted, without what moves by itself, and so without the padding that
    it makes; a row's second line stands behind its first."""
    def mask(text):
        text = re.sub(rb" timer:\((\w+),[^,]*,", rb" timer:(\1,-,", text)
        for name in names:
            text = re.sub(rb" %b:[^ ]+" % name.encode(), b"", text)
        rows = text.replace(b"\n\t", b"\t\t").split(b"\n")
        return sorted(re.sub(rb" +(\t|$)", rb"\1", row) for row in rows)
    return mask


def same(options, letters, mask=in_its_order):
    return same_around(mask, ("-o", "ss", *options), "ss", letters)


def rows_in_order_and_padding(zoo):
    mine = same((), "-tanpe")
    for part in (LONG6.encode(), b'("with space",pid=', b'("a",pid=', b'("",pid=',
                 b" timer:(keepalive,", b" timer:(timewait,", b" uid:65534 ",
                 b" uid:12345 ", b" v6only:1 ", b" --> ", b" <-- ",
                 b" fwmark:0x1f ", b"%" + DEVICE.encode() + b":7011", b"%lo:7006",
                 b" *:7002 ", b"[::]:7005 ", b"[::ffff:10.9.8.7]:7007 "):
        assert part in mine, part
    if "cgroup" in zoo.words:
        assert b"cgroup:/listzoo-" in mine and b"cgroup:unreachable:" in mine


def info(zoo):
    mine = same(("--info",), "-tanpei", without(*SINCE))
    for part in (b" wscale:", b" ts sack ", b" fastopen ", b" ecn ecnseen ", b" bbr:("):
        assert part in mine or part == b" bbr:(" and "bbr" not in zoo.words, part


def memory(_zoo):
    same(("--memory",), "-tanpem")


def all_of_it(_zoo):
    same(("--info", "--memory", "--timers"), "-tanpeimo", without(*SINCE))


def names_of_services(_zoo):
    assert b":https " in same(("--names",), "-tape")
    same(("--names", "--info"), "-tapei", without(*SINCE))


def all_fields(_zoo):
    same(("--all-fields",), "-tanpeimo", without(*SINCE))


def listening(_zoo):
    same(("--listening",), "-tlnpe")


def through_a_terminal(argv, columns):
    ours_end, theirs_end = pty.openpty()
    fcntl.ioctl(theirs_end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(argv, stdout=theirs_end, env=ENV) as proc:
        os.close(theirs_end)
        text = b""
        while True:
            try:
                piece = os.read(ours_end, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
    os.close(ours_end)
    assert proc.returncode == 0
    # A terminal is not told what a name says; ss tells it.
    return text.replace(b"\xc3\xa9t\xc3\xa9 \x01\t\r\n", b"\xc3\xa9t\xc3\xa9 ???")


def widths_of_terminals(_zoo):
    for columns in (40, 80, 133, 1000):
        for _ in range(20):
            before = through_a_terminal(["ss", "-tanpe"], columns)
            mine = through_a_terminal([TOOL, "list", "-o", "ss"], columns)
            if mine in (before, through_a_terminal(["ss", "-tanpe"], columns)):
                break
        else:
            raise AssertionError(f"{columns}\n{mine!r}\n{before!r}")


def one_process(zoo):
    """The rows of those sockets that the process holds."""
    def held(text):
        rows = text.replace(b" \x01\t\n", b" ???").split(b"\n")
        return without()(b"\n".join(re.sub(rb" +", b" ", row) for row in rows
                                    if b"pid=" + zoo.pid.encode() + b"," in row))
    mine = same_around(held, ("-o", "ss", "-p", zoo.pid), "ss", "-tanpe")
    assert len(held(mine)) > 20


def timers_of_every_kind(_zoo):
    mine = same((), "-tanpe", without())
    for name in (b"on", b"keepalive", b"persist"):
        assert b" timer:(" + name in mine, name
    for state in (b"SYN-SENT", b"SYN-RECV", b"FIN-WAIT-1", b"CLOSING", b"LAST-ACK"):
        assert b"\n" + state in mine, state


def info_of_what_moves(_zoo):
    mine = same(("--info", "--memory"), "-tanpeim", without(*SINCE, *WAITED))
    for part in (b" backoff:", b" retrans:", b" lost:", b" unacked:", b" notsent:"):
        assert part in mine, part


def keys(zoo):
    """ss prints a key before all else; here it stands where it belongs."""
    if "md5" not in zoo.words:
        raise Skip("no TCP_MD5SIG")
    mine, theirs = ours("-o", "ss", "--info"), output("ss", "-tanpei")
    secret = rb"se\054cr\134et\040\002"
    assert b" md5keys:127.0.0.9/32=" + secret in mine, mine
    assert theirs.startswith(secret), theirs
    strip = [re.sub(rb" +(\n|$)", rb"\1", t.replace(secret, b"")) for t in (mine, theirs)]
    assert strip[0] == strip[1]


def multipath(zoo):
    """Subflows, and who holds the MPTCP socket above them."""
    if "mptcp" not in zoo.words:
        raise Skip("no MPTCP")
    mine = same(("--info",), "-tanpei", without(*SINCE))
    assert b" tcp-ulp-mptcp flags:" in mine, mine
    mine = same(("-p", zoo.pid), "-tanpe", without())
    assert mine.count(b"pid=" + zoo.pid.encode()) > 2, mine


STILL = (rows_in_order_and_padding, info, memory, all_of_it, names_of_services,
         all_fields, listening,
         widths_of_terminals, one_process)
MOVING = (timers_of_every_kind, info_of_what_moves)

if __name__ == "__main__":
    sys.exit(main(("ss",), still=STILL, moving=MOVING, keys=(keys,),
                  multipath=(multipath,)))
