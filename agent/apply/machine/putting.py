"""Edge. Puts a node at a name in an open directory, whole or not at all. All functions raise `OSError`.

A node is made ready beside its name under `durable.temporary_name`, with its final owner and mode, and renamed. The
caller syncs the directory.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

from agent.apply.machine.looking import look
from agent.apply.planning.nodes import Absent, Directory, File, Found, Large, Node, Symlink
from agent.host.durable import Disk, FileOwner, put_by_copy, put_file, temporary_name

OpenWhole = Callable[[str, int], int]
"""Opens the content with a SHA-256 and a size; the result is a descriptor."""


def put_node(disk: Disk, at: int, name: str, node: Node, open_whole: OpenWhole, large_bytes: int) -> None:
    """Makes the name be exactly this node, whatever file or link is there."""
    _clear_leftover(disk, at, name)
    found = look(disk, at, name, large_bytes)
    if found == node:
        _make_sure(disk, at, name, node)
    else:
        _change(disk, at, name, found, node, open_whole)


def _change(disk: Disk, at: int, name: str, found: Found, node: Node, open_whole: OpenWhole) -> None:
    match node:
        case File(content, mode, uid, gid):
            put_file(disk, at, name, content, mode=mode, owner=(uid, gid))
        case Large(digest, size, mode, uid, gid):
            source = open_whole(digest, size)
            try:
                put_by_copy(disk, at, name, source, digest, mode=mode, owner=(uid, gid))
            finally:
                os.close(source)
        case Symlink(target, uid, gid):
            _replace_by_link(disk, at, name, target, (uid, gid))
        case Directory():
            with suppress(FileExistsError):
                disk.make_directory(name, at)
            _make_sure(disk, at, name, node)
        case Absent() if isinstance(found, Directory):
            disk.remove_directory(name, at)
        case Absent():
            disk.unlink(name, at)


def _replace_by_link(disk: Disk, at: int, name: str, target: str, owner: FileOwner) -> None:
    temporary = temporary_name(name)
    try:
        disk.link(target, temporary, at)
        disk.set_link_owner(temporary, at, owner)
        disk.rename(temporary, name, at)
    except OSError:
        with suppress(OSError):
            disk.unlink(temporary, at)
        raise


def _make_sure(disk: Disk, at: int, name: str, node: Node) -> None:
    """Syncs a node that was found in place: a process that was killed may have put it there without syncing it."""
    match node:
        case Directory(mode, uid, gid):
            descriptor = disk.open_directory(name, at)
            try:
                disk.set_owner(descriptor, (uid, gid))
                disk.set_mode(descriptor, mode)
                disk.sync(descriptor)
            finally:
                os.close(descriptor)
        case File() | Large():
            descriptor = disk.open_file(name, at)
            try:
                disk.sync(descriptor)
            finally:
                os.close(descriptor)
        case Symlink() | Absent():
            pass


def _clear_leftover(disk: Disk, at: int, name: str) -> None:
    """Removes the temporary file that a power cut left beside the name."""
    with suppress(FileNotFoundError):
        disk.status(temporary_name(name), at)
        disk.unlink(temporary_name(name), at)
