"""Edge. Locked files: which process of the agent is at work, and that only one is.

A lock is flock(2) on a file: it ends with the process that holds it, also when that is killed. The resident imports
this file, so it imports nothing but the interpreter's own modules and `foreign_files`.
"""

from __future__ import annotations

import errno
import fcntl
import os

from agent.host.foreign_files import FilePath, UnfitFile, move_aside, opened

_MAX_BYTES = 32
_LARGEST_PID = 1 << 22
"""The most processes of a Linux machine (PID_MAX_LIMIT in linux/threads.h)."""

RESIDENT_LOCK = "resident.lock"
"""File in the state directory that the resident holds locked, with its process number in it."""


def take(path: FilePath, mode: int = 0o600, *, at: int | None = None) -> int:
    """Takes the lock of a file, which is made where it is missing; closing the returned descriptor ends the lock.

    Raises `BlockingIOError` where another process holds the lock, and another `OSError` where the file cannot be
    opened. What is no file of the agent is moved aside. `at` is the directory that a relative path belongs to. On a
    disk that is read-only, a file that is there is locked as well.
    """
    try:
        descriptor = _opened_for_lock(path, mode, at)
    except UnfitFile:
        if at is not None:
            raise
        move_aside(path)
        descriptor = _opened_for_lock(path, mode, None)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _opened_for_lock(path: FilePath, mode: int, at: int | None) -> int:
    try:
        return opened(path, os.O_RDWR | os.O_CREAT, mode, at=at)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
    return opened(path, os.O_RDONLY, at=at)


class held:  # noqa: N801 (used like a function, as contextlib's own)
    """Holds the lock of a file for a `with` block, whose value is the descriptor; takes what `take` takes."""

    def __init__(self, path: FilePath, mode: int = 0o600, *, at: int | None = None) -> None:
        self._path, self._mode, self._at = path, mode, at

    def __enter__(self) -> int:
        self._descriptor = take(self._path, self._mode, at=self._at)
        return self._descriptor

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


def is_held(path: FilePath) -> bool:
    """Whether another process holds the lock of a regular file; False where there is no such file."""
    try:
        descriptor = opened(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def has_resident(state: FilePath) -> bool:
    """Whether a process holds a state directory as its resident."""
    return is_held(_resident_lock(state))


def resident_pid(state: FilePath) -> int | None:
    """The process that holds a state directory as its resident; None where there is none.

    The directory's owner decides what stands in the lock, so a number is believed only of a process of that user.
    """
    if not has_resident(state):
        return None
    pid = _number_in(_resident_lock(state))
    return pid if pid is not None and _owner_of_process(pid) == os.stat(state).st_uid else None  # noqa: PTH116 (the same)


def wake_resident(state: FilePath) -> int | None:
    """Sends SIGUSR1 to the resident and returns its number; None where there is none. Raises `PermissionError`."""
    import signal

    pid = resident_pid(state)
    if pid is None:
        return None
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    try:
        if resident_pid(state) != pid:  # the number may have gone to another process before it was opened
            return None
        signal.pidfd_send_signal(process, signal.SIGUSR1)
    except ProcessLookupError:
        return None
    finally:
        os.close(process)
    return pid


def _resident_lock(state: FilePath) -> str:
    return os.path.join(state, RESIDENT_LOCK)  # noqa: PTH118 (the resident does not load pathlib)


def _number_in(lock: str) -> int | None:
    """The process number in a lock that is held."""
    try:
        descriptor = opened(lock, os.O_RDONLY)
    except OSError:
        return None
    try:
        text = os.read(descriptor, _MAX_BYTES).decode("ascii", "replace").strip()
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return int(text) if text.isdecimal() and 1 < int(text) <= _LARGEST_PID else None


def _owner_of_process(pid: int) -> int | None:
    """The user of a process; None where there is no such process, or /proc does not show it."""
    try:
        return os.stat(f"/proc/{pid}").st_uid  # noqa: PTH116 (the same)
    except OSError:
        return None
