"""One run of these tests on this machine: its folder, its names, and the removal of all that it leaves.

Every process of a run holds a shared lock on the run's folder. A folder that can be locked exclusively belongs to a
run that was killed. All that a run makes outside of its folder has a name that begins with `kit-TOKEN-`.
"""

import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from waiting import until

PARENT, PREFIX = Path("/var/tmp"), "kitting-booted-"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kitting-system"
STORAGE = {**os.environ, "CONTAINERS_STORAGE_CONF": str(CACHE / "storage.conf")}
CGROUPS = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd"), Path("/sys/fs/cgroup"))


class Run:
    """What one worker process has of a run; several workers share the folder."""

    def __init__(self, token: str, worker: str) -> None:
        self.token, self.worker = token, worker
        self.place = PARENT / f"{PREFIX}{token}"
        self._numbers = count()

    def name(self) -> str:
        """A name that nothing else on this machine has."""
        return f"kit-{self.token}-{self.worker}-{next(self._numbers)}"

    @contextmanager
    def entered(self) -> Iterator["Run"]:
        """The folder exists inside; the last worker that leaves removes it."""
        lock = _locked_folder(self.place)
        try:
            yield self
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(self.token)
            os.close(lock)

    @contextmanager
    def once(self, name: str) -> Iterator[Path]:
        """A folder that one worker fills while the others wait; who finds it filled does nothing."""
        with (self.place / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.place / name


def remove_dead_runs() -> None:
    """Removes what killed runs left on this machine."""
    for place in PARENT.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):
            lock = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
            with suppress(BlockingIOError):  # its run is at work
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(place.name.removeprefix(PREFIX))
            os.close(lock)


def remove(token: str) -> None:
    """Ends all processes of a run, then removes its cgroups, namespaces, containers, mounts and files."""
    for group in cgroups():
        for mine in group.glob(f"kit-{token}-*"):
            end_group(mine.name)
    for space in Path("/run/netns").glob(f"kit-{token}-*"):
        remove_namespace(space.name)
    _remove_containers(f"kit-{token}-")
    place = PARENT / f"{PREFIX}{token}"
    for mounted in reversed(_mounted_below(place)):
        subprocess.run(["umount", "-l", mounted], check=False)
    shutil.rmtree(place, ignore_errors=True)


def cgroups() -> list[Path]:
    """Where a process joins a group of its own: the unified hierarchy, and systemd's where there are several."""
    if (CGROUPS[2] / "cgroup.procs").exists():
        return [CGROUPS[2]]
    return [place for place in CGROUPS[:2] if place.is_dir()]


def end_group(name: str) -> None:
    """Kills every process of a control group, waits for the last one, and removes the group."""
    for group in (each / name for each in cgroups()):
        until(f"no process is left in {group}", lambda group=group: _killed(group), lambda left: not left)
        for each in (*sorted((each for each in group.rglob("*") if each.is_dir()), reverse=True), group):
            with suppress(OSError):
                each.rmdir()


def remove_namespace(name: str) -> None:
    """Kills every process in a network namespace and removes it; its interfaces go with it."""
    listed = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False).stdout
    for pid in listed.split():
        _kill(int(pid))
    subprocess.run(["ip", "netns", "del", name], check=False)


def _locked_folder(place: Path) -> int:
    """The folder, made where it is not there, with a shared lock; one that was removed meanwhile is made again."""
    while True:
        place.mkdir(exist_ok=True)
        lock = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(lock, fcntl.LOCK_SH)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock), place.stat()):
                return lock
        os.close(lock)


def _killed(group: Path) -> list[str]:
    """The processes that were found, and killed."""
    found = [pid for file in group.rglob("cgroup.procs") for pid in _lines(file)]
    for pid in found:
        _kill(int(pid))
    return found


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


def _mounted_below(place: Path) -> list[str]:
    targets = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [target for target in targets if target.startswith(f"{place}/")]


def _remove_containers(prefix: str) -> None:
    if not shutil.which("buildah") or not (CACHE / "storage.conf").exists():
        return
    words = ["buildah", "containers", "--quiet", "--filter", f"name={prefix}"]
    listed = subprocess.run(words, capture_output=True, text=True, check=False, env=STORAGE).stdout
    for container in listed.split():
        subprocess.run(["buildah", "rm", container], capture_output=True, check=False, env=STORAGE)
