"""Story. The apply of 1, 100 and 1,000 files, and of a document that is in force already.

System calls are counted by strace, in every thread; the times are those of runs without it. An order that changes
nothing is counted as what a second one adds to the first.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from agent.host.durable import Disk, replace_file
from agent.provision.poll_note import MAX_QUIET_POLLS
from benchmarks.processes import cost_of
from benchmarks.subject import on_loopback, userdata
from benchmarks.table import Aim, Row, missing

CHECKOUT = Path(__file__).parents[1]
SIZES = (1, 100, 1000)
SYNCS = ("fsync", "fdatasync", "sync", "syncfs", "sync_file_range")
CHANGES = (
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "ftruncate",
    "symlinkat",
    "fchmod",
)
_CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)")
_LOCK = re.compile(r'lock", O_RDWR\|O_CREAT')
"""A file that is only locked: opening it changes nothing once it is there."""
_WRITES = re.compile(r"O_CREAT|O_TRUNC|O_WRONLY|O_RDWR")


def apply(runs: int, say: Callable[[str], None]) -> list[Row]:
    """All rows of the apply."""
    rows = []
    for size in SIZES:
        say(f"apply of {size} files")
        rows += _rows(size, min(runs, 3))
    say("what a pass writes where nothing changed")
    return [*rows, *unchanged()]


def unchanged() -> list[Row]:
    """Passes over an unchanged document, by the network half, with the runtime directory that its unit gives it."""
    what = "unchanged document: calls that change a disk"
    if not shutil.which("strace"):
        return missing(what, "there is no strace (apt-get install strace)")
    with on_loopback() as subject, tempfile.TemporaryDirectory(dir="/dev/shm") as run:
        command = ["env", f"RUNTIME_DIRECTORY={run}", *subject.gateway.command("provision")]
        for _ in range(2):
            cost_of(command)
        quiet = calls_made(command, subject.gateway.place)
        for _ in range(MAX_QUIET_POLLS - 1):
            cost_of(command)
        whole = calls_made(command, subject.gateway.place)
    told = ", ".join(f"{count} {name}" for name, count in sorted(quiet.items()))
    kept = "what was remembered and counted since; nothing of the apply"
    return [
        Row("unchanged document: fsyncs", "", _sum(quiet, SYNCS), aims=(Aim(0),)),
        Row(what, "", quiet.total(), aims=(Aim(0),), note=told),
        Row(f"unchanged document, each {MAX_QUIET_POLLS + 1}th pass: fsyncs", "", _sum(whole, SYNCS), note=kept),
    ]


def _rows(size: int, runs: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="kitting-bench-", dir=_on_disk()) as place:
        measured = [_times(Path(place), size) for _ in range(runs)]
        first, again = (statistics.median(times) for times in zip(*measured, strict=True))
        bare, reading = _bare_writes(Path(place), size), _bare_reads(Path(place), size)
        rows = [
            Row(
                f"apply {size} files, hostname, time zone",
                "ms",
                first,
                bare,
                note="floor: each file written, synced, renamed, and its directory synced",
            ),
            Row(
                f"order that changes nothing, {size} files", "ms", again, reading, note="floor: reading each file once"
            ),
        ]
        if not shutil.which("strace"):
            return [*rows, *missing(f"apply {size} files, fsyncs", "there is no strace (apt-get install strace)")]
        none, once, twice = (calls_of(Path(place), size, times) for times in (0, 1, 2))
    synced = _sum(once, SYNCS) - _sum(none, SYNCS)
    return [
        *rows,
        Row(
            f"apply {size} files, fsyncs",
            "",
            synced,
            2 * (size + 2),
            note="floor: two for each thing that changes; ours syncs a directory once for all",
        ),
        Row(
            f"order that changes nothing, {size} files: fsyncs",
            "",
            _sum(twice, SYNCS) - _sum(once, SYNCS),
            note="its outcome, which has to survive; an unchanged document is not ordered at all",
        ),
    ]


def _on_disk() -> str:
    """Not a tmpfs, where syncing costs nothing."""
    return "/var/tmp"


def _sum(calls: Counter[str], names: tuple[str, ...]) -> int:
    return sum(calls[name] for name in names)


def _ready(place: Path, size: int) -> list[str]:
    """A fresh root, and the program for it."""
    for old in ("root", "state"):
        shutil.rmtree(place / old, ignore_errors=True)
    for file, text in (("etc/hostname", "old\n"), ("usr/share/zoneinfo/Asia/Tokyo", "TZif2"), ("etc/passwd", "")):
        (place / "root" / file).parent.mkdir(parents=True, exist_ok=True)
        (place / "root" / file).write_text(text)
    (place / "agent.toml").write_text(f'[apply]\nroot = "{place}/root"\n[paths]\nstate = "{place}/state"\n')
    (place / "userdata.yaml").write_text(userdata(size))
    program = str(Path(__file__).with_name("apply_again.py"))
    return [sys.executable, program, str(place / "agent.toml"), str(place / "userdata.yaml")]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"}


def _times(place: Path, size: int) -> tuple[float, float]:
    """Milliseconds of the first order and of the same once more."""
    command = [*_ready(place, size), "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment())
    first, again = json.loads(done.stdout)
    return first, again


def calls_of(place: Path, size: int, times: int) -> Counter[str]:
    """System calls that change a disk, made by so many orders for the same document."""
    return calls_made([*_ready(place, size), str(times)], place)


def calls_made(command: Sequence[str], place: Path) -> Counter[str]:
    """System calls of a command and its children that change a disk."""
    traced = ",".join(("openat", "open", *SYNCS, *CHANGES))
    log = place / "calls"
    strace = ["strace", "-f", "-qq", "-y", "-o", str(log), "-e", f"trace={traced}"]
    subprocess.run([*strace, *command], capture_output=True, check=True, env=_environment())
    return _changing(log.read_text(errors="replace"))


def _changing(log: str) -> Counter[str]:
    """How often each call was made; of those that open a file, only the ones that may write to it."""
    found: Counter[str] = Counter()
    for call in filter(None, map(_CALL.match, log.splitlines())):
        if re.search('["<]/dev/', call[2]) or "= -1 " in call[2] or _LOCK.search(call[2]):
            continue
        if not call[1].startswith("open") or _WRITES.search(call[2]):
            found["open to write" if call[1].startswith("open") else call[1]] += 1
    return found


def _bare_writes(place: Path, size: int) -> float:
    directory = place / "bare"
    directory.mkdir(exist_ok=True)
    disk, at = Disk(), os.open(directory, os.O_RDONLY)
    begun = time.monotonic()
    for number in range(size + 2):
        replace_file(disk, at, f"{number}.conf", b"number = 1\n", mode=0o644)
    took = time.monotonic() - begun
    os.close(at)
    return took * 1000


def _bare_reads(place: Path, size: int) -> float:
    begun = time.monotonic()
    for number in range(size):
        (place / f"bare/{number}.conf").read_bytes()
    return (time.monotonic() - begun) * 1000
