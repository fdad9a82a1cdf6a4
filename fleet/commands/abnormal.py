"""Entry point. `kitting abnormal`: lists the SIMs that are not as the plan says."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from agent.host.process_entry import print_json
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, add_plan

if TYPE_CHECKING:
    from fleet.field.abnormal import AbnormalSim, AbnormalSims
    from fleet.plan.plan import Plan


def abnormal(arguments: argparse.Namespace) -> int:
    """Prints findings, and traffic beyond the plan, with the command that stops a SIM."""
    from fleet.field.abnormal import abnormal_sims
    from fleet.plan.plan_file import read_plan

    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        found = abnormal_sims(api, plan)
    if arguments.json:
        handlers = [handler.name for handler in found.handlers]
        print_json({"abnormal": [_values(sim) for sim in found.sims], "handlers": handlers})
    else:
        _print_list(plan, found)
    return os.EX_OK


def _values(abnormal_sim: AbnormalSim) -> dict[str, Any]:
    row = abnormal_sim.row
    values = {"sim": row.sim.sim_id, "name": row.sim.name, "stage": row.stage.value, "why": abnormal_sim.reasons}
    return values | ({} if abnormal_sim.megabytes is None else {"megabytes": abnormal_sim.megabytes})


def _print_list(plan: Plan, found: AbnormalSims) -> None:
    from fleet.plan.plan import GroupRole, handler_title

    for abnormal_sim in found.sims:
        row = abnormal_sim.row
        print(f"{row.sim.label}  {row.stage.value}")
        for reason in abnormal_sim.reasons:
            print(f"    {reason}")
        print(f"    To stop it: kitting stop {row.sim.sim_id}")
    titles = [handler_title(plan, GroupRole.AFTER, handler.name) or "" for handler in found.handlers]
    handlers = "; ".join(titles) or "none of the plan"
    print(f"{len(found.sims)} of {found.total} SIMs are abnormal. Event handlers that act by themselves: {handlers}")


def add(commands: CommandLine) -> None:
    """Adds the command."""
    summary = "list SIMs that are not as the plan says, and how to stop them"
    add_plan(commands.add_with_api("abnormal", abnormal, summary, "plan.yaml"))
