"""Pure. Whether this is still the SIM and the modem that the device was provisioned with, and what follows.

Silence is no difference: only a number that was read can differ from one that is remembered. What an operator says by
the tag `kitting_order` counts on a SIM of the same operator only: whoever puts a SIM of his own into a stolen device
can write any tag on it.
"""

from __future__ import annotations

from enum import Enum, unique

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import Equipment, Iccid, Subscriber, device_part, value_of
from agent.settings import IdentitySettings, Instruction, Policy

ORDER_TAG = "kitting_order"
MAX_ORDER_CHARACTERS = 100


@frozen
class Known:
    """The identity that the device accepted last; None for what it has not learnt yet."""

    card: str | None = None
    """`Subscriber.card` then."""
    imei: str | None = None
    operator: str | None = None


@unique
class Difference(Enum):
    """What is no longer as it was."""

    FIRST_BOOT = "first_boot"
    NOTHING = "nothing"
    NEW_SIM = "new_sim"
    NEW_MODEM = "new_modem"
    BOTH = "both"
    UNKNOWN = "unknown"


_CODES = {
    Difference.FIRST_BOOT: Code.IDENTITY_FIRST_BOOT,
    Difference.NEW_SIM: Code.IDENTITY_NEW_SIM,
    Difference.NEW_MODEM: Code.IDENTITY_NEW_MODEM,
    Difference.BOTH: Code.IDENTITY_BOTH,
    Difference.UNKNOWN: Code.IDENTITY_UNKNOWN,
}


@frozen
class Said:
    """The operator's word: the tag as it is, and what it means."""

    text: str
    instruction: Instruction


def difference(known: Known, subscriber: Subscriber, equipment: Equipment) -> Difference:
    """What differs between what the device accepted and what was read now."""
    if known.card is None:
        return Difference.FIRST_BOOT
    new_sim = not _same_card(known.card, subscriber)
    imei = value_of(equipment.imei)
    new_modem = bool(known.imei and imei and device_part(known.imei) != device_part(imei.digits))
    if new_sim or new_modem:
        both = Difference.BOTH if new_modem else Difference.NEW_SIM
        return both if new_sim else Difference.NEW_MODEM
    return Difference.UNKNOWN if known.imei and not imei else Difference.NOTHING


def involves_new_sim(found: Difference) -> bool:
    """Whether the SIM is said to be another: to be believed, it has to be said twice."""
    return found in {Difference.NEW_SIM, Difference.BOTH}


def policy_for(found: Difference, settings: IdentitySettings) -> Policy:
    """What the device's settings say to a difference."""
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


def standing_in_the_way(found: Difference, known: Known, subscriber: Subscriber, equipment: Equipment) -> Failure:
    """Why a device that does not adopt applies nothing."""
    imei = value_of(equipment.imei)
    sim = f"SIM {subscriber.card} instead of {known.card}"
    modem = f"IMEI {imei} instead of {known.imei}"
    match found:
        case Difference.NEW_SIM:
            why = sim
        case Difference.NEW_MODEM:
            why = modem
        case Difference.BOTH:
            why = f"{sim}, {modem}"
        case Difference.UNKNOWN:
            why = f"provisioned with IMEI {known.imei}, which cannot be read now ({equipment.imei})"
        case Difference.FIRST_BOOT | Difference.NOTHING:
            why = f"SIM {subscriber.card}"
    return Failure(_CODES[found], why)


def said(subscriber: Subscriber, known: Known, settings: IdentitySettings, obeyed: str | None) -> Said | Failure | None:
    """What the operator orders and was not obeyed yet; a failure where the device may not, or does not understand.

    The tag's first word is the order; what follows makes an order new that was given before (`hold 2`).
    """
    text = subscriber.tags.get(ORDER_TAG, "").strip()[:MAX_ORDER_CHARACTERS]
    if not text or text == obeyed:
        return None
    word = text.split()[0].lower()
    shown = text if text.isprintable() else ascii(text)
    if word not in {instruction.value for instruction in Instruction}:
        return Failure(Code.IDENTITY_ORDER_REFUSED, f"nobody knows {shown!r}", where=ORDER_TAG)
    instruction = Instruction(word)
    if instruction not in settings.orders:
        return Failure(Code.IDENTITY_ORDER_REFUSED, f"{word} is not in [identity] orders", where=ORDER_TAG)
    if known.operator is not None and subscriber.operator != known.operator:
        why = f"{word} comes from a SIM of {subscriber.operator or 'an unknown operator'}, not of {known.operator}"
        return Failure(Code.IDENTITY_ORDER_REFUSED, why, where=ORDER_TAG)
    return Said(text, instruction)


def accepted(known: Known, subscriber: Subscriber, equipment: Equipment) -> Known:
    """The identity from now on; an IMEI that was not read leaves the one that is known."""
    imei = value_of(equipment.imei)
    return Known(subscriber.card, imei.digits if imei else known.imei, subscriber.operator or known.operator)


def _same_card(card: str, subscriber: Subscriber) -> bool:
    """By any name that the record has for it; an ICCID may lack its check digit on one side."""
    names = {subscriber.sim_id, subscriber.iccid and subscriber.iccid.digits, subscriber.imsi.digits}
    return card in names or _same_iccid(card, subscriber)


def _same_iccid(card: str, subscriber: Subscriber) -> bool:
    try:
        return subscriber.iccid is not None and subscriber.iccid.names_same_card(Iccid(card))
    except ValueError:
        return False
