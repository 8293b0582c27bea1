# SPDX-License-Identifier: BSD-2-Clause
"""A zoo of TCP sockets: prints "ready", holds them until stdin ends.

Runs in a private network namespace whose lo is up and has the addresses
10.9.8.7 and 2001:db8:1234:5678:9abc:def0:1234:5678.
"""
import ctypes
import os
import resource
import signal
import socket
import sys
import time

LONG6 = "2001:db8:1234:5678:9abc:def0:1234:5678"
HIGH_FD = 12345
NOBODY = 65534
PR_SET_NAME, PR_SET_PDEATHSIG = 15, 1
TCP_STATE_AT = 0  # of struct tcp_info: tcpi_state
libc = ctypes.CDLL(None)
kept = []


def keep(*socks):
    kept.extend(socks)
    return socks[0]


def listen(family, addr, port, backlog=8):
    s = socket.socket(family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((addr, port))
    s.listen(backlog)
    return keep(s)


def pair(server, addr):
    """Both ends of a new connection to the listener."""
    client = socket.create_connection((addr, server.getsockname()[1]))
    return client, server.accept()[0]


def state(s):
    return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[TCP_STATE_AT]


def await_state(s, want):
    while state(s) != want:
        time.sleep(0.01)


def in_child(name, work, uid=0):
    """A child with this name that does its work and stays."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        libc.prctl(PR_SET_NAME, name, 0, 0, 0)
        if uid:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        # After that: new credentials clear it.
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        mine = work()  # noqa: F841: held as long as the child lives
        os.write(w, b".")
        while True:
            signal.pause()
    os.close(w)
    os.read(r, 1)
    os.close(r)


def refuse_all(port):
    """A listener whose queue is full: the next connect() stays SYN_SENT."""
    s = listen(socket.AF_INET, "127.0.0.1", port, 0)
    keep(socket.create_connection(("127.0.0.1", port)))
    for _ in range(2):
        c = keep(socket.socket())
        c.setblocking(False)
        c.connect_ex(("127.0.0.1", port))
    return s


def main():
    v4 = listen(socket.AF_INET, "127.0.0.1", 7000)
    any4 = listen(socket.AF_INET, "0.0.0.0", 7001)
    dual = listen(socket.AF_INET6, "::", 7002)
    long6 = listen(socket.AF_INET6, LONG6, 7003)
    refuse_all(7004)

    keep(*pair(v4, "127.0.0.1"))
    keep(*pair(any4, "10.9.8.7"))
    keep(*pair(dual, "127.0.0.1"))      # v4-mapped
    keep(*pair(dual, "::1"))
    keep(*pair(long6, LONG6))

    client, server = keep(*pair(v4, "127.0.0.1")), kept[-1]
    client.send(b"hello")               # Recv-Q
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    client, server = pair(dual, "::1")  # FIN_WAIT2 and CLOSE_WAIT, both held
    client.shutdown(socket.SHUT_WR)
    keep(client, server)
    await_state(client, 5)
    v6only = socket.socket(socket.AF_INET6)
    v6only.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    v6only.bind(("::", 7005))
    v6only.listen(8)
    keep(v6only)
    client, server = pair(v4, "127.0.0.1")
    client.close()                      # FIN_WAIT2 without a descriptor
    keep(server)
    await_state(server, 8)
    client, server = pair(dual, "127.0.0.1")
    client.close()                      # TIME_WAIT
    await_state(server, 8)
    server.close()

    keep(socket.create_connection(("127.0.0.1", 7000)))  # never accepted
    keep(socket.fromfd(v4.fileno(), socket.AF_INET, socket.SOCK_STREAM))  # dup
    bound = keep(socket.socket())       # in no table of TCP
    bound.bind(("127.0.0.1", 7009))
    keep(socket.socket())

    resource.setrlimit(resource.RLIMIT_NOFILE, (HIGH_FD + 1, HIGH_FD + 1))
    os.dup2(v4.fileno(), HIGH_FD)

    # Children share everything above.
    in_child(b"with space", lambda: None)
    in_child(b"a very long nam", lambda: pair(any4, "127.0.0.1"))
    in_child(b"\xc3\xa9t\xc3\xa9 \x01\t\n", lambda: None)
    in_child(b"other", lambda: listen(socket.AF_INET, "127.0.0.1", 7010), NOBODY)
    print("ready", os.getpid(), flush=True)
    sys.stdin.read()


main()
