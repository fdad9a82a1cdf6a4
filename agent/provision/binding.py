"""Pure. Whether this SIM may be in this device: three witnesses, and the verdict that follows from them.

    the card     the modem's ICCID, else its IMSI, compared with the subscriber record
    the network  the modem's IMEI, compared with the IMEI that the carrier reported to the platform in this session
    the lock     the modem's IMEI, compared with the IMEI that the SIM is locked to

Network and lock are compared with each other as well, so that a modem that was not read hides no contradiction.

The ICCID decides where modem and record both have it: a SIM may have several IMSIs, and the record may name an IMSI
that is not in use. IMEIs are compared by the 14 digits that all their written forms share (`identity.device_part`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agent.errors import Code
from agent.frozen import frozen
from agent.identity import Equipment, Iccid, Imei, Imsi, NotRead, Subscriber, device_part, is_same_device, value_of


@frozen
class Witness:
    """One comparison of a number of the modem with a number of the platform."""

    name: str
    """`ICCID`, `IMSI`, `session IMEI` or `IMEI lock`."""
    modem: str | None
    """The number that the modem has; None where it was not read."""
    platform: str | None
    """The number that the platform has; None where it has none."""
    agrees: bool | None
    """Whether the two numbers name the same thing; None where they cannot be compared.

    False also for a lock that the network's IMEI contradicts where the modem was not read.
    """


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
    """No witness contradicts the pair, but a witness that is needed to prove it is missing."""

    why: str
    witnesses: tuple[Witness, ...]

    def __str__(self) -> str:
        return self.why


Verdict = Match | Mismatch | Unproven


def verdict(subscriber: Subscriber, equipment: Equipment) -> Verdict:
    """The verdict on this SIM in the device with this modem."""
    card, imsi = _card(subscriber, equipment), _imsi(subscriber, equipment)
    network, lock = _network(subscriber, equipment), _lock(subscriber, equipment)
    witnesses = (card, imsi, network, lock)
    sim = card if card.agrees is not None else imsi
    if sim.agrees is False:
        why = f"the modem's SIM has {sim.name} {sim.modem}, the service answers for {sim.platform}"
        return Mismatch(Code.BINDING_SIM, why, witnesses)
    if network.agrees is False:
        why = f"the modem that was read has IMEI {network.modem}, the network sees this SIM in {network.platform}"
        return Mismatch(Code.BINDING_NETWORK, why, witnesses)
    if lock.agrees is False:
        seen = f"the modem has IMEI {lock.modem}" if lock.modem else f"the network sees this SIM in {network.platform}"
        why = f"{seen}, the SIM is locked to {lock.platform}"
        return Mismatch(Code.BINDING_LOCK, why, witnesses)
    if lock.platform is not None and lock.agrees is None:
        return Unproven(_lock_unproven(lock, equipment), witnesses)
    if not (sim.agrees or network.agrees):
        return Unproven(f"no number shows which SIM is in the modem ({_reason(equipment)})", witnesses)
    return Match(_agreement(witnesses), witnesses)


def _card(subscriber: Subscriber, equipment: Equipment) -> Witness:
    read = value_of(equipment.iccid)
    recorded = tuple(_iccids(subscriber))
    agrees = any(read.names_same_card(known) for known in recorded) if read and recorded else None
    return Witness("ICCID", _digits(read), _digits(next(iter(recorded), None)), agrees)


def _iccids(subscriber: Subscriber) -> Iterable[Iccid]:
    """The record's ICCID, and its SIM id where that has the form of an ICCID: on most SIMs they are the same number."""
    if subscriber.iccid:
        yield subscriber.iccid
    if subscriber.sim_id:
        try:
            yield Iccid(subscriber.sim_id)
        except ValueError:
            return


def _imsi(subscriber: Subscriber, equipment: Equipment) -> Witness:
    read = value_of(equipment.imsi)
    return Witness("IMSI", _digits(read), subscriber.imsi.digits, read == subscriber.imsi if read else None)


def _network(subscriber: Subscriber, equipment: Equipment) -> Witness:
    return _imei_witness("session IMEI", subscriber.session_imei, equipment)


def _lock(subscriber: Subscriber, equipment: Equipment) -> Witness:
    """The lock. Where the modem was not read, the network's IMEI can contradict the lock, and prove nothing."""
    witness = _imei_witness("IMEI lock", subscriber.imei_lock, equipment)
    agrees = is_same_device(subscriber.session_imei, subscriber.imei_lock)
    return replace(witness, agrees=False) if witness.modem is None and agrees is False else witness


def _imei_witness(name: str, number: str | None, equipment: Equipment) -> Witness:
    read = value_of(equipment.imei)
    part = device_part(number)
    agrees = device_part(read.digits) == part if read and part else None
    return Witness(name, _digits(read), number, agrees)


def _digits(number: Imei | Imsi | Iccid | None) -> str | None:
    return number.digits if number else None


def _lock_unproven(lock: Witness, equipment: Equipment) -> str:
    if device_part(lock.platform) is None:
        return f"the IMEI lock {(lock.platform or '')[:40]!r} is not a number that can be compared"
    return f"the SIM has an IMEI lock, and the modem's IMEI was not read ({_reason(equipment)})"


def _reason(equipment: Equipment) -> str:
    unread = (reading for reading in (equipment.imei, equipment.iccid, equipment.imsi) if isinstance(reading, NotRead))
    return str(next(unread, "the platform has no number to compare with"))


def _agreement(witnesses: Iterable[Witness]) -> str:
    agreeing = ", ".join(witness.name for witness in witnesses if witness.agrees)
    differs = any(witness.agrees is False for witness in witnesses)
    return f"SIM and device agree: {agreeing}" + "; the IMSI is another of the same card" * differs
