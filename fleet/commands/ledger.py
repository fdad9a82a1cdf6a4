"""Entry point. `kitting ledger`: prints which SIM is in which device."""

from __future__ import annotations

import argparse
import os
import sys

from agent.host.process_entry import print_json
from agent.host.visible_output import as_it_is
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, add_plan


def ledger(arguments: argparse.Namespace) -> int:
    """Prints the records in the tags of all locked SIMs, whichever desk locked them."""
    from fleet.bench.kitting_record import BYTE_ORDER_MARK, csv_text, spreadsheet_record, stored_record
    from fleet.bench.plan_status import status_of_plan
    from fleet.plan.plan_file import read_plan

    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        rows = sorted(status_of_plan(api, plan).rows, key=lambda row: (row.sim.name, row.sim.sim_id))
    records = [record for row in rows if (record := stored_record(row, row.sim.tags))]
    if arguments.json:
        print_json(records)
    elif arguments.for_spreadsheet:
        as_it_is(sys.stdout).write(BYTE_ORDER_MARK + csv_text(map(spreadsheet_record, records)))
    else:
        as_it_is(sys.stdout).write(csv_text(records))
    return os.EX_OK


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api(
        "ledger", ledger, "print which SIM is in which device, as CSV", "plan.yaml >ledger.csv"
    )
    add_plan(command)
    command.add_argument(
        "--for-spreadsheet",
        action="store_true",
        help="an apostrophe before long numbers and before what would be a formula",
    )
