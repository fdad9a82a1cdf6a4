"""Edge. The serials of signed documents: `serial.json` in the root half's directory.

It holds the highest serial that was committed, the signed text in force, the text of the generation before, and the
text that is being applied. A document that is older than the highest serial is refused, so that a recorded text cannot
be sent again. After root has gone back, the text of the generation before is in force, and is accepted again.
"""

from __future__ import annotations

import json
from dataclasses import field
from pathlib import Path

from agent.apply.journal.store import peek_generation
from agent.errors import Code, Failure, failure_from
from agent.frozen import frozen
from agent.handover.order import Outcome, Result
from agent.host.durable import Disk, write_durably
from agent.host.foreign_files import read_bounded

SERIALS = "serial.json"
MAX_BYTES = 4096


@frozen
class SignedAs:
    """A signed text as it is remembered."""

    serial: int = 0
    """0 where the text has none."""
    text: str = ""
    """SHA-256, hex, of the signed text; empty where none is known."""


@frozen
class Serials:
    """The serials of signed documents."""

    accepted: int = 0
    """The highest serial that was committed."""
    in_force: SignedAs = field(default_factory=SignedAs)
    """The signed text in force."""
    before: SignedAs = field(default_factory=SignedAs)
    """The signed text of the generation before, which root can go back to."""
    pending: SignedAs = field(default_factory=SignedAs)
    """The signed text that is in force once the order `order_id` is committed."""
    order_id: str = ""
    """The order that is being carried out."""


def accept(outcome: Outcome | None, own: Path) -> None:
    """Once an order with a signed text is committed, remembers the text in force, so that none older is accepted."""
    if outcome is None or outcome.result is not Result.COMMITTED or outcome.order_id is None:
        return
    try:
        serials = read_serials(own)
    except Failure:
        return  # The damaged file refuses the next order, and the refusal names it.
    if outcome.order_id == serials.order_id:
        write_serials(own, _committed(serials, peek_generation(own, Disk())))


def _committed(serials: Serials, generation: str | None) -> Serials:
    """The serials after the commit; `generation` is the order that led to the present generation, if there is one.

    An order that changed nothing on the gateway made no generation.
    """
    before = serials.in_force if generation == serials.order_id else serials.before
    accepted = max(serials.accepted, serials.pending.serial)
    return Serials(accepted, serials.pending, before if generation else SignedAs())


def read_serials(own: Path) -> Serials:
    """The serials. Raises where the file is damaged: otherwise, a damaged file would allow an old document again."""
    try:
        members = json.loads(read_bounded(own / SERIALS, MAX_BYTES))
        if type(members["accepted"]) is not int or not isinstance(members["order_id"], str):
            raise _damaged(own)
        in_force, before, pending = (_signed_as(members.get(name)) for name in ("in_force", "before", "pending"))
    except FileNotFoundError:
        return Serials()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damaged(own) from None
    return Serials(members["accepted"], in_force, before, pending, members["order_id"])


def write_serials(own: Path, serials: Serials) -> None:
    """Writes the serials; raises `state.unwritable`."""
    texts = {"in_force": serials.in_force, "before": serials.before, "pending": serials.pending}
    members: dict[str, object] = {name: [signed.serial, signed.text] for name, signed in texts.items()}
    members |= {"accepted": serials.accepted, "order_id": serials.order_id}
    try:
        write_durably(own / SERIALS, json.dumps(members).encode())
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, own / SERIALS) from None


def _signed_as(value: object) -> SignedAs:
    """A signed text. An earlier version of the agent wrote only the serial of the pending text, and no other text."""
    match value:
        case None:
            return SignedAs()
        case int() if type(value) is int:
            return SignedAs(value)
        case [int(serial), str(text)] if type(serial) is int:
            return SignedAs(serial, text)
        case _:
            raise ValueError("not a signed text")


def _damaged(own: Path) -> Failure:
    advice = f"Look at {own / SERIALS}. Once it is removed, a signed document of any serial is accepted."
    return Failure(Code.USERDATA_OLDER, "the record of accepted serials is damaged", advice=advice)
