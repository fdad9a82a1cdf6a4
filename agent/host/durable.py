"""Edge: a file is there whole or not at all, whatever the moment of a power cut or a full disk.

`Disk` has the primitive operations, one system call each, that everything privileged is made of; whoever holds a
`Disk` of another class sees, counts or refuses each of them. `replace_file` is the one way in which a file is written,
and `write_durably` and `read_bounded` are the same for who has a path. All of them raise `OSError`; who calls them
knows what the file means and says so.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from agent.frozen import frozen

Owner = tuple[int, int]
"""User id and group id."""

NAME_MAX = 255
"""Bytes in a file name on every file system that a gateway has (limits.h)."""

COPY_BYTES = 1024 * 1024
"""Of a large file that are in memory at a time."""

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_PASSAGE = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
"""A directory that may be passed through, but not listed, is enough to read a file in it."""
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


@frozen
class Space:
    """What is free on a file system; `inodes` is None where it has no fixed number of them."""

    device: int
    free_bytes: int
    free_inodes: int | None


class Disk:
    """The primitive operations. `at` is the descriptor of the directory that a name is in."""

    def open_root(self, path: Path) -> int:
        """A directory by its whole path, links followed: only for paths that the device itself names."""
        return os.open(path, _DIRECTORY)

    def open_directory(self, name: str, at: int) -> int:
        """A directory that is not reached by a link."""
        return os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=at)

    def open_file(self, name: str, at: int) -> int:
        """A file, for reading; never a link, and a pipe does not block."""
        return os.open(name, _READ, dir_fd=at)

    def open_to_append(self, name: str, at: int) -> int:
        """A file that is there, for appending."""
        return os.open(name, _APPEND, dir_fd=at)

    def create(self, name: str, at: int) -> int:
        """A new file that nobody else may open, for writing."""
        return os.open(name, _CREATE, 0o600, dir_fd=at)

    def write(self, descriptor: int, data: bytes) -> None:
        """All of `data`."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def cut(self, descriptor: int, length: int) -> None:
        """Shortens a file to `length` bytes."""
        os.ftruncate(descriptor, length)

    def sync(self, descriptor: int) -> None:
        """Makes a file's content, or a directory's names, survive a power cut."""
        os.fsync(descriptor)

    def set_mode(self, descriptor: int, mode: int) -> None:
        """Permission bits."""
        os.fchmod(descriptor, mode)

    def set_owner(self, descriptor: int, owner: Owner) -> None:
        """User and group of a file or directory."""
        os.fchown(descriptor, *owner)

    def set_link_owner(self, name: str, at: int, owner: Owner) -> None:
        """User and group of a link itself."""
        os.chown(name, *owner, dir_fd=at, follow_symlinks=False)

    def rename(self, old: str, new: str, at: int) -> None:
        """Replaces `new` by `old` in one moment."""
        os.rename(old, new, src_dir_fd=at, dst_dir_fd=at)

    def unlink(self, name: str, at: int) -> None:
        """Removes a name that is no directory."""
        os.unlink(name, dir_fd=at)

    def remove_directory(self, name: str, at: int) -> None:
        """Removes an empty directory."""
        os.rmdir(name, dir_fd=at)

    def make_directory(self, name: str, at: int) -> None:
        """A new directory that nobody else may enter."""
        os.mkdir(name, 0o700, dir_fd=at)

    def link(self, target: str, name: str, at: int) -> None:
        """A new symbolic link."""
        os.symlink(target, name, dir_fd=at)

    def read(self, descriptor: int, max_bytes: int) -> bytes:
        """What is in a file, at most `max_bytes` of it."""
        parts: list[bytes] = []
        while max_bytes > 0 and (part := os.read(descriptor, max_bytes)):
            parts.append(part)
            max_bytes -= len(part)
        return b"".join(parts)

    def status(self, name: str, at: int) -> os.stat_result:
        """What is at a name; a link is not followed."""
        return os.stat(name, dir_fd=at, follow_symlinks=False)

    def target(self, name: str, at: int) -> str:
        """Where a link points to."""
        return os.readlink(name, dir_fd=at)

    def names(self, descriptor: int) -> frozenset[str]:
        """What a directory contains."""
        return frozenset(os.listdir(descriptor))

    def space(self, descriptor: int) -> Space:
        """What is free where this file or directory is."""
        numbers = os.fstatvfs(descriptor)
        inodes = numbers.f_favail if numbers.f_files else None
        return Space(os.fstat(descriptor).st_dev, numbers.f_bavail * numbers.f_frsize, inodes)


def temporary_name(name: str) -> str:
    """Where the next content of `name` is made ready: one name for each file, so that a leftover is found again."""
    temporary = f".{name}.kitting-agent.tmp"
    if len(os.fsencode(temporary)) <= NAME_MAX:
        return temporary
    return f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}.kitting-agent.tmp"


def replace_file(disk: Disk, at: int, name: str, data: bytes, *, mode: int, owner: Owner | None = None) -> None:
    """Puts `data` at `name` in the directory `at`; the caller sees to it that it is the only one to do so.

    A temporary file has its final owner and mode before a byte is in it; it is synced and renamed, and the directory
    is synced. A link at `name` is replaced, not followed. Where this raises `OSError` before the rename, the old file
    stands; where it raises after it, the new one does, but may not survive a power cut.
    """
    put_file(disk, at, name, data, mode=mode, owner=owner)
    disk.sync(at)


def put_file(disk: Disk, at: int, name: str, data: bytes, *, mode: int, owner: Owner | None = None) -> None:
    """The same without syncing the directory: for several files in it, after which it is synced once."""
    _put(disk, at, name, lambda descriptor: disk.write(descriptor, data), mode, owner)


def put_by_copy(  # noqa: PLR0913 (as `put_file`, with a digest)
    disk: Disk, at: int, name: str, source: int, sha256: str, *, mode: int, owner: Owner | None = None
) -> None:
    """The same with what an open file contains, which is never held in memory; `OSError` unless it has that digest."""

    def copy(descriptor: int) -> None:
        if _copied(disk, source, descriptor) != sha256:
            raise OSError(errno.EBADMSG, f"what is copied to {name} is not what it was said to be")

    _put(disk, at, name, copy, mode, owner)


def _put(disk: Disk, at: int, name: str, fill: Callable[[int], None], mode: int, owner: Owner | None) -> None:
    temporary = temporary_name(name)
    try:
        descriptor = _create_anew(disk, temporary, at)
        try:
            if owner is not None:
                disk.set_owner(descriptor, owner)
            disk.set_mode(descriptor, mode)
            fill(descriptor)
            disk.sync(descriptor)
        finally:
            os.close(descriptor)
        disk.rename(temporary, name, at)
    except OSError:
        with suppress(OSError):
            disk.unlink(temporary, at)
        raise


def digest_of(disk: Disk, source: int) -> str:
    """SHA-256, hex, of what an open file contains."""
    found = hashlib.sha256()
    while part := disk.read(source, COPY_BYTES):
        found.update(part)
    return found.hexdigest()


def _copied(disk: Disk, source: int, target: int) -> str:
    found = hashlib.sha256()
    while part := disk.read(source, COPY_BYTES):
        found.update(part)
        disk.write(target, part)
    return found.hexdigest()


def _create_anew(disk: Disk, name: str, at: int) -> int:
    try:
        return disk.create(name, at)
    except FileExistsError:
        disk.unlink(name, at)
        return disk.create(name, at)


def write_until_boot(path: Path, content: bytes) -> None:
    """A whole file for its owner alone, that a power cut may take: for what lies in memory anyway. Raises OSError."""
    coming = path.with_name(f"{path.name}.new")
    descriptor = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    coming.replace(path)


def write_durably(path: Path, data: bytes, mode: int = 0o600, owner: Owner | None = None) -> None:
    """Puts `data` at `path`: a reader, also one after a power cut, sees the old file or the new one, never a part.

    Two that write in one directory wait for each other; the wait is that of one small file.
    """
    disk = Disk()
    at = disk.open_root(path.parent)
    try:
        fcntl.flock(at, fcntl.LOCK_EX)
        replace_file(disk, at, path.name, data, mode=mode, owner=owner)
    finally:
        os.close(at)


def owner_of_directory(directory: Path) -> Owner | None:
    """To whom a file belongs that root writes here, so that the directory's owner can go on; None if not root."""
    if os.geteuid() != 0:
        return None
    status = directory.stat()
    return status.st_uid, status.st_gid


def read_file(disk: Disk, at: int, name: str, max_bytes: int) -> bytes:
    """The content of the regular file `name` of at most `max_bytes`; anything else there is an `OSError`."""
    descriptor = disk.open_file(name, at)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{name} is not a regular file")
        data = disk.read(descriptor, max_bytes + 1)
    finally:
        os.close(descriptor)
    if len(data) > max_bytes:
        raise OSError(f"{name} is larger than {max_bytes} bytes")
    return data


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """The content of a regular file of at most `max_bytes`.

    Raises `FileNotFoundError` where there is none, and another `OSError` for a link, a device, a pipe, or a file that
    is larger: what the agent wrote itself is none of these.
    """
    at = os.open(path.parent, _PASSAGE)
    try:
        return read_file(Disk(), at, path.name, max_bytes)
    finally:
        os.close(at)
