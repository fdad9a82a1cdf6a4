"""Entry point: `kitting watch`, `lock` and `ship`: an order on the bench, from the first light to the last box."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from agent.errors import Code, Failure
from agent.host.process_entry import print_json
from fleet.bench.lock_rules import as_csv, kept_record
from fleet.bench.locking import BACK_WITHIN_S, Locked, is_ready, lock, lock_all, unlock
from fleet.bench.shipping import ship
from fleet.bench.stage import Expectations, Row, Stage
from fleet.bench.table import fitted, row_values, table
from fleet.bench.watching import Watched, look
from fleet.commands.console import Progress, Record, agreed, api_of, read_plan

_CLEAR = "\x1b[H\x1b[2J"
_FINAL = frozenset({Code.PLAN_INVALID, Code.PLATFORM_NOT_SIGNED_IN, Code.PLATFORM_FORBIDDEN})
"""What waiting does not mend."""


def watch(arguments: argparse.Namespace) -> int:
    """Draws the table again and again, or once (--once, --json). A platform that is away ends no live table."""
    plan = read_plan(arguments.plan)
    live = not (arguments.once or arguments.json)
    watched = Watched(plan, (), Expectations())
    with api_of(arguments) as api:
        while True:
            problem = ""
            try:
                watched = look(api, plan)
            except Failure as failure:
                if not live or failure.code in _FINAL:
                    raise
                problem = f"{failure}. What is shown is older; trying again."
            if arguments.json:
                print_json([row_values(row) for row in watched.rows])
            else:
                _draw(watched, problem, live=live)
            if not live:
                return os.EX_OK
            time.sleep(max(1.0, arguments.every))


def lock_command(arguments: argparse.Namespace) -> int:
    """Locks one SIM, or all of the order that are ready; 75 where one could not be."""
    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        watched = look(api, plan)
        if arguments.sim:
            row = _named(watched, arguments.sim)
            if arguments.off:
                unlock(api, row.sim.sim_id)
                _say(arguments, f"{row.sim.label}: the lock is off")
                return os.EX_OK
            _write_down(arguments, [_locked(api, watched, row, arguments)])
            return os.EX_OK
        if not arguments.all_ready:
            raise Failure(Code.USAGE, "name a SIM, or say --all-ready")
        return _lock_all(arguments, api, watched)


def ship_command(arguments: argparse.Namespace) -> int:
    """Moves an order's SIMs into the group of the field; 77 where one is not ready and nobody forces it."""
    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        watched = look(api, plan)
        after = watched.expectations.after
        if plan.after is None or after is None:
            raise Failure(Code.PLAN_INVALID, "there is no group after shipment yet: groups.after, then kitting prepare")
        leaving = [row for row in watched.rows if row.stage is not Stage.SHIPPED]
        if leaving and not agreed(f"Ship {len(leaving)} SIMs to {plan.after.name}?", yes=arguments.yes):
            return os.EX_NOPERM
        with Record(arguments.plan.with_suffix(".record.jsonl")) as record:

            def note(row: Row, failure: Failure | None) -> None:
                told = {"failure": str(failure)} if failure else {}
                record.write(change="Ship", sim=row.sim.sim_id, forced=arguments.force or "", **told)
                _say(arguments, f"{row.sim.label}: {failure or 'shipped'}")

            failed = ship(api, watched.rows, after, note, reason=arguments.force or "")
        if arguments.json:
            print_json({"shipped": len(leaving) - failed, "failed": failed})
        return os.EX_TEMPFAIL if failed else os.EX_OK


def ledger(arguments: argparse.Namespace) -> int:
    """Prints the kitting record of everything that was locked, whoever locked it, as the SIMs' tags keep it."""
    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        rows = sorted(look(api, plan).rows, key=lambda row: (row.sim.name, row.sim.sim_id))
    records = [record for record in map(kept_record, rows) if record]
    if arguments.json:
        print_json(records)
    else:
        sys.stdout.write("".join(as_csv(record, header=place == 0) for place, record in enumerate(records)))
    return os.EX_OK


def _draw(watched: Watched, problem: str, *, live: bool) -> None:
    size = shutil.get_terminal_size((120, 40))
    lines = list(table(watched.plan.name, watched.rows, width=size.columns, height=size.lines - 2 if live else None))
    lines += ["", fitted(problem, size.columns)] if problem else []
    sys.stdout.write((_CLEAR if live and sys.stdout.isatty() else "") + "\n".join(lines) + "\n")
    sys.stdout.flush()


def _lock_all(arguments: argparse.Namespace, api: Any, watched: Watched) -> int:
    ready = sum(map(is_ready, watched.rows))
    progress = Progress(ready, "locking")
    done: list[Locked] = []
    problems: list[str] = []

    def note(row: Row, outcome: Locked | Failure) -> None:
        progress.step()
        if isinstance(outcome, Failure):
            problems.append(f"{row.sim.label}: {outcome}")
            return
        done.append(outcome)
        _append(arguments, outcome)

    failed = lock_all(api, watched.rows, watched.expectations, note, back_within_s=arguments.back_within)
    if arguments.json:
        print_json({"locked": [one.record for one in done], "failed": problems})
    else:
        print("\n".join([*problems, f"{len(done)} locked, {failed} not; {len(watched.rows) - ready} were not to be"]))
    return os.EX_TEMPFAIL if failed else os.EX_OK


def _locked(api: Any, watched: Watched, row: Row, arguments: argparse.Namespace) -> Locked:
    return lock(api, row.sim.sim_id, watched.expectations, back_within_s=arguments.back_within)


def _write_down(arguments: argparse.Namespace, done: list[Locked]) -> None:
    for one in done:
        _append(arguments, one)
        _say(
            arguments,
            f"{one.record['name'] or one.sim_id}: {'was' if one.already else 'is'} locked to {one.record['imei']}",
        )
    if arguments.json:
        print_json({"locked": [one.record for one in done], "failed": []})


def _append(arguments: argparse.Namespace, one: Locked) -> None:
    """One more line of the ledger; raises `file.unwritable`."""
    if one.already:
        return
    path: Path = arguments.ledger or arguments.plan.with_suffix(".ledger.csv")
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(as_csv(one.record, header=file.tell() == 0))
    except OSError as error:
        raise Failure(Code.FILE_UNWRITABLE, error.strerror or str(error), where=str(path)) from None


def _named(watched: Watched, text: str) -> Row:
    """The one row whose name, SIM id, IMSI or IMEI ends so; raises where that is none or several."""
    found = [
        row
        for row in watched.rows
        if row.sim.name == text
        or any(number and number.endswith(text) for number in (row.sim.sim_id, str(row.sim.imsi or ""), row.imei))
    ]
    if len(found) != 1:
        raise Failure(Code.PLATFORM_NO_SUCH, f"{len(found)} SIMs of the plan are called or end with {text!r}")
    return found[0]


def _say(arguments: argparse.Namespace, text: str) -> None:
    if not arguments.json:
        print(text)


def add(commands: Any, command: Any) -> None:
    """Puts the commands into the command line."""
    one: argparse.ArgumentParser = command(
        commands, "watch", watch, "a live table of a plan's SIMs, what needs a hand on top", "plan.yaml"
    )
    _plan(one)
    one.add_argument("--once", action="store_true", help="print the table once")
    one.add_argument("--every", type=float, default=5.0, metavar="SECONDS", help="how often to look (default: 5)")
    two: argparse.ArgumentParser = command(
        commands, "lock", lock_command, "tie SIM and device together, provably", "plan.yaml --all-ready"
    )
    _plan(two)
    two.add_argument("sim", nargs="?", metavar="SIM", help="its name, or the last digits of SIM id, IMSI or IMEI")
    two.add_argument("--all-ready", action="store_true", help="every SIM of the plan that can be locked now")
    two.add_argument("--off", action="store_true", help="take the lock of this SIM off")
    two.add_argument("--ledger", type=Path, metavar="FILE", help="the kitting record (default: PLAN's, .ledger.csv)")
    two.add_argument(
        "--back-within",
        type=float,
        default=BACK_WITHIN_S,
        metavar="SECONDS",
        help="for a device to come back (default: 300)",
    )
    three: argparse.ArgumentParser = command(
        commands, "ship", ship_command, "move the locked SIMs of a plan into the group of the field", "plan.yaml"
    )
    _plan(three)
    three.add_argument("--yes", action="store_true", help="do it without asking")
    three.add_argument("--force", metavar="REASON", help="also what is not ready; the reason is recorded")

    four: argparse.ArgumentParser = command(
        commands,
        "ledger",
        ledger,
        "which SIM is in which device: a CSV of all that was locked",
        "plan.yaml >ledger.csv",
    )
    _plan(four)


def _plan(command: argparse.ArgumentParser) -> None:
    command.add_argument("plan", type=Path, metavar="PLAN", help="the kitting plan")
