"""Edge. The serials of signed documents: `serial.json` in the root half's directory.

It holds the serial of the document that was committed last, and of the document that is being applied. A document that
is older than the committed document is refused, so that a recorded text cannot be sent again.
"""

from __future__ import annotations

import json
from pathlib import Path

from agent.errors import Code, Failure, failure_from
from agent.frozen import frozen
from agent.handover.order import Outcome, Result
from agent.host.durable import read_bounded, write_durably

SERIALS = "serial.json"
MAX_BYTES = 4096


@frozen
class Serials:
    """The serials of signed documents."""

    accepted: int = 0
    """Of the document that was committed last."""
    pending: int = 0
    """Of the document that is being applied."""
    order_id: str = ""
    """The order that applies it."""
    accepted_text: str = ""
    """SHA-256, hex, of the signed text that was committed last; empty where none is known."""
    pending_text: str = ""
    """SHA-256, hex, of the signed text that is being applied."""


def accept(outcome: Outcome, own: Path) -> None:
    """Once a signed document is committed, remembers its serial, so that no older document is accepted any more."""
    if outcome.result is not Result.COMMITTED:
        return
    try:
        serials = read_serials(own)
    except Failure:
        return  # The damaged file refuses the next order, and the refusal names it.
    if outcome.order_id == serials.order_id:
        write_serials(own, Serials(max(serials.accepted, serials.pending), accepted_text=serials.pending_text))


def read_serials(own: Path) -> Serials:
    """The serials. A damaged file refuses every order: otherwise, damaging it would allow an old document again."""
    try:
        members = json.loads(read_bounded(own / SERIALS, MAX_BYTES))
        accepted, pending, order_id = members["accepted"], members["pending"], members["order_id"]
        texts = members.get("accepted_text", ""), members.get("pending_text", "")
    except FileNotFoundError:
        return Serials()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damaged(own) from None
    if not (
        type(accepted) is int and type(pending) is int and all(isinstance(text, str) for text in (order_id, *texts))
    ):
        raise _damaged(own)
    return Serials(accepted, pending, order_id, *texts)


def write_serials(own: Path, serials: Serials) -> None:
    """Writes the serials; raises `state.unwritable`."""
    members = {
        "accepted": serials.accepted,
        "pending": serials.pending,
        "order_id": serials.order_id,
        "accepted_text": serials.accepted_text,
        "pending_text": serials.pending_text,
    }
    try:
        write_durably(own / SERIALS, json.dumps(members).encode())
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, own / SERIALS) from None


def _damaged(own: Path) -> Failure:
    advice = f"Look at {own / SERIALS}. Once it is removed, a signed document of any serial is accepted."
    return Failure(Code.USERDATA_OLDER, "the record of accepted serials is damaged", advice=advice)
