"""Edge. The numbers that `user:group` means on a gateway; under another root than `/`, its own files are read."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Callable
from pathlib import Path

from agent.apply.machine.tree import Tree
from agent.errors import Code, Failure
from agent.host.durable import Disk, FileOwner, read_file

MAX_BYTES = 1024 * 1024
_ID_COLUMN = 2


def may_give_away(root: Path) -> bool:
    """Whether files get their wanted owner: always below `/`, and below another root only if this process is root."""
    return os.geteuid() == 0 or root == Path("/")


def owner_named(tree: Tree, text: str) -> FileOwner:
    """Raises `Failure(apply.failed)` for a user or group that the gateway does not have."""
    if not may_give_away(tree.root):
        return os.geteuid(), os.getegid()
    user, _, group = text.partition(":")
    if tree.root == Path("/"):
        return _number(user, lambda: pwd.getpwnam(user).pw_uid), _number(group, lambda: grp.getgrnam(group).gr_gid)
    return (
        _number(user, lambda: _listed(tree, "/etc/passwd", user)),
        _number(group, lambda: _listed(tree, "/etc/group", group)),
    )


def _number(name: str, look_up: Callable[[], int]) -> int:
    if name.isascii() and name.isdigit():
        return int(name)
    try:
        return look_up()
    except KeyError:
        if name == "root":
            return 0
        raise Failure(Code.APPLY_FAILED, f"there is no user or group {name!r} on this gateway") from None


def _listed(tree: Tree, path: str, name: str) -> int:
    """The number in the line of `name` (passwd(5), group(5)); `KeyError` where there is none."""
    try:
        with tree.parent(path) as (at, base):
            text = read_file(Disk(), at, base, MAX_BYTES).decode(errors="surrogateescape")
    except OSError:
        raise KeyError(name) from None
    for line in text.splitlines():
        columns = line.split(":")
        if columns[0] == name and len(columns) > _ID_COLUMN and columns[_ID_COLUMN].isdigit():
            return int(columns[_ID_COLUMN])
    raise KeyError(name)
