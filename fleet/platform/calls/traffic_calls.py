"""Edge. How much data a SIM has carried."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fleet.platform.api import Api, path_of
from fleet.platform.json_shapes import list_of, object_of

_MEBIBYTE = 1 << 20


def busiest_day_megabytes(api: Api, sim_id: str, now: datetime, days: int = 7) -> float:
    """Stats:getAirStatsOfSim. The traffic (MiB) of the day with the most traffic among the last days."""
    since = int((now - timedelta(days=days)).timestamp())
    query = {"from": str(since), "to": str(int(now.timestamp())), "period": "day"}
    rows = list_of(api.get(path_of("stats", "air", "sims", sim_id), query).body, "days")
    return max((_megabytes(object_of(row, "a day")) for row in rows), default=0.0)


def _megabytes(day: Mapping[str, Any]) -> float:
    classes = object_of(day.get("dataTrafficStatsMap") or {}, "traffic by speed class")
    rows = [object_of(row, "traffic") for row in classes.values()]
    sizes = [row.get(f"{direction}loadByteSizeTotal") for row in rows for direction in ("up", "down")]
    return sum(size for size in sizes if isinstance(size, int)) / _MEBIBYTE
