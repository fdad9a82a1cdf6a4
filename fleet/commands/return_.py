"""Entry point: `kitting return`: takes boxes back that a customer or a courier has sent back."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from agent.errors import Code
from fleet.commands.api_access import api_of
from fleet.commands.box_taken_back import group_before, keep_record, require_sim_of_plan
from fleet.commands.command_line import CommandLine, add_plan
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
    before = group_before(group_ids)
    return for_each_sim(
        arguments,
        partial(_return, arguments, plan, group_ids),
        "returned",
        lambda sim: sim.group_id == before and is_returned(sim),
    )


def _return(arguments: argparse.Namespace, plan: Plan, group_ids: GroupIds, api: Api, sim: Sim) -> None:
    """Returns one SIM of the plan, after its record was kept; raises `platform.refused` for any other SIM."""
    from fleet.bench.returning import return_sim

    require_sim_of_plan(api, plan, sim, Code.PLATFORM_REFUSED)
    keep_record(arguments.plan, plan, group_ids, sim, change="Return", sim=sim.sim_id)
    return_sim(api, sim.sim_id, group_before(group_ids))


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "take boxes back: unship, unlock and forget their record and report"
    command = commands.add_with_api("return", return_, summary, "plan.yaml gw-1")
    add_plan(command)
    add_selection(command)
