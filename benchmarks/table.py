"""Pure. What was measured, as rows: ours beside the floor and beside what a user would run instead, and the aims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import Enum


class Beside(Enum):
    """What an aim compares ours with."""

    FLOOR = "the floor"
    OTHER = "the alternative"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """Ours is at most so many times the floor or the alternative, or at most so many."""

    most: float
    beside: Beside = Beside.NOTHING

    def holds(self, row: Row) -> bool | None:
        """None where one of the two was not measured."""
        match self.beside:
            case Beside.NOTHING:
                found = row.ours
            case Beside.FLOOR:
                found = row.to_floor
            case Beside.OTHER:
                found = row.to_other
        return None if found is None else found <= self.most

    def __str__(self) -> str:
        return f"{self.most:g} x {self.beside.value}" if self.beside is not Beside.NOTHING else f"{self.most:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `ours` is None where it could not be measured; `note` then says what is missing."""

    what: str
    unit: str
    ours: float | None
    floor: float | None = None
    other: float | None = None
    aims: tuple[Aim, ...] = ()
    note: str = ""

    @property
    def to_floor(self) -> float | None:
        """Ours over the floor."""
        return self.ours / self.floor if self.ours is not None and self.floor else None

    @property
    def to_other(self) -> float | None:
        """Ours over the alternative."""
        return self.ours / self.other if self.ours is not None and self.other else None

    @property
    def held(self) -> bool | None:
        """Whether all aims hold; None where there is none, or one could not be looked at."""
        found = [aim.holds(self) for aim in self.aims]
        if False in found:
            return False
        return True if found and None not in found else None


def missing(what: str, why: str) -> list[Row]:
    """A row that could not be measured."""
    return [Row(what, "", None, note=f"not measured: {why}")]


_HEAD = ("", "ours", "floor", "alternative", "/floor", "/alt.", "aim: at most", "held")


def as_lines(rows: Sequence[Row]) -> list[str]:
    """The table for a terminal."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(_HEAD))]
    lines = []
    for line, row in zip(cells, (None, *rows), strict=True):
        padded = (
            text.ljust(width) if place in {0, 6} else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        lines.append("  ".join(padded).rstrip())
        if row and row.note:
            lines.append(f"    {row.note}")
    return lines


def as_markdown(rows: Sequence[Row]) -> list[str]:
    """The table for a document, the notes in a last column."""
    lines = ["| " + " | ".join((*_HEAD, "")) + " |", "| --- " * (len(_HEAD) + 1) + "|"]
    return [*lines, *("| " + " | ".join((*_cells(row), row.note)) + " |" for row in rows)]


def as_values(rows: Sequence[Row]) -> list[dict[str, object]]:
    """The table for keeping."""
    return [
        asdict(row)
        | {
            "aims": [str(aim) for aim in row.aims],
            "to_floor": row.to_floor,
            "to_other": row.to_other,
            "held": row.held,
        }
        for row in rows
    ]


def _cells(row: Row) -> tuple[str, ...]:
    held = {True: "yes", False: "NO", None: ""}[row.held]
    numbers = (_number(row.ours, row.unit), _number(row.floor, row.unit), _number(row.other, row.unit))
    ratios = (_ratio(row.to_floor), _ratio(row.to_other))
    return (row.what, *numbers, *ratios, ", ".join(map(str, row.aims)), held)


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    text = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"  # noqa: PLR2004
    return f"{text} {unit}".rstrip()


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
