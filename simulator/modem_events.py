"""Pure. The events of a simulated modem: what it sends and when, and the moment from which it is gone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes that leave so many seconds after their cause."""

    data: bytes
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Unplugged:
    """The modem is gone from here on."""

    after_s: float = 0.0


Event = Sent | Unplugged
