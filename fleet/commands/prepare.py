"""Entry point: `kitting prepare`: shows what stands between plan and platform, asks, and does it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from agent.errors import Code, Failure
from agent.host.process_entry import print_json
from fleet.commands.console import Progress, Record, agreed, api_of, read_plan
from fleet.plan.differences import Change, ChangeSim
from fleet.plan.preparing import Looked, look, make, refuse_unfit
from fleet.platform.api import Api

_SHOWN = 20
"""SIMs that are shown one by one; of more, how many."""


def prepare(arguments: argparse.Namespace) -> int:
    """0 where all is as the plan says; 75 where something could not be done, and to run it again helps."""
    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        looked = look(api, plan)
        refuse_unfit(looked)
        if not arguments.json:
            _show(looked)
        done: list[dict[str, Any]] = []
        failed = 0
        if looked.writes and not arguments.dry_run:
            if not agreed(f"{looked.writes} writes. Do it?", yes=arguments.yes):
                return os.EX_NOPERM
            failed = _make(arguments, api, looked, done)
        if arguments.json:
            changes = [_values(change) for change in looked.changes]
            print_json({"changes": changes, "done": done, "failed": failed, "missing": looked.missing})
        if failed or looked.missing:
            told = f"{failed} changes failed, {len(looked.missing)} SIMs are not the operator's"
            raise Failure(Code.PREPARE_INCOMPLETE, told, where=str(arguments.plan))
        return os.EX_OK


def _make(arguments: argparse.Namespace, api: Api, looked: Looked, done: list[dict[str, Any]]) -> int:
    progress = Progress(len(looked.changes), "preparing")
    with Record(arguments.record or arguments.plan.with_suffix(".record.jsonl")) as record:

        def note(change: Change, failure: Failure | None) -> None:
            values = {**_values(change), **({"failure": str(failure)} if failure else {})}
            record.write(**values)
            if not failure:
                done.append(values)
            progress.step()

        return make(api, looked, note)


def _show(looked: Looked) -> None:
    print(f"{looked.plan.name}: {looked.seen} SIMs")
    for change in (*looked.groups, *looked.handlers, *looked.sims[:_SHOWN]):
        print(f"  {change}")
    if len(looked.sims) > _SHOWN:
        print(f"  … and {len(looked.sims) - _SHOWN} SIMs more")
    if looked.register:
        print(f"  + the SIMs of order {looked.register}, which is not taken over yet")
    for number in looked.missing[:_SHOWN]:
        print(f"  ! SIM {number} is not this operator's")
    for on, group in (("before", looked.plan.before), ("after", looked.plan.after)):
        if group and group.readonly:
            print(f"  i group {group.name} ({on}) is read-only: its devices cannot unlock themselves, nor report.")
    if not looked.writes:
        print("  everything is as the plan says")


def _values(change: Change) -> dict[str, Any]:
    """For the record, in which no secret stands."""
    values = {"change": type(change).__name__, "what": str(change)}
    return values | {"sim": change.sim_id} if isinstance(change, ChangeSim) else values


def add(commands: Any, command: Any) -> None:
    """Puts the command into the command line."""
    sub: argparse.ArgumentParser = command(
        commands, "prepare", prepare, "make the SIMs, groups and handlers of a plan what they are to be", "plan.yaml"
    )
    sub.add_argument("plan", type=Path, metavar="PLAN", help="the kitting plan")
    sub.add_argument("--yes", action="store_true", help="do it without asking")
    sub.add_argument("--dry-run", action="store_true", help="only show what would be done")
    sub.add_argument("--record", type=Path, metavar="FILE", help="what was done (default: PLAN's name, .record.jsonl)")
