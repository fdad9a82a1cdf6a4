"""Story. Whether the author of an order's document may configure this device, judged by the root half.

If the file `allowed_signers` exists, the document of the order does not count. The text as it was received has to be
signed, and the configuration is derived from that text here, by the same code as in the network half. The values that
are filled in come from the network half, which alone knows the SIM; they cannot change the structure of a document.

`serial.json` remembers the serial of the document that was committed last, and of the document that is being applied.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from agent.apply import ssh_keygen as signature
from agent.configuration.resolving import Names, resolve
from agent.configuration.schema_file import userdata_schema
from agent.configuration.signed_text import SignedText, split
from agent.errors import Code, Failure, failure_from
from agent.frozen import frozen
from agent.handover.order import Apply, Outcome, Result
from agent.host.durable import read_bounded, write_durably
from agent.settings import ApplySettings

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


def authorised(order: Apply, policy: ApplySettings, own: Path) -> Apply:
    """The order with the document that its author signed; raises `userdata.…` where no allowed signer signed it.

    A device without `allowed_signers` accepts every order as it is.
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
    """Once a signed document is committed, remembers its serial, so that no older document is accepted any more."""
    if outcome.result is not Result.COMMITTED:
        return
    try:
        serials = read_serials(own)
    except Failure:
        return  # The damaged file refuses the next order, and the refusal names it.
    if outcome.order_id == serials.order_id:
        _write_serials(own, Serials(max(serials.accepted, serials.pending)))


def read_serials(own: Path) -> Serials:
    """The serials. A damaged file refuses every order: otherwise, damaging it would allow an old document again."""
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
        raise Failure(
            Code.USERDATA_OLDER, f"serial {serial} is older than {serials.accepted}, which was accepted before"
        )
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
        raise failure_from(error, Code.STATE_UNWRITABLE, own / SERIALS) from None


def _damaged(own: Path) -> Failure:
    advice = f"Look at {own / SERIALS}. Once it is removed, a signed document of any serial is accepted."
    return Failure(Code.USERDATA_OLDER, "the record of accepted serials is damaged", advice=advice)
