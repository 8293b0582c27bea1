#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What list finds, and how it waits and watches; as root.

Each test has a network namespace of its own. Namespaces that only a descriptor
holds, sockets in no table, a container's view.
"""
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TOOL = os.environ.get("TCPTRACE") or os.path.join(
    ROOT, os.environ.get("BUILD", "build"), "tcptrace-bpf")
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, timeout=60)


def ours(*options, status=0):
    done = run(TOOL, "list", *options)
    assert done.returncode == status, (options, done.returncode, done.stderr)
    return done.stdout


def sockets(*options):
    return [json.loads(line) for line in ours("-o", "json", *options).splitlines()]


def new_netns():
    assert not libc.unshare(CLONE_NEWNET), "unshare"
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def listener(addr="127.0.0.1", port=0, family=socket.AF_INET):
    s = socket.socket(family)
    s.bind((addr, port))
    s.listen()
    return s


def wait_for(what, seconds=20):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def unconnected_and_unbound():
    bound, free = socket.socket(), socket.socket()
    bound.bind(("127.0.0.1", 0))
    port = bound.getsockname()[1]
    mine = sockets("-p", str(os.getpid()))
    assert {e["fd"] for e in mine} == {bound.fileno(), free.fileno()}, mine
    [found] = sockets("--lport", str(port))
    assert found["state"] == "CLOSE" and found["fd"] == bound.fileno(), found
    assert f"127.0.0.1:{port}" in ours("--lport", str(port))


def held_by_a_descriptor_alone():
    """No task is in the namespace and no mount keeps it: the socket does."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    new_netns()
    there = os.stat("/proc/self/ns/net").st_ino
    s = listener()
    assert not libc.setns(home, CLONE_NEWNET)
    [found] = sockets("--lport", str(s.getsockname()[1]), "-p", str(os.getpid()))
    assert found["netns"] == there and found["state"] == "LISTEN", found
    os.close(home)


def no_namespace():
    """What an `ip netns add` leaves that was killed on its way."""
    os.makedirs("/run/netns", exist_ok=True)
    path = f"/run/netns/tt-plain-{os.getpid()}"
    with open(path, "w", encoding="ascii"):
        pass
    try:
        done = run(TOOL, "list", "--lport", "1")
    finally:
        os.unlink(path)
    assert done.returncode == 0 and not done.stderr, done


def other_task_in_a_namespace_of_its_own():
    """A thread alone is there: /proc/PID/ns/net is not its namespace."""
    child = subprocess.Popen([sys.executable, "-c", f"""
import ctypes, os, socket, threading
def there():
    assert not ctypes.CDLL(None).unshare({CLONE_NEWNET})
    os.system("ip link set lo up")
    s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
    c = socket.create_connection(s.getsockname())
    print(s.getsockname()[1], flush=True)
    input()
t = threading.Thread(target=there); t.start(); t.join()
"""], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = child.stdout.readline().strip()
    states = sorted(e["state"] for e in sockets("--port", port))
    unaccepted = [e for e in sockets("--lport", port) if not e["owners"]]
    child.communicate("\n")
    assert states == ["ESTABLISHED", "ESTABLISHED", "LISTEN"], states
    assert unaccepted and unaccepted[0]["owner_src"] == "listener", unaccepted


def a_remnant_has_no_owner():
    s = listener()
    port = s.getsockname()[1]
    c = socket.create_connection(s.getsockname())
    a = s.accept()[0]
    c.close()
    a.close()
    wait_for(lambda: any(e["state"] == "TIME_WAIT" for e in sockets("--port", str(port))))
    table = ours("--port", str(port), "--state", "TIME_WAIT").splitlines()
    assert len(table) == 2 and " - " in table[1], table


def bound_to_a_device():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
    s.bind(("0.0.0.0", 0))
    s.listen()
    port = str(s.getsockname()[1])
    assert f"%lo:{port}" in ours("-o", "ss", "--lport", port)


def link_local_has_its_scope():
    subprocess.run(["ip", "addr", "add", "fe80::7/64", "dev", "lo", "nodad"], check=True)
    scope = socket.if_nametoindex("lo")
    s = socket.socket(socket.AF_INET6)
    s.bind(("fe80::7", 0, 0, scope))
    s.listen()
    port = str(s.getsockname()[1])
    assert f"[fe80::7]%lo:{port}" in ours("-o", "ss", "--lport", port)
    assert sockets("--lport", port)[0]["laddr"] == "fe80::7"


def shared_by_many():
    s = listener()
    pids = []
    for _ in range(20):
        pid = os.fork()
        if not pid:
            signal.pause()
            os._exit(0)
        pids.append(pid)
    try:
        [found] = sockets("--lport", str(s.getsockname()[1]))
        assert {o["pid"] for o in found["owners"]} == {os.getpid(), *pids}
        [by_child] = sockets("-p", str(pids[7]), "--lport", str(s.getsockname()[1]))
        assert len(by_child["owners"]) == 21 and by_child["pid"] == pids[7]
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def peers_of_one_process():
    """With -p too the other end is named, whoever holds it."""
    s = listener()
    child = subprocess.Popen([sys.executable, "-c", f"""
import socket
c = socket.create_connection(("127.0.0.1", {s.getsockname()[1]}))
print("x", flush=True)
input()
"""], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child.stdout.readline()
    a = s.accept()[0]
    [found] = sockets("-p", str(child.pid))
    [mine] = [e for e in sockets("-p", str(os.getpid())) if e["fd"] == a.fileno()]
    child.communicate("\n")
    assert found["peer"]["pid"] == os.getpid() and found["peer"]["fd"] == a.fileno(), found
    assert mine["peer"]["pid"] == child.pid, mine


def a_moving_target():
    """Connections come and go during the walk: none twice, the old ones all."""
    s = listener()
    s.setblocking(True)
    kept = [socket.create_connection(s.getsockname()) for _ in range(50)]
    kept += [s.accept()[0] for _ in range(50)]
    child = os.fork()
    if not child:
        while True:
            c = socket.create_connection(s.getsockname())
            s.accept()[0].close()
            c.close()
    try:
        for _ in range(10):
            found = sockets("--port", str(s.getsockname()[1]))
            cookies = [e["sk"] for e in found if "sk" in e]
            assert len(cookies) == len(set(cookies)), "a socket twice"
            held = {o["fd"] for e in found for o in e["owners"] if o["pid"] == os.getpid()}
            assert held == {k.fileno() for k in kept} | {s.fileno()}
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def await_pause(proc):
    """Until it has looked once and sleeps in poll() before it looks again."""
    def pauses():
        assert proc.poll() is None, "it did not wait"
        with open(f"/proc/{proc.pid}/wchan") as f:
            return "poll" in f.read()
    wait_for(pauses)


def waits_for_a_socket():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
    argv = [TOOL, "list", "--wait-for", f"LISTEN and lport {port}", "--timeout", "20"]
    waiting = subprocess.Popen(argv)
    await_pause(waiting)
    s.listen()
    assert waiting.wait(20) == 0


def waits_for_its_end():
    s = listener()
    port = s.getsockname()[1]
    waiting = subprocess.Popen([TOOL, "list", "--wait-for", f"not lport {port}"])
    await_pause(waiting)
    s.close()
    assert waiting.wait(20) == 0


def gives_up():
    done = run(TOOL, "list", "--wait-for", "lport 1", "--timeout", "0.2")
    assert done.returncode == 1 and not done.stdout, done
    assert done.stderr.count("\n") == 1 and "no such socket" in done.stderr, done


def bad_expressions():
    for expr in ("foo", "port x", "LISTEN port 1", "(LISTEN", "state FOO"):
        done = run(TOOL, "list", "--wait-for", expr)
        assert done.returncode == 2 and not done.stdout, (expr, done)
        assert done.stderr.count("\n") == 1, done.stderr
    for options in (("--timeout", "1"), ("--watch", "1", "--wait-for", "LISTEN"),
                    ("--watch", "0")):
        assert run(TOOL, "list", *options).returncode == 2, options


def watches():
    s = listener()
    port = str(s.getsockname()[1])
    watching = subprocess.Popen([TOOL, "list", "--watch", "0.1", "--port", port],
                                stdout=subprocess.PIPE, text=True)
    lines = iter(watching.stdout.readline, "")
    first = next(line for line in lines if "LISTEN" in line)
    assert first.startswith("  "), first
    c = socket.create_connection(s.getsockname())
    new = next(line for line in lines if "ESTABLISHED" in line)
    assert new.startswith("+ "), new
    same = next(line for line in lines if "ESTABLISHED" in line and line[0] != "+")
    assert same.startswith("  "), same
    s.close()
    gone = next(line for line in lines if line.startswith("- "))
    assert "LISTEN" in gone or "ESTABLISHED" in gone, gone
    c.close()
    watching.send_signal(signal.SIGINT)
    watching.stdout.read()
    assert watching.wait(20) == 0


def watches_a_queue_that_grows():
    s = listener()
    port = str(s.getsockname()[1])
    c = socket.create_connection(s.getsockname())
    a = s.accept()[0]
    watching = subprocess.Popen([TOOL, "list", "--watch", "0.1", "--lport", port],
                                stdout=subprocess.PIPE, text=True)
    for line in iter(watching.stdout.readline, ""):
        if "recv-q grows" in line:
            break
        if "ESTABLISHED" in line:
            c.send(b"unread")
    assert line.startswith("+ ") and "! recv-q grows" in line, line
    a.recv(100000)
    assert any(line.startswith("+ ") and "! " not in line
               for line in iter(watching.stdout.readline, ""))
    watching.send_signal(signal.SIGINT)
    watching.stdout.read()
    assert watching.wait(20) == 0


def in_a_container():
    """In a pid namespace of its own, with its own /proc: who holds a socket
    outside is not seen, and that is said."""
    outside = listener()
    port = outside.getsockname()[1]
    script = f"""
import json, os, socket, subprocess
os.system("mount -t proc proc /proc; ip link set lo up")
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
out = subprocess.run([{TOOL!r}, "list", "-o", "json"], capture_output=True, text=True)
rows = [json.loads(l) for l in out.stdout.splitlines()]
mine = [r for r in rows if r.get("lport") == s.getsockname()[1]]
his = [r for r in rows if r.get("lport") == {port}]
print(json.dumps([out.returncode, out.stderr, mine, his, os.getpid()]))
"""
    for net in ((), ("--net",)):
        done = run("unshare", "--pid", *net, "--mount", "--fork", sys.executable, "-c",
                   script)
        assert done.returncode == 0, done
        status, stderr, mine, his, pid = json.loads(done.stdout)
        assert status == 0 and stderr.count("\n") == 1, stderr
        assert "pid namespace" in stderr, stderr
        assert len(mine) == 1 and mine[0]["pid"] == pid == 1, (mine, pid)
        assert len(his) == (0 if net else 1) and not any(e["owners"] for e in his), his


TESTS = (unconnected_and_unbound, held_by_a_descriptor_alone, no_namespace,
         other_task_in_a_namespace_of_its_own, a_remnant_has_no_owner,
         bound_to_a_device, link_local_has_its_scope, shared_by_many,
         peers_of_one_process, a_moving_target, waits_for_a_socket, waits_for_its_end,
         gives_up, bad_expressions, watches, watches_a_queue_that_grows,
         in_a_container)


def main():
    if os.geteuid():
        print("1..0 # SKIP must be root: namespaces")
        return 0
    only = sys.argv[1:]
    tests = [t for t in TESTS if not only or t.__name__ in only]
    print(f"1..{len(tests)}")
    failed = 0
    for n, test in enumerate(tests, 1):
        try:
            new_netns()
            test()
            print(f"ok {n} - {test.__name__}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {n} - {test.__name__}", flush=True)
            print("# " + traceback.format_exc().strip().replace("\n", "\n# "), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
