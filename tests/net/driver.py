#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A process that does what it is told, one step at a time.

It connects to the unix socket named by its first argument, says hello, then
reads one JSON command a line and answers one JSON line each: {"id", "op",
arguments..., "thread"?} -> {"id", "pid", "tid", results... or "error"}.
Commands with "thread" run in the thread of that name, the others in the main
one; a blocked thread does not hold up the rest. A forked child, and the same
process after exec, say hello on a connection of their own.

Descriptors are plain numbers that nothing here closes behind the test's back.
"""
import errno
import json
import os
import queue
import socket
import struct
import sys
import threading

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
threads = {}
reply_lock = threading.Lock()
control = None
control_path = None


class Borrowed:
    """A socket object around a descriptor, which stays open afterwards."""

    def __init__(self, fd, family=4):
        self.sock = socket.socket(FAMILIES[family], socket.SOCK_STREAM, 0, fileno=fd)

    def __enter__(self):
        return self.sock

    def __exit__(self, *_):
        self.sock.detach()


def families_of(fd):
    probe = socket.socket(fileno=os.dup(fd))
    family = 6 if probe.family == socket.AF_INET6 else 4
    probe.close()
    return family


family_of_fd = {}


def family_of(fd):
    """Asked once when the socket came from elsewhere: asking takes a dup."""
    if fd not in family_of_fd:
        family_of_fd[fd] = families_of(fd)
    return family_of_fd[fd]


def on(fd):
    return Borrowed(fd, family_of(fd))


def names(fd):
    """What getsockname and getpeername say; unknown ends are left out."""
    out = {}
    with on(fd) as s:
        out["laddr"], out["lport"] = s.getsockname()[:2]
        try:
            out["raddr"], out["rport"] = s.getpeername()[:2]
        except OSError:
            pass
    return out


def op_socket(family=4, nonblock=False, v6only=False, **_):
    s = socket.socket(FAMILIES[family], socket.SOCK_STREAM)
    if family == 6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    if nonblock:
        s.setblocking(False)
    fd = s.detach()
    family_of_fd[fd] = family
    return {"fd": fd}


def op_bind(fd, addr="", port=0, share=False, **_):
    with on(fd) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, share)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((addr, port))
    return names(fd)


def op_listen(fd, backlog=8, **_):
    with on(fd) as s:
        s.listen(backlog)
    return names(fd)


def op_connect(fd, addr, port, **_):
    with on(fd) as s:
        s.connect((addr, port))
    return names(fd)


def op_connect_unspec(fd, **_):
    """connect(AF_UNSPEC), which Python has no words for."""
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    addr = struct.pack("=H14x", socket.AF_UNSPEC)
    if libc.connect(fd, addr, len(addr)) != 0:
        raise OSError(ctypes.get_errno(), "connect")
    return {}


def op_accept(fd, **_):
    with on(fd) as s:
        new, _addr = s._accept()
    family_of_fd[new] = family_of(fd)
    out = {"fd": new}
    try:
        out.update(names(new))
    except OSError:
        pass
    return out


def op_send(fd, n=1, flags=0, **_):
    """Every byte of n, in as few calls as the socket takes them."""
    sent = 0
    calls = 0
    with on(fd) as s:
        while sent < n:
            sent += s.send(b"x" * (n - sent), flags | socket.MSG_NOSIGNAL)
            calls += 1
    return {"bytes": sent, "calls": calls}


def op_write(fd, n=1, **_):
    return {"bytes": os.write(fd, b"x" * n)}


def op_recv(fd, n=65536, flags=0, **_):
    """One call."""
    with on(fd) as s:
        return {"bytes": len(s.recv(n, flags))}


def op_recv_all(fd, n, **_):
    """Calls until n bytes came, or the end of the stream."""
    got = 0
    with on(fd) as s:
        while got < n:
            piece = len(s.recv(n - got))
            if not piece:
                break
            got += piece
    return {"bytes": got}


def op_sendfile(fd, n, **_):
    with open(__file__, "rb") as f:
        sent = 0
        while sent < n:
            sent += os.sendfile(fd, f.fileno(), 0, min(n - sent, 4096))
    return {"bytes": sent}


def op_shutdown(fd, how, **_):
    with on(fd) as s:
        s.shutdown({"RD": 0, "WR": 1, "RDWR": 2}[how])
    return {}


def op_close(fd, **_):
    family_of_fd.pop(fd, None)
    os.close(fd)
    return {}


def op_linger(fd, on_=1, seconds=0, **_):
    with on(fd) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", on_, seconds))
    return {}


def op_sockopt(fd, level, name, value, **_):
    with on(fd) as s:
        s.setsockopt(getattr(socket, level), getattr(socket, name), value)
        return {"value": s.getsockopt(getattr(socket, level), getattr(socket, name))}


def op_so_error(fd, **_):
    with on(fd) as s:
        err = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return {"so_error": errno.errorcode.get(err, "") if err else ""}


def op_wait_writable(fd, timeout=30, **_):
    import select
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return {"ready": bool(poll.poll(timeout * 1000))}


def op_dup(fd, **_):
    new = os.dup(fd)
    family_of_fd[new] = family_of(fd)
    return {"fd": new}


def op_cloexec(fd, on_=True, **_):
    os.set_inheritable(fd, not on_)
    return {}


def op_unix_listen(path, **_):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.bind(path)
    s.listen(1)
    return {"fd": s.detach()}


def op_unix_accept(fd, **_):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=fd)
    new, _addr = s._accept()
    s.detach()
    return {"fd": new}


def op_unix_connect(path, **_):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect(path)
    return {"fd": s.detach()}


def op_pass_fd(via, fd, **_):
    """SCM_RIGHTS over the unix socket via."""
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=via)
    socket.send_fds(s, [b"f"], [fd])
    s.detach()
    return {}


def op_take_fd(via, family=4, **_):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=via)
    fds = socket.recv_fds(s, 1, 1)[1]
    s.detach()
    family_of_fd[fds[0]] = family
    return {"fd": fds[0]}


def op_fork(**_):
    """The child says hello on its own connection; forks happen while the
    other threads rest, so only this one is in the child."""
    pid = os.fork()
    if pid == 0:
        os.close(control.detach())  # close() would wait for the reader's file
        threads.clear()
        serve(control_path)
        os._exit(0)
    return {"child": pid}


def op_fork_as(pid, **_):
    """The child gets this number, which must be free: clone3() with set_tid."""
    import ctypes
    number = ctypes.c_int(pid)
    args = struct.pack("=11Q", 0, 0, 0, 0, 17, 0, 0, 0, ctypes.addressof(number), 1, 0)
    child = ctypes.CDLL(None, use_errno=True).syscall(435, args, len(args))
    if child < 0:
        raise OSError(ctypes.get_errno(), "clone3")
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-S", "-E", __file__, control_path])
    return {"child": child}


def op_reap(child, **_):
    return {"status": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}


def op_exec(**_):
    os.execv(sys.executable, [sys.executable, "-S", "-E", __file__, control_path])


def op_setuid(uid, **_):
    os.setresuid(uid, uid, uid)
    return {}


def op_comm(name, **_):
    with open("/proc/self/comm", "w") as f:
        f.write(name)
    return {}


# rbx is the caller's; eax, ebx, ecx, edx, esi: the call and its arguments
CODE_INT80 = bytes.fromhex("53" "89f8" "89f3" "87d1" "4489c6" "cd80" "5b" "c3")
CALLS_32 = {"read": 3, "write": 4, "connect": 362, "listen": 363, "accept4": 364, "shutdown": 373}


def low_memory(content, executable=False):
    """An address of 32 bits with this at it."""
    import ctypes
    import mmap
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    map_32bit = 0x40
    where = libc.mmap(None, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_WRITE |
                      (mmap.PROT_EXEC if executable else 0),
                      mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | map_32bit, -1, 0)
    ctypes.memmove(where, content, len(content))
    return where


def op_call32(name, fd, arg=0, addr=None, port=0, n=0, **_):
    """A system call as programs of 32 bits make it; x86 only."""
    import ctypes
    code = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_uint] * 5)(
        low_memory(CODE_INT80, executable=True))
    size = n
    if n:
        arg = low_memory(b"x" * n)
    if addr:
        arg = low_memory(struct.pack("=HH4s8x", socket.AF_INET, socket.htons(port),
                                     socket.inet_aton(addr)))
        size = 16
    result = code(CALLS_32[name], fd, arg, size, 0)
    if result < 0:
        raise OSError(-result, name)
    if name == "accept4":
        family_of_fd[result] = 4
        return {"fd": result}
    return {}


def op_can_call32(fd, **_):
    """Whether this kernel takes them: tried in a child, whom it may kill."""
    if os.uname().machine != "x86_64":
        return {"can": False}
    pid = os.fork()
    if pid == 0:
        try:
            op_call32("listen", fd)
        except OSError as e:
            os._exit(0 if e.errno == errno.EBADF else 1)
        os._exit(1)
    return {"can": os.waitpid(pid, 0)[1] == 0}


def op_exit(status=0, **_):
    os._exit(status)


def op_ping(**_):
    return {}


def op_churn_accept(fd, count, **_):
    """count connections: accept, read to the end, close."""
    ports = []
    with on(fd) as s:
        for _i in range(count):
            new, addr = s._accept()
            ports.append(addr[1])
            while os.read(new, 4096):
                pass
            os.close(new)
    return {"ports": ports}


def op_churn_connect(addr, port, count, family=4, **_):
    """count connections: connect, one byte, close."""
    ports = []
    for _i in range(count):
        s = socket.socket(FAMILIES[family], socket.SOCK_STREAM)
        s.connect((addr, port))
        ports.append(s.getsockname()[1])
        s.send(b"x")
        s.close()
    return {"ports": ports}


def reply(ident, answer):
    answer.update(id=ident, pid=os.getpid(), tid=threading.get_native_id())
    with reply_lock:
        control.sendall(json.dumps(answer).encode() + b"\n")


def run(command):
    op = command.pop("op")
    ident = command.pop("id")
    try:
        answer = globals()["op_" + op](**command)
    except OSError as e:
        answer = {"error": errno.errorcode.get(e.errno, str(e.errno))}
    except Exception as e:  # the test must hear of it, not wait for it
        answer = {"error": "driver: %s: %r" % (op, e)}
    reply(ident, answer)


def work(todo):
    while True:
        run(todo.get())


def dispatch(command):
    name = command.pop("thread", None)
    if name is None:
        run(command)
        return
    if name not in threads:
        threads[name] = queue.SimpleQueue()
        threading.Thread(target=work, args=(threads[name],), daemon=True).start()
    threads[name].put(command)


def serve(path):
    global control, control_path, reply_lock
    reply_lock = threading.Lock()
    control_path = path
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    control.connect(path)
    reply(0, {"hello": True})
    for line in control.makefile("r"):
        dispatch(json.loads(line))


if __name__ == "__main__":
    serve(sys.argv[1])
