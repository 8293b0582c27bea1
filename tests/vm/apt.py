# SPDX-License-Identifier: BSD-2-Clause
"""Debian packages through apt, in a configuration of our own.

The machine's sources, lists and cache are left alone. Only the repositories are
the machine's, and what its apt.conf says about reaching them. Packages are
verified with the archive's keys, as apt does.
"""
import os
import re
import subprocess
import time

KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
FRESH = 12 * 3600  # seconds an index is believed


def repositories(*options):
    """Label -> address of the Debian repositories that this machine's apt has an
    index of. Their Release files say what they are, whatever their address."""
    done = subprocess.run(
        ["apt-get", *options, "indextargets", "--format", "$(ORIGIN)\t$(LABEL)\t$(REPO_URI)",
         "Created-By: Packages"], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {label: uri for origin, label, uri in reversed(rows) if origin == "Debian"}


def machine_repositories(folder):
    """The same where the index was thrown away: fetched once more, into folder."""
    found = repositories()
    if not found:
        os.makedirs(os.path.join(folder, "partial"), exist_ok=True)
        lists = ["-o", "Dir::State::lists=" + folder, "-o", "Acquire::http::Timeout=30"]
        subprocess.run(["apt-get", *lists, "update"], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        found = repositories(*lists)
    return found


def label_of(suite):
    """Backports are in the repository of the suite proper."""
    return "Debian-Security" if suite.endswith("-security") else "Debian"


class Apt:
    def __init__(self, folder, arch, suites):
        self.folder, self.arch = folder, arch
        for sub in ("lists/partial", "cache/archives/partial", "debs"):
            os.makedirs(os.path.join(folder, sub), exist_ok=True)
        self.note = ""  # what went wrong with the index, in words
        self.sources = "".join(self.source_lines(suites))

    def source_lines(self, suites):
        found = machine_repositories(self.path("machine"))
        if not found:
            self.note = ("no repository of Debian among those of this machine's apt "
                         "(apt-get indextargets)")
        for suite in suites:
            uri = found.get(label_of(suite))
            if uri:
                yield "deb [signed-by=%s arch=%s] %s %s main\n" % (KEYS, self.arch, uri, suite)
            elif found:
                self.note = "apt has no repository labelled " + label_of(suite)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def command(self, tool, *argv):
        options = {
            "Dir::Etc::sourcelist": self.path("sources.list"),
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": self.path("lists"),
            "Dir::State::status": self.path("status"),
            "Dir::Cache": self.path("cache"),
            "APT::Architecture": self.arch,
            "APT::Architectures::": self.arch,
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "DPkg::Lock::Timeout": "300",
            "Acquire::http::Timeout": "30",
            "Acquire::https::Timeout": "30",
        }
        return [tool] + [w for k, v in options.items() for w in ("-o", k + "=" + v)] + list(argv)

    def run(self, tool, *argv, cwd=None):
        return subprocess.run(self.command(tool, *argv), cwd=cwd, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def is_fresh(self):
        try:
            with open(self.path("sources.list")) as f:
                same = f.read() == self.sources
            return same and time.time() - os.stat(self.path("updated")).st_mtime < FRESH
        except OSError:
            return False

    def update(self):
        """A suite that fails does not take the others with it."""
        if not self.sources or self.is_fresh():
            return
        with open(self.path("sources.list"), "w") as f:
            f.write(self.sources)
        open(self.path("status"), "a").close()
        done = self.run("apt-get", "update")
        failed = re.findall(r"^(?:Err|E|W): ?(.*)", done.stdout + done.stderr, re.M)
        if done.returncode or failed:
            self.note = "apt-get update: " + (failed[-1] if failed else "failed")
        else:
            open(self.path("updated"), "w").close()

    def names(self, pattern):
        """The names of packages that match a regular expression."""
        done = self.run("apt-cache", "search", "--names-only", pattern)
        return sorted({line.split(" ")[0] for line in done.stdout.splitlines()})

    def version(self, name):
        done = self.run("apt-cache", "show", "--no-all-versions", name)
        match = re.search(r"^Version: (.*)", done.stdout, re.M)
        return match[1] if match else None

    def fetch(self, name):
        """The path of the package's file, downloaded unless it is there."""
        version = self.version(name)
        path = self.path("debs", "%s_%s_%s.deb" % (
            name, version.replace(":", "%3a"), self.arch))
        if not os.path.exists(path):
            done = self.run("apt-get", "download", name, cwd=self.path("debs"))
            if done.returncode or not os.path.exists(path):
                raise OSError("apt-get download %s: %s" % (name, done.stderr.strip()))
        return path

    def fetch_with_needs(self, names):
        """The files of these packages and of all they depend on: as if nothing
        were installed, for that is what our own status file says."""
        argv = ["install", "-y", "--no-install-recommends"]
        for more in (["--download-only"], ["--simulate"]):
            done = self.run("apt-get", *argv, *more, *names)
            if done.returncode:
                raise OSError("apt-get install: %s" % done.stderr.strip())
        found = re.findall(r"^Inst (\S+) \((\S+) .*\[(\w+)\]\)", done.stdout, re.M)
        return [self.path("cache", "archives", "%s_%s_%s.deb" % (
            name, version.replace(":", "%3a"), arch)) for name, version, arch in found]
