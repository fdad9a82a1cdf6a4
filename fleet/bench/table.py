"""Pure. The table of `kitting watch`: a bar for the whole plan, and the lines of each SIM, for a terminal.

rich knows how wide a letter is, where a line can be wrapped, and which colours a terminal has.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from agent.visible_text import visible
from fleet.bench.findings import Finding
from fleet.bench.stage import DONE, Row, Stage, progress

_COLUMNS = (("SIM", 22), ("stage", 15), ("IMEI", 16), ("reported", 20), ("site", 12), ("config", 13))
"""In the order in which they are shown; where a terminal is too narrow, the last ones are left out."""
_BAR = 40
_INDENT = "    "
_WITH_ERROR = frozenset({Finding.BLOCKED, Finding.FAILED})
"""Findings that the device explains in the tag kitting_error."""
_MEASURE = Console(file=io.StringIO(), color_system=None)
"""Only for rich's rules of wrapping; nothing is printed to it."""


def table(title: str, rows: Sequence[Row], *, width: int, height: int | None = None) -> Iterator[Text]:
    """The lines of the table, for a terminal of `width` columns.

    With a `height`, in lines, the rows that do not fit are counted in the last line; at least one row is shown.
    """
    head = list(_head(title, rows, width))
    yield from head
    left = None if height is None else height - len(head)
    for shown, row in enumerate(rows):
        lines = list(_lines(row, width))
        is_last = shown + 1 == len(rows)
        if left is not None and shown and len(lines) + (not is_last) > left:
            yield from wrapped(_rest(rows[shown:]), width)
            return
        left = None if left is None else left - len(lines)
        yield from lines


def row_values(row: Row) -> Mapping[str, Any]:
    """A row as JSON values, for programs."""
    return {
        "sim": row.sim.sim_id,
        "imsi": row.sim.imsi.digits if row.sim.imsi else None,
        "name": row.sim.name,
        "stage": row.stage.value,
        "imei": row.imei or None,
        "expected": row.expected.digits if row.expected else None,
        "configuration": row.report.configuration,
        "at": row.report.at,
        "error": row.report.error,
        "online": row.sim.session.online,
        "locked": row.sim.lock is not None,
        "findings": [
            {"code": finding.code, "what": finding.what.en, "advice": finding.advice.en} for finding in row.findings
        ],
    }


def wrapped(text: str, width: int, *, indent: str = "", style: str = "") -> Iterator[Text]:
    """A text in lines of at most so many columns, all of it."""
    for line in Text(visible(text)).wrap(_MEASURE, max(1, width - len(indent))):
        line.rstrip()
        yield Text(indent + line.plain, style)


def name_in(text: str, size: int) -> str:
    """A name in at most so many columns. Its end is kept, since the names of one order often differ only there."""
    kept = visible(text)
    if cell_len(kept) <= size:
        return kept
    end = kept
    while cell_len(end) > (size - 1) * 2 // 3:
        end = end[1:]
    start = kept
    while cell_len(start) > size - 1 - cell_len(end):
        start = start[:-1]
    return f"{start}…{end}"


def cell(text: str, size: int) -> str:
    """A text in exactly so many columns of a terminal; a Japanese letter takes two."""
    shown = Text(visible(text))
    shown.truncate(size, overflow="ellipsis", pad=True)
    return shown.plain


def _head(title: str, rows: Sequence[Row], width: int) -> Iterator[Text]:
    counts = progress(rows)
    done = sum(counts[stage] for stage in DONE)
    filled = done * _BAR // len(rows) if rows else 0
    bar = "#" * filled + "." * (_BAR - filled)
    yield from wrapped(f"{title}  [{bar}] {done} of {len(rows)} locked or shipped", width, style="bold")
    stages = ", ".join(f"{counts[stage]} {stage.value}" for stage in Stage if counts[stage])
    yield from wrapped(stages or "no SIMs", width)
    yield Text()
    yield Text((" " + " ".join(cell(name, size) for name, size in _columns(width))).rstrip(), "dim")


def _rest(rows: Sequence[Row]) -> str:
    attention = sum(row.needs_attention for row in rows)
    return f"… and {len(rows)} more SIMs" + (f", {attention} of them need attention" if attention else "")


def _columns(width: int) -> Iterator[tuple[str, int]]:
    """The columns that fit; the first two always do."""
    used = 0
    for place, (name, size) in enumerate(_COLUMNS):
        used += size + 1
        if used > width and place > 1:
            return
        yield name, size


def _lines(row: Row, width: int) -> Iterator[Text]:
    """A SIM on one line, then its findings with the advice."""
    mark = "!" if row.needs_attention else " " if row.stage is not Stage.SHIPPED else "*"
    values = {
        "SIM": name_in(row.sim.label, dict(_COLUMNS)["SIM"]),
        "stage": row.stage.value,
        "IMEI": row.imei,
        "reported": row.report.at,
        "site": row.sim.tags.get("site", ""),
        "config": row.report.configuration,
    }
    cells = " ".join(cell(values[name], size) for name, size in _columns(width))
    yield Text(
        f"{mark}{cells}".rstrip(), "bold yellow" if row.needs_attention else "green" if row.stage in DONE else ""
    )
    for finding in row.findings:
        error = f" ({row.report.error})" if finding in _WITH_ERROR and row.report.error else ""
        yield from wrapped(f"{finding.what.en}{error}. {finding.advice.en}", width, indent=_INDENT)
