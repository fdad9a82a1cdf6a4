"""Edge. A Debian 12 in which programs run as on a gateway: its Python, its packages, the agent as its package has it.

The bare Debian is the one of the system tests, kept in ~/.cache by `packaging/rootfs.sh`; an overlay makes it fresh for
each use. Needs root; `why_not()` says what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.subject import IMPORTS

CHECKOUT = Path(__file__).parents[1]
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
WITH_PACKAGES = _CACHE / "kitting-bench"
PRIVATE = "usr/lib/kitting-agent"
_NEEDED = {"amd64": ("mmdebstrap", "chroot"), "armhf": ("mmdebstrap", "chroot", "qemu-arm-static")}


class Lacking(Exception):
    """This Debian cannot be had here; says why."""


@dataclass(frozen=True, slots=True)
class Debian:
    """One that stands as long as the block."""

    root: Path

    def command(self, *words: str) -> list[str]:
        """A command in it; its host name is its own."""
        return ["unshare", "--uts", "chroot", str(self.root), *words]

    @property
    def floor(self) -> list[str]:
        """The interpreter with the imports that the job cannot do without."""
        return self.floor_under(())

    def floor_under(self, before: Sequence[str]) -> list[str]:
        """The floor, started by a program of these words."""
        return self.command(*before, "/usr/bin/python3", "-I", "-c", IMPORTS)

    @property
    def bare(self) -> list[str]:
        """The interpreter, doing nothing."""
        return self.bare_under(())

    def bare_under(self, before: Sequence[str]) -> list[str]:
        """The bare interpreter, started by a program of these words."""
        return self.command(*before, "/usr/bin/python3", "-I", "-c", "pass")

    def run(self, *words: str) -> None:
        """Runs a command to its end; raises `Lacking` where it fails."""
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "DEBIAN_FRONTEND": "noninteractive",
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            raise Lacking(f"{' '.join(words[:4])}: {(done.stderr or done.stdout).strip()[-300:]}")


def why_not(architecture: str) -> str:
    """What is missing here; empty where nothing is."""
    if os.geteuid() != 0:
        return "a Debian of its own needs root"
    lacking = [program for program in _NEEDED[architecture] if not shutil.which(program)]
    return f"{', '.join(lacking)} is missing: sh packaging/host.sh bench" if lacking else ""


@contextmanager
def debian(
    architecture: str, say: Callable[[str], None], *, packages: Sequence[str] = (), shared: Sequence[Path] = ()
) -> Iterator[Debian]:
    """A fresh one with the agent in it, and with directories of this machine at the same place. Raises `Lacking`."""
    if lacking := why_not(architecture):
        raise Lacking(lacking)
    base = _bare(architecture, say)
    layers = [_with(base, packages, say), base] if packages else [base]
    with _mounted(layers, shared) as root:
        made = Debian(root)
        _install_agent(made)
        yield made


def _bare(architecture: str, say: Callable[[str], None]) -> Path:
    say(f"a Debian for {architecture}; the first takes minutes")
    build = [str(CHECKOUT / "packaging/rootfs.sh"), "bookworm", architecture, "system"]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Lacking(f"a root of bookworm for {architecture} cannot be made: {done.stderr[-200:]}")
    return Path(done.stdout.strip())


def _with(base: Path, packages: Sequence[str], say: Callable[[str], None]) -> Path:
    """What apt writes beside the base when it installs packages."""
    kept = WITH_PACKAGES / f"{base.name}-{'-'.join(packages)}"
    if kept.exists():
        return kept
    say(f"installing {', '.join(packages)}, once")
    WITH_PACKAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WITH_PACKAGES) as place:
        written = Path(place) / "written"
        with _mounted([base], (), written) as root:
            shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
            made = Debian(root)
            made.run("apt-get", "update", "-q")
            made.run("apt-get", "install", "-y", "--no-install-recommends", *packages)
        written.rename(kept)
    return kept


def _install_agent(made: Debian) -> None:
    """As the package does: a private directory, compiled by the Python that is there."""
    private = made.root / PRIVATE
    shutil.copytree(CHECKOUT / "agent", private / "agent", ignore=shutil.ignore_patterns("__pycache__"))
    for program in ("kitting-agent", "kitting-apply"):
        shutil.copy(CHECKOUT / "packaging/bin" / program, made.root / "usr/bin" / program)
    (private / "config").mkdir()
    shutil.copy(CHECKOUT / "config/userdata.schema.json", private / "config")
    made.run("/usr/bin/python3", "-m", "compileall", "-q", f"/{PRIVATE}")


@contextmanager
def _mounted(layers: Sequence[Path], shared: Sequence[Path], written: Path | None = None) -> Iterator[Path]:
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp", prefix="kitting-bench-")))
        upper = written or place / "written"
        # The work directory of an overlay has to be on the file system of what is written.
        work = upper.with_name("work")
        root = place / "root"
        for directory in (upper, work, root):
            directory.mkdir(exist_ok=True)
        options = f"lowerdir={':'.join(map(str, layers))},upperdir={upper},workdir={work}"
        _mount(stack, root, "-t", "overlay", "-o", options, "overlay")
        _mount(stack, root / "proc", "-t", "proc", "proc")
        _mount(stack, root / "run", "-t", "tmpfs", "tmpfs")
        _mount(stack, root / "dev", "--rbind", "--make-rslave", "/dev")
        for directory in shared:
            target = root / directory.relative_to("/")
            target.mkdir(parents=True, exist_ok=True)
            _mount(stack, target, "--bind", str(directory))
        yield root


def _mount(stack: ExitStack, target: Path, *words: str) -> None:
    subprocess.run(["mount", *words, str(target)], check=True)
    stack.callback(subprocess.run, ["umount", "-R", "-l", str(target)], check=True)
