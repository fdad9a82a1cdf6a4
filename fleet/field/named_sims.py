"""Pure. The SIMs that a person names: on a command line, or in a list that a person or a spreadsheet wrote.

Every line of a list is accounted for: it names a SIM, it is empty, a comment or a header, or it is not understood. The
first cell counts, in a CSV with a header the cell of the first known column. A number may have dashes and spaces, and
digits of any width. A number that a spreadsheet has rounded is not understood: nobody can tell which it was.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fleet.plan.spreadsheet import ROUNDED, cleaned, column_name, decoded, delimiter_of, identifier, is_rounded

_COLUMNS = (
    "simid",
    "iccid",
    "serialnumber",
    "imsi",
    "imei",
    "msisdn",
    "name",
    "sim",
    "名前",
    "シリアル番号",
    "電話番号",
)
"""Columns that identify a SIM, in the order in which they count: in lower case, without spaces and underscores."""
_MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class NamedSim:
    """A SIM as a person named it."""

    text: str
    """A SIM id, another number or a name; a number has its digits only."""
    line: int | None = None
    """The line of the list, from 1; None for the command line."""


@dataclass(frozen=True, slots=True)
class NoSim:
    """A name, a tag or a line that means no SIM."""

    text: str
    line: int | None
    """The line of the list, from 1; None for the command line."""
    why: str


@dataclass(frozen=True, slots=True)
class NamedSims:
    """What a list says."""

    named: tuple[NamedSim, ...] = ()
    not_understood: tuple[NoSim, ...] = ()


def named_by_words(words: Iterable[str]) -> tuple[NamedSim, ...]:
    """The SIMs of a command line."""
    return tuple(NamedSim(identifier(word)) for word in words)


def read_list(content: bytes) -> NamedSims:
    """Reads a list in UTF-8, or in the encoding of a Japanese spreadsheet (CP932); raises `ValueError` for others."""
    named: list[NamedSim] = []
    wrong: list[NoSim] = []
    columns: list[int] = []
    is_first = True
    for line, cells in _rows(decoded(content)):
        if is_first and (columns := _header(cells)):
            is_first = False
            continue
        is_first = False
        text = next((cells[column] for column in columns if column < len(cells) and cells[column]), "")
        text = text or ("" if columns else cells[0])
        if why := _why_not(text):
            wrong.append(NoSim(",".join(cells)[:_MOST_SHOWN], line, why))
        else:
            named.append(NamedSim(identifier(text), line))
    return NamedSims(tuple(named), tuple(wrong))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line with something in it, from 1, without its comment."""
    for number, line in enumerate(text.splitlines(), 1):
        wanted = line if line.lstrip().startswith('"') else line.partition("#")[0]
        cells = [cleaned(cell) for cell in next(csv.reader([wanted], delimiter=delimiter_of(wanted)), [])]
        if any(cells):
            yield number, cells


def _header(cells: Sequence[str]) -> list[int]:
    """The columns that identify a SIM, the most precise first; none where this is no header."""
    names = [column_name(cell) for cell in cells]
    return [names.index(name) for name in _COLUMNS if name in names]


def _why_not(text: str) -> str:
    if not text:
        return "no SIM is named here"
    if is_rounded(text):
        return ROUNDED
    return "" if text.isprintable() else "has characters that cannot be shown"
