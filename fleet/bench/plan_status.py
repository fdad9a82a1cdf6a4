"""Story. The SIMs of a plan as rows, as the platform knows them now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fleet.bench.finding_rules import Expectations
from fleet.bench.stage import Row, in_order, row_of
from fleet.plan.listed_sims import rows_of_sims
from fleet.plan.plan import GroupIds, Plan
from fleet.plan.plan_on_platform import groups_of_plan, ids_of, sims_of_plan
from fleet.platform.api import Api
from fleet.platform.sim import Sim


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """A plan and its SIMs."""

    plan: Plan
    rows: tuple[Row, ...]
    """Rows that need attention first."""
    expectations: Expectations = field(default_factory=Expectations)


def status_of_plan(api: Api, plan: Plan) -> PlanStatus:
    """The SIMs of a plan as they are now; raises `platform.*` and `plan.invalid`."""
    group_ids = ids_of(groups_of_plan(api, plan))
    sims = list(sims_of_plan(api, plan))
    expectations = expectations_of(plan, group_ids, sims)
    now = datetime.now(UTC)
    rows = in_order(row_of(sim, expectations, now) for sim in sims)
    return PlanStatus(plan, tuple(rows), expectations)


def expectations_of(plan: Plan, group_ids: GroupIds, sims: Iterable[Sim]) -> Expectations:
    """What a plan and its groups say about these SIMs."""
    rows = rows_of_sims(plan, sims)
    imeis = {sim_id: row.imei for sim_id, row in rows.items() if row.imei}
    hours = plan.seen_within_hours
    seen_within = {"seen_within": timedelta(hours=hours)} if hours else {}
    return Expectations(group_ids.after, imeis, **seen_within)
