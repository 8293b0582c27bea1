# SPDX-License-Identifier: BSD-2-Clause
"""The guest's root: an initramfs made of this machine's own programs."""
import os
import re
import shutil
import stat
import subprocess

# Of Python's library, what no scenario imports and what is large.
NO_PYTHON = re.compile(r"/(test|tests|idlelib|lib2to3|ensurepip|distutils|tkinter|turtledemo|"
                       r"config-[^/]*|pydoc_data|unittest|dist-packages|site-packages)(/|$)|"
                       r"\.opt-[12]\.pyc$|/(turtle|_pydecimal)|"
                       r"/lib-dynload/(_ssl|_hashlib|_sqlite3|_test|_codecs|_curses|_dbm|nis|"
                       r"ossaudiodev|readline|xx|_xx|_decimal|audioop)")


class Cpio:
    """A newc archive, as the kernel unpacks it."""

    def __init__(self, path):
        self.out = open(path, "wb")
        self.seen = set()

    def entry(self, name, mode, data=b"", device=(0, 0)):
        name = name.strip("/")
        if name in self.seen:
            return
        parent = os.path.dirname(name)
        if parent and parent not in self.seen:
            self.entry(parent, stat.S_IFDIR | 0o755)
        self.seen.add(name)
        self.write(name, mode, data, device)

    def write(self, name, mode, data=b"", device=(0, 0)):
        path = name.encode() + b"\0"
        numbers = (len(self.seen), mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
        head = b"070701" + b"".join(b"%08X" % n for n in numbers) + path
        self.out.write(head + b"\0" * (-len(head) % 4))
        self.out.write(data + b"\0" * (-len(data) % 4))

    def close(self):
        self.write("TRAILER!!!", 0)
        self.out.write(b"\0" * (-self.out.tell() % 512))
        self.out.close()

    # --- what goes in

    def folder(self, name, mode=0o755):
        self.entry(name, stat.S_IFDIR | mode)

    def link(self, name, target):
        self.entry(name, stat.S_IFLNK | 0o777, target.encode())

    def text(self, name, text, mode=0o644):
        self.entry(name, stat.S_IFREG | mode, text.encode())

    def file(self, name, source):
        with open(source, "rb") as f:
            self.entry(name, stat.S_IFREG | stat.S_IMODE(os.stat(source).st_mode), f.read())

    def tree(self, name, source, leave_out=None):
        for top, dirs, files in os.walk(source):
            dirs[:] = sorted(d for d in dirs
                             if not (leave_out and leave_out.search(os.path.join(top, d))))
            for base in sorted(files):
                path = os.path.join(top, base)
                if not (leave_out and leave_out.search(path)):
                    self.file(os.path.join(name, os.path.relpath(path, source)), path)

    def tree_of_packages(self, source):
        """As unpacked: its /bin and the like belong in /usr."""
        for top, _dirs, files in os.walk(source):
            for base in sorted(files):
                path = os.path.join(top, base)
                name = os.path.relpath(path, source)
                if name.split("/")[0] in ("bin", "sbin", "lib", "lib64"):
                    name = "usr/" + name
                if NO_FOREIGN.search(path):
                    continue
                if os.path.islink(path):
                    self.link(name, os.readlink(path))
                else:
                    self.file(name, path)

    def libraries(self, source):
        """What the program or library needs, as the loader finds it here."""
        done = subprocess.run(["ldd", source], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        for path in re.findall(r"(?:=> )?(/\S+) \(0x", done.stdout):
            self.file(path, path)

    def program(self, source, name=None):
        self.file(name or source, os.path.realpath(source))
        self.libraries(source)


# Debian's, whatever else is in the path: its libraries are where the loader looks.
PYTHON = "/usr/bin/python3"
PROGRAMS = "sh ip tc ss nsenter unshare setpriv true sleep cat timeout bpftool".split()
# Where programs are: a path set by somebody else may lead to others.
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


# What a guest of another architecture is made of; and what it can do without.
FOREIGN = ("python3-minimal libpython3-stdlib iproute2 util-linux dash coreutils libbpf1 "
           "libelf1").split()
NO_FOREIGN = re.compile(r"/usr/share/|/usr/lib/[^/]*/(gconv|perl)|/var/|/usr/include/|" +
                        NO_PYTHON.pattern)


def write_root(path, modules, init, tree=None):
    """The part that is the same for every run of one kernel. tree: the files of
    another architecture, instead of this machine's own."""
    cpio = Cpio(path)
    for name in ("proc", "sys", "dev", "run", "tmp", "root", "out"):
        cpio.folder(name)
    for name in ("bin", "sbin", "lib", "lib64"):
        if tree or os.path.islink("/" + name):
            cpio.folder("usr/" + name)
            cpio.link(name, "usr/" + name)
    cpio.entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    cpio.entry("dev/null", stat.S_IFCHR | 0o666, device=(1, 3))
    cpio.text("etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
    cpio.text("etc/group", "root:x:0:\nnogroup:x:65534:\n")
    if tree:
        cpio.tree_of_packages(tree)
    else:
        add_programs(cpio)
        add_python(cpio)
    for module in modules:
        cpio.file("modules/" + os.path.basename(module), module)
    cpio.text("modules/order", "\n".join(os.path.basename(m) for m in modules))
    cpio.file("init", init)
    cpio.close()


def add_programs(cpio):
    for name in PROGRAMS:
        found = shutil.which(name, path=PATH)
        if found:
            cpio.program(found)


def add_python(cpio):
    cpio.program(PYTHON)
    library = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_paths()['stdlib'])"],
        text=True, stdout=subprocess.PIPE, check=True).stdout.strip()
    cpio.tree(library, library, NO_PYTHON)
    dynload = os.path.join(library, "lib-dynload")
    for name in sorted(os.listdir(dynload)):
        path = os.path.join(dynload, name)
        if not NO_PYTHON.search(path):
            cpio.libraries(path)
