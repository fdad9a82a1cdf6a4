"""Values. What can be at a path of a gateway.

Owners are numbers, since the number of a name may change later. Two nodes are equal if content, mode, owner and target
are; times, access control lists and further hard links are not kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import field

from agent.frozen import frozen

LARGE_BYTES = 4 * 1024 * 1024
"""A larger file is never held in memory."""
READ_BY_ALL = 0o004
"""The bit of a mode that lets every user read."""


@frozen
class Absent:
    """Nothing is at the path."""


@frozen
class File:
    """A regular file."""

    content: bytes = field(repr=False)
    mode: int
    uid: int
    gid: int


@frozen
class Large:
    """A regular file that is too large to be held in memory: its digest stands for its content."""

    sha256: str
    size: int
    """Bytes."""
    mode: int
    uid: int
    gid: int


@frozen
class Directory:
    """A directory, whatever its content."""

    mode: int
    uid: int
    gid: int


@frozen
class Symlink:
    """A symbolic link, whether or not its target exists."""

    target: str
    uid: int
    gid: int


@frozen
class Other:
    """Something that the agent does not replace, since it could not bring it back: a device, a socket, a huge file."""

    what: str
    """The description for a message: `a device, pipe or socket`."""


@frozen
class Lost:
    """A file that stood at the path before; its kept copy is damaged."""

    sha256: str


Node = Absent | File | Large | Directory | Symlink
"""What can be put at a path."""
Found = Node | Other
"""What can be found at a path."""
Kept = Node | Lost
"""What can be remembered of a path."""


def sha256(content: bytes) -> str:
    """The name under which a content is kept."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(node: Found | Lost) -> str:
    """A digest that is equal for equal nodes, and does not reveal the content."""
    match node:
        case File(content, mode, uid, gid):
            text = f"file {mode:o} {uid} {gid} {sha256(content)}"
        case Large(digest, _, mode, uid, gid):
            text = f"file {mode:o} {uid} {gid} {digest}"
        case Directory(mode, uid, gid):
            text = f"directory {mode:o} {uid} {gid}"
        case Symlink(target, uid, gid):
            text = f"link {uid} {gid} {target}"
        case Absent():
            text = "absent"
        case Other(what):
            text = f"other {what}"
        case Lost(digest):
            text = f"lost {digest}"
    return sha256(text.encode(errors="surrogateescape"))
