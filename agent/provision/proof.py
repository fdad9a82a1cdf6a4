"""Story. The modem's part of the proof that an applied configuration leaves the device in reach.

A modem that could be read before the apply is read again, since without it no later document is accepted.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from agent.errors import Code, Failure
from agent.identity import Equipment, device_part, value_of

LOOK_S = 2.0
"""Seconds between two readings of a modem that is away: a document may restart it, or the program that manages it."""

ReadEquipment = Callable[[], Equipment]


def why_no_witness(
    read_equipment: ReadEquipment,
    witness: str | None,
    within_s: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Failure | None:
    """Why the modem that was read before is not read any more; `witness` is its IMEI, None where none was read."""
    until = clock() + within_s
    while witness is not None:
        equipment = read_equipment()
        found = [imei.digits for modem in (equipment, *equipment.others) if (imei := value_of(modem.imei))]
        if device_part(witness) in {device_part(digits) for digits in found}:
            return None
        if clock() + LOOK_S >= until:
            now = f"IMEI {found[0]} is read instead" if found else str(equipment.imei)
            why = f"the modem with IMEI {witness}, which was read before the apply, cannot be read any more: {now}"
            return Failure(Code.APPLY_UNCONFIRMED, why)
        sleep(LOOK_S)
    return None
