"""Pure. The CSV file of a plan: a row for each SIM, a column for each tag.

The form is that of the console's batch operations: a header, then `simId,tag,tag…`. A column `imei` names the device
that the SIM is meant for. Files of Japanese spreadsheets are read as well: CP932, TAB and `;`, headers such as `SIM ID`
and `名前`, digits of full width. A number that a spreadsheet has changed is a problem, with the cause.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.plan.plan import WantedSim
from fleet.plan.spreadsheet import (
    ROUNDED,
    cleaned,
    column_name,
    decoded,
    delimiter_of,
    ends_in_zeros,
    identifier,
    is_rounded,
)
from fleet.platform.sim import imei_or_none

MOST_SIMS = 100_000
RESERVED_TAGS = ("kitting_", "desk_", "soracom", "DSN")
"""Starts of tag names that the device, the desk or the platform writes."""
_SIM_ID, _IMSI, _IMEI, _NAME = "simId", "imsi", "imei", "name"
_COLUMNS = {
    "simid": _SIM_ID,
    "iccid": _SIM_ID,
    "imsi": _IMSI,
    "imei": _IMEI,
    "expectedimei": _IMEI,
    "名前": _NAME,
    "名称": _NAME,
    "sim名": _NAME,
}
"""Column names in one form (`column_name`) → what they mean; any other column is a tag of its own name."""
_DIGITS = {_IMSI: 15, _IMEI: 15}
"""The digits that SORACOM's IMSIs and every IMEI have."""


@dataclass(frozen=True, slots=True)
class SimList:
    """The SIMs of a list, and what is wrong with it."""

    sims: tuple[WantedSim, ...]
    problems: tuple[str, ...]


def read_sim_list(content: bytes) -> SimList:
    """Reads a CSV file; every row is a SIM, or a problem with its line."""
    try:
        text = decoded(content)
    except ValueError as error:
        return SimList((), (str(error),))
    problems: list[str] = []
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter_of(header))
    sims = tuple(_sims(reader, problems))
    problems += _equal_numbers(sims)
    if sims and all(ends_in_zeros(sim.sim_id) for sim in sims):
        problems.append(f"line {sims[0].line}: the SIM ids end in zeros: {ROUNDED}")
    if not sims and not problems:
        problems.append("has no SIMs below its header, such as simId,name,imei")
    return SimList(sims, tuple(problems))


def _sims(reader: csv.DictReader[str], problems: list[str]) -> Iterator[WantedSim]:
    count = 0
    try:
        names = [_column(name) for name in reader.fieldnames or ()]
        if "" in names or len(set(map(str.lower, names))) < len(names):
            problems.append("line 1: every column needs a name, and no two names may be equal")
            return
        reader.fieldnames = names
        for row in reader:
            if count >= MOST_SIMS:
                problems.append(f"has more than {MOST_SIMS} SIMs")
                return
            sim = _sim(row, reader.line_num, problems)
            if sim is not None:
                count += 1
                yield sim
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: {error}")


def _column(header: str) -> str:
    """The meaning of a column for the plan; any other column is a tag of its own name."""
    return _COLUMNS.get(column_name(header), header.strip())


def _sim(row: Mapping[str | None, Any], line: int, problems: list[str]) -> WantedSim | None:
    """The SIM of one row; None for an empty row, and for a row without a usable SIM."""
    if None in row:
        problems.append(f"line {line}: more values than the header has names")
        return None
    cells = {str(name): (value or "").strip() for name, value in row.items()}
    if not any(cells.values()):
        return None
    numbers = {name: identifier(cleaned(cells.pop(name, ""))) for name in (_SIM_ID, _IMSI, _IMEI)}
    wrong = [f"line {line}: {why}" for name, number in numbers.items() if (why := _why_not(name, number))]
    if not numbers[_SIM_ID] and not numbers[_IMSI]:
        wrong = [f"line {line}: neither simId nor imsi is a number", *wrong]
    if reserved := [name for name, value in cells.items() if value and name.startswith(RESERVED_TAGS)]:
        problems.append(f"the tag {reserved[0]} is reserved; a plan may not write it")
    if wrong:
        problems += wrong
        return None
    tags = {name: value for name, value in cells.items() if value}
    return WantedSim(numbers[_SIM_ID], numbers[_IMSI], tags, imei_or_none(numbers[_IMEI]), line)


def _why_not(name: str, number: str) -> str:
    """Why a text is not a number of this kind; empty where it is one, or where there is none."""
    if not number:
        return ""
    if is_rounded(number):
        return f"{name} {number[:20]}: {ROUNDED}"
    if not number.isdecimal():
        return f"{name} {number[:20]!r} is not a number"
    wanted = _DIGITS.get(name)
    if wanted and len(number) < wanted:
        cause = "a spreadsheet has removed zeros at its start, or digits are missing; format the column as text"
        return f"{name} {number} has {len(number)} digits instead of {wanted}: {cause}"
    if name == _IMEI and imei_or_none(number) is None:
        return f"{number[:20]!r} is not an IMEI: its check digit is wrong"
    return ""


def _equal_numbers(sims: Sequence[WantedSim]) -> Iterator[str]:
    """Rows that have a number in common that belongs to one SIM or to one device, with both lines."""
    first: dict[tuple[str, str], int | None] = {}
    for sim in sims:
        imei = sim.imei.digits if sim.imei else ""
        for name, number in ((_SIM_ID, sim.sim_id), (_IMSI, sim.imsi), (_IMEI, imei)):
            if not number:
                continue
            if (name, number) in first:
                yield f"lines {first[name, number]} and {sim.line}: both have the {name} {number}"
            first.setdefault((name, number), sim.line)
