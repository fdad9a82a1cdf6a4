"""Pure. Chooses the ports for each round, and combines their answers into one equipment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.identity import Equipment, Read
from agent.modem.candidate import Candidate

if TYPE_CHECKING:
    from agent.modem.mmcli import ManagedModem

_GAPS = ("imsi", "iccid")
_BY_IMPORTANCE = ("imei", "imsi", "iccid", "model", "manufacturer")


def managed_modem_of(candidate: Candidate, managed: Iterable[ManagedModem]) -> ManagedModem | None:
    """The modem of ModemManager to which a port belongs; None where it belongs to none."""
    return next((modem for modem in managed if modem.device == candidate.device or candidate.name in modem.ports), None)


def free(candidates: Iterable[Candidate], managed: Sequence[ManagedModem]) -> list[Candidate]:
    """The ports of devices that ModemManager does not manage."""
    return [port for port in candidates if managed_modem_of(port, managed) is None]


def beside(candidates: Iterable[Candidate], managed: Iterable[ManagedModem]) -> list[Candidate]:
    """Free ports for AT commands, of managed modems whose IMEI or SIM ModemManager does not report."""
    lacking = [modem for modem in managed if is_lacking(modem.equipment)]
    names = {port for modem in lacking for port in modem.at_ports}
    return [port for port in candidates if port.name in names and not port.for_calls]


def is_lacking(equipment: Equipment) -> bool:
    """Whether the IMEI was not read, or neither IMSI nor ICCID was read."""
    return not isinstance(equipment.imei, Read) or not any(isinstance(getattr(equipment, gap), Read) for gap in _GAPS)


def first_round(candidates: Sequence[Candidate], known: Collection[str]) -> list[Candidate]:
    """For each device: the port that answered the last time; else its ports not meant for data calls; else all."""
    asked: list[Candidate] = []
    for ports in _by_device(candidates):
        answered = [port for port in ports if port.path in known]
        asked += answered[:1] or [port for port in ports if not port.for_calls] or ports
    return asked


def second_round(candidates: Sequence[Candidate], first: Sequence[Candidate], good: Collection[str]) -> list[Candidate]:
    """The remaining ports of devices whose IMEI was read on no port; `good` are the paths where it was read."""
    done = {port.device for port in candidates if port.path in good}
    return [port for port in candidates if port not in first and port.device not in done]


def _by_device(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    devices: dict[str, list[Candidate]] = {}
    for port in candidates:
        devices.setdefault(port.device, []).append(port)
    return list(devices.values())


def one_for_each_device(found: Sequence[tuple[Candidate, Equipment]]) -> list[Equipment]:
    """For each device the equipment with the most important value, in the order of the candidates."""
    devices: dict[str, list[Equipment]] = {}
    for candidate, equipment in found:
        devices.setdefault(candidate.device, []).append(equipment)
    return [best_read(answers) for answers in devices.values()]


def best_read(found: Sequence[Equipment]) -> Equipment:
    """The first equipment whose IMEI was read; else whose IMSI was read, and so on; else the first equipment."""
    for reading in _BY_IMPORTANCE:
        for equipment in found:
            if isinstance(getattr(equipment, reading), Read):
                return equipment
    return found[0]


def completed(known: Equipment, asked: Equipment) -> Equipment:
    """The equipment that ModemManager reports, with missing values taken from the same modem's port for AT commands."""
    names = ("imei", "imsi", "iccid", "manufacturer", "model", "firmware")
    gaps = {name: getattr(asked, name) for name in names if not isinstance(getattr(known, name), Read)}
    gaps = {name: reading for name, reading in gaps.items() if isinstance(reading, Read)}
    if "imei" in gaps:
        return replace(known, **gaps, source=asked.source, port=asked.port)
    return replace(known, **gaps)


def arranged(found: Sequence[Equipment]) -> Equipment:
    """The modem with the most important value, with the other modems in `others`."""
    best = best_read(found)
    return replace(best, others=tuple(equipment for equipment in found if equipment is not best))
