"""Words. What can be at a path of a gateway.

Owners are numbers here, since a name may mean somebody else tomorrow. Two nodes are equal when nobody could tell the
paths apart by content, mode, owner and target; times, access control lists and further hard links are not kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import field

from agent.frozen import frozen


@frozen
class Absent:
    """Nothing."""


@frozen
class File:
    """A regular file."""

    content: bytes = field(repr=False)
    mode: int
    uid: int
    gid: int


@frozen
class Large:
    """A regular file that is too large to be held in memory, and known by its digest."""

    sha256: str
    size: int
    """Bytes."""
    mode: int
    uid: int
    gid: int


@frozen
class Directory:
    """A directory, whatever is in it."""

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
    """Something that the agent neither replaces nor can bring back: a device, a socket, a file too large to keep."""

    what: str


@frozen
class Lost:
    """What stood there before, of which the kept copy is damaged."""

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
    """The same for equal nodes, and does not tell the content."""
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
