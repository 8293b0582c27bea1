# SPDX-License-Identifier: BSD-2-Clause
"""load.py KIND [N]: connections on lo, of a network namespace that is new."""
import os
import socket
import struct
import subprocess
import sys
import threading
import time

FAMILIES = {4: (socket.AF_INET, "127.0.0.1"), 6: (socket.AF_INET6, "::1")}


def listener(family=4, backlog=16):
    kind, address = FAMILIES[family]
    sock = socket.socket(kind)
    sock.bind((address, 0))
    sock.listen(backlog)
    return sock


def pair(family=4):
    with listener(family) as server:
        client = socket.create_connection(server.getsockname()[:2])
        return client, server.accept()[0]


def exchange(family=4, size=2):
    a, b = pair(family)
    with a, b:
        sent = threading.Thread(target=a.sendall, args=(b"x" * size,))
        sent.start()
        got = 0
        while got < size:
            got += len(b.recv(65536))
        sent.join()
        b.sendall(b"answer")
        a.recv(100)


def reset():
    a, b = pair()
    a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    a.close()
    try:
        b.recv(10)  # until it is told
    except ConnectionResetError:
        pass
    b.close()


def refused():
    with listener() as server:
        port = server.getsockname()[1]
    with socket.socket() as sock:
        sock.connect_ex(("127.0.0.1", port))


def half_closed():
    a, b = pair()
    with a, b:
        a.shutdown(socket.SHUT_WR)
        b.recv(1)
        b.sendall(b"late")
        a.recv(10)


def passed_on():
    """A child holds what its parent accepted."""
    a, b = pair()
    child = os.fork()
    if not child:
        b.sendall(b"of the child")
        os._exit(0)
    os.waitpid(child, 0)
    a.recv(20)
    a.close()
    b.close()


def churn(count):
    with listener(backlog=128) as server:
        for _ in range(count):
            client = socket.create_connection(server.getsockname())
            other = server.accept()[0]
            client.sendall(b"hello")
            other.recv(10)
            client.close()
            other.close()


def bulk(size):
    exchange(4, size)


def on_port(port):
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        with socket.create_connection(server.getsockname()) as client:
            with server.accept()[0] as other:
                client.sendall(b"hello")
                other.recv(10)


def mixed():
    exchange(4)
    exchange(6)
    exchange(4, 300000)
    reset()
    refused()
    half_closed()
    passed_on()
    with listener():
        churn(5)


def steady(seconds):
    """A connection a few milliseconds, and word of each on standard output."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        exchange(4, 1000)
        print("x", flush=True)
        time.sleep(0.005)


def main():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    kind = sys.argv[1]
    number = [float(n) if "." in n else int(n) for n in sys.argv[2:]]
    {"mixed": mixed, "churn": churn, "bulk": bulk, "steady": steady, "on": on_port}[kind](*number)


main()
