"""Story: the SIMs of a plan as rows, once or again and again; edge-free but for the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from agent.frozen import frozen
from fleet.bench.stage import Expectations, Row, in_order, row_of
from fleet.plan.differences import wanted_of
from fleet.plan.plan import Plan
from fleet.plan.preparing import find_groups, sims_of
from fleet.platform.api import Api
from fleet.platform.calls import group_calls
from fleet.platform.sim import Sim


@frozen
class Watched:
    """Everything that the desk shows of a plan."""

    plan: Plan
    rows: tuple[Row, ...]
    """What needs a hand first."""
    expectations: Expectations


@frozen
class Known:
    """What a plan and its groups say of any SIM."""

    plan: Plan
    before: str | None
    after: str | None

    def of(self, sims: Iterable[Sim]) -> Expectations:
        """What is expected of these SIMs."""
        listed = wanted_of(self.plan)
        imeis = {}
        for sim in sims:
            wanted = listed.get(sim.sim_id) or (listed.get(sim.imsi.digits) if sim.imsi else None)
            if wanted and wanted.imei:
                imeis[sim.sim_id] = wanted.imei
        hours = self.plan.seen_within_hours
        more = {"seen_within": timedelta(hours=hours)} if hours else {}
        return Expectations(self.after, imeis, **more)


def expectations_of(api: Api, plan: Plan) -> Known:
    """The groups of a plan, as they are now."""
    found = {on: group.group_id for on, group in find_groups(plan, group_calls.all_groups(api)).items() if group}
    return Known(plan, found.get("before"), found.get("after"))


def look(api: Api, plan: Plan) -> Watched:
    """The SIMs of a plan as they are now."""
    known = expectations_of(api, plan)
    sims = list(sims_of(api, plan))
    expectations = known.of(sims)
    now = datetime.now(UTC)
    return Watched(plan, tuple(in_order(row_of(sim, expectations, now) for sim in sims)), expectations)
