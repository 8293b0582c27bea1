# SPDX-License-Identifier: BSD-2-Clause
"""A zoo of TCP sockets: prints "ready PID WORDS", holds them until stdin ends.

zoo.py still: every kind of socket that stays as it is.
zoo.py moving: those with timers that go off every second or so.
zoo.py keys: with TCP_MD5SIG.
zoo.py multipath: MPTCP and its subflows.

Runs in a network namespace that lib.py made ready: lo with ADDRESSES, and the
device DEVICE. WORDS tell what this kernel let us have.
"""
import ctypes
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

LONG6 = "2001:db8:1234:5678:9abc:def0:1234:5678"
SCOPED = "fe80::1:2"
LOST = "10.9.7.2"  # taken away while connected
ADDRESSES = ("10.9.8.7/24", LONG6 + "/64")
DEVICE = "verylongifname0"
HIGH_FD = 12345
NOBODY, NO_NAME = 65534, 12345
PR_SET_NAME, PR_SET_PDEATHSIG = 15, 1
CLONE_FILES = 0x400
TCP_MD5SIG, IPPROTO_MPTCP, MSG_FASTOPEN, TCP_FASTOPEN = 14, 262, 0x20000000, 23
ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK, CLOSING = 1, 4, 5, 8, 9, 11
NAMES = (b"with space", b"a very long nam", b"\xc3\xa9t\xc3\xa9 \x01\t\n", b"a)b(c",
         b"qu\"ote", b"back\\slash", b"x(y)z", b"")
CGROUP = "/sys/fs/cgroup/unified", "/sys/fs/cgroup"
libc = ctypes.CDLL(None)
kept, words, groups = [], [], []


def keep(*socks):
    kept.extend(socks)
    return socks[0]


def set_sysctl(name, value):
    try:
        with open("/proc/sys/net/ipv4/" + name, "r+") as f:
            before = f.read().strip()
            f.seek(0)
            f.write(value)
        return before
    except OSError:
        return None


def listen(family, addr, port, backlog=8, device=None, *options, kind=0):
    s = socket.socket(family, socket.SOCK_STREAM, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for level, name, value in options:
        s.setsockopt(level, name, value)
    if device:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    s.bind((addr, port) if isinstance(addr, str) else addr)
    s.listen(backlog)
    return keep(s)


def pair(server, addr, source=None):
    """Both ends of a new connection to the listener."""
    client = socket.create_connection((addr, server.getsockname()[1]), 10,
                                      (source, 0) if source else None)
    client.settimeout(None)
    return client, server.accept()[0]


def state(s):
    return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[0]


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
    return s


# --- still --------------------------------------------------------------------

def listeners():
    ipv6 = socket.IPPROTO_IPV6
    listen(socket.AF_INET6, "::", 7005, 8, None, (ipv6, socket.IPV6_V6ONLY, 1))
    listen(socket.AF_INET, "0.0.0.0", 443)
    listen(socket.AF_INET6, "::1", 22)
    listen(socket.AF_INET, "0.0.0.0", 7006, 8, "lo")
    listen(socket.AF_INET6, "::", 7006, 8, DEVICE)
    listen(socket.AF_INET6, "::ffff:10.9.8.7", 7007)
    listen(socket.AF_INET, "127.0.0.1", 7008, 8, None,
           (socket.SOL_SOCKET, socket.SO_MARK, 0x1f))
    refuse_all(7004)
    where = (SCOPED, 7011, 0, socket.if_nametoindex(DEVICE))
    s = listen(socket.AF_INET6, where, 7011)
    client = socket.socket(socket.AF_INET6)
    client.connect(where)
    keep(client, s.accept()[0])
    words.append("scope")


def connections(v4, any4, dual, long6):
    keep(*pair(v4, "127.0.0.1"))
    keep(*pair(any4, "10.9.8.7"))
    keep(*pair(dual, "127.0.0.1"))      # v4-mapped
    keep(*pair(dual, "::1"))
    keep(*pair(long6, LONG6))
    client, server = pair(v4, "127.0.0.1")
    keep(client, server)
    client.send(b"hello")               # Recv-Q
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    client, server = pair(v4, "127.0.0.1")
    keep(client, server)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 400)
    server.send(b"x" * 5000)
    client.recv(3000)
    for name in ("reno", "cubic", "bbr"):
        client, server = pair(v4, "127.0.0.1")
        keep(client, server)
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, name.encode())
            words.append(name)
        except OSError:
            continue
        for _ in range(20):
            client.send(b"y" * 1000)
            server.recv(1000)


def ended(v4, dual):
    client, server = pair(dual, "::1")  # FIN_WAIT2 and CLOSE_WAIT, both held
    client.shutdown(socket.SHUT_WR)
    keep(client, server)
    await_state(client, FIN_WAIT2)
    client, server = pair(v4, "127.0.0.1")
    client.shutdown(socket.SHUT_RD)
    keep(client, server)
    client, server = pair(v4, "127.0.0.1")
    client.close()                      # FIN_WAIT2 without a descriptor
    keep(server)
    await_state(server, CLOSE_WAIT)
    client, server = pair(dual, "127.0.0.1")
    client.close()                      # TIME_WAIT
    await_state(server, CLOSE_WAIT)
    server.close()
    bound = keep(socket.socket())       # in no table of TCP
    bound.bind(("127.0.0.1", 7009))
    keep(socket.socket(), socket.socket(socket.AF_INET6))


def with_options():
    """What a handshake agreed on."""
    fast = listen(socket.AF_INET, "127.0.0.1", 7012, 8, None,
                  (socket.IPPROTO_TCP, TCP_FASTOPEN, 8))
    set_sysctl("tcp_fastopen", "1543")  # both sides, without cookies
    client = keep(socket.socket())
    client.sendto(b"early", MSG_FASTOPEN, ("127.0.0.1", 7012))
    keep(fast.accept()[0])
    for name in ("tcp_timestamps", "tcp_sack", "tcp_window_scaling"):
        before = set_sysctl(name, "0")
        keep(*pair(fast, "127.0.0.1"))
        if before:
            set_sysctl(name, before)
    before = set_sysctl("tcp_ecn", "1")
    client, server = pair(fast, "127.0.0.1")
    keep(client, server)
    client.send(b"seen")
    server.recv(4)
    if before:
        set_sysctl("tcp_ecn", before)


def mptcp():
    try:
        s = listen(socket.AF_INET, "127.0.0.1", 7013, kind=IPPROTO_MPTCP)
        client = keep(socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP))
    except OSError:
        return
    client.connect(("127.0.0.1", 7013))
    server = keep(s.accept()[0])
    client.send(b"both")
    server.recv(4)
    server.send(b"ways")
    client.recv(4)
    words.append("mptcp")


def in_flight(v4):
    """A socket that only a message holds."""
    a, b = socket.socketpair(socket.AF_UNIX)
    keep(a, b)
    client, server = pair(v4, "127.0.0.1")
    socket.send_fds(a, [b"."], [server.fileno()])
    server.close()
    keep(client)


def pass_on(v4):
    """One end to another process, by a message."""
    a, b = socket.socketpair(socket.AF_UNIX)
    client, server = pair(v4, "127.0.0.1")
    keep(client)

    def take():
        return socket.recv_fds(b, 1, 1)[1]

    socket.send_fds(a, [b"."], [server.fileno()])
    server.close()
    in_child(b"got it", take)
    a.close()
    b.close()


def own_descriptors():
    """A thread whose descriptors are not its process's."""
    ready = threading.Event()

    def work():
        libc.unshare(CLONE_FILES)
        mine = socket.socket()
        mine.bind(("127.0.0.1", 7014))
        mine.listen(1)
        ready.set()
        threading.Event().wait()

    threading.Thread(target=work, daemon=True).start()
    ready.wait()


def run_as(argv0, port):
    """A program called with this name that alone holds a listener."""
    r, w = os.pipe()
    s = listen(socket.AF_INET, "127.0.0.1", port)
    subprocess.Popen([argv0], executable="/bin/cat", stdin=r, pass_fds=[s.fileno()])
    kept.remove(s)
    s.close()
    os.close(r)
    kept.append(w)  # it ends with us


def in_cgroups():
    root = next((c for c in CGROUP if os.path.exists(c + "/cgroup.procs")), None)
    if not root:
        return
    for name, gone in (("listzoo", False), ("listzoo-gone", True)):
        path = f"{root}/{name}-{os.getpid()}"
        try:
            os.mkdir(path)
            with open(path + "/cgroup.procs", "w") as f:
                f.write(str(os.getpid()))
            listen(socket.AF_INET, "127.0.0.1", 7016 if gone else 7015)
            with open(root + "/cgroup.procs", "w") as f:
                f.write(str(os.getpid()))
            if gone:
                os.rmdir(path)
            else:
                groups.append(path)
        except OSError:
            return
    words.append("cgroup")


def still():
    v4 = listen(socket.AF_INET, "127.0.0.1", 7000)
    any4 = listen(socket.AF_INET, "0.0.0.0", 7001)
    dual = listen(socket.AF_INET6, "::", 7002)
    long6 = listen(socket.AF_INET6, LONG6, 7003)
    listeners()
    connections(v4, any4, dual, long6)
    in_flight(v4)
    in_cgroups()
    with_options()
    keep(socket.fromfd(v4.fileno(), socket.AF_INET, socket.SOCK_STREAM))  # dup
    resource.setrlimit(resource.RLIMIT_NOFILE, (HIGH_FD + 1, HIGH_FD + 1))
    os.dup2(v4.fileno(), HIGH_FD)
    run_as("/opt/pro gram/a \x01 and more of it", 7018)
    run_as("name/with/slashes", 7019)
    pass_on(v4)
    # Children share everything above.
    for name in NAMES:
        in_child(name, lambda: None)
    in_child(b"maker", lambda: pair(any4, "127.0.0.1"))
    in_child(b"threads", own_descriptors)
    in_child(b"other", lambda: listen(socket.AF_INET, "127.0.0.1", 7010), NOBODY)
    in_child(b"nameless", lambda: listen(socket.AF_INET, "127.0.0.1", 7017), NO_NAME)
    ended(v4, dual)
    keep(socket.create_connection(("127.0.0.1", 7000)))  # never accepted


# --- moving -------------------------------------------------------------------

def syn_sent():
    refuse_all(7004)
    for _ in range(2):
        c = keep(socket.socket())
        c.setblocking(False)
        c.connect_ex(("127.0.0.1", 7004))


def syn_recv():
    """The server waits for data before it takes the handshake's last ACK."""
    listen(socket.AF_INET, "127.0.0.1", 7020, 8, None,
           (socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 30))
    keep(socket.create_connection(("127.0.0.1", 7020)))


def fill(s):
    s.setblocking(False)
    try:
        while True:
            s.send(b"z" * 65536)
    except BlockingIOError:
        pass


def full_pair(server):
    client, other = pair(server, "127.0.0.1")
    fill(client)
    return client, other


def stuck(server):
    """States that wait for a window: data stands before the FIN."""
    keep(*full_pair(server))                    # persist timer
    client, other = full_pair(server)
    client.shutdown(socket.SHUT_WR)             # FIN_WAIT1
    keep(client, other)
    client, other = full_pair(server)
    keep(other)
    client.close()                              # the same, an orphan
    client, other = full_pair(server)
    client.shutdown(socket.SHUT_WR)
    other.shutdown(socket.SHUT_WR)              # CLOSING
    keep(client, other)
    await_state(client, CLOSING)
    client, other = full_pair(server)
    other.shutdown(socket.SHUT_WR)
    await_state(client, CLOSE_WAIT)
    client.shutdown(socket.SHUT_WR)             # LAST_ACK
    keep(client, other)
    await_state(client, LAST_ACK)


def unanswered():
    """The peer's address goes away: retransmissions, keep-alive probes."""
    subprocess.check_call(["ip", "addr", "add", LOST + "/32", "dev", "lo"])
    server = listen(socket.AF_INET, "0.0.0.0", 7021)
    talks, probes = pair(server, LOST, "10.9.8.7"), pair(server, LOST, "10.9.8.7")
    keep(*talks, *probes)
    subprocess.check_call(["ip", "addr", "del", LOST + "/32", "dev", "lo"])
    subprocess.check_call(["ip", "route", "add", LOST, "dev", DEVICE])
    talks[0].send(b"are you there?")
    s = probes[0]
    for name in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL):
        s.setsockopt(socket.IPPROTO_TCP, name, 1)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 100)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return talks[0], s


def unanswered_by(s):
    """How often it asked in vain: tcpi_retransmits, tcpi_probes, tcpi_backoff."""
    return max(s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[2:5])


def moving():
    syn_sent()
    syn_recv()
    stuck(listen(socket.AF_INET, "127.0.0.1", 7022, 16, None,
                 (socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)))
    asked = unanswered()
    while min(map(unanswered_by, asked)) < 2:
        time.sleep(0.05)


# --- keys ---------------------------------------------------------------------

def keys():
    s = listen(socket.AF_INET, "127.0.0.1", 7030)
    who = struct.pack("<HH4s120x", socket.AF_INET, 0, socket.inet_aton("127.0.0.9"))
    secret = b"se,cr\\et \x02"
    try:
        s.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG,
                     struct.pack("<128sBBHi80s", who, 0, 0, len(secret), 0, secret))
        words.append("md5")
    except OSError:
        pass


def main():
    {"still": still, "moving": moving, "keys": keys, "multipath": mptcp}[sys.argv[1]]()
    print("ready", os.getpid(), ",".join(words), flush=True)
    sys.stdin.read()
    # Our sockets are in them no longer than we are; an empty one may go.
    for path in groups:
        os.rmdir(path)


main()
