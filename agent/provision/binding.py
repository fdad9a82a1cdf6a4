"""Pure. Whether this SIM may be in this device: three witnesses, and what they say together.

    the card     the modem's ICCID, else its IMSI, against the record of the subscriber that the service answers for
    the network  the IMEI that the carrier told the platform in this session, against the modem's
    the lock     the IMEI that the SIM is locked to, against the modem's

The ICCID decides where both sides know it: a SIM may have several IMSIs, and the record may name another than the one
that is in use. IMEIs are compared by the 14 digits that every way of writing them has (`identity.device_part`).
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.errors import Code
from agent.frozen import frozen
from agent.identity import Equipment, Iccid, Imei, Imsi, NotRead, Subscriber, device_part, value_of


@frozen
class Witness:
    """One comparison."""

    name: str
    """`ICCID`, `IMSI`, `session IMEI` or `IMEI lock`."""
    ours: str | None
    """What the modem said; None where it was not read."""
    theirs: str | None
    """What the platform says; None where it does not know."""
    agrees: bool | None
    """None where the two cannot be compared."""


@frozen
class Match:
    """SIM and device belong together, proven."""

    why: str
    witnesses: tuple[Witness, ...]

    def __str__(self) -> str:
        return self.why


@frozen
class Mismatch:
    """SIM and device do not belong together, proven: nothing may be applied."""

    code: Code
    why: str
    witnesses: tuple[Witness, ...]

    def __str__(self) -> str:
        return self.why


@frozen
class Unproven:
    """Nothing speaks against it, but something that should speak for it cannot."""

    why: str
    witnesses: tuple[Witness, ...]

    def __str__(self) -> str:
        return self.why


Verdict = Match | Mismatch | Unproven


def verdict(subscriber: Subscriber, equipment: Equipment) -> Verdict:
    """Whether the SIM that the service answered for may be in the device whose modem was read."""
    card, imsi = _card(subscriber, equipment), _imsi(subscriber, equipment)
    network, lock = _network(subscriber, equipment), _lock(subscriber, equipment)
    witnesses = (card, imsi, network, lock)
    who = card if card.agrees is not None else imsi
    if who.agrees is False:
        why = f"the modem's SIM has {who.name} {who.ours}, the service answers for {who.theirs}"
        return Mismatch(Code.BINDING_SIM, why, witnesses)
    if network.agrees is False:
        why = f"the modem that was read has IMEI {network.ours}, the network sees this SIM in {network.theirs}"
        return Mismatch(Code.BINDING_NETWORK, why, witnesses)
    if lock.agrees is False:
        why = f"the modem has IMEI {lock.ours}, the SIM is locked to {lock.theirs}"
        return Mismatch(Code.BINDING_LOCK, why, witnesses)
    if lock.theirs is not None and lock.agrees is None:
        return Unproven(_lock_unproven(lock, equipment), witnesses)
    if not (who.agrees or network.agrees):
        return Unproven(f"nothing tells which SIM the modem carries ({_reason(equipment)})", witnesses)
    return Match(_agreement(witnesses), witnesses)


def _card(subscriber: Subscriber, equipment: Equipment) -> Witness:
    ours = value_of(equipment.iccid)
    theirs = tuple(_iccids(subscriber))
    agrees = any(ours.names_same_card(known) for known in theirs) if ours and theirs else None
    return Witness("ICCID", _digits(ours), _digits(next(iter(theirs), None)), agrees)


def _iccids(subscriber: Subscriber) -> Iterable[Iccid]:
    """The record's ICCID, and its SIM id where that is written like one: on most SIMs they are the same number."""
    if subscriber.iccid:
        yield subscriber.iccid
    if subscriber.sim_id:
        try:
            yield Iccid(subscriber.sim_id)
        except ValueError:
            return


def _imsi(subscriber: Subscriber, equipment: Equipment) -> Witness:
    ours = value_of(equipment.imsi)
    return Witness("IMSI", _digits(ours), subscriber.imsi.digits, ours == subscriber.imsi if ours else None)


def _network(subscriber: Subscriber, equipment: Equipment) -> Witness:
    return _imei_witness("session IMEI", subscriber.session_imei, equipment)


def _lock(subscriber: Subscriber, equipment: Equipment) -> Witness:
    return _imei_witness("IMEI lock", subscriber.imei_lock, equipment)


def _imei_witness(name: str, number: str | None, equipment: Equipment) -> Witness:
    ours = value_of(equipment.imei)
    part = device_part(number)
    agrees = device_part(ours.digits) == part if ours and part else None
    return Witness(name, _digits(ours), number, agrees)


def _digits(number: Imei | Imsi | Iccid | None) -> str | None:
    return number.digits if number else None


def _lock_unproven(lock: Witness, equipment: Equipment) -> str:
    if device_part(lock.theirs) is None:
        return f"the IMEI lock {(lock.theirs or '')[:40]!r} is not a number that can be compared"
    return f"the SIM has an IMEI lock, and the modem's IMEI was not read ({_reason(equipment)})"


def _reason(equipment: Equipment) -> str:
    unread = (reading for reading in (equipment.imei, equipment.iccid, equipment.imsi) if isinstance(reading, NotRead))
    return str(next(unread, "the platform knows no number to compare with"))


def _agreement(witnesses: Iterable[Witness]) -> str:
    agreeing = ", ".join(witness.name for witness in witnesses if witness.agrees)
    differs = any(witness.agrees is False for witness in witnesses)
    return f"SIM and device agree: {agreeing}" + "; the IMSI is another of the same card" * differs
