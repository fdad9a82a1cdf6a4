"""Story: who may tell this device what it is to be, judged by the half that does it.

Where `allowed_signers` is there, the document that the other half derived counts for nothing: the text as it was
received has to be signed, and the configuration is derived from it here, with the same code. The values that are filled
in come from the other half, which alone knows the SIM; they cannot change what a document consists of.

`serial.json` remembers the serial of the document that was committed last, and of the one that is being applied.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from agent.apply import ssh_keygen as signature
from agent.configuration.resolving import Names, resolve
from agent.configuration.schema_file import userdata_schema
from agent.configuration.signed_text import SignedText, split
from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Apply, Outcome, Result
from agent.host.durable import read_bounded, write_durably
from agent.settings import ApplySettings

SERIALS = "serial.json"
MAX_BYTES = 4096


@frozen
class Serials:
    """Which serial was accepted, and which is on its way with an order."""

    accepted: int = 0
    pending: int = 0
    order_id: str = ""


def authorised(order: Apply, policy: ApplySettings, own: Path) -> Apply:
    """The order with the document that its author signed; raises `userdata.…` where nobody whom we trust did.

    Devices without `allowed_signers` take every order as it is.
    """
    if not signature.is_wanted(policy.allowed_signers):
        return order
    signed = split(order.userdata)
    signature.require(signed, policy.allowed_signers)
    serials = read_serials(own)
    serial = _not_older(signed, serials)
    configuration = resolve(signed.text, _names(order), userdata_schema())
    if configuration.digest != order.digest:
        raise Failure(Code.ORDER_INVALID, "the document is not what the signed text says")
    _write_serials(own, replace(serials, pending=serial, order_id=order.order_id))
    return replace(order, document=configuration.document)


def accept(outcome: Outcome, own: Path) -> None:
    """Once a signed document is in force, no older one is."""
    if outcome.result is not Result.COMMITTED:
        return
    try:
        serials = read_serials(own)
    except Failure:
        return  # it refuses the next order, and says why
    if outcome.order_id == serials.order_id:
        _write_serials(own, Serials(max(serials.accepted, serials.pending)))


def read_serials(own: Path) -> Serials:
    """What is remembered; a damaged file refuses every order, since whoever damaged it could replay an old one."""
    try:
        members = json.loads(read_bounded(own / SERIALS, MAX_BYTES))
        accepted, pending, order_id = members["accepted"], members["pending"], members["order_id"]
    except FileNotFoundError:
        return Serials()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise _damaged(own) from None
    if not (type(accepted) is int and type(pending) is int and isinstance(order_id, str)):
        raise _damaged(own)
    return Serials(accepted, pending, order_id)


def _not_older(signed: SignedText, serials: Serials) -> int:
    serial = signed.serial or 0
    if serial < serials.accepted:
        raise Failure(Code.USERDATA_OLDER, f"serial {serial}, and {serials.accepted} was accepted before")
    return serial


def _names(order: Apply) -> Names:
    if set(order.names) != {"tags", "subscriber", "equipment"}:
        raise Failure(Code.ORDER_INVALID, "the order lacks the names that its text may use")
    return Names(order.names["tags"], order.names["subscriber"], order.names["equipment"])


def _write_serials(own: Path, serials: Serials) -> None:
    members = {"accepted": serials.accepted, "pending": serials.pending, "order_id": serials.order_id}
    try:
        write_durably(own / SERIALS, json.dumps(members).encode())
    except OSError as error:
        raise Failure(Code.STATE_UNWRITABLE, error.strerror or str(error), where=str(own / SERIALS)) from None


def _damaged(own: Path) -> Failure:
    advice = f"Look at {own / SERIALS}; where it is removed, any signed document is taken once more."
    return Failure(Code.USERDATA_OLDER, "what this device remembers of serials is damaged", advice=advice)
