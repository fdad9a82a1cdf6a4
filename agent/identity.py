"""Values. Identities: the numbers of a SIM and a modem, the subscriber record, the equipment.

Every value of these types is valid: making a value from an invalid text raises `ValueError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from enum import Enum
from types import MappingProxyType
from typing import Generic, TypeVar

from agent.errors import Code, Failure
from agent.frozen import frozen

IMEI_DIGITS = 15
"""TAC (8), serial number (6), check digit (TS 23.003, 6.2.1)."""


def check_digit_holds(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others (TS 23.003, annex B)."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character)
        if place % 2:
            value = sum(divmod(value * 2, 10))
        total += value
    return total % 10 == 0


@frozen
class Imei:
    """Fifteen digits with a right check digit, not all alike."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{15}", self.digits):
            raise ValueError(f"an IMEI has {IMEI_DIGITS} digits, not {self.digits[:40]!r}")
        if len(set(self.digits)) == 1:
            raise ValueError("fifteen digits that are all alike are not an IMEI")
        if not check_digit_holds(self.digits):
            raise ValueError(f"the check digit of {self.digits} is wrong")

    def __str__(self) -> str:
        return self.digits


@frozen
class Imsi:
    """Six to fifteen digits: country, network, subscriber (TS 23.003, 2.2)."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{6,15}", self.digits):
            raise ValueError(f"an IMSI has 6 to 15 digits, not {self.digits[:40]!r}")

    def __str__(self) -> str:
        return self.digits


@frozen
class Iccid:
    """Eighteen to twenty digits as printed on the card, without filler (ITU-T E.118)."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"89[0-9]{16,18}", self.digits):
            raise ValueError(f"an ICCID has 18 to 20 digits and starts with 89, not {self.digits[:40]!r}")

    @classmethod
    def from_modem(cls, text: str) -> Iccid:
        """The ICCID in the text that a modem prints; a filler `F` at its end is not part of the number.

        Some modems print the digits as the card stores them, swapped in pairs (TS 102 221, 13.2: EF_ICCID).
        """
        digits = text.strip().strip('"')
        if digits.startswith("98"):
            digits = "".join(digits[place : place + 2][::-1] for place in range(0, len(digits), 2))
        return cls(digits.rstrip("Ff"))

    def names_same_card(self, other: Iccid) -> bool:
        """Whether both numbers name the same card, compared by the shorter one: a check digit may be missing."""
        length = min(len(self.digits), len(other.digits))
        return self.digits[:length] == other.digits[:length]

    def __str__(self) -> str:
        return self.digits


def device_part(number: str | None) -> str | None:
    """The 14 digits that an IMEI, an IMEISV and a number with a spare digit have in common; None for "not known".

    The platform writes a lock as the number plus, perhaps, `|ANONYMOUS`, and an IMEI that the network did not report
    as null or as fifteen zeros.
    """
    if number is None:
        return None
    digits = number.split("|", 1)[0].strip()
    if not re.fullmatch(r"[0-9]{14,16}", digits) or not digits.strip("0"):
        return None
    return digits[:14]


def is_same_device(one: str | None, other: str | None) -> bool | None:
    """Whether two numbers name one modem by their device part; None where one of them is not known."""
    parts = device_part(one), device_part(other)
    return None if None in parts else parts[0] == parts[1]


@frozen
class Subscriber:
    """The subscriber record of the SIM on the platform (GET /v1/subscriber); every member but the IMSI may be unknown.

    `localInfo` and `previousSession` of the record are left out on purpose: they may describe another device.
    """

    imsi: Imsi
    sim_id: str | None = None
    iccid: Iccid | None = None
    msisdn: str | None = None
    group_id: str | None = None
    status: str | None = None
    speed_class: str | None = None
    subscription: str | None = None
    operator: str | None = None
    """Identifier of the operator whose SIM this is."""
    imei_lock: str | None = None
    """The IMEI lock in the platform's form; compare with `device_part`."""
    session_imei: str | None = None
    """The IMEI that the network reported to the platform in this session; compare with `device_part`."""
    online: bool | None = None
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    modified: str | None = None
    """The record's last change in the platform's form; compared only with itself."""

    @property
    def card(self) -> str:
        """The name of the SIM that stays the same when its IMSI changes: SIM id, else ICCID, else IMSI."""
        return self.sim_id or (self.iccid.digits if self.iccid else self.imsi.digits)


T = TypeVar("T")


@frozen
class Read(Generic[T]):
    """A value that was read in this pass."""

    value: T


@frozen
class NotRead:
    """The reason why a value was not read."""

    code: Code
    why: str

    def __str__(self) -> str:
        return f"{self.code.text}: {self.why}"

    @classmethod
    def because(cls, failure: Failure) -> NotRead:
        """The reason of a failure as a value."""
        return cls(failure.code, f"{failure.where}: {failure.detail}" if failure.where else failure.detail)


Reading = Read[T] | NotRead


class EquipmentSource(Enum):
    """The source of the equipment's identity."""

    AT = "at"
    MODEM_MANAGER = "modemmanager"
    NONE = "none"


class SimState(Enum):
    """The state of the SIM as the modem reports it, in words for people (TS 27.007, 8.3)."""

    READY = "ready"
    ABSENT = "no SIM is inserted"
    PIN = "the SIM needs its PIN"
    PUK = "the SIM needs its PUK"
    LOCKED = "the modem is locked to another SIM or network"
    FAILED = "the SIM has failed"
    BUSY = "the SIM is busy"


class Registration(Enum):
    """The state of the modem's registration in the network (TS 27.007, 7.2)."""

    HOME = "at home"
    ROAMING = "roaming"
    SEARCHING = "searching"
    DENIED = "denied"
    IDLE = "not registered"


@frozen
class Signal:
    """The strength of the network: per cent, or received power, whichever the modem reports."""

    percent: int | None = None
    dbm: int | None = None

    def __str__(self) -> str:
        shown = [f"{self.percent} %" if self.percent is not None else "", f"{self.dbm} dBm" if self.dbm else ""]
        return ", ".join(filter(None, shown))


@frozen
class Radio:
    """SIM state and network as the modem reports them; for people, never for decisions."""

    sim: Reading[SimState]
    registration: Reading[Registration]
    operator: Reading[str]
    signal: Reading[Signal]
    own_number: Reading[str]


@frozen
class Equipment:
    """The modem and its answers in this pass."""

    imei: Reading[Imei]
    imsi: Reading[Imsi]
    iccid: Reading[Iccid]
    manufacturer: Reading[str]
    model: Reading[str]
    firmware: Reading[str]
    port: str | None
    """Device path of the port that answered."""
    source: EquipmentSource
    """The source of the IMEI, or the source that was tried."""
    radio: Radio | None = None
    """None where the SIM state and the network were not read."""
    others: tuple[Equipment, ...] = ()
    """Other modems that were read in this pass, likeliest first."""

    def carrying(self, subscriber: Subscriber) -> Equipment:
        """The modem with this SIM among all that were read; the first one where none or several report it."""
        found = [modem for modem in (self, *self.others) if modem.has_sim_of(subscriber)]
        if len(found) != 1 or found[0] is self:
            return self
        others = tuple(modem for modem in (self, *self.others) if modem is not found[0])
        return replace(found[0], others=tuple(replace(modem, others=()) for modem in others))

    def has_sim_of(self, subscriber: Subscriber) -> bool:
        """Whether the IMSI or the ICCID that the modem reported belongs to this SIM."""
        iccid = value_of(self.iccid)
        same_card = iccid and subscriber.iccid and iccid.names_same_card(subscriber.iccid)
        return value_of(self.imsi) == subscriber.imsi or bool(same_card)

    @classmethod
    def unread(cls, failure: Failure, port: str | None = None) -> Equipment:
        """Equipment without any value; the failure is the reason for each of them."""
        reason = NotRead.because(failure)
        return cls(reason, reason, reason, reason, reason, reason, port, EquipmentSource.NONE)


def value_of(reading: Reading[T]) -> T | None:
    """The value, or None where it was not read."""
    return reading.value if isinstance(reading, Read) else None
