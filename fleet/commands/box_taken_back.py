"""Entry point. The parts that `kitting return` and `kitting swap` share: which box it is, and its record before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import Code, Failure
from fleet import desk_tags
from fleet.commands.record_file import RecordFile, record_of_plan

if TYPE_CHECKING:
    from fleet.plan.plan import GroupIds, Plan
    from fleet.platform.api import Api
    from fleet.platform.sim import Sim


def group_before(group_ids: GroupIds) -> str:
    """The id of the group before shipment; raises `plan.invalid` where it does not exist."""
    if group_ids.before is None:
        advice = "Run kitting prepare first."
        raise Failure(Code.PLAN_INVALID, "the group before shipment does not exist", advice=advice)
    return group_ids.before


def require_sim_of_plan(api: Api, plan: Plan, sim: Sim, code: Code) -> None:
    """Raises a failure with this code for a SIM that is none of the plan.

    A SIM that is being returned counts: a swap that was cut off may have taken the tag by which the plan names it.
    """
    from fleet.plan.plan_on_platform import is_sim_of_plan

    if not (is_sim_of_plan(api, plan, sim) or desk_tags.RETURNING in sim.tags):
        raise Failure(code, "the SIM is none of this plan", where=f"SIM {sim.label}")


def keep_record(place: Path, plan: Plan, group_ids: GroupIds, box: Sim, **change: str) -> None:
    """Writes the kitting record of a box as it is now, with the change that removes it; raises `file.unwritable`.

    `place` is the plan's file, beside which the record lies.
    """
    from datetime import UTC, datetime

    from fleet.bench.kitting_record import stored_record
    from fleet.bench.plan_status import expectations_of
    from fleet.bench.stage import row_of

    row = row_of(box, expectations_of(plan, group_ids, (box,)), datetime.now(UTC))
    with RecordFile(record_of_plan(place)) as record:
        record.write(**change, was=stored_record(row, box.tags) or {})
