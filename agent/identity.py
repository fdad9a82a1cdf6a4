"""Words. Who and what this is: the numbers of a SIM and a modem, the subscriber record, the equipment.

A value of these types is valid by existing: making one from anything else raises `ValueError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Generic, TypeVar

from agent.errors import Code, Failure

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


@dataclass(frozen=True, slots=True)
class Imei:
    """Fifteen digits with a right check digit, not all alike."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{15}", self.digits):
            raise ValueError(f"an IMEI has {IMEI_DIGITS} digits, not {self.digits[:40]!r}")
        if len(set(self.digits)) == 1:
            raise ValueError("fifteen digits that are all alike are no IMEI")
        if not check_digit_holds(self.digits):
            raise ValueError(f"the check digit of {self.digits} is wrong")

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class Imsi:
    """Six to fifteen digits: country, network, subscriber (TS 23.003, 2.2)."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{6,15}", self.digits):
            raise ValueError(f"an IMSI has 6 to 15 digits, not {self.digits[:40]!r}")

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class Iccid:
    """Eighteen to twenty digits as printed on the card, without filler (ITU-T E.118)."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"89[0-9]{16,18}", self.digits):
            raise ValueError(f"an ICCID has 18 to 20 digits and starts with 89, not {self.digits[:40]!r}")

    @classmethod
    def from_modem(cls, text: str) -> Iccid:
        """From what a modem prints: a trailing filler `F` is not part of the number."""
        return cls(text.strip().strip('"').rstrip("Ff"))

    def names_same_card(self, other: Iccid) -> bool:
        """Compared by the shorter of the two, since one side may leave out the check digit."""
        length = min(len(self.digits), len(other.digits))
        return self.digits[:length] == other.digits[:length]

    def __str__(self) -> str:
        return self.digits


def device_part(number: str | None) -> str | None:
    """The 14 digits that an IMEI, an IMEISV and a number with a spare digit have in common; None for "not known".

    The platform writes a lock as the number plus, perhaps, `|ANONYMOUS`, and an IMEI that the network did not tell
    as null or as fifteen zeros.
    """
    if number is None:
        return None
    digits = number.split("|", 1)[0].strip()
    if not re.fullmatch(r"[0-9]{14,16}", digits) or not digits.strip("0"):
        return None
    return digits[:14]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """The SIM's line as the platform records it (GET /v1/subscriber); every member but the IMSI may be unknown.

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
    """As the platform writes it; compare with `device_part`."""
    session_imei: str | None = None
    """What the network told the platform in this session; compare with `device_part`."""
    online: bool | None = None
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    modified: str | None = None
    """When the platform changed the record last, as it tells it; compared with itself only."""

    @property
    def card(self) -> str:
        """The name that stays when an IMSI switches: SIM id, else ICCID, else IMSI."""
        return self.sim_id or (self.iccid.digits if self.iccid else self.imsi.digits)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A value that was read in this pass."""

    value: T


@dataclass(frozen=True, slots=True)
class NotRead:
    """A value that could not be read, and why."""

    code: Code
    why: str

    def __str__(self) -> str:
        return f"{self.code.text}: {self.why}"

    @classmethod
    def because(cls, failure: Failure) -> NotRead:
        """The same reason as a value."""
        return cls(failure.code, f"{failure.where}: {failure.detail}" if failure.where else failure.detail)


Reading = Read[T] | NotRead


class Source(Enum):
    """Who told what the equipment is."""

    AT = "at"
    MODEM_MANAGER = "modemmanager"
    NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Equipment:
    """The modem and what it said in this pass."""

    imei: Reading[Imei]
    imsi: Reading[Imsi]
    iccid: Reading[Iccid]
    manufacturer: Reading[str]
    model: Reading[str]
    firmware: Reading[str]
    port: str | None
    """Device path of the port that answered."""
    source: Source

    @classmethod
    def unread(cls, failure: Failure, port: str | None = None) -> Equipment:
        """Equipment of which nothing could be read, for one reason."""
        reason = NotRead.because(failure)
        return cls(reason, reason, reason, reason, reason, reason, port, Source.NOBODY)


def value_of(reading: Reading[T]) -> T | None:
    """The value, or None where it was not read."""
    return reading.value if isinstance(reading, Read) else None
