"""Pure. The table of `kitting watch`: a bar for the whole plan, and a line for each SIM, in columns of a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fleet.bench.findings import Finding
from fleet.bench.stage import DONE, Row, Stage, progress

_COLUMNS = (("SIM", 22), ("stage", 12), ("site", 12), ("IMEI", 16), ("config", 13), ("reported", 20))
_BAR = 40
_LINES_AROUND = 5
_WITH_ERROR = frozenset({Finding.BLOCKED, Finding.FAILED})
"""Findings that the device explains in the tag kitting_error."""
_TWO_COLUMNS = frozenset({"W", "F"})


def table(title: str, rows: Sequence[Row], *, width: int, height: int | None = None) -> Iterator[str]:
    """The lines of the table; with a height, the last line counts the rows that do not fit."""
    yield from _head(title, rows, width)
    room = None if height is None else max(1, height - _LINES_AROUND)
    shown = rows if room is None or len(rows) <= room else rows[: room - 1]
    for row in shown:
        yield from _lines(row, width)
    if len(shown) < len(rows):
        yield f"… and {len(rows) - len(shown)} more SIMs"


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


def fitted(text: str, size: int) -> str:
    """As much of a text as fits into so many columns, without control characters."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text)
    if _width(clean) <= size:
        return clean
    kept, used = "", 0
    for letter in clean:
        used += _width(letter)
        if used > size - 1:
            break
        kept += letter
    return f"{kept}…"


def cell(text: str, size: int) -> str:
    """A text in exactly so many columns of a terminal; a Japanese letter takes two."""
    kept = fitted(text, size)
    return kept + " " * (size - _width(kept))


def _head(title: str, rows: Sequence[Row], width: int) -> Iterator[str]:
    counts = progress(rows)
    done = sum(counts[stage] for stage in DONE)
    filled = done * _BAR // len(rows) if rows else 0
    bar = "#" * filled + "." * (_BAR - filled)
    yield fitted(f"{title}  [{bar}] {done} of {len(rows)} locked or shipped", width)
    stages = ", ".join(f"{count} {stage.value}" for stage, count in counts.items() if count)
    yield fitted(stages or "no SIMs", width)
    yield ""
    yield fitted(" " + " ".join(cell(name, size) for name, size in _COLUMNS), width)


def _lines(row: Row, width: int) -> Iterator[str]:
    """A SIM on one line, then each of its findings on a line."""
    mark = "!" if row.needs_attention else " " if row.stage is not Stage.SHIPPED else "*"
    site = row.sim.tags.get("site", "")
    texts = (row.sim.label, row.stage.value, site, row.imei, row.report.configuration, row.report.at)
    yield fitted(mark + " ".join(cell(text, size) for text, (_, size) in zip(texts, _COLUMNS, strict=True)), width)
    for finding in row.findings:
        error = f" ({row.report.error})" if finding in _WITH_ERROR and row.report.error else ""
        yield fitted(f"    {finding.what.en}{error}. {finding.advice.en}", width)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in _TWO_COLUMNS else 1 for letter in text)
