"""Edge. Finds the process that uses a port, from /proc and from UUCP lock files; needed for root, which no lock stops.

Another user than root sees only its own processes in /proc; there the kernel refuses the port instead (TIOCEXCL).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from agent.frozen import frozen

LOCKS = ("run/lock", "var/lock")
"""Directories of UUCP lock files, below the root directory."""


@frozen
class PortOwner:
    """A process that uses a port."""

    pid: int
    name: str
    """Name of the process in the kernel (proc(5), comm)."""

    def __str__(self) -> str:
        return f"process {self.pid} ({self.name})"


def port_owner(port: str, system: Path = Path("/")) -> PortOwner | None:
    """Another running process that has the port open, or that a lock file names; None where no such process is visible.

    Open pseudo-terminals do not count: the program on their other side has them open, and is the modem.
    """
    device = os.path.realpath(port)
    own_pid = os.getpid()
    for directory in LOCKS:
        pid = _locked_by(system / directory / f"LCK..{Path(device).name}")
        if pid and pid != own_pid and (system / "proc" / str(pid)).exists():
            return PortOwner(pid, _name(system / "proc" / str(pid)))
    if device.startswith("/dev/pts/"):
        return None
    return next(
        (
            PortOwner(pid, _name(place))
            for pid, place in processes(system)
            if pid != own_pid and _has_open(place, device)
        ),
        None,
    )


def processes(system: Path) -> Iterator[tuple[int, Path]]:
    """The id of every process, with its directory in /proc."""
    try:
        names = [place.name for place in (system / "proc").iterdir()]
    except OSError:
        return
    for name in names:
        if name.isdecimal():
            yield int(name), system / "proc" / name


def _has_open(place: Path, device: str) -> bool:
    """Whether a descriptor of the process is the device; False where its descriptors cannot be read."""
    try:
        with os.scandir(place / "fd") as files:
            return any(_target(Path(file)) == device for file in files)
    except OSError:
        return False


def _target(file: Path) -> str:
    try:
        return str(file.readlink())
    except OSError:
        return ""


def _locked_by(lock: Path) -> int | None:
    """The process id in a lock file; None where the file is missing or contains no number."""
    try:
        with lock.open("rb") as file:
            words = file.read(64).decode("ascii", "replace").split()
    except OSError:
        return None
    return int(words[0]) if words and words[0].isascii() and words[0].isdecimal() else None


def _name(place: Path) -> str:
    try:
        return (place / "comm").read_text("utf-8", "replace").strip()[:32] or "unknown"
    except OSError:
        return "unknown"
