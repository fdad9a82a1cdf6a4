"""Edge. Locked files: which process of the agent is at work, and that only one is.

A lock is flock(2) on a file: it ends with the process that holds it, also when that is killed.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent import RESIDENT_LOCK

_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


@contextmanager
def held(path: str | Path, mode: int = 0o600, *, at: int | None = None) -> Iterator[int]:
    """Holds the lock of a file, which is made where it is missing; yields its descriptor.

    Raises `BlockingIOError` where another process holds the lock, and another `OSError` where the file cannot be
    opened. `at` is the directory that a relative path belongs to.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, mode, dir_fd=at)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether another process holds the lock of a file; False where there is no such file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def resident_pid(place: Path) -> int | None:
    """The process that holds a state directory as its resident; None where there is none."""
    lock = place / RESIDENT_LOCK
    if not is_held(lock):
        return None
    text = lock.read_text("ascii", "replace").strip()
    return int(text) if text.isdecimal() else None
