"""Pure. The live table of `kitting watch`: a line a SIM, what needs a hand on top, a bar for the whole order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fleet.bench.stage import DONE, Row, Stage, progress

_WIDTHS = (("SIM", 22), ("stage", 12), ("site", 12), ("IMEI", 16), ("config", 13), ("since", 20))
_BAR = 40


def table(title: str, rows: Sequence[Row], *, width: int, height: int | None = None) -> Iterator[str]:
    """Lines for a terminal; with a height, what does not fit is counted in the last one."""
    yield from _head(title, rows, width)
    left = None if height is None else max(1, height - 5)
    shown = rows if left is None or len(rows) <= left else rows[: left - 1]
    for row in shown:
        yield from _lines(row, width)
    if len(shown) < len(rows):
        yield f"… and {len(rows) - len(shown)} more that need nothing, or less"


def row_values(row: Row) -> Mapping[str, Any]:
    """A row for programs."""
    return {
        "sim": row.sim.sim_id,
        "imsi": row.sim.imsi.digits if row.sim.imsi else None,
        "name": row.sim.name,
        "stage": row.stage.value,
        "imei": row.imei or None,
        "expected": row.expected.digits if row.expected else None,
        "configuration": row.claim.configuration,
        "at": row.claim.at,
        "error": row.claim.error,
        "online": row.sim.session.online,
        "locked": row.sim.lock is not None,
        "findings": [{"code": f.code, "what": f.what.en, "advice": f.advice.en} for f in row.findings],
    }


def _head(title: str, rows: Sequence[Row], width: int) -> Iterator[str]:
    counts = progress(rows)
    done = sum(counts[stage] for stage in DONE)
    filled = done * _BAR // len(rows) if rows else 0
    yield fitted(f"{title}  [{'#' * filled}{'.' * (_BAR - filled)}] {done} of {len(rows)} locked or shipped", width)
    told = ", ".join(f"{count} {stage.value}" for stage, count in counts.items() if count)
    yield fitted(told or "no SIMs", width)
    yield ""
    yield fitted(" " + " ".join(cell(name, size) for name, size in _WIDTHS), width)


def _lines(row: Row, width: int) -> Iterator[str]:
    mark = "!" if row.needs_a_hand else " " if row.stage is not Stage.SHIPPED else "*"
    told = (row.sim.label, row.stage.value, row.sim.tags.get("site", ""), row.imei)
    cells = (*told, row.claim.configuration, row.claim.at)
    yield fitted(mark + " ".join(cell(text, size) for text, (_, size) in zip(cells, _WIDTHS, strict=True)), width)
    for finding in row.findings:
        error = f" ({row.claim.error})" if finding.code in {"blocked", "failed"} and row.claim.error else ""
        yield fitted(f"    {finding.what.en}{error}. {finding.advice.en}", width)


def cell(text: str, size: int) -> str:
    """A text in so many columns; a Japanese letter takes two, and what a tag hides (control characters) none."""
    return fitted(text, size).ljust(size - _columns(fitted(text, size)) + len(fitted(text, size)))


def fitted(text: str, size: int) -> str:
    """As much of a text as fits into so many columns."""
    clean = "".join(one if one.isprintable() else "?" for one in text)
    if _columns(clean) <= size:
        return clean
    kept, used = "", 0
    for one in clean:
        used += _columns(one)
        if used > size - 1:
            break
        kept += one
    return f"{kept}…"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in {"W", "F"} else 1 for one in text)
