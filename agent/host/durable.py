"""Edge. Files that are whole or absent after a power cut or with a full disk.

`Disk` has the primitive operations of the root half, one system call each; a subclass can count or refuse each of them.
`replace_file` is the only way in which a file is written; `write_durably` takes a path instead of an open directory.
All of them raise `OSError`, which the caller turns into a failure with its own code.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from agent.frozen import frozen
from agent.host.foreign_files import UnfitFile, free_of_directories

FileOwner = tuple[int, int]
"""User id and group id."""

NAME_MAX = 255
"""Bytes in a file name on every file system that a gateway has (limits.h)."""

LOCK_LIMIT_S = 10.0
"""Longest wait for another writer in a directory, which writes one small file."""
_LOCK_PAUSE_S = 0.01

COPY_BYTES = 1024 * 1024
"""Part of a large file that is in memory at one time."""

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


@frozen
class Space:
    """Free space of a file system; `free_inodes` is None where it has no fixed number of inodes."""

    device: int
    free_bytes: int
    free_inodes: int | None


class Disk:
    """The primitive operations. `at` is the descriptor of the directory that a name is in."""

    def open_root(self, path: Path) -> int:
        """Opens a directory by its whole path and follows links: only for paths from the device's own settings."""
        return os.open(path, _DIRECTORY)

    def open_directory(self, name: str, at: int) -> int:
        """Opens a directory; a link is refused."""
        return os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=at)

    def open_file(self, name: str, at: int) -> int:
        """Opens a file for reading; a link is refused, and a pipe does not block."""
        return os.open(name, _READ, dir_fd=at)

    def open_to_append(self, name: str, at: int) -> int:
        """Opens an existing file for appending."""
        return os.open(name, _APPEND, dir_fd=at)

    def create(self, name: str, at: int) -> int:
        """Creates a file for writing that only its owner may open."""
        return os.open(name, _CREATE, 0o600, dir_fd=at)

    def write(self, descriptor: int, data: bytes) -> None:
        """Writes all of `data`."""
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
        """Sets the permission bits."""
        os.fchmod(descriptor, mode)

    def set_owner(self, descriptor: int, owner: FileOwner) -> None:
        """Sets user and group of a file or directory."""
        os.fchown(descriptor, *owner)

    def set_link_owner(self, name: str, at: int, owner: FileOwner) -> None:
        """Sets user and group of a link itself."""
        os.chown(name, *owner, dir_fd=at, follow_symlinks=False)

    def rename(self, old: str, new: str, at: int) -> None:
        """Renames `old` to `new`, which is replaced atomically."""
        os.rename(old, new, src_dir_fd=at, dst_dir_fd=at)

    def unlink(self, name: str, at: int) -> None:
        """Removes a name that is not a directory."""
        os.unlink(name, dir_fd=at)

    def remove_directory(self, name: str, at: int) -> None:
        """Removes an empty directory."""
        os.rmdir(name, dir_fd=at)

    def make_directory(self, name: str, at: int) -> None:
        """Makes a directory that only its owner may enter."""
        os.mkdir(name, 0o700, dir_fd=at)

    def link(self, target: str, name: str, at: int) -> None:
        """Makes a symbolic link."""
        os.symlink(target, name, dir_fd=at)

    def read(self, descriptor: int, max_bytes: int) -> bytes:
        """Reads at most `max_bytes` of a file."""
        parts: list[bytes] = []
        while max_bytes > 0 and (part := os.read(descriptor, max_bytes)):
            parts.append(part)
            max_bytes -= len(part)
        return b"".join(parts)

    def status(self, name: str, at: int) -> os.stat_result:
        """The status of a name; a link is not followed."""
        return os.stat(name, dir_fd=at, follow_symlinks=False)

    def target(self, name: str, at: int) -> str:
        """The target of a link."""
        return os.readlink(name, dir_fd=at)

    def names(self, descriptor: int) -> frozenset[str]:
        """The names in a directory."""
        return frozenset(os.listdir(descriptor))

    def space(self, descriptor: int) -> Space:
        """The free space of the file system of this file or directory."""
        numbers = os.fstatvfs(descriptor)
        inodes = numbers.f_favail if numbers.f_files else None
        return Space(os.fstat(descriptor).st_dev, numbers.f_bavail * numbers.f_frsize, inodes)


def temporary_name(name: str) -> str:
    """The name under which the next content of `name` is written: one for each file, so that a leftover is found."""
    temporary = f".{name}.kitting-agent.tmp"
    if len(os.fsencode(temporary)) <= NAME_MAX:
        return temporary
    return f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}.kitting-agent.tmp"


def replace_file(disk: Disk, at: int, name: str, data: bytes, *, mode: int, owner: FileOwner | None = None) -> None:
    """Writes `data` to `name` in the directory `at`; the caller excludes other writers.

    A temporary file gets its owner and mode before its first byte. It is synced and renamed, and the directory is
    synced. A link at `name` is replaced, not followed. After an `OSError` before the rename the old file is in place;
    after an `OSError` behind it the new file is in place, but may not survive a power cut.
    """
    put_file(disk, at, name, data, mode=mode, owner=owner)
    disk.sync(at)


def put_file(disk: Disk, at: int, name: str, data: bytes, *, mode: int, owner: FileOwner | None = None) -> None:
    """As `replace_file`, without syncing the directory, which the caller does once for several files."""
    _put(disk, at, name, lambda descriptor: disk.write(descriptor, data), mode, owner)


def put_by_copy(  # noqa: PLR0913 (as `put_file`, with a digest)
    disk: Disk, at: int, name: str, source: int, sha256: str, *, mode: int, owner: FileOwner | None = None
) -> None:
    """As `put_file`, from an open file that is copied in parts; `OSError` unless the copy has the given digest."""

    def copy(descriptor: int) -> None:
        if _copied(disk, source, descriptor) != sha256:
            raise OSError(errno.EBADMSG, f"the content for {name} does not have its digest")

    _put(disk, at, name, copy, mode, owner)


def _put(disk: Disk, at: int, name: str, fill: Callable[[int], None], mode: int, owner: FileOwner | None) -> None:
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


def content_digest(disk: Disk, source: int) -> str:
    """SHA-256, in hexadecimal, of an open file."""
    found = hashlib.sha256()
    for part in _parts(disk, source):
        found.update(part)
    return found.hexdigest()


def _copied(disk: Disk, source: int, target: int) -> str:
    found = hashlib.sha256()
    for part in _parts(disk, source):
        found.update(part)
        disk.write(target, part)
    return found.hexdigest()


def _parts(disk: Disk, source: int) -> Iterator[bytes]:
    """The content of an open file as it is now: what another process goes on adding is left out."""
    left = os.fstat(source).st_size
    while left > 0 and (part := disk.read(source, min(COPY_BYTES, left))):
        left -= len(part)
        yield part


def _create_anew(disk: Disk, name: str, at: int) -> int:
    try:
        return disk.create(name, at)
    except FileExistsError:
        disk.unlink(name, at)
        return disk.create(name, at)


def write_durably(path: Path, data: bytes, mode: int = 0o600, owner: FileOwner | None = None) -> None:
    """Writes `data` to `path`: a reader, also after a power cut, sees the old file or the new one, never a part.

    Two writers in one directory wait for each other, for the time that one small file takes. A directory that stands at
    the name is moved aside. Raises `OSError`, also where another process keeps the directory locked.
    """
    disk = Disk()
    at = disk.open_root(path.parent)
    try:
        _lock(at)
        free_of_directories(path, path.with_name(temporary_name(path.name)))
        replace_file(disk, at, path.name, data, mode=mode, owner=owner)
    finally:
        os.close(at)


def _lock(directory: int) -> None:
    """Takes the lock of a directory; whoever may read the directory can keep it, so the wait has a limit."""
    until = time.monotonic() + LOCK_LIMIT_S
    while True:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise OSError(errno.EBUSY, "another process keeps the directory locked") from None
            time.sleep(_LOCK_PAUSE_S)
        else:
            return


def owner_of_directory(directory: Path) -> FileOwner | None:
    """The owner that a file gets when root writes it: the directory's owner. None for a process that is not root."""
    if os.geteuid() != 0:
        return None
    status = directory.stat()
    return status.st_uid, status.st_gid


def read_file(disk: Disk, at: int, name: str, max_bytes: int) -> bytes:
    """The content of the regular file `name`; a larger file, or another kind of node, raises `OSError`."""
    descriptor = disk.open_file(name, at)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{name} is not a regular file")
        return _all_of(disk, descriptor, name, max_bytes)
    finally:
        os.close(descriptor)


def _all_of(disk: Disk, descriptor: int, name: str, max_bytes: int) -> bytes:
    data = disk.read(descriptor, max_bytes + 1)
    if len(data) > max_bytes:
        raise UnfitFile(errno.EBADMSG, f"{name} is larger than {max_bytes} bytes")
    return data
