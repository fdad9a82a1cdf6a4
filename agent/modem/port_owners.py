"""Edge: who has a port, from /proc and from lock files of the UUCP kind; for root, whom no lock stops.

Who is no root sees its own processes only, and is stopped by the kernel instead (TIOCEXCL).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from agent.frozen import frozen

LOCKS = ("run/lock", "var/lock")


@frozen
class Owner:
    """A process that uses a port."""

    pid: int
    name: str
    """As the kernel calls it (proc(5), comm)."""

    def __str__(self) -> str:
        return f"process {self.pid} ({self.name})"


def owner_of(port: str, system: Path = Path("/")) -> Owner | None:
    """Another living process that has the port open, or that a lock file names; None where none can be seen.

    Pseudo-terminals are left out: the program on their other side has them open, and is the modem.
    """
    device = os.path.realpath(port)
    mine = os.getpid()
    for directory in LOCKS:
        pid = _locked_by(system / directory / f"LCK..{Path(device).name}")
        if pid and pid != mine and (system / "proc" / str(pid)).exists():
            return Owner(pid, _name(system / "proc" / str(pid)))
    if device.startswith("/dev/pts/"):
        return None
    return next(
        (Owner(pid, _name(place)) for pid, place in processes(system) if pid != mine and _has(place, device)), None
    )


def processes(system: Path) -> Iterator[tuple[int, Path]]:
    """Every process and its directory."""
    try:
        names = [place.name for place in (system / "proc").iterdir()]
    except OSError:
        return
    for name in names:
        if name.isdecimal():
            yield int(name), system / "proc" / name


def _has(place: Path, device: str) -> bool:
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
