"""Edge. Opens files in a directory that another user may own: anything may be there, and nothing there is trusted.

The network half owns /var/lib/kitting-agent and /run/kitting-agent, where root reads and locks files. It can put links,
pipes, sockets, directories and second names of other files there. `opened` opens a regular file that has one name, and
that belongs to root, to this process's user or to the directory's owner; it follows no link and waits for nothing.
Anything else is `UnfitFile`, and `move_aside` frees its name. The resident and a quiet poll import this file, so it
imports nothing but the interpreter's own modules.
"""

from __future__ import annotations

import errno
import os
import stat

FilePath = str | os.PathLike[str]

NO_SURPRISE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""Flags of every opening: no link is followed, a pipe does not block, a terminal does not become ours."""
PASSAGE = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
"""Flags for a directory that may be passed through but not listed, which is enough to read a file in it."""
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_UNFIT = frozenset({errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.ENODEV})
"""The kernel's errors for a link, a directory, a socket or a pipe without a reader, and a device without a driver."""

_TAKEN = frozenset({errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY})
"""The kernel's errors where a directory stands at the new name, or a directory is renamed to the name of a file."""


class UnfitFile(OSError):
    """A name belongs to something that the agent has not put there; the message says to what."""


def opened(path: FilePath, flags: int, mode: int = 0o600, *, at: int | None = None) -> int:
    """Opens the regular file at `path`; raises `UnfitFile`, or another `OSError` where it cannot be opened.

    `at` is the directory that a relative path belongs to.
    """
    above, name = os.path.split(os.fspath(path))
    directory = os.open(above or ".", PASSAGE, dir_fd=at)
    try:
        return _opened_in(directory, name, flags, mode)
    finally:
        os.close(directory)


def _opened_in(directory: int, name: str, flags: int, mode: int) -> int:
    owners = {0, os.geteuid(), os.fstat(directory).st_uid}
    try:
        _examine(name, os.stat(name, dir_fd=directory, follow_symlinks=False), owners)
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
    try:
        descriptor = os.open(name, flags | NO_SURPRISE, mode, dir_fd=directory)
    except OSError as error:
        raise _unfit(name, "is not a regular file") if error.errno in _UNFIT else error from None
    try:
        _examine(name, os.fstat(descriptor), owners)  # another node may have come in between
    except UnfitFile:
        os.close(descriptor)
        raise
    return descriptor


def _examine(name: str, status: os.stat_result, owners: set[int]) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _unfit(name, "is not a regular file")
    if status.st_nlink > 1:
        raise _unfit(name, "is a second name of another file")
    if status.st_uid not in owners:
        raise _unfit(name, "belongs to another user")


def _unfit(name: str, what: str) -> UnfitFile:
    return UnfitFile(errno.EBADMSG, f"{name} {what}")


def read_bounded(path: FilePath, max_bytes: int) -> bytes:
    """The content of a regular file of at most `max_bytes`; whoever owns the directory.

    Raises `FileNotFoundError` where there is no file, `UnfitFile` for a larger one and what is no file of the agent,
    and another `OSError` where it cannot be read.
    """
    parts: list[bytes] = []
    room = max_bytes + 1
    descriptor = opened(path, os.O_RDONLY)
    try:
        while room > 0 and (part := os.read(descriptor, room)):
            parts.append(part)
            room -= len(part)
    finally:
        os.close(descriptor)
    if room == 0:
        raise _unfit(os.path.split(path)[1], f"is larger than {max_bytes} bytes")
    return b"".join(parts)


def write_until_boot(path: FilePath, content: bytes) -> None:
    """Writes a whole file for its owner alone, without syncing: for a file system in memory. Raises `OSError`."""
    place = os.fspath(path)
    coming = f"{place}.new"
    free_of_directories(place, coming)
    try:
        descriptor = os.open(coming, _CREATE, 0o600)
    except FileExistsError:
        os.unlink(coming)  # noqa: PTH108 (no pathlib)
        descriptor = os.open(coming, _CREATE, 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)
    os.rename(coming, place)  # noqa: PTH104 (no pathlib)


def free_of_directories(*paths: FilePath) -> None:
    """Moves aside directories at the names that are to be written: no file can replace a directory."""
    for path in paths:
        try:
            if stat.S_ISDIR(os.lstat(path).st_mode):
                move_aside(path)
        except FileNotFoundError:
            continue


def move_aside(path: FilePath) -> None:
    """Renames whatever is at `path` to `PATH.damaged`, for people to look at, so that the name is free.

    One of before is replaced; a directory of before stays, and the name gets some digits more. Raises `OSError`.
    """
    place = os.fspath(path)
    try:
        os.rename(place, f"{place}.damaged")  # noqa: PTH104 (no pathlib)
    except OSError as error:
        if error.errno not in _TAKEN:
            raise
        os.rename(place, f"{place}.damaged-{os.urandom(4).hex()}")  # noqa: PTH104


def clear(path: FilePath) -> None:
    """Frees a name: what is there is removed, a directory is moved aside. Raises `OSError`, but not for a free name."""
    try:
        os.unlink(path)  # noqa: PTH108 (no pathlib)
    except FileNotFoundError:
        pass
    except IsADirectoryError:
        move_aside(path)
