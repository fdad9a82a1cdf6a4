"""Edge. The last kept table (`kept.json`), and the rows that became worse: by ratio, or by count, never by time.

Two runs on two machines have different times, but nearly the same ratios to floor and alternative, since these were
measured in the same run. A row without a ratio is compared where it counts something that no machine changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import Row, as_values

PLACE = Path(__file__).with_name("kept.json")
WORSE = 1.1
"""A row is worse from a tenth more on."""
_TIMES = frozenset({"ms", "s", "h"})

Kept = Mapping[str, Mapping[str, Any]]
"""Name of a row → its values."""


def read(place: Path = PLACE) -> Kept:
    """The rows that were kept; none where there is no file."""
    try:
        return {row["what"]: row for row in json.loads(place.read_text("utf-8"))["rows"]}
    except FileNotFoundError:
        return {}


def keep(measured: str, rows: Sequence[Row], place: Path = PLACE) -> None:
    """Keeps these rows instead of those of the same names; each says when and where it was measured."""
    fresh = {str(row["what"]): {**row, "measured": measured} for row in as_values(rows) if row["ours"] is not None}
    kept = {**read(place), **fresh}
    place.write_text(json.dumps({"rows": list(kept.values())}, indent=1, ensure_ascii=False) + "\n", "utf-8")


def comparison(rows: Sequence[Row], kept: Kept) -> Iterator[str]:
    """The rows that are worse than they were by more than a tenth, as lines; and how many were compared."""
    compared = 0
    for row in rows:
        pair = _pair(row, kept.get(row.what, {}))
        if pair is None:
            continue
        compared += 1
        before, now, by = pair
        if now > before * WORSE:
            yield f"worse: {row.what}: {by} {now:.3g}, kept {before:.3g}"
    yield f"{compared} rows were compared with benchmarks/kept.json" if kept else "nothing is kept to compare with"


def _pair(row: Row, before: Mapping[str, Any]) -> tuple[float, float, str] | None:
    """What was kept, what is now, and what it is; None where the two cannot be compared."""
    for now, name, by in ((row.to_floor, "to_floor", "/floor"), (row.to_other, "to_other", "/alt.")):
        if now is not None and before.get(name) is not None:
            return before[name], now, by
    countable = row.ours is not None and row.unit not in _TIMES and before.get("unit") == row.unit
    if not countable or row.ours is None or before.get("ours") is None:
        return None
    return before["ours"], row.ours, row.unit or "count"
