"""Pure. Whether this is still the SIM and the modem that the device was provisioned with, and what follows.

Only a number that was read can differ from a number that is remembered: a modem that does not answer is no difference.
Where the network names the accepted IMEI for this session, it is witness enough.
An operator order, which the tag `kitting_order` carries, counts only on a SIM of the device's own operator: a thief can
put a SIM of another operator into the device and write any tag on it. An order is for the device that sees it come:
what a SIM carries when a device meets it was for another device; only `hold`, which changes nothing, counts at once.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, unique

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import Equipment, Iccid, Subscriber, device_part, is_same_device, value_of
from agent.provision.remembered import Remembered
from agent.settings import IdentitySettings, Instruction, Policy

ORDER_TAG = "kitting_order"
MAX_ORDER_CHARACTERS = 100


@unique
class Difference(Enum):
    """The difference between the accepted identity and the identity that was read."""

    FIRST_BOOT = "first_boot"
    NOTHING = "nothing"
    NEW_SIM = "new_sim"
    NEW_MODEM = "new_modem"
    BOTH = "both"
    UNKNOWN = "unknown"
    """An IMEI was accepted, and the modem could not be read now, and the network does not name it."""


_CODES = {
    Difference.FIRST_BOOT: Code.IDENTITY_FIRST_BOOT,
    Difference.NEW_SIM: Code.IDENTITY_NEW_SIM,
    Difference.NEW_MODEM: Code.IDENTITY_NEW_MODEM,
    Difference.BOTH: Code.IDENTITY_BOTH,
    Difference.UNKNOWN: Code.IDENTITY_UNKNOWN,
}


@frozen
class OperatorOrder:
    """An order of the operator."""

    text: str
    """The whole value of the tag."""
    instruction: Instruction


def difference(remembered: Remembered, subscriber: Subscriber, equipment: Equipment) -> Difference:
    """The difference between the accepted identity and the identity that was read."""
    if remembered.card is None:
        return Difference.FIRST_BOOT
    new_sim = not _is_same_card(remembered.card, subscriber)
    imei = value_of(equipment.imei)
    new_modem = bool(remembered.imei and imei and device_part(remembered.imei) != device_part(imei.digits))
    if new_sim:
        return Difference.BOTH if new_modem else Difference.NEW_SIM
    if new_modem:
        return Difference.NEW_MODEM
    if not remembered.imei or imei or is_same_device(subscriber.session_imei, remembered.imei):
        return Difference.NOTHING
    return Difference.UNKNOWN


def involves_new_sim(found: Difference) -> bool:
    """Whether the service named another SIM; it has to name it twice."""
    return found in {Difference.NEW_SIM, Difference.BOTH}


def policy_for(found: Difference, settings: IdentitySettings) -> Policy:
    """The policy of the device's settings for a difference."""
    match found:
        case Difference.NOTHING:
            return Policy.ADOPT
        case Difference.FIRST_BOOT:
            return settings.first_boot
        case Difference.NEW_SIM:
            return settings.new_sim
        case Difference.NEW_MODEM:
            return settings.new_modem
        case Difference.BOTH:
            return settings.both
        case Difference.UNKNOWN:
            return settings.unknown


def refusal(found: Difference, remembered: Remembered, subscriber: Subscriber, equipment: Equipment) -> Failure:
    """The failure of a device that does not adopt this difference."""
    imei = value_of(equipment.imei)
    sim = f"SIM {subscriber.card} instead of {remembered.card}"
    modem = f"IMEI {imei} instead of {remembered.imei}"
    match found:
        case Difference.NEW_SIM:
            detail = sim
        case Difference.NEW_MODEM:
            detail = modem
        case Difference.BOTH:
            detail = f"{sim}, {modem}"
        case Difference.UNKNOWN:
            why = f"IMEI {remembered.imei} cannot be read now ({equipment.imei}), and the network does not name it"
            detail = f"{why}; with [identity] unknown = hold, {ORDER_TAG}=release lifts this once"
        case Difference.FIRST_BOOT | Difference.NOTHING:
            detail = f"SIM {subscriber.card}"
    return Failure(_CODES[found], detail)


def meeting(remembered: Remembered, subscriber: Subscriber) -> Remembered:
    """What is remembered once the order tag of this SIM was looked at.

    A memory of an earlier version of the agent names no SIM here: the order on the accepted SIM is for this device.
    """
    text = _order_text(subscriber)
    if remembered.order_card is not None and _is_same_card(remembered.order_card, subscriber):
        return remembered if text == remembered.order_before else replace(remembered, order_before=None)
    was_known = remembered.order_card is None and remembered.card is not None
    is_for_this_device = was_known and _is_same_card(remembered.card or "", subscriber)
    if is_for_this_device:
        return replace(remembered, order_card=subscriber.card)
    last_order = remembered.last_order if remembered.held else None  # the one on the other SIM does not count here
    return replace(remembered, order_card=subscriber.card, order_before=text or None, last_order=last_order)


def operator_order(
    subscriber: Subscriber, remembered: Remembered, settings: IdentitySettings
) -> OperatorOrder | Failure | None:
    """The operator order on the SIM; None where there is none, or where it was carried out already.

    A `Failure` is an order that this device does not carry out. The first word of the tag is the instruction; the rest
    makes an order new that was given before (`hold 2`). `remembered` is what `meeting` returned.
    """
    text = _order_text(subscriber)
    if not text or text == remembered.last_order:
        return None
    name = text.split()[0].lower()
    if name not in {instruction.value for instruction in Instruction}:
        shown = repr(text) if text.isprintable() else ascii(text)
        return _refused(f"{shown} is not an order")
    instruction = Instruction(name)
    if instruction not in settings.orders:
        return _refused(f"{name} is not in [identity] orders")
    if remembered.operator is not None and subscriber.operator != remembered.operator:
        operator = subscriber.operator or "an unknown operator"
        return _refused(f"{name} comes from a SIM of {operator}, not of {remembered.operator}")
    if text == remembered.order_before and instruction is not Instruction.HOLD:
        again = f"to order it of this device, write {name} and another word, such as {name} 2"
        return _refused(f"{name} was on this SIM before this device met it; {again}")
    return OperatorOrder(text, instruction)


def _order_text(subscriber: Subscriber) -> str:
    return subscriber.tags.get(ORDER_TAG, "").strip()[:MAX_ORDER_CHARACTERS]


def _refused(detail: str) -> Failure:
    return Failure(Code.IDENTITY_ORDER_REFUSED, detail, where=ORDER_TAG)


def adopting(remembered: Remembered, subscriber: Subscriber, equipment: Equipment) -> Remembered:
    """What is remembered once this SIM and this modem are accepted; an IMEI that was not read stays as it was."""
    imei = value_of(equipment.imei)
    return replace(
        remembered,
        card=subscriber.card,
        imei=imei.digits if imei else remembered.imei,
        operator=subscriber.operator or remembered.operator,
    )


def _is_same_card(card: str, subscriber: Subscriber) -> bool:
    """Whether the record names this card in any way; an ICCID may lack its check digit on one side."""
    names = {subscriber.sim_id, subscriber.iccid and subscriber.iccid.digits, subscriber.imsi.digits}
    return card in names or _is_same_iccid(card, subscriber)


def _is_same_iccid(card: str, subscriber: Subscriber) -> bool:
    try:
        return subscriber.iccid is not None and subscriber.iccid.names_same_card(Iccid(card))
    except ValueError:
        return False
