"""Pure. What NetworkManager is asked so that new connections are taken up, and given up again by themselves.

A checkpoint of NetworkManager (its D-Bus API, `CheckpointCreate`) covers the same time as the wait for the
confirmation: if nobody keeps it, NetworkManager goes back by itself, also where this program is dead. How it is asked
comes in as a function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from agent.errors import Code, Failure

Ask = Callable[[tuple[str, ...]], str]
"""Runs a command to its end and gives what it printed; raises `Failure(apply.failed)`."""

_MANAGER = ("org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager")
_CALL = ("busctl", "--system", "call", *_MANAGER)
_ALL_CHECKPOINTS = "/"
"""As an object path it means every checkpoint that is pending."""
_NEW_CONNECTIONS_GO = "2"
"""NM_CHECKPOINT_CREATE_FLAG_DELETE_NEW_CONNECTIONS."""
_ALL_DEVICES = "0"
UP_LIMIT_S = "45"


def activate(connections: Iterable[str], limit_s: float, ask: Ask) -> None:
    """Takes up what the files say now, under a checkpoint; raises `Failure(apply.failed)`."""
    _forget_checkpoints(ask)
    seconds = str(int(limit_s))
    ask((*_CALL, "CheckpointCreate", "aouu", _ALL_DEVICES, seconds, _NEW_CONNECTIONS_GO))
    ask(("nmcli", "connection", "reload"))
    for connection in connections:
        ask(("nmcli", "--wait", UP_LIMIT_S, "connection", "up", "id", connection))


def go_back(connections: Iterable[str], ask: Ask) -> None:
    """The files are as before: so is NetworkManager, and connections that are gone are not asked for."""
    _forget_checkpoints(ask)
    ask(("nmcli", "connection", "reload"))
    there = set(names_of(ask(("nmcli", "--terse", "--fields", "NAME", "connection", "show"))))
    for connection in connections:
        if connection in there:
            ask(("nmcli", "--wait", UP_LIMIT_S, "connection", "up", "id", connection))


def keep(ask: Ask) -> None:
    """The way back is not needed any more."""
    _forget_checkpoints(ask)


def names_of(text: str) -> list[str]:
    r"""What `nmcli --terse` printed: one name a line, with `:` and the backslash escaped."""
    return [re.sub(r"\\(.)", r"\1", line) for line in text.splitlines()]


def _forget_checkpoints(ask: Ask) -> None:
    try:
        ask((*_CALL, "CheckpointDestroy", "o", _ALL_CHECKPOINTS))
    except Failure as failure:
        if failure.code is not Code.APPLY_FAILED or "exit code" not in failure.detail:
            raise
