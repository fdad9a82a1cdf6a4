"""Story. Ships SIMs: each moves to the group after shipment, and its device applies the userdata of that group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from agent.errors import Code, Failure
from agent.host.clock import rfc3339
from fleet import desk_tags
from fleet.bench.stage import DONE, Row
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.parallel import in_parallel

_MOST_NAMED = 10
_REASON_CHARACTERS = 200


def ship_sims(
    api: Api,
    rows: Sequence[Row],
    after: str,
    note: Callable[[Row, Failure | None], None],
    *,
    reason: str = "",
) -> int:
    """Moves the SIMs to the group `after`, and returns how many failed.

    Raises `ship.refused` where a SIM is not ready and no reason is given to ship it all the same.
    """
    if not reason:
        require_ready(rows)
    forced = {row.sim.sim_id for row in rows if not _may_leave(row)}

    def ship_row(row: Row) -> None:
        _ship_sim(api, row.sim.sim_id, after, reason if row.sim.sim_id in forced else "")

    failed = 0
    for row, result in in_parallel(api.at_once, ship_row, leaving_sims(rows)):
        failure = result if isinstance(result, Failure) else None
        failed += failure is not None
        note(row, failure)
    return failed


def leaving_sims(rows: Sequence[Row]) -> Sequence[Row]:
    """The SIMs that are not in the group after shipment."""
    return [row for row in rows if not row.in_field]


def require_ready(rows: Sequence[Row]) -> None:
    """Raises `ship.refused` with the SIMs that are not ready to be shipped."""
    leaving = leaving_sims(rows)
    unready = [row for row in leaving if not _may_leave(row)]
    if unready:
        names = ", ".join(f"{row.sim.label} ({row.stage.value})" for row in unready[:_MOST_NAMED])
        raise Failure(Code.SHIP_REFUSED, f"{len(unready)} of {len(leaving)} SIMs are not ready: {names}")


def _may_leave(row: Row) -> bool:
    """Whether the SIM is locked with proof, and nobody has to do anything about it."""
    return row.stage in DONE and not row.needs_attention


def _ship_sim(api: Api, sim_id: str, after: str, reason: str) -> None:
    tags = {desk_tags.SHIPPED_AT: rfc3339(datetime.now(UTC)), desk_tags.SHIPPED_BY: api.user_in_words}
    if reason:
        tags[desk_tags.FORCED] = reason[:_REASON_CHARACTERS]
    sim_calls.put_tags(api, sim_id, tags)
    sim_calls.set_group(api, sim_id, after)
