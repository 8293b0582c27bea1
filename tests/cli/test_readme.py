#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""README.md's five examples, run as they stand, for a few seconds each.

A server and its clients keep port 9090 busy in a network namespace of their
own. $PID is the server; `sudo` is left out, and `tcptrace-bpf` is the one that
was built, ended by SIGINT if it does not end by itself. What an example must
show is in EXPECTED: a new example needs a row there.
"""
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path.insert(0, os.path.join(ROOT, "tests/scripts"))
import tap  # noqa: E402

BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
TOOL = os.path.join(BUILD, "tcptrace-bpf")
SECONDS = 3  # that an endless example may run
LONG = 60  # one that ends by itself

DRIVER = r"""
import socket, threading, time

def serve(listener):
    while True:
        conn = listener.accept()[0]
        while conn.recv(100):
            pass
        conn.close()

listener = socket.create_server(("127.0.0.1", 9090))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
print("listening", flush=True)
while True:
    with socket.create_connection(("127.0.0.1", 9090)) as client:
        client.send(b"hello")
        time.sleep(0.05)
    with socket.socket() as client:
        client.connect_ex(("127.0.0.1", 9))
"""


def lines_with(out, *words):
    return [line for line in out.splitlines() if all(w in line for w in words)]


def shows_one_process(out, pid, _dir):
    for words in ("socket", "LISTEN"), ("accept",), ("recv", "5 bytes 0:5"), \
            ("Flags [S.]",), ("Flags [F.]",), ("close",):
        assert lines_with(out, str(pid), *words), words
    assert all(str(pid) in line for line in out.splitlines()), "another's line"


def shows_a_command(out, _pid, folder):
    assert out == "", "the events belong in the file"
    with open(os.path.join(folder, "events.txt")) as f:
        events = f.read()
    for words in ("connect ", "> 127.0.0.1:9090"), ("send", "6 bytes 0:6"), \
            ("Flags [S]",), ("close",):
        assert lines_with(events, "bash/", *words), words


def shows_failures(out, pid, _dir):
    rows = [json.loads(line) for line in out.splitlines()]
    assert any(row[1:] == [pid, "127.0.0.1", 9, "ECONNREFUSED"] for row in rows), rows
    assert all(row[4] for row in rows), rows


def shows_the_queue(out, pid, _dir):
    assert lines_with(out, str(pid), "accept", "queued", "queue 1/"), "accept"
    assert lines_with(out, str(pid), "close", "received 5"), "close"
    assert not lines_with(out, "Flags"), "packets were not asked for"


def shows_who_has_the_port(out, pid, folder):
    assert lines_with(out, "LISTEN", "127.0.0.1:9090", f"/{pid}"), "the listener"
    assert lines_with(out, "LISTEN", "127.0.0.1:9090", f",pid={pid},fd="), "as ss"
    assert lines_with(out, "\t ", "rto:", "cwnd:"), "--info"
    with open(os.path.join(folder, "sockets.csv"), newline="") as f:
        rows = list(csv.DictReader(f, strict=True))
    # Of every namespace: another's listener may have the port too.
    [row] = [r for r in rows if r["state"] == "LISTEN" and r["pid"] == str(pid)]
    assert row["lport"] == "9090", row
    assert row["tcpi_state"] == "10" and row["congestion"], row


# In the order of README.md.
EXPECTED = [shows_one_process, shows_a_command, shows_failures, shows_the_queue,
            shows_who_has_the_port]


def examples():
    with open(os.path.join(ROOT, "README.md")) as f:
        section = re.search(r"^## Five examples\n(.*?)^## ", f.read(), re.S | re.M)[1]
    return re.findall(r"^```sh\n(.*?)^```", section, re.S | re.M)


def stand_in(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)


class Driver:
    """The server, ready; in a namespace whose other ports are closed."""

    def __enter__(self):
        self.proc = subprocess.Popen(
            ["unshare", "-n", "sh", "-c",
             'ip link set lo up && exec python3 -c "$0"', DRIVER],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert self.proc.stdout.readline() == b"listening\n", "the driver"
        return self.proc.pid

    def __exit__(self, *_):
        self.proc.kill()
        self.proc.communicate()


def run(command, pid, folder):
    """(status, stdout, stderr) of an example, in the driver's namespace."""
    env = dict(os.environ, PID=str(pid), PATH=folder + ":" + os.environ["PATH"],
               LC_ALL="C.UTF-8")
    shell = subprocess.Popen(
        ["nsenter", "--net", "-t", str(pid), "bash", "-o", "pipefail", "-c", command],
        cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True, universal_newlines=True)
    late = threading.Timer(2 * LONG, os.killpg, (shell.pid, signal.SIGKILL))
    late.start()
    try:
        out, err = shell.communicate()
    finally:
        late.cancel()
    return shell.returncode, out, err


def check(number):
    command, expect = examples()[number], EXPECTED[number]
    if "jq " in command and not shutil.which("jq"):
        raise tap.Skip("jq is not installed")
    with tempfile.TemporaryDirectory() as folder, Driver() as pid:
        stand_in(folder, "sudo", 'exec "$@"\n')
        limit = LONG if "tcptrace-bpf run" in command else SECONDS
        stand_in(folder, "tcptrace-bpf",
                 f'exec timeout --preserve-status -s INT {limit} {TOOL} "$@"\n')
        status, out, err = run(command, pid, folder)
        try:
            assert status == 0, f"status {status}"
            expect(out, pid, folder)
        except AssertionError:
            print(command, out[-4000:], err, sep="\n")
            raise


def test_there_are_five():
    assert len(examples()) == len(EXPECTED) == 5


def test_example_1_one_process():
    check(0)


def test_example_2_a_command():
    check(1)


def test_example_3_failures():
    check(2)


def test_example_4_the_accept_queue():
    check(3)


def test_example_5_who_has_the_port():
    check(4)


def can_run():
    if not os.access(TOOL, os.X_OK):
        return f"{TOOL}: not built"
    if os.geteuid():
        return "needs root"
    probe = subprocess.run([TOOL, "doctor"], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, universal_newlines=True)
    return probe.returncode and probe.stderr.strip()


if __name__ == "__main__":
    why_not = can_run()
    if why_not:
        print(why_not)
        sys.exit(77)
    tap.main()
