"""Pure. The requests to NetworkManager that activate new connections, so that it takes them back by itself.

A checkpoint of NetworkManager (its D-Bus API, `CheckpointCreate`) covers the time until the confirmation: if it is not
removed in time, NetworkManager goes back by itself, also where this process is dead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

_MANAGER = ("org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager")
_CALL = ("busctl", "--system", "call", *_MANAGER)
_ALL_CHECKPOINTS = "/"
"""This object path stands for every checkpoint."""
_NEW_CONNECTIONS_GO = "2"
"""NM_CHECKPOINT_CREATE_FLAG_DELETE_NEW_CONNECTIONS."""
_ALL_DEVICES = "0"
UP_LIMIT_S = "45"


class Programs(Protocol):
    """Runs programs; raises `Failure(apply.failed)` for a program that cannot be started, hangs, or is killed."""

    def succeeds(self, argv: tuple[str, ...]) -> bool:
        """Whether the program ended with exit code 0."""

    def printed(self, argv: tuple[str, ...]) -> str:
        """What the program printed; raises `Failure(apply.failed)` also for an exit code other than 0."""


def activate(connections: Iterable[str], limit_s: float, programs: Programs) -> None:
    """Activates the connections as their files say now, under a checkpoint of `limit_s` seconds."""
    _remove_checkpoints(programs)
    seconds = str(int(limit_s))
    programs.printed((*_CALL, "CheckpointCreate", "aouu", _ALL_DEVICES, seconds, _NEW_CONNECTIONS_GO))
    programs.printed(("nmcli", "connection", "reload"))
    for connection in connections:
        programs.printed(("nmcli", "--wait", UP_LIMIT_S, "connection", "up", "id", connection))


def go_back(connections: Iterable[str], programs: Programs) -> None:
    """Activates the connections as their earlier files say; connections without a file are left out."""
    _remove_checkpoints(programs)
    programs.printed(("nmcli", "connection", "reload"))
    there = set(names_of(programs.printed(("nmcli", "--terse", "--fields", "NAME", "connection", "show"))))
    for connection in connections:
        if connection in there:
            programs.printed(("nmcli", "--wait", UP_LIMIT_S, "connection", "up", "id", connection))


def keep(programs: Programs) -> None:
    """Keeps the connections: NetworkManager does not go back by itself any more."""
    _remove_checkpoints(programs)


def names_of(text: str) -> list[str]:
    r"""The names that `nmcli --terse` printed: one a line, with `:` and the backslash escaped."""
    return [re.sub(r"\\(.)", r"\1", line) for line in text.splitlines()]


def _remove_checkpoints(programs: Programs) -> None:
    """Removes all checkpoints. The exit code does not count: NetworkManager refuses where there is no checkpoint."""
    programs.succeeds((*_CALL, "CheckpointDestroy", "o", _ALL_CHECKPOINTS))
