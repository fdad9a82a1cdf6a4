"""Story. Whether the author of an order's document may configure this device, judged by the root half.

If the file `allowed_signers` exists, the document of the order does not count. The text as it was received has to be
signed, and the configuration is derived from that text here, by the same code as in the network half. The values that
are filled in come from the network half, which alone knows the SIM; they cannot change the structure of a document.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from agent.apply.serials import Serials, read_serials, write_serials
from agent.configuration.resolving import Names, resolve
from agent.configuration.schema_file import userdata_schema
from agent.configuration.signed_text import SignedText, split
from agent.errors import Code, Failure
from agent.handover.order import Apply
from agent.settings import ApplySettings


def authorised(order: Apply, policy: ApplySettings, own: Path) -> Apply:
    """The order with the document that its author signed; raises `userdata.…` where no allowed signer signed it.

    A device without `allowed_signers` accepts every order as it is.
    """
    if not is_signature_wanted(policy.allowed_signers):
        return order
    from agent.apply.ssh_keygen import require

    signed = split(order.userdata)
    require(signed, policy.allowed_signers)
    serials = read_serials(own)
    serial = _not_older(signed, serials)
    configuration = resolve(signed.text, _names(order), userdata_schema())
    if configuration.digest != order.digest:
        raise Failure(Code.ORDER_INVALID, "the document differs from the signed text")
    write_serials(own, replace(serials, pending=serial, order_id=order.order_id))
    return replace(order, document=configuration.document)


def is_signature_wanted(allowed_signers: Path) -> bool:
    """Whether this device takes only signed documents: it does if the path exists, even if the file is unreadable."""
    return os.path.lexists(allowed_signers)


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
