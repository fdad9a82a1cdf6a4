"""Edge. Walks the directories under a root, so that no path leads out of it.

Each component is opened by itself and never through a link. A link on the way is resolved here, against the root, as
if the root were `/`: `..` stops at it and an absolute target starts from it. A link is refused unless it belongs to
root or to the user of this process, since its owner can change where it leads. The last component is never resolved.
"""

from __future__ import annotations

import errno
import os
import posixpath
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent.frozen import frozen
from agent.host.durable import Disk

MAX_LINKS = 40
"""The kernel follows as many (path_resolution(7))."""

_MAYBE_LINK = frozenset({errno.ELOOP, errno.ENOTDIR})


@dataclass(slots=True)
class _Walk:
    """The directories that a walk has entered."""

    disk: Disk
    descriptors: list[int]
    names: list[str] = field(default_factory=list)
    links: int = 0

    def up(self) -> None:
        if self.names:
            self.names.pop()
            os.close(self.descriptors.pop())

    def to_root(self) -> None:
        while self.names:
            self.up()

    def down(self, name: str) -> str | None:
        """Enters a directory, and returns None; for a link, returns its target instead."""
        at = self.descriptors[-1]
        try:
            self.descriptors.append(self.disk.open_directory(name, at))
        except OSError as error:
            if error.errno not in _MAYBE_LINK:
                raise
            return self._link(name, at, error)
        self.names.append(name)
        return None

    def _link(self, name: str, at: int, error: OSError) -> str:
        try:
            target = self.disk.target(name, at)
        except OSError:
            raise error from None
        self.links += 1
        if self.links > MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if self.disk.status(name, at).st_uid not in {0, os.geteuid()}:
            raise OSError(errno.ELOOP, f"{name} on the way is a link that belongs to another user than root")
        return target

    def close(self) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)


@frozen
class Tree:
    """The directories under `root`. All methods raise `OSError`."""

    root: Path
    disk: Disk

    @contextmanager
    def parent(self, path: str) -> Iterator[tuple[int, str]]:
        """The directory of a path, and the path's last component; `FileNotFoundError` where there is no directory."""
        with self._walked(posixpath.dirname(path)) as (walk, missing):
            if missing:
                raise FileNotFoundError(errno.ENOENT, f"there is no directory {posixpath.dirname(path)}")
            yield walk.descriptors[-1], posixpath.basename(path)

    @contextmanager
    def nearest(self, path: str) -> Iterator[int]:
        """The deepest existing directory above a path."""
        with self._walked(posixpath.dirname(path)) as (walk, _):
            yield walk.descriptors[-1]

    def place(self, path: str) -> str:
        """The path with the links on the way resolved, whether or not it exists."""
        with self._walked(posixpath.dirname(path)) as (walk, missing):
            return posixpath.normpath("/" + "/".join((*walk.names, *missing, posixpath.basename(path))))

    @contextmanager
    def _walked(self, directory: str) -> Iterator[tuple[_Walk, tuple[str, ...]]]:
        """The walk as far as it goes, and the components that do not exist; below a file nothing exists."""
        walk = _Walk(self.disk, [self.disk.open_root(self.root)])
        try:
            yield walk, self._go(walk, deque(directory.split("/")))
        finally:
            walk.close()

    def _go(self, walk: _Walk, pending: deque[str]) -> tuple[str, ...]:
        while pending:
            name = pending.popleft()
            if name in {"", "."}:
                continue
            if name == "..":
                walk.up()
                continue
            try:
                target = walk.down(name)
            except (FileNotFoundError, NotADirectoryError):
                return (name, *pending)
            if target is not None:
                if target.startswith("/"):
                    walk.to_root()
                pending.extendleft(reversed(target.split("/")))
        return ()
