"""Edge: order, confirmation and outcome, between the two halves: one file each, whole or not there.

    order.json, confirmation.json   in the network half's directory; the privileged half reads and removes them
    outcome.json                    in the privileged half's directory; the network half's group may read it

Nobody writes into the other's directory. The two halves may be two users, and what comes from the network half is
opened without following links.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from agent.errors import Code, Failure
from agent.handover.order import (
    MAX_BYTES,
    Confirmation,
    Order,
    Outcome,
    confirmation_from_json,
    confirmation_to_json,
    order_from_json,
    order_to_json,
    outcome_from_json,
    outcome_to_json,
)
from agent.host.durable import owner_of_directory, read_bounded, write_durably

ORDER = "order.json"
CONFIRMATION = "confirmation.json"
OUTCOME = "outcome.json"
OUTCOME_MODE = 0o640
T = TypeVar("T")


def make_place(own: Path) -> None:
    """Makes the privileged half's directory: who does not own it may pass through, and list nothing."""
    try:
        own.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(own)) from None


def place_order(inbox: Path, order: Order) -> None:
    """Hands an order over; one that lies there is replaced. Raises `order.invalid` for one that nobody would take."""
    _place(inbox / ORDER, order_to_json(order))


def order_lies_there(inbox: Path) -> bool:
    """Whether an order was not taken yet."""
    return os.path.lexists(inbox / ORDER)


def read_order(inbox: Path) -> Order | None:
    """The order that lies there, or None. Raises `order.invalid` for one that is damaged, too large, or no order."""
    return _read(inbox / ORDER, order_from_json)


def clear_order(inbox: Path) -> None:
    """The order has been dealt with."""
    _clear(inbox / ORDER)


def place_confirmation(inbox: Path, confirmation: Confirmation) -> None:
    """Says that what was applied is to be kept, or undone."""
    _place(inbox / CONFIRMATION, confirmation_to_json(confirmation))


def read_confirmation(inbox: Path) -> Confirmation | None:
    """What was said, or None. Raises `order.invalid` for one that is damaged."""
    return _read(inbox / CONFIRMATION, confirmation_from_json)


def clear_confirmation(inbox: Path) -> None:
    """It has been heard."""
    _clear(inbox / CONFIRMATION)


def place_outcome(own: Path, outcome: Outcome, readers: int | None = None) -> None:
    """Says what became of an order, to this group too."""
    owner = None if readers is None or os.geteuid() != 0 else (0, readers)
    _place(own / OUTCOME, outcome_to_json(outcome), OUTCOME_MODE, owner)


def read_outcome(own: Path) -> Outcome | None:
    """What was said last, or None; it stays until the next. Raises `order.invalid` for one that is damaged."""
    return _read(own / OUTCOME, outcome_from_json)


def said(own: Path) -> Outcome | None:
    """The last outcome; one that is damaged is none."""
    try:
        return read_outcome(own)
    except Failure:
        return None


def new_order_id() -> str:
    """32 hexadecimal digits that no order had before."""
    return os.urandom(16).hex()


def _place(path: Path, text: str, mode: int = 0o600, owner: tuple[int, int] | None = None) -> None:
    data = text.encode()
    if len(data) > MAX_BYTES:
        raise Failure(Code.ORDER_INVALID, f"larger than {MAX_BYTES} bytes", where=str(path))
    try:
        write_durably(path, data, mode, owner or owner_of_directory(path.parent))
    except OSError as error:
        raise Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(path)) from None


def _read(path: Path, parse: Callable[[str], T]) -> T | None:
    try:
        return parse(read_bounded(path, MAX_BYTES).decode())
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise Failure(Code.ORDER_INVALID, "not UTF-8 text", where=str(path)) from None
    except OSError as error:
        raise Failure(Code.ORDER_INVALID, error.strerror or str(error), where=str(path)) from None
    except Failure as failure:
        raise Failure(failure.code, failure.detail, where=str(path)) from None


def _clear(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
