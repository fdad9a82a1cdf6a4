"""Entry point: the commands that do one thing to each SIM that is named, listed or tagged."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import Code, Failure, failure_from
from agent.host.process_entry import print_json
from fleet.commands.api_access import api_of
from fleet.commands.record_file import RecordFile
from fleet.commands.terminal import is_confirmed, print_line

if TYPE_CHECKING:
    from fleet.platform.api import Api

MOST_ASKED_AFTER = 1
"""More SIMs than this are changed after a confirmation only."""


def for_each_sim(arguments: argparse.Namespace, operation: Callable[[Api, str], object], done: str) -> int:
    """Runs an operation for every selected SIM; exit code 75 where one failed, 77 without a confirmation.

    Args:
        arguments: the selection and the options, as `add_selection` adds them.
        operation: takes the API and a SIM id.
        done: a past participle, such as `stopped`.
    """
    from fleet.field.sim_selection import selected_sims, selection_of
    from fleet.platform.parallel import in_parallel

    selection = selection_of(arguments.sim, arguments.tag, _lines(arguments.list))
    results = []
    with api_of(arguments) as api:
        sims = list(selected_sims(api, selection))
        is_question = len(sims) > MOST_ASKED_AFTER
        if is_question and not is_confirmed(f"{len(sims)} SIMs will be {done}. Continue?", yes=arguments.yes):
            return os.EX_NOPERM
        for sim, result in in_parallel(api.at_once, lambda sim: operation(api, sim.sim_id), sims):
            failure = result if isinstance(result, Failure) else None
            results.append({"sim": sim.sim_id, "name": sim.name, "done": not failure, "failure": str(failure or "")})
            if arguments.record:
                with RecordFile(arguments.record) as record:
                    record.write(**results[-1], what=done)
            print_line(arguments, f"{sim.label}: {failure or done}")
    if arguments.json:
        print_json(results)
    return os.EX_OK if all(result["done"] for result in results) else os.EX_TEMPFAIL


def add_selection(command: argparse.ArgumentParser) -> None:
    """Adds the arguments that select SIMs."""
    command.add_argument("sim", nargs="*", metavar="SIM", help="SIM ids or IMSIs")
    command.add_argument("--tag", metavar="NAME=VALUE", help="every SIM with this tag")
    command.add_argument(
        "--list", type=Path, metavar="FILE", help="a SIM id or IMSI on each line, or in a CSV's first column"
    )
    command.add_argument("--yes", action="store_true", help="do not ask, even for more than one SIM")
    command.add_argument("--record", type=Path, metavar="FILE", help="append the results, a JSON object on each line")


def _lines(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Failure(Code.FILE_UNREADABLE, "is not UTF-8", where=str(path)) from None
    except OSError as error:
        raise failure_from(error, Code.FILE_UNREADABLE, path) from None
