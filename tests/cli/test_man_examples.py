#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The manual's examples, run as they stand, beside the server of test_readme.py.

1234 is the server's process; curl stands for a program that connects to it. What
an example must show is in EXPECTED: a new example needs a row there.
"""
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_readme as readme  # noqa: E402
from test_readme import lines_with, tap  # noqa: E402

CURL = "exec bash -c 'echo hello >/dev/tcp/127.0.0.1/9090'\n"

# In the order of the page: words that a line has; None: words that none has.
EXPECTED = [
    [("LISTEN",), ("accept",), ("Flags [S.]",), ("close",)],
    [],
    [('"event":"connected"', '"error":"ECONNREFUSED"'), ('"event":"connected"', '"rport":9090')],
    [("accept",), ("connected",), None, ("Flags",)],
    [None, ("127.0.0.1",)],
    [("LISTEN", "127.0.0.1:9090"), None, ("ESTABLISHED",)],
    [],  # it is waited for: the status says it all
    [],
    [("packet",)],
]


def examples():
    with open(os.path.join(readme.ROOT, "man/tcptrace-bpf.8")) as f:
        section = re.search(r"^\.Sh EXAMPLES\n(.*?)^\.Sh ", f.read(), re.S | re.M)[1]
    return re.findall(r"^\.Dl # (.*)$", section, re.M)


def check(command, expect):
    with tempfile.TemporaryDirectory() as folder, readme.Driver() as pid:
        readme.stand_in(folder, "curl", CURL)
        limit = readme.LONG if " run " in command else readme.SECONDS
        readme.stand_in(folder, "tcptrace-bpf", f'exec timeout --preserve-status -s INT '
                        f'{limit} {readme.TOOL} "$@"\n')
        status, out, err = readme.run(command.replace("1234", str(pid)), pid, folder)
        print("#", command)
        # One waits until the server's last connection is gone: SIGINT ends it.
        assert status == 0 or (status == 130 and "'not " in command), (status, err)
        wanted = True
        for words in expect:
            if words is None:
                wanted = False
            else:
                assert bool(lines_with(out, *words)) == wanted, (words, out[-3000:], err)


def test_every_example():
    found = examples()
    assert len(found) == len(EXPECTED), found
    for command, expect in zip(found, EXPECTED):
        check(command, expect)


if __name__ == "__main__":
    why_not = readme.can_run()
    if why_not:
        print(why_not)
        sys.exit(77)
    tap.main()
