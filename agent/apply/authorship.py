"""Story. Whether the author of an order's document may configure this device, judged by the root half.

If the file `allowed_signers` exists, the document of the order does not count. The text as it was received has to be
signed, and the configuration is derived from that text here, by the same code as in the network half. The values that
are filled in come from the network half, which alone knows the SIM; they cannot change the structure of a document.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from agent.apply.planning.nodes import sha256
from agent.apply.serials import Serials, SignedAs, read_serials, write_serials
from agent.configuration.resolving import Names, resolve
from agent.configuration.schema_file import userdata_schema
from agent.configuration.signed_text import SignedText, split
from agent.errors import Code, Failure
from agent.handover.order import Apply, Giver, Order, RollBack, Scrub
from agent.settings import ApplySettings


def authorised(order: Order, giver: Giver, policy: ApplySettings, own: Path) -> Order:
    """The order, a document's with the text that its author signed; raises `userdata.…` where no author allows it.

    A device without `allowed_signers` accepts every order as it is. On every other device, root may go back and scrub
    by a command, and the network half needs a signed text for each task.
    """
    if not is_signature_wanted(policy.allowed_signers):
        return order
    match order:
        case Apply():
            return _signed_apply(order, policy, own)
        case _ if giver is Giver.ROOT:
            _expect_earlier(order, own)
            return order
        case RollBack():
            raise Failure(Code.USERDATA_UNSIGNED, "going back needs root: sudo kitting-agent rollback")
        case Scrub():
            _require_signed_scrub(order, policy, own)
            return order


def _signed_apply(order: Apply, policy: ApplySettings, own: Path) -> Apply:
    signed, serials = _signed(order.userdata, policy), read_serials(own)
    wanted = _not_older(signed, serials)
    configuration = resolve(signed.text, _names(order), userdata_schema())
    if configuration.digest != order.digest:
        raise Failure(Code.ORDER_INVALID, "the document differs from the signed text")
    _expect(wanted, order, serials, own)
    return replace(order, document=configuration.document)


def _require_signed_scrub(order: Scrub, policy: ApplySettings, own: Path) -> None:
    """Requires an instruction that was signed, and that is not older than the document in force."""
    signed = _signed(order.userdata, policy)
    if not signed.allows_scrub:
        raise Failure(Code.USERDATA_UNSIGNED, "scrub needs the line `# kitting-order: scrub` in the signed userdata")
    serials = read_serials(own)
    _expect(_not_older(signed, serials), order, serials, own)


def _expect_earlier(order: Order, own: Path) -> None:
    """Once root has gone back, the signed text of the generation before is in force. Scrub leaves the text in force."""
    if isinstance(order, RollBack):
        serials = read_serials(own)
        _expect(serials.before, order, serials, own)


def _signed(userdata: bytes, policy: ApplySettings) -> SignedText:
    from agent.apply.ssh_keygen import require

    signed = split(userdata)
    require(signed, policy.allowed_signers)
    return signed


def _expect(signed: SignedAs, order: Order, serials: Serials, own: Path) -> None:
    """Records the text that is in force once the order is committed."""
    write_serials(own, replace(serials, pending=signed, order_id=order.order_id))


def is_signature_wanted(allowed_signers: Path) -> bool:
    """Whether this device takes only signed documents: it does if the path exists, even if the file is unreadable."""
    return os.path.lexists(allowed_signers)


def _not_older(signed: SignedText, serials: Serials) -> SignedAs:
    """The signed text, which is not older than what was committed before; the text in force is never older."""
    wanted = SignedAs(signed.serial or 0, sha256(signed.text))
    if wanted == serials.in_force:
        return wanted
    if wanted.serial < serials.accepted:
        raise Failure(
            Code.USERDATA_OLDER, f"serial {wanted.serial} is older than {serials.accepted}, which was accepted before"
        )
    if signed.serial is None and serials.in_force.text:
        raise Failure(Code.USERDATA_OLDER, "a document without a serial cannot replace another signed document")
    return wanted


def _names(order: Apply) -> Names:
    if set(order.names) != {"tags", "subscriber", "equipment"}:
        raise Failure(Code.ORDER_INVALID, "the order lacks the names that its text may use")
    return Names(order.names["tags"], order.names["subscriber"], order.names["equipment"])
