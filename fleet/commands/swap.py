"""Entry point: `kitting swap`: another device for a SIM, or another SIM for a device."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from agent.errors import Code
from fleet.commands.api_access import api_of
from fleet.commands.box_taken_back import group_before, keep_record, require_sim_of_plan
from fleet.commands.command_line import CommandLine, add_plan
from fleet.commands.terminal import is_confirmed, print_line

if TYPE_CHECKING:
    from fleet.plan.plan import GroupIds, Plan
    from fleet.platform.api import Api
    from fleet.platform.sim import Sim


def swap(arguments: argparse.Namespace) -> int:
    """Removes lock, record and report, and with --sim moves the tags and the group; exit code 77 without a yes."""
    from fleet.field.sim_selection import one_selected
    from fleet.plan.plan_file import read_plan
    from fleet.plan.plan_on_platform import groups_of_plan, ids_of

    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        group_ids = ids_of(groups_of_plan(api, plan))
        old = one_selected(api, arguments.old)
        require_sim_of_plan(api, plan, old, Code.USAGE)
        new = one_selected(api, arguments.sim) if arguments.sim else None
        what = f"SIM {old.sim_id} by SIM {new.sim_id}" if new else f"the device of SIM {old.sim_id}"
        question = f"{old.label}: {what} will be replaced; the lock and the record are removed. Continue?"
        if not is_confirmed(question, yes=arguments.yes):
            return os.EX_NOPERM
        _swap(arguments, api, (plan, group_ids), old, new)
    for line in _next_steps(arguments, plan, old, new):
        print_line(arguments, line)
    return os.EX_OK


def _swap(
    arguments: argparse.Namespace, api: Api, plan_and_groups: tuple[Plan, GroupIds], old: Sim, new: Sim | None
) -> None:
    from fleet.bench.swapping import forget_device, move_to_sim

    plan, group_ids = plan_and_groups
    change = {"change": "Swap", "sim": old.sim_id, "new": new.sim_id if new else ""}
    keep_record(arguments.plan, plan, group_ids, old, **change)
    if new is None:
        forget_device(api, old)
        return
    move_to_sim(api, old, new, group_before(group_ids))


def _next_steps(arguments: argparse.Namespace, plan: Plan, old: Sim, new: Sim | None) -> list[str]:
    """What is left to a person."""
    from fleet.plan.listed_sims import rows_of_sims

    row = rows_of_sims(plan, (old,)).get(old.sim_id)
    lines = [f"{old.label}: swapped"]
    if row and new:
        lines.append(f"  in the list of SIMs, line {row.line}: write {new.sim_id} in place of {row.number}")
    elif row and row.imei:
        lines.append(f"  in the list of SIMs, line {row.line}: write the new device in place of IMEI {row.imei.digits}")
    sim = new or old
    return [*lines, f"  when the device has reported: kitting lock {arguments.plan} {sim.sim_id}"]


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "replace the device of a SIM, or with --sim the SIM of a device"
    command = commands.add_with_api("swap", swap, summary, "plan.yaml gw-1 --sim 8942310000000000002")
    add_plan(command)
    command.add_argument("old", metavar="SIM", help="the SIM of the box: any number, name or serial number")
    command.add_argument("--sim", metavar="NEW", help="the new SIM, which takes the tags and the group over")
    command.add_argument("--yes", action="store_true", help="do not ask")
