"""Entry point. `kitting ship`: moves the locked SIMs of a plan to the group after shipment."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from agent.errors import Code, Failure
from agent.host.process_entry import print_json
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, add_plan
from fleet.commands.record_file import RecordFile, record_of_plan
from fleet.commands.terminal import is_confirmed, print_line

if TYPE_CHECKING:
    from fleet.bench.stage import Row


def ship(arguments: argparse.Namespace) -> int:
    """Exit code 77 where a SIM is not ready and the command is not forced, 75 where a SIM could not be moved."""
    from fleet.bench.plan_status import status_of_plan
    from fleet.bench.shipping import leaving_sims, require_ready, ship_sims
    from fleet.plan.plan_file import read_plan

    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        status = status_of_plan(api, plan)
        after = status.expectations.after
        if plan.after is None or after is None:
            advice = "Write groups.after into the plan, then run kitting prepare."
            raise Failure(Code.PLAN_INVALID, "the group after shipment does not exist", advice=advice)
        if not arguments.force:
            require_ready(status.rows)
        leaving = len(leaving_sims(status.rows))
        if leaving and not is_confirmed(f"Ship {leaving} SIMs to {plan.after.name}?", yes=arguments.yes):
            return os.EX_NOPERM
        with RecordFile(record_of_plan(arguments.plan)) as record:

            def note(row: Row, failure: Failure | None) -> None:
                values = {"failure": str(failure)} if failure else {}
                record.write(change="Ship", sim=row.sim.sim_id, forced=arguments.force or "", **values)
                print_line(arguments, f"{row.sim.label}: {failure or 'shipped'}")

            failed = ship_sims(api, status.rows, after, note, reason=arguments.force or "")
    if arguments.json:
        print_json({"shipped": leaving - failed, "failed": failed})
    return os.EX_TEMPFAIL if failed else os.EX_OK


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api(
        "ship", ship, "move the locked SIMs of a plan to the group after shipment", "plan.yaml"
    )
    add_plan(command)
    command.add_argument("--yes", action="store_true", help="ship without asking")
    command.add_argument("--force", metavar="REASON", help="ship SIMs that are not ready, too; records the reason")
