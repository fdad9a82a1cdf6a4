"""Entry point. `kitting prepare`: shows what differs between a plan and the platform, asks, and changes it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.errors import Code, Failure
from agent.host.process_entry import print_json
from fleet.commands.api_access import api_of
from fleet.commands.command_line import CommandLine, add_plan
from fleet.commands.record_file import RecordFile, record_of_plan
from fleet.commands.terminal import ProgressBar, is_confirmed, print_line

if TYPE_CHECKING:
    from fleet.plan.changes import Change, TakeOver
    from fleet.plan.comparison import Comparison
    from fleet.platform.api import Api

_MOST_SHOWN = 20
"""SIMs that are shown one by one; of the others, their number is shown."""


def prepare(arguments: argparse.Namespace) -> int:
    """Exit code 0 where everything is as the plan says; raises `prepare.incomplete` where a change failed."""
    from fleet.plan.comparison import compare, require_fit
    from fleet.plan.plan_file import read_plan

    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        comparison = compare(api, plan)
        require_fit(comparison)
        if not arguments.json:
            _print_comparison(comparison)
        done: list[dict[str, Any]] = []
        failures: list[str] = []
        if comparison.writes and not arguments.dry_run:
            if not is_confirmed(f"{comparison.writes} writes. Make them?", yes=arguments.yes):
                return os.EX_NOPERM
            failures = _make_changes(arguments, api, comparison, done)
    if arguments.json:
        changes = [_values(change) for change in comparison.changes]
        kept = [{"sim": one.sim_id, "what": one.why.name.lower(), "why": one.why.value} for one in comparison.kept]
        print_json(
            {"changes": changes, "done": done, "failed": len(failures), "missing": comparison.missing, "kept": kept}
        )
    if comparison.packing:
        raise Failure(Code.PREPARE_INCOMPLETE, _packing(comparison.packing), where=str(arguments.plan))
    if failures or comparison.missing:
        missing = len(comparison.missing)
        detail = (
            f"SIMs that could not be changed: {len(failures)}; listed SIMs that the operator does not have: {missing}"
        )
        recorded = f"; each failure is in {_record_path(arguments)}" if failures else ""
        raise Failure(Code.PREPARE_INCOMPLETE, f"{detail}{recorded}", where=str(arguments.plan))
    if done:
        print_line(arguments, f"done: {len(done)} changes, recorded in {_record_path(arguments)}")
    return os.EX_OK


def _record_path(arguments: argparse.Namespace) -> Path:
    path: Path = arguments.record or record_of_plan(arguments.plan)
    return path


def _make_changes(
    arguments: argparse.Namespace, api: Api, comparison: Comparison, done: list[dict[str, Any]]
) -> list[str]:
    """Makes and records the changes; prints and returns what failed, a line for each SIM."""
    from fleet.plan.changes import ChangeSim
    from fleet.plan.preparing import make_changes

    expected = comparison.changes
    progress = ProgressBar(len(comparison.changes), "preparing")
    failures: list[str] = []
    with RecordFile(_record_path(arguments)) as record:

        def note(change: Change, failure: Failure | None) -> None:
            values = {**_values(change), **({"failure": str(failure)} if failure else {})}
            record.write(**values)
            if not failure:
                done.append(values)
            elif isinstance(change, ChangeSim):
                failures.append(f"  ! SIM {change.label}: {failure}")
            if not (arguments.json or isinstance(change, ChangeSim) or change in expected):
                print(f"  {change}")
            progress.step()

        make_changes(api, comparison, note)
    for line in failures:
        print_line(arguments, line)
    return failures


def _print_comparison(comparison: Comparison) -> None:
    print(f"{comparison.plan.name}: {comparison.seen} SIMs")
    for line in (*_change_lines(comparison), *_note_lines(comparison)):
        print(f"  {line}")


def _change_lines(comparison: Comparison) -> Iterator[str]:
    """What will be changed."""
    from fleet.plan.changes import PutParameters

    takeover = (comparison.takeover,) if comparison.takeover else ()
    for change in comparison.groups:
        yield str(change)
        if isinstance(change, PutParameters):
            yield from (f"    {line}" for line in change.userdata_lines)
    yield from map(str, (*comparison.handlers, *takeover))
    yield from _shortened(comparison.sims, "SIMs")


def _note_lines(comparison: Comparison) -> Iterator[str]:
    """What will not be changed, and why."""
    if comparison.packing:
        yield f"! {_packing(comparison.packing)}"
    yield from _shortened([f"! SIM {number} does not belong to this operator" for number in comparison.missing], "SIMs")
    yield from map(str, comparison.kept_handlers)
    yield from _shortened(comparison.kept, "SIMs of which something is left alone")
    for role, name in comparison.readonly:
        yield f"i group {name} ({role.value}) is read-only: its devices can neither unlock nor report"
    if not comparison.writes:
        yield "everything is as the plan says" + (", except what is left alone" if comparison.kept else "")


def _shortened(things: Sequence[object], what: str) -> Iterator[str]:
    yield from map(str, things[:_MOST_SHOWN])
    if len(things) > _MOST_SHOWN:
        yield f"… and {len(things) - _MOST_SHOWN} {what} more"


def _packing(order: TakeOver) -> str:
    sims = f" with {order.sims} SIMs" if order.sims else ""
    return f"order {order.order_id}{sims} is still being packed; come back when it is shipped"


def _values(change: Change) -> dict[str, Any]:
    """A change as JSON values, without secrets."""
    from fleet.plan.changes import ChangeSim

    values = {"change": type(change).__name__, "what": str(change)}
    return values | {"sim": change.sim_id} if isinstance(change, ChangeSim) else values


def add(commands: CommandLine) -> None:
    """Adds the command."""
    command = commands.add_with_api("prepare", prepare, "set up the groups, handlers and SIMs of a plan", "plan.yaml")
    add_plan(command)
    command.add_argument("--yes", action="store_true", help="make the changes without asking")
    command.add_argument("--dry-run", action="store_true", help="only show the changes")
    command.add_argument(
        "--record", type=Path, metavar="FILE", help="record of the changes (default: PLAN's name, .record.jsonl)"
    )
