# SPDX-License-Identifier: BSD-2-Clause
"""Debian's kernels by their series: found by name, fetched, unpacked, kept."""
import json
import lzma
import os
import re
import shutil
import subprocess
import tempfile
import threading

import apt

HERE = os.path.dirname(os.path.abspath(__file__))
LIST = os.path.join(HERE, "kernels.list")

# What the scenarios and the guest want, if the kernel has it as a module.
MODULES = ("virtio_pci virtio_blk veth dummy bridge 8021q tun ifb macvlan "
           "sch_ingress cls_bpf sch_netem").split()


class Unavailable(Exception):
    """No suite offers it."""


class Unreachable(Exception):
    """The suites cannot be asked, and it is not in the cache."""


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("TT_VM_CACHE") or os.path.join(base, "tcptrace-bpf", "vm")


class Wanted:
    """One line of kernels.list."""

    def __init__(self, series, arch, kind):
        self.series, self.arch, self.kind = series, arch, kind

    @property
    def name(self):
        return self.series if self.arch == "amd64" else "%s-%s" % (self.series, self.arch)


def read_list(path=LIST):
    """(wanted kernels, suites)"""
    wanted, suites = [], []
    with open(path) as f:
        for line in f:
            words = line.split("#")[0].split()
            if words[:1] == ["suite"]:
                suites.append(words[1])
            elif words:
                wanted.append(Wanted(*words))
    return wanted, suites


class Kernel:
    """An unpacked kernel: vmlinuz, modules in the order to insert them."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "kernel.json")) as f:
            self.about = json.load(f)

    release = property(lambda self: self.about["release"])
    version = property(lambda self: self.about["version"])
    image = property(lambda self: os.path.join(self.folder, "vmlinuz"))
    modules = property(lambda self: [os.path.join(self.folder, m)
                                     for m in self.about["modules"]])


def numbers(release):
    return [int(n) for n in re.findall(r"\d+", release)]


class Store:
    """The kernels of one architecture, in the cache."""

    def __init__(self, arch, suites):
        self.arch = arch
        self.folder = os.path.join(cache_folder(), arch)
        self.apt = apt.Apt(os.path.join(self.folder, "apt"), arch, suites)
        self.offers = None

    def load_offers(self):
        """release -> packages, of those that are offered whole."""
        if self.offers is not None:
            return
        self.apt.update()
        pattern = r"^linux-(image|binary|modules)-[0-9].*-cloud-%s$" % self.arch
        parts = {}
        for name in self.apt.names(pattern):
            _, part, release = name.split("-", 2)
            # X.Y-cloud-amd64 is a name that leads to the latest of a series
            if re.match(r"\d+\.\d+\.\d+", release):
                parts.setdefault(release, set()).add(part)
        self.offers = {}
        for release, has in parts.items():
            # since 6.19 the image is in one package, the modules in another
            need = ["binary", "modules"] if has & {"binary", "modules"} else ["image"]
            if has.issuperset(need):
                self.offers[release] = ["linux-%s-%s" % (p, release) for p in need]

    def resolve(self, series):
        """The release of a series; the highest of all for `newest`."""
        self.load_offers()
        fits = [r for r in self.offers
                if series == "newest" or numbers(r)[:2] == numbers(series)]
        if not fits:
            if self.apt.note:
                raise Unreachable(self.apt.note)
            raise Unavailable("no suite offers it")
        return max(fits, key=numbers)

    def get(self, series):
        release = self.resolve(series)
        folder = os.path.join(self.folder, release)
        packages = self.offers[release]
        about = {"release": release, "packages": packages, "wanted": MODULES,
                 "version": self.apt.version(packages[0])}
        try:
            kernel = Kernel(folder)
            if {k: kernel.about[k] for k in about} == about:
                return kernel
        except (OSError, ValueError, KeyError):
            pass
        debs = [self.apt.fetch(p) for p in packages]
        unpack(debs, folder, about)
        return Kernel(folder)


FOREIGN_LOCK = threading.Lock()


def foreign_root(arch, suite, names):
    """A folder with these packages and all they need, of another architecture."""
    with FOREIGN_LOCK:
        return make_foreign_root(arch, suite, names)


def make_foreign_root(arch, suite, names):
    folder = os.path.join(cache_folder(), arch, "root")
    packages = apt.Apt(os.path.join(folder, "apt"), arch, [suite])
    packages.update()
    debs = packages.fetch_with_needs(names)
    tree, stamp = os.path.join(folder, "tree"), os.path.join(folder, "tree.list")
    want = "\n".join(debs)
    if not os.path.exists(stamp) or open(stamp).read() != want:
        shutil.rmtree(tree, ignore_errors=True)
        for deb in debs:
            subprocess.run(["dpkg-deb", "-x", deb, tree], check=True)
        with open(stamp, "w") as f:
            f.write(want)
    return tree


# --- unpacking ----------------------------------------------------------------

def module_name(path):
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


def read_module(path):
    with open(path, "rb") as f:
        data = f.read()
    return lzma.decompress(data) if path.endswith(".xz") else data


def depends_of(data):
    match = re.search(rb"\0depends=([^\0]*)\0", data)
    return [d.replace("-", "_") for d in match[1].decode().split(",") if d] if match else []


def copy_modules(tree, folder):
    """The wanted modules and what they need, plain, in the order to insert."""
    paths = {}
    for top, _dirs, files in os.walk(tree):
        paths.update((module_name(f), os.path.join(top, f)) for f in files if ".ko" in f)
    order = []

    def take(name):
        if name not in paths or name + ".ko" in order:
            return
        data = read_module(paths[name])
        for need in depends_of(data):
            take(need)
        with open(os.path.join(folder, name + ".ko"), "wb") as f:
            f.write(data)
        order.append(name + ".ko")

    for name in MODULES:
        take(name)
    return order


def find_image(tree):
    for top, _dirs, files in os.walk(tree):
        for name in files:
            if name.startswith("vmlinuz"):
                return os.path.join(top, name)
    raise OSError("no vmlinuz in the package")


def unpack(debs, folder, about):
    """Into a folder of its own, put in place as a whole."""
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(folder)) as tmp:
        tree, made = os.path.join(tmp, "tree"), os.path.join(tmp, "made")
        os.mkdir(made)
        for deb in debs:
            subprocess.run(["dpkg-deb", "-x", deb, tree], check=True)
        shutil.copy(find_image(tree), os.path.join(made, "vmlinuz"))
        about = dict(about, modules=copy_modules(tree, made))
        with open(os.path.join(made, "kernel.json"), "w") as f:
            json.dump(about, f, indent=1)
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(made, folder)
