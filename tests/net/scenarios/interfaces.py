# SPDX-License-Identifier: BSD-2-Clause
"""Devices on devices: whose segment it is, and each told once."""
from lib import Skip, Fail
from . import scenario
from .wire import expect_each_once_an_end


def macvlan(ns, lower, name, *addresses, mode="bridge"):
    try:
        ns.ip("link", "add", name, "link", lower, "type", "macvlan", "mode", mode)
    except Fail as e:
        raise Skip("no macvlan: %s" % e) from None
    if addresses:
        ns.address(name, *addresses)


def over_macvlan(t, mode="bridge", own=True):
    """A client behind a macvlan, on the lower device of its own namespace or of
    another; a server at the other end of the wire."""
    a, b = t.netns("a"), t.netns("b")
    low = a if own else t.netns("m")
    t.veth(low, b, "low", "vb")
    low.ip("link", "set", "low", "up")
    macvlan(low, "low", "va", mode=mode)
    if not own:
        low.ip("link", "set", "va", "netns", a.name)
    a.address("va", "10.97.0.1/24")
    b.address("vb", "10.97.0.2/24")
    return a, b, t.driver(b, "server"), t.driver(a, "client")


@scenario
def macvlan_beside_its_lower_device(t):
    """Both are of one namespace: the frame passes two of its devices."""
    expect_each_once_an_end(t, ends=over_macvlan(t))


@scenario
def macvlan_of_another_namespace(t):
    """What arrives passes the lower device, where no end of it is."""
    expect_each_once_an_end(t, ends=over_macvlan(t, own=False))


@scenario
def macvlan_with_the_address_below(t):
    """Mode passthru: both devices have one address."""
    expect_each_once_an_end(t, ends=over_macvlan(t, mode="passthru"))


@scenario
def macvlans_that_talk_to_each_other(t):
    """Frames that go back at the lower device, and never leave it."""
    a, b, low = t.netns("a"), t.netns("b"), t.netns("m")
    low.ip("link", "add", "low", "type", "veth", "peer", "name", "lowx")
    for name in ("low", "lowx"):
        low.ip("link", "set", name, "up")
    for ns, name in ((a, "va"), (b, "vb")):
        macvlan(low, "low", name)
        low.ip("link", "set", name, "netns", ns.name)
    a.address("va", "10.97.0.1/24")
    b.address("vb", "10.97.0.2/24")
    expect_each_once_an_end(t, ends=(a, b, t.driver(b, "server"), t.driver(a, "client")))
