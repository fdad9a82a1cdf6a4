"""Edge. Order, confirmation and outcome as files: each is whole or not there.

    order.json, confirmation.json   in the network half's directory; the root half reads and removes them
    outcome.json                    in the root half's directory; the network half's group may read it

The network half never writes into the root half's directory. The root half opens the files of the network half, which
is another user, without following links, and does nothing there but remove them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from agent.errors import Code, Failure, failure_from
from agent.handover.order import Confirmation, Order, Outcome
from agent.handover.order_json import (
    MAX_BYTES,
    confirmation_from_json,
    confirmation_to_json,
    order_from_json,
    order_to_json,
    outcome_from_json,
    outcome_to_json,
)
from agent.host.durable import owner_of_directory, write_durably
from agent.host.foreign_files import clear, read_bounded

ORDER = "order.json"
CONFIRMATION = "confirmation.json"
OUTCOME = "outcome.json"
OUTCOME_MODE = 0o640
SERVICE_LOCK = "service.lock"
"""File in the root half's directory that its process holds locked while it is at work."""
T = TypeVar("T")


def make_place(own: Path) -> None:
    """Makes the root half's directory: other users may open a file in it by name, and may not list it."""
    try:
        own.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, own) from None


def place_order(inbox: Path, order: Order) -> None:
    """Places an order for the root half instead of an earlier one; raises `order.invalid` where it is too large."""
    _place(inbox / ORDER, order_to_json(order))


def has_order(inbox: Path) -> bool:
    """Whether there is an order that the root half has not removed yet."""
    return os.path.lexists(inbox / ORDER)


def read_order(inbox: Path) -> Order | None:
    """The order that was placed, or None; raises `order.invalid` for one that is damaged or too large."""
    return _read(inbox / ORDER, order_from_json)


def clear_order(inbox: Path) -> bool:
    """Removes the order, whatever kind of node it is; whether that was possible."""
    return _clear(inbox / ORDER)


def place_confirmation(inbox: Path, confirmation: Confirmation) -> None:
    """Places the confirmation of an applied configuration for the root half."""
    _place(inbox / CONFIRMATION, confirmation_to_json(confirmation))


def read_confirmation(inbox: Path) -> Confirmation | None:
    """The confirmation that was placed, or None; raises `order.invalid` for one that is damaged."""
    return _read(inbox / CONFIRMATION, confirmation_from_json)


def clear_confirmation(inbox: Path) -> None:
    """Removes the confirmation."""
    _clear(inbox / CONFIRMATION)


def place_outcome(own: Path, outcome: Outcome, readers: int | None = None) -> None:
    """Places the outcome of an order for the network half; `readers` is the group that may read it."""
    owner = None if readers is None or os.geteuid() != 0 else (0, readers)
    _place(own / OUTCOME, outcome_to_json(outcome), OUTCOME_MODE, owner)


def read_outcome(own: Path) -> Outcome | None:
    """The last outcome, which stays until the next, or None; raises `order.invalid` for one that is damaged."""
    return _read(own / OUTCOME, outcome_from_json)


def last_outcome(own: Path) -> Outcome | None:
    """The last outcome; None also where it is damaged."""
    try:
        return read_outcome(own)
    except Failure:
        return None


def digest_in_force(own: Path) -> str | None:
    """The digest of the configuration in force, by the root half's record; None where it has none."""
    outcome = last_outcome(own)
    return outcome.in_force if outcome else None


def new_order_id() -> str:
    """A new id of an order: 32 random hexadecimal digits."""
    return os.urandom(16).hex()


def _place(path: Path, text: str, mode: int = 0o600, owner: tuple[int, int] | None = None) -> None:
    data = text.encode()
    if len(data) > MAX_BYTES:
        raise Failure(Code.ORDER_INVALID, f"larger than {MAX_BYTES} bytes", where=str(path))
    try:
        write_durably(path, data, mode, owner or owner_of_directory(path.parent))
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, path) from None


def _read(path: Path, parse: Callable[[str], T]) -> T | None:
    try:
        return parse(read_bounded(path, MAX_BYTES).decode())
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise Failure(Code.ORDER_INVALID, "not UTF-8 text", where=str(path)) from None
    except OSError as error:
        raise failure_from(error, Code.ORDER_INVALID, path) from None
    except Failure as failure:
        raise Failure(failure.code, failure.detail, where=str(path)) from None


def _clear(path: Path) -> bool:
    try:
        clear(path)
    except OSError:
        return False
    return True
