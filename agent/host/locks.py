"""Edge. Locked files: which process of the agent is at work, and that only one is.

A lock is flock(2) on a file: it ends with the process that holds it, also when that is killed. The resident imports
this file, so it imports nothing but the interpreter's own modules.
"""

from __future__ import annotations

import fcntl
import os

_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_MAX_BYTES = 32

RESIDENT_LOCK = "resident.lock"
"""File in the state directory that the resident holds locked, with its process number in it."""

LockPath = str | os.PathLike[str]


def take(path: LockPath, mode: int = 0o600, *, at: int | None = None) -> int:
    """Takes the lock of a file, which is made where it is missing; closing the returned descriptor ends the lock.

    Raises `BlockingIOError` where another process holds the lock, and another `OSError` where the file cannot be
    opened. `at` is the directory that a relative path belongs to.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, mode, dir_fd=at)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


class held:  # noqa: N801 (used like a function, as contextlib's own)
    """Holds the lock of a file for a `with` block, whose value is the descriptor; takes what `take` takes."""

    def __init__(self, path: LockPath, mode: int = 0o600, *, at: int | None = None) -> None:
        self._path, self._mode, self._at = path, mode, at

    def __enter__(self) -> int:
        self._descriptor = take(self._path, self._mode, at=self._at)
        return self._descriptor

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


def is_held(path: LockPath) -> bool:
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


def resident_pid(state: LockPath) -> int | None:
    """The process that holds a state directory as its resident; None where there is none."""
    lock = os.path.join(state, RESIDENT_LOCK)  # noqa: PTH118 (the resident does not load pathlib)
    if not is_held(lock):
        return None
    descriptor = os.open(lock, os.O_RDONLY | _FLAGS)
    try:
        text = os.read(descriptor, _MAX_BYTES).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)
    return int(text) if text.isdecimal() else None
