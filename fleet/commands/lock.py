"""Entry point. `kitting lock`: locks SIMs to their devices and proves it, or removes a lock."""

from __future__ import annotations

import argparse
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import Code, Failure, failure_from
from agent.host.process_entry import print_json, print_lines
from fleet.bench.time_limits import BACK_WITHIN_S
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, add_plan
from fleet.commands.ending import ending_by_signal
from fleet.commands.terminal import ProgressBar, print_line

if TYPE_CHECKING:
    from fleet.bench.locking import Locked
    from fleet.bench.plan_status import PlanStatus
    from fleet.bench.stage import Row
    from fleet.platform.api import Api

_ENDING = "ending: each lock that is under way is proven now or removed; once more ends at once"


def lock(arguments: argparse.Namespace) -> int:
    """Locks one SIM, or all SIMs of the plan that are ready; exit code 75 where one of them failed."""
    from fleet.bench.plan_status import status_of_plan
    from fleet.plan.plan_file import read_plan

    plan = read_plan(arguments.plan)
    with api_of(arguments) as api, ending_by_signal(_ENDING) as ending:
        status = status_of_plan(api, plan)
        if arguments.sim:
            return _one_sim(arguments, api, status, _row_named(status, arguments.sim), ending)
        if not arguments.all_ready:
            raise Failure(Code.USAGE, "no SIM is named; name a SIM, or use --all-ready")
        return _all_ready(arguments, api, status, ending)


def _one_sim(arguments: argparse.Namespace, api: Api, status: PlanStatus, row: Row, ending: threading.Event) -> int:
    from fleet.bench.locking import clock_until, lock_sim, unlock_sim

    if arguments.off:
        unlock_sim(api, row.sim.sim_id)
        print_line(arguments, f"{row.sim.label}: the lock was removed")
        return os.EX_OK
    locked = lock_sim(
        api,
        row.sim.sim_id,
        status.expectations,
        back_within_s=arguments.back_within,
        clock=clock_until(ending),
    )
    _append_to_ledger(arguments, locked)
    name, verb = locked.record["name"] or locked.sim_id, "was" if locked.already else "is"
    print_line(arguments, f"{name}: {verb} locked to {locked.record['imei']}")
    if arguments.json:
        print_json({"locked": [locked.record], "failed": []})
    return os.EX_OK


def _all_ready(arguments: argparse.Namespace, api: Api, status: PlanStatus, ending: threading.Event) -> int:
    from fleet.bench.locking import clock_until, lock_ready_sims, needs_lock_work

    ready = sum(map(needs_lock_work, status.rows))
    progress = ProgressBar(ready, "locking")
    locked_sims: list[Locked] = []
    problems: list[str] = []

    def note(row: Row, result: Locked | Failure) -> None:
        progress.step()
        if isinstance(result, Failure):
            problems.append(f"{row.sim.label}: {result}")
            return
        locked_sims.append(result)
        _append_to_ledger(arguments, result)

    failed = lock_ready_sims(
        api,
        status.rows,
        status.expectations,
        note,
        back_within_s=arguments.back_within,
        clock=clock_until(ending),
    )
    if arguments.json:
        print_json({"locked": [locked.record for locked in locked_sims], "failed": problems})
    else:
        others = len(status.rows) - ready
        print_lines([*problems, f"{len(locked_sims)} locked, {failed} failed, {others} locked before or not ready"])
    return os.EX_TEMPFAIL if failed else os.EX_OK


def _append_to_ledger(arguments: argparse.Namespace, locked: Locked) -> None:
    """Appends the record of a new lock; raises `file.unwritable`."""
    from fleet.bench.kitting_record import BYTE_ORDER_MARK, COLUMNS, csv_text

    if locked.already:
        return
    path: Path = arguments.ledger or arguments.plan.with_suffix(".ledger.csv")
    try:
        with path.open("a+", encoding="utf-8", newline="") as file:
            file.seek(0)
            header = file.readline().lstrip(BYTE_ORDER_MARK).split()
            columns = header[0].split(",") if header else COLUMNS  # an older version wrote other columns
            file.write(csv_text([locked.record], columns, header=not header))
    except OSError as error:
        raise failure_from(error, Code.FILE_UNWRITABLE, path) from None


def _row_named(status: PlanStatus, text: str) -> Row:
    """The only row that the text names, or that has a number with this end; raises `platform.no_such`."""
    from fleet.field.sim_selection import is_named
    from fleet.plan.spreadsheet import identifier

    number = identifier(text)
    found = [row for row in status.rows if is_named(row.sim, number)] or [
        row for row in status.rows if number and any(one.endswith(number) for one in (*row.sim.every_number, row.imei))
    ]
    if len(found) != 1:
        detail = f"{len(found)} SIMs of the plan have the name {text!r} or a number that ends with it"
        raise Failure(Code.PLATFORM_NO_SUCH, detail)
    return found[0]


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api("lock", lock, "lock SIMs to their devices, with proof", "plan.yaml --all-ready")
    add_plan(command)
    command.add_argument(
        "sim",
        nargs="?",
        metavar="SIM",
        help="its name, its serial number, or a number of it or of its device; the last digits are enough",
    )
    command.add_argument("--all-ready", action="store_true", help="every SIM of the plan that can be locked now")
    command.add_argument("--off", action="store_true", help="remove the lock of this SIM")
    command.add_argument(
        "--ledger", type=Path, metavar="FILE", help="the kitting record (default: PLAN's name, .ledger.csv)"
    )
    command.add_argument(
        "--back-within",
        type=float,
        default=BACK_WITHIN_S,
        metavar="SECONDS",
        help=f"time for the device to connect again (default: {BACK_WITHIN_S:.0f})",
    )
