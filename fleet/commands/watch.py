"""Entry point. `kitting watch`: a live table of the SIMs of a plan."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

from agent.errors import Code, Failure
from agent.host.process_entry import print_json
from agent.host.visible_output import as_it_is
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, add_plan

if TYPE_CHECKING:
    from fleet.bench.plan_status import PlanStatus

_FINAL = frozenset({Code.PLAN_INVALID, Code.PLATFORM_NOT_SIGNED_IN, Code.PLATFORM_FORBIDDEN})
"""Failures that do not go away by waiting."""
_LEAST_PAUSE_S = 1.0


def watch(arguments: argparse.Namespace) -> int:
    """Prints the table again and again, or once (--once, --json); a live table waits for a platform that is away."""
    from fleet.bench.plan_status import PlanStatus, status_of_plan
    from fleet.bench.table import row_values
    from fleet.plan.plan_file import read_plan

    plan = read_plan(arguments.plan)
    is_live = not (arguments.once or arguments.json)
    status = PlanStatus(plan, ())
    with api_of(arguments) as api:
        while True:
            problem = ""
            try:
                status = status_of_plan(api, plan)
            except Failure as failure:
                if not is_live or failure.code in _FINAL:
                    raise
                problem = f"{failure}. The table is older; the platform is asked again."
            if arguments.json:
                print_json([row_values(row) for row in status.rows])
            else:
                _print_table(status, problem, is_live=is_live)
            if not is_live:
                return os.EX_OK
            time.sleep(max(_LEAST_PAUSE_S, arguments.every))


def _print_table(status: PlanStatus, problem: str, *, is_live: bool) -> None:
    from rich.console import Console

    from fleet.bench.table import table, wrapped

    # The table's texts are clean, and Rich writes colours.
    console = Console(file=as_it_is(sys.stdout), markup=False, highlight=False, emoji=False, soft_wrap=True)
    width, height = shutil.get_terminal_size((120, 40))
    problem_lines = ["", *wrapped(problem, width, style="bold red")] if problem else []
    room = height - 1 - len(problem_lines) if is_live else None  # The cursor stands on the last line.
    if is_live:
        console.clear()
    for line in (*table(status.plan.name, status.rows, width=width, height=room), *problem_lines):
        console.print(line)
    sys.stdout.flush()


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api(
        "watch", watch, "show a live table of a plan's SIMs, those that need attention first", "plan.yaml"
    )
    add_plan(command)
    command.add_argument("--once", action="store_true", help="print the table once")
    command.add_argument("--every", type=float, default=5.0, metavar="SECONDS", help="pause (default: 5)")
