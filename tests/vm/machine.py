# SPDX-License-Identifier: BSD-2-Clause
"""One virtual machine: qemu without hardware's help, its console, its results."""
import os
import re
import shutil
import signal
import subprocess
import tarfile
import threading

QEMU = {
    "amd64": ["qemu-system-x86_64", "-M", "pc", "-cpu", "max"],
    "arm64": ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57"],
}
CONSOLE = {"amd64": "ttyS0", "arm64": "ttyAMA0"}
# tsc: the only clock here that is both fine and right
APPEND = ("console=%s quiet panic=-1 tsc=reliable no_timer_check mitigations=off "
          "random.trust_cpu=on nokaslr audit=0 loglevel=4")
DISK = 256 << 20


def missing(arch):
    """The program that is not installed, or None."""
    return None if shutil.which(QEMU[arch][0]) else QEMU[arch][0]


class Machine:
    """Runs in `folder`; every console line is handed to `tell`."""

    def __init__(self, arch, image, parts, folder, append="", memory=1024):
        self.folder, self.arch = folder, arch
        self.initrd = os.path.join(folder, "initrd")
        self.disk = os.path.join(folder, "disk")
        self.console = os.path.join(folder, "console.log")
        with open(self.initrd, "wb") as out:
            for part in parts:
                with open(part, "rb") as f:
                    shutil.copyfileobj(f, out)
        with open(self.disk, "wb") as f:
            f.truncate(DISK)
        self.argv = QEMU[arch] + [
            "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            "-accel", "tcg,thread=multi,tb-size=256", "-smp", "2", "-m", str(memory),
            "-kernel", image, "-initrd", self.initrd, "-append", APPEND % CONSOLE[arch] + " " + append,
            "-serial", "stdio", "-monitor", "none",
            "-drive", "if=none,id=d,format=raw,cache=unsafe,file=" + self.disk,
            "-device", "virtio-blk-pci,drive=d"]

    def run(self, timeout, tell):
        """The steps' statuses (name -> (status, seconds)); None: it did not end."""
        statuses, ended = {}, False
        proc = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, start_new_session=True)
        guard = Guard(proc, timeout)
        try:
            with open(self.console, "wb") as log:
                for line in proc.stdout:
                    log.write(line)
                    log.flush()
                    text = line.decode(errors="replace").rstrip()
                    match = re.search(r"TT-STATUS (\S+) (\S+) (\S+)$", text)
                    if match:
                        statuses[match[1]] = (match[2], float(match[3]))
                    ended = ended or text.endswith("TT-END")
                    tell(text)
        finally:
            guard.end()
        return statuses if ended else None

    def results(self, folder):
        """What the guest left in /out."""
        with tarfile.open(self.disk) as tar:
            tar.extractall(folder)

    def last_words(self, count=15):
        with open(self.console, errors="replace") as f:
            return [line.rstrip() for line in f][-count:]

    def clean(self):
        for path in (self.initrd, self.disk):
            os.unlink(path)


class Guard:
    """Ends a process group that takes too long, and in any case at the end."""

    def __init__(self, proc, timeout):
        self.proc = proc
        self.timer = threading.Timer(timeout, self.kill)
        self.timer.start()

    def kill(self):
        if self.proc.poll() is None:
            os.killpg(self.proc.pid, signal.SIGKILL)

    def end(self):
        self.timer.cancel()
        self.kill()
        self.proc.wait()
