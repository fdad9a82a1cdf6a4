"""Edge. Reads what is at a path of the gateway; changes nothing. All functions raise `OSError`."""

from __future__ import annotations

import errno
import os
import stat

from agent.apply.machine.tree import Tree
from agent.apply.planning.nodes import Absent, Directory, File, Found, Large, Other, Symlink
from agent.host.durable import Disk, content_digest, read_file

MAX_KEPT_BYTES = 512 * 1024 * 1024
"""A larger file is not replaced, since a copy of it would have to be kept."""

_NO_DIRECTORY = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


def found_at(tree: Tree, path: str, large_bytes: int) -> Found:
    """What is at a path; a file of more than `large_bytes` is only known by its digest."""
    if path == "/":
        return Directory(0o755, 0, 0)
    try:
        with tree.parent(path) as (at, name):
            return look(tree.disk, at, name, large_bytes)
    except FileNotFoundError:
        return Absent()


def names_in(tree: Tree, path: str) -> frozenset[str]:
    """The names in a directory; none where there is no directory."""
    try:
        with tree.parent(path) as (at, name):
            descriptor = tree.disk.open_directory(name, at)
            try:
                return tree.disk.names(descriptor)
            finally:
                os.close(descriptor)
    except OSError as error:
        if error.errno in _NO_DIRECTORY:
            return frozenset()
        raise


def look(disk: Disk, at: int, name: str, large_bytes: int) -> Found:  # noqa: PLR0911 (one for each kind of node)
    """What is at a name in an open directory."""
    try:
        status = disk.status(name, at)
    except FileNotFoundError:
        return Absent()
    owner = (status.st_uid, status.st_gid)
    mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        return Symlink(disk.target(name, at), *owner)
    if stat.S_ISDIR(status.st_mode):
        return Directory(mode, *owner)
    if not stat.S_ISREG(status.st_mode):
        return Other("a device, pipe or socket")
    if status.st_size > MAX_KEPT_BYTES:
        return Other(f"a file of more than {MAX_KEPT_BYTES} bytes, too large to be kept")
    if status.st_size > large_bytes:
        return Large(_digest(disk, at, name), status.st_size, mode, *owner)
    return File(read_file(disk, at, name, large_bytes), mode, *owner)


def _digest(disk: Disk, at: int, name: str) -> str:
    descriptor = disk.open_file(name, at)
    try:
        return content_digest(disk, descriptor)
    finally:
        os.close(descriptor)
