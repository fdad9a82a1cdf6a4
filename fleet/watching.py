"""Story: the SIMs of a plan as rows, once or again and again; edge-free but for the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agent.frozen import frozen
from fleet import calls
from fleet.api import Api
from fleet.differences import wanted_of
from fleet.plan import Plan
from fleet.preparing import find_groups, sims_of
from fleet.stage import Expectations, Row, in_order, row_of


@frozen
class Watched:
    """Everything that the desk shows of a plan."""

    plan: Plan
    rows: tuple[Row, ...]
    """What needs a hand first."""
    expectations: Expectations
    before: str | None
    """Group id, as far as there is one."""


def look(api: Api, plan: Plan) -> Watched:
    """The SIMs of a plan as they are now."""
    group_ids = {on: group.group_id for on, group in find_groups(plan, calls.all_groups(api)).items() if group}
    sims = list(sims_of(api, plan))
    listed = wanted_of(plan)
    imeis = {}
    for sim in sims:
        wanted = listed.get(sim.sim_id) or (listed.get(sim.imsi.digits) if sim.imsi else None)
        if wanted and wanted.imei:
            imeis[sim.sim_id] = wanted.imei
    more = {"seen_within": timedelta(hours=plan.seen_within_hours)} if plan.seen_within_hours else {}
    expectations = Expectations(group_ids.get("after"), imeis, **more)
    now = datetime.now(UTC)
    rows = in_order(row_of(sim, expectations, now) for sim in sims)
    return Watched(plan, tuple(rows), expectations, group_ids.get("before"))
