#!/usr/bin/python3 -SE
# SPDX-License-Identifier: BSD-2-Clause
"""The guest's init: runs the steps of /t/plan.json and hands the results out.

Each line that a step prints goes to the console, as "TT STEP line", and into
/out/STEP.log. At the end /out leaves as a tar on the disk, "TT-END" is
printed, and the machine goes off.
"""
import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import tarfile
import termios
import time

libc = ctypes.CDLL(None, use_errno=True)
MOUNTS = [
    ("devtmpfs", "/dev"), ("proc", "/proc"), ("sysfs", "/sys"), ("tmpfs", "/tmp"),
    ("tmpfs", "/run"), ("cgroup2", "/sys/fs/cgroup"), ("bpf", "/sys/fs/bpf"),
    ("tracefs", "/sys/kernel/tracing"), ("securityfs", "/sys/kernel/security"),
]
FINIT_MODULE = {"x86_64": 313, "aarch64": 273}
RB_POWER_OFF = 0x4321FEDC
LINGER = 5  # seconds for what a step left behind to let go of its output


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def mount(kind, where):
    os.makedirs(where, exist_ok=True)
    if libc.mount(b"none", where.encode(), kind.encode(), 0, None):
        say("TT-NOTE mount %s: %s" % (where, os.strerror(ctypes.get_errno())))


def insert_modules():
    with open("/modules/order") as f:
        names = f.read().split()
    for name in names:
        fd = os.open("/modules/" + name, os.O_RDONLY)
        if libc.syscall(FINIT_MODULE[os.uname().machine], fd, b"", 0):
            say("TT-NOTE insert %s: %s" % (name, os.strerror(ctypes.get_errno())))
        os.close(fd)


def set_up():
    os.environ.update(PATH="/usr/sbin:/usr/bin:/sbin:/bin", HOME="/root", TERM="dumb",
                      LC_ALL="C.UTF-8")
    for kind, where in MOUNTS:
        mount(kind, where)
    os.chmod("/tmp", 0o1777)
    with open("/proc/sys/kernel/printk", "w") as f:
        f.write("1")
    insert_modules()
    # before 5.11 the memory of maps counts here
    everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_MEMLOCK, everything)
    subprocess.run(["ip", "link", "set", "lo", "up"])
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        path = "/dev/" + name
        if not os.path.lexists(path):
            os.symlink("/proc/self/fd/%d" % fd, path)


def pump(proc, log, name, end):
    """Its lines to both, until it ends. False: too late."""
    rest = b""
    with selectors.DefaultSelector() as sel:
        sel.register(proc.stdout, selectors.EVENT_READ)
        while time.monotonic() < end:
            if proc.poll() is not None:
                end = min(end, time.monotonic() + LINGER)
            if not sel.select(0.2):
                continue
            data = os.read(proc.stdout.fileno(), 65536)
            if not data:
                return True
            log.write(data)
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                say("TT %s %s" % (name, line.decode(errors="replace")))
    return proc.poll() is not None


def run_step(step):
    started = time.monotonic()
    with open("/out/%s.log" % step["name"], "wb") as log:
        proc = subprocess.Popen(step["argv"], cwd="/t", env=dict(os.environ, **step["env"]),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, start_new_session=True)
        in_time = pump(proc, log, step["name"], started + step["timeout"])
        if not in_time:
            os.killpg(proc.pid, signal.SIGKILL)
        proc.wait()
    status = str(proc.returncode) if in_time else "timeout"
    say("TT-STATUS %s %s %.1f" % (step["name"], status, time.monotonic() - started))


def keep_kernel_log():
    """What the kernel said meanwhile: a warning there is a result."""
    fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    with open("/out/kernel.log", "wb") as log:
        while True:
            try:
                log.write(os.read(fd, 8192))
            except BlockingIOError:
                break
            except OSError:  # overwritten while it was read: go on
                continue
    os.close(fd)


def hand_out():
    with open("/dev/vda", "wb") as disk, tarfile.open(fileobj=disk, mode="w|") as tar:
        tar.add("/out", arcname=".")
    os.sync()


def main():
    os.chdir("/")
    set_up()
    say("TT-BOOT %s %s" % (os.uname().release, time.clock_gettime(time.CLOCK_BOOTTIME)))
    with open("/t/plan.json") as f:
        plan = json.load(f)
    for step in plan["steps"]:
        run_step(step)
    keep_kernel_log()
    hand_out()
    say("TT-END")


try:
    main()
except BaseException as e:  # pid 1 must not end by itself: the kernel would panic
    say("TT-NOTE init: %r" % e)
finally:
    os.sync()
    termios.tcdrain(sys.stdout.fileno())  # the last words are out of the serial port
    libc.reboot(RB_POWER_OFF)
    while True:
        signal.pause()
