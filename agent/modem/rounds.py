"""Pure. Which ports are asked first, which only then, and which of all answers is whose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from agent.identity import Equipment, Read
from agent.modem.candidate import Candidate
from agent.modem.mmcli import Managed

_GAPS = ("imsi", "iccid")
_TELLING = ("imei", "imsi", "iccid", "model", "manufacturer")


def manager_of(candidate: Candidate, managed: Iterable[Managed]) -> Managed | None:
    """The modem of ModemManager's that a port is part of."""
    return next((one for one in managed if one.device == candidate.device or candidate.name in one.ports), None)


def free(candidates: Iterable[Candidate], managed: Sequence[Managed]) -> list[Candidate]:
    """The ports that ModemManager has nothing to do with."""
    return [one for one in candidates if manager_of(one, managed) is None]


def beside(candidates: Iterable[Candidate], managed: Iterable[Managed]) -> list[Candidate]:
    """Ports for AT commands that ModemManager leaves free, of modems of which it does not know enough."""
    lacking = [one for one in managed if is_lacking(one.equipment)]
    names = {port for one in lacking for port in one.at_ports}
    return [one for one in candidates if one.name in names and not one.for_calls]


def is_lacking(equipment: Equipment) -> bool:
    """Whether the IMEI is not known, or nothing that tells which SIM it is."""
    return not isinstance(equipment.imei, Read) or not any(isinstance(getattr(equipment, gap), Read) for gap in _GAPS)


def first_round(candidates: Sequence[Candidate], known: Collection[str]) -> list[Candidate]:
    """Of each device the port that answered the last time, else all that are not meant for data calls, else all."""
    asked: list[Candidate] = []
    for ports in _by_device(candidates):
        answered = [one for one in ports if one.path in known]
        asked += answered[:1] or [one for one in ports if not one.for_calls] or ports
    return asked


def second_round(candidates: Sequence[Candidate], first: Sequence[Candidate], good: Collection[str]) -> list[Candidate]:
    """The other ports of devices of which no port was good."""
    done = {one.device for one in candidates if one.path in good}
    return [one for one in candidates if one not in first and one.device not in done]


def _by_device(candidates: Iterable[Candidate]) -> list[list[Candidate]]:
    devices: dict[str, list[Candidate]] = {}
    for one in candidates:
        devices.setdefault(one.device, []).append(one)
    return list(devices.values())


def one_of_each(found: Sequence[tuple[Candidate, Equipment]]) -> list[Equipment]:
    """Of each device the answer that says most, in the order of the candidates."""
    devices: dict[str, list[Equipment]] = {}
    for candidate, equipment in found:
        devices.setdefault(candidate.device, []).append(equipment)
    return [most_telling(answers) for answers in devices.values()]


def most_telling(found: Sequence[Equipment]) -> Equipment:
    """The first whose IMEI was read, else whose IMSI was, and so on; else the first."""
    for reading in _TELLING:
        for equipment in found:
            if isinstance(getattr(equipment, reading), Read):
                return equipment
    return found[0]


def filled(known: Equipment, said: Equipment) -> Equipment:
    """What ModemManager knows, with what it does not know from the same modem's other port."""
    names = ("imei", "imsi", "iccid", "manufacturer", "model", "firmware")
    gaps = {name: getattr(said, name) for name in names if not isinstance(getattr(known, name), Read)}
    gaps = {name: reading for name, reading in gaps.items() if isinstance(reading, Read)}
    if "imei" in gaps:
        return replace(known, **gaps, source=said.source, port=said.port)
    return replace(known, **gaps)


def arranged(found: Sequence[Equipment]) -> Equipment:
    """The most telling modem, with the others beside it."""
    best = most_telling(found)
    return replace(best, others=tuple(one for one in found if one is not best))
