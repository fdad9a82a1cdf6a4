"""Story: what is ready leaves: its SIM moves to the group of the field, and the device configures itself anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from agent.errors import Code, Failure
from agent.host.clock import rfc3339
from fleet.bench.stage import Row, Stage
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.parallel import in_parallel

REASON_TAG = "desk_forced"


def not_ready(rows: Sequence[Row]) -> list[Row]:
    """Those that are neither locked nor shipped, or that need a hand."""
    return [row for row in rows if row.stage not in {Stage.LOCKED, Stage.SHIPPED} or row.needs_a_hand]


def ship(
    api: Api,
    rows: Sequence[Row],
    after: str,
    note: Callable[[Row, Failure | None], None],
    *,
    reason: str = "",
) -> int:
    """Moves them; how many could not be. Raises `ship.refused` where one is not ready and no reason is given."""
    unready = not_ready(rows)
    if unready and not reason:
        names = ", ".join(f"{row.sim.label} ({row.stage.value})" for row in unready[:10])
        raise Failure(Code.SHIP_REFUSED, f"{len(unready)} of {len(rows)} are not ready: {names}")
    forced = {row.sim.sim_id for row in unready}
    failed = 0
    leaving = [row for row in rows if row.sim.group_id != after]
    for row, outcome in in_parallel(api.at_once, lambda row: _ship_one(api, row, after, forced, reason), leaving):
        failure = outcome if isinstance(outcome, Failure) else None
        failed += failure is not None
        note(row, failure)
    return failed


def _ship_one(api: Api, row: Row, after: str, forced: set[str], reason: str) -> None:
    tags = {"desk_shipped_at": rfc3339(datetime.now(UTC))}
    if row.sim.sim_id in forced:
        tags[REASON_TAG] = reason[:200]
    sim_calls.put_tags(api, row.sim.sim_id, tags)
    sim_calls.set_group(api, row.sim.sim_id, after)
