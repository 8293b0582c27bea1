#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What list says by itself: JSON, the table, selections, refusals."""
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys

from lib import DEVICE, Skip, TOOL, events, main, output, ours


def json_has_every_socket(zoo):
    found = events()
    assert {e["event"] for e in found} == {"socket"}
    cookies = [e["sk"] for e in found]
    assert len(set(cookies)) == len(cookies), "a socket twice"
    by_state = {}
    for e in found:
        by_state.setdefault(e["state"], []).append(e)
    for state in ("LISTEN", "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT2", "TIME_WAIT",
                  "CLOSE"):
        assert by_state.get(state), f"no {state}"
    table = output("netstat", "-nat").split(b"\n")[2:-1]
    unconnected = by_state["CLOSE"]
    assert len(found) == len(table) + len(unconnected), \
        f"{len(found)} events, {len(table)} rows, {len(unconnected)} in no table"
    assert all("pid" not in e for e in by_state["TIME_WAIT"])


def json_has_every_owner(zoo):
    [listener] = [e for e in events("--port", "7000") if e["state"] == "LISTEN"]
    mine = [o for o in listener["owners"] if o["pid"] == int(zoo.pid)]
    # The listener, its dup, the high descriptor; and all of them in the children.
    assert len(mine) == 3 and 12345 in [o["fd"] for o in mine], mine
    assert len({o["pid"] for o in listener["owners"]}) > 10, listener["owners"]
    assert {o["comm"] for o in listener["owners"]} >= {"with space", "other", "a)b(c",
                                                       "qu\"ote", "back\\slash", ""}


def json_has_the_owner_that_is_a_thread(zoo):
    """One whose descriptors are its own: /proc/PID/fd does not show them."""
    [listener] = events("--lport", "7014")
    assert listener["comm"] == "threads" and len(listener["owners"]) == 1, listener


def json_has_all_of_tcp_info(zoo):
    """The kernel's numbers, as ss has them."""
    for e in events():
        if e["state"] in ("TIME_WAIT", "CLOSE") or not e["owners"]:
            continue
        info, memory = e["tcp_info"], e["skmem"]
        assert len(info) > 40 and all(name.startswith("tcpi_") for name in info), info
        assert info["tcpi_state"] == (10 if e["state"] == "LISTEN" else
                                      info["tcpi_state"])
        assert memory["rcvbuf"] == e["opts"]["rcvbuf"], e
        assert e["cong_info"]["algorithm"] == e["opts"]["congestion"], e
    [talker] = [e for e in events("--rport", "7000") if
                e.get("cong_info", {}).get("algorithm") == "cubic"] or [None]
    if talker:
        assert talker["tcp_info"]["tcpi_bytes_acked"] >= 20000, talker
        cookie = talker["sk"].encode()
        [row] = [r for r in output("ss", "-tanpei").replace(b"\n\t", b"\t").split(b"\n")
                 if b" sk:" + cookie + b" " in r]
        sent = talker["tcp_info"]["tcpi_bytes_sent"]
        assert b" bytes_sent:%d " % sent in row, (row, talker)
        assert b" rtt:%g/" % (talker["tcp_info"]["tcpi_rtt"] / 1000) in row, row


def csv_says_what_json_says(zoo):
    text = ours("-o", "csv", "--info", "--memory", "--netns", zoo.pid).decode()
    rows = {r["sk"]: r for r in csv.DictReader(io.StringIO(text, newline=""),
                                               strict=True)}
    found = events()
    assert len(rows) == len(found) > 40
    for e in found:
        row = rows[e["sk"]]
        for name in ("state", "laddr", "lport", "raddr", "rport", "pid", "comm", "fd",
                     "family", "netns", "inode", "recv_q", "queue_max", "cgroup"):
            assert row[name] == str(e.get(name, "")), (name, row, e)
        assert row["peer_pid"] == str(e.get("peer", {}).get("pid", "")), (row, e)
        assert row["owners"] == " ".join(f"{o['comm']}/{o['pid']}/{o['fd']}"
                                         for o in e["owners"]), (row, e)
        info = e.get("tcp_info", {})
        assert row["tcpi_snd_mss"] == str(info.get("tcpi_snd_mss", "")), (row, e)
        assert None not in row and None not in row.values(), row


def json_tells_devices_marks_and_queues(zoo):
    def one(port):
        return [e for e in events("--lport", str(port)) if e["state"] == "LISTEN"]

    assert {e["ifname"] for e in one(7006)} == {"lo", DEVICE}
    assert one(7008)[0]["mark"] == 31 and one(7005)[0]["v6only"] is True
    assert one(7004)[0]["attention"] == ["queue_full"]
    assert (one(7004)[0]["queue_len"], one(7004)[0]["queue_max"]) == (1, 0)
    unread = [e for e in events("--lport", "7000") if e.get("recv_q") == 5]
    assert len(unread) == 1, unread


def json_names_the_listener_of_a_child(zoo):
    waiting = [e for e in events("--lport", "7000") if
               e["state"] == "ESTABLISHED" and not e["owners"]]
    waiting = [e for e in waiting if "owner_src" in e]
    assert len(waiting) == 1, waiting
    assert waiting[0]["owner_src"] == "listener", waiting
    assert waiting[0]["pid"] == int(zoo.pid), waiting
    assert waiting[0]["peer"]["pid"] == int(zoo.pid), waiting


def selections(zoo):
    pid = zoo.pid
    for option, test in (
            (("-p", pid), lambda e: e["state"] != "TIME_WAIT"),
            (("--comm", "oth*"), lambda e: any(o["comm"] == "other"
                                               for o in e["owners"])
             or e["owner_src"] == "listener"),
            (("--uid", "nobody"), lambda e: e["pid"] != int(pid)),
            (("--port", "7002"), lambda e: 7002 in (e["lport"], e.get("rport"))),
            (("--lport", "7002"), lambda e: e["lport"] == 7002),
            (("--rport", "7002"), lambda e: e["rport"] == 7002),
            (("--addr", "10.9.8.0/24"), lambda e: e.get("laddr") == "10.9.8.7"),
            (("-6",), lambda e: e["family"] == 6 and not e.get("mapped")),
            (("-4",), lambda e: e["family"] == 4 or e.get("mapped")
             or e.get("laddr", "::") == "::"),
            (("--state", "listen"), lambda e: e["state"] == "LISTEN"),
            (("--state", "fin_wait2"), lambda e: e["state"] == "FIN_WAIT2"),
            (("--listening",), lambda e: e["state"] == "LISTEN"),
            (("tcp port 7002",), lambda e: 7002 in (e["lport"], e.get("rport"))),
            (("port 7001 and host 10.9.8.7",),
             lambda e: 7001 in (e["lport"], e.get("rport"))),
            (("ip6", "and", "portrange", "7000-7003"),
             lambda e: e["family"] == 6 and not e.get("mapped"))):
        found = events(*option)
        assert 0 < len(found) < len(events()), (option, len(found))
        wrong = [e for e in found if not test(e)]
        assert not wrong, (option, wrong)


def other_namespaces(zoo):
    """From outside: table and json see the zoo, netstat and lsof do not."""
    argv = ["nsenter", f"--net=/proc/{os.getpid()}/fd/{zoo.outside}", TOOL, "list",
            "--port", "7000"]
    ino = os.stat("/proc/self/ns/net").st_ino
    assert os.fstat(zoo.outside).st_ino != ino, "not in a namespace of its own"
    everywhere = [json.loads(line) for line in output(*argv, "-o", "json").splitlines()]
    here = [e for e in everywhere if e["netns"] == ino]
    assert len(here) == len(events("--port", "7000")) > 3
    assert b"python3" not in output(*argv, "-o", "netstat")
    assert b":7000" not in output(*argv, "-o", "lsof", "-p", zoo.pid)
    named = output(*argv, "-o", "lsof", "-p", zoo.pid, "--netns", zoo.pid)
    assert b":7000 (LISTEN)" in named, named


def table(*options):
    return ours("--netns", str(os.getpid()), *options).decode().splitlines()


def table_is_aligned(zoo):
    for options in ((), ("--timers", "--extended"), ("--info", "--memory")):
        lines = table(*options)
        places = [lines[0].index(title) for title in ("LOCAL", "REMOTE", "OWNER", "PEER")]
        assert len(lines) > 20
        for line in lines[1:]:
            for at in places:
                assert line[at - 1] == " " != line[at], line
            assert line == line.rstrip() and line.isprintable(), repr(line)


def table_with_names_and_all_fields(zoo):
    lines = table("--all-fields", "--names")
    assert {"TIMER", "UID", "SK", "OWNERS", "CC", "RMEM"} <= set(lines[0].split())
    [listener] = [line for line in lines if ":https " in line]
    assert f"python3/{zoo.pid} fd " in listener and " root " in listener, listener
    assert any(" nobody " in line for line in lines)


def table_shows_both_ends(zoo):
    """Of each connection inside the zoo, who is at the other end."""
    lines = [line for line in table("--rport", "7001") if "python3" in line]
    assert lines
    for line in lines:
        assert line.count(f"python3/{zoo.pid} ") == 2 and " fd " in line, line


def table_shows_every_owner(zoo):
    [line] = [line for line in table("--extended", "--lport", "7001")
              if line.startswith("LISTEN")]
    assert f"python3/{zoo.pid} fd " in line and "with space/" in line, line


def notes_of_what_is_still(zoo):
    notes = {line.split("! ")[1] for line in table() if "! " in line}
    assert notes == {"accept queue full", "peer has closed"}, notes


def notes_of_what_moves(zoo):
    text = "\n".join(table())
    for note in ("retransmitting x", "peer's window is 0", "keep-alive unanswered x",
                 "accept queue full"):
        assert "! " + note in text, text
    found = {word for e in events() for word in e.get("attention", ())}
    assert found >= {"retransmitting", "zero_window", "keepalive_probing"}, found
    timers = {e["timer"]["kind"] for e in events() if "timer" in e}
    assert timers >= {"on", "keepalive", "persist"}, timers


def bad_requests(zoo):
    for options, status, words in (
            (("-p", "4194303"), 1, "no such process"),
            (("--netns", "/etc/passwd"), 1, "not a network namespace"),
            (("-o", "lsof", "--timers"), 2, "no such columns"),
            (("-o", "netstat", "--info"), 2, "use -o ss"),
            (("-o", "json", "--names"), 2, "no such columns"),
            (("--cgroup", "/no/such/cgroup"), 1, "--cgroup /no/such/cgroup")):
        done = subprocess.run([TOOL, "list", *options], capture_output=True, text=True)
        assert done.returncode == status, (options, done.returncode, done.stderr)
        assert words in done.stderr and done.stderr.count("\n") == 1, done.stderr
        assert not done.stdout, done.stdout


def without_privileges(zoo):
    """An ordinary user sees the rows, the owners that are his, and a line on
    the rest."""
    def as_nobody(*options):
        done = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", TOOL,
                               "list", *options], capture_output=True)
        assert done.stderr.count(b"\n") == 1 and b"root" in done.stderr, done.stderr
        return done
    everybody = output("netstat", "-nat").split(b"\n")
    for view, title in (("netstat", 2), ("ss", 1), ("table", 1)):
        mine = as_nobody("-o", view)
        assert mine.returncode == 0, mine
        rows = mine.stdout.count(b"\n") - title
        assert rows == len(everybody) - 3, (view, rows, len(everybody) - 3)
    listens = "import socket, sys; s = socket.socket(); s.listen(); print(s); sys.stdin.read()"
    with subprocess.Popen(["setpriv", "--reuid", "65534", "--clear-groups", "python3",
                           "-c", listens], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as his:
        his.stdout.readline()
        rows = as_nobody("-o", "json").stdout.splitlines()
        his.stdin.close()
    held = [e for e in map(json.loads, rows) if e["owners"]]
    assert [e["pid"] for e in held] == [his.pid] and held[0]["uid"] == 65534, held
    other = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", TOOL, "list",
                            "--netns", f"/proc/{os.getpid()}/fd/{zoo.outside}"],
                           capture_output=True)
    assert other.returncode == 1 and not other.stdout, other


def every_view_selects_states(zoo):
    """Where a view needs less, less leaves the kernel: the same rows stay."""
    def rows(view, *options):
        found = ours("-o", view, "--netns", zoo.pid, *options).replace(b"\t\n", b"?")
        found = re.sub(rb" timer:\(\w+,[^,]*,", b" ", re.sub(rb" +", b" ", found))
        return [row.rstrip() for row in found.split(b"\n")[1:-1]]

    for view in ("netstat", "ss", "lsof"):
        every = rows(view)
        for name, told in ((b"LISTEN", b"LISTEN"), (b"CLOSE_WAIT", b"CLOSE-WAIT"),
                           (b"FIN_WAIT2", b"FIN-WAIT-2"), (b"TIME_WAIT", b"TIME-WAIT")):
            want = sorted(r for r in every if name in r or told in r)
            found = sorted(r for r in rows(view, "--state", name.decode())
                           if not r.startswith(b"Proto"))
            assert found == want, (view, name, set(found) ^ set(want))
            assert want or (view, name) == ("lsof", b"TIME_WAIT"), (view, name)


def requests_name_their_listener(_zoo):
    [listener] = [e for e in events("--lport", "7020") if e["state"] == "LISTEN"]
    [request] = events("--state", "SYN_RECV")
    assert request["listener"] == listener["sk"] and not request["owners"], request
    assert request["owner_src"] == "listener" and request["pid"] == listener["pid"]
    [row] = [line for line in table("--state", "SYN_RECV") if "7020" in line]
    assert f"(python3/{listener['pid']})" in row, row


def all_of_tcp_info_of_this_kernel(_zoo):
    """Every member that the kernel's own types name."""
    if not shutil.which("bpftool", path=os.environ["PATH"] + ":/usr/sbin"):
        raise Skip("no bpftool")
    btf = json.loads(output("/usr/sbin/bpftool", "-j", "btf", "dump", "file",
                            "/sys/kernel/btf/vmlinux"))["types"]
    [struct] = [t for t in btf if t["kind"] == "STRUCT" and t["name"] == "tcp_info"]
    members = {m["name"] for m in struct["members"]}
    [info] = [e["tcp_info"] for e in events("--lport", "7020") if e["state"] == "LISTEN"]
    assert members and members <= set(info), members - set(info)


STILL = (csv_says_what_json_says, json_has_every_socket, json_has_every_owner,
         json_has_the_owner_that_is_a_thread, json_has_all_of_tcp_info,
         json_tells_devices_marks_and_queues, json_names_the_listener_of_a_child,
         selections, every_view_selects_states, other_namespaces, table_is_aligned,
         table_with_names_and_all_fields, table_shows_both_ends,
         table_shows_every_owner, notes_of_what_is_still, bad_requests,
         without_privileges)

MOVING = (notes_of_what_moves, requests_name_their_listener,
          all_of_tcp_info_of_this_kernel)

if __name__ == "__main__":
    sys.exit(main(("ss",), still=STILL, moving=MOVING))
