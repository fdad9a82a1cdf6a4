"""Edge: order and outcome, between the two halves: one file each in the state directory, whole or not there.

The two halves may be two users. What the privileged half writes belongs to whoever owns the directory, so that the
other half can read it and nobody else can.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from agent.durable import read_bounded, write_durably
from agent.errors import Code, Failure
from agent.order import (
    MAX_BYTES,
    Order,
    Outcome,
    order_from_json,
    order_to_json,
    outcome_from_json,
    outcome_to_json,
)

ORDER = "order.json"
OUTCOME = "outcome.json"
T = TypeVar("T")


def place_order(state: Path, order: Order) -> None:
    """Hands an order over; one that lies there is replaced. Raises `order.invalid` for one that nobody would take."""
    _place(state / ORDER, order_to_json(order))


def take_order(state: Path) -> Order:
    """The order that lies there, which then lies there no more, readable or not.

    Raises `order.invalid` where there is none, and for one that is damaged, too large, or no order.
    """
    path = state / ORDER
    try:
        return _read(path, order_from_json)
    except FileNotFoundError:
        raise Failure(Code.ORDER_INVALID, "there is no order", where=str(path)) from None
    finally:
        _clear(path)


def place_outcome(state: Path, outcome: Outcome) -> None:
    """Says what became of an order."""
    _place(state / OUTCOME, outcome_to_json(outcome))


def read_outcome(state: Path) -> Outcome | None:
    """What was said last, or None; it stays until it is cleared. Raises `order.invalid` for one that is damaged."""
    try:
        return _read(state / OUTCOME, outcome_from_json)
    except FileNotFoundError:
        return None


def clear_outcome(state: Path) -> None:
    """Forgets what was said: who asked has written it down."""
    _clear(state / OUTCOME)


def _place(path: Path, text: str) -> None:
    data = text.encode()
    if len(data) > MAX_BYTES:
        raise Failure(Code.ORDER_INVALID, f"larger than {MAX_BYTES} bytes", where=str(path))
    try:
        status = path.parent.stat()
        owner = (status.st_uid, status.st_gid) if os.geteuid() == 0 else None
        write_durably(path, data, owner=owner)
    except OSError as error:
        raise Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(path)) from None


def _read(path: Path, parse: Callable[[str], T]) -> T:
    try:
        return parse(read_bounded(path, MAX_BYTES).decode())
    except FileNotFoundError:
        raise
    except UnicodeDecodeError:
        raise Failure(Code.ORDER_INVALID, "not UTF-8 text", where=str(path)) from None
    except OSError as error:
        raise Failure(Code.ORDER_INVALID, error.strerror or str(error), where=str(path)) from None
    except Failure as failure:
        raise Failure(failure.code, failure.detail, where=str(path)) from None


def _clear(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
