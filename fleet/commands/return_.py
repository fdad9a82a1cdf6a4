"""Entry point: `kitting return`: takes boxes back that a customer or a courier has sent back."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from agent.errors import Code, Failure
from fleet import desk_tags
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, add_plan
from fleet.commands.record_file import RecordFile
from fleet.commands.selected_sims import add_selection, for_each_sim

if TYPE_CHECKING:
    from fleet.plan.plan import GroupIds, Plan
    from fleet.platform.api import Api
    from fleet.platform.sim import Sim


def return_(arguments: argparse.Namespace) -> int:
    """Moves SIMs to the group before shipment, and removes lock, record and report; what was recorded is kept."""
    from fleet.bench.returning import is_returned
    from fleet.plan.plan_file import read_plan
    from fleet.plan.plan_on_platform import groups_of_plan, ids_of

    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        group_ids = ids_of(groups_of_plan(api, plan))
    if group_ids.before is None:
        advice = "Run kitting prepare first."
        raise Failure(Code.PLAN_INVALID, "the group before shipment does not exist", advice=advice)
    return for_each_sim(
        arguments,
        partial(_return, arguments, plan, group_ids),
        "returned",
        lambda sim: sim.group_id == group_ids.before and is_returned(sim),
    )


def _return(arguments: argparse.Namespace, plan: Plan, group_ids: GroupIds, api: Api, sim: Sim) -> None:
    """Returns one SIM of the plan, after its record was kept; raises `platform.refused` for any other SIM."""
    from datetime import UTC, datetime

    from fleet.bench.kitting_record import stored_record
    from fleet.bench.plan_status import expectations_of
    from fleet.bench.returning import return_sim
    from fleet.bench.stage import row_of
    from fleet.plan.plan_on_platform import is_sim_of_plan

    if not (is_sim_of_plan(api, plan, sim) or desk_tags.RETURNING in sim.tags):  # a swap may have begun
        raise Failure(Code.PLATFORM_REFUSED, "the SIM is none of this plan", where=f"SIM {sim.label}")
    row = row_of(sim, expectations_of(plan, group_ids, (sim,)), datetime.now(UTC))
    with RecordFile(arguments.plan.with_suffix(".record.jsonl")) as record:
        record.write(change="Return", sim=sim.sim_id, was=stored_record(row, sim.tags) or {})
    return_sim(api, sim.sim_id, group_ids.before or "")


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "take boxes back: unship, unlock and forget their record and report"
    command = commands.add_with_api("return", return_, summary, "plan.yaml gw-1")
    add_plan(command)
    add_selection(command)
