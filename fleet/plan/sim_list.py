"""Pure. The CSV file of a plan: a row for each SIM, a column for each tag.

The form is that of the console's batch operations: a header, then `simId,tag,tag…`. A column `imei` names the device
that the SIM is meant for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fleet.plan.plan import WantedSim
from fleet.platform.sim import imei_or_none

MOST_SIMS = 100_000
RESERVED_TAGS = ("kitting_", "desk_", "soracom", "DSN")
"""Starts of tag names that the device, the desk or the platform writes."""
_SIM_ID, _IMSI, _IMEI = ("simid", "sim_id", "iccid"), ("imsi",), ("imei", "expected_imei")


@dataclass(frozen=True, slots=True)
class SimList:
    """The SIMs of a list, and what is wrong with it."""

    sims: tuple[WantedSim, ...]
    problems: tuple[str, ...]


def read_sim_list(content: bytes) -> SimList:
    """Reads a CSV file in UTF-8, with a byte order mark or without."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return SimList((), ("takes UTF-8; save the sheet as CSV UTF-8",))
    problems: list[str] = []
    sims = tuple(_sims(csv.DictReader(io.StringIO(text), strict=True), problems))
    if not sims and not problems:
        problems.append("has no SIMs below its header, such as simId,name,imei")
    return SimList(sims, tuple(problems))


def _sims(reader: csv.DictReader[str], problems: list[str]) -> Iterator[WantedSim]:
    seen: set[str] = set()
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        if "" in names or len(set(map(str.lower, names))) < len(names):
            problems.append("line 1: every column needs a name, and no two names may be equal")
            return
        for row in reader:
            if len(seen) >= MOST_SIMS:
                problems.append(f"has more than {MOST_SIMS} SIMs")
                return
            sim = _sim(row, reader.line_num, problems)
            if sim is None:
                continue
            if (sim.sim_id or sim.imsi) in seen:
                problems.append(f"line {reader.line_num}: this SIM is in the list already")
            seen.add(sim.sim_id or sim.imsi)
            yield sim
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: {error}")


def _sim(row: Mapping[str | None, Any], line: int, problems: list[str]) -> WantedSim | None:
    """The SIM of one row; None for an empty row, and for a row without a usable SIM."""
    if None in row:
        problems.append(f"line {line}: more values than the header has names")
        return None
    cells = {str(name).strip(): (value or "").strip() for name, value in row.items()}
    by_name = {name.lower(): value for name, value in cells.items()}
    if not any(by_name.values()):
        return None
    sim_id, imsi, number = (_first(by_name, names) for names in (_SIM_ID, _IMSI, _IMEI))
    if not (sim_id or imsi).isdecimal():
        problems.append(f"line {line}: neither simId nor imsi is a number")
        return None
    imei = imei_or_none(number)
    if number and imei is None:
        problems.append(f"line {line}: {number[:20]!r} is not an IMEI: its check digit is wrong")
    columns = (*_SIM_ID, *_IMSI, *_IMEI)
    tags = {name: value for name, value in cells.items() if value and name.lower() not in columns}
    if reserved := [name for name in tags if name.startswith(RESERVED_TAGS)]:
        problems.append(f"the tag {reserved[0]} is reserved; a plan may not write it")
    return WantedSim(sim_id, imsi, tags, imei)


def _first(cells: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The value of the first of these columns that has one."""
    return next((cells[name] for name in names if cells.get(name)), "")
