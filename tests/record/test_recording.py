#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a recording holds is what the run told, whole, cut or in pieces."""
import csv
import gzip
import io
import json
import os
import signal
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lib  # noqa: E402
from lib import Dir, TOOL, read, record, same, tap  # noqa: E402

FORMATS = ["text", "json", "csv"]
if b"tcpdump" in lib.run(TOOL, "trace", "--help").stdout.split(b"FORMAT")[1][:200]:
    FORMATS.append("tcpdump")


def test_every_format_as_the_run_printed_it():
    for form in FORMATS:
        with Dir() as d:
            lib.good(record("-w", d("f"), "-o", form, "--log", d("live")))
            live = lib.content(d("live"))
            assert live.count(b"\n") > 60, f"{form}: only {len(live)} bytes"
            same(live, read("-o", form, d("f")), form)


def test_limits_of_the_run():
    for options in (["-c", "20"], ["--rate", "25"], ["--events", "connect,packet"],
                    ["--packets", "control"], ["--events", "no-packet"], ["-s", "100"]):
        with Dir() as d:
            record("-w", d("f"), "-o", "json", "--log", d("live"), *options)
            live = lib.content(d("live"))
            assert live.count(b"\n") > 10, options
            same(live, read("-o", "json", d("f")), str(options))


def test_without_a_selection():
    lib.need_root()
    with Dir() as d:
        with subprocess.Popen(["unshare", "-n", TOOL, "-w", d("f"), "-o", "json", "--log",
                               d("live")], stderr=subprocess.PIPE) as tracer:
            while not tracer.stderr.readline().startswith(b"tcptrace-bpf: ready"):
                assert tracer.poll() is None, "it ended before it was ready"
            lib.good(lib.run("unshare", "-n", sys.executable, lib.LOAD, "mixed"))
            tracer.send_signal(signal.SIGINT)
            tracer.communicate(timeout=lib.LIMIT)
        live = lib.content(d("live"))
        assert live.count(b'"event":"connect"') >= 10, live[:300]
        same(live, read("-o", "json", d("f")), "no selection")


def test_alone_it_prints_nothing():
    with Dir() as d:
        done = lib.good(record("-w", d("f"), load=("churn", "2")))
        assert done.stdout == b"", done.stdout
        assert read("-o", "json", d("f")).count(b"\n") > 20


def test_gzip():
    with Dir() as d:
        lib.good(record("-w", d("f.gz"), "-o", "json", "--log", d("live")))
        same(lib.content(d("live")), read("-o", "json", d("f.gz")), "gz")
        with gzip.open(d("f.gz")) as file:
            assert len(list(lib.packets(file.read()))) > 50


def test_to_standard_output():
    with Dir() as d:
        done = lib.good(record("-w", "-", "-o", "json", "--log", d("live")))
        with open(d("f"), "wb") as file:
            file.write(done.stdout)
        same(lib.content(d("live")), read("-o", "json", d("f")), "a file of a pipe")
        piped = lib.good(lib.run(TOOL, "read", "-o", "json", "-", input=done.stdout,
                                 stdin=None)).stdout
        same(lib.content(d("live")), piped, "a pipe")


def numbered(d, name):
    files = [f for f in os.listdir(d.path) if f.startswith(name)]
    return [d(f) for f in sorted(files, key=lambda f: int(f[len(name):] or 0))]


def test_rotation_by_size():
    with Dir() as d:
        lib.good(record("-w", d("f"), "-C", "1", "-o", "json", "--log", d("live"),
                        load=("churn", "1500")))
        live, files = lib.content(d("live")), numbered(d, "f")
        assert len(files) >= 3, files
        same(live, read("-o", "json", *files), "all files")
        # Alone each prints its part: sockets and owners it did not see begin.
        same(live, b"".join(read("-o", "json", f) for f in files), "file by file")


def test_ring():
    with Dir() as d:
        lib.good(record("-w", d("f"), "-C", "1", "-W", "2", "-o", "json", "--log",
                        d("live"), load=("churn", "1500")))
        files = sorted(os.listdir(d.path))
        assert files == ["f0", "f1", "live"], files
        parts = [read("-o", "json", d(f)) for f in files[:2]]
        live = lib.content(d("live"))
        assert live.endswith(parts[0] + parts[1]) or live.endswith(parts[1] + parts[0]), \
            "the last two files are not the end of the run"


def test_rotation_by_time():
    with Dir() as d:
        done = record("-w", d("f-%s"), "-G", "1", "-W", "2", "-o", "json", "--log",
                      d("live"), load=("steady", "3.0"))
        files = sorted(f for f in os.listdir(d.path) if f.startswith("f-"))
        assert done.returncode == 0 and len(files) == 2, (done, files)
        same(lib.content(d("live")), read("-o", "json", *map(d, files)), "files by time")


def selected(lines, wanted):
    return b"".join(line + b"\n" for line in lines.splitlines() if wanted(json.loads(line)))


def test_selections():
    with Dir() as d:
        lib.good(record("-w", d("f"), "-o", "json", "--log", d("live")))
        live = lib.content(d("live"))
        events = [json.loads(line) for line in live.splitlines()]
        same(selected(live, lambda e: e["event"] in ("connect", "close")),
             read("-o", "json", "--events", "connect,close", d("f")), "--events")
        same(selected(live, lambda e: e["event"] != "packet"),
             read("-o", "json", "--packets", "none", d("f")), "--packets none")
        port = next(e["rport"] for e in events if e["event"] == "connect")
        same(selected(live, lambda e: port in (e.get("lport"), e.get("rport"))),
             read("-o", "json", "--port", str(port), d("f")), "--port")
        same(selected(live, lambda e: e.get("laddr", "").count(":") > 1),
             read("-o", "json", "-6", d("f")), "-6")
        pids = {e["pid"] for e in events if "pid" in e}
        assert len(pids) == 2, pids
        child = max(pids)
        got = [json.loads(line) for line in
               read("-o", "json", "-p", str(child), d("f")).splitlines()]
        assert any(e["event"] == "send" for e in got), got
        assert all(e.get("pid", child) == child for e in got), got
        assert read("-o", "json", "-p", "1", d("f")) == b""
        same(live, read("-o", "json", "--comm", "python*", d("f")), "--comm")
        netns = {e["netns"] for e in events if "netns" in e}
        assert len(netns) == 1, netns
        same(live, read("-o", "json", "--netns", str(netns.pop()), d("f")), "--netns")
        assert read("-o", "json", "--netns", "4294967295", d("f")) == b""
        cgroup = next(e["cgroup"] for e in events if "cgroup" in e)
        same(live, read("-o", "json", "--cgroup", cgroup, d("f")), "--cgroup")
        assert read("-o", "json", "--cgroup", cgroup.rstrip("/") + "/x", d("f")) == b""


def test_packets_of_others_have_no_owner_to_select_by():
    with Dir() as d:
        with open(d("f"), "wb") as file:
            file.write(struct.pack("=IHHiIIIIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101, 1, 0, 1,
                                   1) + b"E")
        for option in ["-p", "1"], ["--cgroup", "/"], ["--netns", "4294967295"]:
            done = lib.good(lib.run(TOOL, "read", d("f"), *option), 2)
            assert b"holds neither processes nor" in done.stderr, done


def test_csv_is_rfc_4180():
    with Dir() as d:
        lib.good(record("-w", d("f"), "-o", "json", "--log", d("live")))
        rows = list(csv.reader(io.StringIO(read("-o", "csv", d("f")).decode(), newline="")))
        events = [json.loads(line) for line in lib.content(d("live")).splitlines()]
        header = rows.pop(0)
        assert header[:2] == ["time", "event"] and len(set(header)) == len(header)
        assert len(rows) == len(events)
        for row, event in zip(rows, events):
            assert len(row) == len(header), row
            cells = {name: cell for name, cell in zip(header, row) if cell}
            assert set(cells) == {k for k, v in event.items() if v != ""}, (cells, event)
            for name, value in event.items():
                cell = cells.get(name, "")
                if isinstance(value, (dict, list)):
                    assert json.loads(cell) == value
                elif not isinstance(value, bool):
                    assert cell == str(value), (name, cell, value)


def cut(data, path):
    with open(path, "wb") as file:
        file.write(data)
    done = lib.run(TOOL, "read", "-o", "json", path)
    return done


def test_cut_anywhere():
    with Dir() as d:
        lib.good(record("-w", d("f"), load=("churn", "3"), *["--events", "no-state"]))
        data, whole = lib.content(d("f")), read("-o", "json", d("f"))
        ends = [at for at, _, _ in lib.blocks(data)]
        places = set(ends[2:]) | {at + n for at in ends[-40:] for n in (1, 7, 8, 13, 40)}
        for place in sorted(places)[-220:]:
            done = lib.good(cut(data[:place], d("cut")))
            assert whole.startswith(done.stdout), f"cut at {place}: not what comes first"
            assert b"cut" in done.stderr, f"cut at {place}: {done.stderr}"
        assert len(done.stdout) > len(whole) / 2
        done = lib.good(lib.run(TOOL, "list", "-r", d("cut")))
        assert b"cut" in done.stderr, done.stderr


def test_killed():
    lib.need_root()
    with Dir() as d, subprocess.Popen(
            ["unshare", "-n", TOOL, "run", "-w", d("f"), "-o", "json", "--log", d("live"),
             "--", sys.executable, lib.LOAD, "steady", "30"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tracer:
        for _ in range(20):
            tracer.stdout.readline()
        tracer.send_signal(signal.SIGKILL)
        tracer.wait()
        subprocess.run(["pkill", "-9", "-P", "1", "-f", d.path], check=False)
        done = lib.good(lib.run(TOOL, "read", "-o", "json", d("f")))
        live = lib.content(d("live"))
        assert done.stdout.count(b"\n") > 300 and live.startswith(done.stdout[:len(live)])
        assert b"no end" in done.stderr or b"cut" in done.stderr, done.stderr


def test_full_disk():
    lib.need_root()
    with Dir() as d:
        shell = f"mount -t tmpfs -o size=3m none {d.path} && " \
                f"{TOOL} run -w {d('f')} -- {sys.executable} {lib.LOAD} churn 3000; " \
                f"echo status $?; cp {d('f')} {d.path}.kept"
        done = lib.run("unshare", "-nm", "sh", "-c", shell)
        try:
            assert b"status 1\n" in done.stdout, (done.stdout, done.stderr)
            errors = [line for line in done.stderr.split(b"\n") if b"-w" in line]
            assert len(errors) == 1 and b"No space left on device" in errors[0], done.stderr
            data = lib.content(d.path + ".kept")
            last = list(lib.blocks(data))[-1]
            assert last[0] + len(last[2]) == len(data), "it ends inside a block"
            assert read("-o", "json", d.path + ".kept").count(b"\n") > 500
        finally:
            os.unlink(d.path + ".kept")


def test_full_disk_spares_command():
    with Dir() as d:
        script = f"{sys.executable} {lib.LOAD} churn 3000; touch {d('done')}; exit 7"
        done = lib.run("unshare", "-n", TOOL, "run", "-w", "/dev/full", "--", "sh", "-c", script)
        # Refused before COMMAND ran: it could not record anything.
        assert done.returncode == 1 and b"No space" in done.stderr, done.stderr
        assert not os.path.exists(d("done"))
        mount = f"mkdir {d('m')} && mount -t tmpfs -o size=2m none {d('m')} && " \
                f"exec {TOOL} run -w {d('m/f')} -- sh -c '{script}'"
        done = lib.run("unshare", "-nm", "sh", "-c", mount)
        assert done.returncode == 7, done  # COMMAND's
        assert os.path.exists(d("done")), "COMMAND did not come to its end"


def test_other_byte_order():
    with Dir() as d:
        lib.good(record("-w", d("f"), load=("churn", "1")))
        data = bytearray(lib.content(d("f")))
        at = next(at for at, kind, _ in lib.blocks(data) if kind == lib.OURS)
        data[at + 8:at + 12] = data[at + 8:at + 12][::-1]
        done = cut(bytes(data), d("cut"))
        assert done.returncode == 4 and b"byte order" in done.stderr, done


def test_later_version():
    """Read as far as it is known, with a warning."""
    with Dir() as d:
        lib.good(record("-w", d("f"), load=("churn", "1")))
        data = bytearray(lib.content(d("f")))
        at = next(at for at, kind, _ in lib.blocks(data) if kind == lib.OURS)
        assert struct.unpack_from("=HxxI", data, at + 12) == (1, 1)  # settings, version
        data[at + 16:at + 20] = struct.pack("=I", 2)
        with open(d("later"), "wb") as file:
            file.write(data)
        now, later = (lib.good(lib.run(TOOL, "read", "-o", "json", d(name)))
                      for name in ("f", "later"))
        assert now.stdout == later.stdout and now.stdout
        assert b"later version" in later.stderr and b"later version" not in now.stderr


def test_filter_and_interface():
    """The run's FILTER and -i come back; the reader's own selects further."""
    lib.need_root()
    for options in (["tcp port 7000"], ["-i", "lo", "-o", "json"]):
        with Dir() as d:
            args = options if "-o" in options else ["-o", "json", *options]
            with subprocess.Popen(["unshare", "-n", "sh", "-c",
                                   'ip link set lo up; exec "$@"', "sh", TOOL, "-w", d("f"),
                                   "--log", d("live"), "--packets", "all", *args],
                                  stderr=subprocess.PIPE) as tracer:
                while not tracer.stderr.readline().startswith(b"tcptrace-bpf: ready"):
                    assert tracer.poll() is None, "it ended before it was ready"
                lib.good(lib.run("nsenter", "-t", str(tracer.pid), "-n", sys.executable,
                                 lib.LOAD, "on", "7000"))
                lib.good(lib.run("nsenter", "-t", str(tracer.pid), "-n", sys.executable,
                                 lib.LOAD, "on", "7001"))
                tracer.send_signal(signal.SIGINT)
                tracer.communicate(timeout=lib.LIMIT)
            live = lib.content(d("live"))
            assert live.count(b'"event":"packet"') >= 8, live[:500]
            assert (b"7001" in live) == ("-i" in options)
            same(live, read("-o", "json", d("f")), str(options))
            got = read("-o", "json", d("f"), "tcp[tcpflags] & tcp-syn != 0")
            assert got.count(b'"flags":"S') == got.count(b'"event":"packet"') > 0, got


def test_list_at_a_moment():
    with Dir() as d:
        lib.good(record("-w", d("f"), "-o", "json", "--log", d("live")))
        events = [json.loads(line) for line in lib.content(d("live")).splitlines()]
        accept = next(e for e in events if e["event"] == "accept")
        ends = next(e for e in events if e["event"] == "close" and e["sk"] == accept["sk"])

        def at(moment, form="json", *more):
            return lib.good(lib.run(TOOL, "list", "-r", d("f"), "--at", moment, "-o", form,
                                    *more)).stdout.decode()

        def sockets(moment, *more):
            rows = [json.loads(line) for line in at(moment, "json", *more).splitlines()]
            return {row["sk"]: row for row in rows}

        row = sockets(accept["time"])[accept["sk"]]
        assert row["state"] == "ESTABLISHED" and row["time"] == accept["time"], row
        assert {"pid": accept["pid"], "comm": accept["comm"], "fd": accept["fd"]} \
            in row["owners"], row
        assert row["lport"] == accept["lport"] and row["opts"]["rcvbuf"] > 0, row
        assert sockets(accept["time"], "--state", "LISTEN").keys() == {accept["listener"]}
        after = sockets(ends["time"]).get(accept["sk"])
        assert not after or not after["owners"], after
        assert sockets(events[0]["time"][:19] + "Z") == {}
        for form in ("table", "netstat", "lsof", "csv"):
            text = at(accept["time"], form)
            assert f":{accept['lport']}" in text or f",{accept['lport']}," in text, text
            assert str(accept["pid"]) in text, text
        done = lib.run(TOOL, "list", "-r", d("f"), "--at", "noon")
        assert done.returncode == 2 and b"is no time" in done.stderr, done
        done = lib.run(TOOL, "list", "-r", lib.LOAD)
        assert done.returncode == 4, done


if __name__ == "__main__":
    tap.main()
