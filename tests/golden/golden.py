#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""golden.py [--renew | --keep RECORDING NAME]: recordings and what every view
prints of them.

Without options a test: each view of each recording is what stands beside it.
--renew writes what the views print now, and shows the difference. --keep takes a
recording into this folder, without the sockets that were found in namespaces
none of its packets is of.
"""
import difflib
import os
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "../.."))
TOOL = os.path.join(ROOT, os.environ.get("BUILD", "build"), "tcptrace-bpf")
VIEWS = [["text"], ["json"], ["csv"], ["list", "table"], ["list", "netstat"], ["list", "json"],
         ["list", "ss"], ["list", "lsof"], ["list", "csv"]]
OURS, FOUND, OPTION = 0x80746370, 5, 0x8074
# Of the block: its head, ours, then struct tt_rec_socket with its tuple.
NETNS_OF_FOUND = 8 + 8 + 24 + 36


def recordings():
    return sorted(f[:-len(".pcapng")] for f in os.listdir(HERE) if f.endswith(".pcapng"))


def shown(name, view):
    path = os.path.join(HERE, name + ".pcapng")
    args = [TOOL, "list", "-r", path, "-o", view[1]] if view[0] == "list" else \
        [TOOL, "read", "-o", view[0], path]
    done = subprocess.run(args, capture_output=True, timeout=60, check=False,
                          env=dict(os.environ, TZ="UTC", LC_ALL="C"))
    return done.stdout if done.returncode == 0 else done.stderr


def cases():
    for name in recordings():
        for view in VIEWS:
            yield name, view, os.path.join(HERE, f"{name}.{'-'.join(view)}")


def content(path):
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def difference(old, new, path):
    lines = [data.decode(errors="replace").splitlines() for data in (old, new)]
    return "\n".join(difflib.unified_diff(*lines, path, path, lineterm="", n=0))


def renew():
    for name, view, path in cases():
        old, new = content(path), shown(name, view)
        if old != new:
            print(difference(old, new, os.path.relpath(path, ROOT)))
        with open(path, "wb") as file:
            file.write(new)


def keep(path, name):
    data, at, kept, seen = content(path), 0, [], set()
    while at < len(data):
        kind, size = struct.unpack_from("=II", data, at)
        kept.append((kind, data[at:at + size]))
        if kind == 6:
            option = data.index(struct.pack("=H", OPTION), at)
            seen.add(struct.unpack_from("=I", data, option + 4 + 8 + 32)[0])
        at += size
    with open(os.path.join(HERE, name + ".pcapng"), "wb") as file:
        for kind, block in kept:
            found = kind == OURS and struct.unpack_from("=H", block, 12)[0] == FOUND
            if not found or struct.unpack_from("=I", block, NETNS_OF_FOUND)[0] in seen:
                file.write(block)


def test():
    every = list(cases())
    print(f"1..{len(every)}")
    failed = 0
    for number, (name, view, path) in enumerate(every, 1):
        old, new = content(path), shown(name, view)
        # lsof prints nothing, a title neither, where nobody holds a socket.
        good = old == new and (old or view == ["list", "lsof"])
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {name}: {' '.join(view)}")
        if not good:
            print(difference(old, new, path)[:4000], file=sys.stderr)
    return 1 if failed or not every else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--renew"]:
        renew()
    elif sys.argv[1:2] == ["--keep"] and len(sys.argv) == 4:
        keep(sys.argv[2], sys.argv[3])
    else:
        sys.exit(test())
