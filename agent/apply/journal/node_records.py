"""Pure. Nodes as JSON. A content is named by its SHA-256, and is kept in a file of its own beside the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from agent.apply.journal.frames import Json
from agent.apply.planning.nodes import Absent, Directory, File, Kept, Large, Lost, Symlink, sha256

Contents = Callable[[str], bytes | None]
"""The kept content with this SHA-256, or None where it is damaged."""

_KINDS: Mapping[type[Kept], str] = {
    Absent: "absent",
    File: "file",
    Large: "large",
    Directory: "directory",
    Symlink: "link",
    Lost: "lost",
}


def node_to_json(node: Kept) -> Json:
    """The node without its content."""
    kind = {"kind": _KINDS[type(node)]}
    match node:
        case Absent():
            return {**kind}
        case File(content, mode, uid, gid):
            return {**kind, "sha256": sha256(content), "mode": mode, "uid": uid, "gid": gid}
        case Large(digest, size, mode, uid, gid):
            return {**kind, "sha256": digest, "size": size, "mode": mode, "uid": uid, "gid": gid}
        case Directory(mode, uid, gid):
            return {**kind, "mode": mode, "uid": uid, "gid": gid}
        case Symlink(target, uid, gid):
            return {**kind, "target": target, "uid": uid, "gid": gid}
        case Lost(digest):
            return {**kind, "sha256": digest}


def node_from_json(value: Json, contents: Contents) -> Kept:
    """The node that `node_to_json` made this of; raises `TypeError` or `KeyError` for anything else."""
    match value:
        case {"kind": "absent"}:
            return Absent()
        case {"kind": "file", "sha256": str(digest), "mode": int(mode), "uid": int(uid), "gid": int(gid)}:
            content = contents(digest)
            return Lost(digest) if content is None else File(content, mode, uid, gid)
        case {"kind": "large", "sha256": str(digest), "size": int(size), **owner}:
            return Large(digest, size, owner["mode"], owner["uid"], owner["gid"])
        case {"kind": "directory", "mode": int(mode), "uid": int(uid), "gid": int(gid)}:
            return Directory(mode, uid, gid)
        case {"kind": "link", "target": str(target), "uid": int(uid), "gid": int(gid)}:
            return Symlink(target, uid, gid)
        case {"kind": "lost", "sha256": str(digest)}:
            return Lost(digest)
        case _:
            raise TypeError(f"not a node: {sorted(value)}")


def named_contents(record: object) -> Iterator[str]:
    """The SHA-256 of every content that a record names, in whatever depth."""
    if isinstance(record, Mapping):
        if record.get("kind") in {"file", "large", "lost"}:
            yield record["sha256"]
        for member in record.values():
            yield from named_contents(member)
    elif isinstance(record, list):
        for member in record:
            yield from named_contents(member)
