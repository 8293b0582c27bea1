#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The network scenarios' stream fails where it must: each rule it holds every
stream to is broken once."""
import json
import os
import sys

import tap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../net"))
from lib import ABSENT, E, Fail, PRESENT, Stream, match, state  # noqa: E402


def ev(event, second=0, **fields):
    return dict(fields, event=event, time="2026-11-22T16:00:%02d.000000000Z" % second)


def stream(*events):
    s = Stream()
    s.feed("".join(json.dumps(e) + "\n" for e in events).encode())
    s.finish()
    s.parse()
    return s


def fails(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except Fail:
        return True
    return False


def broken(*events, pids=frozenset({7}), netns=frozenset({5})):
    return fails(stream(*events).check, pids=pids, netns=netns)


def test_match_looks_inside():
    e = ev("packet", pid=7, to={"pid": 7, "fd": 3})
    assert match(e, E("packet", to=dict(fd=3)))
    assert not match(e, E("packet", to=dict(fd=4)))
    assert not match(e, E("packet", pid=ABSENT))
    assert match(e, E("packet", pid=PRESENT, fd=ABSENT))
    assert match(e, E("packet", pid={7, 8})) and not match(e, E("packet", pid={8}))
    assert not match(e, E("packet", fd=lambda v: v >= 0)), "absent is never tested"


def test_true_is_not_one():
    assert not match(ev("syn_recv", cookie=1), E("syn_recv", cookie=True))
    assert not match(ev("recv", bytes=True), E("recv", bytes=1))


def test_a_good_stream_passes():
    assert not broken(ev("connect", 1, pid=7, netns=5, sk="1f"),
                      ev("state", 2, pid=7, sk="1f", old="CLOSE", new="SYN_SENT"),
                      ev("state", 3, pid=7, sk="1f", old="SYN_SENT", new="CLOSE"),
                      ev("accept", 1, late=True, pid=7), ev("close", 4, sk="1f"))


def test_each_rule_can_break():
    assert broken(ev("connected", 2), ev("connect", 1)), "order"
    assert broken(ev("connect", pid=8)), "owner"
    assert broken(ev("packet", to={"pid": 8})), "owner of the other end"
    assert broken(ev("socket", owners=[{"pid": 8, "fd": 1}])), "owner of a set"
    assert broken(ev("connect", netns=6)), "namespace"
    assert broken(ev("connect", tid=0)), "0 for unknown"
    assert broken(ev("close", sk="a"), ev("close", sk="a")), "closed twice"
    assert broken(ev("state", old="CLOSE", new="CLOSE")), "no change"
    assert broken(ev("state", old="NONE", new="CLOSE")), "no state"
    assert broken(ev("state", 1, sk="a", old="CLOSE", new="SYN_SENT"),
                  ev("state", 2, sk="a", old="ESTABLISHED", new="CLOSE")), "a gap"
    assert broken(ev("connect", sk="0x1f")) and broken(ev("connect", sk="0"))
    assert broken(ev("lost", count=1)) and broken(ev("unheard_of"))
    assert broken({"event": "connect", "time": "16:00:00"}), "time"
    s = Stream()
    s.feed(b"{not json\n")
    assert fails(s.parse)


def test_order_is_by_time_then_print():
    s = stream(ev("connect", 1), ev("connected", 3), ev("accept", 2, late=True))
    s.ordered(E("connect"), E("accept"), E("connected"))
    assert fails(s.ordered, E("connected"), E("accept"))
    assert fails(s.ordered, E("connect"), E("connect"))


def test_counting():
    s = stream(ev("close", 1, pid=7), ev("close", 2, pid=9))
    assert s.one("close", pid=9)["time"].endswith("02.000000000Z")
    assert fails(s.one, "close") and fails(s.none, "close") and not fails(s.none, "accept")
    assert fails(s.wait, "close", count=3), "the stream has ended"
    assert len(s.wait("close", count=2)) == 2


def test_states_of_a_socket():
    s = stream(ev(**state("CLOSE", "SYN_SENT", sk="a")), ev(**state("CLOSE", "LISTEN", sk="b")),
               ev(**state("SYN_SENT", "ESTABLISHED", sk="a")))
    s.expect_states("a", "CLOSE", "SYN_SENT", "ESTABLISHED")
    assert fails(s.expect_states, "a", "CLOSE", "SYN_SENT")


if __name__ == "__main__":
    tap.main()
