#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Plants one include at a time in a clean tree: check-layers must find it."""
import os
import subprocess
import tempfile

import tap

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "../../scripts/check-layers")

CLEAN = {
    "include/tcptrace/event.h": "#include <linux/types.h>\n#include \"tuple.h\"\n",
    "include/tcptrace/tuple.h": "",
    "user/base/out.c": "#include <stdio.h>\n#include \"base/out.h\"\n",
    "user/base/out.h": "#include <time.h>\n",
    "user/event/fact.h": "#include \"tcptrace/event.h\"\n#include \"base/out.h\"\n",
    "user/event/names.h": "#include <stdint.h>\n",
    "user/event/desc.h": "#include \"fact.h\"\n",
    "user/order/order.c": "#include \"event/fact.h\"\n",
    "user/flow/flow.h": "#include \"event/fact.h\"\n",
    "user/insight/rule.c": "#include \"flow/flow.h\"\n",
    "user/view/json.c": "#include <stdio.h>\n#include \"flow/flow.h\"\n",
    "user/replay/read.c": "#include <stdio.h>\n#include \"tcptrace/event.h\"\n",
    "user/live/live.c": "#include <bpf/libbpf.h>\n#include \"tcptrace.skel.h\"\n",
    "user/cli/options.c": "#include \"event/names.h\"\n#include \"event/desc.h\"\n",
    "user/main.c": "#include <bpf/libbpf.h>\n#include \"view/view.h\"\n",
}

# Where, what, and whether it is a violation.
PLANTED = [
    ("user/base/out.c", '"event/fact.h"', True),
    ("user/base/out.c", "<event/fact.h>", True),
    ("user/base/out.c", '"../event/fact.h"', True),
    ("user/base/out.c", "<bpf/bpf.h>", True),
    ("user/base/out.c", "<sys/epoll.h>", False),
    ("user/event/fact.h", "<stdio.h>", True),
    ("user/event/fact.h", "<time.h>", True),
    ("user/event/fact.h", '"view/view.h"', True),
    ("user/event/fact.h", "<string.h>", False),
    ("user/order/order.c", "<bpf/libbpf.h>", True),
    ("user/order/order.c", '"flow/flow.h"', True),
    ("user/flow/flow.h", "<stdio.h>", True),
    ("user/flow/flow.h", '"insight/rule.h"', True),
    ("user/flow/flow.h", '"order/order.h"', False),
    ("user/insight/rule.c", '"view/view.h"', True),
    ("user/view/json.c", "<sys/time.h>", True),
    ("user/view/json.c", '"cli/config.h"', True),
    ("user/view/json.c", '"live/live.h"', True),
    ("user/replay/read.c", '"flow/flow.h"', True),
    ("user/live/live.c", '"view/view.h"', True),
    ("user/live/live.c", '"flow/flow.h"', True),
    ("user/live/live.c", "<time.h>", False),
    ("user/cli/options.c", '"event/fact.h"', True),
    ("user/cli/options.c", '"tcptrace.skel.h"', True),
    ("user/cli/options.c", "<bpf/libbpf.h>", True),
    ("user/main.c", '"live/live.h"', False),
    ("include/tcptrace/event.h", "<stdbool.h>", True),
    ("include/tcptrace/event.h", '"base/out.h"', True),
    ("include/tcptrace/event.h", '"tcptrace/tuple.h"', False),
]


def run(root):
    return subprocess.run([CHECK, root], stdout=subprocess.PIPE, text=True,
                          check=False)


def write(root, files):
    for path, text in files.items():
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(text)


def test_clean_tree_passes():
    with tempfile.TemporaryDirectory() as root:
        write(root, CLEAN)
        result = run(root)
        assert (result.returncode, result.stdout) == (0, ""), result.stdout


def test_planted_violations_are_found_at_their_line():
    for path, name, is_bad in PLANTED:
        with tempfile.TemporaryDirectory() as root:
            write(root, CLEAN)
            write(root, {path: "/* one */\n\n  #  include " + name + "\n"})
            result = run(root)
            found = result.stdout.startswith(f"{path}:3: ")
            assert result.returncode == is_bad, (path, name, result.stdout)
            assert found == is_bad, (path, name, result.stdout)


def test_unknown_room_is_refused():
    with tempfile.TemporaryDirectory() as root:
        write(root, CLEAN)
        write(root, {"user/attic/x.c": ""})
        result = run(root)
        assert result.returncode == 1
        assert result.stdout.startswith("user/attic:"), result.stdout


if __name__ == "__main__":
    tap.main()
