"""Entry point. `kitting ledger`: prints which SIM is in which device."""

from __future__ import annotations

import argparse
import os
import sys

from agent.host.process_entry import print_json
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, add_plan


def ledger(arguments: argparse.Namespace) -> int:
    """Prints the records in the tags of all locked SIMs, whichever desk locked them."""
    from fleet.bench.kitting_record import csv_lines, stored_record
    from fleet.bench.plan_status import status_of_plan
    from fleet.plan.plan_file import read_plan

    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        rows = sorted(status_of_plan(api, plan).rows, key=lambda row: (row.sim.name, row.sim.sim_id))
    records = [record for record in map(stored_record, rows) if record]
    if arguments.json:
        print_json(records)
    else:
        sys.stdout.write("".join(csv_lines(record, header=place == 0) for place, record in enumerate(records)))
    return os.EX_OK


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api(
        "ledger", ledger, "print which SIM is in which device, as CSV", "plan.yaml >ledger.csv"
    )
    add_plan(command)
